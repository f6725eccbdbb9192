package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Client speaks to one remote system. It is safe for concurrent use.
type Client struct {
	o      Options
	base   *url.URL
	tls    *tls.Config
	proxy  func(*http.Request) (*url.URL, error)
	next   http.RoundTripper // the network
	cred   *credential
	secret *redactor
	limit  *rate.Limiter
	log    *slog.Logger
	stats  counters
	skew   Skew
	pause  pause
	lost   chan struct{} // see Lost
	seed   maphash.Seed
	spare  sync.Pool // of *bytes.Buffer: what answers are read into before their size is known
}

// Response is a whole answer with a 2xx status.
type Response struct {
	Status  int
	Header  http.Header
	Body    []byte
	Latency time.Duration // of the last attempt, body included
	// Sum is a hash of Body: two answers to one client with the same sum hold the same bytes. What was made of the first need not be made
	// again. It means nothing to another client, or in another run.
	Sum uint64
}

// New makes a client. It opens no connection and reads no secret, but reads the certificate files. Errors name what is wrong in
// the options and never carry a credential.
func New(o Options) (*Client, error) {
	o = withDefaults(o)
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{o: o, base: base, secret: &redactor{}, limit: rate.NewLimiter(rate.Limit(o.Rate), o.Burst), log: o.Log, lost: make(chan struct{}, 1), seed: maphash.MakeSeed()}
	c.cred = newCredential(o.Auth, c.secret)
	if o.Auth.Scheme == AuthHeader && o.Auth.Header == "" {
		return nil, fmt.Errorf("authentication by %s needs the name of it", o.Auth.Scheme)
	}
	if c.tls, err = tlsConfig(o.TLS); err != nil {
		return nil, err
	}
	if c.proxy, err = proxyFunc(o.Proxy, c.secret); err != nil {
		return nil, err
	}
	c.next = o.Dial
	if c.next == nil {
		c.next = &http.Transport{
			Proxy:               c.proxy,
			TLSClientConfig:     c.tls.Clone(),
			DialContext:         c.dialer(&net.Dialer{Timeout: o.Timeout, KeepAlive: 15 * time.Second}),
			TLSHandshakeTimeout: o.Timeout,
			ForceAttemptHTTP2:   true,
			// net/http makes of a proxy's refusal an error with nothing but a text.
			OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
				if resp.StatusCode == http.StatusOK {
					return nil
				}
				return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))}
			},
			MaxIdleConnsPerHost: 8,
			IdleConnTimeout:     time.Minute,
			// A long stream over a dead route would otherwise stay silent for ever.
			HTTP2: &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second},
		}
	}
	return c, nil
}

func withDefaults(o Options) Options {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	switch {
	case o.Retries == 0:
		o.Retries = 2
	case o.Retries < 0:
		o.Retries = 0
	}
	if o.Backoff <= 0 {
		o.Backoff = 250 * time.Millisecond
	}
	if o.Rate <= 0 {
		o.Rate = 10
	}
	if o.Burst <= 0 {
		o.Burst = 150
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 64 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil: // net/url's error repeats the text, which may hold a password
		return nil, errors.New("the address is not a URL")
	case u.User != nil:
		return nil, fmt.Errorf("the address of %s holds a user or a password: give them by reference", u.Host)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, errors.New("the address must start with https:// (or http://) and a host")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of %s holds a query or a fragment", u.Host)
	}
	return u, nil
}

// Base is the address of the system, without credentials. The caller must not change it.
func (c *Client) Base() *url.URL { return c.base }

// Stats are the counters since New.
func (c *Client) Stats() Stats {
	s := c.stats.read()
	s.Skew = c.skew.Least()
	return s
}

// Anonymous reports whether the options name nothing to be recognised by: neither a credential nor a client certificate.
func (c *Client) Anonymous() bool { return c.o.Auth.Scheme == AuthNone && c.o.TLS.CertFile == "" }

// TLSConfig is a copy of what connections use, for those who dial by themselves (websockets).
func (c *Client) TLSConfig() *tls.Config { return c.tls.Clone() }

// Proxy chooses the proxy of a request; it is never nil.
func (c *Client) Proxy() func(*http.Request) (*url.URL, error) { return c.proxy }

// AuthHeader returns the credential and the extra headers, for a websocket dial. The secret is read when needed; after a 401
// call [Client.RenewAuth]. Errors are *Fault.
func (c *Client) AuthHeader(ctx context.Context) (http.Header, error) {
	v, err := c.cred.get(ctx)
	if err != nil {
		return nil, c.credentialFault(ctx, nil, err)
	}
	h := c.o.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	c.o.Auth.apply(h, v)
	return h, nil
}

// RenewAuth reads the secret's reference again, after a system refused it on a connection this client did not make. It reports
// whether the secret changed, so that one more try makes sense.
func (c *Client) RenewAuth(ctx context.Context) (changed bool, err error) {
	used, err := c.cred.get(ctx)
	if err != nil {
		return false, c.credentialFault(ctx, nil, err)
	}
	if _, changed, err = c.cred.renew(ctx, used, time.Now()); err != nil {
		return false, c.credentialFault(ctx, nil, err)
	}
	return changed, nil
}

