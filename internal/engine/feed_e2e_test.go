//go:build e2e

package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"dsotop/demo/fault"
	"dsotop/demo/lab"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
)

// TestAFollowedStoreHoldsEveryLineOfTheRealOne is TestAFollowedStoreHoldsEveryLine on a real Loki, into which 2,000 numbered lines a second are pushed.
func TestAFollowedStoreHoldsEveryLineOfTheRealOne(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Loki}, History: time.Minute})
	proxy, err := fault.New(fault.Options{Upstream: l.URLs["loki"]})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	const (
		rate    = 2000
		every   = 50 * time.Millisecond
		lasting = 10 * time.Second
		tenant  = "prod-e2e"
	)
	namespace := platform.NamespaceName("0f2bd2c4-9d8a-4f3e-8a53-1d0f6a0b1c2d", "5a1e7d3b-2c4f-4e6a-9b8d-7f6e5d4c3b2a")
	e, err := engine.New(engine.Options{Profile: config.Profile{Name: "e2e", Sources: []config.Source{{Kind: "loki", URL: proxy.URL(), Proxy: "none",
		Auth: config.Auth{Scheme: "none"}, Tenant: config.Tenant{In: "header", ID: tenant}}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	settled, enough := context.WithTimeout(t.Context(), 30*time.Second)
	e.Settle(settled)
	enough()

	ctx, stop := context.WithCancel(t.Context())
	var pushing sync.WaitGroup
	defer pushing.Wait()
	defer stop()
	first := make(chan struct{})
	pushing.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		labels := map[string]string{"namespace": namespace, "container": "numbers"}
		// Some seconds longer than what is followed: the last numbers are not at the edge.
		for n, begun := 1, time.Now(); time.Since(begun) < 2*lasting; {
			batch := make([]string, int(rate*every/time.Second))
			for i := range batch {
				batch[i] = fmt.Sprintf("level=info msg=counting seq=%09d", n)
				n++
			}
			if err := l.Say(ctx, tenant, labels, batch...); err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				return
			}
			if n == len(batch)+1 {
				close(first)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	select {
	case <-first:
	case <-t.Context().Done():
	}
	holdsAll(t, e, logs.Subject{Namespace: namespace, Containers: []string{"numbers"}}, proxy, rate, lasting)
}
