// Package argocd is the face of Argo CD 3.1 over the demo world: the REST API v1 as its gateway writes it, one handler a zone,
// with the event streams and the logs of pods. What writes is counted; operations and actions on resources change the world, everything else is refused.
package argocd

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/world"
)

// Options of the face. The zero value shows every zone to everybody as the administrator.
type Options struct {
	Zone     string // slug; "" all
	Token    string // of the administrator; "" asks for none
	Password string // of the account admin, which exchanges it for Token; "" nobody logs in
	// Teams are tokens of project teams: token → project slug. They see the project's AppProjects "…-app" and its observability.
	Teams   map[string]string
	Writes  *atomic.Int64 // counts requests that would have written, refreshes included; may be nil
	Version string        // "" is v3.1.7+511ebd7
	// NoActionsV2 leaves out the newer route of actions on resources, as servers before 3.1 do.
	NoActionsV2 bool
	// ClosedWindows names the applications that a window keeps from being synchronised by hand; nil closes none.
	ClosedWindows func(application string) bool
	// FollowEvery is how often a followed log looks for lines; 0 is 500 ms.
	FollowEvery time.Duration
}

type face struct {
	w   *world.World
	o   Options
	mux *http.ServeMux
}

// object is a JSON object in the making.
type object = map[string]any

// Handler serves a zone's Argo CD. It is safe for concurrent use. Streams end with their request: with the client, or with the
// context that the server gives its requests.
func Handler(w *world.World, o Options) http.Handler {
	if o.Version == "" {
		o.Version = "v3.1.7+511ebd7"
	}
	if o.FollowEvery <= 0 {
		o.FollowEvery = 500 * time.Millisecond
	}
	f := &face{w: w, o: o, mux: http.NewServeMux()}
	get := func(path string, h func(http.ResponseWriter, *http.Request, who)) {
		f.mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, r *http.Request) {
			if id, ok := f.session(rw, r); ok {
				h(rw, r, id)
			}
		})
	}
	f.mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ok")) })
	f.mux.HandleFunc("GET /api/version", f.version)
	f.mux.HandleFunc("GET /api/v1/settings", f.settings)
	f.mux.HandleFunc("GET /api/v1/session/userinfo", f.userInfo)
	f.mux.HandleFunc("POST /api/v1/session", f.login)
	f.mux.HandleFunc("DELETE /api/v1/session", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, http.StatusOK, object{}) })
	get("/api/v1/account/can-i/{resource}/{action}/{sub...}", f.canI)
	get("/api/v1/applications", f.list)
	get("/api/v1/applications/{name}", f.one(f.application))
	get("/api/v1/applications/{name}/resource-tree", f.one(f.resourceTree))
	get("/api/v1/applications/{name}/managed-resources", f.one(f.managedResources))
	get("/api/v1/applications/{name}/events", f.one(f.events))
	get("/api/v1/applications/{name}/resource", f.one(f.resource))
	get("/api/v1/applications/{name}/resource/actions", f.one(f.resourceActions))
	get("/api/v1/applications/{name}/manifests", f.one(f.manifests))
	get("/api/v1/applications/{name}/syncwindows", f.one(f.syncWindows))
	get("/api/v1/applications/{name}/revisions/{revision}/metadata", f.one(f.revision))
	get("/api/v1/applications/{name}/logs", f.logs)
	get("/api/v1/applications/{name}/pods/{pod}/logs", f.logs)
	get("/api/v1/stream/applications", f.streamApplications)
	get("/api/v1/stream/applications/{name}/resource-tree", f.streamTree)
	get("/api/v1/projects", f.projects)
	get("/api/v1/projects/{name}", f.project)
	get("/api/v1/clusters", f.clusters)
	get("/api/v1/repositories", f.repositories)
	return f
}

// refresh has an application compared anew, when whoever asks may read it.
func (f *face) refresh(r *http.Request) {
	id, ok := f.identify(r)
	name, plain := strings.CutPrefix(r.URL.Path, "/api/v1/applications/")
	if !ok || id.anonymous || !plain || strings.Contains(name, "/") {
		return
	}
	r.SetPathValue("name", name)
	f.w.Update(func(tx *world.Tx) {
		if a, _ := f.find(tx.State, r, id); a != nil {
			tx.RefreshApplication(a)
		}
	})
}

// ServeHTTP counts writes before anything else looks at them.
func (f *face) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if s := r.URL.Query().Get("refresh"); s != "" {
			f.count() // it makes the controller work, and answers all the same
			f.refresh(r)
		}
	default:
		if !strings.EqualFold(r.Header.Get("Content-Type"), "application/json") { // of a call without a body too, against forged requests (CVE-2024-22424)
			if r.URL.Path != "/api/v1/session" {
				f.count()
			}
			http.Error(rw, "Invalid content type", http.StatusUnsupportedMediaType)
			return
		}
		if r.URL.Path == "/api/v1/session" {
			break
		}
		id, ok := f.session(rw, r)
		if !ok {
			return
		}
		f.count()
		f.write(rw, r, id)
		return
	}
	f.mux.ServeHTTP(rw, r)
}

