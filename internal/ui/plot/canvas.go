package plot

import (
	"math"

	"dsotop/internal/ui/style"
)

// cell is one cell of a canvas: dots of curves, or a sign.
type cell struct {
	dots  uint8 // braille: the bits of U+2800; halves: 1 above, 2 below
	glyph string
	role  style.Role
}

// canvas is the cells of the curves.
type canvas struct {
	w, h  int
	cells []cell
}

func newCanvas(w, h int) *canvas { return &canvas{w: w, h: h, cells: make([]cell, w*h)} }

func (c *canvas) at(x, y int) *cell { return &c.cells[y*c.w+x] }

// sign puts a sign where nothing is.
func (c *canvas) sign(x, y int, glyph string, role style.Role) {
	if x >= 0 && x < c.w && y >= 0 && y < c.h {
		*c.at(x, y) = cell{glyph: glyph, role: role}
	}
}

// write writes a row, runs of one look at once.
func (c *canvas) write(pen *style.Pen, y, cursor int, g *style.Glyphs) {
	var run []byte
	var role style.Role
	flush := func() {
		if len(run) > 0 {
			pen.Put(role, string(run))
			run = run[:0]
		}
	}
	for x := range c.w {
		k := c.at(x, y)
		text := k.glyph
		if k.dots != 0 {
			text = string(rune(0x2800 + int(k.dots)))
		}
		r := k.role
		if x == cursor {
			flush()
			if text == "" {
				text, r = g.VLine, style.Accent
			}
			pen.Onto(style.Select).Put(r, text).Onto(style.Plain)
			continue
		}
		if text == "" {
			text, r = " ", role
		}
		if r != role {
			flush()
			role = r
		}
		run = append(run, text...)
	}
	flush()
}

// marks are dotted vertical lines.
func (p *Plot) marks(c *canvas, g *style.Glyphs) {
	for _, m := range p.Marks {
		if m.At < 0 || m.At > 1 {
			continue
		}
		x := int(m.At * float64(c.w-1))
		for y := range c.h {
			c.sign(x, y, g.Tick, m.Role)
		}
	}
}

// levels are dashed lines.
func (p *Plot) levels(c *canvas, f frame, a axis, g *style.Glyphs, mode Mode) {
	dash := "╌"
	if g.ASCII {
		dash = "-"
	}
	for _, l := range p.Levels {
		if len(l.Values) == 0 {
			continue
		}
		for x := 0; x < c.w; x++ {
			v := l.Values[0]
			if n := len(l.Values); n > 1 {
				v = l.Values[min(x*(n-1)/max(c.w-1, 1), n-1)]
			}
			if !finite(v) || v > a.hi || v < a.lo {
				continue
			}
			if mode == Braille && !p.Bars {
				if y := a.dot(v, c.h*4); x%2 == 0 { // as exact as the curves
					c.dot(2*x, y, Braille, Series{Role: l.Role})
					c.dot(2*x+1, y, Braille, Series{Role: l.Role})
				}
				continue
			}
			if g.ASCII && x%2 == 1 {
				continue
			}
			c.sign(x, f.row(a, v), dash, l.Role)
		}
	}
}

// curves draws lines between the values, the first series on top.
func (p *Plot) curves(c *canvas, a axis, g *style.Glyphs, mode Mode) {
	if mode == Block && len(p.Series) == 1 {
		p.bars(c, a, g, mode)
		return
	}
	fx, fy := 2, 4
	switch mode {
	case Block:
		fx, fy = 1, 2
	case ASCII:
		fx, fy = 1, 1
	}
	for i := len(p.Series) - 1; i >= 0; i-- {
		s := p.Series[i]
		n := len(s.Values)
		xOf := func(i int) int {
			if n < 2 {
				return 0
			}
			return i * (c.w*fx - 1) / (n - 1)
		}
		yOf := func(v float64) int { return a.dot(v, c.h*fy) }
		last := -1
		for i, v := range s.Values {
			if !finite(v) {
				last = -1
				continue
			}
			if last >= 0 {
				line(xOf(last), yOf(s.Values[last]), xOf(i), yOf(v), func(x, y int) { c.dot(x, y, mode, s) })
			} else {
				c.dot(xOf(i), yOf(v), mode, s)
			}
			last = i
		}
	}
}

// dot sets one dot of a curve.
func (c *canvas) dot(x, y int, mode Mode, s Series) {
	// The bits of a braille cell by column and row (Unicode, chapter 21).
	bits := [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}
	var cx, cy int
	switch mode {
	case Braille:
		cx, cy = x/2, y/4
	case Block:
		cx, cy = x, y/2
	default:
		cx, cy = x, y
	}
	if cx < 0 || cx >= c.w || cy < 0 || cy >= c.h {
		return
	}
	k := c.at(cx, cy)
	switch mode {
	case Braille:
		k.dots |= bits[x%2][y%4]
		k.glyph = ""
	case Block:
		halves := map[string]uint8{"▀": 1, "▄": 2, "█": 3}
		m := halves[k.glyph] | 1<<(y%2)
		k.glyph = []string{"", "▀", "▄", "█"}[m&3]
	default:
		k.glyph = s.Tag
		if k.glyph == "" {
			k.glyph = "*"
		}
	}
	k.role = s.Role
}

// line visits the dots between two, both included (Bresenham).
func line(x0, y0, x1, y1 int, dot func(x, y int)) {
	dx, dy := abs(x1-x0), -abs(y1-y0)
	sx, sy := 1, 1
	if x0 > x1 {
		sx = -1
	}
	if y0 > y1 {
		sy = -1
	}
	err := dx + dy
	for {
		dot(x0, y0)
		if x0 == x1 && y0 == y1 {
			return
		}
		if e := 2 * err; e >= dy {
			if x0 == x1 {
				return
			}
			err, x0 = err+dy, x0+sx
			if e <= dx {
				err, y0 = err+dx, y0+sy
			}
		} else {
			err, y0 = err+dx, y0+sy
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// bars fills each column up to its value, in eighths; several series stand on each other.
func (p *Plot) bars(c *canvas, a axis, g *style.Glyphs, mode Mode) {
	levels := g.Bars
	if mode == ASCII {
		levels = []string{"#"}
	}
	for x := range c.w {
		base := 0.0
		for _, s := range p.Series {
			v := bar(s.Values, x, c.w)
			if !finite(v) || v <= 0 {
				continue
			}
			units := float64(c.h * len(levels))
			from, to := base/(a.hi-a.lo)*units, (base+v)/(a.hi-a.lo)*units
			if to-from < 1 {
				to = from + 1 // what is not nothing shows
			}
			for y := range c.h {
				low := float64((c.h - 1 - y) * len(levels))
				if to <= low+0.5 || from >= low+float64(len(levels)) {
					continue
				}
				n := int(math.Min(math.Round(to-low), float64(len(levels))))
				c.sign(x, y, levels[max(n, 1)-1], s.Role)
			}
			if p.Bars {
				base += v
			}
		}
	}
}

// bar is the value of a column: the largest that lies in it; with fewer values than columns, each is several columns wide.
func bar(values []float64, x, w int) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	if n >= w {
		return peak(values[x*n/w : max((x+1)*n/w, x*n/w+1)])
	}
	return values[min(x*n/w, n-1)]
}
