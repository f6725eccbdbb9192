// Package metrics is the page of plots: the panels of a namespace with thresholds, deployments and alerts, one cursor for all of them, or a
// PromQL expression of one's own. Without a namespace it is the list of environments by what they use.
//
// Panels are read off the loop by a loader that rings the page's bell; only those on screen are asked for, and again while the page is in
// front.
package metrics

import (
	"os"
	"slices"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/metrics"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/plot"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Metrics, Screen: screen, Title: func(w *words.Set) string { return w.Metrics.Title },
		New: func(env *page.Env, key string) page.Page {
			if s := metrics.ParseKey(key); s.Expr == "" && (s.Namespace == "" || isProject(s.Namespace)) {
				return newList(env, s.Namespace)
			}
			return New(env, key)
		}}
}

// isProject reports whether a key is a project's id: a UUID, which no namespace of ours is.
func isProject(key string) bool {
	return len(key) == 36 && strings.Count(key, "-") == 4 && strings.Trim(key, "0123456789abcdef-") == ""
}

// The lengths of the range.
const (
	usualSpan = time.Hour
	leastSpan = 5 * time.Minute
	mostSpan  = 366 * 24 * time.Hour // what production keeps (platform facts §3.3)
)

// Points of a grid: enough for a panel's dots, and for a whole screen.
const (
	panelPoints = 120
	wholePoints = 240
)

// own is the id of the panel of an expression of one's own.
const own = "expression"

// Page is the page of one namespace.
type Page struct {
	env     *page.Env
	subject metrics.Subject

	fleet  *fleet.View
	row    *fleet.Row
	facts  *platform.EnvironmentFacts
	crumbs []string

	all      []*metrics.Panel
	problems []metrics.Problem
	loader   *loader
	bell     chan struct{}

	span   time.Duration // 0: the session's
	end    time.Time     // of the range; zero: now, or about the pinned instant
	each   bool
	mode   plot.Mode
	levels bool // room for every threshold
	focus  string
	full   bool
	cursor time.Time // zero: none
	offset int       // first visible row of panels

	lay   layout // of the last drawing
	asked asking // what was asked last
	edit  editor
}

// asking is what a reading was for: another one is needed when it differs.
type asking struct {
	from, to time.Time
	step     time.Duration
	each     bool
	pod      string
	panels   string
}

// New returns the page of a subject; nothing is read before the first Learn.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, subject: metrics.ParseKey(key), fleet: &fleet.View{}, bell: make(chan struct{}, 1)}
	if env.PanelDir != "" {
		p.all, p.problems = metrics.Load(os.DirFS(env.PanelDir))
	} else {
		p.all, p.problems = metrics.Load()
	}
	p.focus = p.subject.Panel
	p.full = p.focus != ""
	if p.subject.At != 0 {
		p.cursor = time.Unix(0, p.subject.At).In(env.Now().Location())
	}
	if p.subject.Expr != "" {
		p.setExpr(p.subject.Expr)
	}
	p.lay = layout{cols: 1, rows: 2}
	p.name()
	return p
}

// setExpr makes the panel of an expression of one's own, before all others; "" takes it away.
func (p *Page) setExpr(text string) {
	p.all = slices.DeleteFunc(p.all, func(x *metrics.Panel) bool { return x.ID == own })
	p.subject.Expr = text
	if p.loader != nil {
		p.loader.forget(own)
	}
	if text == "" {
		if p.focus == own {
			p.focus, p.full = "", false
		}
		return
	}
	w := p.env.Words.Metrics
	p.all = append([]*metrics.Panel{{ID: own, FR: w.Expression, EN: w.Expression, Shape: metrics.Lines, Queries: []metrics.Query{{Sum: text}}}}, p.all...)
	p.focus, p.full = own, true
}

