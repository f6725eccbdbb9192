package runbook

import (
	"strings"
	"testing"
)

// Every mistake is told with its line and its column, all of them at once.
func TestMistakesSayWhere(t *testing.T) {
	head := "id: X\ntitle: t\nsteps:\n"
	for name, c := range map[string]struct {
		yaml string
		want []string
	}{
		"nothing":             {"", []string{"b.yaml:1:1: the file is empty"}},
		"no YAML":             {"id: X\ntitle: [a\n", []string{"b.yaml:2:8: not valid YAML"}},
		"a list":              {"- a\n", []string{"b.yaml:1:1: keys are expected here"}},
		"unknown key":         {"id: X\ntitel: t\nsteps: [{id: a, title: b, note: c}]\n", []string{"2:1: unknown key “titel”; did you mean “title”?", "1:1: the key “title” is missing"}},
		"twice":               {"id: X\nid: Y\ntitle: t\nsteps: [{id: a, title: b, note: c}]\n", []string{"2:1: the key “id” is written twice"}},
		"bad id":              {"id: 'a b'\ntitle: t\nsteps: [{id: a, title: b, note: c}]\n", []string{"1:5: id: an id has letters"}},
		"version":             {"version: 2\nid: X\ntitle: t\nsteps: [{id: a, title: b, note: c}]\n", []string{"1:10: version: a number from 1 to 1"}},
		"unknown fact":        {head + "  - id: a\n    title: b\n    check: project.statuss == 'x'\n", []string{"6:19: steps[0].check: expression: no fact has a member “statuss” here; did you mean “status”?"}},
		"unknown fact quoted": {head + "  - id: a\n    title: b\n    check: \"project.statuss == 'x'\"\n", []string{"6:20: steps[0].check"}},
		"unknown fact inside": {head + "  - id: a\n    title: b\n    check:\n      that: |\n        project.locked &&\n        project.nope\n", []string{"9:16: steps[0].check.that: expression: no fact has a member “nope” here"}},
		"no condition":        {head + "  - id: a\n    title: b\n    check: project.slug\n", []string{"6:12: steps[0].check: expression: this is a string"}},
		"types":               {head + "  - id: a\n    title: b\n    check: environment.ready == 'x'\n", []string{"6:30: steps[0].check: expression: “==” does not apply to (int, string)"}},
		"text open":           {head + "  - id: a\n    title: b\n    note: \"a ${project.slug\"\n", []string{"6:16: steps[0].note: expression: “${” is not closed"}},
		"text wrong":          {head + "  - id: a\n    title: b\n    note: see ${project.slugg}\n", []string{"6:24: steps[0].note: expression: no fact has a member “slugg” here; did you mean “slug”?"}},
		"unknown variable":    {head + "  - id: a\n    title: b\n    check: projet.locked\n", []string{"6:12: steps[0].check: expression: “projet” is neither a fact nor a function; did you mean “project”?"}},
		"not finished":        {head + "  - id: a\n    title: b\n    check: project.locked &&\n", []string{"steps[0].check: expression: the expression is not finished"}},
		"a tab":               {"id: X\ntitle: t\nsteps:\n\t- id: a\n", []string{"4:1: a tab: YAML wants blanks"}},
		"no text":             {"id: X\xff\n", []string{"1:1: the file is no text (UTF-8)"}},
		"circle":              {head + "  - {id: a, title: b, check: 'false', on_failure: {goto: c}}\n  - {id: c, title: b, check: 'false', on_failure: {goto: a}}\n", []string{"4:10: steps.a: the book goes round in a circle (a → c → a)"}},
		"goto":                {head + "  - id: a\n    title: b\n    check: project.locked\n    on_failure: {goto: c}\n", []string{"4:9: steps.a.on_failure: there is no step “c”"}},
		"param":               {head + "  - id: a\n    title: b\n    check: param.x == 1\n", []string{"6:12: steps[0].check: there is no parameter “x”"}},
		"answer":              {head + "  - id: a\n    title: b\n    check: answer.a == 'x'\n", []string{"6:12: steps[0].check: there is no step “a” that asks"}},
		"two things":          {head + "  - id: a\n    title: b\n    check: 'true'\n    ask: {question: q}\n", []string{"4:5: steps[0]: a step does one thing"}},
		"nothing done":        {head + "  - id: a\n    title: b\n", []string{"4:5: steps[0]: the step does nothing"}},
		"same step, a way":    {head + "  - {id: a, title: b, note: c, next: z}\n  - {id: a, title: b, note: c}\n", []string{"4:10: steps.a.next: there is no step “z”", "5:10: steps[1].id: the step “a” exists twice"}},
		"same step":           {head + "  - {id: a, title: b, note: c}\n  - {id: a, title: b, note: c}\n", []string{"5:10: steps[1].id: the step “a” exists twice"}},
		"duration":            {head + "  - id: a\n    title: b\n    check: {that: 'true', within: 10}\n", []string{"6:35: steps[0].check.within: not a duration"}},
		"choice":              {"id: X\ntitle: t\nneeds: [projet]\nsteps: [{id: a, title: b, note: c}]\n", []string{"3:9: needs[0]: unknown value “projet”; did you mean “project”?"}},
		"deed":                {head + "  - id: a\n    title: b\n    action: {deed: replay, on: project}\n", []string{"6:20: steps[0].action.deed: a deed is called system.verb"}},
		"projects":            {head + "  - id: a\n    title: b\n    action: {deed: console.replay, on: projects}\n", []string{"steps[0].action: “on: projects” and “where:” go together"}},
		"query":               {head + "  - id: a\n    title: b\n    query: {expect: value > 1.0}\n", []string{"steps[0].query: the question is missing"}},
		"default":             {"id: X\ntitle: t\nparams: [{name: n, type: int, default: x}]\nsteps: [{id: a, title: b, note: c}]\n", []string{"3:40: params[0].default: \"x\": not a whole number"}},
	} {
		t.Run(name, func(t *testing.T) {
			b, wrong := Decode("b.yaml", []byte(c.yaml))
			if b != nil || len(wrong) == 0 {
				t.Fatal("it was taken")
			}
			got := wrong.In("en")
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("got\n%s\nwithout %s", got, w)
				}
			}
			for _, m := range wrong {
				if m.Say.FR == "" || m.Say.EN == "" || m.Say.FR == m.Say.EN && !strings.Contains(m.Say.EN, "\"x\"") {
					t.Errorf("not in both languages: %+v", m.Say)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range Load().Books[:3] {
		f.Add(b.Source)
	}
	f.Add("id: &a [*a]\n")
	f.Add("? {a: b}\n: c")
	f.Add("id: X\ntitle: t\nsteps: [{id: a, title: b, note: \"${'}'}\"}]")
	f.Fuzz(func(t *testing.T, text string) {
		b, wrong := Decode("f", []byte(text))
		if (b == nil) != (len(wrong) > 0) {
			t.Fatal("neither a book nor a mistake, or both")
		}
		for _, m := range wrong {
			if m.In("fr") == "" || m.Line < 0 || m.Column < 0 {
				t.Fatalf("%+v", m)
			}
		}
		if b != nil {
			_ = Describe(b, "fr", Speech{})
		}
	})
}

// An answer that does not fit is told what is wanted in the book's own words, and by the condition where it has none.
func TestWhatIsWanted(t *testing.T) {
	for _, c := range []struct{ wanted, fr, en string }{
		{"\n      wanted: {fr: trois chiffres, en: three digits}", "« 12 » : ne convient pas ; il faut : trois chiffres", `"12": does not fit; it must be: three digits`},
		{"", `« 12 » : ne convient pas ; il faut : typed.matches("^[0-9]{3}$")`, `"12": does not fit; it must be: typed.matches("^[0-9]{3}$")`},
	} {
		b, wrong := Decode("b.yaml", []byte("id: X\ntitle: t\nsteps:\n  - id: a\n    title: b\n    ask:\n      question: q\n      value: string\n      valid: 'typed.matches(\"^[0-9]{3}$\")'"+c.wanted+"\n"))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		w := newDouble()
		run, err := Begin(b, w, selection(), nil, "anne", "test", false)
		if err != nil {
			t.Fatal(err)
		}
		m := &Machine{book: b, run: run, world: w, keep: &kept{}}
		for range 2 { // the step is begun, then it asks
			if _, err := m.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		said := m.Answer("a", "12", "anne")
		if Tell(said, "fr") != c.fr || Tell(said, "en") != c.en {
			t.Errorf("%v", said)
		}
		if err := m.Answer("a", "123", "anne"); err != nil {
			t.Error(err)
		}
	}
}
