package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/store"
)

const (
	guichetID = "e41b66d4-13c6-4bdc-a996-431cfcb2185a"
	agendaID  = "54a76d00-b919-4776-aa9c-29a5455e5317"
	cartoID   = "251372c6-ea71-4cad-977e-6caa536142e9"
	habilitID = "b3f3c9b1-1168-47b6-b178-2af9b468bad7"
	vigibatID = "52cadb18-06b7-42f7-8b38-17e3d4150e50"
	formID    = "8edbf6d2-e590-42a7-8d9d-0e683552e13f"
	portailID = "0f5b8f60-6a53-4c3e-9d4e-0f4d2b1a7c11"
)

// stories puts the demonstration platform on the shelves: six projects with a story, and a green one.
func stories() *bed {
	b := newBed()
	b.platform()
	app := func(name string, infra bool) platform.Repository {
		return platform.Repository{ID: uuid(len(name) * 7), Name: name, Infra: infra, ExternalURL: "https://forge.example/" + name + ".git"}
	}

	integ, prod := env("f6674cdf-4c09-4967-8fee-3c11732a4852", "integ", "integration", "hp"), env("b7d30fef-2f75-46b4-a990-119943a93ec0", "prod", "prod", "prod")
	g := project{id: guichetID, slug: "guichet", envs: []platform.Environment{integ, prod}, repos: []platform.Repository{app("api", false), app("infra", true)},
		images: []platform.Image{image("api", "sha256:new0new0", 0, 3, "main", "a1b2c3d4"), image("api", "sha256:old0old0", 0, 3, "77ee02a1")},
		gates: []platform.Gate{{Key: "guichet-api-a814", Status: platform.GateError, Revision: "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334", AnalysedAt: ago(time.Hour),
			Conditions: []platform.GateCondition{{Metric: "coverage", Status: "ERROR", Comparator: "LT", Threshold: "80", Value: "41"}}}}}
	b.add(g)
	ns := platform.NamespaceName(integ.ID, guichetID)
	put(b, store.Pods, "kubernetes/ovh-hp-1", ns, pod(ns, "api", host+"guichet/api:main", "sha256:old0old0"))
	ns = platform.NamespaceName(prod.ID, guichetID)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, pod(ns, "api", host+"guichet/api:77ee02a1", "sha256:old0old0"))

	prod = env("c563e1f2-d5f9-495a-9c17-452a792f02df", "prod", "prod", "prod")
	a := project{id: agendaID, slug: "agendaprefs", envs: []platform.Environment{prod}, repos: []platform.Repository{app("agenda-web", false), app("agenda-infra", true)}, images: []platform.Image{image("agenda-web", "sha256:web0", 2, 17, "9a8b7c6d")}}
	b.add(a)
	ns = platform.NamespaceName(prod.ID, agendaID)
	degraded := deploy(a, prod, "agenda-infra")
	degraded.Health = platform.HealthDegraded
	put(b, store.Applications, "argocd/pub", agendaID, degraded)
	second := stuck(ns, "agenda-web", host+"agendaprefs/agenda-web:3f2a91bc", "ImagePullBackOff")
	second.Name += "2"
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, stuck(ns, "agenda-web", host+"agendaprefs/agenda-web:3f2a91bc", "ImagePullBackOff"), second, pod(ns, "agenda-web", host+"agendaprefs/agenda-web:9a8b7c6d", "sha256:web0"))
	put(b, store.Alerts, "alertmanager", "", platform.Alert{Name: "AgendaWebDown", State: "firing", Severity: "critical", Since: ago(3 * time.Minute), Fingerprint: "f1", Labels: map[string]string{"alertname": "AgendaWebDown", "refapp": "agendaprefs", "severity": "critical"}},
		platform.Alert{Name: "CartoQuotaProche", State: "pending", Severity: "warning", Since: ago(3 * time.Minute), Labels: map[string]string{"alertname": "CartoQuotaProche", "refapp": "cartocrise"}})
	put(b, store.Alerts, "prometheus", "", platform.Alert{Name: "AgendaWebDown", State: "firing", Severity: "critical", Since: ago(4 * time.Minute), Labels: map[string]string{"alertname": "AgendaWebDown", "refapp": "agendaprefs", "severity": "critical", "cluster": "ovh-prod-1"}})

	prod = env("1a38423d-62db-461a-a530-c1c4c9082f1c", "prod", "prod", "prod")
	prod.Request = platform.Resources{CPU: 16, Memory: 64}
	b.add(project{id: cartoID, slug: "cartocrise", envs: []platform.Environment{prod}, repos: []platform.Repository{app("tuiles", false), app("infra-helm", true)}})
	ns = platform.NamespaceName(prod.ID, cartoID)
	put(b, store.Quotas, "kubernetes/x", ns, platform.Quota{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 16, "limits.memory": 64 << 30}, Used: map[string]float64{"limits.cpu": 15.5, "limits.memory": 62 << 30}})
	killed := pod(ns, "tuiles", "quay.example/x/tuiles:1", "")
	killed.Restarts, killed.Containers[0].LastReason, killed.Containers[0].LastFinished = 3, "OOMKilled", ago(time.Hour)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, killed)
	put(b, store.Workloads, "kubernetes/ovh-prod-1", ns, platform.Workload{Kind: "Deployment", Name: "moteur", Desired: 3, Ready: 2})
	put(b, store.Events, "kubernetes/ovh-prod-1", ns, platform.Event{Kind: "ReplicaSet", Name: "moteur-6d5", Type: "Warning", Reason: "FailedCreate", Message: "exceeded quota: dso-quota", First: ago(time.Hour), Last: ago(time.Minute)})

	dev := env("4302502f-f84a-42d1-aff5-8b310e0a7a5d", "dev", "dev", "usu")
	h := project{id: habilitID, slug: "habilit", envs: []platform.Environment{dev}, repos: []platform.Repository{app("habilit-java", false), app("deploiement", true)}}
	b.add(h)
	twin := deploy(h, dev, "deploiement")
	twin.Autosync, twin.Sync = false, platform.SyncOutOfSync
	put(b, store.Applications, "argocd/pub", habilitID, twin)
	// The historic one carries no label: its source could not give it to a project.
	put(b, store.Applications, "argocd/usu", "", platform.Application{Instance: "argocd/usu", Namespace: "dso-argocd", Name: "habilit-dev-deploiement-6293", Type: platform.AppHistoric, DestNamespace: "mi-habilit-dev-6293", Sync: platform.SyncOutOfSync,
		Health: platform.HealthHealthy, Operation: platform.Operation{Phase: platform.OperationSucceeded, FinishedAt: ago(72 * time.Hour)}, Sources: []platform.AppSource{{RepoURL: "https://gitlab.cpn.example/forge-mi/projects/habilit/deploiement.git"}}})
	put(b, store.Pods, "kubernetes/mi-hp-1", "mi-habilit-dev-6293", pod("mi-habilit-dev-6293", "habilit-java", "quay.example/x/old:1", ""))

	dev = env("2ff5ad69-1473-4dc2-8f8c-4445a3914cd9", "dev", "dev", "hp")
	b.add(project{id: vigibatID, slug: "vigibat", status: platform.ProjectFailed, version: "9.20.2", envs: []platform.Environment{dev}, repos: []platform.Repository{app("vigibat", true)},
		tokens: []platform.AccessToken{{Name: "vigibat-bot", ExpiresAt: ago(48 * time.Hour)}}, pipes: []platform.Pipeline{{ID: 77, IID: 77, Repository: "mirror", MirrorOf: "vigibat", Status: "failed", CreatedAt: ago(24 * time.Hour)}},
		log: []platform.LogEntry{{Action: "Update Project", At: ago(26 * time.Hour), Failed: []string{"gitlab"}, Results: []platform.ToolResult{{Tool: "gitlab", Status: "KO", Message: "Mirror token invalid"}}}}})

	demo := env("84a5c03e-dfd0-4e69-8f8b-57381dd1f1dc", "demo", "dev", "hp")
	f := project{id: formID, slug: "testform", envs: []platform.Environment{demo}, repos: []platform.Repository{app("app-java", false), app("demo-java-infra", true)},
		gates: []platform.Gate{{Key: "testform-app-java-b197", Status: platform.GateError, AnalysedAt: ago(2 * time.Hour), Conditions: []platform.GateCondition{{Metric: "coverage", Status: "ERROR", Comparator: "LT", Threshold: "80", Value: "41"}}}}}
	b.add(f)
	going := deploy(f, demo, "demo-java-infra")
	going.Health = platform.HealthProgressing
	put(b, store.Applications, "argocd/pub", formID, going)

	prod = env("6f1d2c3b-0a9e-4d8f-8c7b-6a5948372615", "prod", "prod", "prod")
	p := project{id: portailID, slug: "portail", envs: []platform.Environment{prod}, repos: []platform.Repository{app("web", false), app("infra", true)}, images: []platform.Image{image("web", "sha256:ok", 0, 2, "11223344")},
		gates: []platform.Gate{{Key: platform.SonarKey("portail", "web"), Status: platform.GateOK, AnalysedAt: ago(time.Hour)}}, pipes: []platform.Pipeline{{ID: 1, IID: 9, Repository: "web", Ref: "main", Status: "success", CreatedAt: ago(time.Hour), SHA: "1122334455667788990011223344556677889900"}}}
	b.add(p)
	ns = platform.NamespaceName(prod.ID, portailID)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, pod(ns, "web", host+"portail/web:11223344", "sha256:ok"))
	put(b, store.Usage, "prometheus", ns, platform.Usage{Namespace: ns, CPU: 2, Memory: 4 << 30, CPUSeries: []float64{1, 2, 2}, At: ago(time.Minute)})
	return b
}

