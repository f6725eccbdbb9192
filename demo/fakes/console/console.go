// Package console is the HTTP face of the simulated Cloud π Native console. It answers as the two programs behind the real one do: a
// legacy server and a newer one, which differ in shapes and habits, and share the routes in another way from release to release.
package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/demo/world"
)

// Options choose the console's version and misfortunes.
type Options struct {
	// Version is what the console says it is and decides who serves what: "9.22…" is the older split, anything else the newer one.
	// "" is the world's own.
	Version string
	// NoServiceChains switches the service chains off: their routes do not exist.
	NoServiceChains bool
	// GatewayTimeout makes the proxy in front answer its 504 page to everything.
	GatewayTimeout bool
	// Provisioning is how long the tools take, in the world's time; 0 is at once.
	Provisioning time.Duration
	// GatewayAfter is when the proxy in front gives up waiting for an answer, with its 504 page, while the console works on; 0 is a minute.
	GatewayAfter time.Duration
}

// Console is the face. It is a http.Handler, safe for concurrent use.
type Console struct {
	world  *world.World
	o      Options
	old    bool // the split of 9.22
	writes atomic.Int64
	legacy *http.ServeMux
	nest   *http.ServeMux
}

// New makes the face of a world.
func New(w *world.World, o Options) *Console {
	if o.Version == "" {
		w.View(func(s *world.State) { o.Version = s.ConsoleVersion })
	}
	if o.GatewayAfter <= 0 {
		o.GatewayAfter = time.Minute
	}
	c := &Console{world: w, o: o, old: strings.HasPrefix(o.Version, "9.22"), legacy: http.NewServeMux(), nest: http.NewServeMux()}
	c.routesLegacy()
	c.routesNest()
	return c
}

// Handler makes the face as a handler.
func Handler(w *world.World, o Options) http.Handler { return New(w, o) }

// WriteCount is how many requests came that could have changed something.
func (c *Console) WriteCount() int64 { return c.writes.Load() }

// ServeHTTP is the proxy in front: it sends each path to the program that serves it.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.o.GatewayTimeout {
		gatewayTimeout(w)
		return
	}
	path := r.URL.Path
	if !strings.HasPrefix(path, "/api/") {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><html lang=\"fr\"><head><title>Console Cloud π Native</title></head><body><div id=\"app\"></div></body></html>"))
		return
	}
	if c.onNest(path) {
		c.serveNest(w, r)
		return
	}
	c.serveLegacy(w, r)
}

func gatewayTimeout(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Server", "nginx/1.22.1")
	w.WriteHeader(http.StatusGatewayTimeout)
	_, _ = w.Write([]byte("<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"))
}

// onNest tells which program has a path.
func (c *Console) onNest(path string) bool {
	if strings.HasPrefix(path, "/api/v2/") || strings.HasPrefix(path, "/api/v1/service-chains") {
		return true
	}
	rest, ok := strings.CutPrefix(path, "/api/v1/projects")
	if !ok {
		return false
	}
	if c.old {
		parts := strings.Split(rest, "/")
		return len(parts) >= 3 && parts[2] == "deployments"
	}
	return rest == "" || rest[0] == '/' || strings.HasPrefix(rest, "-bulk")
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

type object = map[string]any

const stampLayout = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// stampOrNull is null for the zero time.
func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Admin permission bits.
const (
	bitList            = 1 << 0
	bitManage          = 1 << 1
	bitManageUsers     = 1 << 2
	bitManageRoles     = 1 << 4
	bitManageClusters  = 1 << 5
	bitManageStages    = 1 << 7
	bitManageSystem    = 1 << 8
	bitListProjects    = 1 << 10
	bitListClusters    = 1 << 12
	bitListStages      = 1 << 14
	bitListSystem      = 1 << 15
	bitManageTokens    = 1 << 16
	bitListTokens      = 1 << 17
	bitsOfEveryone     = 25608
	bitManageProjects  = 1 << 3
	projectManage      = 1 << 1
	projectSeeSecrets  = 1 << 6
	projectListEnvs    = 1 << 8
	projectListRepos   = 1 << 9
	projectListMembers = 1 << 10
	projectListRoles   = 1 << 11
	projectListDeploys = 1 << 13
)

// caller is who asks.
type caller struct {
	token *world.Token
	admin uint64 // admin bits, those of everyone included
}

func (u caller) may(bits uint64) bool { return u.admin&(bits|bitManage) != 0 }

// inProject returns the caller's bits in a project.
func (u caller) inProject(p *world.Project) uint64 {
	if u.token == nil || u.token.Admin {
		return 0
	}
	if p.OwnerID == u.token.UserID {
		return projectManage
	}
	for _, m := range p.Members {
		if m.UserID != u.token.UserID {
			continue
		}
		bits := p.EveryonePerms | 1
		for _, id := range m.RoleIDs {
			for _, r := range p.Roles {
				if r.ID == id {
					bits |= r.Permissions
				}
			}
		}
		return bits
	}
	return 0
}

func (u caller) mayIn(p *world.Project, bits uint64) bool {
	return u.admin&bitManage != 0 || u.inProject(p)&(bits|projectManage) != 0
}

// mayListIn is mayIn for the rights that those who may list projects have everywhere.
func (u caller) mayListIn(p *world.Project, bits uint64) bool {
	return u.mayIn(p, bits) || u.admin&(bitListProjects|bitManageProjects|bitList) != 0
}

// known finds the token of a value and notes its use, as each call does.
func (c *Console) known(value string) *world.Token {
	var found *world.Token
	c.world.Update(func(tx *world.Tx) {
		for _, t := range tx.State.Tokens {
			if t.Value != value {
				continue
			}
			copied := *t
			found = &copied
			if t.Status == "active" && (t.ExpiresAt.IsZero() || t.ExpiresAt.After(tx.Now)) {
				t.LastUse = tx.Now
				for _, u := range tx.State.Users {
					if u.ID == t.UserID {
						u.LastLogin = tx.Now
					}
				}
			}
		}
	})
	return found
}
