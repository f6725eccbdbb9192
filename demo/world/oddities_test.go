package world

import (
	"strings"
	"testing"
)

// TestOddities: a fleet holds the facts of every oddity.
func TestOddities(t *testing.T) {
	for _, size := range []Size{Odd, Fleet} {
		t.Run(string(size), func(t *testing.T) { allOdd(t, newTest(size)) })
	}
}

func allOdd(t *testing.T, w *World) {
	t.Helper()
	names := map[string]bool{}
	for _, o := range oddities() {
		if names[o.name] {
			t.Errorf("%s twice", o.name)
		}
		names[o.name] = true
	}
	w.View(func(s *State) {
		a := s.Aside
		for what, n := range map[string]int{"files": len(a.Files), "lost commits": len(a.Lost), "repositories beside": len(a.Beside), "guests": len(a.Guests), "absent members": len(a.Absent), "plans": len(a.Plans),
			"heads outside": len(a.Outside), "old values": len(a.Written), "last words": len(a.Said), "unmeasured namespaces": len(a.Quiet)} {
			if n == 0 {
				t.Errorf("no %s", what)
			}
		}
		made := map[string]bool{}
		for _, name := range a.Odd {
			made[name] = true
		}
		for name := range names {
			if !made[name] {
				t.Errorf("no %s", name)
			}
		}
		healed, failed, chains, tokens := 0, 0, 0, 0
		kinds := map[string]bool{}
		for _, app := range s.Applications {
			if app.Operation != nil && len(app.Operation.Healed) > 0 {
				healed++
			}
			for _, r := range app.Resources {
				kinds[r.Kind+" "+r.Health] = true
			}
		}
		for _, p := range s.Projects {
			for _, e := range p.Environments {
				for _, ev := range e.Namespace.Events {
					if ev.Reason == "BackoffLimitExceeded" {
						failed++
					}
				}
			}
			for _, tk := range p.GroupTokens {
				if tk.Name == "renovate" {
					tokens++
				}
			}
		}
		for _, c := range s.Chains {
			if c.State == "failed" {
				chains++
			}
		}
		if healed == 0 || failed == 0 || chains < 2 || tokens == 0 || !kinds["SopsSecret Degraded"] || !kinds["VaultStaticSecret Degraded"] || !kinds["Certificate Degraded"] {
			t.Error(healed, failed, chains, tokens, kinds)
		}
		for j := range a.Said {
			if j.Status != "failed" {
				t.Errorf("job %d has last words and is %s", j.ID, j.Status)
			}
		}
	})
	// What a broken job says last is in its output.
	var told *Job
	w.View(func(s *State) {
		for j := range s.Aside.Said {
			told = j
		}
	})
	var words string
	w.View(func(s *State) { words = s.Aside.Said[told][0] })
	if out := w.Trace(told); !strings.Contains(out, words) {
		t.Error("the output lacks", words)
	}
	if small := newTest(Small); len(small.state.Aside.Said)+len(small.state.Aside.Files)+len(small.state.Aside.Lost) > 0 {
		t.Error("oddities belong to larger worlds")
	}
}
