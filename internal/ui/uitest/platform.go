package uitest

import (
	"fmt"
	"math"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Noon is the frozen time of the fixture: 21 November 2026, 14:07 in Paris.
func Noon() time.Time { return time.Date(2026, 11, 21, 14, 7, 20, 0, time.FixedZone("CET", 3600)) }

// plan is one project of the fixture, in a few words.
type plan struct {
	slug, status, owner string
	locked              bool
	version             string
	envs                []planEnv
	pipeline            int64
	pipelineStatus      string
	pipelineAge         time.Duration
	mirror              string
	mirrorAge           time.Duration
	expired             bool // the mirror's token
	gate                string
	critical, high      int
	noScan              bool
}

type planEnv struct {
	name, stage   string
	ready, wanted int
	reason        string // of pods that are not ready
	restarts      int
	sync, health  string
	cpu, memory   float64 // fractions of the quota
	alert         string
}

func plans() []plan {
	min, hour, day := time.Minute, time.Hour, 24*time.Hour
	return []plan{
		{slug: "agendaprefs", status: platform.ProjectCreated, owner: "Ada Martin", version: "9.24.0", pipeline: 812, pipelineStatus: "success", pipelineAge: 2 * min, mirror: "success", mirrorAge: 2 * min, gate: "OK", critical: 2, high: 17,
			envs: []planEnv{{"prod", "prod", 4, 6, "ImagePullBackOff", 12, "Synced", "Degraded", .61, .48, "AgendaWebDown"}, {"dev", "dev", 2, 2, "", 0, "Synced", "Healthy", .11, .2, ""}}},
		{slug: "vigibat", status: platform.ProjectFailed, owner: "Nour Leroy", version: "9.22.2", pipeline: 77, pipelineStatus: "failed", pipelineAge: 2 * day, mirror: "failed", mirrorAge: 2 * day, expired: true, gate: "OK", high: 1,
			envs: []planEnv{{"integration", "integration", 1, 1, "", 0, "Synced", "Healthy", .04, .12, ""}}},
		{slug: "cartocrise", status: platform.ProjectCreated, owner: "Ada Martin", version: "9.24.0", pipeline: 431, pipelineStatus: "success", pipelineAge: hour, mirror: "success", mirrorAge: hour, gate: "OK",
			envs: []planEnv{{"prod", "prod", 7, 8, "Pending", 3, "OutOfSync", "Healthy", .97, .97, ""}}},
		{slug: "guichet", status: platform.ProjectCreated, owner: "Inès Petit", version: "9.24.0", pipeline: 1204, pipelineStatus: "success", pipelineAge: 6 * min, mirror: "success", mirrorAge: 6 * min, gate: "ERROR", high: 3,
			envs: []planEnv{{"prod", "prod", 6, 6, "", 0, "Synced", "Healthy", .31, .4, ""}, {"staging", "staging", 3, 3, "", 0, "Synced", "Healthy", .2, .3, ""}}},
		{slug: "habilit", status: platform.ProjectCreated, owner: "Inès Petit", version: "9.23.0", locked: true, pipeline: 56, pipelineStatus: "success", pipelineAge: 9 * day, mirror: "success", mirrorAge: 9 * day, gate: "OK",
			envs: []planEnv{{"dev", "dev", 2, 2, "", 0, "OutOfSync", "Healthy", .18, .33, ""}}},
		{slug: "testform", status: platform.ProjectInitializing, owner: "Nour Leroy", version: "", pipeline: 12, pipelineStatus: "running", pipelineAge: 20 * time.Second, mirror: "running", mirrorAge: min, gate: "NONE", noScan: true,
			envs: []planEnv{{"dev", "dev", 0, 1, "ContainerCreating", 0, "OutOfSync", "Progressing", math.NaN(), math.NaN(), ""}}},
		{slug: "portail", status: platform.ProjectCreated, owner: "Ada Martin", version: "9.24.0", pipeline: 88, pipelineStatus: "success", pipelineAge: 3 * hour, mirror: "success", mirrorAge: 3 * hour, gate: "OK",
			envs: []planEnv{{"prod", "prod", 4, 4, "", 0, "Synced", "Healthy", .22, .35, ""}}},
	}
}

// uuid makes stable ids that are recognised as such.
func uuid(kind, n, m int) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", 0x54a70000+n, kind, m, n%0xfff, n*7919+m)
}

