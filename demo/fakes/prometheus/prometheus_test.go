package prometheus_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dsotop/demo/fakes/alertmanager"
	"dsotop/demo/fakes/prometheus"
	"dsotop/demo/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 8, 21, 14, 20, 7, 0, time.UTC)

const (
	cartoProd = "1jvqv25umehmp4i2yxlc47lzw--270pbk39qcmktis1qz8dbrrhl"
	agenda    = "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"
	guichet   = "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q"
)

func newWorld() *world.World {
	return world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
}

// ask calls the handler without a network: the face needs none.
func ask(t *testing.T, h http.Handler, method, path string, form url.Values, header ...string) (int, string) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		path += "?" + form.Encode()
	}
	req := httptest.NewRequestWithContext(t.Context(), method, path, body)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

type result struct {
	Status string
	Data   struct {
		ResultType string
		Result     []struct {
			Metric map[string]string
			Value  [2]any
			Values [][2]any
		}
	}
	Warnings, Infos []string
}

func query(t *testing.T, h http.Handler, q string) result {
	t.Helper()
	code, body := ask(t, h, http.MethodGet, "/api/v1/query", url.Values{"query": {q}})
	if code != 200 {
		t.Fatalf("%s: %d %s", q, code, body)
	}
	var r result
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func number(t *testing.T, v any) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(v.(string), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPresets(t *testing.T) {
	h := prometheus.Handler(newWorld(), prometheus.Options{})
	for _, c := range []struct {
		query    string
		min, max float64 // of every value
		labels   string  // that a result has
	}{
		{`sum(rate(container_cpu_usage_seconds_total{namespace="` + cartoProd + `",container!=""}[5m])) / max(kube_resourcequota{namespace="` + cartoProd + `",resource="limits.cpu",type="hard"})`, 0.05, 1.2, ""},
		{`max(kube_resourcequota{namespace="` + cartoProd + `",resource="limits.cpu",type="used"}) / max(kube_resourcequota{namespace="` + cartoProd + `",resource="limits.cpu",type="hard"})`, 0.9, 1, ""},
		{`sum by (pod,container)(increase(kube_pod_container_status_restarts_total{namespace="` + cartoProd + `"}[1h])) > 0`, 0.5, 60, "pod"},
		{`kube_pod_container_status_waiting_reason{namespace="` + agenda + `"}`, 1, 1, "reason"},
		{`increase(container_oom_events_total{namespace="` + cartoProd + `"}[1h]) > 0`, 0.5, 60, "pod"},
		{`kubelet_volume_stats_used_bytes{namespace="` + cartoProd + `"} / kubelet_volume_stats_capacity_bytes`, 0.8, 0.95, "persistentvolumeclaim"},
		{`sum by (policy,severity)(policy_report_result{exported_namespace="` + guichet + `",status="fail"})`, 1, 10, "policy"},
		{`sum by (image_repository,image_tag,severity)(trivy_image_vulnerabilities{severity=~"Critical|High"})`, 0, 100, "image_repository"},
		{`count by (container,image,image_id)(kube_pod_container_info{namespace="` + guichet + `"})`, 1, 10, "image_id"},
		{`node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate{namespace="` + guichet + `"}`, 0, 8, "pod"},
		{`sum by (pod) (container_memory_working_set_bytes{namespace="` + guichet + `",container!=""})`, 1e6, 64e9, "pod"},
		{`argocd_app_info{sync_status="OutOfSync"}`, 1, 1, "name"},
		{`ALERTS{alertstate="firing"}`, 1, 1, "alertname"},
		{`count(up == 1)`, 1, 100, ""},
		{`avg_over_time(container_memory_working_set_bytes{namespace="` + guichet + `",container="api"}[1h])`, 1e6, 64e9, "pod"},
	} {
		r := query(t, h, c.query)
		if len(r.Data.Result) == 0 {
			t.Errorf("%s: nothing", c.query)
		}
		for _, s := range r.Data.Result {
			if v := number(t, s.Value[1]); v < c.min || v > c.max {
				t.Errorf("%s: %v = %v, want between %v and %v", c.query, s.Metric, v, c.min, c.max)
			}
			if c.labels != "" && s.Metric[c.labels] == "" {
				t.Errorf("%s: no %s in %v", c.query, c.labels, s.Metric)
			}
		}
	}
}

func TestRangeAgreesWithInstant(t *testing.T) {
	h := prometheus.Handler(newWorld(), prometheus.Options{})
	for _, q := range []string{
		`sum(rate(container_cpu_usage_seconds_total{namespace="` + cartoProd + `"}[5m]))`,
		`sum(container_memory_working_set_bytes{namespace="` + cartoProd + `"})`,
		`max_over_time(sum(container_memory_working_set_bytes{namespace="` + cartoProd + `"})[10m:1m])`,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			form := url.Values{"query": {q}, "start": {now.Add(-time.Hour).Format(time.RFC3339)}, "end": {strconv.FormatInt(now.Unix(), 10)}, "step": {"1m"}}
			code, body := ask(t, h, method, "/api/v1/query_range", form)
			var r result
			if err := json.Unmarshal([]byte(body), &r); err != nil || code != 200 || r.Data.ResultType != "matrix" || len(r.Data.Result) != 1 || len(r.Data.Result[0].Values) != 61 {
				t.Fatalf("%s: %d %.300s %v", q, code, body, err)
			}
			last, single := number(t, r.Data.Result[0].Values[60][1]), number(t, query(t, h, q).Data.Result[0].Value[1])
			if d := last/single - 1; d > 0.02 || d < -0.02 {
				t.Errorf("%s: the range ends at %v, the instant is %v", q, last, single)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	h := prometheus.Handler(newWorld(), prometheus.Options{})
	for _, c := range []struct {
		path string
		form url.Values
		code int
		want string
	}{
		{"query", url.Values{"query": {"sum("}}, 400, `{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis"}`},
		{"query", url.Values{"query": {"1"}, "time": {"x"}}, 400, `{"status":"error","errorType":"bad_data","error":"invalid parameter \"time\": invalid time value for 'time': cannot parse \"x\" to a valid timestamp"}`},
		{"query_range", url.Values{"query": {"1"}, "start": {"0"}, "end": {"100000"}, "step": {"1"}}, 400, `{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"}`},
		{"query_range", url.Values{"query": {"1"}, "start": {"0"}, "end": {"10"}, "step": {"0"}}, 400, `{"status":"error","errorType":"bad_data","error":"invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer"}`},
		{"query", url.Values{"query": {`kube_pod_info * on(namespace) kube_pod_info`}}, 422, `"errorType":"execution"`},
		{"query", url.Values{"query": {`rate(container_cpu_usage_seconds_total[5m])`}, "timeout": {"-1"}}, 503, `"errorType":"timeout"`},
		{"series", nil, 400, `{"status":"error","errorType":"bad_data","error":"no match[] parameter provided"}`},
	} {
		code, body := ask(t, h, http.MethodGet, "/api/v1/"+c.path, c.form)
		if code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s %v: %d %.300s", c.path, c.form, code, body)
		}
	}
}

func TestShapes(t *testing.T) {
	h := prometheus.Handler(newWorld(), prometheus.Options{})
	for _, c := range []struct {
		method, path string
		form         url.Values
		want         string
	}{
		{"GET", "/api/v1/query", url.Values{"query": {"1+1"}, "time": {"1700000000.5"}}, `{"status":"success","data":{"resultType":"scalar","result":[1700000000.5,"2"]}}`},
		{"GET", "/api/v1/query", url.Values{"query": {"nothing_at_all"}}, `{"status":"success","data":{"resultType":"vector","result":[]}}`},
		{"POST", "/api/v1/query", url.Values{"query": {"count(rate(kube_pod_info[5m]))"}}, `"infos":["PromQL info: metric might not be a counter`},
		{"POST", "/api/v1/query", url.Values{"query": {"kube_pod_info"}, "limit": {"1"}}, `"warnings":["results truncated due to limit"]`},
		{"POST", "/api/v1/series", url.Values{"match[]": {"kube_resourcequota{namespace=\"" + guichet + "\"}"}}, `{"__name__":"kube_resourcequota"`},
		{"GET", "/api/v1/labels", url.Values{"match[]": {"argocd_app_info"}}, `"sync_status"`},
		{"GET", "/api/v1/label/__name__/values", nil, `"container_cpu_usage_seconds_total"`},
		{"GET", "/api/v1/label/namespace/values", url.Values{"match[]": {"kube_pod_info"}}, guichet},
		{"GET", "/api/v1/metadata", url.Values{"metric": {"container_cpu_usage_seconds_total"}}, `{"container_cpu_usage_seconds_total":[{"type":"counter","help":"Cumulative cpu time consumed in seconds.","unit":""}]}`},
		{"GET", "/api/v1/rules", url.Values{"type": {"alert"}}, `"name":"AgendaWebDown","query":"`},
		{"GET", "/api/v1/rules", url.Values{"type": {"record"}}, `"type":"recording"`},
		{"GET", "/api/v1/alerts", nil, `"alertname":"AgendaWebDown"`},
		{"GET", "/api/v1/targets", nil, `"health":"up"`},
		{"GET", "/api/v1/status/buildinfo", nil, `"version":"3.5.0"`},
		{"GET", "/prometheus/api/v1/status/buildinfo", nil, `"application":"Grafana Mimir"`},
		{"GET", "/api/v1/status/config", nil, `"yaml":"global:`},
		{"GET", "/api/v1/query_exemplars", url.Values{"query": {"up"}}, `{"status":"success","data":[]}`},
		{"GET", "/api/v1/format_query", url.Values{"query": {"sum(up)by(job)"}}, `{"status":"success","data":"sum by (job) (up)"}`},
		{"GET", "/-/ready", nil, "Prometheus Server is Ready.\n"},
	} {
		code, body := ask(t, h, c.method, c.path, c.form)
		if code != 200 || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %v: %d %.400s", c.method, c.path, c.form, code, body)
		}
	}
}

func TestMountsAndTenants(t *testing.T) {
	w := newWorld()
	h := prometheus.Handler(w, prometheus.Options{Token: "secret", RequireTenant: true, Alertmanager: alertmanager.Handler(w, alertmanager.Options{})})
	q := url.Values{"query": {"count by (namespace) (kube_pod_info)"}}
	bearer := []string{"Authorization", "Bearer secret"}
	if code, _ := ask(t, h, "GET", "/prometheus/api/v1/query", q); code != 401 {
		t.Errorf("without token: %d", code)
	}
	if code, body := ask(t, h, "GET", "/prometheus/api/v1/query", q, bearer...); code != 401 || body != "no org id\n" {
		t.Errorf("without tenant: %d %q", code, body)
	}
	const prod = "prod-50f6wmbx64p5v3h1vrfna52qf"
	for _, c := range []struct{ path, tenant string }{{"/api/metrics/v1/" + prod + "/prometheus/api/v1/query", ""}, {"/prometheus/api/v1/query", prod}, {"/api/v1/query", prod + "|prod-nobody"}} {
		code, body := ask(t, h, "GET", c.path, q, append(bearer, "X-Scope-OrgID", c.tenant)...)
		var r result
		if err := json.Unmarshal([]byte(body), &r); err != nil || code != 200 || len(r.Data.Result) != 1 || r.Data.Result[0].Metric["namespace"] != agenda {
			t.Errorf("%v: %d %.300s", c, code, body)
		}
	}
	code, body := ask(t, h, "GET", "/api/metrics/v1/"+prod+"/alertmanager/api/v2/alerts", nil, bearer...)
	if code != 200 || strings.Count(body, "fingerprint") != 1 || !strings.Contains(body, "AgendaWebDown") {
		t.Errorf("alertmanager: %d %s", code, body)
	}
}

func TestWritesAreCountedAndRefused(t *testing.T) {
	var writes atomic.Int64
	h := prometheus.Handler(newWorld(), prometheus.Options{Writes: &writes})
	for _, path := range []string{"/api/v1/write", "/api/v1/admin/tsdb/delete_series", "/prometheus/config/v1/rules/x", "/api/metrics/v1/t/api/v1/receive"} {
		if code, _ := ask(t, h, "POST", path, url.Values{}); code != 403 {
			t.Errorf("%s: %d", path, code)
		}
	}
	for _, path := range []string{"/api/v1/query", "/prometheus/api/v1/series", "/api/v1/labels"} {
		ask(t, h, "POST", path, url.Values{"query": {"1"}, "match[]": {"up"}})
	}
	if writes.Load() != 4 {
		t.Errorf("%d writes counted", writes.Load())
	}
}
