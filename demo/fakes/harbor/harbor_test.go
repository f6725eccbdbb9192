package harbor

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dsotop/demo/world"
)

func setUp(o Options) *Harbor {
	at := time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)
	return New(world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }}), o)
}

func ask(t *testing.T, f *Harbor, method, path, user string) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	if user != "" {
		req.SetBasicAuth(user, "secret")
	}
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, req)
	return rec
}

func TestAnswers(t *testing.T) {
	const api = "/api/v2.0"
	for _, c := range []struct {
		path, user string
		status     int
		contains   string
	}{
		{"/ping", "", 200, "Pong"},
		{"/health", "", 200, `"status":"healthy"`},
		{"/systeminfo", "", 200, `"auth_mode":"oidc_auth"`},
		{"/systeminfo", "sre", 200, `"harbor_version":"v2.12.2`},
		{"/users/current", "sre", 200, `"username":"sre"`},
		{"/users/current", "robot$guichet+rw-robot", 412, "security context"},
		{"/projects", "", 401, `{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized"}]}`},
		{"/projects?name=guich", "sre", 200, `"name":"guichet"`},
		{"/projects/nope", "sre", 404, `{"errors":[{"code":"NOT_FOUND","message":"project nope not found"}]}`},
		{"/projects/portail", "robot$guichet+rw-robot", 403, `"FORBIDDEN"`},
		{"/projects/guichet/summary", "sre", 200, `"hard":{"storage":-1}`},
		{"/projects/guichet/repositories", "sre", 200, `"name":"guichet/api"`},
		{"/projects/guichet/repositories/api/artifacts?with_scan_overview=true", "sre", 200, `"summary":{"High":3,"Low":32,"Medium":14}`},
		{"/projects/guichet/repositories/api/artifacts?with_accessory=true", "sre", 200, `"type":"signature.cosign"`},
		{"/projects/agendaprefs/repositories/agenda%252Dweb/artifacts?with_scan_overview=true", "sre", 200, `"severity":"Critical"`},
		{"/projects/agendaprefs/repositories/agenda-web/artifacts/3f2a91bc", "sre", 404, `"NOT_FOUND"`},
		{"/projects/guichet/repositories/api/artifacts/main", "sre", 200, `"digest":"sha256:`},
		{"/projects/guichet/repositories/api/artifacts/main/tags", "sre", 200, `"name":"latest"`},
		{"/projects/guichet/repositories/infra/artifacts", "sre", 404, "repository guichet/infra not found"},
		{"/projects/guichet/repositories/api/artifacts/main/additions/vulnerabilities", "sre", 200, `"severity":"High"`},
		{"/projects/guichet/repositories/api/artifacts/gone/additions/vulnerabilities", "sre", 404, "not found"},
		{"/retentions/0", "sre", 404, "no such Retention"},
		{"/quotas", "sre", 200, `"used":{"storage":`},
	} {
		if rec := ask(t, setUp(Options{}), "GET", api+c.path, c.user); rec.Code != c.status || !strings.Contains(rec.Body.String(), c.contains) {
			t.Errorf("%s: %d %.400s, want %d with %s", c.path, rec.Code, rec.Body, c.status, c.contains)
		}
	}
}

func TestRetentionAndPages(t *testing.T) {
	f := setUp(Options{User: "sre", Password: "secret"})
	rec := ask(t, f, "GET", "/api/v2.0/projects/agendaprefs/repositories/agenda-web/artifacts?page_size=4&page=2", "sre")
	var list []struct {
		Digest string
		Tags   []struct{ Name string }
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil || len(list) != 4 {
		t.Fatalf("%v %s", err, rec.Body)
	}
	if rec.Header().Get("X-Total-Count") != "10" || !strings.Contains(rec.Header().Get("Link"), `rel="next"`) || !strings.Contains(rec.Header().Get("Link"), `rel="prev"`) {
		t.Errorf("%v", rec.Header())
	}
	if rec := ask(t, f, "GET", "/api/v2.0/projects", "other"); rec.Code != 401 {
		t.Errorf("another user: %d", rec.Code)
	}
	if rec := ask(t, f, "DELETE", "/api/v2.0/projects/guichet", "sre"); rec.Code != 403 || f.WriteCount() != 1 {
		t.Errorf("a write: %d, %d counted", rec.Code, f.WriteCount())
	}
}
