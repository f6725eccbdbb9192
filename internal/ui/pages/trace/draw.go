package trace

import (
	"slices"
	"strconv"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
	"dsotop/internal/logs/runner"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/ink"
	"dsotop/internal/ui/style"
)

// Draw puts what is known of the job on top, then its output.
func (p *Page) Draw(w, h int) block.Block {
	if p.out == nil {
		return p.nothing(w, h)
	}
	head := []string{p.head(w)}
	if p.job.FailureReason != "" || p.fault != nil {
		head = append(head, p.why(w))
	}
	if h >= 32 {
		head = append(head, p.env.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	return block.Under(top, p.lines(w, max(h-top.H, 1)))
}

// nothing says why no output is there.
func (p *Page) nothing(w, h int) block.Block {
	e, t := p.env, p.env.Words.Trace
	switch {
	case p.id == 0:
		return e.Empty(w, h, e.Glyphs.Unknown, style.Unknown, e.Words.Frame.Gone)
	case p.reach.Pipelines == nil:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, t.NotConfigured, e.Words.Remedy[platform.RemedyConfigure])
	case p.fault != nil:
		hl := p.reach.Health(p.fault)
		m := cells.Source(e.Glyphs, hl.State)
		return e.Empty(w, h, m.Glyph, m.Role, e.Words.State[hl.State].Word, hl.Detail, e.Words.Remedy[hl.Remedy])
	default:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, t.Loading)
	}
}

// head is the first line: state, how long, runner, size; what restricts the view on the right.
func (p *Page) head(w int) string {
	e, t := p.env, p.env.Words.Trace
	m := cells.Pipeline(e.Glyphs, p.job.Status)
	if p.job.Status == platform.PipelineFailed && p.job.AllowFailure {
		m = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph+" "+p.job.Status)
	if p.job.AllowFailure && p.job.Status == platform.PipelineFailed {
		pen.Put(style.Warn, " ("+e.Words.Pipelines.Allowed+")")
	}
	const dot = " · "
	put := func(text string) {
		if text != "" {
			pen.Put(style.Faint, dot).Put(style.Muted, text)
		}
	}
	put(p.job.Stage)
	switch {
	case p.job.Duration > 0:
		put(e.Words.Lasted(p.job.Duration))
	case p.job.Running() && !p.job.StartedAt.IsZero():
		put(e.Words.Form.Since(e.Words.When(p.job.StartedAt, e.Now())))
	}
	if w >= 100 {
		put(p.job.Runner)
	}
	put(e.Words.Logs.Lines(len(p.out.Lines)))
	if n := p.out.Errors; n > 0 {
		pen.Put(style.Faint, dot).Put(style.Bad, t.Errors(n))
	}
	if p.out.Cut > 0 {
		pen.Put(style.Faint, dot).Put(style.Warn, t.Cut(e.Words.Bytes(float64(p.out.Cut))))
	}
	return pen.RightSpans(p.restrictions()...).Line()
}

func (p *Page) restrictions() (out []style.Span) {
	e := p.env
	put := func(role style.Role, text string) { out = append(out, style.Span{Role: role, Text: text}) }
	if p.text != "" {
		role := style.Match
		if p.mistake {
			role = style.Bad
		}
		short, _ := block.Clip(p.text, 24)
		put(style.Faint, "/ ")
		put(role, short)
		at, _ := slices.BinarySearch(p.hits, p.at)
		if p.hitAt(p.at) {
			at++
		} else {
			at = 0
		}
		put(style.Muted, " "+e.Words.Logs.Found(at, len(p.hits))+" ")
		if p.only {
			put(style.Match, e.Words.Logs.OnlyFound+" ")
		}
	}
	if p.trouble {
		put(style.Match, e.Words.List.Problems+" ")
	}
	if p.job.Running() {
		if p.follow {
			put(style.Running, e.Words.Logs.Following+" ")
		} else {
			put(style.Muted, e.Words.Logs.Stopped+" ")
		}
	}
	return out
}

// why says in words why the job failed; or what keeps its output from being read again.
func (p *Page) why(w int) string {
	e := p.env
	pen := e.Pen(w).Space(1)
	if p.fault != nil {
		hl := p.reach.Health(p.fault)
		m := cells.Source(e.Glyphs, hl.State)
		pen.Put(m.Role, m.Glyph+" "+e.Words.State[hl.State].Word)
		if !p.read.IsZero() {
			pen.Put(style.Muted, " "+e.Words.Form.Since(e.Words.When(p.read, e.Now())))
		}
		return pen.Put(style.Faint, e.Words.Form.Colon+hl.Detail).Line()
	}
	return pen.Put(style.Text, e.Words.Pipelines.Reason(p.job.FailureReason)).Line()
}

