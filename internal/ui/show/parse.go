package show

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

// Limits of a file.
const (
	maxSteps = 200
	maxPass  = 24 * time.Hour
)

// began is the platform's time of a walkthrough that chooses none: the incident of the stories is then 25 minutes old.
func began() time.Time { return time.Date(2026, time.November, 23, 13, 28, 0, 0, time.UTC) }

// Problem is one thing wrong with a file.
type Problem struct {
	File         string
	Line, Column int // 0 when it concerns the whole file
	say          yamlfile.Text
}

// Text is the sentence in "fr" or "en", without the place.
func (p Problem) Text(lang string) string { return p.say.In(lang) }

// Where is "file:line:column" or "file".
func (p Problem) Where() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return p.File
}

// Parse reads a walkthrough. sizes are those of the simulated platform. A file with problems gives none.
func Parse(file string, data []byte, sizes []string) (*Script, []Problem) {
	d := &decoder{sizes: sizes}
	d.Note = func(m yamlfile.Mistake) {
		d.problems = append(d.problems, Problem{File: file, Line: m.Line, Column: m.Column, say: m.Say})
	}
	s := d.document(data)
	if len(d.problems) > 0 {
		slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
		return nil, d.problems
	}
	return s, nil
}

// decoder reads one file.
type decoder struct {
	yamlfile.Reader
	sizes    []string
	problems []Problem
}

func (d *decoder) say(n ast.Node, fr, en string, args ...any) { d.Say(n, "", fr, en, args...) }

func (d *decoder) document(data []byte) *Script {
	bodies, ok := d.Bodies(data)
	if !ok {
		return nil
	}
	if len(bodies) != 1 {
		d.At(0, 0, "", "le fichier doit contenir un déroulé, et un seul", "the file must hold one walkthrough, and one only")
		return nil
	}
	s := &Script{Start: began(), Seed: 1, Size: "small"}
	body := bodies[0]
	d.keys(body, map[string]func(ast.Node){
		"title": func(n ast.Node) { s.Title = d.both(n) },
		"about": func(n ast.Node) { s.About = d.both(n) },
		"start": func(n ast.Node) { s.Start = d.moment(n) },
		"seed":  func(n ast.Node) { s.Seed = d.number(n) },
		"size":  func(n ast.Node) { s.Size = d.Choice(n, "", d.sizes...) },
		"write": func(n ast.Node) { s.Write = d.Bool(n, "") },
		"steps": func(n ast.Node) { d.each(n, func(n ast.Node) { s.Steps = append(s.Steps, d.step(n)) }) },
	})
	switch {
	case len(d.problems) > 0:
	case s.Title == Text{}:
		d.say(body, "« title: » manque", "“title:” is missing")
	case len(s.Steps) == 0:
		d.say(body, "« steps: » manque", "“steps:” is missing")
	case len(s.Steps) > maxSteps:
		d.say(body, "plus de %d étapes", "more than %d steps", maxSteps)
	}
	return s
}

func (d *decoder) step(n ast.Node) Step {
	st := Step{Line: lineOf(n)}
	before := len(d.problems)
	d.keys(n, map[string]func(ast.Node){
		"title": func(n ast.Node) { st.Title = d.both(n) },
		"time":  func(n ast.Node) { st.Time = d.duration(n, time.Hour) },
		"show":  func(n ast.Node) { st.Show = d.both(n) },
		"note":  func(n ast.Node) { st.Note = d.both(n) },
		"do":    func(n ast.Node) { d.each(n, func(n ast.Node) { st.Do = append(st.Do, d.act(n)) }) },
	})
	if len(d.problems) > before {
		return st
	}
	for _, missing := range []struct {
		is  bool
		key string
	}{{st.Title == Text{}, "title"}, {st.Show == Text{}, "show"}, {st.Time == 0, "time"}} {
		if missing.is {
			d.say(n, "« %s: » manque à cette étape", "this step has no “%s:”", missing.key)
		}
	}
	return st
}

func (d *decoder) act(n ast.Node) Act {
	a := Act{Line: lineOf(n)}
	parts, before := 0, len(d.problems)
	d.keys(n, map[string]func(ast.Node){
		"press": func(n ast.Node) { parts++; d.each(n, func(n ast.Node) { a.Press = append(a.Press, d.key(n)) }) },
		"type":  func(n ast.Node) { parts++; a.Type = d.both(n) },
		"see":   func(n ast.Node) { parts++; d.each(n, func(n ast.Node) { a.See = append(a.See, d.both(n)) }) },
		"pass":  func(n ast.Node) { parts++; a.Pass = d.duration(n, maxPass) },
	})
	if parts != 1 && len(d.problems) == before {
		d.say(n, "une seule chose par ligne de « do: » : press, type, see ou pass", "one thing for each item of “do:”: press, type, see or pass")
	}
	return a
}

func lineOf(n ast.Node) int { line, _ := yamlfile.Position(n); return line }

// keys walks a mapping; each key has its reader.
func (d *decoder) keys(n ast.Node, known map[string]func(ast.Node)) {
	reads := make(map[string]yamlfile.Read, len(known))
	for key, read := range known {
		reads[key] = func(n ast.Node, _ string) { read(n) }
	}
	d.Keys(n, "", reads)
}

// each walks a list; a single value is a list of one.
func (d *decoder) each(n ast.Node, do func(ast.Node)) {
	d.List(n, "", func(n ast.Node, _ string) { do(n) })
}

func (d *decoder) text(n ast.Node) string {
	s, ok := d.Scalar(n)
	if s = strings.Join(strings.Fields(s), " "); !ok || s == "" {
		d.say(n, "un texte est attendu ici", "a text is expected here")
	}
	return s
}

// both reads a text of both languages, or one that is the same in both.
func (d *decoder) both(n ast.Node) (t Text) {
	if s, ok := d.Scalar(n); ok && s != "" {
		s = d.text(n)
		return Text{s, s}
	}
	d.keys(n, map[string]func(ast.Node){"fr": func(n ast.Node) { t.FR = d.text(n) }, "en": func(n ast.Node) { t.EN = d.text(n) }})
	if (t.FR == "") != (t.EN == "") {
		d.say(n, "il faut « fr: » et « en: »", "both “fr:” and “en:” are needed")
	}
	return t
}

func (d *decoder) key(n ast.Node) string {
	k := d.text(n)
	if k != "" && !knownKey(k) {
		d.say(n, "touche inconnue « %s » : un caractère, ou enter, esc, tab, up, down, pgdown, f1…, avec ctrl+ ou shift+ devant", "unknown key “%s”: one character, or enter, esc, tab, up, down, pgdown, f1…, with ctrl+ or shift+ before it", k)
	}
	return k
}

func (d *decoder) duration(n ast.Node, most time.Duration) time.Duration {
	return d.Duration(n, "", time.Second, most)
}

func (d *decoder) moment(n ast.Node) time.Time {
	t, err := time.Parse(time.RFC3339, d.text(n))
	if err != nil {
		d.say(n, "une date est attendue ici : 2026-11-23T14:28:00+01:00", "a date is expected here: 2026-11-23T14:28:00+01:00")
	}
	return t
}

func (d *decoder) number(n ast.Node) int64 {
	v, err := strconv.ParseInt(d.text(n), 10, 64)
	if err != nil {
		d.say(n, "un nombre entier est attendu ici", "a whole number is expected here")
	}
	return v
}
