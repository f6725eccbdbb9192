package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/secret"
	"dsotop/internal/yamlfile"
)

// decoder reads one file.
type decoder struct {
	*yamlfile.Reader
	file     string
	mistakes Mistakes
	broken   bool      // no YAML: nothing else can be said of it
	themes   []string  // that exist; nil: not checked
	keyRules *KeyRules // nil: keys are not checked
	// profileAt is where the file names the profile in force; nil when it does not.
	profileAt ast.Node
}

func newDecoder(file string) *decoder {
	d := &decoder{file: file}
	d.Reader = &yamlfile.Reader{Empty: true, Note: func(m yamlfile.Mistake) {
		d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: m.Line, Column: m.Column, Path: m.Path, meant: m.Meant, own: &sentence{m.Say.FR, m.Say.EN}})
	}}
	return d
}

func (d *decoder) say(n ast.Node, path string, c code, args ...any) {
	line, column := yamlfile.Position(n)
	d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: line, Column: column, Path: path, code: c, args: args})
}

// parse reads the syntax: the bodies of the documents, none when it is broken.
func (d *decoder) parse(data []byte) []ast.Node {
	bodies, ok := d.Bodies(data)
	d.broken = !ok
	return bodies
}

func (d *decoder) document(data []byte, cfg *Config) {
	for _, doc := range d.parse(data) {
		d.Keys(doc, "", map[string]yamlfile.Read{
			"profile":    func(n ast.Node, p string) { cfg.Profile, d.profileAt = d.Text(n, p), n },
			"profiles":   func(n ast.Node, p string) { cfg.Profiles = d.profiles(n, p) },
			"language":   func(n ast.Node, p string) { cfg.Language = d.Choice(n, p, "fr", "en") },
			"background": func(n ast.Node, p string) { cfg.Background = d.Choice(n, p, backgrounds()...) },
			"theme": func(n ast.Node, p string) {
				if d.themes == nil {
					cfg.Theme = d.Text(n, p)
				} else {
					cfg.Theme = d.Choice(n, p, d.themes...)
				}
			},
			"keys":    func(n ast.Node, p string) { cfg.Keys = d.bindings(n, p) },
			"policy":  func(n ast.Node, p string) { cfg.Policy = d.policy(n, p) },
			"journal": func(n ast.Node, p string) { cfg.Journal = d.sinks(n, p) },
			"formats": func(n ast.Node, p string) { cfg.Formats = d.absolute(d.Text(n, p)) },
			"runbooks": func(n ast.Node, p string) {
				for _, dir := range d.Texts(n, p) {
					cfg.Runbooks = append(cfg.Runbooks, d.absolute(dir))
				}
			},
			"ascii": func(n ast.Node, p string) { cfg.ASCII = d.Bool(n, p) },
			"cache": func(n ast.Node, p string) { cfg.NoCache = !d.Bool(n, p) },
		})
	}
}

// positive reads a number above zero.
func (d *decoder) positive(n ast.Node, path string) float64 {
	const most = 1e6
	return d.Number(n, path, 1e-3, most)
}

// longest is what no time limit of a call exceeds.
const longest = 24 * time.Hour

func (d *decoder) duration(n ast.Node, path string) time.Duration {
	return d.Duration(n, path, time.Millisecond, longest)
}

// secret reads a reference. The text of a literal is never repeated.
func (d *decoder) secret(n ast.Node, path string) secret.Ref {
	ref, err := secret.ParseRef(d.Text(n, path))
	if err != nil {
		d.say(n, path, literalSecret)
	}
	return ref
}

func (d *decoder) profiles(n ast.Node, path string) []Profile {
	var out []Profile
	d.Each(n, path, func(name string, v *ast.MappingValueNode) {
		p := Profile{Name: name, Line: v.Key.GetToken().Position.Line}
		d.profile(v.Value, yamlfile.Join(path, p.Name), &p)
		out = append(out, p)
	})
	return out
}

func (d *decoder) profile(n ast.Node, path string, p *Profile) {
	if d.Null(n) {
		return
	}
	known := map[string]yamlfile.Read{}
	for _, kind := range Kinds() {
		known[kind] = func(n ast.Node, path string) { p.Sources = append(p.Sources, d.instances(n, path, kind)...) }
	}
	known["write"] = func(n ast.Node, path string) { p.Write = d.Bool(n, path) }
	known["grafana"] = func(n ast.Node, path string) { p.Grafana = strings.TrimRight(d.url(n, path), "/") }
	known["onboarding"] = func(n ast.Node, path string) { d.onboarding(n, path, p) }
	values, _ := d.Mapping(n)
	for _, v := range values { // an unknown kind deserves its own words
		if key := yamlfile.Key(v); known[key] == nil && yamlfile.Nearest(key, slices.Sorted(maps.Keys(known))) == "" {
			d.say(v.Key, path, unknownKind, key, strings.Join(Kinds(), ", "))
			known[key] = func(ast.Node, string) {}
		}
	}
	d.Keys(n, path, known)
}

func (d *decoder) instances(n ast.Node, path, kind string) []Source {
	seq, ok := d.Plain(n).(*ast.SequenceNode)
	if !ok {
		return []Source{d.source(n, path, kind)}
	}
	var out []Source
	for i, v := range seq.Values {
		s := d.source(v, fmt.Sprintf("%s[%d]", path, i), kind)
		if s.Name == "" && len(seq.Values) > 1 {
			d.say(v, fmt.Sprintf("%s[%d]", path, i), noName)
		}
		if s.Name != "" && slices.ContainsFunc(out, func(o Source) bool { return o.Name == s.Name }) {
			d.say(v, fmt.Sprintf("%s[%d]", path, i), twiceName, s.Name)
		}
		out = append(out, s)
	}
	return out
}
