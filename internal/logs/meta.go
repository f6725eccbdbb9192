package logs

import (
	"iter"
	"slices"
	"strings"
)

// Meta is what a line brought besides its text: Loki's structured metadata (a trace's id, the level that Loki detected). Names and values were cleaned
// at the border. "" is none; it holds its pairs one after another, sorted by name, and compares by content.
type Meta string

// NewMeta packs pairs. What has no name is left out.
func NewMeta(pairs []Label) Meta {
	pairs = slices.DeleteFunc(slices.Clone(pairs), func(l Label) bool { return l.Name == "" })
	slices.SortStableFunc(pairs, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, l := range pairs {
		b.WriteString(strings.ReplaceAll(l.Name, "\x00", ""))
		b.WriteByte(0)
		b.WriteString(strings.ReplaceAll(l.Value, "\x00", ""))
		b.WriteByte(0)
	}
	return Meta(b.String())
}

// All are the names and values, sorted by name.
func (m Meta) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := string(m); rest != ""; {
			name, after, _ := strings.Cut(rest, "\x00")
			value, more, _ := strings.Cut(after, "\x00")
			if !yield(name, value) {
				return
			}
			rest = more
		}
	}
}

// Get returns the value of a name.
func (m Meta) Get(name string) (value string, ok bool) {
	for n, v := range m.All() {
		if n == name {
			return v, true
		}
	}
	return "", false
}
