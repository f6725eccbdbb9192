package transport

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/secret"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary-7f3a9c55"

// network is a fake network: each call takes the next answer.
type network struct {
	mu      sync.Mutex
	answers []answering
	got     []*http.Request
	at      []time.Time
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	i := min(len(n.got), len(n.answers)-1)
	n.got = append(n.got, r)
	n.at = append(n.at, time.Now())
	answer := n.answers[i]
	n.mu.Unlock()
	return answer(r)
}

type answering func(*http.Request) (*http.Response, error)

func answer(status int, body string, header ...string) answering {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ContentLength: int64(len(body))}, nil
	}
}

func failing(err error) answering {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func hanging(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func fakeClient(t *testing.T, n *network, change ...func(*Options)) *Client {
	t.Helper()
	t.Setenv("TRANSPORT_TOKEN", canary)
	o := Options{Name: "tool", URL: "https://tool.example/base", Dial: n, Rate: 1000, Burst: 1000, Allow: []Rule{{Method: "GET", Path: "/**"}, {Method: "POST", Path: "/query"}},
		Auth: Auth{Scheme: AuthHeader, Header: "x-token", Secret: secret.Ref{Scheme: "env", Target: "TRANSPORT_TOKEN"}}}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

func TestRetries(t *testing.T) {
	ok := answer(200, `{}`)
	for _, c := range []struct {
		name    string
		answers []answering
		calls   int
		class   Class // "" means success
		retry   time.Duration
		waits   time.Duration // at least, before the last call
	}{
		{"first time", list(ok), 1, "", 0, 0},
		{"refused once", list(failing(errRefused), ok), 2, "", 0, 0},
		{"always refused", list(failing(errRefused)), 3, ClassUnreachable, 0, 0},
		{"hangs", list(hanging), 3, ClassTimeout, 0, 10 * time.Second},
		{"gateway once", list(answer(502, "<html>"), ok), 2, "", 0, 0},
		{"away for long", list(answer(503, "", "Retry-After", "120")), 1, ClassGateway, 2 * time.Minute, 0},
		{"away shortly", list(answer(503, "", "Retry-After", "3"), ok), 2, "", 0, 3 * time.Second},
		{"slow down shortly", list(answer(429, "", "Retry-After", "2"), ok), 2, "", 0, 2 * time.Second},
		{"slow down for long", list(answer(429, "", "Retry-After", "30")), 1, ClassRateLimited, 30 * time.Second, 0},
		{"slow down until", list(answer(429, "", "Date", "Sat, 21 Nov 2026 10:00:00 GMT", "Retry-After", "Sat, 21 Nov 2026 10:01:00 GMT")), 1, ClassRateLimited, time.Minute, 0},
		{"slow down, no word when", list(answer(429, "")), 1, ClassRateLimited, 0, 0},
		{"server error", list(answer(500, `{}`)), 1, ClassServer, 0, 0},
		{"unauthorised", list(answer(401, "")), 1, ClassUnauthorised, 0, 0},
		{"forbidden", list(answer(403, "")), 1, ClassForbidden, 0, 0},
		{"absent", list(answer(404, "")), 1, ClassNotFound, 0, 0},
		{"bad request", list(answer(422, "")), 1, ClassRequest, 0, 0},
		{"login page", list(answer(302, "", "Location", "/login")), 1, ClassUnauthorised, 0, 0},
		{"html", list(answer(200, "<!doctype html>", "Content-Type", "text/html")), 1, ClassMalformed, 0, 0},
		{"empty", list(answer(200, "")), 1, ClassMalformed, 0, 0},
		{"cut JSON", list(answer(200, `{"a":`)), 1, ClassMalformed, 0, 0},
		{"wrong shape", list(answer(200, `{"a":"text"}`)), 1, ClassMalformed, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &network{answers: c.answers}
			client := fakeClient(t, n)
			synctest.Test(t, func(t *testing.T) {
				var out struct{ A int }
				_, err := client.GetJSON(t.Context(), "/x", nil, &out)
				f := FaultOf(err)
				if (c.class == "") != (f == nil) || f != nil && f.Class != c.class {
					t.Fatalf("got %v, want class %q", err, c.class)
				}
				if f != nil && f.RetryAfter != c.retry {
					t.Errorf("RetryAfter = %v, want %v", f.RetryAfter, c.retry)
				}
				if len(n.got) != c.calls {
					t.Errorf("%d calls, want %d", len(n.got), c.calls)
				}
				if waited := n.at[len(n.at)-1].Sub(n.at[0]); waited < c.waits {
					t.Errorf("waited %v, want at least %v", waited, c.waits)
				}
			})
		})
	}
}

func list(a ...answering) []answering {
	return a
}

func TestSilenceIsKeptByEveryPart(t *testing.T) {
	n := &network{answers: list(answer(429, "", "Retry-After", "30"), answer(200, "{}"))}
	client := fakeClient(t, n)
	synctest.Test(t, func(t *testing.T) {
		_, _ = client.Get(t.Context(), "/a", nil)
		_, err := client.Get(t.Context(), "/b", nil)
		if f := FaultOf(err); f == nil || f.Class != ClassRateLimited || f.RetryAfter != 30*time.Second || len(n.got) != 1 {
			t.Fatalf("a second request was answered %v after %d calls", err, len(n.got))
		}
		<-time.After(30 * time.Second) // of the bubble, not of the test
		if _, err := client.Get(t.Context(), "/b", nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNoRetryOnceTheContextEnds(t *testing.T) {
	for _, backoff := range []time.Duration{time.Hour, time.Millisecond} {
		n := &network{}
		client := fakeClient(t, n, func(o *Options) { o.Backoff = backoff })
		ctx, cancel := context.WithCancel(t.Context())
		n.answers = list(func(*http.Request) (*http.Response, error) { cancel(); return nil, errRefused })
		_, err := client.Get(ctx, "/a", nil)
		if f := FaultOf(err); f.Class != ClassCanceled || len(n.got) != 1 {
			t.Fatalf("%v after %d calls", err, len(n.got))
		}
	}
}

func TestAllowList(t *testing.T) {
	rules := []Rule{{Method: "GET", Path: "/api/v1/projects/*/members"}, {Method: "GET", Path: "/files/**"}, {Method: "POST", Path: "/api/graphql"},
		{Method: "GET", Path: "/api/v1/applications/*", Query: func(q map[string][]string) bool { _, refresh := q["refresh"]; return !refresh }}}
	base := &url.URL{Scheme: "https", Host: "tool.example", Path: "/base"}
	for _, c := range []struct {
		method, url string
		want        bool
	}{
		{"GET", "https://tool.example/base/api/v1/projects/1/members", true},
		{"", "https://tool.example/base/api/v1/projects/1/members", true},
		{"GET", "https://tool.example:443/base/api/v1/projects/1/members?a=b", true},
		{"GET", "https://tool.example/base/api/v1/projects/root%2Fslug/members", true},
		{"GET", "https://tool.example/base/api/v1/projects//members", false},
		{"GET", "https://tool.example/base/api/v1/projects/1/members/2", false},
		{"GET", "https://tool.example/base/api/v1/projects/1", false},
		{"PUT", "https://tool.example/base/api/v1/projects/1/members", false},
		{"get", "https://tool.example/base/api/v1/projects/1/members", false},
		{"GET", "http://tool.example/base/api/v1/projects/1/members", false},
		{"GET", "https://other.example/base/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/basement/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/base/files/a/b/c", true},
		{"GET", "https://tool.example/base/files/../api/secret", false},
		{"GET", "https://tool.example/base/files/%2e%2e/api/secret", false},
		{"GET", "https://tool.example/base/files/a%2f..%2f..%2fsecret", false},
		{"GET", "https://tool.example/base/files/a%5c..", false},
		{"GET", "https://tool.example/base/files/%252e%252e/x", false},
		{"GET", "https://tool.example/base/files/..;a=b/x", false},
		{"GET", "https://tool.example/base/files/group%252Fname/artifacts", true},
		{"GET", "https://tool.example/base/files/100%25/x", true},
		{"POST", "https://tool.example/base/api/graphql", true},
		{"GET", "https://tool.example/base/api/v1/applications/x", true},
		{"GET", "https://tool.example/base/api/v1/applications/x?refresh=hard", false},
		{"GET", "https://tool.example/base/api/v1/applications/x?a=%zz", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := allowed(base, rules, c.method, u); got != c.want {
			t.Errorf("%s %s: allowed = %v, want %v", c.method, c.url, got, c.want)
		}
	}
}

// send sends a request and returns the status of its answer.
func send(t *testing.T, c *http.Client, method, url string) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestVendorClientsCannotPassTheWall(t *testing.T) {
	n := &network{answers: list(answer(200, "{}"))}
	client := fakeClient(t, n)
	for _, c := range []struct{ method, url string }{
		{http.MethodPost, "https://tool.example/base/x"}, {http.MethodDelete, "https://tool.example/base/x"}, {http.MethodGet, "https://other.example/base/x"},
	} {
		for _, vendor := range []*http.Client{client.HTTP(), {Transport: client.Strict()}} {
			if _, err := send(t, vendor, c.method, c.url); FaultOf(err) == nil || FaultOf(err).Class != ClassRefused {
				t.Errorf("got %v", err)
			}
		}
	}
	if _, err := client.Get(t.Context(), "/a?b=c", nil); FaultOf(err).Class != ClassRefused {
		t.Errorf("an unescaped path passed: %v", err)
	}
	if len(n.got) != 0 {
		t.Errorf("%d requests left", len(n.got))
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tool.example/base/x", nil)
	req.Header.Set("X-HTTP-Method-Override", "DELETE")
	resp, err := client.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n.got[0].Header.Get("X-HTTP-Method-Override") != "" {
		t.Error("the method can be overridden by a header")
	}
}

func TestVendorClientsSeeAnswersAndFaults(t *testing.T) {
	n := &network{answers: list(answer(409, `{"message":"busy"}`))}
	client := fakeClient(t, n)
	status, err := send(t, client.HTTP(), http.MethodGet, "https://tool.example/base/x")
	if err != nil || status != 409 {
		t.Fatalf("%v %v", status, err)
	}
	_, err = send(t, &http.Client{Transport: client.Strict()}, http.MethodGet, "https://tool.example/base/x?token="+canary)
	f := FaultOf(fmt.Errorf("vendor: %w", err))
	if f.Class != ClassRequest || f.Message != "busy" || f.Status != 409 || strings.Contains(f.Error(), canary) {
		t.Fatalf("%#v", f)
	}
	n.answers = list(answer(302, "", "Location", "https://sso.example/login"))
	if _, err = send(t, client.HTTP(), http.MethodGet, "https://tool.example/base/x"); FaultOf(err) == nil || FaultOf(err).Class != ClassUnauthorised {
		t.Fatal(err)
	}
}

func TestSecretIsReadAgainOn401(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old-token")
	n := &network{}
	n.answers = list(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("x-token") == "new-token" {
			return answer(200, "{}")(r)
		}
		return answer(401, `{"message":"Expired old-token"}`)(r)
	})
	client := fakeClient(t, n, func(o *Options) { o.Auth.Secret = secret.Ref{Scheme: "file", Target: file} })
	_, err := client.Get(t.Context(), "/a", nil)
	if f := FaultOf(err); f.Class != ClassUnauthorised || f.Message != "Expired "+secret.Mask || len(n.got) != 1 {
		t.Fatalf("%v after %d calls", err, len(n.got))
	}
	write("new-token\n")
	if _, err := client.Get(t.Context(), "/a", nil); err != nil || len(n.got) != 3 {
		t.Fatalf("%v after %d calls", err, len(n.got))
	}
	if changed, err := client.RenewAuth(t.Context()); changed || err != nil {
		t.Fatalf("%v %v", changed, err)
	}
	write("two\nlines")
	if _, err := client.RenewAuth(t.Context()); FaultOf(err).Class != ClassCredential {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := client.RenewAuth(t.Context()); FaultOf(err).Class != ClassCredential || !strings.Contains(err.Error(), file) {
		t.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		auth         Auth
		text         string
		header, want string
	}{
		{Auth{Scheme: AuthBearer}, "tok", "Authorization", "Bearer tok"},
		{Auth{Scheme: AuthBasic, User: "bob"}, "pw", "Authorization", "Basic Ym9iOnB3"},
		{Auth{Scheme: AuthBasic}, "tok", "Authorization", "Basic dG9rOg=="},
		{Auth{Scheme: AuthCookie, Header: "sid"}, "v1", "Cookie", "sid=v1"},
		{Auth{Scheme: AuthCookie, Header: "sid"}, "a=1; b=2", "Cookie", "a=1; b=2"},
		{Auth{Scheme: AuthHeader, Header: "PRIVATE-TOKEN"}, "tok", "Private-Token", "tok"},
	} {
		n := &network{answers: list(answer(200, "{}"))}
		client := fakeClient(t, n, func(o *Options) {
			o.Auth = c.auth
			o.Auth.Secret = secret.Ref{Scheme: "env", Target: "TRANSPORT_OTHER"}
			o.Header = http.Header{"X-Scope-OrgID": {"tenant"}}
		})
		t.Setenv("TRANSPORT_OTHER", c.text)
		if _, err := client.Get(t.Context(), "/a", url.Values{"q": {"1"}}); err != nil {
			t.Fatal(err)
		}
		got := n.got[0]
		if got.Header.Get(c.header) != c.want || got.Header.Get("X-Scope-OrgID") != "tenant" || got.URL.String() != "https://tool.example/base/a?q=1" {
			t.Errorf("%s %v", got.URL, got.Header)
		}
		h, err := client.AuthHeader(t.Context())
		if err != nil || h.Get(c.header) != c.want {
			t.Errorf("AuthHeader = %v, %v", h, err)
		}
	}
}

func TestNothingLeaks(t *testing.T) {
	var log strings.Builder
	echo := fmt.Sprintf(`{"message":"bad token %s at https://bob:%s@tool.example \u001b[31m","stack":"at secret.js"}`, canary, canary)
	for _, a := range []answering{answer(401, echo), answer(500, echo), answer(418, "token "+canary), answer(400, "<p>"+canary+"</p>"),
		failing(fmt.Errorf("dial with %s", canary)), answer(200, `"`+canary+`"`), hanging} {
		n := &network{answers: list(a)}
		client := fakeClient(t, n, func(o *Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			o.Timeout, o.Retries = time.Millisecond, -1
			o.Proxy = "http://bob:" + canary + "2@proxy.example:3128"
		})
		var out int
		_, err := client.GetJSON(t.Context(), "/a", url.Values{"private_token": {canary}}, &out)
		_, strict := send(t, &http.Client{Transport: client.Strict()}, http.MethodGet, "https://tool.example/base/a")
		texts := []string{err.Error(), FaultOf(err).What(), FaultOf(err).Message, log.String()}
		if strict != nil {
			texts = append(texts, strict.Error())
		}
		for _, text := range texts {
			if strings.Contains(text, canary) || strings.Contains(text, "stack") || strings.Contains(text, "<") || strings.Contains(text, "\x1b") {
				t.Errorf("leaked: %q", text)
			}
		}
	}
	for _, o := range []Options{{URL: "https://bob:" + canary + "@tool.example"}, {URL: "https://bob:" + canary + "%zz@tool.example"}, {URL: "ftp://x"},
		{URL: "https://x?private_token=" + canary}, {URL: "https://x", Proxy: "http://bob:" + canary + "%zz@proxy"}, {URL: "https://x", Proxy: "gopher://bob:" + canary + "@proxy"},
		{URL: "https://x", Auth: Auth{Scheme: AuthHeader}}, {URL: "https://x", TLS: TLS{CAFile: "/nowhere"}}, {URL: "https://x", TLS: TLS{CertFile: "a"}},
		{URL: "https://x", TLS: TLS{CertFile: "/nowhere", KeyFile: "/nowhere"}}} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("New(%q) = %v", o.URL, err)
		}
	}
}

func TestOverRealConnections(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("a", 2<<20)) })
	mux.HandleFunc("/silent", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "[")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a":1}`) })
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	client := func(o Options) *Client {
		o.Name, o.Allow, o.Proxy, o.Backoff, o.MaxBody = "tool", []Rule{{Method: "GET", Path: "/**"}}, "none", time.Millisecond, 1<<20
		if o.URL == "" {
			o.URL = server.URL
		}
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	trusting := client(Options{TLS: TLS{CAFile: ca}})
	quick := client(Options{TLS: TLS{CAFile: ca}, Timeout: 50 * time.Millisecond, Retries: -1})
	closed := httptest.NewServer(mux)
	closed.Close()
	plain := httptest.NewServer(mux)
	defer plain.Close()
	wants := httptest.NewUnstartedServer(mux)
	wants.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	wants.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}
	wants.StartTLS()
	defer wants.Close()
	for _, c := range []struct {
		name  string
		c     *Client
		path  string
		class Class
	}{
		{"trusted", trusting, "/ok", ""},
		{"insecure", client(Options{TLS: TLS{Insecure: true}}), "/ok", ""},
		{"unknown authority", client(Options{}), "/ok", ClassTLS},
		{"other name", client(Options{TLS: TLS{CAFile: ca, ServerName: "other.test"}}), "/ok", ClassTLS},
		{"no TLS there", client(Options{URL: strings.Replace(plain.URL, "http:", "https:", 1)}), "/ok", ClassTLS},
		{"wants a certificate", client(Options{URL: wants.URL, TLS: TLS{CAFile: ca}}), "/ok", ClassTLS},
		{"nobody there", client(Options{URL: closed.URL}), "/ok", ClassUnreachable},
		{"cut", trusting, "/cut", ClassUnreachable},
		{"too large", trusting, "/huge", ClassMalformed},
		{"stops in the middle", quick, "/silent", ClassTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.c.Get(t.Context(), c.path, nil)
			if f := FaultOf(err); (f == nil) != (c.class == "") || f != nil && f.Class != c.class {
				t.Fatalf("got %v, want %q", err, c.class)
			}
		})
	}
	if s := trusting.Stats(); s.Calls != 5 || s.Bytes == 0 || s.Latency == 0 {
		t.Errorf("stats %+v", s)
	}
	t.Run("vendor reads silence", func(t *testing.T) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/silent", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := quick.HTTP().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err = io.ReadAll(resp.Body); FaultOf(err) == nil || FaultOf(err).Class != ClassTimeout {
			t.Errorf("got %v", err)
		}
	})
}

