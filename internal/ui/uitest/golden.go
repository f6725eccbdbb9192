package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden screens again") //nolint:gochecknoglobals // a flag of the test binary

// Updating reports whether the test binary was told to write its golden files again.
func Updating() bool { return *update }

// Golden compares a text with testdata/<name>.txt of the package under test, or writes the file when told to update.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got += "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a file of the repository
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // a file of the repository
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (go test -update writes it again):\n%s", path, diff)
	}
}

// Golden compares the screen with testdata/<name>.txt.
func (s *Session) Golden(name string) { s.t.Helper(); Golden(s.t, name, s.Screen()) }
