package format

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
)

//go:embed formats/*.yaml
var own embed.FS

// Set is the formats in force. It never changes once loaded: methods are safe for concurrent use.
type Set struct {
	forms        []*form // by ID - 1
	json, logfmt keyed
	first        [256][]rule // what is tried on a line that starts with the byte
}

// rule is a pattern and what its match means.
type rule struct {
	form   *form
	p      *pattern
	part   rulePart
	common int // parts shared with the rule before
}

// rulePart is what a match makes of its line, in the order of the lists of a form.
type rulePart uint8

const (
	whole     rulePart = iota // a line of the format
	head                      // the first of a trace
	continued                 // under the line before
	joined                    // under it when that one is under another; a report of its own otherwise
	inner                     // the same, but says nothing on its own
)

// wanted are the fields by which a form of an engine with names is recognised.
type wanted struct{ needs, any []string }

// maxForms is how many formats a set may hold: an ID is a byte.
const maxForms = 200

// Load reads the formats of the program and those of the folders given (*.yaml at their root, in the order of their names). Formats of
// the last folder are tried first, and one with the name of another stands in its place. A format with a problem is left out; the
// others work. A folder that does not exist is not a problem. File names in problems are relative to their folder.
func Load(extra ...fs.FS) (*Set, []Problem) {
	var problems []Problem
	var all []*form
	builtin, err := fs.Sub(own, "formats")
	if err != nil {
		return &Set{}, []Problem{{File: "formats", said: *say("%s", "%s", err)}}
	}
	for i, dir := range append([]fs.FS{builtin}, extra...) {
		forms, wrong := readDir(dir)
		problems = append(problems, wrong...)
		for _, f := range forms {
			f.own = i == 0
			all = slices.DeleteFunc(all, func(old *form) bool { return old.name == f.name })
		}
		all = append(forms, all...)
	}
	s := &Set{}
	for _, f := range all {
		if wrong := s.add(f); wrong != nil {
			problems = append(problems, Problem{File: f.file, Line: f.line, said: *wrong})
		}
	}
	for _, k := range []*keyed{&s.json, &s.logfmt} {
		// Those that ask for more fields first; order of files among equals, where a team's come first.
		slices.SortStableFunc(k.forms, func(a, b *form) int {
			return len(b.want.needs) + min(len(b.want.any), 1) - len(a.want.needs) - min(len(a.want.any), 1)
		})
	}
	return s, problems
}

func readDir(dir fs.FS) (forms []*form, problems []Problem) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, Problem{File: ".", said: *say("dossier illisible : %s", "the folder cannot be read: %s", err)})
		}
		return nil, problems
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".yaml") && !strings.HasSuffix(e.Name(), ".yml") {
			continue
		}
		d := newDecoder(e.Name())
		data, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			d.say(nil, say("lecture impossible : %s", "cannot be read: %s", err))
		} else if f := d.form(data); f != nil {
			if twice := slices.IndexFunc(forms, func(g *form) bool { return g.name == f.name }); twice >= 0 {
				d.say(nil, say("le nom « %s » sert déjà dans %s", "the name “%s” is used in %s already", f.name, forms[twice].file))
			} else {
				forms = append(forms, f)
			}
		}
		problems = append(problems, d.problems...)
	}
	return forms, problems
}

// add makes a format ready.
func (s *Set) add(f *form) *said {
	if len(s.forms) == maxForms {
		return say("plus de %d formats", "more than %d formats", maxForms)
	}
	if f.engine == engineJSON || f.engine == engineLogfmt {
		k := &s.json
		if f.engine == engineLogfmt {
			k = &s.logfmt
		}
		full := false
		number := func(p string, keep bool) int {
			n := k.path(p, keep)
			full = full || n < 0
			return max(n, 0)
		}
		for _, p := range f.want.needs {
			f.needs.add(number(p, false))
		}
		for _, p := range f.want.any {
			f.any.add(number(p, false))
		}
		for r := range roles {
			for _, p := range f.names[r] {
				f.paths[r] = append(f.paths[r], number(p, r == RoleLevel || r == RoleMessage || r == RoleStatus))
			}
		}
		if full {
			return say("plus de %d champs nommés par les formats", "more than %d fields named by the formats", maxPaths)
		}
		k.forms = append(k.forms, f)
	}
	s.forms = append(s.forms, f)
	f.id = ID(len(s.forms))
	for part, list := range [...][]*pattern{f.patterns, f.heads, f.continues, f.joins, f.inside} {
		for _, p := range list {
			for c, ok := range p.starts(f.words) {
				if ok {
					r := rule{form: f, p: p, part: rulePart(part)}
					if n := len(s.first[c]); n > 0 {
						before := s.first[c][n-1]
						r.common = p.common(before.p, before.form == f || len(before.form.words)+len(f.words) == 0)
					}
					s.first[c] = append(s.first[c], r)
				}
			}
		}
	}
	return nil
}

// Info is what can be told of a format.
type Info struct {
	ID     ID
	Name   string
	Engine string // json, logfmt, pattern or trace
	File   string // within its folder
	Own    bool   // the program's own, not a team's
	fr, en string
}

