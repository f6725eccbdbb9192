package table

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// layout is which columns are drawn, and how wide.
type layout struct {
	width  int
	places []place
	no     int
}

type place struct {
	col   int
	width int
}

// gutter is the cell left of the columns: the cursor's mark.
const gutter = 1

// margin is the blank cell right of the columns.
const margin = 1

// layout gives each column its width. It is a pure function of the width and of the widest content seen.
func (t *Table[R]) layout(width int) layout {
	if t.lay.width == width && t.lay.no > 0 {
		return t.lay
	}
	want := make([]int, len(t.cols))
	least := make([]int, len(t.cols))
	on := make([]bool, len(t.cols))
	for i, c := range t.cols {
		w := c.Want
		if c.Natural != nil {
			w = max(w, t.natural[c.ID])
			if c.Max > 0 {
				w = min(w, c.Max)
			}
		}
		w = max(w, block.Width(c.Title))
		want[i], least[i], on[i] = w, w, true
		if c.Min > 0 {
			least[i] = min(w, max(c.Min, block.Width(c.Title)))
		}
	}
	total := func(w []int) int {
		n, k := gutter+margin, 0
		for i := range w {
			if on[i] {
				n += w[i]
				k++
			}
		}
		return n + max(k-1, 0)*t.cfg.Gap
	}
	for total(least) > width {
		worst := -1
		for i, c := range t.cols {
			if on[i] && c.Keep > 0 && (worst < 0 || c.Keep > t.cols[worst].Keep) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		on[worst] = false
	}
	// Give back what is left: first to those below their wish, in order of importance, then to those that grow.
	w := append([]int(nil), least...)
	for spare := width - total(w); spare > 0; {
		best := -1
		for i, c := range t.cols {
			if on[i] && w[i] < want[i] && (best < 0 || c.Keep < t.cols[best].Keep) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		give := min(spare, want[best]-w[best])
		w[best] += give
		spare -= give
	}
	for i, c := range t.cols {
		if spare := width - total(w); on[i] && c.Grow && spare > 0 {
			if c.Max > 0 {
				spare = min(spare, c.Max-w[i])
			}
			w[i] += max(spare, 0)
		}
	}
	t.layNo++
	t.lay = layout{width: width, no: t.layNo}
	for i := range t.cols {
		if on[i] {
			t.lay.places = append(t.lay.places, place{col: i, width: w[i]})
		}
	}
	return t.lay
}

// Look is how to draw: the sheet, the signs, and the epoch, a number that moves when ages in the rows must be written
// again (the minute, when a row shows ages).
type Look struct {
	Sheet  *style.Sheet
	Glyphs *style.Glyphs
	Epoch  int64
	// Bare draws the cursor as its mark alone, the name in its own colours: a third of the bytes when it moves.
	Bare bool
}

// Draw draws the header and as many rows as fit into exactly w×h cells.
func (t *Table[R]) Draw(w, h int, look Look) block.Block {
	if h <= 0 || w <= 0 {
		return block.New(w, h)
	}
	lay := t.layout(w)
	t.height = max(h-1, 1)
	t.scroll()
	lines := make([]string, 0, h)
	lines = append(lines, t.header(lay, look))
	for i := t.offset; i < len(t.view) && len(lines) < h; i++ {
		lines = append(lines, t.row(t.rows[t.view[i]], i == t.at, lay, look))
	}
	return block.New(w, h, lines...)
}

func (t *Table[R]) header(lay layout, look Look) string {
	p := look.Sheet.Pen(lay.width, style.Plain).Space(gutter)
	for n, pl := range lay.places {
		if n > 0 {
			p.Space(t.cfg.Gap)
		}
		c := t.cols[pl.col]
		p.Column(pl.width)
		mark := ""
		if c.ID == t.sortID && c.ID != "" {
			mark = look.Glyphs.SortDown
			if t.reversed {
				mark = look.Glyphs.SortUp
			}
		}
		title := c.Title
		if mark != "" && block.Width(title)+1 > pl.width {
			title, _ = block.Clip(title, pl.width-1)
		}
		if c.Right {
			p.RightSpans(style.Span{Role: style.Title, Text: title}, style.Span{Role: style.Accent, Text: mark})
		} else {
			p.Put(style.Title, title).Put(style.Accent, mark)
		}
		p.EndColumn()
	}
	return p.Line()
}

func (t *Table[R]) row(r R, selected bool, lay layout, look Look) string {
	if t.cfg.Rev == nil || t.hits != nil {
		return t.drawRow(r, selected, lay, look)
	}
	key, rev := t.cfg.Key(r), t.cfg.Rev(r)
	which := 0
	if selected {
		which = 1
	}
	m, ok := t.memo[key]
	if !ok || m.rev != rev || m.lay != lay.no || m.epoch != look.Epoch || m.sheet != look.Sheet.ID() || m.bare != look.Bare {
		m = memo{rev: rev, lay: lay.no, epoch: look.Epoch, sheet: look.Sheet.ID(), bare: look.Bare}
	}
	if m.lines[which] == "" {
		m.lines[which] = t.drawRow(r, selected, lay, look)
		t.memo[key] = m
	}
	return m.lines[which]
}

func (t *Table[R]) drawRow(r R, selected bool, lay layout, look Look) string {
	p := look.Sheet.Pen(lay.width, style.Head)
	switch {
	case t.marks[t.cfg.Key(r)]:
		p.Put(style.Match, look.Glyphs.Marked)
	case selected:
		p.Put(style.Accent, look.Glyphs.Cursor)
	case t.all && t.hits[t.cfg.Key(r)]:
		p.Put(style.Match, look.Glyphs.Marked)
	default:
		p.Space(gutter)
	}
	if selected && !look.Bare {
		p.Onto(style.Point)
	}
	for n, pl := range lay.places {
		if n == 1 {
			p.Onto(style.Plain)
		}
		if n > 0 {
			p.Space(t.cfg.Gap)
		}
		p.Column(pl.width)
		t.cols[pl.col].Draw(p, r)
		p.EndColumn()
	}
	return p.Line()
}

// Width returns the width that the table would like, with every column at its wish: what is beyond is of no use to it.
func (t *Table[R]) Width() int {
	n := gutter + margin
	for i, c := range t.cols {
		w := c.Want
		if c.Natural != nil {
			w = max(w, t.natural[c.ID])
			if c.Max > 0 {
				w = min(w, c.Max)
			}
		}
		n += max(w, block.Width(c.Title))
		if i > 0 {
			n += t.cfg.Gap
		}
	}
	return n
}
