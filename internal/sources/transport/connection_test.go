package transport

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

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
	case <-time.After(time.Minute):
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
