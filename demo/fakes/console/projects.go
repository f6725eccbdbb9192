package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

// The project routes are on one program or the other according to the version. The handlers ask which by k.c.old.

func (c *Console) projectRoutes(m *http.ServeMux) {
	c.on(m, "/api/v1/projects", projects)
	c.on(m, "/api/v1/projects-bulk", func(k call) answer { return k.notFound() })
	c.on(m, "/api/v1/projects/data", func(k call) answer {
		if !k.by.may(bitManage) {
			return k.forbidden()
		}
		return ok("name,description\n")
	})
	c.on(m, "/api/v1/projects/{id}", projectDetails)
	c.on(m, "/api/v1/projects/{id}/hooks", func(k call) answer { return k.notFound() })
	c.on(m, "/api/v1/projects/{id}/members", members)
	c.on(m, "/api/v1/projects/{id}/members/{user}", func(k call) answer { return k.notFound() })
	c.on(m, "/api/v1/projects/{id}/roles", roles)
	c.on(m, "/api/v1/projects/{id}/roles/member-counts", roleCounts)
	c.on(m, "/api/v1/projects/{id}/services", projectServices)
	c.on(m, "/api/v1/projects/{id}/secrets", secrets)
}

func (k call) forbidden() answer {
	if k.c.old {
		return legacyNo(refused)
	}
	return nestNo(http.StatusForbidden, "Forbidden", refused)
}

func (k call) notFound() answer {
	if k.c.old {
		return answer{http.StatusNotFound, object{"message": "Route " + k.r.Method + ":" + k.r.URL.Path + " not found", "error": "Not Found", "statusCode": 404}}
	}
	return nestNo(http.StatusNotFound, "Not Found", "Cannot "+k.r.Method+" "+k.r.URL.Path)
}

// byID finds the project of the path, by id or by slug.
func (k call) byID(slugToo bool) *world.Project {
	id := k.r.PathValue("id")
	if p := k.s.ProjectByID[id]; p != nil {
		return p
	}
	if slugToo {
		return k.s.ProjectBySlug[id]
	}
	return nil
}

func (k call) member(m world.Member, whole bool) object {
	u := k.user(m.UserID)
	o := object{"userId": u.ID, "firstName": u.FirstName, "lastName": u.LastName, "email": u.Email, "roleIds": append([]string{}, m.RoleIDs...)}
	if whole {
		o["type"], o["lastLogin"], o["createdAt"], o["updatedAt"] = u.Type, stampOrNull(u.LastLogin), stamp(u.CreatedAt), stamp(u.CreatedAt)
	}
	return o
}

func role(p *world.Project, r world.Role) object {
	return object{"id": r.ID, "name": r.Name, "permissions": strconv.FormatUint(r.Permissions, 10), "position": r.Position, "type": r.Type, "projectId": p.ID, "oidcGroup": r.OIDCGroup}
}

func (k call) project(p *world.Project) object {
	u := k.user(p.OwnerID)
	ms, rs := []object{}, []object{}
	for _, m := range p.Members {
		ms = append(ms, k.member(m, k.c.old))
	}
	for _, r := range p.Roles {
		rs = append(rs, role(p, r))
	}
	return object{"id": p.ID, "slug": p.Slug, "name": p.Name, "description": p.Description, "status": p.Status, "locked": p.Locked, "limitless": p.Limitless,
		"hprodCpu": p.HprodCPU, "hprodGpu": p.HprodGPU, "hprodMemory": p.HprodMem, "prodCpu": p.ProdCPU, "prodGpu": p.ProdGPU, "prodMemory": p.ProdMem,
		"clusterIds": append([]string{}, p.ClusterIDs...), "ownerId": p.OwnerID,
		"owner": object{"id": u.ID, "firstName": u.FirstName, "lastName": u.LastName, "email": u.Email, "type": u.Type, "lastLogin": stampOrNull(u.LastLogin),
			"createdAt": stamp(u.CreatedAt), "updatedAt": stamp(u.CreatedAt)},
		"members": ms, "roles": rs, "everyonePerms": strconv.FormatUint(p.EveryonePerms, 10), "lastSuccessProvisionningVersion": orNull(p.LastProvisioned),
		"createdAt": stamp(p.CreatedAt), "updatedAt": stamp(p.UpdatedAt)}
}

