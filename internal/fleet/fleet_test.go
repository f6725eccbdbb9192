package fleet

import (
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

func TestEmpty(t *testing.T) {
	v := New(Options{Configured: configured()}).View(newBed().st.Current(), now())
	if v == nil || v.Ready || len(v.Projects) != 0 {
		t.Fatalf("%+v", v)
	}
	if _, ok := v.Project("x"); ok {
		t.Fatal("no project")
	}
	if got := v.Resolve("el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q"); len(got) != 1 {
		t.Fatalf("names are read even when nothing is known: %+v", got)
	}
}

// The same snapshot gives the same view; a changed pod moves its project only.
func TestMemory(t *testing.T) {
	b := stories()
	f := New(Options{Configured: configured()})
	v1 := f.View(b.st.Current(), now())
	if v2 := f.View(b.st.Current(), now()); v2 != v1 {
		t.Fatal("nothing moved: the same view")
	}
	rev := func(v *View, slug string) uint64 { r, _ := v.Project(slug); return r.Rev }
	ns := platform.NamespaceName("6f1d2c3b-0a9e-4d8f-8c7b-6a5948372615", portailID)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, stuck(ns, "web", host+"portail/web:11223344", "ImagePullBackOff"))
	v2 := f.View(b.st.Current(), now())
	if v2 == v1 || v2.Version == v1.Version {
		t.Fatal("a pod changed: another view")
	}
	if rev(v2, "portail") == rev(v1, "portail") {
		t.Error("the project of the pod must move")
	}
	if r, _ := v2.Project("portail"); !slices.Equal(tree(r.Findings), []string{"critical image-pull"}) {
		t.Errorf("%q", tree(r.Findings))
	}
	for _, slug := range []string{"guichet", "agendaprefs", "cartocrise", "habilit", "vigibat", "testform"} {
		a, _ := v1.Project(slug)
		z, _ := v2.Project(slug)
		if a != z {
			t.Errorf("%s did not change, yet its row is another", slug)
		}
	}
	// A source's counters move the sources, no project.
	h := platform.SourceHealth{Name: "harbor", Kind: "harbor", State: platform.StateLive, LastSuccess: ago(time.Minute), Calls: 99}
	put(b, store.Health, "harbor", "", h)
	v3 := f.View(b.st.Current(), now())
	if v3.Version == v2.Version || rev(v3, "portail") != rev(v2, "portail") {
		t.Error("counters: the view moves, its rows do not")
	}
	i := slices.IndexFunc(v3.Sources, func(h platform.SourceHealth) bool { return h.Name == "harbor" })
	if v3.Sources[i].Calls != 99 {
		t.Error("counters are shown")
	}
	// What is older than what was seen does not come back.
	old := b.st.Current()
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, pod(ns, "web", host+"portail/web:11223344", "sha256:ok"))
	v4 := f.View(b.st.Current(), now())
	if f.View(old, now()) != v4 {
		t.Error("an older snapshot must give the newer view")
	}
	if r, _ := v4.Project("portail"); len(r.Findings) != 0 {
		t.Errorf("it recovered: %q", tree(r.Findings))
	}
}

// The index of names outlives a changed pod, and follows a new commit or project.
func TestNamesFollow(t *testing.T) {
	b := stories()
	f := New(Options{Configured: configured()})
	v1 := f.View(b.st.Current(), now())
	ns := platform.NamespaceName("6f1d2c3b-0a9e-4d8f-8c7b-6a5948372615", portailID)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, []platform.Pod{}...)
	v2 := f.View(b.st.Current(), now())
	if v1 == v2 || v1.names != v2.names {
		t.Error("a pod has no name of its own in the index: it must be kept")
	}
	if got := v2.Resolve("deadbeef00"); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
	put(b, store.Pipelines, "gitlab", portailID, platform.Pipeline{ID: 2, IID: 10, Repository: "web", Ref: "main", Status: "success", SHA: "deadbeef00112233445566778899001122334455", CreatedAt: ago(time.Minute)})
	if got := f.View(b.st.Current(), now()).Resolve("deadbeef00"); len(got) != 1 || got[0].ProjectSlug != "portail" || got[0].Detail != "#10" {
		t.Errorf("a new commit: %+v", got)
	}
	b.add(project{id: uuid(9), slug: "nouveau"})
	if got := f.View(b.st.Current(), now()).Resolve("nouveau"); len(got) != 1 {
		t.Errorf("a new project: %+v", got)
	}
}

