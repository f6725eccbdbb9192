package fleet

import (
	"testing"

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
