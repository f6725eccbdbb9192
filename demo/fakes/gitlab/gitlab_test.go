package gitlab

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

var at = time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)

// reply is what is left of a response once its body is read.
type reply struct {
	StatusCode int
	Header     http.Header
}

func setUp(t *testing.T) (*world.World, *GitLab, func(method, path, body string) (reply, string)) {
	t.Helper()
	w := world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }})
	g := New(w, Options{Token: "good"})
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return w, g, func(method, path, body string) (reply, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("PRIVATE-TOKEN", "good")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return reply{resp.StatusCode, resp.Header}, strings.TrimSpace(string(raw))
	}
}

func TestREST(t *testing.T) {
	w, _, ask := setUp(t)
	var failed *world.Pipeline
	w.View(func(s *world.State) {
		m := s.ProjectBySlug["vigibat"].Mirror
		failed = m.Pipelines[len(m.Pipelines)-1]
	})
	id := func(n int64) string { b, _ := json.Marshal(n); return string(b) }
	const mirror = "/api/v4/projects/forge-mi%2Fprojects%2Fvigibat%2Fmirror"
	const api = "/api/v4/projects/forge-mi%2Fprojects%2Fguichet%2Fapi"
	for _, c := range []struct {
		path     string
		status   int
		contains string
	}{
		{"/api/v4/version", 200, `"17.8.2"`},
		{"/api/v4/user", 200, `"astreinte.sre"`},
		{"/api/v4/personal_access_tokens/self", 200, `"expires_at":"2027-03-12"`},
		{"/api/v4/groups/forge-mi%2Fprojects", 200, `"full_path":"forge-mi/projects"`},
		{"/api/v4/groups/forge-mi%2Fprojects/subgroups", 200, `"full_path":"forge-mi/projects/guichet"`},
		{"/api/v4/groups/nope", 404, `{"message":"404 Group Not Found"}`},
		{"/api/v4/groups/forge-mi%2Fprojects%2Fvigibat/access_tokens", 200, `"active":false`},
		{"/api/v4/groups/forge-mi%2Fprojects%2Fguichet/projects", 200, `"path":"mirror"`},
		{"/api/v4/projects/nope", 404, `{"message":"404 Project Not Found"}`},
		{mirror + "/pipelines?status=failed", 200, `"status":"failed"`},
		{mirror + "/pipelines?updated_after=yesterday", 400, `"updated_after is invalid"`},
		{mirror + "/pipelines/latest", 200, `"status":"failed"`},
		{mirror + "/pipelines/" + id(failed.ID) + "/variables", 200, `"key":"PROJECT_NAME"`},
		{mirror + "/pipelines/" + id(failed.ID) + "/jobs", 200, `"failure_reason":"script_failure"`},
		{mirror + "/jobs/" + id(failed.Jobs[0].ID) + "/trace", 200, "Authentication failed"},
		{api + "/repository/branches/main", 200, `"short_id":"b41c07ae"`},
		{api + "/repository/branches/nope", 404, "404 Branch Not Found"},
		{api + "/repository/commits/b41c07ae", 200, `"last_pipeline"`},
		{api + "/repository/commits?per_page=2", 200, `"id":"b41c07ae`},
		{api + "/repository/compare?from=main&to=b41c07ae", 200, `"compare_same_ref":true`},
		{api + "/repository/files/.gitlab-ci-dso.yml?ref=main", 200, `"encoding":"base64"`},
		{"/api/v4/unknown", 404, "404 Not Found"},
		{"/forge-mi", 302, ""},
	} {
		if resp, body := ask("GET", c.path, ""); resp.StatusCode != c.status || !strings.Contains(body, c.contains) {
			t.Errorf("GET %s: %d %.300s, want %d with %s", c.path, resp.StatusCode, body, c.status, c.contains)
		}
	}
}

func TestPages(t *testing.T) {
	_, _, ask := setUp(t)
	resp, body := ask("GET", "/api/v4/groups/forge-mi%2Fprojects/projects?include_subgroups=true&per_page=5&page=2", "")
	var list []struct{ ID int64 }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list) != 5 {
		t.Fatalf("%v %s", err, body)
	}
	for k, want := range map[string]string{"X-Page": "2", "X-Per-Page": "5", "X-Next-Page": "3", "X-Prev-Page": "1", "RateLimit-Limit": "2000"} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
	}
	if l := resp.Header.Get("Link"); !strings.Contains(l, `rel="next"`) || !strings.Contains(l, "page=3") {
		t.Errorf("Link: %s", l)
	}
	seen, path := map[int64]bool{}, "/api/v4/projects?pagination=keyset&order_by=id&sort=asc&per_page=6"
	for path != "" {
		resp, body := ask("GET", path, "")
		var list []struct{ ID int64 }
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if seen[p.ID] {
				t.Fatalf("%d twice", p.ID)
			}
			seen[p.ID] = true
		}
		path = ""
		if l := resp.Header.Get("Link"); l != "" {
			path = l[strings.Index(l, "/api"):strings.Index(l, ">")]
		}
	}
	if len(seen) < 20 {
		t.Errorf("%d projects by key", len(seen))
	}
}

