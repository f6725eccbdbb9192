package platform

import (
	"strings"
	"testing"
)

// The vectors are the platform's own, and those of the demonstration world.

func demoProjects() map[string][2]string {
	return map[string][2]string{
		"guichet":     {"e41b66d4-13c6-4bdc-a996-431cfcb2185a", "di5tfayrm9eqsgpnd5dcd1n4q"},
		"agendaprefs": {"54a76d00-b919-4776-aa9c-29a5455e5317", "50f6wmbx64p5v3h1vrfna52qf"},
		"cartocrise":  {"251372c6-ea71-4cad-977e-6caa536142e9", "270pbk39qcmktis1qz8dbrrhl"},
		"habilit":     {"b3f3c9b1-1168-47b6-b178-2af9b468bad7", "anj2wa0ddk0vmmayuhi2otgwn"},
		"vigibat":     {"52cadb18-06b7-42f7-8b38-17e3d4150e50", "4wgcvxzdbszgjswvbyflfauz4"},
		"testform":    {"8edbf6d2-e590-42a7-8d9d-0e683552e13f", "8gh2d7oxi0kvxydv3rsap35tr"},
	}
}

type demoEnv struct{ slug, name, id, namespace string }

func demoEnvironments() []demoEnv {
	return []demoEnv{
		{"guichet", "dev", "eb067fc8-473a-4d2f-b3e4-6a7ffe78ea20", "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q"},
		{"guichet", "integ", "f6674cdf-4c09-4967-8fee-3c11732a4852", "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q"},
		{"guichet", "prod", "b7d30fef-2f75-46b4-a990-119943a93ec0", "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q"},
		{"agendaprefs", "dev", "7d1fd0ca-c4fa-4360-9b06-39522d518208", "7eobskhs7nus3v384zlkkz6yw--50f6wmbx64p5v3h1vrfna52qf"},
		{"agendaprefs", "staging", "1d39212f-6c66-441c-99e6-2b32fe4d718c", "1qa6pbw9wvy0ebkfna8d8gz2k--50f6wmbx64p5v3h1vrfna52qf"},
		{"agendaprefs", "prod", "c563e1f2-d5f9-495a-9c17-452a792f02df", "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"},
		{"cartocrise", "integ", "d3531c8e-9fa0-4905-8960-b306766d847b", "cie5zvqdm99diwik322ju6tff--270pbk39qcmktis1qz8dbrrhl"},
		{"cartocrise", "prod", "1a38423d-62db-461a-a530-c1c4c9082f1c", "1jvqv25umehmp4i2yxlc47lzw--270pbk39qcmktis1qz8dbrrhl"},
		{"habilit", "dev", "4302502f-f84a-42d1-aff5-8b310e0a7a5d", "3ytcvs679xmuctepusdryl1st--anj2wa0ddk0vmmayuhi2otgwn"},
		{"vigibat", "dev", "2ff5ad69-1473-4dc2-8f8c-4445a3914cd9", "2u7rqd4hw7rmmyl8jui9ivqah--4wgcvxzdbszgjswvbyflfauz4"},
		{"testform", "demo", "84a5c03e-dfd0-4e69-8f8b-57381dd1f1dc", "7upjy0n178z7ybncy9d2puqcc--8gh2d7oxi0kvxydv3rsap35tr"},
	}
}

func TestUUIDVectors(t *testing.T) {
	vectors := map[string]string{
		"d29d64c1-03dc-4181-bacc-c67614d18fe0": "cgvpbp34cljscacf5tfijfaw0",
		"e3e99823-0cb9-445c-9ba6-e60980473279": "dhqw0rkuf7zgssrc1c4vp64qh",
		"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d": "ljenz7bwqyg9jclytbfqbpl9",
		"00000000-0000-0000-0000-000000000000": "0",
		"00000000-0000-0000-0000-000000000024": "10",
		"ffffffff-ffff-ffff-ffff-ffffffffffff": "f5lxx1zz5pnorynqglhzmsp33",
	}
	for _, p := range demoProjects() {
		vectors[p[0]] = p[1]
	}
	for uuid, short := range vectors {
		if got, err := EncodeUUID(uuid); err != nil || got != short {
			t.Errorf("EncodeUUID(%s) = %q, %v; want %q", uuid, got, err, short)
		}
		if got, err := EncodeUUID(strings.ToUpper(uuid)); err != nil || got != short {
			t.Errorf("EncodeUUID(upper %s) = %q, %v; want %q", uuid, got, err, short)
		}
		if got, err := DecodeUUID(short); err != nil || got != uuid {
			t.Errorf("DecodeUUID(%s) = %q, %v; want %q", short, got, err, uuid)
		}
	}
}

