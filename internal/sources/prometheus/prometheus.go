// Package prometheus reads metrics and the alerts of rulers from a Prometheus, a Mimir, or either behind Observatorium, with the
// official API client. Facts are the alerts, the use of each namespace and its quota, so that teams without kubectl have them.
package prometheus

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Options describe one server.
type Options struct {
	Name string // "prometheus", "prometheus/ovh"
	// Transport says where and how; its allow-list is set here. The URL ends where /api/v1 would begin: a Mimir needs its
	// /prometheus. With the tenant in the path, the URL is that of Observatorium, or says by {tenant} where the tenant stands.
	Transport transport.Options
	Tenancy   sources.Tenancy
}

// layout is where Observatorium has the metrics of a tenant.
const layout = "/api/metrics/v1/{tenant}/prometheus"

// Source is one server. It is safe for concurrent use.
type Source struct {
	name    string
	client  *transport.Client
	strict  http.RoundTripper
	route   sources.Route
	tenancy sources.Tenancy
	own     sources.Patient // the platform's own tenant
	// questions carries what people ask: the same server and credential as client, with more time.
	questions *transport.Client

	mu      sync.Mutex
	tenants map[string]*facts // by tenant; "" when there are none
}

// facts is what one tenant told last.
type facts struct {
	alerts     []platform.Alert
	alertsRead bool
	alertMoves uint64 // how often they were others than before
	usage      map[string]platform.Usage
	quotas     map[string][]platform.Quota
	// warnings came with usage or quotas.
	warnings []string
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
	t.Name, t.URL, t.Allow = o.Name, route.Base, rules(route.Pattern())
	client, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	t.Timeout, t.MaxBody = max(t.Timeout, answerTime), max(t.MaxBody, largestAnswer)
	t.Allow = append(t.Allow, asked(route.Pattern())...)
	questions, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	return &Source{
		name: o.Name, client: client, strict: client.Strict(), route: route, tenancy: o.Tenancy, questions: questions, tenants: map[string]*facts{},
	}, nil
}

// Name implements sources.Source.
func (s *Source) Name() string { return s.name }

// Kind implements sources.Source.
func (s *Source) Kind() string { return "prometheus" }

// URL implements sources.Source.
func (s *Source) URL() string { return s.client.Base().String() }

// rules is all this source may send. A query by POST is a read: its text may be longer than an address can be.
func rules(prefix string) []transport.Rule {
	return []transport.Rule{
		{Method: http.MethodGet, Path: prefix + "/api/v1/query"},
		{Method: http.MethodPost, Path: prefix + "/api/v1/query"},
		{Method: http.MethodGet, Path: prefix + "/api/v1/query_range"},
		{Method: http.MethodPost, Path: prefix + "/api/v1/query_range"},
		{Method: http.MethodGet, Path: prefix + "/api/v1/alerts"},
		{Method: http.MethodGet, Path: prefix + "/api/v1/status/buildinfo"},
	}
}

// api is the official client on our transport, for one tenant.
func (s *Source) api(tenant string) v1.API { return s.through(s.strict, tenant) }

// through is api on a transport of the caller's.
func (s *Source) through(next http.RoundTripper, tenant string) v1.API {
	base := *s.client.Base()
	base.RawPath = strings.TrimRight(base.EscapedPath(), "/") + s.route.Path(tenant)
	base.Path, _ = url.PathUnescape(base.RawPath)
	return v1.NewAPI(&connector{base: &base, next: s.route.RoundTripper(tenant, next)})
}

// connector carries the official client's requests. Its own connector hands refusals on as answers, upon which the client sends
// a refused query once more by GET, and loses what the server said.
type connector struct {
	base *url.URL
	next http.RoundTripper
}

var _ api.Client = (*connector)(nil)

// URL implements api.Client.
func (c *connector) URL(endpoint string, args map[string]string) *url.URL {
	for name, value := range args {
		endpoint = strings.ReplaceAll(endpoint, ":"+name, url.PathEscape(value))
	}
	return c.base.JoinPath(endpoint)
}

// Do implements api.Client. Errors are *transport.Fault.
func (c *connector) Do(ctx context.Context, req *http.Request) (*http.Response, []byte, error) {
	// The client marks its POST as repeatable for net/http, which would then resend it behind our back.
	req = req.Clone(ctx)
	req.Header.Del("Idempotency-Key")
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		f := transport.FaultOf(err)
		if req.Method == http.MethodPost && (f.Status == http.StatusMethodNotAllowed || f.Status == http.StatusNotImplemented) {
			// Servers before POST queries: the client then asks by GET.
			return &http.Response{StatusCode: f.Status, Body: http.NoBody}, nil, f
		}
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if text := strings.TrimSpace(string(body[:min(len(body), 64)])); strings.HasPrefix(text, "<") {
		return nil, nil, &transport.Fault{Class: transport.ClassMalformed, Method: req.Method, URL: address(req.URL), Status: resp.StatusCode, Message: "unexpected answer: a page for browsers (HTML), not data"}
	}
	return resp, body, nil
}

func address(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// fault completes an error of the official client: what it made itself of an answer that came.
func (s *Source) fault(err error) error {
	if err == nil {
		return nil
	}
	said, ok := errors.AsType[*v1.Error](err)
	if _, known := errors.AsType[*transport.Fault](err); known || !ok {
		return err
	}
	f := &transport.Fault{Class: transport.ClassMalformed, Source: s.name, Method: http.MethodPost, URL: s.URL(), Err: err}
	switch said.Type {
	case v1.ErrTimeout, v1.ErrCanceled:
		f.Class = transport.ClassTimeout
	case v1.ErrBadData, v1.ErrExec, v1.ErrClient:
		f.Class = transport.ClassRequest
	case v1.ErrServer:
		f.Class = transport.ClassServer
	}
	f.Message = short(s.client.Redact(platform.CleanLine(said.Error())))
	return f
}

func short(text string) string {
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:299]) + "…"
	}
	return text
}

// vector answers a PromQL expression at one moment, in a tenant ("" without tenants). Warnings are what the server added: a
// part of the answer may be missing. Errors are *transport.Fault.
func (s *Source) vector(ctx context.Context, tenant, expr string, at time.Time) (model.Vector, []string, error) {
	value, warnings, _, err := s.api(tenant).Query(ctx, expr, at)
	if err != nil {
		return nil, nil, s.fault(err)
	}
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, nil, s.shape(value)
	}
	return vector, cleaned(warnings), nil
}

// matrix answers a PromQL expression over a range, as vector does at one moment.
func (s *Source) matrix(ctx context.Context, tenant, expr string, r v1.Range) (model.Matrix, []string, error) {
	value, warnings, _, err := s.api(tenant).QueryRange(ctx, expr, r)
	if err != nil {
		return nil, nil, s.fault(err)
	}
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, nil, s.shape(value)
	}
	return matrix, cleaned(warnings), nil
}

func (s *Source) shape(got model.Value) error {
	kind := "nothing"
	if got != nil {
		kind = got.Type().String()
	}
	return &transport.Fault{Class: transport.ClassMalformed, Source: s.name, URL: s.URL(), Message: "unexpected answer: " + kind}
}

func cleaned(warnings v1.Warnings) []string {
	out := make([]string, 0, len(warnings))
	for _, w := range warnings {
		out = append(out, short(platform.CleanLine(w)))
	}
	return out
}
