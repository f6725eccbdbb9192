package metrics

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/metrics"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/plot"
	"dsotop/internal/ui/style"
)

// layout is how panels stand on the page.
type layout struct{ cols, rows, width, height int }

// arrange gives n panels about the room in which they read well: 9 lines, 50 columns at least.
func arrange(w, h, n int) layout {
	l := layout{cols: max(min(w/56, 3), 1)}
	l.rows = max(min(h/9, (n+l.cols-1)/l.cols), 1)
	l.height = h / l.rows
	l.width = w / l.cols
	return l
}

// mostCurves is how many curves a panel shows, and a whole page; the others are added up.
const (
	mostCurves = 6
	mostWhole  = 12
)

// Draw puts the range on top, then the panels, or one of them on the whole page.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if p.loader == nil {
		if !p.fleet.Ready {
			return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading)
		}
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, e.Words.Metrics.NoSource, e.Words.Metrics.NoSourceHint)
	}
	top := block.New(w, 1, p.head(w))
	room := h - top.H
	panels := p.panels()
	if len(panels) == 0 {
		return block.Under(top, e.Empty(w, room, e.Glyphs.None, style.Faint, e.Words.Metrics.NoValue))
	}
	if lines := p.wrong(w); len(lines) > 0 && h > 20 {
		top = block.Under(top, block.New(w, len(lines), lines...))
		room = h - top.H
	}
	at := p.current(panels)
	if p.focus == "" {
		p.focus = panels[at].ID
	}
	p.lay = arrange(w, room, len(panels))
	if p.full {
		p.read(false)
		return block.Under(top, p.whole(panels[at], w, room))
	}
	if r := at / p.lay.cols; r < p.offset {
		p.offset = r
	} else if r >= p.offset+p.lay.rows {
		p.offset = r - p.lay.rows + 1
	}
	p.offset = max(min(p.offset, (len(panels)+p.lay.cols-1)/p.lay.cols-p.lay.rows), 0)
	p.read(false)
	gutter := 0
	var body []block.Block
	for r := range p.lay.rows {
		var row []block.Block
		for c := range p.lay.cols {
			i := (p.offset+r)*p.lay.cols + c
			width := p.lay.width
			if c == p.lay.cols-1 {
				width = w - c*p.lay.width
			}
			if i >= len(panels) {
				row = append(row, block.New(width, p.lay.height))
				continue
			}
			row = append(row, p.panel(panels[i], width, p.lay.height, gutter, i == at))
		}
		body = append(body, block.Beside(row...))
	}
	all := block.Under(body...)
	return block.Under(top, all.Crop(0, room))
}

// head is the line of the range.
func (p *Page) head(w int) string {
	e, m := p.env, p.env.Words.Metrics
	g := p.grid()
	zone, now := e.Now().Location(), e.Now()
	pen := e.Pen(w).Space(1).Put(style.Text, e.Words.When(g.From.In(zone), now)+" "+e.Glyphs.To+" ").Put(style.Text, e.Words.When(g.To.In(zone), now)).
		Put(style.Faint, " ("+p.spanText(p.length())+")").Space(2)
	if p.live() {
		pen.Put(style.Good, e.Glyphs.Into).Space(1).Put(style.Muted, m.Following)
	} else if !e.Pin.IsZero() && p.end.IsZero() {
		pen.Put(style.Accent, e.Glyphs.Marked).Space(1).Put(style.Muted, e.Words.When(e.Pin.In(zone), now))
	}
	pen.Space(2)
	if p.each {
		pen.Put(style.Text, m.EachPod)
	} else {
		pen.Put(style.Muted, m.Summed)
	}
	if p.levels {
		pen.Put(style.Faint, " · "+m.Levels[1])
	}
	var right []style.Span
	if p.loader.reading() {
		right = append(right, style.Span{Role: style.Running, Text: e.Glyphs.Running + " "}, style.Span{Role: style.Faint, Text: m.Reading + " "})
	}
	if !p.cursor.IsZero() {
		right = append(right, style.Span{Role: style.Accent, Text: e.Glyphs.SortUp + " " + p.instant(p.cursor) + " "})
		for _, mark := range metrics.Near(p.marks(g), p.cursor, max(g.Step*2, time.Minute)) {
			role, word := p.markRole(mark.Kind)
			right = append(right, style.Span{Role: role, Text: e.Glyphs.Tick + " " + word + " " + mark.Text + " "})
			break
		}
	}
	if source := p.loader.reach.Metrics.Name(); style.WidthOf(right...)+block.Width(source)+2 < pen.Left() {
		right = append(right, style.Span{Role: style.Faint, Text: source + " "})
	}
	for len(right) > 0 && style.WidthOf(right...) > pen.Left() {
		right = right[:len(right)-1]
	}
	return pen.RightSpans(right...).Line()
}

