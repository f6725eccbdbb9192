package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/internal/actions"
)

// The SSH session closes while the console provisions: the call is carried to its end, looked at and told in the journal, without a screen. Meanwhile another dsotop
// of the same person is refused that very subject, and writes in the same journal what it does elsewhere.
func TestADeedOutlivesItsTerminal(t *testing.T) {
	t.Parallel()
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Dir: t.TempDir(), Calm: true, Still: true, Provisioning: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	before := p.Writes()
	home := t.TempDir()
	state := filepath.Join(home, "state")
	x := inTerminal(t, 120, 40, []string{"XDG_STATE_HOME=" + state}, "--config", p.Config, "--profile", "demo", "--lang", "en", "--no-cache", "--write")
	x.patience = 3 * time.Minute
	x.shows("WRITE", "portail")
	x.press("/portail\r")
	x.hides("vigibat")
	x.press("a")
	x.shows("Actions · portail", "reprovision")
	x.press("r")
	x.shows("Exact call", "Do it", "/hooks")
	x.press("\t\r")
	journal := actions.OpenJournal(filepath.Join(state, "dsotop", "journal"), nil)
	records := func() []*actions.Record {
		t.Helper()
		entries, err := journal.All()
		if err != nil {
			t.Fatal(err)
		}
		return actions.Fold(entries)
	}
	wait := func(what string, holds func() bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		for !holds() {
			select {
			case <-ctx.Done():
				t.Fatalf("%s: it does not come\n%s", what, x.text())
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	wait("the call leaves", func() bool { return p.Writes() == before+1 })
	_ = x.file.Close() // the terminal goes
	_ = x.cmd.Process.Signal(syscall.SIGHUP)
	_ = x.cmd.Process.Signal(syscall.SIGHUP) // as shells do, more than once

	other := func(args ...string) result {
		return dsotop(t, home, nil, append([]string{"--config", p.Config, "--profile", "demo", "--lang", "en", "--write", "action", "run"}, args...)...)
	}
	if r := other("console.replay", "portail", "--yes"); r.code != exitUsage || !strings.Contains(r.err, "already running") || !strings.Contains(r.err, "reprovision") {
		t.Errorf("another dsotop: %d %s%s", r.code, r.out, r.err)
	}
	if r := other("argocd.refresh", "agendaprefs-prod-c626-agenda-infra-08e2", "--yes"); r.code != exitFine {
		t.Errorf("another dsotop, elsewhere: %d %s%s", r.code, r.out, r.err)
	}
	select {
	case <-x.done:
		t.Fatal("it ended before the deed did")
	default:
	}
	if n := p.Writes() - before; n != 2 {
		t.Errorf("%d writes", n)
	}
	p.World.Step(time.Now().Add(6 * time.Minute))
	select {
	case <-x.done:
	case <-time.After(3 * time.Minute):
		t.Fatal("it does not end")
	}
	if n := p.Writes() - before; n != 2 {
		t.Errorf("%d writes at the end", n)
	}
	var told []string
	for _, r := range records() {
		told = append(told, r.Deed+" "+r.Subject.Name+" "+r.Outcome)
		if r.Deed == "console.replay" && (r.Status != 204 || r.By.PID != x.cmd.Process.Pid) {
			t.Errorf("%+v", r)
		}
	}
	if got := strings.Join(told, ", "); got != "console.replay portail done, argocd.refresh agendaprefs-prod-c626-agenda-infra-08e2 done" {
		t.Errorf("the journal tells: %s", got)
	}
	if found, _ := filepath.Glob(filepath.Join(journal.Dir(), "torn-*")); len(found) != 0 {
		t.Errorf("torn lines: %v", found)
	}
	if crash, _ := os.ReadFile(x.crash); strings.Contains(string(crash), "panic") {
		t.Errorf("%s", crash)
	}
}