func (f *face) count() {
	if f.o.Writes != nil {
		f.o.Writes.Add(1)
	}
}

func reply(rw http.ResponseWriter, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	_, _ = rw.Write(body) // the client is gone when this fails
}

// refuse answers with an error of the gateway; grpc is the code of gRPC.
func refuse(rw http.ResponseWriter, code, grpc int, msg string) {
	reply(rw, code, struct {
		Error   string `json:"error"`
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{msg, grpc, msg})
}

// denied is also what Argo CD says of an application that does not exist, so that names cannot be guessed.
func denied(rw http.ResponseWriter) { refuse(rw, http.StatusForbidden, 7, "permission denied") }

// who is behind a request: the administrator, or the team of a project.
type who struct {
	admin, anonymous bool
	slug             string
}

// sees reports whether the identity may read an application.
func (id who) sees(a *world.Application) bool {
	return id.admin || id.seesProject(a.AppProject)
}

func (id who) seesProject(project string) bool {
	if id.admin {
		return true
	}
	if id.slug == "" {
		return false
	}
	rest, ok := strings.CutPrefix(project, id.slug+"-")
	return ok && (rest == "observability" || strings.HasSuffix(rest, "-app") && strings.Count(rest, "-") == 2)
}

func token(r *http.Request) string {
	if s, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s
	}
	if c, err := r.Cookie("argocd.token"); err == nil {
		if s, err := url.QueryUnescape(c.Value); err == nil {
			return s
		}
	}
	return ""
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// identify names whoever sends the request; ok is false for a token nobody has.
func (f *face) identify(r *http.Request) (id who, ok bool) {
	t := token(r)
	if t != "" {
		for known, slug := range f.o.Teams {
			if same(t, known) {
				return who{slug: slug}, true
			}
		}
	}
	switch {
	case f.o.Token == "", same(t, f.o.Token):
		return who{admin: true}, true
	case t == "":
		return who{anonymous: true}, true
	}
	return who{}, false
}

// session asks for an identity, and answers 401 itself when there is none.
func (f *face) session(rw http.ResponseWriter, r *http.Request) (who, bool) {
	id, ok := f.identify(r)
	switch {
	case !ok:
		refuse(rw, http.StatusUnauthorized, 16, "invalid session: token signature is invalid: signature is invalid")
		return id, false
	case id.anonymous:
		refuse(rw, http.StatusUnauthorized, 16, "no session information")
		return id, false
	}
	return id, true
}

// find is the application by name, under View. Argo CD hides what may not be read and what does not exist behind the same
// refusal, unless the right project is named.
func (f *face) find(st *world.State, r *http.Request, id who) (a *world.Application, code int) {
	project := r.URL.Query().Get("project")
	for _, a := range st.Applications {
		if f.inZone(a) && a.Name == r.PathValue("name") {
			if id.sees(a) && (project == "" || project == a.AppProject) && sameNamespace(r, a) {
				return a, http.StatusOK
			}
			return nil, http.StatusForbidden
		}
	}
	if project != "" && id.seesProject(project) {
		return nil, http.StatusNotFound
	}
	return nil, http.StatusForbidden
}

func sameNamespace(r *http.Request, a *world.Application) bool {
	ns := r.URL.Query().Get("appNamespace")
	return ns == "" || ns == a.Namespace
}

func (f *face) inZone(a *world.Application) bool { return f.o.Zone == "" || a.Zone == f.o.Zone }

func missing(rw http.ResponseWriter, r *http.Request, code int) {
	if code == http.StatusNotFound {
		refuse(rw, code, 5, `applications.argoproj.io "`+r.PathValue("name")+`" not found`)
		return
	}
	denied(rw)
}

// one serves a call about one application: h makes the answer under View, or the refusal.
func (f *face) one(h func(*world.State, *world.Application, *http.Request) (any, *refusal)) func(http.ResponseWriter, *http.Request, who) {
	return func(rw http.ResponseWriter, r *http.Request, id who) {
		var out any
		var no *refusal
		code := http.StatusForbidden
		f.w.View(func(st *world.State) {
			var a *world.Application
			if a, code = f.find(st, r, id); a != nil {
				out, no = h(st, a, r)
			}
		})
		switch {
		case code != http.StatusOK:
			missing(rw, r, code)
		case no != nil:
			refuse(rw, no.status, no.code, no.msg)
		default:
			reply(rw, http.StatusOK, prune(out, r.URL.Query().Get("fields")))
		}
	}
}

// refusal is an answer other than 200: the HTTP status, the code of gRPC and the words.
type refusal struct {
	status, code int
	msg          string
}
