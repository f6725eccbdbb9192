package elsewhere_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

func view() *fleet.View {
	row := &fleet.Row{Dossier: &platform.Dossier{
		Project: platform.Project{ID: "11111111-2222-3333-4444-555555555555", Slug: "guichet"},
		Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{ID: "e1", Name: "prod"}, Namespace: "ns-prod",
			Applications: []platform.Application{{Instance: "argocd/usu", Namespace: "dso-argocd", Name: "guichet-prod-infra-1a2b", Type: platform.AppDeploy}, {Instance: "argocd/usu", Name: "guichet-root", Type: platform.AppRoot}}}},
		Repositories: []platform.RepositoryFacts{{Repository: platform.Repository{ID: "r1", Name: "api", ExternalURL: "https://git.example/team/api.git"}, Git: &platform.GitRepository{Path: "forge/mi/guichet/api"}}},
		Images:       []platform.Image{{Repository: "api", Digest: "sha256:aa", ProjectNumber: 12}, {Repository: "api", Digest: "sha256:bb"}},
		Alerts:       []platform.Alert{{Name: "Down", Fingerprint: "f00", URL: "https://prom.example/graph?g0.expr=up", Annotations: map[string]string{"runbook_url": "https://wiki.example/down"}}},
	}}
	return &fleet.View{Projects: []*fleet.Row{row}, Sources: []platform.SourceHealth{
		{Name: "console", Kind: "console", URL: "https://console.example/"}, {Name: "gitlab", Kind: "gitlab", URL: "https://gitlab.example/api/v4"}, {Name: "harbor", Kind: "harbor", URL: "https://harbor.example"},
		{Name: "argocd/usu", Kind: "argocd", URL: "https://argo.example"}, {Name: "alertmanager", Kind: "alertmanager", URL: "https://obs.example/alertmanager"},
	}}
}

func TestLinksAreThoseOfTheSystemsOwnFaces(t *testing.T) {
	const id = "11111111-2222-3333-4444-555555555555"
	for _, c := range []struct {
		subject actions.Subject
		want    string // separated by spaces
	}{
		{actions.Subject{Kind: actions.OnProject, ProjectID: id}, "https://console.example/projects/" + id + "/dashboard"},
		{actions.Subject{Kind: actions.OnEnvironment, ProjectID: id, Namespace: "ns-prod"}, "https://argo.example/applications/dso-argocd/guichet-prod-infra-1a2b https://console.example/projects/" + id + "/environments"},
		{actions.Subject{Kind: actions.OnRepository, ProjectID: id, ID: "r1"}, "https://gitlab.example/forge/mi/guichet/api https://git.example/team/api"},
		{actions.Subject{Kind: actions.OnPipeline, ID: "forge/mi/guichet/api:812"}, "https://gitlab.example/forge/mi/guichet/api/-/pipelines/812"},
		{actions.Subject{Kind: actions.OnJob, ID: "forge/mi/guichet/api:9"}, "https://gitlab.example/forge/mi/guichet/api/-/jobs/9"},
		{actions.Subject{Kind: actions.OnPod, ProjectID: id, Namespace: "ns-prod", ID: "api-0"}, "https://argo.example/applications/dso-argocd/guichet-prod-infra-1a2b?node=%2FPod%2Fns-prod%2Fapi-0%2F0"},
		{actions.Subject{Kind: actions.OnWorkload, ProjectID: id, Namespace: "ns-prod", ID: "CronJob/x"}, "https://argo.example/applications/dso-argocd/guichet-prod-infra-1a2b?node=batch%2FCronJob%2Fns-prod%2Fx%2F0"},
		{actions.Subject{Kind: actions.OnArtifact, ProjectID: id, ID: "api@sha256:aa"}, "https://harbor.example/harbor/projects/12/repositories/api/artifacts-tab/artifacts/sha256:aa"},
		{actions.Subject{Kind: actions.OnArtifact, ProjectID: id, ID: "api@sha256:bb"}, "https://harbor.example/harbor/projects?name=guichet"},
		{actions.Subject{Kind: actions.OnAlert, ProjectID: id, ID: "f00", Name: "Down"}, "https://wiki.example/down https://prom.example/graph?g0.expr=up https://obs.example/alertmanager/#/alerts?filter=%7Balertname%3D%22Down%22%7D"},
		{actions.Subject{Kind: actions.OnSilence, ID: "x"}, ""},
		{actions.Subject{Kind: actions.OnPod, ProjectID: "unknown", Namespace: "ns", ID: "p"}, ""},
	} {
		var got []string
		for _, l := range elsewhere.Links(view(), []actions.Subject{c.subject, c.subject}) { // told twice, linked once
			got = append(got, l.URL)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.subject.Kind, c.subject.ID, strings.Join(got, " "), c.want)
		}
	}
	if got := elsewhere.Links(&fleet.View{}, []actions.Subject{{Kind: actions.OnPipeline, ID: "a:1"}}); len(got) != 0 {
		t.Errorf("without a source: %v", got)
	}
}

