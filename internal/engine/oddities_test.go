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

// Each oddity of the demo is found, through the real clients, by the rule of its name; and what troubles the stories of the small
// world stays what it was.
func TestOdditiesAreFound(t *testing.T) {
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Odd, Dir: t.TempDir(), Calm: true, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	odd := map[string]string{} // project id → rule
	p.World.View(func(s *world.State) {
		for project, name := range s.Aside.Odd {
			odd[project.ID] = name
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
	for deadline := time.Now().Add(2 * time.Minute); len(left) > 0 && time.Now().Before(deadline); {
		select {
		case <-t.Context().Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
		v := e.View()
		for id, rule := range left {
			if r, ok := v.Project(id); ok && slices.ContainsFunc(findings.Flatten(r.Findings), func(f platform.Finding) bool { return f.ID == rule }) {
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
	for id, rule := range odd {
		r, _ := v.Project(id)
		for _, f := range findings.Flatten(r.Findings) {
			t.Logf("%s %s: %s", rule, r.Dossier.Project.Slug, f.Key())
		}
	}
}
