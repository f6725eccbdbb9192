package query

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// server reads stages as Loki does.
func server(t *testing.T, s string) func(line string) bool {
	t.Helper()
	var stages [][]*regexp.Regexp
	for s != "" {
		rest, ok := strings.CutPrefix(s, "\n|~ ")
		if ok {
			stages = append(stages, nil)
		} else if rest, ok = strings.CutPrefix(s, " or "); !ok {
			t.Fatalf("%q is no stage", s)
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			t.Fatalf("%q: %v", rest, err)
		}
		s = rest[len(quoted):]
		expr, _ := strconv.Unquote(quoted)
		re, err := regexp.Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		stages[len(stages)-1] = append(stages[len(stages)-1], re)
	}
	return func(line string) bool {
		for _, alternatives := range stages {
			found := false
			for _, re := range alternatives {
				found = found || re.MatchString(line)
			}
			if !found {
				return false
			}
		}
		return true
	}
}

func TestNarrow(t *testing.T) {
	for _, c := range []struct {
		in, here  string
		pass, not []string
	}{
		{"refused", "", []string{"Connection REFUSED by", "x refused", "re\x1b[1mfused", " at x"}, []string{"Connection accepted"}},
		{"Refused", "", []string{"Refused"}, []string{"refused"}},
		{"échec", "", []string{"Échec", "CHEC"}, []string{"succès"}},
		{"é", "é", []string{"anything"}, nil},
		{"a | /b+c$/ -probe", "-probe", []string{"xA", "abbc", "BC"}, []string{"bcd"}},
		{"/Ab+c/ x", "", []string{"zAbbcX", "Abc\tx"}, []string{"abc x", "Abc"}},
		{"level>=warn status=500 container:api", "level>=warn status=500 container:api", []string{"anything"}, nil},
		{"a | status=500", "a | status=500", []string{"b"}, nil},
		{`"a.b(c"`, "", []string{"xa.b(cy"}, []string{"axb(c", "a.b\t(c"}},
		{`"a b"`, "", []string{"A B", "a\tb"}, []string{"ab"}},
		{`/(?s)a.b|c/`, "", []string{"axb", "C"}, []string{"x"}},
		{"échec /a.c/", "", []string{"Échec abc", `{"m":"\u00e9chec abc"}`, `{"m":"\u00e9chec a\u00e9c"}`, `{"m":"chec a\/c"}`}, []string{"succès abc", "échec ab"}},
		{"/api/x", "", []string{"GET /api/x", `{"m":"\/api\/x"}`}, []string{"GET /api/y", `{"m":"\u00e9"}`}},
		{"/refus.*pool/", "", []string{"refusé pool"}, []string{`{"m":"\u00e9 \n \" \/"}`}},
		{"500 30", "", []string{"30 500"}, []string{"500"}},
	} {
		n := must(t, c.in).Narrow(`^(?:[ ])`)
		if n.Here.String() != c.here {
			t.Errorf("%s: %s is left, want %s", c.in, n.Here, c.here)
		}
		given := server(t, n.Stages)
		for want, texts := range map[bool][]string{true: c.pass, false: c.not} {
			for _, text := range texts {
				if given(text) != want {
					t.Errorf("%s on %q: %v\n%s", c.in, text, !want, n.Stages)
				}
			}
		}
	}
}

// What is shown otherwise than it is written passes, and what Pass holds back is rare enough to be named here.
func TestPass(t *testing.T) {
	n := must(t, `"b c"`).Narrow("")
	for text, want := range map[string]bool{"a b c d": true, "B C": true, "b\tc": true, "b\x1b[0m c": true, "b \u200bc": true, "b \rc": true, "b \u034fc": false, "b \x01c": false} {
		if n.Pass(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func FuzzNarrow(f *testing.F) {
	for _, s := range []string{`refused`, `"É t" | b`, `/x(?i)y/ k`, `/[[:upper:]]/`, `ſ | k`, `/^a$/`, `/\bÀ/`, `/a#b/`, "œuvre"} {
		f.Add(s, "REFUSED é T k \u212a xY a#b À Œuvre")
	}
	for _, s := range []string{`échec`, `/a.c/`, `/[^x]c$/`, `"b c"`, `/a/b`, `/\bc/`, `=`} {
		f.Add(s, `{"\u00c9chec":"a\u00e9c b\nc \/a\/b \"c\u003d"}`)
	}
	f.Fuzz(func(t *testing.T, s, line string) {
		q, err := Parse(s)
		if err != nil || len(s) > 200 {
			return
		}
		n := q.Narrow("")
		if Compile(q, nil).Match(line, nil, 0, 0) && n.Pass(line) && !server(t, n.Stages)(strings.ToValidUTF8(line, "\ufffd")) {
			t.Fatalf("%q matches %q, and does not pass %s", s, line, n.Stages)
		}
	})
}
