package report

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

var at = time.Date(2026, 11, 21, 14, 7, 0, 0, time.UTC)

// view is a fleet of two: one in trouble, one not told by any console.
func view() *fleet.View {
	cause := platform.Finding{ID: "provisioning-failed", Severity: platform.SeverityCritical, Since: at.Add(-2 * time.Hour), Runbook: "RB-01",
		Subject: platform.Subject{ProjectSlug: "vigibat", Kind: "project", Name: "vigibat"}, Confidence: platform.Exact, Args: map[string]string{"tools": "gitlab"},
		Consequences: []platform.Finding{{ID: "mirror-token-expired", Mode: "F2", Severity: platform.SeverityDegraded, Runbook: "RB-04", Confidence: platform.Exact,
			Subject: platform.Subject{ProjectSlug: "vigibat", Kind: "repository", Name: "mirror"}}}}
	known := map[platform.Family]platform.FactAge{platform.FamPods: {Source: "kubernetes/x", At: at}}
	sick := &platform.Dossier{Project: platform.Project{ID: "1", Slug: "vigibat", Status: platform.ProjectFailed, Locked: true},
		Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{Name: "dev", Stage: "dev"}, Namespace: "ns", Known: known,
			Pods: []platform.Pod{{Name: "a", Phase: "Running", Ready: 1, Total: 1, Restarts: 3}, {Name: "b", Phase: "Pending", Total: 1}}}}}
	derived := &platform.Dossier{Project: platform.Project{ID: "2", Slug: "inconnu", Derived: true},
		Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{Name: "dev"}, Namespace: "other"}}}
	return &fleet.View{At: at, Ready: true, Counts: map[platform.Severity]int{platform.SeverityCritical: 1, platform.SeverityOK: 1},
		Sources:  []platform.SourceHealth{{Name: "loki", Kind: "loki", State: platform.StateUnreachable, Since: at, Detail: "GET http://h/x: connection refused", Remedy: platform.RemedyCheckURL}},
		Projects: []*fleet.Row{{Dossier: sick, Severity: platform.SeverityCritical, Findings: []platform.Finding{cause}}, {Dossier: derived}}}
}

func TestUnknownIsNullAndConsequencesNameTheirCause(t *testing.T) {
	doc := Status(view(), "p", true, "en")
	sick, derived := doc.Projects[0], doc.Projects[1]
	if sick.Status == nil || *sick.Status != "failed" || sick.Locked == nil || !*sick.Locked {
		t.Errorf("status and lock of a project the console told: %+v", sick)
	}
	if derived.Status != nil || derived.Locked != nil || derived.Environments[0].Stage != nil || derived.Environments[0].Pods != nil || derived.Environments[0].Argo != nil {
		t.Errorf("what nobody told is not null: %+v", derived)
	}
	if p := sick.Environments[0].Pods; p == nil || *p != (PodStatus{Ready: 1, Desired: 2, Restarts: 3}) {
		t.Errorf("pods %+v", p)
	}
	if len(sick.Findings) != 2 || sick.Findings[0].Cause != nil || sick.Findings[1].Cause == nil || sick.Findings[1].Cause.ID != "provisioning-failed" {
		t.Errorf("findings %+v", sick.Findings)
	}
}

func TestFloorOfFindings(t *testing.T) {
	if got := len(Findings(view(), "p", true, "en", platform.SeverityInfo).Findings); got != 2 {
		t.Errorf("%d findings, want 2", got)
	}
	v := view()
	v.Projects[0].Findings[0].Severity = platform.SeverityWarning
	if got := Findings(v, "p", true, "en", platform.SeverityDegraded).Findings; len(got) != 0 {
		t.Errorf("findings below the floor: %+v", got)
	}
}

func TestTables(t *testing.T) {
	var sb strings.Builder
	if err := StatusTable(&sb, view(), true, "fr"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"✖ 1 critique", "vigibat", "failed (verrouillé)", "1/2", "inconnu", "loki : injoignable", "connection refused"} {
		if !strings.Contains(sb.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, sb.String())
		}
	}
	sb.Reset()
	if err := FindingsTable(&sb, view(), true, "en", platform.SeverityInfo); err != nil {
		t.Fatal(err)
	}
	if out := sb.String(); !strings.Contains(out, "2 h") || !strings.Contains(out, "└ ") || !strings.Contains(out, "RB-04") {
		t.Errorf("findings:\n%s", out)
	}
}

func TestDoctor(t *testing.T) {
	found := []platform.SourceHealth{
		{Name: "console", Kind: "console", State: platform.StateLive, Since: at, Version: "9.24.0", Identity: "a person", Latency: 12 * time.Millisecond, Expires: at.Add(72 * time.Hour),
			Rights: []platform.Right{{Name: "projects.all", Known: true, Needed: "projects.others"}, {Name: "logs.platform", Needed: "log.results"}}},
		{Name: "loki", Kind: "loki", State: platform.StateUnauthorised, Since: at, Detail: "refused", Remedy: platform.RemedyRenewToken, Skew: -90 * time.Second},
	}
	doc := Doctor(found, "p", "en", at)
	if doc.Good || *doc.Sources[0].Rights[0].Held || doc.Sources[0].Rights[1].Held != nil || doc.Sources[0].Rights[0].Without == nil || doc.Sources[1].Advice == nil ||
		doc.Sources[0].Rights[0].Obtain == nil || doc.Sources[0].Rights[1].Obtain != nil || doc.Sources[1].SkewMS != -90_000 {
		t.Errorf("%+v", doc)
	}
	var sb strings.Builder
	if err := DoctorText(&sb, found, "en", at); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"✔ console", "9.24.0", "12 ms", "3 d", "projects.all", "✖ loki", "refused", "to do", "see all projects", "projects of which this account is no member", "right MANAGE", "90 s behind this machine's"} {
		if !strings.Contains(sb.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, sb.String())
		}
	}
}

func TestStatusTableSaysWhyItIsEmpty(t *testing.T) {
	for _, c := range []struct {
		kind  string
		state platform.State
		want  string
	}{
		{"console", platform.StateLive, "ce compte ne voit aucun projet"},
		{"console", platform.StateUnauthorised, "Aucun projet."},
		{"gitlab", platform.StateLive, "Aucune source ne peut dire quels projets existent"},
	} {
		var sb strings.Builder
		if err := StatusTable(&sb, &fleet.View{Ready: true, Sources: []platform.SourceHealth{{Name: c.kind, Kind: c.kind, State: c.state}}}, true, "fr"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(sb.String(), c.want) || strings.Contains(sb.String(), "PROJET") {
			t.Errorf("%s %s:\n%s", c.kind, c.state, sb.String())
		}
	}
}
