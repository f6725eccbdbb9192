package loki_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"dsotop/demo/fakes/loki"
	"dsotop/demo/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 8, 21, 14, 20, 0, 0, time.UTC)

const integ = "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q"

func newWorld() *world.World {
	return world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
}

func serve(t *testing.T, w *world.World, o loki.Options) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(loki.Handler(w, o))
	t.Cleanup(func() { srv.Close(); http.DefaultClient.CloseIdleConnections() })
	return srv
}

func fetch(t *testing.T, method, u string, form url.Values, header http.Header) (int, string, http.Header) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		u += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, u, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

type streams struct {
	Status string
	Data   struct {
		ResultType string
		Result     []struct {
			Stream map[string]string
			Metric map[string]string
			Values [][]any
			Value  [2]any
		}
		Stats map[string]any
	}
}

func decode(t *testing.T, body string) (out streams) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	return out
}

func TestQueryRange(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{})
	form := url.Values{"query": {`{namespace="` + integ + `"}`}, "limit": {"50"}}
	for method, apart := range map[string]bool{http.MethodGet: false, http.MethodPost: true} {
		ask := http.Header{}
		if apart {
			ask.Set("X-Loki-Response-Encoding-Flags", "categorize-labels")
		}
		code, body, header := fetch(t, method, srv.URL+"/loki/api/v1/query_range", form, ask)
		got := decode(t, body)
		if code != 200 || got.Status != "success" || got.Data.ResultType != "streams" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
			t.Fatalf("%s: %d %.300s", method, code, body)
		}
		n := 0
		for _, s := range got.Data.Result {
			for _, name := range []string{"cluster", "container", "job", "namespace", "service_name", "stream", "tenant"} {
				if s.Stream[name] == "" {
					t.Errorf("no label %s in %v", name, s.Stream)
				}
			}
			if (s.Stream["detected_level"] == "") != apart || len(s.Stream) != map[bool]int{false: 8, true: 7}[apart] {
				t.Errorf("labels %v", s.Stream)
			}
			if s.Stream["pod"] != "" || s.Stream["tenant"] != "hprod-di5tfayrm9eqsgpnd5dcd1n4q" {
				t.Errorf("labels %v", s.Stream)
			}
			last := int64(1 << 62)
			for _, v := range s.Values {
				at, err := strconv.ParseInt(v[0].(string), 10, 64)
				if err != nil || at > last || at > now.UnixNano() || at < now.Add(-time.Hour).UnixNano() {
					t.Errorf("time %v after %d: %v", v[0], last, err)
				}
				last = at
				n++
				if apart && v[2].(map[string]any)["structuredMetadata"].(map[string]any)["detected_level"] == "" {
					t.Errorf("no level beside %v", v)
				}
			}
		}
		if n != 50 {
			t.Errorf("%d lines, want the limit", n)
		}
		if got.Data.Stats["summary"] == nil {
			t.Error("no stats")
		}
	}
}

func TestMetricQueries(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{})
	q := url.Values{"query": {`sum by (container) (rate({namespace="` + integ + `"}[5m]))`}}
	_, body, _ := fetch(t, http.MethodGet, srv.URL+"/loki/api/v1/query", q, nil)
	if got := decode(t, body); got.Data.ResultType != "vector" || len(got.Data.Result) < 2 || got.Data.Result[0].Metric["container"] == "" {
		t.Errorf("instant: %.300s", body)
	}
	q.Set("step", "60")
	_, body, _ = fetch(t, http.MethodGet, srv.URL+"/loki/api/v1/query_range", q, nil)
	if got := decode(t, body); got.Data.ResultType != "matrix" || len(got.Data.Result) < 2 || len(got.Data.Result[0].Values) != 61 {
		t.Errorf("range: %.300s", body)
	}
}

