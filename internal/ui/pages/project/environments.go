package project

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// environment is a row: the facts, and what is derived from them once.
type environment struct {
	*platform.EnvironmentFacts
	rev         uint64
	severity    platform.Severity
	findings    []platform.Finding
	cpu, memory used
	quota       float64 // share of the fullest limit that is asked; NaN when unknown
}

func (x environment) key() string { return x.Name + "/" + x.Namespace }

func (x environment) place() string {
	if x.Zone.Slug == "" {
		return x.Cluster.Label
	}
	return strings.TrimPrefix(x.Cluster.Label+" · "+x.Zone.Slug, " · ")
}

// used is a share of a quota with its last hour.
type used struct {
	share  float64
	series []float64
}

func (p *Page) makeEnvironments() []environment {
	d := p.row.Dossier
	out := make([]environment, 0, len(d.Environments))
	for i := range d.Environments {
		x := environment{EnvironmentFacts: &d.Environments[i], rev: p.row.Rev, quota: math.NaN()}
		for _, f := range p.row.Findings {
			if f.Subject.Environment == x.Name && (f.Subject.Namespace == "" || f.Subject.Namespace == x.Namespace) {
				x.findings = append(x.findings, f)
				x.severity = max(x.severity, f.Severity)
			}
		}
		cpu, mem := pane.Use(x.EnvironmentFacts)
		x.cpu, x.memory = used{cpu.Share, cpu.Series}, used{mem.Share, mem.Series}
		for _, q := range x.Quotas {
			if fill, name := q.Fill(); name != "" && (math.IsNaN(x.quota) || fill > x.quota) {
				x.quota = fill
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b environment) int { return cmp.Compare(b.severity, a.severity) })
	return out
}

func (p *Page) envText(x environment) string {
	return strings.Join([]string{x.Stage, x.Namespace, x.place(), p.env.Words.Severity[x.severity].Word}, " ")
}

func (p *Page) envColumns() []table.Column[environment] {
	w, fw := p.env.Words.Project, p.env.Words.Fleet
	return []table.Column[environment]{
		{ID: "name", Title: "  " + w.Environment, Want: 14, Max: 30, Natural: func(x environment) int { return block.Width(x.Name) + 2 }, Draw: p.envName,
			Compare: func(a, b environment) int { return strings.Compare(a.Name, b.Name) }, Value: func(x environment) string { return x.Name }},
		{ID: "stage", Title: w.Stage, Want: 11, Keep: 4, Draw: func(pen *style.Pen, x environment) { p.orNone(pen, style.Muted, x.Stage) },
			Compare: func(a, b environment) int { return strings.Compare(a.Stage, b.Stage) }, Value: func(x environment) string { return x.Stage }},
		{ID: "place", Title: w.Place, Want: 16, Keep: 3, Max: 30, Natural: func(x environment) int { return block.Width(x.place()) }, Draw: func(pen *style.Pen, x environment) { p.orNone(pen, style.Text, x.place()) },
			Compare: func(a, b environment) int { return strings.Compare(a.place(), b.place()) }, Value: environment.place},
		{ID: "namespace", Title: w.Namespace, Want: 15, Keep: 9, Draw: func(pen *style.Pen, x environment) {
			p.orNone(pen, style.Faint, pane.ShortNamespace(p.env, x.Namespace))
		}},
		{ID: "autosync", Title: w.Autosync, Want: 4, Keep: 8, Draw: p.envAuto},
		{ID: "asked", Title: w.Asked, Want: 17, Keep: 7, Draw: func(pen *style.Pen, x environment) { p.orNone(pen, style.Muted, p.pool(x.Request)) },
			Compare: func(a, b environment) int { return cmp.Compare(b.Request.Memory, a.Request.Memory) }},
		{ID: "argo", Title: w.Argo, Want: 13, Keep: 1, Draw: p.envArgo, Value: func(x environment) string { _, word := p.worst(x); return word }},
		{ID: "pods", Title: w.Pods, Want: 6, Keep: 1, Right: true, Draw: p.envPods, Compare: func(a, b environment) int { return cmp.Compare(lacking(b), lacking(a)) }},
		{ID: "restarts", Title: w.Restarts, Name: w.RestartsLong, Want: 4, Keep: 6, Right: true, Draw: p.envRestarts, Compare: func(a, b environment) int {
			_, _, x, _ := a.PodCounts()
			_, _, y, _ := b.PodCounts()
			return cmp.Compare(y, x)
		}},
		{ID: "quota", Title: w.Quota, Want: 6, Keep: 5, Right: true, Draw: func(pen *style.Pen, x environment) { p.share(pen, x.quota) },
			Compare: func(a, b environment) int { return cmp.Compare(known(b.quota), known(a.quota)) }},
		{ID: "cpu", Title: fw.CPU, Want: 6, Max: 20, Grow: true, Keep: 2, Right: true, Draw: func(pen *style.Pen, x environment) { p.spark(pen, x.cpu, style.Chart1) },
			Compare: func(a, b environment) int { return cmp.Compare(known(b.cpu.share), known(a.cpu.share)) }},
		{ID: "memory", Title: fw.Memory, Name: fw.MemoryLong, Want: 6, Max: 20, Grow: true, Keep: 2, Right: true, Draw: func(pen *style.Pen, x environment) { p.spark(pen, x.memory, style.Chart2) },
			Compare: func(a, b environment) int { return cmp.Compare(known(b.memory.share), known(a.memory.share)) }},
	}
}

func lacking(x environment) int { ready, wanted, _, _ := x.PodCounts(); return wanted - ready }

// known orders unknown shares last.
func known(v float64) float64 {
	if math.IsNaN(v) {
		return -1
	}
	return v
}

func (p *Page) orNone(pen *style.Pen, r style.Role, text string) {
	if text == "" {
		r, text = style.Faint, p.env.Glyphs.None
	}
	pen.Put(r, text)
}

func (p *Page) envName(pen *style.Pen, x environment) {
	m := cells.Environment(p.env.Glyphs, x.EnvironmentFacts, x.severity)
	role := style.Text
	if x.severity > platform.SeverityInfo {
		role = style.Strong
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(role, x.Name)
	if x.Undeclared {
		pen.Put(style.Warn, " "+p.env.Words.Project.Undeclared)
	}
}

func (p *Page) envAuto(pen *style.Pen, x environment) {
	switch {
	case x.Undeclared:
		pen.Put(style.Faint, p.env.Glyphs.None)
	case x.Autosync:
		pen.Put(style.Faint, p.env.Words.Project.On)
	default:
		pen.Put(style.Warn, p.env.Words.Project.Off)
	}
}

// worst is the application that stands for the environment.
func (p *Page) worst(x environment) (cells.Mark, string) {
	g := p.env.Glyphs
	if len(x.Applications) == 0 {
		return cells.Missing(g, x.Known[platform.FamApplications].State), ""
	}
	best, word := cells.Argo(g, x.Applications[0].Sync, x.Applications[0].Health)
	for _, a := range x.Applications[1:] {
		if best.Role == style.Good {
			best, word = cells.Argo(g, a.Sync, a.Health)
		}
	}
	return best, word
}

func (p *Page) envArgo(pen *style.Pen, x environment) {
	m, word := p.worst(x)
	pen.Put(m.Role, m.Glyph)
	if word != "" {
		role := m.Role
		if role == style.Good {
			role = style.Faint
		}
		pen.Space(1).Put(role, word)
	}
}

func (p *Page) envPods(pen *style.Pen, x environment) {
	ready, wanted, _, ok := x.PodCounts()
	if !ok {
		m := cells.Missing(p.env.Glyphs, x.Known[platform.FamPods].State)
		pen.Right(m.Role, m.Glyph)
		return
	}
	pen.Right(cells.Ready(ready, wanted), itoa(ready)+"/"+itoa(wanted))
}

func (p *Page) envRestarts(pen *style.Pen, x environment) {
	_, _, n, ok := x.PodCounts()
	role := style.Faint
	switch {
	case !ok:
		m := cells.Missing(p.env.Glyphs, x.Known[platform.FamPods].State)
		pen.Right(m.Role, m.Glyph)
		return
	case n >= 10:
		role = style.Warn
	case n > 0:
		role = style.Text
	}
	pen.Right(role, itoa(n))
}

func (p *Page) share(pen *style.Pen, v float64) {
	if math.IsNaN(v) {
		pen.Right(style.Faint, p.env.Glyphs.None)
		return
	}
	pen.Right(chart.Level(v), p.env.Words.Percent(v))
}

func (p *Page) spark(pen *style.Pen, u used, line style.Role) {
	if room := pen.Left() - 6; room >= 4 && len(u.series) > 0 {
		pen.Put(line, chart.Spark(p.env.Glyphs, u.series, room, 1))
	}
	p.share(pen, u.share)
}

func (p *Page) drawEnvironments(w, h int) block.Block {
	e := p.env
	shown, total := p.envs.Len()
	if shown == 0 {
		if b, ok := p.restricted(w, h, total, p.Filter()); ok {
			return b
		}
		return p.nothing(w, h, platform.FamEnvironments, e.Words.Project.Environments, e.Words.Project.NoEnvironment, e.Words.Project.NoEnvironmentWhy)
	}
	x, _ := p.envs.Current()
	s := pane.Split{Want: p.envs.Width(), Lines: total, Hidden: p.hidden, Title: x.Name, Right: x.Namespace,
		List: func(w, h int) block.Block { return p.envs.Draw(w, h, e.Look()) },
		Details: func(w int) []string {
			var out []string
			for _, f := range x.findings {
				out = append(out, pane.Finding{Here: x.Name, Proof: 2}.Lines(e, f, w)...)
			}
			if len(out) == 0 {
				out = append(out, e.Pen(w).Space(1).Put(style.Good, e.Glyphs.Dot).Space(1).Put(style.Muted, e.Words.Project.NoFinding).Line())
			}
			return out
		}}
	return s.Draw(e, w, h)
}

// restricted says that a filter or "problems only" leaves nothing.
func (p *Page) restricted(w, h, total int, filter string) (block.Block, bool) {
	e := p.env
	switch {
	case total > 0 && filter != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(filter)+".", e.Words.List.NoMatchHint), true
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem), true
	}
	return block.Block{}, false
}

// nothing says why a tab has no row: read and none, or not read and why.
func (p *Page) nothing(w, h int, f platform.Family, what, none, hint string) block.Block {
	e := p.env
	if p.row.Dossier.Has(f) {
		return e.Empty(w, h, e.Glyphs.None, style.Faint, none, hint)
	}
	return block.New(w, h, append([]string{e.Pen(w).Line()}, pane.Missing(e, p.view, w, what, p.row.Dossier.Known[f])...)...)
}
