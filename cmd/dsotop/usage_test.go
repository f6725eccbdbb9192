package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
)

// The help of every command keeps to its width, and its French has no word of the library's English.
func TestHelp(t *testing.T) {
	for _, l := range []lang{"fr", "en"} {
		p := &program{lang: l, env: func(string) string { return "" }}
		root := p.root()
		var walk func(*cobra.Command)
		walk = func(c *cobra.Command) {
			if c.Parent() != nil && c.Parent().Name() == "completion" {
				return // how to install the script is told by the library
			}
			var out bytes.Buffer
			c.SetOut(&out)
			if err := c.Help(); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := ansi.StringWidth(strings.TrimRight(line, "\n")); n > helpWidth && !strings.HasPrefix(line, "  dsotop ") {
					t.Errorf("%s %s: %d cells: %s", l, c.CommandPath(), n, line)
				}
				for _, word := range []string{"default", "[flags]", "Generate", "Usage:", "Flags:", "Help about", "stringArray"} {
					if l == "fr" && strings.Contains(line, word) {
						t.Errorf("%s: English: %s", c.CommandPath(), line)
					}
				}
			}
			for _, sub := range c.Commands() {
				walk(sub)
			}
		}
		walk(root)
	}
}

func TestHelpKeepsFrenchMarksWithTheirWord(t *testing.T) {
	got := wrapHelp("écrire « write: true » dans le profil ; sinon rien", 4, 28)
	want := "écrire « write: true »\n    dans le profil ; sinon\n    rien"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMistakesInFlagsAreSaidInTheLanguage(t *testing.T) {
	for _, c := range []struct{ args, fr, en string }{
		{"status --frob", "option inconnue : --frob", "unknown flag: --frob"},
		{"status -z", "option inconnue : -z", "unknown shorthand flag: 'z' in -z"},
		{"logs --since", "l'option --since demande une valeur", "flag needs an argument: --since"},
		{"status -o xml", "« xml » ne convient pas à --output : valeurs possibles : table, json, yaml", `invalid argument "xml" for "-o, --output" flag: possible values: table, json, yaml`},
	} {
		for l, want := range map[lang]string{"fr": c.fr, "en": c.en} {
			p := &program{lang: l, env: func(string) string { return "" }}
			root := p.root()
			root.SetArgs(strings.Fields(c.args))
			if err := root.Execute(); err == nil || !strings.HasPrefix(err.Error(), want+"\n") {
				t.Errorf("%s %s: %v, want %s", l, c.args, err, want)
			}
		}
	}
}
