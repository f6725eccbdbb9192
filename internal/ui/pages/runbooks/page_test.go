package runbooks_test

import (
	"context"
	"strings"
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

// planner plans one thing, and does nothing.
type planner struct {
	silent
	runbook.Doer
}

func (planner) Plan(context.Context, runbook.Wish) (runbook.Planned, error) {
	return runbook.Planned{Plan: runbook.PlanText{Deed: "console.replay", Subject: "vigibat", Risk: "write", Call: "console: PUT /api/v1/projects/x/hooks", Body: "{}", Command: "curl -X PUT",
		Effects: []actions.Effect{{What: "status", From: "failed", To: "created"}}, Warnings: []actions.Reason{{Code: "rotates_secrets"}}}}, nil
}

// Before it asks for consent, a run shows the exact call, its effects and what stands against it.
func TestConsentShowsThePlan(t *testing.T) {
	b := uitest.NewBackend(7)
	d := runbook.NewDesk(runbook.DeskOptions{World: planner{silent: silent{b: b}}, By: "anne", Clock: b.Now})
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
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := uitest.Open(t, played{b, d}, "en", size[0], size[1])
		s.Press("R")
		s.Press("enter") // the run that waits is the first
		s.Exact(size[0], size[1])
		for _, want := range []string{"What would be sent", "console: PUT /api/v1/projects/x/hooks", "failed", "created", "curl -X PUT", "Risk: write"} {
			if !strings.Contains(s.Screen(), want) {
				t.Errorf("%v: no %q:\n%s", size, want, s.Screen())
			}
		}
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
