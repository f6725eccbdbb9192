package sourcetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"dsotop/internal/platform"
)

// maxBody is the largest answer a source under test accepts.
const maxBody = 4 << 20

// handler answers a request; next is the fake.
type handler func(w http.ResponseWriter, r *http.Request, next http.Handler, changed <-chan struct{})

// proxy stands before the fake and answers in its place when it is told to.
type proxy struct {
	next    http.Handler
	limited chan struct{} // closed by the first 429 of once

	mu      sync.Mutex
	answer  handler
	changed chan struct{} // closed when the answer changes, so that nobody hangs in an old one
	times   []time.Time
	first   time.Time // of the first 429
	bell    chan struct{}
}

func newProxy(next http.Handler) *proxy {
	return &proxy{next: next, limited: make(chan struct{}), changed: make(chan struct{}), bell: make(chan struct{}, 1)}
}

// set changes the answer; nil is the fake's own. What hangs in the old one goes on to the new one.
func (p *proxy) set(answer handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
	close(p.changed)
	p.changed = make(chan struct{})
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	answer, changed := p.answer, p.changed
	p.times = append(p.times, time.Now())
	p.mu.Unlock()
	select {
	case p.bell <- struct{}{}:
	default:
	}
	if answer == nil {
		// An answer that lasts (a stream) is cut when the weather changes, as a real one would be.
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			select {
			case <-changed:
				cancel()
			case <-stop:
			}
		}()
		p.next.ServeHTTP(w, r.WithContext(ctx))
		return
	}
	answer(w, r, p.next, changed)
}

// reset forgets the requests seen and says how many there were.
func (p *proxy) reset() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.times)
	p.times = nil
	return n
}

// between counts the requests that came so long after the first 429.
func (p *proxy) between(from, to time.Duration) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.times {
		if d := at.Sub(p.first); d > from && d < to {
			n++
		}
	}
	return n
}

// asked waits for a request.
func (p *proxy) asked(ctx context.Context) bool {
	select {
	case <-p.bell:
		return true
	case <-ctx.Done():
		return false
	}
}

// once answers the first request with answer and then leaves the fake to itself.
func once(p *proxy, answer handler) handler {
	var first sync.Once
	return func(w http.ResponseWriter, r *http.Request, next http.Handler, changed <-chan struct{}) {
		mine := false
		first.Do(func() {
			mine = true
			answer(w, r, next, changed)
			p.mu.Lock()
			p.first = time.Now()
			p.mu.Unlock()
			close(p.limited)
		})
		if !mine {
			next.ServeHTTP(w, r)
		}
	}
}

// faultAnswer is one way to fail, with the words that are right for it.
type faultAnswer struct {
	name   string
	answer handler
	live   []platform.State // of a source that had facts
	cold   []platform.State // of one that never had any
	start  bool             // worth a start of its own
}

func faults() []faultAnswer {
	one := func(s ...platform.State) []platform.State { return s }
	const html = "<!doctype html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>"
	// A body may be found broken by us or by a vendor client: cut or malformed, both are right.
	broken := one(platform.StateStale, platform.StateUnreachable)
	away, away0 := one(platform.StateUnreachable), one(platform.StateUnreachable)
	return []faultAnswer{
		{"unauthorised", refuse(401, "not you"), one(platform.StateUnauthorised), one(platform.StateUnauthorised), true},
		{"login page", func(w http.ResponseWriter, r *http.Request, _ http.Handler, _ <-chan struct{}) {
			http.Redirect(w, r, "/sso/login?next="+r.URL.Path, http.StatusFound)
		}, one(platform.StateUnauthorised), one(platform.StateUnauthorised), false},
		{"forbidden", refuse(403, "not for you"), one(platform.StateForbidden), one(platform.StateForbidden), true},
		{"rate limited", func(w http.ResponseWriter, r *http.Request, next http.Handler, c <-chan struct{}) {
			w.Header().Set("Retry-After", "1")
			refuse(429, "slow down")(w, r, next, c)
		}, one(platform.StateStale), one(platform.StateUnreachable), false},
		{"server error", refuse(500, "boom"), one(platform.StateStale), away0, true},
		{"bad gateway", page(502, html), away, away0, true},
		{"gateway timeout", page(504, html), away, away0, false},
		{"slow", func(_ http.ResponseWriter, r *http.Request, _ http.Handler, changed <-chan struct{}) {
			select {
			case <-r.Context().Done():
			case <-changed:
			}
			panic(http.ErrAbortHandler)
		}, away, away0, false},
		{"connection dropped", func(http.ResponseWriter, *http.Request, http.Handler, <-chan struct{}) { panic(http.ErrAbortHandler) }, away, away0, false},
		{"cut answer", cut, broken, broken, false},
		{"malformed", page(200, `{"data":[{"id":`), broken, broken, true},
		{"page for browsers", page(200, html), broken, broken, false},
		{"empty", page(200, ""), broken, broken, false},
		{"huge", huge, broken, broken, false},
	}
}

func faultNamed(name string) faultAnswer {
	for _, f := range faults() {
		if f.name == name {
			return f
		}
	}
	panic("no fault " + name)
}

// refuse answers with JSON that echoes every credential of the request, with escapes and a stack: what a careless server does.
func refuse(status int, why string) handler {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler, _ <-chan struct{}) {
		var echo []string
		for name, values := range r.Header {
			echo = append(echo, name+"="+strings.Join(values, ","))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": why + " \x1b[31m\u202e " + strings.Join(echo, " "), "status": status, "stack": "at /srv/app.js:1"})
	}
}

func page(status int, body string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler, _ <-chan struct{}) {
		if strings.HasPrefix(body, "<") {
			w.Header().Set("Content-Type", "text/html")
		} else {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// huge sends more than Env.Options accept, nothing of which is wrong so far.
func huge(w http.ResponseWriter, _ *http.Request, _ http.Handler, changed <-chan struct{}) {
	w.Header().Set("Content-Type", "application/json")
	blank := []byte(strings.Repeat(" ", 64<<10))
	for sent := 0; sent <= maxBody; sent += len(blank) {
		select {
		case <-changed:
			return
		default:
		}
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
}

// cut sends half of the fake's own answer and drops the connection.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler, changed <-chan struct{}) {
	ctx, cancel := context.WithTimeout(r.Context(), 200*time.Millisecond) // a stream would never be whole
	defer cancel()
	go func() {
		select {
		case <-changed:
			cancel()
		case <-ctx.Done():
		}
	}()
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r.WithContext(ctx))
	body := whole.Body.Bytes()
	w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
	w.Header().Set("Content-Length", fmt.Sprint(len(body)+100))
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
