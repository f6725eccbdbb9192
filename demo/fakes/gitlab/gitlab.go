// Package gitlab is the HTTP face of the simulated GitLab: the parts of REST v4 and GraphQL that a reader of groups, projects, pipelines
// and commits meets, with GitLab's own pagination, errors and rate headers.
package gitlab

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/world"
)

// Options choose who may read.
type Options struct {
	Token string // the personal access token that is accepted; "" accepts any that is not empty
	// Teams are tokens of members of one project's group: token → project slug. They see that project only.
	Teams map[string]string
	// Readers are tokens, of teams or not, whose owner is at most Developer: no list of access tokens is for them.
	Readers map[string]bool
	// URL is the face's own address, for the links in its answers. "" takes it from each request.
	URL string
	// TokenExpires is when the token ends; zero is a year after the world's beginning.
	TokenExpires time.Time
	// NoGraphQL answers 404 to GraphQL, as when a proxy hides it.
	NoGraphQL bool
}

// GitLab is the face, a http.Handler.
type GitLab struct {
	world  *world.World
	o      Options
	mux    *http.ServeMux
	writes atomic.Int64
	calls  atomic.Int64
	schema *schema
}

// New makes the face of a world.
func New(w *world.World, o Options) *GitLab {
	if o.TokenExpires.IsZero() {
		o.TokenExpires = w.Start().AddDate(1, 0, 0)
	}
	g := &GitLab{world: w, o: o, mux: http.NewServeMux()}
	g.schema = newSchema(g)
	g.routes()
	return g
}

// Handler makes the face as a handler.
func Handler(w *world.World, o Options) http.Handler { return New(w, o) }

// WriteCount is how many requests came that could have changed something.
func (g *GitLab) WriteCount() int64 { return g.writes.Load() }

type object = map[string]any

// request is one REST call. Its handler runs with the state readable.
type request struct {
	*http.Request
	s    *world.State
	g    *GitLab
	base string // address of the face
}

// result is what a handler answers. A nil body with status 200 is an empty list.
type result struct {
	status int
	body   any
	text   string // the body as it is, when body is nil
	header http.Header
}

type handler func(request) result

func found(body any) result { return result{status: http.StatusOK, body: body} }

func fail(status int, message string) result {
	return result{status: status, body: object{"message": message}}
}

func notFound(what string) result { return fail(http.StatusNotFound, "404 "+what+" Not Found") }

