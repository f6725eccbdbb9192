package runbook

import (
	"testing"
)

// Every book that is shipped can be read.
func TestShippedBooksLint(t *testing.T) {
	l := Load()
	if err := l.Mistakes.Err(); err != nil {
		t.Fatal(l.Mistakes.In("en"))
	}
	if len(l.Books) != 20 {
		t.Errorf("%d books, 20 are shipped", len(l.Books))
	}
	for _, b := range l.Books {
		for _, text := range []Text{b.Title, b.Summary, b.When, b.Who, b.Risk, b.Rollback} {
			if text.FR == "" || text.EN == "" {
				t.Errorf("%s: a sentence of its head is missing in one language: %+v", b.ID, text)
			}
		}
		for _, s := range b.Steps {
			if s.Title.FR == "" || s.Title.EN == "" {
				t.Errorf("%s %s: a title is missing in one language", b.ID, s.ID)
			}
		}
	}
}
