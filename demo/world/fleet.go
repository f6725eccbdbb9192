package world

import (
	"strconv"
	"time"
)

// target is how much a generated platform holds, the stories included.
type target struct {
	projects, environments, pods int
	pipelines, mirrors, images   int // by repository
	rareEvery                    int // a rare trouble in one of so many generated projects
	rareOnce                     bool
	quirkEvery                   int // a quirk in one of so many generated projects without trouble; 0: in none
	bothObservability            bool
}

// The words of generated slugs: what the State's services do, and about what.
var (
	deeds = []string{"suivi", "gestion", "registre", "portail", "demande", "alerte", "carte", "agenda", "annuaire", "dossier", "archive", "paie", "stock", "veille",
		"saisie", "mesure", "controle", "releve", "enquete", "guide", "recueil", "bilan"}
	things = []string{"aides", "permis", "titres", "eaux", "forets", "ecoles", "postes", "agents", "marches", "routes", "ports", "sites", "parcs", "flottes", "budgets",
		"recours", "visas", "elus", "crues", "feux", "armes", "visites", "stages", "tests", "primes", "locaux", "achats", "dons", "tutelles", "greffes",
		"scrutins", "statuts", "brevets", "cadastre", "douanes", "secours", "quais", "phares", "haies", "terres", "rives", "gares", "fonds", "traces", "plans", "noms", "cartes", "codes"}
)

// slugs returns n different slugs.
func slugs(n int) []string {
	out := make([]string, 0, n)
	for i := range n {
		// The step is prime to both lengths: neighbours in the list do not look alike.
		k := i * 383 % (len(deeds) * len(things))
		out = append(out, deeds[k%len(deeds)]+things[k/len(deeds)])
	}
	return out
}

// trouble is what may be wrong with a generated project.
type trouble int

const (
	fine trouble = iota
	troublePull
	troubleMemory
	troubleToken
	troubleGate
	troubleOutOfSync
	troubleQuota
	troubleCount
)

var styles = [...]LogStyle{StyleJSON, StyleGELF, StyleLogfmt, StyleAccess, StyleJava, StyleKlog}

// envNames are the environments of a generated project by their number, with their stages.
var envNames = [...][]struct{ name, stage string }{
	{{"dev", "dev"}, {"prod", "prod"}},
	{{"dev", "dev"}, {"staging", "staging"}, {"prod", "prod"}},
	{{"dev", "dev"}, {"integ", "integration"}, {"staging", "staging"}, {"prod", "prod"}},
	{{"dev", "dev"}, {"recette", "dev"}, {"integ", "integration"}, {"staging", "staging"}, {"prod", "prod"}},
	{{"dev", "dev"}, {"recette", "dev"}, {"integ", "integration"}, {"staging", "staging"}, {"formation", "staging"}, {"prod", "prod"}},
}

// generate fills the platform up to the target.
func (b *builder) generate(t target) {
	envs, pods := 0, 0
	for _, p := range b.s.Projects {
		envs += len(p.Environments)
		for _, e := range p.Environments {
			pods += len(e.Namespace.Pods)
		}
	}
	n, wantEnvs, wantPods := t.projects-len(b.s.Projects), t.environments-envs, t.pods-pods
	madeEnvs, madePods := 0, 0
	for i, slug := range slugs(n) {
		count := min(6, max(2, (i+1)*wantEnvs/n-madeEnvs+int(hash64(b.seed, "envs", slug)%3)-1))
		if i == n-1 {
			count = min(6, max(2, wantEnvs-madeEnvs))
		}
		madeEnvs += count
		share := madeEnvs*wantPods/wantEnvs - madePods
		madePods += b.generated(t, i, slug, count, share)
	}
}

