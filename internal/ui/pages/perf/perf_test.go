package perf_test

import (
	"strings"
	"testing"

	"dsotop/internal/ui/uitest"
)

// The page tells frames, link and calls with their numbers, in both languages, and scrolls where the window is small.
func TestTellsWhatItCosts(t *testing.T) {
	for lang, words := range map[string][]string{
		"fr": {"Performance", "images dessinées", "mémoire résidente", "aller-retour", "non mesuré", "Appels aux sources", "argocd/"},
		"en": {"frames drawn", "resident memory", "round trip", "not measured", "Calls to the sources", "argocd/"},
	} {
		for _, size := range [][2]int{{80, 24}, {200, 60}} {
			s := uitest.Open(t, uitest.NewBackend(7), lang, size[0], size[1])
			s.Press(":")
			s.Type("perf")
			s.Press("enter")
			s.Exact(size[0], size[1])
			screen := s.Screen()
			for range 10 { // all of it, page by page
				s.Press("pgdown")
				screen += s.Screen()
			}
			for _, w := range words {
				if !strings.Contains(screen, w) {
					t.Errorf("%s %v: %q is missing", lang, size, w)
				}
			}
		}
	}
}