// Facts that reach the fleet one by one, in any order, end in the same judgement as all at once.
func TestIncremental(t *testing.T) {
	whole := stories()
	all := New(Options{Configured: configured()}).View(whole.st.Current(), now())
	b := stories()
	f := New(Options{Configured: configured()})
	f.View(newBed().st.Current(), now())
	f.View(b.st.Current(), now())
	// The old namespace is claimed by an application only: its pods must still reach their project afterwards.
	put(b, store.Pods, "kubernetes/mi-hp-1", "mi-habilit-dev-6293", stuck("mi-habilit-dev-6293", "habilit-java", "quay.example/x/old:1", "CrashLoopBackOff"))
	v := f.View(b.st.Current(), now())
	if r, _ := v.Project("habilit"); !slices.Contains(tree(r.Findings), "critical crash-loop") && !slices.Contains(tree(r.Findings), "degraded crash-loop") {
		t.Errorf("a pod of the old namespace: %q", tree(r.Findings))
	}
	for _, r := range all.Projects {
		if r.Dossier.Project.Slug == "habilit" {
			continue
		}
		mine, _ := v.Project(r.Dossier.Project.Slug)
		if !slices.Equal(tree(mine.Findings), tree(r.Findings)) {
			t.Errorf("%s: %q, want %q", r.Dossier.Project.Slug, tree(mine.Findings), tree(r.Findings))
		}
	}
}

// Time alone changes a judgement when a delay runs out.
func TestTimePasses(t *testing.T) {
	b := stories()
	f := New(Options{Configured: configured()})
	p := project{id: uuid(1), slug: "lent", envs: []platform.Environment{env(uuid(2), "prod", "prod", "prod")}, repos: []platform.Repository{{Name: "infra", Infra: true}}}
	b.add(p)
	drift := deploy(p, p.envs[0], "infra")
	drift.Sync, drift.Operation.FinishedAt = platform.SyncOutOfSync, ago(11*time.Hour+59*time.Minute)
	put(b, store.Applications, "argocd/pub", p.id, drift)
	put(b, store.Pods, "kubernetes/ovh-prod-1", drift.DestNamespace, []platform.Pod{}...)
	v1 := f.View(b.st.Current(), now())
	if r, _ := v1.Project("lent"); len(r.Findings) != 0 {
		t.Fatalf("%q", tree(r.Findings))
	}
	v2 := f.View(b.st.Current(), now().Add(61*time.Second))
	if r, _ := v2.Project("lent"); !slices.Equal(tree(r.Findings), []string{"degraded app-out-of-sync"}) {
		t.Fatalf("%q", tree(r.Findings))
	}
	if v2.Version == v1.Version {
		t.Fatal("the view must move")
	}
	r1, _ := v1.Project("guichet")
	r2, _ := v2.Project("guichet")
	if r1.Rev != r2.Rev {
		t.Error("nothing of guichet moved")
	}
}

