package world

import (
	"strconv"
	"strings"
	"time"
)

// Charts that the platform deploys by itself.
const (
	chartsRepo = "https://charts.cpn.example/socle/helm-charts.git"
	envChart   = "dso-env-1.9.2"
	nsChart    = "dso-ns-1.1.5"
)

func (b *builder) app(zone, name, project string, labels map[string]string) *Application {
	a := &Application{UID: uuidOf(b.seed, "app", zone, name), Zone: zone, Namespace: "dso-argocd", Name: name, AppProject: project, Labels: labels,
		Sync: "Synced", Health: "Healthy", Autosync: true, Prune: true, SelfHeal: true, CreatedAt: b.ago(60 * day), ReconciledAt: b.ago(90 * time.Second), Rev: b.next()}
	b.s.Applications = append(b.s.Applications, a)
	return a
}

func (b *builder) zoneOf(c *Cluster) *Zone {
	for _, z := range b.s.Zones {
		if z.ID == c.ZoneID {
			return z
		}
	}
	return nil
}

// platformApps adds the root and -env applications of an environment.
func (b *builder) platformApps(e *Environment) {
	p, c := e.Project, e.Namespace.Cluster
	z := b.zoneOf(c)
	repo := strings.TrimSuffix(b.s.GitLabBase, "/projects") + "/infra/" + z.Slug + ".git"
	rev := hexOf(40, b.seed, "zonerepo", z.Slug)
	root := b.app(z.Slug, p.Name+"-"+c.Label+"-"+e.Name+"-root", "dso-project", map[string]string{
		"dso/projet": p.Name, "dso/environment": e.Name, "dso/type": "root"})
	root.DestCluster, root.DestNamespace = "in-cluster", "dso-argocd"
	root.RepoURL, root.Path, root.TargetRevision, root.Revision = chartsRepo, "charts/dso-env", envChart, rev
	root.ExtraSources = []AppSource{{RepoURL: repo, TargetRevision: "main", Ref: "values"}}
	root.Environment = e
	h := envHash(e.Name)
	prefix := p.Slug + "-" + e.Name + "-" + h
	env := b.app(z.Slug, prefix+"-env", prefix+"-env", commonLabels(e, "infrastructure"))
	env.DestCluster, env.DestNamespace = c.Label, e.Namespace.Name
	env.RepoURL, env.Path, env.TargetRevision, env.Revision = chartsRepo, "charts/dso-ns", nsChart, hexOf(40, 0, "chart", nsChart)
	env.Environment = e
	for _, k := range []AppResource{
		{Version: "v1", Kind: "Namespace", Name: e.Namespace.Name}, {Version: "v1", Kind: "ResourceQuota", Name: "dso-quota", Namespace: e.Namespace.Name},
		{Version: "v1", Kind: "Secret", Name: "vso-approle", Namespace: e.Namespace.Name},
		{Group: "secrets.hashicorp.com", Version: "v1beta1", Kind: "VaultStaticSecret", Name: "registry-pull-secret", Namespace: e.Namespace.Name, Health: "Healthy"},
		{Group: "secrets.hashicorp.com", Version: "v1beta1", Kind: "VaultAuth", Name: "vault-auth", Namespace: e.Namespace.Name, Health: "Healthy"},
	} {
		k.Sync = "Synced"
		env.Resources = append(env.Resources, k)
	}
	root.Resources = []AppResource{
		{Group: "argoproj.io", Version: "v1alpha1", Kind: "Application", Namespace: "dso-argocd", Name: env.Name, Sync: "Synced", Health: "Healthy"},
		{Group: "argoproj.io", Version: "v1alpha1", Kind: "AppProject", Namespace: "dso-argocd", Name: prefix + "-app", Sync: "Synced"},
	}
	for _, a := range []*Application{root, env} {
		a.CreatedAt = e.CreatedAt
		b.synced(a, b.now.Sub(p.UpdatedAt), "system:serviceaccount:dso-argocd:argocd-application-controller")
	}
}

func commonLabels(e *Environment, typ string) map[string]string {
	p := e.Project
	return map[string]string{"app.kubernetes.io/managed-by": "dso-console", "dso/project": p.Name, "dso/project.id": p.ID, "dso/project.slug": p.Slug,
		"dso/environment": e.Name, "dso/environment.id": e.ID, "dso/type": typ}
}

// AppName is the name of the application of an infra repository in an environment.
func AppName(gitlabBase, slug, env, repo string) string {
	return slug + "-" + env + "-" + envHash(env) + "-" + repo + "-" + urlHash(gitlabBase+"/"+slug+"/"+repo+".git")
}

// deployment adds the application of an infra repository in an environment, last synced ago.
func (b *builder) deployment(e *Environment, r *Repository, ago time.Duration) *Application {
	p, n := e.Project, e.Namespace
	labels := commonLabels(e, "app")
	labels["dso/repository"], labels["dso/repository.id"] = r.Name, r.ID
	a := b.app(b.zoneOf(n.Cluster).Slug, AppName(b.s.GitLabBase, p.Slug, e.Name, r.Name), p.Slug+"-"+e.Name+"-"+envHash(e.Name)+"-app", labels)
	a.DestCluster, a.DestNamespace, a.Environment = n.Cluster.Label, n.Name, e
	a.RepoURL, a.Path, a.TargetRevision = b.s.GitLabBase+"/"+p.Slug+"/"+r.Name+".git", ".", "HEAD"
	a.ValueFiles = []string{"values.yaml", "values-" + e.Name + ".yaml"}
	a.Autosync, a.Prune, a.SelfHeal = e.Autosync, e.Autosync, e.Autosync
	a.CreatedAt = e.CreatedAt.Add(5 * minute)
	commits := r.Git.Commits
	a.Revision = commits[len(commits)-1].SHA
	a.describe(n)
	for i := max(0, len(commits)-6); i < len(commits)-1; i++ {
		a.History = append(a.History, Deployed{ID: int64(len(a.History)), Revision: commits[i].SHA, At: commits[i].At.Add(3 * minute)})
	}
	b.synced(a, ago, "")
	return a
}

