package console

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"dsotop/demo/world"
)

// Project bits that writes ask for.
const (
	projectManageMembers = 1 << 2
	projectManageEnvs    = 1 << 3
	projectManageRepos   = 1 << 4
	projectReplayHooks   = 1 << 7
)

const locked = "Le projet est verrouillé, pas d'action possible"

// change is one write: it runs alone with the state.
type change struct {
	call
	tx   *world.Tx
	nest bool
	body map[string]json.RawMessage
	// wait, when not nil, receives the entry of the provisioning that the change set going.
	wait chan *world.LogEntry
	// after makes the answer once that entry has come.
	after func(*world.LogEntry) answer
}

// write carries out what the two programs of the console change on request.
func (c *Console) write(w http.ResponseWriter, r *http.Request, pattern string, k call, nest bool) {
	setPathValues(r, pattern)
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	x := &change{call: k, nest: nest}
	if r.Header.Get("Content-Type") == "application/json" || len(data) > 0 {
		if err != nil || json.Unmarshal(data, &x.body) != nil && !json.Valid(data) {
			x.bad(w, "Unexpected end of JSON input")
			return
		}
	}
	f := changes()[r.Method+" "+pattern]
	if f == nil {
		a := k.forbidden()
		reply(w, a.status, a.body)
		return
	}
	var a answer
	c.world.Update(func(tx *world.Tx) {
		x.tx, x.s, x.users = tx, tx.State, map[string]*world.User{}
		a = f(x, data)
	})
	if x.wait != nil && a.status == 0 {
		timer := time.NewTimer(c.o.GatewayAfter)
		defer timer.Stop()
		select {
		case e := <-x.wait:
			c.world.View(func(s *world.State) { x.s, x.users = s, map[string]*world.User{}; a = x.after(e) })
		case <-timer.C:
			gatewayTimeout(w)
			return
		case <-r.Context().Done():
			return
		}
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	reply(w, a.status, a.body)
}

func (x *change) bad(w http.ResponseWriter, why string) {
	if x.nest {
		a := nestNo(http.StatusBadRequest, "Bad Request", why)
		reply(w, a.status, a.body)
		return
	}
	a := crash(why)
	reply(w, a.status, a.body)
}

func changes() map[string]func(*change, []byte) answer {
	return map[string]func(*change, []byte) answer{
		"PUT /api/v1/projects/{id}/hooks":                     replay,
		"PUT /api/v1/projects/{id}":                           updateProject,
		"POST /api/v1/projects/{id}/members":                  addMember,
		"PATCH /api/v1/projects/{id}/members":                 setMembers,
		"DELETE /api/v1/projects/{id}/members/{user}":         removeMember,
		"POST /api/v2/projects/{id}/environments":             createEnvironment,
		"POST /api/v1/environments":                           createEnvironment,
		"PUT /api/v2/projects/{id}/environments/{env}":        updateEnvironment,
		"PUT /api/v1/environments/{id}":                       updateEnvironment,
		"DELETE /api/v2/projects/{id}/environments/{env}":     deleteEnvironment,
		"DELETE /api/v1/environments/{id}":                    deleteEnvironment,
		"POST /api/v2/projects/{id}/repositories/{repo}/sync": syncRepository,
		"POST /api/v1/repositories/{id}/sync":                 syncRepository,
		"POST /api/v1/service-chains/{id}/{what}":             moveChain,
		"GET /api/v1/refresh-services":                        refreshServices,
	}
}

// open finds the project that may be changed; a is the refusal.
func (x *change) open(p *world.Project, right uint64, evenLocked bool) *answer {
	var a answer
	switch {
	case p == nil || !x.by.mayIn(p, right):
		a = x.forbidden()
	case p.Status == "archived":
		a = x.no(http.StatusForbidden, "Forbidden", "Le projet est archivé, pas d'action possible")
	case p.Locked && !evenLocked:
		a = x.no(http.StatusForbidden, "Forbidden", locked)
	default:
		return nil
	}
	return &a
}

func (x *change) no(status int, kind, message string) answer {
	if x.nest {
		return nestNo(status, kind, message)
	}
	return answer{status, object{"message": message}}
}

func (x *change) field(name string, into any) bool {
	raw, ok := x.body[name]
	return ok && json.Unmarshal(raw, into) == nil
}

// provision starts the tools and tells how to answer when they are through.
func (x *change) provision(p *world.Project, action string, after func(*world.LogEntry) answer) answer {
	done := make(chan *world.LogEntry, 1)
	x.tx.Provision(p, world.Order{Action: action, UserID: x.by.token.UserID, Version: x.c.o.Version, Took: x.c.o.Provisioning, Legacy: !x.nest},
		func(_ *world.Tx, e *world.LogEntry) { done <- e })
	if x.c.o.Provisioning <= 0 {
		return after(<-done)
	}
	x.wait, x.after = done, after
	return answer{}
}

func (x *change) project404() answer {
	return x.no(http.StatusNotFound, "Not Found", "Projet introuvable")
}

func replay(x *change, _ []byte) answer {
	p := x.byID(x.nest)
	if p == nil {
		if !x.nest {
			return crash("Invalid `prisma.project.findUniqueOrThrow()` invocation")
		}
		return x.project404()
	}
	if bad := x.open(p, projectReplayHooks, false); bad != nil {
		return *bad
	}
	return x.provision(p, "Replay hooks for Project", func(e *world.LogEntry) answer {
		if !x.nest && len(e.Failed) > 0 {
			return answer{http.StatusUnprocessableEntity, object{"message": "Echec des services au reprovisionnement du projet"}}
		}
		return answer{status: http.StatusNoContent}
	})
}

func updateProject(x *change, _ []byte) answer {
	p := x.byID(false)
	var lock *bool
	x.field("locked", &lock)
	opens := lock != nil && !*lock
	if bad := x.open(p, projectManage, opens); bad != nil {
		return *bad
	}
	if lock != nil && x.by.may(0) { // from others it is dropped without a word
		p.Locked = *lock
	}
	x.field("description", &p.Description)
	before := x.project(p)
	return x.provision(p, "Update Project", func(e *world.LogEntry) answer {
		if !x.nest && len(e.Failed) > 0 {
			return answer{http.StatusUnprocessableEntity, object{"message": "Echec des services à la mise à jour du projet"}}
		}
		return ok(before)
	})
}

func (x *change) memberList(p *world.Project) []object {
	out := []object{}
	for _, m := range p.Members {
		out = append(out, x.member(m, x.c.old))
	}
	return out
}

func addMember(x *change, _ []byte) answer {
	p := x.byID(false)
	if bad := x.open(p, projectManageMembers, false); bad != nil {
		return *bad
	}
	var email, id string
	x.field("email", &email)
	x.field("userId", &id)
	for _, u := range x.s.Users {
		if u.ID != id && (email == "" || u.Email != email) {
			continue
		}
		if u.ID == p.OwnerID || slices.ContainsFunc(p.Members, func(m world.Member) bool { return m.UserID == u.ID }) {
			return x.no(http.StatusBadRequest, "Bad Request", "L'utilisateur est déjà membre du projet")
		}
		p.Members = append(p.Members, world.Member{UserID: u.ID})
		return x.provision(p, "Add Project Member", func(*world.LogEntry) answer { return answer{http.StatusCreated, x.memberList(p)} })
	}
	return x.no(http.StatusBadRequest, "Bad Request", "Utilisateur introuvable")
}

func setMembers(x *change, data []byte) answer {
	p := x.byID(false)
	if bad := x.open(p, projectManageMembers, false); bad != nil {
		return *bad
	}
	var want []struct {
		UserID string   `json:"userId"`
		Roles  []string `json:"roles"`
	}
	if json.Unmarshal(data, &want) != nil {
		return x.no(http.StatusBadRequest, "Bad Request", "Expected array")
	}
	for _, one := range want {
		for i := range p.Members {
			if p.Members[i].UserID == one.UserID {
				p.Members[i].RoleIDs = one.Roles
			}
		}
	}
	return x.provision(p, "Update Project Member", func(*world.LogEntry) answer { return ok(x.memberList(p)) })
}

func removeMember(x *change, _ []byte) answer {
	p := x.byID(false)
	if bad := x.open(p, projectManageMembers, false); bad != nil {
		return *bad
	}
	p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m world.Member) bool { return m.UserID == x.r.PathValue("user") })
	return x.provision(p, "Remove Project Member", func(*world.LogEntry) answer { return ok(x.memberList(p)) })
}

