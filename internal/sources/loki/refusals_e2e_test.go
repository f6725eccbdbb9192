//go:build e2e

package loki

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// TestRefusalsOfTheRealOne holds what this source understands of refusals against the words of a real Loki.
func TestRefusalsOfTheRealOne(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Loki}, History: 10 * time.Minute, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	tenant, _ := platform.Tenants(agenda)
	namespace := platform.NamespaceName(agendaProd, agenda)
	s, err := New(Options{Name: "loki", Transport: transport.Options{URL: l.URLs["loki"], Proxy: "none"}, Tenancy: sources.Tenancy{In: sources.TenantHeader, ID: tenant}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	now := time.Now()
	all := logs.Ask{Tenant: tenant, Query: `{namespace="` + namespace + `"}`, From: now.Add(-10 * time.Minute).UnixNano(), To: now.UnixNano()}

	for query, column := range map[string]int{`{namespace=x}`: 12, `{namespace="x"} | json | level=`: 0, `{}`: 0, `rate({a="b"}[5m])`: 0} {
		a := all
		a.Query = query
		_, err := s.Range(ctx, a)
		q, ok := errors.AsType[*logs.QueryError](err)
		if !ok || q.Message == "" || column > 0 && (q.Line != 1 || q.Column != column) {
			t.Errorf("%s: %+v", query, err)
		}
		t.Logf("%s: %v", query, err)
	}
	tailed := all
	tailed.Query = `{namespace=x}`
	if q, ok := errors.AsType[*logs.QueryError](s.Tail(ctx, tailed, func(logs.Batch) error { return nil })); !ok || q.Column != 12 {
		t.Errorf("tail: %+v", q)
	}

	s.learnt.limit = 50_000
	if got, err := s.Range(ctx, all); err != nil || s.Limit() != usualLimit || len(got.Lines) == 0 {
		t.Errorf("%d lines, limit %d: %v", len(got.Lines), s.Limit(), err)
	}
	long := all
	long.From, long.Limit, long.Backward = now.Add(-90*24*time.Hour).UnixNano(), 10, true
	if got, err := s.Range(ctx, long); err != nil || len(got.Lines) != 10 {
		t.Errorf("90 days: %d lines, longest range %v: %v", len(got.Lines), s.longest(), err)
	}
	t.Logf("longest range: %v", s.longest())

	if got, err := s.Metric(ctx, logs.Ask{Tenant: tenant, Query: `sum by (detected_level) (count_over_time(` + all.Query + `[30s]))`, From: all.From, To: all.To}, 30*time.Second); err != nil || len(got) == 0 {
		t.Errorf("metric: %v %v", got, err)
	}
	if got, err := s.Fields(ctx, all); err != nil || len(got) == 0 {
		t.Errorf("fields: %v %v", got, err)
	}
	for name, ask := range map[string]func() (int, error){
		"volume":   func() (int, error) { got, err := s.Volume(ctx, all); return len(got), err },
		"size":     func() (int, error) { got, err := s.Size(ctx, all); return int(got.Streams), err },
		"patterns": func() (int, error) { got, err := s.Patterns(ctx, all, 30*time.Second); return len(got), err },
		"labels":   func() (int, error) { got, err := s.Labels(ctx, tenant, all.From, all.To); return len(got), err },
		"values": func() (int, error) {
			got, err := s.Values(ctx, tenant, "container", all.Query, all.From, all.To)
			return len(got), err
		},
		"series": func() (int, error) {
			got, err := s.Series(ctx, tenant, all.Query, all.From, all.To)
			return len(got), err
		},
	} {
		n, err := ask()
		if err != nil && !errors.Is(err, logs.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %d %v", name, n, err)
	}

	// More tails than a tenant may have. Loki counts those that are up, so that some more may slip in at once.
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	var tails sync.WaitGroup
	defer tails.Wait()
	defer cancel()
	refused := make(chan error, 100)
	another := time.NewTicker(200 * time.Millisecond)
	defer another.Stop()
	for {
		select {
		case err := <-refused:
			if f := transport.FaultOf(err); f.Class != transport.ClassRateLimited {
				t.Errorf("one tail too many: %+v", f)
			}
			t.Log(err)
			return
		case <-another.C:
			tails.Go(func() {
				if err := s.Tail(ctx, logs.Ask{Tenant: tenant, Query: all.Query, From: now.UnixNano()}, func(logs.Batch) error { return nil }); err != nil {
					refused <- err
				}
			})
		case <-ctx.Done():
			t.Fatal("no tail is too many")
		}
	}
}
