package page_test

import (
	"testing"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
)

func located() *fleet.View {
	prod := platform.Environment{ID: "e1", ProjectID: "p1", Name: "prod", Stage: "prod"}
	api := platform.Pipeline{ID: 40062, IID: 24, Path: "forge/guichet/api", Repository: "api", Jobs: []platform.Job{{ID: 1, Name: "build:image/amd64"}, {ID: 3, Name: "sonar"}, {ID: 2, Name: "sonar"}}}
	d := &platform.Dossier{
		Project: platform.Project{ID: "p1", Slug: "guichet", Members: []platform.Member{{Person: platform.Person{ID: "m1", Email: "Claire@example.gouv.fr"}}}},
		Environments: []platform.EnvironmentFacts{{Environment: prod, Namespace: "ns-prod",
			Applications: []platform.Application{{Instance: "argocd/pub", Namespace: "dso-argocd", Name: "guichet-prod", DestNamespace: "ns-prod", ProjectID: "p1"}},
			Workloads:    []platform.Workload{{Kind: "StatefulSet", Name: "base"}},
			Pods:         []platform.Pod{{Name: "web-1", WorkloadKind: "Deployment", WorkloadName: "web", Containers: []platform.Container{{Digest: "sha256:arch"}}}}}},
		Repositories: []platform.RepositoryFacts{{Repository: platform.Repository{ID: "r1", Name: "api"}, Pipelines: []platform.Pipeline{api}}},
		Images:       []platform.Image{{Repository: "api", Digest: "sha256:index", Children: []string{"sha256:arch"}, Tags: []platform.Tag{{Name: "main"}}}, {Repository: "lib/go", Digest: "sha256:b"}},
		Alerts:       []platform.Alert{{Name: "Down", Namespace: "ns-prod", Fingerprint: "f0", Silences: []string{"s1"}}, {Name: "Twice", Namespace: "ns-prod"}},
		Exposed:      []platform.ServiceChain{{ID: "c1", CommonName: "a.example.gouv.fr", Env: "PROD"}},
	}
	return &fleet.View{Projects: []*fleet.Row{{Dossier: d}}, Platform: []platform.Alert{{Name: "Twice"}, {Name: "Disk", Fingerprint: "f1", Silences: []string{"s2"}}}}
}

