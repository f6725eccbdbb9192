package query

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// TestPage holds the fast way to the plain one.
func TestPage(t *testing.T) {
	set, _ := format.Load()
	sts := []*logs.Stream{{Namespace: "ns", Container: "api", Pod: "api-1"}, {Container: "Web", Labels: []logs.Label{{Name: "stream", Value: "stderr"}}}}
	words := []string{"timeout", "Timeout after", "ERROR", "error", "n=3", "n=30", `{"status":500,"path":"/api/x","user":{"id":"é3"}}`, "status=500 d=250ms", "Échec", "échec", "\x1b[31mre\x1b[0md", "\ttab", "", "a b", "\xff\xfe", "50%\r100%", "refused", `{"msg":"\u00c9chec de \"pg\" sur \/api\/x\nfin","status":"404","n":3}`, `10.0.0.1 - - [21/Aug/2026:08:22:34 +0000] "GET /api HTTP/1.1" 404 23`}
	queries := []string{"", "timeout", "Timeout", "timeout | error", "timeout | error -n=3", "-timeout", "-timeout | n=3", "red", "échec", "Échec", "/ti.e|err/", "/timeout|error/", "/^$/", "/x+$/ api",
		"status=500", "status!=500", "status>=500", "d>=200ms", "path~^/api", `user.id="é3"`, "n=3", "level>=error", "level!=error", "level=none", "container:api", "-container:api stream=stderr", "container=api | stream:err", "stream!=stderr", "100% -50%", "message~x", `"a b" | /r.d/`, "  50%", "trace_id=t1", "trace_id!=t1", "TRACE_ID~t | timeout", "status=500 n=3", "status>=404", "method=GET path~^/api", "message~échec", `"de \"pg\""`, "-échec", "/ch.c/", `/^.{9,12}chec/`, "/api/x", "-/api/", `"x fin"`, `/\bfin/`, `/[^a]pg/`}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := &Page{Off: []uint32{0}, Streams: sts}
		if seed%2 == 0 {
			p.Metas = []logs.Meta{"", logs.NewMeta([]logs.Label{{Name: "trace_id", Value: "t1"}}), logs.NewMeta([]logs.Label{{Name: "trace_id", Value: "t2"}, {Name: "n", Value: "3"}}), logs.NewMeta([]logs.Label{{Name: "status", Value: "500"}})}
		}
		n := r.IntN(300)
		p.Raw, p.None = make([]uint64, (n+63)/64), make([]uint64, (n+63)/64)
		var all strings.Builder
		for i := range n {
			var line []string
			for range r.IntN(4) {
				line = append(line, words[r.IntN(len(words))])
			}
			s := strings.Join(line, " ")
			if plain.Line(s) != s {
				p.Raw[i>>6] |= 1 << (i & 63)
			}
			if r.IntN(20) == 0 {
				s = ""
				p.None[i>>6] |= 1 << (i & 63)
			}
			all.WriteString(s)
			p.Off = append(p.Off, uint32(all.Len()))
			c := set.Classify(s)
			if p.Metas != nil {
				p.Meta = append(p.Meta, uint16(r.IntN(len(p.Metas))))
			}
			p.Level, p.Format, p.Stream = append(p.Level, c.Level), append(p.Format, c.Format), append(p.Stream, uint16(r.IntN(2)))
		}
		p.Text = all.String()
		for _, text := range queries {
			m := Compile(must(t, text), set)
			from := r.IntN(n + 1)
			out := make([]uint64, (n+63)/64)
			for i := range out {
				out[i] = r.Uint64()
			}
			before := append([]uint64(nil), out...)
			m.Page(p, from, out)
			for i := range n {
				l := logs.Line{Text: p.line(i), Stream: p.Streams[p.Stream[i]]}
				if p.Meta != nil {
					l.Meta = p.Metas[p.Meta[i]]
				}
				want := !has1(p.None, i) && m.MatchLine(l, p.Level[i], p.Format[i])
				if i < from {
					want = has1(before, i)
				}
				if has1(out, i) != want {
					t.Fatalf("seed %d, %s from %d: line %d %q is %v", seed, text, from, i, p.line(i), has1(out, i))
				}
			}
		}
	}
}

