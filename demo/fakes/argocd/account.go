package argocd

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

func (f *face) version(rw http.ResponseWriter, r *http.Request) {
	out := object{"Version": f.o.Version}
	if id, ok := f.identify(r); ok && !id.anonymous {
		maps.Copy(out, object{
			"BuildDate": "2025-09-11T12:25:47Z", "GitCommit": "511ebd799e1d9dd1ea5bee1cc0b8b7b0e4ce1e4e", "GitTreeState": "clean", "GoVersion": "go1.24.6", "Compiler": "gc",
			"Platform": "linux/amd64", "KustomizeVersion": "v5.7.0 2025-06-28T07:00:07Z", "HelmVersion": "v3.18.4+gd80839c", "KubectlVersion": "v0.33.1", "JsonnetVersion": "v0.21.0",
		})
	}
	reply(rw, http.StatusOK, out)
}

func (f *face) settings(rw http.ResponseWriter, _ *http.Request) {
	url := ""
	f.w.View(func(st *world.State) {
		for _, z := range st.Zones {
			if z.Slug == f.o.Zone {
				url = z.ArgoURL
			}
		}
	})
	reply(rw, http.StatusOK, object{
		"url": url, "statusBadgeEnabled": false, "appLabelKey": "argocd.argoproj.io/instance", "trackingMethod": "annotation", "controllerNamespace": "dso-argocd",
		"help": object{}, "plugins": []any{}, "kustomizeOptions": object{}, "userLoginsDisabled": f.o.Password == "", "impersonationEnabled": false, "appsInAnyNamespaceEnabled": false,
		"oidcConfig": object{"name": "keycloak", "issuer": "https://keycloak.cpn.example/realms/dso", "clientID": "argocd-" + f.o.Zone + "-zone", "scopes": []string{"openid", "groups"}},
	})
}

func (f *face) userInfo(rw http.ResponseWriter, r *http.Request) {
	id, ok := f.identify(r)
	switch {
	case !ok || id.anonymous: // not an error: the web client asks this to know whether to log in
		reply(rw, http.StatusOK, object{})
	case id.admin:
		reply(rw, http.StatusOK, object{"loggedIn": true, "username": "admin", "iss": "argocd"})
	default:
		reply(rw, http.StatusOK, object{
			"loggedIn": true, "username": "devops." + id.slug, "iss": "https://keycloak.cpn.example/realms/dso", "groups": []string{"/" + id.slug, "/" + id.slug + "/console/devops"},
		})
	}
}

func (f *face) login(rw http.ResponseWriter, r *http.Request) {
	var in struct{ Username, Password, Token string }
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<16))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		refuse(rw, http.StatusBadRequest, 3, err.Error())
		return
	}
	switch {
	case in.Token != "":
		refuse(rw, http.StatusUnauthorized, 16, "token-based session creation no longer supported. please upgrade argocd cli to v0.7+")
	case in.Username == "admin" && f.o.Password != "" && same(in.Password, f.o.Password):
		reply(rw, http.StatusOK, object{"token": f.o.Token})
	default:
		refuse(rw, http.StatusUnauthorized, 16, "Invalid username or password")
	}
}

// canI answers for the built-in policies: the administrator may all, a team may read and act on its own applications.
func (f *face) canI(rw http.ResponseWriter, r *http.Request, id who) {
	// What an action of a resource needs ("action/apps/Deployment/restart") cannot be asked.
	if all := []string{"get", "create", "update", "delete", "sync", "override", "action", "invoke"}; !slices.Contains(all, r.PathValue("action")) {
		refuse(rw, http.StatusBadRequest, 3, "["+strings.Join(all, " ")+"] does not contain "+r.PathValue("action"))
		return
	}
	yes := id.admin
	if !yes {
		project, _, _ := strings.Cut(r.PathValue("sub"), "/")
		own := id.seesProject(project)
		switch r.PathValue("resource") {
		case "applications":
			action := r.PathValue("action")
			yes = own && (action == "get" || !strings.HasSuffix(project, "-observability") && slices.Contains([]string{"sync", "action", "delete", "override"}, action))
		case "logs":
			yes = own && r.PathValue("action") == "get"
		case "projects":
			yes = own && r.PathValue("action") == "get"
		}
	}
	value := "no"
	if yes {
		value = "yes"
	}
	reply(rw, http.StatusOK, object{"value": value})
}

