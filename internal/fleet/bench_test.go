package fleet

import (
	"fmt"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// huge is the largest work load of the budgets: 1,000 projects, 4,000 environments, 6,000 applications, 50,000 pods.
func huge() (*bed, func(i int)) {
	b := newBed()
	b.platform()
	var last string
	b.st.Apply(func(tx *store.Tx) {
		for i := range 1000 {
			p := project{id: uuid(i + 1), slug: fmt.Sprintf("projet%d", i), repos: []platform.Repository{{Name: "api", ExternalURL: "https://forge.example/api.git"}, {Name: "web"}, {Name: "infra", Infra: true}}}
			source := []string{"kubernetes/ovh-hp-1", "kubernetes/ovh-prod-1", "kubernetes/mi-hp-1"}[i%3]
			var images []platform.Image
			for k := range 20 {
				images = append(images, image([]string{"api", "web"}[k%2], fmt.Sprintf("sha256:%08d%04d", i, k), 0, 3, fmt.Sprintf("%08x", i*100+k)))
			}
			for e := range 4 {
				p.envs = append(p.envs, env(uuid(100000+i*4+e), []string{"dev", "integ", "staging", "prod"}[e], []string{"dev", "integration", "dev", "prod"}[e], []string{"hp", "hp", "hp", "prod"}[e]))
				ns := platform.NamespaceName(p.envs[e].ID, p.id)
				last = ns
				var pods []platform.Pod
				for k := range 12 + e%2 {
					pd := pod(ns, fmt.Sprintf("w%d", k/2), host+p.slug+"/"+[]string{"api", "web"}[k/2%2]+":"+fmt.Sprintf("%08x", i*100+k/2%2), fmt.Sprintf("sha256:%08d%04d", i, k/2%2))
					pd.Name = fmt.Sprintf("%s-%d", pd.Name, k)
					if k == 0 && i%20 == 0 {
						pd = stuck(ns, "w0", host+p.slug+"/api:ffffffff", "ImagePullBackOff")
					}
					pods = append(pods, pd)
				}
				store.Pods.Put(tx, source, ns, pods)
				var workloads []platform.Workload
				for k := range 6 {
					workloads = append(workloads, platform.Workload{Kind: "Deployment", Name: fmt.Sprintf("w%d", k), Desired: 2, Ready: 2})
				}
				store.Workloads.Put(tx, source, ns, workloads)
				store.Events.Put(tx, source, ns, []platform.Event{{Kind: "Pod", Name: "x", Type: "Warning", Reason: "Unhealthy", Last: ago(time.Minute)}})
				store.Quotas.Put(tx, source, ns, []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 8}, Used: map[string]float64{"limits.cpu": 2}}})
				store.Namespaces.Put(tx, source, ns, []platform.Namespace{{Name: ns, ProjectID: p.id, EnvironmentID: p.envs[e].ID}})
				series := make([]float64, 60)
				store.Usage.Put(tx, "prometheus", ns, []platform.Usage{{Namespace: ns, CPU: 1, Memory: 1 << 30, CPUSeries: series, MemSeries: series}})
				p.apps = append(p.apps, deploy(p, p.envs[e], "infra"))
			}
			store.Projects.Put(tx, "console", p.id, []platform.Project{{ID: p.id, Slug: p.slug, Status: "created", LastProvisioned: "9.24.0"}})
			store.Environments.Put(tx, "console", p.id, p.envs)
			store.Repositories.Put(tx, "console", p.id, p.repos)
			store.Log.Put(tx, "console", p.id, []platform.LogEntry{{Action: "Replay hooks for Project", At: ago(time.Hour)}})
			var pipes []platform.Pipeline
			for k := range 60 { // by repository, newest first, as the source writes them
				pipes = append(pipes, platform.Pipeline{ID: int64(60 - k), Repository: []string{"api", "web", "mirror"}[k/20], MirrorOf: "api", Ref: "main", Status: "success", SHA: fmt.Sprintf("%040x", i*1000+k), CreatedAt: ago(time.Duration(k) * time.Hour)})
			}
			store.Pipelines.Put(tx, "gitlab", p.id, pipes)
			store.Tokens.Put(tx, "gitlab", p.id, []platform.AccessToken{{Name: p.slug + "-bot", Active: true, ExpiresAt: now().Add(200 * 24 * time.Hour)}})
			store.Code.Put(tx, "gitlab", p.id, []platform.CodeFacts{{Repository: "api", Revision: "aa", CI: platform.CIFile{Path: ".gitlab-ci-dso.yml", Present: true, Includes: true}}})
			store.Access.Put(tx, "gitlab", p.id, []platform.GroupMember{{Username: "a", Level: 50}})
			store.ZoneCommits.Put(tx, "gitlab", p.id, []platform.ZoneCommit{{Environment: "dev", At: ago(time.Hour)}})
			store.Forge.Put(tx, "gitlab", p.id, []platform.ForgeHead{})
			store.Plans.Put(tx, "console", p.id, []platform.DeploymentPlan{})
			store.Exposed.Put(tx, "console", p.id, []platform.ServiceChain{})
			store.GitRepos.Put(tx, "gitlab", p.id, []platform.GitRepository{{Name: "api", HeadSHA: "aa"}, {Name: "web"}, {Name: "infra"}, {Name: "mirror"}})
			store.Members.Put(tx, "console", p.id, []platform.Member{})
			store.Gates.Put(tx, "sonarqube", p.id, []platform.Gate{{Key: platform.SonarKey(p.slug, "api"), Status: "OK"}})
			store.Images.Put(tx, "harbor", p.id, images)
			store.Robots.Put(tx, "harbor", p.id, []platform.Robot{})
			store.RepoTokens.Put(tx, "gitlab", p.id, []platform.AccessToken{})
			p.apps = append(p.apps, p.apps[0], p.apps[1])
			p.apps[4].Name, p.apps[4].Type = "x-"+p.apps[4].Name, platform.AppInfra
			p.apps[5].Name, p.apps[5].Type = "y-"+p.apps[5].Name, platform.AppInfra
			store.Applications.Put(tx, "argocd/pub", p.id, p.apps)
		}
	})
	pods := store.Pods.Items(b.st.Current(), last)
	return b, func(i int) {
		next := append([]platform.Pod(nil), pods...)
		next[0].Restarts = i + 1
		put(b, store.Pods, "kubernetes/ovh-hp-1", last, next...)
	}
}

