package actions_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

var kills = flag.Int("kills", 40, "how many processes are killed in the middle of a deed")

// TestMain is also the process that is killed: it does deeds on a system that is a file, until then.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DSOTOP_TEST_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// fileSystem is a system that keeps what it is told in a file: one line a write, written before it answers.
type fileSystem struct{ dir string }

func (f fileSystem) Names(string) []string     { return []string{"sys"} }
func (f fileSystem) Reader(string) wire.Reader { return f }
func (f fileSystem) Writer(string) wire.Writer { return f }
func (f fileSystem) Read(context.Context, wire.Call) (wire.Reply, error) {
	return wire.Reply{Status: 200}, nil
}

func (f fileSystem) Write(_ context.Context, c wire.Call) (wire.Reply, error) {
	file, err := os.OpenFile(filepath.Join(f.dir, "system"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return wire.Reply{}, err
	}
	defer file.Close()
	_, err = fmt.Fprintln(file, c.Path)
	return wire.Reply{Status: 204}, err
}

func (f fileSystem) has(path string) bool {
	text, _ := os.ReadFile(filepath.Join(f.dir, "system"))
	return strings.Contains("\n"+string(text), "\n"+path+"\n")
}

func fileHand(dir string) *actions.Hand {
	f := fileSystem{dir}
	h, err := actions.New(actions.Options{
		Systems: f, Pace: 500, Locks: filepath.Join(dir, "locks"), Journal: actions.OpenJournal(filepath.Join(dir, "journal"), nil),
		Deeds: []actions.Deed{{
			ID: "sys.touch", On: []actions.Kind{actions.OnProject}, Base: actions.RiskWrite, Patience: 50 * time.Millisecond,
			Plan: func(_ context.Context, _ actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
				return actions.Draft{Call: wire.Call{System: "sys", Method: "PUT", Path: "/" + sub.ID}, Memo: map[string]string{"path": "/" + sub.ID}}, nil
			},
			Done: func(_ context.Context, _ actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
				if f.has(d.Memo["path"]) {
					return actions.Sight{State: actions.Done}, nil
				}
				return actions.Sight{State: "running"}, nil
			},
		}},
	})
	if err != nil {
		panic(err)
	}
	return h
}

func victim(dir string) {
	h := fileHand(dir)
	if _, err := h.Recover(); err != nil {
		fmt.Println("error", err)
	}
	for n := 0; ; n++ {
		p, err := h.Plan(context.Background(), "sys.touch", project(fmt.Sprintf("%d-%d", os.Getpid(), n)), nil)
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("planned")
		r, err := h.Do(p, actions.Consent{})
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("began")
		r.Wait(context.Background())
		fmt.Println("over")
	}
}

// Killed at any point, nothing is lost: whatever reached the system has an intent that was written before, nothing reached it twice, and what has no
// verdict is looked at again at the next start, until it has one.
func TestKilledAtAnyPoint(t *testing.T) {
	dir := t.TempDir()
	for range *kills {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), "DSOTOP_TEST_VICTIM="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range rand.IntN(9) {
			if lines.Scan(); strings.HasPrefix(lines.Text(), "error") {
				t.Error(lines.Text())
			}
		}
		for range rand.IntN(200_000) { // a little further
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}
	h := fileHand(dir)
	if _, err := h.Recover(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	entries, err := h.Journal().All()
	if err != nil {
		t.Fatal(err)
	}
	intents, torn := map[string]*actions.Record{}, 0
	for _, r := range actions.Fold(entries) {
		if r.Open() {
			t.Errorf("%s has no verdict", r.Run)
		}
		intents["/"+r.Subject.ID] = r
	}
	for _, e := range entries {
		if e.Event == actions.EventTorn {
			torn++
		}
	}
	text, _ := os.ReadFile(filepath.Join(dir, "system"))
	seen := map[string]bool{}
	for _, path := range strings.Fields(string(text)) {
		switch r := intents[path]; {
		case seen[path]:
			t.Errorf("%s was written twice", path)
		case r == nil:
			t.Errorf("%s was written without an intent", path)
		case r.Outcome != actions.Done:
			t.Errorf("%s was written, and its verdict is %s", path, r.Outcome)
		}
		seen[path] = true
	}
	again, unknown := 0, 0
	for path, r := range intents {
		if r.Again {
			again++
		}
		if r.Outcome == actions.Unknown {
			unknown++
			if seen[path] {
				t.Errorf("%s is unknown though it was written", path)
			}
		}
	}
	t.Logf("%d kills: %d deeds, %d looked at again, %d of them never left, %d lines torn", *kills, len(intents), again, unknown, torn)
	if len(intents) == 0 {
		t.Error("nothing was done")
	}
}
