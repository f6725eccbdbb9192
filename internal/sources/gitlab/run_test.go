package gitlab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	canary = "glpat-canary3c1f9a"
	root   = "forge-mi/projects"
)

// face is a small GitLab: one project "guichet" with the repositories api (1) and mirror (2).
type face struct {
	*httptest.Server
	mu     sync.Mutex
	routes map[string]http.HandlerFunc // by method and escaped path; nil: 404
	seen   []string
}

func newFace(t *testing.T) *face {
	f := &face{routes: map[string]http.HandlerFunc{
		"GET /api/v4/user":                        answer(200, `{"id":7,"username":"astreinte.sre"}`),
		"GET /api/v4/version":                     answer(200, `{"version":"18.4.1","revision":"abc"}`),
		"GET /api/v4/personal_access_tokens/self": answer(200, `{"id":1,"name":"dsotop","scopes":["read_api"],"active":true,"expires_at":"2027-01-31"}`),
		"GET /api/v4/groups/forge-mi%2Fprojects":  answer(200, `{"id":3,"full_path":"forge-mi/projects"}`),
		"POST /api/graphql":                       answer(200, fleetPage),
		"GET /api/v4/groups/forge-mi%2Fprojects/projects": answer(200, `[
			{"id":1,"path_with_namespace":"forge-mi/projects/guichet/api","default_branch":"main","ci_config_path":".gitlab-ci-dso.yml","last_activity_at":"2026-08-21T08:00:00Z"},
			{"id":2,"path_with_namespace":"forge-mi/projects/guichet/mirror","default_branch":"main"}]`),
		"GET /api/v4/projects/1/pipelines":                               answer(200, `[{"id":11,"iid":3,"status":"failed","ref":"main","sha":"a1b2","source":"push","created_at":"2026-08-21T08:00:00Z","updated_at":"2026-08-21T08:03:00Z"}]`),
		"GET /api/v4/projects/1/pipelines/11":                            answer(200, `{"id":11,"iid":3,"status":"failed","created_at":"2026-08-21T08:00:00Z","updated_at":"2026-08-21T08:03:00Z","finished_at":"2026-08-21T08:03:00Z","duration":180}`),
		"GET /api/v4/projects/1/pipelines/11/jobs":                       answer(200, `[{"id":102,"stage":"sonar","name":"sonar","status":"failed","failure_reason":"script_failure"},{"id":101,"stage":"test-app","name":"test","status":"success"}]`),
		"GET /api/v4/projects/1/repository/branches/main":                answer(200, `{"name":"main","commit":{"id":"a1b2c3","committed_date":"2026-08-21T07:59:00Z"}}`),
		"GET /api/v4/projects/2/pipelines":                               answer(200, `[{"id":21,"iid":9,"status":"success","source":"trigger","created_at":"2026-08-21T07:58:00Z","updated_at":"2026-08-21T07:58:20Z"}]`),
		"GET /api/v4/projects/2/pipelines/21":                            answer(200, `{"id":21,"iid":9,"status":"success","created_at":"2026-08-21T07:58:00Z","updated_at":"2026-08-21T07:58:20Z","finished_at":"2026-08-21T07:58:20Z","duration":20}`),
		"GET /api/v4/projects/2/pipelines/21/jobs":                       answer(200, `[{"id":201,"stage":"mirror","name":"repo_pull_sync","status":"success"}]`),
		"GET /api/v4/projects/2/pipelines/21/variables":                  answer(200, `[{"key":"GIT_OUTPUT_PASSWORD","value":"canary-variable-77"},{"key":"PROJECT_NAME","value":"api"}]`),
		"GET /api/v4/groups/forge-mi%2Fprojects%2Fguichet/access_tokens": answer(200, `[{"id":5,"name":"guichet-bot","active":true,"expires_at":"2026-12-31","scopes":["read_api"]}]`),
	}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

const fleetPage = `{"data":{"group":{"projects":{"nodes":[
	{"id":"gid://gitlab/Project/1","fullPath":"forge-mi/projects/guichet/api","repository":{"empty":false,"rootRef":"main"},"ciConfigPathOrDefault":".gitlab-ci-dso.yml","pipelines":{"nodes":[
		{"id":"gid://gitlab/Ci::Pipeline/11","iid":"3","status":"FAILED","ref":"main","sha":"a1b2","source":"push","createdAt":"2026-08-21T08:00:00Z","updatedAt":"2026-08-21T08:03:00Z","finishedAt":"2026-08-21T08:03:00Z","duration":180}]}},
	{"id":"gid://gitlab/Project/2","fullPath":"forge-mi/projects/guichet/mirror","repository":{"empty":false,"rootRef":"main"},"pipelines":{"nodes":[
		{"id":"gid://gitlab/Ci::Pipeline/21","iid":"9","status":"SUCCESS","source":"trigger","createdAt":"2026-08-21T07:58:00Z","updatedAt":"2026-08-21T07:58:20Z","finishedAt":"2026-08-21T07:58:20Z","duration":20}]}}],
	"pageInfo":{"hasNextPage":false,"endCursor":"e"}}}}}`

func (f *face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Method + " " + r.URL.EscapedPath()
	f.mu.Lock()
	f.seen = append(f.seen, key)
	h := f.routes[key]
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("PRIVATE-TOKEN") != canary:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message":"401 Unauthorized"}`)
	case h == nil:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"404 Not Found"}`)
	default:
		h(w, r)
	}
}

func (f *face) set(key string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.routes[key] = h
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func options(t *testing.T, url string) Options {
	t.Helper()
	t.Setenv("GITLAB_CANARY", canary)
	ref, err := secret.ParseRef("env:GITLAB_CANARY")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Root: root, Transport: transport.Options{URL: url, Rate: 1e6, Burst: 1000, Backoff: time.Millisecond, Auth: transport.Auth{Scheme: transport.AuthHeader, Secret: ref}}}
}

// run keeps a source until the snapshot satisfies done, and returns that snapshot.
func run(t *testing.T, o Options, prepare func(*store.Store), done func(*store.Store, *store.Snapshot) bool) *store.Snapshot {
	t.Helper()
	src, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Until(t, src, prepare, done)
}

func console(st *store.Store) {
	st.Apply(func(tx *store.Tx) {
		store.Projects.Put(tx, "console", "id-1", []platform.Project{{ID: "id-1", Slug: "guichet"}})
	})
}

func repo(snap *store.Snapshot, scope, name string) platform.GitRepository {
	list := store.GitRepos.Items(snap, scope)
	if i := slices.IndexFunc(list, func(r platform.GitRepository) bool { return r.Name == name }); i >= 0 {
		return list[i]
	}
	return platform.GitRepository{}
}

func pipeline(snap *store.Snapshot, scope string, id int64) platform.Pipeline {
	list := store.Pipelines.Items(snap, scope)
	if i := slices.IndexFunc(list, func(p platform.Pipeline) bool { return p.ID == id }); i >= 0 {
		return list[i]
	}
	return platform.Pipeline{}
}

// complete reports whether everything the face has is on the shelves of a scope.
func complete(snap *store.Snapshot, scope string) bool {
	return repo(snap, scope, "api").HeadSHA == "a1b2c3" && pipeline(snap, scope, 21).MirrorOf == "api" && len(pipeline(snap, scope, 11).Jobs) == 2 &&
		len(store.Tokens.Items(snap, scope)) == 1
}

func check(t *testing.T, snap *store.Snapshot, scope string) {
	t.Helper()
	p := pipeline(snap, scope, 11)
	if p.Status != "failed" || p.Duration != 3*time.Minute || p.FinishedAt.IsZero() || p.Source != "push" {
		t.Errorf("pipeline: %+v", p)
	}
	if j, ok := p.FirstFailed(); !ok || j.Stage != "sonar" || j.FailureReason != "script_failure" {
		t.Errorf("first failed: %+v", j)
	}
	if r := repo(snap, scope, "api"); r.CIConfigPath != ".gitlab-ci-dso.yml" || r.DefaultBranch != "main" {
		t.Errorf("repository: %+v", r)
	}
	text, err := json.Marshal([]any{store.Pipelines.Items(snap, scope), store.Tokens.Items(snap, scope), sourcetest.Health(snap)})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "canary") {
		t.Errorf("a secret is on the shelves: %s", text)
	}
}

func TestRun(t *testing.T) {
	f := newFace(t)
	snap := run(t, options(t, f.URL), console, func(_ *store.Store, s *store.Snapshot) bool {
		return complete(s, "id-1") && sourcetest.Health(s).State == platform.StateLive && sourcetest.Right(sourcetest.Health(s), rightTokens).Held
	})
	check(t, snap, "id-1")
	h := sourcetest.Health(snap)
	if h.Version != "18.4.1" || h.Identity != "astreinte.sre" || h.Expires.IsZero() || !sourcetest.Right(h, rightAPI).Held || !sourcetest.Right(h, rightGroup).Held || !sourcetest.Right(h, rightGraphQL).Held {
		t.Errorf("health: %+v", h)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.seen {
		if !strings.HasPrefix(r, "GET ") && r != "POST /api/graphql" || strings.Contains(r, "trace") && r != "GET /api/v4/projects/1/jobs/102/trace" { // the job that broke the newest pipeline, and no other
			t.Errorf("sent %s", r)
		}
	}
}

// Facts move to the console's ids when it says which projects exist.
func TestConsoleComesLater(t *testing.T) {
	f := newFace(t)
	told := false
	snap := run(t, options(t, f.URL), nil, func(st *store.Store, s *store.Snapshot) bool {
		if complete(s, store.ScopeOfSlug("guichet")) && !told {
			told = true
			console(st)
		}
		return told && complete(s, "id-1")
	})
	if len(store.GitRepos.Of(snap, store.ScopeOfSlug("guichet"))) != 0 || len(store.Tokens.Of(snap, store.ScopeOfSlug("guichet"))) != 0 {
		t.Error("facts are kept twice")
	}
}

func TestWithoutGraphQL(t *testing.T) {
	for name, refusal := range map[string]http.HandlerFunc{
		"absent":      answer(404, `{"message":"404 Not Found"}`),
		"forbidden":   answer(403, `{"message":"403 Forbidden"}`),
		"too complex": answer(200, `{"errors":[{"message":"Query has complexity of 301, which exceeds max complexity of 250"}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFace(t)
			f.set("POST /api/graphql", refusal)
			snap := run(t, options(t, f.URL), console, func(_ *store.Store, s *store.Snapshot) bool {
				return complete(s, "id-1") && pipeline(s, "id-1", 11).Duration != 0 && sourcetest.Right(sourcetest.Health(s), rightGraphQL).Known
			})
			check(t, snap, "id-1")
			if r := sourcetest.Right(sourcetest.Health(snap), rightGraphQL); r.Held {
				t.Error("GraphQL is said to answer")
			}
		})
	}
}

