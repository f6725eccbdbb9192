package console

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

func cluster(c *world.Cluster) object {
	return object{"id": c.ID, "label": c.Label, "infos": c.Infos, "clusterResources": c.Privacy == "dedicated", "privacy": c.Privacy, "zoneId": c.ZoneID,
		"stageIds": c.StageIDs, "cpu": c.CPU, "gpu": c.GPU, "memory": c.Memory}
}

func clusters(k call) answer {
	out := []object{}
	for _, c := range k.s.Clusters {
		seen := k.by.may(bitListClusters|bitManageClusters|bitList) || c.Privacy == "public"
		for _, p := range k.s.Projects {
			seen = seen || k.by.inProject(p) != 0 && slices.Contains(p.ClusterIDs, c.ID)
		}
		if seen {
			out = append(out, cluster(c))
		}
	}
	return ok(out)
}

func (k call) cluster() (*world.Cluster, *answer) {
	var a answer
	if !k.by.may(bitListClusters | bitManageClusters | bitList) {
		a = legacyNo(refused)
		return nil, &a
	}
	id := k.r.PathValue("id")
	if !isUUID(id) {
		a = badPath("clusterId")
		return nil, &a
	}
	for _, c := range k.s.Clusters {
		if c.ID == id {
			return c, nil
		}
	}
	a = crash("No Cluster found")
	return nil, &a
}

// clusterDetails gives the cluster's credentials away, as the real one does.
func clusterDetails(k call) answer {
	c, bad := k.cluster()
	if bad != nil {
		return *bad
	}
	o := cluster(c)
	projects := []string{}
	for _, p := range k.s.Projects {
		if slices.Contains(p.ClusterIDs, c.ID) {
			projects = append(projects, p.ID)
		}
	}
	o["projectIds"] = projects
	o["kubeconfig"] = object{"user": object{"token": Canary + "-kubeconfig"}, "cluster": object{"server": "https://" + c.Label + ".cpn.example:6443", "tlsServerName": c.Label + ".cpn.example", "skipTLSVerify": false}}
	return ok(o)
}

func (k call) environmentsOf(keep func(*world.Environment) bool, each func(*world.Environment)) {
	for _, p := range k.s.Projects {
		for _, e := range p.Environments {
			if keep(e) {
				each(e)
			}
		}
	}
}

func clusterUsage(k call) answer {
	c, bad := k.cluster()
	if bad != nil {
		return *bad
	}
	cpu, gpu, mem := 0.0, 0.0, 0.0
	k.environmentsOf(func(e *world.Environment) bool { return e.ClusterID == c.ID }, func(e *world.Environment) {
		cpu, gpu, mem = cpu+e.CPU, gpu+e.GPU, mem+e.Memory
	})
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	return ok(object{"cpu": round(cpu), "gpu": round(gpu), "memory": round(mem)})
}

func clusterEnvironments(k call) answer {
	c, bad := k.cluster()
	if bad != nil {
		return *bad
	}
	out := []object{}
	k.environmentsOf(func(e *world.Environment) bool { return e.ClusterID == c.ID }, func(e *world.Environment) {
		out = append(out, object{"project": e.Project.Name, "name": e.Name, "owner": k.user(e.Project.OwnerID).Email, "cpu": e.CPU, "gpu": e.GPU, "memory": e.Memory})
	})
	return ok(out)
}

func zones(k call) answer {
	out := []object{}
	for _, z := range k.s.Zones {
		out = append(out, object{"id": z.ID, "slug": z.Slug, "label": z.Label, "argocdUrl": z.ArgoURL, "description": z.Description})
	}
	return ok(out)
}

func stages(k call) answer {
	out := []object{}
	for _, st := range k.s.Stages {
		ids := []string{}
		for _, c := range k.s.Clusters {
			if slices.Contains(c.StageIDs, st.ID) {
				ids = append(ids, c.ID)
			}
		}
		out = append(out, object{"id": st.ID, "name": st.Name, "clusterIds": ids})
	}
	return ok(out)
}

func stageEnvironments(k call) answer {
	if !k.by.may(bitListStages | bitManageStages | bitList) {
		return legacyNo(refused)
	}
	id := k.r.PathValue("id")
	out := []object{}
	k.environmentsOf(func(e *world.Environment) bool { return e.StageID == id }, func(e *world.Environment) {
		out = append(out, object{"project": e.Project.Slug, "name": e.Name, "cluster": e.Namespace.Cluster.Label, "owner": k.user(e.Project.OwnerID).Email})
	})
	return ok(out)
}