// tree writes findings as "severity id(below, below)".
func tree(list []platform.Finding) []string {
	var out []string
	for _, f := range list {
		s := f.Severity.String() + " " + f.ID
		var below []string
		for _, c := range f.Consequences {
			below = append(below, c.ID)
		}
		if below != nil {
			s += "(" + strings.Join(below, ", ") + ")"
		}
		out = append(out, s)
	}
	return out
}

func TestStories(t *testing.T) {
	b := stories()
	v := New(Options{Configured: configured()}).View(b.st.Current(), now())
	want := map[string][]string{
		"agendaprefs": {"critical tag-purged(alert-firing, app-degraded, image-pull)", "degraded image-vulnerable"},
		"vigibat":     {"critical provisioning-failed(mirror-token-expired, mirror-failing, provisioning-outdated)"},
		"cartocrise":  {"degraded out-of-memory", "degraded quota-near-full(quota-refused)"},
		"guichet":     {"degraded gate-other-revision", "warning mutable-tag"},
		"habilit":     {"warning twin-applications(app-out-of-sync, app-out-of-sync)"},
		"testform":    {"degraded gate-red", "warning app-stuck"},
		"portail":     nil,
	}
	if len(v.Projects) != len(want) {
		t.Fatalf("%d projects", len(v.Projects))
	}
	for _, r := range v.Projects {
		slug := r.Dossier.Project.Slug
		if got := tree(r.Findings); !slices.Equal(got, want[slug]) {
			t.Errorf("%s:\n got %q\nwant %q", slug, got, want[slug])
		}
	}
	if !v.Ready {
		t.Error("every source answered")
	}
	for _, c := range []struct {
		severity platform.Severity
		n        int
	}{{platform.SeverityCritical, 2}, {platform.SeverityDegraded, 3}, {platform.SeverityWarning, 1}, {platform.SeverityOK, 1}} {
		if v.Counts[c.severity] != c.n {
			t.Errorf("%d projects are %s, want %d", v.Counts[c.severity], c.severity, c.n)
		}
	}
	var order []string
	for _, r := range v.Projects {
		order = append(order, r.Dossier.Project.Slug)
	}
	// Worst first; among equals the oldest worst finding: vigibat's since 26 h before agendaprefs' since 4 min.
	if got := strings.Join(order, " "); got != "vigibat agendaprefs testform cartocrise guichet habilit portail" {
		t.Errorf("order: %s", got)
	}
}

