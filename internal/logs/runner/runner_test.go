package runner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

func read(t testing.TB, texts ...string) *Output {
	t.Helper()
	set, problems := format.Load()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return readWith(set, texts...)
}

func readWith(set *format.Set, texts ...string) *Output {
	o := New(set)
	for _, x := range texts {
		o.Append(x)
	}
	return o
}

func shown(o *Output) (out []string) {
	for _, l := range o.Lines {
		s := ""
		if l.Section != None {
			s = o.Sections[l.Section].Name + "|"
		}
		out = append(out, s+plain.Line(l.Text))
	}
	return out
}

const end = "\r\x1b[0K"

func TestSections(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"none":                  {"a\nb\n", []string{"a", "b"}},
		"an empty line":         {"a\n\nb\n", []string{"a", "", "b"}},
		"one":                   {"section_start:10:get" + end + "Getting source\nx\nsection_end:12:get" + end + "\ny\n", []string{"get|Getting source", "get|x", "y"}},
		"two on a line":         {"section_start:10:a" + end + "A\nsection_end:11:a" + end + "section_start:11:b" + end + "\x1b[36;1mB\x1b[0m\nx\n", []string{"a|A", "b|B", "b|x"}},
		"nested":                {"section_start:10:a" + end + "A\nsection_start:11:b[collapsed=true]" + end + "B\nx\nsection_end:12:b" + end + "\ny\nsection_end:13:a" + end + "\n", []string{"a|A", "b|B", "b|x", "a|y"}},
		"an end closes inside":  {"section_start:10:a" + end + "A\nsection_start:11:b" + end + "B\nsection_end:13:a" + end + "\ny\n", []string{"a|A", "b|B", "y"}},
		"an end without start":  {"x\nsection_end:13:a" + end + "\ny\n", []string{"x", "y"}},
		"without a title":       {"section_start:10:a" + end + "\nx\n", []string{"a|a", "a|x"}},
		"text before and after": {"before section_start:10:a" + end + "A\nsection_end:11:a" + end + "after\n", []string{"before ", "a|A", "after"}},
		"a sentence about them": {"use section_start:10:a in a script\nsection_start:x:a\r\nsection_start:10:\r\n", []string{"use section_start:10:a in a script", "section_start:x:a", "section_start:10:"}},
		"erased before":         {"\x1b[0Ksection_start:10:a" + end + "A\n", []string{"a|A"}},
		"stamped":               {"2026-11-21T14:03:07.412345Z 00O section_start:10:a" + end + "A\n2026-11-21T14:03:08.412345Z 01E x\n2026-11-21T14:03:08.412345Z 01E+ and on\n2026-11-21T14:03:09.412345Z 00O section_end:11:a" + end + "\n", []string{"a|A", "a|x and on"}},
		"progress":              {"\rProgress 0%\rProgress 100%\r\x1b[KDone\r\n", []string{"Done"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shown(read(t, c.text)); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
			// Line by line it is the same.
			if got := shown(read(t, slices.Collect(strings.Lines(c.text))...)); !slices.Equal(got, c.want) {
				t.Errorf("line by line: %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsKnownOfSections(t *testing.T) {
	o := read(t, "section_start:10:a"+end+"A\nsection_start:11:b[hide_duration=true,collapsed=true]"+end+"B\nERROR: boom\nsection_end:15:b"+end+"\n2026-11-21T14:03:07.412345Z 00E late\n")
	a, b := o.Sections[0], o.Sections[1]
	if a.Parent != None || b.Parent != 0 || b.Depth != 1 || !b.Collapsed || a.Collapsed || a.Errors != 1 || b.Errors != 1 || o.Errors != 1 {
		t.Errorf("%+v, %+v", a, b)
	}
	if a.First != 0 || a.Last != 4 || b.First != 1 || b.Last != 3 || a.End != 0 || b.End != 15 || o.Running() != 0 {
		t.Errorf("%+v, %+v", a, b)
	}
	if b.Took(time.Time{}) != 4*time.Second || a.Took(time.Unix(70, 0)) != time.Minute || (&Section{Start: 9, End: 3}).Took(time.Time{}) != 0 {
		t.Error("how long sections lasted")
	}
	last := o.Lines[3]
	if !o.Stamped || !last.Stderr || last.At != time.Date(2026, 11, 21, 14, 3, 7, 412345000, time.UTC).UnixNano() {
		t.Errorf("%+v", last)
	}
}

func TestASnapshotStays(t *testing.T) {
	const at = "2026-11-21T14:03:07.412345Z 00O"
	o := read(t, at+" section_start:10:a"+end+"A\n"+at+" one\n")
	then := o.Snapshot()
	o.Append(at + "+ and more\n" + at + " ERROR: two\n" + at + " section_end:12:a" + end + "\n")
	if got := shown(then); !slices.Equal(got, []string{"a|A", "a|one"}) || then.Errors != 0 || then.Sections[0].End != 0 || then.Sections[0].Last != 2 || then.Running() != 0 {
		t.Errorf("%q, %+v", got, then.Sections)
	}
	if got := shown(o); !slices.Equal(got, []string{"a|A", "a|one and more", "a|ERROR: two"}) || o.Running() != None {
		t.Errorf("%q", got)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]bool{
		"ERROR: Job failed: command terminated with exit code 1":               true,
		"\x1b[31;1mERROR: Job failed\x1b[0;m":                                  true,
		"[ERROR] Tests run: 214, Failures: 1, Errors: 0, Skipped: 2":           true,
		"fatal: Authentication failed for 'https://forge.test/'":               true,
		"error pushing image: failed to push to destination: status code 500":  true,
		"remote: HTTP Basic: Access denied":                                    true,
		"* error validating token: token expired":                              true,
		"npm ERR! code E401":                                                   true,
		"sun.security.validator.ValidatorException: PKIX path building failed": true,
		"bash: mvn: command not found":                                         true,
		"ERROR: QUALITY GATE STATUS: FAILED - View details":                    true,
		"$ echo error: nothing":                                                false,
		"[INFO] Tests run: 214, Failures: 0, Errors: 0, Skipped: 2":            false,
		"0 errors, 2 warnings":                                                 false,
		"Job succeeded":                                                        false,
		"[WARN] deprecated call":                                               false,
		"INFO: QUALITY GATE STATUS: PASSED":                                    false,
		"":                                                                     false,
	} {
		if got := read(t, text+"\n").Errors > 0; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	o := read(t, "x\n[ERROR] one\nINFO y\n[ERROR] two\nERROR: Job failed: exit code 1\n")
	if got := o.FirstErrors(5); !slices.Equal(got, []string{"[ERROR] one", "[ERROR] two"}) {
		t.Errorf("%q", got)
	}
	if got := read(t, "ERROR: Job failed: exit code 1\n").FirstErrors(2); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if o.Lines[3].Level != logs.LevelError {
		t.Error(o.Lines[3])
	}
}

func TestBounds(t *testing.T) {
	o := read(t, strings.Repeat("x", 100_000)+"\n"+strings.Repeat("section_start:1:a"+end+"\n", 40))
	if len(o.Lines[0].Text) > maxLine || o.Cut == 0 || o.Sections[len(o.Sections)-1].Depth >= maxDepth {
		t.Errorf("%d bytes, %d cut, %d sections", len(o.Lines[0].Text), o.Cut, len(o.Sections))
	}
	o = New(nil)
	o.Bytes = MaxText - 2
	o.Append("abc\ndef\n")
	if len(o.Lines) != 1 || o.Cut != 6 {
		t.Errorf("%d lines, %d cut", len(o.Lines), o.Cut)
	}
}

func FuzzAppend(f *testing.F) {
	f.Add("section_start:10:a[collapsed=true]" + end + "A\nsection_end:11:a" + end + "section_start:1:b\r\n")
	f.Add("2026-11-21T14:03:07.412345Z 00O+x\n\x1b[31")
	f.Add("section_start:99999999999999999999:a\r\nsection_end::\rsection_")
	set, _ := format.Load()
	f.Fuzz(func(t *testing.T, text string) {
		o := readWith(set, text)
		for i, l := range o.Lines {
			if l.Section != None && (int(l.Section) >= len(o.Sections) || i < o.Sections[l.Section].First || i >= o.Sections[l.Section].Last) {
				t.Fatalf("line %d is outside its section", i)
			}
		}
		for i, s := range o.Sections {
			if s.First >= s.Last || s.Last > len(o.Lines) || int(s.Parent) >= i || !o.Lines[s.First].Head {
				t.Fatalf("section %d: %+v", i, s)
			}
			if s.Parent != None && (o.Sections[s.Parent].First >= s.First || o.Sections[s.Parent].Last < s.Last) {
				t.Fatalf("section %d is outside the one around it", i)
			}
		}
		_ = o.FirstErrors(3)
	})
}

func BenchmarkAppend(b *testing.B) {
	set, _ := format.Load()
	big := strings.Repeat("2026-11-21T14:03:07.412345Z 00O [\x1b[1;34mINFO\x1b[m] 00012 fr.gouv.app.Service12Test: cas 3, 4 assertions, 12 ms\n", 42_000)
	b.SetBytes(int64(len(big)))
	for b.Loop() {
		New(set).Append(big)
	}
}
