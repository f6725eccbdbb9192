package pane_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

const gib = 1 << 30

func environment(id, stage string, cores, memory float64) platform.EnvironmentFacts {
	return platform.EnvironmentFacts{Environment: platform.Environment{ID: id, Name: id, Stage: stage, Request: platform.Resources{CPU: cores, Memory: memory}}, Namespace: id}
}

func project() (*fleet.Row, *platform.EnvironmentFacts) {
	d := &platform.Dossier{Project: platform.Project{Slug: "p", Hprod: platform.Resources{CPU: 8, Memory: 16}, Prod: platform.Resources{CPU: 12, Memory: 32}}}
	d.Environments = []platform.EnvironmentFacts{environment("dev", "dev", 4, 8), environment("integ", "integration", 6, 4), environment("prod", "prod", 12, 32)}
	dev := &d.Environments[0]
	dev.Quotas = []platform.Quota{{Hard: map[string]float64{"limits.cpu": 3, "limits.memory": 8 * gib}, Used: map[string]float64{"limits.cpu": 2.9, "limits.memory": gib}}}
	dev.Usage = &platform.Usage{CPU: 0.3, Memory: 2 * gib}
	return &fleet.Row{Dossier: d}, dev
}

func TestShares(t *testing.T) {
	row, dev := project()
	cpu, memory := pane.Shares(row, dev)
	if want := (pane.Share{Asked: 4, Others: 6, Pool: 8, Hard: 3, Reserved: 2.9, Used: 0.3}); cpu != want {
		t.Errorf("got %+v", cpu)
	}
	if !cpu.Over() || !cpu.Drift() || !cpu.Idle() || memory.Over() || memory.Drift() || memory.Idle() {
		t.Errorf("CPU %+v, memory %+v", cpu, memory)
	}
	prod := &row.Dossier.Environments[2]
	if cpu, _ = pane.Shares(row, prod); cpu.Others != 0 || cpu.Over() || cpu.Drift() || cpu.Idle() {
		t.Errorf("what is not known is judged: %+v", cpu)
	}
	row.Dossier.Project.Limitless = true
	if cpu, _ = pane.Shares(row, dev); cpu.Over() {
		t.Error("a project without limits is over")
	}
}

func env(t *testing.T) *page.Env {
	t.Helper()
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	g := style.Unicode()
	return &page.Env{Words: words.French(), Sheet: style.New(th, themes.OnDark, colorprofile.TrueColor), Glyphs: &g}
}

func TestTriangle(t *testing.T) {
	row, dev := project()
	for _, w := range []int{60, 80, 120, 200} {
		lines := pane.Triangle(env(t), row, dev, w)
		for _, l := range lines {
			if ansi.StringWidth(l) != w {
				t.Errorf("%d: %q", w, ansi.Strip(l))
			}
		}
		text := ansi.Strip(strings.Join(lines, "\n"))
		for _, want := range []string{"8", "10", "4", "3", "2,9", "300 m", "16 Gio", "12 Gio", "demandent plus que l'enveloppe"} {
			if !strings.Contains(text, want) {
				t.Errorf("%d: %q is not in\n%s", w, want, text)
			}
		}
	}
}

func TestMini(t *testing.T) {
	e := env(t)
	from := time.Unix(0, 0)
	pen := e.Pen(40)
	pane.Mini(e, pen, "CPU", "2,4", style.Chart1, []float64{1, 2, 3, 4, 5, 4, 3, 2}, 5, 20, from, from.Add(70*time.Minute), []time.Time{from.Add(30 * time.Minute), from.Add(-time.Hour)})
	if got := strings.TrimRight(ansi.Strip(pen.Line()), " "); got != "CPU 2,4 ▂▄▅┊█▇▅▄" {
		t.Errorf("got %q", got)
	}
}
