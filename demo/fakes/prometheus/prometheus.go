// Package prometheus is the face of Prometheus and of Grafana Mimir over the demo world: the HTTP API v1 with the true PromQL
// engine, over series that are computed from the world when they are asked for.
//
// Three mounts: /api/v1 as Prometheus, /prometheus/api/v1 as Mimir (tenant in X-Scope-OrgID), and
// /api/metrics/v1/{tenant}/… as Observatorium (tenant in the path).
package prometheus

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// Options of the face. The zero value asks for no token and shows every tenant to whoever names none.
type Options struct {
	Token string // bearer token asked for; "" none
	// RequireTenant refuses requests without a tenant on every mount, as Mimir does. When false they see everything, as in a
	// Prometheus that knows no tenants.
	RequireTenant bool
	// Alertmanager serves {prefix}/alertmanager/…, as Mimir has it beside its queries; nil is 404.
	Alertmanager http.Handler
	Writes       *atomic.Int64 // counts requests that would have written; may be nil
	Version      string        // "" is 3.5.0
}

type face struct {
	w      *world.World
	o      Options
	engine *promql.Engine
	parser parser.Parser
	mux    *http.ServeMux
}

// Handler serves the world's metrics. It is safe for concurrent use and starts no goroutine.
func Handler(w *world.World, o Options) http.Handler {
	if o.Version == "" {
		o.Version = "3.5.0"
	}
	p := parser.NewParser(parser.Options{})
	f := &face{w: w, o: o, parser: p, mux: http.NewServeMux()}
	f.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples:               50_000_000,
		Timeout:                  2 * time.Minute,
		LookbackDelta:            lookback,
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		Parser:                   p,
	})
	f.routes()
	return f
}

func (f *face) routes() {
	get := func(pattern string, h func(*http.Request, tenant.Set) answer) {
		f.mux.HandleFunc("GET "+pattern, f.api(h))
	}
	both := func(pattern string, h func(*http.Request, tenant.Set) answer) {
		get(pattern, h)
		f.mux.HandleFunc("POST "+pattern, f.api(h))
	}
	both("/api/v1/query", f.query)
	both("/api/v1/query_range", f.queryRange)
	both("/api/v1/query_exemplars", f.exemplars)
	both("/api/v1/format_query", f.formatQuery)
	both("/api/v1/series", f.series)
	both("/api/v1/labels", f.labelNames)
	get("/api/v1/label/{name}/values", f.labelValues)
	get("/api/v1/metadata", f.metadata)
	get("/api/v1/rules", f.rules)
	get("/api/v1/alerts", f.alerts)
	get("/api/v1/targets", f.targets)
	get("/api/v1/alertmanagers", f.alertmanagers)
	get("/api/v1/status/buildinfo", f.buildInfo)
	get("/api/v1/status/config", f.config)
	get("/api/v1/status/flags", f.flags)
	get("/api/v1/status/runtimeinfo", f.runtimeInfo)
	f.mux.HandleFunc("GET /-/healthy", text("Prometheus Server is Healthy.\n"))
	f.mux.HandleFunc("GET /-/ready", text("Prometheus Server is Ready.\n"))
}

// readPost reports whether POST may reach a path without writing: queries too long for a URL.
func readPost(path string) bool {
	switch strings.TrimPrefix(path, "/api/v1") {
	case "/query", "/query_range", "/query_exemplars", "/format_query", "/series", "/labels":
		return true
	}
	return false
}

// ServeHTTP peels the mount and the tenant off the path, then answers as Prometheus would.
func (f *face) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	path, header := r.URL.Path, r.Header.Get(tenant.Header)
	var set tenant.Set
	observatorium := false
	if rest, ok := strings.CutPrefix(path, "/api/metrics/v1/"); ok {
		id, tail, _ := strings.Cut(rest, "/")
		set, path, observatorium = tenant.Parse(id), "/"+tail, true
	} else if header != "" {
		set = tenant.Parse(header)
	}
	if !tenant.Bearer(r, f.o.Token) && !strings.HasPrefix(path, "/-/") {
		rw.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(rw, "Unauthorized", http.StatusUnauthorized)
		return
	}
	if set == nil && f.o.RequireTenant && !strings.HasPrefix(path, "/-/") {
		http.Error(rw, "no org id", http.StatusUnauthorized)
		return
	}
	if strings.HasPrefix(path, "/alertmanager/") && f.o.Alertmanager != nil {
		f.o.Alertmanager.ServeHTTP(rw, inner(r, path, set))
		return
	}
	if rest, ok := strings.CutPrefix(path, "/prometheus/"); ok {
		if path = "/" + rest; path == "/api/v1/status/buildinfo" && r.Method == http.MethodGet {
			write(rw, http.StatusOK, envelope{Status: "success", Data: mimirInfo()})
			return
		}
	}
	if f.isWrite(r.Method, path) {
		tenant.Count(f.o.Writes)
		if observatorium {
			http.Error(rw, "forbidden", http.StatusForbidden)
			return
		}
		fail(rw, http.StatusForbidden, "forbidden", "this Prometheus is read-only")
		return
	}
	f.mux.ServeHTTP(rw, inner(r, path, set))
}

// inner is the request as the system behind the mount sees it: the path without its prefix, the tenant in the header.
func inner(r *http.Request, path string, set tenant.Set) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Path, out.URL.RawPath = path, ""
	out.Header.Del(tenant.Header)
	if set != nil {
		ids := make([]string, 0, len(set))
		for id := range set {
			ids = append(ids, id)
		}
		out.Header.Set(tenant.Header, strings.Join(ids, "|"))
	}
	return out
}

func (f *face) isWrite(method, path string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	case http.MethodPost:
		return !readPost(path)
	}
	return true
}

func text(s string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write([]byte(s)) // the client is gone when this fails
	}
}
