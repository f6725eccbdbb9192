// Package harbor is the HTTP face of the simulated Harbor registry (API v2.0): projects, repositories, artifacts with tags, scans and
// accessories, quotas.
package harbor

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/world"
)

// Options choose who may read.
type Options struct {
	User, Password string // "" accepts any that are not empty; a user that begins with "robot$" is a robot account
	// Accounts are further accounts, by name, with their passwords.
	Accounts map[string]string
}

// Harbor is the face, a http.Handler.
type Harbor struct {
	world  *world.World
	o      Options
	mux    *http.ServeMux
	writes atomic.Int64
}

// New makes the face of a world.
func New(w *world.World, o Options) *Harbor {
	f := &Harbor{world: w, o: o, mux: http.NewServeMux()}
	const api = "/api/v2.0"
	f.mux.HandleFunc(api+"/ping", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("Pong"))
	})
	f.mux.HandleFunc(api+"/health", func(w http.ResponseWriter, _ *http.Request) {
		parts := []object{}
		for _, name := range []string{"core", "database", "jobservice", "portal", "redis", "registry", "registryctl", "trivy"} {
			parts = append(parts, object{"name": name, "status": "healthy"})
		}
		send(w, http.StatusOK, object{"status": "healthy", "components": parts})
	})
	f.mux.HandleFunc(api+"/systeminfo", func(w http.ResponseWriter, r *http.Request) {
		o := object{"auth_mode": "oidc_auth", "primary_auth_mode": false, "self_registration": false, "banner_message": "", "oidc_provider_name": "keycloak"}
		if _, _, given := r.BasicAuth(); given && f.allowed(r) {
			o["harbor_version"], o["registry_url"], o["external_url"], o["has_ca_root"] = "v2.12.2-73072d0d", "harbor.cpn.example", "https://harbor.cpn.example", false
		}
		send(w, http.StatusOK, o)
	})
	for path, h := range map[string]func(request) answer{
		"/users/current":                                               me,
		"/users/current/permissions":                                   permissions,
		"/projects":                                                    projects,
		"/projects/{project}":                                          one(func(r request, p *world.Project) answer { return answer{body: project(r, p)} }),
		"/projects/{project}/summary":                                  one(summary),
		"/projects/{project}/robots":                                   one(robots),
		"/projects/{project}/repositories":                             one(repositories),
		"/projects/{project}/repositories/{repo}":                      repo(func(r request, x *world.Repository) answer { return answer{body: repository(r, x)} }),
		"/projects/{project}/repositories/{repo}/artifacts":            repo(artifacts),
		"/projects/{project}/repositories/{repo}/artifacts/{ref}":      repo(artifactByRef),
		"/projects/{project}/repositories/{repo}/artifacts/{ref}/tags": repo(tags),
		"/projects/{project}/repositories/{repo}/artifacts/{ref}/additions/vulnerabilities": repo(vulnerabilities),
		"/retentions/{id}": retention,
		"/quotas":          quotas,
		"/projects/{project}/repositories/{repo}/artifacts/{ref}/scan": func(request) answer {
			return answer{status: http.StatusMethodNotAllowed, code: "METHOD_NOT_ALLOWED", message: "method not allowed"}
		},
	} {
		f.mux.Handle(api+path, f.guarded(path, h))
	}
	f.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		send(w, http.StatusNotFound, errorOf("NOT_FOUND", "path "+r.URL.Path+" was not found"))
	})
	return f
}

// Handler makes the face as a handler.
func Handler(w *world.World, o Options) http.Handler { return New(w, o) }

// WriteCount is how many requests came that could have changed something.
func (f *Harbor) WriteCount() int64 { return f.writes.Load() }

// ServeHTTP implements http.Handler.
func (f *Harbor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", "demo-"+strconv.FormatInt(f.world.Now().UnixNano(), 36))
	f.mux.ServeHTTP(w, r)
}

type object = map[string]any

type request struct {
	*http.Request
	s    *world.State
	user string
}

// answer is what a handler answers; code is set for errors only.
type answer struct {
	body          any
	header        http.Header
	status        int
	code, message string
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func errorOf(code, message string) object {
	return object{"errors": []object{{"code": code, "message": message}}}
}

func (f *Harbor) allowed(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if other, known := f.o.Accounts[user]; known && ok {
		return password == other
	}
	return ok && user != "" && password != "" && (f.o.User == "" || user == f.o.User) && (f.o.Password == "" || password == f.o.Password)
}

func (f *Harbor) guarded(path string, h func(request) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.allowed(r) {
			send(w, http.StatusUnauthorized, errorOf("UNAUTHORIZED", "unauthorized"))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			f.writes.Add(1)
			f.write(w, r, path)
			return
		}
		user, _, _ := r.BasicAuth()
		var a answer
		f.world.View(func(s *world.State) { a = h(request{Request: r, s: s, user: user}) })
		for k, v := range a.header {
			w.Header()[k] = v
		}
		if a.code != "" {
			send(w, a.status, errorOf(a.code, a.message))
			return
		}
		send(w, http.StatusOK, a.body)
	})
}

func (r request) robot() bool { return strings.HasPrefix(r.user, "robot$") }

// sees reports whether the account may read a project: a project's robot reads that one only.
func (r request) sees(p *world.Project) bool {
	scope, ofProject := strings.CutPrefix(r.user, "robot$")
	scope, _, scoped := strings.Cut(scope, "+")
	return !ofProject || !scoped || scope == p.Slug
}

