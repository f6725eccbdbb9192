package loki

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"

	"github.com/grafana/loki/v3/pkg/logcli/client"
	"github.com/grafana/loki/v3/pkg/loghttp"
)

const namespace = "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"

func serve(t *testing.T, tenancy sources.Tenancy, suffix string, h http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "loki", Tenancy: tenancy, Transport: transport.Options{URL: server.URL + suffix, Proxy: "none", Rate: 1000, Burst: 100, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

const linesText = `{"status":"success","data":{"resultType":"streams","result":[
 {"stream":{"namespace":"x","container":"api","detected_level":"ERROR"},"values":[["1787320000000000002","second \u001b[31merror\nnext"],["1787320000000000001","first"]]},
 {"stream":{"container":"web"},"values":[["1787320000000000003","{\"level\":4,\"short_message\":\"exception\"}",{"level":"warn"}],["1787320000000000000","level=fatal boom"]]}],"stats":{}}}`

func TestErrors(t *testing.T) {
	now := time.Unix(1_787_320_100, 0)
	for _, c := range []struct {
		in                   sources.TenantPlace
		suffix, path, header string
	}{
		{sources.TenantNone, "", "/loki/api/v1/query_range", ""},
		{sources.TenantHeader, "/x", "/x/loki/api/v1/query_range", "prod-x"},
		{sources.TenantPath, "", "/api/logs/v1/prod-x/loki/api/v1/query_range", ""},
		{sources.TenantPath, "/t/{tenant}", "/t/prod-x/loki/api/v1/query_range", ""},
	} {
		s := serve(t, sources.Tenancy{In: c.in}, c.suffix, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if r.URL.Path != c.path || r.Header.Get("X-Scope-OrgID") != c.header || q.Get("direction") != "BACKWARD" || q.Get("limit") != "20" ||
				!strings.HasPrefix(q.Get("query"), `{namespace="`+namespace+`"} |~ `) || q.Get("start") != "1787319200000000000" || q.Get("end") != "1787320100000000000" {
				t.Errorf("%+v: %s %v", c, r.URL, r.Header)
			}
			_, _ = io.WriteString(w, linesText)
		})
		got, err := s.errors(t.Context(), "prod-x", namespace, now)
		if err != nil || len(got) != 4 {
			t.Fatalf("%v %v", got, err)
		}
		for i, want := range []platform.LogLine{
			{Namespace: namespace, Container: "web", Level: "warn", Text: `{"level":4,"short_message":"exception"}`},
			{Namespace: namespace, Container: "api", Level: "error", Text: "second error next"},
			{Namespace: namespace, Container: "api", Level: "error", Text: "first"},
			{Namespace: namespace, Container: "web", Level: "error", Text: "level=fatal boom"},
		} {
			want.At = time.Unix(1_787_320_000, int64(3-i)).UTC()
			if got[i] != want {
				t.Errorf("line %d: %+v, want %+v", i, got[i], want)
			}
		}
	}
}

// The library prints nothing and repeats nothing: our transport repeats reads and obeys Retry-After; the status survives.
func TestFailures(t *testing.T) {
	var printed strings.Builder
	before := log.Writer()
	log.SetOutput(&printed)
	t.Cleanup(func() { log.SetOutput(before) })
	for _, c := range []struct {
		status int
		after  string
		body   string
		calls  int32
		class  transport.Class
	}{
		{503, "3600", "away", 1, transport.ClassGateway},
		{503, "", "away", 3, transport.ClassGateway},
		{401, "", "no org id", 1, transport.ClassUnauthorised},
		{403, "", "denied", 1, transport.ClassForbidden},
		{404, "", "page not found", 1, transport.ClassNotFound},
		{429, "", "too many outstanding requests", 1, transport.ClassRateLimited},
		{400, "", "parse error", 1, transport.ClassRequest},
		{500, "", "boom", 1, transport.ClassServer},
		{200, "", "<html>login</html>", 1, transport.ClassMalformed},
		{200, "", "", 1, transport.ClassMalformed},
		{200, "", `{"status":"success","data":{"resultType":"streams","result":[{"stream":5}]}}`, 1, transport.ClassMalformed},
	} {
		var calls atomic.Int32
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		_, err := s.errors(t.Context(), "", namespace, time.Now())
		f := transport.FaultOf(err)
		if f == nil || f.Class != c.class || c.status != 200 && (f.Status != c.status || f.Message != c.body) || calls.Load() != c.calls {
			t.Errorf("%d %q: %d calls, %v", c.status, c.body, calls.Load(), err)
		}
	}
	if printed.Len() > 0 {
		t.Errorf("printed: %s", printed.String())
	}
}

// The client's methods take no context: the question ends with ours all the same.
func TestContext(t *testing.T) {
	asked := make(chan struct{})
	s := serve(t, sources.Tenancy{}, "", func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := s.errors(ctx, "", namespace, time.Now()); !errors.Is(err, context.Canceled) && transport.FaultOf(err).Class != transport.ClassCanceled {
		t.Errorf("%v", err)
	}
}

func TestOnlyReads(t *testing.T) {
	s := serve(t, sources.Tenancy{}, "", func(http.ResponseWriter, *http.Request) { t.Error("a request left") })
	err := s.ask(t.Context(), "", func(c client.Client) error { return c.CancelDeleteRequest("x", true, true) })
	if transport.FaultOf(err) == nil || transport.FaultOf(err).Class != transport.ClassRefused {
		t.Errorf("a deletion: %v", err)
	}
	err = s.ask(t.Context(), "", func(c client.Client) error {
		return c.CreateDeleteRequest(client.DeleteRequestParams{Query: "{}"}, true)
	})
	if transport.FaultOf(err) == nil || transport.FaultOf(err).Class != transport.ClassRefused {
		t.Errorf("a request to delete: %v", err)
	}
}

func TestOurs(t *testing.T) {
	for scope, want := range map[string]bool{
		namespace: true, "mi-habilit-dev-6293": true, "54a76d00-b919-4776-aa9c-29a5455e5317": false, "": false,
		`x"} or {a="b`: false, `mi-"-dev-6293`: false, "kube-system": false,
	} {
		if got := ours(scope); got != want {
			t.Errorf("%q: %v", scope, got)
		}
	}
}

func TestLevel(t *testing.T) {
	for text, want := range map[string]string{
		`{"level":3,"short_message":"x"}`: "error", `{"level": 6}`: "info", `level=warn msg="error"`: "warn", "Traceback: exception": "error",
		`{"severity":"CRITICAL"}`: "error", `lvl=debug error`: "debug", `level=strange`: "error",
	} {
		if got := level(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add(linesText)
	f.Add(`{"data":{"resultType":"matrix","result":[]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var got loghttp.QueryResponse
		if !json.Valid([]byte(text)) || got.UnmarshalJSON([]byte(text)) != nil {
			return
		}
		lines := mapLines(namespace, &got)
		if len(lines) > errorLimit {
			t.Fatal("too many lines")
		}
		for i, l := range lines {
			if l.Text != platform.CleanLine(l.Text) || l.Container != platform.CleanLine(l.Container) || l.Level == "" || i > 0 && l.At.After(lines[i-1].At) {
				t.Fatalf("%+v", l)
			}
		}
	})
}
