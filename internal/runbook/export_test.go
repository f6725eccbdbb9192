package runbook

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"dsotop/internal/actions"
)

// What goes into a ticket, in both languages: looked at, then kept.
func TestExport(t *testing.T) {
	w := newDouble()
	r := begun(t, w, "RB-01")
	r.ID = "20261122-100000-abcdef"
	m, err := NewMachine(r, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		turn, err := m.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Second)
		if turn.State == Asking && m.run.Pending.Kind == AskConsent {
			if err := m.Consent(m.run.Pending.Step, actions.Consent{}, "anne"); err != nil {
				t.Fatal(err)
			}
		}
		if turn.State == Waiting {
			w.now = turn.Look
		}
		if turn.State == Asking && m.run.Pending != nil && m.run.Pending.Kind == AskAnswer && m.run.Pending.Step == "again" {
			if err := m.Answer("again", "ticket", "anne"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := m.Abandon("anne", "`relève` <b>|"); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"fr", "en"} {
		run := m.Run()
		got := Markdown(&run, lang, Speech{})
		path := filepath.Join("testdata", "export-"+lang+".md")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil || string(want) != got {
			t.Errorf("%s differs (%v); look, then -update:\n%s", path, err, got)
		}
	}
}
