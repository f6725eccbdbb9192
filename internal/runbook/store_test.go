package runbook

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
)

func begun(t *testing.T, w *double, book string) *Run {
	t.Helper()
	r, err := Begin(Load().Book(book), w, selection(), nil, "anne", "test", false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A run is played by one; a second one is told who, may take it over, and the first then finds out before it writes anything.
func TestOnePlaysARun(t *testing.T) {
	w := newDouble()
	dir := filepath.Join(t.TempDir(), "runs")
	anne, bruno := OpenStore(dir, "anne"), OpenStore(dir, "bruno")
	r := begun(t, w, "RB-01")
	held, err := anne.Create(r)
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(dir, r.ID+".json"))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", st.Mode(), err)
	}
	var other *HeldError
	if _, _, err := bruno.Claim(r.ID, w.now); !errors.As(err, &other) || other.By.Account != "anne" {
		t.Fatalf("the second one got %v", err)
	}
	if read, err := bruno.Read(r.ID); err != nil || read.Book != "RB-01" {
		t.Errorf("the second one cannot read it: %v", err)
	}
	taken, again, err := bruno.TakeOver(r.ID, w.now)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = held.Save(r)
	if _, told := errors.AsType[*TakenError](err); !told || !strings.HasPrefix(Tell(err, "fr"), "ce passage a été repris par ") || !strings.HasPrefix(Tell(err, "en"), "the run was taken over by ") {
		t.Errorf("the first one could still write, or is not told: %v", err)
	}
	if err := taken.Save(again); err != nil {
		t.Error(err)
	}
	if len(again.Hands) != 1 || !strings.Contains(again.Hands[0].From, "anne") {
		t.Errorf("who had it before is not told: %+v", again.Hands)
	}
	held.Close()
	if runs, err := anne.List(); err != nil || len(runs) != 1 {
		t.Errorf("%v %v", runs, err)
	}
}

func TestStrangeNamesOfRuns(t *testing.T) {
	s := OpenStore(t.TempDir(), "anne")
	for _, id := range []string{"", "..", "../../etc/passwd", "20261122-100000-abcdef", "x"} {
		if _, err := s.Read(id); err == nil {
			t.Errorf("%q was read", id)
		}
		if _, _, err := s.Claim(id, time.Now()); err == nil {
			t.Errorf("%q was claimed", id)
		}
	}
}

// hard is a world whose deeds are lines of a file, as the hand's are of its journal: they outlive the process.
type hard struct {
	*double
	path string
}

type hardDeed struct {
	ID, Deed, Key, Host string
	PID                 int
	At                  time.Time
}

