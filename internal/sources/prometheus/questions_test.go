package prometheus

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fake "dsotop/demo/fakes/prometheus"
	"dsotop/demo/world"
	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// asking is a source in front of a handler, and the tenant of guichet's production.
func asking(t *testing.T, h http.Handler) (s *Source, tenant string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "prometheus", Tenancy: sources.Tenancy{In: sources.TenantPath}, Transport: transport.Options{URL: server.URL, Proxy: "none", Rate: 1000, Retries: -1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.client.Close(); s.questions.Close() })
	tenant, _ = platform.Tenants(guichet)
	return s, tenant
}

func TestQuestions(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 20, 7, 0, time.UTC)
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	s, tenant := asking(t, fake.Handler(w, fake.Options{RequireTenant: true}))
	ns := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", guichet)
	r := desk.MetricRange{From: now.Add(-time.Hour), To: now, Step: time.Minute}
	got, err := s.Range(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: `sum by (pod) (rate(container_cpu_usage_seconds_total{namespace="` + ns + `"}[5m]))`}, r)
	if err != nil || len(got.Series) < 2 {
		t.Fatalf("%d series, %v", len(got.Series), err)
	}
	for _, one := range got.Series {
		if one.Label("pod") == "" || len(one.Samples) == 0 || one.Samples[0].At.Before(r.From) {
			t.Errorf("got %+v", one)
		}
	}
	if got, err = s.Instant(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: "1 + 1"}, now); err != nil || len(got.Series) != 1 || got.Series[0].Samples[0].Value != 2 {
		t.Errorf("a scalar is %+v, %v", got, err)
	}
	if got, err = s.Instant(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: "rate(kube_pod_info[5m])"}, now); err != nil || len(got.Infos) == 0 {
		t.Errorf("a rate of what is no counter is told by %+v, %v", got, err)
	}
	labels, err := s.Labels(t.Context(), tenant, `kube_resourcequota{namespace="`+ns+`"}`, r)
	if err != nil || strings.Join(labels, " ") != "__name__ cluster namespace resource resourcequota type" {
		t.Errorf("labels are %v, %v", labels, err)
	}
	values, err := s.Values(t.Context(), tenant, "type", "kube_resourcequota", r)
	if err != nil || strings.Join(values, " ") != "hard used" {
		t.Errorf("values are %v, %v", values, err)
	}
	meta, err := s.Metadata(t.Context(), tenant)
	if err != nil || meta["container_cpu_usage_seconds_total"].Type != "counter" {
		t.Errorf("metadata is %v, %v", len(meta), err)
	}
}

func TestRefusals(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	s, tenant := asking(t, fake.Handler(w, fake.Options{RequireTenant: true}))
	for _, c := range []struct {
		expr         string
		line, column int
		holds        string
	}{
		{"sum(rate(x[5m])", 1, 5, "unclosed left parenthesis"}, // the place that the parser gives
		{"up{", 1, 4, "unexpected end of input"},
		{"up\n or )", 2, 5, "unexpected"},
		{`"text"`, 0, 0, "a text, not numbers"},
	} {
		_, err := s.Instant(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: c.expr}, time.Now())
		refused, ok := errors.AsType[*desk.PromQLError](err)
		if !ok || !strings.Contains(refused.Message, c.holds) || refused.TooMuch {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		if refused.Line != c.line || (c.column != 0) != (refused.Column != 0) || strings.Contains(refused.Message, "parse error") {
			t.Errorf("%s: %d:%d %q", c.expr, refused.Line, refused.Column, refused.Message)
		}
	}
}

func TestWhatIsNoRefusal(t *testing.T) {
	for code, want := range map[int]transport.Class{401: transport.ClassUnauthorised, 403: transport.ClassForbidden, 404: transport.ClassNotFound, 429: transport.ClassRateLimited, 500: transport.ClassServer} {
		s, tenant := asking(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }))
		_, err := s.Range(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: "up"}, desk.MetricRange{From: time.Unix(0, 0), To: time.Unix(60, 0), Step: time.Second})
		if f := transport.FaultOf(err); f == nil || f.Class != want {
			t.Errorf("%d is %v", code, err)
		}
	}
}

