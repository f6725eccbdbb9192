package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

// call is one request to one of the programs; s is the state, to be read only.
type call struct {
	r  *http.Request
	s  *world.State
	by caller
	c  *Console

	users map[string]*world.User // filled when the first is looked up
}

// answer is a status and a body.
type answer struct {
	status int
	body   any
}

func ok(body any) answer { return answer{http.StatusOK, body} }

func legacyNo(message string) answer { return answer{http.StatusForbidden, object{"message": message}} }

const refused = "Vous n’avez pas les permissions suffisantes"

// access says whom a legacy route lets in.
type access int

const (
	nobodyAsked access = iota // no token at all
	anyHeader                 // a token is needed, not a good one
	goodToken
)

func (c *Console) on(mux *http.ServeMux, path string, f func(call) answer) {
	mux.Handle(path, routed(f))
}

// routed is a route found in a mux, run by the program that owns the mux.
type routed func(call) answer

func (routed) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (c *Console) routesLegacy() {
	m := c.legacy
	c.on(m, "/api/v1/version", func(k call) answer { return ok(object{"version": c.o.Version}) })
	c.on(m, "/api/v1/healthz", func(call) answer { return ok(object{"status": "OK"}) })
	c.on(m, "/api/v1/health-services", func(k call) answer { return ok(services(k.s, false)) })
	c.on(m, "/api/v1/complete-services", func(k call) answer {
		if !k.by.may(bitListSystem | bitManageSystem | bitList) {
			return legacyNo(refused)
		}
		return ok(services(k.s, true))
	})
	c.on(m, "/api/v1/logs", logs)
	c.on(m, "/api/v1/environments", legacyEnvironments)
	c.on(m, "/api/v1/repositories", legacyRepositories)
	noRead := func(k call) answer { return legacyNotFound(k.r) }
	c.on(m, "/api/v1/environments/{id}", noRead)
	c.on(m, "/api/v1/repositories/{id}/sync", noRead)
	c.on(m, "/api/v1/clusters", clusters)
	c.on(m, "/api/v1/clusters/{id}", clusterDetails)
	c.on(m, "/api/v1/clusters/{id}/{what}", func(k call) answer {
		switch {
		case k.r.PathValue("id") == "usage":
			k.r.SetPathValue("id", k.r.PathValue("what"))
			return clusterUsage(k)
		case k.r.PathValue("what") == "environments":
			return clusterEnvironments(k)
		}
		return answer{http.StatusNotFound, object{"message": "Route " + k.r.Method + ":" + k.r.URL.Path + " not found", "error": "Not Found", "statusCode": 404}}
	})
	c.on(m, "/api/v1/refresh-services", func(call) answer { return legacyNo(refused) }) // served as a write
	c.on(m, "/api/v1/auth", func(call) answer { return answer{http.StatusUnauthorized, object{"message": "Not authenticated"}} })
	c.on(m, "/api/v1/zones", zones)
	c.on(m, "/api/v1/stages", stages)
	c.on(m, "/api/v1/stages/{id}/environments", stageEnvironments)
	c.on(m, "/api/v1/users", users)
	c.on(m, "/api/v1/users/matching", usersMatching)
	c.on(m, "/api/v1/admin/roles", adminRoles)
	c.on(m, "/api/v1/admin/roles/member-counts", adminRoleCounts)
	c.on(m, "/api/v1/admin/tokens", adminTokens)
	c.on(m, "/api/v1/user/tokens", userTokens)
	c.on(m, "/api/v1/system/settings", settings)
	c.on(m, "/api/v1/system/plugins", func(k call) answer {
		if !k.by.may(bitListSystem | bitManageSystem | bitList) {
			return legacyNo(refused)
		}
		return ok([]object{})
	})
	if c.old {
		c.projectRoutes(m)
	}
}

func accessOf(path string) access {
	switch strings.TrimPrefix(path, "/api/v1/") {
	case "version", "healthz", "health-services":
		return nobodyAsked
	case "zones", "stages", "admin/roles", "system/settings", "users/matching":
		return anyHeader
	}
	return goodToken
}

