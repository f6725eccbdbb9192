package notes_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/notes"
	"dsotop/internal/platform"
)

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func finding(id string) platform.Finding {
	return platform.Finding{ID: id, Severity: platform.SeverityCritical, Subject: platform.Subject{ProjectSlug: "web"}, Why: []platform.Evidence{{Text: "proof"}}}
}

func observe(t *testing.T, b *notes.Book, now time.Time, ids ...string) {
	t.Helper()
	var list []platform.Finding
	for _, id := range ids {
		list = append(list, finding(id))
	}
	if err := b.Observe(list, func(f platform.Finding) bool { return f.ID == "unsure" }, now); err != nil {
		t.Fatal(err)
	}
}

func TestFindingsComeAndGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "notes.json")
	b := notes.Open(path)
	observe(t, b, noon(), "a", "b", "unsure")
	observe(t, b, noon().Add(2*time.Minute), "a", "c")
	other := notes.Open(path) // another process
	d := other.Data()
	if !d.Sights["b@web"].Closed.Equal(noon().Add(2*time.Minute)) || !d.Sights["unsure@web"].Closed.IsZero() || !d.Sights["a@web"].First.Equal(noon()) {
		t.Errorf("%+v", d.Sights)
	}
	if d.NewSince("a@web", noon()) || !d.NewSince("c@web", noon()) || d.NewSince("b@web", time.Time{}) {
		t.Error("what is new since noon is c")
	}
	observe(t, other, noon().Add(3*time.Minute), "a", "b", "c")
	if s := b.Data().Sights["b@web"]; !s.Closed.IsZero() || !s.First.Equal(noon().Add(3*time.Minute)) || s.Finding.Why != nil {
		t.Errorf("a finding that comes back is new, and its proof is not kept: %+v", s)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("only its owner may read it: %v %v", st.Mode(), err)
	}
	observe(t, b, noon().Add(notes.Kept+time.Hour), "a")
	observe(t, b, noon().Add(2*notes.Kept+2*time.Hour), "a")
	if d := b.Data(); len(d.Sights) != 2 || len(d.Watched) != 1 {
		t.Errorf("what is over for long is forgotten: %+v", d)
	}
}

func TestCoverage(t *testing.T) {
	b := notes.Open("")
	for m := 0; m <= 30; m += 3 {
		observe(t, b, noon().Add(time.Duration(m)*time.Minute))
	}
	observe(t, b, noon().Add(2*time.Hour))
	observe(t, b, noon().Add(2*time.Hour+5*time.Minute))
	d := b.Data()
	if got := d.Coverage(noon().Add(-time.Hour), noon().Add(24*time.Hour)); got != 35*time.Minute {
		t.Error(got)
	}
	if got := d.Coverage(noon().Add(10*time.Minute), noon().Add(20*time.Minute)); got != 10*time.Minute {
		t.Error(got)
	}
}

func TestNotes(t *testing.T) {
	b := notes.Open(filepath.Join(t.TempDir(), "n.json"))
	observe(t, b, noon(), "a", "b")
	for key, n := range map[string]notes.Note{"a@web": {Reason: "known", At: noon()}, "b@web": {Reason: "tonight", At: noon(), Until: noon().Add(time.Hour)}} {
		if err := b.Say(key, n); err != nil {
			t.Fatal(err)
		}
	}
	held := func(key string, at time.Time) bool { _, ok := b.Data().Noted(key, at); return ok }
	if !held("a@web", noon().Add(99*time.Hour)) || !held("b@web", noon()) || held("b@web", noon().Add(time.Hour)) {
		t.Error("a note without end holds, one with an end ends")
	}
	observe(t, b, noon().Add(time.Minute))
	if held("a@web", noon()) || !held("b@web", noon()) {
		t.Error("a note without end goes with its finding; one with an end outlives a blink")
	}
	if err := b.Unsay("b@web"); err != nil || held("b@web", noon()) {
		t.Error("taken back", err)
	}
	if before, err := b.Looked(noon()); err != nil || !before.IsZero() {
		t.Error(before, err)
	}
	if before, _ := b.Looked(noon().Add(time.Hour)); !before.Equal(noon()) {
		t.Error(before)
	}
}

// Two processes, each with its own book, lose nothing of each other's.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.json")
	var wg sync.WaitGroup
	for _, who := range []string{"x", "y"} {
		b := notes.Open(path)
		wg.Go(func() {
			for i := range 20 {
				if err := b.Say(who+string(rune('a'+i)), notes.Note{By: who}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(notes.Open(path).Data().Notes); n != 40 {
		t.Errorf("%d notes of 40", n)
	}
}

// A file that is not ours, or of a later version, is told and left as it is.
func TestForeignFile(t *testing.T) {
	for text, want := range map[string]string{"{": "not what dsotop writes", `{"version":9}`: "newer dsotop"} {
		path := filepath.Join(t.TempDir(), "n.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b := notes.Open(path)
		if err := b.Say("k", notes.Note{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
		if raw, _ := os.ReadFile(path); string(raw) != text || len(b.Data().Notes) != 0 {
			t.Errorf("%s was touched: %s", path, raw)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"version":1,"notes":{"k":{"reason":"r"}},"sights":{"s":{}},"watched":[{}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "n.json")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		b := notes.Open(path)
		_ = b.Data()
		if err := b.Observe([]platform.Finding{finding("a")}, nil, noon()); err == nil {
			if _, ok := b.Data().Sights["a@web"]; !ok {
				t.Error("an observation is lost")
			}
		}
	})
}
