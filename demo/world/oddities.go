package world

import (
	"slices"
	"time"
)

// oddity is a trouble that shows in one place only, made after everything else of its project. last is the project's last environment, the
// one of production, and app the application that deploys into it.
type oddity struct {
	name string
	make func(b *builder, s site)
}

type site struct {
	p               *Project
	api, web, infra *Repository
	first, last     *Environment
	app             *Application
}

// odd makes the oddity of a generated project, when its trouble is one.
func (b *builder) odd(kind trouble, p *Project) {
	k := int(kind - troubleEnd)
	all := oddities()
	if k < 0 || k >= len(all) {
		return
	}
	b.s.Aside.Odd[p] = all[k].name
	all[k].make(b, b.site(p))
}

// site finds in a generated project what may be changed.
func (b *builder) site(p *Project) site {
	s := site{p: p, api: p.Repositories[0], web: p.Repositories[1], infra: p.Repositories[2], first: p.Environments[0], last: p.Environments[len(p.Environments)-1]}
	for _, a := range b.s.Applications {
		if a.Environment == s.last && a.Labels["dso/type"] == "app" {
			s.app = a
		}
	}
	return s
}

// oddities lists them all. Their names are those of what should be found.
func oddities() []oddity {
	return []oddity{
		{"secret-read-failed", func(b *builder, s site) {
			b.breakRun(s.api.Git, outSecret, 0, "Error writing data to auth/jwt/login: Error making API request.", "Code: 403. Errors:", "* permission denied")
		}},
		{"dotenv-expired", func(b *builder, s site) {
			b.breakRun(s.api.Git, outPush, 75*minute, "error checking push permissions -- make sure you entered the correct tag name: POST https://"+b.s.RegistryHost+"/v2/"+s.p.Slug+"/api/blobs/uploads/: UNAUTHORIZED: unauthorized to access repository: 401 Unauthorized")
		}},
		{"push-refused", func(b *builder, s site) {
			b.breakRun(s.api.Git, outPush, 0, "error pushing image: failed to push to destination "+b.s.RegistryHost+"/"+s.p.Slug+"/api:main: PUT blob upload: 412 Precondition Failed: denied: adding 184 MiB of storage resource, which when updated to current usage of 19.9 GiB will exceed the configured upper limit of 20.0 GiB.")
		}},
		{"certificate-unknown", func(b *builder, s site) {
			b.breakRun(s.web.Git, outTest, 0, "[ERROR] Failed to execute goal: Could not transfer artifact: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target")
		}},
		{"sonar-account-clash", func(b *builder, s site) {
			b.log(s.p, "Update Project", 7*hour, 9*time.Second, s.p.OwnerID, map[string]string{"sonarqube": "Request failed with status code 400: An email address " + s.p.Slug + "@cloud-pi-native.fr is already associated with another account"})
			s.p.Status, s.p.UpdatedAt = "failed", b.ago(7*hour)
		}},
		{"ci-file-missing", func(b *builder, s site) {
			b.s.Aside.Files[s.web.Git] = map[string]string{"README.md": "# web\n", ".gitlab-ci-dso.yaml": usualCI}
		}},
		{"ci-weak", func(b *builder, s site) {
			b.s.Aside.Files[s.api.Git] = map[string]string{"README.md": "# api\n", CIFile: "stages: [test, secrets, build]\ntests:\n  stage: test\n  script: [make test]\nread-secret:\n  stage: secrets\n  extends: .vault:read_secret\nconstruire:\n  stage: build\n  extends: .kaniko:simple-build-push\n  variables: {TAG: latest}\n"}
		}},
		{"mirror-never-ran", func(b *builder, s site) {
			r := b.repo(s.p, repoPlan{name: "outils", gate: "-", empty: true})
			r.CreatedAt, r.UpdatedAt = b.ago(2*day), b.ago(2*day)
		}},
		{"mirror-lagging", func(b *builder, s site) {
			b.startedBy(s.p, "web", "web")
			b.s.Aside.Outside[s.web] = hexOf(40, b.seed, "outside", s.web.Git.Path)
		}},
		{"trigger-dead", func(b *builder, s site) {
			b.startedBy(s.p, "api", "trigger")
			b.s.Aside.Outside[s.api] = hexOf(40, b.seed, "outside", s.api.Git.Path)
		}},
		{"commit-overwritten", func(b *builder, s site) {
			g := s.web.Git
			if n := len(g.Commits); n > 1 { // the one that production runs
				b.s.Aside.Lost[g] = []*Commit{g.Commits[n-2]}
				g.Commits[n-2].Title, g.Commits[n-2].At = "fix: correctif posé directement sur la plateforme", b.ago(3*day)
				g.Commits = slices.Delete(g.Commits, n-2, n-1)
			}
		}},
		{"undeclared-repository", func(b *builder, s site) { b.beside(s.p, "essai-perf", map[string]string{"README.md": "# essai\n"}) }},
		{"alert-rules-ignored", func(b *builder, s site) {
			b.beside(s.p, "infra-observability", map[string]string{"files/rules/disponibilite.yaml.tpl": "groups: []\n", "files/rules/metrics/capacite.yaml.tpl": "groups: []\n", "files/dashboards/service.json": `{"title":"Service","panels":[]}`})
		}},
		{"dashboard-invalid", func(b *builder, s site) {
			b.beside(s.p, "infra-observability", map[string]string{"files/rules/metrics/capacite.yaml.tpl": "groups: []\n", "files/dashboards/service.json": `{"title":"Service","panels":[`})
		}},
		{"vault-secret-undelivered", func(b *builder, s site) {
			b.sick(s.app, AppResource{Group: "secrets.hashicorp.com", Version: "v1beta1", Kind: "VaultStaticSecret", Name: "acces-base", Health: "Degraded", HealthMessage: `Failed to read Vault secret: empty response from Vault, path="mi-` + s.p.Slug + `/data/base"`})
		}},
		{"sops-undelivered", func(b *builder, s site) {
			b.sick(s.app, AppResource{Group: "isindir.github.com", Version: "v1alpha3", Kind: "SopsSecret", Name: "secrets-api", Health: "Degraded", HealthMessage: "Decryption error: no identity matched any of the recipients"})
		}},
		{"certificate-failed", func(b *builder, s site) {
			b.sick(s.app, AppResource{Group: "cert-manager.io", Version: "v1", Kind: "Certificate", Name: "api-tls", Health: "Degraded", HealthMessage: "Issuing certificate as Secret does not exist: the challenge was not answered"})
		}},
		{"live-change-reverted", func(b *builder, s site) {
			s.app.Operation.Healed = []AppResource{{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: s.last.Namespace.Name, Name: "api"}}
			s.app.Operation.StartedAt, s.app.Operation.FinishedAt = b.ago(3*hour), b.ago(3*hour-4*time.Second)
		}},
		{"name-too-long", func(b *builder, s site) {
			const refused = `Service "passerelle-des-demandes-de-titres-et-de-leurs-justificatifs-v2" is invalid: metadata.name: Invalid value: must be no more than 63 characters`
			s.app.Sync = "OutOfSync"
			s.app.Operation.Phase, s.app.Operation.Message = "Failed", "one or more objects failed to apply, reason: "+refused
			s.app.Operation.StartedAt, s.app.Operation.FinishedAt = b.ago(5*hour), b.ago(5*hour-9*time.Second)
		}},
		{"environment-frozen", func(b *builder, s site) {
			b.s.Aside.Plans[s.p] = []Plan{{ID: uuidOf(b.seed, "plan", s.p.Slug), Name: "livraison-" + s.first.Name, EnvironmentID: s.first.ID, CreatedAt: b.ago(12 * day)}}
			for _, e := range s.p.Environments[1:] {
				if b.zoneOf(e.Namespace.Cluster) == b.zoneOf(s.first.Namespace.Cluster) {
					b.s.Aside.Written[e] = b.ago(20 * day)
					e.CPU, e.UpdatedAt = e.CPU+2, b.ago(3*day)
				}
			}
			s.p.HprodCPU, s.p.ProdCPU = s.p.HprodCPU+20, s.p.ProdCPU+20
		}},
		{"backends-disagree", func(b *builder, s site) {
			for i := range 3 {
				b.log(s.p, "Replay hooks for Project", time.Duration(6-2*i)*day, 13*time.Second, s.p.OwnerID, nil)
				b.log(s.p, "Update Environment", time.Duration(5-2*i)*day, 16*time.Second, s.p.OwnerID, nil)
			}
		}},
		{"service-chain-failed", func(b *builder, s site) {
			b.s.Chains = append(b.s.Chains, &ServiceChain{ID: uuidOf(b.seed, "chain", s.p.Slug), State: "failed", CommonName: s.p.Slug + ".example.gouv.fr", PAI: "PAI-" + s.p.Slug, Network: "INTERNET", Location: "SIR", Env: "PROD",
				TargetAddress: "192.0.2.81", ProjectID: s.p.ID, CreatedAt: b.ago(4 * day), UpdatedAt: b.ago(2 * day), Flows: map[string]string{"reserve_ip": "success", "create_cert": "failed", "call_exec": "opened", "activate_ip": "opened", "dns_request": "opened"}})
		}},
		{"member-without-access", func(b *builder, s site) {
			if n := len(s.p.Members); n > 0 {
				b.s.Aside.Absent[s.p] = map[string]bool{s.p.Members[n-1].UserID: true}
			}
		}},
		{"departed-member", func(b *builder, s site) {
			b.s.Aside.Guests[s.p] = []Guest{{ID: 8000 + s.p.GitLabGroupID, Username: "ancien-" + s.p.Slug, Name: "Ancien Membre", Level: 40}}
		}},
		{"grafana-moved", func(b *builder, s site) { s.last.CreatedAt = b.ago(6 * day) }},
		{"job-failed", func(b *builder, s site) {
			n := s.last.Namespace
			b.event(n, "Job", "sauvegarde-29384620", uuidOf(b.seed, "job", n.Name), "Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit", "job-controller", 1, 9*hour, 9*hour)
		}},
		{"tag-next-to-go", func(b *builder, s site) {
			if len(s.api.Images) > 0 {
				b.runImage(s.last.Namespace, s.api, s.api.Images[0], b.s.RegistryHost+"/"+s.p.Slug+"/api:"+s.api.Images[0].Tags[0].Name, 1)
			}
		}},
		{"pool-exhausted", func(_ *builder, s site) { s.p.ProdCPU = s.last.CPU - 1 }},
		{"group-token-expiring", func(b *builder, s site) {
			b.w.ids.token++
			s.p.GroupTokens = append(s.p.GroupTokens, &GroupToken{ID: b.w.ids.token, Name: "renovate", Scopes: []string{"api"}, Active: true, CreatedAt: b.ago(350 * day), ExpiresAt: b.now.Add(9 * day).Truncate(day)})
		}},
		{"mixed-versions", func(b *builder, s site) {
			if n := len(s.api.Images); n > 3 {
				b.runImage(s.last.Namespace, s.api, s.api.Images[n-3], b.s.RegistryHost+"/"+s.p.Slug+"/api:"+s.api.Images[n-3].Tags[0].Name, 2)
			}
		}},
		{"image-untraced", func(b *builder, s site) {
			b.w.ids.artifact++
			img := &Image{ID: b.w.ids.artifact, Digest: "sha256:" + hexOf(64, b.seed, "poste", s.p.Slug), PushedAt: b.ago(50*hour + 17*minute), Size: 90 * mib, Tags: []ImageTag{{ID: b.w.ids.artifact, Name: "v2-essai", PushedAt: b.ago(50*hour + 17*minute)}},
				Scan: Scan{Status: "Success", Medium: 3, At: b.ago(50 * hour)}}
			s.web.Images = append(s.web.Images, img)
			b.runImage(s.last.Namespace, s.web, img, b.s.RegistryHost+"/"+s.p.Slug+"/web:v2-essai", 1)
		}},
		{"infra-behind", func(b *builder, s site) {
			g := s.infra.Git
			if n := len(g.Commits); n > 1 {
				g.Commits[n-1].At, g.LastActivity = b.ago(5*hour), b.ago(5*hour)
				s.app.Revision, s.app.Operation.Revision = g.Commits[n-2].SHA, g.Commits[n-2].SHA
			}
		}},
		{"environment-silent", func(b *builder, s site) { b.s.Aside.Quiet[s.first.Namespace] = true }},
		{"logs-silent", func(b *builder, s site) { b.s.Aside.Mute[s.last.Namespace] = true }},
		{"robot-expiring", func(b *builder, s site) {
			b.s.Aside.Robots[s.p] = []Robot{{Name: "rw-robot", CreatedAt: b.ago(353 * day), ExpiresAt: b.now.Add(12 * day).Truncate(day)}, {Name: "essai", CreatedAt: b.ago(400 * day), ExpiresAt: b.ago(35 * day)}}
		}},
		{"repository-token-expiring", func(b *builder, s site) {
			b.w.ids.token++
			b.s.Aside.Tokens[s.api.Git] = []*GroupToken{{ID: b.w.ids.token, Name: "montee-de-version", Scopes: []string{"write_repository"}, Active: true, CreatedAt: b.ago(357 * day), ExpiresAt: b.now.Add(8 * day).Truncate(day)}}
		}},
		{"policy-debt", func(b *builder, s site) {
			b.s.Aside.Debt[s.first.Namespace] = map[string]int{"require-pod-probes": 3, "disallow-latest-tag": 1}
		}},
	}
}

