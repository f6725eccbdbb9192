package kubernetes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dsotop/internal/platform"
)

// What stands in the place of an apiserver, and what an apiserver says when it refuses, is told in words that help.
func TestDoctorSaysWhatAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		media   string
		body    string
		state   platform.State
		says    string
		silence string // what must not be said
	}{
		"a login page": {200, "text/html", "<!doctype html><html>log in</html>", platform.StateUnreachable, "a page for browsers (HTML)", "log in"},
		"forbidden": {403, "application/json", `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"forbidden: User \"x\" cannot get path \"/version\"","reason":"Forbidden","code":403}`,
			platform.StateForbidden, `User "x" cannot get path`, ""},
		"etcd is slow": {500, "application/json", `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"etcdserver: request timed out","code":500}`, platform.StateUnreachable, "etcdserver: request timed out", ""},
		"a gateway":    {502, "text/html", "<html>nginx/1.22</html>", platform.StateUnreachable, "502 Bad Gateway", "nginx"},
		"no version":   {200, "application/json", `{}`, platform.StateUnreachable, "names no version", ""},
		"another API":  {404, "application/json", `{"type":"error","message":"no such cluster"}`, platform.StateUnreachable, "404 Not Found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.media)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer srv.Close()
			s, err := New(Options{Name: "c", Server: srv.URL, Proxy: "none"})
			if err != nil {
				t.Fatal(err)
			}
			h, err := s.Doctor(t.Context())
			if err == nil || h.State != c.state || !strings.Contains(h.Detail, c.says) || c.silence != "" && strings.Contains(h.Detail, c.silence) {
				t.Errorf("%s %q: %v", h.State, h.Detail, err)
			}
		})
	}
}
