package query

import (
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// Matcher says of lines whether they match a query. It is safe for concurrent use.
type Matcher struct {
	query   Query
	clauses []clause
	marks   []*finder // what Spans shows
}

// clause holds when one of its atoms does.
type clause []*atom

// cost orders what is asked first.
type cost uint8

const (
	byTable   cost = iota // level, stream: once per stream or level
	byLiteral             // one sweep through the text
	byExpr                // an expression where a literal hints at it
	byField               // the line's fields
)

// atom is a compiled term.
type atom struct {
	Term
	cost   cost
	find   *finder           // Text, Regexp; of a Field: what its line contains, nil unknown
	levels [8]bool           // Level
	part   *needle           // Stream
	value  func(string) bool // Field: whether a value of it matches
	set    *format.Set
	words  string  // Field with Equal: name=value as a text
	key    *needle // Field: what a JSON line that has it contains; nil unknown
	has    []bool  // Field: formats whose lines may have it, by ID
	said   bool    // Text, Regexp: JSON may write what it looks for with escapes
}

// Compile prepares a query. set reads the fields of lines and may be nil when no term asks for one. Terms that do not compile (made by
// hand) match nothing.
func Compile(q Query, set *format.Set) *Matcher {
	m := &Matcher{query: q}
	for _, terms := range q.clauses {
		c := make(clause, len(terms))
		for i, t := range terms {
			c[i] = compile(t, set)
			if f := c[i].find; f != nil && !t.Not && (t.Kind == Text || t.Kind == Regexp) {
				m.marks = append(m.marks, f)
			}
		}
		slices.SortStableFunc(c, func(a, b *atom) int { return int(a.cost) - int(b.cost) })
		m.clauses = append(m.clauses, c)
	}
	slices.SortStableFunc(m.clauses, func(a, b clause) int { return int(a[len(a)-1].cost) - int(b[len(b)-1].cost) })
	return m
}

// Texts reports whether the matcher looks at the texts of lines at all: a query of levels and streams does not, and Page may then be given
// none.
func (m *Matcher) Texts() bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool { return c[len(c)-1].cost > byTable })
}

// Query returns what the matcher was compiled from.
func (m *Matcher) Query() Query { return m.query }

func compile(t Term, set *format.Set) *atom {
	a := &atom{Term: t, set: set}
	switch t.Kind {
	case Text:
		a.cost, a.find = byLiteral, &finder{needles: []*needle{newNeedle(t.Value, smart(t.Value))}}
		a.said = len(escapes(t)) > 0
	case Regexp:
		a.cost = byExpr
		if f, err := compileRegexp(t.Value); err == nil {
			a.find = f
			if f.re == nil {
				a.cost = byLiteral
			}
			a.said = len(escapes(t)) > 0
		}
	case Level:
		want, _ := logs.ParseLevel(t.Value)
		for l := range a.levels {
			a.levels[l] = l > 0 && t.Op.compare(float64(l), float64(want)) || l == 0 && t.Value == "none"
		}
	case Stream:
		if t.Value != "" {
			a.part = newNeedle(t.Value, smart(t.Value))
		}
	case Field:
		a.cost = byField
		a.field()
	}
	return a
}

// field prepares a condition on a field.
func (a *atom) field() {
	if lit := safe(a.Name[strings.LastIndexByte(a.Name, '.')+1:]); lit != "" && a.Name != "message" {
		a.key = newNeedle(lit, true)
	}
	a.value = func(string) bool { return false }
	if a.set != nil {
		for _, info := range a.set.List() {
			a.has = append(a.has, make([]bool, max(int(info.ID)+1-len(a.has), 0))...)
			a.has[info.ID] = a.set.Has(info.ID, a.Name)
		}
	}
	switch a.Op {
	case Equal:
		a.value = func(s string) bool { return s == a.Value }
		a.words = a.Name + "=" + a.Value
		if lit := safe(a.Value); lit != "" {
			a.find = &finder{needles: []*needle{newNeedle(lit, false)}}
		}
	case Matches:
		f, err := compileRegexp(a.Value)
		if err != nil {
			return
		}
		a.value = f.in
		hint := &finder{}
		for _, n := range f.needles {
			lit := safe(n.text)
			if lit == "" {
				return
			}
			hint.needles = append(hint.needles, newNeedle(lit, n.fold))
		}
		if len(hint.needles) > 0 {
			a.find = hint
		}
	default:
		want, ok := parseQuantity(a.Value)
		a.value = func(s string) bool {
			got, number := parseQuantity(s)
			return ok && number && got.of == want.of && a.Op.compare(got.value, want.value)
		}
	}
}