// Redact takes every secret this client ever used, and passwords in URLs, out of a text.
func (c *Client) Redact(s string) string { return c.secret.redact(s) }

// Close lets go of idle connections. The client may be used again afterwards.
func (c *Client) Close() {
	if t, ok := c.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// RoundTripper is the full stack for vendor clients: allow-list, rate, credential, retries, counters. An answer of the system is
// handed on whatever its status, as vendor clients want it; a failure to have one is a *Fault, also inside their *url.Error. A
// redirect is handed on only when the allow-list has its target; else it is a login page: ClassUnauthorised.
// The time limit is on the headers; a body may last (watches, follows), but one that is no stream must keep coming.
func (c *Client) RoundTripper() http.RoundTripper { return tripper{c: c} }

// Strict is RoundTripper with every answer that is not 2xx turned into a *Fault that carries what the server said, for vendor
// clients that lose the status or print bodies.
func (c *Client) Strict() http.RoundTripper { return tripper{c: c, strict: true} }

// HTTP is an http.Client on [Client.RoundTripper] that never follows redirects and has no time limit of its own.
func (c *Client) HTTP() *http.Client {
	return &http.Client{Transport: c.RoundTripper(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Get reads path, which is relative to the base and already escaped, whole. Errors are *Fault; every status but 2xx is one.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (*Response, error) {
	return c.whole(ctx, http.MethodGet, path, query, "", nil)
}

// GetJSON is Get with the answer decoded into out. An HTML page, an empty answer and a wrong shape are ClassMalformed.
func (c *Client) GetJSON(ctx context.Context, path string, query url.Values, out any) (*Response, error) {
	return c.GetJSONUnless(ctx, path, query, 0, out)
}

// GetJSONUnless is GetJSON that leaves out alone when the answer has the sum of one that is known: see [Response]. 0 is no sum.
func (c *Client) GetJSONUnless(ctx context.Context, path string, query url.Values, known uint64, out any) (*Response, error) {
	resp, err := c.Get(ctx, path, query)
	if err != nil || resp.Status == http.StatusNoContent || known != 0 && resp.Sum == known {
		return resp, err
	}
	if f := c.decode(resp, out); f != nil {
		f.Method, f.URL = http.MethodGet, c.shown(c.at(path))
		return nil, f
	}
	return resp, nil
}

// Post sends a read that needs a body: a GraphQL query, a Prometheus query. It must be on the allow-list like everything else.
func (c *Client) Post(ctx context.Context, path string, query url.Values, contentType string, body []byte) (*Response, error) {
	return c.whole(ctx, http.MethodPost, path, query, contentType, body)
}

// Stream opens an answer that does not end: no retry, and a time limit on its headers only. The caller closes the body, or ends ctx.
func (c *Client) Stream(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	req, err := c.request(ctx, http.MethodGet, path, query, "", nil)
	if err != nil {
		return nil, err
	}
	resp, f := c.do(req, plan{stream: true, attempts: 1})
	if f != nil {
		return nil, f
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, c.refusal(req, resp)
	}
	return resp, nil
}

func (c *Client) whole(ctx context.Context, method, path string, query url.Values, contentType string, body []byte) (*Response, error) {
	req, err := c.request(ctx, method, path, query, contentType, body)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	resp, f := c.do(req, plan{whole: true, attempts: 1 + c.o.Retries, started: &started})
	if f != nil {
		return nil, f
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, c.refusal(req, resp)
	}
	var data []byte
	if h, ok := resp.Body.(held); ok {
		data = h.data
	} else {
		data, _ = io.ReadAll(resp.Body)
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: data, Latency: time.Since(started), Sum: maphash.Bytes(c.seed, data)}, nil
}

// at joins an escaped path to the base.
func (c *Client) at(path string) *url.URL {
	u := *c.base
	u.RawPath = strings.TrimRight(c.base.EscapedPath(), "/") + "/" + strings.TrimPrefix(path, "/")
	u.Path, _ = url.PathUnescape(u.RawPath)
	return &u
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, contentType string, body []byte) (*http.Request, error) {
	u := c.at(path)
	u.RawQuery = query.Encode()
	if _, err := url.PathUnescape(u.RawPath); err != nil || strings.ContainsAny(path, "?#") {
		return nil, &Fault{Class: ClassRefused, Source: c.o.Name, Method: method, URL: c.shown(u), Message: "the path is not escaped as it should be"}
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), reader)
	if err != nil {
		return nil, &Fault{Class: ClassRefused, Source: c.o.Name, Method: method, URL: c.shown(u), Message: "not a request", Err: err}
	}
	req.Header.Set("Accept", "application/json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

func (c *Client) decode(resp *Response, out any) *Fault {
	f := &Fault{Class: ClassMalformed, Source: c.o.Name, Status: resp.Status}
	body := bytes.TrimSpace(resp.Body)
	switch {
	case len(body) == 0:
		f.Message = "unexpected answer: empty"
	case body[0] == '<' || strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html"):
		f.Message = "unexpected answer: a page for browsers (HTML), not data"
	default:
		err := json.Unmarshal(body, out)
		if err == nil {
			return nil
		}
		f.Err, f.Message = err, shorten(c.secret.redact(malformed(err)))
	}
	return f
}
