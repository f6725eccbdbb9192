package gitops

import (
	"cmp"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[app]

func (p *Page) columns() []column {
	e, g := p.env, p.env.Words.GitOps
	out := []column{{ID: "name", Title: "  " + g.App, Name: strings.ToLower(g.App), Want: 24, Min: 20, Max: 60, Natural: func(a app) int { return block.Width(a.Name) + 2 }, Draw: p.name,
		Compare: func(a, b app) int { return strings.Compare(a.Name, b.Name) }, Value: func(a app) string { return a.Name }}}
	if p.key == "" {
		out = append(out, column{ID: "project", Title: g.Project, Want: 10, Min: 11, Max: 20, Keep: 1, Natural: func(a app) int { return block.Width(a.slug) }, Draw: func(pen *style.Pen, a app) { pen.Put(style.Muted, a.slug) },
			Compare: func(a, b app) int { return strings.Compare(a.slug, b.slug) }, Value: func(a app) string { return a.slug }})
	}
	return append(out,
		column{ID: "env", Title: g.Env, Want: 5, Max: 12, Keep: 6, Natural: func(a app) int { return block.Width(a.env) }, Draw: func(pen *style.Pen, a app) { pen.Put(style.Muted, cmp.Or(a.env, e.Glyphs.None)) },
			Compare: func(a, b app) int { return strings.Compare(a.env, b.env) }, Value: func(a app) string { return a.env }},
		column{ID: "sync", Title: g.Sync, Want: 11, Draw: func(pen *style.Pen, a app) { p.state(pen, cells.Sync(e.Glyphs, a.Sync), a.Sync) },
			Compare: func(a, b app) int { return strings.Compare(a.Sync, b.Sync) }, Value: func(a app) string { return a.Sync }},
		column{ID: "health", Title: g.Health, Want: 13, Draw: func(pen *style.Pen, a app) { p.state(pen, cells.Health(e.Glyphs, a.Health), a.Health) },
			Compare: func(a, b app) int { return strings.Compare(a.Health, b.Health) }, Value: func(a app) string { return a.Health }},
		column{ID: "operation", Title: g.Operation, Want: 12, Keep: 3, Draw: func(pen *style.Pen, a app) {
			if a.Operation.Phase == "" {
				pen.Put(style.Faint, e.Glyphs.None)
				return
			}
			p.state(pen, pane.Phase(e, a.Operation.Phase), cmp.Or(g.Phase[a.Operation.Phase], a.Operation.Phase))
		}, Compare: func(a, b app) int { return strings.Compare(a.Operation.Phase, b.Operation.Phase) }, Value: func(a app) string { return a.Operation.Phase }},
		column{ID: "deployed", Title: g.Deployed, Want: 7, Keep: 2, Right: true, Draw: func(pen *style.Pen, a app) {
			if !e.Pin.IsZero() {
				if d, ok := pane.InForce(a.Application, e.Pin); ok {
					pen.Right(style.Muted, e.Words.Age(e.Pin.Sub(d.At)))
				} else {
					pen.Right(style.Unknown, e.Glyphs.Unknown)
				}
				return
			}
			if t := a.LastDeployed(); !t.IsZero() {
				pen.Right(style.Muted, e.Age(t))
				return
			}
			pen.Right(style.Faint, g.Never)
		}, Compare: func(a, b app) int { return b.LastDeployed().Compare(a.LastDeployed()) }},
		column{ID: "revision", Title: g.Revision, Want: 8, Keep: 5, Draw: func(pen *style.Pen, a app) {
			if d, ok := pane.InForce(a.Application, e.Pin); ok && !e.Pin.IsZero() {
				pen.Put(style.Accent, cells.ShortSHA(d.Revision))
				return
			} else if !e.Pin.IsZero() {
				pen.Put(style.Unknown, e.Glyphs.Unknown)
				return
			}
			pen.Put(style.Faint, cmp.Or(pane.Revision(a.Revisions), e.Glyphs.None))
		},
			Value: func(a app) string { return strings.Join(a.Revisions, " ") }},
		column{ID: "auto", Title: g.Auto, Want: 9, Keep: 4, Draw: func(pen *style.Pen, a app) {
			if a.Autosync {
				pen.Put(style.Faint, e.Glyphs.OK)
				return
			}
			pen.Put(style.Warn, g.ByHand)
		}, Compare: func(a, b app) int { return boolRank(a.Autosync) - boolRank(b.Autosync) }},
	)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// state is a sign and its word; what is of now while another instant is shown is faint.
func (p *Page) state(pen *style.Pen, m cells.Mark, word string) {
	if !p.env.Pin.IsZero() {
		pen.Put(style.Faint, m.Glyph+" "+cmp.Or(word, p.env.Glyphs.None))
		return
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), cmp.Or(word, p.env.Glyphs.None))
}

func (p *Page) name(pen *style.Pen, a app) {
	m, _ := cells.Argo(p.env.Glyphs, a.Sync, a.Health)
	switch a.rank {
	case 4:
		m = cells.Mark{Role: style.Bad, Glyph: p.env.Glyphs.Bad}
	case 1:
		m = cells.Mark{Role: style.Warn, Glyph: p.env.Glyphs.Half}
	}
	role := style.Text
	if a.rank >= 3 {
		role = style.Strong
	}
	pen.Put(m.Role, m.Glyph).Space(1)
	pen.Put(role, cells.Inside(p.env.Glyphs, a.Name, a.slug, pen.Left()))
}

// names is the column of the names of facts.
const names = 12

// details says in words what is wrong, then what is known.
func (p *Page) details(a app, w int) []string {
	e, g := p.env, p.env.Words.GitOps
	out := pane.ArgoState(e, a.Application, w)
	out = append(out, pane.ArgoConditions(e, a.Application, w)...)
	fact := func(name string, value ...style.Span) {
		if len(value) > 0 {
			out = append(out, pane.Fact(e, w, names, name, value...)...)
		}
	}
	fact(strings.ToLower(g.Operation), pane.ArgoOperation(e, a.Operation)...)
	if a.Operation.Phase != "" && a.Operation.Phase != platform.OperationSucceeded {
		out = append(out, pane.Text(e, w, 3, style.Text, a.Operation.Message)...)
	}
	if len(a.Resources) > 0 {
		out = append(out, pane.Head(e, w, g.Outside))
	}
	for i := range a.Resources {
		r := &a.Resources[i]
		m, word := pane.ArgoObject(e, r)
		out = append(out, e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, r.Kind+"/"+r.Name).Put(m.Role, "  "+word).Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, r.Message)...)
	}
	fact(strings.ToLower(g.Auto), pane.ArgoAuto(e, a.Application)...)
	if !e.Pin.IsZero() {
		if d, ok := pane.InForce(a.Application, e.Pin); ok {
			fact(e.Words.When(e.Pin, e.Now()), style.Span{Role: style.Accent, Text: cells.ShortSHA(d.Revision) + " " + g.AtPin})
		}
	}
	for i := len(a.History) - 1; i >= max(len(a.History)-3, 0); i-- {
		d := a.History[i]
		name := ""
		if i == len(a.History)-1 {
			name = strings.ToLower(g.History)
		}
		what := []style.Span{{Role: style.Text, Text: cells.ShortSHA(d.Revision)}, {Role: style.Faint, Text: "  " + e.Words.When(d.At, e.Now())}}
		if git, sha, head := pane.InPlace(a.row, a.Application); i == len(a.History)-1 && git != nil && platform.SameCommit(sha, d.Revision) {
			if lag := p.lags.Spans(a.project, git, sha, head); len(lag) > 0 {
				what = append(append(what, style.Span{Text: "  "}), lag...)
			}
		}
		fact(name, what...)
	}
	for _, s := range a.Sources {
		fact(g.Sources, style.Span{Role: style.Muted, Text: strings.Trim(s.RepoURL+" · "+strings.TrimSpace(s.TargetRevision+" "+s.Path+s.Chart), " ·")})
	}
	if a.DestNamespace != "" {
		fact(g.Destination, style.Span{Role: style.Muted, Text: strings.TrimPrefix(a.DestCluster+" · "+pane.ShortNamespace(e, a.DestNamespace), " · ")})
	}
	return out
}
