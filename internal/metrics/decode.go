package metrics

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/platform"
	"dsotop/internal/yamlfile"
)

//go:embed panels/*.yaml
var own embed.FS

// maxFile is how large a file of panels may be, in bytes; maxPanels how many a set may hold.
const (
	maxFile   = yamlfile.Most
	maxPanels = 200
)

// Problem is one thing wrong with a file of panels.
type Problem struct {
	File         string
	Line, Column int // 0 when it concerns the whole file
	fr, en       string
}

// Text is the sentence in "fr" or "en", without the place.
func (p Problem) Text(lang string) string {
	if lang == "fr" {
		return p.fr
	}
	return p.en
}

// Where is "file:line:column" or "file".
func (p Problem) Where() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return p.File
}

// Load reads the panels of the program and those of the folders given (*.yaml at their root, in the order of their names). A panel of a
// later folder stands in the place of one with its id; others follow. A panel with a problem is left out; the others work. A folder that
// does not exist is not a problem.
func Load(extra ...fs.FS) ([]*Panel, []Problem) {
	builtin, err := fs.Sub(own, "panels")
	if err != nil {
		return nil, []Problem{{File: "panels", fr: err.Error(), en: err.Error()}}
	}
	var all []*Panel
	var problems []Problem
	for i, dir := range append([]fs.FS{builtin}, extra...) {
		panels, wrong := readDir(dir)
		problems = append(problems, wrong...)
		for _, p := range panels {
			p.Own = i == 0
			if at := slices.IndexFunc(all, func(old *Panel) bool { return old.ID == p.ID }); at >= 0 {
				all[at] = p
				continue
			}
			if len(all) >= maxPanels {
				problems = append(problems, Problem{File: p.File, fr: fmt.Sprintf("plus de %d panneaux", maxPanels), en: fmt.Sprintf("more than %d panels", maxPanels)})
				return all, problems
			}
			all = append(all, p)
		}
	}
	return all, problems
}

func readDir(dir fs.FS) (panels []*Panel, problems []Problem) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, Problem{File: ".", fr: "dossier illisible : " + err.Error(), en: "the folder cannot be read: " + err.Error()})
		}
		return nil, problems
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".yaml") && !strings.HasSuffix(e.Name(), ".yml") {
			continue
		}
		d := newDecoder(e.Name())
		if info, err := e.Info(); err == nil && info.Size() > maxFile {
			d.say(nil, "le fichier dépasse 1 Mo", "the file is larger than 1 MB")
		} else if data, err := fs.ReadFile(dir, e.Name()); err != nil {
			d.say(nil, "fichier illisible : %s", "the file cannot be read: %s", err)
		} else {
			panels = append(panels, d.panels(data)...)
		}
		problems = append(problems, d.problems...)
	}
	return panels, problems
}

// decoder reads one file.
type decoder struct {
	yamlfile.Reader
	file     string
	problems []Problem
}

func newDecoder(file string) *decoder {
	d := &decoder{file: file}
	d.Empty, d.Clean = true, platform.Clean // panels come from a team's folder
	d.Note = func(m yamlfile.Mistake) {
		d.problems = append(d.problems, Problem{File: file, Line: m.Line, Column: m.Column, fr: platform.CleanLine(m.Say.FR), en: platform.CleanLine(m.Say.EN)})
	}
	return d
}

func (d *decoder) say(n ast.Node, fr, en string, args ...any) { d.Say(n, "", fr, en, args...) }

// panels reads a file: "panels:" and a list.
func (d *decoder) panels(data []byte) (out []*Panel) {
	bodies, _ := d.Bodies(data)
	for _, body := range bodies {
		d.keys(body, map[string]func(ast.Node){"panels": func(n ast.Node) {
			d.each(n, func(n ast.Node) {
				if p := d.panel(n); p != nil {
					out = append(out, p)
				}
			})
		}})
	}
	return out
}

