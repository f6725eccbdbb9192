package world

import (
	"fmt"
	"time"
)

// incident is how long before the world begins the roll-back of agendaprefs went wrong.
const incident = 25 * time.Minute

const (
	agendaID   = "54a76d00-b919-4776-aa9c-29a5455e5317"
	cartoID    = "251372c6-ea71-4cad-977e-6caa536142e9"
	testformID = "8edbf6d2-e590-42a7-8d9d-0e683552e13f"
)

// stories makes the seven projects, each with its trouble, all visible in facts alone.
func (b *builder) stories() {
	b.guichet()
	b.agendaprefs()
	b.cartocrise()
	b.habilit()
	b.vigibat()
	b.testform()
	b.portail()
	b.chains()
	b.alerts()
}

// guichet: production is healthy; the gate of api is red on another revision than the one deployed; in integ the mutable tag main was
// rebuilt after the pods started.
func (b *builder) guichet() {
	p := b.project(projectPlan{slug: "guichet", id: "e41b66d4-13c6-4bdc-a996-431cfcb2185a", description: "Guichet en ligne des démarches", hprodCPU: 8, hprodMem: 16,
		prodCPU: 12, prodMem: 32, created: 240 * day})
	front := b.repo(p, repoPlan{name: "front", commits: 24, every: 22 * hour, last: 5 * hour, runs: 20, mirrors: 8, scan: Scan{High: 1, Medium: 9, Low: 21}, signed: true,
		outcomes: []string{outSuccess, outSuccess, outTest, outSuccess}, coverage: 84.1})
	api := b.repo(p, repoPlan{name: "api", commits: 30, every: 15 * hour, last: 7 * minute, runs: 24, mirrors: 10, scan: Scan{High: 3, Medium: 14, Low: 32}, signed: true,
		outcomes: []string{outSuccess, outSuccess, outTest, outSuccess, outSuccess, outSuccess, outSonar}, gate: "ERROR", coverage: 74.6,
		shas: map[int]string{0: "b41c07ae"}, titles: []string{"feat: pièces jointes en glisser-déposer"}})
	infra := b.repo(p, repoPlan{name: "infra", infra: true, commits: 12, every: 40 * hour, last: 6 * hour, runs: 0, titles: []string{"deploy: api en production"}})
	dev := b.env(p, envPlan{name: "dev", id: "eb067fc8-473a-4d2f-b3e4-6a7ffe78ea20", stage: "dev", cluster: "ovh-hp-1", cpu: 3, mem: 6, created: 230 * day})
	integ := b.env(p, envPlan{name: "integ", id: "f6674cdf-4c09-4967-8fee-3c11732a4852", stage: "integration", cluster: "ovh-hp-1", cpu: 5, mem: 10, created: 200 * day})
	prod := b.env(p, envPlan{name: "prod", id: "b7d30fef-2f75-46b4-a990-119943a93ec0", stage: "prod", cluster: "ovh-prod-1", cpu: 12, mem: 32, created: 150 * day})
	for _, e := range p.Environments {
		n, isProd := e.Namespace, e == prod
		replicas, cpu, mem, back := 1, 0.5, 1.0, 0
		if isProd {
			replicas, cpu, mem, back = 3, 1, 2, 3
		}
		apiPlan := workloadPlan{name: "api", replicas: replicas, repo: api, back: back, cpu: cpu, mem: mem * gib, port: 8080, style: StyleJava, tier: "backend", part: "java", age: 2 * day}
		if e == integ {
			// The pods run what main was before its last build.
			apiPlan.tag, apiPlan.back, apiPlan.replicas, apiPlan.age = "main", 1, 2, 20*hour
		}
		b.workload(n, workloadPlan{name: "front", replicas: replicas, repo: front, back: back, cpu: cpu / 2, mem: mem / 4 * gib, port: 8080, style: StyleAccess, tier: "frontend", part: "nginx", age: 3 * day})
		b.workload(n, apiPlan)
		b.workload(n, workloadPlan{kind: "Cluster", name: "pg", replicas: 2, third: "cloudnative-pg/postgresql:16.4", cpu: cpu / 2, mem: mem * gib, port: 5432, style: StyleJSON, tier: "db", part: "postgres", age: 30 * day})
		b.workload(n, workloadPlan{name: "cache", replicas: 1, third: "library/redis:7.4.2", cpu: 0.25, mem: 0.5 * gib, port: 6379, style: StylePlain, tier: "cache", part: "redis", age: 30 * day, unlabelled: e == dev})
		b.deployment(e, infra, 6*hour)
	}
	_ = integ
	b.replayed(p, p.OwnerID, 40*day, 26*day, 12*day, 9*hour)
	b.finish(p, true, true)
}