// wrong are the files of panels that could not be read.
func (p *Page) wrong(w int) []string {
	var out []string
	for i, x := range p.problems {
		if i == 2 {
			break
		}
		more := "" // there may be other files
		if i == 1 && len(p.problems) > 2 {
			more = "+" + strconv.Itoa(len(p.problems)-2)
		}
		line := p.env.Pen(w).Column(w-1-len(more)).Space(1).Put(style.Warn, p.env.Glyphs.Warn).Space(1).Put(style.Muted, p.env.Words.Metrics.PanelProblem+p.env.Words.Form.Colon).
			Put(style.Text, x.Where()).Put(style.Faint, " "+x.Text(p.env.Words.Tag)).EndColumn()
		if more != "" {
			line.Put(style.Muted, " "+more)
		}
		out = append(out, line.Line())
	}
	return out
}

// spanText writes the length of a range.
func (p *Page) spanText(d time.Duration) string {
	f := p.env.Words.Form
	switch {
	case d >= 48*time.Hour:
		return p.env.Words.Dec(d.Hours()/24, 1) + " " + f.Day
	case d >= time.Hour:
		return p.env.Words.Dec(d.Hours(), 1) + " " + f.Hour
	}
	return p.env.Words.Dec(d.Minutes(), 1) + " " + f.Minute
}

// instant writes an instant as finely as the range needs it.
func (p *Page) instant(t time.Time) string {
	t = t.In(p.env.Now().Location())
	switch {
	case p.length() > 24*time.Hour:
		return t.Format(p.env.Words.Form.DayMonth + " 15:04")
	case p.length() <= 30*time.Minute:
		return t.Format("15:04:05")
	}
	return p.env.Words.When(t, p.env.Now())
}

func (p *Page) markRole(k metrics.MarkKind) (style.Role, string) {
	if k == metrics.MarkAlert {
		return style.Bad, p.env.Words.Metrics.Alert
	}
	return style.Info, p.env.Words.Metrics.Deployed
}

// curves are the series of a result as they are drawn: named, coloured, few enough.
func (p *Page) curves(r *result, keep int) []metrics.Series {
	return metrics.Fold(r.series, keep, p.env.Words.Metrics.Others)
}

// role is the colour of the i-th curve.
func role(x *metrics.Panel, i, n int) style.Role {
	switch {
	case n == 1 && x.Unit == metrics.UnitBytes:
		return style.Chart2
	case n == 1:
		return style.Chart1
	}
	return style.Series1 + style.Role(i%int(style.Series6-style.Series1+1)) //nolint:gosec // below six
}

// tagOf is the sign of the i-th curve; one alone needs none.
func tagOf(i, n int) string {
	if n < 2 {
		return ""
	}
	return string(rune('a' + i%26))
}

func levelRole(kind string) style.Role {
	switch kind {
	case "limit":
		return style.Bad
	case "quota":
		return style.Warn
	case "request":
		return style.Muted
	}
	return style.Warn
}

// levelTag is the sign of a threshold: the first letter of its name, as a capital, "=" where it has none.
func levelTag(name string) string {
	if up := strings.ToUpper(name); up != "" && up[0] >= 'A' && up[0] <= 'Z' {
		return up[:1]
	}
	return "="
}

