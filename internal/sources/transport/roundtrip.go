package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/secret"
)

// longWait is the longest Retry-After that is slept through here; a longer one is the caller's to plan.
const longWait = 5 * time.Second

// plan says how one request is carried.
type plan struct {
	whole    bool       // the body is read within the attempt and its time limit, so that a cut body is tried again
	stream   bool       // the body may be silent and long
	attempts int        // at most
	started  *time.Time // receives the start of the last attempt
}

type tripper struct {
	c      *Client
	strict bool
}

// RoundTrip implements http.RoundTripper.
func (t tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	p := plan{attempts: 1 + t.c.o.Retries, stream: asksStream(req)}
	if req.Body != nil && req.Body != http.NoBody {
		defer req.Body.Close()
		if req.GetBody == nil {
			p.attempts = 1
		}
	}
	resp, f := t.c.do(req, p)
	if f != nil {
		return nil, f
	}
	if resp.StatusCode == http.StatusNotModified { // the answer to a condition the vendor client set
		return resp, nil
	}
	if t.strict && (resp.StatusCode < 200 || resp.StatusCode > 299) {
		return nil, t.c.refusal(req, resp)
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		target, err := resp.Location()
		if err != nil || !allowed(t.c.base, t.c.o.Allow, req.Method, target) {
			return nil, t.c.refusal(req, resp)
		}
	}
	return resp, nil
}

// asksStream recognises the requests whose answers do not end: Kubernetes watches, followed logs, server-sent events.
func asksStream(req *http.Request) bool {
	if strings.Contains(req.Header.Get("Accept"), "text/event-stream") {
		return true
	}
	q := req.URL.RawQuery
	return strings.Contains(q, "watch=") || strings.Contains(q, "follow=")
}

// do is the stack. It returns an answer of any status, or a fault when there is none. The request is not changed.
func (c *Client) do(req *http.Request, p plan) (*http.Response, *Fault) {
	ctx := req.Context()
	if !allowed(c.base, c.o.Allow, req.Method, req.URL) {
		return nil, c.fault(req, ClassRefused, "not on the list of what this source may read", nil)
	}
	if left := c.pause.left(); left > 0 {
		f := c.fault(req, ClassRateLimited, "the server asked for fewer calls; not sent", nil)
		f.RetryAfter = left
		return nil, f
	}
	renewed := false
	for attempt := 1; ; attempt++ {
		resp, used, sent, f := c.attempt(req, p)
		if f == nil && resp.StatusCode == http.StatusUnauthorized && !renewed && replayable(req) {
			renewed = true
			_, changed, err := c.cred.renew(ctx, used, sent)
			if err == nil && changed {
				drop(resp)
				attempt--
				continue
			}
		}
		wait, again := c.again(resp, f, attempt)
		if f == nil && resp.StatusCode == http.StatusTooManyRequests {
			c.pause.extend(wait)
		}
		if !again || attempt >= p.attempts || !replayable(req) || !c.sleep(ctx, wait) {
			if f != nil && errors.Is(ctx.Err(), context.Canceled) {
				f = c.fault(req, ClassCanceled, "given up", ctx.Err())
			}
			return resp, f
		}
		if resp != nil {
			drop(resp)
		}
	}
}

func replayable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// again says whether the outcome of an attempt is passing, and how long to wait before the next one.
func (c *Client) again(resp *http.Response, f *Fault, attempt int) (time.Duration, bool) {
	backoff := c.o.Backoff << (attempt - 1)
	backoff = backoff/2 + rand.N(backoff) // half to one and a half
	if f != nil {
		return backoff, f.Class == ClassUnreachable || f.Class == ClassTimeout
	}
	asked := retryAfter(resp.Header, c.o.Clock())
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return asked, asked > 0 && asked <= longWait
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if asked > 0 {
			return asked, asked <= longWait
		}
		return backoff, true
	}
	return 0, false
}

// sleep waits; false when the context ends first or would end before.
func (c *Client) sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

var errAttempt = errors.New("no answer in time") //nolint:gochecknoglobals // a sentinel

