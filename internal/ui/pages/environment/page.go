// Package environment is the page of one namespace: what is wrong in it, its Argo CD applications, workloads and pods,
// events, quota and usage, and the last errors of its logs.
package environment

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/tabs"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Environment, Screen: screen, Title: func(w *words.Set) string { return w.Environment.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }, Tabs: titles}
}

// The tabs.
const (
	tabPods = iota
	tabEvents
	tabResources
	tabErrors
	tabPolicies
	tabCount
)

// Page is the page of one namespace.
type Page struct {
	env *page.Env
	key string // the namespace

	view   *fleet.View
	row    *fleet.Row                 // of the project; nil while the namespace is not known, or no longer
	facts  *platform.EnvironmentFacts // nil likewise
	crumbs []string
	found  []platform.Finding // of this environment, worst first
	said   pane.Said          // what people said of them
	widest int                // of the tree's names, in cells
	state  int                // of the words of state, likewise
	made   map[string]int64   // pipelines by digest and tag, found once
	tab    int

	tree     *outline.Outline
	chosen   map[string]bool // folds the person chose: true is unfolded
	open     map[string]bool // findings shown with all their proof
	filter   string
	problems bool
	order    string // of pods and workloads: "" is worst first

	full   bool             // the details of what is under the cursor fill the page
	detail *outline.Outline // their scroll
	hidden bool             // the preview is put away

	events *table.Table[platform.Event]
	texts  *outline.Outline // quota, errors and policies: text that scrolls

	fetch    *page.Fetch
	measured measured
	asked    time.Time // the instant that was asked for last
	pinned   time.Time // the session's, when it was
	listed   time.Time // the instant whose events are listed
}

// New returns the page of a namespace, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, view: &fleet.View{}, tree: outline.New(), detail: outline.New(), texts: outline.New(), fetch: page.NewFetch(env.Ctx), pinned: env.Pin, chosen: map[string]bool{}, open: map[string]bool{}}
	p.crumbs = []string{pane.ShortNamespace(env, key)}
	p.events = table.New(table.Config[platform.Event]{Key: eventKey, Problem: func(x platform.Event) bool { return x.Type == "Warning" }, Haystack: func(x platform.Event) string { return x.Message }, OrderTitle: strings.ToLower(env.Words.Environment.When)}, p.eventColumns()...)
	return p
}

// Learn takes what is newest of the namespace.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	old, ready := p.row, p.view.Ready
	moved := !slices.EqualFunc(p.view.Sources, v.Sources, func(a, b platform.SourceHealth) bool { return a.Name == b.Name && a.State == b.State })
	p.view = v
	defer p.measure()
	row, facts := p.find(v)
	if old != nil && row != nil && old.Rev == row.Rev && facts == p.facts {
		return moved
	}
	p.row, p.facts = row, facts
	if facts == nil {
		return old != nil || ready != v.Ready || moved
	}
	p.crumbs = []string{row.Dossier.Project.Slug, facts.Name}
	p.found = nil
	for _, f := range row.Findings {
		if f.Subject.Namespace == facts.Namespace || (f.Subject.Namespace == "" && f.Subject.Environment == facts.Name && facts.Name != "") {
			p.found = append(p.found, f)
		}
	}
	p.said = pane.Notes(p.env)
	p.widest, p.state, p.made = 24, 0, map[string]int64{}
	for i := range facts.Pods {
		x := &facts.Pods[i]
		p.widest, p.state = max(p.widest, block.Width(x.Name)+6), max(p.state, block.Width(stateOf(x)))
	}
	for i := range facts.Workloads {
		x := &facts.Workloads[i]
		p.widest = max(p.widest, block.Width(x.Name)+20)
		if len(x.Conditions) > 0 {
			p.state = max(p.state, block.Width(telling(x.Conditions)))
		}
	}
	p.events.SetRows(p.eventsThen(), true)
	p.listed = p.env.Pin
	p.grow()
	return true
}

// find looks in the project that the namespace names first: most names tell it.
func (p *Page) find(v *fleet.View) (*fleet.Row, *platform.EnvironmentFacts) {
	in := func(r *fleet.Row) *platform.EnvironmentFacts {
		for i := range r.Dossier.Environments {
			if r.Dossier.Environments[i].Namespace == p.key {
				return &r.Dossier.Environments[i]
			}
		}
		return nil
	}
	if _, id, ok := platform.ParseNamespace(p.key); ok {
		if r, ok := v.Project(id); ok {
			if e := in(r); e != nil {
				return r, e
			}
		}
	}
	for _, r := range v.Projects {
		if e := in(r); e != nil {
			return r, e
		}
	}
	return nil, nil
}

