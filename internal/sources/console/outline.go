package console

import (
	"context"
	"net/url"
	"path"
	"strings"

	"dsotop/internal/platform"
)

// Outline is what a console knows of the systems around it.
type Outline struct {
	Zones    []platform.Zone
	Clusters []platform.Cluster
	// Links are the addresses of the other systems, by kind (gitlab, harbor, sonarqube), as the links of a project show them; a kind that no link
	// shows is not there. Root is the path of GitLab's group that holds the projects'; "" when not known.
	Links map[string]string
	Root  string
}

// Outline asks the console once for its zones, its clusters, and where its links lead. Links are read of one project that the account sees: an
// account that sees none learns none, which is no error.
func (s *Source) Outline(ctx context.Context) (Outline, error) {
	out := Outline{Links: map[string]string{}}
	var err error
	if out.Zones, err = s.Zones(ctx); err != nil {
		return out, err
	}
	var clusters list[wireCluster]
	if err := s.get(ctx, "/api/v1/clusters", nil, &clusters); err != nil {
		return out, err
	}
	for _, w := range clusters {
		out.Clusters = append(out.Clusters, w.noun())
	}
	var projects list[wireProject]
	for _, filter := range []string{"member", "all"} { // who administers may be a member of none
		if err := s.get(ctx, "/api/v1/projects", url.Values{"filter": {filter}}, &projects); err != nil && filter == "member" {
			return out, err
		}
		if len(projects) > 0 {
			break
		}
	}
	for i, p := range projects {
		if i == 3 || len(out.Links) > 0 { // one answers for all; some may be archived or refused
			break
		}
		out.links(ctx, s, string(p.ID), string(p.Slug))
	}
	return out, nil
}

func (o *Outline) links(ctx context.Context, s *Source, project, slug string) {
	var services []struct {
		Name line `json:"name"`
		URLs []struct {
			To line `json:"to"`
		} `json:"urls"`
	}
	if s.get(ctx, "/api/v1/projects/"+url.PathEscape(project)+"/services", url.Values{"permissionTarget": {"user"}}, &services) != nil {
		return // not a right of this account on this project
	}
	for _, one := range services {
		kind := map[string]string{"gitlab": "gitlab", "registry": "harbor", "harbor": "harbor", "sonarqube": "sonarqube", "observability": "grafana", "grafana": "grafana"}[string(one.Name)]
		if kind == "" || len(one.URLs) == 0 {
			continue
		}
		u, err := url.Parse(string(one.URLs[0].To))
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			continue
		}
		o.Links[kind] = u.Scheme + "://" + u.Host
		if kind == "grafana" { // one instance a project below a common address
			dir, last := path.Split(strings.Trim(u.Path, "/"))
			if last != platform.TenantLabel(slug, true) && last != platform.TenantLabel(slug, false) {
				delete(o.Links, kind)
				continue
			}
			o.Links[kind] = strings.TrimRight(o.Links[kind]+"/"+dir, "/")
		}
		if dir, last := path.Split(strings.Trim(u.Path, "/")); kind == "gitlab" && last == slug {
			o.Root = strings.Trim(dir, "/")
		}
	}
}
