package yamlfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// all reads a text with a value of each kind.
func all(text string, empty bool) (got map[string]any, wrong []string) {
	r := &Reader{Empty: empty}
	r.Note = func(m Mistake) {
		wrong = append(wrong, fmt.Sprintf("%d:%d: %s: %s", m.Line, m.Column, m.Path, m.Say.EN))
	}
	got = map[string]any{}
	bodies, _ := r.Bodies([]byte(text))
	for _, body := range bodies {
		r.Keys(body, "", map[string]Read{
			"text":     func(n ast.Node, p string) { got[p] = r.Text(n, p) },
			"word":     func(n ast.Node, p string) { got[p] = r.Word(n, p) },
			"texts":    func(n ast.Node, p string) { got[p] = r.Texts(n, p) },
			"bool":     func(n ast.Node, p string) { got[p] = r.Bool(n, p) },
			"number":   func(n ast.Node, p string) { got[p] = r.Number(n, p, 1, 9) },
			"duration": func(n ast.Node, p string) { got[p] = r.Duration(n, p, time.Second, 24*time.Hour) },
			"choice":   func(n ast.Node, p string) { got[p] = r.Choice(n, p, "left", "right") },
			"inner": func(n ast.Node, p string) {
				r.Keys(n, p, map[string]Read{"a": func(n ast.Node, p string) { got[p] = r.Text(n, p) }}, "a")
			},
		})
	}
	return got, wrong
}

func TestValues(t *testing.T) {
	got, wrong := all("text: &t 1.5\nword: ' b '\ntexts: [a, *t]\nbool: true\nnumber: 9\nduration: 90s\nchoice: left\ninner:\n  a: |\n    line\n    two\n", false)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if s := fmt.Sprint(got); s != "map[bool:true choice:left duration:1m30s inner.a:line\ntwo number:9 text:1.5 texts:[a 1.5] word:b]" {
		t.Error(s)
	}
}

// As editors of other systems save them.
func TestMarksOfTheEncoding(t *testing.T) {
	if got, wrong := all("\ufeffword: b\r\nbool: true\r\n", false); len(wrong) > 0 || got["word"] != "b" || got["bool"] != true {
		t.Error(got, wrong)
	}
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if _, wrong := all(mark+"w\x00o\x00", false); len(wrong) != 1 || !strings.Contains(wrong[0], "save it as UTF-8") {
			t.Errorf("%q", wrong)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string][]string{
		"txet: a":                 {"1:1: : unknown key “txet”; did you mean “text”?"},
		"zebra: a":                {"1:1: : unknown key “zebra”; possible keys: bool, choice, duration, inner, number, text, texts, word"},
		"text: a\ntext: b":        {"2:1: : the key “text” is written twice"},
		"inner: {b: 1}":           {"1:9: inner: unknown key “b”; possible keys: a", "1:8: inner: the key “a” is missing"},
		"inner: 3":                {"1:8: inner: keys are expected here (key: value)"},
		"- a":                     {"1:1: : keys are expected here (key: value)"},
		"text: [a]":               {"1:7: text: a text is expected"},
		"texts:\n  - a\n  - [b]":  {"3:5: texts[1]: a text is expected"},
		"word: ''":                {"1:7: word: this text is empty"},
		"bool: yes please":        {"1:7: bool: true or false is expected"},
		"number: 10":              {"1:9: number: a number from 1 to 9 is expected"},
		"number: .nan":            {"1:9: number: a number from 1 to 9 is expected"},
		"duration: 25h":           {"1:11: duration: not a duration; expected from 1s to 24h, for example 90s or 10m"},
		"choice: lift":            {"1:9: choice: unknown value “lift”; did you mean “left”?"},
		"choice: up":              {"1:9: choice: unknown value “up”; possible values: left, right"},
		"text:\n\tx":              {"2:1: : a tab: YAML wants blanks"},
		"text: *nobody":           {"text: a text is expected"},
		strings.Repeat("#", 2e6):  {"0:0: : the file is too large (2000000 bytes; at most 1048576)"},
		"word: a\nwrod: b\nx: {}": {"2:1: : unknown key “wrod”; did you mean “word”?", "3:1: : unknown key “x”"},
	} {
		_, wrong := all(text, false)
		if len(wrong) != len(want) {
			t.Errorf("%.40q: %q, want %q", text, wrong, want)
			continue
		}
		for i := range want {
			if !strings.Contains(wrong[i], want[i]) {
				t.Errorf("%.40q: %q, want %q", text, wrong[i], want[i])
			}
		}
	}
}

func TestEmptyValues(t *testing.T) {
	const text = "text:\ntexts:\nchoice: ''\n"
	if _, wrong := all(text, true); len(wrong) > 0 {
		t.Error(wrong)
	}
	if _, wrong := all(text, false); len(wrong) != 3 {
		t.Error(wrong)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"project", "environment", "id", "to", "tls", "url"}
	for key, want := range map[string]string{"projet": "project", "Project": "project", "enviroment": "environment", "": "", "x": "", "idd": "id", "ulr": "url", "tsl": "tls", "nothing": "", strings.Repeat("project", 3): ""} {
		if got := Nearest(key, names); got != want {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}

// Whatever people write, reading it ends, and each mistake has both languages.
func FuzzReader(f *testing.F) {
	for _, text := range []string{"text: a", "inner: {a: &x [*x]}", "? {a: b}\n: c", "a: *a", "text: !!binary x", "---\n---\ntext: b", "<<: {text: a}", "text: >-\n  a\n\n  b\n"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, empty bool) {
		r := &Reader{Empty: empty}
		r.Note = func(m Mistake) {
			if m.Say.FR == "" || m.Say.EN == "" || m.Line < 0 || m.Column < 0 {
				t.Errorf("%+v", m)
			}
		}
		bodies, ok := r.Bodies([]byte(text))
		if !ok && len(bodies) > 0 {
			t.Error("documents of a file that is none")
		}
		_, wrong := all(text, empty)
		if _, again := all(text, empty); !slices.Equal(wrong, again) {
			t.Error("mistakes come in another order")
		}
	})
}
