//go:build e2e

package lab

import (
	"bufio"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTwoRealLabs runs two labs side by side: what happens to one is nothing to the other, and nothing stays of either.
func TestTwoRealLabs(t *testing.T) {
	parts := []Part{Alertmanager, Prometheus}
	one, err := Start(t.Context(), Options{Parts: parts, History: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	two, err := Start(t.Context(), Options{Parts: parts, History: time.Minute})
	if err != nil {
		t.Fatal(errors.Join(err, one.Close()))
	}
	var pids []int
	for _, p := range append(one.processes, two.processes...) {
		pids = append(pids, p.cmd.Process.Pid)
	}
	if err := one.Close(); err != nil {
		t.Error(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, p := range two.processes {
		p.client = client
		if err := p.ask(t.Context()); err != nil {
			t.Errorf("the other lab's %s: %v", p.name, err)
		}
	}
	if err := errors.Join(two.Close(), two.Close()); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{one.Dir, two.Dir} {
		if exists(dir) {
			t.Errorf("%s stays", dir)
		}
	}
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("process %d stays", pid)
		}
	}
}

// TestARealLabEndsWithItsProcess kills the process that has a lab: the systems end with it, and the next lab removes its folder.
func TestARealLabEndsWithItsProcess(t *testing.T) {
	if dir := os.Getenv("DSOTOP_TEST_LAB"); dir != "" { // the process that is killed
		l, err := Start(t.Context(), Options{Parts: []Part{Alertmanager}})
		if err != nil {
			t.Fatal(err)
		}
		println("alertmanager " + strconv.Itoa(l.processes[0].cmd.Process.Pid) + " " + l.Dir)
		select {}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestARealLabEndsWithItsProcess$")
	cmd.Env = append(os.Environ(), "DSOTOP_TEST_LAB=1")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "alertmanager" {
			pid, _ = strconv.Atoi(words[1])
			dir = words[2]
		}
	}
	if pid == 0 || !alive(pid) {
		t.Fatal("no lab came up")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if err := eventually(t.Context(), "the end of the Alertmanager", func() error {
		if alive(pid) {
			return errors.New("it lives")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if sweep(); exists(dir) {
		t.Errorf("%s stays", dir)
	}
}

// alive tells whether a process runs; one that nobody waited for yet does not.
func alive(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}
