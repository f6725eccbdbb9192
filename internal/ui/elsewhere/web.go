package elsewhere

import (
	"net/url"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
)

// Links are the addresses of some subjects, the nearest first: of the systems themselves, as their own web faces write them.
func Links(v *fleet.View, subjects []actions.Subject) []page.Link {
	var out []page.Link
	for _, s := range subjects {
		out = append(out, links(v, s)...)
	}
	return Distinct(out)
}

func links(v *fleet.View, s actions.Subject) []page.Link {
	one := func(system, name, address string) []page.Link {
		return []page.Link{{System: system, Name: name, URL: address}}
	}
	row, _ := v.Project(s.ProjectID)
	switch s.Kind {
	case actions.OnProject:
		if b := Base(v, "console", ""); b != "" && s.ProjectID != "" {
			return one("console", s.Name, b+"/projects/"+url.PathEscape(s.ProjectID)+"/dashboard")
		}
	case actions.OnEnvironment:
		var out []page.Link
		for _, a := range deploying(row, s.Namespace) {
			out = append(out, page.Link{System: a.Instance, Name: a.Name, URL: argo(v, a, "")})
		}
		if b := Base(v, "console", ""); b != "" && s.ProjectID != "" {
			out = append(out, page.Link{System: "console", Name: s.Name, URL: b + "/projects/" + url.PathEscape(s.ProjectID) + "/environments"})
		}
		return out
	case actions.OnRepository:
		if row != nil {
			for _, r := range row.Dossier.Repositories {
				if r.ID == s.ID {
					return repository(v, &r, s.Name)
				}
			}
		}
	case actions.OnPipeline, actions.OnJob:
		path, id, ok := cutLast(s.ID, ":")
		if b := Base(v, "gitlab", ""); ok && b != "" {
			kind := map[actions.Kind]string{actions.OnPipeline: "/-/pipelines/", actions.OnJob: "/-/jobs/"}[s.Kind]
			return one("gitlab", s.Name, b+"/"+escaped(path)+kind+url.PathEscape(id))
		}
	case actions.OnApplication:
		if a := application(row, v, s.System, s.ID); a != nil {
			return one(a.Instance, a.Name, argo(v, a, ""))
		}
	case actions.OnPod:
		return nodes(v, row, s.Namespace, "", "Pod", s.ID, s.Name)
	case actions.OnWorkload:
		kind, name, _ := strings.Cut(s.ID, "/")
		group := "apps"
		if kind == "Job" || kind == "CronJob" {
			group = "batch"
		}
		return nodes(v, row, s.Namespace, group, kind, name, s.Name)
	case actions.OnArtifact:
		return artifact(v, row, s)
	case actions.OnAlert:
		return alert(v, row, s)
	}
	return nil
}

func repository(v *fleet.View, r *platform.RepositoryFacts, name string) []page.Link {
	var out []page.Link
	if r.Git != nil {
		address := r.Git.URL
		if b := Base(v, "gitlab", ""); address == "" && b != "" {
			address = b + "/" + escaped(r.Git.Path)
		}
		out = append(out, page.Link{System: "gitlab", Name: name, URL: address})
	}
	if r.Gate != nil {
		out = append(out, page.Link{System: "sonarqube", Name: name, URL: r.Gate.URL})
	}
	return append(out, page.Link{System: "git", Name: name, URL: strings.TrimSuffix(r.ExternalURL, ".git")})
}

// argo is the page of an application; node, when given, is the resource that is opened in it.
func argo(v *fleet.View, a *platform.Application, node string) string {
	address := a.URL
	if b := Base(v, "argocd", a.Instance); address == "" && b != "" {
		address = b + "/applications/" + url.PathEscape(a.Namespace) + "/" + url.PathEscape(a.Name)
	}
	if address != "" && node != "" {
		address += "?node=" + url.QueryEscape(node)
	}
	return address
}

// nodes is a resource in the applications that deploy its namespace: the web that a team has, which has no kubectl.
func nodes(v *fleet.View, row *fleet.Row, namespace, group, kind, name, called string) []page.Link {
	var out []page.Link
	for _, a := range deploying(row, namespace) {
		out = append(out, page.Link{System: a.Instance, Name: called, URL: argo(v, a, strings.Join([]string{group, kind, namespace, name, "0"}, "/"))})
	}
	return out
}

// deploying are the applications of a team that deploy a namespace.
func deploying(row *fleet.Row, namespace string) []*platform.Application {
	if row == nil || namespace == "" {
		return nil
	}
	var out []*platform.Application
	for i := range row.Dossier.Environments {
		e := &row.Dossier.Environments[i]
		if e.Namespace != namespace {
			continue
		}
		for j := range e.Applications {
			if a := &e.Applications[j]; a.Type == platform.AppDeploy || a.Type == platform.AppHistoric {
				out = append(out, a)
			}
		}
	}
	return out
}

func application(row *fleet.Row, v *fleet.View, instance, id string) *platform.Application {
	rows := v.Projects
	if row != nil {
		rows = []*fleet.Row{row}
	}
	for _, r := range rows {
		for i := range r.Dossier.Environments {
			list := r.Dossier.Environments[i].Applications
			for j := range list {
				if a := &list[j]; a.Instance == instance && a.Namespace+"/"+a.Name == id {
					return a
				}
			}
		}
		for i := range r.Dossier.Applications {
			if a := &r.Dossier.Applications[i]; a.Instance == instance && a.Namespace+"/"+a.Name == id {
				return a
			}
		}
	}
	return nil
}

// artifact is the page of a digest. Harbor's own web names projects by number: without it the project's list is the nearest.
func artifact(v *fleet.View, row *fleet.Row, s actions.Subject) []page.Link {
	b := Base(v, "harbor", "")
	repository, digest, ok := strings.Cut(s.ID, "@")
	if b == "" || !ok || row == nil {
		return nil
	}
	for _, img := range row.Dossier.Images {
		if img.Repository == repository && img.Digest == digest && img.ProjectNumber > 0 {
			return []page.Link{{System: "harbor", Name: s.Name, URL: b + "/harbor/projects/" + number(img.ProjectNumber) + "/repositories/" + url.PathEscape(repository) + "/artifacts-tab/artifacts/" + digest}}
		}
	}
	return []page.Link{{System: "harbor", Name: s.Name, URL: b + "/harbor/projects?name=" + url.QueryEscape(row.Dossier.Project.Slug)}}
}

// alert is where the rule was computed, what to do about it, and Alertmanager's own list.
func alert(v *fleet.View, row *fleet.Row, s actions.Subject) []page.Link {
	list := v.Platform
	if row != nil {
		list = row.Dossier.Alerts
	}
	var out []page.Link
	for _, a := range list {
		if a.Name != s.Name || a.Namespace != s.Namespace || s.ID != a.Fingerprint && s.ID != a.Name {
			continue
		}
		for _, key := range []string{"runbook_url", "runbook", "dashboard_url", "dashboard"} {
			out = append(out, page.Link{System: key, Name: a.Name, URL: a.Annotations[key]})
		}
		out = append(out, page.Link{System: "prometheus", Name: a.Name, URL: a.URL})
		if b := Base(v, "alertmanager", ""); b != "" && a.Fingerprint != "" {
			out = append(out, page.Link{System: "alertmanager", Name: a.Name, URL: b + "/#/alerts?filter=" + url.QueryEscape(`{alertname="`+a.Name+`"}`)})
		}
		break
	}
	return out
}

func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i, x := range parts {
		parts[i] = url.PathEscape(x)
	}
	return strings.Join(parts, "/")
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
