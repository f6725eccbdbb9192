package alertmanager

import (
	"slices"
	"testing"

	fake "dsotop/demo/fakes/alertmanager"
	"dsotop/demo/world"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			return New(Options{Name: "alertmanager", Transport: o})
		},
		Face: fake.Handler(w, fake.Options{Token: sourcetest.Canary}),
		Converged: func(s *store.Snapshot) bool {
			for _, a := range store.Alerts.Items(s, "") {
				if a.Name == "AgendaWebDown" && a.Firing() && a.ProjectSlug == "agendaprefs" && !a.Since.IsZero() && a.Fingerprint != "" {
					return true
				}
			}
			return false
		},
		Change: func() {
			w.Update(func(tx *world.Tx) {
				tx.State.Alerts = slices.DeleteFunc(tx.State.Alerts, func(a *world.Alert) bool { return a.Name != "AgendaWebDown" })
			})
		},
		Changed: func(s *store.Snapshot) bool { return len(store.Alerts.Items(s, "")) == 1 },
	})
}
