package pipelines

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[row]

func (p *Page) columns() []column {
	e := p.env
	w := e.Words.Pipelines
	var out []column
	if p.project == "" {
		out = append(out, column{ID: "project", Title: "  " + w.Project, Want: 14, Max: 26, Natural: func(r row) int { return block.Width(r.slug) + 2 },
			Draw: func(pen *style.Pen, r row) {
				m := cells.Pipeline(e.Glyphs, r.Status)
				pen.Put(m.Role, m.Glyph).Space(1).Put(nameRole(r), r.slug)
			},
			Compare: func(a, b row) int { return strings.Compare(a.slug, b.slug) }, Value: func(r row) string { return r.slug }})
	}
	title, lead := w.Repository, p.project != ""
	if lead {
		title = "  " + title
	}
	out = append(out, column{ID: "repository", Title: title, Want: 12, Min: 8, Max: 28, Natural: func(r row) int { return block.Width(repository(e, r.Pipeline)) + 2 },
		Draw: func(pen *style.Pen, r row) {
			if lead {
				m := cells.Pipeline(e.Glyphs, r.Status)
				pen.Put(m.Role, m.Glyph).Space(1)
			}
			pen.Put(nameRole(r), repository(e, r.Pipeline))
		},
		Compare: func(a, b row) int { return strings.Compare(repository(e, a.Pipeline), repository(e, b.Pipeline)) }, Value: func(r row) string { return repository(e, r.Pipeline) }})
	return append(out,
		column{ID: "pipeline", Title: w.Status, Want: 17, Min: 15, Draw: func(pen *style.Pen, r row) {
			m := cells.Pipeline(e.Glyphs, r.Status)
			role := m.Role
			if role == style.Good {
				role = style.Muted
			}
			number := "#" + strconv.FormatInt(r.IID, 10)
			pen.Put(style.Text, number).Space(max(6-len(number), 1)).Put(role, r.Status)
		}, Compare: func(a, b row) int {
			return cmp.Or(cmp.Compare(weight(b), weight(a)), b.CreatedAt.Compare(a.CreatedAt))
		}, Value: func(r row) string { return r.Status }},
		column{ID: "stages", Title: w.Stages, Want: 11, Keep: 2, Draw: func(pen *style.Pen, r row) {
			jobs, known := p.jobs(r)
			switch {
			case !known:
				pen.Put(style.Faint, e.Glyphs.Loading)
			case len(jobs) == 0:
				pen.Put(style.Faint, e.Glyphs.None)
			default:
				drawStages(e, pen, stagesOf(e.Glyphs, jobs))
			}
		}},
		column{ID: "took", Title: w.Took, Want: 9, Keep: 4, Right: true, Draw: func(pen *style.Pen, r row) { took(e, pen, r.Pipeline) },
			Compare: func(a, b row) int { return cmp.Compare(b.Duration, a.Duration) }},
		column{ID: "age", Title: w.Age, Want: 6, Right: true, Draw: func(pen *style.Pen, r row) { pen.Right(style.Faint, e.Age(r.CreatedAt)) },
			Compare: func(a, b row) int { return b.CreatedAt.Compare(a.CreatedAt) }},
		column{ID: "ref", Title: w.Ref, Want: 8, Max: 20, Min: 6, Keep: 6, Natural: func(r row) int { return block.Width(r.Branch()) }, Draw: func(pen *style.Pen, r row) { pen.Put(style.Muted, r.Branch()) },
			Compare: func(a, b row) int { return strings.Compare(a.Ref, b.Ref) }, Value: func(r row) string { return r.Branch() }},
		column{ID: "commit", Title: w.Commit, Want: 8, Keep: 5, Draw: func(pen *style.Pen, r row) { pen.Put(style.Muted, cells.ShortSHA(r.SHA)) }},
		column{ID: "source", Title: w.Source, Want: 11, Keep: 7, Draw: func(pen *style.Pen, r row) { pen.Put(style.Faint, w.SourceName(r.Source)) },
			Compare: func(a, b row) int { return strings.Compare(a.Source, b.Source) }, Value: func(r row) string { return w.SourceName(r.Source) }},
	)
}

func nameRole(r row) style.Role {
	if r.Status == platform.PipelineFailed || r.Active() {
		return style.Strong
	}
	return style.Text
}

// repository names what a pipeline is of: a mirror run names the repository it concerned.
func repository(e *page.Env, x platform.Pipeline) string {
	if x.Repository != platform.MirrorRepository {
		return x.Repository
	}
	if x.MirrorOf == "" {
		return e.Words.Pipelines.Mirror
	}
	return e.Words.Pipelines.Mirror + " " + e.Glyphs.To + " " + x.MirrorOf
}

// took is how long a pipeline lasted, or lasts so far: to the minute, so that a screen at rest stays so.
func took(e *page.Env, pen *style.Pen, x platform.Pipeline) {
	switch {
	case x.Duration > 0:
		pen.Right(style.Text, e.Words.Lasted(x.Duration))
	case x.Active():
		pen.Right(style.Running, e.Words.Age(e.Now().Sub(x.CreatedAt)))
	case !x.FinishedAt.IsZero() && x.FinishedAt.Sub(x.CreatedAt) > time.Second:
		pen.Right(style.Text, e.Words.Lasted(x.FinishedAt.Sub(x.CreatedAt)))
	default:
		pen.Right(style.Faint, e.Glyphs.None)
	}
}
