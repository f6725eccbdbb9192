package sonarqube

import (
	"net/http"
	"sync"
	"testing"

	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func TestSuiteSmall(t *testing.T) {
	var mu sync.Mutex
	routes := healthy()
	sourcetest.Run(t, sourcetest.Case{
		New: func(e sourcetest.Env) (sources.Source, error) {
			o := Options{Transport: e.Options}
			o.Transport.Auth.Scheme = transport.AuthBasic
			return New(o)
		},
		Face: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			h := routes[r.URL.Path]
			mu.Unlock()
			h(w, r)
		}),
		Token: canary, Prepare: console, Interest: []string{"id-1"},
		Converged: func(s *store.Snapshot) bool { return gateOf(s, "id-1", apiKey).Revision != "" },
		Change: func() {
			mu.Lock()
			defer mu.Unlock()
			routes[pathProjects] = answer(200, `{"paging":{"total":1},"components":[{"key":"`+apiKey+`","analysisDate":"2026-08-21T10:00:00+0200"}]}`)
		},
		Changed: func(s *store.Snapshot) bool { return len(store.Gates.Items(s, "id-1")) == 1 },
	})
}
