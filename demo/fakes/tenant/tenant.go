// Package tenant is the front door that the observability faces share: which tenant a namespace belongs to, which tenants a
// request may see, the bearer token, and the count of writes.
package tenant

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"sync/atomic"

	"dsotop/demo/world"
)

// Platform is the tenant of the platform's own tools.
const Platform = "prod-dso"

// Header carries the tenant towards Loki and Mimir.
const Header = "X-Scope-OrgID"

// Set is the tenants a request sees. A nil Set sees everything, as a system without tenants does.
type Set map[string]bool

// Has reports whether the tenant is seen.
func (s Set) Has(id string) bool { return s == nil || s[id] }

// Parse reads a tenant header: one tenant, or several joined by "|" (federation).
func Parse(header string) Set {
	out := Set{}
	for _, id := range strings.Split(header, "|") {
		if id = strings.TrimSpace(id); id != "" {
			out[id] = true
		}
	}
	return out
}

// Of is the tenant of a namespace: its project's, production apart. An old namespace, which no environment explains, goes with
// the rest of the project its labels name; what no project explains is the platform's. It is called under View.
func Of(st *world.State, ns *world.Namespace) string {
	if e := ns.Environment; e != nil && e.Project != nil {
		for _, s := range st.Stages {
			if s.ID == e.StageID {
				return world.Tenant(e.Project.ID, s.Name == "prod")
			}
		}
		return world.Tenant(e.Project.ID, false)
	}
	if p := st.ProjectBySlug[ns.Labels["dso/project"]]; p != nil {
		return world.Tenant(p.ID, false)
	}
	return Platform
}

// Bearer reports whether the request carries the token; an empty token asks for none.
func Bearer(r *http.Request, token string) bool {
	if token == "" {
		return true
	}
	got, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 1
}

// Count adds one to a counter that may be nil.
func Count(writes *atomic.Int64) {
	if writes != nil {
		writes.Add(1)
	}
}
