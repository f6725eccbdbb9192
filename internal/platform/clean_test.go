package platform

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, text, line string }{
		{"plain", "hello", "hello", "hello"},
		{"empty", "", "", ""},
		{"accents", "Échec à l’été 👍 π", "Échec à l’été 👍 π", "Échec à l’été 👍 π"},
		{"lines", "a\n\tb", "a\n\tb", "a  b"},
		{"crlf", "a\r\nb\r", "a\nb", "a b"},
		{"carriage return", "50%\r100%", "50%\n100%", "50% 100%"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red", "red"},
		{"cursor", "a\x1b[2J\x1b[?25lb", "ab", "ab"},
		{"broken CSI", "a\x1b[31", "a", "a"},
		{"broken CSI then text", "a\x1b[31é", "aé", "aé"},
		{"lone escape", "a\x1b", "a", "a"},
		{"two escapes", "a\x1b\x1b[31mb", "ab", "ab"},
		{"charset", "a\x1b(Bb", "ab", "ab"},
		{"reset", "a\x1bcb", "ab", "ab"},
		{"title", "a\x1b]0;owned\x07b", "ab", "ab"},
		{"hyperlink", "\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link", "link"},
		{"clipboard in C1", "a\u009d52;c;aGk=\u009cb", "ab", "ab"},
		{"device control", "a\x1bPq#0\x1b\\b", "ab", "ab"},
		{"application", "a\x1b_Gf=100\x1b\\b", "ab", "ab"},
		{"open title hides nothing", "a\x1b]0;rest\nnext", "a0;rest\nnext", "a0;rest next"},
		{"C1 CSI", "a\u009b31mb", "ab", "ab"},
		{"controls", "a\x00\x07\x08\x7f\u0085b", "ab", "ab"},
		{"invalid", "a\xff\x9b31mb", "a\uFFFD\uFFFD31mb", "a\uFFFD\uFFFD31mb"},
		{"replacement stays", "a\uFFFDb", "a\uFFFDb", "a\uFFFDb"},
		{"bidi", "abc\u202e\u2066\u200fdef\u061c", "abcdef", "abcdef"},
		{"zero width", "a\u200b\u200d\ufeff\u00ad\u2060b", "ab", "ab"},
		{"separators", "a\u2028b\u2029c", "a\nb\nc", "a b c"},
		{"prepended", "\u0600\u0605\u06dd\u070f\u08e2\U000110BD\u0d4ea", "a", "a"},
		{"fillers and selectors", "a\u115f\u3164\ufe0f\U000E0100\U000E0041b", "ab", "ab"},
		{"combining stays", "e\u0301", "e\u0301", "e\u0301"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.text {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.text)
			}
			if got := CleanLine(c.in); got != c.line {
				t.Errorf("CleanLine(%q) = %q, want %q", c.in, got, c.line)
			}
		})
	}
}

func TestCleanKeepsCleanTextAsItIs(t *testing.T) {
	for _, s := range []string{strings.Repeat("plain words ", 100), "déjà vu\nà la ligne\t."} {
		if n := testing.AllocsPerRun(10, func() { _ = Clean(s) }); n != 0 {
			t.Errorf("Clean allocates %v times for clean text", n)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\x1b]0;x", "\x1b]8;;u\x1b\\t", "\xc2\x9b1m", "\u202e", "\xff\xfe", "\x1bP\x18x", "a\r\r\nb", "é\x1b", "\xc2", "\x1b[\x1b]\x1bP"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, line := Clean(in), CleanLine(in)
		for _, out := range []string{text, line} {
			if !utf8.ValidString(out) {
				t.Fatalf("invalid UTF-8: %q", out)
			}
			for _, r := range out {
				if r == '\n' || r == '\t' {
					continue
				}
				if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
					t.Fatalf("%q kept %U", in, r)
				}
			}
		}
		if strings.ContainsAny(line, "\n\t") {
			t.Fatalf("CleanLine(%q) = %q", in, line)
		}
		if Clean(text) != text || CleanLine(line) != line {
			t.Fatalf("not idempotent on %q", in)
		}
	})
}