// Learn takes what is newest of the namespace; the first one opens the metrics.
func (p *Page) Learn(v *fleet.View) bool {
	if p.fleet == v && p.loader != nil {
		return false
	}
	p.fleet = v
	row, facts, _ := page.FindEnvironment(v, p.subject.Namespace)
	changed := (row == nil) != (p.row == nil) || (row != nil && row.Rev != p.row.Rev)
	p.row, p.facts = row, facts
	if changed {
		p.name()
	}
	reach := p.reach()
	switch {
	case reach.Metrics == nil:
	case p.loader == nil || p.loader.reach.Tenant != reach.Tenant:
		// The tenant may become known later, with the stage of the environment.
		p.Close()
		p.loader = newLoader(p.env.Ctx, reach, p.bell, p.env.Backend.Now)
		p.asked = asking{} // drawing asks, once it knows how much there is room for
		return true
	}
	return changed
}

func (p *Page) reach() desk.MetricsReach {
	m, ok := p.env.Backend.(page.Meters)
	if !ok {
		return desk.MetricsReach{}
	}
	return m.Metrics(p.subject.Namespace)
}

// name makes the crumbs.
func (p *Page) name() {
	p.crumbs = nil
	switch {
	case p.facts != nil:
		p.crumbs = []string{p.row.Dossier.Project.Slug, p.facts.Name}
	case p.subject.Namespace != "":
		p.crumbs = []string{pane.ShortNamespace(p.env, p.subject.Namespace)}
	}
	if p.subject.Pod != "" {
		p.crumbs = append(p.crumbs, p.subject.Pod)
	}
	p.crumbs = append(p.crumbs, p.env.Words.Metrics.Title)
}

// Close ends every question.
func (p *Page) Close() {
	if p.loader != nil {
		p.loader.close()
		p.loader = nil
	}
}

// Crumbs names the project, the environment and the page.
func (p *Page) Crumbs() []string { return p.crumbs }

// Interest is the namespace, then its project.
func (p *Page) Interest() []string {
	switch {
	case p.row != nil:
		return []string{p.subject.Namespace, p.row.Dossier.Project.ID}
	case p.subject.Namespace != "":
		return []string{p.subject.Namespace}
	}
	return nil
}

// Relabel writes again what is kept in words.
func (p *Page) Relabel() {
	p.name()
	p.read(true)
}

// Wake is the page's bell.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke takes what was read, and reads again when it is time: the root waits for the bell only while the page is in front.
func (p *Page) Woke() bool {
	if p.loader == nil {
		return false
	}
	p.read(p.loader.takeDue())
	return true
}

// length is how long the range is.
func (p *Page) length() time.Duration {
	switch {
	case p.span > 0:
		return p.span
	case p.env.Span > 0:
		return min(max(p.env.Span, leastSpan), mostSpan)
	}
	return usualSpan
}

// live reports whether the range ends now.
func (p *Page) live() bool { return p.end.IsZero() && p.env.Pin.IsZero() }

// until is the end of the range: a pinned instant stands at two thirds.
func (p *Page) until() time.Time {
	now := p.env.Now()
	switch {
	case !p.end.IsZero():
		return p.end
	case !p.env.Pin.IsZero():
		if to := p.env.Pin.Add(p.length() / 3); to.Before(now) {
			return to
		}
	}
	return now
}

// grid is the instants of what is to be drawn now.
func (p *Page) grid() metrics.Grid {
	points := panelPoints
	if p.full {
		points = wholePoints
	}
	to := p.until()
	return metrics.NewGrid(to.Add(-p.length()), to, points)
}

// panels are those that are shown: optional ones only where their series is known to exist.
func (p *Page) panels() []*metrics.Panel {
	out := make([]*metrics.Panel, 0, len(p.all))
	for _, x := range p.all {
		if x.ID != own && (p.subject.Namespace == "" && !x.Platform || p.subject.Namespace != "" && x.Platform) {
			continue
		}
		if x.Optional && x.ID != p.focus {
			if p.loader == nil {
				continue
			}
			if has, known := p.loader.has(x.Series); !known || !has {
				continue
			}
		}
		out = append(out, x)
	}
	return out
}

// current is the place of the panel that has the focus.
func (p *Page) current(panels []*metrics.Panel) int {
	return max(slices.IndexFunc(panels, func(x *metrics.Panel) bool { return x.ID == p.focus }), 0)
}

