package prometheus

import (
	"encoding/json"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

func serve(t *testing.T, tenancy sources.Tenancy, suffix string, h http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "prometheus", Tenancy: tenancy, Transport: transport.Options{URL: server.URL + suffix, Proxy: "none", Rate: 1000, Burst: 100, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

const none = `{"status":"success","data":{"resultType":"vector","result":[]}}`

func TestTenant(t *testing.T) {
	for _, c := range []struct {
		in           sources.TenantPlace
		suffix, path string
		header       string
	}{
		{sources.TenantNone, "", "/api/v1/query", ""},
		{sources.TenantHeader, "/prometheus", "/prometheus/api/v1/query", "prod-x"},
		{sources.TenantPath, "", "/api/metrics/v1/prod-x/prometheus/api/v1/query", ""},
		{sources.TenantPath, "/t/{tenant}/p", "/t/prod-x/p/api/v1/query", ""},
	} {
		var path, header string
		s := serve(t, sources.Tenancy{In: c.in}, c.suffix, func(w http.ResponseWriter, r *http.Request) {
			path, header = r.URL.Path, r.Header.Get("X-Scope-OrgID")
			_, _ = io.WriteString(w, none)
		})
		if _, _, err := s.vector(t.Context(), "prod-x", "up", time.Now()); err != nil {
			t.Fatal(err)
		}
		if path != c.path || header != c.header {
			t.Errorf("%+v: %s with %q", c, path, header)
		}
	}
}

// The library sends nothing twice by itself: our transport repeats reads, obeys Retry-After, and leaves refusals alone.
func TestRetries(t *testing.T) {
	var printed strings.Builder
	before := log.Writer()
	log.SetOutput(&printed)
	t.Cleanup(func() { log.SetOutput(before) })
	for _, c := range []struct {
		status int
		after  string
		calls  int32
		class  transport.Class
	}{
		{503, "3600", 1, transport.ClassGateway}, // too long to wait here: the caller plans it
		{503, "", 3, transport.ClassGateway},
		{403, "", 1, transport.ClassForbidden},
		{422, "", 1, transport.ClassRequest},
		{500, "", 1, transport.ClassServer},
	} {
		var calls atomic.Int32
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, `{"status":"error","errorType":"execution","error":"query \u001b[31mtoo heavy"}`)
		})
		_, _, err := s.vector(t.Context(), "", "up", time.Now())
		f := transport.FaultOf(err)
		if f == nil || f.Class != c.class || f.Status != c.status || calls.Load() != c.calls || f.Message != "query too heavy" {
			t.Errorf("%d %s: %d calls, %+v", c.status, c.after, calls.Load(), f)
		}
	}
	if printed.Len() > 0 {
		t.Errorf("printed: %s", printed.String())
	}
}

// A server from before queries by POST is asked by GET.
func TestOldServer(t *testing.T) {
	var methods []string
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		_, _ = io.WriteString(w, none)
	})
	if _, _, err := s.vector(t.Context(), "", "up", time.Now()); err != nil || strings.Join(methods, " ") != "POST GET" {
		t.Errorf("%v %v", methods, err)
	}
}

func TestOddAnswers(t *testing.T) {
	for text, class := range map[string]transport.Class{
		"<html>login</html>": transport.ClassMalformed,
		"":                   transport.ClassMalformed,
		`{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`:      transport.ClassMalformed,
		`{"status":"error","errorType":"timeout","error":"took too long"}`:          transport.ClassTimeout,
		`{"status":"error","errorType":"bad_data","error":"parse error"}`:           transport.ClassRequest,
		`{"status":"success","warnings":["one store is away"],"data":{"resultType"`: transport.ClassMalformed,
	} {
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
		_, _, err := s.vector(t.Context(), "", "up", time.Now())
		if f := transport.FaultOf(err); f == nil || f.Class != class {
			t.Errorf("%s: %v", text, err)
		}
	}
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","warnings":["one \u001b[1mstore is away"],"data":{"resultType":"vector","result":[]}}`)
	})
	if _, warnings, err := s.vector(t.Context(), "", "up", time.Now()); err != nil || len(warnings) != 1 || warnings[0] != "one store is away" {
		t.Errorf("warnings: %v %v", warnings, err)
	}
}

