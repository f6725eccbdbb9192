package platform

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func chainNow() time.Time { return time.Date(2026, 11, 21, 14, 7, 0, 0, time.UTC) }

func before(d time.Duration) time.Time { return chainNow().Add(-d) }

// sha40 makes a whole SHA that begins with a text.
func sha40(start string) string { return start + strings.Repeat("0", 40-len(start)) }

func digestOf(s string) string { return "sha256:" + s + strings.Repeat("0", 64-len(s)) }

// line describes a chain in short: "api>prod own 3/3 a1b2c3d4 exact image=good …", only links that are not good being named.
func line(c *Chain) string {
	sha, sure := c.Commit()
	where := c.Environment
	if where == "" {
		where = "-"
	}
	name := c.Repository
	if name == "" {
		name = "(" + c.ImageName + ")"
	}
	out := []string{name + ">" + where, string(c.Kind)}
	if c.Kind != ChainBlind && c.Kind != ChainIdle {
		out = append(out, fmt.Sprintf("%d/%d", c.Ready, c.Desired))
	}
	if c.Kind != ChainForeign && c.Kind != ChainBlind {
		out = append(out, ShortSHA(sha)+":"+string(sure))
	}
	if len(c.Versions) > 1 {
		out = append(out, fmt.Sprintf("x%d", len(c.Versions)))
	}
	for _, e := range c.Edges {
		if e.State == EdgeGood || e.Step == StepExternal && (e.Code == CodeNoForge || e.Code == CodeNoCommit || e.Code == CodeInternal || e.State == EdgeNone) {
			continue
		}
		text := string(e.Step) + "=" + string(e.State)
		if e.Code != "" {
			text += "/" + e.Code
		}
		if e.Rule != "" {
			text += "!" + e.Rule
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// world is a project with the repository api and infra, delivered well into prod; tests spoil it.
func chainWorld() *Dossier {
	read := FactAge{Source: "x", At: before(time.Minute), State: StateLive}
	known := map[Family]FactAge{}
	for _, f := range []Family{FamRepositories, FamGit, FamPipelines, FamGates, FamImages, FamApplications, FamPods, FamWorkloads, FamEnvironments} {
		known[f] = read
	}
	sha := sha40("a1b2c3d4e5")
	api := RepositoryFacts{Repository: Repository{ID: "r1", Name: "api", ExternalURL: "https://forge.test/api.git"},
		Git: &GitRepository{Name: "api", DefaultBranch: "main", HeadSHA: sha, HeadAt: before(2 * time.Hour)},
		Pipelines: []Pipeline{
			{ID: 2, IID: 812, Repository: "api", Ref: "main", SHA: sha, Status: PipelineSuccess, CreatedAt: before(2 * time.Hour), FinishedAt: before(115 * time.Minute),
				Jobs: []Job{{Name: "docker-build", Stage: "docker-build", StartedAt: before(118 * time.Minute), Duration: 2 * time.Minute}}},
			{ID: 1, IID: 811, Repository: "api", Ref: "main", SHA: sha40("0ddba110aa"), Status: PipelineSuccess, CreatedAt: before(9 * time.Hour), FinishedAt: before(535 * time.Minute)},
		},
		Mirror: []Pipeline{{IID: 44, Repository: MirrorRepository, MirrorOf: "api", Status: PipelineSuccess, CreatedAt: before(122 * time.Minute), FinishedAt: before(121 * time.Minute)}},
		Gate:   &Gate{Status: GateOK, Revision: sha, AnalysedAt: before(117 * time.Minute)}}
	infraSHA := sha40("77ee02a1bb")
	infra := RepositoryFacts{Repository: Repository{ID: "r2", Name: "infra", Infra: true}, Git: &GitRepository{Name: "infra", DefaultBranch: "main", HeadSHA: infraSHA, HeadAt: before(time.Hour)}}
	app := Application{Instance: "argocd", Namespace: "dso-argocd", Name: "guichet-prod-infra", Type: AppDeploy, RepositoryID: "r2", DestNamespace: "ns-prod", Sync: SyncSynced, Health: HealthHealthy, Autosync: true,
		Revisions: []string{infraSHA}, Sources: []AppSource{{RepoURL: "https://gitlab.test/projects/guichet/infra.git", TargetRevision: "HEAD"}}, Images: []string{"h.test/guichet/api:a1b2c3d4"},
		History: []Deployment{{ID: 1, Revision: sha40("5e5e5e5e"), At: before(8 * time.Hour)}, {ID: 2, Revision: infraSHA, At: before(55 * time.Minute)}}, ReconciledAt: before(time.Minute)}
	prod := EnvironmentFacts{Environment: Environment{ID: "e1", Name: "prod", Stage: StageProd}, Namespace: "ns-prod", Known: known, Applications: []Application{app},
		Workloads: []Workload{{Namespace: "ns-prod", Kind: "Deployment", Name: "api", Desired: 3, Ready: 3, Images: []string{"h.test/guichet/api:a1b2c3d4"}}}}
	for i := range 3 {
		prod.Pods = append(prod.Pods, chainPod("api", i, "h.test/guichet/api:a1b2c3d4", digestOf("d2")))
	}
	return &Dossier{Project: Project{ID: "p1", Slug: "guichet"}, Known: known, Repositories: []RepositoryFacts{api, infra}, Environments: []EnvironmentFacts{prod}, Applications: []Application{app},
		Images: []Image{
			{Repository: "api", Digest: digestOf("d2"), Tags: []Tag{{Name: "a1b2c3d4", PushedAt: before(116 * time.Minute)}, {Name: "main", PushedAt: before(116 * time.Minute)}}, PushedAt: before(116 * time.Minute), Scan: Scan{Status: "Success", High: 3}},
			{Repository: "api", Digest: digestOf("d1"), Tags: []Tag{{Name: "0ddba110", PushedAt: before(9 * time.Hour)}}, PushedAt: before(536 * time.Minute), Scan: Scan{Status: "Success"}},
		}}
}

func chainPod(workload string, n int, image, digest string) Pod {
	return Pod{Namespace: "ns-prod", Name: fmt.Sprintf("%s-%d", workload, n), WorkloadKind: "Deployment", WorkloadName: workload, Phase: "Running", Reason: "Running", Ready: 1, Total: 1, CreatedAt: before(50 * time.Minute),
		Containers: []Container{{Name: workload, Image: image, Digest: digest, Ready: true, State: "running"}}}
}

func stuckPod(workload string, n int, image string) Pod {
	return Pod{Namespace: "ns-prod", Name: fmt.Sprintf("%s-stuck-%d", workload, n), WorkloadKind: "Deployment", WorkloadName: workload, Phase: "Pending", Reason: "ImagePullBackOff", Total: 1, CreatedAt: before(5 * time.Minute),
		Containers: []Container{{Name: workload, Image: image, State: "waiting", Reason: "ImagePullBackOff"}}}
}

func each(e *EnvironmentFacts, do func(*Container)) {
	for i := range e.Pods {
		for k := range e.Pods[i].Containers {
			do(&e.Pods[i].Containers[k])
		}
	}
}

func reimage(d *Dossier, image, digest string) {
	e := &d.Environments[0]
	each(e, func(c *Container) { c.Image, c.Digest = image, digest })
	e.Workloads[0].Images, e.Applications[0].Images = []string{image}, []string{image}
}

func TestChains(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(d *Dossier)
		want  []string
	}{
		"all is well": {func(*Dossier) {}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a multi-architecture index": {func(d *Dossier) {
			d.Images[0].Digest, d.Images[0].Children = digestOf("1d"), []string{digestOf("c1"), digestOf("d2")}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"both architectures at once are one version each, of one commit": {func(d *Dossier) {
			d.Images[0].Digest, d.Images[0].Children = digestOf("1d"), []string{digestOf("c1"), digestOf("d2")}
			d.Environments[0].Pods[2].Containers[0].Digest = digestOf("c1")
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a digest pinned beside the tag":        {func(d *Dossier) { reimage(d, "h.test/guichet/api:a1b2c3d4@"+digestOf("d2"), digestOf("d2")) }, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a digest only":                         {func(d *Dossier) { reimage(d, "h.test/guichet/api@"+digestOf("d2"), digestOf("d2")) }, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a mutable tag that still is what runs": {func(d *Dossier) { reimage(d, "h.test/guichet/api:main", digestOf("d2")) }, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a mutable tag rebuilt": {func(d *Dossier) { reimage(d, "h.test/guichet/api:main", digestOf("d1")) },
			[]string{"api>prod own 3/3 0ddba110:exact gate=unknown/other_commit image=broken/tag_moved!mutable-tag"}},
		"a mutable tag that nothing else names: the pipeline that was building": {func(d *Dossier) {
			d.Images[0].Tags = d.Images[0].Tags[1:]
			reimage(d, "h.test/guichet/api:main", digestOf("d2"))
		}, []string{"api>prod own 3/3 a1b2c3d4:probable"}},
		"two pipelines were building: the one of the tag's branch": {func(d *Dossier) {
			d.Images[0].Tags = d.Images[0].Tags[1:]
			other := d.Repositories[0].Pipelines[0]
			other.SHA, other.Ref, other.IID = sha40("bbbbbbbb"), "feat/x", 813
			d.Repositories[0].Pipelines = append([]Pipeline{other}, d.Repositories[0].Pipelines...)
			reimage(d, "h.test/guichet/api:main", digestOf("d2"))
		}, []string{"api>prod own 3/3 a1b2c3d4:probable"}},
		"two pipelines of the branch were building: no telling": {func(d *Dossier) {
			d.Images[0].Tags = d.Images[0].Tags[1:]
			other := d.Repositories[0].Pipelines[0]
			other.SHA, other.IID = sha40("bbbbbbbb"), 813
			d.Repositories[0].Pipelines = append([]Pipeline{other}, d.Repositories[0].Pipelines...)
			reimage(d, "h.test/guichet/api:main", digestOf("d2"))
		}, []string{"api>prod own 3/3 :unknown pipeline=unknown/no_commit gate=unknown/no_commit image=warn/no_tag!image-untraced"}},
		"a version number names no commit": {func(d *Dossier) {
			d.Images[0].Tags = []Tag{{Name: "1.4.2"}}
			d.Images[0].PushedAt = before(30 * time.Minute)
			reimage(d, "h.test/guichet/api:1.4.2", digestOf("d2"))
		}, []string{"api>prod own 3/3 :unknown pipeline=unknown/no_commit gate=unknown/no_commit image=warn/no_tag!image-untraced"}},
		"a date is no commit": {func(d *Dossier) {
			d.Images[0].Tags, d.Images[0].PushedAt = []Tag{{Name: "20261121"}}, before(30*time.Minute)
			reimage(d, "h.test/guichet/api:20261121", digestOf("d2"))
		}, []string{"api>prod own 3/3 :unknown pipeline=unknown/no_commit gate=unknown/no_commit image=warn/no_tag!image-untraced"}},
		"the tag is gone, pods run on": {func(d *Dossier) { d.Images = d.Images[1:] }, []string{"api>prod own 3/3 a1b2c3d4:probable image=broken/tag_absent!tag-missing"}},
		"the tag is gone, pods cannot start": {func(d *Dossier) {
			d.Images = d.Images[1:]
			d.Environments[0].Pods = []Pod{stuckPod("api", 1, "h.test/guichet/api:a1b2c3d4")}
		}, []string{"api>prod own 0/3 a1b2c3d4:probable image=broken/tag_absent!tag-purged pods=broken/cannot_pull!image-pull"}},
		"the tag is gone, or among the images that were not read": {func(d *Dossier) {
			d.Images = d.Images[1:]
			d.Images[0].OlderLeft = true
		}, []string{"api>prod own 3/3 a1b2c3d4:probable image=unknown/older"}},
		"pushed since the registry was read": {func(d *Dossier) {
			d.Images = d.Images[1:]
			d.Known[FamImages] = FactAge{Source: "harbor", At: d.Environments[0].Pods[0].CreatedAt.Add(-time.Minute), State: StateLive}
		}, []string{"api>prod own 3/3 a1b2c3d4:probable image=unknown/unread"}},
		"a mutable tag, pushed since the registry was read": {func(d *Dossier) {
			reimage(d, "h.test/guichet/api:main", digestOf("d9"))
			d.Known[FamImages] = FactAge{Source: "harbor", At: d.Environments[0].Pods[0].CreatedAt.Add(-time.Minute), State: StateLive}
		}, []string{"api>prod own 3/3 :unknown pipeline=unknown/no_commit gate=unknown/no_commit image=unknown/unread"}},
		"Argo CD cannot make the manifests": {func(d *Dossier) {
			d.Environments[0].Applications[0].Conditions = []AppCondition{{Type: "HydrationError", Message: "chart not found"}}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact sync=broken/comparison!comparison-error"}},
		"a Rollout of Argo, evicted pods and attempts of Jobs beside": {func(d *Dossier) {
			e := &d.Environments[0]
			for i := range e.Pods {
				e.Pods[i].WorkloadKind = "Rollout"
			}
			gone := chainPod("api", 7, "h.test/guichet/api:0ddba110", digestOf("d1"))
			gone.Phase, gone.Reason, gone.Ready = "Failed", "Evicted", 0
			job := gone
			job.WorkloadKind, job.WorkloadName, job.Reason = "Job", "chargement", "Error"
			e.Pods = append(e.Pods, gone, job)
			e.Workloads = nil
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"a rollout": {func(d *Dossier) {
			d.Environments[0].Pods[2] = chainPod("api", 9, "h.test/guichet/api:0ddba110", digestOf("d1"))
		}, []string{"api>prod own 3/3 a1b2c3d4:exact x2 pods=warn/mixed!mixed-versions"}},
		"a rollout that hangs": {func(d *Dossier) {
			d.Environments[0].Pods = append(d.Environments[0].Pods, stuckPod("api", 1, "h.test/guichet/api:ffffffff"))
		}, []string{"api>prod own 3/4 a1b2c3d4:exact x2 pods=broken/cannot_pull!image-pull"}},
		"the gate of another commit": {func(d *Dossier) {
			d.Repositories[0].Gate = &Gate{Status: GateError, Revision: sha40("cafecafe")}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact gate=warn/other_commit!gate-other-revision"}},
		"a green gate of another commit says nothing of this one": {func(d *Dossier) { d.Repositories[0].Gate.Revision = sha40("cafecafe") }, []string{"api>prod own 3/3 a1b2c3d4:exact gate=unknown/other_commit"}},
		"a red gate that was let through":                         {func(d *Dossier) { d.Repositories[0].Gate.Status = GateError }, []string{"api>prod own 3/3 a1b2c3d4:exact gate=broken/failed!gate-red"}},
		"never analysed":                                          {func(d *Dossier) { d.Repositories[0].Gate = nil }, []string{"api>prod own 3/3 a1b2c3d4:exact gate=none/not_analysed"}},
		"the mirror fails":                                        {func(d *Dossier) { d.Repositories[0].Mirror[0].Status = PipelineFailed }, []string{"api>prod own 3/3 a1b2c3d4:exact mirror=broken/failed!mirror-failing"}},
		"a mirror that never ran":                                 {func(d *Dossier) { d.Repositories[0].Mirror = nil }, []string{"api>prod own 3/3 a1b2c3d4:exact mirror=warn/never"}},
		"a mirror whose runs tell nothing":                        {func(d *Dossier) { d.Repositories[0].Mirror, d.Repositories[0].MirrorUntold = nil, true }, []string{"api>prod own 3/3 a1b2c3d4:exact mirror=unknown/mirror_untold"}},
		"the internal forge is the source":                        {func(d *Dossier) { d.Repositories[0].ExternalURL = "" }, []string{"api>prod own 3/3 a1b2c3d4:exact mirror=none/internal"}},
		"older than the pipelines that were read": {func(d *Dossier) {
			reimage(d, "h.test/guichet/api:12ab34cd", digestOf("d0"))
			d.Images = append(d.Images, Image{Repository: "api", Digest: digestOf("d0"), Tags: []Tag{{Name: "12ab34cd"}}})
		},
			[]string{"api>prod own 3/3 12ab34cd:exact pipeline=unknown/older gate=unknown/other_commit"}},
		"databases and caches are external, not broken": {func(d *Dossier) {
			d.Environments[0].Pods = append(d.Environments[0].Pods, chainPod("pg-1", 0, "ghcr.io/cloudnative-pg/postgresql:16.4", digestOf("f1")), chainPod("cache", 0, "docker.io/library/redis:7", digestOf("f2")))
		}, []string{"api>prod own 3/3 a1b2c3d4:exact", "(ghcr.io/cloudnative-pg/postgresql)>prod foreign 1/1", "(docker.io/library/redis)>prod foreign 1/1"}},
		"a project of the same name elsewhere": {func(d *Dossier) {
			d.Environments[0].Pods = append(d.Environments[0].Pods, chainPod("tool", 0, "quay.io/guichet/api:1", digestOf("f1")))
		}, []string{"api>prod own 3/3 a1b2c3d4:exact", "(quay.io/guichet/api)>prod foreign 1/1"}},
		"several containers in a pod": {func(d *Dossier) {
			for i := range d.Environments[0].Pods {
				p := &d.Environments[0].Pods[i]
				p.Containers = append(p.Containers, Container{Name: "proxy", Image: "quay.io/oauth2-proxy/oauth2-proxy:7", State: "running", Ready: true}, Container{Name: "second", Image: p.Containers[0].Image, Digest: digestOf("d2"), State: "running", Ready: true})
			}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact", "(quay.io/oauth2-proxy/oauth2-proxy)>prod foreign 3/3"}},
		"several images of one repository": {func(d *Dossier) {
			d.Images = append(d.Images, Image{Repository: "api-worker", Digest: digestOf("a5"), Tags: []Tag{{Name: "a1b2c3d4"}}})
			d.Environments[0].Pods = append(d.Environments[0].Pods, chainPod("worker", 0, "h.test/guichet/api-worker:a1b2c3d4", digestOf("a5")))
		}, []string{"api>prod own 3/3 a1b2c3d4:exact", "api>prod own 1/1 a1b2c3d4:exact"}},
		"an image that no repository explains": {func(d *Dossier) {
			d.Repositories = append(d.Repositories, RepositoryFacts{Repository: Repository{Name: "front"}})
			d.Images = append(d.Images, Image{Repository: "outil", Digest: digestOf("a6"), Tags: []Tag{{Name: "v1"}}})
			d.Environments[0].Pods = append(d.Environments[0].Pods, chainPod("outil", 0, "h.test/guichet/outil:v1", digestOf("a6")))
		}, []string{"api>prod own 3/3 a1b2c3d4:exact", "(outil)>prod own 1/1 :unknown mirror=unknown/no_commit pipeline=unknown/no_commit gate=unknown/no_commit image=warn/no_tag!image-untraced",
			"front>- idle :unknown mirror=none/internal pipeline=unknown/no_commit gate=none/not_analysed image=none/no_image pods=none/not_deployed"}},
		"twin applications": {func(d *Dossier) {
			twin := d.Environments[0].Applications[0]
			twin.Name, twin.Type = "guichet-prod-historic", AppHistoric
			d.Environments[0].Applications = append(d.Environments[0].Applications, twin)
		}, []string{"api>prod own 3/3 a1b2c3d4:exact sync=broken/twins!twin-applications"}},
		"an application with several sources": {func(d *Dossier) {
			a := &d.Environments[0].Applications[0]
			a.Sources = append([]AppSource{{RepoURL: "https://charts.test/x", Chart: "common", TargetRevision: "1.2.3"}}, a.Sources...)
			a.Revisions = []string{"1.2.3", sha40("77ee02a1bb")}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"git moved and Argo CD did not follow": {func(d *Dossier) { d.Repositories[1].Git.HeadSHA = sha40("99999999") }, []string{"api>prod own 3/3 a1b2c3d4:exact infra=warn/infra_behind!infra-behind"}},
		"the forge has what GitLab has": {func(d *Dossier) {
			d.Forge = []ForgeHead{{Repository: "api", Branch: "main", SHA: d.Repositories[0].Git.HeadSHA}}
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
		"the forge is ahead": {func(d *Dossier) { d.Forge = []ForgeHead{{Repository: "api", Branch: "main", SHA: sha40("88888888")}} },
			[]string{"api>prod own 3/3 a1b2c3d4:exact external=warn/forge_ahead!mirror-lagging"}},
		"the forge wants a login":         {func(d *Dossier) { d.Forge = []ForgeHead{{Repository: "api", Refused: "unauthorised"}} }, []string{"api>prod own 3/3 a1b2c3d4:exact external=unknown/forge_silent"}},
		"the forge has not been read yet": {func(d *Dossier) { d.Known[FamForge] = FactAge{State: StateStarting} }, []string{"api>prod own 3/3 a1b2c3d4:exact external=unknown/unread"}},
		"a CronJob between two runs": {func(d *Dossier) {
			d.Environments[0].Workloads = append(d.Environments[0].Workloads, Workload{Kind: "CronJob", Name: "load", Desired: -1, Images: []string{"h.test/guichet/api:0ddba110"}})
		}, []string{"api>prod own 3/3 a1b2c3d4:exact x2"}},
		"pods that quota refused": {func(d *Dossier) { d.Environments[0].Pods = nil }, []string{"api>prod own 0/3 a1b2c3d4:probable pods=broken/not_ready!pods-not-ready"}},
		"no Kubernetes: Argo CD's word": {func(d *Dossier) {
			e := &d.Environments[0]
			e.Pods, e.Workloads = nil, nil
			e.Known = map[Family]FactAge{FamApplications: d.Known[FamPods]}
		}, []string{"api>prod own 0/0 a1b2c3d4:probable pods=unknown/unread"}},
		"an environment that nobody may read": {func(d *Dossier) {
			e := &d.Environments[0]
			e.Pods, e.Workloads, e.Applications, e.Known = nil, nil, nil, nil
		}, []string{"(" + ")>prod blind pods=unknown/unread", "api>- idle a1b2c3d4:exact pods=unknown/unread"}},
		"no right on the registry": {func(d *Dossier) { delete(d.Known, FamImages); d.Images = nil }, []string{"api>prod own 3/3 a1b2c3d4:probable image=unknown/unread"}},
		"deployed nowhere":         {func(d *Dossier) { d.Environments[0].Pods, d.Environments[0].Workloads = nil, nil }, []string{"api>- idle a1b2c3d4:exact pods=none/not_deployed"}},
		"an image of both roles of one repository": {func(d *Dossier) {
			d.Repositories = d.Repositories[:1]
			d.Repositories[0].Infra = true
		}, []string{"api>prod own 3/3 a1b2c3d4:exact"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := chainWorld()
			tc.spoil(d)
			chains := Chains(d)
			var got []string
			for i := range chains {
				got = append(got, line(&chains[i]))
			}
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tc.want, "\n  "))
			}
		})
	}
}
