package sheet_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/onboarding"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// made is a project whose texts would do harm on paper.
func made() sheet.Board {
	d := &platform.Dossier{
		Project: platform.Project{ID: "p", Slug: "web", Status: platform.ProjectCreated, CreatedAt: noon().AddDate(0, 0, -9)},
		Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{Name: "dev", Stage: "dev"}, Namespace: "abc--def",
			Applications: []platform.Application{{Instance: "argocd/pub", Name: "web-dev", Type: platform.AppDeploy, Sync: "Synced", Health: "Degraded", HealthMessage: "a | b <script> *c*"}}}},
		Repositories: []platform.RepositoryFacts{{Repository: platform.Repository{Name: "api"}, Pipelines: []platform.Pipeline{{IID: 7, URL: "https://gitlab.test/7", SHA: "0123456789abcdef", Status: "failed"}}}},
		Log:          []platform.LogEntry{{RequestID: "req-1", Action: "Update Project", Failed: []string{"gitlab"}, At: noon()}},
		Known:        map[platform.Family]platform.FactAge{platform.FamApplications: {Source: "argocd/pub", At: noon()}, platform.FamProject: {Source: "console", At: noon()}},
	}
	l := &platform.Ledger{Project: "web", Items: map[string]platform.Tick{"request": {State: platform.StepOK, By: "=HYPERLINK(1)", At: noon(), Comment: "=1+1"}}, Fields: map[string]platform.Field{"backups": {Kind: platform.FieldText, Text: "x | y"}}}
	o := platform.Onboard(d, l, noon())
	return sheet.Board{Onboarding: &o, Row: &fleet.Row{Dossier: d}, Ledger: l}
}

func TestPapers(t *testing.T) {
	for _, w := range words.All() {
		b := made()
		var md, table, list strings.Builder
		if err := sheet.Markdown(&md, []sheet.Board{b}, true, false, "pax", w, noon()); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(md.String(), "\n") {
			if strings.HasPrefix(line, "|") && i > 4 {
				if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); n != 8 && n != 3 {
					t.Errorf("%s: a row of %d cells: %s", w.Tag, n-1, line)
				}
			}
		}
		if strings.Contains(md.String(), "<script>") || !strings.Contains(md.String(), `x \| y`) || !strings.Contains(md.String(), w.Onboarding.Incomplete) {
			t.Error(md.String())
		}
		if err := sheet.CSV(&list, []sheet.Board{b}, w, noon()); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(list.String()))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 1+platform.StepCount {
			t.Fatalf("%v: %d rows", err, len(rows))
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.HasPrefix(c, "=") {
					t.Errorf("a formula: %q", c)
				}
			}
		}
		if err := sheet.Table(&table, []sheet.Board{b}, true, true, w, noon()); err != nil || strings.Count(table.String(), "\n") < platform.StepCount {
			t.Errorf("%v\n%s", err, table.String())
		}
		ticket := sheet.Ticket(b, 16, "pax", w, noon())
		for _, want := range []string{"web (p)", "abc--def", "web-dev", "https://gitlab.test/7", "0123456789abcdef", "req-1", "2026-11-21T12:00:00Z", w.Onboarding.Step["deployed"], "[argocd/pub]"} {
			if !strings.Contains(ticket, want) {
				t.Errorf("%s: the ticket lacks %q:\n%s", w.Tag, want, ticket)
			}
		}
		doc := sheet.Make([]sheet.Board{b}, &onboarding.Snapshot{}, "pax", true, w, noon())
		if p := doc.Projects[0]; len(p.Steps) != platform.StepCount || p.Next == nil || doc.Folder != nil || p.Track != nil || len(p.Prerequisites) != len(platform.OnboardingFields()) {
			t.Errorf("%+v", p)
		}
	}
}