func TestUUIDRefusals(t *testing.T) {
	for _, bad := range []string{"", "A", "Cgvpbp34cljscacf5tfijfaw0", "00", "0cgvpbp34cljscacf5tfijfaw", "f5lxx1zz5pnorynqglhzmsp34", "zzzzzzzzzzzzzzzzzzzzzzzzz",
		"cgvpbp34cljscacf5tfijfaw00", "+5", "-5", "1_0", " 1", "é"} {
		if got, err := DecodeUUID(bad); err == nil {
			t.Errorf("DecodeUUID(%q) = %q, want an error", bad, got)
		}
	}
	for _, bad := range []string{"", "d29d64c103dc4181baccc67614d18fe0", "d29d64c1-03dc-4181-bacc-c67614d18fe", "g29d64c1-03dc-4181-bacc-c67614d18fe0", "d29d64c1-03dc-4181-bacc_c67614d18fe0",
		"d29d64c1-03dc-4181-bacc-c67614d18fé"} {
		if got, err := EncodeUUID(bad); err == nil {
			t.Errorf("EncodeUUID(%q) = %q, want an error", bad, got)
		}
	}
}

func TestNamespaces(t *testing.T) {
	projects := demoProjects()
	for _, e := range demoEnvironments() {
		project := projects[e.slug][0]
		if got := NamespaceName(e.id, project); got != e.namespace {
			t.Errorf("NamespaceName(%s/%s) = %q, want %q", e.slug, e.name, got, e.namespace)
		}
		env, proj, ok := ParseNamespace(e.namespace)
		if !ok || env != e.id || proj != project {
			t.Errorf("ParseNamespace(%s) = %q, %q, %v", e.namespace, env, proj, ok)
		}
	}
	for _, foreign := range []string{"", "default", "kube-system", "team--prod", "a--b", "mi-habilit-dev-6293", "el5n0cyi4q2s69qsmcix9slea--", "--di5tfayrm9eqsgpnd5dcd1n4q",
		"el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q--x", "EL5N0CYI4Q2S69QSMCIX9SLEA--di5tfayrm9eqsgpnd5dcd1n4q"} {
		if env, proj, ok := ParseNamespace(foreign); ok {
			t.Errorf("ParseNamespace(%q) = %q, %q, want not ours", foreign, env, proj)
		}
	}
	if got := NamespaceName("x", "e41b66d4-13c6-4bdc-a996-431cfcb2185a"); got != "" {
		t.Errorf("Namespace of a bad id = %q, want none", got)
	}
}

func TestOldNamespaces(t *testing.T) {
	for name, want := range map[string]OldNamespace{
		"mi-tcnp-dev-6293":      {"mi", "tcnp", "dev"},
		"mi-habilit-dev-6293":   {"mi", "habilit", "dev"},
		"mi-demovault-dev-6293": {"mi", "demovault", "dev"},
		"mi-app-1-prod-c626":    {"mi", "app-1", "prod"},
	} {
		if got, ok := ParseOldNamespace(name); !ok || got != want {
			t.Errorf("ParseOldNamespace(%s) = %+v, %v", name, got, ok)
		}
	}
	for _, bad := range []string{"", "dev-6293", "tcnp-dev-6293", "mi-tcnp-dev-6294", "mi-tcnp-prod-6293", "-tcnp-dev-6293", "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q"} {
		if got, ok := ParseOldNamespace(bad); ok {
			t.Errorf("ParseOldNamespace(%q) = %+v, want none", bad, got)
		}
	}
}