func TestRefusals(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{})
	base := srv.URL + "/loki/api/v1/"
	for _, c := range []struct {
		path string
		form url.Values
		code int
		want string
	}{
		{"query_range", url.Values{"query": {`{a=b}`}}, 400, "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING\n"},
		{"query_range", url.Values{"query": {`{a="b"}`}, "limit": {"10000"}}, 400, "max entries limit per query exceeded, limit > max_entries_limit_per_query (10000 > 5000)\n"},
		{"query_range", url.Values{"query": {`{a="b"}`}, "since": {"40d"}}, 400, "the query time range exceeds the limit (query length: 960h0m0s, limit: 30d1h)\n"},
		{"query_range", url.Values{"query": {`{a="b"}`}, "direction": {"up"}}, 400, "invalid direction 'up'\n"},
		{"query_range", url.Values{"query": {`rate({a="b"}[1m])`}, "step": {"0.1"}, "since": {"24h"}}, 400, "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter\n"},
		{"query", url.Values{"query": {`{a="b"}`}}, 400, "log queries are not supported as an instant query type, please change your query to a range query type\n"},
		{"tail", url.Values{"query": {`{a=`}}, 400, "parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING\n"},
		{"tail", url.Values{"query": {`{a="b"}`}, "delay_for": {"9"}}, 400, "delay_for can't be greater than 5\n"},
	} {
		code, body, header := fetch(t, http.MethodGet, base+c.path, c.form, nil)
		if code != c.code || body != c.want || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s %v: %d %q %s", c.path, c.form, code, body, header.Get("Content-Type"))
		}
	}
}

func TestTenants(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{RequireTenant: true, Token: "secret"})
	bearer := http.Header{"Authorization": {"Bearer secret"}}
	values := func(mount string, h http.Header) (int, string) {
		code, body, _ := fetch(t, http.MethodGet, srv.URL+mount+"/loki/api/v1/label/tenant/values", nil, h)
		return code, body
	}
	if code, body := values("", nil); code != 401 {
		t.Errorf("without token: %d %s", code, body)
	}
	if code, body := values("", bearer); code != 401 || body != "no org id\n" {
		t.Errorf("without tenant: %d %q", code, body)
	}
	const mine, prod = "hprod-di5tfayrm9eqsgpnd5dcd1n4q", "prod-di5tfayrm9eqsgpnd5dcd1n4q"
	if code, body := values("/api/logs/v1/"+mine, bearer); code != 200 || body != `{"data":["`+mine+`"],"status":"success"}`+"\n" {
		t.Errorf("by path: %d %s", code, body)
	}
	h := bearer.Clone()
	h["X-Scope-Orgid"] = []string{mine + "|" + prod}
	if code, body := values("", h); code != 200 || body != `{"data":["`+mine+`","`+prod+`"],"status":"success"}`+"\n" {
		t.Errorf("by header: %d %s", code, body)
	}
	h["X-Scope-Orgid"] = []string{"nobody"}
	if code, body := values("", h); code != 200 || body != `{"status":"success"}`+"\n" {
		t.Errorf("unknown tenant: %d %s", code, body)
	}
	if code, body, _ := fetch(t, http.MethodGet, srv.URL+"/ready", nil, nil); code != 200 || body != "ready\n" {
		t.Errorf("ready: %d %q", code, body)
	}
}

func TestMetaCalls(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{})
	base, sel := srv.URL+"/loki/api/v1/", `{namespace="`+integ+`"}`
	for path, want := range map[string]string{
		"labels":                      `"service_name"`,
		"series":                      `"namespace":"` + integ,
		"index/stats":                 `"entries":`,
		"index/volume":                `"metric":{"namespace":"` + integ,
		"index/volume_range":          `"resultType":"matrix"`,
		"patterns":                    `"pattern":"`,
		"detected_fields":             `"fields":[`,
		"detected_field/level/values": `"values":[`,
		"detected_labels":             `{"label":"cluster","cardinality":1}`,
		"status/buildinfo":            `"version":"3.5.3"`,
		"label/container/values":      `"api"`,
		"format_query":                `"status":"success"`,
	} {
		code, body, _ := fetch(t, http.MethodGet, base+path, url.Values{"query": {sel}, "match[]": {sel}}, nil)
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.300s", path, code, body)
		}
	}
}