// sources are the sources of a complete profile.
func sources() []platform.SourceHealth {
	now := Noon()
	var out []platform.SourceHealth
	for _, s := range []struct{ name, kind string }{{"console", "console"}, {"gitlab", "gitlab"}, {"sonarqube", "sonarqube"}, {"harbor", "harbor"}, {"argocd/usu", "argocd"}, {"kubernetes/mi-prod-1", "kubernetes"}, {"prometheus", "prometheus"}, {"alertmanager", "alertmanager"}, {"loki", "loki"}} {
		out = append(out, platform.SourceHealth{Name: s.name, Kind: s.kind, URL: "https://" + s.kind + ".test", State: platform.StateLive, Since: now.Add(-time.Hour), LastSuccess: now.Add(-10 * time.Second), Latency: 42 * time.Millisecond, Calls: 128, Bytes: 1 << 20})
	}
	return out
}

// fill writes the fixture's facts, n projects of them (the seven stories, repeated under other names beyond).
func fill(st *store.Store, n int) {
	now := Noon()
	all := plans()
	st.Apply(func(tx *store.Tx) {
		store.ConsoleInfo.Put(tx, "console", "", []platform.ConsoleInfo{{Version: "9.24.0"}})
		store.Zones.Put(tx, "console", "", []platform.Zone{{ID: "z1", Slug: "usu", Label: "Zone usuelle"}})
		store.Clusters.Put(tx, "console", "", []platform.Cluster{{ID: "c1", Label: "mi-prod-1", ZoneID: "z1"}})
		for _, h := range sources() {
			store.Health.Put(tx, h.Name, "", []platform.SourceHealth{h})
		}
		var alerts []platform.Alert
		for i := range n {
			p := all[i%len(all)]
			if i >= len(all) {
				p.slug = fmt.Sprintf("%s-%03d", p.slug, i/len(all))
			}
			alerts = append(alerts, project(tx, now, i+1, p)...)
		}
		store.Alerts.Put(tx, "alertmanager", "", alerts)
	})
}