// breakRun makes the newest pipeline of a repository fail at a stage, with these last words; the job began late after the one before it.
func (b *builder) breakRun(g *GitProject, stage string, late time.Duration, said ...string) {
	if len(g.Pipelines) == 0 {
		return
	}
	pl := g.Pipelines[len(g.Pipelines)-1]
	pl.Status = "failed"
	var broken *Job
	for _, j := range pl.Jobs {
		switch {
		case broken != nil:
			j.Status, j.StartedAt, j.FinishedAt = "skipped", time.Time{}, time.Time{}
		case j.Stage == stage:
			broken = j
			j.Status, j.FailureReason = "failed", "script_failure"
			if j.StartedAt.IsZero() {
				j.StartedAt = pl.CreatedAt.Add(minute)
			}
			j.StartedAt = j.StartedAt.Add(late)
			j.FinishedAt = j.StartedAt.Add(12 * time.Second)
			pl.FinishedAt, pl.UpdatedAt = j.FinishedAt, j.FinishedAt
		default:
			j.Status = "success"
		}
	}
	if broken != nil {
		b.s.Aside.Said[broken] = said
	}
}

// startedBy makes the newest mirror run of a repository one that began in a given way.
func (b *builder) startedBy(p *Project, repo, source string) {
	for i := len(p.Mirror.Pipelines) - 1; i >= 0; i-- {
		if pl := p.Mirror.Pipelines[i]; pl.Variables["PROJECT_NAME"] == repo {
			pl.Source = source
			return
		}
	}
}

