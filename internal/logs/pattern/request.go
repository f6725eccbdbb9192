package pattern

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
)

// Request is what an access line tells of a request of HTTP; the texts are raw. Access lines are grouped by method, route and class of
// status: their words are much the same whatever was asked and answered.
type Request struct {
	Method string // may be ""
	Path   string // as it was asked
	Status string // three digits
	// Fields are the names of the fields that tell the three. Lines with other names are other groups, so that one question finds a group.
	Fields [3]string
	Line   bool // the path's field holds the whole line of the request
}

// Route is what the requests of a group have in common.
type Route struct {
	Method, Class string   // GET, 4xx
	Segments      []string // of the path, with Blanks within; Any for one that differs without a digit
	Rooted        bool     // the path begins with a slash
	Absolute      bool     // an address stands before it, as proxies are asked
	Fields        [3]string
	Line          bool
}

// Any stands for a segment of a path that takes too many values to be told apart. It is shown as a Blank.
const Any = "<*>"

const (
	// branches is how many different segments a place of a path may have before they are one: more are names of things, not of routes.
	branches = 32
	// deepest is how many segments of a path are looked at; what follows is one Any.
	deepest = 12
	// longSegment is how long a segment without a digit may be and still be a name, in bytes.
	longSegment = 40
)

// routeKey is a tree of paths.
type routeKey struct {
	method, class string
	segments      int
	rooted, line  bool
	absolute      bool
	fields        [3]string
}

// branch is a place in a tree of paths.
type branch struct {
	kids   map[string]*branch
	groups []*group // that end here; they differ in what the lines say besides
}

// AddRequest puts an access line into its group, a new one where none is like it, and returns the group. message is raw: what the line says
// to people besides the request, "" for nothing.
func (g *Grouper) AddRequest(r Request, message string, level logs.Level, at int64) (id ID, isNew bool) {
	key, segments := routeOf(r)
	said := plain.Line(message)
	if again := plain.Line(r.Path); len(again) > 1 && strings.Contains(said, again) || strings.Contains(said, key.method+" "+again) {
		said = "" // it says the request again; "/" alone is in any address
	}
	g.words = cut(said, g.o.Words, g.words[:0])
	tree := g.routes[key]
	if tree == nil {
		tree = &branch{}
		g.routes[key] = tree
	}
	leaf := tree
	for depth, s := range segments {
		kid := leaf.kids[Any]
		if kid == nil {
			kid = leaf.kids[s]
		} else {
			segments[depth] = Any
		}
		if kid == nil && len(leaf.kids) >= branches {
			kid = g.join(leaf, depth)
			segments[depth] = Any
		}
		if kid == nil {
			kid = &branch{}
			if leaf.kids == nil {
				leaf.kids = map[string]*branch{}
			}
			leaf.kids[strings.Clone(s)] = kid
		}
		leaf = kid
	}
	return g.put(sized(leaf.groups, len(g.words)), level, at, func() *group {
		made := g.make(plain.Line(r.Method+" "+r.Path+" "+r.Status+" "+message), at)
		made.route = &Route{Method: strings.Clone(key.method), Class: key.class, Rooted: key.rooted, Absolute: key.absolute, Fields: key.fields, Line: key.line}
		for _, s := range segments {
			made.route.Segments = append(made.route.Segments, strings.Clone(s))
		}
		made.tree = key
		leaf.groups = append(leaf.groups, made)
		return made
	})
}

// sized are the groups whose templates have n words.
func sized(groups []*group, n int) []*group {
	for i, one := range groups {
		if len(one.words) != n {
			out := slices.Clone(groups[:i])
			for _, one := range groups[i:] {
				if len(one.words) == n {
					out = append(out, one)
				}
			}
			return out
		}
	}
	return groups
}

// join makes one of the branches of a place: the segment there takes too many values to be told apart.
func (g *Grouper) join(at *branch, depth int) *branch {
	one := &branch{}
	for _, name := range slices.Sorted(maps.Keys(at.kids)) {
		g.absorb(one, at.kids[name], depth)
	}
	at.kids = map[string]*branch{Any: one}
	return one
}

// absorb takes the groups of one branch, and of those beneath, into another.
func (g *Grouper) absorb(into, from *branch, depth int) {
	for _, one := range from.groups {
		one.route.Segments[depth] = Any
		twin := slices.IndexFunc(into.groups, func(x *group) bool { return slices.Equal(x.words, one.words) })
		if twin < 0 {
			into.groups = append(into.groups, one)
			continue
		}
		x := into.groups[twin]
		x.Count += one.Count
		for l, n := range one.Levels {
			x.Levels[l] += n
		}
		for i, n := range one.Bins {
			x.Bins[i] += n
		}
		if one.First < x.First {
			x.First, x.Sample = one.First, one.Sample
		}
		x.Last = max(x.Last, one.Last)
		g.recent.Remove(one.elem)
		delete(g.groups, one.ID)
	}
	for _, name := range slices.Sorted(maps.Keys(from.kids)) {
		if into.kids == nil {
			into.kids = map[string]*branch{}
		}
		kid := into.kids[name]
		if kid == nil {
			kid = &branch{}
			into.kids[name] = kid
		}
		g.absorb(kid, from.kids[name], depth)
	}
}

