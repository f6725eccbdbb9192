package plain

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ColorKind says how a colour was given.
type ColorKind uint8

// The kinds of colours.
const (
	ColorDefault ColorKind = iota // the terminal's own
	Color16                       // Index 0–15: the terminal's palette
	Color256                      // Index 16–255: the fixed cube and greys
	ColorRGB
)

// Color is a colour as a line asked for it; the zero value is the terminal's own.
type Color struct {
	Kind    ColorKind
	Index   uint8 // Color16 and Color256
	R, G, B uint8 // ColorRGB
}

// Style is how a span was written. Blinking and hiding are not taken over: what is in a log can be read.
type Style struct {
	FG, BG                                  Color
	Bold, Faint, Italic, Underline, Reverse bool
}

// Span is a part of a line in one style.
type Span struct {
	Text string
	Style
}

// Spans is Line with the colours the text asked for: the texts of the spans, joined, are Line(raw). nil for a line without text.
func Spans(raw string) []Span {
	if strings.IndexByte(raw, 0x1b) < 0 && !strings.Contains(raw, "\u009b") {
		if s := Line(raw); s != "" {
			return []Span{{Text: s}}
		}
		return nil
	}
	raw = trimEnd(raw)
	var out spans
	var pen Style
	col := 0
	for s := (scanner{raw: raw}); ; {
		switch t := s.next(); t.kind {
		case end:
			return out.close()
		case text:
			out.add(t.text, pen)
			col += width(t.text)
		case bad:
			out.add(string(utf8.RuneError), pen)
			col++
		case tab:
			n := tabStop - col%tabStop
			out.add(blanks[:n], pen)
			col += n
		case style:
			pen = pen.apply(t.text)
		case home, back, erase:
			var again spans
			overwritten(raw).each(again.add)
			return again.close()
		}
	}
}

// spans gathers neighbours of one style.
type spans struct {
	done []Span
	text strings.Builder
	pen  Style
}

func (s *spans) add(text string, pen Style) {
	if pen != s.pen {
		s.flush()
		s.pen = pen
	}
	s.text.WriteString(text)
}

func (s *spans) flush() {
	if s.text.Len() > 0 {
		s.done = append(s.done, Span{Text: s.text.String(), Style: s.pen})
		s.text.Reset()
	}
}

func (s *spans) close() []Span {
	s.flush()
	return s.done
}

// apply reads the parameters of a CSI m (ECMA-48 SGR, colours as ITU T.416 and xterm write them) on top of a style.
func (st Style) apply(args string) Style {
	one, rest, more := strings.Cut(args, ";")
	st, rest = st.one(one, rest)
	for more && rest != "" {
		one, rest, _ = strings.Cut(rest, ";")
		st, rest = st.one(one, rest)
	}
	return st
}

// one applies one parameter; rest holds those after it, of which a colour takes some.
func (st Style) one(one, rest string) (Style, string) {
	head, sub, colon := strings.Cut(one, ":")
	n, _ := strconv.Atoi(head) // "" is 0
	switch {
	case n == 0:
		return Style{}, rest
	case n == 1:
		st.Bold = true
	case n == 2:
		st.Faint = true
	case n == 3:
		st.Italic = true
	case n == 4:
		st.Underline = sub != "0"
	case n == 7:
		st.Reverse = true
	case n == 21:
		st.Underline = true
	case n == 22:
		st.Bold, st.Faint = false, false
	case n == 23:
		st.Italic = false
	case n == 24:
		st.Underline = false
	case n == 27:
		st.Reverse = false
	case n >= 30 && n <= 37:
		st.FG = Color{Kind: Color16, Index: uint8(n - 30)}
	case n >= 40 && n <= 47:
		st.BG = Color{Kind: Color16, Index: uint8(n - 40)}
	case n >= 90 && n <= 97:
		st.FG = Color{Kind: Color16, Index: uint8(n - 90 + 8)}
	case n >= 100 && n <= 107:
		st.BG = Color{Kind: Color16, Index: uint8(n - 100 + 8)}
	case n == 39:
		st.FG = Color{}
	case n == 49:
		st.BG = Color{}
	case n == 38, n == 48:
		var c Color
		var ok bool
		if colon {
			c, _, ok = extended(strings.Split(sub, ":"), true)
		} else {
			parts := strings.SplitN(rest, ";", 5)
			var used int
			c, used, ok = extended(parts, false)
			for ; used > 0; used-- {
				_, rest, _ = strings.Cut(rest, ";")
			}
		}
		if ok && n == 38 {
			st.FG = c
		} else if ok {
			st.BG = c
		}
	}
	return st, rest
}

// extended reads "5 n" or "2 r g b" and tells how many parts it took. With colons, an empty or numbered colour space may stand before r.
func extended(parts []string, colon bool) (c Color, used int, ok bool) {
	num := func(i int) (uint8, bool) {
		if i >= len(parts) {
			return 0, false
		}
		n, err := strconv.Atoi(parts[i])
		return uint8(n), err == nil && n >= 0 && n <= 255 || parts[i] == ""
	}
	switch parts[0] {
	case "5":
		n, ok := num(1)
		kind := Color256
		if n < 16 {
			kind = Color16
		}
		return Color{Kind: kind, Index: n}, 2, ok
	case "2":
		at := 1
		if colon && len(parts) >= 5 {
			at = 2
		}
		r, ok1 := num(at)
		g, ok2 := num(at + 1)
		b, ok3 := num(at + 2)
		return Color{Kind: ColorRGB, R: r, G: g, B: b}, at + 3, ok1 && ok2 && ok3
	}
	return Color{}, 1, false
}
