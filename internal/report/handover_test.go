package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/notes"
	"dsotop/internal/platform"
	"dsotop/internal/report"
)

func TestHandover(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	ago := func(h float64) time.Time { return now.Add(-time.Duration(h * float64(time.Hour))) }
	find := func(id string, sev platform.Severity, since time.Time) platform.Finding {
		return platform.Finding{ID: id, Severity: sev, Since: since, Subject: platform.Subject{ProjectSlug: "web", Environment: "prod"}, Runbook: "RB-01"}
	}
	recent, old, ageless := find("oom", platform.SeverityCritical, ago(1)), find("crash-loop", platform.SeverityCritical, ago(30)), find("image-pull", platform.SeverityWarning, time.Time{})
	recent.Consequences = []platform.Finding{find("crash-loop", platform.SeverityCritical, ago(1))}
	v := &fleet.View{At: now, Projects: []*fleet.Row{
		{Dossier: &platform.Dossier{Project: platform.Project{ID: "1", Slug: "web"}, Log: []platform.LogEntry{{Action: "Create *env*", At: ago(2)}, {Action: "old", At: ago(40)}},
			Alerts: []platform.Alert{{Name: "Down", State: "firing", Severity: "critical", Since: ago(1), Summary: "<b>down</b>"}}},
			Findings: []platform.Finding{recent, old, ageless, find("info-only", platform.SeverityInfo, ago(1))}},
		{Dossier: &platform.Dossier{Project: platform.Project{ID: "2", Slug: "other"}}, Findings: []platform.Finding{}}},
		Sources: []platform.SourceHealth{{Name: "loki", State: platform.StateUnreachable, Detail: "refused"}, {Name: "console", State: platform.StateLive}}}
	gone := find("gone", platform.SeverityDegraded, ago(5))
	back := recent
	said := notes.Data{
		Notes: map[string]notes.Note{old.Key(): {Reason: "ticket 12", By: "astreinte", At: ago(3)}},
		Sights: map[string]notes.Sight{gone.Key(): {Finding: gone, First: ago(5), Closed: ago(2)}, back.Key(): {Finding: back, First: ago(9), Closed: ago(8)},
			"long@ago": {Finding: gone, Closed: ago(99)}, ageless.Key(): {Finding: ageless, First: ago(3)}},
		Watched: []notes.Span{{From: ago(20), To: ago(2)}},
	}
	doc := report.Handover(v, said, ago(12), "web", "pax", true, "en")
	if len(doc.Opened) != 2 || doc.Opened[0].ID != "oom" || doc.Opened[0].Consequences != 1 || doc.Opened[1].ID != "image-pull" {
		t.Errorf("opened: %+v", doc.Opened)
	}
	if len(doc.Standing) != 1 || doc.Standing[0].Acknowledged == nil || doc.Standing[0].Acknowledged.Reason != "ticket 12" {
		t.Errorf("standing: %+v", doc.Standing)
	}
	if len(doc.Closed) != 1 || doc.Closed[0].ID != "gone" {
		t.Errorf("closed: %+v", doc.Closed)
	}
	if len(doc.Changes) != 1 || len(doc.Alerts) != 1 || len(doc.Sources) != 1 || doc.WatchedSeconds != 10*3600 {
		t.Errorf("%+v", doc)
	}
	said.Watched = []notes.Span{{From: ago(20), To: ago(6)}, {From: ago(3), To: ago(2)}}
	if first := report.Handover(v, said, ago(12), "web", "pax", true, "en"); len(first.Opened) != 1 || len(first.Standing) != 2 {
		t.Errorf("what was there when somebody looked for the first time opened then: %+v", first.Opened)
	}
	if other := report.Handover(v, said, ago(12), "other", "pax", true, "en"); len(other.Opened)+len(other.Standing)+len(other.Closed)+len(other.Changes) != 0 {
		t.Errorf("of another project: %+v", other)
	}
	var out bytes.Buffer
	if err := report.HandoverMarkdown(&out, doc, "en", time.UTC); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Handover of 2026-11-21 14:00 UTC, web", "watched only", "## Opened (2)", "acknowledged by astreinte", "ticket 12", `Create \*env\*`, "&lt;b&gt;down", "**loki**", "+1 consequence"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