func (d *decoder) panel(n ast.Node) *Panel {
	p := &Panel{Shape: Lines, File: d.file}
	before := len(d.problems)
	d.keys(n, map[string]func(ast.Node){
		"id":         func(n ast.Node) { p.ID = d.text(n) },
		"title":      func(n ast.Node) { p.FR, p.EN = d.both(n) },
		"unit":       func(n ast.Node) { p.Unit = oneOf(d, n, units()) },
		"shape":      func(n ast.Node) { p.Shape = oneOf(d, n, map[string]Shape{"lines": Lines, "bars": Bars}) },
		"series":     func(n ast.Node) { p.Series = d.text(n) },
		"exporter":   func(n ast.Node) { p.Exporter = d.text(n) },
		"optional":   func(n ast.Node) { p.Optional = oneOf(d, n, map[string]bool{"true": true, "false": false}) },
		"platform":   func(n ast.Node) { p.Platform = oneOf(d, n, map[string]bool{"true": true, "false": false}) },
		"queries":    func(n ast.Node) { d.each(n, func(n ast.Node) { p.Queries = append(p.Queries, d.query(n, nil)) }) },
		"thresholds": func(n ast.Node) { d.each(n, func(n ast.Node) { p.Thresholds = append(p.Thresholds, d.threshold(n)) }) },
	})
	switch {
	case len(d.problems) > before:
	case p.ID == "" || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		d.say(n, "« id: » : des minuscules, des chiffres, des tirets", "“id:”: lower case, digits, dashes")
	case p.FR == "":
		d.say(n, "« title: » manque", "“title:” is missing")
	case len(p.Queries) == 0:
		d.say(n, "« queries: » manque", "“queries:” is missing")
	case (p.Series == "") != (p.Exporter == ""), p.Optional && p.Series == "":
		d.say(n, "« series: » et « exporter: » vont ensemble : ils disent ce qui manque quand le panneau est vide", "“series:” and “exporter:” go together: they say what is missing when the panel is empty")
	default:
		return p
	}
	return nil
}

// query reads an expression; more holds further keys.
func (d *decoder) query(n ast.Node, more map[string]func(ast.Node)) (q Query) {
	known := map[string]func(ast.Node){
		"name": func(n ast.Node) {
			fr, en := d.both(n)
			q.Name = en
			if fr != en {
				q.FR = fr
			}
		},
		"sum":  func(n ast.Node) { q.Sum = strings.TrimSpace(d.text(n)) },
		"each": func(n ast.Node) { q.Each = strings.TrimSpace(d.text(n)) },
	}
	maps.Copy(known, more)
	d.keys(n, known)
	if q.Sum == "" && q.Each == "" {
		d.say(n, "« sum: » ou « each: » manque", "“sum:” or “each:” is missing")
	}
	return q
}

func (d *decoder) threshold(n ast.Node) (t Threshold) {
	kinds := map[string]string{"request": "request", "limit": "limit", "quota": "quota", "other": "other"}
	t.Query = d.query(n, map[string]func(ast.Node){
		"kind":  func(n ast.Node) { t.Kind = oneOf(d, n, kinds) },
		"floor": func(n ast.Node) { t.Floor = oneOf(d, n, map[string]bool{"true": true, "false": false}) },
	})
	t.Kind = cmp.Or(t.Kind, "other")
	return t
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

// both reads a text, or one a language.
func (d *decoder) both(n ast.Node) (fr, en string) {
	if text, ok := d.Scalar(n); ok {
		return text, text
	}
	d.keys(n, map[string]func(ast.Node){"fr": func(n ast.Node) { fr = d.text(n) }, "en": func(n ast.Node) { en = d.text(n) }})
	return cmp.Or(fr, en), cmp.Or(en, fr)
}

// oneOf reads one of some words, each with what it stands for.
func oneOf[V any](d *decoder, n ast.Node, choices map[string]V) V {
	return choices[d.Choice(n, "", slices.Sorted(maps.Keys(choices))...)]
}

// each walks a list.
func (d *decoder) each(n ast.Node, do func(ast.Node)) {
	list, ok := d.Plain(n).(*ast.SequenceNode)
	if !ok {
		d.say(n, "une liste est attendue", "a list is expected")
		return
	}
	for _, one := range list.Values {
		do(one)
	}
}
