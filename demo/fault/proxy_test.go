package fault_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"dsotop/demo/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const whole = `{"data":[{"id":1,"name":"one"},{"id":2,"name":"two"},{"id":3,"name":"three"},{"id":4,"name":"four"}]}`

// face is a server with an answer, a stream that never ends and a websocket.
func face() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/data", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, whole)
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "one")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow() //nolint:errcheck // gone
		if kind, data, err := c.Read(r.Context()); err == nil {
			_ = c.Write(r.Context(), kind, append([]byte("heard "), data...))
		}
	})
	return mux
}

// setup is one way to stand before a server.
type setup struct {
	name   string
	open   func(t *testing.T) (*fault.Proxy, *http.Client, string) // the base URL of clients
	opaque bool
}

func start(t *testing.T, o fault.Options) *fault.Proxy {
	t.Helper()
	p, err := fault.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func client(t *testing.T, trust *x509.CertPool) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func setups() []setup {
	secure := func(t *testing.T) (*httptest.Server, *x509.CertPool) {
		t.Helper()
		s := httptest.NewUnstartedServer(face())
		s.EnableHTTP2 = true
		s.StartTLS()
		t.Cleanup(s.Close)
		pool := x509.NewCertPool()
		pool.AddCert(s.Certificate())
		return s, pool
	}
	return []setup{
		{"in the process", func(t *testing.T) (*fault.Proxy, *http.Client, string) {
			t.Helper()
			p := start(t, fault.Options{Handler: face()})
			return p, client(t, nil), p.URL()
		}, false},
		{"elsewhere, with TLS on both sides", func(t *testing.T) (*fault.Proxy, *http.Client, string) {
			t.Helper()
			s, pool := secure(t)
			p := start(t, fault.Options{Upstream: s.URL, Trust: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
				TLS: &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}})
			return p, client(t, pool), p.URL()
		}, false},
		{"passed through, with the server's TLS", func(t *testing.T) (*fault.Proxy, *http.Client, string) {
			t.Helper()
			s, pool := secure(t)
			p := start(t, fault.Options{Raw: s.Listener.Addr().String()})
			return p, client(t, pool), "https://" + p.Addr()
		}, true},
	}
}

// get reads an answer to its end, whatever it is.
func get(ctx context.Context, c *http.Client, url string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer shown-back")
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, string(data), err
}

func TestFaultsAsAClientSeesThem(t *testing.T) {
	cases := map[fault.Mode]func(status int, body string, err error) bool{
		fault.Down:      func(_ int, _ string, err error) bool { return errors.Is(err, syscall.ECONNREFUSED) },
		fault.Drop:      func(_ int, body string, err error) bool { return err != nil && body == "" },
		fault.Cut:       func(_ int, body string, err error) bool { return err != nil && body != whole },
		fault.HalfClose: func(_ int, body string, err error) bool { return err != nil && body != whole },
		fault.Delay:     func(_ int, body string, err error) bool { return err == nil && body == whole },
		fault.Throttle:  func(_ int, body string, err error) bool { return err == nil && body == whole },
		fault.Unauthorised: func(status int, body string, _ error) bool {
			return status == 401 && strings.Contains(body, "shown-back")
		},
		fault.Forbidden:   func(status int, _ string, _ error) bool { return status == 403 },
		fault.RateLimited: func(status int, _ string, _ error) bool { return status == 429 },
		fault.ServerError: func(status int, _ string, _ error) bool { return status == 500 },
		fault.BadGateway: func(status int, body string, _ error) bool {
			return status == 502 && strings.HasPrefix(body, "<!doctype")
		},
		fault.Unavailable: func(status int, _ string, _ error) bool { return status == 503 },
		fault.Timeout: func(status int, body string, _ error) bool {
			return status == 504 && strings.HasPrefix(body, "<!doctype")
		},
		fault.Login: func(status int, _ string, _ error) bool { return status == 302 },
		fault.Page: func(status int, body string, _ error) bool {
			return status == 200 && strings.HasPrefix(body, "<!doctype")
		},
		fault.Garbage: func(status int, body string, _ error) bool { return status == 200 && body == `{"data":[{"id":` },
		fault.Corrupt: func(status int, body string, _ error) bool {
			return status == 200 && len(body) == len(whole) && body[0] != '{'
		},
		fault.Empty: func(status int, body string, err error) bool { return status == 200 && body == "" && err == nil },
		fault.Clock: func(status int, body string, err error) bool { return status == 200 && body == whole && err == nil },
		fault.Huge:  func(status int, body string, _ error) bool { return status == 200 && len(body) == 1<<20 },
	}
	for _, s := range setups() {
		t.Run(s.name, func(t *testing.T) {
			p, c, url := s.open(t)
			for _, mode := range fault.Modes() {
				if mode == fault.Stall || s.opaque && !mode.OfConnections() {
					continue
				}
				f := fault.Fault{Mode: mode}
				switch {
				case mode == fault.Delay:
					f.For = time.Millisecond
				case mode == fault.Throttle:
					f.Rate = 1 << 20
				case s.opaque && (mode == fault.Cut || mode == fault.HalfClose): // an answer this short is passed whole; see the streams
					continue
				}
				if err := p.Set(f); err != nil {
					t.Fatalf("%s: %v", f, err)
				}
				c.CloseIdleConnections()
				status, body, err := get(t.Context(), c, url+"/data")
				if !cases[mode](status, body, err) {
					t.Errorf("%s: %d %.80q %v", f, status, body, err)
				}
				if err := p.Set(fault.Fault{}); err != nil {
					t.Fatalf("after %s: %v", f, err)
				}
				c.CloseIdleConnections()
				if status, body, err := get(t.Context(), c, url+"/data"); status != 200 || body != whole || err != nil {
					t.Errorf("after %s: %d %q %v", f, status, body, err)
				}
			}
			if s.opaque {
				if err := p.Set(fault.Fault{Mode: fault.ServerError}); err == nil {
					t.Error("a pass-through cannot answer in the server's place")
				}
			}
		})
	}
}

