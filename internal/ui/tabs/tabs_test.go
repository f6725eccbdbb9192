package tabs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/style"
	"dsotop/internal/ui/tabs"
	"dsotop/themes"
)

func TestTheActiveTabIsAlwaysVisible(t *testing.T) {
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	sheet, g := style.New(th, themes.OnDark, colorprofile.TrueColor), style.Unicode()
	list := []tabs.Tab{{Title: "Synthèse", Mark: "3", Role: style.Bad}, {Title: "Dépôts & miroir"}, {Title: "Environnements"}, {Title: "Équipe & droits"}, {Title: "Journal"}}
	for _, w := range []int{20, 40, 60, 80, 200} {
		for active := range list {
			line := tabs.Line(sheet, &g, w, list, active)
			if got := ansi.StringWidth(line); got != w {
				t.Errorf("%d cells, want %d", got, w)
			}
			if !strings.Contains(ansi.Strip(line), "▌"+list[active].Title) {
				t.Errorf("at %d cells, %q is not in %q", w, list[active].Title, ansi.Strip(line))
			}
			missing := slices.ContainsFunc(list, func(x tabs.Tab) bool { return !strings.Contains(ansi.Strip(line), x.Title) })
			if missing != strings.Contains(line, g.Ellipsis) {
				t.Errorf("at %d cells: left out %t, but the line is %q", w, missing, ansi.Strip(line))
			}
		}
	}
}