// Title is the name for people in "fr" or "en".
func (i Info) Title(lang string) string {
	if lang == "fr" {
		return i.fr
	}
	return i.en
}

// List returns the formats, a team's first.
func (s *Set) List() []Info {
	out := make([]Info, len(s.forms))
	for i, f := range s.forms {
		out[i] = Info{ID: f.id, Name: f.name, Engine: f.engine.String(), File: f.file, Own: f.own, fr: f.fr, en: f.en}
	}
	return out
}

func (s *Set) form(id ID) *form {
	if id == Plain || int(id) > len(s.forms) {
		return nil
	}
	return s.forms[id-1]
}

// Name is the name of a format: "gelf". "plain" for 0 and for what is unknown.
func (s *Set) Name(id ID) string {
	if f := s.form(id); f != nil {
		return f.name
	}
	return "plain"
}

// Columns are the fields that a table of a format's lines shows first; nil when it has no preference. The caller does not change it.
func (s *Set) Columns(id ID) []string {
	if f := s.form(id); f != nil {
		return f.columns
	}
	return nil
}

// Named returns the names of the fields that play a role in a format, in the order they are looked for; nil when none does. The caller does not
// change it.
func (s *Set) Named(id ID, r Role) []string {
	if f := s.form(id); f != nil && r < roles {
		return f.names[r]
	}
	return nil
}

// Classify says what is known of a raw line at arrival. It does not allocate for plain text, patterns, JSON and logfmt without terminal
// sequences; its cost is linear in the line's length.
func (s *Set) Classify(text string) Class {
	text = calm(text)
	if text == "" {
		return Class{Joins: true}
	}
	switch text[0] {
	case ' ', '\t':
		return s.indented(text)
	case '{':
		var h hits
		if s.json.json(text, &h) {
			if f := s.json.choose(&h); f != nil {
				return Class{Format: f.id, Level: f.keyedLevel(text, &h)}
			}
		}
	case '}', ']', ')':
		if strings.Trim(text, "}]), ;") == "" { // what closes a body that was written over several lines
			return Class{Continues: true}
		}
	}
	var c captures
	at0 := leadOf(text)
	failed := maxCaptures * 2
	for i := range s.first[text[0]] {
		r := &s.first[text[0]][i]
		if r.common > failed {
			continue // it starts like the one before, and that start does not match
		}
		var ok bool
		if ok, failed = r.p.match(text, r.form.words, &c, &at0); !ok {
			continue
		}
		switch r.part {
		case continued:
			return Class{Format: r.form.id, Continues: true}
		case inner:
			return Class{Format: r.form.id, Joins: true}
		case joined:
			return Class{Format: r.form.id, Joins: true, Level: r.form.capturedLevel(text, r.p, &c)}
		}
		return Class{Format: r.form.id, Level: r.form.capturedLevel(text, r.p, &c)}
	}
	if f, l := s.pairs(text); f != nil {
		return Class{Format: f.id, Level: l}
	}
	return Class{Level: textLevel(text)}
}

// pairs tries the formats of the engine logfmt.
func (s *Set) pairs(text string) (*form, logs.Level) {
	if !keyByte(text[0]) {
		return nil, 0
	}
	if _, _, ok := nextPair(text, 0); !ok {
		return nil, 0
	}
	var h hits
	if !s.logfmt.logfmt(text, &h) {
		return nil, 0
	}
	f := s.logfmt.choose(&h)
	if f == nil {
		return nil, 0
	}
	return f, f.keyedLevel(text, &h)
}

// indented is Classify for a line that starts with a blank: it continues the one before, unless it is a whole line in itself (a padded
// level, a time, a JSON object with a field that some format knows).
func (s *Set) indented(text string) Class {
	bare := strings.TrimLeft(text, " \t")
	if bare == "" {
		return Class{Joins: true}
	}
	switch c := bare[0]; {
	case digit(c):
		if n := stamp(bare); n < 8 {
			return Class{Continues: true}
		}
	case 'A' <= c && c <= 'Z':
		n := 0
		for n < len(bare) && 'A' <= bare[n] && bare[n] <= 'Z' {
			n++
		}
		if l, ok := logs.ParseLevel(bare[:n]); !ok || l == logs.LevelNone || shy(bare[:n]) || wordly(byteAt(bare, n)) {
			return Class{Continues: true}
		}
	case c == '{':
		var h hits
		if !s.json.json(bare, &h) || h.n == 0 {
			return Class{Continues: true}
		}
	default:
		return Class{Continues: true}
	}
	return s.Classify(bare)
}

// calm is the text without line end and without terminal sequences. It copies only a text that has some.
func calm(text string) string {
	if strings.IndexByte(text, 0x1b) >= 0 {
		return plain.Line(text)
	}
	for n := len(text); n > 0 && (text[n-1] == '\r' || text[n-1] == '\n'); n = len(text) {
		text = text[:n-1]
	}
	return text
}