func (h hard) Do(p Planned, _ actions.Consent) (string, error) {
	wish, ok := p.Handle.(Wish)
	if !ok {
		return "", errors.New("not planned")
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	d := hardDeed{ID: "run-" + NewRunID(time.Now()), Deed: wish.Deed, Key: wish.Subjects[0].Key(), PID: os.Getpid(), Host: host(), At: time.Now()}
	raw, _ := json.Marshal(d)
	if _, err := f.Write(append(raw, '\n')); err != nil {
		return "", err
	}
	return d.ID, f.Sync()
}

func (h hard) deeds() []hardDeed {
	f, err := os.Open(h.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []hardDeed
	for s := bufio.NewScanner(f); s.Scan(); {
		var d hardDeed
		if json.Unmarshal(s.Bytes(), &d) == nil {
			out = append(out, d)
		}
	}
	return out
}

func (h hard) Find(w Wish, since time.Time, pid int, host string) (string, bool) {
	for _, d := range h.deeds() {
		if d.Deed == w.Deed && d.Key == w.Subjects[0].Key() && d.PID == pid && d.Host == host && d.At.After(since.Add(-time.Second)) {
			return d.ID, true
		}
	}
	return "", false
}

func (h hard) Known(s Selection) Known {
	k := h.double.Known(s)
	k.Now = time.Now()
	return k
}

const killed = `id: KILL
title: t
needs: [project]
steps:
  - {id: a, title: a, action: {deed: console.replay, on: project}}
  - {id: b, title: b, check: "!project.archived"}
  - {id: c, title: c, action: {deed: console.lock, on: project}}
  - {id: d, title: d, ask: {question: q, value: string}}
  - {id: e, title: e, action: {deed: console.unlock, on: project}}
`

// TestPlayedByAChild is no test of its own: it is the process that TestKilledAnywhere kills.
func TestPlayedByAChild(t *testing.T) {
	dir := os.Getenv("DSOTOP_TEST_RUNS")
	if dir == "" {
		return
	}
	w := hard{newDouble(), filepath.Join(dir, "deeds")}
	s := OpenStore(filepath.Join(dir, "runs"), "anne")
	runs, err := s.List()
	if err != nil || len(runs) != 1 {
		t.Fatal(err, len(runs))
	}
	held, r, err := s.Claim(runs[0].ID, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMachine(r, w, held)
	if err != nil {
		t.Fatal(err)
	}
	for !m.run.State.Over() {
		turn, err := m.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if turn.State != Asking {
			continue
		}
		switch p := m.run.Pending; p.Kind {
		case AskConsent:
			err = m.Consent(p.Step, actions.Consent{}, "anne")
		case AskAnswer:
			err = m.Answer(p.Step, "x", "anne")
		default:
			t.Fatalf("%s: %+v", p.Step, p.Trouble)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// rounds is how many runs are played by processes that are killed six times each.
var rounds = flag.Int("rounds", 2, "how many runs are played by processes that are killed") //nolint:gochecknoglobals // a flag of the test binary

// A process that plays is killed at whatever point it has reached, again and again: the next one goes on, each deed is done once.
func TestKilledAnywhere(t *testing.T) {
	b, wrong := Decode("kill.yaml", []byte(killed))
	if wrong.Err() != nil {
		t.Fatal(wrong)
	}
	for round := range *rounds {
		dir := t.TempDir()
		w := hard{newDouble(), filepath.Join(dir, "deeds")}
		r, err := Begin(b, w, selection(), nil, "anne", "test", false)
		if err != nil {
			t.Fatal(err)
		}
		store := OpenStore(filepath.Join(dir, "runs"), "anne")
		held, err := store.Create(r)
		if err != nil {
			t.Fatal(err)
		}
		held.Close()
		for try := 0; ; try++ {
			child := exec.Command(os.Args[0], "-test.run=^TestPlayedByAChild$")
			child.Env = append(os.Environ(), "DSOTOP_TEST_RUNS="+dir)
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			if try < 6 { // killed when so many saves were seen, wherever that is
				target := round%7 + try*2
				for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
					now, err := store.Read(r.ID)
					if err == nil && (len(now.Records)+len(w.deeds()) >= target || now.State.Over()) {
						break
					}
				}
				_ = child.Process.Kill()
				_ = child.Wait()
			} else if err := child.Wait(); err != nil {
				t.Fatalf("round %d: the last child failed: %v", round, err)
			}
			now, err := store.Read(r.ID)
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			if now.State.Over() {
				if now.State != Finished {
					t.Fatalf("round %d: %s %+v", round, now.State, now.Why)
				}
				break
			}
		}
		count := map[string]int{}
		for _, d := range w.deeds() {
			count[d.Deed]++
		}
		if count["console.replay"] != 1 || count["console.lock"] != 1 || count["console.unlock"] != 1 {
			t.Fatalf("round %d: %v", round, count)
		}
	}
}

// FuzzRun: a run's file that somebody wrote in is told to be wrong, or is played on and exported; it does nobody harm.
func FuzzRun(f *testing.F) {
	w := newDouble()
	book := Load().Book("RB-01")
	whole, err := Begin(book, w, selection(), nil, "anne", "test", false)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"version":1,"book":"RB-01","state":"asking","step":"nowhere","records":[{"step":"x","kind":"?","began":"0001-01-01T00:00:00Z","deed":{}}],"pending":{"kind":"consent","step":"y","plan":{"left":[{}],"effects":[{"What":"\u001b[31m"}]}}}`))
	f.Add([]byte(`{"version":1,"book":"\u001b]0;x\u0007","title":{"fr":"\u202e|\n# x"},"records":[{"title":{"fr":"\u001b[2J"},"seen":[{"name":"a|b","value":"` + "`" + `"}],"result":1e308}],"hands":[{"from":"\u0000"}]}`))
	f.Add([]byte(`{"version":9}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := OpenStore(t.TempDir(), "anne")
		const id = "20261122-100000-abcdef"
		if err := os.WriteFile(filepath.Join(s.Dir(), id+".json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := s.List()
		if (err == nil) != (len(all) == 1) {
			t.Fatalf("%d runs, %v", len(all), err)
		}
		for _, r := range all {
			for _, lang := range []string{"fr", "en"} {
				if text := Markdown(r, lang, Speech{}); strings.ContainsAny(text, "\x00\x1b\a\u202e") {
					t.Errorf("%q", text)
				}
			}
			w := newDouble()
			m, err := NewMachine(r, w, nil)
			for turns := 0; err == nil && turns < 5; turns++ {
				_, err = m.Step(t.Context())
			}
		}
	})
}
