package quality

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// EntryOne registers the page of one gate.
func EntryOne(screen int) page.Entry {
	return page.Entry{Kind: page.Gate, Screen: screen, Title: func(w *words.Set) string { return w.Quality.Gate },
		New: func(env *page.Env, key string) page.Page { return NewOne(env, key) }}
}

// mostAnalyses is how many analyses are asked for.
const mostAnalyses = 100

// past is a row: an analysis, and where its commit runs.
type past struct {
	desk.Analysis
	runs []string
}

func (x past) key() string { return x.At.Format(time.RFC3339) + x.Revision }

// One is the page of one gate.
type One struct {
	env           *page.Env
	project, repo string
	view          *fleet.View
	row           *fleet.Row // nil as long as the project is not known
	gate          gate
	sign          string // moves when the history may have moved

	fetch   *page.Fetch
	history *desk.QualityHistory
	why     *platform.SourceHealth // it could not be read
	silent  bool                   // nobody can be asked
	table   *table.Table[past]
	full    bool // the table has the page
	made    int  // moves when the rows were made again
}

// NewOne returns the page of "project id/repository", empty.
func NewOne(env *page.Env, key string) *One {
	p := &One{env: env, view: &fleet.View{}, fetch: page.NewFetch(env.Ctx)}
	p.project, p.repo, _ = strings.Cut(key, "/")
	p.table = table.New(table.Config[past]{Key: past.key, Rev: func(past) uint64 { return uint64(p.made) }, Problem: func(x past) bool { return x.Gate == platform.GateError },
		Haystack: func(x past) string { return x.Version + " " + x.Changed }, OrderTitle: strings.ToLower(env.Words.Quality.Analysed)}, p.columns()...)
	return p
}

// Learn takes what the lists know, and asks for the history when there was a new analysis.
func (p *One) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	old, ready := p.row, p.view.Ready
	p.view = v
	p.row, p.gate = nil, gate{}
	if r, ok := v.Project(p.project); ok {
		for i := range r.Dossier.Repositories {
			if x := &r.Dossier.Repositories[i]; x.Name == p.repo {
				p.row, p.gate = r, gate{row: r, repo: x}
			}
		}
	}
	if p.row == nil {
		return old != nil || ready != v.Ready
	}
	if old != nil && old.Rev == p.row.Rev {
		return ready != v.Ready
	}
	if x := p.gate.repo.Gate; x != nil {
		if sign := x.Key + x.AnalysedAt.String(); sign != p.sign {
			p.sign = sign
			p.ask()
		}
	}
	p.fill()
	return true
}

func (p *One) ask() {
	b, ok := p.env.Backend.(page.Inspectors)
	var reach desk.QualityReach
	if ok {
		reach = b.Quality(p.project)
	}
	if p.silent = reach.Quality == nil; p.silent || p.gate.repo == nil || p.gate.repo.Gate == nil {
		return
	}
	key := p.gate.repo.Gate.Key
	p.fetch.Ask("history", func(ctx context.Context) (any, error) { return reach.Quality.History(ctx, key, mostAnalyses) }, func(v any, err error) {
		if err != nil {
			h := reach.Health(err)
			p.why = &h
			return
		}
		h, _ := v.(desk.QualityHistory)
		p.history, p.why = &h, nil
		p.fill()
	})
}

// fill makes the rows: analyses, with the environments that run their commits.
func (p *One) fill() {
	if p.history == nil || p.row == nil {
		return
	}
	places := p.gate.places()
	rows := make([]past, 0, len(p.history.Analyses))
	for _, a := range p.history.Analyses {
		x := past{Analysis: a}
		for _, c := range places {
			if a.Revision != "" && c.Commit != "" && platform.SameCommit(a.Revision, c.Commit) {
				x.runs = append(x.runs, c.Environment)
			}
		}
		rows = append(rows, x)
	}
	p.made++
	p.table.SetRows(rows, true)
}