// archived is a project deleted long ago, which the console keeps under another name.
func archived(s *world.State) *world.Project {
	first := s.Projects[0]
	at := first.CreatedAt
	name := "essai_" + strconv.FormatInt(at.UnixMilli(), 10) + "_archived"
	return &world.Project{ID: "0b6c1d52-7a0e-4c39-9d18-5e2f7a4b8c60", Slug: name, Name: name, Description: "Essai", Status: "archived", Locked: true, OwnerID: first.OwnerID,
		EveryonePerms: 896, CreatedAt: at, UpdatedAt: at}
}

var statuses = []string{"initializing", "created", "failed", "archived", "warning"}

func projects(k call) answer {
	q := k.r.URL.Query()
	filter := q.Get("filter")
	switch filter {
	case "":
		filter = "member"
	case "owned", "member", "all":
	default:
		return k.badEnum("filter", filter, []string{"owned", "member", "all"})
	}
	for _, name := range []string{"status", "locked"} {
		allowed := statuses
		if name == "locked" {
			allowed = []string{"true", "false"}
		}
		if v := q.Get(name); q.Has(name) && !slices.Contains(allowed, v) {
			return k.badEnum(name, v, allowed)
		}
	}
	if filter == "all" && !k.by.may(bitManage) {
		return k.forbidden()
	}
	out := []object{}
	all := k.s.Projects
	if filter == "all" {
		all = append(slices.Clip(all), archived(k.s))
	}
	for _, p := range all {
		switch {
		case filter == "owned" && p.OwnerID != k.by.token.UserID,
			filter == "member" && k.by.inProject(p) == 0,
			!statusWanted(q, p.Status),
			q.Has("locked") && strconv.FormatBool(p.Locked) != q.Get("locked"),
			q.Get("id") != "" && q.Get("id") != p.ID,
			q.Get("name") != "" && q.Get("name") != p.Name,
			!strings.Contains(p.Description, q.Get("description")),
			!strings.Contains(p.Name, q.Get("search")) && !strings.Contains(k.user(p.OwnerID).Email, q.Get("search")):
			continue
		}
		switch v := q.Get("lastSuccessProvisionningVersion"); v {
		case "":
		case "last":
			if p.LastProvisioned != k.c.o.Version {
				continue
			}
		case "outdated":
			if p.LastProvisioned == "" || p.LastProvisioned == k.c.o.Version {
				continue
			}
		default:
			if p.LastProvisioned != v {
				continue
			}
		}
		out = append(out, k.project(p))
	}
	return ok(out)
}

func statusWanted(q map[string][]string, status string) bool {
	get := func(name string) (string, bool) {
		v, has := q[name]
		if !has || len(v) == 0 {
			return "", false
		}
		return v[0], true
	}
	if v, has := get("status"); has {
		return v == status
	}
	if v, has := get("statusIn"); has {
		return slices.Contains(strings.Split(v, ","), status)
	}
	if v, has := get("statusNotIn"); has {
		return !slices.Contains(strings.Split(v, ","), status)
	}
	return true
}

func (k call) badEnum(name, got string, want []string) answer {
	message := "Invalid enum value. Expected '" + strings.Join(want, "' | '") + "', received '" + got + "'"
	if k.c.old {
		return badQuery(issue{Received: got, Code: "invalid_enum_value", Options: want, Path: []string{name}, Message: message})
	}
	return answer{http.StatusBadRequest, object{"formErrors": []string{}, "fieldErrors": object{name: []string{message}}}}
}

func projectDetails(k call) answer {
	p := k.byID(true)
	if p == nil {
		if k.r.PathValue("id") == "" {
			return answer{http.StatusBadRequest, object{"formErrors": []string{"Invalid input"}, "fieldErrors": object{}}}
		}
		if k.c.old {
			return answer{http.StatusNotFound, object{"message": "Projet introuvable"}}
		}
		return nestNo(http.StatusNotFound, "Not Found", "Projet introuvable")
	}
	if !k.by.may(bitManage) && k.by.inProject(p) == 0 {
		return k.forbidden()
	}
	return ok(k.project(p))
}

// listable finds the project of the path when the caller has the right to list something of it.
func (k call) listable(bits uint64, everyLister bool) (*world.Project, *answer) {
	p := k.byID(false)
	allowed := p != nil && k.by.mayIn(p, bits)
	if p != nil && everyLister {
		allowed = k.by.mayListIn(p, bits)
	}
	if !allowed {
		a := k.forbidden()
		return nil, &a
	}
	return p, nil
}

func members(k call) answer {
	p, bad := k.listable(projectListMembers, true)
	if bad != nil {
		return *bad
	}
	out := []object{}
	for _, m := range p.Members {
		out = append(out, k.member(m, k.c.old))
	}
	return ok(out)
}

