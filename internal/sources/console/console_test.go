package console

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/demo/fakes/console"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newWorld() *world.World {
	at := time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)
	return world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }})
}

func tokenOf(w *world.World, name string) (value string) {
	w.View(func(s *world.State) {
		for _, t := range s.Tokens {
			if t.Name == name {
				value = t.Value
			}
		}
	})
	return value
}

func makeSource(e sourcetest.Env) (sources.Source, error) {
	return New(Options{Transport: e.Options})
}

// The other split of the routes has its own tests below: the suite's faults are the same in front of both.
func TestSuite(t *testing.T) {
	w := newWorld()
	var want []string
	var gone *world.Project
	w.View(func(s *world.State) {
		for _, p := range s.Projects {
			if p.Status != platform.ProjectArchived {
				want = append(want, p.ID)
			}
		}
		gone = s.Projects[0]
	})
	sourcetest.Run(t, sourcetest.Case{
		New:   makeSource,
		Face:  console.Handler(w, console.Options{Version: "9.24.0"}),
		Token: tokenOf(w, world.TokenSRE),
		Converged: func(s *store.Snapshot) bool {
			for _, id := range want {
				if len(store.Projects.Items(s, id)) != 1 || len(store.Environments.Of(s, id)) != 1 || len(store.Repositories.Of(s, id)) != 1 {
					return false
				}
			}
			return len(store.Zones.Items(s, "")) > 0 && len(store.Clusters.Items(s, "")) > 0 && len(store.ServiceHealth.Items(s, "")) > 0
		},
		Interest: want,
		Change: func() {
			w.Update(func(tx *world.Tx) {
				gone.Status = platform.ProjectArchived
				tx.Touch(gone, world.Modified)
			})
		},
		Changed: func(s *store.Snapshot) bool {
			return len(store.Projects.Of(s, gone.ID)) == 0 && len(store.Environments.Of(s, gone.ID)) == 0
		},
	})
}

