//go:build e2e

package loki

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/demo/world"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// TestAgainstTheRealOne is TestSuite with a real Loki in the place of the face, and its history and tail besides.
func TestAgainstTheRealOne(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Loki}, History: 10 * time.Minute, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	target, err := url.Parse(l.URLs["loki"])
	if err != nil {
		t.Fatal(err)
	}
	tenant, _ := platform.Tenants(agenda)
	namespace := platform.NamespaceName(agendaProd, agenda)
	s, err := New(Options{Name: "loki", Transport: transport.Options{URL: l.URLs["loki"], Proxy: "none"}, Tenancy: sources.Tenancy{In: sources.TenantHeader, ID: tenant}})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("its history is the world's", func(t *testing.T) { sameHistory(t, s, l.World, tenant, namespace) })
	t.Run("a pushed line streams", func(t *testing.T) { pushed(t, s, l, tenant, namespace) })
	sourcetest.Run(t, sourcetest.Case{
		Face: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: log.New(io.Discard, "", 0)},
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			o.Timeout = 3 * time.Second // it reads an incident of hundreds of lines a second, on a machine that does more than that
			return New(Options{Name: "loki", Transport: o, Tenancy: sources.Tenancy{In: sources.TenantHeader, ID: tenant}})
		},
		Prepare: func(st *store.Store) {
			st.Apply(func(tx *store.Tx) {
				store.Environments.Put(tx, "console", agenda, []platform.Environment{{ID: agendaProd, Name: "prod", Stage: "prod"}})
			})
		},
		Interest: []string{agenda, namespace},
		Pace:     15,
		Converged: func(s *store.Snapshot) bool {
			lines := store.LogErrors.Items(s, namespace)
			return len(lines) > 0 && lines[0].Container != "" && lines[0].Level != "" && lines[0].Text != ""
		},
	})
}

// sameHistory reads a container's lines of some minutes in both directions: each once, in order.
func sameHistory(t *testing.T, s *Source, w *world.World, tenant, namespace string) {
	to := w.Now().Add(-time.Minute).Truncate(time.Second)
	from := to.Add(-3 * time.Minute)
	var ns *world.Namespace
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			if n := st.NamespaceOf[c.Label+"/"+namespace]; n != nil {
				ns = n
			}
		}
	})
	want := w.LogLines(ns, "agenda-web", from, to, 0, false)
	ask := logs.Ask{Tenant: tenant, Query: fmt.Sprintf("{namespace=%q,container=\"agenda-web\"}", namespace), From: from.UnixNano(), To: to.UnixNano()}
	texts := func(back bool) (out []string) {
		ask := ask
		ask.Backward = back
		for {
			answer, err := s.Range(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range answer.Lines {
				out = append(out, line.Text)
			}
			if !answer.Full || len(answer.Lines) == 0 {
				return out
			}
			if last := answer.Lines[len(answer.Lines)-1].At; back {
				ask.To = last
			} else {
				ask.From = last + 1
			}
		}
	}
	for _, back := range []bool{false, true} {
		got := texts(back)
		slices.Sort(got)
		expected := make([]string, len(want))
		for i, line := range want {
			expected[i] = line.Text
		}
		slices.Sort(expected)
		if !slices.Equal(got, expected) || len(got) == 0 {
			t.Errorf("backward %t: %d lines, want %d", back, len(got), len(expected))
		}
	}
}

// pushed tells Loki a line while a tail is open.
func pushed(t *testing.T, s *Source, l *lab.Lab, tenant, namespace string) {
	const text = "une ligne poussée pendant que l'on regarde"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	labels := map[string]string{"namespace": namespace, "container": "e2e"}
	done := make(chan error, 1)
	go func() { // again and again: what is said while the tail opens may be in neither of its halves (the feed reads such moments again)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			if err := l.Say(ctx, tenant, labels, text); err != nil && ctx.Err() == nil {
				done <- err
				return
			}
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
			}
		}
	}()
	seen := false
	err := s.Tail(ctx, logs.Ask{Tenant: tenant, Query: fmt.Sprintf("{namespace=%q,container=\"e2e\"}", namespace), From: time.Now().Add(-time.Second).UnixNano()}, func(b logs.Batch) error {
		for _, line := range b.Lines {
			if line.Text == text && !seen {
				seen = true
				cancel()
			}
		}
		return nil
	})
	if said := <-done; said != nil {
		t.Fatal(said)
	}
	if !seen {
		t.Errorf("the line did not come: %v", err)
	}
}
