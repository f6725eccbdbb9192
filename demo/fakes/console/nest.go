package console

import (
	"maps"
	"net/http"

	"dsotop/demo/world"
)

func nestNo(status int, kind, message string) answer {
	return answer{status, object{"message": message, "error": kind, "statusCode": status}}
}

func (c *Console) routesNest() {
	m := c.nest
	noRead := func(k call) answer { return nestNo(http.StatusNotFound, "Not Found", "Cannot GET "+k.r.URL.Path) }
	if !c.old {
		c.projectRoutes(m)
		c.on(m, "/api/v1/projects/{$}", func(call) answer {
			return answer{http.StatusBadRequest, object{"formErrors": []string{}, "fieldErrors": object{"idOrSlug": []string{"String must contain at least 1 character(s)"}}}}
		})
		c.on(m, "/api/v2/projects/{id}/repositories", nestRepositories)
		c.on(m, "/api/v2/projects/{id}/repositories/{repo}/sync", noRead)
	}
	c.on(m, "/api/v1/projects/{id}/deployments", func(k call) answer {
		p := k.byID(false)
		if p == nil || !k.by.mayIn(p, projectListDeploys) {
			return nestNo(http.StatusForbidden, "Forbidden", refused)
		}
		out := []object{}
		for _, d := range k.s.Aside.Plans[p] {
			out = append(out, object{"id": d.ID, "name": d.Name, "projectId": p.ID, "environmentId": d.EnvironmentID, "autosync": true, "createdAt": stamp(d.CreatedAt), "updatedAt": stamp(d.CreatedAt), "deploymentSources": []object{}})
		}
		return ok(out)
	})
	c.on(m, "/api/v2/projects/{id}/environments", nestEnvironments)
	c.on(m, "/api/v2/projects/{id}/environments/{env}", noRead)
	if !c.o.NoServiceChains {
		c.on(m, "/api/v1/service-chains", serviceChains)
		c.on(m, "/api/v1/service-chains/{id}", serviceChain)
		c.on(m, "/api/v1/service-chains/{id}/{what}", func(k call) answer {
			if k.r.PathValue("what") != "flows" {
				return noRead(k)
			}
			return serviceChainFlows(k)
		})
	}
}

func (c *Console) serveNest(w http.ResponseWriter, r *http.Request) {
	h, pattern := c.nest.Handler(r)
	f, isRoute := h.(routed)
	if pattern == "" || !isRoute {
		reply(w, http.StatusNotFound, object{"message": "Cannot " + r.Method + " " + r.URL.RequestURI(), "error": "Not Found", "statusCode": 404})
		return
	}
	value := r.Header.Get("x-dso-token")
	var t *world.Token
	if value != "" {
		t = c.known(value)
	}
	if t == nil {
		reply(w, http.StatusUnauthorized, object{"message": "Not authenticated", "error": "Unauthorized", "statusCode": 401})
		return
	}
	if t.Admin {
		// The token's owner is not selected before it is used: every admin token ends here.
		reply(w, http.StatusInternalServerError, object{"statusCode": 500, "message": "Internal server error"})
		return
	}
	// Neither expiry nor state of a personal token is looked at on this side.
	if c.isWrite(r) {
		c.write(w, r, pattern, call{r: r, c: c, by: caller{token: t, admin: t.Permissions | bitsOfEveryone}}, true)
		return
	}
	c.finish(w, r, pattern, f, call{r: r, c: c, by: caller{token: t, admin: t.Permissions | bitsOfEveryone}})
}

// uuidProject finds the project of a v2 path, where only an id will do.
func (k call) uuidProject(bits uint64) (*world.Project, *answer) {
	var a answer
	if !isUUID(k.r.PathValue("id")) {
		a = nestNo(http.StatusBadRequest, "Bad Request", "Validation failed (uuid is expected)")
		return nil, &a
	}
	p := k.byID(false)
	if p == nil {
		a = nestNo(http.StatusNotFound, "Not Found", "Projet introuvable")
		return nil, &a
	}
	if !k.by.mayListIn(p, bits) {
		a = nestNo(http.StatusForbidden, "Forbidden", refused)
		return nil, &a
	}
	return p, nil
}

func nestEnvironments(k call) answer {
	p, bad := k.uuidProject(projectListEnvs)
	if bad != nil {
		return *bad
	}
	names := map[string]string{}
	for _, st := range k.s.Stages {
		names[st.ID] = st.Name
	}
	out := []object{}
	for _, e := range p.Environments {
		o := environment(e)
		o["stage"] = object{"id": e.StageID, "name": names[e.StageID]}
		out = append(out, o)
	}
	return ok(out)
}

func nestRepositories(k call) answer {
	p, bad := k.uuidProject(projectListRepos)
	if bad != nil {
		return *bad
	}
	out := []object{}
	for _, r := range p.Repositories {
		out = append(out, repository(r))
	}
	return ok(out)
}

func (k call) maySeeChains() bool { return k.by.may(bitListSystem | bitManageSystem | bitList) }

func chain(c *world.ServiceChain) object {
	return object{"id": c.ID, "state": c.State, "commonName": c.CommonName, "pai": c.PAI, "network": c.Network, "createdAt": stamp(c.CreatedAt), "updatedAt": stamp(c.UpdatedAt)}
}

func serviceChains(k call) answer {
	if !k.maySeeChains() {
		return nestNo(http.StatusForbidden, "Forbidden", refused)
	}
	out := []object{}
	for _, c := range k.s.Chains {
		out = append(out, chain(c))
	}
	return ok(out)
}

func (k call) chain() (*world.ServiceChain, *answer) {
	var a answer
	if !k.maySeeChains() {
		a = nestNo(http.StatusForbidden, "Forbidden", refused)
		return nil, &a
	}
	for _, c := range k.s.Chains {
		if c.ID == k.r.PathValue("id") {
			return c, nil
		}
	}
	a = answer{http.StatusInternalServerError, object{"statusCode": 500, "message": "Internal server error"}}
	return nil, &a
}

func serviceChain(k call) answer {
	c, bad := k.chain()
	if bad != nil {
		return *bad
	}
	o := chain(c)
	more := object{"validationId": c.ID, "validatedBy": nil, "ref": nil, "location": c.Location, "targetAddress": c.TargetAddress, "projectId": c.ProjectID, "env": c.Env,
		"subjectAlternativeName": []string{}, "redirect": false, "antivirus": nil, "websocket": false, "ipWhiteList": []string{}, "sslOutgoing": false}
	maps.Copy(o, more)
	return ok(o)
}

func serviceChainFlows(k call) answer {
	c, bad := k.chain()
	if bad != nil {
		return *bad
	}
	o := object{}
	for flow, state := range c.Flows {
		out := object{}
		if state == "failed" {
			out["error"] = "zone interieur.example: SERVFAIL"
		}
		o[flow] = object{"state": state, "input": object{}, "output": out, "updatedAt": stamp(c.UpdatedAt)}
	}
	return ok(o)
}