// agendaprefs: in production a roll-back points at an image that retention has removed.
func (b *builder) agendaprefs() {
	p := b.project(projectPlan{slug: "agendaprefs", id: agendaID, description: "Agenda des préfectures", hprodCPU: 8, hprodMem: 16, prodCPU: 8, prodMem: 16, created: 320 * day})
	api := b.repo(p, repoPlan{name: "agenda-api", commits: 22, every: 26 * hour, last: 9 * hour, runs: 20, mirrors: 8, scan: Scan{Critical: 0, High: 5, Medium: 20, Low: 30}, coverage: 82.3,
		outcomes: []string{outSuccess, outSuccess, outSuccess}})
	web := b.repo(p, repoPlan{name: "agenda-web", commits: 26, every: 20 * hour, last: 30 * hour, runs: 22, mirrors: 8, scan: Scan{Critical: 2, High: 17, Medium: 40, Low: 51}, coverage: 81.0,
		shas: map[int]string{21: "3f2a91bc"}, outcomes: []string{outSuccess, outSuccess, outSuccess, outSuccess, outSuccess, outTest, outSuccess, outSuccess, outSuccess, outSuccess, outSuccess, outSuccess},
		titles: []string{"feat: vue semaine", "fix: créneaux doublés"}})
	infra := b.repo(p, repoPlan{name: "agenda-infra", infra: true, commits: 14, every: 30 * hour, last: incident + 90*time.Second, shas: map[int]string{0: "77ee02a1"},
		titles: []string{"deploy: agenda-web revient à 3f2a91bc"}})
	b.env(p, envPlan{name: "dev", id: "7d1fd0ca-c4fa-4360-9b06-39522d518208", stage: "dev", cluster: "mi-hp-1", cpu: 4, mem: 8, created: 310 * day})
	b.env(p, envPlan{name: "staging", id: "1d39212f-6c66-441c-99e6-2b32fe4d718c", stage: "staging", cluster: "mi-hp-1", cpu: 4, mem: 8, created: 280 * day})
	prod := b.env(p, envPlan{name: "prod", id: "c563e1f2-d5f9-495a-9c17-452a792f02df", stage: "prod", cluster: "mi-prod-1", cpu: 8, mem: 16, created: 220 * day})
	for _, e := range p.Environments {
		n, replicas, back := e.Namespace, 1, 0
		if e == prod {
			replicas, back = 4, 1
		}
		b.workload(n, workloadPlan{name: "agenda-api", replicas: max(1, replicas/2), repo: api, back: back, cpu: 0.75, mem: 1.5 * gib, port: 3000, style: StyleGELF, tier: "backend", part: "node", age: 6 * day})
		b.workload(n, workloadPlan{name: "agenda-web", replicas: replicas, repo: web, back: back, cpu: 0.5, mem: 0.5 * gib, port: 8080, style: StyleAccess, tier: "frontend", part: "nginx", age: 30 * hour})
		b.workload(n, workloadPlan{kind: "Cluster", name: "agenda-pg", replicas: 1, third: "cloudnative-pg/postgresql:15.8", cpu: 0.5, mem: 1 * gib, port: 5432, style: StyleJSON, tier: "db", part: "postgres", age: 40 * day})
		a := b.deployment(e, infra, 9*hour)
		if e == prod {
			n.Workloads[1].Budget = &Budget{MinAvailable: "75%"}
			b.brokenRollback(n, a, n.Workloads[1])
		}
	}
	b.replayed(p, p.OwnerID, 60*day, 33*day, 8*day, 31*hour)
	b.finish(p, true, true)
}

