package logql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
)

// fixed is a source of lines written in the test, one a second from t0.
type fixed []struct {
	stream map[string]string
	lines  []string
}

var t0 = time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)

func (f fixed) Scan(ctx context.Context, ms []*labels.Matcher, from, to time.Time, fn func(*Stream, int64, string)) error {
	for _, s := range f {
		if !Matches(ms, s.stream) {
			continue
		}
		stream := &Stream{Labels: s.stream}
		for i, l := range s.lines {
			if at := t0.Add(time.Duration(i) * time.Second); !at.Before(from) && at.Before(to) {
				fn(stream, at.UnixNano(), l)
			}
		}
	}
	return ctx.Err()
}

func lines() fixed {
	return fixed{
		{map[string]string{"app": "api", "env": "prod"}, []string{
			`{"level":"error","msg":"tuile illisible","took":"120ms","size":"2KB","http":{"status":500}}`,
			`{"level":"info","msg":"prêt","took":"3ms","size":"10B","http":{"status":200}}`,
			`pas du JSON`,
			`level=warn msg="file lente" took=1.5s n=7`,
		}},
		{map[string]string{"app": "web", "env": "prod"}, []string{
			`10.1.2.3 - - [21/Aug/2026:08:22:34 +0000] "GET /sante HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`,
			`10.1.2.4 - - [21/Aug/2026:08:22:35 +0000] "POST /rdv HTTP/1.1" 502 0 "-" "Mozilla" "-"`,
			"\x1b[31mrouge\x1b[0m",
		}},
	}
}