// Relabel writes again what is kept in words.
func (p *Page) Relabel() {
	p.events.SetColumns(strings.ToLower(p.env.Words.Environment.When), p.eventColumns()...)
	p.grow()
}

// Crumbs names the project and the environment.
func (p *Page) Crumbs() []string { return p.crumbs }

// Interest is the namespace, then its project.
func (p *Page) Interest() []string {
	if p.row == nil {
		return []string{p.key}
	}
	return []string{p.key, p.row.Dossier.Project.ID}
}

// Filter returns the filter of the tab in front.
func (p *Page) Filter() string {
	if p.tab == tabEvents {
		text, _ := p.events.Filter()
		return text
	}
	return p.filter
}

// SetFilter replaces it.
func (p *Page) SetFilter(text string) {
	if p.tab == tabEvents {
		p.events.SetFilter(text)
		return
	}
	p.filter = text
	p.grow()
}

// Undo closes the details, then takes the filter away, then folds findings.
func (p *Page) Undo() bool {
	switch {
	case p.full:
		p.full = false
	case p.tab == tabEvents:
		return p.events.Undo()
	case p.filter != "":
		p.filter = ""
	case p.problems:
		p.problems = false
	case len(p.open) > 0:
		clear(p.open)
	default:
		return false
	}
	p.grow()
	return true
}

// Tabs are the titles of the tabs.
func (p *Page) Tabs() []string {
	if p.facts == nil {
		return nil
	}
	return titles(p.env)
}

func titles(env *page.Env) []string {
	ew := env.Words.Environment
	return []string{ew.Pods, ew.Events, ew.Resources, ew.Errors, env.Words.Policies.Tab}
}

// ShowTab brings a tab to the front.
func (p *Page) ShowTab(at int) {
	p.tab, p.full = at, false
	p.texts.Top()
}

// Layers is the tab in front, or the details when they fill the page.
func (p *Page) Layers() []keys.Layer {
	if p.facts == nil {
		return nil
	}
	turn := func(n int) func() intent.Intent {
		return func() intent.Intent { p.ShowTab((p.tab + n) % tabCount); return nil }
	}
	cmds := []keys.Command{{ID: keys.NextTab, Do: turn(1)}, {ID: keys.PrevTab, Do: turn(tabCount - 1)}}
	do := func(id string, f func()) {
		cmds = append(cmds, keys.Command{ID: id, Do: func() intent.Intent { f(); return nil }})
	}
	cmds = append(cmds, p.logsCommand(), pane.MetricsOf(p.env, p.facts.Namespace), keys.Command{ID: keys.Timeline, Do: func() intent.Intent {
		return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: p.facts.Namespace}}
	}}, pane.Acknowledge(p.env, p.under(), func() { p.said = pane.Notes(p.env) }))
	switch {
	case p.full:
		do(keys.Preview, func() { p.full = false })
		cmds = append(cmds, p.detail.Commands()...)
	case p.tab == tabEvents:
		do(keys.Preview, func() { p.hidden = !p.hidden })
		cmds = append(cmds, p.events.Commands(p.env.Words)...)
	case p.tab != tabPods:
		cmds = append(cmds, p.texts.Commands()...)
	default:
		key := p.tree.Current()
		switch {
		case strings.HasPrefix(key, keyFinding):
			do(keys.Enter, func() { p.unfold(key) })
			do(keys.Fold, func() { p.unfold(key) })
		case strings.HasPrefix(key, keyWorkload):
			do(keys.Enter, func() { p.unfold(key) })
			do(keys.Fold, func() { p.unfold(key) })
		case key != "":
			do(keys.Enter, func() { p.full = true; p.detail = outline.New() })
			if strings.HasPrefix(key, keyPod) {
				do(keys.Fold, func() { p.foldAround(key) })
			}
		}
		do(keys.Preview, func() { p.hidden = !p.hidden })
		do(keys.Problems, func() { p.problems = !p.problems; p.grow() })
		cmds = append(cmds, keys.Command{ID: keys.Filter, Do: func() intent.Intent { return intent.Filter{} }},
			keys.Command{ID: keys.Sort, Do: p.sortMenu})
		cmds = append(cmds, p.tree.Commands()...)
	}
	return []keys.Layer{{Name: page.Environment, Commands: cmds}}
}

func (p *Page) sortMenu() intent.Intent {
	w := p.env.Words
	menu := intent.Menu{Title: w.List.SortTitle}
	for i, id := range []string{"severity", "name", "restarts", "age"} {
		if id == p.order {
			menu.At = i
		}
		menu.Items = append(menu.Items, intent.Item{Label: w.Environment.Order[id], Do: func() intent.Intent { p.order = id; p.grow(); return nil }})
	}
	return menu
}