// generated makes one project with its environments and about as many pods as asked; it returns how many.
func (b *builder) generated(t target, i int, slug string, envs, pods int) int {
	h := hash64(b.seed, "project", slug)
	kind := fine
	if h%20 == 0 { // one in twenty is in trouble
		kind = trouble(1 + i/3%int(troubleCount-1))
	}
	outdated := h>>20%9 == 0
	if rare := b.rare(t, i, kind != fine || outdated); rare != fine {
		kind = rare
	}
	perEnv := float64(pods) / float64(envs)
	cpu := max(4, float64(int(perEnv*0.6))+2)
	plan := projectPlan{slug: slug, id: uuidOf(b.seed, "projectid", slug), description: "Service " + slug, hprodCPU: cpu * float64(envs), hprodMem: 2 * cpu * float64(envs), prodCPU: cpu, prodMem: 2 * cpu,
		created: time.Duration(60+h>>8%900) * day}
	if kind == troubleToken {
		plan.status, plan.provisioned, plan.tokenExpires = "failed", "9.20.2", -3*day
	} else if outdated {
		plan.status, plan.provisioned = "created", "9.22.2" // not replayed since an older console
	}
	switch kind {
	case troubleStuck:
		b.stuck(plan)
		return 0
	case troubleCredentials:
		plan.status = "failed"
		plan.provisioned = b.s.ConsoleVersion
	}
	p := b.project(plan)
	p.Locked = kind == troubleLocked
	gate := ""
	if kind == troubleGate {
		gate = "ERROR"
	}
	last := time.Duration(1+h>>24%400) * hour
	if kind == troubleCredentials {
		last = max(last, day) // nothing arrived since the refusal
	}
	image := t.images
	back := b.repo(p, repoPlan{name: "api", commits: t.pipelines, every: 30 * hour, last: last, runs: t.pipelines, mirrors: t.mirrors, images: image, gate: gate, coverage: 80.5 + float64(h>>30%150)/10,
		scan: Scan{High: int(h >> 34 % 5), Medium: int(h >> 37 % 20), Low: int(h >> 41 % 40)}, outcomes: []string{outSuccess, outSuccess}, signed: h&4 != 0})
	front := b.repo(p, repoPlan{name: "web", commits: t.pipelines, every: 34 * hour, last: last + 5*hour, runs: t.pipelines, mirrors: t.mirrors, images: image,
		scan: Scan{Medium: int(h >> 37 % 9), Low: int(h >> 41 % 20)}, outcomes: []string{outSuccess, outSuccess}})
	infra := b.repo(p, repoPlan{name: "infra", infra: true, commits: t.pipelines, every: 40 * hour, last: last, runs: t.pipelines, outcomes: []string{outSuccess, outSuccess}})
	cluster := func(stage string) string {
		zone, n := [...]string{"ovh", "mi"}[h>>44&1], "1"
		if b.w.opts.Size == Huge && h>>45&1 == 1 {
			n = "2"
		}
		if stage == "prod" {
			return zone + "-prod-" + n
		}
		return zone + "-hp-" + n
	}
	made := 0
	for k, e := range envNames[envs-2] {
		want := (k+1)*pods/envs - made
		env := b.env(p, envPlan{name: e.name, id: uuidOf(b.seed, "env", slug, e.name), stage: e.stage, cluster: cluster(e.stage), cpu: cpu, mem: 2 * cpu, created: plan.created - day, manual: kind == troubleOutOfSync || kind == troublePath})
		if kind == troubleNoApp && k == envs-1 {
			b.forgotten(env)
			continue
		}
		made += b.fill(env, back, front, want, h)
		a := b.deployment(env, infra, last)
		if k == envs-1 {
			b.upset(kind, env, a)
			b.upsetRarely(kind, env, a)
		}
		if kind == troublePath {
			b.losePath(a, infra)
		}
	}
	b.replayed(p, p.OwnerID, plan.created/2, last+day)
	if kind == troubleToken {
		b.pushMirror(p, "api", "trigger", b.ago(5*hour), 13*time.Second, "failed", "script_failure")
		b.log(p, "Update Project", 4*hour, 9*time.Second, p.OwnerID, map[string]string{"gitlab": "Mirror token invalid"})
	}
	if kind == troubleNoApp {
		b.log(p, "Create Environment", 20*hour, 17*time.Second, p.OwnerID, nil)
	}
	if kind == troubleCredentials {
		b.refuseLogin(p, back)
	}
	b.finish(p, false, t.bothObservability)
	b.odd(kind, p)
	if kind == fine && !outdated {
		b.quirk(t, p)
	}
	return made
}

// fill puts workloads of want pods in all into an environment.
func (b *builder) fill(e *Environment, back, front *Repository, want int, h uint64) int {
	n := e.Namespace
	n.Pods = make([]*Pod, 0, want)
	cpu, mem := 0.25, 0.5*gib
	age := time.Duration(3+h>>12%200) * hour
	behind := 0
	if e.StageID == b.stages["prod"].ID {
		behind = 1
	}
	redis, pg := 0, 0
	if want >= 4 {
		redis = 1
	}
	if want >= 6 {
		pg = 2
	}
	rest := want - redis - pg
	web := rest / 2
	if rest-web > 0 {
		b.workload(n, workloadPlan{name: "api", replicas: rest - web, repo: back, back: behind, cpu: cpu, mem: mem, port: 8080, style: styles[h>>3%uint64(len(styles))], tier: "backend", part: "java", age: age, restartsMaxima: 1})
	}
	if web > 0 {
		b.workload(n, workloadPlan{name: "web", replicas: web, repo: front, back: behind, cpu: cpu, mem: mem, port: 8080, style: StyleAccess, tier: "frontend", part: "nginx", age: age})
	}
	if redis > 0 {
		b.workload(n, workloadPlan{name: "cache", replicas: 1, third: "library/redis:7.4.2", cpu: cpu, mem: mem, port: 6379, style: StylePlain, tier: "cache", part: "redis", age: 20 * day})
	}
	if pg > 0 {
		b.workload(n, workloadPlan{kind: "Cluster", name: "pg", replicas: 2, third: "cloudnative-pg/postgresql:16.4", cpu: cpu, mem: mem, port: 5432, style: StyleJSON, tier: "db", part: "postgres", age: 20 * day})
	}
	return want
}