func selectAll(t *testing.T, query string) []Entry {
	t.Helper()
	l, err := ParseLog(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	found, _, err := Select(t.Context(), lines(), l, t0, t0.Add(time.Minute), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		query string
		want  int
	}{
		{`{app="api"}`, 4},
		{`{env="prod"}`, 7},
		{`{env="prod", app!="web"}`, 4},
		{`{app=~"a.+|w.*"}`, 7},
		{`{app="web"} != "kube-probe"`, 2},
		{`{app="web"} |= "rdv" or "rouge"`, 2},
		{`{app="web"} |~ "5\\d\\d 0"`, 1},
		{"{app=\"web\"} !~ `\\d`", 0},
		{`{app="web"} |> "<_> - - <_>"`, 2},
		{`{app="api"} | json | level="error"`, 1},
		{`{app="api"} | json | level=~"(?i)ERROR|fatal"`, 1},
		{`{app="api"} | json | http_status >= 500`, 1},
		{`{app="api"} | json code="http.status" | code=200`, 1},
		{`{app="api"} | json | __error__=""`, 2},
		{`{app="api"} | json | took > 100ms`, 1},
		{`{app="api"} | json | size >= 1KB`, 1},
		{`{app="api"} | json | level="error" or level="info"`, 2},
		{`{app="api"} | json | (level="error" or level="info") and http_status=200`, 1},
		{`{app="api"} | json | level="error", http_status=200`, 0},
		{`{app="api"} | logfmt | level="warn" | took > 1s`, 1},
		{`{app="api"} | logfmt msg | msg="file lente"`, 1},
		{"{app=\"web\"} | pattern `<ip> - <user> [<ts>] \"<method> <uri> <_>\" <status> <size> <_>` | status=~\"5..\"", 1},
		{"{app=\"web\"} | regexp `\"(?P<verb>[A-Z]+) ` | verb=\"POST\"", 1},
		{`{app="api"} # a comment
			|= "tuile"`, 1},
	} {
		if got := len(selectAll(t, c.query)); got != c.want {
			t.Errorf("%s: %d lines, want %d", c.query, got, c.want)
		}
	}
}

func TestStagesThatChange(t *testing.T) {
	for _, c := range []struct {
		query, line string
		labels      map[string]string
	}{
		{`{app="web"} |= "rouge" | decolorize`, "rouge", map[string]string{"app": "web", "env": "prod"}},
		{`{app="api"} |= "tuile" | json | line_format "{{.level}}: {{.msg | upper}}" | keep level`, "error: TUILE ILLISIBLE", map[string]string{"level": "error"}},
		{`{app="api"} |= "lente" | logfmt | label_format lvl=level, who="{{.app}}/{{.n}}" | drop msg, took, n, env, app="autre"`, "", map[string]string{"app": "api", "lvl": "warn", "who": "api/7"}},
		{`{app="api"} |= "tuile" | json app="level"  | keep app, app_extracted`, "", map[string]string{"app": "api", "app_extracted": "error"}},
	} {
		found := selectAll(t, c.query)
		if len(found) != 1 {
			t.Fatalf("%s: %d lines", c.query, len(found))
		}
		if c.line != "" && found[0].Line != c.line {
			t.Errorf("%s: line %q, want %q", c.query, found[0].Line, c.line)
		}
		if d := cmp.Diff(c.labels, found[0].Labels); d != "" {
			t.Errorf("%s: labels:\n%s", c.query, d)
		}
	}
}

func TestDirectionAndLimit(t *testing.T) {
	l, err := ParseLog(`{app="api"}`)
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := Select(t.Context(), lines(), l, t0, t0.Add(time.Hour), 2, true)
	if err != nil || len(back) != 2 || back[0].At != t0.Add(3*time.Second).UnixNano() || back[1].At != t0.Add(2*time.Second).UnixNano() {
		t.Errorf("backward: %v %v", back, err)
	}
	forth, _, err := Select(t.Context(), lines(), l, t0, t0.Add(time.Hour), 2, false)
	if err != nil || len(forth) != 2 || forth[0].At != t0.UnixNano() {
		t.Errorf("forward: %v %v", forth, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Select(ctx, lines(), l, t0, t0.Add(time.Hour), 2, false); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search says %v", err)
	}
}

func TestMetrics(t *testing.T) {
	at := t0.Add(10 * time.Second)
	for _, c := range []struct{ query, want string }{
		{`count_over_time({app="api"}[1m])`, `{app="api", env="prod"}=4`},
		{`sum by (app) (count_over_time({env="prod"}[1m]))`, `{app="api"}=4 {app="web"}=3`},
		{`sum without (app) (count_over_time({env="prod"}[1m]))`, `{env="prod"}=7`},
		{`sum(count_over_time({env="prod"}[1m])) by (app)`, `{app="api"}=4 {app="web"}=3`},
		{`count(count_over_time({env="prod"}[1m]))`, `{}=2`},
		{`topk(1, sum by (app) (count_over_time({env="prod"}[1m])))`, `{app="api"}=4`},
		{`max(count_over_time({env="prod"}[1m])) - min(count_over_time({env="prod"}[1m]))`, `{}=1`},
		{`avg(count_over_time({env="prod"}[1m]))`, `{}=3.5`},
		{`rate({app="api"}[10s])`, `{app="api", env="prod"}=0.3`}, // the line exactly at the open end is out
		{`bytes_over_time({app="api"} |= "JSON" [1m])`, `{app="api", env="prod"}=11`},
		{`bytes_rate({app="api"} |= "JSON" [11s])`, `{app="api", env="prod"}=1`},
		{`absent_over_time({app="rien"}[1m])`, `{app="rien"}=1`},
		{`absent_over_time({app="api"}[1m])`, ``},
		{`sum by (app) (count_over_time({env="prod"}[1m])) > 3`, `{app="api"}=4`},
		{`sum by (app) (count_over_time({env="prod"}[1m])) > bool 3`, `{app="api"}=1 {app="web"}=0`},
		{`10 - sum by (app) (count_over_time({env="prod"}[1m])) * 2`, `{app="api"}=2 {app="web"}=4`},
		{`sum(count_over_time({env="prod"} |= "tuile" [1m])) / sum(count_over_time({env="prod"}[1m])) * 7`, `{}=1`},
		{`sum(count_over_time({app="rien"}[1m])) or vector(0)`, `{}=0`},
		{`sum by (level) (count_over_time({app="api"} | json | __error__="" [1m]))`, `{level="error"}=1 {level="info"}=1`},
		{`sum_over_time({app="api"} | logfmt | unwrap n [1m])`, `{app="api", env="prod", level="warn", msg="file lente", took="1.5s"}=7`},
		{`max_over_time({app="api"} | json took | __error__="" | unwrap duration(took) [1m]) by (app)`, `{app="api"}=0.12`},
		{`quantile_over_time(0.5, {app="api"} | json size | __error__="" | unwrap bytes(size) [1m]) by (app)`, `{app="api"}=1005`},
		{`count_over_time({app="api"}[2s] offset 7s)`, `{app="api", env="prod"}=2`},
		{`1 + 2 * 3 ^ 2`, `19`},
		{`7 > bool 3`, `1`},
	} {
		e, err := Parse(c.query)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		samples, scalar, _, err := Instant(t.Context(), lines(), e, at)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		var got []string
		for _, s := range samples {
			got = append(got, fmt.Sprintf("%s=%v", Key(s.Labels), s.Value))
		}
		if scalar != nil {
			got = []string{fmt.Sprint(*scalar)}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.query, g, c.want)
		}
	}
}

func TestRange(t *testing.T) {
	e, err := Parse(`sum(count_over_time({app="api"}[2s]))`)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Range(t.Context(), lines(), e, t0, t0.Add(6*time.Second), time.Second)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v %v", got, err)
	}
	if d := cmp.Diff([]float64{1, 2, 2, 2, 1}, got[0].Values); d != "" {
		t.Error(d)
	}
}