// beside adds a repository to the project's group that the console does not know.
func (b *builder) beside(p *Project, name string, files map[string]string) {
	b.w.ids.git++
	g := &GitProject{ID: b.w.ids.git, Name: name, Path: b.s.ProjectsRoot + "/" + p.Slug + "/" + name, DefaultBranch: "main", CreatedAt: b.ago(30 * day), LastActivity: b.ago(4 * day)}
	g.Commits = []*Commit{{SHA: hexOf(40, b.seed, "commit", g.Path, "0"), Title: "premier essai", Author: "devops." + p.Slug, Email: "devops." + p.Slug + "@example.gouv.fr", At: b.ago(4 * day)}}
	b.s.Aside.Files[g] = files
	b.s.Aside.Beside[p] = append(b.s.Aside.Beside[p], g)
}

// sick adds an object that is not well to an application.
func (b *builder) sick(a *Application, r AppResource) {
	r.Sync, r.Namespace = "Synced", a.DestNamespace
	a.Resources = append(a.Resources, r)
	a.Health = "Degraded"
}

// runImage lets the pods of a repository's first workload run another image; of several only each one in so many.
func (b *builder) runImage(n *Namespace, r *Repository, img *Image, name string, each int) {
	k := 0
	for _, x := range n.Workloads {
		if x.Repository != r {
			continue
		}
		if each == 1 {
			x.Containers = slices.Clone(x.Containers)
			x.Containers[0].Image = name
		}
		for _, p := range n.Pods {
			if p.Workload != x || len(p.Containers) == 0 {
				continue
			}
			if k++; (k-1)%each != 0 {
				continue
			}
			c := p.Containers[0]
			c.Spec.Image, c.Image, c.Digest = name, name, img.Digest
			if each > 1 {
				p.CreatedAt = b.ago(2 * hour)
			}
		}
	}
}