// Why a value is not known: four different reasons.
func TestMarks(t *testing.T) {
	conf := configured()
	delete(conf, "sonarqube")
	b := newBed()
	b.platform()
	b.st.Apply(func(tx *store.Tx) { store.Health.Drop(tx, "sonarqube", "") })
	p := project{id: uuid(1), slug: "neuf", envs: []platform.Environment{env(uuid(2), "prod", "prod", "prod")}, repos: []platform.Repository{{Name: "infra", Infra: true}}}
	b.add(p)
	b.st.Apply(func(tx *store.Tx) {
		store.Gates.Drop(tx, "sonarqube", p.id)
		store.Images.Drop(tx, "harbor", p.id)
		store.Tokens.Drop(tx, "gitlab", p.id)
		store.Pipelines.Drop(tx, "gitlab", p.id)
		store.Forge.Drop(tx, "gitlab", p.id)
	})
	b.health("harbor", "harbor", platform.StateForbidden)
	put(b, store.Health, "gitlab", "", platform.SourceHealth{Name: "gitlab", Kind: "gitlab", State: platform.StateLive, LastSuccess: ago(time.Minute), Problems: []platform.Problem{{Part: "group access tokens", State: platform.StateForbidden}}, Without: []platform.Family{platform.FamForge}})
	b.health("loki", "loki", platform.StateUnreachable)
	v := New(Options{Configured: conf}).View(b.st.Current(), now())
	r, _ := v.Project("neuf")
	if r.Gate.Mark != MarkNotConfigured || r.Images.Mark != MarkForbidden || r.Pipeline.Mark != MarkLoading {
		t.Errorf("gate %d images %d pipeline %d", r.Gate.Mark, r.Images.Mark, r.Pipeline.Mark)
	}
	if got := r.Dossier.Known[platform.FamTokens].State; got != platform.StateForbidden {
		t.Errorf("tokens: the part's own state, got %s", got)
	}
	if got := r.Dossier.Known[platform.FamForge].State; got != platform.StateNotConfigured {
		t.Errorf("forge: nobody said where it is, got %s", got)
	}
	if got := r.Dossier.Known[platform.FamLogErrors].State; got != platform.StateUnreachable {
		t.Errorf("log: %s", got)
	}
	if r.Pods.Mark != MarkKnown || r.Pods.Desired != 0 {
		t.Errorf("Kubernetes answered and has no pod there: a known nothing, got %+v", r.Pods)
	}
	if !math.IsNaN(r.CPU.Used) || r.CPU.Asked != 0.25 || r.CPU.Value() != 0.25 {
		t.Errorf("cpu %+v", r.CPU)
	}
	for id, want := range map[string]platform.State{"gate-red": platform.StateNotConfigured, "mutable-tag": platform.StateForbidden, "mirror-token-expired": platform.StateForbidden, "pipeline-failed": platform.StateStarting} {
		i := slices.IndexFunc(r.NotEvaluated, func(n NotEvaluated) bool { return n.RuleID == id })
		if i < 0 || r.NotEvaluated[i].Reason != want {
			t.Errorf("%s: %+v, want %s", id, r.NotEvaluated, want)
		}
	}
}

// An environment on a cluster that no source covers is unknown, not empty.
func TestUncoveredCluster(t *testing.T) {
	b := newBed()
	b.platform()
	b.st.Apply(func(tx *store.Tx) { store.Health.Drop(tx, "kubernetes/mi-hp-1", "") })
	p := project{id: uuid(1), slug: "ailleurs", envs: []platform.Environment{env(uuid(2), "dev", "dev", "usu"), env(uuid(3), "prod", "prod", "prod")}}
	b.add(p)
	v := New(Options{Configured: configured()}).View(b.st.Current(), now())
	dev, _ := v.Environment("ailleurs", "dev")
	prod, _ := v.Environment("ailleurs", "prod")
	if dev.Has(platform.FamPods) || !prod.Has(platform.FamPods) {
		t.Errorf("dev %+v prod %+v", dev.Known[platform.FamPods], prod.Known[platform.FamPods])
	}
	if r, _ := v.Project("ailleurs"); !r.Pods.Partial {
		t.Errorf("%+v", r.Pods)
	}
}

