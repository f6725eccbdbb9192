package harbor

import (
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func TestSuiteSmall(t *testing.T) {
	f := serve(t, healthy())
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := Options{Transport: e.Options}
			o.Transport.Auth.Scheme, o.Transport.Auth.User = transport.AuthBasic, "astreinte.sre"
			return New(o)
		},
		Face: f.Config.Handler, Prepare: console(platform.Project{ID: "id-1", Slug: "guichet"}), Interest: []string{"id-1"},
		Converged: func(s *store.Snapshot) bool { return len(store.Images.Items(s, "id-1")) > 0 },
		Change: func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.routes["/api/v2.0/projects/guichet/repositories"] = answer(200, `[{"name":"guichet/api"}]`)
		},
		Changed: func(s *store.Snapshot) bool { return len(store.Images.Items(s, "id-1")) == 1 },
	})
}
