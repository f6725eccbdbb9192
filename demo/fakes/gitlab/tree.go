package gitlab

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

// group is a GitLab group: those above the projects' root, the root, or a project's own.
type group struct {
	id, parent int64
	path       string // full
	project    *world.Project
	created    time.Time
}

func (x group) name() string { return x.path[strings.LastIndexByte(x.path, '/')+1:] }

func (x group) json() object {
	var parent any
	if x.parent != 0 {
		parent = x.parent
	}
	return object{"id": x.id, "name": x.name(), "path": x.name(), "full_path": x.path, "full_name": strings.ReplaceAll(x.path, "/", " / "), "parent_id": parent, "visibility": "private",
		"description": "", "web_url": "https://gitlab.cpn.example/groups/" + x.path, "created_at": stamp(x.created)}
}

// groupTree lists all groups, parents first.
func groupTree(s *world.State) []group {
	var out []group
	parent := int64(0)
	at := 0
	for i := 0; at >= 0; i++ {
		next := strings.IndexByte(s.ProjectsRoot[at:], '/')
		path := s.ProjectsRoot
		if next >= 0 {
			path = s.ProjectsRoot[:at+next]
			at += next + 1
		} else {
			at = -1
		}
		id := int64(i + 1)
		out = append(out, group{id: id, parent: parent, path: path})
		parent = id
	}
	for _, p := range s.Projects {
		out = append(out, group{id: p.GitLabGroupID, parent: parent, path: s.ProjectsRoot + "/" + p.Slug, project: p, created: p.CreatedAt})
	}
	return out
}

func findGroup(s *world.State, key string) (group, bool) {
	for _, x := range groupTree(s) {
		if x.path == key || strconv.FormatInt(x.id, 10) == key {
			return x, true
		}
	}
	return group{}, false
}

// project is a GitLab project. r is nil for plumbing.
type project struct {
	g *world.GitProject
	r *world.Repository
	p *world.Project
}

func (p project) json(base string) object {
	g := p.g
	var branch, ci any
	if !g.Empty {
		branch = g.DefaultBranch
	}
	if g.CIConfigPath != "" {
		ci = g.CIConfigPath
	}
	full := p.p.Slug
	return object{"id": g.ID, "name": g.Name, "path": g.Path[strings.LastIndexByte(g.Path, '/')+1:], "path_with_namespace": g.Path,
		"name_with_namespace": strings.ReplaceAll(g.Path, "/", " / "), "default_branch": branch, "empty_repo": g.Empty, "archived": false, "visibility": "private",
		"ci_config_path": ci, "topics": []string{"plugin-managed"}, "created_at": stamp(g.CreatedAt), "last_activity_at": stamp(g.LastActivity), "web_url": base + "/" + g.Path,
		"http_url_to_repo": base + "/" + g.Path + ".git", "jobs_enabled": true, "shared_runners_enabled": true,
		"namespace": object{"id": p.p.GitLabGroupID, "name": full, "path": full, "kind": "group", "full_path": g.Path[:strings.LastIndexByte(g.Path, '/')]}}
}

// projectsOf lists the GitLab projects of one project of the platform.
func projectsOf(p *world.Project) []project {
	out := make([]project, 0, len(p.Repositories)+1)
	if p.Mirror != nil {
		out = append(out, project{g: p.Mirror, p: p})
	}
	for _, r := range p.Repositories {
		out = append(out, project{g: r.Git, r: r, p: p})
	}
	return out
}

// withBeside adds the repositories of a project's group that the console does not know.
func withBeside(s *world.State, p *world.Project) []project {
	out := projectsOf(p)
	for _, g := range s.Aside.Beside[p] {
		out = append(out, project{g: g, p: p})
	}
	return out
}

// under lists the projects of a group, with those of its subgroups when asked.
func under(s *world.State, x group, subgroups bool) []project {
	var out []project
	if x.project != nil {
		return withBeside(s, x.project)
	}
	if subgroups {
		for _, p := range s.Projects {
			out = append(out, withBeside(s, p)...)
		}
	}
	return out
}

func findProject(s *world.State, key string) (project, bool) {
	for _, p := range s.Projects {
		for _, x := range withBeside(s, p) {
			if x.g.Path == key || strconv.FormatInt(x.g.ID, 10) == key {
				return x, true
			}
		}
	}
	return project{}, false
}

func withGroup(f func(request, group) result) handler {
	return func(r request) result {
		x, ok := findGroup(r.s, r.PathValue("id"))
		if !ok {
			return notFound("Group")
		}
		return f(r, x)
	}
}