func TestHashes(t *testing.T) {
	for name, want := range map[string]string{
		"dev": "6293", "integ": "e9b7", "integration": "4a09", "staging": "41a5", "recette": "decb", "preprod": "9741", "prod": "c626", "demo": "3c58", "formation": "4cfb",
	} {
		if got := EnvHash(name); got != want {
			t.Errorf("EnvHash(%s) = %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"api": "a814", "front": "1013", "infra": "32aa", "app-java": "b197"} {
		if got := NameHash(name); got != want {
			t.Errorf("NameHash(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestSonarKeys(t *testing.T) {
	for key, want := range map[string][2]string{
		"guichet-front-1013":               {"guichet", "front"},
		"guichet-api-a814":                 {"guichet", "api"},
		"guichet-infra-32aa":               {"guichet", "infra"},
		"agendaprefs-agenda-api-788f":      {"agendaprefs", "agenda-api"},
		"agendaprefs-agenda-web-b936":      {"agendaprefs", "agenda-web"},
		"agendaprefs-agenda-infra-5664":    {"agendaprefs", "agenda-infra"},
		"cartocrise-tuiles-c2de":           {"cartocrise", "tuiles"},
		"cartocrise-moteur-2d15":           {"cartocrise", "moteur"},
		"cartocrise-infra-helm-8fc9":       {"cartocrise", "infra-helm"},
		"habilit-habilit-java-b95e":        {"habilit", "habilit-java"},
		"habilit-deploiement-9814":         {"habilit", "deploiement"},
		"vigibat-vigibat-9d61":             {"vigibat", "vigibat"},
		"testform-app-java-b197":           {"testform", "app-java"},
		"testform-demo-java-infra-77b9":    {"testform", "demo-java-infra"},
		SonarKey("portail-1", "front-spa"): {"portail-1", "front-spa"},
	} {
		if got := SonarKey(want[0], want[1]); got != key {
			t.Errorf("SonarKey(%v) = %s, want %s", want, got, key)
		}
		slug, repo, ok := ParseSonarKey(key)
		if !ok || slug != want[0] || repo != want[1] {
			t.Errorf("ParseSonarKey(%s) = %s, %s, %v; want %v", key, slug, repo, ok, want)
		}
	}
	for _, bad := range []string{"", "a814", "-a814", "api-a814", "guichet-api-a815", "guichet--a814"} {
		if slug, repo, ok := ParseSonarKey(bad); ok {
			t.Errorf("ParseSonarKey(%q) = %q, %q, want none", bad, slug, repo)
		}
	}
}

func TestArgoNames(t *testing.T) {
	url := func(slug, repo string) string {
		return "https://gitlab.cpn.example/forge-mi/projects/" + slug + "/" + repo + ".git"
	}
	for _, v := range []struct{ name, slug, env, repo string }{
		{"guichet-prod-c626-infra-5efa", "guichet", "prod", "infra"},
		{"agendaprefs-prod-c626-agenda-infra-08e2", "agendaprefs", "prod", "agenda-infra"},
		{"cartocrise-prod-c626-infra-helm-0fc7", "cartocrise", "prod", "infra-helm"},
		{"habilit-dev-6293-deploiement-e374", "habilit", "dev", "deploiement"},
		{"vigibat-dev-6293-vigibat-867b", "vigibat", "dev", "vigibat"},
		{"testform-demo-3c58-demo-java-infra-135c", "testform", "demo", "demo-java-infra"},
	} {
		if got := DeployApp(v.slug, v.env, v.repo, url(v.slug, v.repo)); got != v.name {
			t.Errorf("DeployApp = %s, want %s", got, v.name)
		}
		want := AppName{Type: AppDeploy, Slug: v.slug, Environment: v.env, Repository: v.repo, RepoHash: v.name[len(v.name)-4:]}
		if got, ok := ParseAppName(v.name); !ok || got != want {
			t.Errorf("ParseAppName(%s) = %+v, %v; want %+v", v.name, got, ok, want)
		}
	}
	if got := HistoricApp("habilit", "dev", "deploiement"); got != "habilit-dev-deploiement-6293" {
		t.Errorf("HistoricApp = %s", got)
	}
	if got := InfraApp("stform", "demo"); got != "stform-demo-3c58-env" {
		t.Errorf("InfraApp = %s", got)
	}
	for name, want := range map[string]AppName{
		"habilit-dev-deploiement-6293":         {Type: AppHistoric, Slug: "habilit", Environment: "dev", Repository: "deploiement"},
		InfraApp("guichet", "prod"):            {Type: AppInfra, Slug: "guichet", Environment: "prod"},
		InfraApp("guichet-1", "prod"):          {Type: AppInfra, Slug: "guichet-1", Environment: "prod"},
		AppProject("guichet", "integ"):         {Type: AppDeploy, Slug: "guichet", Environment: "integ"},
		RootApp("guichet", "ovh-hp-1", "dev"):  {Type: AppRoot, Slug: "guichet", Environment: "dev", Cluster: "ovh-hp-1"},
		ObservabilityApp("guichet", true):      {Type: AppObservability, Slug: "guichet", Production: true},
		ObservabilityApp("guichet", false):     {Type: AppObservability, Slug: "guichet"},
		ObservabilityProject("guichet"):        {Type: AppObservability, Slug: "guichet"},
		"zone-pub-app":                         {},
		"infra":                                {},
		"guichet-prod-c627-infra-5efa":         {},
		"guichet-prod-c626-":                   {},
		"-observability":                       {},
		"guichet-prod-c626-infra-5efg":         {},
		"prod-c626-infra":                      {},
		"ovh-prod-1-namespaces-and-more-thing": {},
	} {
		got, ok := ParseAppName(name)
		if got != want || ok != (want != AppName{}) {
			t.Errorf("ParseAppName(%s) = %+v, %v; want %+v", name, got, ok, want)
		}
	}
}

func TestTenants(t *testing.T) {
	for slug, p := range demoProjects() {
		prod, other := Tenants(p[0])
		if prod != "prod-"+p[1] || other != "hprod-"+p[1] {
			t.Errorf("Tenants(%s) = %s, %s", slug, prod, other)
		}
		for tenant, production := range map[string]bool{prod: true, other: false} {
			id, isProd, ok := ParseTenant(tenant)
			if !ok || id != p[0] || isProd != production {
				t.Errorf("ParseTenant(%s) = %s, %v, %v", tenant, id, isProd, ok)
			}
		}
	}
	for _, bad := range []string{"", "prod-", "prod-dso", "hprod-dso", "dev-di5tfayrm9eqsgpnd5dcd1n4q", "hprod-mi-tcnp", "prod-guichet", "hprod-agendaprefs"} {
		if id, _, ok := ParseTenant(bad); ok {
			t.Errorf("ParseTenant(%q) = %s, want none", bad, id)
		}
	}
	if prod, other := Tenants("nothing"); prod != "" || other != "" {
		t.Errorf("Tenants of a bad id = %q, %q", prod, other)
	}
	if TenantLabel("guichet", true) != "prod-guichet" || TenantLabel("guichet", false) != "hprod-guichet" {
		t.Error("TenantLabel")
	}
}

func TestPaths(t *testing.T) {
	for got, want := range map[string]string{
		GitLabGroup("forge-mi/projects", "guichet"):                   "forge-mi/projects/guichet",
		GitLabPath("/forge-mi/projects/", "guichet", "api"):           "forge-mi/projects/guichet/api",
		ZoneRepository("forge-mi/projects", "pub"):                    "forge-mi/projects/infra/pub",
		HarborImage("harbor.cpn.example", "guichet", "api", "latest"): "harbor.cpn.example/guichet/api:latest",
		HarborImage("harbor.cpn.example", "guichet", "api", ""):       "harbor.cpn.example/guichet/api",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzDecodeUUID(f *testing.F) {
	for _, p := range demoProjects() {
		f.Add(p[1])
	}
	f.Add("0")
	f.Add("f5lxx1zz5pnorynqglhzmsp34")
	f.Fuzz(func(t *testing.T, text string) {
		uuid, err := DecodeUUID(text)
		if err != nil {
			return
		}
		back, err := EncodeUUID(uuid)
		if err != nil || back != text {
			t.Fatalf("%q decodes to %q, which encodes to %q, %v", text, uuid, back, err)
		}
	})
}

func FuzzUUIDBytes(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), []byte("fedcba9876543210"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var ra, rb [16]byte
		copy(ra[:], a)
		copy(rb[:], b)
		ra[0] |= 1 // ids too small to be random are not read back from a namespace, by intent
		rb[0] |= 1
		env, project := formatUUID(ra), formatUUID(rb)
		ns := NamespaceName(env, project)
		gotEnv, gotProject, ok := ParseNamespace(ns)
		if !ok || gotEnv != env || gotProject != project || len(ns) > 52 {
			t.Fatalf("%s / %s → %q → %s / %s, %v", env, project, ns, gotEnv, gotProject, ok)
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add("guichet", "prod", "infra")
	f.Add("guichet-1", "dev", "a-b-c")
	f.Fuzz(func(t *testing.T, slug, env, repo string) {
		// Whatever the text, reading a name must not panic; names the platform would make must come back.
		for _, name := range []string{slug, env, repo, slug + "-" + env + "-" + repo, DeployApp(slug, env, repo, repo), HistoricApp(slug, env, repo), RootApp(slug, env, repo)} {
			ParseAppName(name)
			ParseSonarKey(name)
			ParseOldNamespace(name)
			ParseNamespace(name)
			ParseTenant(name)
		}
		if slug == "" || repo == "" || strings.Contains(slug+repo, "-") {
			return
		}
		gotSlug, gotRepo, ok := ParseSonarKey(SonarKey(slug, repo))
		if !ok || gotSlug != slug || gotRepo != repo {
			t.Fatalf("SonarKey(%q, %q) reads back as %q, %q, %v", slug, repo, gotSlug, gotRepo, ok)
		}
	})
}
