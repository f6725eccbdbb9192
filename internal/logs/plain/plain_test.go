package plain

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dsotop/internal/platform"
)

func TestLine(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"clean":                 {"GET /sante 200", "GET /sante 200"},
		"empty":                 {"", ""},
		"line end":              {"abc\r\n", "abc"},
		"only a line end":       {"\r\n", ""},
		"tabs":                  {"a\tbc\t\td", "a       bc              d"},
		"tab after wide":        {"日本\tx", "日本    x"},
		"colours":               {"\x1b[1;31mERREUR\x1b[0m fin", "ERREUR fin"},
		"8-bit CSI":             {"\u009b31mrouge", "rouge"},
		"title of a window":     {"a\x1b]0;pwned\x07b", "ab"},
		"clear screen":          {"\x1b[2J\x1b[Hx", "x"},
		"progress bar":          {"10 %\r50 %\r100 %", "100 %"},
		"shorter overwrite":     {"abcdef\rxy", "xycdef"},
		"erase to the end":      {"abcdef\rxy\x1b[K", "xy"},
		"erase the line":        {"downloading 10\x1b[2K\x1b[1Gdone", "done"},
		"erased, not returned":  {"abc\x1b[2Kd", "   d"},
		"backspaces":            {"50%\b\b\b75%", "75%"},
		"backspace at start":    {"\b\bx", "x"},
		"tab keeps what is":     {"abcdefghij\r\tX", "abcdefghXj"},
		"half of a wide":        {"日本\rx", "x 本"},
		"other half of a wide":  {"日本\b\b\bx", " x本"},
		"mark on overwritten":   {"abc\re\u0301", "e\u0301bc"},
		"invalid UTF-8":         {"a\xffb\xc3", "a\ufffdb\ufffd"},
		"bidi and zero widths":  {"a\u202eb\u200bc", "abc"},
		"separators of lines":   {"a\u2028b", "a b"},
		"controls":              {"a\x00b\x07c\x7fd", "abcd"},
		"newline":               {"a\nb", "a b"},
		"hidden text is shown":  {"\x1b[8msecret\x1b[28m", "secret"},
		"unfinished sequence":   {"abc\x1b[31", "abc"},
		"string without an end": {"a\x1b]0;rest of it", "a0;rest of it"},
		"accents and quotes":    {"connexion « refusée » à 12 h", "connexion « refusée » à 12 h"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Line(c.raw); got != c.want {
				t.Errorf("%q became %q, want %q", c.raw, got, c.want)
			}
		})
	}
}

func TestLinesOfAField(t *testing.T) {
	got := Lines("java.lang.Boom\n\tat a.B\r\n\x1b[31mCaused by: c\n")
	if strings.Join(got, "|") != "java.lang.Boom|        at a.B|Caused by: c" || Lines("") != nil {
		t.Errorf("%q", got)
	}
}

func TestSpans(t *testing.T) {
	red, green := Color{Kind: Color16, Index: 1}, Color{Kind: Color16, Index: 10}
	for name, c := range map[string]struct {
		raw  string
		want []Span
	}{
		"none":             {"abc", []Span{{Text: "abc"}}},
		"nothing":          {"\x1b[31m", nil},
		"two":              {"a\x1b[1;31mb\x1b[0mc", []Span{{Text: "a"}, {"b", Style{FG: red, Bold: true}}, {Text: "c"}}},
		"bright and back":  {"\x1b[92ma\x1b[39mb", []Span{{"a", Style{FG: green}}, {Text: "b"}}},
		"palette":          {"\x1b[38;5;208;4ma", []Span{{"a", Style{FG: Color{Kind: Color256, Index: 208}, Underline: true}}}},
		"palette as 16":    {"\x1b[48;5;1ma", []Span{{"a", Style{BG: red}}}},
		"rgb":              {"\x1b[38;2;1;2;3;1ma", []Span{{"a", Style{FG: Color{Kind: ColorRGB, R: 1, G: 2, B: 3}, Bold: true}}}},
		"rgb, colons":      {"\x1b[38:2::1:2:3ma", []Span{{"a", Style{FG: Color{Kind: ColorRGB, R: 1, G: 2, B: 3}}}}},
		"same style joins": {"\x1b[31ma\x1b[31mb", []Span{{"ab", Style{FG: red}}}},
		"out of range":     {"\x1b[38;2;999;0;0ma\x1b[99999999999999999999mb", []Span{{Text: "ab"}}},
		"overwritten":      {"\x1b[31mabc\r\x1b[0mx", []Span{{Text: "x"}, {"bc", Style{FG: red}}}},
		"empty parameter":  {"\x1b[31ma\x1b[mb", []Span{{"a", Style{FG: red}}, {Text: "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Spans(c.raw)
			if len(got) != len(c.want) {
				t.Fatalf("%+v", got)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("span %d: %+v, want %+v", i, got[i], c.want[i])
				}
			}
		})
	}
}

// TestHostileLinesAreLinear writes what would be quadratic on a naive screen; it ends at once or the test run times out.
func TestHostileLinesAreLinear(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, raw := range []string{
		long + strings.Repeat("\x1b[2Ky", 40_000),
		strings.Repeat("\x1b[31m\r", 70_000),
		strings.Repeat("\x1b]", 100_000) + "\r",
		strings.Repeat("\t\r", 70_000) + "z",
		"\re" + strings.Repeat("\u0301", 40_000),
		long + "\r" + strings.Repeat("e\u0301\b", 40_000),
	} {
		check(t, raw)
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"a\tb", "\x1b[31ma\rb\x1b[K", "日\b\bx", "\u009b1mx\x9b", "\xc2\x1b[2Kq\u0301\r\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) { check(t, raw) })
}

// check holds what is promised of any text.
func check(t *testing.T, raw string) {
	t.Helper()
	got := Line(raw)
	if !utf8.ValidString(got) || platform.CleanLine(got) != got {
		t.Fatalf("%q is not harmless: %q", raw, got)
	}
	if again := Line(got); again != got {
		t.Fatalf("%q: %q, then %q", raw, got, again)
	}
	var joined strings.Builder
	for _, s := range Spans(raw) {
		joined.WriteString(s.Text)
	}
	if joined.String() != got {
		t.Fatalf("%q: spans say %q, the line %q", raw, joined.String(), got)
	}
}

func TestCleanTextIsNotCopied(t *testing.T) {
	for _, s := range []string{"GET /sante 200", "connexion refusée à « postgres »"} {
		if n := testing.AllocsPerRun(10, func() { _ = Line(s) }); n != 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":   `{"version":"1.1","host":"agenda-api-7c9","short_message":"connexion ok","timestamp":1787300000.123,"level":6,"_logger":"db","_trace_id":"abc"}`,
		"accents": `{"version":"1.1","host":"agenda-api-7c9","short_message":"connexion refusée à postgres","timestamp":1787300000.123,"level":3,"_logger":"db"}`,
		"colours": "\x1b[32m2026-08-21 08:22:34\x1b[0m \x1b[1;31mERROR\x1b[0m connexion refusée",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				_ = Line(s)
			}
		})
	}
}