// attempt sends the request once.
func (c *Client) attempt(req *http.Request, p plan) (_ *http.Response, used secret.Value, sent time.Time, _ *Fault) {
	ctx := req.Context()
	if err := c.limit.Wait(ctx); err != nil {
		if ctx.Err() == nil { // the deadline would pass while we hold back
			return nil, used, sent, c.fault(req, ClassTimeout, "no time left within our own rate limit", context.DeadlineExceeded)
		}
		return nil, used, sent, c.failure(req, ctx.Err())
	}
	used, err := c.cred.get(ctx)
	if err != nil {
		return nil, used, sent, c.credentialFault(ctx, req, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.o.Timeout, func() { cancel(errAttempt) })
	out := c.outgoing(ctx, req, used)
	if out == nil {
		timer.Stop()
		cancel(nil)
		return nil, used, sent, c.fault(req, ClassRequest, "the body of the request cannot be read again", nil)
	}
	sent = time.Now()
	asked := c.o.Clock()
	if p.started != nil {
		*p.started = sent
	}
	c.stats.call()
	resp, err := c.next.RoundTrip(out)
	took := time.Since(sent)
	if err != nil {
		timer.Stop()
		cause := context.Cause(ctx)
		cancel(nil)
		f := c.failure(req, causeOr(cause, err))
		c.note(req, 0, took, f)
		return nil, used, sent, f
	}
	c.stats.answered(took)
	c.skew.Saw(resp, asked, c.o.Clock())
	resp.Request = req // vendor clients resolve redirects against theirs, without our credential
	body := &body{r: resp.Body, count: c.stats.received, cancel: cancel, left: c.o.MaxBody}
	resp.Body = body
	if p.whole {
		data, err := c.readAll(body, resp.ContentLength)
		timer.Stop()
		cause := context.Cause(ctx)
		_ = body.Close()
		if err == nil && cause != nil {
			err = cause // a server may end a body that we cancelled as if it were complete
		}
		if err != nil {
			f := c.failure(req, causeOr(cause, err))
			if errors.Is(err, errTooLarge) {
				f.Class, f.Message = ClassMalformed, "the answer is larger than "+strconv.FormatInt(c.o.MaxBody>>20, 10)+" MiB"
			}
			c.note(req, resp.StatusCode, time.Since(sent), f)
			return nil, used, sent, f
		}
		resp.Body = held{bytes.NewReader(data), data}
		c.note(req, resp.StatusCode, time.Since(sent), nil)
		return resp, used, sent, nil
	}
	if !timer.Stop() && context.Cause(ctx) != nil { // the limit passed between the headers and here
		_ = body.Close()
		return nil, used, sent, c.failure(req, errAttempt)
	}
	if resp.StatusCode < 300 && (p.stream || strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream")) {
		body.left = -1
	} else {
		body.idle = c.o.Timeout
	}
	c.note(req, resp.StatusCode, took, nil)
	return resp, used, sent, nil
}

// causeOr prefers why we cancelled over what the cancelled call says.
func causeOr(cause, err error) error {
	if cause != nil {
		return cause
	}
	return err
}

// outgoing is a copy of the request with everything this stack adds; nil when its body cannot be had again.
func (c *Client) outgoing(ctx context.Context, req *http.Request, v secret.Value) *http.Request {
	out := req.Clone(ctx)
	out.Host = c.base.Host
	if out.Header == nil {
		out.Header = http.Header{}
	}
	for _, h := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"} {
		out.Header.Del(h) // some servers take the method from there, behind the back of the allow-list
	}
	for name, values := range c.o.Header {
		out.Header[http.CanonicalHeaderKey(name)] = values
	}
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", "dsotop")
	}
	c.o.Auth.apply(out.Header, v)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil
		}
		out.Body = body
	}
	return out
}

func (c *Client) note(req *http.Request, status int, took time.Duration, f *Fault) {
	if !c.log.Enabled(req.Context(), slog.LevelDebug) {
		return // what would be written is not made either
	}
	if f != nil {
		c.log.Debug("request failed", "source", c.o.Name, "method", req.Method, "url", c.shown(req.URL), "class", string(f.Class), "why", f.What(), "took", took)
		return
	}
	c.log.Debug("request", "source", c.o.Name, "method", req.Method, "url", c.shown(req.URL), "status", status, "took", took)
}

