package findings

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	id := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	runbook := regexp.MustCompile(`^RB-(0[1-9]|1[0-9]|20)$`)
	for _, r := range All() {
		if seen[r.ID] || !id.MatchString(r.ID) {
			t.Errorf("rule %q: id twice, or not kebab-case", r.ID)
		}
		seen[r.ID] = true
		if !runbook.MatchString(r.Runbook) {
			t.Errorf("rule %s: runbook %q", r.ID, r.Runbook)
		}
		if r.Doc.What == "" || r.Doc.Why == "" || r.Doc.Evidence == "" || r.Doc.Sources == "" || r.Doc.Rights == "" || r.Area == "" || len(r.Needs) == 0 || r.Severity == platform.SeverityOK {
			t.Errorf("rule %s is not documented", r.ID)
		}
	}
	for _, mode := range []string{"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "F25",
		"F27", "F28", "F29", "F30", "F31", "F32", "F33", "F34", "F35", "F36", "F37", "F38", "F39", "F40"} { // F26 is no fault: Loki keeps thirty days, which its page says
		if !slices.ContainsFunc(All(), func(r Rule) bool { return r.Mode == mode }) {
			t.Errorf("no rule for %s", mode)
		}
	}
}

// The causes must lead to an end, and name rules that exist.
func TestFoldsHaveNoCycle(t *testing.T) {
	exists := map[string]bool{}
	for _, r := range All() {
		exists[r.ID] = true
	}
	var walk func(id string, path []string)
	walk = func(id string, path []string) {
		if slices.Contains(path, id) {
			t.Fatalf("cycle: %v → %s", path, id)
		}
		for _, l := range causes(id) {
			if !exists[l.cause] {
				t.Errorf("%s may be caused by %s, which is no rule", id, l.cause)
			}
			walk(l.cause, append(path, id))
		}
	}
	for id := range exists {
		walk(id, nil)
	}
}

// Nothing known is not the same as nothing wrong.
func TestNothingKnown(t *testing.T) {
	d := &platform.Dossier{Project: platform.Project{Slug: "x"}}
	res := Evaluate(All(), d, now())
	if len(res.Findings) != 0 || len(res.NotEvaluated) != len(All()) {
		t.Fatalf("%d findings, %d of %d rules not evaluated", len(res.Findings), len(res.NotEvaluated), len(All()))
	}
	for _, n := range res.NotEvaluated {
		if n.Reason != platform.StateNotConfigured {
			t.Errorf("%s: reason %s", n.RuleID, n.Reason)
		}
	}
}

func TestNotEvaluatedSomewhere(t *testing.T) {
	d := dossier("dev", "prod")
	d.Environments[1].Known[platform.FamPods] = platform.FactAge{Source: "kubernetes/prod", State: platform.StateForbidden}
	d.Environments[0].Pods = []platform.Pod{broken("web", "quay.example/x/web:1", "CrashLoopBackOff", "")}
	res := Evaluate(All(), d, now())
	if len(res.Findings) != 1 || res.Findings[0].ID != "crash-loop" {
		t.Fatalf("the environment that is known must be judged: %s", show(res.Findings))
	}
	i := slices.IndexFunc(res.NotEvaluated, func(n NotEvaluated) bool { return n.RuleID == "crash-loop" })
	if i < 0 || res.NotEvaluated[i].Reason != platform.StateForbidden || res.NotEvaluated[i].Source != "kubernetes/prod" || !slices.Equal(res.NotEvaluated[i].Environments, []string{"prod"}) {
		t.Fatalf("%+v", res.NotEvaluated)
	}
}

// A judgement says when time alone may change it.
func TestDue(t *testing.T) {
	d := dossier("dev")
	a := app("dev", platform.AppDeploy)
	a.Sync, a.Operation.FinishedAt = platform.SyncOutOfSync, ago(11*time.Hour)
	setApps(d, 0, a)
	d.Tokens = []platform.AccessToken{token(now().Add(35 * 24 * time.Hour))}
	res := Evaluate(All(), d, now())
	if want := now().Add(time.Hour); !res.Due.Equal(want) {
		t.Fatalf("due %s, want %s", res.Due, want)
	}
	if later := Evaluate(All(), d, res.Due); len(later.Findings) != 1 || later.Findings[0].ID != "app-out-of-sync" {
		t.Fatalf("at its due time: %s", show(later.Findings))
	}
	if calm := Evaluate(All(), dossier("prod"), now()); !calm.Due.IsZero() {
		t.Fatalf("nothing runs out, yet due %s", calm.Due)
	}
}

func TestSort(t *testing.T) {
	f := func(id string, s platform.Severity, since time.Time) platform.Finding {
		return platform.Finding{ID: id, Severity: s, Since: since}
	}
	list := []platform.Finding{f("c", platform.SeverityInfo, ago(9*time.Hour)), f("b", platform.SeverityCritical, time.Time{}), f("e", platform.SeverityCritical, ago(time.Hour)), f("a", platform.SeverityCritical, ago(2*time.Hour)), f("d", platform.SeverityCritical, time.Time{})}
	Sort(list)
	var got string
	for _, x := range list {
		got += x.ID
	}
	if got != "aebdc" {
		t.Fatal(got)
	}
	if Worst(list) != platform.SeverityCritical || Worst(nil) != platform.SeverityOK {
		t.Fatal("Worst")
	}
	nested := []platform.Finding{{ID: "a", Consequences: []platform.Finding{{ID: "b"}}}, {ID: "c"}}
	if flat := Flatten(nested); len(flat) != 3 || flat[1].ID != "b" {
		t.Fatal("Flatten")
	}
}

// Every failure mode is listed once, and rules name those that exist.
func TestModes(t *testing.T) {
	seen := map[string]bool{}
	for i, m := range Modes() {
		if m.ID != "F"+itoa(i+1) || m.What == "" || m.How == "" {
			t.Errorf("mode %d: %+v", i+1, m)
		}
		seen[m.ID] = true
	}
	for _, r := range All() {
		if r.Mode != "" && !seen[r.Mode] {
			t.Errorf("rule %s names mode %s", r.ID, r.Mode)
		}
	}
}

// Every family that a rule needs has a place of its own.
func TestPlaces(t *testing.T) {
	taken := map[int]platform.Family{}
	for _, r := range All() {
		for _, f := range r.Needs {
			at := place(f)
			if other, is := taken[at]; at <= 0 || at >= places || is && other != f {
				t.Errorf("%s: family %s has place %d, as %s has", r.ID, f, at, other)
			}
			taken[at] = f
		}
	}
}
