package actions_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

func TestJournalIsKeptToItsOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "j")
	j := actions.OpenJournal(dir, nil)
	if err := j.Add(actions.Entry{Event: actions.EventIntent, Run: "1"}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "journal.jsonl"): 0o600, filepath.Join(dir, "journal.lock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	if ev := events(t, j); ev != "file intent" {
		t.Error(ev)
	}
}

// A piece of a line that a dead process left is set aside, and said; what was whole stays, and so does what comes after.
func TestTornLineIsSetAside(t *testing.T) {
	for name, c := range map[string]struct{ tear, want string }{
		"in the middle": {`{"v":1,"event":"intent","run":"2","de`, "file intent torn verdict=done"},
		"nothing torn":  {"", "file intent verdict=done"},
		"one byte":      {"{", "file intent torn verdict=done"},
		"not ours":      {"garbage\n", "file intent verdict=done"},
		"long":          {strings.Repeat("x", 10000), "file intent torn verdict=done"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j := actions.OpenJournal(dir, nil)
			if err := j.Add(actions.Entry{Event: actions.EventIntent, Run: "1"}); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(c.tear); err != nil {
				t.Fatal(err)
			}
			f.Close()
			if ev := events(t, actions.OpenJournal(dir, nil)); ev != "file intent" {
				t.Errorf("before: %s", ev)
			}
			next := actions.OpenJournal(dir, nil)
			if err := next.Add(actions.Entry{Event: actions.EventVerdict, Run: "1", Outcome: actions.Done}); err != nil {
				t.Fatal(err)
			}
			if ev := events(t, next); ev != c.want {
				t.Errorf("after: %s", ev)
			}
			if ev := events(t, j); ev != c.want { // the other one reads on
				t.Errorf("the other: %s", ev)
			}
			pieces, _ := filepath.Glob(filepath.Join(dir, "torn-*.txt"))
			if strings.Contains(c.want, "torn") {
				if len(pieces) != 1 {
					t.Fatalf("%v", pieces)
				}
				if text, _ := os.ReadFile(pieces[0]); string(text) != c.tear {
					t.Errorf("%q", text)
				}
			} else if len(pieces) != 0 {
				t.Errorf("%v", pieces)
			}
		})
	}
}

// What is not over when a file is put away stands in the new one.
func TestRotationCarriesWhatIsOpen(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 7, 0, 0, time.UTC)
	dir := t.TempDir()
	j := actions.OpenJournal(dir, func() time.Time { now = now.Add(time.Millisecond); return now })
	j.Shrink(4000, 3)
	add := func(e actions.Entry) {
		t.Helper()
		if err := j.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	add(actions.Entry{Event: actions.EventIntent, Run: "open", Deed: "sys.touch"})
	add(actions.Entry{Event: actions.EventBatch, Batch: "b", Deed: "sys.touch"})
	add(actions.Entry{Event: actions.EventIntent, Run: "again", Deed: "sys.touch"})
	add(actions.Entry{Event: actions.EventVerdict, Run: "again", Outcome: actions.Unknown})
	add(actions.Entry{Event: actions.EventLook, Run: "again"})                                    // nobody knows yet
	add(actions.Entry{Event: actions.EventSteps, Run: "before", Note: strings.Repeat("n", 2000)}) // of a run of an older file
	for range 200 {
		add(actions.Entry{Event: actions.EventIntent, Run: "x", Note: strings.Repeat("n", 100)})
		add(actions.Entry{Event: actions.EventVerdict, Run: "x", Outcome: actions.Done})
	}
	files, _ := filepath.Glob(filepath.Join(dir, "journal-*.jsonl"))
	if len(files) != 3 {
		t.Errorf("%d files are kept", len(files))
	}
	entries, err := actions.OpenJournal(dir, nil).Entries()
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, r := range actions.Fold(entries) {
		if r.Open() {
			open = append(open, r.Run)
		}
	}
	if len(open) != 2 || open[0] != "open" || open[1] != "again" {
		t.Errorf("%v", open)
	}
	bulk := false
	for _, e := range entries {
		bulk = bulk || e.Event == actions.EventBatch
		if e.Run == "before" {
			t.Error("what began in an older file is carried on")
		}
	}
	if !bulk {
		t.Error("the bulk was lost")
	}
	for _, path := range append(files, filepath.Join(dir, "journal.jsonl")) {
		info, err := os.Stat(path)
		if err != nil || info.Size() > 6000 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, info, err)
		}
		text, _ := os.ReadFile(path)
		var first actions.Entry
		if line, _, _ := strings.Cut(string(text), "\n"); json.Unmarshal([]byte(line), &first) != nil || first.Event != actions.EventFile || first.ID == "" {
			t.Errorf("%s begins with %s", path, line)
		}
	}
}