func roles(k call) answer {
	p, bad := k.listable(projectListRoles, true)
	if bad != nil {
		return *bad
	}
	out := []object{}
	for _, r := range p.Roles {
		o := role(p, r)
		if !k.c.old {
			delete(o, "position")
			delete(o, "projectId")
			o["userCount"] = len(p.Members) // of the project, not of the role: so does the real one
		}
		out = append(out, o)
	}
	return ok(out)
}

func roleCounts(k call) answer {
	p, bad := k.listable(projectListRoles, true)
	if bad != nil {
		return *bad
	}
	counts := object{}
	for _, r := range p.Roles {
		n := 0
		for _, m := range p.Members {
			if slices.Contains(m.RoleIDs, r.ID) {
				n++
			}
		}
		counts[r.ID] = n
	}
	return ok(counts)
}

func projectServices(k call) answer {
	target := k.r.URL.Query().Get("permissionTarget")
	if target != "" && target != "user" && target != "admin" {
		return k.badEnum("permissionTarget", target, []string{"user", "admin"})
	}
	p, bad := k.listable(projectListEnvs, false)
	if bad != nil {
		return *bad
	}
	if target == "admin" && !k.by.may(bitManage) {
		return k.forbidden()
	}
	zones := map[string]*world.Zone{}
	for _, z := range k.s.Zones {
		zones[z.ID] = z
	}
	var argo []object
	seen := map[string]bool{}
	for _, e := range p.Environments {
		if z := zones[e.Namespace.Cluster.ZoneID]; z != nil && !seen[z.ID] {
			seen[z.ID] = true
			argo = append(argo, object{"name": z.Label, "to": z.ArgoURL + "/applications?search=" + p.Slug})
		}
	}
	service := func(name, title string, urls []object) object {
		return object{"name": name, "title": title, "urls": urls, "manifest": object{"global": []object{}, "project": []object{}}}
	}
	one := func(to string) []object { return []object{{"name": "", "to": to}} }
	return ok([]object{
		service("argocd", "Argo CD", argo),
		service("gitlab", "Gitlab", one(k.s.GitLabBase+"/"+p.Slug)),
		service("registry", "Harbor", one("https://"+k.s.RegistryHost+"/harbor/projects/"+strconv.FormatInt(p.HarborID, 10)+"/repositories")),
		service("sonarqube", "SonarQube", one("https://sonarqube.cpn.example/projects?search="+p.Slug)),
		service("vault", "Vault", one("https://vault.cpn.example/ui/vault/secrets/"+p.Slug)),
		service("keycloak", "Keycloak", []object{}),
		service("observability", "Grafana", one("https://grafana.cpn.example/hprod-"+p.Slug)),
	})
}

// secrets gives secrets away, as the real one does to whom may see them.
func secrets(k call) answer {
	p, bad := k.listable(projectSeeSecrets, false)
	if bad != nil {
		return *bad
	}
	return ok(object{
		"GITLAB":   object{"GIT_MIRROR_PROJECT_ID": strconv.FormatInt(p.Mirror.ID, 10), "GIT_MIRROR_TOKEN": Canary + "-miroir"},
		"REGISTRY": object{"USERNAME": "robot$" + p.Slug + "+ro-robot", "TOKEN": Canary + "-registre", "HOST": k.s.RegistryHost},
		"VAULT":    object{"ROLE_ID": Canary + "-role", "SECRET_ID": Canary + "-coffre"},
	})
}

func environment(e *world.Environment) object {
	return object{"id": e.ID, "name": e.Name, "projectId": e.Project.ID, "stageId": e.StageID, "clusterId": e.ClusterID, "cpu": e.CPU, "gpu": e.GPU, "memory": e.Memory,
		"autosync": e.Autosync, "createdAt": stamp(e.CreatedAt), "updatedAt": stamp(e.UpdatedAt)}
}

func repository(r *world.Repository) object {
	return object{"id": r.ID, "projectId": r.Project.ID, "internalRepoName": r.Name, "externalRepoUrl": r.ExternalURL, "isPrivate": r.Private, "isInfra": r.Infra,
		"externalUserName": r.ExternalUser, "deployRevision": r.DeployRevision, "deployPath": r.DeployPath, "helmValuesFiles": r.HelmValues,
		"createdAt": stamp(r.CreatedAt), "updatedAt": stamp(r.UpdatedAt)}
}
