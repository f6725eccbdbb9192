package format

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// The expression finds every line that belongs, or may belong, under the one before it: those of the samples of all formats.
func TestUnderFindsWhatFolds(t *testing.T) {
	s := loaded(t)
	expr, ok := s.Under()
	if !ok {
		t.Fatal("no expression")
	}
	re := regexp.MustCompile(expr)
	under, others, let := 0, 0, 0
	for _, f := range s.forms {
		for _, one := range f.samples {
			for text := range strings.SplitSeq(strings.TrimSuffix(one.text, "\n"), "\n") {
				c := s.Classify(text)
				switch found := re.MatchString(text); {
				case c.Continues || c.Joins:
					if under++; !found {
						t.Errorf("%s: %q belongs under another, and is not found by\n%s", f.name, text, expr)
					}
				case found:
					let++
				default:
					others++
				}
			}
		}
	}
	if under < 30 || others < 10*let {
		t.Errorf("%d lines under others; of those that are not, %d are found and %d not", under, let, others)
	}
}

func TestUnderOfATeam(t *testing.T) {
	team := func(line string) *Set {
		s, problems := Load(fstest.MapFS{"x.yaml": {Data: []byte("name: x\ntitle: {fr: x, en: x}\nengine: trace\nlevels: {default: error}\ncontinues: ['" + line + "']\nsamples: [{text: \"    a\\n\"}]\n")}})
		for _, p := range problems {
			t.Logf("%s: %s", p.Where(), p.Text("en"))
		}
		return s
	}
	if expr, ok := team("+ <n:int> more <_:any>").Under(); !ok || !regexp.MustCompile(expr).MatchString("+ 12 more lines") {
		t.Error("a team's pattern is not there")
	}
	if expr, ok := team("<_:any>").Under(); ok {
		t.Errorf("everything folds, and that is told by %s", expr)
	}
}

func FuzzUnder(f *testing.F) {
	s, _ := Load()
	expr, ok := s.Under()
	if !ok {
		f.Fatal("no expression")
	}
	re := regexp.MustCompile(expr)
	for _, text := range []string{"", " x", "}", "java.lang.E: x", "x.YException", "a.b(c)", "goroutine 1 [running]:", "main.(*T).f(0x1)", "ValueError", "ValueError  ", "at x(y)", "é.ZError: x", "(node:12) Error: x", "... 3 more"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0xfffd }) {
			t.Skip()
		}
		if c := s.Classify(text); (c.Continues || c.Joins) && !re.MatchString(text) {
			t.Fatalf("%q", text)
		}
	})
}