func TestManyWriteTogether(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 4 {
		j := actions.OpenJournal(dir, nil)
		j.Shrink(3000, 100)
		all.Go(func() {
			for range 20 {
				if err := j.Add(actions.Entry{Event: actions.EventIntent, Run: "x"}, actions.Entry{Event: actions.EventVerdict, Run: "x", Outcome: actions.Done}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	j := actions.OpenJournal(dir, nil)
	entries, err := j.All()
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, e := range entries {
		n[e.Event]++
	}
	if n[actions.EventVerdict] < 80 || n[actions.EventTorn] != 0 {
		t.Errorf("%v", n)
	}
}

func TestAJournalThatCannotBeWrittenStopsTheDeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &system{}
	h := hand(t, s, func(o *actions.Options) { o.Journal = actions.OpenJournal(filepath.Join(path, "j"), nil) })
	if _, err := h.Do(plan(t, h, project("a"), nil), actions.Consent{}); code(err) != "journal" {
		t.Error(err)
	}
	if w, _ := s.count(); w != 0 {
		t.Errorf("%d writes", w)
	}
}

// FuzzJournal: whatever stands in the journal's file, what is read of it is looked at and nothing is sent; no name in it leads out of the folder.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"v":1,"event":"intent","run":"a1","deed":"t.done","subject":{"kind":"project","id":"p","name":"p"},"risk":"write","call":{"system":"s","method":"PUT","path":"/x"},"at":"2026-01-02T03:04:05Z"}` + "\n"))
	f.Add([]byte(`{"v":1,"event":"batch","batch":"../../../x","deed":"t.done","items":[{"kind":"project","id":"p"}],"note":"NaN/-3"}` + "\n" + `{"v":1,"event":"batch","batch":"b","deed":"t.done","items":[{},{}],"note":"1e400/99999999999999999999","risk":"?"}` + "\n"))
	f.Add([]byte(`{"v":1,"event":"verdict","run":"a"}` + "\n" + `{"v":1,"event":"intent","run":"a"}` + "\n" + `{"v":1,"event":"verdict","run":"a","outcome":"\u001b[31m","steps":[{"took":-9223372036854775808}]}` + "\nhalf"))
	f.Add([]byte("\x00\xff\n[]\n{}\n\n{\"v\":2}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "a", "b", "c")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		sent := 0
		j := actions.OpenJournal(dir, nil)
		h, err := actions.New(actions.Options{Journal: j, Locks: filepath.Join(dir, "locks"), Systems: counting{&sent}, Pace: 1e6, Deeds: []actions.Deed{{ID: "t.done", On: []actions.Kind{actions.OnProject}, Bulk: true,
			Plan: func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
				return actions.Draft{}, nil
			}}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Recover(); err != nil {
			t.Skip(err) // a line that is longer than any of ours
		}
		for _, r := range h.Runs() {
			_ = r.Wait(t.Context())
		}
		for _, b := range h.Batches() {
			_, _, _ = b.Items(), b.Tally(), b.State()
			b.Stop()
		}
		if err := h.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := j.All(); err != nil {
			t.Error(err)
		}
		if sent > 0 {
			t.Errorf("%d calls", sent)
		}
		for _, where := range []string{outside, filepath.Join(outside, "a"), filepath.Join(outside, "a", "b")} {
			if out, _ := filepath.Glob(filepath.Join(where, "*.lock")); len(out) > 0 {
				t.Errorf("outside the folder: %v", out)
			}
		}
	})
}

// counting counts what is sent.
type counting struct{ n *int }

func (c counting) Reader(string) wire.Reader { return nil }
func (c counting) Writer(string) wire.Writer { *c.n++; return nil }
func (counting) Names(string) []string       { return nil }