func syncRepository(x *change, _ []byte) answer {
	id := x.r.PathValue("repo")
	if !x.nest {
		id = x.r.PathValue("id")
	}
	var repo *world.Repository
	for _, p := range x.s.Projects {
		for _, r := range p.Repositories {
			if r.ID == id {
				repo = r
			}
		}
	}
	if repo == nil {
		if x.nest {
			return answer{http.StatusInternalServerError, object{"statusCode": 500, "message": "Internal server error"}}
		}
		return x.forbidden()
	}
	if bad := x.open(repo.Project, projectManageRepos, !x.nest); bad != nil {
		return *bad
	}
	var all bool
	var branch string
	if !x.field("syncAllBranches", &all) || !x.field("branchName", &branch) && !all {
		return x.no(http.StatusBadRequest, "Bad Request", "branchName is required")
	}
	return x.provision(repo.Project, "Sync Repository", func(e *world.LogEntry) answer {
		if len(e.Failed) > 0 {
			return x.no(http.StatusUnprocessableEntity, "Unprocessable Entity", "Echec des services à la synchronisation du dépôt")
		}
		return answer{status: http.StatusNoContent}
	}).then(func() { x.tx.RunMirror(repo, branch, all, "api") })
}

// then does something beside an answer that is on its way.
func (a answer) then(f func()) answer { f(); return a }

// moveChain retries a chain, or validates it under the id that its validation has.
func moveChain(x *change, _ []byte) answer {
	if !x.by.may(bitManageSystem) {
		return x.forbidden()
	}
	id, what := x.r.PathValue("id"), x.r.PathValue("what")
	if id == "validate" {
		id, what = what, "retry"
	}
	for _, c := range x.s.Chains {
		if c.ID == id && what == "retry" {
			x.tx.MoveChain(c)
			return answer{status: http.StatusNoContent}
		}
	}
	return answer{http.StatusInternalServerError, object{"statusCode": 500, "message": "Internal server error"}}
}

func refreshServices(x *change, _ []byte) answer {
	if !x.by.may(bitManageSystem) {
		return x.forbidden()
	}
	for _, t := range x.s.Tools {
		t.At = x.tx.Now
	}
	return ok(services(x.s, true))
}
