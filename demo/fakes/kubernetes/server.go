// Package kubernetes is the face of one simulated cluster: an apiserver that kubectl and informers believe. It serves
// discovery, reads, watches, tables, logs and access reviews of the namespaces of one cluster of the world, as JSON or
// protobuf, counts what would write, carries out what a hand of ours may do, and refuses the rest.
package kubernetes

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	authnv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/demo/world"
)

// Options say which cluster is shown and to whom.
type Options struct {
	// Cluster is the label of the cluster, e.g. "mi-prod-1". One that the world does not have is an empty cluster.
	Cluster string
	// Token is the bearer token that is accepted; "" accepts everybody.
	Token string
	// User is who the token belongs to; "" means "astreinte.sre".
	User string
	// Groups of the user, besides system:authenticated.
	Groups []string
	// Deny refuses a request by 403; nil allows every read. The resource carries the subresource ("pods/log"); namespace is
	// "" at the cluster scope. It is asked by access reviews too.
	Deny func(verb, group, resource, namespace string) bool
	// ReadOnly is a user who may read alone, as a team's auditor.
	ReadOnly bool
	// NoStreamingLists answers sendInitialEvents with 422, as a server does on which the feature is off.
	NoStreamingLists bool
}

// Server is the face. It is safe for concurrent use and holds no goroutine of its own.
type Server struct {
	world  *world.World
	opts   Options
	kinds  []*resourceKind
	writes atomic.Int64
	docs   sync.Map // OpenAPI documents by group version, made when first asked

	homesMu sync.Mutex
	homes   map[string]*world.Namespace // where events and quotas live, by uid: the world's own structs do not say
}

// Handler returns the face of one cluster.
func Handler(w *world.World, o Options) *Server {
	if o.User == "" {
		o.User = "astreinte.sre"
	}
	s := &Server{world: w, opts: o, homes: map[string]*world.Namespace{}}
	s.kinds = s.resources()
	return s
}

// WriteCount returns how many requests tried to write for good: what is only pretended (dryRun=All) changes nothing.
func (s *Server) WriteCount() int64 { return s.writes.Load() }

func (s *Server) user() authnv1.UserInfo {
	return authnv1.UserInfo{Username: s.opts.User, UID: stableUID("user", s.opts.User), Groups: append(append([]string{}, s.opts.Groups...), "system:authenticated")}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	w.Header().Set("Audit-Id", stableUID("audit", r.URL.String()))
	w.Header().Set("Cache-Control", "no-cache, private")
	switch path { // these answer anonymous callers, as the default RBAC has it
	case "/healthz", "/livez", "/readyz":
		writeText(w, "ok")
		return
	}
	if s.opts.Token != "" && r.Header.Get("Authorization") == "" { // nobody has the name of nobody, and no right
		if path != "/version" {
			s.anonymous(w, r, path)
			return
		}
	} else if s.opts.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.opts.Token {
		s.fail(w, apierrors.NewUnauthorized("Unauthorized")) //nolint:misspell // the server's own word
		return
	}
	if as := r.Header.Get("Impersonate-User"); as != "" {
		s.fail(w, s.forbidden("impersonate", target{res: "users", name: as}))
		return
	}
	switch {
	case path == "" || path == "/api" || path == "/apis" || path == "/version" || strings.HasPrefix(path, "/openapi/"):
		if r.Method != http.MethodGet {
			s.refuseWrite(w, r, schema.GroupResource{}, "", "")
			return
		}
		s.serveMeta(w, r, path)
	default:
		if !s.serveGroup(w, r, path) {
			s.serveObjects(w, r, path)
		}
	}
}

// target is a parsed resource path.
type target struct {
	group, version       string
	namespace, name, sub string
	res                  string
}

// parseTarget splits /api/v1/… and /apis/g/v/…; ok is false for anything else.
func parseTarget(path string) (t target, ok bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case len(parts) >= 3 && parts[0] == "api":
		t.version, parts = parts[1], parts[2:]
	case len(parts) >= 4 && parts[0] == "apis":
		t.group, t.version, parts = parts[1], parts[2], parts[3:]
	default:
		return t, false
	}
	if parts[0] == "namespaces" && len(parts) >= 3 && parts[2] != "status" && parts[2] != "finalize" { //nolint:misspell // the name of a subresource
		t.namespace, parts = parts[1], parts[2:]
	}
	if len(parts) > 3 {
		return t, false
	}
	parts = append(parts, "", "", "")
	t.res, t.name, t.sub = parts[0], parts[1], parts[2]
	return t, t.res != ""
}

func (s *Server) find(t target) *resourceKind {
	for _, k := range s.kinds {
		if k.group == t.group && k.version == t.version && k.name == t.res {
			return k
		}
	}
	return nil
}

func (s *Server) serveObjects(w http.ResponseWriter, r *http.Request, path string) {
	t, ok := parseTarget(path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	gr := schema.GroupResource{Group: t.group, Resource: t.res}
	k := s.find(t)
	if r.Method == http.MethodPost && s.serveReview(w, r, t) {
		return
	}
	if r.Method != http.MethodGet {
		s.serveWrite(w, r, t)
		return
	}
	if k == nil || (t.namespace != "" && !k.namespaced) || (k.list == nil && k.measured == nil) {
		s.fail(w, noSuchResource(gr))
		return
	}
	query := r.URL.Query()
	verb := "list"
	switch {
	case t.name != "":
		verb = "get"
	case isTrue(query.Get("watch")):
		verb = "watch"
	}
	if s.denied(verb, t) {
		s.fail(w, s.forbidden(verb, t))
		return
	}
	switch {
	case t.sub == "log" && k.name == "pods" && k.group == "":
		s.serveLog(w, r, t)
	case t.sub != "" && t.sub != "status" && t.sub != "scale":
		s.fail(w, noSuchResource(gr))
	case k.measured != nil:
		s.serveMeasured(w, r, k, t)
	case verb == "get":
		s.serveGet(w, r, k, t)
	case verb == "watch":
		s.serveWatch(w, r, k, t)
	default:
		s.serveList(w, r, k, t)
	}
}

func (s *Server) denied(verb string, t target) bool {
	res := t.res
	if t.sub != "" {
		res += "/" + t.sub
	}
	return s.opts.Deny != nil && s.opts.Deny(verb, t.group, res, t.namespace)
}

func (s *Server) refuseWrite(w http.ResponseWriter, r *http.Request, gr schema.GroupResource, name, namespace string) {
	verb, known := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodPatch: "patch", http.MethodDelete: "delete"}[r.Method]
	if !known {
		s.fail(w, apierrors.NewMethodNotSupported(gr, strings.ToLower(r.Method)))
		return
	}
	s.writes.Add(1)
	res, sub, _ := strings.Cut(gr.Resource, "/")
	s.fail(w, s.forbidden(verb, target{group: gr.Group, res: res, sub: sub, name: name, namespace: namespace}))
}
