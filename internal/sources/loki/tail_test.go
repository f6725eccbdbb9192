package loki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"dsotop/internal/logs"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// upgrade serves websockets by talk, and ends each when talk returns.
func upgrade(t *testing.T, talk func(*websocket.Conn)) http.HandlerFunc {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		talk(conn)
	}
}

// listen reads what the client sends, so that its pings are answered, until it is gone.
func listen(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func frame(at int64, n int) string {
	var values []string
	for i := range n {
		values = append(values, fmt.Sprintf(`["%d","line %d"]`, at+int64(i), i))
	}
	return `{"streams":[{"stream":{"namespace":"ns","container":"api"},"values":[` + strings.Join(values, ",") + `]}]}`
}

func ask() logs.Ask { return logs.Ask{Tenant: "prod-x", Query: `{namespace="ns"}`, From: 1000} }

func TestTail(t *testing.T) {
	h := upgrade(t, func(conn *websocket.Conn) {
		for i := range 3 {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(int64(1000+10*i), 10)))
		}
		_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"streams":[],"dropped_entries":[{"timestamp":"2005","labels":{"container":"api"}},{"timestamp":"2001","labels":{"container":"web"}}]}`))
		listen(conn)
	})
	s := serve(t, sources.Tenancy{In: sources.TenantHeader}, "/behind", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.URL.Path != "/behind/loki/api/v1/tail" || r.Header.Get("X-Scope-OrgID") != "prod-x" || q.Get("query") != `{namespace="ns"}` || q.Get("start") != "1000" || q.Get("limit") != strconv.Itoa(usualLimit) {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		h(w, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines := 0
	err := s.Tail(ctx, ask(), func(b logs.Batch) error {
		lines += len(b.Lines)
		for _, n := range b.Notices {
			if n.Kind != logs.NoticeDropped || n.Count != 2 || n.From != 2001 || n.To != 2006 || n.Why != "api, web" || n.Source != "loki" {
				t.Errorf("%+v", n)
			}
			cancel()
		}
		return nil
	})
	if err != nil || lines != 30 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

var errEnough = errors.New("enough")

func TestTailEndsWithItsSink(t *testing.T) {
	s := serve(t, sources.Tenancy{}, "", upgrade(t, func(conn *websocket.Conn) {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(1000, 1)))
		listen(conn)
	}))
	if err := s.Tail(t.Context(), ask(), func(logs.Batch) error { return errEnough }); !errors.Is(err, errEnough) {
		t.Error(err)
	}
}

// What a server answers in place of a websocket is told with its class, although logcli loses it.
func TestTailRefused(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		class  transport.Class
	}{
		{401, "no org id", transport.ClassUnauthorised},
		{403, "denied", transport.ClassForbidden},
		{404, "page not found", transport.ClassNotFound},
		{429, "too many", transport.ClassRateLimited},
		{500, "boom", transport.ClassServer},
		{502, "<html>bad gateway</html>", transport.ClassGateway},
		{200, "hello", transport.ClassGateway}, // something that knows no websockets
	} {
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		err := s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil })
		f, ok := errors.AsType[*transport.Fault](err)
		if !ok || f.Class != c.class || c.status != 200 && f.Status != c.status || f.Source != "loki" || strings.Contains(f.Message, "<") {
			t.Errorf("%d: %+v %v", c.status, f, err)
		}
	}
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "parse error at line 1, col 12: syntax error: unexpected IDENTIFIER, expecting STRING", http.StatusBadRequest)
	})
	q, ok := errors.AsType[*logs.QueryError](s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil }))
	if !ok || q.Line != 1 || q.Column != 12 {
		t.Errorf("%+v", q)
	}
}

func TestTailCut(t *testing.T) {
	closing := func(code int, text string) func(*websocket.Conn) {
		return func(conn *websocket.Conn) {
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(time.Second))
			listen(conn)
		}
	}
	for name, c := range map[string]struct {
		talk  func(*websocket.Conn)
		class transport.Class
	}{
		"closed":   {closing(websocket.CloseGoingAway, ""), transport.ClassUnreachable},
		"too many": {closing(websocket.CloseInternalServerErr, "rpc error: code = Code(400) desc = max concurrent tail requests limit exceeded, count > limit (11 > 10)"), transport.ClassRateLimited},
		"failed":   {closing(websocket.CloseInternalServerErr, "all ingesters away"), transport.ClassServer},
		"cut":      {func(conn *websocket.Conn) { _ = conn.NetConn().Close() }, transport.ClassUnreachable},
		"half":     {func(conn *websocket.Conn) { _, _ = conn.NetConn().Write([]byte{0x81, 0x7e, 0xff}) }, transport.ClassUnreachable},
		"no JSON": {func(conn *websocket.Conn) {
			_ = conn.WriteMessage(websocket.TextMessage, []byte("<html>"))
			listen(conn)
		}, transport.ClassMalformed},
		"odd shape": {func(conn *websocket.Conn) {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"streams":[5]}`))
			listen(conn)
		}, transport.ClassMalformed},
		"no frames": {func(conn *websocket.Conn) {
			_, _ = conn.NetConn().Write([]byte("garbage garbage garbage"))
			listen(conn)
		}, transport.ClassMalformed},
		"giant frame": {func(conn *websocket.Conn) {
			_, _ = conn.NetConn().Write([]byte{0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0})
			listen(conn)
		}, transport.ClassMalformed},
	} {
		s := serve(t, sources.Tenancy{}, "", upgrade(t, c.talk))
		err := s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil })
		if f, ok := errors.AsType[*transport.Fault](err); !ok || f.Class != c.class || f.Message == "" && f.Err == nil {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
}