// read asks for what is on screen and not read yet; again asks for it in any case.
func (p *Page) read(again bool) {
	if p.loader == nil {
		return
	}
	panels := p.panels()
	var shown []*metrics.Panel
	if len(panels) > 0 {
		if p.full {
			shown = []*metrics.Panel{panels[p.current(panels)]}
		} else {
			first := min(p.offset*p.lay.cols, len(panels))
			shown = panels[first:min(first+p.lay.cols*p.lay.rows, len(panels))]
		}
	}
	g := p.grid()
	a := asking{from: g.From, to: g.To, step: g.Step, each: p.each, pod: p.subject.Pod}
	for _, x := range shown {
		a.panels += x.ID + " "
	}
	if p.live() && !again && a.step == p.asked.step && a.to.Sub(p.asked.to) < leastRest && a.to.Sub(a.from) == p.asked.to.Sub(p.asked.from) {
		a.from, a.to = p.asked.from, p.asked.to // time goes on by itself: the next reading is on its way
	}
	if a == p.asked && !again {
		return
	}
	p.asked = a
	jobs := make([]job, 0, len(shown))
	for _, x := range shown {
		if r := p.loader.result(x.ID); r != nil && !again && r.grid == g && r.each == p.each && r.pod == p.subject.Pod {
			continue
		}
		jobs = append(jobs, job{panel: x, each: p.each, lang: p.env.Words.Tag, vars: metrics.Vars{Namespace: p.subject.Namespace, Pod: p.subject.Pod, Grid: g}})
	}
	rest := time.Duration(0)
	if p.live() {
		rest = max(leastRest, g.Step)
	}
	p.loader.load(jobs, p.subject.Namespace, rest)
}

// marks are deployments and alerts of the namespace within a grid.
func (p *Page) marks(g metrics.Grid) []metrics.Mark {
	var out []metrics.Mark
	put := func(m metrics.Mark) {
		if !m.At.Before(g.From) && !m.At.After(g.To.Add(g.Step)) {
			out = append(out, m)
		}
	}
	if p.facts == nil {
		return nil
	}
	for i := range p.facts.Applications {
		a := &p.facts.Applications[i]
		for _, d := range a.History {
			put(metrics.Mark{At: d.At, Kind: metrics.MarkDeploy, Text: short(d.Revision)})
		}
	}
	for i := range p.row.Dossier.Alerts {
		if a := &p.row.Dossier.Alerts[i]; a.Namespace == p.facts.Namespace {
			put(metrics.Mark{At: a.Since, Kind: metrics.MarkAlert, Text: a.Name})
		}
	}
	slices.SortStableFunc(out, func(a, b metrics.Mark) int { return a.At.Compare(b.At) })
	return out
}

func short(sha string) string { return sha[:min(len(sha), 8)] }

// Undo takes one layer away: the whole-page panel, the cursor, one's own range, the pod.
func (p *Page) Undo() bool {
	switch {
	case p.full && p.focus == own:
		p.setExpr("")
	case p.full:
		p.full = false
	case !p.cursor.IsZero():
		p.cursor = time.Time{}
	case !p.end.IsZero():
		p.end = time.Time{}
	case p.subject.Pod != "":
		p.subject.Pod = ""
		p.name()
	default:
		return false
	}
	p.read(false)
	return true
}

// Copies offers the expressions of the panel and what it shows.
func (p *Page) Copies() []intent.Item {
	panels := p.panels()
	if len(panels) == 0 {
		return nil
	}
	x := panels[p.current(panels)]
	w := p.env.Words.Metrics
	v := metrics.Vars{Namespace: p.subject.Namespace, Pod: p.subject.Pod, Grid: p.grid()}
	var out []intent.Item
	for _, q := range x.Queries {
		if e := q.Expr(p.each && x.Splits()); e != "" {
			out = append(out, pane.CopyItem(w.CopyExpr, v.Expand(e)))
		}
	}
	if text := p.values(x); text != "" {
		out = append(out, pane.CopyItem(w.CopyValues, text))
	}
	return out
}
