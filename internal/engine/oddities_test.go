package engine_test

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/engine"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
)

// Each oddity of the demo is found, through the real clients, by the rule of its name; of a project that only has a quirk nothing is found but what
// the quirk says.
func TestOdditiesAreFound(t *testing.T) {
	aside(t)
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Odd, Dir: t.TempDir(), Calm: true, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	odd := map[string]string{} // project id → rule
	quirks := map[string]world.Quirk{}
	p.World.View(func(s *world.State) {
		for project, name := range s.Aside.Odd {
			odd[project.ID] = name
		}
		for project, q := range s.Aside.Quirks {
			quirks[project.ID], odd[project.ID] = q, q.Finds
		}
	})
	profile := loaded(t, p.Config, "demo")
	for i := range profile.Sources {
		profile.Sources[i].Rate = 2000 // the pace is not what is tested
	}
	e := start(t, engine.Options{Profile: profile, Log: slog.New(slog.DiscardHandler)})
	view := slices.Sorted(maps.Keys(odd))
	p.World.View(func(s *world.State) { // lines are looked for where somebody points
		for ns := range s.Aside.Mute {
			view = append(view, ns.Name)
		}
	})
	slices.SortStableFunc(view, func(a, b string) int { // what is read only where a person points comes first
		first := func(id string) int {
			if odd[id] == "repository-token-expiring" {
				return 0
			}
			return 1
		}
		return first(a) - first(b)
	})
	e.Look("test", view)
	left := maps.Clone(odd)
	// What is only seen over time: two heads that differ for a quarter of an hour.
	maps.DeleteFunc(left, func(_, rule string) bool { return rule == "mirror-lagging" || rule == "trigger-dead" })
	for deadline := time.Now().Add(promised); len(left) > 0 && time.Now().Before(deadline); {
		select {
		case <-t.Context().Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
		v := e.View()
		for id, rule := range left {
			r, ok := v.Project(id)
			switch {
			case !ok:
			case rule == "": // nothing is to be found: all is read from which something could be
				if r.Dossier.Has(platform.FamGates) && r.Dossier.Has(platform.FamImages) && r.Dossier.Has(platform.FamPipelines) && r.Dossier.Has(platform.FamPods) && r.Dossier.Has(platform.FamApplications) {
					delete(left, id)
				}
			case slices.ContainsFunc(findings.Flatten(r.Findings), func(f platform.Finding) bool { return f.ID == rule }):
				delete(left, id)
			}
		}
	}
	v := e.View()
	for id, rule := range left {
		r, ok := v.Project(id)
		if !ok {
			t.Errorf("%s: its project is not there", rule)
			continue
		}
		var got []string
		for _, f := range findings.Flatten(r.Findings) {
			got = append(got, f.Key())
		}
		for _, n := range r.NotEvaluated {
			if n.RuleID == rule {
				got = append(got, "not evaluated: "+string(n.Missing)+" "+string(n.Reason))
			}
		}
		t.Errorf("%s is not found in %s: %s", rule, r.Dossier.Project.Slug, strings.Join(got, ", "))
	}
	for id, q := range quirks {
		r, ok := v.Project(id)
		if !ok {
			continue // told above
		}
		for _, f := range findings.Flatten(r.Findings) {
			if f.ID != q.Finds && f.Severity > platform.SeverityInfo {
				t.Errorf("%s: %s is found in %s", q.Name, f.Key(), r.Dossier.Project.Slug)
			}
		}
	}
	for id, rule := range odd {
		r, _ := v.Project(id)
		for _, f := range findings.Flatten(r.Findings) {
			t.Logf("%s %s: %s", rule, r.Dossier.Project.Slug, f.Key())
		}
	}
}
