package fleet

import (
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Usage is asked in tenants that the console's environments tell: without a console nothing of it will ever come, and a console that never
// answered is why nothing came.
func TestWhatTheConsoleMustTellBefore(t *testing.T) {
	p, e := project{id: guichetID, slug: "guichet"}, platform.Environment{ID: "b7d30fef-2f75-46b4-a990-119943a93ec0", Name: "prod"}
	without := configured()
	delete(without, "console")
	own := map[string]bool{"prometheus": true, "loki": true}
	for _, c := range []struct {
		name    string
		o       Options
		console platform.State // "" is none
		want    platform.State
		source  string
	}{
		{"no console, tenants by it", Options{Configured: without, Tenants: own}, "", platform.StateNotConfigured, ""},
		{"no console, one tenant", Options{Configured: without}, "", platform.StateStarting, "prometheus"},
		{"a console that refuses us", Options{Configured: configured(), Tenants: own}, platform.StateUnauthorised, platform.StateUnauthorised, "console"},
		{"a console that answers", Options{Configured: configured(), Tenants: own}, platform.StateLive, platform.StateStarting, "prometheus"},
	} {
		b := newBed()
		b.health("argocd/pub", "argocd", platform.StateLive)
		b.health("prometheus", "prometheus", platform.StateLive)
		if c.console != "" {
			b.health("console", "console", c.console)
		}
		put(b, store.Applications, "argocd/pub", guichetID, deploy(p, e, "infra"))
		if c.console == platform.StateLive {
			put(b, store.Projects, "console", guichetID, platform.Project{ID: guichetID, Slug: "guichet"})
			put(b, store.Environments, "console", guichetID, e)
		}
		facts, ok := New(c.o).View(b.st.Current(), now()).Environment("guichet", "prod")
		if !ok {
			t.Fatalf("%s: no environment", c.name)
		}
		if got := facts.Known[platform.FamUsage]; got.State != c.want || got.Source != c.source {
			t.Errorf("%s: usage is %s of %q, want %s of %q", c.name, got.State, got.Source, c.want, c.source)
		}
	}
}

// The Argo CD of another zone has answered and holds nothing of this project: that is no answer of its own zone's.
func TestApplicationsOfAZoneThatHasNotAnswered(t *testing.T) {
	for state, want := range map[platform.State]Mark{platform.StateStarting: MarkLoading, platform.StateForbidden: MarkForbidden, platform.StateLive: MarkKnown} {
		b := newBed()
		b.platform()
		b.health("argocd/usu", "argocd", state)
		put(b, store.Projects, "console", guichetID, platform.Project{ID: guichetID, Slug: "guichet"})
		put(b, store.Environments, "console", guichetID, env(uuid(2), "dev", "dev", "usu"))
		r, _ := New(Options{Configured: configured()}).View(b.st.Current(), now()).Project("guichet")
		if r.Argo.Mark != want || r.Argo.App != nil {
			t.Errorf("%s: %+v, want mark %d", state, r.Argo, want)
		}
	}
}

// Argo CD leaves out of its lists what one may not see: an environment of which nothing is shown is not one without applications.
func TestNothingShownIsNotNothing(t *testing.T) {
	seen := func(known, held bool) []platform.Right {
		return []platform.Right{{Name: "applications.all", Known: known, Held: held}}
	}
	for name, c := range map[string]struct {
		rights []platform.Right
		other  bool // it shows another environment of the project
		want   platform.State
	}{
		"all may be seen":             {rights: seen(true, true), want: platform.StateLive},
		"nothing of it is shown":      {rights: seen(true, false), want: platform.StateForbidden},
		"something of it is shown":    {rights: seen(true, false), other: true, want: platform.StateLive},
		"a server that does not tell": {rights: seen(false, false), want: platform.StateLive},
	} {
		b := newBed()
		b.platform()
		put(b, store.Health, "argocd/pub", "", platform.SourceHealth{Name: "argocd/pub", Kind: "argocd", State: platform.StateLive, LastSuccess: ago(time.Minute), Rights: c.rights})
		p, dev := project{id: guichetID, slug: "guichet"}, env(uuid(2), "dev", "dev", "hp")
		put(b, store.Projects, "console", guichetID, platform.Project{ID: guichetID, Slug: "guichet"})
		put(b, store.Environments, "console", guichetID, dev, env(uuid(3), "prod", "prod", "prod"))
		if c.other {
			put(b, store.Applications, "argocd/pub", guichetID, deploy(p, dev, "infra"))
		}
		facts, ok := New(Options{Configured: configured()}).View(b.st.Current(), now()).Environment("guichet", "prod")
		if age := facts.Known[platform.FamApplications]; !ok || age.State != c.want || age.At.IsZero() != (c.want == platform.StateForbidden) {
			t.Errorf("%s: %+v", name, age)
		}
	}
}
