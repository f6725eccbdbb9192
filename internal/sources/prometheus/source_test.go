package prometheus

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	fake "dsotop/demo/fakes/prometheus"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// guichet is a project of the demo world with environments of both kinds.
const guichet = "e41b66d4-13c6-4bdc-a996-431cfcb2185a"

func environments(st *store.Store) {
	st.Apply(func(tx *store.Tx) {
		store.Environments.Put(tx, "console", guichet, []platform.Environment{
			{ID: "b7d30fef-2f75-46b4-a990-119943a93ec0", Name: "prod", Stage: "prod"},
			{ID: "eb067fc8-473a-4d2f-b3e4-6a7ffe78ea20", Name: "dev", Stage: "dev"},
		})
	})
}

func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	production, other := platform.Tenants(guichet)
	prod := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", guichet)
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			o.URL += "/prometheus"
			return New(Options{Name: "prometheus", Transport: o, Tenancy: sources.Tenancy{In: sources.TenantHeader, ID: production + "," + other}})
		},
		Face:     fake.Handler(w, fake.Options{Token: sourcetest.Canary, RequireTenant: true}),
		Prepare:  environments,
		Interest: []string{guichet},
		Converged: func(s *store.Snapshot) bool {
			use, quota := store.Usage.Items(s, prod), store.Quotas.Items(s, prod)
			return len(use) == 1 && use[0].CPU > 0 && use[0].Memory > 1<<20 && len(quota) == 1 && quota[0].Hard["limits.cpu"] > 0
		},
		Stray: 4, // two tenants, two parts
	})
}

// The tenants follow the projects, in the path as Observatorium has it, and what they hold goes with them.
func TestTenantsOfProjects(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	server := httptest.NewServer(fake.Handler(w, fake.Options{RequireTenant: true}))
	defer server.Close()
	src, err := New(Options{Name: "prometheus", Tenancy: sources.Tenancy{In: sources.TenantPath}, Transport: transport.Options{URL: server.URL, Proxy: "none", Rate: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sources.Keep(ctx, src, sources.Ground{Store: st, Pace: 1000}, nil)
	}()
	defer func() { cancel(); <-done }()
	sub := st.Subscribe(0)
	defer sub.Close()
	prod := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", guichet)
	until := func(what string, ok func(*store.Snapshot) bool) {
		t.Helper()
		for !ok(st.Current()) {
			if _, on := sub.Next(ctx); !on {
				t.Fatal(what)
			}
		}
	}
	environments(st)
	until("no usage", func(s *store.Snapshot) bool { return len(store.Usage.Items(s, prod)) == 1 })
	st.Apply(func(tx *store.Tx) { store.Environments.Drop(tx, "console", guichet) })
	until("usage of a tenant that is gone stays", func(s *store.Snapshot) bool { return len(store.Usage.Items(s, prod)) == 0 })
}