// safe returns the longest part of a value that stands in a line as it is, however the line's format escapes: a line that has the
// value contains it.
func safe(value string) string {
	best, start := "", 0
	for i := 0; i <= len(value); i++ {
		if i < len(value) && (nameByte(value[i], false) && value[i] != '@' || value[i] == ':' || value[i] == ' ') {
			continue
		}
		if i-start > len(best) {
			best = value[start:i]
		}
		start = i + 1
	}
	return best
}

// Match reports whether a line matches. text is raw and is compared as it is shown.
func (m *Matcher) Match(text string, st *logs.Stream, level logs.Level, f format.ID) bool {
	return m.MatchLine(logs.Line{Text: text, Stream: st}, level, f)
}

// MatchLine is Match for a line with what it brought besides its text, which field terms find too. level is the one that counts.
func (m *Matcher) MatchLine(l logs.Line, level logs.Level, f format.ID) bool {
	shown := plain.Line(l.Text)
	for _, c := range m.clauses {
		if !slices.ContainsFunc(c, func(a *atom) bool {
			return (a.match(l.Text, shown, l.Stream, level, f) || a.Kind == Field && a.brought(l.Meta)) != a.Not
		}) {
			return false
		}
	}
	return true
}

// brought reports that a line brought the field of a with a value that it wants.
func (a *atom) brought(m logs.Meta) bool {
	for name, value := range m.All() {
		if (name == a.Name || strings.EqualFold(name, a.Name)) && a.value(value) {
			return true
		}
	}
	return false
}

func (a *atom) match(raw, shown string, st *logs.Stream, level logs.Level, f format.ID) bool {
	switch a.Kind {
	case Text, Regexp:
		return a.find != nil && (a.find.in(shown) || a.said && a.find.in(said(raw)))
	case Level:
		return a.levels[min(level, logs.LevelFatal)]
	case Stream:
		return a.stream(st)
	}
	if got, ok := a.label(st); ok {
		return a.value(got)
	}
	if a.find != nil && !a.find.hint(shown) && !a.find.hint(raw) {
		return false
	}
	return a.fields(raw, shown, f)
}

func (a *atom) stream(st *logs.Stream) bool {
	if st == nil || a.part == nil {
		return false
	}
	return a.part.in(label(st, a.Name))
}

// label is the value of a stream's label as a query names it.
func label(st *logs.Stream, name string) string {
	if name == "origin" {
		return st.Origin.String()
	}
	return st.Label(name)
}

// label returns the value of the stream's label that a field term names, if it names one.
func (a *atom) label(st *logs.Stream) (string, bool) {
	if st == nil || !labelled(a.Name) {
		return "", false
	}
	v := label(st, a.Name)
	return v, v != ""
}

// fields asks what the line says of itself.
func (a *atom) fields(raw, shown string, f format.ID) bool {
	if a.set == nil {
		return false
	}
	if a.key != nil && strings.HasPrefix(raw, "{") && spelled(a.set.Name(f)) && !a.key.in(raw) {
		return false // sooner than by reading all of it
	}
	if int(f) < len(a.has) && a.has[f] {
		if known, found := a.set.Lookup(raw, f, a.Name, a.value); known {
			return found
		}
	}
	if a.Name == "message" {
		if text := a.set.Message(raw, f); text != "" {
			return a.value(text)
		}
	}
	return a.words != "" && has(shown, a.words)
}

// spelled reports that lines of a format spell the names of their fields.
func spelled(name string) bool { return name == "gelf" || strings.Contains(name, "json") }

// has reports that words stand in s with nothing joined to either end.
func has(s, words string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], words)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(words)
		if (i == 0 || !nameByte(s[i-1], false)) && (end == len(s) || !nameByte(s[end], false)) {
			return true
		}
		at = i + 1
	}
}

// Spans returns where a line, as it is shown, has what the query looks for: byte ranges, ascending, apart. What a query excludes or asks
// of fields has no place.
func (m *Matcher) Spans(shown string) [][2]int {
	var out [][2]int
	for _, f := range m.marks {
		out = f.spans(shown, out)
	}
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	joined := out[:1]
	for _, s := range out[1:] {
		if last := &joined[len(joined)-1]; s[0] <= last[1] {
			last[1] = max(last[1], s[1])
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}