// TestLocate: every kind of thing that an action is on can be named on a command line, as docs/actions.md says.
func TestLocate(t *testing.T) {
	v := located()
	for _, c := range []struct {
		kind     actions.Kind
		text, id string // id "": it names nothing
		prod     bool
	}{
		{actions.OnPlatform, "console", "console", false}, {actions.OnProject, "guichet", "p1", false}, {actions.OnProject, "p1", "p1", false}, {actions.OnProject, "guichet/prod", "", false},
		{actions.OnEnvironment, "guichet/prod", "e1", true}, {actions.OnEnvironment, "ns-prod", "e1", true}, {actions.OnEnvironment, "guichet/dev", "", false},
		{actions.OnRepository, "guichet/api", "r1", false}, {actions.OnRepository, "guichet/api#24", "", false}, {actions.OnRepository, "guichet/none", "", false},
		{actions.OnPipeline, "guichet/api#24", "forge/guichet/api:40062", false}, {actions.OnPipeline, "guichet/api#40062", "forge/guichet/api:40062", false}, {actions.OnPipeline, "guichet/api#24/sonar", "", false},
		{actions.OnJob, "guichet/api#24/sonar", "forge/guichet/api:3", false}, {actions.OnJob, "guichet/api#24/2", "forge/guichet/api:2", false},
		{actions.OnJob, "guichet/api#24/build:image/amd64", "forge/guichet/api:1", false}, {actions.OnJob, "guichet/api#24/none", "", false},
		{actions.OnApplication, "guichet-prod", "dso-argocd/guichet-prod", true}, {actions.OnApplication, "argocd/pub/dso-argocd/guichet-prod", "dso-argocd/guichet-prod", true},
		{actions.OnResource, "guichet-prod/Deployment/web", "apps/Deployment/ns-prod/web", true}, {actions.OnResource, "guichet-prod/Service/web", "/Service/ns-prod/web", true},
		{actions.OnResource, "guichet-prod/keda.sh/ScaledObject/ns-prod/web", "keda.sh/ScaledObject/ns-prod/web", true}, {actions.OnResource, "none/Deployment/web", "", false},
		{actions.OnWorkload, "guichet/prod/StatefulSet/base", "StatefulSet/base", true}, {actions.OnWorkload, "guichet/prod/base", "", false},
		{actions.OnPod, "guichet/prod/web-1", "web-1", true}, {actions.OnPod, "ns-prod/web-1", "web-1", true}, {actions.OnPod, "guichet/prod/", "", false},
		{actions.OnArtifact, "guichet/api:main", "api@sha256:index", true}, {actions.OnArtifact, "guichet/api@sha256:index", "api@sha256:index", true},
		{actions.OnArtifact, "guichet/lib/go@sha256:b", "lib/go@sha256:b", false}, {actions.OnArtifact, "guichet/api:gone", "", false}, {actions.OnArtifact, "guichet/lib/go:", "", false},
		{actions.OnMember, "guichet/claire@example.gouv.fr", "m1", false}, {actions.OnMember, "guichet/nobody@example.gouv.fr", "", false},
		{actions.OnAlert, "Down", "f0", true}, {actions.OnAlert, "guichet/prod/Down", "f0", true}, {actions.OnAlert, "f0", "f0", true}, {actions.OnAlert, "Disk", "f1", true},
		{actions.OnAlert, "Twice", "", false}, {actions.OnAlert, "guichet/prod/Twice", "Twice", true},
		{actions.OnSilence, "s1", "s1", true}, {actions.OnSilence, "s2", "s2", true}, {actions.OnSilence, "guichet/s1", "s1", true}, {actions.OnSilence, "s3", "", false},
		{actions.OnChain, "a.example.gouv.fr", "c1", true}, {actions.OnChain, "guichet/a.example.gouv.fr", "c1", true}, {actions.OnChain, "c1", "c1", true}, {actions.OnChain, "b.example.gouv.fr", "", false},
	} {
		s, ok := page.Locate(v, c.kind, c.text)
		if ok != (c.id != "") || ok && (s.ID != c.id || s.Kind != c.kind || s.Production != c.prod) {
			t.Errorf("%s %q: %+v %v", c.kind, c.text, s, ok)
		}
	}
}

// TestOfFinding: what a finding is about can be acted on from it.
func TestOfFinding(t *testing.T) {
	row := located().Projects[0]
	for _, c := range []struct {
		about platform.Subject
		kinds []actions.Kind
	}{
		{platform.Subject{Kind: "exposure", Name: "a.example.gouv.fr"}, []actions.Kind{actions.OnChain}},
		{platform.Subject{Kind: "repository", Name: "api"}, []actions.Kind{actions.OnRepository, actions.OnPipeline}},
		{platform.Subject{Kind: "workload", Name: "web", Namespace: "ns-prod"}, []actions.Kind{actions.OnWorkload, actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "workload", Name: "base", Namespace: "ns-prod"}, []actions.Kind{actions.OnWorkload, actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "workload", Name: "nobody's", Namespace: "ns-prod"}, []actions.Kind{actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "application", Name: "guichet-prod", Namespace: "ns-prod"}, []actions.Kind{actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "alert", Name: "Down", Namespace: "ns-prod"}, []actions.Kind{actions.OnAlert, actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "quota", Name: "dso-quota", Namespace: "ns-prod"}, []actions.Kind{actions.OnApplication, actions.OnEnvironment}},
		{platform.Subject{Kind: "token", Name: "t"}, nil},
	} {
		got := page.OfFinding(row, platform.Finding{Subject: c.about})
		var kinds []actions.Kind
		for _, s := range got {
			kinds = append(kinds, s.Kind)
		}
		if len(kinds) != len(c.kinds) {
			t.Errorf("%v: %v, want %v", c.about, kinds, c.kinds)
			continue
		}
		for i := range kinds {
			if kinds[i] != c.kinds[i] {
				t.Errorf("%v: %v, want %v", c.about, kinds, c.kinds)
			}
		}
	}
}
