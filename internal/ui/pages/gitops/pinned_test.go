package gitops_test

import (
	"strings"
	"testing"

	"dsotop/internal/ui/uitest"
)

// At a pinned instant the list has the revision of then; what Argo CD keeps no past of is said to be of now.
func TestPinnedInstantHasTheRevisionOfThen(t *testing.T) {
	s := uitest.Open(t, story(t), "fr", 160, 40)
	s.Press("4")
	s.Type("/")
	s.Type("cartocrise")
	s.Press("enter")
	line := func() string {
		for _, l := range strings.Split(s.Screen(), "\n") {
			if strings.Contains(l, "cartocrise-") {
				return l
			}
		}
		t.Fatal("no application of cartocrise")
		return ""
	}
	now := line()
	s.Press("T", "end", "enter")
	s.Type("-2d")
	s.Press("enter")
	s.Shows("Tel qu'à l'instant choisi", "sont de maintenant")
	if then := line(); !strings.Contains(then, "aaaaaaaa") || strings.Contains(now, "aaaaaaaa") {
		t.Errorf("now  %s\nthen %s", now, then)
	}
	s.Press("T", "end", "enter")
	s.Type("-30d")
	s.Press("enter")
	if then := line(); strings.Contains(then, "aaaaaaaa") {
		t.Errorf("before the history: %s", then)
	}
	s.Press("T", "enter") // released
	s.Hides("Tel qu'à l'instant choisi")
	if again := line(); again != now {
		t.Errorf("released: %s\nwas %s", again, now)
	}
}
