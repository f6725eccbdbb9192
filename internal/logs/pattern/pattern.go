// Package pattern groups similar lines: lines of one group share a template, in which what differs from line to line is a blank.
//
// It is the tree of Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017): lines are
// told apart by their number of words and their first words, then compared word by word with the groups found there. Words with a
// digit are blanks from the start. Memory is bounded: groups that were not seen for longest make room, and are counted. Access lines are
// grouped by what was asked and how it was answered instead: see AddRequest.
package pattern

import (
	"container/list"
	"slices"
	"strings"
	"unicode/utf8"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
)

// Blank stands in a template for what differs.
const Blank = "<_>"

// Options bound a grouper; zero values take the defaults.
type Options struct {
	Groups   int     // groups kept at most; 1,000
	Words    int     // words of a line that are compared; 64, which Match supposes. What follows is one blank
	Likeness float64 // share of words that must be equal, 0–1; 0.5
	// From and To are the time that Bins divide, nanoseconds; Bins is how many parts a group counts for itself, 0: none.
	From, To int64
	Bins     int
}

// depth is how many first words tell groups apart in the tree; fanout how many different words a level knows before the rest shares a branch.
const (
	depth  = 2
	fanout = 64
)

// words is the default of Options.Words.
const words = 64

// ID is a group within one Grouper, 0 none. IDs are not used again.
type ID uint32

// Group is what is known of similar lines.
type Group struct {
	ID          ID
	Template    string // words and Blanks, one blank apart
	Count       int64
	Levels      [logs.LevelFatal + 1]int64
	First, Last int64  // nanoseconds
	Sample      string // the first line, plain
	Route       *Route // of access lines; nil for others
	Words       string // Template without the route
	Bins        []float64
}

// Grouper groups lines as they come. It is not safe for concurrent use.
type Grouper struct {
	o      Options
	roots  map[int]*node // by number of words
	routes map[routeKey]*branch
	groups map[ID]*group
	lost   int64      // lines of groups that made room
	recent *list.List // of *group, the one seen last in front
	last   ID
	words  []string // reused
}

type node struct {
	kids   map[string]*node
	groups []*group
}

type group struct {
	Group
	words []string
	leaf  *node    // of a group of words
	route *Route   // of a group of requests
	tree  routeKey // where that stands
	elem  *list.Element
}

// New returns a grouper.
func New(o Options) *Grouper {
	if o.Groups <= 0 {
		o.Groups = 1_000
	}
	if o.Words <= 0 {
		o.Words = words
	}
	if o.Likeness <= 0 {
		o.Likeness = 0.5
	}
	return &Grouper{o: o, roots: map[int]*node{}, routes: map[routeKey]*branch{}, groups: map[ID]*group{}, recent: list.New()}
}

// Add puts a line into its group, a new one where none is like it, and returns the group. text is raw: the part of the line that
// is meant for people where it has one.
func (g *Grouper) Add(text string, level logs.Level, at int64) (id ID, isNew bool) {
	shown := plain.Line(text)
	g.words = cut(shown, g.o.Words, g.words[:0])
	leaf := g.leaf(g.words)
	return g.put(leaf.groups, level, at, func() *group {
		made := g.make(shown, at)
		made.leaf = leaf
		leaf.groups = append(leaf.groups, made)
		return made
	})
}

// put counts a line in the one of some groups that the words at hand are like, or in one that is made for it.
func (g *Grouper) put(near []*group, level logs.Level, at int64, made func() *group) (id ID, isNew bool) {
	best := alike(near, g.words, g.o.Likeness)
	if isNew = best == nil; isNew {
		if best = made(); len(g.groups) > g.o.Groups { // once it stands: its place may be that of who goes
			g.forget(g.recent.Back().Value.(*group))
		}
	} else {
		best.merge(g.words)
		g.recent.MoveToFront(best.elem)
	}
	g.count(best, level, at)
	return best.ID, isNew
}

// count counts a line of a group.
func (g *Grouper) count(one *group, level logs.Level, at int64) {
	one.Count++
	one.Levels[min(level, logs.LevelFatal)]++
	one.First, one.Last = min(one.First, at), max(one.Last, at)
	if n := len(one.Bins); n > 0 {
		one.Bins[min(max(int(float64(at-g.o.From)/float64(max(g.o.To-g.o.From, 1))*float64(n)), 0), n-1)]++
	}
}

// make returns a group of the words at hand, which stands nowhere yet.
func (g *Grouper) make(shown string, at int64) *group {
	g.last++
	own := make([]string, len(g.words))
	for i, w := range g.words {
		own[i] = strings.Clone(w) // not the whole line for a word of it
	}
	made := &group{Group: Group{ID: g.last, First: at, Last: at, Sample: strings.Clone(shorten(shown)), Bins: make([]float64, g.o.Bins)}, words: own}
	made.elem = g.recent.PushFront(made)
	g.groups[made.ID] = made
	return made
}

