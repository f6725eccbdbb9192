package metrics

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/metrics"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// place is one environment of the list.
type place struct {
	row    *fleet.Row
	env    *platform.EnvironmentFacts
	cpu    pane.Used
	memory pane.Used
	alerts int // firing
}

// worst is what ranks an environment: the larger share of its quota in use; -1 when nothing is known.
func (x place) worst() float64 {
	w := -1.0
	for _, v := range []float64{x.cpu.Share, x.memory.Share} {
		if !math.IsNaN(v) {
			w = max(w, v)
		}
	}
	return w
}

// List is the page of all environments, or of those of one project, by what they use.
type List struct {
	env     *page.Env
	project string // "": all
	view    *fleet.View
	crumbs  []string
	table   *table.Table[place]
	rows    int
}

func newList(env *page.Env, project string) *List {
	l := &List{env: env, project: project, view: &fleet.View{}, crumbs: []string{env.Words.Metrics.Title}}
	l.table = table.New(table.Config[place]{
		Key:        func(x place) string { return x.env.Namespace },
		Problem:    func(x place) bool { return x.worst() >= 0.85 || x.alerts > 0 },
		Haystack:   func(x place) string { return x.env.Namespace },
		OrderTitle: env.Words.Metrics.Order,
	}, l.columns()...)
	return l
}

func (l *List) columns() []table.Column[place] {
	e, m := l.env, l.env.Words.Metrics
	use := func(id, title string, keep int, role style.Role, of func(place) pane.Used, write func(float64) string) []table.Column[place] {
		share := func(u pane.Used) string { // of the quota; where there is none, what is used
			switch {
			case !math.IsNaN(u.Share):
				return e.Words.Percent(u.Share)
			case math.IsNaN(u.Value):
				return e.Glyphs.None
			}
			return write(u.Value)
		}
		return []table.Column[place]{
			{ID: id, Title: title, Want: 5, Max: 9, Natural: func(x place) int { return block.Width(share(of(x))) }, Right: true, Compare: func(a, b place) int { return cmp.Compare(rank(of(b).Share), rank(of(a).Share)) },
				Draw: func(p *style.Pen, x place) {
					u := of(x)
					switch {
					case x.env.Usage == nil:
						mark := cells.Missing(e.Glyphs, x.env.Known[platform.FamUsage].State)
						p.Right(mark.Role, mark.Glyph)
					case math.IsNaN(u.Share):
						p.Right(style.Text, share(u))
					default:
						p.Right(chart.Level(u.Share), share(u))
					}
				}},
			{ID: id + "-hour", Title: "", Want: 30, Min: 12, Keep: keep, Draw: func(p *style.Pen, x place) {
				if u := of(x); len(u.Series) > 0 {
					p.Put(role, chart.Spark(e.Glyphs, u.Series, p.Left(), 1))
				}
			}},
		}
	}
	out := []table.Column[place]{
		{ID: "project", Title: m.Project, Want: 14, Min: 8, Natural: func(x place) int { return block.Width(x.row.Dossier.Project.Slug) }, Max: 28,
			Value: func(x place) string { return x.row.Dossier.Project.Slug }, Compare: func(a, b place) int { return strings.Compare(a.row.Dossier.Project.Slug, b.row.Dossier.Project.Slug) },
			Draw: func(p *style.Pen, x place) { p.Put(style.Strong, x.row.Dossier.Project.Slug) }},
		{ID: "environment", Title: m.Environment, Want: 12, Min: 6, Natural: func(x place) int { return block.Width(x.env.Name) }, Max: 24,
			Value: func(x place) string { return x.env.Name }, Compare: func(a, b place) int { return strings.Compare(a.env.Name, b.env.Name) },
			Draw: func(p *style.Pen, x place) { p.Put(style.Text, x.env.Name) }},
	}
	out = append(out, use("cpu", m.CPU, 2, style.Chart1, func(x place) pane.Used { return x.cpu }, e.Words.CPU)...)
	out = append(out, use("memory", m.Memory, 3, style.Chart2, func(x place) pane.Used { return x.memory }, e.Words.Bytes)...)
	return append(out, table.Column[place]{ID: "alerts", Title: m.Alerts, Want: 7, Keep: 1, Right: true, Compare: func(a, b place) int { return b.alerts - a.alerts },
		Draw: func(p *style.Pen, x place) {
			if x.alerts > 0 {
				p.Right(style.Bad, e.Words.Int(x.alerts))
			} else {
				p.Right(style.Faint, "0")
			}
		}})
}

