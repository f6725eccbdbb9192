package config

import (
	"os"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

// onboarding reads where a profile's ledgers are: "onboarding: {folder: …}". A folder that does not exist yet is made by the first note.
func (d *decoder) onboarding(n ast.Node, path string, p *Profile) {
	given, before := false, len(d.mistakes)
	d.Keys(n, path, map[string]yamlfile.Read{
		"folder": func(n ast.Node, at string) {
			given = true
			if p.Onboarding = d.absolute(d.Text(n, at)); p.Onboarding == "" {
				d.say(n, at, noFolder)
				return
			}
			if info, err := os.Stat(p.Onboarding); err == nil && !info.IsDir() {
				d.say(n, at, notFolder, p.Onboarding)
			}
		},
	})
	if !given && len(d.mistakes) == before {
		d.say(n, path, noFolder)
	}
}
