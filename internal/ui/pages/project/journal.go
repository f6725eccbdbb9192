package project

import (
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// entry is a row: a line of the console's journal, with the name of who did it.
type entry struct {
	platform.LogEntry
	by string
}

func (p *Page) makeEntries() []entry {
	pr := &p.row.Dossier.Project
	names := map[string]string{}
	if pr.Owner.ID != "" {
		names[pr.Owner.ID] = pr.Owner.Name()
	}
	for _, m := range pr.Members {
		names[m.ID] = m.Name()
	}
	out := make([]entry, 0, len(p.row.Dossier.Log))
	for _, l := range p.row.Dossier.Log {
		x := entry{LogEntry: l, by: names[l.UserID]}
		if x.by == "" && l.UserID != "" {
			x.by = l.UserID[:min(len(l.UserID), 8)] + p.env.Glyphs.Ellipsis
		}
		out = append(out, x)
	}
	return out
}

func (p *Page) action(x entry) string {
	if word := p.env.Words.Project.ActionWord[strings.ToLower(x.Action)]; word != "" {
		return word
	}
	return x.Action
}

func (p *Page) entryText(x entry) string { return x.Action + " " + x.Message + " " + x.RequestID }

func (p *Page) outcome(x entry) (cells.Mark, string) {
	g, w := p.env.Glyphs, p.env.Words.Project
	switch {
	case len(x.Failed) > 0:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}, w.Failed
	case x.FailedUnnamed:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}, w.FailedUnnamed
	case len(x.Warned) > 0:
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}, w.Warned
	default:
		return cells.Mark{Role: style.Good, Glyph: g.OK}, w.Succeeded
	}
}

func (p *Page) journalColumns() []table.Column[entry] {
	w := p.env.Words.Project
	return []table.Column[entry]{
		{ID: "action", Title: "  " + w.Action, Want: 26, Max: 36, Natural: func(x entry) int { return block.Width(p.action(x)) + 2 }, Draw: func(pen *style.Pen, x entry) {
			m, _ := p.outcome(x)
			role := style.Text
			if !x.OK() {
				role = style.Strong
			}
			pen.Put(m.Role, m.Glyph).Space(1).Put(role, p.action(x))
		}, Compare: func(a, b entry) int { return strings.Compare(p.action(a), p.action(b)) }, Value: func(x entry) string { return p.action(x) }},
		{ID: "when", Title: w.When, Want: 12, Draw: func(pen *style.Pen, x entry) { pen.Put(style.Muted, p.env.Words.When(x.At, p.env.Now())) },
			Compare: func(a, b entry) int { return b.At.Compare(a.At) }},
		{ID: "by", Title: w.By, Want: 18, Keep: 3, Max: 28, Natural: func(x entry) int { return block.Width(x.by) }, Draw: func(pen *style.Pen, x entry) {
			if x.by == "" {
				pen.Put(style.Faint, w.System)
				return
			}
			pen.Put(style.Muted, x.by)
		}, Compare: func(a, b entry) int { return strings.Compare(a.by, b.by) }, Value: func(x entry) string { return x.by }},
		{ID: "outcome", Title: w.Outcome, Want: 14, Keep: 4, Draw: func(pen *style.Pen, x entry) {
			m, word := p.outcome(x)
			role := m.Role
			if role == style.Good {
				role = style.Faint
			}
			pen.Put(role, word)
		}, Value: func(x entry) string { _, word := p.outcome(x); return word }},
		{ID: "took", Title: w.Took, Want: 9, Keep: 2, Right: true, Draw: func(pen *style.Pen, x entry) {
			if x.Took == 0 {
				pen.Right(style.Faint, p.env.Glyphs.None)
				return
			}
			pen.Right(style.Faint, p.env.Words.Lasted(x.Took))
		}, Compare: func(a, b entry) int { return int((b.Took - a.Took) / 1e6) }},
		{ID: "tools", Title: w.Tools, Want: 18, Min: 12, Grow: true, Max: 40, Keep: 1, Draw: func(pen *style.Pen, x entry) {
			switch {
			case len(x.Failed) > 0:
				pen.Put(style.Bad, strings.Join(x.Failed, ", "))
			case len(x.Warned) > 0:
				pen.Put(style.Warn, strings.Join(x.Warned, ", "))
			default:
				pen.Put(style.Faint, p.env.Glyphs.None)
			}
		}, Value: func(x entry) string { return strings.Join(x.Failed, " ") }},
	}
}

func (p *Page) drawJournal(w, h int) block.Block {
	e := p.env
	shown, total := p.journal.Len()
	if shown == 0 {
		if b, ok := p.restricted(w, h, total, p.Filter()); ok {
			return b
		}
		return p.nothing(w, h, platform.FamLog, e.Words.Project.Journal, e.Words.Project.NoEntry, e.Words.Project.NoEntryWhy)
	}
	x, _ := p.journal.Current()
	s := pane.Split{Want: p.journal.Width(), Lines: total, Hidden: p.hidden, Title: p.action(x), Right: e.Words.Form.Ago(e.Age(x.At)),
		List: func(w, h int) block.Block { return p.journal.Draw(w, h, e.Look()) }, Details: func(w int) []string { return p.entryDetails(x, w) }}
	return s.Draw(e, w, h)
}

// entryDetails is the outcome, then each tool with what it said, those that failed first.
func (p *Page) entryDetails(x entry, w int) []string {
	e, pw := p.env, p.env.Words.Project
	var out []string
	m, word := p.outcome(x)
	out = append(out, pane.Fact(e, w, 10, pw.Result, m.Span(), style.Span{Role: m.Role, Text: " " + word})...)
	if x.by != "" {
		out = append(out, pane.Fact(e, w, 10, strings.ToLower(pw.By), style.Span{Role: style.Text, Text: x.by})...)
	}
	if x.RequestID != "" {
		out = append(out, pane.Fact(e, w, 10, pw.Request, style.Span{Role: style.Faint, Text: x.RequestID})...)
	}
	if len(x.Results) > 0 {
		out = append(out, e.Pen(w).Line(), pane.Head(e, w, pw.Results))
	}
	for _, bad := range []bool{true, false} {
		for _, r := range x.Results {
			if (r.Status != "OK") != bad {
				continue
			}
			out = append(out, p.toolLines(r, w)...)
		}
	}
	if x.Message != "" {
		out = append(out, e.Pen(w).Line(), pane.Head(e, w, pw.Message))
		for _, line := range strings.Split(strings.TrimSpace(x.Message), "\n") {
			out = append(out, pane.Text(e, w, 1, style.Text, line)...)
		}
	}
	return out
}

func (p *Page) toolLines(r platform.ToolResult, w int) []string {
	e := p.env
	m := cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}
	switch r.Status {
	case "OK":
	case "WARNING":
		m = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	default:
		m = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	}
	word := e.Words.Project.ToolStatus[r.Status]
	if word == "" {
		word = r.Status
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Column(14).Put(style.Text, r.Tool).EndColumn().Space(1)
	if r.Status == "OK" {
		pen.Put(style.Faint, word)
	} else {
		pen.Put(m.Role, word)
	}
	if r.Took > 0 {
		pen.Put(style.Faint, "  "+e.Words.Lasted(r.Took))
	}
	out := []string{pen.Line()}
	if r.Message != "" && r.Status != "OK" {
		for _, line := range strings.Split(strings.TrimSpace(r.Message), "\n") {
			out = append(out, pane.Text(e, w, 3, style.Muted, line)...)
		}
	}
	return out
}
