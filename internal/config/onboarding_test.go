package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dsotop/internal/config"
)

func TestOnboardingFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	none := func(string) string { return "" }
	for text, want := range map[string]string{
		"{folder: embarquement}":              "",
		"{folder: ~/x}":                       "",
		"{folder: /nowhere/at/all}":           "", // the first note makes it
		"{folder: config.yaml}":               "config.yaml:4:26: profiles.a.onboarding.folder : " + file + " n'est pas un dossier",
		"{}":                                  "le dossier manque",
		"{folder: }":                          "le dossier manque",
		"{foldr: x}":                          "vouliez-vous dire « folder »",
		"embarquement":                        "des clés sont attendues",
		"{folder: embarquement, git: origin}": "clé inconnue « git »",
	} {
		if err := os.WriteFile(file, []byte("profiles:\n  a:\n    console: {url: http://h}\n    onboarding: "+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Flags{Config: file}, none)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			p, _ := cfg.Current()
			if !filepath.IsAbs(p.Onboarding) || (text == "{folder: embarquement}" && p.Onboarding != filepath.Join(dir, "embarquement")) {
				t.Errorf("%s is %q", text, p.Onboarding)
			}
			continue
		}
		m, ok := err.(config.Mistakes) //nolint:errorlint // returned bare
		if !ok || !strings.Contains(m.Text("fr"), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
