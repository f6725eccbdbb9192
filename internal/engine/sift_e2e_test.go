//go:build e2e

package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
	"dsotop/internal/logs/sift"
	"dsotop/internal/platform"
)

// TestTheRealLokiSiftsAsWeDo asks a real Loki for what searches look for, and for everything: what is kept is the same, and the first is less.
func TestTheRealLokiSiftsAsWeDo(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Loki}, History: time.Minute})
	const tenant = "prod-sift"
	namespace := platform.NamespaceName("0f2bd2c4-9d8a-4f3e-8a53-1d0f6a0b1c2d", "5a1e7d3b-2c4f-4e6a-9b8d-7f6e5d4c3b2a")
	e, err := engine.New(engine.Options{Profile: config.Profile{Name: "e2e", Sources: []config.Source{{Kind: "loki", URL: l.URLs["loki"], Proxy: "none",
		Auth: config.Auth{Scheme: "none"}, Tenant: config.Tenant{In: "header", ID: tenant}}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	begun := time.Now().Add(-time.Minute)
	for i := range 40 {
		var lines []string
		for j := range 50 {
			lines = append(lines, fmt.Sprintf(`{"level":"info","message":"demande %d servie"}`, 50*i+j))
		}
		lines = append(lines, fmt.Sprintf("2026-08-21 08:22:35.000 ERROR [main] a.B - Échec %d", i), "java.lang.IllegalStateException: base absente", "\tat a.B.c(B.java:1)", "Caused by: java.net.ConnectException: Connection refused",
			"\t... 12 more", "re\x1b[1mfu\x1b[0msed", "10%\r100% refused", "", fmt.Sprintf(`{"level":"warn","message":"d\u00e9lai %d sur \/api\/x, dit \"non\"\nfin"}`, i))
		if err := l.Say(t.Context(), tenant, map[string]string{"namespace": namespace, "container": "api", "stream": "stdout"}, lines...); err != nil {
			t.Fatal(err)
		}
	}
	reach := e.Logs(logs.Subject{Namespace: namespace})
	set, _ := format.Load()
	for _, grep := range []string{"échec", "refused", `"connection refused"`, "/ref[u]sed$/", "Connect | 77", "absente -refused", "IllegalStateException", "nulle-part", "délai", "/d.lai \\d+ sur/", "/api/x", `"dit \"non\""`, `"sur /api"`} {
		for _, backward := range []bool{false, true} {
			q, err := query.Parse(grep)
			if err != nil {
				t.Fatal(err)
			}
			run := func(sieved bool) (kept []string, given int) {
				s := sift.New(sift.Options{Query: q}, set)
				back := sift.NewBackward(s)
				sink := func(b logs.Batch) error {
					given += len(b.Lines)
					for _, l := range b.Lines {
						if backward {
							back.Line(l)
						} else if e, ok := s.Line(l); ok {
							kept = append(kept, e.Text)
						}
					}
					return nil
				}
				ask := logs.Ask{Tenant: reach.Tenant, Query: logs.Subject{Namespace: namespace}.Selector(), From: begun.UnixNano(), To: time.Now().Add(time.Minute).UnixNano(), Backward: backward}
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				var err error
				if sieve, ok := s.Sieve(); sieved && ok {
					err = sieve.Read(ctx, reach.History, ask, sink)
				} else {
					_, err = feed.Read(ctx, reach.History, ask, 0, sink)
				}
				if err != nil {
					t.Fatalf("%s: %v", grep, err)
				}
				if backward {
					for _, e := range back.Newest(0) {
						kept = append(kept, e.Text)
					}
				}
				return kept, given
			}
			want, all := run(false)
			got, some := run(true)
			if !slices.Equal(got, want) {
				t.Errorf("%s, backward %v: %d lines, want %d", grep, backward, len(got), len(want))
			}
			t.Logf("%s, backward %v: %d kept, of %d lines instead of %d", grep, backward, len(got), some, all)
		}
	}

	// What only a collector says of a line is asked for by its labels.
	if err := l.Say(t.Context(), tenant, map[string]string{"namespace": namespace, "container": "collected", "level": "CRITICAL"}, "le disque ne répond plus"); err != nil {
		t.Fatal(err)
	}
	ask := logs.Ask{Tenant: reach.Tenant, Query: logs.Subject{Namespace: namespace}.Selector(), From: begun.UnixNano(), To: time.Now().Add(time.Minute).UnixNano()}
	read := func(query string) (errors, lines int) {
		a := ask
		a.Query += query
		if _, err := feed.Read(t.Context(), reach.History, a, 0, func(b logs.Batch) error {
			for _, l := range b.Lines {
				if lines++; l.Level >= logs.LevelError {
					errors++
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return errors, lines
	}
	want, _ := read("")
	got, given := read(query.SeriousLabels())
	if got != want || got != given || got == 0 {
		t.Errorf("of %d lines that are errors to their collector %d are given, of %d", want, got, given)
	}
	t.Logf("%d lines are errors to their collector", got)
}