// lines is the window on the output: the line under the cursor stands on its row.
func (p *Page) lines(w, h int) block.Block {
	p.height = h
	if p.third {
		p.third, p.row0 = false, h/3
	}
	if len(p.rows) == 0 {
		return p.none(w, h)
	}
	cur := p.index()
	mid := p.drawn(w, cur, h)
	row := max(min(p.row0, h-len(mid)), 0)
	if p.follow {
		row = h - len(mid)
	}
	var below []string
	next := cur + 1
	for ; next < len(p.rows) && len(below) < h-row-len(mid); next++ {
		below = append(below, p.drawn(w, next, h)...)
	}
	foot := p.foot(w)
	if next >= len(p.rows) {
		below = append(below, foot...)
	}
	row = max(row, h-len(mid)-len(below)) // the last line stands at the foot
	var above [][]string
	n := 0
	for i := cur - 1; i >= 0 && n < row; i-- {
		rows := p.drawn(w, i, h)
		above = append(above, rows)
		n += len(rows)
	}
	if n < row { // the first one stands at the top
		row = n
		for ; next < len(p.rows) && len(below) < h-row-len(mid); next++ {
			below = append(below, p.drawn(w, next, h)...)
		}
	}
	var out []string
	for i := len(above) - 1; i >= 0; i-- {
		out = append(out, above[i]...)
	}
	out = append(append(out[max(n-row, 0):], mid...), below...)
	p.row0 = row
	return block.New(w, h, out[:min(len(out), h)]...)
}

// foot is the line that is being written.
func (p *Page) foot(w int) []string {
	if text := plain.Line(p.tail); text != "" && !p.only && !p.trouble {
		return []string{p.env.Pen(w).Space(2).Put(style.Running, text+" "+p.env.Glyphs.Ellipsis).Line()}
	}
	return nil
}

func (p *Page) none(w, h int) block.Block {
	e, t := p.env, p.env.Words.Trace
	switch {
	case p.only || p.trouble:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch, e.Words.List.NoMatchHint)
	case p.job.Erased:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, t.Erased)
	case p.job.StartedAt.IsZero() && p.job.Running():
		return e.Empty(w, h, e.Glyphs.Running, style.Running, t.Waiting, t.WaitingHint)
	default:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, t.NoOutput)
	}
}

// drawn is a line of the output, one row or several when it is wrapped.
func (p *Page) drawn(w, i, most int) []string {
	e := p.env
	at := p.rows[i]
	l := &p.out.Lines[at]
	ground, sign := style.Plain, " "
	if at == p.at {
		ground, sign = style.Point, e.Glyphs.Cursor
	}
	pen := e.Sheet.Pen(w, ground).Put(style.Accent, sign)
	if p.out.Stamped && p.times {
		text := ""
		if l.At != 0 {
			text = time.Unix(0, l.At).In(e.Now().Location()).Format("15:04:05")
		}
		pen.Column(9).Put(style.Faint, text).EndColumn()
	}
	if l.Head {
		return []string{p.section(pen, l)}
	}
	mark := " "
	role := style.Text
	switch {
	case l.Level >= logs.LevelError:
		mark, role = e.Glyphs.Bad, style.Bad
	case l.Level == logs.LevelWarn:
		mark, role = e.Glyphs.Warn, style.Warn
	case l.Level > logs.LevelNone && l.Level < logs.LevelInfo:
		role = style.Faint
	}
	pen.Put(role, mark).Space(1)
	var pieces []ink.Piece
	if p.colours {
		pieces = ink.Coloured(l.Text, role, e.Sheet.Profile)
	} else {
		pieces = []ink.Piece{{Role: role, Text: l.Plain}}
	}
	if p.match != nil {
		var found []ink.Piece
		for _, x := range pieces {
			found = append(found, ink.Marked(x, p.match.Spans(x.Text))...)
		}
		pieces = found
	}
	if !p.wrap {
		ink.Put(pen, pieces, p.shift)
		return []string{pen.Line()}
	}
	indent := pen.X()
	var out []string
	for k, row := range ink.Wrapped(pieces, max(w-indent-1, 8), most) {
		if k > 0 {
			pen = e.Sheet.Pen(w, ground).Space(indent)
		}
		ink.Put(pen, row, 0)
		out = append(out, pen.Line())
	}
	return out
}

// section is the head of a section: folded or not, its title, how many lines, how long, its errors.
func (p *Page) section(pen *style.Pen, l *runner.Line) string {
	e := p.env
	s := &p.out.Sections[l.Section]
	glyph := e.Glyphs.Open
	folded := p.folded(l.Section)
	if folded && !p.only && !p.trouble {
		glyph = e.Glyphs.Closed
	}
	pen.Space(2*s.Depth).Put(style.Accent, glyph).Space(1)
	role := style.Strong
	if s.Plumbing() && s.Errors == 0 {
		role = style.Muted
	}
	var tail []style.Span
	if folded && s.Last-s.First > 1 {
		tail = append(tail, style.Span{Role: style.Faint, Text: "+" + strconv.Itoa(s.Last-s.First-1) + "  "})
	}
	if s.Errors > 0 {
		tail = append(tail, style.Span{Role: style.Bad, Text: e.Glyphs.Bad + strconv.Itoa(s.Errors) + "  "})
	}
	if took := s.Took(e.Now()); s.End != 0 {
		tail = append(tail, style.Span{Role: style.Faint, Text: e.Words.Lasted(took) + " "})
	}
	pen.Column(max(pen.Left()-style.WidthOf(tail...), 8)).Put(role, l.Plain).EndColumnHere()
	return pen.RightSpans(tail...).Line()
}
