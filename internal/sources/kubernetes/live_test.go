package kubernetes

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	fake "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// patience is only used up by a broken source.
const patience = 15 * time.Second

// stage is a source that runs against a server.
type stage struct {
	t      *testing.T
	store  *store.Store
	poke   chan struct{}
	server *httptest.Server
	source *Source
	pace   float64
}

// at sets the pace of life, before run.
func (g *stage) at(pace float64) *stage { g.pace = pace; return g }

func play(t *testing.T, h http.Handler, o Options) *stage {
	t.Helper()
	g := &stage{t: t, store: store.New(nil), poke: make(chan struct{}, 1), server: httptest.NewServer(h), pace: 100}
	t.Cleanup(g.server.Close)
	t.Cleanup(g.server.CloseClientConnections)
	o.Name, o.Server, o.Proxy, o.Timeout = cluster, g.server.URL, "none", 2*time.Second
	src, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	g.source = src
	return g
}

func (g *stage) run() *stage {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		sources.Keep(ctx, g.source, sources.Ground{Store: g.store, Pace: g.pace}, g.poke)
	}()
	g.t.Cleanup(func() { cancel(); <-done })
	return g
}

func (g *stage) wait(what string, ok func(*store.Snapshot) bool) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sub := g.store.Subscribe(0)
	defer sub.Close()
	for !ok(g.store.Current()) {
		if _, on := sub.Next(ctx); !on {
			g.t.Fatalf("%s: not within %s; health %+v", what, patience, g.health())
		}
	}
}

func (g *stage) health() platform.SourceHealth {
	if all := store.Health.Items(g.store.Current(), ""); len(all) == 1 {
		return all[0]
	}
	return platform.SourceHealth{}
}

func (g *stage) live(*store.Snapshot) bool { return g.health().State == platform.StateLive }

// TestPages reads a cluster whose server streams no lists, in several pages, and follows what changes.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	paged := fake.Handler(w, fake.Options{Cluster: cluster, NoStreamingLists: true})
	var pages atomic.Int32
	g := play(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("limit") != "" { // smaller pages than ours, as a server may choose
			q.Set("limit", "4")
			r.URL.RawQuery = q.Encode()
			pages.Add(1)
		}
		paged.ServeHTTP(rw, r)
	}), Options{}).run()
	g.wait("converging", mirrored(w))
	if pages.Load() < 10 {
		t.Errorf("%d pages", pages.Load())
	}
	uid := removePod(w)
	g.wait("a deletion", func(snap *store.Snapshot) bool { return !hasPod(snap, uid) && mirrored(w)(snap) })
}

// TestChurn changes pods faster than they are shelved, forgets what it told (410) and cuts connections meanwhile.
func TestChurn(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{}).run()
	g.wait("converging", mirrored(w))
	for round := range 8 {
		for i := range 2500 { // 20,000 changes in all: more than the world remembers
			w.Update(func(tx *world.Tx) {
				ns := firstNamespace(tx.State)
				p := ns.Pods[(i+round)%len(ns.Pods)]
				p.Containers[0].Restarts++
				tx.Touch(p, world.Modified)
			})
		}
		if round%2 == 0 {
			g.server.CloseClientConnections()
		}
	}
	g.wait("catching up", mirrored(w))
	g.wait("live", g.live)
}

// TestExpired restarts from a version that the server has forgotten.
func TestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	face := fake.Handler(w, fake.Options{Cluster: cluster})
	var cut atomic.Bool
	g := play(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		face.ServeHTTP(rw, r)
	}), Options{}).run()
	g.wait("converging", mirrored(w))
	cut.Store(true)
	g.server.CloseClientConnections()
	g.wait("the cut", func(*store.Snapshot) bool { return g.health().State == platform.StateUnreachable })
	uid := removePod(w)
	w.Update(func(tx *world.Tx) {
		p := firstNamespace(tx.State).Pods[0]
		for range 20_000 {
			tx.Touch(p, world.Modified)
		}
	})
	cut.Store(false)
	g.wait("listing again", func(snap *store.Snapshot) bool { return !hasPod(snap, uid) && mirrored(w)(snap) && g.live(snap) })
}

// TestForbiddenPart loses one kind and keeps the rest.
func TestForbiddenPart(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	deny := func(verb, _, resource, _ string) bool { return resource == "events" && verb != "get" }
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster, Deny: deny}), Options{}).run()
	g.wait("converging", mirrored(w))
	g.wait("the refusal", func(snap *store.Snapshot) bool {
		return g.live(snap) && slices.ContainsFunc(g.health().Problems, func(p platform.Problem) bool { return p.Part == "events" && p.State == platform.StateForbidden })
	})
}