func (c *Console) serveLegacy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Strict-Transport-Security", "max-age=15552000; includeSubDomains")
	h, pattern := c.legacy.Handler(r)
	f, isRoute := h.(routed)
	if pattern == "" || !isRoute {
		reply(w, http.StatusNotFound, object{"message": "Route " + r.Method + ":" + r.URL.Path + " not found", "error": "Not Found", "statusCode": 404})
		return
	}
	value := r.Header.Get("x-dso-token")
	need := accessOf(r.URL.Path)
	k := call{r: r, c: c}
	if need != nobodyAsked && value == "" {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			w.Header().Set("Location", "/connect/keycloak")
			w.WriteHeader(http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte("Unauthorized"))
		return
	}
	if need == goodToken {
		t := c.known(value)
		why := ""
		switch {
		case t == nil:
			why = "Not authenticated"
		case t.Status != "active":
			why = "Not active"
		case !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(c.world.Now()):
			why = "Expired"
		}
		if why != "" {
			// The status of the answer is in its body: this is how the real one says it.
			reply(w, http.StatusOK, object{"status": 401, "body": object{"message": why}})
			return
		}
		k.by = caller{token: t, admin: t.Permissions | bitsOfEveryone}
	}
	if c.isWrite(r) {
		c.write(w, r, pattern, k, false)
		return
	}
	c.finish(w, r, pattern, f, k)
}

// isWrite counts what could change something.
func (c *Console) isWrite(r *http.Request) bool {
	// Asking for fresh checks makes the server run them: a write by GET.
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path != "/api/v1/refresh-services" {
		return false
	}
	c.writes.Add(1)
	return true
}

func (c *Console) finish(w http.ResponseWriter, r *http.Request, pattern string, f routed, k call) {
	setPathValues(r, pattern)
	var a answer
	c.world.View(func(s *world.State) {
		k.s, k.users = s, map[string]*world.User{}
		a = f(k)
	})
	if text, isText := a.body.(string); isText {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(text))
		return
	}
	reply(w, a.status, a.body)
}

// setPathValues fills in what ServeMux would have, had it served the request itself.
func setPathValues(r *http.Request, pattern string) {
	want, got := strings.Split(pattern, "/"), strings.Split(r.URL.Path, "/")
	for i, p := range want {
		if strings.HasPrefix(p, "{") && i < len(got) {
			r.SetPathValue(strings.Trim(p, "{}"), got[i])
		}
	}
}

// crash is what the legacy server says when it did not expect something.
func crash(why string) answer {
	return answer{http.StatusInternalServerError, object{"status": 500, "error": why, "stack": "Error: " + why + "\n    at Object.handler (/app/apps/server/dist/resources/router.js:41:11)"}}
}

type issue struct {
	Code     string   `json:"code"`
	Expected string   `json:"expected,omitempty"`
	Received string   `json:"received,omitempty"`
	Options  []string `json:"options,omitempty"`
	Path     []string `json:"path"`
	Message  string   `json:"message"`
}

func badQuery(issues ...issue) answer {
	return answer{http.StatusBadRequest, object{"pathParameterErrors": nil, "headerErrors": nil, "bodyErrors": nil,
		"queryParameterErrors": object{"issues": issues, "name": "ZodError"}}}
}

func badPath(name string) answer {
	return answer{http.StatusBadRequest, object{"headerErrors": nil, "bodyErrors": nil, "queryParameterErrors": nil,
		"pathParameterErrors": object{"issues": []object{{"validation": "uuid", "code": "invalid_string", "message": "Invalid uuid", "path": []string{name}}}, "name": "ZodError"}}}
}

func services(s *world.State, complete bool) []object {
	out := []object{}
	for _, t := range s.Tools {
		o := object{"name": t.Name, "status": t.Status, "interval": 300000, "lastUpdateTimestamp": t.At.UnixMilli(), "message": t.Message}
		if complete && t.Cause != "" {
			o["cause"] = t.Cause
		}
		out = append(out, o)
	}
	return out
}

// projectOf finds the project of a required query parameter.
func projectOf(k call) (*world.Project, *answer) {
	id := k.r.URL.Query().Get("projectId")
	if !isUUID(id) {
		a := badQuery(issue{Code: "invalid_string", Path: []string{"projectId"}, Message: "Invalid uuid"})
		if !k.r.URL.Query().Has("projectId") {
			a = badQuery(issue{Code: "invalid_type", Expected: "string", Received: "undefined", Path: []string{"projectId"}, Message: "Required"})
		}
		return nil, &a
	}
	p := k.s.ProjectByID[id]
	if p == nil {
		a := legacyNo(refused)
		return nil, &a
	}
	return p, nil
}

func legacyEnvironments(k call) answer {
	p, bad := projectOf(k)
	if bad != nil {
		return *bad
	}
	if !k.by.mayListIn(p, projectListEnvs) {
		return legacyNo(refused)
	}
	out := []object{}
	for _, e := range p.Environments {
		out = append(out, environment(e))
	}
	return ok(out)
}

