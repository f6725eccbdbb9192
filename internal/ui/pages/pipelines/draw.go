package pipelines

import (
	"strconv"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// Draw puts the counts on top, then the list and what it says of the pipeline under the cursor.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if !p.pin.Equal(e.Pin) {
		p.list()
	}
	head := []string{p.top(w)}
	if !p.pin.IsZero() {
		said := e.Words.Elsewhere.PinPipelines
		if n := p.beyond(); n > 0 {
			said += " ; " + e.Words.Elsewhere.PinPipelinesShort(n)
		}
		head = append(head, pane.Pinned(e, w, 2, said)...)
	}
	if h >= 32 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room, total))
	}
	cur, _ := p.table.Current()
	out := block.Under(top, pane.Split{
		Want: 124, Lines: shown, List: func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Title:  cur.slug + " " + e.Glyphs.Into + " " + repository(e, cur.Pipeline) + " #" + strconv.FormatInt(cur.IID, 10),
		Hidden: p.hidden, Details: func(w int) []string { return p.preview(cur, w) },
	}.Draw(e, w, room))
	p.asker.show(p.wants(cur))
	return out
}

// wants is what the screen would show if it were read: of the pipeline under the cursor first.
func (p *Page) wants(cur row) []want {
	var out []want
	add := func(r row) {
		if _, known := p.jobs(r); !known && r.ID > 0 {
			out = append(out, jobsOf(r.Pipeline))
		}
	}
	add(cur)
	if j, ok := p.failedJob(cur); ok && !p.hidden {
		out = append(out, errorsOf(cur.Pipeline, j))
	}
	for _, r := range p.table.Visible() {
		if r.key() != cur.key() {
			add(r)
		}
	}
	return out
}

func (p *Page) failedJob(r row) (platform.Job, bool) {
	jobs, _ := p.jobs(r)
	return (platform.Pipeline{Jobs: jobs}).FirstFailed()
}

func (p *Page) top(w int) string {
	e := p.env
	pen := e.Pen(w).Space(1)
	if len(p.rows) > 0 || p.state == platform.StateLive { // else nought would be said of what nobody has read
		pen.Put(style.Muted, e.Words.Pipelines.Counts(p.running, p.failed, len(p.rows)))
		if p.project == "" && w >= 100 {
			pen.Put(style.Faint, " · "+e.Words.Pipelines.Newest)
		}
	}
	return pane.Restrictions(e, pen, p.table).Line()
}

func (p *Page) empty(w, h, total int) block.Block {
	e := p.env
	switch {
	case total > 0 && p.Filter() == "":
		return e.Empty(w, h, e.Glyphs.OK, style.Good, e.Words.List.NoProblem)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch, e.Words.List.NoMatchHint)
	case p.state == platform.StateNotConfigured:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, e.Words.Pipelines.NotConfigured, e.Words.Remedy[platform.RemedyConfigure])
	case p.state == platform.StateLive:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Pipelines.Empty, e.Words.Pipelines.EmptyHint)
	default:
		m := cells.Source(e.Glyphs, p.state)
		return e.Empty(w, h, m.Glyph, m.Role, "GitLab"+e.Words.Form.Colon+e.Words.State[p.state].Word, e.Words.State[p.state].Explain)
	}
}

