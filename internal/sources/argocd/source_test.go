package argocd

import (
	"slices"
	"sync/atomic"
	"testing"

	fake "dsotop/demo/fakes/argocd"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// The production of agendaprefs in the demo world: its images were purged, its pods wait for them.
const (
	agenda     = "54a76d00-b919-4776-aa9c-29a5455e5317"
	agendaProd = "c563e1f2-d5f9-495a-9c17-452a792f02df"
)

func TestSuite(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	namespace := platform.NamespaceName(agendaProd, agenda)
	var writes atomic.Int64
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			return New(Options{Name: "argocd/usu", Transport: o})
		},
		Face:     fake.Handler(w, fake.Options{Zone: "usu", Token: sourcetest.Canary, Writes: &writes}),
		Interest: []string{agenda, namespace},
		Converged: func(s *store.Snapshot) bool {
			pods := store.Pods.Items(s, namespace)
			return len(store.Applications.Items(s, agenda)) > 0 && len(store.Workloads.Items(s, namespace)) > 0 &&
				len(store.Events.Items(s, namespace)) > 0 && slices.ContainsFunc(pods, func(p platform.Pod) bool {
				return p.ImagePull() && p.FromTree && p.WorkloadKind == "Deployment" && len(p.Containers) > 0 && p.Containers[0].State == "waiting"
			})
		},
		Change: func() {
			w.Update(func(tx *world.Tx) {
				for _, a := range tx.State.Applications {
					if a.Environment != nil && a.Environment.Project.Slug == "habilit" {
						tx.Touch(a, world.Deleted)
					}
				}
				tx.State.Applications = slices.DeleteFunc(tx.State.Applications, func(a *world.Application) bool {
					return a.Environment != nil && a.Environment.Project.Slug == "habilit"
				})
			})
		},
		Changed: func(s *store.Snapshot) bool {
			for _, a := range store.Applications.Items(s, "b3f3c9b1-1168-47b6-b178-2af9b468bad7") {
				if a.EnvironmentName == "dev" && a.Type == platform.AppDeploy {
					return false
				}
			}
			return true
		},
	})
	if n := writes.Load(); n != 0 {
		t.Errorf("%d requests that would have written", n)
	}
}
