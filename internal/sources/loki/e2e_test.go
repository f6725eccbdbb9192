//go:build e2e

package loki

import (
	"io"
	"log"
	"net/http/httputil"
	"net/url"
	"os"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// TestSuiteAgainstTheRealOne is TestSuite with a real Loki in the place of the face.
func TestSuiteAgainstTheRealOne(t *testing.T) {
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