func (p *One) columns() []table.Column[past] {
	e, q := p.env, p.env.Words.Quality
	out := []table.Column[past]{
		{ID: "when", Title: "  " + q.Analysed, Name: strings.ToLower(q.Analysed), Want: 16, Draw: func(pen *style.Pen, x past) {
			m := cells.Gate(e.Glyphs, x.Gate)
			pen.Put(m.Role, m.Glyph).Space(1).Put(style.Text, e.Words.When(x.At, e.Now()))
		}, Compare: func(a, b past) int { return b.At.Compare(a.At) }},
		{ID: "gate", Title: q.Event, Want: 9, Keep: 3, Draw: func(pen *style.Pen, x past) {
			pen.Put(pane.Calm(cells.Gate(e.Glyphs, x.Gate)), x.Gate)
		}, Value: func(x past) string { return x.Gate }},
		{ID: "commit", Title: q.Commit, Want: 8, Draw: func(pen *style.Pen, x past) { pen.Put(style.Accent, platform.ShortSHA(x.Revision)) }, Value: func(x past) string { return x.Revision }},
		{ID: "branch", Title: q.Branch, Want: 8, Max: 24, Keep: 6, Natural: func(x past) int { return block.Width(x.Version) }, Draw: func(pen *style.Pen, x past) { pen.Put(style.Muted, x.Version) }, Value: func(x past) string { return x.Version }},
	}
	for _, m := range []struct {
		title, metric string
		keep          int
	}{{q.Coverage, "coverage", 0}, {q.Bugs, "bugs", 4}, {q.Vulnerabilities, "vulnerabilities", 1}, {q.Hotspots, "security_hotspots", 5}, {q.Duplication, "duplicated_lines_density", 7}, {q.Lines, "ncloc", 8}} {
		out = append(out, table.Column[past]{ID: m.metric, Title: m.title, Want: max(block.Width(m.title), 6), Keep: m.keep, Right: true, Draw: func(pen *style.Pen, x past) {
			if text := e.Words.Measure(m.metric, x.Measures[m.metric]); text != "" {
				pen.Right(style.Text, text)
				return
			}
			pen.Right(style.Faint, e.Glyphs.None)
		}, Compare: func(a, b past) int {
			return byNumber(a.Measures[m.metric], b.Measures[m.metric], m.metric == "coverage")
		}})
	}
	return append(out, table.Column[past]{ID: "runs", Title: q.Deployed, Want: 10, Max: 24, Keep: 2, Natural: func(x past) int { return block.Width(strings.Join(x.runs, " ")) },
		Draw: func(pen *style.Pen, x past) { pen.Put(style.Good, strings.Join(x.runs, " ")) }, Value: func(x past) string { return strings.Join(x.runs, " ") }})
}

// Relabel writes the columns again.
func (p *One) Relabel() {
	p.made++
	p.table.SetColumns(strings.ToLower(p.env.Words.Quality.Analysed), p.columns()...)
}

// Crumbs names the project and the repository.
func (p *One) Crumbs() []string {
	if p.row == nil {
		return []string{p.env.Words.Quality.Gate, p.repo}
	}
	return []string{p.gate.slug(), p.repo, p.env.Words.Quality.Gate}
}

// Interest is the project.
func (p *One) Interest() []string { return []string{p.project} }

// Filter returns the filter of the analyses.
func (p *One) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *One) SetFilter(text string) { p.table.SetFilter(text) }

// Undo gives the gate its room back, then takes one restriction away.
func (p *One) Undo() bool {
	if p.full {
		p.full = false
		return true
	}
	return p.table.Undo()
}

// Wake implements page.Waker.
func (p *One) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *One) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *One) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *One) Close() { p.fetch.Close() }

