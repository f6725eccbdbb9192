package format

import (
	"io/fs"

	"dsotop/internal/logs"
)

// Set is the formats in force. It never changes once loaded: methods are safe for concurrent use. The zero value knows plain text only.
type Set struct{}

// Problem is one thing wrong with a file of formats.
type Problem struct {
	File string
	Line int // 0 when it concerns the whole file
	fr   string
	en   string
}

// Text is the sentence in "fr" or "en".
func (p Problem) Text(lang string) string {
	if lang == "fr" {
		return p.fr
	}
	return p.en
}

// Load reads the formats of the program and those of the folders given (*.yaml at their root). Formats of the last folder are tried
// first. A format with a problem is left out; the others work.
func Load(extra ...fs.FS) (*Set, []Problem) { return &Set{}, nil }

// Classify says what is known of a raw line at arrival. It does not allocate for plain text and JSON.
func (s *Set) Classify(text string) Class {
	if text != "" && (text[0] == ' ' || text[0] == '\t') {
		return Class{Continues: true}
	}
	return Class{Level: textLevel(text)}
}

// Fields returns the fields of a line in the line's order, nested JSON as a.b.c; nil for plain text.
func (s *Set) Fields(text string, id ID) []Field { return nil }

// Message returns the part of a line that is meant for people, raw; "" when the format has none.
func (s *Set) Message(text string, id ID) string { return "" }

// Name is the name of a format: "gelf". "plain" for 0 and for what is unknown.
func (s *Set) Name(id ID) string { return "plain" }

// Columns are the fields that a table of a format's lines shows first; nil when it has no preference.
func (s *Set) Columns(id ID) []string { return nil }

// Level is the level alone: what the system said when it said something, else what the text says.
func (s *Set) Level(l logs.Line) logs.Level {
	if l.Level != logs.LevelNone {
		return l.Level
	}
	return s.Classify(l.Text).Level
}