// upset breaks the last environment of a project in one of the ways of the stories.
func (b *builder) upset(kind trouble, e *Environment, a *Application) {
	n := e.Namespace
	if len(n.Workloads) == 0 {
		return
	}
	x := n.Workloads[0]
	switch kind {
	case troublePull:
		p := n.Pods[0]
		c := p.Containers[0]
		image := withoutTag(c.Image) + ":" + hexOf(8, b.seed, "gone", n.UID)
		p.Phase, p.CreatedAt = "Pending", b.ago(50*minute)
		c.Image, c.Spec.Image, c.Digest, c.Ready, c.State, c.StartedAt = image, image, "", false, "waiting", time.Time{}
		c.Reason, c.Message = "ImagePullBackOff", `Back-off pulling image "`+image+`"`
		b.event(n, "Pod", p.Name, p.UID, "Warning", "Failed", `Failed to pull image "`+image+`": not found`, "kubelet", 12, 50*minute, 2*minute)
		b.degrade(a, x)
		b.s.Alerts = append(b.s.Alerts, b.podAlert("PodsIndisponibles", "firing", "critical", e, x, 48*minute))
	case troubleMemory:
		p := n.Pods[0]
		c := p.Containers[0]
		ago := time.Duration(hash64(b.seed, n.UID)%uint64(starvation-minute)) + 30*time.Second
		c.Restarts, c.LastReason, c.LastExitCode, c.LastFinished, c.LastStarted = 9, "OOMKilled", 137, b.ago(ago), b.ago(ago+starvation)
		c.StartedAt = b.ago(ago - 14*time.Second)
		b.s.Alerts = append(b.s.Alerts, b.podAlert("MemoireProche", "pending", "warning", e, x, 4*minute))
		b.event(n, "Pod", p.Name, p.UID, "Warning", "BackOff", "Back-off restarting failed container "+c.Spec.Name+" in pod "+p.Name, "kubelet", 9, 3*hour, ago)
	case troubleOutOfSync:
		a.Sync, a.Resources[0].Sync = "OutOfSync", "OutOfSync"
		a.ReconciledAt = b.ago(2 * minute)
	case troubleQuota:
		n.recount()
		for k, used := range n.Quota.Used {
			n.Quota.Hard[k] = used
		}
		e.CPU, e.Memory = n.Quota.Used["limits.cpu"], n.Quota.Used["limits.memory"]/gib
		x.Replicas++
		message := `pods "` + x.ReplicaSet + `-` + suffixOf(5, b.seed, n.UID) + `" is forbidden: exceeded quota: dso-quota, requested: limits.cpu=250m, used: limits.cpu=` +
			strconv.FormatFloat(e.CPU, 'f', -1, 64) + `, limited: limits.cpu=` + strconv.FormatFloat(e.CPU, 'f', -1, 64)
		x.Conditions = []WorkloadCondition{{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: message, At: b.ago(7 * hour)}}
		b.event(n, "ReplicaSet", x.ReplicaSet, x.ReplicaSetUID, "Warning", "FailedCreate", "Error creating: "+message, "replicaset-controller", 40, 7*hour, 6*minute)
		b.degrade(a, x)
	}
	x.count()
}

func (b *builder) degrade(a *Application, x *Workload) {
	a.Health = "Degraded"
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Kind == x.Kind && r.Name == x.Name {
			r.Health, r.HealthMessage = "Degraded", `Deployment "`+x.Name+`" exceeded its progress deadline`
		}
	}
}

// podAlert makes an alert of a team's own rules about a workload.
func (b *builder) podAlert(name, state, severity string, e *Environment, x *Workload, ago time.Duration) *Alert {
	prod := e.StageID == b.stages["prod"].ID
	kind := "hprod"
	if prod {
		kind = "prod"
	}
	return &Alert{Name: name, State: state, ActiveAt: b.ago(ago), Tenant: Tenant(e.Project.ID, prod), Group: "disponibilite", For: 10 * minute,
		Expr:        `kube_deployment_status_replicas_unavailable{namespace="` + e.Namespace.Name + `",deployment="` + x.Name + `"} > 0`,
		Labels:      map[string]string{"refapp": e.Project.Slug, "severity": severity, "namespace": e.Namespace.Name, "tenant_id": kind + "-" + e.Project.Slug, "deployment": x.Name},
		Annotations: map[string]string{"summary": x.Name + " : " + name}}
}