func TestStreamOutlivesTheTimeLimitAndEndsWithItsContext(t *testing.T) {
	n := &network{}
	client := fakeClient(t, n)
	synctest.Test(t, func(t *testing.T) {
		server, far := io.Pipe()
		n.answers = list(func(r *http.Request) (*http.Response, error) {
			context.AfterFunc(r.Context(), func() { _ = far.CloseWithError(r.Context().Err()) })
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: server}, nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		resp, err := client.Stream(ctx, "/follow", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		go func() {
			<-time.After(time.Hour) // of the bubble
			_, _ = far.Write([]byte("x"))
		}()
		one := make([]byte, 1)
		if _, err := io.ReadFull(resp.Body, one); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := resp.Body.Read(one); FaultOf(err) == nil || FaultOf(err).Class != ClassCanceled {
			t.Errorf("got %v", err)
		}
	})
}

func TestMessageOf(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"", ""}, {"<html><h1>502</h1>", ""}, {"plain\n    at x.js:1", "plain"}, {`{"message":"Expired"}`, "Expired"},
		{`{"message":["a","b"],"error":"Bad Request"}`, "a, b"}, {`{"status":401,"body":{"message":"Not active"}}`, "Not active"},
		{`{"formErrors":[],"fieldErrors":{"name":["too long"]}}`, "name: too long"}, {`{"status":500,"error":"boom","stack":"at /srv"}`, "boom"},
		{`{"queryParameterErrors":{"issues":[{"path":["limit"],"message":"Required"}],"name":"ZodError"}}`, "Required"},
		{`{"errors":[{"msg":"Component key 'x' not found"}]}`, "Component key 'x' not found"}, {`{"errors":[{"code":"NOT_FOUND","message":"gone"}]}`, "gone"},
		{`{"status":"error","errorType":"bad_data","error":"parse error"}`, "parse error"}, {`{"message":{"base":["no"]}}`, "base: no"},
		{`{"a":1}`, ""}, {`{"cut`, ""}, {strings.Repeat("é", 500), strings.Repeat("é", 299) + "…"},
	} {
		if got := shorten(messageOf([]byte(c.body))); got != c.want {
			t.Errorf("messageOf(%q) = %q, want %q", c.body, got, c.want)
		}
	}
}