// brokenRollback replaces two of the four pods by pods whose image is gone.
func (b *builder) brokenRollback(n *Namespace, a *Application, x *Workload) {
	image := b.s.RegistryHost + "/agendaprefs/agenda-web:3f2a91bc"
	x.OldReplicaSets = append(x.OldReplicaSets, OldReplicaSet{Name: x.ReplicaSet, UID: x.ReplicaSetUID, Replicas: 2, CreatedAt: b.ago(30 * hour)})
	x.Containers = []ContainerSpec{x.Containers[0]}
	x.Containers[0].Image = image
	x.rollTo(b.seed, image)
	var kept []*Pod
	mine := 0
	for _, p := range n.Pods {
		if p.Workload == x {
			if mine++; mine > 2 {
				continue
			}
		}
		kept = append(kept, p)
	}
	n.Pods = kept
	message := fmt.Sprintf("Back-off pulling image %q: ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found", image, image, image, image)
	for i := range 2 {
		p := b.w.newPod(x, 2+i, b.ago(incident-time.Duration(i)*time.Second), b.place(n.Cluster))
		p.Rev = b.next()
		c := p.Containers[0]
		c.State, c.Reason, c.Message = "waiting", "ImagePullBackOff", message
		n.Pods = append(n.Pods, p)
		b.event(n, "Pod", p.Name, p.UID, "Normal", "Scheduled", "Successfully assigned "+n.Name+"/"+p.Name+" to "+p.Node, "default-scheduler", 1, incident, incident)
		b.event(n, "Pod", p.Name, p.UID, "Normal", "Pulling", `Pulling image "`+image+`"`, "kubelet", 8, incident, 4*minute)
		b.event(n, "Pod", p.Name, p.UID, "Warning", "Failed", `Failed to pull image "`+image+`": rpc error: code = NotFound desc = `+image+": not found", "kubelet", 8, incident, 4*minute)
		b.event(n, "Pod", p.Name, p.UID, "Warning", "Failed", "Error: ImagePullBackOff", "kubelet", 96, incident, 20*time.Second)
		b.event(n, "Pod", p.Name, p.UID, "Normal", "BackOff", `Back-off pulling image "`+image+`"`, "kubelet", 96, incident, 20*time.Second)
	}
	b.event(n, "Deployment", x.Name, x.UID, "Normal", "ScalingReplicaSet", "Scaled up replica set "+x.ReplicaSet+" to 2 from 0", "deployment-controller", 1, incident, incident)
	x.count()
	x.Conditions = []WorkloadCondition{
		{Type: "Available", Status: "False", Reason: "MinimumReplicasUnavailable", Message: "Deployment does not have minimum availability.", At: b.ago(incident)},
		{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded", Message: `ReplicaSet "` + x.ReplicaSet + `" has timed out progressing.`, At: b.ago(incident - 10*minute)},
	}
	a.describe(n)
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Kind == "Deployment" && r.Name == x.Name {
			r.Health, r.HealthMessage = "Degraded", `Deployment "agenda-web" exceeded its progress deadline`
		}
	}
	a.History = a.History[:len(a.History)-1] // what was deployed before the roll-back is the commit before
	b.synced(a, incident+30*time.Second, "")
	a.Sync, a.Health = "Synced", "Degraded"
}