// describe fills images and resources from what runs in the namespace.
func (a *Application) describe(n *Namespace) {
	a.Images, a.Resources = nil, nil
	for _, x := range n.Workloads {
		group, version := "apps", "v1"
		switch x.Kind {
		case "CronJob":
			group = "batch"
		case "Cluster":
			group = "postgresql.cnpg.io"
		}
		health := "Healthy"
		if x.Kind == "CronJob" {
			health = ""
		}
		a.Resources = append(a.Resources, AppResource{Group: group, Version: version, Kind: x.Kind, Namespace: n.Name, Name: x.Name, Sync: "Synced", Health: health})
		if port := x.Containers[0].Port; port != 0 {
			a.Resources = append(a.Resources, AppResource{Version: "v1", Kind: "Service", Namespace: n.Name, Name: x.Name, Sync: "Synced", Health: "Healthy"})
		}
		for _, c := range x.Containers {
			seen := false
			for _, img := range a.Images {
				seen = seen || img == c.Image
			}
			if !seen {
				a.Images = append(a.Images, c.Image)
			}
		}
	}
}

// synced gives the application a finished operation of some time ago; by is empty for an automated one.
func (b *builder) synced(a *Application, ago time.Duration, by string) {
	at := b.ago(ago)
	a.Operation = &Operation{Phase: "Succeeded", Message: "successfully synced (all tasks run)", Revision: a.Revision, By: by, StartedAt: at, FinishedAt: at.Add(4 * time.Second)}
	for _, r := range a.Resources {
		r.SyncStatus, r.Message = "Synced", strings.ToLower(r.Kind)+"/"+r.Name+" configured"
		a.Operation.Results = append(a.Operation.Results, r)
	}
	a.History = append(a.History, Deployed{ID: int64(len(a.History)), Revision: a.Revision, At: at.Add(4 * time.Second)})
}

// waits leaves the newest commit of an application undeployed: it is compared with what git has, and nobody synchronised since the commit before.
func (b *builder) waits(a *Application, by string) {
	n := len(a.History) - 1
	a.History = a.History[:n]
	last := a.History[n-1]
	a.Sync = "OutOfSync"
	a.Operation.Revision, a.Operation.By, a.Operation.StartedAt, a.Operation.FinishedAt = last.Revision, by, last.At.Add(-4*time.Second), last.At
}

// observability adds the application of a project's dashboards and rules.
func (b *builder) observability(p *Project, kind string) {
	zone := b.zoneOf(p.Environments[0].Namespace.Cluster).Slug
	a := b.app(zone, kind+"-"+p.Slug+"-observability", p.Slug+"-observability", map[string]string{"dso/type": "observability"})
	a.DestCluster, a.DestNamespace = "in-cluster", "dso-grafana"
	a.RepoURL, a.Path, a.TargetRevision = b.s.GitLabBase+"/"+p.Slug+"/infra-observability.git", ".", "main"
	a.Revision = hexOf(40, b.seed, "observability", p.Slug)
	a.Resources = []AppResource{{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule", Namespace: "dso-grafana", Name: kind + "-" + p.Slug + "-disponibilite", Sync: "Synced"}}
	b.synced(a, 9*day+time.Duration(len(p.Slug))*hour, "")
}

// finish adds what every project has once its environments are filled: quota use, platform and observability applications.
func (b *builder) finish(p *Project, full, bothObservability bool) {
	prod, hprod := false, false
	for _, e := range p.Environments {
		e.Namespace.recount()
		if full {
			b.platformApps(e)
		}
		isProd := e.StageID == b.stages["prod"].ID
		prod, hprod = prod || isProd, hprod || !isProd
	}
	if hprod && len(p.Environments) > 0 {
		b.observability(p, "hprod")
	}
	if prod && (full || bothObservability || !hprod) {
		b.observability(p, "prod")
	}
}

// replayed adds ordinary entries of the console's journal.
func (b *builder) replayed(p *Project, who string, agos ...time.Duration) {
	for i, d := range agos {
		action, took := "Replay hooks for Project", 14200*time.Millisecond
		if i%2 == 0 {
			action, took = "Sync Repository", 900*time.Millisecond
		}
		b.log(p, action, d, took+time.Duration(hash64(b.seed, p.ID, strconv.Itoa(i))%900)*time.Millisecond, who, nil)
	}
}

// healthBegan is since when an application of the world's beginning is as well as it is: a workload's deadline that passed, else what was deployed last.
func (a *Application) healthBegan() time.Time {
	began := a.CreatedAt
	if n := len(a.History); n > 0 {
		began = a.History[n-1].At
	}
	if a.Health != "Degraded" || a.Environment == nil {
		return began
	}
	for i := range a.Resources {
		for _, x := range a.Environment.Namespace.Workloads {
			if r := &a.Resources[i]; r.Health != "Degraded" || r.Kind != x.Kind || r.Name != x.Name {
				continue
			}
			for _, c := range x.Conditions {
				if c.Status == "False" && c.Type == "Progressing" && c.At.After(began) {
					began = c.At
				}
			}
		}
	}
	return began
}