// source makes a source over a handler, with a token.
func source(t *testing.T, face http.Handler, token string) *Source {
	t.Helper()
	server := httptest.NewServer(face)
	t.Cleanup(server.Close)
	t.Setenv("CONSOLE_TEST_TOKEN", token)
	s, err := New(Options{Transport: transport.Options{URL: server.URL, Proxy: "none", Rate: 1000, Burst: 1000, Backoff: time.Millisecond,
		Auth: transport.Auth{Secret: secret.Ref{Scheme: "env", Target: "CONSOLE_TEST_TOKEN"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

func held(h platform.SourceHealth) map[string]bool {
	out := map[string]bool{}
	for _, r := range h.Rights {
		if r.Known {
			out[r.Name] = r.Held
		}
	}
	return out
}

// Service chains are switched off on most consoles: then nothing is missing, and nothing is left to find out.
func TestDoctorLeavesOutWhatTheConsoleDoesNotHave(t *testing.T) {
	w := newWorld()
	real := console.Handler(w, console.Options{Version: "9.24.0"})
	h, err := source(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/service-chains") {
			rw.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(rw, `{"message":"Cannot GET /api/v1/service-chains","error":"Not Found","statusCode":404}`)
			return
		}
		real.ServeHTTP(rw, r)
	}), tokenOf(w, world.TokenSRE)).Doctor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range h.Rights {
		if r.Name == rightExposed || !r.Known {
			t.Errorf("%+v", r)
		}
	}
}

func TestDoctorKnowsEveryKindOfToken(t *testing.T) {
	all := map[string]bool{rightProjects: true, rightLogs: true, rightClusters: true, rightPlans: true, rightExposed: true}
	for _, c := range []struct {
		version, token string
		state          platform.State
		remedy         platform.Remedy
		identity       string
		rights         map[string]bool
	}{
		{"9.24.0", world.TokenSRE, platform.StateLive, "", "Astreinte SRE", all},
		{"9.22.2", world.TokenSRE, platform.StateLive, "", "Astreinte SRE", all},
		{"9.24.0", world.TokenReadOnly, platform.StateLive, "", "Audit Externe", map[string]bool{rightProjects: false, rightLogs: true, rightClusters: true, rightExposed: true}},
		{"9.24.0", world.TokenMember, platform.StateLive, "", "", map[string]bool{rightProjects: false, rightLogs: false, rightClusters: false, rightPlans: false, rightExposed: false}},
		{"9.24.0", world.TokenExpired, platform.StateUnauthorised, platform.RemedyRenewToken, "", map[string]bool{}},
		{"9.24.0", world.TokenRevoked, platform.StateUnauthorised, platform.RemedyRenewToken, "", map[string]bool{}},
		{"9.22.2", world.TokenInactive, platform.StateUnauthorised, platform.RemedyRenewToken, "", map[string]bool{}},
		{"9.24.0", world.TokenRobot, platform.StateForbidden, platform.RemedyPersonalToken, "admin token", map[string]bool{rightLogs: true, rightClusters: true}},
		{"9.22.2", world.TokenRobot, platform.StateLive, "", "admin token", map[string]bool{rightProjects: true, rightLogs: true, rightClusters: true, rightPlans: false, rightExposed: false}},
	} {
		t.Run(c.version+" "+c.token, func(t *testing.T) {
			w := newWorld()
			h, err := source(t, console.Handler(w, console.Options{Version: c.version}), tokenOf(w, c.token)).Doctor(t.Context())
			if h.State != c.state || h.Remedy != c.remedy || (err == nil) != (c.state == platform.StateLive) {
				t.Fatalf("%s %q %s: %v", h.State, h.Remedy, h.Detail, err)
			}
			if c.identity != "" && h.Identity != c.identity {
				t.Errorf("identity %q", h.Identity)
			}
			if h.Version != c.version || c.state == platform.StateLive && c.token != world.TokenRobot && h.Expires.IsZero() {
				t.Errorf("version %q, expires %v", h.Version, h.Expires)
			}
			if got := held(h); !maps.Equal(got, c.rights) {
				t.Errorf("rights %v, want %v", got, c.rights)
			}
		})
	}
}

func TestGatewayPageIsNotShown(t *testing.T) {
	h, err := source(t, console.Handler(newWorld(), console.Options{GatewayTimeout: true}), "some-token").Doctor(t.Context())
	if err == nil || h.State != platform.StateUnreachable || strings.Contains(h.Detail, "<") || !strings.Contains(h.Detail, "504") {
		t.Errorf("%s %q", h.State, h.Detail)
	}
}

func TestNoTokenAtAllIsSaidAsSuch(t *testing.T) {
	server := httptest.NewServer(console.Handler(newWorld(), console.Options{}))
	t.Cleanup(server.Close)
	s, err := New(Options{Transport: transport.Options{URL: server.URL, Proxy: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Doctor(t.Context())
	if err == nil || h.State != platform.StateUnauthorised || h.Remedy != platform.RemedyGiveToken {
		t.Errorf("%s %q %s: %v", h.State, h.Remedy, h.Detail, err)
	}
}

// running runs a source over a face until the store is as wanted.
func running(t *testing.T, s *Source, inView []string, ok func(*store.Snapshot) bool) *store.Snapshot {
	t.Helper()
	st, interest := store.New(nil), store.NewInterest()
	interest.Set(t, inView)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sources.Keep(ctx, s, sources.Ground{Store: st, Interest: interest, Pace: 100}, nil)
	}()
	defer func() { cancel(); <-done }()
	sub := st.Subscribe(0)
	defer sub.Close()
	for !ok(st.Current()) {
		if _, on := sub.Next(ctx); !on {
			t.Fatalf("not in time; health %+v", store.Health.Items(st.Current(), ""))
		}
	}
	return st.Current()
}

// TestDetailsOfAProjectThatWent: what was on its way when the project went from the list finds no shelf, where nobody would take it off again.
func TestDetailsOfAProjectThatWent(t *testing.T) {
	w := newWorld()
	var gone *world.Project
	w.View(func(s *world.State) { gone = s.Projects[0] })
	face := console.Handler(w, console.Options{Version: "9.24.0"})
	asked, next, hold := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var environments, repositories sync.Once
	s := source(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("projectId") == gone.ID {
			switch r.URL.Path {
			case "/api/v1/environments":
				environments.Do(func() {
					close(asked)
					select {
					case <-hold:
					case <-t.Context().Done():
					}
				})
			case "/api/v1/repositories":
				repositories.Do(func() { close(next) })
			}
		}
		face.ServeHTTP(rw, r)
	}), tokenOf(w, world.TokenSRE))
	began := false
	snap := running(t, s, []string{gone.ID}, func(snap *store.Snapshot) bool {
		if !began && len(store.Projects.Of(snap, gone.ID)) > 0 {
			began = true
			<-asked
			w.Update(func(tx *world.Tx) {
				gone.Status = platform.ProjectArchived
				tx.Touch(gone, world.Modified)
			})
		}
		if !began || len(store.Projects.Of(snap, gone.ID)) > 0 {
			return false
		}
		close(hold)
		<-next // asked for once the environments were written
		return true
	})
	if left := store.Environments.Of(snap, gone.ID); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestFactsOfTheDemoWorld(t *testing.T) {
	for _, version := range []string{"9.22.2", "9.24.0"} {
		w := newWorld()
		var ids []string
		envs := map[string]string{} // environment id → stage name
		w.View(func(s *world.State) {
			names := map[string]string{}
			for _, st := range s.Stages {
				names[st.ID] = st.Name
			}
			for _, p := range s.Projects {
				if p.Status != platform.ProjectArchived {
					ids = append(ids, p.ID)
				}
				for _, e := range p.Environments {
					envs[e.ID] = names[e.StageID]
				}
			}
		})
		snap := running(t, source(t, console.Handler(w, console.Options{Version: version}), tokenOf(w, world.TokenSRE)), ids, func(s *store.Snapshot) bool {
			full := 0
			for _, id := range ids {
				if len(store.Repositories.Of(s, id)) == 0 || len(store.Log.Of(s, id)) == 0 {
					return false
				}
				for _, l := range store.Log.Items(s, id) {
					full += len(l.Results) // they come after the entries
				}
			}
			return full > 0 && len(store.Stages.Items(s, "")) > 0 && len(store.Clusters.Items(s, "")) > 0
		})
		found, full := 0, 0
		for _, id := range ids {
			p := store.Projects.Items(snap, id)[0]
			if p.ID != id || p.Owner.ID == "" || p.Members == nil || p.Roles == nil || p.Archived() || p.CreatedAt.IsZero() {
				t.Errorf("%s: %+v", version, p)
			}
			for _, e := range store.Environments.Items(snap, id) {
				found++
				if e.Stage != envs[e.ID] || e.Stage == "" || e.ProjectID != id {
					t.Errorf("%s: %+v, want stage %q", version, e, envs[e.ID])
				}
			}
			for _, l := range store.Log.Items(snap, id) {
				full += len(l.Results)
			}
		}
		if found == 0 || full == 0 {
			t.Errorf("%s: %d environments, %d results of tools", version, found, full)
		}
		for _, c := range store.Clusters.Items(snap, "") {
			if !c.AskedKnown || c.Label == "" {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestWithoutRightsOnlyOwnProjectsAndNoFailure(t *testing.T) {
	w := newWorld()
	snap := running(t, source(t, console.Handler(w, console.Options{}), tokenOf(w, world.TokenMember)), nil, func(s *store.Snapshot) bool {
		h := store.Health.Items(s, "")
		return len(h) == 1 && h[0].State == platform.StateLive && len(held(h[0])) >= 3
	})
	if h := store.Health.Items(snap, "")[0]; held(h)[rightProjects] || len(h.Problems) != 0 {
		t.Errorf("%+v", h)
	}
}

func TestSecretRenewedAfterA200ThatSays401(t *testing.T) {
	w := newWorld()
	file := filepath.Join(t.TempDir(), "token")
	write := func(name string) {
		if err := os.WriteFile(file, []byte(tokenOf(w, name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(console.Handler(w, console.Options{Version: "9.22.2"}))
	defer server.Close()
	s, err := New(Options{Transport: transport.Options{URL: server.URL, Proxy: "none", Auth: transport.Auth{Secret: secret.Ref{Scheme: "file", Target: file}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.client.Close()
	write(world.TokenExpired)
	if h, err := s.Doctor(t.Context()); err == nil || !strings.Contains(h.Detail, "Expired") {
		t.Fatalf("%+v", h)
	}
	write(world.TokenSRE)
	if h, err := s.Doctor(t.Context()); err != nil {
		t.Fatalf("%+v", h)
	}
}

func TestV2WhereV1IsGoneAndOddShapes(t *testing.T) {
	mux := http.NewServeMux()
	var mu sync.Mutex
	var paths []string
	answer := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	}
	answer("/api/v1/version", `{"version":"dev"}`)
	answer("/api/v1/user/tokens", `[]`)
	answer("/api/v1/projects", `[{"id":"p1","slug":"s1","name":"Projet é \u202e","status":"nouveau","locked":null,"prodCpu":"2.5","hprodMemory":null,"members":null,"everyonePerms":"18446744073709551616896","lastSuccessProvisionningVersion":null,"unknown":{}},
		{"id":"p2","slug":"s2_1700000000000_archived","status":"failed"},{"id":"p3","slug":"s3","status":"archived"},{"id":null}]`)
	answer("/api/v2/projects/p1/environments", `[{"id":"e1","name":"dev","stage":{"id":"st","name":"prod"},"cpu":0.5,"autosync":true}]`)
	answer("/api/v2/projects/p1/repositories", `[{"id":"r1","internalRepoName":"api","externalRepoUrl":"https://bob:canary@git.example/x.git","isInfra":true}]`)
	answer("/api/v1/projects/p1/members", `[{"userId":"u1","email":"a@example.test","roleIds":["x",1,null]}]`)
	answer("/api/v1/projects/p1/roles", `[{"id":"x","name":"n","permissions":"2","userCount":3}]`)
	answer("/api/v1/logs", `{"total":2,"logs":[{"id":"l1","action":"Replay hooks for Project","projectId":"p1","createdAt":"2026-01-02T03:04:05.678Z","data":{"failed":["gitlab"],"args":{"secret":"canary"},
		"results":{"gitlab":{"status":{"result":"KO","message":"no\u001b[31m https://a:canary@h/"},"executionTime":{"main":12},"store":{"token":"canary"}},"args":{"status":{"result":"OK"}}}}},
		{"id":"l0","action":"Create Project","data":{}}]}`)
	for _, path := range []string{"zones", "stages", "clusters", "health-services"} {
		answer("/api/v1/"+path, "[]")
	}
	face := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths = append(paths, r.URL.Path)
		mu.Unlock()
		mux.ServeHTTP(w, r)
	})
	snap := running(t, source(t, face, "some-token"), []string{"p1"}, func(s *store.Snapshot) bool {
		return len(store.Roles.Of(s, "p1")) == 1 && len(store.Log.Items(s, "p1")) >= 1 && len(store.ConsoleInfo.Items(s, "")) == 1
	})
	p := store.Projects.Items(snap, "p1")[0]
	if p.Name != "Projet é " || p.Status != "nouveau" || p.Prod.CPU != 2.5 || p.Members != nil || p.LastProvisioned != "" {
		t.Errorf("%+v", p)
	}
	if len(store.Projects.Of(snap, "p2"))+len(store.Projects.Of(snap, "p3"))+len(store.Projects.Of(snap, "")) != 0 {
		t.Error("archived projects or nameless ones are shown")
	}
	if e := store.Environments.Items(snap, "p1"); len(e) != 1 || !e[0].Production() || e[0].Request.CPU != 0.5 || !e[0].Autosync || e[0].StageID != "st" {
		t.Errorf("%+v", e)
	}
	if r := store.Repositories.Items(snap, "p1"); len(r) != 1 || r[0].ExternalURL != "https://git.example/x.git" || !r[0].Infra {
		t.Errorf("%+v", r)
	}
	if m := store.Members.Items(snap, "p1"); len(m) != 1 || m[0].ID != "u1" || !slices.Equal(m[0].RoleIDs, []string{"x", "1"}) {
		t.Errorf("%+v", m)
	}
	var entry platform.LogEntry
	for _, l := range store.Log.Items(snap, "p1") {
		if l.ID == "l1" {
			entry = l
		}
	}
	if len(entry.Results) != 1 || entry.Results[0].Took != 12*time.Millisecond || strings.Contains(fmt.Sprintf("%+v", entry), "canary") || strings.Contains(entry.Results[0].Message, "\x1b") || !slices.Equal(entry.Failed, []string{"gitlab"}) {
		t.Errorf("%+v", entry)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, path := range paths {
		if strings.Contains(path, "secret") || strings.HasPrefix(path, "/api/v1/clusters/") {
			t.Errorf("asked for %s", path)
		}
	}
}
