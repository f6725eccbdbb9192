package style

import (
	"strings"

	"dsotop/internal/ui/block"
)

// Pen writes one line of an exact width, role by role. It is the only way in which text becomes styled cells: what is
// put is cleaned, clipped to what is left, and measured once. Make one per line with [Sheet.Pen] and end with Line.
type Pen struct {
	sheet  *Sheet
	ground Ground
	buf    []byte
	x      int // cells written
	width  int
	stop   int // where the present column ends
	role   int // role in force, -1 when none
}

// Pen starts a line of width cells on a ground.
func (s *Sheet) Pen(width int, ground Ground) *Pen {
	width = max(width, 0)
	return &Pen{sheet: s, ground: ground, width: width, stop: width, role: -1, buf: make([]byte, 0, width+96)}
}

func (p *Pen) set(r Role) {
	if p.role == int(r) {
		return
	}
	p.buf = append(p.buf, p.sheet.sgr[p.ground][r]...)
	p.role = int(r)
}

// Put writes text in a role, clipped with an ellipsis at the end of the column.
func (p *Pen) Put(r Role, text string) *Pen {
	if text == "" || p.x >= p.stop {
		return p
	}
	text, w := block.Clip(text, p.stop-p.x)
	if p.sheet.ASCII {
		text = toASCII(text)
	}
	p.set(r)
	p.buf = append(p.buf, text...)
	p.x += w
	return p
}

// PutSGR writes text in a look that is not a role: seq is a whole SGR sequence that begins with a reset. What lies behind the line is
// lost under it, unless seq brings its own.
func (p *Pen) PutSGR(seq, text string) *Pen {
	if text == "" || p.x >= p.stop {
		return p
	}
	text, w := block.Clip(text, p.stop-p.x)
	if p.sheet.ASCII {
		text = toASCII(text)
	}
	p.buf = append(append(p.buf, seq...), text...)
	p.role = -1
	p.x += w
	p.set(Text)
	return p
}

// Link writes text as a hyperlink (OSC 8) to an address of printable ASCII; id joins the parts of an address that goes over several lines.
// Where only ASCII is drawn it is plain text: such terminals print what they do not know.
func (p *Pen) Link(r Role, text, address, id string) *Pen {
	for i := range len(address) {
		if address[i] <= ' ' || address[i] >= 0x7f {
			return p.Put(r, text)
		}
	}
	if p.sheet.ASCII || p.x >= p.stop {
		return p.Put(r, text)
	}
	p.set(r)
	p.buf = append(p.buf, "\x1b]8;id="+id+";"+address+"\x1b\\"...)
	p.Put(r, text)
	p.buf = append(p.buf, "\x1b]8;;\x1b\\"...)
	return p
}

// toASCII replaces the signs that words and clipping may bring; each is one cell for one cell.
func toASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return strings.Map(func(r rune) rune {
				switch r {
				case '…':
					return '~'
				case '·', '•':
					return '.'
				case '–', '—', '─':
					return '-'
				case '▸', '→', '»':
					return '>'
				case '×':
					return 'x'
				case '’':
					return '\''
				case '↵':
					return '<'
				}
				return r
			}, s)
		}
	}
	return s
}

// Space writes n blank cells, as far as the column goes.
func (p *Pen) Space(n int) *Pen {
	n = min(n, p.stop-p.x)
	if n <= 0 {
		return p
	}
	switch {
	case p.ground == Head || p.ground == Point:
		p.bare()
	case p.role < 0 && p.ground == Plain: // nothing is in force, and nothing needs to be
	case p.role < 0 || p.underlined():
		p.set(Text)
	}
	p.buf = append(p.buf, block.Spaces(n)...)
	p.x += n
	return p
}

// bare ends the role in force.
func (p *Pen) bare() {
	if p.role >= 0 {
		p.buf, p.role = append(p.buf, Reset...), -1
	}
}

// underlined reports whether blanks in the present role would show a line.
func (p *Pen) underlined() bool {
	return p.role >= 0 && p.sheet.lined[p.role]
}

// To moves to cell x with blanks; it never goes back.
func (p *Pen) To(x int) *Pen { return p.Space(x - p.x) }

// X is the cell that will be written next.
func (p *Pen) X() int { return p.x }

// Left is how many cells the present column still has.
func (p *Pen) Left() int { return p.stop - p.x }

// Right writes text so that it ends at the end of the column.
func (p *Pen) Right(r Role, text string) *Pen {
	text, w := block.Clip(text, p.stop-p.x)
	p.To(p.stop - w)
	return p.Put(r, text)
}

// Column limits what follows to w cells, until EndColumn.
func (p *Pen) Column(w int) *Pen { p.stop = min(p.x+max(w, 0), p.width); return p }

// EndColumn fills the column and lifts its limit.
func (p *Pen) EndColumn() *Pen { p.To(p.stop); p.stop = p.width; return p }

// EndColumnHere lifts the limit of the column without filling it.
func (p *Pen) EndColumnHere() *Pen { p.stop = p.width; return p }

// Rule fills the column with a horizontal line.
func (p *Pen) Rule(glyph string) *Pen {
	if n := p.stop - p.x; n > 0 {
		p.Put(Border, strings.Repeat(glyph, n))
	}
	return p
}

// Onto changes what is behind the cells that follow.
func (p *Pen) Onto(g Ground) *Pen {
	if p.ground != g {
		p.bare()
		p.ground = g
	}
	return p
}

// Cursor writes the sign of the chosen line in the gutter, on the terminal's own background: where the ground of a choice swaps colours, a half
// block would leave the other half lit.
func (p *Pen) Cursor(sign string) *Pen {
	g := p.ground
	return p.Onto(Plain).Put(Accent, sign).Onto(g)
}

// Ground returns what is behind the line.
func (p *Pen) Ground() Ground { return p.ground }

// Line ends the line: exactly the width asked for.
func (p *Pen) Line() string {
	p.stop = p.width
	p.To(p.width)
	if len(p.buf) == 0 {
		return ""
	}
	return string(append(p.buf, Reset...))
}

// Span is a piece of text in a role, for texts that are made before their place is known.
type Span struct {
	Role Role
	Text string
}

// Spans writes pieces one after the other.
func (p *Pen) Spans(spans ...Span) *Pen {
	for _, s := range spans {
		p.Put(s.Role, s.Text)
	}
	return p
}

// RightSpans writes pieces so that the last one ends at the end of the column.
func (p *Pen) RightSpans(spans ...Span) *Pen {
	w := 0
	for _, s := range spans {
		w += block.Width(s.Text)
	}
	return p.To(p.stop - w).Spans(spans...)
}

// WidthOf adds the widths of pieces.
func WidthOf(spans ...Span) int {
	w := 0
	for _, s := range spans {
		w += block.Width(s.Text)
	}
	return w
}
