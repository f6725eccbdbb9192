package gitlab

import (
	"strings"
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func TestSuiteSmall(t *testing.T) {
	f := newFace(t)
	f.set("POST /api/graphql", answer(200, strings.Replace(fleetPage, `"nodes":[`, `"nodes":[{"id":"gid://gitlab/Project/3","fullPath":"forge-mi/projects/gone/api"},`, 1)))
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := Options{Root: root, Transport: e.Options}
			o.Transport.Auth.Scheme = transport.AuthHeader
			return New(o)
		},
		Face: f, Token: canary, Prepare: func(st *store.Store) {
			console(st)
			st.Apply(func(tx *store.Tx) {
				store.Projects.Put(tx, "console", "id-2", []platform.Project{{ID: "id-2", Slug: "gone"}})
			})
		}, Interest: []string{"id-1"},
		Converged: func(s *store.Snapshot) bool { return complete(s, "id-1") },
		Change: func() {
			f.set("POST /api/graphql", answer(200, fleetPage))
		},
		Changed: func(s *store.Snapshot) bool {
			return len(store.GitRepos.Of(s, "id-2")) == 1 && len(store.GitRepos.Items(s, "id-2"))+len(store.Pipelines.Items(s, "id-2")) == 0
		},
	})
}
