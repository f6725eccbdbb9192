package harbor

import (
	"net/http/httptest"
	"testing"

	"dsotop/demo/fakes/harbor"
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

func idOf(w *world.World, slug string) (id string, images int) {
	w.View(func(s *world.State) {
		p := s.ProjectBySlug[slug]
		id = p.ID
		for _, r := range p.Repositories {
			images += len(r.Images)
		}
	})
	return id, images
}

// The suite over the simulated platform; what is deleted is an artifact, as retention does.
func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	guichet, n := idOf(w, "guichet")
	portail, before := idOf(w, "portail")
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := Options{Transport: e.Options}
			o.Transport.Auth.Scheme, o.Transport.Auth.User = transport.AuthBasic, "astreinte.sre"
			return New(o)
		},
		Face: harbor.Handler(w, harbor.Options{User: "astreinte.sre", Password: sourcetest.Canary}), Prepare: worldConsole(w), Interest: []string{guichet, portail},
		Converged: func(s *store.Snapshot) bool { return len(store.Images.Items(s, guichet)) == n },
		Change: func() {
			w.Update(func(tx *world.Tx) {
				for _, r := range tx.State.ProjectBySlug["portail"].Repositories {
					if len(r.Images) > 1 {
						r.Images = r.Images[1:]
						return
					}
				}
			})
		},
		Changed: func(s *store.Snapshot) bool { return len(store.Images.Items(s, portail)) == before-1 },
	})
}

// Every image of the simulated platform, as its world has them.
func TestWorldImages(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	face := harbor.New(w, harbor.Options{User: "astreinte.sre", Password: canary})
	srv := httptest.NewServer(face)
	t.Cleanup(srv.Close)
	type short struct {
		critical, high int
		signed         bool
		tags           int
	}
	want := map[string]map[string]short{}
	w.View(func(s *world.State) {
		for _, p := range s.Projects {
			want[p.ID] = map[string]short{}
			for _, r := range p.Repositories {
				for _, i := range r.Images {
					want[p.ID][i.Digest] = short{i.Scan.Critical, i.Scan.High, i.Signed, len(i.Tags)}
				}
			}
		}
	})
	run(t, options(t, srv.URL, "astreinte.sre"), worldConsole(w), func(s *store.Snapshot) bool {
		for id, images := range want {
			list := store.Images.Items(s, id)
			if len(list) != len(images) {
				return false
			}
			for _, i := range list {
				if images[i.Digest] != (short{i.Scan.Critical, i.Scan.High, i.Signed, len(i.Tags)}) {
					return false
				}
			}
		}
		return true
	})
	if n := face.WriteCount(); n != 0 {
		t.Errorf("%d writes", n)
	}
}
