// Package ink writes lines that come from outside: text in a role, or in the colours that the line itself asks for, scrolled, wrapped, with
// what a search found in evidence.
package ink

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/logs/plain"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// Piece is a part of a line in one look: a role, or what the line itself asks for (Seq, a whole SGR sequence that begins with a reset).
type Piece struct {
	Role style.Role
	Text string
	Seq  string
}

// Put writes the cells from skip on of pieces, as far as the pen's column goes. It reports whether something is left out at the end.
func Put(p *style.Pen, pieces []Piece, skip int) (more bool) {
	for i, x := range pieces {
		text := x.Text
		if skip > 0 {
			clean, w := block.Plain(text)
			if w <= skip {
				skip -= w
				continue
			}
			text = after(clean, w, skip)
			skip = 0
		}
		if p.Left() <= 0 {
			return true
		}
		left := p.Left()
		if x.Seq != "" {
			p.PutSGR(x.Seq, text)
		} else {
			p.Put(x.Role, text)
		}
		if p.Left() == 0 && (block.Width(text) > left || i < len(pieces)-1) {
			return true
		}
	}
	return false
}

// after is a clean text of w cells without its first skip cells; half of a wide character becomes a blank.
func after(clean string, w, skip int) string {
	if len(clean) == w {
		return clean[skip:]
	}
	got := 0
	for i, r := range clean {
		if got == skip {
			return clean[i:]
		}
		if got > skip {
			return " " + clean[i:]
		}
		got += block.Width(string(r))
	}
	if got > skip {
		return " "
	}
	return ""
}

// Wrapped cuts pieces into rows of w cells, at most limit rows.
func Wrapped(pieces []Piece, w, limit int) [][]Piece {
	if w <= 0 {
		return [][]Piece{pieces}
	}
	rows := [][]Piece{nil}
	left := w
	for _, x := range pieces {
		text, width := block.Plain(x.Text)
		for text != "" {
			if left == 0 {
				if len(rows) == limit {
					return rows
				}
				rows, left = append(rows, nil), w
			}
			n, cells := len(text), width
			if width > left {
				n, cells = before(text, width, left)
				if n == 0 { // a wide character at the edge
					left = 0
					continue
				}
			}
			last := len(rows) - 1
			rows[last] = append(rows[last], Piece{x.Role, text[:n], x.Seq})
			text, width, left = text[n:], width-cells, left-cells
		}
	}
	return rows
}

// Words is [Wrapped] for what people read: rows end at blanks where there is one in their second half, and that blank is not drawn.
func Words(pieces []Piece, w, limit int) [][]Piece {
	if w <= 0 {
		return [][]Piece{pieces}
	}
	clean := make([]Piece, len(pieces))
	var all strings.Builder
	for i, x := range pieces {
		clean[i] = x
		clean[i].Text, _ = block.Plain(x.Text)
		all.WriteString(clean[i].Text)
	}
	var rows [][]Piece
	for text, at := all.String(), 0; len(rows) < limit; {
		n, _ := before(text[at:], -1, w)
		skip := 0
		if end := at + n; end < len(text) {
			if blank := strings.LastIndexByte(text[at:end+1], ' '); blank >= n/2 && blank > 0 {
				n, skip = blank, 1
			} else if n == 0 {
				_, n = utf8.DecodeRuneInString(text[at:]) // a wide character in one cell: the pen leaves it out
			}
		}
		rows = append(rows, between(clean, at, at+n))
		if at += n + skip; at >= len(text) {
			break
		}
	}
	return rows
}

// between are the parts of pieces from one byte of their joined texts to another.
func between(pieces []Piece, from, to int) (out []Piece) {
	at := 0
	for _, x := range pieces {
		lo, hi := max(from-at, 0), min(to-at, len(x.Text))
		at += len(x.Text)
		if lo < hi {
			x.Text = x.Text[lo:hi]
			out = append(out, x)
		}
	}
	return out
}

// before is how many bytes of a clean text fit into room cells, and how many cells these are.
func before(clean string, w, room int) (n, cells int) {
	if len(clean) == w {
		return min(room, w), min(room, w)
	}
	for i, r := range clean {
		rw := block.Width(string(r))
		if cells+rw > room {
			return i, cells
		}
		cells += rw
	}
	return len(clean), cells
}

// Marked shows where a query matches: spans are byte ranges of the text.
func Marked(x Piece, spans [][2]int) []Piece {
	if len(spans) == 0 {
		return []Piece{x}
	}
	var out []Piece
	at := 0
	for _, s := range spans {
		from, to := max(s[0], at), min(s[1], len(x.Text))
		if from >= to {
			continue
		}
		if from > at {
			out = append(out, Piece{x.Role, x.Text[at:from], x.Seq})
		}
		out = append(out, Piece{Role: style.Match, Text: x.Text[from:to]})
		at = to
	}
	if at < len(x.Text) {
		out = append(out, Piece{x.Role, x.Text[at:], x.Seq})
	}
	return out
}

// Coloured is a raw line in the colours that it asks for, as far as the terminal has colours.
func Coloured(raw string, role style.Role, profile colorprofile.Profile) []Piece {
	spans := plain.Spans(raw)
	out := make([]Piece, 0, len(spans))
	for _, s := range spans {
		out = append(out, Piece{Role: role, Text: s.Text, Seq: sequence(s.Style, profile)})
	}
	return out
}

// sequence is the SGR of a style, "" for none.
func sequence(s plain.Style, profile colorprofile.Profile) string {
	var b strings.Builder
	for _, a := range []struct {
		on   bool
		code string
	}{{s.Bold, ";1"}, {s.Faint, ";2"}, {s.Italic, ";3"}, {s.Underline, ";4"}, {s.Reverse, ";7"}} {
		if a.on {
			b.WriteString(a.code)
		}
	}
	if profile > colorprofile.ASCII {
		b.WriteString(colour(s.FG, 30, 90, "38", profile))
		b.WriteString(colour(s.BG, 40, 100, "48", profile))
	}
	if b.Len() == 0 {
		return ""
	}
	return "\x1b[0" + b.String() + "m"
}

// colour is a colour as SGR codes, brought down to what the terminal shows.
func colour(c plain.Color, normal, bright int, extended string, profile colorprofile.Profile) string {
	basic := func(i int) string {
		if i < 8 {
			return fmt.Sprintf(";%d", normal+i)
		}
		return fmt.Sprintf(";%d", bright+i-8)
	}
	index := int(c.Index)
	switch c.Kind {
	case plain.ColorDefault:
		return ""
	case plain.Color16:
		return basic(index & 15)
	case plain.ColorRGB:
		if profile >= colorprofile.TrueColor {
			return fmt.Sprintf(";%s;2;%d;%d;%d", extended, c.R, c.G, c.B)
		}
		index = 16 + 36*(int(c.R)*5/255) + 6*(int(c.G)*5/255) + int(c.B)*5/255
	default:
	}
	if profile >= colorprofile.ANSI256 {
		return fmt.Sprintf(";%s;5;%d", extended, index)
	}
	return basic(int(ansi.Convert16(ansi.IndexedColor(index)))) //nolint:gosec // 16–255 by construction
}
