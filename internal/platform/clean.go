package platform

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes remote text harmless on a terminal and keeps what a person would read: terminal sequences (CSI, OSC, DCS, SOS, PM,
// APC, broken ones included), control characters and every invisible character that moves, hides or joins others (bidi
// overrides, zero widths, variation selectors, prepended marks) are removed, invalid UTF-8 becomes U+FFFD. Line feeds and tabs
// stay; a carriage return alone and the Unicode separators of lines and paragraphs become line feeds. It is idempotent, and
// returns its argument when there is nothing to do. Every source calls it (or [CleanLine]) on every remote text.
func Clean(s string) string { return clean(s, '\n', '\t') }

// CleanLine is Clean for a text that must stay on one line: line feeds and tabs become spaces.
func CleanLine(s string) string { return clean(s, ' ', ' ') }

func clean(s string, newline, tab rune) string {
	i := firstDirty(s, newline == ' ')
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			b.WriteRune(newline)
		case r == '\t':
			b.WriteRune(tab)
		case r == '\r':
			// Before a line feed or at the end it says nothing; alone it separates what a terminal would overwrite.
			if i+1 < len(s) && s[i+1] != '\n' && s[i+1] != '\r' {
				b.WriteRune(newline)
			}
		case r == esc || r >= 0x80 && r <= 0x9f && size == 2:
			i = skipSequence(s, i)
			continue
		case r == utf8.RuneError || !invisible(r):
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// firstDirty returns the index of the first byte that has to change, len(s) when none.
func firstDirty(s string, oneLine bool) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && (oneLine || c != '\n' && c != '\t') || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' || invisible(r) {
			return i
		}
		i += size
	}
	return len(s)
}

const esc = 0x1b

// invisible takes more than category Cf: default-ignorable fillers draw nothing, variation selectors and letters
// of grapheme class Prepend change the width of their neighbours, so that no two terminals agree on the length of a line.
func invisible(r rune) bool {
	if r < 0x300 {
		return r < ' ' || r >= 0x7f && r <= 0x9f || r == 0xad
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || prepended(r)
}

// Invisible reports a character that Clean removes: it draws nothing, or moves, hides or joins others.
func Invisible(r rune) bool { return invisible(r) }

// SequenceEnd returns the index after the terminal sequence that starts at i, where s holds ESC or a C1 control in UTF-8. It is
// for those who read sequences before they remove them; what Clean removes is s[i:SequenceEnd(s, i)].
func SequenceEnd(s string, i int) int { return skipSequence(s, i) }

// prepended reports the letters of grapheme class Prepend that are not already in category Cf (GraphemeBreakProperty.txt, Unicode 16).
func prepended(r rune) bool {
	switch r {
	case 0x0D4E, 0x111C2, 0x111C3, 0x113D1, 0x1193F, 0x11941, 0x11A3A, 0x11D46, 0x11F02:
		return true
	}
	return r >= 0x11A84 && r <= 0x11A89
}

// skipSequence returns the index after the terminal sequence that starts at i with ESC or a C1 control. A string sequence (OSC,
// DCS…) without its end on the same line loses its introducer only: otherwise one byte could hide the rest of a text.
func skipSequence(s string, i int) int {
	var kind byte
	if s[i] == esc {
		i++
		if i == len(s) || s[i] >= utf8.RuneSelf || s[i] < ' ' || s[i] == 0x7f {
			return i
		}
		kind = s[i]
		i++
	} else {
		kind = s[i+1] - 0x40 // U+009B is ESC [, and so on
		i += 2
	}
	switch kind {
	case '[':
		return skipControl(s, i)
	case ']', 'P', 'X', '^', '_':
		return skipString(s, i, kind == ']')
	}
	if kind >= ' ' && kind <= '/' { // ESC ( B and its kind: intermediates, then a final
		for i < len(s) && s[i] >= ' ' && s[i] <= '/' {
			i++
		}
		if i < len(s) && s[i] >= '0' && s[i] <= '~' {
			i++
		}
	}
	return i
}

// skipControl skips parameters, intermediates and the final byte of a CSI; what does not belong ends it.
func skipControl(s string, i int) int {
	for i < len(s) && s[i] >= '0' && s[i] <= '?' {
		i++
	}
	for i < len(s) && s[i] >= ' ' && s[i] <= '/' {
		i++
	}
	if i < len(s) && s[i] >= '@' && s[i] <= '~' {
		i++
	}
	return i
}

// skipString finds the end of an OSC, DCS, SOS, PM or APC: ESC \, U+009C, and BEL for OSC.
func skipString(s string, start int, bell bool) int {
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			return start
		case c == 0x07 && bell, c == 0x18, c == 0x1a: // CAN and SUB abort a sequence
			return i + 1
		case c == esc && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case c == 0xc2 && i+1 < len(s) && s[i+1] == 0x9c:
			return i + 2
		case c == esc, c == 0xc2 && i+1 < len(s) && s[i+1] <= 0x9f: // another sequence begins; it also keeps this linear
			return start
		}
	}
	return start
}