// Layers is the list of analyses; Enter follows the commit of one.
func (p *One) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.full = !p.full; return nil }}, {ID: keys.Refresh, Do: func() intent.Intent { p.ask(); return intent.Refresh{} }}}
	if x, ok := p.table.Current(); ok && x.Revision != "" {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: x.Revision}} }})
	}
	return []keys.Layer{{Name: page.Gate, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// Copies offers the gate, and the commit under the cursor.
func (p *One) Copies() []intent.Item {
	if p.row == nil {
		return nil
	}
	out := copies(p.env, p.gate)
	if x, ok := p.table.Current(); ok && x.Revision != "" {
		out = append(out, pane.CopyItem(strings.ToLower(p.env.Words.Quality.Commit), x.Revision))
	}
	return out
}

// Draw puts what the gate is on top of what its analyses were.
func (p *One) Draw(w, h int) block.Block {
	e, q := p.env, p.env.Words.Quality
	if p.row == nil {
		return pane.Gone(e, p.view, w, h, p.repo, q.GoneHint)
	}
	head := pane.Aging(e, w, map[platform.Family]platform.FactAge{platform.FamGates: p.row.Dossier.Known[platform.FamGates]})
	if !p.full {
		about := details(e, p.gate, w, false)
		room := max(h-len(head)-min(max(h/2, 8), 14), 3)
		head = append(head, pane.Fit(e, about, room, w)...)
		head = head[:min(len(head), room+1)]
	}
	right := ""
	if p.history != nil {
		right = q.Shown(len(p.history.Analyses), p.history.Total)
	}
	if text := roster.Restricted(e, p.table); text != "" {
		right = text
	}
	head = append(head, e.Section(w, q.History, right))
	if trend := p.trend(w); trend != "" {
		head = append(head, trend)
	}
	top := block.New(w, len(head), head...)
	return block.Under(top, p.list(w, max(h-top.H, 0)))
}

// trend is the coverage over the analyses, the oldest first.
func (p *One) trend(w int) string {
	if p.history == nil || len(p.history.Analyses) < 3 {
		return ""
	}
	e, q := p.env, p.env.Words.Quality
	list := p.history.Analyses
	values := make([]float64, 0, len(list))
	low, high := math.Inf(1), math.Inf(-1)
	for i := len(list) - 1; i >= 0; i-- {
		v, err := strconv.ParseFloat(list[i].Measures["coverage"], 64)
		if err != nil {
			v = math.NaN()
		} else {
			low, high = min(low, v), max(high, v)
		}
		values = append(values, v)
	}
	if math.IsInf(low, 0) {
		return ""
	}
	pen := e.Pen(w).Space(1).Put(style.Faint, q.Trend).Space(1)
	base := low - max((high-low)/4, 1) // what moves is shown, not how far it is from nothing
	for i := range values {
		values[i] -= base
	}
	pen.Put(style.Chart1, chart.Spark(e.Glyphs, values, min(len(values), max(w-40, 8)), high-base)).Space(1)
	text := func(v float64) string { return e.Words.Measure("coverage", strconv.FormatFloat(v, 'f', 1, 64)) }
	return pen.Put(style.Muted, text(low)+" – "+text(high)).Put(style.Faint, "  "+q.More).Line()
}

func (p *One) list(w, h int) block.Block {
	e, q := p.env, p.env.Words.Quality
	switch {
	case p.why != nil && p.history == nil:
		return block.New(w, h, pane.Fetched(e, w, false, "", p.why)...)
	case p.history == nil && p.fetch.Busy("history"):
		return block.New(w, h, pane.Fetched(e, w, true, q.Reading, nil)...)
	case p.history == nil && p.silent:
		return block.New(w, h, pane.Missing(e, p.view, w, q.History, platform.FactAge{State: platform.StateNotConfigured})...)
	}
	if shown, total := p.table.Len(); shown == 0 {
		if total > 0 {
			return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch, e.Words.List.NoMatchHint)
		}
		return block.New(w, h, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+q.NoHistory).Line())
	}
	return p.table.Draw(w, h, e.Look())
}
