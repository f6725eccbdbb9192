// Package alertmanager is the face of Alertmanager over the demo world: its API v2, at the root as Alertmanager has it and under
// /alertmanager as Grafana Mimir has it, with the tenant in X-Scope-OrgID.
package alertmanager

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// Options of the face. The zero value asks for no token and shows every tenant to whoever names none.
type Options struct {
	Token         string        // bearer token asked for; "" none
	RequireTenant bool          // refuse requests without a tenant, as Mimir does
	Writes        *atomic.Int64 // counts requests that would have written; may be nil
	Version       string        // "" is 0.28.1
	ReadOnly      bool          // refuses every write
}

type face struct {
	w   *world.World
	o   Options
	mux *http.ServeMux
}

// Handler serves the world's alerts. It is safe for concurrent use and starts no goroutine.
func Handler(w *world.World, o Options) http.Handler {
	if o.Version == "" {
		o.Version = "0.28.1"
	}
	f := &face{w: w, o: o, mux: http.NewServeMux()}
	f.mux.HandleFunc("GET /api/v2/status", f.status)
	f.mux.HandleFunc("GET /api/v2/receivers", f.receivers)
	f.mux.HandleFunc("GET /api/v2/alerts", f.alerts)
	f.mux.HandleFunc("GET /api/v2/alerts/groups", f.groups)
	f.mux.HandleFunc("GET /api/v2/silences", f.silences)
	f.mux.HandleFunc("GET /api/v2/silence/{id}", f.silence)
	f.mux.HandleFunc("GET /api/v2/", func(rw http.ResponseWriter, r *http.Request) {
		reply(rw, http.StatusNotFound, map[string]any{"code": http.StatusNotFound, "message": "path " + r.URL.Path + " was not found"})
	})
	f.mux.HandleFunc("/api/v1/", func(rw http.ResponseWriter, _ *http.Request) {
		reply(rw, http.StatusGone, map[string]any{"status": "deprecated",
			"error": "The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API"})
	})
	ok := func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("OK")) }
	f.mux.HandleFunc("GET /-/healthy", ok)
	f.mux.HandleFunc("GET /-/ready", ok)
	return f
}

// ServeHTTP checks the token and the tenant, peels Mimir's prefix off and takes writes aside.
func (f *face) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/alertmanager/"); ok {
		path = "/" + rest
	}
	probe := strings.HasPrefix(path, "/-/")
	if !probe && !tenant.Bearer(r, f.o.Token) {
		rw.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(rw, "Unauthorized", http.StatusUnauthorized)
		return
	}
	if !probe && f.o.RequireTenant && r.Header.Get(tenant.Header) == "" {
		http.Error(rw, "no org id", http.StatusUnauthorized)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
	default:
		tenant.Count(f.o.Writes)
		f.write(rw, r, path)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath = path, ""
	f.mux.ServeHTTP(rw, inner)
}

func seen(r *http.Request) tenant.Set {
	if id := r.Header.Get(tenant.Header); id != "" {
		return tenant.Parse(id)
	}
	return nil
}

func reply(rw http.ResponseWriter, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	_, _ = rw.Write(append(body, '\n')) // the client is gone when this fails
}

// stamp is a time with milliseconds, as this API writes them.
type stamp time.Time

// MarshalJSON writes the time as strfmt does.
func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(s).UTC().Format("2006-01-02T15:04:05.000Z07:00") + `"`), nil
}

type named struct {
	Name string `json:"name"`
}

const config = `global:
  resolve_timeout: 5m
route:
  receiver: plateforme
  group_by:
  - alertname
  routes:
  - receiver: projets
    matchers:
    - refapp!=""
inhibit_rules:
- source_matchers:
  - severity="critical"
  target_matchers:
  - severity="warning"
  equal:
  - alertname
  - namespace
receivers:
- name: plateforme
- name: projets
`

