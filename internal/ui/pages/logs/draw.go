package logs

import (
	"strings"

	"dsotop/internal/logs/lines"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// Draw puts where the lines come from and how they are looked at on top, then the volume, then the lines, with the detail of the one
// under the cursor beside them or beneath.
func (p *Page) Draw(w, h int) block.Block {
	if empty, ok := p.empty(w, h); ok {
		return empty
	}
	head := []string{p.origins(w)}
	if q := p.restrictions(w, h); q != "" {
		head = append(head, q)
	}
	if p.focus != onPatterns {
		head = append(head, p.drawStrip(w, h)...)
	}
	top := block.New(w, len(head), head...)
	room := max(h-top.H, 1)
	if p.focus == onPatterns {
		return block.Under(top, p.drawPatterns(w, room))
	}
	if !p.detail.open {
		return block.Under(top, p.drawLines(w, room))
	}
	if w >= 120 {
		side := min(w*2/5, 90)
		rules := make([]string, room)
		for i := range rules {
			rules[i] = p.env.Pen(1).Put(style.Border, p.env.Glyphs.VLine).Line()
		}
		left := p.drawLines(w-side-1, room)
		return block.Under(top, block.Beside(left, block.New(1, room, rules...), p.drawDetail(side, room)))
	}
	part := max(room*3/5, 3)
	upper := p.drawLines(w, room-part)
	return block.Under(top, upper, block.New(w, 1, p.env.Section(w, p.env.Words.Logs.Detail, "")), p.drawDetail(w, part-1))
}

// drawLines is the window on the lines. The line under the cursor stands on its row; what is above and below follows from it.
func (p *Page) drawLines(w, h int) block.Block {
	p.height = h
	v := p.eyes.view
	items := v.Window(p.seat.id, h, h)
	if len(items) == 0 || p.stat.Lines == 0 {
		return p.nothing(w, h, items)
	}
	cur := p.place(items)
	sh := p.shapeOf(w, h, items)
	low, high := p.selection(items, cur)
	rowsOf := func(i int) []string {
		ground, sign := style.Plain, ""
		if i >= low && i <= high {
			ground = style.Select
		}
		switch {
		case i == cur && p.focus == onLines:
			if sign = p.env.Glyphs.Cursor; ground == style.Plain {
				ground = style.Point
			}
		case i == cur:
			sign = p.env.Glyphs.Cursor
		case p.marks[items[i].ID]:
			sign = p.env.Glyphs.Marked
		}
		prev := int64(0)
		if i > 0 {
			prev = items[i-1].At
		}
		return p.drawn(sh, items[i], prev, ground, sign)
	}
	mid := rowsOf(cur)
	row := max(min(p.seat.row, h-len(mid)), 0)
	if p.follow {
		row = max(h-len(mid), 0)
	}
	var below []string
	next := cur + 1
	for ; next < len(items) && len(below) < h-row-len(mid); next++ {
		below = append(below, rowsOf(next)...)
	}
	row = max(row, h-len(mid)-len(below)) // the last line stands at the foot
	var above [][]string
	n := 0
	for i := cur - 1; i >= 0 && n < row; i-- {
		rows := rowsOf(i)
		above = append(above, rows)
		n += len(rows)
	}
	if n < row { // the first one stands at the top
		row = n
		for ; next < len(items) && len(below) < h-row-len(mid); next++ {
			below = append(below, rowsOf(next)...)
		}
	}
	var out []string
	for i := len(above) - 1; i >= 0; i-- {
		out = append(out, above[i]...)
	}
	out = out[max(n-row, 0):]
	out = append(append(out, mid...), below...)
	p.seat.row = row
	if len(out) < h {
		out = append(out, p.foot(w, h-len(out))...)
	}
	p.reachFor(items, cur, row, h)
	return block.New(w, h, out[:min(len(out), h)]...)
}

// place finds the line under the cursor among the visible ones, or the nearest one in time, and stands on it.
func (p *Page) place(items []lines.Item) int {
	best := 0
	for i := range items {
		if items[i].ID == p.seat.id {
			best = i
			break
		}
		if abs(items[i].At-p.seat.at) < abs(items[best].At-p.seat.at) {
			best = i
		}
	}
	p.seat.id, p.seat.at = items[best].ID, items[best].At
	return best
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// shapeOf is how the lines of this window look.
func (p *Page) shapeOf(w, h int, items []lines.Item) shape {
	sh := shape{w: w, names: p.names.width, sheet: p.env.Sheet.ID(), raw: p.raw, wrap: p.wrap, colours: p.colours, narrow: w < 100, quiet: p.context != nil, clock: p.clock,
		rows: max(h, 1), query: p.text, columns: strings.Join(p.columns, "\x00"), floor: p.floor}
	if !p.wrap {
		sh.shift = p.shift
	}
	if p.clock == clockRelative {
		sh.origin = p.seat.at
		if !p.env.Pin.IsZero() {
			sh.origin = p.env.Pin.UnixNano()
		}
	}
	now := p.env.Now()
	for i := range items {
		if items[i].Notice == nil && !sameDay(when(items[i].At).In(p.zone()), now) {
			sh.day = true
			break
		}
	}
	return sh
}

// selection is the range of items that is selected; low > high when none is.
func (p *Page) selection(items []lines.Item, cur int) (low, high int) {
	if p.anchor == 0 {
		return 1, 0
	}
	at := -1
	for i := range items {
		if items[i].ID == p.anchor {
			at = i
		}
	}
	if at < 0 { // beyond the window
		if a, ok := p.store.Get(p.anchor); ok && a.At > items[cur].At {
			at = len(items) - 1
		} else {
			at = 0
		}
	}
	return min(at, cur), max(at, cur)
}

// foot is what stands below the last line when the window is not full.
func (p *Page) foot(w, n int) []string {
	out := []string{}
	if p.state.Older || p.state.Newer || p.state.Jumping {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Running, p.env.Glyphs.Running).Space(1).Put(style.Faint, p.env.Words.Logs.Loading).Line())
	}
	for len(out) < n {
		out = append(out, p.env.Pen(w).Line())
	}
	return out
}

// reachFor asks for what is beyond the ends when the window comes near them. Where lines are left out it waits to be asked (a step beyond
// the end, the next match, the next error): a filter that little passes would have a month read for one screen.
func (p *Page) reachFor(items []lines.Item, cur, row, h int) {
	if p.restricted() {
		return
	}
	if cur < h && p.state.Start == 0 && !p.state.Older && row >= cur {
		p.feed.Older(items[0].At)
	}
	if !p.state.Following && !p.state.Newer && len(items)-cur-1 < h-row {
		p.feed.Newer(items[len(items)-1].At)
	}
}