func TestGrafanaOfANamespace(t *testing.T) {
	const id, base = "11111111-2222-3333-4444-555555555555", "https://grafana.example"
	v := view()
	v.Projects[0].Dossier.Environments[0].Stage = platform.StageProd
	production, _ := platform.Tenants(id)
	pin := time.UnixMilli(1790000000000)
	from, to := elsewhere.Range(pin, 2*time.Hour)
	got := elsewhere.Grafana(v, base, intent.Ref{Kind: page.Pods}, []actions.Subject{{Kind: actions.OnPod, ProjectID: id, Namespace: "ns-prod", ID: "api-0"}}, from, to)
	if len(got) != 3 || got[0].URL != base+"/prod-guichet/d/k8s_views_ns?from=1789992800000&to=1790000000000&var-datasource=prom-"+production+"&var-namespace=ns-prod" {
		t.Fatalf("%+v", got)
	}
	u, err := url.Parse(got[1].URL)
	if err != nil || u.Path != "/prod-guichet/explore" {
		t.Fatal(err, got[1].URL)
	}
	want := `{"dso":{"datasource":"loki-` + production + `","queries":[{"refId":"A","expr":"{namespace=\"ns-prod\",pod=\"api-0\"}","datasource":{"type":"loki","uid":"loki-` + production + `"}}],"range":{"from":"1789992800000","to":"1790000000000"}}}`
	if panes := u.Query().Get("panes"); panes != want {
		t.Errorf("\n got %s\nwant %s", panes, want)
	}
	for _, ref := range []intent.Ref{{Kind: page.Logs, Key: logs.Subject{Namespace: "ns-prod"}.Key()}, {Kind: page.Metrics, Key: "ns-prod"}} {
		if got := elsewhere.Grafana(v, base, ref, nil, from, to); len(got) != 3 {
			t.Errorf("%s: %+v", ref.Kind, got)
		}
	}
	if got := elsewhere.Grafana(v, base, intent.Ref{Kind: page.Project}, []actions.Subject{{Kind: actions.OnProject, ProjectID: id}}, from, to); len(got) != 1 || got[0].URL != base+"/prod-guichet/" {
		t.Errorf("of a project: %+v", got)
	}
	if got := elsewhere.Grafana(v, "", intent.Ref{Kind: page.Logs, Key: "ns-prod"}, nil, from, to); got != nil {
		t.Errorf("without an address: %+v", got)
	}
	if from, to := elsewhere.Range(time.Time{}, 0); from != "now-60m" || to != "now" {
		t.Error(from, to)
	}
}

func TestLinesQuoteWhatIsForeign(t *testing.T) {
	lines := elsewhere.Lines(view(), []actions.Subject{{Kind: actions.OnPod, Namespace: "n", ID: "a;rm -rf $(x)'"}, {Kind: actions.OnPod, Namespace: "n", ID: "other"}})
	if len(lines) != 1 || lines[0] != (page.Line{Tool: "kubectl", Text: `kubectl -n n get pod 'a;rm -rf $(x)'\''' -o yaml`}) {
		t.Errorf("%+v", lines)
	}
}

// FuzzAddress: what is printed in a hyperlink never ends it, and never carries a password.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://a.example/b?c=d#e", "http://u:secret@h/\x1b]8;;\x07", "javascript:alert(1)", "https://h/\u202e\\", "https://h/é x", "//h", "https://", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := elsewhere.Address(s)
		for i := range len(got) {
			if got[i] <= ' ' || got[i] >= utf8.RuneSelf-1 {
				t.Fatalf("%q → %q", s, got)
			}
		}
		if got != "" && !strings.HasPrefix(got, "http://") && !strings.HasPrefix(got, "https://") || strings.Contains(got, "u:secret") {
			t.Fatalf("%q → %q", s, got)
		}
	})
}
