package format

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"dsotop/internal/logs"
)

// The expressions find every error of the samples of all formats, and leave most other lines out.
func TestSeriousFindsErrors(t *testing.T) {
	s := loaded(t)
	exprs, ok := s.Serious()
	if !ok {
		t.Fatal("no expressions")
	}
	var all []*regexp.Regexp
	for _, x := range exprs {
		all = append(all, regexp.MustCompile(x))
	}
	found := func(text string) bool {
		for _, re := range all {
			if re.MatchString(text) {
				return true
			}
		}
		return false
	}
	errors, others, let := 0, 0, 0
	check := func(name, text string) {
		c := s.Classify(text)
		switch got := found(text); {
		case c.Level >= logs.LevelError && !c.Continues:
			if errors++; !got {
				t.Errorf("%s: %q is an error, and is not found by\n%s", name, text, strings.Join(exprs, "\n"))
			}
		case got:
			let++
		default:
			others++
		}
	}
	for _, f := range s.forms {
		for _, one := range f.samples {
			for text := range strings.SplitSeq(strings.TrimSuffix(one.text, "\n"), "\n") {
				check(f.name, text)
			}
		}
	}
	for _, text := range []string{`{"lvl": "CRIT","m":"x"}`, `{"level" : 60,"msg":"x"}`, `{"PRIORITY":"2","MESSAGE":"x"}`, `level=fatal msg=x`, `{"level":"E","short_message":"x"}`, `{"severityNumber":21,"body":"x"}`, `F0821 08:22:34.123456 1 a.go:1] x`, `{"levelno":50,"msg":"x"}`, `status=504 method=GET`} {
		check("more", text)
	}
	if errors < 40 || others < 2*let {
		t.Errorf("%d errors; of other lines %d are found and %d not", errors, let, others)
	}
}

func TestSeriousOfATeam(t *testing.T) {
	team := func(form string) *Set {
		s, problems := Load(fstest.MapFS{"x.yaml": {Data: []byte("name: x\ntitle: {fr: x, en: x}\n" + form)}})
		for _, p := range problems {
			t.Errorf("%s: %s", p.Where(), p.Text("en"))
		}
		return s
	}
	exprs, ok := team("engine: pattern\npatterns: ['<level:mark> <message:any>']\nlevels: {words: {error: [GRAVE], info: [RAS]}}\nsamples: [{text: 'GRAVE x', level: error}]\n").Serious()
	if !ok || !strings.Contains(strings.Join(exprs, " "), "(?i)grave") {
		t.Errorf("a team's word is not there: %s", exprs)
	}
	if exprs, ok := team("engine: pattern\npatterns: ['perdu <message:any>']\nlevels: {default: error}\nsamples: [{text: 'perdu x', level: error}]\n").Serious(); ok {
		t.Errorf("nothing in the text tells, and that is told by %s", exprs)
	}
}
