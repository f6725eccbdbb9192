package harbor

import (
	"fmt"
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
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const canary = "canary-3c1f9a"

// server answers by method and path; what it does not know is 404 in Harbor's words.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	routes map[string]http.HandlerFunc
	seen   []string
}

func serve(t *testing.T, routes map[string]http.HandlerFunc) *server {
	s := &server{routes: routes}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.Method+" "+r.URL.EscapedPath())
		h := s.routes[r.URL.EscapedPath()]
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if h == nil {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"errors":[{"code":"NOT_FOUND","message":"not here"}]}`)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func options(t *testing.T, url, user string) Options {
	t.Helper()
	t.Setenv("HARBOR_CANARY", canary)
	ref, err := secret.ParseRef("env:HARBOR_CANARY")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Transport: transport.Options{URL: url, Rate: 1e6, Burst: 1000, Backoff: time.Millisecond, Auth: transport.Auth{Scheme: transport.AuthBasic, User: user, Secret: ref}}}
}

// run keeps a source until the snapshot satisfies done, and returns that snapshot.
func run(t *testing.T, o Options, prepare func(*store.Store), done func(*store.Snapshot) bool) *store.Snapshot {
	t.Helper()
	src, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Until(t, src, prepare, func(_ *store.Store, snap *store.Snapshot) bool { return done(snap) })
}

func console(projects ...platform.Project) func(*store.Store) {
	return func(st *store.Store) {
		st.Apply(func(tx *store.Tx) {
			for _, p := range projects {
				store.Projects.Put(tx, "console", p.ID, []platform.Project{p})
			}
		})
	}
}

func healthy() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"/api/v2.0/systeminfo":                                            answer(200, `{"auth_mode":"oidc_auth","harbor_version":"v2.13.0-abc"}`),
		"/api/v2.0/users/current":                                         answer(200, `{"username":"astreinte.sre"}`),
		"/api/v2.0/projects":                                              answer(200, `[{"name":"guichet","repo_count":2},{"name":"cache","registry_id":3},{"name":"vide"}]`),
		"/api/v2.0/projects/guichet/repositories":                         answer(200, `[{"name":"guichet/api"},{"name":"guichet/web/front"}]`),
		"/api/v2.0/projects/vide/repositories":                            answer(200, `[]`),
		"/api/v2.0/projects/guichet/repositories/api/artifacts":           answer(200, `[{"digest":"sha256:aa","push_time":"2026-08-21T08:00:00Z","tags":[{"name":"main"}]}]`),
		"/api/v2.0/projects/guichet/repositories/web%252Ffront/artifacts": answer(200, `[{"digest":"sha256:bb"}]`),
	}
}

func TestRunWithConsole(t *testing.T) {
	srv := serve(t, healthy())
	snap := run(t, options(t, srv.URL, "astreinte.sre"), console(platform.Project{ID: "id-1", Slug: "guichet"}, platform.Project{ID: "id-2", Slug: "absent"}), func(s *store.Snapshot) bool {
		return len(store.Images.Items(s, "id-1")) == 2 && len(store.Images.Of(s, "id-2")) == 1 && sourcetest.Health(s).State == platform.StateLive && sourcetest.Right(sourcetest.Health(s), rightImages).Held
	})
	if got := store.Images.Items(snap, "id-2"); len(got) != 0 {
		t.Errorf("a project that Harbor does not have got images: %v", got)
	}
	h := sourcetest.Health(snap)
	if h.Version != "v2.13.0-abc" || h.Identity != "astreinte.sre" {
		t.Errorf("health: %+v", h)
	}
}

func TestRunWithoutConsole(t *testing.T) {
	srv := serve(t, healthy())
	snap := run(t, options(t, srv.URL, "astreinte.sre"), nil, func(s *store.Snapshot) bool {
		return len(store.Images.Items(s, store.ScopeOfSlug("guichet"))) == 2 && len(store.Images.Of(s, store.ScopeOfSlug("vide"))) == 1
	})
	if got := store.Images.Of(snap, store.ScopeOfSlug("cache")); len(got) != 0 {
		t.Errorf("a proxy cache is no project: %v", got)
	}
}

// The platform's ro-robot may pull but not list: that is a right we lack, said with its remedy, not a broken Harbor.
func TestReadOnlyRobot(t *testing.T) {
	routes := healthy()
	refusal := answer(403, `{"errors":[{"code":"FORBIDDEN","message":"forbidden"}]}`)
	routes["/api/v2.0/projects"] = refusal
	routes["/api/v2.0/projects/guichet/repositories"] = refusal
	routes["/api/v2.0/users/current"] = answer(401, `{}`)
	srv := serve(t, routes)
	snap := run(t, options(t, srv.URL, "robot$guichet+ro-robot"), console(platform.Project{ID: "id-1", Slug: "guichet"}), func(s *store.Snapshot) bool {
		return sourcetest.Health(s).State == platform.StateForbidden && sourcetest.Right(sourcetest.Health(s), rightImages).Known
	})
	h := sourcetest.Health(snap)
	if r := sourcetest.Right(h, rightImages); r.Held || h.Remedy != platform.RemedyAskRight || h.Identity != "robot$guichet+ro-robot" {
		t.Errorf("health: %+v", h)
	}
	if len(store.Images.Of(snap, "id-1")) != 0 {
		t.Error("refused is not empty")
	}
}

// Harbor answers a wrong secret with what anybody may see.
func TestWrongSecret(t *testing.T) {
	routes := healthy()
	routes["/api/v2.0/systeminfo"] = answer(200, `{"auth_mode":"oidc_auth"}`)
	routes["/api/v2.0/users/current"] = answer(401, `{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized"}]}`)
	routes["/api/v2.0/projects"] = answer(200, `[]`)
	srv := serve(t, routes)
	src, err := New(options(t, srv.URL, "astreinte.sre"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err == nil || h.State != platform.StateUnauthorised || h.Remedy != platform.RemedyRenewToken {
		t.Errorf("%v, %+v", err, h)
	}
	if text := fmt.Sprintf("%+v %v", h, err); strings.Contains(text, canary) {
		t.Error("the secret is in the health")
	}
}

func TestDoctor(t *testing.T) {
	srv := serve(t, healthy())
	src, err := New(options(t, srv.URL, "astreinte.sre"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err != nil || h.State != platform.StateLive || h.Version == "" || !sourcetest.Right(h, rightImages).Held || !sourcetest.Right(h, rightProjects).Held || h.Calls == 0 {
		t.Errorf("%v, %+v", err, h)
	}
	for _, r := range srv.seen {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("sent %s", r)
		}
	}
}

// One repository that fails must not make the others look purged, and what is beyond the cap is said.
func TestCapAndPartialFailure(t *testing.T) {
	var broken atomic.Bool
	routes := healthy()
	routes["/api/v2.0/projects/guichet/repositories/api/artifacts"] = func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("X-Total-Count", "250")
		var items []string
		for i := range pageSize {
			items = append(items, fmt.Sprintf(`{"digest":"sha256:%s-%d"}`, r.URL.Query().Get("page"), i))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(items, ","))
	}
	srv := serve(t, routes)
	o := options(t, srv.URL, "astreinte.sre")
	o.MaxArtifacts = 150
	var images int
	snap := run(t, o, console(platform.Project{ID: "id-1", Slug: "guichet"}), func(s *store.Snapshot) bool {
		if n := len(store.Images.Items(s, "id-1")); n > 0 {
			images = n
			broken.Store(true)
		}
		return images > 0 && slices.ContainsFunc(sourcetest.Health(s).Problems, func(p platform.Problem) bool { return p.Part == "images" })
	})
	if images != 2*pageSize+1 || len(store.Images.Items(snap, "id-1")) != images {
		t.Errorf("%d images, then %d", images, len(store.Images.Items(snap, "id-1")))
	}
	marked := map[string]int{}
	for _, img := range store.Images.Items(snap, "id-1") {
		if img.OlderLeft {
			marked[img.Repository]++
		}
	}
	if len(marked) != 1 || marked["api"] != 1 {
		t.Errorf("who has older ones: %v", marked)
	}
	if !slices.ContainsFunc(sourcetest.Health(snap).Problems, func(p platform.Problem) bool {
		return p.Part == "images guichet/api" && strings.Contains(p.Detail, "50 older artifacts")
	}) {
		t.Errorf("the cap is silent: %+v", sourcetest.Health(snap).Problems)
	}
}

func TestRetriesByTheTransport(t *testing.T) {
	var calls atomic.Int32
	routes := healthy()
	fine := routes["/api/v2.0/projects"]
	routes["/api/v2.0/projects"] = func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fine(w, r)
	}
	src, err := New(options(t, serve(t, routes).URL, "astreinte.sre"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := src.projects(t.Context()); err != nil || len(list) != 2 || calls.Load() != 2 {
		t.Errorf("%v, %v, %d calls", list, err, calls.Load())
	}
}

// Robots that could not be read are asked for again, not some hours later as if they had been.
func TestRobotsAreAskedForAgain(t *testing.T) {
	routes := healthy()
	const path = "/api/v2.0/projects/guichet/robots"
	routes[path] = answer(500, `{"errors":[{"code":"UNKNOWN","message":"boom"}]}`)
	srv := serve(t, routes)
	src, err := New(options(t, srv.URL, "astreinte.sre"))
	if err != nil {
		t.Fatal(err)
	}
	st, now := store.New(nil), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	b := &sources.Board{Store: st, Clock: func() time.Time { return now }}
	if err := src.robots(t.Context(), b, "guichet"); err == nil {
		t.Error("a failure is told as none")
	}
	srv.mu.Lock()
	srv.routes[path] = answer(200, `[{"id":1,"name":"robot$guichet+rw","expires_at":-1}]`)
	srv.mu.Unlock()
	for _, scope := range []string{store.ScopeOfSlug("guichet"), "id-1"} { // at first the console has not named the project
		if err := src.robots(t.Context(), b, "guichet"); err != nil {
			t.Fatal(err)
		}
		all := 0
		for shelf := range store.Robots.All(st.Current()) {
			all += len(shelf.Items)
		}
		if got := store.Robots.Items(st.Current(), scope); len(got) != 1 || all != 1 {
			t.Errorf("%s: %+v of %d", scope, got, all)
		}
		console(platform.Project{ID: "id-1", Slug: "guichet"})(st)
	}
}
