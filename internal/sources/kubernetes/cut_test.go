package kubernetes

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	fake "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// TestCutBeforeAnyAnswer takes connections and ends them without a word, as a load balancer without a server behind it does.
// client-go calls that a watch that ended well.
func TestCutBeforeAnyAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	face := fake.Handler(w, fake.Options{Cluster: cluster})
	var cut atomic.Bool
	g := play(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		face.ServeHTTP(rw, r)
	}), Options{}).run()
	g.wait("converging", func(snap *store.Snapshot) bool { return mirrored(w)(snap) && g.live(snap) })
	cut.Store(true)
	g.server.CloseClientConnections()
	g.wait("the word, from every watch", func(*store.Snapshot) bool {
		h := g.health()
		watches := 0
		for _, p := range h.Problems {
			if p.State == platform.StateUnreachable && strings.HasPrefix(p.Detail, "watch ") {
				watches++
			}
		}
		return h.State == platform.StateUnreachable && watches > 1
	})
	cut.Store(false)
	g.wait("being back", func(snap *store.Snapshot) bool { return mirrored(w)(snap) && g.live(snap) })
}

// TestWatchesCutAtOnce lets every watch begin and ends it, and answers nothing else: each watch alone looks well, and the question whether the
// apiserver is there must not wait for its turn.
func TestWatchesCutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	face := fake.Handler(w, fake.Options{Cluster: cluster})
	var cut atomic.Bool
	var asked atomic.Int32
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case !cut.Load():
			face.ServeHTTP(rw, r)
		case r.URL.Query().Get("watch") != "":
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusOK)
		default:
			if r.URL.Path == "/version" {
				asked.Add(1)
			}
			panic(http.ErrAbortHandler)
		}
	})
	g := play(t, h, Options{}).at(1).run() // at the pace of life: the version is asked for each 30 s
	g.wait("converging", func(snap *store.Snapshot) bool { return mirrored(w)(snap) && g.live(snap) })
	cut.Store(true)
	g.server.CloseClientConnections()
	g.wait("the word", func(*store.Snapshot) bool { return g.health().State == platform.StateUnreachable })
	if asked.Load() == 0 {
		t.Error("unreachable, though nobody asked for the version")
	}
}
