package main

import (
	"slices"
	"strings"
	"testing"

	"dsotop/internal/runbook"
)

// Books on the command line: listed, shown, played in vain against a platform, kept, exported; documents follow their schemas, and no code of a deed is ever printed.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home, "--life", "calm")
	call := func(code int, args ...string) result {
		t.Helper()
		r := dsotop(t, home, nil, append([]string{"--config", config, "--lang", "en", "runbook"}, args...)...)
		if r.code != code {
			t.Fatalf("%v: code %d, want %d: %s%s", args, r.code, code, r.out, r.err)
		}
		return r
	}
	followsSchema(t, "runbook-list", call(exitFine, "list", "-o", "json").out)
	for _, b := range runbook.Load().Books {
		if slices.Contains([]string{"RB-01", "RB-02", "RB-07", "RB-13"}, b.ID) { // every kind of step
			followsSchema(t, "runbook-show", call(exitFine, "show", b.ID, "-o", "json").out)
		}
	}
	followsSchema(t, "runbook-runs", call(exitFine, "runs", "-o", "json").out)
	r := call(exitFine, "run", "RB-01", "--project", "vigibat", "--dry-run")
	contains(t, "the dry run", r.out, "reprovision → vigibat", "console: PUT /api/v1/projects/")
	if strings.Contains(r.out, "console.replay") {
		t.Errorf("a code is printed:\n%s", r.out)
	}
	runs := call(exitFine, "runs", "-o", "json").out
	followsSchema(t, "runbook-runs", runs)
	contains(t, "the runs", runs, `"book": "RB-01"`, `"state": "done"`)
	contains(t, "the lint", call(exitFine, "lint").out, "all correct")
	contains(t, "an unknown one", call(exitUsage, "show", "RB-99").err, "runbook list")
}