// TestOneByOne is refused the cluster-wide list and reads the namespaces that the console names; then it is allowed.
func TestOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	var allowed atomic.Bool
	deny := func(_, _, _, namespace string) bool { return namespace == "" && !allowed.Load() }
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster, Deny: deny}), Options{})
	g.run()
	g.wait("knowing no namespace", func(*store.Snapshot) bool {
		h := g.health()
		return h.State == platform.StateForbidden && strings.Contains(h.Detail, "no namespace") && h.Remedy == platform.RemedyAskRight
	})
	var want []string
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			if c.Label != cluster {
				continue
			}
			g.store.Apply(func(tx *store.Tx) {
				store.Clusters.Put(tx, "console", "", []platform.Cluster{{ID: c.ID, Label: c.Label}})
				for _, ns := range c.Namespaces[:3] {
					want = append(want, ns.Name)
					e := ns.Environment
					store.Environments.Put(tx, "console", e.ID, []platform.Environment{{ID: e.ID, ProjectID: e.Project.ID, ClusterID: c.ID}})
				}
			})
		}
	})
	g.wait("the console's namespaces", func(snap *store.Snapshot) bool {
		for _, ns := range want {
			if len(store.Pods.Of(snap, ns)) != 1 || len(store.Workloads.Of(snap, ns)) != 1 {
				return false
			}
		}
		return g.live(snap)
	})
	allowed.Store(true)
	g.poke <- struct{}{}
	g.wait("the whole cluster", mirrored(w))
}

// TestConfigured reads only the namespaces it was given.
func TestConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	var only string
	w.View(func(st *world.State) { only = firstNamespace(st).Name })
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{Namespaces: []string{only}}).run()
	g.wait("its namespace", func(snap *store.Snapshot) bool { return len(store.Pods.Items(snap, only)) > 0 && g.live(snap) })
	for shelf := range store.Pods.All(g.store.Current()) {
		if shelf.Scope != only {
			t.Errorf("read %s too", shelf.Scope)
		}
	}
}

// TestStrangers shows an old namespace that only its labels prove to be ours, and no stranger.
func TestStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	label := func(n *world.Namespace, labels map[string]string) { n.Labels = labels }
	var old *world.Namespace
	w.Update(func(tx *world.Tx) {
		for _, c := range tx.State.Clusters {
			if c.Label != cluster {
				continue
			}
			for _, name := range []string{"kube-system", "mi-habilit-dev-6293"} {
				n := &world.Namespace{UID: "uid-" + name, Name: name, Cluster: c, CreatedAt: tx.Now}
				p := &world.Pod{UID: "pod-" + name, Name: "web", Namespace: n, Phase: "Running", CreatedAt: tx.Now, Containers: []*world.Container{{Spec: world.ContainerSpec{Name: "web"}, State: "running"}}}
				n.Pods = []*world.Pod{p}
				c.Namespaces = append(c.Namespaces, n)
				tx.State.NamespaceOf[c.Label+"/"+name] = n
				tx.Touch(n, world.Added)
				tx.Touch(p, world.Added)
				old = n
			}
		}
	})
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{}).run()
	g.wait("live", func(snap *store.Snapshot) bool { return g.live(snap) && len(store.Pods.Of(snap, firstName(w))) == 1 })
	if hasPod(g.store.Current(), "pod-kube-system") || hasPod(g.store.Current(), "pod-mi-habilit-dev-6293") {
		t.Error("a stranger is shown")
	}
	w.Update(func(tx *world.Tx) { // labelled later: its pods were turned away and have to be listed again
		label(old, map[string]string{"dso/project.id": "b3f3c9b1-1168-47b6-b178-2af9b468bad7", "dso/environment": "dev"})
		tx.Touch(old, world.Modified)
	})
	g.wait("the old namespace", func(snap *store.Snapshot) bool { return hasPod(snap, "pod-mi-habilit-dev-6293") })
	if hasPod(g.store.Current(), "pod-kube-system") {
		t.Error("a stranger is shown")
	}
}

func firstName(w *world.World) (name string) {
	w.View(func(st *world.State) { name = firstNamespace(st).Name })
	return name
}