func TestRefusalsOfServers(t *testing.T) {
	for _, c := range []struct {
		message      string
		line, column int
		tooMuch      bool
	}{
		{`invalid parameter "query": 1:5: parse error: unexpected "x"`, 1, 5, false},
		{`1:5: parse error: unexpected "x"`, 1, 5, false},
		{"query processing would load too many samples into memory in query execution", 0, 0, true},
		{"the query exceeded the maximum number of series (limit: 100000 series) (err-mimir-max-series-per-query)", 0, 0, true},
		{"found duplicate series for the match group {} on the right hand-side", 0, 0, false},
	} {
		s := &Source{}
		err := s.judge(&transport.Fault{Class: transport.ClassRequest, Status: 422, Message: c.message})
		got, ok := errors.AsType[*desk.PromQLError](err)
		if !ok || got.Line != c.line || got.Column != c.column || got.TooMuch != c.tooMuch {
			t.Errorf("%q is %+v", c.message, got)
		}
	}
}

// A question ends with whoever asked it.
func TestAQuestionEndsWithItsContext(t *testing.T) {
	held := make(chan struct{})
	s, tenant := asking(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices that its client is gone once it has read all
		close(held)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Instant(ctx, desk.MetricAsk{Tenant: tenant, Expr: "up"}, time.Unix(1, 0))
		done <- err
	}()
	<-held
	cancel()
	if err := <-done; err == nil {
		t.Error("a cancelled question has an answer")
	}
}

// FuzzHostileAnswer: nothing of what servers write crosses the border as a terminal would obey it.
func FuzzHostileAnswer(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, noun := range []any{word(text), refusal(text, false), refusal("1:2: parse error: "+text, false), names([]string{text, "x" + text})} {
			for _, where := range hostile.Dirty(noun) {
				t.Error(where)
			}
		}
	})
}

// Native histograms have no number of their own: a client that takes their value reads 0, which no server said. Mimir's warnings and Prometheus' infos
// are told apart; a stale series has no sample, a division by zero has NaN.
func TestNativeHistograms(t *testing.T) {
	vector := `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"__name__":"http_request_duration_seconds","pod":"a"},"histogram":[1790000000,{"count":"60","sum":"12.5","buckets":[[0,"0.5","1","60"]]}]},
		{"metric":{"pod":"b"},"value":[1790000000,"NaN"]},{"metric":{"pod":"c"},"value":[1790000000,"+Inf"]}]},
		"warnings":["PromQL warning: bucket label \"le\" is missing"],"infos":["PromQL info: metric might not be a counter"]}`
	matrix := `{"status":"success","data":{"resultType":"matrix","result":[
		{"metric":{"pod":"a"},"histograms":[[1790000000,{"count":"60","sum":"12.5"}]]},
		{"metric":{"pod":"b"},"values":[[1790000000,"2"],[1790000060,"NaN"]],"histograms":[[1790000120,{"count":"1","sum":"1"}]]}]}}`
	s, tenant := asking(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "query_range") {
			_, _ = io.WriteString(w, matrix)
			return
		}
		_, _ = io.WriteString(w, vector)
	}))
	at := time.Unix(1_790_000_000, 0)
	got, err := s.Instant(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: "x"}, at)
	if err != nil || got.Histograms != 1 || len(got.Series) != 2 || got.Series[0].Label("pod") != "b" || len(got.Series[0].Samples) != 1 || len(got.Series[1].Samples) != 0 || len(got.Warnings) != 1 || len(got.Infos) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = s.Range(t.Context(), desk.MetricAsk{Tenant: tenant, Expr: "x"}, desk.MetricRange{From: at, To: at.Add(time.Hour), Step: time.Minute})
	if err != nil || got.Histograms != 2 || len(got.Series) != 1 || len(got.Series[0].Samples) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}
