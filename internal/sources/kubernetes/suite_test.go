package kubernetes

import (
	"io"
	"os"
	"testing"
	"time"

	fake "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/store"
)

const cluster = "ovh-hp-1"

func start() time.Time { return time.Date(2026, 8, 21, 8, 22, 34, 0, time.UTC) }

func newWorld(size world.Size) *world.World {
	return world.New(world.Options{Seed: 1, Size: size, Clock: start})
}

// mirrored tells whether the store has exactly the pods, controllers, quotas and namespaces of the world's cluster.
func mirrored(w *world.World) func(*store.Snapshot) bool {
	return func(snap *store.Snapshot) bool {
		same := true
		w.View(func(st *world.State) {
			for _, c := range st.Clusters {
				if c.Label != cluster {
					continue
				}
				for _, ns := range c.Namespaces {
					same = same && sameNamespace(snap, ns)
				}
				n := 0
				for range store.Pods.All(snap) {
					n++
				}
				same = same && n == len(c.Namespaces)
			}
		})
		return same
	}
}

func sameNamespace(snap *store.Snapshot, ns *world.Namespace) bool {
	pods, workloads := store.Pods.Items(snap, ns.Name), store.Workloads.Items(snap, ns.Name)
	quotas, known := store.Quotas.Items(snap, ns.Name), store.Namespaces.Items(snap, ns.Name)
	if len(pods) != len(ns.Pods) || len(workloads) != len(ns.Workloads) || len(known) != 1 || (ns.Quota != nil && len(quotas) != 1) {
		return false
	}
	byUID := map[string]platform.Pod{}
	for _, p := range pods {
		byUID[p.UID] = p
	}
	for _, p := range ns.Pods {
		got, ok := byUID[p.UID]
		if !ok || got.Phase != p.Phase || len(got.Containers) != len(p.Containers) {
			return false
		}
		restarts := 0
		for i, c := range p.Containers {
			restarts += c.Restarts
			if got.Containers[i].State != c.State || got.Containers[i].Digest != c.Digest {
				return false
			}
		}
		if got.Restarts != restarts {
			return false
		}
	}
	return true
}

func TestMain(m *testing.M) {
	Silence(io.Discard)
	os.Exit(m.Run())
}

// TestSuite is not parallel: the suite counts goroutines.
func TestSuite(t *testing.T) { //nolint:paralleltest // see above
	w := newWorld(world.Small)
	face := fake.Handler(w, fake.Options{Cluster: cluster, Token: sourcetest.Canary})
	gone := ""
	sourcetest.Run(t, sourcetest.Case{
		Face: face,
		New: func(e sourcetest.Env) (sources.Source, error) {
			return New(Options{Name: cluster, Server: e.URL, Token: e.Token, Timeout: e.Options.Timeout, Proxy: "none"})
		},
		Converged: mirrored(w),
		Change:    func() { gone = removePod(w) },
		Changed:   func(snap *store.Snapshot) bool { return !hasPod(snap, gone) && mirrored(w)(snap) },
	})
	if n := face.WriteCount(); n != 0 {
		t.Errorf("%d writes", n)
	}
}

// removePod takes a pod out of the world and returns its uid.
func removePod(w *world.World) (uid string) {
	w.Update(func(tx *world.Tx) {
		ns := firstNamespace(tx.State)
		p := ns.Pods[0]
		uid, ns.Pods = p.UID, ns.Pods[1:]
		tx.Touch(p, world.Deleted)
	})
	return uid
}

func hasPod(snap *store.Snapshot, uid string) bool {
	for shelf := range store.Pods.All(snap) {
		for _, p := range shelf.Items {
			if p.UID == uid {
				return true
			}
		}
	}
	return false
}

func firstNamespace(st *world.State) *world.Namespace {
	for _, c := range st.Clusters {
		if c.Label == cluster {
			for _, ns := range c.Namespaces {
				if len(ns.Pods) > 1 {
					return ns
				}
			}
		}
	}
	panic("no namespace with pods")
}
