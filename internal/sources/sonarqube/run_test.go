package sonarqube

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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
	canary = "squ_canary3c1f9a"
	apiKey = "guichet-api-a814"
	webKey = "guichet-front-1013"
)

// serve answers by path; what it does not know is 404 in SonarQube's words.
func serve(t *testing.T, routes map[string]http.HandlerFunc) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("sent %s %s", r.Method, r.URL)
		}
		h := routes[r.URL.Path]
		if h == nil {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"errors":[{"msg":"Unknown url : `+r.URL.Path+`"}]}`)
			return
		}
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func serveHandler(t *testing.T, h http.Handler) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func options(t *testing.T, url string) Options {
	t.Helper()
	t.Setenv("SONAR_CANARY", canary)
	ref, err := secret.ParseRef("env:SONAR_CANARY")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Transport: transport.Options{URL: url, Rate: 1e6, Burst: 1000, Backoff: time.Millisecond, Auth: transport.Auth{Scheme: transport.AuthBasic, Secret: ref}}}
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

func gateOf(snap *store.Snapshot, scope, key string) platform.Gate {
	list := store.Gates.Items(snap, scope)
	if i := slices.IndexFunc(list, func(g platform.Gate) bool { return g.Key == key }); i >= 0 {
		return list[i]
	}
	return platform.Gate{}
}

func console(st *store.Store) {
	st.Apply(func(tx *store.Tx) {
		store.Projects.Put(tx, "console", "id-1", []platform.Project{{ID: "id-1", Slug: "guichet"}})
		store.Repositories.Put(tx, "console", "id-1", []platform.Repository{{Name: "api"}, {Name: "front"}, {Name: "never"}})
	})
}

func healthy() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		pathVersion: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "10.8.1.101195") },
		pathValidate: func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			w.Header().Set("SonarQube-Authentication-Token-Expiration", "2027-01-31T00:00:00+0000")
			fmt.Fprintf(w, `{"valid":%t}`, user == canary && password == "")
		},
		pathCurrent: answer(200, `{"isLoggedIn":true,"login":"guichet","name":"guichet"}`),
		pathProjects: answer(200, `{"paging":{"pageIndex":1,"pageSize":500,"total":3},"components":[
			{"key":"`+apiKey+`","analysisDate":"2026-08-21T10:00:00+0200"},{"key":"`+webKey+`"},{"key":"somebody:else","analysisDate":"2026-08-21T10:00:00+0200"}]}`),
		pathMeasures: answer(200, `{"measures":[{"metric":"alert_status","value":"ERROR","component":"`+apiKey+`"},{"metric":"coverage","value":"41.0","component":"`+apiKey+`"}]}`),
		pathStatus:   answer(200, `{"projectStatus":{"status":"ERROR","conditions":[{"status":"ERROR","metricKey":"coverage","comparator":"LT","errorThreshold":"80","actualValue":"41.0"}]}}`),
		pathAnalyses: answer(200, `{"analyses":[{"date":"2026-08-21T10:00:00+0200","projectVersion":"main","revision":"a1b2c3d4"}]}`),
	}
}

func TestRun(t *testing.T) {
	snap := run(t, options(t, serve(t, healthy())), console, func(s *store.Snapshot) bool {
		return gateOf(s, "id-1", apiKey).Revision != "" && sourcetest.Health(s).State == platform.StateLive && sourcetest.Health(s).Identity != ""
	})
	g := gateOf(snap, "id-1", apiKey)
	if g.Status != platform.GateError || g.Version != "main" || g.Measures["coverage"] != "41.0" || len(g.Failing()) != 1 || g.Repository != "api" {
		t.Errorf("gate: %+v", g)
	}
	if g := gateOf(snap, "id-1", webKey); g.Status != platform.GateNone || !g.AnalysedAt.IsZero() {
		t.Errorf("never analysed: %+v", g)
	}
	h := sourcetest.Health(snap)
	if h.Version != "10.8.1.101195" || h.Identity != "guichet" || !h.Expires.Equal(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("health: %+v", h)
	}
	if n := len(store.Gates.Items(snap, "id-1")); n != 2 {
		t.Errorf("%d gates", n)
	}
}

func TestRunWithoutConsole(t *testing.T) {
	run(t, options(t, serve(t, healthy())), nil, func(s *store.Snapshot) bool { return gateOf(s, store.ScopeOfSlug("guichet"), apiKey).Revision != "" })
}

// Where listing is refused, the keys are computed from what the console declares.
func TestListRefused(t *testing.T) {
	routes := healthy()
	routes[pathProjects] = answer(403, `{"errors":[{"msg":"Insufficient privileges"}]}`)
	snap := run(t, options(t, serve(t, routes)), console, func(s *store.Snapshot) bool { return gateOf(s, "id-1", apiKey).Revision != "" })
	if n := len(store.Gates.Items(snap, "id-1")); n != 1 {
		t.Errorf("%d gates: a repository that SonarQube does not know has none", n)
	}
}

// A project whose details are refused keeps what its measures tell, and is said to be refused.
func TestDetailsRefused(t *testing.T) {
	routes := healthy()
	routes[pathStatus] = answer(403, `{"errors":[{"msg":"Insufficient privileges"}]}`)
	snap := run(t, options(t, serve(t, routes)), console, func(s *store.Snapshot) bool {
		return slices.ContainsFunc(sourcetest.Health(s).Problems, func(p platform.Problem) bool { return p.Part == "details" })
	})
	if h := sourcetest.Health(snap); h.State != platform.StateLive && h.State != platform.StateStarting {
		t.Errorf("the whole source suffers: %+v", h)
	}
	if g := gateOf(snap, "id-1", apiKey); g.Status != platform.GateError || g.Revision != "" {
		t.Errorf("gate: %+v", g)
	}
}

// What servers of other generations, or of other rights, leave out: the gate comes from its own answer all the same.
func TestServersThatTellLess(t *testing.T) {
	const refused = `{"errors":[{"msg":"Insufficient privileges"}]}`
	for name, c := range map[string]struct {
		change   map[string]http.HandlerFunc
		revision string
		failing  string
		browse   bool // measures are there
	}{
		"9.9: new code in a period, no commit of the analysis": {change: map[string]http.HandlerFunc{
			pathVersion:  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "9.9.8.100196") },
			pathMeasures: answer(200, `{"measures":[{"metric":"alert_status","value":"ERROR","component":"`+apiKey+`"},{"metric":"new_coverage","component":"`+apiKey+`","period":{"index":1,"value":"41.3","bestValue":false}}]}`),
			pathStatus:   answer(200, `{"projectStatus":{"status":"ERROR","conditions":[{"status":"ERROR","metricKey":"new_coverage","comparator":"LT","periodIndex":1,"errorThreshold":"80","actualValue":"41.3"}],"periods":[{"index":1,"mode":"previous_version"}],"ignoredConditions":false,"caycStatus":"compliant"}}`),
			pathAnalyses: answer(200, `{"analyses":[{"key":"AY","date":"2026-08-21T10:00:00+0200","events":[{"key":"e","category":"VERSION","name":"main"}],"projectVersion":"main","manualNewCodePeriodBaseline":false}]}`),
		}, failing: "new_coverage", browse: true},
		"2025: qualities in the place of types, a condition without a value": {change: map[string]http.HandlerFunc{
			pathVersion:  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "2025.4.2.112048") },
			pathMeasures: answer(200, `{"measures":[{"metric":"alert_status","value":"ERROR","component":"`+apiKey+`"},{"metric":"bugs","component":"`+apiKey+`","value":null,"period":null}]}`),
			pathStatus:   answer(200, `{"projectStatus":{"status":"ERROR","conditions":[{"status":"ERROR","metricKey":"new_software_quality_security_rating","comparator":"GT","errorThreshold":"1"},{"status":"OK","metricKey":"new_coverage","comparator":"LT","errorThreshold":"80","actualValue":null}],"caycStatus":"over-compliant"}}`),
		}, revision: "a1b2c3d4", failing: "new_software_quality_security_rating", browse: true},
		"measures are refused": {change: map[string]http.HandlerFunc{pathMeasures: answer(403, refused)}, revision: "a1b2c3d4", failing: "coverage"},
		"measures are unknown": {change: map[string]http.HandlerFunc{pathMeasures: answer(404, `{"errors":[{"msg":"The following metric keys are not found: new_violations"}]}`)}, revision: "a1b2c3d4", failing: "coverage"},
	} {
		t.Run(name, func(t *testing.T) {
			routes := healthy()
			maps.Copy(routes, c.change)
			snap := run(t, options(t, serve(t, routes)), console, func(s *store.Snapshot) bool {
				return len(gateOf(s, "id-1", apiKey).Conditions) > 0 && sourcetest.Right(sourcetest.Health(s), rightBrowse).Known
			})
			g := gateOf(snap, "id-1", apiKey)
			if g.Status != platform.GateError || g.Revision != c.revision || len(g.Failing()) != 1 || g.Failing()[0].Metric != c.failing {
				t.Errorf("gate: %+v", g)
			}
			if held := sourcetest.Right(sourcetest.Health(snap), rightBrowse).Held; held != c.browse {
				t.Errorf("the right on measures is %v", held)
			}
		})
	}
}

// SonarQube answers 200 to a wrong token.
func TestInvalidToken(t *testing.T) {
	routes := healthy()
	routes[pathValidate] = answer(200, `{"valid":false}`)
	src, err := New(options(t, serve(t, routes)))
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err == nil || h.State != platform.StateUnauthorised || h.Remedy != platform.RemedyRenewToken || h.Version == "" {
		t.Errorf("%v, %+v", err, h)
	}
	if strings.Contains(fmt.Sprintf("%+v %v", h, err), canary) {
		t.Error("the secret is in the health")
	}
}

func TestDoctor(t *testing.T) {
	src, err := New(options(t, serve(t, healthy())))
	if err != nil {
		t.Fatal(err)
	}
	h, err := src.Doctor(t.Context())
	if err != nil || h.State != platform.StateLive || len(h.Rights) != 2 || !h.Rights[0].Held || !h.Rights[1].Held {
		t.Errorf("%v, %+v", err, h)
	}
}

func TestDoctorOfSomethingElse(t *testing.T) {
	src, err := New(options(t, serve(t, map[string]http.HandlerFunc{pathVersion: answer(200, `<html>login</html>`)})))
	if err != nil {
		t.Fatal(err)
	}
	if h, err := src.Doctor(t.Context()); err == nil || h.State != platform.StateUnreachable || h.Remedy != platform.RemedyCheckURL {
		t.Errorf("%v, %+v", err, h)
	}
}

func TestPagesAndTheEndOfTheList(t *testing.T) {
	routes := healthy()
	routes[pathProjects] = func(w http.ResponseWriter, r *http.Request) {
		var items []string
		for i := range projectsPage {
			items = append(items, fmt.Sprintf(`{"key":"k-%s-%d"}`, r.URL.Query().Get("p"), i))
		}
		fmt.Fprintf(w, `{"paging":{"total":10700},"components":[%s]}`, strings.Join(items, ","))
	}
	src, err := New(options(t, serve(t, routes)))
	if err != nil {
		t.Fatal(err)
	}
	list, cut, err := src.components(t.Context())
	if err != nil || len(list) != projectsMost || cut != 700 {
		t.Errorf("%d listed, %d cut, %v", len(list), cut, err)
	}
}

func TestRetriesByTheTransport(t *testing.T) {
	var calls atomic.Int32
	routes := healthy()
	fine := routes[pathProjects]
	routes[pathProjects] = func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fine(w, r)
	}
	src, err := New(options(t, serve(t, routes)))
	if err != nil {
		t.Fatal(err)
	}
	if list, _, err := src.components(t.Context()); err != nil || len(list) != 3 || calls.Load() != 2 {
		t.Errorf("%v, %v, %d calls", list, err, calls.Load())
	}
}