func (f *face) status(rw http.ResponseWriter, _ *http.Request) {
	up := f.w.Now().Add(-72 * time.Hour).Truncate(time.Hour)
	reply(rw, http.StatusOK, map[string]any{
		"cluster": map[string]any{"name": "01K3DEMO0ALERTMANAGER00000", "status": "ready", "peers": []map[string]string{{"name": "01K3DEMO0ALERTMANAGER00000", "address": "127.0.0.1:9094"}}},
		"config":  map[string]string{"original": config},
		"uptime":  stamp(up),
		"versionInfo": map[string]string{
			"version": f.o.Version, "revision": "b2099eaa2c9ebc25edb26517cb9c732738e93910", "branch": "HEAD",
			"buildUser": "root@demo", "buildDate": "20250307-15:05:18", "goVersion": "go1.23.7",
		},
	})
}

func (f *face) receivers(rw http.ResponseWriter, _ *http.Request) {
	reply(rw, http.StatusOK, []named{{receiverPlatform}, {receiverProjects}})
}

// query is what /alerts and /alerts/groups may be asked.
type query struct {
	matchers                                       []matcher
	receiver                                       *regexp.Regexp // nil: any
	active, silenced, inhibited, unprocessed, mute bool
}

// parseQuery reads the query or answers as the generated server does: 400 with a bare string for a filter of the wrong form. ok is false when it answered.
func parseQuery(rw http.ResponseWriter, r *http.Request) (q query, ok bool) {
	values := r.URL.Query()
	for name, into := range map[string]*bool{"active": &q.active, "silenced": &q.silenced, "inhibited": &q.inhibited, "unprocessed": &q.unprocessed, "muted": &q.mute} {
		*into = true
		if s := values.Get(name); s != "" {
			*into = slices.Contains([]string{"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"}, strings.ToLower(s)) // any other word is false
		}
	}
	var err error
	if q.matchers, err = parseMatchers(values["filter"]); err != nil {
		reply(rw, http.StatusBadRequest, err.Error())
		return q, false
	}
	if s := values.Get("receiver"); s != "" {
		if q.receiver, err = regexp.Compile("^(?:" + s + ")$"); err != nil {
			reply(rw, http.StatusBadRequest, "failed to parse receiver param: "+err.Error())
			return q, false
		}
	}
	return q, true
}

func (q query) keeps(a alert) bool {
	if !matchAll(q.matchers, a.Labels) {
		return false
	}
	if q.receiver != nil && !slices.ContainsFunc(a.Receivers, func(n named) bool { return q.receiver.MatchString(n.Name) }) {
		return false
	}
	switch {
	case !q.active && a.Status.State == "active",
		!q.silenced && len(a.Status.SilencedBy) > 0,
		!q.inhibited && len(a.Status.InhibitedBy) > 0,
		!q.unprocessed && a.Status.State == "unprocessed":
		return false
	}
	return true
}

func (f *face) alerts(rw http.ResponseWriter, r *http.Request) {
	q, ok := parseQuery(rw, r)
	if !ok {
		return
	}
	out := []alert{}
	for _, a := range f.current(seen(r)) {
		if q.keeps(a) {
			out = append(out, a)
		}
	}
	reply(rw, http.StatusOK, out)
}

type group struct {
	Alerts      []alert           `json:"alerts"`
	Labels      map[string]string `json:"labels"`
	Receiver    named             `json:"receiver"`
	RouteLabels map[string]string `json:"routeLabels"`
}

// groups gathers by the route's group_by, alertname, within each receiver.
func (f *face) groups(rw http.ResponseWriter, r *http.Request) {
	q, ok := parseQuery(rw, r)
	if !ok {
		return
	}
	out := []group{}
	for _, a := range f.current(seen(r)) {
		if !q.keeps(a) {
			continue
		}
		name, to := a.Labels["alertname"], a.Receivers[0]
		i := slices.IndexFunc(out, func(g group) bool { return g.Labels["alertname"] == name && g.Receiver == to })
		if i < 0 {
			out = append(out, group{Labels: map[string]string{"alertname": name}, Receiver: to, RouteLabels: map[string]string{}})
			i = len(out) - 1
		}
		out[i].Alerts = append(out[i].Alerts, a)
	}
	slices.SortFunc(out, func(a, b group) int {
		if c := strings.Compare(a.Labels["alertname"], b.Labels["alertname"]); c != 0 {
			return c
		}
		return strings.Compare(a.Receiver.Name, b.Receiver.Name)
	})
	reply(rw, http.StatusOK, out)
}
