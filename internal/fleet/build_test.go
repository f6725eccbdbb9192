package fleet

import (
	"fmt"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

func now() time.Time { return time.Date(2026, 8, 21, 14, 7, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time { return now().Add(-d) }

func configured() map[string]bool {
	return map[string]bool{"console": true, "gitlab": true, "sonarqube": true, "harbor": true, "argocd": true, "kubernetes": true, "alertmanager": true, "prometheus": true, "loki": true}
}

const host = "harbor.cpn.example/"

// bed builds a store by hand.
type bed struct{ st *store.Store }

func newBed() *bed { return &bed{store.New(func() time.Time { return ago(time.Minute) })} }

func put[T any](b *bed, k store.Kind[T], source, scope string, items ...T) {
	b.st.Apply(func(tx *store.Tx) { k.Put(tx, source, scope, items) })
}

func (b *bed) health(name, kind string, state platform.State) {
	h := platform.SourceHealth{Name: name, Kind: kind, State: state}
	if state == platform.StateLive {
		h.LastSuccess = ago(time.Minute)
	}
	put(b, store.Health, name, "", h)
}

// platform makes zones, clusters, stages and living sources.
func (b *bed) platform() {
	put(b, store.ConsoleInfo, "console", "", platform.ConsoleInfo{Version: "9.24.0"})
	put(b, store.Zones, "console", "", platform.Zone{ID: "z-pub", Slug: "pub"}, platform.Zone{ID: "z-usu", Slug: "usu"})
	put(b, store.Clusters, "console", "", platform.Cluster{ID: "c-hp", Label: "ovh-hp-1", ZoneID: "z-pub"}, platform.Cluster{ID: "c-prod", Label: "ovh-prod-1", ZoneID: "z-pub"}, platform.Cluster{ID: "c-usu", Label: "mi-hp-1", ZoneID: "z-usu"})
	put(b, store.Stages, "console", "", platform.Stage{ID: "s-dev", Name: "dev"}, platform.Stage{ID: "s-prod", Name: "prod"}, platform.Stage{ID: "s-integration", Name: "integration"})
	for name, kind := range map[string]string{"console": "console", "gitlab": "gitlab", "sonarqube": "sonarqube", "harbor": "harbor", "argocd/pub": "argocd", "argocd/usu": "argocd", "kubernetes/ovh-hp-1": "kubernetes",
		"kubernetes/ovh-prod-1": "kubernetes", "kubernetes/mi-hp-1": "kubernetes", "alertmanager": "alertmanager", "prometheus": "prometheus", "loki": "loki"} {
		b.health(name, kind, platform.StateLive)
	}
	put(b, store.Alerts, "alertmanager", "", []platform.Alert{}...)
}

type project struct {
	id, slug string
	envs     []platform.Environment
	repos    []platform.Repository
	images   []platform.Image
	gates    []platform.Gate
	pipes    []platform.Pipeline
	tokens   []platform.AccessToken
	log      []platform.LogEntry
	apps     []platform.Application
	status   string
	version  string
}

func env(id, name, stage, cluster string) platform.Environment {
	return platform.Environment{ID: id, Name: name, StageID: "s-" + stage, ClusterID: "c-" + cluster, CreatedAt: ago(1000 * time.Hour), Request: platform.Resources{CPU: 8, Memory: 16}}
}

// add puts a whole project on the shelves, healthy but for what is given.
func (b *bed) add(p project) {
	if p.status == "" {
		p.status = platform.ProjectCreated
	}
	if p.version == "" {
		p.version = "9.24.0"
	}
	if p.tokens == nil {
		p.tokens = []platform.AccessToken{{Name: p.slug + "-bot", Active: true, ExpiresAt: now().Add(200 * 24 * time.Hour)}}
	}
	infra := ""
	for _, r := range p.repos {
		if r.Infra {
			infra = r.Name
		}
	}
	for _, e := range p.envs {
		if infra == "" {
			continue
		}
		p.apps = append(p.apps, deploy(p, e, infra))
	}
	put(b, store.Projects, "console", p.id, platform.Project{ID: p.id, Slug: p.slug, Name: p.slug, Status: p.status, LastProvisioned: p.version, Owner: platform.Person{Email: "proprietaire." + p.slug + "@example.gouv.fr"}})
	put(b, store.Environments, "console", p.id, p.envs...)
	put(b, store.Repositories, "console", p.id, p.repos...)
	put(b, store.Log, "console", p.id, p.log...)
	put[platform.Member](b, store.Members, "console", p.id)
	put(b, store.Pipelines, "gitlab", p.id, p.pipes...)
	put(b, store.GitRepos, "gitlab", p.id)
	put(b, store.Tokens, "gitlab", p.id, p.tokens...)
	put(b, store.Gates, "sonarqube", p.id, p.gates...)
	put(b, store.Images, "harbor", p.id, p.images...)
	put(b, store.Applications, "argocd/pub", p.id, p.apps...)
	put[platform.CodeFacts](b, store.Code, "gitlab", p.id)
	put[platform.ForgeHead](b, store.Forge, "gitlab", p.id)
	put[platform.GroupMember](b, store.Access, "gitlab", p.id)
	put[platform.ZoneCommit](b, store.ZoneCommits, "gitlab", p.id)
	put[platform.DeploymentPlan](b, store.Plans, "console", p.id)
	put[platform.ServiceChain](b, store.Exposed, "console", p.id)
	put[platform.Robot](b, store.Robots, "harbor", p.id)
	put[platform.AccessToken](b, store.RepoTokens, "gitlab", p.id)
	for _, e := range p.envs {
		ns := platform.NamespaceName(e.ID, p.id)
		put(b, store.Quotas, "kubernetes/x", ns, platform.Quota{Namespace: ns, Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 8}, Used: map[string]float64{"limits.cpu": 2}})
		put[platform.LogLine](b, store.LogErrors, "loki", ns)
	}
}

func deploy(p project, e platform.Environment, repo string) platform.Application {
	url := "https://gitlab.cpn.example/forge-mi/projects/" + p.slug + "/" + repo + ".git"
	return platform.Application{Instance: "argocd/pub", Namespace: "dso-argocd", Name: platform.DeployApp(p.slug, e.Name, repo, url), Type: platform.AppDeploy, ProjectID: p.id, ProjectSlug: p.slug, EnvironmentID: e.ID, EnvironmentName: e.Name, RepositoryName: repo,
		DestNamespace: platform.NamespaceName(e.ID, p.id), Sync: platform.SyncSynced, Health: platform.HealthHealthy, Autosync: true, Operation: platform.Operation{Phase: platform.OperationSucceeded, FinishedAt: ago(72 * time.Hour)}}
}

func pod(ns, workload, image, digest string) platform.Pod {
	return platform.Pod{Namespace: ns, Name: workload + "-7c9d5-x2x4z", WorkloadKind: "Deployment", WorkloadName: workload, Phase: "Running", Reason: "Running", Ready: 1, Total: 1, CreatedAt: ago(48 * time.Hour),
		Containers: []platform.Container{{Name: workload, Image: image, Digest: digest, Ready: true, State: "running", Since: ago(48 * time.Hour)}}}
}

func stuck(ns, workload, image, reason string) platform.Pod {
	p := pod(ns, workload, image, "")
	p.Name, p.Phase, p.Reason, p.Ready, p.CreatedAt = workload+"-5f6b8-q9k2w", "Pending", reason, 0, ago(4*time.Minute)
	p.Containers[0].Ready, p.Containers[0].State, p.Containers[0].Reason = false, "waiting", reason
	return p
}

func image(repo, digest string, critical, high int, tags ...string) platform.Image {
	img := platform.Image{Repository: repo, Digest: digest, PushedAt: ago(24 * time.Hour), Scan: platform.Scan{Status: "Success", Critical: critical, High: high, At: ago(20 * time.Hour)}}
	for _, t := range tags {
		img.Tags = append(img.Tags, platform.Tag{Name: t, PushedAt: ago(24 * time.Hour)})
	}
	return img
}

func uuid(n int) string { return fmt.Sprintf("%08x-1111-4222-8333-%012x", n*2654435761&0xffffffff, n) }
