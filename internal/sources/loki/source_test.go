package loki

import (
	"testing"

	fake "dsotop/demo/fakes/loki"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// The production of agendaprefs, which is in trouble in the demo world.
const (
	agenda     = "54a76d00-b919-4776-aa9c-29a5455e5317"
	agendaProd = "c563e1f2-d5f9-495a-9c17-452a792f02df"
)

func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	tenant, _ := platform.Tenants(agenda)
	namespace := platform.NamespaceName(agendaProd, agenda)
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			return New(Options{Name: "loki", Transport: o, Tenancy: sources.Tenancy{In: sources.TenantPath, ID: tenant}})
		},
		Face: fake.Handler(w, fake.Options{Token: sourcetest.Canary, RequireTenant: true}),
		Prepare: func(st *store.Store) {
			st.Apply(func(tx *store.Tx) {
				store.Environments.Put(tx, "console", agenda, []platform.Environment{{ID: agendaProd, Name: "prod", Stage: "prod"}})
			})
		},
		Interest: []string{agenda, namespace},
		Converged: func(s *store.Snapshot) bool {
			lines := store.LogErrors.Items(s, namespace)
			return len(lines) > 0 && lines[0].Container != "" && lines[0].Level != "" && lines[0].Text != ""
		},
	})
}
