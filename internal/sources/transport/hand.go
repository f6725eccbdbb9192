package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"

	"dsotop/internal/actions/wire"
	"dsotop/internal/secret"
)

// Sizes of answers to the hand. What planning reads (the manifests of an application) is larger than what a write answers.
const (
	largestReading = 16 << 20
	largestReply   = 1 << 20
)

// Hand is the acting half of a source: a reader for planning and verifying and a writer, each a client of its own with its own list, made
// when first asked for. It is safe for concurrent use.
type Hand struct {
	o      Options
	reads  []Grant
	writes []Grant
	route  func(wire.Call) (wire.Call, error)

	mu     sync.Mutex
	reader *handReader
	writer *handWriter
}

// NewHand makes the acting half. The allow-list of o does not count. route, when not nil, puts a call where the system has it (a tenant in the
// path); its error says why that cannot be. It opens nothing.
func NewHand(o Options, reads, writes []Grant, route func(wire.Call) (wire.Call, error)) *Hand {
	if route == nil {
		route = func(c wire.Call) (wire.Call, error) { return c, nil }
	}
	return &Hand{o: o, reads: reads, writes: writes, route: route}
}

// Reader sends what changes nothing. It is nil when the client cannot be made, for instance when a certificate file went.
func (h *Hand) Reader() wire.Reader {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reader == nil {
		o := h.o
		o.MaxBody = largestReading
		o.Header = o.Header.Clone()
		o.Allow = nil
		for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			o.Allow = append(o.Allow, Rule{Method: m, Path: "/**"}) // the grants are asked before
		}
		c, err := New(o)
		if err != nil {
			return nil
		}
		h.reader = &handReader{client: c, grants: h.reads, route: h.route}
	}
	return h.reader
}

// Writer sends what changes something, once. Nothing of it exists before the first call of this method. It is nil like that of Reader.
func (h *Hand) Writer() wire.Writer {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.writer == nil {
		c, err := New(h.o) // for the credential, the trust and the proxy; its own ways of sending are not used
		if err != nil {
			return nil
		}
		next := h.o.Dial
		if next == nil {
			// A connection of its own for each write: net/http sends again by itself what it wrote on one that the server had just closed, and HTTP/2
			// what was refused before it was looked at.
			protocols := &http.Protocols{}
			protocols.SetHTTP1(true)
			next = &http.Transport{Proxy: c.proxy, TLSClientConfig: c.tls.Clone(), DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, TLSHandshakeTimeout: dialTime,
				DisableKeepAlives: true, Protocols: protocols}
		}
		h.writer = &handWriter{client: c, grants: h.writes, route: h.route, next: next}
	}
	return h.writer
}

// Wrote reports whether a writer was ever made: in read-only there is none.
func (h *Hand) Wrote() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.writer != nil }

// Close lets go of idle connections.
func (h *Hand) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reader != nil {
		h.reader.client.Close()
	}
}

const dialTime = 15 * time.Second

type handReader struct {
	client *Client
	grants []Grant
	route  func(wire.Call) (wire.Call, error)
}

// Read implements wire.Reader. An answer of any status is a reply.
func (r *handReader) Read(ctx context.Context, call wire.Call) (wire.Reply, error) {
	if !Permits(r.grants, call) {
		return wire.Reply{}, &wire.NotSent{Err: r.client.refused(call, "not on the list of what planning may ask")}
	}
	call, err := r.route(call)
	if err != nil {
		return wire.Reply{}, &wire.NotSent{Err: err}
	}
	req, err := r.client.request(ctx, call.Method, call.Path, call.Query, call.ContentType, bodyOf(call))
	if err != nil {
		return wire.Reply{}, err
	}
	if call.Tenant != "" {
		req.Header.Set("X-Scope-OrgID", call.Tenant)
	}
	resp, f := r.client.do(req, plan{whole: true, attempts: 1 + r.client.o.Retries})
	if f != nil {
		return wire.Reply{}, f
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return wire.Reply{}, FaultOf(err)
	}
	return r.client.reply(resp, data), nil
}

type handWriter struct {
	client *Client
	grants []Grant
	route  func(wire.Call) (wire.Call, error)
	next   http.RoundTripper
}

// Write implements wire.Writer.
func (w *handWriter) Write(ctx context.Context, call wire.Call) (wire.Reply, error) {
	c := w.client
	if !Permits(w.grants, call) {
		return wire.Reply{}, &wire.NotSent{Err: c.refused(call, "not on the list of what this source may change")}
	}
	call, err := w.route(call)
	if err != nil {
		return wire.Reply{}, &wire.NotSent{Err: err}
	}
	value, err := c.cred.get(ctx)
	if err != nil {
		return wire.Reply{}, &wire.NotSent{Err: c.credentialFault(ctx, nil, err)}
	}
	var connected bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	req, err := c.request(ctx, call.Method, call.Path, call.Query, call.ContentType, bodyOf(call))
	if err != nil {
		return wire.Reply{}, &wire.NotSent{Err: err}
	}
	if call.Tenant != "" {
		req.Header.Set("X-Scope-OrgID", call.Tenant)
	}
	out := c.outgoing(ctx, req, value)
	out.GetBody = nil // with it, net/http could send the body a second time
	for _, h := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		delete(out.Header, h)
	}
	started := time.Now()
	resp, err := w.next.RoundTrip(out)
	c.stats.call()
	if err != nil {
		f := c.failure(req, err)
		c.note(req, 0, time.Since(started), f)
		if !connected && c.o.Dial == nil {
			return wire.Reply{}, &wire.NotSent{Err: f}
		}
		return wire.Reply{}, f
	}
	defer resp.Body.Close()
	c.note(req, resp.StatusCode, time.Since(started), nil)
	if resp.StatusCode == http.StatusUnauthorized {
		c.cred.forget(ctx) // the next deed presents what the reference holds by then; this one is over
	}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, largestReply)) // the status has come: that is the answer, cut or not
	return c.reply(resp, data), nil
}

func bodyOf(call wire.Call) []byte {
	if len(call.Body) == 0 {
		return nil
	}
	return call.Body
}

// reply keeps of an answer what may be kept.
func (c *Client) reply(resp *http.Response, data []byte) wire.Reply {
	if text := string(data); c.secret.redact(text) != text {
		data = []byte(c.secret.redact(text))
	}
	h := http.Header{}
	for name, values := range resp.Header {
		if name == "Location" || name == "Retry-After" || name == "Date" || strings.HasSuffix(strings.ToLower(name), "request-id") || name == "Audit-Id" {
			for _, v := range values {
				h.Add(name, c.secret.redact(v))
			}
		}
	}
	return wire.Reply{Status: resp.StatusCode, Body: bytes.TrimSpace(data), Header: h}
}

func (c *Client) refused(call wire.Call, why string) *Fault {
	path, err := url.PathUnescape(call.Path)
	if err != nil {
		path = ""
	}
	return &Fault{Class: ClassRefused, Source: c.o.Name, Method: call.Method, URL: c.secret.redact(c.base.Scheme + "://" + c.base.Host + path), Message: why, Err: errNotGranted}
}

var errNotGranted = errors.New("not granted") //nolint:gochecknoglobals // a sentinel

// forget makes the next use read the reference again.
func (c *credential) forget(ctx context.Context) {
	select {
	case c.lock <- struct{}{}:
		c.value, c.readAt = secret.Value{}, time.Time{}
		<-c.lock
	case <-ctx.Done():
	}
}