// A project that is well says so only because everything was asked.
func TestGreenRowIsEvaluated(t *testing.T) {
	v := New(Options{Configured: configured()}).View(stories().st.Current(), now())
	r, ok := v.Project("portail")
	if !ok || r.Severity != platform.SeverityOK || len(r.NotEvaluated) != 0 {
		t.Fatalf("%v %+v", ok, r.NotEvaluated)
	}
	if byID, ok := v.Project(portailID); !ok || byID != r {
		t.Error("by id")
	}
}

func TestCells(t *testing.T) {
	v := New(Options{Configured: configured()}).View(stories().st.Current(), now())
	row := func(slug string) *Row { r, _ := v.Project(slug); return r }
	p := row("portail")
	if p.Pods.Mark != MarkKnown || p.Pods.Ready != 1 || p.Pods.Desired != 1 {
		t.Errorf("pods %+v", p.Pods)
	}
	if p.CPU.Mark != MarkKnown || p.CPU.Used != 0.25 || p.CPU.Asked != 0.25 || len(p.CPU.Series) != 3 || p.CPU.Series[0] != 0.125 || p.Memory.Used != 0.25 {
		t.Errorf("gauges %+v %+v", p.CPU, p.Memory)
	}
	if p.Images != (ImagesCell{MarkKnown, 0, 2, true, true}) {
		t.Errorf("images %+v", p.Images)
	}
	if p.Pipeline.Pipeline == nil || p.Pipeline.Of != "web" || p.Pipeline.Pipeline.IID != 9 {
		t.Errorf("pipeline %+v", p.Pipeline)
	}
	if p.Mirror.Mark != MarkKnown || p.Mirror.Pipeline != nil {
		t.Errorf("no mirror run is a known nothing: %+v", p.Mirror)
	}
	if !slices.Equal(p.Stages, []string{"prod"}) || !slices.Equal(p.Zones, []string{"pub"}) || !slices.Equal(p.Clusters, []string{"ovh-prod-1"}) || p.Owner != "proprietaire.portail@example.gouv.fr" {
		t.Errorf("%v %v %v %s", p.Stages, p.Zones, p.Clusters, p.Owner)
	}
	vb := row("vigibat")
	if vb.Console.Status != "failed" || vb.Console.Lag != findings.LagMinor || !slices.Equal(vb.Console.Tools, []string{"gitlab"}) || vb.Mirror.Of != "vigibat" {
		t.Errorf("console %+v mirror %+v", vb.Console, vb.Mirror)
	}
	ag := row("agendaprefs")
	if ag.Alerts.Firing != 1 || ag.Argo.App == nil || ag.Argo.App.Health != platform.HealthDegraded || ag.Images.Critical != 2 {
		t.Errorf("%+v %+v %+v", ag.Alerts, ag.Argo, ag.Images)
	}
	if !ag.Dossier.Alerts[0].Since.Equal(ago(4 * time.Minute)) {
		t.Errorf("of two readings of one alert the earlier time counts: %s", ag.Dossier.Alerts[0].Since)
	}
	if row("cartocrise").Alerts.Pending != 1 || row("guichet").Gate.Repository != "api" {
		t.Error("pending alert or gate")
	}
	ha := row("habilit").Dossier
	if len(ha.Environments) != 2 || !ha.Environments[1].Undeclared || ha.Environments[1].Namespace != "mi-habilit-dev-6293" || len(ha.Environments[1].Pods) != 1 || ha.Environments[1].Name != "mi-habilit-dev-6293" {
		t.Errorf("old namespace: %+v", ha.Environments)
	}
	if e, ok := v.Environment("guichet", "integ"); !ok || e.Zone.Slug != "pub" || e.Stage != "integration" {
		t.Errorf("environment: %+v", e)
	}
	if _, ok := v.Environment("guichet", "nowhere"); ok {
		t.Error("an environment that is not there")
	}
	got := v.Resolve("el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q")
	if len(got) != 1 || got[0].ProjectSlug != "guichet" || got[0].Environment != "integ" {
		t.Errorf("resolver: %+v", got)
	}
	if got := v.Resolve("11223344"); len(got) != 2 || got[0].ProjectSlug != "portail" {
		t.Errorf("resolver of a commit: %+v", got)
	}
	if got := v.Resolve("habilit-dev-deploiement-6293"); len(got) == 0 || got[0].ProjectSlug != "habilit" {
		t.Errorf("resolver of a historic application: %+v", got)
	}
}