func TestRichestReading(t *testing.T) {
	b := newBed()
	b.platform()
	p := project{id: uuid(1), slug: "deux", envs: []platform.Environment{env(uuid(2), "prod", "prod", "prod")}}
	b.add(p)
	ns := platform.NamespaceName(uuid(2), uuid(1))
	tree := pod(ns, "from-tree", "x", "")
	tree.FromTree = true
	put(b, store.Pods, "argocd/pub", ns, tree)
	put(b, store.Pods, "kubernetes/ovh-prod-1", ns, pod(ns, "from-kube", "x", ""), pod(ns, "from-kube2", "x", ""))
	f := New(Options{Configured: configured()})
	e, _ := f.View(b.st.Current(), now()).Environment("deux", "prod")
	if len(e.Pods) != 2 || e.Pods[0].WorkloadName != "from-kube" || e.Known[platform.FamPods].Source != "kubernetes/ovh-prod-1" {
		t.Fatalf("%+v", e.Pods)
	}
	b.health("kubernetes/ovh-prod-1", "kubernetes", platform.StateUnreachable)
	e, _ = f.View(b.st.Current(), now()).Environment("deux", "prod")
	if len(e.Pods) != 1 || !e.Pods[0].FromTree {
		t.Fatalf("a reading that lives beats a richer one that does not: %+v", e.Pods)
	}
}

func TestDerivedProjects(t *testing.T) {
	conf := configured()
	delete(conf, "console")
	b := newBed()
	b.health("argocd/pub", "argocd", platform.StateLive)
	b.health("kubernetes", "kubernetes", platform.StateLive)
	p := project{id: guichetID, slug: "guichet"}
	e := platform.Environment{ID: "b7d30fef-2f75-46b4-a990-119943a93ec0", Name: "prod"}
	put(b, store.Applications, "argocd/pub", guichetID, deploy(p, e, "infra"))
	ns := platform.NamespaceName(e.ID, guichetID)
	put(b, store.Pods, "kubernetes", ns, stuck(ns, "api", "quay.example/x:1", "ImagePullBackOff"))
	put(b, store.Namespaces, "kubernetes", "mi-habilit-dev-6293", platform.Namespace{Name: "mi-habilit-dev-6293", ProjectID: habilitID, ProjectSlug: "habilit", EnvironmentName: "dev"})
	put(b, store.Pipelines, "gitlab", "slug:guichet", platform.Pipeline{ID: 1, Repository: "api", Status: "success", CreatedAt: ago(time.Hour)})
	put(b, store.GitRepos, "gitlab", "slug:guichet", platform.GitRepository{Name: "api"}, platform.GitRepository{Name: "mirror"})
	f := New(Options{Configured: conf})
	v := f.View(b.st.Current(), now())
	if len(v.Projects) != 2 {
		t.Fatalf("%d projects", len(v.Projects))
	}
	r, ok := v.Project("guichet")
	if !ok || !r.Dossier.Project.Derived || len(r.Dossier.Environments) != 1 || r.Dossier.Environments[0].Name != "prod" || r.Dossier.Environments[0].Undeclared {
		t.Fatalf("%+v", r.Dossier.Environments)
	}
	if got := tree(r.Findings); !slices.Equal(got, []string{"critical image-pull"}) {
		t.Errorf("the name of a derived environment tells its stage: %q", got)
	}
	if len(r.Dossier.Repositories) != 1 || len(r.Dossier.Repositories[0].Pipelines) != 1 {
		t.Errorf("what GitLab keeps under the slug: %+v", r.Dossier.Repositories)
	}
	if _, ok := v.Project("habilit"); !ok {
		t.Error("a project known by the label of one namespace")
	}
	// The namespace goes: so does the project.
	b.st.Apply(func(tx *store.Tx) { store.Namespaces.Drop(tx, "kubernetes", "mi-habilit-dev-6293") })
	if _, ok := f.View(b.st.Current(), now()).Project("habilit"); ok {
		t.Error("its only namespace is gone")
	}
	// With a console, what it does not list is not shown.
	f2 := New(Options{Configured: configured()})
	b.health("console", "console", platform.StateLive)
	put(b, store.Projects, "console", guichetID, platform.Project{ID: guichetID, Slug: "guichet"})
	if v := f2.View(b.st.Current(), now()); len(v.Projects) != 1 || v.Projects[0].Dossier.Project.Derived {
		t.Errorf("%+v", v.Projects)
	}
	// A console that never answered and cannot: labels stand in until it does.
	b3 := newBed()
	b3.health("console", "console", platform.StateStarting)
	put(b3, store.Applications, "argocd/pub", guichetID, deploy(p, e, "infra"))
	f3 := New(Options{Configured: configured()})
	if v := f3.View(b3.st.Current(), now()); len(v.Projects) != 0 {
		t.Error("the console is still starting")
	}
	b3.health("console", "console", platform.StateUnreachable)
	if v := f3.View(b3.st.Current(), now()); len(v.Projects) != 1 {
		t.Error("the console cannot be reached")
	}
	b3.health("console", "console", platform.StateLive)
	put(b3, store.Projects, "console", habilitID, platform.Project{ID: habilitID, Slug: "habilit"})
	if v := f3.View(b3.st.Current(), now()); len(v.Projects) != 1 || v.Projects[0].Dossier.Project.Slug != "habilit" {
		t.Errorf("the console answers now: %+v", v.Projects)
	}
}

