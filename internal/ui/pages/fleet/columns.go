package fleet

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[*fleet.Row]

// columns declares what is shown of a project, from what matters most to what goes first when the screen is narrow.
func (p *Page) columns() []column {
	w := p.env.Words.Fleet
	return append([]column{
		{ID: "project", Title: "  " + w.Project, Want: 14, Min: 13, Max: 34, Natural: func(r *fleet.Row) int { return block.Width(r.Dossier.Project.Slug) + 4 + p.signs(r) }, Draw: p.project,
			Compare: func(a, b *fleet.Row) int { return strings.Compare(a.Dossier.Project.Slug, b.Dossier.Project.Slug) },
			Value:   func(r *fleet.Row) string { return r.Dossier.Project.Slug }},
		{ID: "console", Title: w.Console, Want: 10, Keep: 7, Draw: p.console,
			Compare: func(a, b *fleet.Row) int { return cmp.Compare(consoleRank(b), consoleRank(a)) },
			Value:   func(r *fleet.Row) string { return r.Dossier.Project.Status }},
		{ID: "mirror", Title: w.Mirror, Want: 7, Keep: 6, Draw: p.mirror,
			Compare: func(a, b *fleet.Row) int { return comparePipelines(a.Mirror, b.Mirror) },
			Value:   func(r *fleet.Row) string { return pipelineStatus(r.Mirror) }},
		{ID: "pipeline", Title: w.Pipeline, Want: 11, Keep: 3, Draw: p.pipeline,
			Compare: func(a, b *fleet.Row) int { return comparePipelines(a.Pipeline, b.Pipeline) },
			Value:   func(r *fleet.Row) string { return pipelineStatus(r.Pipeline) }},
		{ID: "quality", Title: w.Quality, Want: 7, Keep: 4, Draw: p.quality,
			Compare: func(a, b *fleet.Row) int { return cmp.Compare(gateRank(b), gateRank(a)) },
			Value: func(r *fleet.Row) string {
				if r.Gate.Gate == nil {
					return ""
				}
				return r.Gate.Gate.Status
			}},
		{ID: "images", Title: w.Images, Want: 7, Max: 10, Keep: 5,
			Natural: func(r *fleet.Row) int {
				return 1 + max(len(strconv.Itoa(r.Images.Critical)), 2) + 1 + len(strconv.Itoa(r.Images.High)) + 1
			}, Draw: p.images,
			Compare: func(a, b *fleet.Row) int {
				return cmp.Or(cmp.Compare(b.Images.Critical, a.Images.Critical), cmp.Compare(b.Images.High, a.Images.High))
			}},
		{ID: "argo", Title: w.Argo, Want: 13, Keep: 1, Draw: p.argo,
			Compare: func(a, b *fleet.Row) int {
				return cmp.Or(cmp.Compare(argoRank(b), argoRank(a)), strings.Compare(argoText(a), argoText(b)))
			},
			Value: argoText},
		{ID: "pods", Title: w.Pods, Want: 5, Max: 9,
			Natural: func(r *fleet.Row) int { return len(strconv.Itoa(r.Pods.Ready)) + 1 + len(strconv.Itoa(r.Pods.Desired)) },
			Keep:    1, Right: true, Draw: p.pods,
			Compare: func(a, b *fleet.Row) int {
				return cmp.Or(cmp.Compare(b.Pods.Desired-b.Pods.Ready, a.Pods.Desired-a.Pods.Ready), cmp.Compare(b.Pods.Desired, a.Pods.Desired))
			}},
		{ID: "restarts", Title: w.Restarts, Name: w.RestartsLong, Want: 4, Keep: 6, Right: true, Draw: p.restarts,
			Compare: func(a, b *fleet.Row) int { return cmp.Compare(b.Pods.Restarts, a.Pods.Restarts) }},
		{ID: "alerts", Title: w.Alerts, Want: 7, Keep: 8, Right: true, Draw: p.alerts,
			Compare: func(a, b *fleet.Row) int {
				return cmp.Or(cmp.Compare(b.Alerts.Firing, a.Alerts.Firing), cmp.Compare(b.Alerts.Pending, a.Alerts.Pending))
			}},
		{ID: "cpu", Title: w.CPU, Want: 14, Min: 5, Max: 20, Grow: true, Keep: 2, Right: true,
			Draw:    func(pen *style.Pen, r *fleet.Row) { p.gauge(pen, r.CPU, style.Chart1) },
			Compare: func(a, b *fleet.Row) int { return cmp.Compare(share(b.CPU), share(a.CPU)) }},
		{ID: "memory", Title: w.Memory, Name: w.MemoryLong, Want: 14, Min: 5, Max: 20, Grow: true, Keep: 2, Right: true,
			Draw:    func(pen *style.Pen, r *fleet.Row) { p.gauge(pen, r.Memory, style.Chart2) },
			Compare: func(a, b *fleet.Row) int { return cmp.Compare(share(b.Memory), share(a.Memory)) }},
	}, p.onboarding()...)
}