// prune takes a group out of its tree, with the branches that then hold nothing.
func (g *Grouper) prune(old *group) {
	tree := g.routes[old.tree]
	path := []*branch{tree}
	for _, s := range old.route.Segments {
		path = append(path, path[len(path)-1].kids[s])
	}
	leaf := path[len(path)-1]
	leaf.groups = slices.DeleteFunc(leaf.groups, func(x *group) bool { return x == old })
	for i := len(path) - 1; i >= 0 && len(path[i].groups) == 0 && len(path[i].kids) == 0; i-- {
		if i == 0 {
			delete(g.routes, old.tree)
			break
		}
		delete(path[i-1].kids, old.route.Segments[i-1])
	}
}

// routeOf cuts a path into segments of which those that are names of things are blanks.
func routeOf(r Request) (routeKey, []string) {
	key := routeKey{method: plain.Line(r.Method), class: r.Status[:min(1, len(r.Status))] + "xx", fields: r.Fields, line: r.Line}
	if len(key.method) > 24 { // no method that there is
		key.method, key.fields[0] = "", ""
	}
	path := plain.Line(r.Path)
	if i := strings.Index(path, "://"); i > 0 && !strings.Contains(path[:i], "/") { // a proxy is asked for all of an address
		rest := path[i+3:]
		key.absolute = true
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			path = rest[slash:]
		} else {
			path = "/"
		}
	}
	if path, key.rooted = strings.CutPrefix(path, "/"); !key.rooted { // what is none of HTTP
		path = segment(path)
		key.segments = 1
		return key, []string{path}
	}
	if i := strings.IndexAny(path, "?;"); i >= 0 {
		path = path[:i]
	}
	all := strings.Split(path, "/")
	if len(all) > deepest {
		all = append(all[:deepest-1], Any)
	}
	for i, s := range all {
		if i < deepest-1 {
			all[i] = segment(s)
		}
	}
	key.segments = len(all)
	return key, all
}

// segment is a part of a path, or a Blank with what it ends with where it names one of many things (a number, a hash, an identifier), or Any
// where no digit tells so.
func segment(s string) string {
	if named(s) {
		return s
	}
	if !strings.ContainsAny(s, "0123456789") {
		return Any
	}
	if i := strings.LastIndexByte(s, '.'); i >= 0 && len(s)-i <= 6 && named(s[i:]) && strings.Trim(s[i+1:], "abcdefghijklmnopqrstuvwxyz") == "" {
		return Blank + s[i:] // app.3f1c.js
	}
	return Blank
}

// named reports a word of a route: no digit in it, or one alone behind letters, as in v1 and oauth2.
func named(s string) bool {
	if len(s) > longSegment || strings.Contains(s, "%") || strings.ContainsAny(s, "<>") {
		return false
	}
	digits, last := 0, 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
			last = i
		}
	}
	return digits == 0 || digits == 1 && last > 0 && last == len(s)-1 && len(s) <= 12 && s[last-1] >= 'a' && s[last-1] <= 'z'
}

// String is the route as it is shown, with Blanks.
func (r *Route) String() string {
	var b strings.Builder
	if r.Method != "" {
		b.WriteString(r.Method + " ")
	}
	for i, s := range r.Segments {
		if i > 0 || r.Rooted {
			b.WriteByte('/')
		}
		if s == Any {
			s = Blank
		}
		b.WriteString(s)
	}
	return b.String() + " " + r.Class
}

// Path is a regular expression for the values of the path's field that belong to the route.
func (r *Route) Path() string {
	var b strings.Builder
	b.WriteByte('^')
	if r.Line {
		b.WriteString(regexp.QuoteMeta(r.Method) + " ")
	}
	if r.Absolute {
		b.WriteString(`\w+://[^/?]+`)
	}
	one, end := `[^/?;]*`, `([?;]|$)`
	switch {
	case !r.Rooted && r.Line:
		one, end = `\S*`, ` `
	case !r.Rooted:
		one, end = `.*`, `$`
	case r.Line:
		one, end = `[^/?; ]*`, `[?; ]`
	}
	for i, s := range r.Segments {
		if i > 0 || r.Rooted {
			b.WriteByte('/')
		}
		switch rest, blank := strings.CutPrefix(s, Blank); {
		case s == Any && i == deepest-1:
			b.WriteString(strings.Replace(one, "/", "", 1))
		case s == Any:
			b.WriteString(one)
		case blank:
			b.WriteString(one + `\d` + one + regexp.QuoteMeta(rest))
		default:
			b.WriteString(regexp.QuoteMeta(s))
		}
	}
	return b.String() + end
}

// Template is what is shown of a group: its route where it has one, and its words.
func (one *group) template() string {
	words := strings.Join(one.words, " ")
	if one.route == nil {
		return words
	}
	return strings.TrimSpace(one.route.String() + " " + words)
}

// order is the order of groups: the most frequent first.
func order(a, b Group) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.First, b.First), cmp.Compare(a.ID, b.ID))
}