// preview says of a pipeline what one wants to know before opening it: who, what, its jobs by stage, why it failed.
func (p *Page) preview(r row, w int) []string {
	e := p.env
	out := facts(e, r.Pipeline, "", w)
	jobs, known := p.jobs(r)
	if !known {
		if p.asker == nil {
			return out
		}
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.Loading+" "+e.Words.List.Legend["loading"]).Line())
	}
	if j, ok := (platform.Pipeline{Jobs: jobs}).FirstFailed(); ok {
		out = append(out, p.blame(r.Pipeline, j, w)...)
	} else if r.Status == platform.PipelineFailed && len(jobs) > 0 { // bridges are not jobs: one more call, which its page makes
		out = append(out, e.Pen(w).Line())
		for i, l := range block.Wrap(e.Words.Pipelines.NoneFailed, max(w-4, 12)) {
			sign := " "
			if i == 0 {
				sign = e.Glyphs.Bad
			}
			out = append(out, e.Pen(w).Space(1).Put(style.Bad, sign).To(3).Put(style.Text, l).Line())
		}
	}
	out = append(out, e.Pen(w).Line())
	for _, s := range stagesOf(e.Glyphs, jobs) {
		pen := e.Pen(w).Space(1).Put(s.mark.Role, s.mark.Glyph).Space(1).Column(16).Put(style.Text, s.name).EndColumn().Space(1)
		for i, j := range s.jobs {
			if i > 0 {
				pen.Put(style.Faint, ", ")
			}
			m := markOf(e.Glyphs, j)
			if len(s.jobs) > 1 {
				pen.Put(m.Role, m.Glyph).Space(1)
			}
			if j.Name != s.name || len(s.jobs) > 1 {
				pen.Put(style.Muted, j.Name+" ")
			}
			if j.Duration > 0 {
				pen.Put(style.Faint, e.Words.Lasted(j.Duration))
			} else {
				pen.Put(style.Faint, j.Status)
			}
		}
		out = append(out, pen.Line())
	}
	return out
}

func (p *Page) blame(x platform.Pipeline, j platform.Job, w int) []string {
	g, known := p.asker.errors(x, j)
	return blame(p.env, j, g, known, p.asker != nil, w)
}

// blame says in words which job failed and why, and what its trace says first.
func blame(e *page.Env, j platform.Job, g got, known, asked bool, w int) []string {
	t := e.Words.Pipelines
	out := []string{e.Pen(w).Line()}
	m := markOf(e.Glyphs, j)
	text := t.Failed + " " + j.Name
	if j.FailureReason != "" {
		text += e.Words.Form.Colon + t.Reason(j.FailureReason)
	}
	for i, l := range block.Wrap(text, max(w-4, 12)) {
		pen := e.Pen(w).Space(1)
		if i == 0 {
			pen.Put(m.Role, m.Glyph).Space(1)
		} else {
			pen.Space(2)
		}
		out = append(out, pen.Put(style.Strong, l).Line())
	}
	switch {
	case !asked:
	case !known:
		out = append(out, e.Pen(w).Space(3).Put(style.Faint, e.Glyphs.Loading+" "+t.Reading).Line())
	case g.err != nil:
		out = append(out, e.Pen(w).Space(3).Put(style.Unknown, e.Glyphs.Unknown+" "+platform.CleanLine(g.err.Error())).Line())
	case len(g.errors) == 0:
		out = append(out, e.Pen(w).Space(3).Put(style.Faint, t.NoError).Line())
	default:
		for _, l := range g.errors {
			out = append(out, e.Pen(w).Space(3).Put(style.Muted, l).Line())
		}
	}
	return out
}

// facts are the lines that say what a pipeline is: status, of what, by whom, when.
func facts(e *page.Env, x platform.Pipeline, by string, w int) []string {
	t := e.Words.Pipelines
	m := cells.Pipeline(e.Glyphs, x.Status)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph+" "+x.Status)
	if x.Ref != "" {
		pen.Put(style.Faint, " · ").Put(style.Text, x.Branch())
	}
	if x.SHA != "" {
		pen.Put(style.Faint, " · ").Put(style.Text, cells.ShortSHA(x.SHA))
	}
	line := e.Pen(w).Space(1).Put(style.Muted, t.Started+" "+e.Words.When(x.CreatedAt, e.Now()))
	if x.Source != "" {
		line.Put(style.Faint, " · ").Put(style.Muted, t.SourceName(x.Source))
	}
	if by != "" {
		line.Put(style.Faint, " · ").Put(style.Muted, t.By+" "+by)
	}
	switch {
	case x.Duration > 0:
		line.Put(style.Faint, " · ").Put(style.Muted, e.Words.Lasted(x.Duration))
	case x.Active():
		line.Put(style.Faint, " · ").Put(style.Running, e.Words.Age(e.Now().Sub(x.CreatedAt)))
	}
	return []string{pen.Line(), line.Line()}
}
