package console

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dsotop/demo/world"
)

type fixture struct {
	t      *testing.T
	face   *Console
	server *httptest.Server
	tokens map[string]string
	ids    map[string]string
}

func setUp(t *testing.T, o Options) *fixture {
	t.Helper()
	at := time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)
	w := world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }})
	f := &fixture{t: t, face: New(w, o), tokens: map[string]string{"": "", "bad": "nothing-like-it"}, ids: map[string]string{}}
	w.View(func(s *world.State) {
		for _, k := range s.Tokens {
			f.tokens[k.Name] = k.Value
		}
		for _, p := range s.Projects {
			f.ids[p.Slug] = p.ID
		}
		f.ids["cluster"] = s.Clusters[0].ID
		f.ids["chain"] = s.Chains[1].ID
	})
	f.server = httptest.NewServer(f.face)
	t.Cleanup(f.server.Close)
	return f
}

// get asks with a token's name; words in braces in path are ids.
func (f *fixture) ask(method, path, token string) (int, string, http.Header) {
	f.t.Helper()
	for name, id := range f.ids {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	if v := f.tokens[token]; v != "" {
		req.Header.Set("x-dso-token", v)
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(body)), resp.Header
}

func (f *fixture) get(path, token string, out any) {
	f.t.Helper()
	status, body, _ := f.ask("GET", path, token)
	if status != 200 {
		f.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	if err := json.Unmarshal([]byte(body), out); err != nil {
		f.t.Fatalf("GET %s: %v in %s", path, err, body)
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		version, path, token string
		status               int
		contains             string
	}{
		{"", "/api/v1/version", "", 200, `{"version":"9.24.0"}`},
		{"dev", "/api/v1/version", "", 200, `{"version":"dev"}`},
		{"", "/api/v1/health-services", "", 200, `"interval":300000`},
		{"", "/api/v1/logs?offset=0&limit=1", "", 302, ""},
		{"", "/api/v1/logs?offset=0&limit=1", "bad", 200, `{"body":{"message":"Not authenticated"},"status":401}`},
		{"", "/api/v1/logs?offset=0&limit=1", world.TokenExpired, 200, `"Expired"`},
		{"", "/api/v1/logs?offset=0&limit=1", world.TokenRevoked, 200, `"Not active"`},
		{"", "/api/v1/logs?offset=0&limit=1", world.TokenInactive, 200, `"Not active"`},
		{"", "/api/v1/logs?offset=0&limit=1", world.TokenMember, 403, `{"message":`},
		{"", "/api/v1/logs", world.TokenSRE, 400, `"received":"nan"`},
		{"", "/api/v1/logs?offset=0&limit=1&projectId=guichet", world.TokenSRE, 500, `"stack"`},
		{"", "/api/v1/projects", "", 401, `"error":"Unauthorized"`},
		{"", "/api/v1/projects", "bad", 401, `"statusCode":401`},
		{"", "/api/v1/projects", world.TokenExpired, 200, "["},
		{"", "/api/v1/projects", world.TokenRobot, 500, `"Internal server error"`},
		{"", "/api/v1/logs?offset=0&limit=1", world.TokenRobot, 200, `"total"`},
		{"", "/api/v1/projects?filter=all", world.TokenReadOnly, 403, `"statusCode":403`},
		{"", "/api/v1/projects?filter=everything", world.TokenSRE, 400, `"fieldErrors":{"filter":["Invalid enum value. Expected 'owned' | 'member' | 'all', received 'everything'"]}`},
		{"", "/api/v1/projects/", world.TokenSRE, 400, "fieldErrors"},
		{"", "/api/v1/projects/nope", world.TokenSRE, 404, `"Not Found"`},
		{"", "/api/v1/projects/guichet", world.TokenMember, 200, `"slug":"guichet"`},
		{"", "/api/v1/projects/{portail}", world.TokenMember, 403, "statusCode"},
		{"", "/api/v1/projects/{portail}/members", world.TokenMember, 200, `"userId"`},
		{"", "/api/v1/projects/{guichet}/roles", world.TokenSRE, 200, `"userCount"`},
		{"", "/api/v1/projects/{guichet}/secrets", world.TokenSRE, 200, Canary},
		{"", "/api/v2/projects/guichet/environments", world.TokenSRE, 400, "uuid is expected"},
		{"", "/api/v2/projects/{guichet}/environments", world.TokenSRE, 200, `"stage":{"id"`},
		{"", "/api/v2/projects/{guichet}/repositories", world.TokenSRE, 200, `"internalRepoName"`},
		{"", "/api/v1/environments?projectId={guichet}", world.TokenRobot, 200, `"autosync"`},
		{"", "/api/v1/repositories?projectId=7", world.TokenSRE, 400, "ZodError"},
		{"", "/api/v1/clusters/usage/{cluster}", world.TokenSRE, 200, `"cpu":`},
		{"", "/api/v1/clusters/{cluster}", world.TokenSRE, 200, Canary},
		{"", "/api/v1/clusters/{guichet}", world.TokenSRE, 500, "stack"},
		{"", "/api/v1/clusters/{cluster}/environments", world.TokenMember, 403, "message"},
		{"", "/api/v1/zones", "bad", 200, `"argocdUrl"`},
		{"", "/api/v1/zones", "", 302, ""},
		{"", "/api/v1/user/tokens", world.TokenSRE, 200, `"astreinte.sre@example.gouv.fr"`},
		{"", "/api/v1/user/tokens", world.TokenRobot, 403, "message"},
		{"", "/api/v1/auth", world.TokenSRE, 401, "Not authenticated"},
		{"", "/api/v1/nothing", world.TokenSRE, 404, "Route GET:/api/v1/nothing not found"},
		{"", "/api/v2/nothing", world.TokenSRE, 404, "Cannot GET /api/v2/nothing"},
		{"", "/api/v1/service-chains/{chain}/flows", world.TokenSRE, 200, `"dns_request":{"input":{}`},
		{"9.22.2", "/api/v1/projects", "", 302, ""},
		{"9.22.2", "/api/v1/projects", "bad", 200, `"status":401`},
		{"9.22.2", "/api/v1/projects?filter=all", world.TokenRobot, 200, `"lastLogin"`},
		{"9.22.2", "/api/v1/projects?filter=everything", world.TokenSRE, 400, `"invalid_enum_value"`},
		{"9.22.2", "/api/v1/projects/{guichet}/roles", world.TokenSRE, 200, `"position"`},
		{"9.22.2", "/api/v2/projects/{guichet}/repositories", world.TokenSRE, 404, "Cannot GET"},
		{"9.22.2", "/api/v2/projects/{guichet}/environments", world.TokenSRE, 200, `"stage"`},
		{"9.22.2", "/api/v1/projects/{guichet}/deployments", world.TokenRobot, 500, "Internal"},
	} {
		t.Run(c.version+" "+c.path+" "+c.token, func(t *testing.T) {
			f := setUp(t, Options{Version: c.version})
			status, body, h := f.ask("GET", c.path, c.token)
			if status != c.status || !strings.Contains(body, c.contains) {
				t.Errorf("%d %.300s, want %d with %s", status, body, c.status, c.contains)
			}
			if status == 302 && !strings.HasSuffix(h.Get("Location"), "/connect/keycloak") {
				t.Errorf("redirects to %s", h.Get("Location"))
			}
		})
	}
}

func TestProjects(t *testing.T) {
	f := setUp(t, Options{})
	var all []struct {
		Slug, Status                    string
		EveryonePerms                   string
		LastSuccessProvisionningVersion *string
		Owner                           struct{ LastLogin *string }
	}
	f.get("/api/v1/projects?filter=all", world.TokenSRE, &all)
	slugs := map[string]string{}
	archived := 0
	for _, p := range all {
		slugs[p.Slug] = p.Status
		if strings.HasSuffix(p.Slug, "_archived") {
			archived++
		}
	}
	if len(all) != 8 || archived != 1 || slugs["vigibat"] != "failed" || slugs["portail"] != "created" || all[0].EveryonePerms != "896" {
		t.Errorf("%v", slugs)
	}
	f.get("/api/v1/projects?filter=all&statusNotIn=archived&lastSuccessProvisionningVersion=outdated", world.TokenSRE, &all)
	if len(all) != 1 || all[0].Slug != "vigibat" || *all[0].LastSuccessProvisionningVersion != "9.20.2" {
		t.Errorf("outdated: %+v", all)
	}
	f.get("/api/v1/projects", world.TokenMember, &all)
	if len(all) != 1 || all[0].Slug != "guichet" {
		t.Errorf("a member sees %+v", all)
	}
}

func TestLogShapes(t *testing.T) {
	f := setUp(t, Options{})
	type page struct {
		Total int
		Logs  []struct {
			ID, Action string
			ProjectID  *string
			Data       map[string]any
		}
	}
	var clean, full page
	f.get("/api/v1/logs?offset=0&limit=100&projectId={vigibat}", world.TokenSRE, &clean)
	f.get("/api/v1/logs?offset=0&limit=100&projectId={vigibat}&clean=false", world.TokenSRE, &full)
	first := clean.Logs[0]
	if first.Action != "Update Project" || first.ProjectID != nil || first.Data["results"] != nil {
		t.Errorf("clean: %+v", first)
	}
	if failed, ok := first.Data["failed"].([]any); !ok || failed[0] != "gitlab" || !strings.Contains(first.Data["messageResume"].(string), "gitlab: Mirror token invalid;") {
		t.Errorf("clean: %+v", first.Data)
	}
	if r, ok := full.Logs[0].Data["results"].(map[string]any); !ok || r["gitlab"] == nil || full.Logs[0].ProjectID == nil {
		t.Errorf("full: %+v", full.Logs[0])
	}
	legacy := false
	for _, l := range clean.Logs {
		if l.Data["failed"] == false {
			legacy = true
		}
	}
	if !legacy {
		t.Error("no entry of the legacy server")
	}
	var none page
	f.get("/api/v1/logs?offset=0&limit=0", world.TokenSRE, &none)
	if none.Total < 10 || len(none.Logs) != 0 {
		t.Errorf("limit 0: %d of %d", len(none.Logs), none.Total)
	}
}

func TestWritesAreCounted(t *testing.T) {
	f := setUp(t, Options{})
	for i, c := range []struct {
		method, path string
		status       int
	}{{"PUT", "/api/v1/projects/{guichet}/hooks", 204}, {"POST", "/api/v1/projects-bulk", 403}, {"DELETE", "/api/v1/environments", 403}, {"GET", "/api/v1/refresh-services", 200}} {
		if status, body, _ := f.ask(c.method, c.path, world.TokenSRE); status != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, body)
		}
		if f.face.WriteCount() != int64(i+1) {
			t.Errorf("%d writes after %s", f.face.WriteCount(), c.path)
		}
	}
}

func TestGateway(t *testing.T) {
	f := setUp(t, Options{GatewayTimeout: true})
	status, body, h := f.ask("GET", "/api/v1/projects", world.TokenSRE)
	if status != 504 || h.Get("Content-Type") != "text/html" || !strings.Contains(body, "504 Gateway Time-out") {
		t.Errorf("%d %s", status, body)
	}
}
