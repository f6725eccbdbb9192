package query

import (
	"errors"
	"reflect"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
)

func TestParse(t *testing.T) {
	text := func(s string) Term { return Term{Kind: Text, Value: s} }
	not := func(t Term) Term { t.Not = !t.Not; return t }
	field := func(n string, op Op, v string) Term { return Term{Kind: Field, Name: n, Op: op, Value: v} }
	level := func(op Op, v string) Term { return Term{Kind: Level, Name: "level", Op: op, Value: v} }
	one := func(ts ...Term) [][]Term {
		var out [][]Term
		for _, t := range ts {
			out = append(out, []Term{t})
		}
		return out
	}
	for _, c := range []struct {
		in   string
		want [][]Term
	}{
		{"", nil},
		{"  ", nil},
		{`""`, nil},
		{"timeout", one(text("timeout"))},
		{"a b", one(text("a"), text("b"))},
		{`"a b" c`, one(text("a b"), text("c"))},
		{`"say \"x\" \\ \n"`, one(text(`say "x" \ \n`))},
		{"a|b c", [][]Term{{text("a"), text("b")}, {text("c")}}},
		{"a | b | -c", [][]Term{{text("a"), text("b"), not(text("c"))}}},
		{"-kube-probe", one(not(text("kube-probe")))},
		{"- a -", one(text("-"), text("a"), text("-"))},
		{`-"a b"`, one(not(text("a b")))},
		{`/5\d\d$/`, one(Term{Kind: Regexp, Value: `5\d\d$`})},
		{`/a b|c/ d`, one(Term{Kind: Regexp, Value: "a b|c"}, text("d"))},
		{`/a\/b/`, one(Term{Kind: Regexp, Value: "a/b"})},
		{`-/x/|/y/`, [][]Term{{{Not: true, Kind: Regexp, Value: "x"}, {Kind: Regexp, Value: "y"}}}},
		{"/api/v1/users", one(text("/api/v1/users"))},
		{"/api/v1 /x/", one(text("/api/v1"), Term{Kind: Regexp, Value: "x"})},
		{"// /", one(text("//"), text("/"))},
		{"status=500", one(field("status", Equal, "500"))},
		{"status!=500 -status=500", one(not(field("status", Equal, "500")), not(field("status", Equal, "500")))},
		{`a.b-c="x y"`, one(field("a.b-c", Equal, "x y"))},
		{`"my key"=v "a":b`, one(field("my key", Equal, "v"), text("a"), text(":b"))},
		{"path~^/api path=~x path!~/y z/", one(field("path", Matches, "^/api"), field("path", Matches, "x"), not(field("path", Matches, "y z")))},
		{"d>=250ms n<5 n<=5 n>-1.5", one(field("d", GreaterEqual, "250ms"), field("n", Less, "5"), field("n", LessEqual, "5"), field("n", Greater, "-1.5"))},
		{"level>=warn level=ERR level!=info level:debug level=none", one(level(GreaterEqual, "warn"), level(Equal, "error"), not(level(Equal, "info")), level(Equal, "debug"), level(Equal, "none"))},
		{"level<=3 level>4", one(level(GreaterEqual, "error"), level(Less, "warn"))},
		{`"level"=x level~^E`, one(field("level", Equal, "x"), field("level", Matches, "^E"))},
		{"container:api -pod:web stream:stderr", one(Term{Kind: Stream, Name: "container", Value: "api"}, Term{Not: true, Kind: Stream, Name: "pod", Value: "web"}, Term{Kind: Stream, Name: "stream", Value: "stderr"})},
		// What only looks like a term is text.
		{"http://x?a=b 10:22 key: a->b a=>b x== id= id>= a!b container:", one(text("http://x?a=b"), text("10:22"), text("key:"), text("a->b"), text("a=>b"), text("x=="), text("id="), text("id>="), text("a!b"), text("container:"))},
		{`foo"bar`, one(text(`foo"bar`))},
	} {
		q, err := Parse(c.in)
		if err != nil || !reflect.DeepEqual(q.Terms(), c.want) {
			t.Errorf("%s: %v %v, want %v", c.in, q.Terms(), err, c.want)
			continue
		}
		again, err := Parse(q.String())
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Errorf("%s is written %s, which is %v %v", c.in, q, again.Terms(), err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		in      string
		mistake Mistake
		column  int
	}{
		{`a "b`, OpenQuote, 3},
		{`é "b`, OpenQuote, 3},
		{`x="b`, OpenQuote, 3},
		{"| a", NoTerm, 1},
		{"a |", NoTerm, 3},
		{"a || b", NoTerm, 4},
		{"a /(/", BadRegexp, 4},
		{"a p~( b", BadRegexp, 5},
		{"p~/(/", BadRegexp, 4},
		{"-/(/", BadRegexp, 3},
		{"level>=loud", UnknownWord, 8},
		{"level>=none", UnknownWord, 8},
	} {
		_, err := Parse(c.in)
		var se *SyntaxError
		if !errors.As(err, &se) || se.Mistake != c.mistake || se.Column != c.column {
			t.Errorf("%s: %v", c.in, err)
		}
	}
}

func must(t *testing.T, s string) Query {
	t.Helper()
	q, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestWith(t *testing.T) {
	term := func(s string) Term { return must(t, s).Terms()[0][0] }
	for _, c := range []struct{ from, with, without, want string }{
		{"", "a", "", "a"},
		{"a", "a", "", "a"},
		{"a", "-a", "", "-a"},
		{"a b", "x=1", "", "a b x=1"},
		{"a x!=1", "x=1", "", "a x=1"},
		{"a | b", "-a", "", "a | b -a"},
		{"a b", "", "a", "b"},
		{"a | b", "", "a", "a | b"},
	} {
		q := must(t, c.from)
		before := q.String()
		got := q
		if c.with != "" {
			got = got.With(term(c.with))
		}
		if c.without != "" {
			got = got.Without(term(c.without))
		}
		if got.String() != c.want || q.String() != before {
			t.Errorf("%s with %s without %s: %s, want %s", c.from, c.with, c.without, got, c.want)
		}
	}
	if !must(t, " ").Empty() || must(t, "a").Empty() || must(t, "a").And(must(t, "b|c")).String() != "a b | c" {
		t.Error("empty or and")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a "b c" -d | /e f/`, `x!="\"" y=~/\//`, `level>=3 container:q "l"=1`, `/\Q/\E/`, `-"-" --`, `"a"="b"`, "a~/b/c d/"} {
		f.Add(s, "a line of text x=1")
	}
	f.Fuzz(func(t *testing.T, s, line string) {
		q, err := Parse(s)
		if err != nil {
			var se *SyntaxError
			if !errors.As(err, &se) || se.Column < 1 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Fatalf("%q is written %q: %v %v", s, q, again, err)
		}
		m := Compile(q, nil)
		p := &Page{Text: line + s + line, Off: []uint32{0, uint32(len(line)), uint32(len(line + s)), uint32(len(line + s + line))}, Level: make([]logs.Level, 3),
			Format: make([]format.ID, 3), Stream: make([]uint16, 3), Streams: []*logs.Stream{{}}, Raw: []uint64{7}}
		out := make([]uint64, 1)
		m.Page(p, 0, out)
		for i := range 3 {
			if has1(out, i) != m.Match(p.line(i), p.Streams[0], 0, 0) {
				t.Fatalf("%q on %q: %v", s, p.line(i), has1(out, i))
			}
		}
		for _, at := range m.Spans(line) {
			if at[0] >= at[1] || at[1] > len(line) {
				t.Fatalf("%q in %q: %v", s, line, at)
			}
		}
		q.LogQL(`{a="b"}`)
	})
}
