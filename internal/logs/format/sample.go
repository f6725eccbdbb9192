package format

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/logs"
)

// sample is a text with what it must give; a format's samples are its tests.
type sample struct {
	line    int // of the file
	text    string
	format  string // expected; "" is the sample's own
	level   *logs.Level
	message *string
	fields  map[string]string // those named must be there with this value
	heads   []int             // for several lines: those that are not folded, from 1; nil: not checked
}

func (d *decoder) samples(n ast.Node) (out []sample) {
	d.each(n, func(n ast.Node) {
		s := sample{line: lineOf(n)}
		d.keys(n, map[string]func(ast.Node){
			"text":   func(n ast.Node) { s.text, s.line = d.text(n), lineOf(n) },
			"format": func(n ast.Node) { s.format = d.text(n) },
			"level": func(n ast.Node) {
				words := levelWords()
				words["none"] = logs.LevelNone
				l := oneOf(d, n, words)
				s.level = &l
			},
			"message": func(n ast.Node) { m := d.text(n); s.message = &m },
			"fields": func(n ast.Node) {
				s.fields = map[string]string{}
				d.Each(n, "", func(key string, v *ast.MappingValueNode) { s.fields[key] = d.text(v.Value) })
			},
			"heads": func(n ast.Node) {
				for _, one := range d.list(n) {
					s.heads = append(s.heads, digitsOf(one))
				}
			},
		})
		if s.text == "" {
			d.say(n, say("« text: » manque", "“text:” is missing"))
		}
		out = append(out, s)
	})
	return out
}

func digitsOf(s string) (n int) {
	for i := range len(s) {
		if !digit(s[i]) || n > 1e6 {
			return 0
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// Check runs the samples of every format against the whole set and tells what does not come out as it says.
func (s *Set) Check() []Problem {
	var out []Problem
	for _, f := range s.forms {
		for _, one := range f.samples {
			for _, wrong := range s.try(f, one) {
				out = append(out, Problem{File: f.file, Line: one.line, said: *wrong})
			}
		}
	}
	return out
}

func (s *Set) try(f *form, one sample) (out []*said) {
	bad := func(what, whatEN, got, want string) {
		out = append(out, say("%s : « %s » obtenu, « %s » attendu", "%[4]s: got “%[2]s”, want “%[3]s”", what, got, want, whatEN))
	}
	want := one.format
	if want == "" {
		want = f.name
	}
	lines := strings.Split(strings.TrimSuffix(one.text, "\n"), "\n")
	var heads []int
	var first *Class
	folded := false
	for i, line := range lines {
		c := s.Classify(line)
		if i > 0 && (c.Continues || c.Joins && folded) {
			folded = true
			continue
		}
		folded = false
		heads = append(heads, i+1)
		if first == nil {
			first = &c
			text := strings.TrimRight(line, "\r")
			if got := s.Name(c.Format); got != want {
				bad("format", "format", got, want)
				return out
			}
			if one.level != nil && c.Level != *one.level {
				bad("gravité", "level", c.Level.String(), one.level.String())
			}
			if one.message != nil {
				if got := s.Message(text, c.Format); got != *one.message {
					bad("message", "message", got, *one.message)
				}
			}
			got := map[string]string{}
			for _, field := range s.Fields(text, c.Format) {
				got[field.Name] = field.Value
			}
			for _, name := range slices.Sorted(maps.Keys(one.fields)) {
				if v, ok := got[name]; !ok {
					bad("champ "+name, "field "+name, "–", one.fields[name])
				} else if v != one.fields[name] {
					bad("champ "+name, "field "+name, v, one.fields[name])
				}
			}
		}
	}
	if one.heads != nil && !slices.Equal(heads, one.heads) {
		out = append(out, say("lignes non repliées : %v obtenues, %v attendues", "lines not folded: got %v, want %v", heads, one.heads))
	}
	return out
}
