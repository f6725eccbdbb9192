package timeline_test

import "testing"

// At a pinned instant the axis says how much came after, and what broke later is not said to be broken.
func TestPinnedInstantTellsWhatCameAfter(t *testing.T) {
	_, s, _ := story(t, "fr", 120, 40)
	s.Press("T", "end", "enter")
	s.Type("-2 min")
	s.Press("enter")
	s.Shows("Tel qu'à l'instant choisi", "d'après, en pâle")
	s.Press("T", "enter")
	s.Hides("d'après, en pâle")
}