// Draw puts where one is, what is used and the tabs on top of the tab in front.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if p.facts == nil {
		return pane.Gone(e, p.view, w, h, p.key, e.Words.Environment.GoneHint)
	}
	if !p.listed.Equal(e.Pin) {
		p.events.SetRows(p.eventsThen(), true)
		p.listed = e.Pin
	}
	head := p.place(w)
	if h >= miniRoom && w >= 76 {
		head = append(head, p.minis(w)...)
	} else {
		head = append(head, p.gauges(w))
	}
	head = append(head, p.then(w)...)
	aging := pane.Aging(e, w, p.facts.Known)
	head = append(head, aging[:min(len(aging), 3)]...)
	if h >= 30 {
		head = append(head, e.Pen(w).Line())
	}
	head = append(head, p.tabs(w))
	if h >= 24 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	var body block.Block
	switch {
	case p.full:
		body = p.drawFull(w, room)
	case p.tab == tabEvents:
		body = p.drawEvents(w, room)
	case p.tab == tabResources:
		body = p.text(p.resources(w), w, room)
	case p.tab == tabErrors:
		body = p.drawErrors(w, room)
	case p.tab == tabPolicies:
		body = p.text(p.policies(w), w, room)
	default:
		body = p.drawTree(w, room)
	}
	return block.Under(top, body)
}

// text shows lines that scroll.
func (p *Page) text(lines []string, w, h int) block.Block {
	p.texts.SetItems([]outline.Item{{Draw: func(int, style.Ground) []string { return lines }}})
	return pane.Scroll(p.env, p.texts, w, h, true)
}

// tabs are shortened before they are cut; on their right, why not everything is shown.
func (p *Page) tabs(w int) string {
	ew := p.env.Words.Environment
	count := func(n int) string {
		if n == 0 {
			return ""
		}
		return p.env.Words.Int(n)
	}
	warnings := 0
	for _, x := range p.facts.Events {
		if x.Type == "Warning" {
			warnings++
		}
	}
	list := []tabs.Tab{{Title: ew.Pods, Mark: count(len(p.facts.Pods)), Role: style.Faint}, {Title: ew.Events, Mark: count(warnings), Role: style.Warn}, {Title: ew.Resources}, {Title: ew.Errors, Mark: count(len(p.facts.LogErrors)), Role: style.Warn}, {Title: p.env.Words.Policies.Tab, Role: style.Warn}}
	rules, _, _ := p.debt()
	list[4].Mark = count(rules)
	room := func() (n int) {
		for _, t := range list {
			n += block.Width(t.Title) + 3
			if t.Mark != "" {
				n += block.Width(t.Mark) + 1
			}
		}
		return n
	}
	if room() > w-20 {
		list[1].Title, list[2].Title, list[4].Title = ew.EventsShort, ew.ResourcesShort, p.env.Words.Policies.TabShort
	}
	used := room()
	if w-used < 10 {
		return tabs.Line(p.env.Sheet, p.env.Glyphs, w, list, p.tab)
	}
	pen := p.env.Pen(w - used)
	switch {
	case p.tab == tabEvents:
		pane.Restrictions(p.env, pen, p.events)
	case p.tab == tabPods && !p.full:
		p.restrictions(pen)
	}
	return tabs.Line(p.env.Sheet, p.env.Glyphs, used, list, p.tab) + pen.Line()
}

func (p *Page) restrictions(pen *style.Pen) {
	e := p.env
	var out []style.Span
	if p.filter != "" {
		short, _ := block.Clip(p.filter, max(pen.Left()/3, 6))
		out = append(out, style.Span{Role: style.Match, Text: short}, style.Span{Role: style.Faint, Text: " " + e.Glyphs.Times + "  "})
	}
	if p.problems {
		out = append(out, style.Span{Role: style.Match, Text: e.Words.List.Problems}, style.Span{Role: style.Faint, Text: " " + e.Glyphs.Times + "  "})
	}
	order := p.order
	if order == "" {
		order = "severity"
	}
	out = append(out, style.Span{Role: style.Muted, Text: e.Words.Environment.Order[order] + " "}, style.Span{Role: style.Accent, Text: e.Glyphs.SortDown}, style.Span{Text: " "})
	for len(out) > 0 && style.WidthOf(out...) > pen.Left() {
		out = out[:len(out)-1]
	}
	pen.RightSpans(out...)
}