// A connection whose other end is gone without a word is noticed: neither pings nor pongs come.
func TestTailFallsSilent(t *testing.T) {
	gone := make(chan struct{})
	s := serve(t, sources.Tenancy{}, "", upgrade(t, func(conn *websocket.Conn) {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(1000, 1)))
		_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
		<-gone // and nobody reads the client's pings
	}))
	defer close(gone)
	s.times = tailTimes{dial: time.Second, ping: time.Millisecond, dead: 50 * time.Millisecond, plain: time.Minute}
	err := s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil })
	if f, ok := errors.AsType[*transport.Fault](err); !ok || f.Class != transport.ClassTimeout {
		t.Errorf("%v", err)
	}
}

// A server without lines that answers pings is no dead one, and a sink that takes its time is no silence of the server.
func TestTailWaitsForTheSlow(t *testing.T) {
	answered := make(chan struct{})
	s := serve(t, sources.Tenancy{}, "", upgrade(t, func(conn *websocket.Conn) {
		pings := 0
		conn.SetPingHandler(func(string) error {
			if pings++; pings == 20 {
				close(answered)
			}
			return conn.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
		})
		_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(1000, 1)))
		go func() {
			<-answered
			_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(2000, 1)))
		}()
		listen(conn)
	}))
	s.times = tailTimes{dial: time.Second, ping: 20 * time.Millisecond, dead: 5 * time.Second, plain: time.Minute}
	n := 0
	err := s.Tail(t.Context(), ask(), func(b logs.Batch) error {
		if n++; n == 1 {
			<-answered // the pings go on while the sink holds the reader
			return nil
		}
		return errEnough
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("%d batches: %v", n, err)
	}
}

// A server that accepts connections and says nothing costs a bounded number of waiting goroutines.
func TestTailOfAMuteServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own listener
	if err != nil {
		t.Fatal(err)
	}
	var conns []net.Conn
	accepted := make(chan net.Conn, 20)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	s, err := New(Options{Name: "loki", Transport: transport.Options{URL: "http://" + l.Addr().String(), Proxy: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	s.times.dial = 20 * time.Millisecond
	for i := range mostDials + 2 {
		err := s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil })
		if f, ok := errors.AsType[*transport.Fault](err); !ok || f.Class != transport.ClassTimeout {
			t.Errorf("%d: %v", i, err)
		}
	}
	_ = l.Close()
	for c := range accepted {
		conns = append(conns, c)
		_ = c.Close()
	}
	if len(conns) > mostDials {
		t.Errorf("%d connections", len(conns))
	}
	for range mostDials { // all let go once the server does
		s.dialling <- struct{}{}
	}
}

// A credential that changed is read again, and none is ever in an error.
func TestTailRenewsItsCredential(t *testing.T) {
	t.Setenv("TAIL_TOKEN", "canary-old")
	var dials atomic.Int32
	h := upgrade(t, func(conn *websocket.Conn) {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(frame(1000, 1)))
		listen(conn)
	})
	served := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			dials.Add(1)
		}
		if r.Header.Get("Authorization") != "Bearer canary-new" {
			t.Setenv("TAIL_TOKEN", "canary-new")
			http.Error(w, "expired: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
			return
		}
		h(w, r)
	})
	ref, err := secret.ParseRef("env:TAIL_TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Name: "loki", Transport: transport.Options{URL: served.URL(), Proxy: "none", Auth: transport.Auth{Scheme: transport.AuthBearer, Secret: ref}}})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Tail(t.Context(), ask(), func(logs.Batch) error { return errEnough })
	if !errors.Is(err, errEnough) || dials.Load() != 2 {
		t.Errorf("%d dials: %v", dials.Load(), err)
	}
}

func TestTailGoesThroughTheProxy(t *testing.T) {
	var through atomic.Int32
	proxy := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		http.Error(w, "no", http.StatusForbidden)
	})
	s, err := New(Options{Name: "loki", Transport: transport.Options{URL: "http://loki.example", Proxy: strings.Replace(proxy.URL(), "http://", "http://user:canary-proxy@", 1), Retries: -1}})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Tail(t.Context(), ask(), func(logs.Batch) error { return nil })
	if err == nil || through.Load() == 0 || strings.Contains(err.Error(), "canary") {
		t.Errorf("%d through the proxy: %v", through.Load(), err)
	}
}

func TestTailOfTheDemo(t *testing.T) {
	s, tenant, ns, now := living(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	err := s.Tail(ctx, logs.Ask{Tenant: tenant, Query: `{namespace="` + ns + `"}`, From: now.Add(-time.Minute).UnixNano()}, func(b logs.Batch) error {
		n += len(b.Lines)
		cancel()
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d lines, %v", n, err)
	}
	_, err = url.Parse(s.address(tenant, pathTail))
	if err != nil {
		t.Error(err)
	}
}

// Whatever a server sends in a tail, lines and notices are sound.
func FuzzTail(f *testing.F) {
	f.Add(frame(1000, 2))
	f.Add(`{"streams":[{"stream":{"a":"\u001b[31m"},"values":[["1","x",{"structuredMetadata":{"pod":"p"}}]]}],"dropped_entries":[{"timestamp":"5","labels":{"container":"\u202e"}}]}`)
	s := &Source{name: "loki", streams: newStreams()}
	f.Fuzz(func(t *testing.T, text string) {
		batch, err := s.message([]byte(text))
		if err != nil {
			return
		}
		for _, l := range batch.Lines {
			if l.Stream == nil || cleanWord(l.Stream.Container) != l.Stream.Container {
				t.Fatalf("%+v", l)
			}
		}
		for _, n := range batch.Notices {
			if n.To <= n.From || cleanWord(n.Why) != n.Why {
				t.Fatalf("%+v", n)
			}
		}
	})
}