// BenchmarkFull joins and judges everything from nothing. Budget: 50 ms.
func BenchmarkFull(b *testing.B) {
	bed, _ := huge()
	b.ReportAllocs()
	for b.Loop() {
		f := New(Options{Configured: configured()})
		if v := f.View(bed.st.Current(), now()); len(v.Projects) != 1000 {
			b.Fatal(len(v.Projects))
		}
	}
}

// BenchmarkAgain judges everything again because a source changed its state. Budget: 50 ms.
func BenchmarkAgain(b *testing.B) {
	bed, _ := huge()
	f := New(Options{Configured: configured()})
	f.View(bed.st.Current(), now())
	states := []platform.State{platform.StateUnreachable, platform.StateLive}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		bed.health("loki", "loki", states[i%2])
		b.StartTimer()
		f.View(bed.st.Current(), now())
	}
}

// BenchmarkOnePod judges after one pod changed. Budget: 2 ms.
func BenchmarkOnePod(b *testing.B) {
	bed, change := huge()
	f := New(Options{Configured: configured()})
	f.View(bed.st.Current(), now())
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		change(i)
		b.StartTimer()
		f.View(bed.st.Current(), now())
	}
}

// BenchmarkResolve builds the index of names of everything and asks it once.
func BenchmarkResolve(b *testing.B) {
	bed, _ := huge()
	f := New(Options{Configured: configured()})
	v := f.View(bed.st.Current(), now())
	b.ReportAllocs()
	for b.Loop() {
		makeIndex(v.Projects)
	}
}
