//go:build e2e

package kubernetes

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"testing"

	"dsotop/demo/lab"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/store"
)

// TestSuiteAgainstTheRealOne is TestSuite with a real API server in the place of the face.
func TestSuiteAgainstTheRealOne(t *testing.T) { //nolint:paralleltest // one lab at a time
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Kubernetes}, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, l)
	target, err := url.Parse(l.URLs["kubernetes"])
	if err != nil {
		t.Fatal(err)
	}
	way := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 100} //nolint:gosec // the lab's own
	defer way.CloseIdleConnections()
	real := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: way, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0)}
	var gone [2]string
	sourcetest.Run(t, sourcetest.Case{
		Face:  real,
		Token: l.Token,
		New: func(e sourcetest.Env) (sources.Source, error) {
			return New(Options{Name: "lab", Server: e.URL, Token: e.Token, Timeout: e.Options.Timeout, Proxy: "none"})
		},
		Converged: func(snap *store.Snapshot) bool { return gone[0] != "" || asTheWorld(snap, l.World) },
		Change: func() {
			gone = bare(l.World)
			if err := l.Delete(t.Context(), gone[0], gone[1]); err != nil {
				t.Error(err)
			}
		},
		Changed: func(snap *store.Snapshot) bool { return stateOf(snap, gone[0], gone[1]) == "" },
	})
}

// TestRestartsOfTheRealOne stops, freezes and restarts a real API server under a source that runs.
func TestRestartsOfTheRealOne(t *testing.T) { //nolint:paralleltest // one lab at a time
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Kubernetes}, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, l)
	src, err := New(Options{Name: "lab", Kubeconfig: l.Kubeconfig, Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	g := (&stage{t: t, store: store.New(nil), poke: make(chan struct{}, 1), source: src, pace: 100}).run()
	g.wait("converging", func(snap *store.Snapshot) bool { return asTheWorld(snap, l.World) && g.live(snap) })
	do := func(f func(string) error) {
		t.Helper()
		if err := f("apiserver"); err != nil {
			t.Fatal(err)
		}
	}
	ns, pod := healthy(l.World)

	do(l.Stop)
	g.wait("the stop", func(*store.Snapshot) bool { return g.health().State == platform.StateUnreachable })
	if !asTheWorld(g.store.Current(), l.World) {
		t.Error("the last known facts are gone")
	}
	do(func(name string) error { return l.Restart(t.Context(), name) })
	g.wait("the restart", g.live)

	do(l.Freeze)
	g.wait("the frost", func(*store.Snapshot) bool {
		s := g.health().State
		return s == platform.StateUnreachable || s == platform.StateStale
	})
	do(l.Thaw)
	g.wait("the thaw", g.live)

	if err := l.Crash(t.Context(), ns, pod); err != nil {
		t.Fatal(err)
	}
	g.wait("a crash after all that", func(snap *store.Snapshot) bool { return stateOf(snap, ns, pod) == "CrashLoopBackOff" })
}

func closing(t *testing.T, l *lab.Lab) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// asTheWorld tells whether the store has the world's pods of all clusters, by name, in their states, and its controllers.
func asTheWorld(snap *store.Snapshot, w *world.World) bool {
	same := true
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				if len(store.Workloads.Items(snap, ns.Name)) != len(ns.Workloads) || len(store.Pods.Items(snap, ns.Name)) != len(ns.Pods) ||
					ns.Quota != nil && len(store.Quotas.Items(snap, ns.Name)) != 1 {
					same = false
				}
				for _, p := range ns.Pods {
					k := p.Containers[0]
					if got := stateOf(snap, ns.Name, p.Name); got != k.State && got != k.Reason {
						same = false
					}
				}
			}
		}
	})
	return same
}

// stateOf is the reason a pod's first container waits for, or its state; "" when there is no such pod.
func stateOf(snap *store.Snapshot, namespace, name string) string {
	for _, p := range store.Pods.Items(snap, namespace) {
		if p.Name == name && len(p.Containers) > 0 {
			if c := p.Containers[0]; c.Reason != "" {
				return c.Reason
			}
			return p.Containers[0].State
		}
	}
	return ""
}

// bare is a pod whose controller does not run in the lab: nobody makes it again.
func bare(w *world.World) [2]string {
	return pick(w, func(p *world.Pod) bool { return p.OwnerKind == "Cluster" })
}

func healthy(w *world.World) (namespace, pod string) {
	x := pick(w, func(p *world.Pod) bool { return p.OwnerKind == "ReplicaSet" && p.Containers[0].Ready })
	return x[0], x[1]
}

func pick(w *world.World, ok func(*world.Pod) bool) (found [2]string) {
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				for _, p := range ns.Pods {
					if found[0] == "" && ok(p) {
						found = [2]string{ns.Name, p.Name}
					}
				}
			}
		}
	})
	return found
}
