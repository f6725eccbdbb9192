package platform

import (
	"fmt"
	"testing"
)

func demoIndex() *Index {
	x := NewIndex()
	for slug, p := range demoProjects() {
		x.AddProject(p[0], slug)
	}
	for _, e := range demoEnvironments() {
		x.AddEnvironment(demoProjects()[e.slug][0], e.id, e.name, e.namespace)
	}
	habilit := demoProjects()["habilit"][0]
	x.AddEnvironment(habilit, "", "dev", "mi-habilit-dev-6293")
	x.AddRepository(demoProjects()["guichet"][0], "11111111-2222-4333-8444-555555555555", "api")
	x.AddApplication(Application{Name: "habilit-dev-deploiement-6293", Type: AppHistoric, RepositoryName: "deploiement", DestNamespace: "mi-habilit-dev-6293"}, habilit, "habilit", "dev")
	guichet := demoProjects()["guichet"][0]
	x.AddCommit(ResolvedCommit, "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334", guichet, "guichet", "api", "#812")
	x.AddCommit(ResolvedImage, "a1b2c3d4", guichet, "guichet", "api", "api:a1b2c3d4")
	x.AddCommit(ResolvedCommit, "a1b2c3ffe5f60718293a4b5c6d7e8f9001122334", guichet, "guichet", "front", "#9")
	x.AddCommit(ResolvedImage, "latest", guichet, "guichet", "api", "api:latest")
	x.Sort()
	return x
}

func TestResolveKnown(t *testing.T) {
	x := demoIndex()
	p := demoProjects()
	for _, c := range []struct {
		text string
		want Resolution
	}{
		{"el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q", Resolution{Kind: ResolvedNamespace, ProjectID: p["guichet"][0], ProjectSlug: "guichet", EnvironmentID: "f6674cdf-4c09-4967-8fee-3c11732a4852",
			Environment: "integ", Namespace: "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q", Confidence: Exact}},
		{"  mi-habilit-dev-6293\n", Resolution{Kind: ResolvedNamespace, ProjectID: p["habilit"][0], ProjectSlug: "habilit", EnvironmentID: "4302502f-f84a-42d1-aff5-8b310e0a7a5d", Environment: "dev", Namespace: "mi-habilit-dev-6293", Confidence: Exact}},
		{"cartocrise-prod-c626-infra-helm-0fc7", Resolution{Kind: ResolvedApplication, ProjectID: p["cartocrise"][0], ProjectSlug: "cartocrise", EnvironmentID: "1a38423d-62db-461a-a530-c1c4c9082f1c", Environment: "prod", Repository: "infra-helm",
			Namespace: "1jvqv25umehmp4i2yxlc47lzw--270pbk39qcmktis1qz8dbrrhl", Detail: "app", Confidence: Exact}},
		{"guichet-ovh-prod-1-prod-root", Resolution{Kind: ResolvedApplication, ProjectID: p["guichet"][0], ProjectSlug: "guichet", EnvironmentID: "b7d30fef-2f75-46b4-a990-119943a93ec0", Environment: "prod",
			Namespace: "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q", Detail: "root", Confidence: Exact}},
		{"hprod-guichet-observability", Resolution{Kind: ResolvedApplication, ProjectID: p["guichet"][0], ProjectSlug: "guichet", Detail: "observability", Confidence: Exact}},
		{"habilit-dev-deploiement-6293", Resolution{Kind: ResolvedApplication, ProjectID: p["habilit"][0], ProjectSlug: "habilit", EnvironmentID: "4302502f-f84a-42d1-aff5-8b310e0a7a5d", Environment: "dev", Repository: "deploiement", Namespace: "mi-habilit-dev-6293", Detail: "historic", Confidence: Exact}},
		{"guichet-api-a814", Resolution{Kind: ResolvedSonar, ProjectID: p["guichet"][0], ProjectSlug: "guichet", Repository: "api", Detail: "guichet-api-a814", Confidence: Exact}},
		{"prod-50f6wmbx64p5v3h1vrfna52qf", Resolution{Kind: ResolvedTenant, ProjectID: p["agendaprefs"][0], ProjectSlug: "agendaprefs", Detail: "prod", Confidence: Exact}},
		{"hprod-agendaprefs", Resolution{Kind: ResolvedTenant, ProjectID: p["agendaprefs"][0], ProjectSlug: "agendaprefs", Detail: "hprod", Confidence: Exact}},
		{"52CADB18-06b7-42f7-8b38-17e3d4150e50", Resolution{Kind: ResolvedProject, ProjectID: p["vigibat"][0], ProjectSlug: "vigibat", Confidence: Exact}},
		{"2ff5ad69-1473-4dc2-8f8c-4445a3914cd9", Resolution{Kind: ResolvedEnvironment, ProjectID: p["vigibat"][0], ProjectSlug: "vigibat", EnvironmentID: "2ff5ad69-1473-4dc2-8f8c-4445a3914cd9", Environment: "dev",
			Namespace: "2u7rqd4hw7rmmyl8jui9ivqah--4wgcvxzdbszgjswvbyflfauz4", Confidence: Exact}},
		{"11111111-2222-4333-8444-555555555555", Resolution{Kind: ResolvedRepository, ProjectID: p["guichet"][0], ProjectSlug: "guichet", Repository: "api", Confidence: Exact}},
		{"testform", Resolution{Kind: ResolvedProject, ProjectID: p["testform"][0], ProjectSlug: "testform", Confidence: Exact}},
		{"a1b2c3d4e5", Resolution{Kind: ResolvedCommit, ProjectID: p["guichet"][0], ProjectSlug: "guichet", Repository: "api", Detail: "#812", Confidence: Exact}},
		{"harbor.cpn.example/guichet/api:a1b2c3d4", Resolution{Kind: ResolvedImage, ProjectID: p["guichet"][0], ProjectSlug: "guichet", Repository: "api", Detail: "a1b2c3d4", Confidence: Exact}},
	} {
		got := Resolve(c.text, x)
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("Resolve(%q) =\n  %+v, want first\n  %+v", c.text, got, c.want)
		}
	}
}