// shown is a URL as it may be shown: no credentials, no query.
func (c *Client) shown(u *url.URL) string {
	return c.secret.redact(u.Scheme + "://" + u.Host + u.EscapedPath())
}

func (c *Client) fault(req *http.Request, class Class, message string, err error) *Fault {
	return &Fault{Class: class, Source: c.o.Name, Method: req.Method, URL: c.shown(req.URL), Message: message, Err: err}
}

// failure is the fault of a request without an answer.
func (c *Client) failure(req *http.Request, err error) *Fault {
	if errors.Is(err, errAttempt) {
		return c.fault(req, ClassTimeout, "no answer within "+c.o.Timeout.String(), context.DeadlineExceeded)
	}
	if ended := req.Context().Err(); ended != nil { // a cause given by the caller is no classification
		err = ended
	}
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(req.Context().Err(), context.DeadlineExceeded) {
		return c.fault(req, ClassTimeout, "no answer in the time that was left", err)
	}
	f := FaultOf(err)
	return c.fault(req, f.Class, shorten(c.secret.redact(f.What())), err)
}

func (c *Client) credentialFault(ctx context.Context, req *http.Request, err error) *Fault {
	f := &Fault{Class: ClassCredential, Source: c.o.Name, Message: shorten(c.secret.redact(err.Error())), Err: err}
	if ctx.Err() != nil {
		f.Class = classOf(ctx.Err())
	}
	if req != nil {
		f.Method, f.URL = req.Method, c.shown(req.URL)
	}
	return f
}

// refusal turns an answer that is not 2xx into a fault and closes it.
func (c *Client) refusal(req *http.Request, resp *http.Response) *Fault {
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	f := c.fault(req, classOfStatus(resp.StatusCode), shorten(c.secret.redact(messageOf(data))), nil)
	f.Status = resp.StatusCode
	f.Anonymous = c.Anonymous()
	f.RetryAfter = retryAfter(resp.Header, c.o.Clock())
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if to := c.moved(req.URL, resp); to != "" {
			f.Class, f.Message = ClassNotFound, "moved to "+to
		} else if f.Message == "" {
			f.Message = "sent to another address, as for logging in"
		}
	}
	return f
}

// moved is where a system now is that answers by sending to the same path elsewhere: from http to https, to a new name. Logging in is
// another path. "" when it is not that.
func (c *Client) moved(from *url.URL, resp *http.Response) string {
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || to.Host == "" || to.Scheme == from.Scheme && to.Host == from.Host || strings.Trim(to.Path, "/") != strings.Trim(from.Path, "/") {
		return ""
	}
	return c.shown(&url.URL{Scheme: to.Scheme, Host: to.Host, Path: strings.TrimSuffix(strings.TrimSuffix(to.Path, "/"), strings.TrimPrefix(from.Path, strings.TrimSuffix(c.base.Path, "/")))})
}

func drop(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // a drained connection is used again
	_ = resp.Body.Close()
}

// retryAfter reads the header, as seconds or as a date; 0 when absent or past, at most an hour.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return min(max(untilReset(h, now), 0), time.Hour)
	}
	var d time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date // the server's own idea of now: our clocks may differ
		}
		d = at.Sub(now)
	}
	return min(max(d, 0), time.Hour)
}

// untilReset reads what GitLab says beside its 429 when a proxy, or its own middleware, left Retry-After out: the second, since 1970, at which
// calls are counted anew, and that none is left until then.
func untilReset(h http.Header, now time.Time) time.Duration {
	reset, err := strconv.ParseInt(strings.TrimSpace(h.Get("RateLimit-Reset")), 10, 64)
	if err != nil || reset < 1e9 || strings.TrimSpace(h.Get("RateLimit-Remaining")) != "0" {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return time.Unix(reset, 0).Sub(now)
}