// figure is the plot of a result.
func (p *Page) figure(x *metrics.Panel, r *result, curves []metrics.Series) *plot.Plot {
	g := r.grid
	f := &plot.Plot{
		Bars: x.Shape == metrics.Bars, Mode: p.mode, Binary: x.Unit == metrics.UnitBytes || x.Unit == metrics.UnitRate, Whole: x.Unit == metrics.UnitCount, All: p.levels, Cursor: -1,
		Write: func(v float64) string { return p.env.Words.Amount(string(x.Unit), v) }, Gutter: 7,
	}
	for i, s := range curves {
		f.Series = append(f.Series, plot.Series{Values: s.Values, Role: role(x, i, len(curves)), Tag: tagOf(i, len(curves))})
	}
	for _, l := range r.levels {
		f.Levels = append(f.Levels, plot.Level{Values: l.values, Role: levelRole(l.Kind), Tag: levelTag(l.Title(p.env.Words.Tag))})
	}
	span := float64(g.To.Sub(g.From))
	for _, m := range p.marks(g) {
		role, _ := p.markRole(m.Kind)
		f.Marks = append(f.Marks, plot.Mark{At: math.Min(float64(m.At.Sub(g.From))/span, 1), Role: role})
	}
	if pin := p.env.Pin; !pin.IsZero() && !pin.Before(g.From) && !pin.After(g.To) {
		f.Marks = append(f.Marks, plot.Mark{At: float64(pin.Sub(g.From)) / span, Role: style.Accent})
	}
	if !p.cursor.IsZero() {
		f.Cursor = g.Index(p.cursor)
	}
	return f
}

// ticks are the texts of the axis of time, as many as there is room for.
func (p *Page) ticks(f *plot.Plot, g metrics.Grid, w int) {
	zone := p.env.Now().Location()
	layout, room := "15:04", 12
	if g.To.Sub(g.From) > 36*time.Hour {
		layout = p.env.Words.Form.DayMonth
		if g.To.Sub(g.From) < 4*24*time.Hour {
			layout, room = layout+" 15:04", 18
		}
	}
	for _, t := range metrics.Ticks(g.From.In(zone), g.To.In(zone), max((w-12)/room, 1)) {
		f.Ticks = append(f.Ticks, plot.Tick{At: float64(t.Sub(g.From)) / float64(g.To.Sub(g.From)), Text: t.Format(layout)})
	}
}

// panel draws one panel among others: a line of what it says now, then the plot.
func (p *Page) panel(x *metrics.Panel, w, h, gutter int, focus bool) block.Block {
	e := p.env
	r := p.loader.result(x.ID)
	pen := e.Pen(w)
	title := style.Strong
	if focus {
		pen.Cursor(e.Glyphs.Cursor)
		title = style.Accent
	} else {
		pen.Space(1)
	}
	pen.Column(w-3).Put(title, x.Title(e.Words.Tag))
	if r == nil || r.err != nil || r.refused != nil || r.empty() {
		pen.EndColumn()
		return block.Under(block.New(w, 1, pen.Line()), p.absent(x, r, w, h-1))
	}
	curves := p.curves(r, mostCurves)
	p.legend(pen, x, r, curves)
	f := p.figure(x, r, curves)
	f.Gutter = max(f.Gutter, gutter)
	p.ticks(f, r.grid, w)
	return block.Under(block.New(w, 1, pen.EndColumn().Line()), block.Beside(f.Draw(e.Sheet, e.Glyphs, w-1, h-1), block.New(1, h-1)))
}

// at is the value of a curve that the legend shows: under the cursor, else the newest.
func (p *Page) at(r *result, values []float64) float64 {
	if !p.cursor.IsZero() {
		if i := r.grid.Index(p.cursor); i >= 0 && i < len(values) {
			return values[i]
		}
		if i := p.grid().Index(p.cursor); i >= 0 { // what is on screen lags behind the range that is asked for
			return math.NaN()
		}
	}
	return metrics.Stat(values).Last
}

// legend writes the values on the panel's line: curves, then thresholds. What has no room is left to the whole page.
func (p *Page) legend(pen *style.Pen, x *metrics.Panel, r *result, curves []metrics.Series) {
	e := p.env
	put := func(spans ...style.Span) bool {
		if style.WidthOf(spans...)+2 > pen.Left() {
			return false
		}
		pen.Space(2).Spans(spans...)
		return true
	}
	most := 14
	if whole := p.inFull(x, r, curves); whole <= pen.Left() {
		most = whole
	}
	for i, s := range curves {
		spans := []style.Span{}
		if t := tagOf(i, len(curves)); t != "" {
			name, _ := block.Clip(p.tail(s.Name), most)
			spans = append(spans, style.Span{Role: role(x, i, len(curves)), Text: t + " "}, style.Span{Role: style.Faint, Text: name + " "})
		}
		spans = append(spans, style.Span{Role: style.Text, Text: e.Words.Amount(string(x.Unit), p.at(r, s.Values))})
		if !put(spans...) {
			if more := " +" + strconv.Itoa(len(curves)-i); i > 0 && block.Width(more) <= pen.Left() {
				pen.Put(style.Faint, more)
			}
			return
		}
	}
	for _, l := range r.levels {
		v := p.at(r, l.values)
		name := l.Title(e.Words.Tag)
		spans := []style.Span{{Role: levelRole(l.Kind), Text: name}}
		if text := e.Words.Amount(string(x.Unit), v); text != name {
			spans = append(spans, style.Span{Role: style.Faint, Text: " " + text})
		}
		if !put(spans...) {
			return
		}
	}
	if len(r.notes) > 0 {
		put(style.Span{Role: style.Warn, Text: e.Glyphs.Warn})
	}
}

