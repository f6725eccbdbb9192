// Package loki reads logs with logcli's client: facts are the newest error lines of the namespaces people look at.
//
// Of the Loki module only pkg/logcli/client and pkg/loghttp may be imported: its other packages double the program. That client
// takes no context, has no time limit, prints failures with the standard logger and loses the status. So each question gets a
// client value of its own, whose transport carries the context, keeps the true failure, and shows the client an empty answer
// instead: it then has nothing to print and nothing to retry.
package loki

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"

	"dsotop/internal/logs"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Options describe one server.
type Options struct {
	Name string // "loki", "loki/ovh"
	// Transport says where and how; its allow-list is set here. The URL ends where /loki/api/v1 would begin. With the tenant
	// in the path, it is that of Observatorium, or says by {tenant} where the tenant stands.
	Transport transport.Options
	Tenancy   sources.Tenancy
}

// layout is where Observatorium has the logs of a tenant.
const layout = "/api/logs/v1/{tenant}"

const (
	pathLabels   = "/loki/api/v1/labels"
	pathValues   = "/loki/api/v1/label/*/values"
	pathSeries   = "/loki/api/v1/series"
	pathRange    = "/loki/api/v1/query_range"
	pathTail     = "/loki/api/v1/tail"
	pathStats    = "/loki/api/v1/index/stats"
	pathVolume   = "/loki/api/v1/index/volume_range"
	pathPatterns = "/loki/api/v1/patterns"
	pathFields   = "/loki/api/v1/detected_fields"
	pathBuild    = "/loki/api/v1/status/buildinfo"
)

// answerTime is how long an answer to a person's question may take: a query over a day of a busy namespace is the work of seconds,
// which the time limit of polls would cut.
const answerTime = 30 * time.Second

// Source is one server. It is safe for concurrent use.
type Source struct {
	name    string
	client  *transport.Client
	strict  http.RoundTripper
	route   sources.Route
	tenancy sources.Tenancy

	// questions carries what people ask: the same server and credential as client, with more time.
	questions *transport.Client
	tls       transport.TLS
	dialling  chan struct{} // a place for each websocket being opened
	times     tailTimes
	streams   *streams
	learnt    learnt

	mu   sync.Mutex
	read map[string]reading // by namespace
}

// New makes the source. It opens no connection.
func New(o Options) (*Source, error) {
	route, err := sources.NewRoute(o.Transport.URL, o.Tenancy, layout)
	if err != nil {
		return nil, err
	}
	t := o.Transport
	if t.MaxBody == 0 {
		t.MaxBody = 16 << 20 // answers are aggregated; decoding a larger one would outlast our own stop
	}
	prefix := route.Pattern()
	t.Name, t.URL, t.Allow = o.Name, route.Base, []transport.Rule{
		{Method: http.MethodGet, Path: prefix + pathLabels},
		{Method: http.MethodGet, Path: prefix + pathRange},
		{Method: http.MethodGet, Path: prefix + pathBuild},
	}
	c, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	t.Timeout, t.MaxBody = max(t.Timeout, answerTime), max(t.MaxBody, largestAnswer)
	for _, path := range []string{pathValues, pathSeries, pathTail, pathStats, pathVolume, pathPatterns, pathFields} {
		t.Allow = append(t.Allow, transport.Rule{Method: http.MethodGet, Path: prefix + path})
	}
	q, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	return &Source{
		name: o.Name, client: c, strict: c.Strict(), route: route, tenancy: o.Tenancy, read: map[string]reading{},
		questions: q, tls: t.TLS, dialling: make(chan struct{}, mostDials), times: usualTimes(), streams: newStreams(), learnt: learnt{limit: usualLimit},
	}, nil
}

// Name implements sources.Source.
func (s *Source) Name() string { return s.name }

// Kind implements sources.Source.
func (s *Source) Kind() string { return "loki" }

// URL implements sources.Source.
func (s *Source) URL() string { return s.client.Base().String() }

