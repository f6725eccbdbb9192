package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be dsotop itself, so that the real program runs in tests without being built twice.
func TestMain(m *testing.M) {
	switch os.Getenv("DSOTOP_TEST_RUN") {
	case "1":
		main()
		return
	case "crash":
		crash()
		return
	}
	os.Exit(m.Run())
}

// command prepares a run of the program with a home of its own.
func command(t *testing.T, home string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append([]string{"DSOTOP_TEST_RUN=1", "HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "LANG=fr_FR.UTF-8",
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "XDG_STATE_HOME=" + filepath.Join(home, "state")}, env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

type result struct {
	out, err string
	code     int
}

func dsotop(t *testing.T, home string, env []string, args ...string) result {
	t.Helper()
	cmd := command(t, home, env, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	code := cmd.ProcessState.ExitCode()
	if err != nil && code < 0 {
		t.Fatalf("dsotop %v: %v\n%s", args, err, errs.String())
	}
	return result{out.String(), errs.String(), code}
}

// serveDemo serves a simulated platform for the test and returns its configuration file.
func serveDemo(t *testing.T, home string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "platform", "config.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	cmd := command(t, home, nil, append([]string{"demo", "serve", "--write-config", file}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	_ = ctx
	// The first line is printed once everything listens and both files are complete.
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil || n == 0 {
		t.Fatalf("demo serve said nothing: %v", err)
	}
	for _, name := range []string{file, filepath.Join(filepath.Dir(file), "kubeconfig")} {
		if _, err := os.Stat(name); err != nil {
			t.Fatalf("demo serve is ready but %v", err)
		}
	}
	return file
}

func contains(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}
