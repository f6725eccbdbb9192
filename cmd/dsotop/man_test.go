package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/words"
)

// The manual tells every command, flag and key there is, in both languages, and nothing in it is taken for a request of roff.
func TestManual(t *testing.T) {
	for _, set := range words.All() {
		p := &program{lang: lang(set.Tag), env: func(string) string { return "" }}
		root := p.root()
		var sb strings.Builder
		if err := manual(&sb, root, set, p.lang); err != nil {
			t.Fatal(err)
		}
		text := sb.String()
		plain := strings.ReplaceAll(text, `\-`, "-")
		var walk func(*cobra.Command)
		walk = func(c *cobra.Command) {
			if c.Hidden || c.Name() == "help" {
				return
			}
			if c != root {
				contains(t, set.Tag+" manual: command", plain, ".SS "+c.CommandPath())
			}
			if c.Parent() == nil || c.Parent().Name() != "completion" {
				c.LocalFlags().VisitAll(func(f *pflag.Flag) {
					if !f.Hidden && f.Name != "help" {
						contains(t, set.Tag+" manual: "+c.CommandPath(), plain, "--"+f.Name)
					}
				})
			}
			for _, sub := range c.Commands() {
				walk(sub)
			}
		}
		walk(root)
		for _, d := range keys.Table() {
			if len(d.Keys) > 0 && !strings.Contains(plain, set.Command[d.ID].Long) {
				t.Errorf("%s: %s is not in the manual", set.Tag, d.ID)
			}
		}
		for n, line := range strings.Split(text, "\n") {
			if request, _, _ := strings.Cut(line, " "); strings.HasPrefix(line, ".") && !strings.Contains(" .TH .SH .SS .TP .PP .nf .fi .br ", " "+request+" ") || strings.HasPrefix(line, "'") {
				t.Errorf("%s: line %d is taken for a request: %q", set.Tag, n+1, line)
			}
		}
		if groff, err := exec.LookPath("groff"); err == nil { // where it is there, it has nothing to complain of
			cmd := exec.CommandContext(t.Context(), groff, "-man", "-Kutf8", "-Tutf8", "-ww", "-z")
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s: groff: %v\n%s", set.Tag, err, out)
			}
		}
	}
}