func TestPipelineErrorFailsMetrics(t *testing.T) {
	e, err := Parse(`sum by (level) (count_over_time({app="api"} | json [1m]))`)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = Instant(t.Context(), lines(), e, t0.Add(time.Minute-time.Second))
	var bad *PipelineError
	if !errors.As(err, &bad) || bad.Kind != "JSONParserErr" || !strings.HasPrefix(err.Error(), "pipeline error: 'JSONParserErr' for series: '{") {
		t.Errorf("got %v", err)
	}
}

// The words are those of Loki 3.7's own parser.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{`{foo="bar}`, "parse error at line 1, col 6: literal not terminated"},
		{`{foo="bar"`, "parse error at line 1, col 11: syntax error: unexpected $end, expecting } or ,"},
		{`{foo="bar"} |~`, "parse error at line 1, col 15: syntax error: unexpected $end, expecting STRING or ip"},
		{`{foo="bar"} "foo"`, "parse error at line 1, col 13: syntax error: unexpected STRING"},
		{`{foo="bar"} foo`, "parse error at line 1, col 13: syntax error: unexpected IDENTIFIER"},
		{`{a=b}`, "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING"},
		{"{foo=\"bar\"}\n |= |", "parse error at line 2, col 5: syntax error: unexpected |, expecting STRING or ip"},
		{``, "parse error : syntax error: unexpected $end"},
		{`unk({ foo = "bar" }[5m])`, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"},
		{`rate({ foo = "bar" }[5minutes])`, `parse error at line 0, col 21: unknown unit "minutes" in duration "5minutes"`},
		{`rate({ foo = "bar" }[5)`, "parse error at line 0, col 21: missing closing ']' in duration"},
		{`stddev({ foo = "bar" })`, "parse error at line 1, col 23: syntax error: unexpected )"},
		{`bottomk(he,count_over_time({ foo = "bar" }[5h]))`, "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER"},
		{`bottomk(1.2,count_over_time({ foo = "bar" }[5h]))`, "parse error : invalid parameter bottomk(1.2,"},
		{`sum(3 ,count_over_time({ foo = "bar" }[5h]))`, "parse error : unsupported parameter for operation sum(3,"},
		{`topk(count_over_time({ foo = "bar" }[5h]))`, "parse error : parameter required for operation topk"},
		{`absent_over_time({ foo = "bar" }[5h]) by (foo)`, "parse error : grouping not allowed for absent_over_time aggregation"},
		{`sum_over_time({foo="bar"}[5m])`, "parse error : invalid aggregation sum_over_time without unwrap"},
		{`{foo="bar"} + 1`, "parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr"},
		{`bool 1 > 1`, "parse error at line 1, col 1: syntax error: unexpected bool"},
		{`vector(abc)`, "parse error at line 1, col 8: syntax error: unexpected IDENTIFIER, expecting NUMBER"},
		{`{}`, "parse error : " + errNeedsMatcher},
		{`{foo=~".*"}`, "parse error : " + errNeedsMatcher},
		{`{foo=~"("}`, "parse error : error parsing regexp: missing closing ): `(`"},
	} {
		_, err := Parse(c.query)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.query, err, c.want)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	if _, err := Parse(strings.Repeat("(", 50_000)); err == nil {
		t.Error("accepted")
	}
	if _, err := Parse(`{a="b"} | ` + strings.Repeat("(", 50_000)); err == nil {
		t.Error("accepted")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{a="b"} |= "c" or "d" | json x="y[0].z" | logfmt --strict | x > 5m and y<=3KB | line_format "{{.x}}" | label_format a=b | drop c="d"`,
		`sum by (a) (rate({a=~"b.+"} | pattern "<x> - <_>" | unwrap duration(x) [5m] offset 1h)) / on(a) topk(3, vector(1)) > bool 2`,
		"{a=`b`}[", "{a=\"\\", "--", "[5m", "{a=\"b\"} | regexp \"(?P<x>.)\"", "1e", "5µs", "\xff", "quantile_over_time(.9,{a=\"b\"}|unwrap b[1s])",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		e, err := Parse(query)
		if err != nil {
			var bad *ParseError
			if !errors.As(err, &bad) {
				t.Fatalf("%q: an error of another kind: %v", query, err)
			}
			return
		}
		if l, ok := e.(*Log); ok {
			if _, _, err := Select(t.Context(), lines(), l, t0, t0.Add(time.Minute), 10, true); err != nil {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		_, _, _, _ = Instant(t.Context(), lines(), e, t0.Add(time.Minute)) // a pipeline error is fine, a panic is not
	})
}
