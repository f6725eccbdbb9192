package block

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

const reset = "\x1b[m"

// blanks is sliced for padding: no allocation for any sensible width.
const blanks = "                                                                                                                                " +
	"                                                                                                                                "

// Spaces returns n spaces; none when n is negative.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// ascii reports whether s holds printable ASCII only: then bytes are cells.
func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// simple reports whether a rune is one cell wide everywhere and joins with no neighbour.
func simple(r rune) bool {
	switch {
	case r < 0x20 || r == 0x7f:
		return false
	case r < 0x7f:
		return true
	case r < 0xa0:
		return false
	case r < 0x300:
		return r != 0xad // soft hyphen
	case r >= 0x391 && r <= 0x482: // Greek and Cyrillic letters
		return true
	case r >= 0x2010 && r <= 0x2027 || r >= 0x2030 && r <= 0x205e && r != 0x203c && r != 0x2049 || r == 0x20ac:
		return true
	case r >= 0x2190 && r <= 0x21ff || r >= 0x2500 && r <= 0x25fc || r >= 0x25ff && r <= 0x25ff:
		return true
	case r >= 0x2800 && r <= 0x28ff: // braille
		return true
	case r == '✔' || r == '✖' || r == '⋯' || r == '≈' || r == '≥' || r == '≤' || r == '≠' || r == 'Δ':
		return true
	}
	return false
}

func allSimple(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !simple(r) {
			return false
		}
	}
	return true
}

// Plain makes a text safe to place in a block and tells its width in cells. Escapes, control characters, format
// characters (bidi overrides among them) and invalid UTF-8 go; what terminals measure in two ways becomes "·".
func Plain(s string) (text string, width int) {
	if ascii(s) {
		return s, len(s)
	}
	if allSimple(s) {
		return s, utf8.RuneCountInString(s)
	}
	s = ansi.Strip(strings.ToValidUTF8(s, "·"))
	s = norm.NFC.String(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == 0xa0 || r == 0x202f:
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me, unicode.Mc, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, s)
	width = ansi.StringWidthWc(s)
	if width != sum(s) || width != ansi.StringWidth(s) {
		s = strings.Map(func(r rune) rune {
			if simple(r) {
				return r
			}
			return '·'
		}, s)
		width = utf8.RuneCountInString(s)
	}
	return s, width
}

// sum adds the widths of runes taken alone; a rune that joins its neighbour makes it differ from the whole.
func sum(s string) int {
	n := 0
	for _, r := range s {
		w := ansi.StringWidthWc(string(r))
		if w == 0 {
			return -1
		}
		n += w
	}
	return n
}

// Width returns the cells that Plain(s) takes.
func Width(s string) int {
	_, w := Plain(s)
	return w
}

// Clip cuts a text to at most w cells, with an ellipsis when something is lost, and tells the width it has then.
func Clip(s string, w int) (string, int) {
	if w <= 0 {
		return "", 0
	}
	s, have := Plain(s)
	if have <= w {
		return s, have
	}
	if w == 1 {
		return "…", 1
	}
	at, got := 0, 0
	for i, r := range s {
		rw := 1
		if r > 0x7e && !simple(r) {
			rw = ansi.StringWidthWc(string(r))
		}
		if got+rw > w-1 {
			break
		}
		got += rw
		at = i + utf8.RuneLen(r)
	}
	return s[:at] + "…", got + 1
}

// Fit makes an unstyled text exactly w cells: clipped, or padded on the right.
func Fit(s string, w int) string {
	if len(s) <= w && ascii(s) {
		return s + Spaces(w-len(s))
	}
	s, have := Clip(s, w)
	return s + Spaces(w-have)
}

// Wrap breaks a text into lines of at most w cells, between words where it can. It returns at least one line.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return []string{""}
	}
	s, have := Plain(s)
	if have <= w {
		return []string{s}
	}
	lines := strings.Split(ansi.WrapWc(s, w, "-/"), "\n")
	for i, l := range lines {
		lines[i], _ = Clip(strings.TrimRight(l, " "), w)
	}
	return lines
}

// cut returns the cells from left to right of a styled line, keeping the style in force. A wide character on an edge
// becomes a space. It counts by grapheme: ansi.CutWc of x/ansi v0.11.8 cuts the left side from the wrong end.
func cut(s string, left, right int) string {
	want := right - left
	if want <= 0 {
		return ""
	}
	out := ansi.Cut(s, left, right)
	w := ansi.StringWidth(out)
	if w > want { // the left edge is in the middle of a wide character
		out = " " + ansi.Cut(s, left+1, right)
		w = ansi.StringWidth(out)
	}
	return out + Spaces(want-w)
}