func FuzzMessageOf(f *testing.F) {
	f.Add([]byte(`{"message":"\u001b[31m"}`))
	f.Add([]byte("<html>"))
	f.Add([]byte(`[[[[[["a"]]]]]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got := shorten(messageOf(body)); len([]rune(got)) > maxMessage || strings.ContainsRune(got, 0x1b) {
			t.Fatalf("%q", got)
		}
	})
}

func TestTheEndOfDataIsToldFromTheEndOfAConnection(t *testing.T) {
	decode := func(handler http.HandlerFunc) error {
		server := httptest.NewServer(handler)
		defer server.Close()
		c, err := New(Options{URL: server.URL, Proxy: "none", Retries: -1, Allow: []Rule{{Method: http.MethodGet, Path: "/"}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		resp, err := c.HTTP().Get(server.URL + "/") //nolint:noctx // local
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var out any
		return Early(json.NewDecoder(resp.Body).Decode(&out))
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		class  Class
	}{
		"truncated": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a":[`) }, ClassMalformed},
		"empty":     {func(http.ResponseWriter, *http.Request) {}, ClassMalformed},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"a":[`)
		}, ClassUnreachable},
	} {
		if err := decode(c.answer); FaultOf(err).Class != c.class {
			t.Errorf("%s: %s: %v", name, FaultOf(err).Class, err)
		}
	}
}

func TestASystemThatGoesAwayIsNoticed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	c, err := New(Options{URL: server.URL, Proxy: "none", Allow: []Rule{{Method: http.MethodGet, Path: "/"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func() {
		t.Helper()
		if _, err := c.Get(t.Context(), "/", nil); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	server.Close()
	select {
	case <-c.Lost():
	case <-time.After(10 * time.Second):
		t.Error("nobody noticed")
	}
}

func TestConnectionsThatEndAreNoAlarm(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	c, err := New(Options{URL: server.URL, Proxy: "none", Allow: []Rule{{Method: http.MethodGet, Path: "/"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Get(t.Context(), "/", nil); err != nil {
		t.Fatal(err)
	}
	server.CloseClientConnections()
	if _, err := c.Get(t.Context(), "/", nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Lost():
		t.Error("a system that is there was taken for lost")
	default:
	}
}
