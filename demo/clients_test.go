package demo_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dsotop/demo"
)

// The commands are run by a shell whose clients only tell what they were given.
func TestClientsCanBePasted(t *testing.T) {
	p := start(t, demo.Options{Dir: filepath.Join(t.TempDir(), "it's a folder"), Still: true})
	secrets := p.Secrets()
	systems := map[string]bool{}
	for _, c := range p.Clients() {
		systems[c.System] = true
		client, _, _ := strings.Cut(c.Line, " ")
		out, err := exec.CommandContext(t.Context(), "sh", "-euc", client+` () { for word; do printf '%s\n' "$word"; done; }`+"\n"+c.Line).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", c.Line, err, out)
			continue
		}
		words := strings.Split(strings.TrimSpace(string(out)), "\n")
		for _, v := range secrets {
			if strings.Contains(c.Line, v) {
				t.Errorf("%s: holds a secret", c.Line)
			}
		}
		if client == "curl" && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, secrets[c.System]) }) {
			t.Errorf("%s: no credential in %q", c.Line, words)
		}
		for _, w := range words {
			if strings.HasSuffix(w, "=") || strings.HasSuffix(w, "/") || w == "" {
				t.Errorf("%s: something is missing in %q", c.Line, w)
			}
		}
	}
	for name := range p.URLs {
		if kind, _, _ := strings.Cut(name, "/"); !systems[kind] {
			t.Errorf("nothing to try %s with", kind)
		}
	}
}
