//go:build e2e

package prometheus

import (
	"io"
	"log"
	"net/http/httputil"
	"net/url"
	"os"
	"testing"

	"dsotop/demo/lab"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// TestSuiteAgainstTheRealOne is TestSuite with a real Prometheus in the place of the face.
func TestSuiteAgainstTheRealOne(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Prometheus}, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	target, err := url.Parse(l.URLs["prometheus"])
	if err != nil {
		t.Fatal(err)
	}
	prod := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", guichet)
	sourcetest.Run(t, sourcetest.Case{
		Face: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: log.New(io.Discard, "", 0)},
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			return New(Options{Name: "prometheus", Transport: o})
		},
		Prepare:  environments,
		Interest: []string{guichet},
		Converged: func(s *store.Snapshot) bool {
			use, quota := store.Usage.Items(s, prod), store.Quotas.Items(s, prod)
			return len(use) == 1 && use[0].CPU > 0 && use[0].Memory > 1<<20 && len(quota) == 1 && quota[0].Hard["limits.cpu"] > 0
		},
		Stray: 4, // its parts are asked side by side
	})
}