// inFull is how many cells the legend of the curves wants when no name is cut.
func (p *Page) inFull(x *metrics.Panel, r *result, curves []metrics.Series) (n int) {
	for i, s := range curves {
		n += 2 + block.Width(p.env.Words.Amount(string(x.Unit), p.at(r, s.Values)))
		if t := tagOf(i, len(curves)); t != "" {
			n += block.Width(t) + 2 + block.Width(p.tail(s.Name))
		}
	}
	return n
}

// tail is the end of a pod's name, which tells pods apart.
func (p *Page) tail(name string) string {
	if parts := strings.Split(name, "-"); len(parts) > 2 && block.Width(name) > 14 {
		return parts[0] + p.env.Glyphs.Ellipsis + parts[len(parts)-1]
	}
	return name
}

// absent says why a panel has no curve: being read, refused, not readable, nothing in the range, or a series that nobody exports.
func (p *Page) absent(x *metrics.Panel, r *result, w, h int) block.Block {
	e, m := p.env, p.env.Words.Metrics
	var lines []string
	say := func(role style.Role, glyph, text string) {
		for i, l := range block.Wrap(text, max(w-6, 10)) {
			pen := e.Pen(w).Space(2)
			if i == 0 {
				pen.Put(role, glyph)
			}
			lines = append(lines, pen.To(4).Put(style.Muted, l).Line())
		}
	}
	switch {
	case r == nil:
		say(style.Running, e.Glyphs.Loading, e.Words.List.Legend["loading"])
	case r.refused != nil && r.refused.TooMuch:
		say(style.Warn, e.Glyphs.Warn, m.TooMuch+e.Words.Form.Colon+r.refused.Message)
	case r.refused != nil:
		say(style.Bad, e.Glyphs.Bad, m.Refused+e.Words.Form.Colon+r.refused.Message)
	case r.err != nil:
		health := p.loader.reach.Health(r.err)
		mark := cells.Source(e.Glyphs, health.State)
		say(mark.Role, mark.Glyph, health.Name+" "+e.Words.State[health.State].Word)
		if health.Detail != "" {
			lines = append(lines, pane.Text(e, w, 4, style.Faint, health.Detail)...)
		}
		if health.Remedy != platform.RemedyNone {
			lines = append(lines, pane.Text(e, w, 4, style.Muted, e.Words.Remedy[health.Remedy])...)
		}
	case r.shapes > 0:
		say(style.Warn, e.Glyphs.Warn, m.Histograms(r.shapes))
	default:
		if has, known := p.loader.has(x.Series); known && !has && x.Series != "" {
			say(style.Unknown, e.Glyphs.NotSet, m.Missing(x.Series, x.Exporter))
		} else if known && has {
			say(style.Faint, e.Glyphs.None, m.NoValue+" ("+m.NoValueHint+")")
		} else {
			say(style.Faint, e.Glyphs.None, m.NoValue)
		}
		for _, n := range r.notes {
			say(style.Warn, e.Glyphs.Warn, n)
		}
	}
	return block.New(w, h, lines...)
}

// whole is one panel on the page: the plot, a table of its curves and thresholds, what the server says, the expressions.
func (p *Page) whole(x *metrics.Panel, w, h int) block.Block {
	e := p.env
	r := p.loader.result(x.ID)
	head := e.Pen(w).Space(1).Put(style.Strong, x.Title(e.Words.Tag)).Put(style.Faint, "  "+cmp.Or(x.Exporter, p.subject.Expr))
	if r == nil || r.err != nil || r.refused != nil || r.empty() {
		return block.Under(block.New(w, 1, head.Line()), p.absent(x, r, w, h-1))
	}
	curves := p.curves(r, mostWhole)
	lines := p.table(x, r, curves, w)
	lines = append(lines, p.said(x, r, w)...)
	under := min(len(lines), max(h/2-1, 3))
	f := p.figure(x, r, curves)
	p.ticks(f, r.grid, w)
	room := h - 1 - under
	return block.Under(block.New(w, 1, head.Line()), f.Draw(e.Sheet, e.Glyphs, w, room), block.New(w, under, pane.Fit(e, lines, under, w)...))
}

