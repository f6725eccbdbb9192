package sonarqube

import (
	"testing"

	"dsotop/demo/fakes/sonarqube"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func worldConsole(w *world.World) func(*store.Store) {
	return func(st *store.Store) {
		st.Apply(func(tx *store.Tx) {
			w.View(func(s *world.State) {
				for _, p := range s.Projects {
					store.Projects.Put(tx, "console", p.ID, []platform.Project{{ID: p.ID, Slug: p.Slug, Status: p.Status}})
				}
			})
		})
	}
}

func idOf(w *world.World, slug string) (id string) {
	w.View(func(s *world.State) { id = s.ProjectBySlug[slug].ID })
	return id
}

// The suite over the simulated platform; what is deleted is a repository, with its SonarQube project.
func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	guichet, portail := idOf(w, "guichet"), idOf(w, "portail")
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := Options{Transport: e.Options}
			o.Transport.Auth.Scheme = transport.AuthBasic
			return New(o)
		},
		Face: sonarqube.Handler(w, sonarqube.Options{Token: canary}), Token: canary, Prepare: worldConsole(w), Interest: []string{guichet},
		Converged: func(s *store.Snapshot) bool { return gateOf(s, guichet, apiKey).Revision != "" },
		Change: func() {
			w.Update(func(tx *world.Tx) {
				p := tx.State.ProjectBySlug["portail"]
				p.Repositories = p.Repositories[:0]
			})
		},
		Changed: func(s *store.Snapshot) bool {
			return len(store.Gates.Of(s, portail)) == 1 && len(store.Gates.Items(s, portail)) == 0
		},
	})
}

// The gates of the simulated platform, as its world has them.
func TestWorldGates(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	face := sonarqube.New(w, sonarqube.Options{Token: canary})
	type short struct{ status, revision, version string }
	want := map[string]map[string]short{}
	w.View(func(s *world.State) {
		for _, p := range s.Projects {
			want[p.ID] = map[string]short{}
			for _, r := range p.Repositories {
				key := platform.SonarKey(p.Slug, r.Name)
				want[p.ID][key] = short{status: platform.GateNone}
				if g := r.Gate; g != nil {
					want[p.ID][key] = short{g.Status, g.Revision, g.Version}
				}
			}
		}
	})
	url := serveHandler(t, face)
	snap := run(t, options(t, url), worldConsole(w), func(s *store.Snapshot) bool {
		for id, gates := range want {
			list := store.Gates.Items(s, id)
			if len(list) != len(gates) {
				return false
			}
			for _, g := range list {
				if gates[g.Key] != (short{g.Status, g.Revision, g.Version}) {
					return false
				}
			}
		}
		return true
	})
	g := gateOf(snap, idOf(w, "testform"), "testform-app-java-b197")
	if failing := g.Failing(); g.Status != platform.GateError || len(failing) == 0 || failing[0].Value != "41.0" || failing[0].Threshold != "80" {
		t.Errorf("testform's gate: %+v", g)
	}
	if n := face.WriteCount(); n != 0 {
		t.Errorf("%d writes", n)
	}
}
