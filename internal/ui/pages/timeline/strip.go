package timeline

import (
	"slices"
	"sort"
	"time"

	axis "dsotop/internal/timeline"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// lane is one row of the strip.
type lane struct {
	name  string // in words.Timeline.Lane
	kinds []axis.Kind
}

func lanes() []lane {
	return []lane{
		{"delivery", []axis.Kind{axis.Push, axis.Mirror, axis.Pipeline, axis.Gate, axis.Image}},
		{"deploy", []axis.Kind{axis.Deploy}},
		{"pods", []axis.Kind{axis.Pods, axis.Event}},
		{"alert", []axis.Kind{axis.Alert, axis.Broke}},
		{"console", []axis.Kind{axis.Console}},
	}
}

// spans are the widths of the strip in time, of which the smallest that shows enough is taken.
func spans() []time.Duration {
	return []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour}
}

// most is how many entries a strip is drawn of: with more, every cell would say the same.
const most = 4000

// enough is how many entries the strip wants to show.
const enough = 25

// span is the time that the strip shows: up to now, or around the pinned instant, and always with the entry under the cursor.
func (p *Page) span() (from, to time.Time) {
	to = p.env.Now()
	if pin := p.env.Pin; !pin.IsZero() && pin.Before(to) {
		to = pin.Add(to.Sub(pin) / 8)
	}
	r, ok := p.table.Current()
	if ok && r.At.After(to) {
		to = r.At
	}
	newer := p.upTo(to.Add(1))
	for _, d := range spans() {
		from = to.Add(-d)
		if n := p.upTo(from) - newer; n >= min(enough, (len(p.all)-newer)*3/5) && (!ok || !r.At.Before(from)) {
			break
		}
	}
	return from, to
}

// strip draws the lanes over their time, and the axis beneath with the place of the cursor.
func (p *Page) strip(w int, full bool) []string {
	e, tw := p.env, p.env.Words.Timeline
	from, to := p.span()
	label := 0
	for _, l := range lanes() {
		label = max(label, block.Width(tw.Lane[l.name]))
	}
	room := w - label - 4
	if room < 20 || len(p.all) > most {
		return nil
	}
	place := func(at time.Time) int {
		if at.Before(from) || at.After(to) || !from.Before(to) {
			return -1
		}
		return min(int(at.Sub(from)*time.Duration(room)/to.Sub(from)), room-1)
	}
	cursor := -1
	if r, ok := p.table.Current(); ok {
		cursor = place(r.At)
	}
	rows := make([][]*axis.Entry, 1)
	if full {
		rows = make([][]*axis.Entry, len(lanes()))
	}
	for i := range rows {
		rows[i] = make([]*axis.Entry, room)
	}
	for _, r := range p.all[p.upTo(to.Add(1)):p.upTo(from)] {
		n, l := place(r.At), 0
		if full {
			l = laneOf(r.Kind)
		}
		if worst := rows[l][n]; worst == nil || r.Level > worst.Level {
			rows[l][n] = r.Entry
		}
	}
	var out []string
	for l, worst := range rows {
		title := ""
		if full {
			title = tw.Lane[lanes()[l].name]
		}
		pen := e.Pen(w).Space(1).Column(label).Put(style.Faint, title).EndColumn().Space(1)
		for i, x := range worst {
			switch {
			case x != nil:
				m := p.lit(x)
				pen.Put(m.Role, m.Glyph)
			case i == cursor:
				pen.Put(style.Accent, e.Glyphs.Tick)
			default:
				pen.Space(1)
			}
		}
		out = append(out, pen.Line())
	}
	return append(out, p.axis(w, label, room, cursor, from, to))
}

// upTo is how many entries are not older than a moment: the list is newest first.
func (p *Page) upTo(at time.Time) int {
	return sort.Search(len(p.all), func(i int) bool { return p.all[i].At.Before(at) })
}

// laneOf is the row of a kind.
func laneOf(k axis.Kind) int {
	return max(slices.IndexFunc(lanes(), func(l lane) bool { return slices.Contains(l.kinds, k) }), 0)
}

// lit is the sign of an entry on the strip: what is well is small.
func (p *Page) lit(x *axis.Entry) cells.Mark {
	m := p.mark(x)
	if x.Level <= axis.Good {
		m.Glyph = p.env.Glyphs.Dot
	}
	return m
}

// axis is the line of times: first, thirds, last.
func (p *Page) axis(w, label, room, cursor int, from, to time.Time) string {
	e := p.env
	line := make([]rune, 0, room)
	for range room {
		line = append(line, ' ')
	}
	write := func(at int, text string) {
		if cursor >= at-1 && cursor <= at+block.Width(text) { // the mark of the cursor would stand in it; its row tells the time
			return
		}
		for i, r := range []rune(text) {
			if at+i >= 0 && at+i < room {
				line[at+i] = r
			}
		}
	}
	parts := 3
	if room > 120 {
		parts = 6
	}
	for i := range parts {
		write(i*room/parts, e.Words.When(from.Add(to.Sub(from)*time.Duration(i)/time.Duration(parts)), e.Now()))
	}
	last := e.Words.When(to, e.Now())
	write(room-block.Width(last), last)
	pen := e.Pen(w).Space(1 + label + 1)
	if cursor < 0 {
		return pen.Put(style.Faint, string(line)).Line()
	}
	return pen.Put(style.Faint, string(line[:cursor])).Put(style.Accent, e.Glyphs.SortUp).Put(style.Faint, string(line[cursor+1:])).Line()
}
