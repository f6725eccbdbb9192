package format

import (
	"strings"
	"testing"
	"testing/fstest"

	"dsotop/internal/logs"
)

// TestSamples runs the samples of the formats: they are their tests.
func TestSamples(t *testing.T) {
	s := loaded(t)
	for _, p := range s.Check() {
		t.Errorf("%s: %s", p.Where(), p.Text("en"))
	}
	if len(s.forms) < 20 {
		t.Errorf("%d formats", len(s.forms))
	}
}

func loaded(t testing.TB) *Set {
	t.Helper()
	s, problems := Load()
	for _, p := range problems {
		t.Errorf("%s: %s", p.Where(), p.Text("en"))
	}
	return s
}

func TestLevelsOfText(t *testing.T) {
	for text, want := range map[string]logs.Level{
		"":                                    logs.LevelNone,
		"hello":                               logs.LevelNone,
		"0 errors found, no warning":          logs.LevelNone,
		"GET /error/page 200":                 logs.LevelNone,
		"the error: it was late":              logs.LevelNone,
		"ERROR connexion":                     logs.LevelError,
		"2026 [error] x":                      logs.LevelError,
		"error: connexion":                    logs.LevelError,
		"Warning: deprecated":                 logs.LevelWarn,
		"error::code is a name":               logs.LevelNone,
		"http://h/INFO_x":                     logs.LevelNone,
		"app | FATAL | x":                     logs.LevelFatal,
		"LOG of the day":                      logs.LevelNone,
		"LOG: checkpoint":                     logs.LevelInfo,
		"<warn> x":                            logs.LevelWarn,
		"ERRORS":                              logs.LevelNone,
		"MYERROR x":                           logs.LevelNone,
		"npm ERR! code":                       logs.LevelError,
		strings.Repeat(".", 200) + " ERROR x": logs.LevelNone,
	} {
		if got := textLevel(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]int{
		"2026-08-21T08:22:34.123Z x":         24,
		"2026-08-21 08:22:34,123 +0200 x":    29,
		"2026-08-21 08:22:34 INFO":           19,
		"2026-08-21 08:22:34 UTC [1]":        23,
		"2026/08/21 08:22:34 x":              19,
		"2026-08-21 x":                       10,
		"21/Aug/2026:08:22:34 +0000] x":      26,
		"21 Aug 2026 08:22:34.123 * x":       24,
		"Aug  1 08:22:34 h":                  15,
		"Fri Aug 21 08:22:34.123456 2026] x": 31,
		"08:22:34.123 x":                     12,
		"1787300000.123 x":                   14,
		"12 x":                               0, "2026": 0, "Mayday": 0, "": 0, "17873000001x": 0, "2026-08-21T08:22:34+02:00 x": 25,
	} {
		if got := stamp(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestTeamsFormat(t *testing.T) {
	dir := fstest.MapFS{
		"paie.yaml": {Data: []byte(`
name: paie
title: {fr: Paie, en: Payroll}
engine: pattern
patterns: ['PAIE;<time:time>;<level:level>;<message>;<run:int>']
levels: {words: {error: [KO], info: [OK]}}
columns: [run, message]
samples:
  - text: PAIE;2026-08-21T08:22:34Z;KO;virement refusé;12
    level: error
    message: virement refusé
    fields: {run: "12"}
`)},
		"old.yaml": {Data: []byte(`
name: old
engine: pattern
regexps:
  - guard: "##"
    expression: '^(?P<level>\w+)##(?P<message>.*)$'
samples:
  - text: WARN##lent
    level: warn
    message: lent
`)},
		"gelf.yaml": {Data: []byte("name: gelf\nengine: json\nneeds: [short_message, _paie]\nroles: {level: [_gravite]}\nsamples: [{text: '{\"short_message\":\"x\",\"_paie\":1,\"_gravite\":\"error\"}', level: error}]\n")},
		"note.txt":  {Data: []byte("not a format")},
	}
	s, problems := Load(dir)
	for _, p := range append(problems, s.Check()...) {
		if p.File != "10-gelf.yaml" && p.File != "20-json.yaml" {
			t.Errorf("%s: %s", p.Where(), p.Text("en"))
		}
	}
	c := s.Classify("PAIE;2026-08-21T08:22:34Z;KO;virement refusé;12")
	if s.Name(c.Format) != "paie" || c.Level != logs.LevelError || strings.Join(s.Columns(c.Format), " ") != "run message" {
		t.Errorf("%+v %s", c, s.Name(c.Format))
	}
	if n := s.Name(s.Classify(`{"short_message":"x","host":"h"}`).Format); n != "json" {
		t.Errorf("the program's own gelf is still there: %s", n)
	}
}

func TestProblemsHavePlaces(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		line int
		want string
	}{
		"no YAML":         {"name: [", 1, "not valid YAML"},
		"empty":           {"", 0, "a file holds one format"},
		"unknown key":     {"name: a\nengine: json\nrole: x\nsamples: [{text: x}]\n", 3, "unknown key “role”"},
		"unknown engine":  {"name: a\nengine: xml\nsamples: [{text: x}]\n", 2, "json, logfmt, pattern, trace"},
		"bad name":        {"name: A b\nengine: json\nsamples: [{text: x}]\n", 1, "is not a name"},
		"no samples":      {"name: a\nengine: json\n", 1, "samples"},
		"no patterns":     {"name: a\nengine: pattern\nsamples: [{text: x}]\n", 1, "patterns"},
		"bad pattern":     {"name: a\nengine: pattern\npatterns:\n  - '<a><b>'\nsamples: [{text: x}]\n", 4, "follows a capture without a type"},
		"unknown type":    {"name: a\nengine: pattern\npatterns:\n  - 'x <a:txt>'\nsamples: [{text: x}]\n", 4, "<a:txt> at column 3"},
		"open capture":    {"name: a\nengine: pattern\npatterns:\n  - 'x <a'\nsamples: [{text: x}]\n", 4, "has no “>”"},
		"no guard":        {"name: a\nengine: pattern\nregexps:\n  - expression: 'x'\nsamples: [{text: x}]\n", 4, "guard"},
		"bad expression":  {"name: a\nengine: pattern\nregexps:\n  - guard: xx\n    expression: '('\nsamples: [{text: x}]\n", 5, "not a regular expression"},
		"needs elsewhere": {"name: a\nengine: pattern\npatterns: ['x']\nneeds: [x]\nsamples: [{text: x}]\n", 1, "needs"},
		"unknown level":   {"name: a\nengine: json\nlevels: {default: loud}\nsamples: [{text: x}]\n", 3, "loud"},
		"a list wanted":   {"name: a\nengine: json\nneeds: x\nsamples: [{text: x}]\n", 3, "a list"},
	} {
		t.Run(name, func(t *testing.T) {
			s, problems := Load(fstest.MapFS{"a.yaml": {Data: []byte(c.file)}})
			if len(problems) == 0 || problems[0].File != "a.yaml" || problems[0].Line != c.line || !strings.Contains(problems[0].Text("en"), c.want) {
				t.Fatalf("%+v", problems)
			}
			if problems[0].Text("fr") == problems[0].Text("en") {
				t.Errorf("not in French: %s", problems[0].Text("fr"))
			}
			if s.Name(s.Classify(`{"short_message":"x","host":"h"}`).Format) != "gelf" {
				t.Error("the others no longer work")
			}
		})
	}
}

func TestCheckTellsWhatASampleGives(t *testing.T) {
	s, _ := Load(fstest.MapFS{"a.yaml": {Data: []byte("name: a\nengine: pattern\npatterns: ['A <level:level> <n:int>']\nsamples:\n  - text: A ERROR 12\n    level: warn\n    fields: {n: '13', m: x}\n  - text: B\n  - text: |\n      A INFO 1\n      A INFO 2\n    heads: [1]\n")}})
	var got []string
	for _, p := range s.Check() {
		got = append(got, p.Where()+" "+p.Text("en"))
	}
	want := "a.yaml:5 level: got “error”, want “warn”|a.yaml:5 field m: got “–”, want “x”|a.yaml:5 field n: got “12”, want “13”|a.yaml:8 format: got “plain”, want “a”|a.yaml:9 lines not folded: got [1 2], want [1]"
	if strings.Join(got, "|") != want {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func corpus() map[string]string {
	return map[string]string{
		"plain":   "Accepted connection from 10.129.4.2:43210, backlog is now 12 of 128, worker 3 takes it, and so on to a usual length of a line of text",
		"gelf":    `{"version":"1.1","host":"agenda-api-7c9d8f-x2x4z","short_message":"connexion refusée à postgres","timestamp":1787300000.123,"level":3,"_logger":"db","_duration_ms":12,"_trace_id":"0af7651916cd43dd"}`,
		"json":    `{"ts":"2026-08-21T08:22:34.123Z","level":"error","msg":"tuile 12/2074/1409 illisible","logger":"tuiles","trace_id":"4bf92f3577b34da6"}`,
		"nested":  `{"level":30,"time":1787300000123,"pid":1,"hostname":"h","req":{"id":1,"method":"GET","url":"/","headers":{"host":"x","accept":"*/*"}},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}`,
		"access":  `10.129.4.2 - - [21/Aug/2026:08:22:34 +0000] "GET /sante HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`,
		"logfmt":  `ts=2026-08-21T08:22:34.123Z level=warn msg="disque lent" logger=db duration=12ms trace_id=abc`,
		"klog":    `E0821 08:22:34.123456       1 reflector.go:138] "Failed to watch" err="x" pod="a/b"`,
		"spring":  `2026-08-21T08:22:34.123+02:00  INFO 1 --- [           main] fr.gouv.agenda.App                       : Started App in 2.1 seconds`,
		"stamped": "2026-08-21 08:22:34,123 WARN [exec-1] fr.gouv.App - lent",
		"frame":   "\tat fr.gouv.agenda.App.run(App.java:12)",
		"cause":   "Caused by: java.net.ConnectException: Connection refused",
	}
}

func TestArrivalDoesNotAllocate(t *testing.T) {
	s := loaded(t)
	for name, text := range corpus() {
		if n := testing.AllocsPerRun(20, func() { _ = s.Classify(text) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func FuzzSet(f *testing.F) {
	for _, text := range corpus() {
		f.Add(text)
	}
	for _, text := range []string{`{"a":{"a":{`, `{"a":"\ud83d"}`, `{"`, `{"a"`, `{"a":`, `{"a":[{]}`, "\x1b[31mERROR\x1b[0m", `k="a\`, "E0821 08:22:34.1 1 a] \"b\" c=", strings.Repeat(`{"a":`, 100)} {
		f.Add(text)
	}
	s := loaded(f)
	f.Fuzz(func(t *testing.T, text string) {
		c := s.Classify(text)
		if int(c.Format) > len(s.forms) || c.Level > logs.LevelFatal || c.Continues && c.Level != logs.LevelNone {
			t.Errorf("%+v", c)
		}
		total := 0
		for _, one := range s.Fields(text, c.Format) {
			total += len(one.Value)
			if one.Name != "" && len(text) < 500 {
				same(t, s, text, c.Format, one.Name)
			}
		}
		if total > 3*len(text)+64 { // a byte that is no UTF-8 may become three
			t.Errorf("fields of %d bytes from a line of %d", total, len(text))
		}
		if m := s.Message(text, c.Format); len(m) > 3*len(text) {
			t.Errorf("a message of %d bytes from a line of %d", len(m), len(text))
		}
		for id := range ID(len(s.forms) + 2) { // a format that is not the line's
			s.Message(text, id)
			s.Fields(text, id)
			s.Request(text, id)
			s.Lookup(text, id, "a.b", func(string) bool { return false })
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	s := loaded(b)
	for name, text := range corpus() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s.Classify(text)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		Load()
	}
}