func (g *Grouper) forget(old *group) {
	g.recent.Remove(old.elem)
	delete(g.groups, old.ID)
	g.lost += old.Count
	if old.route != nil {
		g.prune(old)
		return
	}
	if i := slices.Index(old.leaf.groups, old); i >= 0 {
		old.leaf.groups = slices.Delete(old.leaf.groups, i, i+1)
	}
}

// leaf walks the tree by number of words and first words.
func (g *Grouper) leaf(words []string) *node {
	n := g.roots[len(words)]
	if n == nil {
		n = &node{}
		g.roots[len(words)] = n
	}
	for i := range min(depth, len(words)) {
		word := words[i]
		kid := n.kids[word]
		if kid == nil && len(n.kids) >= fanout {
			word = Blank
			kid = n.kids[word]
		}
		if kid == nil {
			kid = &node{}
			if n.kids == nil {
				n.kids = map[string]*node{}
			}
			n.kids[strings.Clone(word)] = kid
		}
		n = kid
	}
	return n
}

// alike returns the group that shares most words, nil when none shares enough. Among equals the one with fewer blanks wins: it says more.
func alike(groups []*group, words []string, least float64) *group {
	var best *group
	most, fewest := -1, 0
	for _, one := range groups {
		same, blanks := 0, 0
		for i, w := range one.words {
			if w == Blank {
				blanks++
			}
			if w == words[i] {
				same++
			}
		}
		if float64(same) < least*float64(len(words)) {
			continue
		}
		if same > most || same == most && blanks < fewest {
			best, most, fewest = one, same, blanks
		}
	}
	return best
}

// merge makes a blank of each word that differs.
func (one *group) merge(words []string) {
	for i, w := range words {
		if one.words[i] != w {
			one.words[i] = Blank
		}
	}
}

// Groups returns what is known, the most frequent first.
func (g *Grouper) Groups() []Group {
	out := make([]Group, 0, len(g.groups))
	for _, one := range g.groups {
		done := one.Group
		done.Words, done.Template, done.Bins = strings.Join(one.words, " "), one.template(), slices.Clone(one.Bins)
		if one.route != nil {
			route := *one.route
			route.Segments = slices.Clone(route.Segments)
			done.Route = &route
		}
		out = append(out, done)
	}
	slices.SortFunc(out, order)
	return out
}

// Lost is how many lines were in groups that made room for others.
func (g *Grouper) Lost() int64 { return g.lost }

// Match returns a test for the lines of a template. It serves templates of [Grouper.Groups] and those that Loki's patterns API gives,
// whose blanks stand within words too; it is safe for concurrent use.
func Match(template string) func(text string) bool {
	want := cut(plain.Line(template), 1<<16, nil)
	return func(text string) bool {
		shown := plain.Line(text)
		i := 0
		for n, w := range want {
			if n == words-1 && n == len(want)-1 && w == Blank {
				return true // what follows was not compared
			}
			i = skipSpace(shown, i)
			end := wordEnd(shown, i)
			if i == end || !like(w, shown[i:end]) {
				return false
			}
			i = end
		}
		return skipSpace(shown, i) == len(shown)
	}
}

// like compares a word with a word of a template.
func like(template, word string) bool {
	if template == Blank {
		return true
	}
	parts := strings.Split(template, Blank)
	if len(parts) == 1 {
		return template == word
	}
	rest, ok := strings.CutPrefix(word, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// cut returns the words of a text, at most most of them and one blank for what follows; words that differ by nature are blanks.
func cut(s string, most int, out []string) []string {
	for i := skipSpace(s, 0); i < len(s); {
		end := wordEnd(s, i)
		if len(out) == most-1 && skipSpace(s, end) < len(s) {
			return append(out, Blank)
		}
		w := s[i:end]
		if variable(w) {
			eq := strings.IndexByte(w, '=')
			switch {
			case len(w) <= longSegment*2 && (w[0] == '/' || strings.Contains(w, "://")):
				w = route(w)
			case eq > 0 && !variable(w[:eq]):
				w = w[:eq+1] + Blank // duration=12ms
			default:
				w = Blank
			}
		}
		out = append(out, w)
		i = skipSpace(s, end)
	}
	return out
}

// route is a word that is a path or an address, with blanks in the place of the names of things: /api/v1/agendas/<_>.
func route(w string) string {
	rest := ""
	if i := strings.IndexAny(w, "?#"); i >= 0 {
		w, rest = w[:i], w[i:i+1]+Blank
	}
	parts := strings.Split(w, "/")
	for i, s := range parts {
		parts[i] = segment(s)
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), Any, Blank) + rest
}

func skipSpace(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

func wordEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], ' '); n >= 0 {
		return i + n
	}
	return len(s)
}

// variable reports words that are different in each line: with a digit, or too long for a word.
func variable(w string) bool {
	if len(w) > 64 {
		return true
	}
	if strings.Contains(w, Blank) {
		return false // of a template
	}
	return strings.ContainsAny(w, "0123456789")
}

// maxSample is how much of a line is kept as the sample, in bytes.
const maxSample = 512

func shorten(s string) string {
	if len(s) <= maxSample {
		return s
	}
	n := maxSample
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