func TestMatch(t *testing.T) {
	set, _ := format.Load()
	st := &logs.Stream{Origin: logs.OriginKubernetes, Namespace: "ns", Pod: "api-7f", Container: "api"}
	for _, c := range []struct {
		query, line string
		want        bool
	}{
		{"", "x", true},
		{"timeout", "Connection TIMEOUT", true},
		{"Timeout", "connection timeout", false},
		{"a b", "b a", true},
		{`"a b"`, "b a", false},
		{"-a b", "b", true},
		{"-a b", "ab", false},
		{"a | b c", "b c", true},
		{"a | b c", "b", false},
		{"/5\\d\\d/", "HTTP 503", true},
		{"/ERR/", "err", false},
		{"/err\\S/", "ERRx", true},
		{"red", "\x1b[31mre\x1b[0md", true},
		{"x=1", "x=1 y=2", true},
		{"x=1", "y x=12", false},
		{"x!=1", "x=1 y=2", false},
		{"x!=1", "y=2", true},
		{"x=1", "some words, then x=1.", false}, // 1. is another value
		{"x=1", "some words, then (x=1)", true},
		{"status>=500", `{"status":503}`, true},
		{"status>=500", `{"status":"404"}`, false},
		{"took>1s", `{"took":"1500ms"}`, true},
		{"took>1s", `{"took":1500}`, false},
		{"size<=4KiB", `{"size":"4096B"}`, true},
		{"user.id=7", `{"user":{"id":7}}`, true},
		{"USER.ID=7", `{"user":{"id":7}}`, true},
		{`path="/a/b"`, `{"path":"\/a\/b"}`, true},
		{`name="é\\"`, `{"name":"\u00e9\\"}`, true},
		{"path~^/a", `{"path":"/a/b"}`, true},
		{"path!~^/a", `{"path":"/a/b"}`, false},
		{"level>=warn", "x", true},
		{"level=error level!=warn", "x", true},
		{"level<error", "x", false},
		{"level<=4", "x", true},
		{"échec", `{"msg":"\u00c9chec"}`, true},
		{"Échec", `{"msg":"\u00c9chec"}`, true},
		{"-échec", `{"msg":"\u00c9chec"}`, false},
		{`"dit \"non\""`, `{"msg":"dit \"non\""}`, true},
		{"/api/x", `{"msg":"GET \/api\/x"}`, true},
		{"échec", `msg=\u00c9chec`, false}, // that is how it reads
		{"/[ée]chec$/", `{"msg":"x \u00e9chec"}`, false},
		{`/[ée]chec\W/`, `{"msg":"x \u00e9chec"}`, true},
		{"container:AP", "x", false},
		{"container:ap", "x", true},
		{"container=api", "x", true},
		{"container=ap", "x", false},
		{"pod~^api-", "x", true},
		{"origin:kube", "x", true},
	} {
		m := Compile(must(t, c.query), set)
		if got := m.Match(c.line, st, logs.LevelError, set.Classify(c.line).Format); got != c.want {
			t.Errorf("%s on %s: %v", c.query, c.line, got)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ query, line, want string }{
		{"a", "banana", "[[1 2] [3 4] [5 6]]"},
		{"ana", "BANANA", "[[1 4]]"},
		{"an | nan", "banana", "[[1 5]]"},
		{"-a x=b /n+/", "banana", "[[2 3] [4 5]]"},
		{"/x*/", "axa", "[[1 2]]"},
		{"é", "Éé", "[[0 4]]"},
		{"", "a", "[]"},
	} {
		if got := fmt.Sprint(Compile(must(t, c.query), nil).Spans(c.line)); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.query, c.line, got, c.want)
		}
	}
}

func TestLogQL(t *testing.T) {
	for _, c := range []struct {
		query, want string
		unsaid      int
	}{
		{"", `{n="x"}`, 0},
		{"Timeout", `{n="x"} |= "Timeout"`, 0},
		{"timeout", `{n="x"} |~ "(?i)timeout"`, 0},
		{"500 -kube.probe", "{n=\"x\"} |= \"500\" !~ `(?i)kube\\.probe`", 0},
		{`-"A \"b\""`, "{n=\"x\"} != \"A \\\"b\\\"\"", 0},
		{"a | B | 5", `{n="x"} |~ "(?i:a)|B|5"`, 0},
		{`/a\d/ | /B/`, "{n=\"x\"} |~ `(?i:a\\d)|(?:B)`", 0},
		{"a | -b", `{n="x"}`, 1},
		{"a | x=1", `{n="x"}`, 1},
		{"status=500 timeout", `{n="x"} |~ "(?i)timeout" | json | status="500"`, 1},
		{"a.b!=x | c~y", `{n="x"} | json | a_b!="x" or c=~".*(?:(?i:y)).*"`, 1},
		{"d>=1500ms size<4KiB n>3", `{n="x"} | json | d >= 1.5s | size < 4096B | n > 3`, 3},
		{"-n>3", `{n="x"}`, 1},
		{"level>=error", `{n="x"} | detected_level=~"error|fatal|critical"`, 1},
		{"container:api stream=stderr", `{n="x"} | container=~"(?i).*(?:api).*" | stream="stderr"`, 0},
		{"pod:api", `{n="x"}`, 1},
		{"container=a | x=1", `{n="x"} | json | container="a" or x="1"`, 1},
	} {
		got, unsaid := must(t, c.query).LogQL(`{n="x"}`)
		if got != c.want || len(unsaid) != c.unsaid {
			t.Errorf("%s: %s %v, want %s", c.query, got, unsaid, c.want)
		}
	}
	set, _ := format.Load()
	for i, want := range map[string]Parser{"logfmt": Logfmt, "access": Access, "access-common": Access, "gelf": JSON} {
		known := false
		for id := range 100 {
			known = known || set.Name(format.ID(id)) == i
		}
		if ParserOf(i) != want || !known {
			t.Errorf("%s is read by %s; a format: %v", i, ParserOf(i), known)
		}
	}
	if got, _ := must(t, "status=5").LogQLWith(`{}`, Logfmt); got != `{} | logfmt | status="5"` {
		t.Error(got)
	}
}

func TestPresets(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Presets() {
		if seen[p.ID] || p.ID == "" {
			t.Errorf("%q twice or empty", p.ID)
		}
		seen[p.ID] = true
		if got := p.Expand(`{a="b"}`, `x "y"`); !strings.Contains(got, `{a="b"}`) || strings.Contains(got, "{text}") || strings.Contains(got, "{selector}") {
			t.Errorf("%s: %s", p.ID, got)
		}
		if !p.Metric {
			if _, err := Parse(strings.ReplaceAll(p.Local, "{text}", `"x"`)); err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
		}
	}
	if !seen[HideProbes] {
		t.Error("no preset hides probes")
	}
}
