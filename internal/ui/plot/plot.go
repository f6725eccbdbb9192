// Package plot draws quantities over time: curves with axes, units, levels not to be crossed, marks of what happened and a cursor, in
// braille, in blocks or in ASCII. It is given numbers and texts and knows no noun. Each drawing is a block of exact size; nothing is kept.
package plot

import (
	"math"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// Mode is how finely curves are drawn.
type Mode uint8

// The modes.
const (
	Braille Mode = iota // 2×4 dots a cell
	Block               // eighths for one curve and for bars, halves for several
	ASCII               // one sign a cell, another for each curve
	Modes               // how many there are
)

// Series is one curve. Values lie at equal distances from the left edge to the right one; NaN is a gap.
type Series struct {
	Values []float64
	Role   style.Role
	// Tag is one cell that names the curve at its right end and in the legend, so that no colour is needed; "" draws none.
	Tag string
}

// Level is a line that values should stay below (or above): constant when it has one value, else over time as Series.
type Level struct {
	Values []float64
	Role   style.Role
	Tag    string // one cell, at the right end
}

// Mark is something that happened at a place of the axis: 0 is the left edge, 1 the right one.
type Mark struct {
	At   float64
	Role style.Role
}

// Tick is a text under a place of the axis.
type Tick struct {
	At   float64
	Text string
}

// Plot is what to draw. The zero value is an empty plot.
type Plot struct {
	Series []Series
	Levels []Level
	Marks  []Mark
	Ticks  []Tick
	Bars   bool // one bar a value, from zero
	Mode   Mode
	// Write writes a value for the axis; nil writes none.
	Write func(v float64) string
	// Binary divides the axis by powers of two.
	Binary bool
	// Whole keeps the axis from dividing whole things.
	Whole bool
	// Least is the least top of the axis: what is small then looks small.
	Least float64
	// All makes room for every level; otherwise one that lies far above all values stays out of sight (Beyond tells).
	All bool
	// Cursor is the place among the values that is pointed at; -1: none.
	Cursor int
	// Gutter is the least width of the axis' texts, so that plots in a column stand under each other.
	Gutter int
}

// far is how many times the highest value a level may be and still have room made for it.
const far = 2.5

// extent is what the axis spans: the smallest and largest value of curves, and of the levels that are near enough.
func (p *Plot) extent() (lo, hi float64) {
	hi = p.Least
	for _, s := range p.Series {
		for _, v := range s.Values {
			if finite(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	top := hi
	for _, l := range p.Levels {
		if v := peak(l.Values); !math.IsNaN(v) && (p.All || v <= top*far) {
			hi = math.Max(hi, v)
		}
	}
	if lo == 0 && hi == 0 {
		hi = 1
	}
	return lo, hi
}

// Beyond reports whether a level lies above what is drawn.
func (p *Plot) Beyond(i int) bool {
	_, hi := p.extent()
	v := peak(p.Levels[i].Values)
	return !math.IsNaN(v) && v > hi
}

// finite reports whether a value can be drawn.
func finite(v float64) bool { return math.Abs(v) < 1e200 }

func peak(values []float64) float64 {
	out := math.NaN()
	for _, v := range values {
		if finite(v) && (math.IsNaN(out) || v > out) {
			out = v
		}
	}
	return out
}

// axis are the values that have a text, and what the drawing spans.
type axis struct {
	lo, hi float64
	at     []float64
}

// newAxis divides an extent into steps that people count in, about one for each three rows.
func (p *Plot) newAxis(rows int) axis {
	lo, hi := p.extent()
	want := (hi - lo) / float64(max(min(rows/3, 6), 1))
	step := p.step(want)
	a := axis{lo: math.Floor(lo/step) * step, hi: math.Ceil(hi/step-1e-9) * step}
	if a.hi <= a.lo {
		a.hi = a.lo + step
	}
	for i := 0; i < 64; i++ {
		v := a.lo + float64(i)*step
		if v > a.hi+step/2 {
			break
		}
		a.at = append(a.at, v)
	}
	return a
}

// step is the next round number not below want.
func (p *Plot) step(want float64) float64 {
	if want <= 0 || math.IsInf(want, 0) || math.IsNaN(want) {
		return 1
	}
	if p.Binary && want >= 1 {
		return math.Pow(2, math.Ceil(math.Log2(want)-1e-9))
	}
	unit := math.Pow(10, math.Floor(math.Log10(want)+1e-12))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*unit >= want-unit*1e-9 {
			if p.Whole {
				return math.Max(math.Ceil(f*unit), 1)
			}
			return f * unit
		}
	}
	return 10 * unit
}

// frame is where the parts of a plot lie.
type frame struct {
	left, width, right int // cells: texts of the axis, curves, tags
	rows               int
	labels             map[int]string // by row
}

func (p *Plot) frame(a axis, w, h int) frame {
	f := frame{rows: max(h-1, 1), labels: map[int]string{}, left: p.Gutter, right: 2}
	if p.Write != nil {
		for _, v := range a.at {
			text := p.Write(v)
			f.labels[f.row(a, v)] = text
			f.left = max(f.left, block.Width(text))
		}
		f.left = min(f.left, w/3)
	}
	f.width = max(w-f.left-1-f.right, 1)
	return f
}

// row is the row of a value, from the top: the one in which a curve of four dots a row has it.
func (f frame) row(a axis, v float64) int {
	return max(min(a.dot(v, f.rows*4)/4, f.rows-1), 0)
}

// dot is the place of a value among n, from the top.
func (a axis) dot(v float64, n int) int {
	v = math.Max(math.Min(v, a.hi), a.lo)
	return int(math.Round((a.hi - v) / (a.hi - a.lo) * float64(n-1)))
}

// column is the cell of the i-th of n values.
func (f frame) column(i, n int) int {
	if n < 2 {
		return 0
	}
	return i * (f.width - 1) / (n - 1)
}

// Draw draws the plot: curves in all rows but the last, which is the axis of time.
func (p *Plot) Draw(sheet *style.Sheet, g *style.Glyphs, w, h int) block.Block {
	if w < 8 || h < 2 {
		return block.New(w, h)
	}
	mode := p.Mode
	if g.ASCII {
		mode = ASCII
	}
	a := p.newAxis(h - 1)
	f := p.frame(a, w, h)
	c := newCanvas(f.width, f.rows)
	p.marks(c, g)
	p.levels(c, f, a, g, mode)
	if p.Bars {
		p.bars(c, a, g, mode)
	} else {
		p.curves(c, a, g, mode)
	}
	tags := p.tags(f, a)
	cursor := -1
	if n := p.points(); p.Cursor >= 0 && p.Cursor < n {
		cursor = f.column(p.Cursor, n)
	}
	lines := make([]string, 0, h)
	for y := range f.rows {
		pen := sheet.Pen(w, style.Plain).Column(f.left).Right(style.Faint, f.labels[y]).EndColumn()
		edge := g.VLine
		if f.labels[y] != "" && !g.ASCII {
			edge = "┤"
		}
		pen.Put(style.Border, edge)
		c.write(pen, y, cursor, g)
		if t, ok := tags[y]; ok {
			pen.Space(1).Put(t.role, t.text)
		}
		lines = append(lines, pen.Line())
	}
	lines = append(lines, p.foot(sheet, g, f, w, cursor))
	return block.New(w, h, lines...)
}

// points is how many values the longest curve has.
func (p *Plot) points() (n int) {
	for _, s := range p.Series {
		n = max(n, len(s.Values))
	}
	return n
}

type tag struct {
	text string
	role style.Role
}

// tags are the signs at the right end of curves and levels: each on the row of its newest value, or next to it where that is taken.
func (p *Plot) tags(f frame, a axis) map[int]tag {
	out := map[int]tag{}
	put := func(values []float64, role style.Role, text string) {
		if text == "" {
			return
		}
		for i := len(values) - 1; i >= 0; i-- {
			if !finite(values[i]) || values[i] > a.hi {
				continue
			}
			at := f.row(a, values[i])
			for d := range f.rows {
				for _, y := range []int{at - d, at + d} {
					if _, taken := out[y]; !taken && y >= 0 && y < f.rows {
						out[y] = tag{text, role}
						return
					}
				}
			}
			return
		}
	}
	for _, l := range p.Levels { // what stays where it is comes first
		put(l.Values, l.Role, l.Tag)
	}
	for _, s := range p.Series {
		put(s.Values, s.Role, s.Tag)
	}
	return out
}

// foot is the axis of time.
func (p *Plot) foot(sheet *style.Sheet, g *style.Glyphs, f frame, w, cursor int) string {
	pen := sheet.Pen(w, style.Plain).Space(f.left)
	corner := "└"
	if g.ASCII {
		corner = "+"
	}
	pen.Put(style.Border, corner)
	start := pen.X()
	marked := map[int]style.Role{}
	for _, m := range p.Marks {
		if x := int(m.At * float64(f.width-1)); m.At >= 0 && m.At <= 1 {
			marked[x] = m.Role
		}
	}
	rule := func(to int) {
		for pen.X()-start < to && pen.X()-start < f.width {
			x := pen.X() - start
			role, glyph := style.Border, g.HLine
			if r, ok := marked[x]; ok {
				role, glyph = r, g.Tick
			}
			if x == cursor {
				role, glyph = style.Accent, g.SortUp
			}
			pen.Put(role, glyph)
		}
	}
	for _, t := range p.Ticks {
		n := block.Width(t.Text)
		x := min(int(t.At*float64(f.width-1))-n/2, f.width-n)
		if x < 0 || x <= pen.X()-start && pen.X() != start {
			continue
		}
		rule(x)
		pen.Put(style.Faint, t.Text)
	}
	rule(f.width)
	return pen.Line()
}