func me(r request) answer {
	if r.robot() {
		return answer{status: http.StatusPreconditionFailed, code: "PRECONDITION", message: "get current user not available for security context: v2robot"}
	}
	return answer{body: object{"user_id": 12, "username": r.user, "email": r.user + "@example.gouv.fr", "realname": r.user, "sysadmin_flag": false, "admin_role_in_auth": false,
		"comment": "Onboarded via OIDC provider", "creation_time": stamp(time.Date(2025, 9, 1, 8, 0, 0, 0, time.UTC)), "update_time": stamp(time.Date(2025, 9, 1, 8, 0, 0, 0, time.UTC))}}
}

// permissions are what the asker may do in the project that the scope names: those of a developer. To a robot Harbor tells none.
func permissions(r request) answer {
	if r.robot() {
		return answer{status: http.StatusPreconditionFailed, code: "PRECONDITION", message: "get current user not available for security context: v2robot"}
	}
	scope := r.URL.Query().Get("scope")
	if !strings.HasPrefix(scope, "/project/") {
		return answer{body: []object{}}
	}
	out := []object{}
	for _, p := range [][2]string{{"repository", "list"}, {"repository", "pull"}, {"artifact", "read"}, {"artifact", "list"}, {"scan", "create"}, {"scan", "read"}} {
		if r.URL.Query().Get("relative") != "true" {
			p[0] = scope + "/" + p[0]
		}
		out = append(out, object{"resource": p[0], "action": p[1]})
	}
	return answer{body: out}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// page cuts a list and says so in headers.
func page[T any](r request, all []T) ([]T, http.Header) {
	q := r.URL.Query()
	size, number := 10, 1
	if n, err := strconv.Atoi(q.Get("page_size")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		number = n
	}
	h := http.Header{}
	h.Set("X-Total-Count", strconv.Itoa(len(all)))
	var links []string
	link := func(n int, rel string) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		q.Set("page_size", strconv.Itoa(size))
		links = append(links, "<"+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="`+rel+`"`)
	}
	if number > 1 {
		link(number-1, "prev")
	}
	if number*size < len(all) {
		link(number+1, "next")
	}
	if links != nil {
		h.Set("Link", strings.Join(links, " , "))
	}
	from := min((number-1)*size, len(all))
	return all[from:min(from+size, len(all))], h
}

// wanted applies the name parameter and the name of the q parameter ("name=x" equal, "name=~x" contains).
func wanted(q url.Values, name string) bool {
	if v := q.Get("name"); v != "" && !strings.Contains(name, v) {
		return false
	}
	for _, term := range strings.Split(q.Get("q"), ",") {
		if v, ok := strings.CutPrefix(term, "name=~"); ok && !strings.Contains(name, v) {
			return false
		} else if v, exact := strings.CutPrefix(term, "name="); exact && !ok && v != name {
			return false
		}
	}
	return true
}

func imagesOf(p *world.Project) (repos int, size int64) {
	for _, x := range p.Repositories {
		if len(x.Images) > 0 {
			repos++
		}
		for _, img := range x.Images {
			size += img.Size
		}
	}
	return repos, size
}

func project(_ request, p *world.Project) object {
	n, _ := imagesOf(p)
	return object{"project_id": p.HarborID, "name": p.Slug, "owner_id": 1, "owner_name": "admin", "repo_count": n, "chart_count": 0, "deleted": false, "togglable": true,
		"current_user_role_id": 1, "current_user_role_ids": []int{1}, "creation_time": stamp(p.CreatedAt), "update_time": stamp(p.CreatedAt),
		"metadata": object{"public": "false", "auto_scan": "true", "retention_id": strconv.FormatInt(p.HarborID, 10)}, "cve_allowlist": object{"items": []object{}, "project_id": p.HarborID}}
}

func projects(r request) answer {
	var all []*world.Project
	for _, p := range r.s.Projects {
		if r.sees(p) && wanted(r.URL.Query(), p.Slug) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *world.Project) int { return strings.Compare(a.Slug, b.Slug) })
	if r.URL.Query().Get("sort") == "-name" {
		slices.Reverse(all)
	}
	cut, h := page(r, all)
	out := []object{}
	for _, p := range cut {
		out = append(out, project(r, p))
	}
	return answer{body: out, header: h}
}

func one(f func(request, *world.Project) answer) func(request) answer {
	return func(r request) answer {
		key := r.PathValue("project")
		for _, p := range r.s.Projects {
			if p.Slug != key && strconv.FormatInt(p.HarborID, 10) != key {
				continue
			}
			if !r.sees(p) {
				return answer{status: http.StatusForbidden, code: "FORBIDDEN", message: "forbidden"}
			}
			return f(r, p)
		}
		if r.robot() {
			return answer{status: http.StatusForbidden, code: "FORBIDDEN", message: "forbidden"}
		}
		return answer{status: http.StatusNotFound, code: "NOT_FOUND", message: "project " + key + " not found"}
	}
}

func summary(_ request, p *world.Project) answer {
	n, size := imagesOf(p)
	return answer{body: object{"repo_count": n, "project_admin_count": 1, "maintainer_count": 1, "developer_count": 2, "guest_count": 0, "limited_guest_count": 0,
		"quota": object{"hard": object{"storage": -1}, "used": object{"storage": size}}}}
}

func quotas(r request) answer {
	cut, h := page(r, r.s.Projects)
	out := []object{}
	for _, p := range cut {
		_, size := imagesOf(p)
		out = append(out, object{"id": p.HarborID, "ref": object{"id": p.HarborID, "name": p.Slug, "owner_name": "admin"}, "hard": object{"storage": -1}, "used": object{"storage": size},
			"creation_time": stamp(p.CreatedAt), "update_time": stamp(p.UpdatedAt)})
	}
	return answer{body: out, header: h}
}