// cartocrise: production is at 97 % of its quota, so that a pod is refused; the tile server is killed for memory.
func (b *builder) cartocrise() {
	p := b.project(projectPlan{slug: "cartocrise", id: cartoID, description: "Cartographie de crise", hprodCPU: 8, hprodMem: 24, prodCPU: 16, prodMem: 64, created: 400 * day,
		clusterIDs: []string{b.clusters["mi-dr-1"].ID}})
	tuiles := b.repo(p, repoPlan{name: "tuiles", commits: 18, every: 60 * hour, last: 4 * day, runs: 16, mirrors: 6, coverage: 88.2, outcomes: []string{outSuccess, outSuccess}, private: true})
	moteur := b.repo(p, repoPlan{name: "moteur", commits: 20, every: 44 * hour, last: 26 * hour, runs: 18, mirrors: 6, scan: Scan{High: 2, Medium: 7}, coverage: 85.9, outcomes: []string{outSuccess, outSuccess}})
	infra := b.repo(p, repoPlan{name: "infra-helm", infra: true, commits: 10, every: 60 * hour, last: 26 * hour, titles: []string{"deploy: moteur à 3 réplicas"}})
	integ := b.env(p, envPlan{name: "integ", id: "d3531c8e-9fa0-4905-8960-b306766d847b", stage: "integration", cluster: "mi-dr-1", cpu: 8, mem: 24, created: 390 * day})
	prod := b.env(p, envPlan{name: "prod", id: "1a38423d-62db-461a-a530-c1c4c9082f1c", stage: "prod", cluster: "mi-dr-1", cpu: 16, mem: 64, created: 300 * day})
	ni, np := integ.Namespace, prod.Namespace
	b.workload(ni, workloadPlan{kind: "StatefulSet", name: "tuiles", replicas: 1, repo: tuiles, cpu: 2, mem: 8 * gib, port: 8080, style: StyleJSON, tier: "backend", part: "python", age: 4 * day, pvc: &PVC{Name: "donnees-tuiles-0", Capacity: 50 * gib, Used: 21 * gib}})
	b.workload(ni, workloadPlan{name: "moteur", replicas: 1, repo: moteur, cpu: 1, mem: 4 * gib, port: 9000, style: StyleLogfmt, tier: "backend", part: "golang", age: 26 * hour})
	x := b.workload(np, workloadPlan{kind: "StatefulSet", name: "tuiles", replicas: 3, repo: tuiles, cpu: 3, mem: 14 * gib, port: 8080, style: StyleJSON, tier: "backend", part: "python", age: 4 * day, pvc: &PVC{Name: "donnees-tuiles-0", Capacity: 200 * gib, Used: 176 * gib}})
	m := b.workload(np, workloadPlan{name: "moteur", replicas: 2, repo: moteur, cpu: 3.25, mem: 10 * gib, port: 9000, style: StyleLogfmt, tier: "backend", part: "golang", age: 26 * hour})
	b.workload(np, workloadPlan{kind: "CronJob", name: "chargement-communes", schedule: "*/30 * * * *", repo: moteur, cpu: 0.25, mem: 1 * gib, style: StylePlain, tier: "backend", part: "golang", noProbes: true})
	// The killed pod.
	victim := np.Pods[1]
	c := victim.Containers[0]
	c.Restarts, c.LastReason, c.LastExitCode, c.LastFinished, c.LastStarted = 14, "OOMKilled", 137, b.ago(8*minute), b.ago(8*minute+starvation)
	c.StartedAt = b.ago(8*minute - 14*time.Second)
	b.event(np, "Pod", victim.Name, victim.UID, "Warning", "BackOff", "Back-off restarting failed container tuiles in pod "+victim.Name+"_"+np.Name+"("+victim.UID+")", "kubelet", 61, 9*hour, 8*minute)
	b.event(np, "Pod", victim.Name, victim.UID, "Normal", "Started", "Started container tuiles", "kubelet", 15, 4*day, 8*minute)
	// The refused pod.
	refused := m.ReplicaSet + "-" + suffixOf(5, b.seed, "refused")
	message := `pods "` + refused + `" is forbidden: exceeded quota: dso-quota, requested: limits.cpu=3250m,limits.memory=10Gi,requests.cpu=3250m,requests.memory=10Gi, used: limits.cpu=15500m,limits.memory=62Gi,requests.cpu=15500m,requests.memory=62Gi, limited: limits.cpu=16,limits.memory=64Gi,requests.cpu=16,requests.memory=64Gi`
	m.Replicas = 3
	m.Conditions = []WorkloadCondition{
		{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: message, At: b.ago(26 * hour)},
		{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded", Message: `ReplicaSet "` + m.ReplicaSet + `" has timed out progressing.`, At: b.ago(26*hour - 10*minute)},
	}
	b.event(np, "ReplicaSet", m.ReplicaSet, m.ReplicaSetUID, "Warning", "FailedCreate", "Error creating: "+message, "replicaset-controller", 118, 26*hour, 3*minute)
	x.count()
	b.deployment(integ, infra, 26*hour)
	a := b.deployment(prod, infra, 26*hour)
	a.Health = "Degraded"
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Name == "moteur" && r.Kind == "Deployment" {
			r.Health, r.HealthMessage = "Degraded", `Deployment "moteur" exceeded its progress deadline`
		}
	}
	b.replayed(p, p.OwnerID, 90*day, 45*day, 6*day)
	b.finish(p, true, true)
}

