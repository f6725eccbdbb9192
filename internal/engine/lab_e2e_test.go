//go:build e2e

package engine_test

import (
	"context"
	"os"
	"testing"

	"dsotop/demo/lab"
)

// realSystems starts a lab for one test, and stops it cleanly at its end.
func realSystems(t *testing.T, o lab.Options) *lab.Lab {
	t.Helper()
	o.Out = os.Stderr
	l, err := lab.Start(context.WithoutCancel(t.Context()), o) // a test's own context ends before its clean-up
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}
