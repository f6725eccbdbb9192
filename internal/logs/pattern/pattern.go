// Package pattern groups similar lines: lines of one group share a template, in which what differs from line to line is a blank.
//
// It is the tree of Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017): lines are
// told apart by their number of words and their first words, then compared word by word with the groups found there. Words with a
// digit are blanks from the start. Memory is bounded: groups that were not seen for longest make room.
package pattern

import (
	"cmp"
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
}

// Grouper groups lines as they come. It is not safe for concurrent use.
type Grouper struct {
	o      Options
	roots  map[int]*node // by number of words
	groups map[ID]*group
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
	leaf  *node
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
	return &Grouper{o: o, roots: map[int]*node{}, groups: map[ID]*group{}, recent: list.New()}
}

// Add puts a line into its group, a new one where none is like it, and returns the group. text is raw: the part of the line that
// is meant for people where it has one.
func (g *Grouper) Add(text string, level logs.Level, at int64) (id ID, isNew bool) {
	shown := plain.Line(text)
	g.words = cut(shown, g.o.Words, g.words[:0])
	leaf := g.leaf(g.words)
	best := alike(leaf.groups, g.words, g.o.Likeness)
	if best == nil {
		best = g.create(leaf, shown, at)
		isNew = true
	} else {
		best.merge(g.words)
		g.recent.MoveToFront(best.elem)
	}
	best.Count++
	best.Levels[min(level, logs.LevelFatal)]++
	best.First, best.Last = min(best.First, at), max(best.Last, at)
	return best.ID, isNew
}

func (g *Grouper) create(leaf *node, shown string, at int64) *group {
	if len(g.groups) >= g.o.Groups {
		g.forget(g.recent.Back().Value.(*group))
	}
	g.last++
	own := make([]string, len(g.words))
	for i, w := range g.words {
		own[i] = strings.Clone(w) // not the whole line for a word of it
	}
	made := &group{Group: Group{ID: g.last, First: at, Last: at, Sample: strings.Clone(shorten(shown))}, words: own, leaf: leaf}
	made.elem = g.recent.PushFront(made)
	leaf.groups = append(leaf.groups, made)
	g.groups[made.ID] = made
	return made
}

func (g *Grouper) forget(old *group) {
	g.recent.Remove(old.elem)
	delete(g.groups, old.ID)
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
		done.Template = strings.Join(one.words, " ")
		out = append(out, done)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.First, b.First), cmp.Compare(a.ID, b.ID))
	})
	return out
}

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
			if eq := strings.IndexByte(w, '='); eq > 0 && !variable(w[:eq]) {
				w = w[:eq+1] + Blank // duration=12ms
			} else {
				w = Blank
			}
		}
		out = append(out, w)
		i = skipSpace(s, end)
	}
	return out
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
