package format

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Problem is one thing wrong with a file of formats.
type Problem struct {
	File string
	// Line and Column count from 1; 0 when it concerns the whole file, or the whole line.
	Line, Column int
	said         said
}

// Text is the sentence in "fr" or "en", without the place.
func (p Problem) Text(lang string) string {
	if lang == "fr" {
		return p.said.fr
	}
	return p.said.en
}

// Where is "file:line:column", "file:line" or "file".
func (p Problem) Where() string {
	switch {
	case p.Line > 0 && p.Column > 0:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return p.File
}

// said is a sentence in both languages.
type said struct{ fr, en string }

func say(fr, en string, args ...any) *said {
	return &said{fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)}
}

// listed joins the keys of a map, sorted.
func listed[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
