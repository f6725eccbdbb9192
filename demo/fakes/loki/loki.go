// Package loki is the face of Loki over the demo world: its HTTP API with a LogQL evaluator of its own over lines that the world
// computes when they are asked for.
//
// Two mounts: /loki/api/v1 as Loki (tenant in X-Scope-OrgID), and /api/logs/v1/{tenant}/loki/api/v1 as Observatorium.
package loki

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// The limits of the real system's defaults.
const (
	maxEntries  = 5000
	maxLength   = 30*24*time.Hour + time.Hour
	maxPoints   = 11000
	queryBudget = time.Minute // a query that takes longer is cut
)

// Options of the face. The zero value asks for no token and shows every tenant to whoever names none.
type Options struct {
	Token         string        // bearer token asked for; "" none
	RequireTenant bool          // refuse requests without a tenant, as a Loki with auth_enabled does
	Writes        *atomic.Int64 // counts requests that would have written; may be nil
	Version       string        // "" is 3.5.3
	// TailEvery is how often a tail looks for lines; 0 is 250 ms.
	TailEvery time.Duration
	// TailDrop makes a tail drop each so manieth message and tell of it, whether or not its client is slow; 0 none.
	TailDrop int
}

type face struct {
	w     *world.World
	o     Options
	mux   *http.ServeMux
	tails tails
}

// Handler serves the world's logs. It is safe for concurrent use. A tail lives in its request and ends with the client, or with
// the request's context: give the server a BaseContext to end them with it.
func Handler(w *world.World, o Options) http.Handler {
	if o.Version == "" {
		o.Version = "3.5.3"
	}
	if o.TailEvery <= 0 {
		o.TailEvery = 250 * time.Millisecond
	}
	f := &face{w: w, o: o, mux: http.NewServeMux()}
	both := func(path string, h func(http.ResponseWriter, *http.Request, tenant.Set)) {
		serve := f.parsed(h)
		f.mux.HandleFunc("GET /loki/api/v1/"+path, serve)
		f.mux.HandleFunc("POST /loki/api/v1/"+path, serve)
	}
	both("query_range", f.queryRange)
	both("query", f.query)
	both("labels", f.labels)
	both("label", f.labels) // the older spelling
	both("label/{name}/values", f.labelValues)
	both("series", f.series)
	both("index/stats", f.indexStats)
	both("index/volume", f.volume)
	both("index/volume_range", f.volumeRange)
	both("patterns", f.patterns)
	both("detected_labels", f.detectedLabels)
	both("detected_fields", f.detectedFields)
	both("detected_field/{name}/values", f.detectedValues)
	both("format_query", f.formatQuery)
	f.mux.HandleFunc("GET /loki/api/v1/tail", f.parsed(f.tail))
	f.mux.HandleFunc("GET /loki/api/v1/status/buildinfo", f.buildInfo)
	f.mux.HandleFunc("GET /ready", func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ready\n")) })
	return f
}

// ServeHTTP peels Observatorium's mount off the path, checks the token and the tenant, and refuses writes.
func (f *face) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	path, id := r.URL.Path, r.Header.Get(tenant.Header)
	if rest, ok := strings.CutPrefix(path, "/api/logs/v1/"); ok {
		var tail string
		id, tail, _ = strings.Cut(rest, "/")
		path = "/" + tail
	}
	if path != "/ready" {
		if !tenant.Bearer(r, f.o.Token) {
			rw.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(rw, "Unauthorized", http.StatusUnauthorized)
			return
		}
		if id == "" && f.o.RequireTenant {
			http.Error(rw, "no org id", http.StatusUnauthorized)
			return
		}
	}
	if writes(r.Method, path) {
		tenant.Count(f.o.Writes)
		http.Error(rw, "this Loki is read-only", http.StatusForbidden)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = path, ""
	inner.Header.Set(tenant.Header, id)
	f.mux.ServeHTTP(rw, inner)
}

// writes reports whether a request would write: pushes, deletions, rules; queries may be posted.
func writes(method, path string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	case http.MethodPost:
		what := strings.TrimPrefix(path, "/loki/api/v1/")
		return what == path || what == "push" || what == "delete" || strings.HasPrefix(what, "rules")
	}
	return true
}

func (f *face) parsed(h func(http.ResponseWriter, *http.Request, tenant.Set)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		var set tenant.Set
		if id := r.Header.Get(tenant.Header); id != "" {
			set = tenant.Parse(id)
		}
		h(rw, r, set)
	}
}

func (f *face) buildInfo(rw http.ResponseWriter, _ *http.Request) {
	reply(rw, map[string]string{
		"version": f.o.Version, "revision": "9a9d0e9c", "branch": "release-3.5.x", "buildUser": "root@demo", "buildDate": "2025-07-28T19:34:11Z", "goVersion": "go1.24.5",
	})
}

func reply(rw http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = rw.Write(append(body, '\n')) // the client is gone when this fails
}

type envelope struct {
	Status string `json:"status"`
	Data   any    `json:"data,omitempty"`
}

func success(rw http.ResponseWriter, data any) { reply(rw, envelope{"success", data}) }