func TestWhatRunsIsHitToo(t *testing.T) {
	for _, s := range setups() {
		for _, mode := range []fault.Mode{fault.Down, fault.Cut, fault.HalfClose, fault.ServerError} {
			if s.opaque && !mode.OfConnections() {
				continue
			}
			t.Run(s.name+", "+string(mode), func(t *testing.T) {
				p, c, url := s.open(t)
				resp, err := c.Get(url + "/stream") //nolint:noctx // ended by what is tested
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				lines := bufio.NewReader(resp.Body)
				if line, err := lines.ReadString('\n'); line != "one\n" {
					t.Fatalf("%q %v", line, err)
				}
				if err := p.Set(fault.Fault{Mode: mode}); err != nil {
					t.Fatal(err)
				}
				if line, err := lines.ReadString('\n'); err == nil {
					t.Errorf("the stream went on with %q", line)
				}
			})
		}
	}
}

// What is under way when the weather changes is cut: a server that had written nothing yet would otherwise be taken for one that says 200.
func TestWhatIsUnderWayIsNotAnswered(t *testing.T) {
	came := make(chan struct{})
	p := start(t, fault.Options{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(came)
		<-r.Context().Done()
	})})
	go func() {
		<-came
		_ = p.Set(fault.Fault{Mode: fault.Forbidden})
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL()+"/write", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client(t, nil).Do(req)
	if err == nil {
		_ = resp.Body.Close()
		t.Errorf("answered %d", resp.StatusCode)
	}
}

func TestAStallFreezesAndThaws(t *testing.T) {
	for _, s := range setups() {
		t.Run(s.name, func(t *testing.T) {
			p, c, url := s.open(t)
			if err := p.Set(fault.Fault{Mode: fault.Stall, For: time.Hour}); err != nil {
				t.Fatal(err)
			}
			got := make(chan error, 1)
			go func() {
				_, body, err := get(t.Context(), c, url+"/data")
				if err == nil && body != whole {
					err = fmt.Errorf("got %q", body)
				}
				got <- err
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, _, err := get(ctx, client(t, nil), url+"/data"); err == nil {
				t.Error("answered while it stalls")
			}
			if err := p.Set(fault.Fault{}); err != nil {
				t.Fatal(err)
			}
			if err := <-got; err != nil {
				t.Errorf("what waited was not answered: %v", err)
			}
		})
	}
}

func TestWebsocketsPass(t *testing.T) {
	s := httptest.NewServer(face())
	defer s.Close()
	for name, o := range map[string]fault.Options{"in the process": {Handler: face()}, "elsewhere": {Upstream: s.URL}} {
		t.Run(name, func(t *testing.T) {
			p := start(t, o)
			hc := client(t, nil)
			c, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(p.URL(), "http")+"/socket", &websocket.DialOptions{HTTPClient: hc}) //nolint:bodyclose // closed by the library
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow() //nolint:errcheck // gone
			if err := c.Write(t.Context(), websocket.MessageText, []byte("you")); err != nil {
				t.Fatal(err)
			}
			if _, data, err := c.Read(t.Context()); err != nil || string(data) != "heard you" {
				t.Errorf("%q %v", data, err)
			}
			if err := p.Set(fault.Fault{Mode: fault.Cut}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.Read(t.Context()); err == nil {
				t.Error("a websocket survived the cut")
			}
		})
	}
}

func TestEachRequestByItself(t *testing.T) {
	seen := make(chan string, 10)
	p := start(t, fault.Options{Handler: face(), Seen: func(r *http.Request) { seen <- r.URL.Path }})
	first := true
	p.Choose(func(*http.Request) fault.Fault {
		if first {
			first = false
			return fault.Fault{Mode: fault.RateLimited}
		}
		return fault.Fault{}
	})
	c := client(t, nil)
	for _, want := range []int{429, 200} {
		if status, _, err := get(t.Context(), c, p.URL()+"/data"); status != want || err != nil {
			t.Errorf("%d %v, want %d", status, err, want)
		}
		if path := <-seen; path != "/data" {
			t.Errorf("saw %s", path)
		}
	}
}

func TestTheAddressStaysWhileDown(t *testing.T) {
	p := start(t, fault.Options{Handler: face()})
	at := p.Addr()
	for range 20 {
		if err := p.Set(fault.Fault{Mode: fault.Down}); err != nil {
			t.Fatal(err)
		}
		if c, err := net.Dial("tcp", at); err == nil { //nolint:noctx // refused at once
			c.Close()
			t.Fatal("somebody answered")
		}
		if err := p.Set(fault.Fault{}); err != nil {
			t.Fatal(err)
		}
		if status, _, err := get(t.Context(), client(t, nil), "http://"+at+"/data"); status != 200 {
			t.Fatalf("%d %v", status, err)
		}
	}
	p.Close()
	if err := p.Set(fault.Fault{Mode: fault.Cut}); err == nil {
		t.Error("a closed proxy took a fault")
	}
}