func rank(v float64) float64 {
	if math.IsNaN(v) {
		return -1
	}
	return v
}

// Learn takes what is newest of every environment.
func (l *List) Learn(v *fleet.View) bool {
	if l.view == v {
		return false
	}
	l.view = v
	var all []place
	l.crumbs = []string{l.env.Words.Metrics.Title}
	for _, r := range v.Projects {
		if l.project != "" && r.Dossier.Project.ID != l.project {
			continue
		}
		if l.project != "" {
			l.crumbs = []string{r.Dossier.Project.Slug, l.env.Words.Metrics.Title}
		}
		for _, x := range pane.LogPlaces(r) {
			one := place{row: r, env: x}
			one.cpu, one.memory = pane.Use(x)
			for i := range r.Dossier.Alerts {
				if a := &r.Dossier.Alerts[i]; a.Namespace == x.Namespace && a.Firing() {
					one.alerts++
				}
			}
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.worst(), a.worst()), strings.Compare(a.row.Dossier.Project.Slug, b.row.Dossier.Project.Slug), strings.Compare(a.env.Name, b.env.Name))
	})
	l.rows = len(all)
	l.table.SetRows(all, true)
	return true
}

// Relabel writes the columns again.
func (l *List) Relabel() {
	l.table.SetColumns(l.env.Words.Metrics.Order, l.columns()...)
	l.crumbs[len(l.crumbs)-1] = l.env.Words.Metrics.Title
}

// Crumbs names the project, if there is one, and the page.
func (l *List) Crumbs() []string { return l.crumbs }

// Interest is what is on screen.
func (l *List) Interest() []string {
	var out []string
	for _, x := range l.table.Visible() {
		out = append(out, x.env.Namespace)
	}
	return out
}

// Filter returns the list's filter.
func (l *List) Filter() string { f, _ := l.table.Filter(); return f }

// SetFilter replaces it.
func (l *List) SetFilter(text string) { l.table.SetFilter(text) }

// Undo takes the filter away.
func (l *List) Undo() bool { return l.table.Undo() }

// Layers is the list.
func (l *List) Layers() []keys.Layer {
	x, ok := l.table.Current()
	var cmds []keys.Command
	if ok {
		open := func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Metrics, Key: metrics.Subject{Namespace: x.env.Namespace}.Key()}}
		}
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: open}, keys.Command{ID: keys.Metrics, Quiet: true, Do: open}, pane.LogsOf(l.env, logs.Subject{Namespace: x.env.Namespace}, true))
	}
	return []keys.Layer{{Name: page.Metrics, Commands: append(cmds, l.table.Commands(l.env.Words)...)}}
}

// Copies offers the namespace.
func (l *List) Copies() []intent.Item {
	x, ok := l.table.Current()
	if !ok {
		return nil
	}
	return []intent.Item{pane.CopyItem(l.env.Words.Metrics.Environment, x.row.Dossier.Project.Slug+" "+x.env.Name), pane.CopyItem("namespace", x.env.Namespace)}
}

// Draw puts the count on top of the list.
func (l *List) Draw(w, h int) block.Block {
	e := l.env
	if l.rows == 0 {
		if !l.view.Ready {
			return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading)
		}
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Metrics.Environments(0))
	}
	pen := e.Pen(w).Space(1).Put(style.Muted, e.Words.Metrics.Environments(l.rows))
	top := block.New(w, 1, pane.Restrictions(e, pen, l.table).Line())
	if h >= 32 {
		top = block.New(w, 2, pane.Restrictions(e, pen, l.table).Line())
	}
	if shown, _ := l.table.Len(); shown == 0 {
		if text, _ := l.table.Filter(); text != "" {
			return block.Under(top, e.Empty(w, h-top.H, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint))
		}
		return block.Under(top, e.Empty(w, h-top.H, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem))
	}
	return block.Under(top, l.table.Draw(w, h-top.H, e.Look()))
}