// table lists the curves with their least, mean, largest and newest values, and the one under the cursor.
func (p *Page) table(x *metrics.Panel, r *result, curves []metrics.Series, w int) []string {
	e, m := p.env, p.env.Words.Metrics
	const cell = 11
	columns := []string{m.Min, m.Avg, m.Max, m.Last}
	if !p.cursor.IsZero() {
		columns = append(columns, m.AtCursor)
	}
	name := max(min(w-len(columns)*cell-4, 60), 12)
	pen := e.Pen(w).To(name + 4)
	for _, c := range columns {
		pen.Column(cell).Right(style.Title, c).EndColumn()
	}
	out := []string{pen.Line()}
	row := func(tag, text string, role style.Role, values []float64) {
		s := metrics.Stat(values)
		cells := []float64{s.Min, s.Avg, s.Max, s.Last}
		if !p.cursor.IsZero() {
			cells = append(cells, p.at(r, values))
		}
		pen := e.Pen(w).Space(1).Put(role, tag).To(3).Column(name).Put(style.Text, text).EndColumn().Space(1)
		for _, v := range cells {
			pen.Column(cell).Right(style.Text, e.Words.Amount(string(x.Unit), v)).EndColumn()
		}
		out = append(out, pen.Line())
	}
	for i, s := range curves {
		tag := tagOf(i, len(curves))
		row(cmp.Or(tag, e.Glyphs.Dot), s.Name, role(x, i, len(curves)), s.Values)
	}
	for _, l := range r.levels {
		title := l.Title(e.Words.Tag)
		row(levelTag(title), title, levelRole(l.Kind), l.values)
	}
	return out
}

// said is what the server adds, what is not shown, what happened at the cursor, and the expressions.
func (p *Page) said(x *metrics.Panel, r *result, w int) []string {
	e, m := p.env, p.env.Words.Metrics
	var out []string
	for _, n := range r.notes {
		out = append(out, pane.Text(e, w, 1, style.Warn, e.Glyphs.Warn+" "+m.Warnings+e.Words.Form.Colon+n)...)
	}
	if r.cut > 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn+" "+m.Cut(r.cut)).Line())
	}
	if r.shapes > 0 {
		out = append(out, pane.Text(e, w, 1, style.Warn, e.Glyphs.Warn+" "+m.Histograms(r.shapes))...)
	}
	if p.each && !x.Splits() && x.ID != own {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, m.NotSplit).Line())
	}
	if !p.cursor.IsZero() {
		for _, mark := range metrics.Near(p.marks(r.grid), p.cursor, max(r.grid.Step*4, 2*time.Minute)) {
			role, word := p.markRole(mark.Kind)
			out = append(out, e.Pen(w).Space(1).Put(role, e.Glyphs.Tick).Space(1).Put(style.Text, p.instant(mark.At)+" "+word+" "+mark.Text).Line())
		}
	}
	v := metrics.Vars{Namespace: p.subject.Namespace, Pod: p.subject.Pod, Grid: r.grid}
	for _, q := range x.Queries {
		if expr := q.Expr(r.each && x.Splits()); expr != "" && x.ID != own {
			out = append(out, pane.Text(e, w, 1, style.Faint, v.Expand(expr))...)
		}
	}
	return out
}

// values writes what a panel shows now as text: one line a curve.
func (p *Page) values(x *metrics.Panel) string {
	r := p.loaded(x)
	if r == nil {
		return ""
	}
	at := r.grid.To
	if !p.cursor.IsZero() {
		at = p.cursor
	}
	lines := []string{x.Title(p.env.Words.Tag) + " " + at.Format(time.RFC3339)}
	for _, s := range r.series {
		lines = append(lines, s.Name+"\t"+p.env.Words.Amount(string(x.Unit), p.at(r, s.Values)))
	}
	for _, l := range r.levels {
		lines = append(lines, l.Title(p.env.Words.Tag)+"\t"+p.env.Words.Amount(string(x.Unit), p.at(r, l.values)))
	}
	return strings.Join(lines, "\n")
}

func (p *Page) loaded(x *metrics.Panel) *result {
	if p.loader == nil {
		return nil
	}
	return p.loader.result(x.ID)
}
