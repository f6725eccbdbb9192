package timeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/internal/platform"
	"dsotop/internal/timeline"
)

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func ago(minutes int) time.Time { return noon().Add(-time.Duration(minutes) * time.Minute) }

const sha = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"

// story is a change that travels to production and breaks it at 11:58.
func story() (*platform.Dossier, []platform.Finding) {
	app := platform.Application{Name: "web-app", RepositoryName: "web", EnvironmentName: "prod", DestNamespace: "ns-prod",
		History:    []platform.Deployment{{Revision: "old", At: ago(3000)}, {Revision: "new", At: ago(4)}},
		Operation:  platform.Operation{Phase: platform.OperationFailed, FinishedAt: ago(200), Message: "denied by policy"},
		Conditions: []platform.AppCondition{{Type: "ComparisonError", Message: "no such revision", At: ago(190)}}}
	d := &platform.Dossier{
		Repositories: []platform.RepositoryFacts{{
			Repository: platform.Repository{Name: "web"},
			Git:        &platform.GitRepository{DefaultBranch: "main", HeadSHA: sha, HeadAt: ago(40)},
			Pipelines: []platform.Pipeline{
				{IID: 9, Ref: "dev", SHA: "ffff0000", Status: platform.PipelineRunning, Source: "web", CreatedAt: ago(1)},
				{IID: 8, Ref: "main", SHA: sha, Status: platform.PipelineFailed, Source: "push", CreatedAt: ago(20), FinishedAt: ago(15), Jobs: []platform.Job{{Name: "unit", Stage: "test", Status: platform.PipelineFailed}}},
				{IID: 7, Ref: "main", SHA: sha, Status: platform.PipelineSuccess, Source: "push", CreatedAt: ago(30), FinishedAt: ago(22)},
			},
			Mirror: []platform.Pipeline{{IID: 3, SHA: "beef", Status: platform.PipelineSuccess, Source: "trigger", CreatedAt: ago(32), FinishedAt: ago(31)}},
			Gate:   &platform.Gate{Status: platform.GateError, AnalysedAt: ago(24), Revision: sha, Conditions: []platform.GateCondition{{Metric: "coverage", Status: platform.GateError, Value: "41"}}},
		}},
		Images: []platform.Image{{Repository: "web", Digest: "sha256:1", PushedAt: ago(23), Tags: []platform.Tag{{Name: sha[:8], PushedAt: ago(23)}, {Name: "latest", PushedAt: ago(5)}}, Scan: platform.Scan{Status: "Success", Critical: 2, High: 1}}},
		Environments: []platform.EnvironmentFacts{
			{Environment: platform.Environment{Name: "prod"}, Namespace: "ns-prod", Applications: []platform.Application{app},
				Known: map[platform.Family]platform.FactAge{platform.FamPods: {At: noon()}},
				Pods: []platform.Pod{
					{Name: "web-1", WorkloadName: "web", CreatedAt: ago(3), Containers: []platform.Container{{Name: "web", Image: "h/p/web:" + sha[:8], LastReason: "OOMKilled", LastExitCode: 137, LastFinished: ago(2), Restarts: 4}}},
					{Name: "web-2", WorkloadName: "web", CreatedAt: ago(3).Add(20 * time.Second)},
				},
				Events: []platform.Event{{Kind: "Pod", Name: "web-1", Type: "Warning", Reason: "BackOff", Message: "restarting", Count: 5, First: ago(2), Last: ago(1)}}},
			{Environment: platform.Environment{Name: "dev"}, Namespace: "ns-dev", Events: []platform.Event{{Kind: "Pod", Name: "x", Reason: "Pulled", Last: ago(1)}},
				Applications: []platform.Application{{Name: "web-dev", RepositoryName: "web", History: []platform.Deployment{{Revision: "new", At: ago(3)}}}}},
		},
		Applications: []platform.Application{app},
		Alerts:       []platform.Alert{{Name: "WebDown", State: "firing", Severity: "critical", Namespace: "ns-prod", Since: ago(1)}, {Name: "Old", State: "firing", Silenced: true, Since: ago(600)}},
		Log:          []platform.LogEntry{{Action: "Replay hooks for Project", At: ago(10), Failed: []string{"gitlab"}}},
		Known:        map[platform.Family]platform.FactAge{platform.FamPipelines: {At: noon()}, platform.FamLog: {At: noon()}},
	}
	broke := platform.Finding{ID: "pods-not-ready", Severity: platform.SeverityCritical, Since: ago(2), Subject: platform.Subject{ProjectSlug: "p", Environment: "prod", Namespace: "ns-prod"}}
	return d, []platform.Finding{broke, {ID: "silent", Severity: platform.SeverityInfo, Since: ago(2)}, {ID: "ageless", Severity: platform.SeverityCritical}}
}

func told(list []timeline.Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.At.Format("15:04 ")+string(e.Kind)+" "+e.Code+" "+e.Name)
	}
	return out
}

