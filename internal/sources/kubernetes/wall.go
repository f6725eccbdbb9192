package kubernetes

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
)

// reads lists what may be asked, by API group. Secrets and config maps are on no list: their values are never requested.
var reads = map[string][]string{ //nolint:gochecknoglobals // a constant table
	"":                   {"namespaces", "pods", "events", "resourcequotas"},
	"apps":               {"deployments", "statefulsets", "daemonsets"},
	"batch":              {"jobs", "cronjobs"},
	"postgresql.cnpg.io": {"clusters"},
}

// reviews are the questions "may I" and "who am I", which are asked by POST and change nothing.
var reviews = []string{ //nolint:gochecknoglobals // a constant table
	"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
	"/apis/authentication.k8s.io/v1/selfsubjectreviews",
}

// guard is the outermost round-tripper: the wall against writes, the pace, the counters, and the way out of a credential plugin
// that hangs. What is not a read of ours never leaves the process.
type guard struct {
	base    *url.URL
	next    http.RoundTripper
	limit   *rate.Limiter
	plugin  bool
	token   *token
	secrets []string   // of the kubeconfig, never to be shown
	shown   *presented // nil in tests

	calls, bytes atomic.Uint64
	latency      atomic.Int64
	skew         transport.Skew
	clock        func() time.Time // of facts
	quietUntil   atomic.Int64     // Unix nanoseconds; the server asked for silence until then
}

// pause keeps everybody quiet for as long as the server asked, not only who was told.
func (g *guard) pause(resp *http.Response) {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds <= 0 {
		return
	}
	until := time.Now().Add(time.Duration(seconds) * time.Second).UnixNano()
	for old := g.quietUntil.Load(); old < until && !g.quietUntil.CompareAndSwap(old, until); {
		old = g.quietUntil.Load()
	}
}

// hide removes the credentials we know from a text that a server sent back.
func (g *guard) hide(text string) string {
	if g.token != nil {
		if v := g.token.known(); v != "" {
			text = strings.ReplaceAll(text, v, secret.Mask)
		}
	}
	for _, v := range g.secrets {
		text = strings.ReplaceAll(text, v, secret.Mask)
	}
	if g.shown != nil {
		text = g.shown.hide(text)
	}
	return secret.Scrub(text)
}

// Stats implements the meter of the health.
func (g *guard) Stats() transport.Stats {
	return transport.Stats{Calls: g.calls.Load(), Bytes: g.bytes.Load(), Latency: time.Duration(g.latency.Load()), Skew: g.skew.Least()}
}

// allowed reports whether a request only reads what this room reads.
func (g *guard) allowed(r *http.Request) bool {
	if r.URL.Scheme != g.base.Scheme || r.URL.Host != g.base.Host || r.URL.Opaque != "" {
		return false
	}
	escaped := r.URL.EscapedPath()
	path, ok := strings.CutPrefix(escaped, strings.TrimRight(g.base.EscapedPath(), "/"))
	if !ok || strings.ContainsAny(path, "%\\") || slices.Contains(strings.Split(path, "/"), "..") || slices.Contains(strings.Split(path, "/"), ".") {
		return false
	}
	switch r.Method {
	case http.MethodPost:
		return slices.Contains(reviews, path)
	case http.MethodGet, "":
	default:
		return false
	}
	if path == "/version" {
		return true
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	group := ""
	switch {
	case len(parts) >= 3 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) >= 4 && parts[0] == "apis":
		group, parts = parts[1], parts[3:]
	default:
		return false
	}
	if group == "" && len(parts) == 5 && parts[0] == "namespaces" && parts[2] == "pods" && parts[4] == "log" {
		return true
	}
	if parts[0] == "namespaces" && len(parts) == 3 {
		parts = parts[2:]
	}
	return len(parts) == 1 && slices.Contains(reads[group], parts[0])
}

// outcome is how a request ended, for a caller whose client does not tell. It is put into the request's context under outcomeKey, and
// belongs to the goroutine that sends the request.
type outcome struct{ err error }

type outcomeKey struct{}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := g.trip(r)
	if o, ok := r.Context().Value(outcomeKey{}).(*outcome); ok {
		o.err = err
	}
	return resp, err
}

// now is the time of facts.
func (g *guard) now() time.Time {
	if g.clock == nil {
		return time.Now()
	}
	return g.clock()
}