// habilit: an old project: a historic application shares the destination of the new one, nothing syncs, an old namespace remains.
func (b *builder) habilit() {
	p := b.project(projectPlan{slug: "habilit", id: "b3f3c9b1-1168-47b6-b178-2af9b468bad7", description: "Gestion des habilitations", hprodCPU: 4, hprodMem: 8, created: 900 * day, limitless: true})
	java := b.repo(p, repoPlan{name: "habilit-java", commits: 16, every: 9 * day, last: 12 * day, runs: 12, mirrors: 4, scan: Scan{Critical: 9, High: 41, Medium: 96, Low: 120}, coverage: 80.9, outcomes: []string{outSuccess, outSuccess}})
	infra := b.repo(p, repoPlan{name: "deploiement", infra: true, commits: 9, every: 20 * day, last: 3 * day, titles: []string{"chore: passe à 2 réplicas"}})
	dev := b.env(p, envPlan{name: "dev", id: "4302502f-f84a-42d1-aff5-8b310e0a7a5d", stage: "dev", cluster: "mi-hp-1", cpu: 4, mem: 8, manual: true, created: 280 * day})
	n := dev.Namespace
	b.workload(n, workloadPlan{name: "habilit-java", replicas: 1, repo: java, cpu: 1, mem: 3 * gib, port: 8080, style: StyleJava, tier: "backend", part: "tomcat", age: 12 * day, restartsMaxima: 1})
	a := b.deployment(dev, infra, 3*day+hour)
	b.waits(a, "devops.habilit")
	a.Resources[0].Sync = "OutOfSync"
	shared := AppCondition{Type: "SharedResourceWarning", At: b.ago(3 * day), Message: "Deployment/habilit-java is part of applications dso-argocd/habilit-dev-6293-deploiement-e374 and habilit-dev-deploiement-6293"}
	a.Conditions = []AppCondition{shared}
	old := b.app("usu", "habilit-dev-deploiement-6293", "habilit-dev-6293", map[string]string{"dso/project": "habilit", "dso/environment": "dev"})
	old.DestCluster, old.DestNamespace, old.Environment = n.Cluster.Label, n.Name, nil
	old.RepoURL, old.Path, old.TargetRevision = b.s.GitLabBase+"/habilit/deploiement.git", ".", "HEAD"
	old.Autosync, old.Prune, old.SelfHeal, old.CreatedAt = false, false, false, b.ago(600*day)
	old.Revision = infra.Git.Commits[0].SHA
	old.describe(n)
	b.synced(old, 190*day, "admin")
	old.Sync, old.Revision = "OutOfSync", a.Revision // compared with what git has now
	old.Resources[0].Sync = "OutOfSync"
	old.Conditions = []AppCondition{shared}
	// The namespace from before the current naming: only labels tell whose it is.
	legacy := b.namespace(n.Cluster, "mi-habilit-dev-6293", nil, map[string]string{"app.kubernetes.io/managed-by": "dso-console", "dso/organization": "mi", "dso/project": "habilit", "dso/environment": "dev"})
	legacy.CreatedAt = b.ago(880 * day)
	b.workload(legacy, workloadPlan{name: "habilit-java", replicas: 1, repo: java, back: 9, cpu: 0.5, mem: 2 * gib, port: 8080, style: StyleJava, tier: "backend", part: "tomcat", age: 240 * day, unlabelled: true, restartsMaxima: 6})
	legacy.Quota = &Quota{UID: uuidOf(b.seed, "quota", "mi-habilit-dev-6293"), Name: "dso-quota", Rev: b.next(), Hard: map[string]float64{"limits.cpu": 4, "requests.cpu": 4, "limits.memory": 8 * gib, "requests.memory": 8 * gib}}
	legacy.recount()
	b.log(p, "Create Environment", 280*day, 33*time.Second, p.OwnerID, map[string]string{"argocd": "Request failed with status code 409"})
	b.replayed(p, p.OwnerID, 279*day, 120*day, 30*day)
	b.finish(p, true, true)
}

