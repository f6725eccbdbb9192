package format

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
	"dsotop/internal/yamlfile"
)

// decoder reads one file.
type decoder struct {
	yamlfile.Reader
	file     string
	problems []Problem
}

func newDecoder(file string) *decoder {
	d := &decoder{file: file}
	d.Empty = true
	d.Note = func(m yamlfile.Mistake) {
		d.problems = append(d.problems, Problem{File: file, Line: m.Line, Column: m.Column, said: said{plain.Line(m.Say.FR), plain.Line(m.Say.EN)}})
	}
	return d
}

func (d *decoder) say(n ast.Node, s *said) { d.Say(n, "", s.fr, s.en) }

func lineOf(n ast.Node) int { line, _ := yamlfile.Position(n); return line }

// form reads a format; nil when something is wrong with it.
func (d *decoder) form(data []byte) *form {
	bodies, ok := d.Bodies(data)
	if !ok {
		return nil
	}
	if len(bodies) != 1 {
		d.say(nil, say("un fichier contient un format ; celui-ci en contient %d", "a file holds one format; this one holds %d", len(bodies)))
		return nil
	}
	body := bodies[0]
	f := &form{file: d.file, line: lineOf(body)}
	var needs, any []string
	engines := map[string]engine{"json": engineJSON, "logfmt": engineLogfmt, "pattern": enginePattern, "trace": engineTrace}
	d.keys(body, map[string]func(ast.Node){
		"name":  func(n ast.Node) { f.name = d.name(n) },
		"title": func(n ast.Node) { d.title(n, f) },
		"engine": func(n ast.Node) {
			f.engine = oneOf(d, n, engines)
		},
		"needs":     func(n ast.Node) { needs = d.list(n) },
		"any":       func(n ast.Node) { any = d.list(n) },
		"roles":     func(n ast.Node) { d.roles(n, f) },
		"levels":    func(n ast.Node) { d.levels(n, f) },
		"columns":   func(n ast.Node) { f.columns = d.list(n) },
		"patterns":  func(n ast.Node) { f.patterns = append(f.patterns, d.patterns(n)...) },
		"regexps":   func(n ast.Node) { f.patterns = append(f.patterns, d.regexps(n)...) },
		"heads":     func(n ast.Node) { f.heads = d.patterns(n) },
		"continues": func(n ast.Node) { f.continues = d.patterns(n) },
		"joins":     func(n ast.Node) { f.joins = d.patterns(n) },
		"inside":    func(n ast.Node) { f.inside = d.patterns(n) },
		"samples":   func(n ast.Node) { f.samples = d.samples(n) },
	})
	traces := len(f.heads) + len(f.continues) + len(f.joins) + len(f.inside)
	switch {
	case f.name == "":
		d.say(body, say("« name: » manque", "“name:” is missing"))
	case f.engine == enginePlain:
		d.say(body, say("« engine: » manque ; possibles : %s", "“engine:” is missing; possible: %s", listed(engines)))
	case (f.engine == enginePattern) != (len(f.patterns) > 0):
		d.say(body, say("« patterns: » ou « regexps: » vont avec « engine: pattern », et lui avec eux", "“patterns:” or “regexps:” go with “engine: pattern”, and it with them"))
	case (f.engine == engineTrace) != (traces > 0):
		d.say(body, say("« heads: », « continues: », « joins: » et « inside: » vont avec « engine: trace », et lui avec l'un d'eux", "“heads:”, “continues:”, “joins:” and “inside:” go with “engine: trace”, and it with one of them"))
	case len(needs)+len(any) > 0 && f.engine != engineJSON && f.engine != engineLogfmt:
		d.say(body, say("« needs: » et « any: » vont avec « engine: json » ou « engine: logfmt »", "“needs:” and “any:” go with “engine: json” or “engine: logfmt”"))
	case len(f.samples) == 0:
		d.say(body, say("« samples: » manque : des lignes d'exemple sont le test d'un format", "“samples:” is missing: lines given as samples are the test of a format"))
	}
	if len(d.problems) > 0 {
		return nil
	}
	f.want = wanted{needs, any}
	return f
}

// keys walks a mapping; each key has its reader.
func (d *decoder) keys(n ast.Node, known map[string]func(ast.Node)) {
	reads := make(map[string]yamlfile.Read, len(known))
	for key, read := range known {
		reads[key] = func(n ast.Node, _ string) { read(n) }
	}
	d.Keys(n, "", reads)
}

