// Package plain turns the raw text of a line into what may be shown, copied or written to a file of text: one harmless line.
//
// Terminal sequences are never executed: they are removed, or read as colours by [Spans]. What a program overwrote on its terminal
// (carriage return, backspace, erased line: progress bars) is overwritten here too, so that the last state is what is left.
// The rules of what is removed are those of platform.CleanLine.
package plain

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/platform"
)

// tabStop is the distance of the stops of a tab, in cells, as terminals have them.
const tabStop = 8

// Line returns the text as one harmless line: sequences removed, overwritten text gone, tabs as blanks up to the next stop, invalid
// UTF-8 as U+FFFD, invisible characters and controls removed, never a newline (a line feed becomes a blank). It is idempotent and
// returns its argument when there is nothing to do, which costs one pass of eight bytes at a time for ASCII.
func Line(raw string) string {
	i := printable(raw)
	if i == len(raw) {
		return raw
	}
	if raw = trimEnd(raw); i >= len(raw) {
		return raw
	}
	if quiet(raw[i:]) {
		return platform.CleanLine(raw) // returns its argument for well-formed text of any script
	}
	var b strings.Builder
	b.Grow(len(raw) + tabStop)
	col := 0
	for s := (scanner{raw: raw}); ; {
		switch t := s.next(); t.kind {
		case end:
			return b.String()
		case text:
			b.WriteString(t.text)
			col += width(t.text)
		case bad:
			b.WriteRune(utf8.RuneError)
			col++
		case tab:
			n := tabStop - col%tabStop
			b.WriteString(blanks[:n])
			col += n
		case home, back, erase:
			return overwritten(raw).line()
		}
	}
}

// Lines is Line for each line of a text that has several, such as a stack trace in a field; nil for "".
func Lines(raw string) []string {
	if raw == "" {
		return nil
	}
	out := strings.Split(strings.TrimSuffix(raw, "\n"), "\n")
	for i, one := range out {
		out[i] = Line(one)
	}
	return out
}

const blanks = "        "

// printable returns the index of the first byte that is not printable ASCII.
func printable(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		v := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		// A byte's top bit is set when it is ≥ 0x80, < 0x20 (the subtraction borrows) or 0x7f (the addition carries). A borrow may
		// spoil a higher byte, never a lower one: the loop below finds the first culprit.
		if (v|(v-ones*0x20)|(v+ones))&(ones*0x80) != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return i
		}
	}
	return len(s)
}

const ones = 0x0101010101010101

// trimEnd removes what ends a line: carriage returns and line feeds.
func trimEnd(s string) string { return strings.TrimRight(s, "\r\n") }

// quiet reports that nothing in s asks for more than platform.CleanLine does: no tab, no cursor, no sequence.
func quiet(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ', c == 0x7f:
			return false
		case c == 0xc2 && i+1 < len(s) && s[i+1] <= 0x9f:
			return false
		}
	}
	return true
}

// width is the cells of a clean text, counted rune by rune as the frame counts them.
func width(s string) int {
	if printable(s) == len(s) {
		return len(s)
	}
	return ansi.StringWidthWc(s)
}
