package ui

import (
	"strings"
	"testing"
)

// Without room the first crumbs go; the last stays whatever happens.
func TestCrumbsWithin(t *testing.T) {
	crumbs := []string{"demo", "agendaprefs", "prod", "Journaux"}
	for room, want := range map[int]string{80: "demo > agendaprefs > prod > Journaux", 36: "demo > agendaprefs > prod > Journaux", 35: "… > agendaprefs > prod > Journaux", 20: "… > prod > Journaux", 12: "… > Journaux", 3: "… > Journaux"} {
		if got := strings.Join(within(crumbs, room, "…"), " > "); got != want {
			t.Errorf("%d cells: %q", room, got)
		}
	}
	if got := within([]string{"Parc"}, 2, "…"); len(got) != 1 || got[0] != "Parc" {
		t.Errorf("%q", got)
	}
}