func TestResolveEveryDemoName(t *testing.T) {
	x := demoIndex()
	for _, e := range demoEnvironments() {
		for _, text := range []string{e.namespace, e.id, InfraApp(e.slug, e.name), AppProject(e.slug, e.name), RootApp(e.slug, "mi-hp-1", e.name), DeployApp(e.slug, e.name, "infra", "https://gitlab.cpn.example/x.git")} {
			got := Resolve(text, x)
			if len(got) == 0 || got[0].ProjectSlug != e.slug || got[0].Environment != e.name || got[0].Namespace != e.namespace || got[0].Confidence != Exact {
				t.Errorf("Resolve(%q) = %+v, want %s/%s", text, got, e.slug, e.name)
			}
		}
	}
}

func TestResolveCommits(t *testing.T) {
	x := demoIndex()
	for text, want := range map[string]int{
		"a1b2c3d4": 2, "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334": 2, "A1B2C3FF": 1, "a1b2c3d": 2, "a1b2c3": 0, "0000000": 0,
	} {
		if got := Resolve(text, x); len(got) != want {
			t.Errorf("Resolve(%q) = %+v, want %d readings", text, got, want)
		}
	}
}

func TestResolveUnknown(t *testing.T) {
	// Without knowledge, names that carry ids are still read.
	got := Resolve("el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q", nil)
	want := Resolution{Kind: ResolvedNamespace, ProjectID: "e41b66d4-13c6-4bdc-a996-431cfcb2185a", EnvironmentID: "f6674cdf-4c09-4967-8fee-3c11732a4852", Namespace: "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q", Confidence: Exact}
	if len(got) != 1 || got[0] != want {
		t.Errorf("offline namespace: %+v", got)
	}
	if got := Resolve("prod-50f6wmbx64p5v3h1vrfna52qf", nil); len(got) != 1 || got[0].ProjectID != "54a76d00-b919-4776-aa9c-29a5455e5317" || got[0].Detail != "prod" {
		t.Errorf("offline tenant: %+v", got)
	}
	if got := Resolve("guichet-prod-c626-infra-5efa", nil); len(got) != 1 || got[0].ProjectSlug != "guichet" || got[0].Environment != "prod" || got[0].Confidence != Probable {
		t.Errorf("offline application: %+v", got)
	}
	if got := Resolve("mi-tcnp-dev-6293", nil); len(got) == 0 || got[len(got)-1].Kind != ResolvedNamespace && got[0].Kind != ResolvedNamespace {
		t.Errorf("offline old namespace: %+v", got)
	}
	for _, text := range []string{"", "   ", "nothing", "kube-system", "x/y/z"} {
		if got := Resolve(text, demoIndex()); len(got) != 0 {
			t.Errorf("Resolve(%q) = %+v, want nothing", text, got)
		}
	}
	if got := Resolve("bonjour-api-a814", demoIndex()); len(got) != 1 || got[0].Confidence != Unknown {
		t.Errorf("key of a project nobody knows: %+v", got)
	}
}

func FuzzResolve(f *testing.F) {
	x := demoIndex()
	for _, e := range demoEnvironments() {
		f.Add(e.namespace)
	}
	f.Add("a1b2c3d4")
	f.Add("harbor.cpn.example/guichet/api@sha256:00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range Resolve(text, x) {
			if r.Kind == "" || r.Confidence == "" {
				t.Fatalf("%q: reading without kind or confidence: %+v", text, r)
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	x := NewIndex()
	for i := range 4000 {
		project := fmt.Sprintf("00000000-0000-4000-8000-%012d", i/4)
		env := fmt.Sprintf("10000000-0000-4000-8000-%012d", i)
		x.AddProject(project, fmt.Sprintf("projet%d", i/4))
		x.AddEnvironment(project, env, fmt.Sprintf("env%d", i%4), NamespaceName(env, project))
		x.AddCommit(ResolvedCommit, fmt.Sprintf("%040x", i*7919), project, "", "api", "#1")
	}
	x.Sort()
	texts := []string{NamespaceName("10000000-0000-4000-8000-000000003999", "00000000-0000-4000-8000-000000000999"), "projet12", InfraApp("projet7", "env2"), SonarKey("projet1", "api"), fmt.Sprintf("%040x", 7919)[:10]}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if len(Resolve(texts[i%len(texts)], x)) == 0 && i%len(texts) != 4 {
			b.Fatal(texts[i%len(texts)])
		}
	}
}