// ask runs one question with a client of its own. What the question returns as an error is the client's idea of a failure; the
// true one was seen by the transport.
func (s *Source) ask(ctx context.Context, tenant string, question func(client.Client) error) error {
	return s.through(&witness{ctx: ctx, next: s.route.RoundTripper(tenant, s.strict)}, tenant, question)
}

// through is ask with a witness of the caller's.
func (s *Source) through(w *witness, tenant string, question func(client.Client) error) error {
	c := &client.DefaultClient{
		Address:     strings.TrimRight(s.client.Base().String(), "/") + s.route.Path(tenant),
		Tripperware: func(http.RoundTripper) http.RoundTripper { return w },
		// Retries 0 is one attempt: ours are made below it, for reads, with the server's Retry-After.
	}
	err := question(c)
	_, ours := errors.AsType[*logs.QueryError](err)
	switch {
	case w.failure != nil:
		return w.failure
	case ours:
		return err
	case err != nil:
		return s.malformed("the answer is not what Loki would say")
	}
	return nil
}

func (s *Source) malformed(message string) error {
	return &transport.Fault{Class: transport.ClassMalformed, Source: s.name, Method: http.MethodGet, URL: s.URL(), Message: message}
}

// largestAnswer bounds an answer to a person's question: 5,000 lines of 10 kB. Above it fewer lines are asked for.
const largestAnswer = 48 << 20

// longestAnswer bounds what a witness reads; the transport's own bound is lower.
const longestAnswer = 64 << 20

// witness carries the requests of one question and keeps why they failed.
type witness struct {
	ctx     context.Context //nolint:containedctx // the client's methods take none
	next    http.RoundTripper
	failure error
	query   url.Values  // added to the request: what the client's methods have no parameter for
	header  http.Header // added to the request
}

// RoundTrip implements http.RoundTripper.
func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(w.dressed(req))
	if err != nil {
		return w.nothing(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer+1))
	switch {
	case err != nil:
		return w.nothing(err)
	case len(body) > longestAnswer:
		return w.nothing(&transport.Fault{Class: transport.ClassMalformed, Method: req.Method, URL: address(req.URL), Status: resp.StatusCode, Message: "the answer is too large"})
	case !json.Valid(body): // the client's own parser takes some garbage for an empty answer
		return w.nothing(&transport.Fault{Class: transport.ClassMalformed, Method: req.Method, URL: address(req.URL), Status: resp.StatusCode, Message: "unexpected answer: not JSON"})
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// dressed is the request with our context and what the question adds.
func (w *witness) dressed(req *http.Request) *http.Request {
	if len(w.query) == 0 && len(w.header) == 0 {
		return req.WithContext(w.ctx)
	}
	req = req.Clone(w.ctx)
	q := req.URL.Query()
	for name, values := range w.query {
		q[name] = values
	}
	req.URL.RawQuery = q.Encode()
	for name, values := range w.header {
		req.Header[name] = values
	}
	return req
}

// nothing keeps a failure and gives the client an answer it accepts in silence.
func (w *witness) nothing(err error) (*http.Response, error) {
	w.failure = err
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2,
	}, nil
}

func address(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// version is what answers; "" where a gateway does not pass the question on. logcli has no call for it.
func (s *Source) version(ctx context.Context, tenant string) (string, error) {
	target := strings.TrimRight(s.client.Base().String(), "/") + s.route.Path(tenant) + pathBuild
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	w := &witness{ctx: ctx, next: s.route.RoundTripper(tenant, s.strict)}
	resp, err := w.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var info struct {
		Version string `json:"version"`
	}
	if w.failure != nil || json.NewDecoder(resp.Body).Decode(&info) != nil {
		if aboutQuestion(w.failure) {
			return "", nil
		}
		return "", w.failure
	}
	return cleanWord(info.Version), nil
}

// aboutQuestion reports whether a failure concerns what was asked rather than the server as a whole.
func aboutQuestion(err error) bool {
	if err == nil {
		return true
	}
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassServer, transport.ClassMalformed:
		return true
	}
	return false
}