// absent writes the sign that stands for a value that is not there.
func (p *Page) absent(pen *style.Pen, m fleet.Mark, right bool) bool {
	if m == fleet.MarkKnown {
		return false
	}
	sign := cells.Absent(p.env.Glyphs, m)
	if right {
		pen.Right(sign.Role, sign.Glyph)
	} else {
		pen.Put(sign.Role, sign.Glyph)
	}
	return true
}

func (p *Page) none(pen *style.Pen, right bool) {
	if right {
		pen.Right(style.Faint, p.env.Glyphs.None)
		return
	}
	pen.Put(style.Faint, p.env.Glyphs.None)
}

func (p *Page) project(pen *style.Pen, r *fleet.Row) {
	m := p.judged(r)
	name := style.Strong
	if r.Severity <= platform.SeverityInfo {
		name = style.Text
	}
	if r.Dossier.Project.Archived() {
		name = style.Faint
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(name, r.Dossier.Project.Slug)
	if r.Dossier.Project.Locked {
		pen.Space(1).Put(style.Unknown, p.env.Glyphs.Lock)
	}
	fresh, known := p.noted(r)
	if fresh {
		pen.Space(1).Put(style.Accent, p.env.Glyphs.Marked)
	}
	if known {
		pen.Space(1).Put(style.Info, p.env.Glyphs.Info)
	}
}

// noted reports whether a project has a finding that is new since the last look, and whether all that deserve eyes were taken on.
func (p *Page) noted(r *fleet.Row) (fresh, known bool) {
	known = r.Severity >= platform.SeverityWarning
	for _, f := range r.Findings {
		if f.Severity < platform.SeverityWarning {
			continue
		}
		fresh = fresh || p.said.New(f)
		known = known && p.said.Known(f, p.env.Now())
	}
	return fresh, known
}

func (p *Page) console(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Console.Mark, false) {
		return
	}
	m := cells.Console(p.env.Glyphs, r.Console.Status)
	pen.Put(m.Role, m.Glyph).Space(1)
	w := p.env.Words.Fleet
	switch {
	case len(r.Console.Tools) > 0 && r.Console.Status != platform.ProjectCreated:
		pen.Put(m.Role, r.Console.Tools[0])
	case r.Console.Status != platform.ProjectCreated:
		word := w.ConsoleState[r.Console.Status]
		if word == "" {
			word = r.Console.Status
		}
		pen.Put(m.Role, word)
	case r.Console.Version == "":
		pen.Put(style.Faint, w.ConsoleState[r.Console.Status])
	case r.Console.Lag != findings.LagNone:
		pen.Put(style.Warn, cells.ShortVersion(r.Console.Version))
	default:
		pen.Put(style.Faint, cells.ShortVersion(r.Console.Version))
	}
}

func (p *Page) mirror(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Mirror.Mark, false) {
		return
	}
	pl := r.Mirror.Pipeline
	if pl == nil {
		p.none(pen, false)
		return
	}
	m := cells.Pipeline(p.env.Glyphs, pl.Status)
	pen.Put(m.Role, m.Glyph).Space(1)
	for _, t := range r.Dossier.Tokens {
		if pl.Status == platform.PipelineFailed && strings.HasSuffix(t.Name, "-bot") && t.Expired(p.env.Now()) {
			pen.Put(style.Bad, p.env.Words.Fleet.Token)
			return
		}
	}
	pen.Put(style.Faint, p.env.AgeShort(when(pl)))
}

