package pipelines

import (
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

func (p *One) columns() []table.Column[task] {
	e := p.env
	w := e.Words.Pipelines
	return []table.Column[task]{
		{ID: "stage", Title: w.Stage, Want: 10, Max: 20, Natural: func(t task) int { return block.Width(t.Stage) }, Draw: func(pen *style.Pen, t task) {
			if t.first {
				pen.Put(style.Muted, t.Stage)
			}
		}, Value: func(t task) string { return t.Stage }},
		{ID: "job", Title: "  " + w.Job, Want: 14, Max: 36, Natural: func(t task) int { return block.Width(t.Name) + 4 }, Draw: p.job,
			Compare: func(a, b task) int { return strings.Compare(a.Name, b.Name) }, Value: func(t task) string { return t.Name }},
		{ID: "status", Title: w.State, Want: 27, Min: 12, Draw: p.status, Compare: func(a, b task) int { return rankOf(b.seen()) - rankOf(a.seen()) }, Value: task.status},
		{ID: "took", Title: w.Took, Want: 9, Right: true, Draw: func(pen *style.Pen, t task) {
			switch {
			case t.Duration > 0:
				pen.Right(style.Text, e.Words.Lasted(t.Duration))
			case t.Running() && !t.StartedAt.IsZero():
				pen.Right(style.Running, e.Words.Age(e.Now().Sub(t.StartedAt)))
			default:
				pen.Right(style.Faint, e.Glyphs.None)
			}
		}, Compare: func(a, b task) int { return int(b.Duration/1e6 - a.Duration/1e6) }},
		{ID: "queued", Title: w.Queued, Want: 8, Keep: 3, Right: true, Draw: func(pen *style.Pen, t task) {
			if t.Queued > 0 {
				pen.Right(style.Faint, e.Words.Lasted(t.Queued))
				return
			}
			pen.Right(style.Faint, e.Glyphs.None)
		}},
		{ID: "runner", Title: w.Runner, Want: 12, Max: 24, Keep: 4, Natural: func(t task) int { return block.Width(t.Runner) }, Draw: func(pen *style.Pen, t task) {
			if t.Runner == "" {
				pen.Put(style.Faint, e.Glyphs.None)
				return
			}
			pen.Put(style.Faint, t.Runner)
		}},
	}
}

func (p *One) job(pen *style.Pen, t task) {
	e := p.env
	m := markOf(e.Glyphs, t.seen())
	role := style.Text
	switch {
	case t.Superseded:
		m.Role, role = style.Faint, style.Faint
	case rankOf(t.seen()) >= 5:
		role = style.Strong
	}
	pen.Put(m.Role, m.Glyph).Space(1)
	if t.child != nil {
		pen.Put(style.Accent, e.Glyphs.Into+" ")
	}
	pen.Put(role, t.Name)
}

func (p *One) status(pen *style.Pen, t task) {
	e, w := p.env, p.env.Words.Pipelines
	m := markOf(e.Glyphs, t.seen())
	role := m.Role
	if role == style.Good || t.Superseded {
		role = style.Muted
	}
	pen.Put(role, t.status())
	switch {
	case t.Superseded:
		pen.Put(style.Faint, " · "+w.Retried)
	case t.child != nil:
		pen.Put(style.Faint, " · "+w.Child)
	case t.AllowFailure && t.Status == platform.PipelineFailed:
		pen.Put(style.Warn, " · "+w.Allowed)
	}
}

// Draw puts what is known of the pipeline on top, its stages, then its jobs and what is to say of the one under the cursor.
func (p *One) Draw(w, h int) block.Block {
	e, t := p.env, p.env.Words.Pipelines
	if p.read.IsZero() {
		return p.nothing(w, h)
	}
	head := facts(e, p.detail.Pipeline, p.detail.By, w)
	pen := e.Pen(w).Space(1)
	for i, s := range stagesOf(e.Glyphs, p.steps()) {
		if i > 0 {
			pen.Put(style.Border, " "+e.Glyphs.HLine+" ")
		}
		pen.Put(s.mark.Role, s.mark.Glyph).Space(1).Put(style.Text, s.name)
	}
	head = append(head, pane.Restrictions(e, pen, p.table).Line())
	if p.detail.Trouble != "" {
		head = append(head, e.Pen(w).Space(1).Put(style.Bad, e.Glyphs.Bad+" "+t.CITrouble+e.Words.Form.Colon).Put(style.Text, p.detail.Trouble).Line())
	}
	if p.detail.ChildrenUnknown {
		head = append(head, e.Pen(w).Space(1).Put(style.Unknown, e.Glyphs.NoRight+" "+t.ChildrenUnknown).Line())
	}
	if p.fault != nil {
		hl := p.reach.Health(p.fault)
		m := cells.Source(e.Glyphs, hl.State)
		head = append(head, e.Pen(w).Space(1).Put(m.Role, m.Glyph+" "+e.Words.State[hl.State].Word).Put(style.Muted, " "+e.Words.Form.Since(e.Words.When(p.read, e.Now()))).
			Put(style.Faint, e.Words.Form.Colon+hl.Detail).Line())
	}
	if h >= 32 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	shown, total := p.table.Len()
	if shown == 0 {
		room := h - top.H
		switch {
		case total > 0 && p.Filter() == "":
			return block.Under(top, e.Empty(w, room, e.Glyphs.OK, style.Good, e.Words.List.NoProblem))
		case total > 0:
			return block.Under(top, e.Empty(w, room, e.Glyphs.None, style.Faint, e.Words.List.NoMatch, e.Words.List.NoMatchHint))
		}
		return block.Under(top, e.Empty(w, room, e.Glyphs.None, style.Faint, t.NoJob, p.detail.Trouble))
	}
	cur, _ := p.table.Current()
	out := block.Under(top, pane.Split{
		Want: 92, Lines: shown, List: func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Title: cur.Name, Right: "", Hidden: p.hidden, Details: func(w int) []string { return p.about(cur, w) },
	}.Draw(e, w, h-top.H))
	if p.blames(cur) && !p.hidden {
		p.asker.show([]want{errorsOf(p.detail.Pipeline, cur.Job)})
	}
	return out
}

// blames reports whether a trace is worth looking through for errors.
func (p *One) blames(t task) bool {
	return t.child == nil && t.Status == platform.PipelineFailed && !t.Erased
}

// about says of a job what its line has no room for.
func (p *One) about(t task, w int) []string {
	e, tw := p.env, p.env.Words.Pipelines
	m := markOf(e.Glyphs, t.seen())
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph+" "+t.status()).Put(style.Faint, " · "+t.Stage)
	if t.AllowFailure {
		pen.Put(style.Faint, " · "+tw.Allowed)
	}
	out := []string{pen.Line()}
	if !t.StartedAt.IsZero() {
		out = append(out, e.Pen(w).Space(1).Put(style.Muted, tw.Started+" "+e.Words.When(t.StartedAt, e.Now())).Line())
	}
	if len(t.Tags) > 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, strings.Join(t.Tags, ", ")).Line())
	}
	if c := t.child; c != nil {
		text := tw.NoChild
		if c.ID > 0 {
			text = c.Path + " " + strconv.FormatInt(c.ID, 10) + " · " + c.Status
		}
		return append(out, pane.Text(e, w, 1, style.Muted, tw.Child+e.Words.Form.Colon+text)...)
	}
	if p.blames(t) {
		g, known := p.asker.errors(p.detail.Pipeline, t.Job)
		out = append(out, blame(e, t.Job, g, known, p.asker != nil, w)...)
	}
	return out
}

// nothing says why nothing is there.
func (p *One) nothing(w, h int) block.Block {
	e, t := p.env, p.env.Words.Pipelines
	switch {
	case p.id == 0:
		return e.Empty(w, h, e.Glyphs.Unknown, style.Unknown, e.Words.Frame.Gone)
	case p.reach.Pipelines == nil:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, t.NotConfigured, e.Words.Remedy[platform.RemedyConfigure])
	case p.fault != nil:
		hl := p.reach.Health(p.fault)
		m := cells.Source(e.Glyphs, hl.State)
		return e.Empty(w, h, m.Glyph, m.Role, t.NoPipeline+e.Words.Form.Colon+e.Words.State[hl.State].Word, hl.Detail, t.NoPipelineHint, e.Words.Remedy[hl.Remedy])
	default:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, t.Loading)
	}
}