func TestWritesAreCountedAndRefused(t *testing.T) {
	var writes atomic.Int64
	srv := serve(t, newWorld(), loki.Options{Writes: &writes})
	if code, _, _ := fetch(t, http.MethodPost, srv.URL+"/loki/api/v1/push", url.Values{}, nil); code != 403 || writes.Load() != 1 {
		t.Errorf("push: %d, %d counted", code, writes.Load())
	}
	fetch(t, http.MethodPost, srv.URL+"/loki/api/v1/query_range", url.Values{"query": {`{a="b"}`}}, nil)
	fetch(t, http.MethodGet, srv.URL+"/loki/api/v1/labels", nil, nil)
	if writes.Load() != 1 {
		t.Errorf("a read was counted: %d", writes.Load())
	}
}

func TestTailSeesWhatComes(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, loki.Options{TailEvery: time.Millisecond, TailDrop: 2})
	u := "ws" + strings.TrimPrefix(srv.URL, "http") + "/loki/api/v1/tail?" + url.Values{"query": {`{namespace="` + integ + `"}`}, "start": {strconv.FormatInt(now.UnixNano(), 10)}, "limit": {"5"}}.Encode()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	conn, res, err := websocket.Dial(ctx, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 24)
	var body []byte
	for i := range 2 { // the history, cut to the limit; then, after a message that was dropped, what came and what is missing
		w.Step(now.Add(time.Duration(i+1) * 10 * time.Minute))
		if _, body, err = conn.Read(ctx); err != nil {
			t.Fatal(err)
		}
		if i == 0 && strings.Count(string(body), `["17`) != 5 {
			t.Errorf("the history is not cut to the limit: %.300s", body)
		}
	}
	var msg struct {
		Streams []struct {
			Stream map[string]string
			Values [][2]string
		}
		Dropped []struct {
			Timestamp string
			Labels    map[string]string
		} `json:"dropped_entries"`
	}
	if err := json.Unmarshal(body, &msg); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range msg.Streams {
		n += len(s.Values)
		if s.Stream["namespace"] != integ {
			t.Errorf("stream %v", s.Stream)
		}
	}
	if n == 0 || n > 100 || len(msg.Dropped) == 0 || msg.Dropped[0].Timestamp == "" {
		t.Errorf("%d lines, %d dropped", n, len(msg.Dropped))
	}
	_ = conn.Close(websocket.StatusNormalClosure, "")
}

func TestTailEndsWithTheServersContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	srv := httptest.NewUnstartedServer(loki.Handler(newWorld(), loki.Options{TailEvery: time.Millisecond}))
	srv.Config.BaseContext = baseContext(ctx)
	srv.Start()
	defer srv.Close()
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/loki/api/v1/tail?query="+url.QueryEscape(`{stream="none"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	stop()
	if _, _, err := conn.Read(t.Context()); err == nil {
		t.Error("the tail outlives its server")
	}
}

func baseContext(ctx context.Context) func(net.Listener) context.Context {
	return func(net.Listener) context.Context { return ctx }
}

func TestTailsAreLimited(t *testing.T) {
	srv := serve(t, newWorld(), loki.Options{})
	u := "ws" + strings.TrimPrefix(srv.URL, "http") + "/loki/api/v1/tail?" + url.Values{"query": {`{stream="none"}`}}.Encode()
	open := func() *websocket.Conn {
		conn, res, err := websocket.Dial(t.Context(), u, &websocket.DialOptions{HTTPHeader: http.Header{"X-Scope-Orgid": {"a"}}})
		if err != nil {
			t.Fatal(err)
		}
		if res.Body != nil {
			_ = res.Body.Close()
		}
		return conn
	}
	for range 10 {
		conn := open()
		defer conn.CloseNow()
		if err := conn.Ping(conn.CloseRead(t.Context())); err != nil { // it is in
			t.Fatal(err)
		}
	}
	one := open()
	defer one.CloseNow()
	_, _, err := one.Read(t.Context())
	if code := websocket.CloseStatus(err); code != websocket.StatusInternalError || !strings.Contains(err.Error(), "max concurrent tail requests limit exceeded, count > limit (11 > 10)") {
		t.Errorf("the eleventh tail: %v", err)
	}
	if code, body, _ := fetch(t, http.MethodGet, srv.URL+"/loki/api/v1/tail", url.Values{"query": {`{a="b"}`}}, nil); code != 400 || body != "Bad Request\n" {
		t.Errorf("no websocket: %d %q", code, body)
	}
}