func user(u *world.User) object {
	return object{"id": u.ID, "firstName": u.FirstName, "lastName": u.LastName, "email": u.Email, "type": u.Type, "adminRoleIds": append([]string{}, u.AdminRoles...),
		"lastLogin": stampOrNull(u.LastLogin), "createdAt": stamp(u.CreatedAt), "updatedAt": stamp(u.CreatedAt)}
}

func users(k call) answer {
	if !k.by.may(bitManageUsers) {
		return legacyNo(refused)
	}
	if k.r.URL.Query().Has("memberOfIds") {
		return crash("Unknown argument `ProjectMembers`. Did you mean `projectMembers`?")
	}
	out := []object{}
	for _, u := range k.s.Users {
		out = append(out, user(u))
	}
	return ok(out)
}

func usersMatching(k call) answer {
	letters := k.r.URL.Query().Get("letters")
	if letters == "" {
		return badQuery(issue{Code: "invalid_type", Expected: "string", Received: "undefined", Path: []string{"letters"}, Message: "Required"})
	}
	out := []object{}
	for _, u := range k.s.Users {
		if len(out) < 5 && u.Type == "human" && strings.Contains(u.Email, letters) {
			out = append(out, user(u))
		}
	}
	return ok(out)
}

// builtInRoles are the roles of the platform that a new console has.
var builtInRoles = [...]struct {
	name  string
	bits  uint64
	kind  string
	group string
}{
	{"Root Administrateur Plateforme", 3, "system:managed", "/admin"}, {"Administrateur Plateforme", 3, "system:managed", "/console/admin"},
	{"Lecture Seule Plateforme", 1, "system:managed", "/console/readonly"}, {"Tout le monde", bitsOfEveryone, "global", ""},
}

func adminRoles(call) answer {
	out := []object{}
	for i, r := range builtInRoles {
		out = append(out, object{"id": world.AdminRoleID(r.name), "name": r.name, "permissions": strconv.FormatUint(r.bits, 10), "position": i, "type": r.kind, "oidcGroup": r.group})
	}
	return ok(out)
}

func adminRoleCounts(k call) answer {
	if !k.by.may(bitManageRoles) {
		return legacyNo(refused)
	}
	counts := object{}
	for _, r := range builtInRoles {
		n, id := 0, world.AdminRoleID(r.name)
		for _, u := range k.s.Users {
			if slices.Contains(u.AdminRoles, id) {
				n++
			}
		}
		counts[id] = n
	}
	return ok(counts)
}

func tokenOf(k call, t *world.Token) object {
	o := k.user(t.UserID)
	return object{"id": t.ID, "name": t.Name, "lastUse": stampOrNull(t.LastUse), "createdAt": stamp(t.CreatedAt), "status": t.Status, "expirationDate": stampOrNull(t.ExpiresAt),
		"owner": object{"id": o.ID, "email": o.Email, "firstName": o.FirstName, "lastName": o.LastName, "type": o.Type}}
}

func adminTokens(k call) answer {
	if !k.by.may(bitListTokens | bitManageTokens | bitList) {
		return legacyNo(refused)
	}
	out := []object{}
	for _, t := range k.s.Tokens {
		if t.Admin && (t.Status != "revoked" || k.r.URL.Query().Get("withRevoked") == "true") {
			o := tokenOf(k, t)
			o["permissions"] = strconv.FormatUint(t.Permissions, 10)
			out = append(out, o)
		}
	}
	return ok(out)
}

func userTokens(k call) answer {
	if k.by.token.Admin {
		return legacyNo("Cette route n’est accessible qu’aux utilisateurs humains")
	}
	out := []object{}
	for _, t := range k.s.Tokens {
		if !t.Admin && t.UserID == k.by.token.UserID {
			out = append(out, tokenOf(k, t))
		}
	}
	return ok(out)
}

func settings(k call) answer {
	out := []object{}
	for key, v := range k.s.Settings {
		if want := k.r.URL.Query().Get("key"); want == "" || want == key {
			out = append(out, object{"key": key, "value": v})
		}
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a["key"].(string), b["key"].(string)) })
	return answer{http.StatusOK, out}
}

// user finds an account; somebody unknown is a ghost.
func (k call) user(id string) *world.User {
	if len(k.users) == 0 {
		for _, u := range k.s.Users {
			k.users[u.ID] = u
		}
	}
	if u := k.users[id]; u != nil {
		return u
	}
	return &world.User{ID: id, Type: "ghost"}
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case !strings.ContainsRune("0123456789abcdefABCDEF", c):
			return false
		}
	}
	return true
}
