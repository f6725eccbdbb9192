package quality

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

type column = table.Column[gate]

func (p *Page) columns() []column {
	e, q := p.env, p.env.Words.Quality
	out := []column{{ID: "name", Title: "  " + q.Repository, Name: strings.ToLower(q.Repository), Want: 14, Min: 12, Max: 34, Natural: func(g gate) int { return block.Width(g.repo.Name) + 2 }, Draw: p.name,
		Compare: func(a, b gate) int { return strings.Compare(a.repo.Name, b.repo.Name) }, Value: func(g gate) string { return g.repo.Name }}}
	if p.key == "" {
		out = append(out, column{ID: "project", Title: q.Project, Want: 11, Max: 20, Natural: func(g gate) int { return block.Width(g.slug()) }, Draw: func(pen *style.Pen, g gate) { pen.Put(style.Muted, g.slug()) },
			Compare: func(a, b gate) int { return strings.Compare(a.slug(), b.slug()) }, Value: gate.slug})
	}
	failing := column{Want: 26, Min: 35, Max: 44, Keep: 5}
	statusKeep, figures := 0, 0
	if p.narrow { // the sign before the name tells the status
		failing.Min, failing.Max, failing.Keep, statusKeep, figures = 24, 31, 2, 5, 10
	}
	out = append(out,
		column{ID: "status", Title: q.Status, Want: 8, Keep: statusKeep, Draw: func(pen *style.Pen, g gate) { pen.Put(pane.Calm(cells.Gate(e.Glyphs, g.state())), g.state()) },
			Compare: func(a, b gate) int { return cmp.Compare(b.rank, a.rank) }, Value: gate.state},
		column{ID: "failing", Title: q.Failing, Want: failing.Want, Min: failing.Min, Max: failing.Max, Keep: failing.Keep, Natural: func(g gate) int { return block.Width(p.failing(g, p.narrow)) }, Draw: func(pen *style.Pen, g gate) {
			text := p.failing(g, false)
			if block.Width(text) > pen.Left() {
				text = p.failing(g, true)
			}
			if block.Width(text) > pen.Left() {
				text = p.cut(g, pen.Left())
			}
			if text != "" {
				pen.Put(style.Text, text)
				return
			}
			pen.Put(style.Faint, e.Glyphs.None)
		}, Compare: func(a, b gate) int { return strings.Compare(p.failing(a, false), p.failing(b, false)) }},
	)
	for _, m := range []struct {
		id, title, metric string
		keep              int
		bad               bool // any of it is one too many
	}{{"coverage", q.Coverage, "coverage", 1, false}, {"bugs", q.Bugs, "bugs", 6, true}, {"vulnerabilities", q.Vulnerabilities, "vulnerabilities", 2, true}, {"hotspots", q.Hotspots, "security_hotspots", 7, false},
		{"duplication", q.Duplication, "duplicated_lines_density", 8, false}, {"lines", q.Lines, "ncloc", 9, false}} {
		out = append(out, column{ID: m.id, Title: m.title, Want: max(block.Width(m.title), 6), Keep: m.keep + figures, Right: true, Draw: func(pen *style.Pen, g gate) {
			text := e.Words.Measure(m.metric, g.measure(m.metric))
			role := style.Muted
			switch {
			case text == "":
				text, role = e.Glyphs.None, style.Faint
			case m.bad && g.measure(m.metric) != "0":
				role = style.Warn
			case fails(g, m.metric):
				role = style.Bad
			}
			pen.Right(role, text)
		}, Compare: func(a, b gate) int { return byNumber(a.measure(m.metric), b.measure(m.metric), m.metric == "coverage") }})
	}
	return append(out,
		column{ID: "analysed", Title: q.Analysed, Want: 7, Keep: 3, Right: true, Draw: func(pen *style.Pen, g gate) {
			if g.repo.Gate == nil || g.repo.Gate.AnalysedAt.IsZero() {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Age(g.repo.Gate.AnalysedAt))
		}, Compare: func(a, b gate) int { return analysed(b).Compare(analysed(a)) }},
		column{ID: "deployed", Title: q.Deployed, Want: 26, Min: 13, Max: 40, Keep: 4, Grow: true, Draw: p.deployed},
	)
}

func (p *Page) name(pen *style.Pen, g gate) {
	m := cells.Gate(p.env.Glyphs, g.state())
	role := style.Text
	if g.rank >= 3 {
		role = style.Strong
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(role, g.repo.Name)
}

// failing is the first condition that fails, with what was wanted: "couverture du code neuf 41 % < 80 %"; in short, "couverture (neuf) 41 % < 80 %".
func (p *Page) failing(g gate, short bool) string {
	if g.repo.Gate == nil {
		return p.env.Words.Quality.Never
	}
	list := g.repo.Gate.Failing()
	if len(list) == 0 {
		if g.never() {
			return p.env.Words.Quality.Never
		}
		return ""
	}
	name := p.env.Words.Metric
	if short {
		name = p.env.Words.MetricShort
	}
	text := name(list[0].Metric) + " " + p.env.Words.Measured(list[0])
	if len(list) > 1 {
		text += "  +" + strconv.Itoa(len(list)-1)
	}
	return text
}

// cut is the failing condition in few cells: the value stays whole, its name gives way.
func (p *Page) cut(g gate, room int) string {
	if g.repo.Gate == nil || len(g.repo.Gate.Failing()) == 0 {
		return p.failing(g, true)
	}
	c := g.repo.Gate.Failing()[0]
	name, value := p.env.Words.MetricShort(c.Metric), " "+p.env.Words.Measure(c.Metric, c.Value)
	if n := len(g.repo.Gate.Failing()); n > 1 {
		if more := " +" + strconv.Itoa(n-1); block.Width(name+value+more) <= room {
			return name + value + more
		}
	}
	name, _ = block.Clip(name, max(room-block.Width(value), 4))
	return name + value
}

func fails(g gate, metric string) bool {
	if g.repo.Gate == nil {
		return false
	}
	for _, c := range g.repo.Gate.Failing() {
		if words.AllCode(c.Metric) == metric {
			return true
		}
	}
	return false
}

// deployed says for each environment whether the commit that was analysed is the one that runs there.
func (p *Page) deployed(pen *style.Pen, g gate) {
	e := p.env
	places := g.places()
	if len(places) == 0 {
		pen.Put(style.Faint, e.Glyphs.None)
		return
	}
	for i, c := range places {
		if i > 0 {
			if pen.Left() < min(block.Width(c.Environment), 4)+2 { // a sign without its environment says nothing
				pen.Put(style.Faint, e.Glyphs.Ellipsis)
				return
			}
			pen.Space(1)
		}
		role, glyph := style.Faint, e.Glyphs.Unknown
		switch same, known := analysedThere(g, c); {
		case known && same:
			role, glyph = style.Good, e.Glyphs.OK
		case known:
			role, glyph = style.Warn, e.Glyphs.Bad
		}
		pen.Put(role, glyph).Put(style.Muted, c.Environment)
	}
}

// analysedThere reports whether the commit that runs in an environment is the one the gate is of; known is false when either is not known.
func analysedThere(g gate, c platform.TruthCell) (same, known bool) {
	if g.repo.Gate == nil || g.repo.Gate.Revision == "" || c.Commit == "" {
		return false, false
	}
	return platform.SameCommit(g.repo.Gate.Revision, c.Commit), true
}
