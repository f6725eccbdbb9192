package runbook

import (
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong with a book, at its place.
type Mistake struct {
	File   string
	Line   int // 1-based; 0 when the whole file is meant
	Column int // 1-based; 0 when unknown
	Path   string
	Say    Text
}

// Where is "file:line:column", as editors read it.
func (m Mistake) Where() string {
	out := m.File
	if m.Line > 0 {
		out += fmt.Sprintf(":%d", m.Line)
		if m.Column > 0 {
			out += fmt.Sprintf(":%d", m.Column)
		}
	}
	return out
}

// In is the sentence in a language: what is wrong and what to do.
func (m Mistake) In(lang string) string {
	text := m.Say.Of(lang)
	switch {
	case m.Path == "":
		return text
	case lang == "fr":
		return m.Path + " : " + text
	}
	return m.Path + ": " + text
}

// Mistakes are all that is wrong, in the order of the file. nil is none; use Err for an error.
type Mistakes []Mistake

// Err returns the list as an error, nil when it is empty.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Error joins the sentences in English.
func (m Mistakes) Error() string { return m.In("en") }

// In joins the sentences, one a line, each after its place.
func (m Mistakes) In(lang string) string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Where() + ": " + one.In(lang)
	}
	return strings.Join(lines, "\n")
}

func (m Mistakes) sorted() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return m
}