// appProjects are the visible AppProjects by name, with the applications of each. It is called under View.
func (f *face) appProjects(st *world.State, id who) map[string][]*world.Application {
	out := map[string][]*world.Application{}
	for _, a := range st.Applications {
		if f.inZone(a) && id.seesProject(a.AppProject) {
			out[a.AppProject] = append(out[a.AppProject], a)
		}
	}
	return out
}

func toProject(st *world.State, name string, apps []*world.Application) object {
	var destinations []object
	repos := []string{}
	oldest, rev := apps[0].CreatedAt, apps[0].Rev
	for _, a := range apps {
		d := destination(a)
		if !slices.ContainsFunc(destinations, func(o object) bool { return o["namespace"] == d["namespace"] && o["name"] == d["name"] }) {
			destinations = append(destinations, d)
		}
		pattern := a.RepoURL
		if a.Environment != nil && strings.HasPrefix(a.RepoURL, st.GitLabBase) {
			pattern = st.GitLabBase + "/" + a.Environment.Project.Slug + "/**"
		}
		if !slices.Contains(repos, pattern) {
			repos = append(repos, pattern)
		}
		if a.CreatedAt.Before(oldest) {
			oldest = a.CreatedAt
		}
		rev = max(rev, a.Rev)
	}
	return object{
		"metadata": object{"name": name, "namespace": "dso-argocd", "uid": apps[0].UID, "resourceVersion": strconv.FormatUint(rev, 10), "generation": 1, "creationTimestamp": rfc(oldest)},
		"spec":     object{"sourceRepos": repos, "destinations": destinations, "namespaceResourceWhitelist": []object{{"group": "*", "kind": "*"}}, "orphanedResources": object{"warn": false}},
		"status":   object{},
	}
}

func (f *face) projects(rw http.ResponseWriter, r *http.Request, id who) {
	items := []object{}
	f.w.View(func(st *world.State) {
		found := f.appProjects(st, id)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			items = append(items, toProject(st, name, found[name]))
		}
	})
	reply(rw, http.StatusOK, prune(object{"metadata": object{}, "items": items}, r.URL.Query().Get("fields")))
}

func (f *face) project(rw http.ResponseWriter, r *http.Request, id who) {
	name := r.PathValue("name")
	if !id.seesProject(name) {
		denied(rw)
		return
	}
	var out object
	f.w.View(func(st *world.State) {
		if apps := f.appProjects(st, id)[name]; len(apps) > 0 {
			out = toProject(st, name, apps)
		}
	})
	if out == nil {
		refuse(rw, http.StatusNotFound, 5, `appprojects.argoproj.io "`+name+`" not found`)
		return
	}
	reply(rw, http.StatusOK, out)
}

// clusters are those that applications of the zone are sent to. A team has no right on them and sees an empty list.
func (f *face) clusters(rw http.ResponseWriter, _ *http.Request, id who) {
	items := []object{}
	now := f.w.Now()
	f.w.View(func(st *world.State) {
		if !id.admin {
			return
		}
		count := map[string]int{}
		for _, a := range st.Applications {
			if f.inZone(a) {
				count[a.DestCluster]++
			}
		}
		for _, c := range st.Clusters {
			if count[c.Label] == 0 {
				continue
			}
			state := object{"status": "Successful", "attemptedAt": rfc(now)}
			items = append(items, object{
				"name": c.Label, "server": "https://api." + c.Label + ".cpn.example:6443", "config": object{"tlsClientConfig": object{"insecure": false}}, "connectionState": state, "serverVersion": "1.31",
				"info": object{"connectionState": state, "serverVersion": "1.31", "applicationsCount": count[c.Label], "cacheInfo": object{"resourcesCount": 40 * count[c.Label], "apisCount": 112, "lastCacheSyncTime": rfc(now)}},
			})
		}
	})
	reply(rw, http.StatusOK, object{"metadata": object{}, "items": items})
}

func (f *face) repositories(rw http.ResponseWriter, _ *http.Request, id who) {
	urls := map[string]bool{}
	now := f.w.Now()
	f.w.View(func(st *world.State) {
		for _, a := range st.Applications {
			if f.inZone(a) && id.admin {
				urls[a.RepoURL] = true
			}
		}
	})
	items := []object{}
	for _, u := range slices.Sorted(maps.Keys(urls)) {
		items = append(items, object{"repo": u, "type": "git", "connectionState": object{"status": "Successful", "message": "", "attemptedAt": rfc(now)}})
	}
	reply(rw, http.StatusOK, object{"metadata": object{}, "items": items})
}