// vigibat: the mirror's token expired, so that mirrors and the last provisioning failed.
func (b *builder) vigibat() {
	p := b.project(projectPlan{slug: "vigibat", id: "52cadb18-06b7-42f7-8b38-17e3d4150e50", description: "Veille des bâtiments publics", hprodCPU: 4, hprodMem: 8, created: 365 * day,
		status: "failed", provisioned: "9.20.2", tokenExpires: -2 * day})
	r := b.repo(p, repoPlan{name: "vigibat", infra: true, commits: 15, every: 50 * hour, last: 60 * hour, runs: 14, mirrors: 8, scan: Scan{High: 4, Medium: 10}, coverage: 83.3, outcomes: []string{outSuccess, outSuccess}})
	for i := range 9 {
		b.pushMirror(p, "vigibat", []string{"trigger", "trigger", "api"}[i%3], b.ago(44*hour-time.Duration(i)*5*hour), 13*time.Second, "failed", "script_failure")
	}
	dev := b.env(p, envPlan{name: "dev", id: "2ff5ad69-1473-4dc2-8f8c-4445a3914cd9", stage: "dev", cluster: "ovh-hp-1", cpu: 4, mem: 8, created: 350 * day})
	b.workload(dev.Namespace, workloadPlan{name: "vigibat", replicas: 2, repo: r, cpu: 0.5, mem: 1 * gib, port: 8000, style: StyleLogfmt, tier: "backend", part: "python", age: 60 * hour}).
		Autoscaler = &Autoscaler{Min: 2, Max: 4, Wanted: 2}
	b.deployment(dev, r, 60*hour)
	b.replayed(p, p.OwnerID, 100*day, 50*day, 20*day)
	b.log(p, "Update Project", 41*hour, 9400*time.Millisecond, p.OwnerID, map[string]string{"gitlab": "Mirror token invalid"})
	p.UpdatedAt = b.ago(41 * hour)
	b.finish(p, true, true)
	for _, a := range b.s.Applications {
		if a.Environment == dev && a.Labels["dso/type"] != "app" {
			b.synced(a, 20*day, "")
		}
	}
}