func (d *decoder) text(n ast.Node) string { return d.Text(n, "") }

func (d *decoder) name(n ast.Node) string {
	name := d.text(n)
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || name == "" || name == "plain" {
		d.say(n, say("nom incorrect « %s » : des minuscules, des chiffres, des tirets, et pas « plain »", "“%s” is not a name: lower case, digits, dashes, and not “plain”", name))
	}
	return name
}

func (d *decoder) title(n ast.Node, f *form) {
	if text, ok := d.Scalar(n); ok {
		f.fr, f.en = text, text
		return
	}
	d.keys(n, map[string]func(ast.Node){"fr": func(n ast.Node) { f.fr = d.text(n) }, "en": func(n ast.Node) { f.en = d.text(n) }})
}

// oneOf reads one of some words, each with what it stands for.
func oneOf[V any](d *decoder, n ast.Node, choices map[string]V) V {
	return choices[d.Choice(n, "", slices.Sorted(maps.Keys(choices))...)]
}

// each walks a list.
func (d *decoder) each(n ast.Node, do func(ast.Node)) {
	list, ok := d.Plain(n).(*ast.SequenceNode)
	if !ok {
		d.say(n, say("une liste est attendue", "a list is expected"))
		return
	}
	for _, one := range list.Values {
		do(one)
	}
}

func (d *decoder) list(n ast.Node) (out []string) {
	d.each(n, func(n ast.Node) { out = append(out, d.text(n)) })
	return out
}

func (d *decoder) roles(n ast.Node, f *form) {
	known := map[string]func(ast.Node){}
	for r := range roles {
		known[r.String()] = func(n ast.Node) { f.names[r] = d.list(n) }
	}
	d.keys(n, known)
}

func levelWords() map[string]logs.Level {
	out := map[string]logs.Level{}
	for l := logs.LevelTrace; l <= logs.LevelFatal; l++ {
		out[l.String()] = l
	}
	return out
}

func (d *decoder) levels(n ast.Node, f *form) {
	d.keys(n, map[string]func(ast.Node){
		"numbers": func(n ast.Node) { f.scale = oneOf(d, n, scales()) },
		"default": func(n ast.Node) { f.base = oneOf(d, n, levelWords()) },
		"words": func(n ast.Node) {
			known := map[string]func(ast.Node){}
			f.words = map[string]logs.Level{}
			for name, level := range levelWords() {
				known[name] = func(n ast.Node) {
					d.each(n, func(n ast.Node) {
						if w := d.text(n); w != "" {
							f.words[w] = level
						}
					})
				}
			}
			d.keys(n, known)
		},
	})
}

func (d *decoder) patterns(n ast.Node) (out []*pattern) {
	d.each(n, func(n ast.Node) {
		p, wrong := compile(d.text(n))
		if wrong != nil {
			d.say(n, wrong)
			return
		}
		out = append(out, p)
	})
	return out
}

// minGuard is how long the text must be that stands before a regular expression: it is looked for in every line.
const minGuard = 2

func (d *decoder) regexps(n ast.Node) (out []*pattern) {
	d.each(n, func(n ast.Node) {
		p := &pattern{level: -1, status: -1}
		d.keys(n, map[string]func(ast.Node){
			"guard": func(n ast.Node) { p.guard = d.text(n) },
			"expression": func(n ast.Node) {
				re, err := regexp.Compile(d.text(n))
				if err != nil {
					d.say(n, say("expression régulière incorrecte : %s", "not a regular expression: %s", err))
					return
				}
				p.re = re
			},
		})
		switch {
		case p.re == nil:
			d.say(n, say("« expression: » manque", "“expression:” is missing"))
			return
		case len(p.guard) < minGuard:
			d.say(n, say("« guard: » manque : un texte d'au moins %d caractères que la ligne contient toujours, cherché avant l'expression", "“guard:” is missing: a text of at least %d characters that the line always holds, looked for before the expression", minGuard))
		}
		for i, name := range p.re.SubexpNames()[1:] {
			if name == "" {
				name = "_"
			}
			switch name {
			case "level":
				p.level = i
			case "status":
				p.status = i
			}
			p.names = append(p.names, name)
		}
		if len(p.names) > maxCaptures {
			d.say(n, say("plus de %d groupes", "more than %d groups", maxCaptures))
		}
		out = append(out, p)
	})
	return out
}