func (g *GitLab) routes() {
	for pattern, h := range map[string]handler{
		"/api/v4/version":                                     version,
		"/api/v4/metadata":                                    version,
		"/api/v4/user":                                        currentUser,
		"/api/v4/personal_access_tokens/self":                 tokenSelf,
		"/api/v4/groups":                                      groups,
		"/api/v4/groups/{id}":                                 withGroup(func(_ request, x group) result { return found(x.json()) }),
		"/api/v4/groups/{id}/subgroups":                       withGroup(subgroups),
		"/api/v4/groups/{id}/descendant_groups":               withGroup(descendants),
		"/api/v4/groups/{id}/projects":                        withGroup(groupProjects),
		"/api/v4/groups/{id}/access_tokens":                   withGroup(accessTokens),
		"/api/v4/projects/{id}/access_tokens":                 withProject(projectTokens),
		"/api/v4/groups/{id}/members":                         withGroup(groupMembers),
		"/api/v4/projects/{id}/repository/tree":               withProject(tree),
		"/api/v4/projects/{id}/repository/files/{file}/raw":   withProject(rawFile),
		"/api/v4/projects":                                    allProjects,
		"/api/v4/projects/{id}":                               withProject(func(r request, p project) result { return found(p.json(r.base)) }),
		"/api/v4/projects/{id}/pipelines":                     withProject(pipelines),
		"/api/v4/projects/{id}/pipelines/latest":              withProject(latestPipeline),
		"/api/v4/projects/{id}/pipelines/{pid}":               withPipeline(func(r request, p project, x *world.Pipeline) result { return found(pipelineDetails(r, p, x)) }),
		"/api/v4/projects/{id}/pipelines/{pid}/jobs":          withPipeline(pipelineJobs),
		"/api/v4/projects/{id}/pipelines/{pid}/bridges":       withPipeline(pipelineBridges),
		"/api/v4/projects/{id}/pipelines/{pid}/variables":     withPipeline(pipelineVariables),
		"/api/v4/projects/{id}/jobs":                          withProject(projectJobs),
		"/api/v4/projects/{id}/jobs/{jid}":                    withJob(func(r request, p project, x *world.Pipeline, j *world.Job) result { return found(job(r, p, x, j)) }),
		"/api/v4/projects/{id}/repository/branches":           withProject(branches),
		"/api/v4/projects/{id}/repository/branches/{branch}":  withProject(branch),
		"/api/v4/projects/{id}/repository/commits":            withProject(commits),
		"/api/v4/projects/{id}/repository/commits/{sha}":      withProject(commit),
		"/api/v4/projects/{id}/repository/commits/{sha}/diff": withProject(commitDiff),
		"/api/v4/projects/{id}/repository/commits/{sha}/refs": withProject(commitRefs),
		"/api/v4/projects/{id}/repository/compare":            withProject(compare),
		"/api/v4/projects/{id}/repository/files/{file}":       withProject(file),
	} {
		g.mux.Handle(pattern, g.rest(pattern, h))
	}
	for route := range changes() {
		_, pattern, _ := strings.Cut(route, " ")
		g.mux.Handle(pattern, g.rest(pattern, func(request) result {
			return result{status: http.StatusMethodNotAllowed, body: object{"error": "405 Not Allowed"}}
		}))
	}
	g.mux.HandleFunc("/api/v4/projects/{id}/jobs/{jid}/trace", g.trace)
	g.mux.HandleFunc("/api/graphql", g.graphql)
	g.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusNotFound, object{"error": "404 Not Found"})
	})
	g.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/users/sign_in")
		w.WriteHeader(http.StatusFound)
	})
}

// ServeHTTP implements http.Handler.
func (g *GitLab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := g.calls.Add(1)
	h := w.Header()
	h.Set("X-Request-Id", "01DEMO"+strconv.FormatInt(n, 10))
	h.Set("X-Gitlab-Meta", `{"correlation_id":"01DEMO`+strconv.FormatInt(n, 10)+`","version":"1"}`)
	h.Set("RateLimit-Limit", "2000")
	h.Set("RateLimit-Observed", "1")
	h.Set("RateLimit-Remaining", "1999")
	h.Set("RateLimit-Reset", strconv.FormatInt(g.world.Now().Add(time.Minute).Unix(), 10))
	h.Set("RateLimit-Name", "throttle_authenticated_api")
	if strings.HasPrefix(r.URL.Path, "/api/") && !g.allowed(r) {
		if r.URL.Path == "/api/graphql" {
			send(w, http.StatusUnauthorized, object{"errors": []object{{"message": "Invalid token"}}})
			return
		}
		send(w, http.StatusUnauthorized, object{"message": "401 Unauthorized"})
		return
	}
	g.mux.ServeHTTP(w, r)
}

func (g *GitLab) allowed(r *http.Request) bool {
	got := credential(r)
	_, team := g.o.Teams[got]
	return got != "" && (g.o.Token == "" || team || got == g.o.Token) && g.world.Now().Before(g.o.TokenExpires)
}

func credential(r *http.Request) string {
	if v := r.Header.Get("PRIVATE-TOKEN"); v != "" {
		return v
	}
	v, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return v
}

// user is who a request's token belongs to.
func (g *GitLab) user(r *http.Request) (login, name string) {
	if slug, team := g.o.Teams[credential(r)]; team {
		return "devops." + slug, "DevOps " + slug
	}
	return "astreinte.sre", "Astreinte SRE"
}