// testform: the training walk-through of the Service Team, on its way: the mirror runs, the gate is red, the pod starts.
func (b *builder) testform() {
	p := b.project(projectPlan{slug: "testform", id: testformID, description: "Parcours de formation", hprodCPU: 4, hprodMem: 8, created: 5 * day})
	app := b.repo(p, repoPlan{name: "app-java", commits: 4, every: 9 * hour, last: 2 * hour, runs: 3, mirrors: 2, scan: Scan{Critical: 1, High: 8, Medium: 17, Low: 12}, gate: "ERROR", coverage: 41.0,
		outcomes: []string{outSuccess, outSuccess, outSuccess}, titles: []string{"feat: premier écran"}})
	infra := b.repo(p, repoPlan{name: "demo-java-infra", infra: true, external: "-", commits: 3, every: 8 * hour, last: 70 * minute, titles: []string{"feat: sondes et étiquettes"}})
	demo := b.env(p, envPlan{name: "demo", id: "84a5c03e-dfd0-4e69-8f8b-57381dd1f1dc", stage: "dev", cluster: "formation-app", cpu: 4, mem: 8, created: 4 * day})
	x := b.workload(demo.Namespace, workloadPlan{name: "java-demo", replicas: 1, repo: app, cpu: 0.5, mem: 0.75 * gib, port: 8080, style: StyleJava, tier: "backend", part: "java", age: 40 * time.Second, created: 4 * day})
	pod := demo.Namespace.Pods[0]
	pod.run(b.ago(25*time.Second), false)
	b.event(demo.Namespace, "Pod", pod.Name, pod.UID, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "kubelet", 2, 15*time.Second, 5*time.Second)
	x.count()
	a := b.deployment(demo, infra, 45*time.Second)
	a.Health = "Progressing"
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Kind == "Deployment" {
			r.Health, r.HealthMessage = "Progressing", "Waiting for rollout to finish: 0 of 1 updated replicas are available..."
		}
	}
	b.pushMirror(p, "app-java", "api", b.ago(6*time.Second), 0, "running", "")
	b.log(p, "Create Repository", 4*day+20*hour, 8*time.Second, p.OwnerID, nil)
	b.log(p, "Create Environment", 4*day, 19*time.Second, p.OwnerID, nil)
	b.log(p, "Sync Repository", 6*time.Second, 700*time.Millisecond, p.Members[0].UserID, nil)
	b.finish(p, true, true)
}

// portail: the green row.
func (b *builder) portail() {
	p := b.project(projectPlan{slug: "portail", id: "7c1e4f2a-90d3-4b58-a6c4-2f8b6d0e9135", description: "Portail des services aux agents", hprodCPU: 6, hprodMem: 12, prodCPU: 8, prodMem: 16, created: 260 * day})
	web := b.repo(p, repoPlan{name: "web", commits: 20, every: 30 * hour, last: 3 * hour, runs: 18, mirrors: 6, scan: Scan{Medium: 4, Low: 11}, signed: true, coverage: 91.7, outcomes: []string{outSuccess, outSuccess, outSuccess, outSuccess}})
	infra := b.repo(p, repoPlan{name: "infra", infra: true, commits: 8, every: 60 * hour, last: 2 * hour})
	for i, e := range []envPlan{
		{name: "dev", id: "0d5e1c77-3b5f-4a0e-9d42-61c8f0a7b3e4", stage: "dev", cluster: "ovh-hp-1", cpu: 2, mem: 4, created: 250 * day},
		{name: "staging", id: "f2a8b9d6-57c1-4e3a-8b90-d4e67a1c5f02", stage: "staging", cluster: "ovh-hp-1", cpu: 2, mem: 4, created: 220 * day},
		{name: "prod", id: "93b7ce10-6e84-4f19-b5ad-08d2c3f4a671", stage: "prod", cluster: "ovh-prod-1", cpu: 4, mem: 8, created: 180 * day},
	} {
		env := b.env(p, e)
		x := b.workload(env.Namespace, workloadPlan{name: "web", replicas: 1 + i/2, repo: web, cpu: 0.5, mem: 1 * gib, port: 8080, style: StyleJSON, tier: "frontend", part: "node", age: 2 * hour})
		if e.stage == "prod" {
			x.Autoscaler, x.Budget = &Autoscaler{Min: 2, Max: 6, Wanted: 2}, &Budget{MinAvailable: "2"}
		}
		b.deployment(env, infra, 2*hour)
	}
	b.replayed(p, p.OwnerID, 70*day, 20*day, 3*day, 5*hour)
	b.finish(p, true, true)
}