func TestProjectGoes(t *testing.T) {
	b := stories()
	f := New(Options{Configured: configured()})
	f.View(b.st.Current(), now())
	b.st.Apply(func(tx *store.Tx) { store.Projects.Drop(tx, "console", portailID) })
	v := f.View(b.st.Current(), now())
	if _, ok := v.Project("portail"); ok || len(v.Projects) != 6 {
		t.Fatal("a project that the console dropped must go")
	}
	if b.health("harbor", "harbor", platform.StateStarting); f.View(b.st.Current(), now()).Ready {
		t.Error("a source at its first attempt: not ready")
	}
}

// A silence that only one of the two systems knows counts.
func TestAlertJoin(t *testing.T) {
	labels := map[string]string{"alertname": "Down", "refapp": "guichet"}
	got := joinAlerts([]store.Shelf[platform.Alert]{
		{Source: "prometheus", Items: []platform.Alert{{Name: "Down", State: "firing", Labels: labels, Since: ago(2 * time.Hour), Summary: "it is down"}}},
		{Source: "alertmanager", Items: []platform.Alert{{Name: "Down", State: "firing", Labels: map[string]string{"alertname": "Down", "refapp": "guichet", "cluster": "x"}, Since: ago(time.Hour), Fingerprint: "f", Silenced: true},
			{Name: "Down", State: "firing", Labels: map[string]string{"alertname": "Down", "refapp": "vigibat"}}}},
	})
	if len(got) != 2 || !got[0].Silenced || !got[0].Since.Equal(ago(2*time.Hour)) || got[0].Summary != "it is down" || got[0].Firing() {
		t.Fatalf("%+v", got)
	}
}

func TestSeries(t *testing.T) {
	nan := math.NaN()
	got := addSeries(addSeries(nil, []float64{1, nan, nan}), []float64{1, 1, 1, nan})
	if len(got) != 4 || got[0] != 1 || got[1] != 2 || got[2] != 1 || !math.IsNaN(got[3]) {
		t.Fatal(got)
	}
}

func TestConcurrentViews(t *testing.T) {
	b := stories()
	f := New(Options{Configured: configured()})
	ns := platform.NamespaceName("6f1d2c3b-0a9e-4d8f-8c7b-6a5948372615", portailID)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for k := range 50 {
				if i == 0 {
					p := pod(ns, "web", host+"portail/web:11223344", "sha256:ok")
					p.Restarts = k
					put(b, store.Pods, "kubernetes/ovh-prod-1", ns, p)
				}
				v := f.View(b.st.Current(), now())
				if _, ok := v.Project("portail"); !ok {
					t.Error("portail is gone")
				}
				v.Resolve("portail")
			}
		})
	}
	group.Wait()
}
