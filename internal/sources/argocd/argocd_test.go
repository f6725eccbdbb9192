package argocd

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

func serve(t *testing.T, h http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "argocd/t", Transport: transport.Options{URL: server.URL + "/argo", Proxy: "none", Rate: 1000, Burst: 100, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

// Nothing but reads leaves, and a read that makes the controller work is none.
func TestWall(t *testing.T) {
	var calls atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for _, c := range []struct{ method, path string }{
		{"GET", "/api/v1/applications/x/resource-tree?refresh=normal"}, {"GET", "/api/v1/applications?refresh=hard"}, {"POST", "/api/v1/applications/x/sync"},
		{"DELETE", "/api/v1/applications/x"}, {"GET", "/api/v1/clusters"}, {"POST", "/api/v1/applications"}, {"PATCH", "/api/v1/applications/x/resource"},
	} {
		req, _ := http.NewRequest(c.method, s.base+c.path, nil)
		_, err := s.sniff.RoundTrip(req)
		if f := transport.FaultOf(err); f == nil || f.Class != transport.ClassRefused {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
	if calls.Load() != 0 {
		t.Errorf("%d requests left", calls.Load())
	}
}

func TestDecodeList(t *testing.T) {
	for _, c := range []struct {
		name, text   string
		apps, broken int
		fails        bool
	}{
		{"none", `{"metadata":{"resourceVersion":"5"},"items":null}`, 0, 0, false},
		{"two, in the other order", `{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"metadata":{"resourceVersion":"5"}}`, 2, 0, false},
		{"an odd one", `{"metadata":{},"items":[{"metadata":{"name":7}},{"metadata":{"name":"b"}},{}]}`, 1, 2, false},
		{"unknown members", `{"kind":"x","apiVersion":{"a":[1]},"items":[]}`, 0, 0, false},
		{"cut", `{"metadata":{},"items":[{"metadata":{"name":"a"}},{"meta`, 1, 0, true},
		{"cut at the end", `{"metadata":{},"items":[{"metadata":{"name":"a"}}]`, 1, 0, true},
		{"something else", `{"message":"hello"}`, 0, 0, true},
		{"a list", `[]`, 0, 0, true},
		{"a page", `<html>`, 0, 0, true},
		{"nothing", ``, 0, 0, true},
	} {
		l, err := decodeList(strings.NewReader(c.text))
		if (err != nil) != c.fails || len(l.apps) != c.apps || l.broken != c.broken {
			t.Errorf("%s: %d applications, %d broken, %v", c.name, len(l.apps), l.broken, err)
		}
	}
}

func TestWho(t *testing.T) {
	exp := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	user := `{"loggedIn":true,"username":"devops\u001b[1m.guichet","groups":["/guichet"]}`
	h := func(w http.ResponseWriter, r *http.Request) {
		switch path := strings.TrimPrefix(r.URL.Path, "/argo"); {
		case path == "/api/version":
			_, _ = w.Write([]byte(`{"Version":"v3.1.7+511ebd7"}`))
		case path == "/api/v1/session/userinfo":
			_, _ = w.Write([]byte(user))
		case strings.HasSuffix(path, "/applications/get/*/*"):
			_, _ = w.Write([]byte(`{"value":"no"}`))
		case strings.HasPrefix(path, "/api/v1/account/can-i/logs"):
			_, _ = w.Write([]byte(`{"value":"yes"}`))
		case path == "/api/v1/applications":
			_, _ = w.Write([]byte(`{"metadata":{},"items":[{"metadata":{"name":"a"}}]}`))
		default:
			http.Error(w, `{"message":"unknown"}`, http.StatusNotFound)
		}
	}
	t.Setenv("ARGO_CANARY", "canary-session")
	s := serve(t, h)
	if health, err := s.Doctor(t.Context()); err != nil || health.Identity != "devops.guichet" || !health.Expires.IsZero() {
		t.Fatalf("without a credential: %+v %v", health, err)
	}
	server := httptest.NewServer(http.HandlerFunc(h))
	defer server.Close()
	s, err := New(Options{Name: "argocd/t", Transport: transport.Options{URL: server.URL, Proxy: "none", Auth: transport.Auth{Scheme: transport.AuthBearer, Secret: secret.Ref{Scheme: "env", Target: "ARGO_CANARY"}}}})
	if err != nil {
		t.Fatal(err)
	}
	health, err := s.Doctor(t.Context())
	if err != nil || health.State != platform.StateLive || health.Version != "3.1.7+511ebd7" || health.Identity != "devops.guichet" {
		t.Fatalf("%+v %v", health, err)
	}
	want := []platform.Right{
		{Name: "applications.all", Known: true, Needed: "gitops"}, {Name: "logs.all", Known: true, Held: true, Needed: "logs"},
		{Name: "applications.sync", Needed: "actions"}, {Name: "applications.some", Known: true, Held: true, Needed: "gitops"},
	}
	for i := range want {
		if i >= len(health.Rights) || health.Rights[i] != want[i] {
			t.Fatalf("rights: %+v", health.Rights)
		}
	}

	user = `{}` // a token that Argo CD does not know is no error there
	health, err = s.Doctor(t.Context())
	if err == nil || health.State != platform.StateUnauthorised || health.Remedy != platform.RemedyRenewToken {
		t.Errorf("anonymous: %+v %v", health, err)
	}

	jwt := "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":1893553445}`)) + ".y"
	for _, header := range []http.Header{{"Authorization": {"Bearer " + jwt}}, {"Cookie": {"argocd.token=" + jwt}}} {
		if got := expiry(header); !got.Equal(exp) {
			t.Errorf("expiry of %v: %v", header, got)
		}
	}
	for _, token := range []string{"", "abc", "a.b.c", "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":"soon"}`)) + ".y", "x." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + ".y"} {
		if got := expiry(http.Header{"Authorization": {"Bearer " + token}}); !got.IsZero() {
			t.Errorf("expiry of %q: %v", token, got)
		}
	}
}