func (p *Page) pipeline(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Pipeline.Mark, false) {
		return
	}
	pl := r.Pipeline.Pipeline
	if pl == nil {
		p.none(pen, false)
		return
	}
	m := cells.Pipeline(p.env.Glyphs, pl.Status)
	number := style.Text
	if pl.Status == platform.PipelineFailed {
		number = style.Bad
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(number, strconv.FormatInt(pl.IID, 10)).Right(style.Faint, " "+p.env.AgeShort(when(pl)))
}

func (p *Page) quality(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Gate.Mark, false) {
		return
	}
	if r.Gate.Gate == nil {
		p.none(pen, false)
		return
	}
	m := cells.Gate(p.env.Glyphs, r.Gate.Gate.Status)
	pen.Put(m.Role, m.Glyph).Space(1).Put(quiet(m), r.Gate.Gate.Status)
}

func (p *Page) images(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Images.Mark, false) {
		return
	}
	if !r.Images.Scanned {
		p.none(pen, false)
		return
	}
	critical, high := style.Faint, style.Faint
	if r.Images.Critical > 0 {
		critical = style.Bad
	}
	if r.Images.High > 0 {
		high = style.Warn
	}
	pen.Put(critical, "C"+strconv.Itoa(r.Images.Critical)).Space(max(1, 3-len(strconv.Itoa(r.Images.Critical)))).Put(high, "H"+strconv.Itoa(r.Images.High))
}

func (p *Page) argo(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Argo.Mark, false) {
		return
	}
	if r.Argo.App == nil {
		p.none(pen, false)
		return
	}
	m, word := cells.Argo(p.env.Glyphs, r.Argo.App.Sync, r.Argo.App.Health)
	pen.Put(m.Role, m.Glyph).Space(1).Put(quiet(m), word)
}

func (p *Page) pods(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Pods.Mark, true) {
		return
	}
	text := strconv.Itoa(r.Pods.Ready) + "/" + strconv.Itoa(r.Pods.Desired)
	if r.Pods.Partial {
		text = "≥" + text
	}
	pen.Right(cells.Ready(r.Pods.Ready, r.Pods.Desired), text)
}

func (p *Page) restarts(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Pods.Mark, true) {
		return
	}
	role := style.Faint
	if r.Pods.Restarts > 0 {
		role = style.Text
	}
	if r.Pods.Restarts >= 10 {
		role = style.Warn
	}
	pen.Right(role, strconv.Itoa(r.Pods.Restarts))
}

func (p *Page) alerts(pen *style.Pen, r *fleet.Row) {
	if p.absent(pen, r.Alerts.Mark, true) {
		return
	}
	switch {
	case r.Alerts.Firing > 0:
		pen.Right(style.Bad, strconv.Itoa(r.Alerts.Firing))
	case r.Alerts.Pending > 0:
		pen.Right(style.Warn, "("+strconv.Itoa(r.Alerts.Pending)+")")
	default:
		pen.Right(style.Faint, "0")
	}
}

// gauge writes a share of the quota; with room, the last hour before it.
func (p *Page) gauge(pen *style.Pen, g fleet.GaugeCell, line style.Role) {
	if p.absent(pen, g.Mark, true) {
		return
	}
	v := g.Value()
	if math.IsNaN(v) {
		p.none(pen, true)
		return
	}
	text := p.env.Words.Percent(v)
	const number = 5 // "100 %"
	if spark := pen.Left() - number - 1; spark >= 4 && len(g.Series) > 0 {
		pen.Put(line, chart.Spark(p.env.Glyphs, g.Series, spark, 1))
	}
	pen.Right(chart.Level(v), text)
}

// quiet is the role of a state's word: plain when all is well, since only what is not deserves the eye.
func quiet(m cells.Mark) style.Role {
	if m.Role == style.Good {
		return style.Faint
	}
	return m.Role
}

// signs is the room that the marks after a project's name need.
func (p *Page) signs(r *fleet.Row) (cells int) {
	fresh, known := p.noted(r)
	if fresh {
		cells += 2
	}
	if known {
		cells += 2
	}
	return cells
}
