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