func TestBuild(t *testing.T) {
	list := timeline.Build(story())
	want := []string{
		"11:59 alert firing WebDown",
		"11:59 event happened Pod/x",
		"11:59 event happened Pod/web-1",
		"11:59 pipeline running #9",
		"11:58 broke broke pods-not-ready@p/prod",
		"11:58 pods killed web-1/web",
		"11:57 pods started web",
		"11:57 deploy deployed web-dev",
		"11:56 deploy deployed web-app",
		"11:55 image tag_moved web:latest",
		"11:50 console done_badly Replay hooks for Project",
		"11:45 pipeline failed #8",
		"11:38 pipeline succeeded #7",
		"11:37 image image_pushed web:a1b2c3d4",
		"11:36 gate not_passed ",
		"11:30 push pushed main",
		"11:29 mirror succeeded #3",
		"08:50 deploy condition web-app",
		"08:40 deploy sync_failed web-app",
		"02:00 alert silenced Old",
		"10:00 deploy deployed web-app",
	}
	if diff := cmp.Diff(want, told(list)); diff != "" {
		t.Error(diff)
	}
	keys := map[string]bool{}
	for i, e := range list {
		if keys[e.Key] {
			t.Errorf("%s twice", e.Key)
		}
		keys[e.Key] = true
		if !slices.Contains(timeline.Codes(), e.Code) || !slices.Contains(timeline.Kinds(), e.Kind) {
			t.Errorf("%d: undeclared %s %s", i, e.Kind, e.Code)
		}
	}
	for i := range list {
		switch e := &list[i]; {
		case e.Code == timeline.CodeStarted && (e.Count != 2 || e.SHA != sha[:8]):
			t.Errorf("pods of one controller start together, with the commit of their image: %+v", e)
		case e.Name == "#8" && e.Text != "test / unit":
			t.Errorf("a failed pipeline names its job: %q", e.Text)
		case e.Kind == timeline.Mirror && e.SHA != "":
			t.Errorf("the commit of the mirror's own repository is not that of the mirrored one: %+v", e)
		case e.Kind == timeline.Alert && e.Name == "WebDown" && (e.Environment != "prod" || e.Level != timeline.Bad):
			t.Errorf("%+v", e)
		}
	}
}

func TestHead(t *testing.T) {
	d := &platform.Dossier{Repositories: []platform.RepositoryFacts{{Repository: platform.Repository{Name: "web"}, Git: &platform.GitRepository{DefaultBranch: "main", HeadSHA: sha, HeadAt: ago(40)},
		Pipelines: []platform.Pipeline{{IID: 1, SHA: sha, Status: "strange", Source: "web", CreatedAt: ago(9), UpdatedAt: ago(8)}}}}}
	list := timeline.Build(d, nil)
	if diff := cmp.Diff([]string{"11:52 pipeline other #1", "11:20 push head main"}, told(list)); diff != "" {
		t.Error("a head that no push tells of has the date of its commit; a state of tomorrow keeps its word:", diff)
	}
	if list[0].Text != "strange" || list[0].Begun != ago(9) {
		t.Errorf("%+v", list[0])
	}
	if len(timeline.Build(&platform.Dossier{}, nil)) != 0 {
		t.Error("nothing gives something")
	}
}

func TestNarrow(t *testing.T) {
	all := timeline.Build(story())
	for _, e := range timeline.Narrow(all, "ns-prod", "prod") {
		if e.Environment == "dev" {
			t.Errorf("%s %s is of another environment", e.Kind, e.Name)
		}
	}
	if n, m := len(timeline.Narrow(all, "ns-prod", "prod")), len(all); n != m-2 {
		t.Errorf("%d of %d entries: what concerns the whole project belongs to each environment", n, m)
	}
	if got := told(timeline.Within(all, ago(2), ago(2))); len(got) != 2 {
		t.Error(got)
	}
}

func TestBefore(t *testing.T) {
	all := timeline.Build(story())
	at := slices.IndexFunc(all, func(e timeline.Entry) bool { return e.Kind == timeline.Broke })
	var got []string
	for _, s := range timeline.Before(all, &all[at]) {
		got = append(got, s.Name+" "+s.Lead.String()+" "+string(s.Confidence))
	}
	// The deployment of dev came later and elsewhere; the failed pipeline is the last of its kind; nothing that merely shows is a suspect.
	want := []string{"web-app 2m0s probable", "Replay hooks for Project 8m0s probable", "web:latest 3m0s unknown", "#8 13m0s unknown", "main 28m0s unknown", "#3 29m0s unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	old := timeline.Entry{Kind: timeline.Broke, At: ago(20000)}
	if got := timeline.Before(all, &old); len(got) != 0 {
		t.Errorf("nothing is known of that time: %v", got)
	}
}

func TestUnread(t *testing.T) {
	d, _ := story()
	if diff := cmp.Diff([]platform.Family{platform.FamGates, platform.FamImages, platform.FamApplications, platform.FamAlerts, platform.FamEvents}, timeline.Unread(d, "ns-prod")); diff != "" {
		t.Error(diff)
	}
}

// An application that makes a namespace lies in another: it is an environment's and the project's, and its deployments are told once.
func TestRootApplicationsAreToldOnce(t *testing.T) {
	root := platform.Application{Instance: "argocd/pub", Namespace: "dso-argocd", Name: "p-c-dev-root", EnvironmentName: "dev", DestNamespace: "dso-argocd", History: []platform.Deployment{{Revision: "r1", At: ago(30)}}}
	d := &platform.Dossier{Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{Name: "dev"}, Namespace: "ns-dev", Applications: []platform.Application{root}}}, Applications: []platform.Application{root}}
	n := 0
	for _, e := range timeline.Build(d, nil) {
		if e.Kind == timeline.Deploy {
			n++
		}
	}
	if n != 1 {
		t.Errorf("told %d times", n)
	}
}
