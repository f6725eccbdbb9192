package runbooks_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"dsotop/internal/actions"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/uitest"
)

// played is a backend at which books are played, on facts that a page double has.
type played struct {
	*uitest.Backend
	desk *runbook.Desk
}

func (p played) Runbooks() *runbook.Desk { return p.desk }

// silent is a world that knows nothing and does nothing.
type silent struct {
	runbook.Doer
	runbook.Querier
	b *uitest.Backend
}

func (s silent) Look(runbook.Selection) {}

func (s silent) Known(sel runbook.Selection) runbook.Known {
	v := s.b.View()
	k := runbook.Known{Now: s.b.Now()}
	for _, r := range v.Projects {
		k.Dossiers = append(k.Dossiers, r.Dossier)
	}
	if r, ok := v.Project(sel.ProjectID); ok {
		k.Dossier, k.Findings = r.Dossier, r.Findings
	}
	return k
}

func TestBooksForWhatIsUnderTheCursor(t *testing.T) {
	for _, c := range []struct {
		lang, apply string
		w, h        int
	}{{"fr", "S'appliquent ici", 80, 24}, {"en", "Apply here", 120, 40}, {"fr", "S'appliquent ici", 200, 60}} {
		b := uitest.NewBackend(7)
		d := runbook.NewDesk(runbook.DeskOptions{World: silent{b: b}, By: "anne", Clock: b.Now})
		s := uitest.Open(t, played{b, d}, c.lang, c.w, c.h)
		s.Press("R")
		s.Exact(c.w, c.h)
		if screen := s.Screen(); !strings.Contains(screen, c.apply) || !strings.Contains(screen, "RB-") {
			t.Errorf("%s %d:\n%s", c.lang, c.w, screen)
		}
		d.Close()
	}
}

// planner plans one thing, and counts how often it is done.
type planner struct {
	silent
	runbook.Doer
	mu   sync.Mutex
	done []actions.Consent
}

func (*planner) Plan(context.Context, runbook.Wish) (runbook.Planned, error) {
	return runbook.Planned{Plan: runbook.PlanText{Deed: "console.replay", Subject: "vigibat", Risk: "production", Type: "vigibat", Call: "console: PUT /api/v1/projects/x/hooks", Body: "{}", Command: "curl -X PUT",
		Effects: []actions.Effect{{What: "status", From: "failed", To: "created"}}, Warnings: []actions.Reason{{Code: "provisions"}, {Code: "renews"}}, Undo: "again"}}, nil
}

func (p *planner) Do(_ runbook.Planned, c actions.Consent) (string, error) {
	if c.Typed != "vigibat" {
		return "", &actions.Refusal{Reason: actions.Reason{Code: "not_confirmed", Detail: "vigibat"}}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = append(p.done, c)
	return "run", nil
}

func (*planner) Outcome(string) (runbook.Outcome, bool) {
	return runbook.Outcome{State: "running"}, true
}

func (p *planner) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.done)
}

// asking is a run of a book that wants consent, on a desk.
func asking(t *testing.T, b *uitest.Backend, w *planner) *runbook.Desk {
	t.Helper()
	d := runbook.NewDesk(runbook.DeskOptions{World: w, By: "anne", Clock: b.Now})
	t.Cleanup(d.Close)
	var project string
	for _, r := range b.View().Projects {
		if r.Dossier.Project.Slug == "vigibat" {
			project = r.Dossier.Project.ID
		}
	}
	bell := d.Watch(t.Context())
	id, err := d.Start(d.Library().Book("RB-01"), runbook.Selection{ProjectID: project}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for r, _ := d.Run(id); r.Pending == nil; r, _ = d.Run(id) {
		<-bell
	}
	return d
}

// Before it asks for consent, a run shows the exact call, its effects and what stands against it.
func TestConsentShowsThePlan(t *testing.T) {
	b := uitest.NewBackend(7)
	d := asking(t, b, &planner{silent: silent{b: b}})
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := uitest.Open(t, played{b, d}, "en", size[0], size[1])
		s.Press("R")
		s.Press("enter") // the run that waits is the first
		s.Exact(size[0], size[1])
		for _, want := range []string{"What would be sent", "console: PUT /api/v1/projects/x/hooks", "failed", "created", "curl -X PUT", "Risk: production"} {
			if !strings.Contains(s.Screen(), want) {
				t.Errorf("%v: no %q:\n%s", size, want, s.Screen())
			}
		}
	}
}

// A run asks for consent in the dialog that every deed is asked in: it starts on Cancel, production is typed by name, what is refused asks what to do.
func TestConsentIsTheDialogOfDeeds(t *testing.T) {
	b := uitest.NewBackend(7)
	w := &planner{silent: silent{b: b}}
	d := asking(t, b, w)
	s := uitest.Open(t, played{b, d}, "en", 80, 24)
	s.Press("R", "enter", "enter", "enter")
	s.Exact(80, 24)
	for _, want := range []string{"reprovision · vigibat", "Exact call", "console: PUT /api/v1/projects/x/hooks", "To do it, type vigibat", "Do not"} {
		if !strings.Contains(s.Screen(), want) {
			t.Errorf("no %q:\n%s", want, s.Screen())
		}
	}
	s.Press("enter") // Cancel: it is still asked
	if w.count() != 0 || !strings.Contains(s.Screen(), "What would be sent") {
		t.Fatalf("%d times\n%s", w.count(), s.Screen())
	}
	s.Press("enter", "enter", "tab")
	s.Type("else")
	s.Press("enter", "enter")
	if w.count() != 0 || !strings.Contains(s.Screen(), "type exactly") {
		t.Fatalf("%d times\n%s", w.count(), s.Screen())
	}
	s.Press("esc", "enter", "enter", "tab")
	s.Type("vigibat")
	s.Press("enter", "enter")
	if w.count() != 1 {
		t.Errorf("%d times\n%s", w.count(), s.Screen())
	}
}

func TestADeedOfARunIsRefused(t *testing.T) {
	b := uitest.NewBackend(7)
	w := &planner{silent: silent{b: b}}
	s := uitest.Open(t, played{b, asking(t, b, w)}, "fr", 120, 40)
	s.Press("R", "enter", "enter", "enter", "tab", "tab", "enter")
	if w.count() != 0 || !strings.Contains(s.Screen(), "l'acte n'a pas été voulu") {
		t.Errorf("%d times\n%s", w.count(), s.Screen())
	}
}

// Without a desk the page says so, at any size.
func TestWithoutADesk(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "en", 80, 24)
	s.Press("R")
	s.Exact(80, 24)
	if !strings.Contains(s.Screen(), "Books are not played here") {
		t.Error(s.Screen())
	}
}

// R on a finding is its book, ready to be played on what the finding names.
func TestAFindingOpensItsBook(t *testing.T) {
	b := uitest.NewBackend(7)
	d := runbook.NewDesk(runbook.DeskOptions{World: silent{b: b}, By: "anne", Clock: b.Now})
	t.Cleanup(d.Close)
	s := uitest.Open(t, played{b, d}, "en", 120, 40)
	s.Press("enter") // the worst project, with the cursor on its worst finding
	s.Press("R")
	s.Exact(120, 40)
	if screen := s.Screen(); !strings.Contains(screen, "Dry run (nothing is written)") || !strings.Contains(screen, "RB-") {
		t.Error(screen)
	}
}
