package ui

import "testing"

func TestHasWord(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{{"a portail b", "portail", true}, {"portail", "portail", true}, {"portails", "portail", false}, {"portails portail", "portail", true}, {"", "x", false}, {"xportail", "portail", false}} {
		if got := hasWord(c.text, c.word); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.text, got)
		}
	}
}
