package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
)

func entries(t *testing.T) (*format.Set, []Entry) {
	t.Helper()
	set, problems := format.Load()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	st := &logs.Stream{Origin: logs.OriginLoki, Namespace: "ns", Pod: "api-1", Container: "api", Labels: []logs.Label{{Name: "container", Value: "api"}, {Name: "service_name", Value: "agenda"}}}
	at := time.Date(2026, 8, 21, 14, 3, 0, 123_456_789, time.UTC).UnixNano()
	var out []Entry
	for i, text := range []string{`{"version":"1.1","host":"h","short_message":"perdu pour jean@b.fr","level":3}`, "\x1b[31mrouge\x1b[0m 10.0.0.1\xff", ""} {
		c := set.Classify(text)
		out = append(out, Entry{Line: logs.Line{At: at + int64(i), Stream: st, Text: text}, Level: c.Level, Format: c.Format})
	}
	out[1].Meta = logs.NewMeta([]logs.Label{{Name: "trace_id", Value: "4bf9"}, {Name: "client", Value: "10.0.0.1"}})
	out = append(out, Entry{Notice: &logs.Notice{Kind: logs.NoticeGap, At: at, From: at, To: at + 1, Count: -1, Origin: logs.OriginLoki, Source: "loki", Why: "10.0.0.1 timed out"}})
	return set, out
}

func TestText(t *testing.T) {
	_, es := entries(t)
	say := func(n logs.Notice) string { return n.Kind.String() + " " + n.Why }
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"as it is":   {Options{}, `{"version":"1.1","host":"h","short_message":"perdu pour jean@b.fr","level":3}` + "\nrouge 10.0.0.1\ufffd\n \n"},
		"with all":   {Options{Times: true, Names: true, Say: say, Zone: time.FixedZone("", 7200)}, "2026-08-21T16:03:00.123+02:00 api-1/api " + `{"version":"1.1","host":"h","short_message":"perdu pour jean@b.fr","level":3}` + "\n2026-08-21T16:03:00.123+02:00 api-1/api rouge 10.0.0.1\ufffd\n2026-08-21T16:03:00.123+02:00 api-1/api \n2026-08-21T16:03:00.123+02:00 --- gap 10.0.0.1 timed out\n"},
		"anonymised": {Options{Say: say, Anonymise: NewAnonymiser()}, `{"version":"1.1","host":"h","short_message":"perdu pour mail-1","level":3}` + "\nrouge ip-1\ufffd\n \n--- gap ip-1 timed out\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			n, err := Text(&b, c.o, slices.Values(es))
			if err != nil || n != 3 || b.String() != c.want {
				t.Errorf("%d %v\n%s\nwant\n%s", n, err, b.String(), c.want)
			}
		})
	}
}

func TestJSONLines(t *testing.T) {
	set, es := entries(t)
	var b bytes.Buffer
	n, err := JSONLines(&b, Options{Set: set}, slices.Values(es))
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	want := []string{
		`{"time":"2026-08-21T14:03:00.123456789Z","level":"error","origin":"loki","namespace":"ns","pod":"api-1","container":"api","labels":{"service_name":"agenda"},"format":"gelf","message":"perdu pour jean@b.fr","text":"{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"perdu pour jean@b.fr\",\"level\":3}"}`,
		`{"time":"2026-08-21T14:03:00.12345679Z","origin":"loki","namespace":"ns","pod":"api-1","container":"api","labels":{"service_name":"agenda"},"metadata":{"client":"10.0.0.1","trace_id":"4bf9"},"format":"plain","text":"\u001b[31mrouge\u001b[0m 10.0.0.1�"}`,
		`{"time":"2026-08-21T14:03:00.123456791Z","origin":"loki","namespace":"ns","pod":"api-1","container":"api","labels":{"service_name":"agenda"},"format":"plain","text":""}`,
		`{"notice":"gap","time":"2026-08-21T14:03:00.123456789Z","from":"2026-08-21T14:03:00.123456789Z","to":"2026-08-21T14:03:00.12345679Z","origin":"loki","source":"loki","why":"10.0.0.1 timed out"}`,
	}
	got := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestMarkdownOutlivesItsText(t *testing.T) {
	_, es := entries(t)
	es[2].Text = "a ```` b"
	var b strings.Builder
	n, err := Markdown(&b, Options{}, []string{"**ns**"}, func(e Entry) bool { return e.Level == logs.LevelError }, slices.Values(es))
	want := "**ns**\n\n`````text\n→ " + es[0].Text + "\n  rouge 10.0.0.1\ufffd\n  a ```` b\n`````\n"
	if err != nil || n != 3 || b.String() != want {
		t.Errorf("%d %v\n%s", n, err, b.String())
	}
}

type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestAWriteThatFailsEndsIt(t *testing.T) {
	_, es := entries(t)
	if n, err := Text(&broken{left: 1}, Options{}, slices.Values(es)); n != 1 || err == nil {
		t.Errorf("%d lines, %v", n, err)
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "a\"\\\n", "\x00\x1b\x7f\u009b\u202e\u2028é😀\xff", "\U000e0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := appendJSON(nil, s)
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Errorf("%q came back as %q", s, back)
		}
	})
}
