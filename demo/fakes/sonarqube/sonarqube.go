// Package sonarqube is the HTTP face of the simulated SonarQube (community edition: one branch a project).
package sonarqube

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/demo/world"
)

// Options choose who may read.
type Options struct {
	Token string // accepted as bearer, or as the user of basic authentication without password; "" accepts any that is not empty
	// Teams are tokens of members of one project: token → project slug. They see its components only.
	Teams map[string]string
	Admin bool // the token may list by /api/projects/search
}

// SonarQube is the face, a http.Handler.
type SonarQube struct {
	world  *world.World
	o      Options
	mux    *http.ServeMux
	writes atomic.Int64
	keys   sync.Map // *world.Repository → key: repositories neither change name nor vanish
}

// New makes the face of a world.
func New(w *world.World, o Options) *SonarQube {
	f := &SonarQube{world: w, o: o, mux: http.NewServeMux()}
	f.mux.HandleFunc("/api/server/version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("10.7.0.96327"))
	})
	f.mux.HandleFunc("/api/system/status", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, object{"id": "D0000000-AZ00000000000000000", "version": "10.7.0.96327", "status": "UP"})
	})
	f.mux.HandleFunc("/api/authentication/validate", func(w http.ResponseWriter, r *http.Request) {
		send(w, http.StatusOK, object{"valid": f.allowed(r)})
	})
	for path, h := range map[string]func(request) (int, any){
		"/api/users/current":               current,
		"/api/components/search_projects":  searchProjects,
		"/api/projects/search":             adminProjects,
		"/api/qualitygates/project_status": projectStatus,
		"/api/measures/component":          componentMeasures,
		"/api/measures/search":             searchMeasures,
		"/api/measures/search_history":     searchHistory,
		"/api/project_analyses/search":     analyses,
		"/api/ce/component":                task,
	} {
		f.mux.Handle(path, f.guarded(h))
	}
	f.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			f.writes.Add(1)
		}
		send(w, http.StatusNotFound, errorsOf("Unknown url : "+r.URL.Path))
	})
	return f
}

// Handler makes the face as a handler.
func Handler(w *world.World, o Options) http.Handler { return New(w, o) }

// WriteCount is how many requests came that could have changed something.
func (f *SonarQube) WriteCount() int64 { return f.writes.Load() }

// ServeHTTP implements http.Handler.
func (f *SonarQube) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

type object = map[string]any

type request struct {
	url.Values
	s    *world.State
	f    *SonarQube
	team string // slug of the only project seen; "" all
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func errorsOf(message string) object { return object{"errors": []object{{"msg": message}}} }

// credential is the token of a request; "" when there is none in a form that is accepted.
func credential(r *http.Request) string {
	if v, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return v
	}
	user, password, ok := r.BasicAuth()
	if !ok || password != "" {
		return ""
	}
	return user
}

func (f *SonarQube) allowed(r *http.Request) bool {
	got := credential(r)
	_, team := f.o.Teams[got]
	return got != "" && (f.o.Token == "" || team || got == f.o.Token)
}

func (f *SonarQube) guarded(h func(request) (int, any)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.allowed(r) {
			w.WriteHeader(http.StatusUnauthorized) // with nothing in it
			return
		}
		if r.Method != http.MethodGet {
			f.writes.Add(1)
			send(w, http.StatusMethodNotAllowed, errorsOf("HTTP method GET is required"))
			return
		}
		var status int
		var body any
		f.world.View(func(s *world.State) {
			status, body = h(request{Values: r.URL.Query(), s: s, f: f, team: f.o.Teams[credential(r)]})
		})
		send(w, status, body)
	})
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-0700") }

func current(r request) (int, any) {
	login, name := "astreinte.sre", "Astreinte SRE"
	if r.team != "" {
		login, name = "devops."+r.team, "DevOps "+r.team
	}
	return http.StatusOK, object{"isLoggedIn": true, "login": login, "name": name, "email": login + "@example.gouv.fr", "local": false,
		"externalProvider": "saml", "groups": []string{"sonar-users"}, "scmAccounts": []string{}, "permissions": object{"global": []string{}}}
}

