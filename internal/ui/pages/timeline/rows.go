package timeline

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	axis "dsotop/internal/timeline"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// mark is the sign of an entry.
func (p *Page) mark(e *axis.Entry) cells.Mark {
	g := p.env.Glyphs
	if e.Finding != nil {
		return cells.Severity(g, e.Finding.Severity)
	}
	switch e.Level {
	case axis.Bad:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case axis.Warn:
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case axis.Running:
		return cells.Mark{Role: style.Running, Glyph: g.Running}
	case axis.Good:
		return cells.Mark{Role: style.Good, Glyph: g.Dot}
	}
	return cells.Mark{Role: style.Faint, Glyph: g.Dot}
}

// what says in one line what happened: the thing, what became of it, and what the system said.
func (p *Page) what(e *axis.Entry) string {
	if e.Finding != nil {
		return p.env.Words.FindingTitle(*e.Finding)
	}
	name, said := p.parts(e)
	if name != "" && said != "" {
		name += " "
	}
	if e.Text != "" {
		said += p.env.Words.Form.Colon + e.Text
	}
	return strings.TrimPrefix(name+said, p.env.Words.Form.Colon)
}

// parts are the name of the thing and what became of it.
func (p *Page) parts(e *axis.Entry) (name, said string) {
	name = e.Name
	if e.Kind == axis.Deploy && e.Repository != "" { // the application's name says it with three others
		name = e.Repository
	}
	said = p.env.Words.Timeline.Code[e.Code]
	if e.Count > 1 {
		said += " " + p.env.Glyphs.Times + strconv.Itoa(e.Count)
	}
	return name, strings.TrimSpace(said)
}

// where is the environment, else the repository, else the project itself.
func (p *Page) where(e *axis.Entry) (string, style.Role) {
	switch {
	case e.Environment != "":
		return e.Environment, style.Text
	case e.Repository != "":
		return e.Repository, style.Muted
	case e.Namespace != "":
		return e.Namespace, style.Muted
	}
	return p.env.Words.Timeline.Whole, style.Faint
}

func (p *Page) columns() []table.Column[row] {
	w := p.env.Words.Timeline
	cols := []table.Column[row]{
		{ID: "when", Title: "  " + w.When, Want: 14, Min: 8, Draw: func(pen *style.Pen, r row) {
			m := p.mark(r.Entry)
			if p.after(r) {
				m.Role = style.Faint
			}
			role := style.Muted
			if p.after(r) {
				role = style.Faint
			}
			pen.Put(m.Role, m.Glyph).Space(1).Put(role, p.env.Words.When(r.At, p.env.Now()))
		}, Compare: func(a, b row) int { return b.At.Compare(a.At) }},
		{ID: "kind", Title: w.Kind, Want: 11, Keep: 2, Draw: func(pen *style.Pen, r row) { pen.Put(style.Faint, w.KindName[string(r.Kind)]) },
			Compare: func(a, b row) int { return strings.Compare(string(a.Kind), string(b.Kind)) }, Value: func(r row) string { return w.KindName[string(r.Kind)] }},
	}
	if p.key == "" {
		cols = append(cols, table.Column[row]{ID: "project", Title: w.Project, Want: 12, Max: 20, Natural: func(r row) int { return block.Width(r.of.Dossier.Project.Slug) },
			Draw:    func(pen *style.Pen, r row) { pen.Put(style.Text, r.of.Dossier.Project.Slug) },
			Compare: func(a, b row) int { return strings.Compare(a.of.Dossier.Project.Slug, b.of.Dossier.Project.Slug) }, Value: func(r row) string { return r.of.Dossier.Project.Slug }})
	}
	return append(cols,
		table.Column[row]{ID: "where", Title: w.Where, Want: 10, Min: 6, Max: 18, Keep: 1, Natural: func(r row) int { s, _ := p.where(r.Entry); return block.Width(s) },
			Draw:    func(pen *style.Pen, r row) { s, role := p.where(r.Entry); pen.Put(role, s) },
			Compare: func(a, b row) int { x, _ := p.where(a.Entry); y, _ := p.where(b.Entry); return strings.Compare(x, y) },
			Value:   func(r row) string { s, _ := p.where(r.Entry); return s }},
		table.Column[row]{ID: "what", Title: w.What, Want: 36, Min: 24, Grow: true, Draw: p.drawWhat, Compare: func(a, b row) int { return cmp.Compare(b.Level, a.Level) }})
}

// after reports whether an entry came after the instant that the session is pinned to.
func (p *Page) after(r row) bool { return !p.env.Pin.IsZero() && r.At.After(p.env.Pin) }

func (p *Page) drawWhat(pen *style.Pen, r row) {
	e := r.Entry
	if p.after(r) {
		pen.Put(style.Faint, p.what(e))
		return
	}
	if e.Finding != nil {
		pen.Put(style.Strong, p.env.Words.FindingTitle(*e.Finding))
		return
	}
	name, said := p.parts(e)
	if name != "" {
		pen.Put(style.Text, name).Space(1)
	}
	role := style.Muted
	if m := p.mark(e); e.Trouble() {
		role = m.Role
	}
	pen.Put(role, said)
	if e.SHA != "" && !strings.Contains(e.Name, platform.ShortSHA(e.SHA)) {
		if said != "" {
			pen.Space(1)
		}
		pen.Put(style.Faint, platform.ShortSHA(e.SHA))
	}
	if e.Text != "" {
		pen.Put(style.Faint, " "+p.env.Glyphs.Into+" ").Put(style.Muted, e.Text)
	}
}

// plain is an entry as a line of text, its time whole and with its zone.
func (p *Page) plain(r row) string {
	where, _ := p.where(r.Entry)
	parts := []string{r.At.In(p.env.Now().Location()).Format(time.RFC3339), r.of.Dossier.Project.Slug, where, p.env.Words.Timeline.KindName[string(r.Kind)], p.what(r.Entry)}
	if r.SHA != "" {
		parts = append(parts, platform.ShortSHA(r.SHA))
	}
	return strings.Join(parts, "  ")
}