func withProject(f func(request, project) result) handler {
	return func(r request) result {
		x, ok := findProject(r.s, r.PathValue("id"))
		if !ok {
			x, ok = zoneProject(r)
		}
		if !ok {
			return notFound("Project")
		}
		return f(r, x)
	}
}

func groupsJSON(all []group) []object {
	out := []object{}
	for _, x := range all {
		out = append(out, x.json())
	}
	return out
}

func groups(r request) result {
	all := groupTree(r.s)
	if search := r.URL.Query().Get("search"); search != "" {
		all = slices.DeleteFunc(all, func(x group) bool { return !strings.Contains(x.path, search) })
	}
	return page(r, groupsJSON(all))
}

func subgroups(r request, of group) result {
	return page(r, groupsJSON(slices.DeleteFunc(groupTree(r.s), func(x group) bool { return x.parent != of.id })))
}

func descendants(r request, of group) result {
	return page(r, groupsJSON(slices.DeleteFunc(groupTree(r.s), func(x group) bool { return !strings.HasPrefix(x.path, of.path+"/") })))
}

func groupProjects(r request, x group) result {
	return listProjects(r, under(r.s, x, r.URL.Query().Get("include_subgroups") == "true"))
}

func allProjects(r request) result {
	return listProjects(r, under(r.s, group{}, true))
}

// listProjects filters, sorts and pages a list of projects, by number or by key.
func listProjects(r request, all []project) result {
	q := r.URL.Query()
	if search := q.Get("search"); search != "" {
		all = slices.DeleteFunc(all, func(p project) bool { return !strings.Contains(p.g.Name, search) })
	}
	less := func(a, b project) int { return cmp.Compare(a.g.ID, b.g.ID) }
	switch q.Get("order_by") {
	case "name", "path":
		less = func(a, b project) int { return cmp.Compare(a.g.Path, b.g.Path) }
	case "last_activity_at":
		less = func(a, b project) int { return a.g.LastActivity.Compare(b.g.LastActivity) }
	}
	slices.SortStableFunc(all, less)
	keyset := q.Get("pagination") == "keyset"
	if q.Get("sort") != "asc" {
		slices.Reverse(all)
	}
	if !keyset {
		out := make([]object, 0, len(all))
		for _, p := range all {
			out = append(out, p.json(r.base))
		}
		return page(r, out)
	}
	if after, err := strconv.ParseInt(q.Get("id_after"), 10, 64); err == nil {
		all = slices.DeleteFunc(all, func(p project) bool { return p.g.ID <= after })
	}
	if before, err := strconv.ParseInt(q.Get("id_before"), 10, 64); err == nil {
		all = slices.DeleteFunc(all, func(p project) bool { return p.g.ID >= before })
	}
	per := min(100, max(1, intOf(q, "per_page", 20)))
	res := result{status: http.StatusOK, header: http.Header{}}
	if len(all) > per {
		all = all[:per]
		q.Del("id_after")
		q.Del("id_before")
		if key := strconv.FormatInt(all[per-1].g.ID, 10); r.URL.Query().Get("sort") == "asc" {
			q.Set("id_after", key)
		} else {
			q.Set("id_before", key)
		}
		res.header.Set("Link", "<"+r.base+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	}
	out := []object{}
	for _, p := range all {
		out = append(out, p.json(r.base))
	}
	res.body = out
	return res
}

// accessTokens lists a group's access tokens; their values are never told again. Who is no Owner gets 401, as GitLab has it, though the token is good.
func accessTokens(r request, x group) result {
	if _, team := r.g.o.Teams[credential(r.Request)]; team {
		return fail(http.StatusUnauthorized, "401 Unauthorized")
	}
	if x.project == nil {
		return page(r, []object{})
	}
	return page(r, tokens(r, x.project.GroupTokens))
}

// projectTokens lists a repository's access tokens, for its maintainers; others get 401.
func projectTokens(r request, p project) result {
	if r.g.o.Readers[credential(r.Request)] {
		return fail(http.StatusUnauthorized, "401 Unauthorized")
	}
	return page(r, tokens(r, r.s.Aside.Tokens[p.g]))
}

func tokens(r request, list []*world.GroupToken) []object {
	out := []object{}
	for _, t := range list {
		out = append(out, object{"id": t.ID, "name": t.Name, "scopes": t.Scopes, "active": t.Active && r.g.world.Now().Before(t.ExpiresAt), "revoked": t.Revoked, "user_id": 9000 + t.ID,
			"access_level": 40, "created_at": stamp(t.CreatedAt), "expires_at": t.ExpiresAt.Format("2006-01-02"), "last_used_at": stamp(r.g.world.Start())})
	}
	return out
}