// component is a SonarQube project: there is one for each declared repository, analysed or not.
type component struct {
	key, name string
	gate      *world.Gate
	repo      *world.Repository
}

func (r request) components() []component {
	out := make([]component, 0, 3*len(r.s.Projects))
	for _, p := range r.s.Projects {
		if r.team != "" && r.team != p.Slug {
			continue
		}
		for _, repo := range p.Repositories {
			out = append(out, component{key: r.f.key(repo), name: p.Slug + "-" + repo.Name, gate: repo.Gate, repo: repo})
		}
	}
	return out
}

func (f *SonarQube) key(repo *world.Repository) string {
	if k, ok := f.keys.Load(repo); ok {
		return k.(string)
	}
	k := world.SonarKey(repo.Project.Slug, repo.Name)
	f.keys.Store(repo, k)
	return k
}

func (r request) component(key string) (component, bool) {
	for _, c := range r.components() {
		if c.key == key {
			return c, true
		}
	}
	return component{}, false
}

// page cuts a list as the p and ps parameters ask.
func page[T any](r request, all []T, usual, most int) ([]T, object, string) {
	number, size := 1, usual
	if v := r.Get("p"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return nil, nil, "'p' value (" + v + ") must be a positive number"
		}
		number = n
	}
	if v := r.Get("ps"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > most {
			return nil, nil, "'ps' value (" + v + ") must be less than " + strconv.Itoa(most)
		}
		size = n
	}
	from := min((number-1)*size, len(all))
	return all[from:min(from+size, len(all))], object{"pageIndex": number, "pageSize": size, "total": len(all)}, ""
}

func searchProjects(r request) (int, any) {
	all := r.components()
	slices.SortFunc(all, func(a, b component) int { return strings.Compare(a.name, b.name) })
	all, paging, bad := page(r, all, 100, 500)
	if bad != "" {
		return http.StatusBadRequest, errorsOf(bad)
	}
	fields := strings.Split(r.Get("f"), ",")
	out := []object{}
	for _, c := range all {
		o := object{"key": c.key, "name": c.name, "qualifier": "TRK", "isFavorite": false, "tags": []string{}, "visibility": "private", "isAiCodeAssured": false}
		if c.gate != nil && (slices.Contains(fields, "analysisDate") || slices.Contains(fields, "_all")) {
			o["analysisDate"] = stamp(c.gate.At)
		}
		out = append(out, o)
	}
	return http.StatusOK, object{"paging": paging, "components": out, "facets": []object{}}
}

func adminProjects(r request) (int, any) {
	if !r.f.o.Admin {
		return http.StatusForbidden, errorsOf("Insufficient privileges")
	}
	all, paging, bad := page(r, r.components(), 100, 500)
	if bad != "" {
		return http.StatusBadRequest, errorsOf(bad)
	}
	out := []object{}
	for _, c := range all {
		o := object{"key": c.key, "name": c.name, "qualifier": "TRK", "visibility": "private", "managed": false}
		if c.gate != nil {
			o["lastAnalysisDate"], o["revision"] = stamp(c.gate.At), c.gate.Revision
		}
		out = append(out, o)
	}
	return http.StatusOK, object{"paging": paging, "components": out}
}

func projectStatus(r request) (int, any) {
	key := r.Get("projectKey")
	if key == "" {
		return http.StatusBadRequest, errorsOf("Either 'analysisId', 'projectId' or 'projectKey' must be provided")
	}
	c, ok := r.component(key)
	if !ok {
		return http.StatusNotFound, errorsOf("Project '" + key + "' not found")
	}
	if c.gate == nil {
		return http.StatusOK, object{"projectStatus": object{"status": "NONE", "conditions": []object{}, "ignoredConditions": false, "caycStatus": "compliant"}}
	}
	conditions := []object{}
	for _, k := range c.gate.Conditions {
		conditions = append(conditions, object{"status": k.Status, "metricKey": k.Metric, "comparator": k.Comparator, "errorThreshold": k.Threshold, "actualValue": k.Actual})
	}
	return http.StatusOK, object{"projectStatus": object{"status": c.gate.Status, "conditions": conditions, "ignoredConditions": false,
		"period": object{"mode": "PREVIOUS_VERSION", "date": stamp(c.gate.At.Add(-30 * 24 * time.Hour))}, "caycStatus": "compliant"}}
}

