package alerts

import (
	"cmp"
	"strings"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[alert]

func (p *Page) columns() []column {
	e, w := p.env, p.env.Words.Alerts
	out := []column{{ID: "name", Title: "  " + w.Name, Name: strings.ToLower(w.Name), Want: 22, Min: 18, Max: 34, Natural: func(a alert) int { return block.Width(a.Name) + 2 }, Draw: func(pen *style.Pen, a alert) {
		m := mark(e, a)
		role := style.Text
		if a.rank() >= 4 {
			role = style.Strong
		}
		pen.Put(m.Role, m.Glyph).Space(1).Put(role, a.Name)
	}, Compare: func(a, b alert) int { return strings.Compare(a.Name, b.Name) }, Value: func(a alert) string { return a.Name }}}
	if p.key == "" {
		out = append(out, column{ID: "project", Title: w.Project, Want: 11, Max: 20, Natural: func(a alert) int { return block.Width(a.slug()) }, Draw: func(pen *style.Pen, a alert) {
			if a.row == nil {
				pen.Put(style.Info, w.Platform)
				return
			}
			pen.Put(style.Text, a.slug())
		}, Compare: func(a, b alert) int {
			return cmp.Or(boolRank(a.row == nil)-boolRank(b.row == nil), strings.Compare(a.slug(), b.slug()))
		}, Value: func(a alert) string { return cmp.Or(a.slug(), w.Platform) }})
	}
	return append(out,
		column{ID: "env", Title: w.Env, Want: 5, Max: 14, Keep: 4, Natural: func(a alert) int { return block.Width(a.env) }, Draw: func(pen *style.Pen, a alert) { pen.Put(style.Muted, cmp.Or(a.env, e.Glyphs.None)) },
			Compare: func(a, b alert) int { return strings.Compare(a.env, b.env) }, Value: func(a alert) string { return a.env }},
		column{ID: "state", Title: w.State, Want: 10, Draw: func(pen *style.Pen, a alert) { pen.Put(pane.Calm(mark(e, a)), w.StateOf[a.state()]) },
			Compare: func(a, b alert) int { return cmp.Compare(b.rank(), a.rank()) }, Value: func(a alert) string { return w.StateOf[a.state()] }},
		column{ID: "severity", Title: w.Severity, Want: 9, Keep: 3, Draw: func(pen *style.Pen, a alert) { pen.Put(severityRole(a), cmp.Or(a.Severity, e.Glyphs.None)) },
			Compare: func(a, b alert) int { return strings.Compare(a.Severity, b.Severity) }, Value: func(a alert) string { return a.Severity }},
		column{ID: "since", Title: w.Since, Want: 7, Right: true, Draw: func(pen *style.Pen, a alert) {
			if a.Since.IsZero() {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Age(a.Since))
		}, Compare: func(a, b alert) int { return b.Since.Compare(a.Since) }},
		column{ID: "summary", Title: w.Summary, Want: 24, Max: 70, Keep: 1, Grow: true, Natural: func(a alert) int { return block.Width(a.Summary) }, Draw: func(pen *style.Pen, a alert) { pen.Put(style.Muted, a.Summary) },
			Value: func(a alert) string { return a.Summary }},
	)
}

// mark is the sign of an alert.
func mark(e *page.Env, a alert) cells.Mark {
	switch a.state() {
	case silenced, inhibited:
		return cells.Mark{Role: style.Faint, Glyph: e.Glyphs.NoRight}
	case pending:
		return cells.Mark{Role: style.Running, Glyph: e.Glyphs.Running}
	}
	switch a.rank() {
	case 5:
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case 3:
		return cells.Mark{Role: style.Info, Glyph: e.Glyphs.Info}
	}
	return cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
}

func severityRole(a alert) style.Role {
	if a.rank() >= 5 {
		return style.Bad
	}
	return style.Muted
}