func TestUsage(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := lastHour(now)
	ns, old := "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q", "mi-habilit-dev-6293"
	stream := func(namespace string, points map[int]float64) *model.SampleStream {
		s := &model.SampleStream{Metric: model.Metric{"namespace": model.LabelValue(namespace)}}
		for i := range 20 {
			if v, ok := points[i]; ok {
				s.Values = append(s.Values, model.SamplePair{Timestamp: model.TimeFromUnixNano(r.Start.Add(time.Duration(i) * r.Step).UnixNano()), Value: model.SampleValue(v)})
			}
		}
		return s
	}
	got := usage(
		model.Matrix{stream(ns, map[int]float64{0: 0.5, 19: 1.5}), stream("kube-system", map[int]float64{19: 9}), stream("guichet-hprod-0000", map[int]float64{19: 9})},
		model.Matrix{stream(ns, map[int]float64{19: 1 << 30}), stream(old, map[int]float64{3: 5})}, r)
	if len(got) != 1 {
		t.Fatalf("namespaces: %v", got)
	}
	u := got[ns]
	if u.CPU != 1.5 || u.Memory != 1<<30 || u.CPUSeries[0] != 0.5 || !math.IsNaN(u.CPUSeries[1]) || len(u.CPUSeries) != 20 || len(u.MemSeries) != 20 || !u.At.Equal(now) {
		t.Errorf("%+v", u)
	}
	if r.Step < time.Minute || r.End.Sub(r.Start) > time.Hour {
		t.Errorf("range %+v", r)
	}
	if u = usage(nil, model.Matrix{stream(old, map[int]float64{19: 5})}, r)[old]; u.CPU != 0 || u.Memory != 5 {
		t.Errorf("an idle namespace: %+v", u)
	}
}

func TestQuotas(t *testing.T) {
	sample := func(namespace, resource, kind string, v float64) *model.Sample {
		return &model.Sample{Value: model.SampleValue(v), Metric: model.Metric{"namespace": model.LabelValue(namespace), "resourcequota": "dso-quota", "resource": model.LabelValue(resource), "type": model.LabelValue(kind)}}
	}
	ns := "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q"
	got := quotas(model.Vector{sample(ns, "limits.cpu", "hard", 8), sample(ns, "limits.cpu", "used", 2), sample(ns, "limits.memory", "hard", math.NaN()), sample("kube-system", "pods", "hard", 1)})
	if len(got) != 1 || len(got[ns]) != 1 || got[ns][0].Name != "dso-quota" {
		t.Fatalf("%+v", got)
	}
	if ratio, resource := got[ns][0].Fill(); ratio != 0.25 || resource != "limits.cpu" {
		t.Errorf("%v %s", ratio, resource)
	}
}

func TestAlerts(t *testing.T) {
	at := time.Date(2026, 8, 21, 14, 4, 0, 0, time.FixedZone("x", 7200))
	got := alerts([]v1.Alert{
		{State: "firing", ActiveAt: at, Labels: model.LabelSet{"alertname": "B", "severity": "critical", "refapp": "agendaprefs"}, Annotations: model.LabelSet{"summary": "down"}},
		{State: "pending", ActiveAt: at, Labels: model.LabelSet{"alertname": "A"}},
		{State: "inactive", Labels: model.LabelSet{"alertname": "C"}},
	}, "prod-50f6wmbx64p5v3h1vrfna52qf")
	if len(got) != 2 || got[0].Name != "A" || got[0].State != "pending" || got[1].ProjectSlug != "agendaprefs" || got[1].ProjectID != "54a76d00-b919-4776-aa9c-29a5455e5317" ||
		got[1].Summary != "down" || got[1].Since.Location() != time.UTC || !got[1].Since.Equal(at) {
		t.Errorf("%+v", got)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`[{"metric":{"namespace":"avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q"},"values":[[1800000000,"1"],[1800000060,"NaN"]]}]`)
	f.Add(`[null]`)
	f.Fuzz(func(t *testing.T, text string) {
		var m model.Matrix
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		for namespace, u := range usage(m, m, lastHour(time.Unix(1_800_000_000, 0))) {
			if !ours(namespace) || math.IsNaN(u.CPU) || math.IsInf(u.Memory, 0) {
				t.Fatalf("%q %+v", namespace, u)
			}
		}
	})
}

func TestNeverOutsideTheList(t *testing.T) {
	s := serve(t, sources.Tenancy{}, "", func(http.ResponseWriter, *http.Request) { t.Error("a request left") })
	for _, c := range []struct{ method, path string }{{"POST", "/api/v1/admin/tsdb/snapshot"}, {"DELETE", "/api/v1/rules/x"}, {"GET", "/api/v1/status/config"}, {"PUT", "/-/reload"}} {
		req, _ := http.NewRequest(c.method, s.URL()+c.path, nil)
		if _, err := s.strict.RoundTrip(req); transport.FaultOf(err).Class != transport.ClassRefused {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
}

// An answer of which a part may be missing does not make namespaces silent, for a while.
func TestPartialAnswersKeepWhatWasThere(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 7, 0, 0, time.UTC)
	use := map[string]platform.Usage{"a": {CPU: 2, At: now}}
	keepPartial(use, map[string]platform.Usage{"a": {CPU: 1, At: now.Add(-2 * time.Minute)}, "b": {CPU: 1, At: now.Add(-2 * time.Minute)}, "c": {CPU: 1, At: now.Add(-time.Hour)}}, now)
	if len(use) != 2 || use["a"].CPU != 2 || !use["b"].At.Equal(now.Add(-2*time.Minute)) {
		t.Errorf("%+v", use)
	}
}