// visible is the state as the request's token may see it.
func (g *GitLab) visible(s *world.State, r *http.Request) *world.State {
	slug, team := g.o.Teams[credential(r)]
	if !team {
		return s
	}
	narrow := *s
	narrow.Projects = nil
	if p := s.ProjectBySlug[slug]; p != nil {
		narrow.Projects = []*world.Project{p}
	}
	return &narrow
}

func (g *GitLab) base(r *http.Request) string {
	if g.o.URL != "" {
		return g.o.URL
	}
	return "http://" + r.Host
}

func (g *GitLab) rest(pattern string, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			g.write(w, r, pattern)
			return
		}
		var res result
		g.world.View(func(s *world.State) { res = h(request{Request: r, s: g.visible(s, r), g: g, base: g.base(r)}) })
		for k, v := range res.header {
			w.Header()[k] = v
		}
		if res.body == nil && res.text != "" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(res.status)
			_, _ = w.Write([]byte(res.text))
			return
		}
		send(w, res.status, res.body)
	})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func version(request) result {
	return found(object{"version": "17.8.2", "revision": "1a2b3c4d5e6", "kas": object{"enabled": true, "version": "17.8.2"}, "enterprise": false})
}

func currentUser(r request) result {
	login, name := r.g.user(r.Request)
	return found(object{"id": 42, "username": login, "name": name, "state": "active", "email": login + "@example.gouv.fr", "is_admin": false,
		"web_url": r.base + "/" + login, "created_at": stamp(r.g.world.Start().AddDate(0, -10, 0)), "two_factor_enabled": true, "bot": false})
}

func tokenSelf(r request) result {
	scopes := []string{"read_api"}
	if r.g.mayWrite(r.Request) {
		scopes = []string{"api"}
	}
	return found(object{"id": 77, "name": "dsotop", "revoked": false, "active": true, "user_id": 42, "scopes": scopes, "description": nil,
		"created_at": stamp(r.g.world.Start().AddDate(0, -1, 0)), "last_used_at": stamp(r.g.world.Now()), "expires_at": r.g.o.TokenExpires.Format("2006-01-02")})
}

// page answers one page of a list, with GitLab's headers. The list is cut here, so that a fleet costs one page.
func page[T any](r request, all []T) result {
	q := r.URL.Query()
	per := intOf(q, "per_page", 20)
	if per < 1 || per > 100 {
		per = min(100, max(1, per))
	}
	n := max(1, intOf(q, "page", 1))
	pages := (len(all) + per - 1) / per
	h := http.Header{}
	h.Set("X-Total", strconv.Itoa(len(all)))
	h.Set("X-Total-Pages", strconv.Itoa(pages))
	h.Set("X-Page", strconv.Itoa(n))
	h.Set("X-Per-Page", strconv.Itoa(per))
	h.Set("X-Next-Page", "")
	h.Set("X-Prev-Page", "")
	var links []string
	link := func(number int, rel string) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(number))
		q.Set("per_page", strconv.Itoa(per))
		links = append(links, "<"+r.base+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="`+rel+`"`)
	}
	if n > 1 {
		h.Set("X-Prev-Page", strconv.Itoa(n-1))
		link(n-1, "prev")
	}
	if n < pages {
		h.Set("X-Next-Page", strconv.Itoa(n+1))
		link(n+1, "next")
	}
	link(1, "first")
	link(max(1, pages), "last")
	h.Set("Link", strings.Join(links, ", "))
	from := min((n-1)*per, len(all))
	out := all[from:min(from+per, len(all))]
	if out == nil {
		out = []T{}
	}
	return result{status: http.StatusOK, body: out, header: h}
}

func intOf(q url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(q.Get(name)); err == nil {
		return n
	}
	return otherwise
}