func TestAccess(t *testing.T) {
	_, g, ask := setUp(t)
	for token, want := range map[string]int{"": 401, "bad": 401, "good": 200} {
		req := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v4/user", nil)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		rec := httptest.NewRecorder()
		g.ServeHTTP(rec, req)
		if rec.Code != want || want == 401 && strings.TrimSpace(rec.Body.String()) != `{"message":"401 Unauthorized"}` {
			t.Errorf("%q: %d %s", token, rec.Code, rec.Body)
		}
	}
	if resp, _ := ask("POST", "/api/v4/projects/1/trigger/pipeline", "{}"); resp.StatusCode < 400 {
		t.Errorf("a write got %d", resp.StatusCode)
	}
	ask("POST", "/api/v4/projects", "{}")
	if g.WriteCount() != 1 {
		t.Errorf("%d writes", g.WriteCount())
	}
}

// A member of one project's group sees nothing of the others, by any way in.
func TestTeamToken(t *testing.T) {
	w := world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }})
	g := New(w, Options{Token: "good", Teams: map[string]string{"team": "guichet"}})
	ask := func(method, path, body string) string {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		req.Header.Set("PRIVATE-TOKEN", "team")
		rec := httptest.NewRecorder()
		g.ServeHTTP(rec, req)
		return rec.Body.String()
	}
	for _, body := range []string{
		ask("GET", "/api/v4/projects?per_page=100", ""),
		ask("GET", "/api/v4/groups/forge-mi%2Fprojects/subgroups", ""),
		ask("POST", "/api/graphql", `{"query":"{ projects(membership: true) { nodes { fullPath } } }"}`),
	} {
		if !strings.Contains(body, "projects/guichet") || strings.Contains(body, "portail") {
			t.Errorf("%.300s", body)
		}
	}
	if body := ask("GET", "/api/v4/projects/forge-mi%2Fprojects%2Fportail%2Fweb", ""); !strings.Contains(body, "404 Project Not Found") {
		t.Errorf("%s", body)
	}
}

func query(t *testing.T, ask func(string, string, string) (reply, string), q string, vars map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"query": q, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	resp, body := ask("POST", "/api/graphql", string(raw))
	if resp.StatusCode != 200 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	return body
}

func TestGraphQLPagesThroughTheFleet(t *testing.T) {
	_, _, ask := setUp(t)
	const q = `query fleet($root: ID!, $after: String) { group(fullPath: $root) { projects(includeSubgroups: true, first: 6, after: $after) {
		nodes { ...p } pageInfo { hasNextPage endCursor } } } }
	fragment p on Project { id fullPath pipelines(first: 2) { nodes { id iid status source duration stages { nodes { name jobs { nodes { name status } } } } } } }`
	seen := map[string]bool{}
	vars := map[string]any{"root": "forge-mi/projects"}
	for {
		var a struct {
			Data struct {
				Group struct {
					Projects struct {
						Nodes []struct {
							ID, FullPath string
							Pipelines    struct {
								Nodes []struct {
									ID, Status, Source string
									Stages             struct {
										Nodes []struct {
											Name string
											Jobs struct {
												Nodes []struct{ Name, Status string }
											}
										}
									}
								}
							}
						}
						PageInfo struct {
							HasNextPage bool
							EndCursor   string
						}
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(query(t, ask, q, vars)), &a); err != nil {
			t.Fatal(err)
		}
		for _, n := range a.Data.Group.Projects.Nodes {
			if seen[n.FullPath] || !strings.HasPrefix(n.ID, "gid://gitlab/Project/") {
				t.Fatalf("%+v", n)
			}
			seen[n.FullPath] = true
			if n.FullPath == "forge-mi/projects/guichet/api" {
				p := n.Pipelines.Nodes[0]
				if p.Status != "FAILED" || p.Source != "push" || p.Stages.Nodes[2].Name != "sonar" || p.Stages.Nodes[2].Jobs.Nodes[0].Status != "FAILED" {
					t.Errorf("%+v", p)
				}
			}
		}
		if !a.Data.Group.Projects.PageInfo.HasNextPage {
			break
		}
		vars["after"] = a.Data.Group.Projects.PageInfo.EndCursor
	}
	if len(seen) < 20 || !seen["forge-mi/projects/vigibat/mirror"] {
		t.Errorf("%v", seen)
	}
}

func TestGraphQLRefusals(t *testing.T) {
	_, _, ask := setUp(t)
	for q, want := range map[string]string{
		`{ group(fullPath: "nope") { id } }`:                             `{"data":{"group":null}}`,
		`{ group(fullPath: "forge-mi") { nope } }`:                       "Field 'nope' doesn't exist on type 'Group'",
		`{ group(path: "forge-mi") { id } }`:                             "doesn't accept argument 'path'",
		`{ group(fullPath: "forge-mi") }`:                                "Field must have selections",
		`{ group(fullPath: "forge-mi") { ...x } }`:                       "Fragment x was used, but not defined",
		`query($a: ID!) { group(fullPath: $a) { id } }`:                  "Variable $a was provided invalid value",
		`{ currentUser { username ...on User @skip(if:true) { nope } } `: "end of document",
		`mutation { destroy }`:                                           "Unexpected mutation",
		`{ me: currentUser { __typename username } }`:                    `{"data":{"me":{"__typename":"CurrentUser","username":"astreinte.sre"}}}`,
	} {
		if body := query(t, ask, q, nil); !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %s", q, body, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	f.Add(`query q($a: [ID!]! = ["x"]) { a: b(c: {d: $a, e: -1.5}) @include(if: true) { ...f ... on T { x } } } fragment f on T { y }`)
	f.Add(`{{{"\`)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseQuery(text); err == nil && !strings.Contains(text, "{") {
			t.Errorf("%q is a query", text)
		}
	})
}