func project(tx *store.Tx, now time.Time, n int, p plan) (alerts []platform.Alert) {
	id := uuid(1, n, 0)
	owner := platform.Person{FirstName: p.owner[:len(p.owner)-len(lastName(p.owner))-1], LastName: lastName(p.owner)}
	store.Projects.Put(tx, "console", id, []platform.Project{{ID: id, Slug: p.slug, Name: p.slug, Status: p.status, Locked: p.locked, LastProvisioned: p.version, Owner: owner, CreatedAt: now.AddDate(-1, 0, 0)}})
	repo := platform.Repository{ID: uuid(2, n, 1), ProjectID: id, Name: "web", ExternalURL: "https://forge.test/" + p.slug + "/web"}
	store.Repositories.Put(tx, "console", id, []platform.Repository{repo})
	store.Members.Put(tx, "console", id, []platform.Member{})
	store.Log.Put(tx, "console", id, []platform.LogEntry{{ID: "l1", Action: "Replay hooks for Project", ProjectID: id, At: now.Add(-p.pipelineAge - time.Hour), Failed: failed(p)}})
	sha := fmt.Sprintf("%040x", n*7919)
	store.GitRepos.Put(tx, "gitlab", id, []platform.GitRepository{{ID: int64(n), Name: "web", DefaultBranch: "main", HeadSHA: sha, HeadAt: now.Add(-p.pipelineAge)}})
	store.Pipelines.Put(tx, "gitlab", id, []platform.Pipeline{
		{ID: int64(n*100 + 1), IID: p.pipeline, Repository: "web", Ref: "main", SHA: sha, Status: p.pipelineStatus, Source: "push", CreatedAt: now.Add(-p.pipelineAge), UpdatedAt: now.Add(-p.pipelineAge), FinishedAt: finished(p.pipelineStatus, now.Add(-p.pipelineAge))},
		{ID: int64(n*100 + 2), IID: p.pipeline + 1000, Repository: platform.MirrorRepository, MirrorOf: "web", Status: p.mirror, CreatedAt: now.Add(-p.mirrorAge), UpdatedAt: now.Add(-p.mirrorAge), FinishedAt: finished(p.mirror, now.Add(-p.mirrorAge))},
	})
	token := platform.AccessToken{ID: 1, Name: p.slug + "-bot", Active: !p.expired, ExpiresAt: now.AddDate(0, 3, 0)}
	if p.expired {
		token.ExpiresAt = now.Add(-48 * time.Hour)
	}
	store.Tokens.Put(tx, "gitlab", id, []platform.AccessToken{token})
	gate := platform.Gate{Key: platform.SonarKey(p.slug, "web"), Repository: "web", Status: p.gate, Revision: sha, AnalysedAt: now.Add(-p.pipelineAge)}
	if p.gate == platform.GateError {
		gate.Conditions = []platform.GateCondition{{Metric: "new_coverage", Status: "ERROR", Comparator: "LT", Threshold: "80", Value: "41.2"}}
	}
	store.Gates.Put(tx, "sonarqube", id, []platform.Gate{gate})
	store.Code.Put(tx, "gitlab", id, []platform.CodeFacts{})
	store.Forge.Put(tx, "gitlab", id, []platform.ForgeHead{})
	store.Access.Put(tx, "gitlab", id, []platform.GroupMember{})
	store.ZoneCommits.Put(tx, "gitlab", id, []platform.ZoneCommit{})
	store.Plans.Put(tx, "console", id, []platform.DeploymentPlan{})
	store.Exposed.Put(tx, "console", id, []platform.ServiceChain{})
	digest := fmt.Sprintf("sha256:%064x", n)
	image := platform.Image{Repository: "web", Digest: digest, Tags: []platform.Tag{{Name: sha[32:], PushedAt: now.Add(-p.pipelineAge)}}, PushedAt: now.Add(-p.pipelineAge), Scan: platform.Scan{Status: "Success", Critical: p.critical, High: p.high, At: now.Add(-p.pipelineAge)}}
	if p.noScan {
		image.Scan = platform.Scan{}
	}
	store.Images.Put(tx, "harbor", id, []platform.Image{image})
	store.Robots.Put(tx, "harbor", id, []platform.Robot{})
	store.RepoTokens.Put(tx, "gitlab", id, []platform.AccessToken{})
	var envs []platform.Environment
	var apps []platform.Application
	for i, e := range p.envs {
		eid := uuid(3, n, i+1)
		ns := platform.NamespaceName(eid, id)
		env := platform.Environment{ID: eid, Name: e.name, ProjectID: id, Stage: e.stage, ClusterID: "c1", Request: platform.Resources{CPU: 4, Memory: 8}, Autosync: true, CreatedAt: now.AddDate(0, -6, 0)}
		envs = append(envs, env)
		apps = append(apps, platform.Application{Instance: "argocd/usu", Namespace: "argocd", Name: platform.DeployApp(p.slug, e.name, "web", repo.ExternalURL), Type: platform.AppDeploy, ProjectID: id, ProjectSlug: p.slug, EnvironmentID: eid, EnvironmentName: e.name, RepositoryName: "web", DestNamespace: ns, DestCluster: "mi-prod-1",
			Sync: e.sync, Health: e.health, Revisions: []string{sha}, Autosync: true, ReconciledAt: now.Add(-time.Minute), Operation: platform.Operation{Phase: platform.OperationSucceeded, FinishedAt: now.Add(-5 * time.Minute)}, History: []platform.Deployment{{ID: 1, Revision: sha, At: now.Add(-5 * time.Minute)}}})
		namespace(tx, now, ns, env, e, sha, digest, p.slug)
		if e.alert != "" {
			alerts = append(alerts, platform.Alert{Name: e.alert, State: "firing", Severity: "critical", Labels: map[string]string{"alertname": e.alert, "namespace": ns}, Summary: "agenda-web ne répond plus", Since: now.Add(-3 * time.Minute), Fingerprint: "f" + ns, ProjectID: id, Namespace: ns})
		}
	}
	store.Environments.Put(tx, "console", id, envs)
	store.Applications.Put(tx, "argocd/usu", id, apps)
	return alerts
}