// TestGone drops the shelves of a namespace that goes, those of an earlier run too.
func TestGone(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{})
	g.store.Apply(func(tx *store.Tx) {
		store.Pods.Put(tx, g.source.Name(), "aaaaaaaaaaaa--bbbbbbbbbbbb", []platform.Pod{{Name: "old"}})
	})
	g.run()
	g.wait("converging without the old shelf", mirrored(w))
	w.Update(func(tx *world.Tx) {
		ns := firstNamespace(tx.State)
		for _, p := range ns.Pods {
			tx.Touch(p, world.Deleted)
		}
		ns.Pods = nil
		c := ns.Cluster
		c.Namespaces = slices.DeleteFunc(slices.Clone(c.Namespaces), func(n *world.Namespace) bool { return n == ns })
		tx.Touch(ns, world.Deleted)
	})
	g.wait("the namespace going", mirrored(w))
}

func TestPlugin(t *testing.T) {
	t.Parallel()
	w := newWorld(world.Small)
	server := httptest.NewTLSServer(fake.Handler(w, fake.Options{Cluster: cluster, Token: "from-plugin"}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}`
	for _, c := range []struct{ name, command, mode, says string }{
		{"works", write("works", "#!/bin/sh\necho noise >&2\necho '"+answer+"'\n", 0o700), "IfAvailable", ""},
		{"fails", write("fails", "#!/bin/sh\nexit 3\n", 0o700), "IfAvailable", "failed"},
		{"wants a person", write("person", "#!/bin/sh\necho '"+answer+"'\n", 0o700), "Always", "wants to ask"},
		{"is missing", filepath.Join(dir, "missing"), "Never", "not installed"},
	} {
		config := write("kubeconfig-"+c.name, fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],
"clusters":[{"name":"c","cluster":{"server":%q,"insecure-skip-tls-verify":true}}],
"users":[{"name":"u","user":{"exec":{"apiVersion":"client.authentication.k8s.io/v1","command":%q,"args":["--for","me"],"interactiveMode":%q}}}]}`, server.URL, c.command, c.mode), 0o600)
		src, err := New(Options{Name: cluster, Kubeconfig: config, Proxy: "none"})
		if err != nil {
			t.Fatal(err)
		}
		h, err := src.Doctor(t.Context())
		switch {
		case c.says == "" && (err != nil || h.State != platform.StateLive):
			t.Errorf("%s: %s %v", c.name, h.State, err)
		case c.says != "" && (h.State != platform.StateUnauthorised || h.Remedy != platform.RemedyRunOutside || !strings.Contains(h.Detail, c.says) || !strings.Contains(h.Detail, c.command+" --for me")):
			t.Errorf("%s: %s %s: %s", c.name, h.State, h.Remedy, h.Detail)
		}
	}
}

// TestWall tries to send what is not a read.
func TestWall(t *testing.T) {
	t.Parallel()
	reached := 0
	g := play(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }), Options{Token: secret.Ref{}})
	wall := g.source.guard
	for _, c := range []struct {
		method, path string
		ok           bool
	}{
		{"GET", "/api/v1/pods", true}, {"GET", "/api/v1/namespaces", true}, {"GET", "/api/v1/namespaces/x/pods", true}, {"GET", "/apis/apps/v1/deployments", true}, {"GET", "/version", true},
		{"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", true},
		{"GET", "/api/v1/secrets", false}, {"GET", "/api/v1/namespaces/x/secrets", false}, {"GET", "/api/v1/namespaces/x/configmaps", false}, {"GET", "/api/v1/namespaces/x/pods/y", false},
		{"GET", "/api/v1/namespaces/x/pods/y/exec", false}, {"GET", "/api/v1/namespaces/x/pods/../secrets", false}, {"GET", "/api/v1/namespaces/x%2fsecrets/pods", false}, {"GET", "/api/v1/proxy/pods", false},
		{"POST", "/api/v1/namespaces/x/pods", false}, {"DELETE", "/api/v1/namespaces/x/pods", false}, {"PATCH", "/apis/apps/v1/namespaces/x/deployments", false}, {"PUT", "/api/v1/pods", false},
		{"POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", false}, {"GET", "/healthz", false}, {"HEAD", "/api/v1/pods", false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, g.server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		before := reached
		resp, err := wall.RoundTrip(r)
		if resp != nil {
			_ = resp.Body.Close()
		}
		if c.ok != (err == nil) || c.ok != (reached > before) {
			t.Errorf("%s %s: let through %t, error %v", c.method, c.path, reached > before, err)
		}
		if !c.ok && transport.FaultOf(err).Class != transport.ClassRefused {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://elsewhere.example/api/v1/pods", nil)
	if wall.allowed(r) {
		t.Error("another host is let through")
	}
}