func (g *guard) trip(r *http.Request) (*http.Response, error) {
	if !g.allowed(r) {
		return nil, &transport.Fault{Class: transport.ClassRefused, Method: r.Method, URL: r.URL.Scheme + "://" + r.URL.Host + r.URL.Path, Message: "not on the list of what this source may read"}
	}
	if left := time.Until(time.Unix(0, g.quietUntil.Load())); left > 0 {
		return nil, &transport.Fault{Class: transport.ClassRateLimited, Method: r.Method, URL: r.URL.Scheme + "://" + r.URL.Host + r.URL.Path, Message: "the server asked for fewer calls; not sent", RetryAfter: left}
	}
	if err := g.limit.Wait(r.Context()); err != nil {
		return nil, err
	}
	g.calls.Add(1)
	started, asked := time.Now(), g.now()
	resp, err := g.send(r)
	if err != nil {
		return nil, err
	}
	g.skew.Saw(resp, asked, g.now())
	if resp.StatusCode == http.StatusUnauthorized && g.token != nil && g.token.renew(r.Context()) && r.Body == nil {
		_ = resp.Body.Close()
		g.calls.Add(1)
		if resp, err = g.send(r); err != nil {
			return nil, err
		}
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		g.pause(resp)
	}
	took := int64(time.Since(started))
	if old := g.latency.Load(); old != 0 {
		took = old + (took-old)/10
	}
	g.latency.Store(took)
	resp.Body = &countedBody{ReadCloser: resp.Body, n: &g.bytes, left: room(r)}
	return resp, nil
}

// What is accepted in one answer. A page of 500 pods is a few MiB.
const (
	largestPage   = 64 << 20
	largestAnswer = 1 << 20 // to a question about the server or our rights
)

// room is how many bytes of an answer are accepted; negative is no limit, for what does not end by itself.
func room(r *http.Request) int64 {
	q := r.URL.RawQuery
	switch {
	case strings.Contains(q, "watch=") || strings.HasSuffix(r.URL.Path, "/log"): // a log is read as it comes, and may be any size
		return -1
	case r.Method == http.MethodPost || r.URL.Path == "/version" || strings.HasSuffix(r.URL.Path, "/version"):
		return largestAnswer
	}
	return largestPage
}

// send passes the request on. client-go runs a credential plugin inside RoundTrip without our context; one that waits for a
// person would keep us for ever, so the wait is ended here and the answer, should it come, is thrown away.
func (g *guard) send(r *http.Request) (*http.Response, error) {
	if g.token != nil {
		value, err := g.token.value(r.Context())
		if err != nil {
			return nil, &transport.Fault{Class: transport.ClassCredential, Method: r.Method, URL: g.base.String(), Message: err.Error(), Err: err}
		}
		if !value.IsZero() {
			r = r.Clone(r.Context())
			r.Header.Set("Authorization", "Bearer "+value.Reveal())
		}
	}
	if !g.plugin {
		return g.next.RoundTrip(r)
	}
	type answer struct {
		resp *http.Response
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		resp, err := g.next.RoundTrip(r) //nolint:bodyclose // by who receives it, or below
		done <- answer{resp, err}
	}()
	select {
	case a := <-done:
		return a.resp, a.err
	case <-r.Context().Done():
		go func() {
			if a := <-done; a.resp != nil {
				_ = a.resp.Body.Close()
			}
		}()
		return nil, r.Context().Err()
	}
}

// countedBody counts what is read, and ends what is too large: client-go keeps a whole answer in memory.
type countedBody struct {
	io.ReadCloser
	n    *atomic.Uint64
	left int64 // negative: no limit
}

// Read is that of the answer, within the limit.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(uint64(n)) //nolint:gosec // a count of bytes read is not negative
	if b.left >= 0 {
		if b.left -= int64(n); b.left < 0 {
			b.left = 0
			return n, &transport.Fault{Class: transport.ClassMalformed, Message: "the answer is larger than what is accepted"}
		}
	}
	return n, err
}

// token is a bearer token by reference: read when first needed and again when refused.
type token struct {
	ref secret.Ref
	mu  sync.Mutex
	now secret.Value
}

func (t *token) value(ctx context.Context) (secret.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.IsZero() {
		v, err := t.ref.Resolve(ctx)
		if err != nil {
			return v, err
		}
		t.now = v
	}
	return t.now, nil
}

// known is the token as last read, for hiding it.
func (t *token) known() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now.Reveal()
}

// renew reads the reference again and reports whether it now holds something else.
func (t *token) renew(ctx context.Context) bool {
	v, err := t.ref.Resolve(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || v.Reveal() == t.now.Reveal() {
		return false
	}
	t.now = v
	return true
}