func legacyRepositories(k call) answer {
	p, bad := projectOf(k)
	if bad != nil {
		return *bad
	}
	if !k.by.mayListIn(p, projectListRepos) {
		return legacyNo(refused)
	}
	out := []object{}
	for _, r := range p.Repositories {
		out = append(out, repository(r))
	}
	return ok(out)
}

func logs(k call) answer {
	q := k.r.URL.Query()
	var issues []issue
	number := func(name string) int {
		n, err := strconv.Atoi(q.Get(name))
		if err != nil {
			issues = append(issues, issue{Code: "invalid_type", Expected: "number", Received: "nan", Path: []string{name}, Message: "Expected number, received nan"})
		}
		return n
	}
	offset, limit := number("offset"), number("limit")
	if issues != nil {
		return badQuery(issues...)
	}
	clean := q.Get("clean") != "false"
	var entries []*world.LogEntry
	if q.Has("projectId") {
		p := k.s.ProjectByID[q.Get("projectId")]
		if !isUUID(q.Get("projectId")) {
			return crash("Invalid `prisma.log.findMany()` invocation: Inconsistent column data")
		}
		if p == nil || !k.by.may(bitListSystem|bitManageSystem|bitList) && k.by.inProject(p) == 0 {
			return legacyNo(refused)
		}
		entries = slices.Clone(p.Log)
	} else {
		if !k.by.may(bitListSystem | bitManageSystem | bitList) {
			return legacyNo(refused)
		}
		for _, p := range k.s.Projects {
			entries = append(entries, p.Log...)
		}
	}
	clean = clean || !k.by.may(bitListSystem|bitManageSystem|bitList)
	if offset < 0 {
		return crash("Invalid value for skip argument: Value can only be positive")
	}
	slices.SortStableFunc(entries, func(a, b *world.LogEntry) int {
		if d := b.At.Compare(a.At); d != 0 {
			return d
		}
		return strings.Compare(b.ID, a.ID)
	})
	total := len(entries)
	if limit < 0 {
		slices.Reverse(entries)
		limit = -limit
	}
	entries = entries[min(offset, total):]
	entries = entries[:min(limit, len(entries))]
	out := []object{}
	for _, e := range entries {
		out = append(out, logEntry(k.s, e, clean))
	}
	return ok(object{"total": total, "logs": out})
}

func logEntry(s *world.State, e *world.LogEntry, clean bool) object {
	data := object{}
	if !e.Empty {
		data["totalExecutionTime"] = e.Took.Milliseconds()
		if len(e.Failed) > 0 {
			data["failed"] = e.Failed
		} else if e.Legacy {
			data["failed"] = false
		}
		if e.Legacy {
			data["warning"] = append([]string{}, e.Warned...)
		}
		if e.Message != "" {
			data["messageResume"] = e.Message
		}
	}
	o := object{"id": e.ID, "action": e.Action, "userId": orNull(e.UserID), "createdAt": stamp(e.At), "updatedAt": stamp(e.At), "data": data}
	if clean {
		return o
	}
	o["requestId"], o["projectId"] = orNull(e.RequestID), orNull(e.ProjectID)
	if e.Empty {
		return o
	}
	if p := s.ProjectByID[e.ProjectID]; p != nil {
		data["args"] = object{"id": p.ID, "slug": p.Slug, "name": p.Name, "description": p.Description}
	}
	results := object{}
	for _, t := range e.Results {
		status := object{"result": t.Status}
		if t.Message != "" {
			status["message"] = t.Message
		}
		times := object{"main": t.Took.Milliseconds()}
		if e.Legacy {
			times["pre"], times["post"] = 0, 0
		}
		r := object{"status": status, "executionTime": times}
		if t.Status == "KO" {
			r["error"] = `{"message":"` + t.Message + `"}`
		}
		if t.Tool == "gitlab" {
			// Old releases left tokens in here: nothing of it may ever be shown.
			r["store"] = object{"mirrorToken": Canary + "-journal"}
		}
		results[t.Tool] = r
	}
	data["results"] = results
	return o
}

// Canary begins every made-up secret that this face gives away, as the real console would give real ones. A program that shows it leaks.
const Canary = "canari-secret"

func legacyNotFound(r *http.Request) answer {
	return answer{http.StatusNotFound, object{"message": "Route " + r.Method + ":" + r.URL.Path + " not found", "error": "Not Found", "statusCode": 404}}
}