// measures lists those of the metrics asked for that a component has.
func measures(r request, c component) []object {
	out := []object{}
	if c.gate == nil {
		return out
	}
	for _, metric := range strings.Split(r.Get("metricKeys"), ",") {
		if v, ok := c.gate.Measures[metric]; ok {
			out = append(out, object{"metric": metric, "value": v, "bestValue": v == "0"})
		}
	}
	return out
}

func componentMeasures(r request) (int, any) {
	if r.Get("metricKeys") == "" {
		return http.StatusBadRequest, errorsOf("The 'metricKeys' parameter is missing")
	}
	c, ok := r.component(r.Get("component"))
	if !ok {
		return http.StatusNotFound, errorsOf("Component key '" + r.Get("component") + "' not found")
	}
	return http.StatusOK, object{"component": object{"key": c.key, "name": c.name, "qualifier": "TRK", "measures": measures(r, c)}}
}

func searchMeasures(r request) (int, any) {
	keys := strings.Split(r.Get("projectKeys"), ",")
	switch {
	case r.Get("projectKeys") == "":
		return http.StatusBadRequest, errorsOf("The 'projectKeys' parameter is missing")
	case r.Get("metricKeys") == "":
		return http.StatusBadRequest, errorsOf("The 'metricKeys' parameter is missing")
	case len(keys) > 100:
		return http.StatusBadRequest, errorsOf("'projectKeys' can contains only 100 values, got " + strconv.Itoa(len(keys)))
	}
	wanted := map[string]bool{}
	for _, k := range keys {
		wanted[k] = true
	}
	out := []object{}
	for _, c := range r.components() {
		if !wanted[c.key] {
			continue
		}
		for _, m := range measures(r, c) {
			m["component"] = c.key
			out = append(out, m)
		}
	}
	return http.StatusOK, object{"measures": out}
}

func analyses(r request) (int, any) {
	c, ok := r.component(r.Get("project"))
	if !ok {
		return http.StatusNotFound, errorsOf("Component key '" + r.Get("project") + "' not found")
	}
	var all []object
	past := r.f.world.Analyses(c.repo)
	for i, g := range past {
		events := []object{}
		if word := map[string]string{"OK": "Passed", "ERROR": "Failed"}[g.Status]; i == len(past)-1 || past[i+1].Status != g.Status {
			events = append(events, object{"key": "E" + g.AnalysisID, "category": "QUALITY_GATE", "name": word})
		}
		all = append(all, object{"key": g.AnalysisID, "date": stamp(g.At), "events": events, "projectVersion": g.Version, "revision": g.Revision,
			"buildString": "", "manualNewCodePeriodBaseline": false, "detectedCI": "Gitlab CI"})
	}
	all, paging, bad := page(r, all, 100, 500)
	if bad != "" {
		return http.StatusBadRequest, errorsOf(bad)
	}
	if all == nil {
		all = []object{}
	}
	return http.StatusOK, object{"paging": paging, "analyses": all}
}

func task(r request) (int, any) {
	c, ok := r.component(r.Get("component"))
	if !ok {
		return http.StatusNotFound, errorsOf("Component key '" + r.Get("component") + "' not found")
	}
	o := object{"queue": []object{}}
	if g := c.gate; g != nil {
		o["current"] = object{"id": "task-" + g.AnalysisID, "type": "REPORT", "componentKey": c.key, "componentName": c.name, "componentQualifier": "TRK", "analysisId": g.AnalysisID,
			"status": "SUCCESS", "submittedAt": stamp(g.At.Add(-6 * time.Second)), "startedAt": stamp(g.At.Add(-5 * time.Second)), "executedAt": stamp(g.At), "executionTimeMs": 4200,
			"hasScannerContext": true, "warningCount": 0, "warnings": []string{}}
	}
	return http.StatusOK, o
}