func (b *builder) chains() {
	ok := map[string]string{"reserve_ip": "success", "create_cert": "success", "call_exec": "success", "activate_ip": "success", "dns_request": "success"}
	ko := map[string]string{"reserve_ip": "success", "create_cert": "success", "call_exec": "success", "activate_ip": "success", "dns_request": "failed"}
	b.s.Chains = []*ServiceChain{
		{ID: uuidOf(0, "chain", "guichet"), State: "success", CommonName: "guichet.example.gouv.fr", PAI: "GUICHET-PAI", Network: "INTERNET", Location: "SIR", Env: "PROD",
			TargetAddress: "192.0.2.17", ProjectID: b.s.ProjectBySlug["guichet"].ID, CreatedAt: b.ago(140 * day), UpdatedAt: b.ago(139 * day), Flows: ok},
		{ID: uuidOf(0, "chain", "cartocrise"), State: "failed", CommonName: "cartocrise.interieur.example", PAI: "CARTO-PAI", Network: "RIE", Location: "SIL", Env: "PROD",
			TargetAddress: "198.51.100.40", ProjectID: cartoID, CreatedAt: b.ago(5 * day), UpdatedAt: b.ago(4 * day), Flows: ko},
	}
}

func (b *builder) alerts() {
	env := func(slug, name string) *Environment {
		for _, e := range b.s.ProjectBySlug[slug].Environments {
			if e.Name == name {
				return e
			}
		}
		return nil
	}
	agenda, carto := env("agendaprefs", "prod"), env("cartocrise", "prod")
	b.s.Alerts = []*Alert{
		{Name: "AgendaWebDown", State: "firing", ActiveAt: b.ago(incident - 45*time.Second), Tenant: Tenant(agendaID, true), Group: "disponibilite", For: minute,
			Expr:        `kube_deployment_status_replicas_available{namespace="` + agenda.Namespace.Name + `",deployment="agenda-web"} < 3`,
			Labels:      map[string]string{"refapp": "agendaprefs", "severity": "critical", "namespace": agenda.Namespace.Name, "tenant_id": "prod-agendaprefs", "deployment": "agenda-web"},
			Annotations: map[string]string{"summary": "agenda-web n'a plus assez de réplicas", "description": "Moins de 3 réplicas disponibles sur 4 depuis une minute.", "runbook_url": "https://documentation.cpn.example/procedures/RB-11"}},
		{Name: "CartoQuotaProche", State: "pending", ActiveAt: b.ago(6 * minute), Tenant: Tenant(cartoID, true), Group: "capacite", For: 10 * minute,
			Expr:        `kube_resourcequota{namespace="` + carto.Namespace.Name + `",type="used"} / ignoring(type) kube_resourcequota{type="hard"} > 0.95`,
			Labels:      map[string]string{"refapp": "cartocrise", "severity": "warning", "namespace": carto.Namespace.Name, "tenant_id": "prod-cartocrise"},
			Annotations: map[string]string{"summary": "Quota de cartocrise presque atteint", "description": "15,5 cœurs sur 16 et 62 Gio sur 64 sont réservés."}},
		{Name: "Argo CD App Not Synced", State: "firing", ActiveAt: b.ago(3 * day), Tenant: "prod-dso", Group: "argocd", For: 12 * hour,
			Expr:        `argocd_app_info{sync_status!="Synced"} == 1`,
			Labels:      map[string]string{"severity": "warning", "name": "habilit-dev-6293-deploiement-e374", "project": "habilit-dev-6293-app", "namespace": "dso-argocd"},
			Annotations: map[string]string{"summary": "Argo CD App Not Synced", "description": "habilit-dev-6293-deploiement-e374 n'est pas synchronisée depuis plus de 12 h."}},
	}
	silence := func(alert, by, comment string, from, to time.Time) *Silence {
		return &Silence{ID: uuidOf(b.seed, "silence", alert), CreatedBy: by, Comment: comment, StartsAt: from, EndsAt: to, Matchers: []Matcher{{Name: "alertname", Value: alert, Equal: true}}}
	}
	b.s.Silences = []*Silence{
		silence("Argo CD App Not Synced", "astreinte.sre", "habilit : synchronisation à la main voulue par l'équipe, ticket 4312", b.ago(2*day), b.now.Add(5*day)),
		silence("AgendaWebDown", "devops.agendaprefs", "montée de version de la base", b.ago(26*hour), b.ago(25*hour)),
		silence("CartoQuotaProche", "astreinte.sre", "le quota est relevé cette nuit", b.now.Add(6*hour), b.now.Add(8*hour)),
	}
}
