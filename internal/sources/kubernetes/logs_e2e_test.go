//go:build e2e

package kubernetes

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/logs"
)

// TestLogsOfTheRealOne follows the containers of a namespace through a real API server, which is restarted under the streams: what
// simulated kubelets write comes once, in order.
func TestLogsOfTheRealOne(t *testing.T) { //nolint:paralleltest // one lab at a time
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Kubernetes}, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, l)
	src, err := New(Options{Name: "lab", Kubeconfig: l.Kubeconfig, Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	ns, pod := healthy(l.World)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var notices []string
	last := map[*logs.Stream]int64{}
	lines, streams := 0, map[string]bool{}
	take := func(b logs.Batch) {
		for _, n := range b.Notices {
			notices = append(notices, n.Why)
		}
		for _, line := range b.Lines {
			if line.At < last[line.Stream] || line.Stream.Namespace != ns || strings.Contains(line.Text, "\n") {
				t.Errorf("%+v of %+v after %d", line, line.Stream, last[line.Stream])
			}
			last[line.Stream] = line.At
			streams[line.Stream.Pod+"/"+line.Stream.Container] = true
			lines++
		}
	}
	if err := src.Lines(ctx, logs.LiveAsk{Namespace: ns, Tail: 20}, func(b logs.Batch) error { take(b); return nil }); err != nil || lines == 0 || len(streams) < 2 {
		t.Errorf("%d lines of %v: %v", lines, streams, err)
	}
	t.Logf("%d lines of %v; %q", lines, streams, notices)

	var living sync.WaitGroup // the world of a lab of the cluster alone has no life of its own
	defer living.Wait()
	defer cancel()
	living.Go(func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-tick.C:
				l.World.Step(now)
			}
		}
	})
	lines, last = 0, map[*logs.Stream]int64{}
	restarted := false
	err = src.Lines(ctx, logs.LiveAsk{Namespace: ns, Pods: []string{pod}, Tail: 5, Follow: true}, func(b logs.Batch) error {
		take(b)
		if lines > 10 && !restarted {
			restarted = true
			lines = 0
			if err := l.Restart(t.Context(), "apiserver"); err != nil {
				t.Error(err)
			}
		}
		if restarted && lines > 10 {
			cancel()
		}
		return nil
	})
	t.Logf("%d lines after the restart; %q", lines, notices)
	if err != nil || !restarted || lines <= 10 {
		t.Errorf("%d lines, restarted %v: %v", lines, restarted, err)
	}
}