// What people look at comes first, and what moved is read again soon.
func TestNext(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	now := time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)
	real := func(d time.Duration) time.Duration { return d }
	for _, a := range []platform.Application{
		{Name: "far", DestNamespace: "n1", ProjectID: "p1", Type: platform.AppDeploy}, {Name: "near", DestNamespace: "n2", ProjectID: "p2", Type: platform.AppDeploy},
		{Name: "looked", DestNamespace: "n3", ProjectID: "p2", Type: platform.AppHistoric}, {Name: "infra", DestNamespace: "n3", ProjectID: "p2", Type: platform.AppInfra},
	} {
		s.facts.put(a)
	}
	wanted := map[string]bool{"p2": true, "n3": true}
	covers := true
	order := func(at time.Time) (names []string) {
		for {
			id, _, _, due := s.next(wanted, at, real, func(namespace string) bool { return covers && namespace == "n4" })
			if !due {
				return names
			}
			names = append(names, id.name)
		}
	}
	check := func(what string, at time.Duration, want ...string) {
		t.Helper()
		if got := order(now.Add(at)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	sound := platform.Application{Name: "sound", DestNamespace: "n4", ProjectID: "p4", Type: platform.AppDeploy, Sync: platform.SyncSynced, Health: platform.HealthHealthy}
	s.facts.put(sound) // another source tells its pods
	check("at first", 0, "looked", "near", "far")
	check("soon", time.Second)
	check("in view", 20*time.Second, "looked")
	s.facts.put(platform.Application{Name: "near", DestNamespace: "n2", ProjectID: "p2", Type: platform.AppDeploy})
	s.facts.put(platform.Application{Name: "far", DestNamespace: "n1", ProjectID: "p1", Type: platform.AppDeploy})
	check("moved", 21*time.Second, "near")
	check("moved, not in view", 2*time.Minute, "looked", "near", "far")
	check("at rest", 11*time.Minute+59*time.Second, "looked", "near")
	check("after the rest", 13*time.Minute, "looked", "near", "far")
	wanted["p4"] = true
	check("sound and covered, looked at", 13*time.Minute)
	covers = false
	check("no longer covered", 13*time.Minute, "sound")
	covers, wanted["p4"] = true, false
	sound.Health = platform.HealthDegraded
	s.facts.put(sound)
	check("covered, no longer sound", 15*time.Minute, "looked", "near", "sound")
}

func TestContract(t *testing.T) {
	var s sources.Source = serve(t, func(http.ResponseWriter, *http.Request) {})
	if s.Kind() != "argocd" || s.Name() != "argocd/t" || !strings.HasSuffix(s.URL(), "/argo") {
		t.Error(s.Kind(), s.Name(), s.URL())
	}
	if _, err := New(Options{Transport: transport.Options{URL: "ftp://x"}}); err == nil {
		t.Error("a strange address is taken")
	}
}
