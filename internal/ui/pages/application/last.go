package application

import (
	"cmp"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// drawLast is the last operation with its result by resource, then the sync windows.
func (p *Page) drawLast(w, h int) block.Block {
	p.last.SetItems([]outline.Item{{Draw: func(w int, _ style.Ground) []string { return append(p.operation(w), p.syncWindows(w)...) }}})
	return pane.Scroll(p.env, p.last, w, h, true)
}

func (p *Page) operation(w int) []string {
	e, g := p.env, p.env.Words.GitOps
	op := p.detail.Operation
	if op.Phase == "" {
		op = p.app.Operation
	}
	if op.Phase == "" {
		return append([]string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+g.NoOperation).Line(), e.Pen(w).Line()}, p.said(topicDetail, w)...)
	}
	m := pane.Phase(e, op.Phase)
	out := []string{e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Spans(pane.ArgoOperation(e, op)...).Put(style.Faint, "  "+op.Phase).Line()}
	role := style.Muted
	if op.Phase != platform.OperationSucceeded {
		role = style.Text
	}
	out = append(out, pane.Text(e, w, 3, role, op.Message)...)
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	if op.Revision != "" {
		fact(strings.ToLower(g.Revision), style.Span{Role: style.Text, Text: op.Revision})
	}
	if op.By != "" {
		fact(g.Asked, style.Span{Role: style.Text, Text: op.By})
	}
	if !op.FinishedAt.IsZero() && op.FinishedAt.After(op.StartedAt) && !op.StartedAt.IsZero() {
		fact(g.Lasted, style.Span{Role: style.Muted, Text: e.Words.Lasted(op.FinishedAt.Sub(op.StartedAt))})
	}
	if p.detail.Retries > 0 {
		fact(g.Retries, style.Span{Role: style.Warn, Text: e.Words.Int(int(min(p.detail.Retries, 1<<31)))})
	}
	var how []string
	if p.detail.Prune {
		how = append(how, g.Prune)
	}
	if p.detail.DryRun {
		how = append(how, g.DryRun)
	}
	if len(how) > 0 {
		fact("", style.Span{Role: style.Muted, Text: strings.Join(how, ", ")})
	}
	out = append(out, e.Pen(w).Line(), pane.Head(e, w, g.Results))
	if lines := p.said(topicDetail, w); lines != nil {
		out = append(out, lines...)
	} else if len(p.detail.Results) == 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+g.NoResult).Line())
	}
	for _, r := range p.detail.Results {
		mark := cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}
		switch {
		case r.Status == "SyncFailed" || r.Phase == "Failed" || r.Phase == "Error":
			mark = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
		case r.Status == "PruneSkipped":
			mark = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
		}
		pen := e.Pen(w).Space(1).Put(mark.Role, mark.Glyph).Space(1).Put(style.Text, r.Name).Put(style.Faint, " "+r.Kind).Put(pane.Calm(mark), "  "+cmp.Or(r.Status, r.Phase))
		if r.Hook != "" {
			pen.Put(style.Info, "  "+r.Hook)
		}
		if mark.Role == style.Good && pen.Left() > block.Width(r.Message)+3 {
			out = append(out, pen.Put(style.Faint, "  "+r.Message).Line())
			continue
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, r.Message)...)
	}
	return append(out, e.Pen(w).Line())
}

func (p *Page) syncWindows(w int) []string {
	e, g := p.env, p.env.Words.GitOps
	out := []string{pane.Head(e, w, g.Windows)}
	if !p.gotten[topicWindow] && len(p.windows.Windows) == 0 {
		return append(out, p.said(topicWindow, w)...)
	}
	if len(p.windows.Windows) == 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+g.NoWindow).Line())
	}
	for _, x := range p.windows.Windows {
		mark := cells.Mark{Role: style.Faint, Glyph: e.Glyphs.Hollow}
		if x.Active {
			mark = cells.Mark{Role: style.Info, Glyph: e.Glyphs.Dot}
			if x.Kind == "deny" {
				mark.Role = style.Warn
			}
		}
		pen := e.Pen(w).Space(1).Put(mark.Role, mark.Glyph).Space(1).Put(style.Text, x.Kind).Put(style.Muted, "  "+x.Schedule+"  "+x.Duration)
		if x.Active {
			pen.Put(mark.Role, "  "+g.Active)
		}
		if x.Manual {
			pen.Put(style.Faint, "  "+g.Manual)
		}
		out = append(out, pen.Line())
	}
	if p.windows.CanSync {
		return append(out, e.Pen(w).Space(1).Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Muted, g.CanSync).Line())
	}
	return append(out, e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Text, g.CannotSync).Line())
}