// An older server does not know a field: the older form of the query is asked.
func TestOlderServer(t *testing.T) {
	f := newFace(t)
	f.set("POST /api/graphql", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Query     string         `json:"query"`
			Variables map[string]any `json:"variables"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Variables["root"] != root || strings.Contains(q.Query, "mutation") {
			t.Errorf("query %+v, %v", q, err)
		}
		if strings.Contains(q.Query, "source") {
			fmt.Fprint(w, `{"errors":[{"message":"Field 'source' doesn't exist on type 'Pipeline'"}]}`)
			return
		}
		fmt.Fprint(w, fleetPage)
	})
	src, err := New(options(t, f.URL))
	if err != nil {
		t.Fatal(err)
	}
	if l, err := src.fleetGraphQL(t.Context(), 0); err != nil || len(l.repositories) != 2 {
		t.Errorf("%d repositories, %v", len(l.repositories), err)
	}
}

// Who is a member of one project only may not see the root.
func TestMemberOfOneProject(t *testing.T) {
	f := newFace(t)
	f.set("POST /api/graphql", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Query string `json:"query"`
		}
		_ = json.NewDecoder(r.Body).Decode(&q)
		if strings.Contains(q.Query, "group(") {
			fmt.Fprint(w, `{"data":{"group":null}}`)
			return
		}
		fmt.Fprint(w, strings.TrimSuffix(strings.Replace(fleetPage, `{"data":{"group":`, `{"data":`, 1), "}"))
	})
	forbidden := answer(403, `{"message":"403 Forbidden"}`)
	f.set("GET /api/v4/groups/forge-mi%2Fprojects%2Fguichet/access_tokens", forbidden)
	f.set("GET /api/v4/projects/2/pipelines/21/variables", forbidden)
	snap := run(t, options(t, f.URL), console, func(_ *store.Store, s *store.Snapshot) bool {
		return repo(s, "id-1", "api").HeadSHA != "" && sourcetest.Health(s).State == platform.StateLive && sourcetest.Right(sourcetest.Health(s), rightTokens).Known && sourcetest.Right(sourcetest.Health(s), rightVariables).Known
	})
	h := sourcetest.Health(snap)
	if sourcetest.Right(h, rightTokens).Held || sourcetest.Right(h, rightVariables).Held || len(h.Problems) != 0 {
		t.Errorf("rights not held are no problems: %+v", h)
	}
	if len(store.Tokens.Of(snap, "id-1")) != 0 {
		t.Error("refused is not empty")
	}
}

func TestRootNotVisible(t *testing.T) {
	f := newFace(t)
	f.set("POST /api/graphql", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "group(") {
			fmt.Fprint(w, `{"data":{"group":null}}`)
			return
		}
		fmt.Fprint(w, `{"data":{"projects":{"nodes":[],"pageInfo":{}}}}`)
	})
	f.set("GET /api/v4/groups/forge-mi%2Fprojects", nil)
	src, err := New(options(t, f.URL))
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err == nil || h.State != platform.StateForbidden || h.Identity == "" || sourcetest.Right(h, rightGroup).Held || !strings.Contains(h.Detail, root) {
		t.Errorf("%v, %+v", err, h)
	}
}

func TestDoctor(t *testing.T) {
	f := newFace(t)
	o := options(t, f.URL)
	src, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err != nil || h.State != platform.StateLive || !sourcetest.Right(h, rightTokens).Held || !sourcetest.Right(h, rightVariables).Held || !sourcetest.Right(h, rightJobs).Held || len(h.Problems) != 0 {
		t.Errorf("%v, %+v", err, h)
	}
	o.Transport.Auth.Secret = secret.Ref{Scheme: "env", Target: "PATH"}
	if src, err = New(o); err != nil {
		t.Fatal(err)
	}
	if h, err := src.Doctor(t.Context()); err == nil || h.State != platform.StateUnauthorised || h.Remedy != platform.RemedyRenewToken {
		t.Errorf("wrong token: %v, %+v", err, h)
	}
}

// The client library would repeat by itself, writes too: it must not, the transport repeats reads.
func TestRetriesByTheTransport(t *testing.T) {
	f := newFace(t)
	var calls atomic.Int32
	away := func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("Retry-After", "60") // longer than the transport waits by itself
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	f.set("GET /api/v4/version", away)
	src, err := New(options(t, f.URL))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = src.rest.Version.GetVersion()
	if fault := transport.FaultOf(src.fault(err)); calls.Load() != 1 || fault.Class != transport.ClassGateway || fault.RetryAfter != time.Minute {
		t.Errorf("%d calls, %+v", calls.Load(), fault)
	}
	calls.Store(0)
	f.set("GET /api/v4/version", func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"version":"18.4.1"}`)
	})
	if v, _, err := src.rest.Version.GetVersion(); err != nil || v.Version != "18.4.1" || calls.Load() != 2 {
		t.Errorf("%v, %v, %d calls", v, err, calls.Load())
	}
	calls.Store(0)
	f.set("POST /api/v4/projects/1/pipelines/11/retry", away)
	if _, _, err := src.rest.Pipelines.RetryPipelineBuild(1, 11); transport.FaultOf(err).Class != transport.ClassRefused || calls.Load() != 0 {
		t.Errorf("a write got out: %v, %d calls", err, calls.Load())
	}
}
