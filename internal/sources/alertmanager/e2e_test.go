//go:build e2e

package alertmanager

import (
	"io"
	"log"
	"net/http/httputil"
	"net/url"
	"os"
	"testing"

	"dsotop/demo/lab"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// TestSuiteAgainstTheRealOne is TestSuite with a real Alertmanager in the place of the face.
func TestSuiteAgainstTheRealOne(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Parts: []lab.Part{lab.Alertmanager}, Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	target, err := url.Parse(l.URLs["alertmanager"])
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Run(t, sourcetest.Case{
		Face: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: log.New(io.Discard, "", 0)},
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := e.Options
			o.Auth.Scheme = transport.AuthBearer
			return New(Options{Name: "alertmanager", Transport: o})
		},
		Converged: func(s *store.Snapshot) bool {
			for _, a := range store.Alerts.Items(s, "") {
				if a.Name == "AgendaWebDown" && a.Firing() && a.ProjectSlug == "agendaprefs" && !a.Since.IsZero() && a.Fingerprint != "" {
					return true
				}
			}
			return false
		},
		Change: func() {
			if err := l.End(t.Context(), "AgendaWebDown"); err != nil {
				t.Error(err)
			}
		},
		Changed: func(s *store.Snapshot) bool {
			for _, a := range store.Alerts.Items(s, "") {
				if a.Name == "AgendaWebDown" {
					return false
				}
			}
			return len(store.Alerts.Items(s, "")) > 0
		},
	})
}