func namespace(tx *store.Tx, now time.Time, ns string, env platform.Environment, e planEnv, sha, digest, slug string) {
	const source = "kubernetes/mi-prod-1"
	image := "harbor.test/" + slug + "/web:" + sha[32:]
	store.Namespaces.Put(tx, source, ns, []platform.Namespace{{Cluster: "mi-prod-1", Name: ns, Phase: "Active", ProjectID: env.ProjectID, EnvironmentID: env.ID, EnvironmentName: env.Name}})
	store.Workloads.Put(tx, source, ns, []platform.Workload{{Cluster: "mi-prod-1", Namespace: ns, Kind: "Deployment", Name: "web", UID: "w" + ns, Desired: e.wanted, Ready: e.ready, Updated: e.wanted, Images: []string{image}, CreatedAt: now.AddDate(0, -6, 0)}})
	var pods []platform.Pod
	for i := range e.wanted {
		pod := platform.Pod{Cluster: "mi-prod-1", Namespace: ns, Name: fmt.Sprintf("web-7d9f8c6b54-x%dk4q", i), UID: fmt.Sprint(ns, i), WorkloadKind: "Deployment", WorkloadName: "web", Phase: "Running", Reason: "Running", Ready: 1, Total: 1, Node: "node-1", CreatedAt: now.Add(-48 * time.Hour)}
		c := platform.Container{Name: "web", Image: image, Digest: digest, Ready: true, State: "running", Since: now.Add(-48 * time.Hour), Request: platform.ContainerResources{CPU: .5, Memory: 1 << 29}, Limit: platform.ContainerResources{CPU: .5, Memory: 1 << 29}}
		if i >= e.ready {
			pod.Phase, pod.Reason, pod.Ready, pod.CreatedAt = "Pending", e.reason, 0, now.Add(-4*time.Minute)
			c.Ready, c.State, c.Reason, c.Digest, c.Since = false, "waiting", e.reason, "", time.Time{}
			c.Image = "harbor.test/" + slug + "/web:3f2a91bc"
			if e.reason == "ImagePullBackOff" {
				c.Message, pod.Message = "manifest unknown", "manifest unknown"
			}
		}
		if i == 0 {
			pod.Restarts, c.Restarts = e.restarts, e.restarts
		}
		pod.Containers = []platform.Container{c}
		pods = append(pods, pod)
	}
	store.Pods.Put(tx, source, ns, pods)
	store.Events.Put(tx, source, ns, []platform.Event{})
	store.LogErrors.Put(tx, "loki", ns, []platform.LogLine{})
	if math.IsNaN(e.cpu) {
		return
	}
	const gib = 1 << 30
	store.Quotas.Put(tx, source, ns, []platform.Quota{{Cluster: "mi-prod-1", Namespace: ns, Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 4, "limits.memory": 8 * gib, "requests.cpu": 4, "requests.memory": 8 * gib},
		Used: map[string]float64{"limits.cpu": 4 * e.cpu, "limits.memory": 8 * gib * e.memory, "requests.cpu": 4 * e.cpu, "requests.memory": 8 * gib * e.memory}}})
	u := platform.Usage{Namespace: ns, CPU: 4 * e.cpu, Memory: 8 * gib * e.memory, At: now.Add(-15 * time.Second)}
	for i := range 30 {
		f := 0.55 + 0.45*float64(i)/29 + 0.12*math.Sin(float64(i)*1.3)
		u.CPUSeries = append(u.CPUSeries, u.CPU*math.Min(f, 1))
		u.MemSeries = append(u.MemSeries, u.Memory*math.Min(.8+f/5, 1))
	}
	store.Usage.Put(tx, "prometheus", ns, []platform.Usage{u})
}

func failed(p plan) []string {
	if p.status == platform.ProjectFailed {
		return []string{"gitlab"}
	}
	return nil
}

func finished(status string, at time.Time) time.Time {
	if status == platform.PipelineRunning {
		return time.Time{}
	}
	return at
}

func lastName(s string) string {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == ' ' {
			return s[i+1:]
		}
	}
	return s
}
