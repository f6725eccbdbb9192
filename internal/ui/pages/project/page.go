// Package project is the page of one project: what is wrong and why, its repositories and their mirrors, its
// environments, who may do what, and what was done.
package project

import (
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Project, Screen: screen, Title: func(w *words.Set) string { return w.Project.Title },
		New:  func(env *page.Env, key string) page.Page { return New(env, key) },
		Tabs: func(env *page.Env) []string { return titles(env, makeTabs(env, "")) }}
}

// The tabs of the page's own; the others are pages inside it, see nested.go.
const (
	tabSummary = iota
	tabRepositories
	tabEnvironments
	tabTeam
	tabJournal
	tabNested
)

// Page is the page of one project.
type Page struct {
	env *page.Env
	key string

	view *fleet.View
	row  *fleet.Row // nil while the project is not known, or no longer
	name string     // the last name known
	tabs []tab
	at   int           // the tab in front
	tab  int           // which one that is
	bell chan struct{} // rings for the pages inside, and for what the page itself asks

	fetch *page.Fetch
	lags  *pane.Lags // how far what runs is behind, for the summary

	summary *outline.Outline
	open    map[string]bool // findings shown with all their proof
	rules   bool            // the rules that were not evaluated are listed

	repos   *table.Table[repo]
	envs    *table.Table[environment]
	people  *table.Table[person]
	journal *table.Table[entry]
	hidden  bool // the preview is put away
}

// New returns the page of a project, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, name: key, view: &fleet.View{}, summary: outline.New(), open: map[string]bool{}, bell: make(chan struct{}, 1)}
	p.fetch = page.FetchOn(env.Ctx, p.bell)
	p.lags = pane.NewLags(env, p.fetch)
	p.tabs = makeTabs(env, key)
	p.repos = table.New(table.Config[repo]{Key: func(r repo) string { return r.name }, Rev: func(r repo) uint64 { return r.rev }, Problem: repo.problem, Haystack: p.repoText, OrderTitle: env.Words.Fleet.SeveritySort}, p.repoColumns()...)
	p.envs = table.New(table.Config[environment]{Key: func(x environment) string { return x.key() }, Rev: func(x environment) uint64 { return x.rev }, Problem: func(x environment) bool { return x.severity > platform.SeverityInfo }, Haystack: p.envText, OrderTitle: env.Words.Fleet.SeveritySort}, p.envColumns()...)
	p.people = table.New(table.Config[person]{Key: func(x person) string { return x.ID + x.Email }, OrderTitle: env.Words.Fleet.NameSort}, p.peopleColumns()...)
	p.journal = table.New(table.Config[entry]{Key: func(x entry) string { return x.ID }, Problem: func(x entry) bool { return !x.OK() || len(x.Warned) > 0 }, Haystack: p.entryText, OrderTitle: strings.ToLower(env.Words.Project.When)}, p.journalColumns()...)
	return p
}

// Learn takes what is newest of the project.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	old, ready := p.row, p.view.Ready
	moved := !slices.EqualFunc(p.view.Sources, v.Sources, func(a, b platform.SourceHealth) bool { return a.Name == b.Name && a.State == b.State })
	p.view = v
	r, ok := v.Project(p.key)
	if !ok {
		p.row = nil
		return old != nil || ready != v.Ready || moved
	}
	p.row = r
	inside := p.learnInside(v)
	if old != nil && old.Rev == r.Rev {
		return moved || inside
	}
	p.name = r.Dossier.Project.Slug
	p.fill()
	return true
}

// fill makes the rows of every tab again.
func (p *Page) fill() {
	p.repos.SetRows(p.makeRepos(), false)
	p.envs.SetRows(p.makeEnvironments(), false)
	p.people.SetRows(p.makePeople(), false)
	p.journal.SetRows(p.makeEntries(), false)
	p.wantLags()
	p.outline()
}

// Relabel writes again what is kept in words.
func (p *Page) Relabel() {
	w := p.env.Words
	p.repos.SetColumns(w.Fleet.SeveritySort, p.repoColumns()...)
	p.envs.SetColumns(w.Fleet.SeveritySort, p.envColumns()...)
	p.people.SetColumns(w.Fleet.NameSort, p.peopleColumns()...)
	p.journal.SetColumns(strings.ToLower(w.Project.When), p.journalColumns()...)
	for _, t := range p.tabs {
		if t.inside != nil {
			t.inside.Relabel()
		}
	}
}

// Crumbs names the project.
func (p *Page) Crumbs() []string { return []string{p.name} }

// Interest is the project and its namespaces.
func (p *Page) Interest() []string {
	out := []string{p.key}
	if p.row == nil {
		return out
	}
	out[0] = p.row.Dossier.Project.ID
	for i := range p.row.Dossier.Environments {
		if ns := p.row.Dossier.Environments[i].Namespace; ns != "" {
			out = append(out, ns)
		}
	}
	if n := p.inside(); n != nil {
		for _, scope := range n.Interest() {
			if !slices.Contains(out, scope) {
				out = append(out, scope)
			}
		}
	}
	return out
}

// list is what the tables of all tabs have in common.
type list interface {
	pane.Listed
	SetFilter(text string)
	Undo() bool
	Commands(w *words.Set) []keys.Command
}

// list returns the table of the tab in front; nil on the first, which is none.
func (p *Page) list() list {
	switch p.tab {
	case tabRepositories:
		return p.repos
	case tabEnvironments:
		return p.envs
	case tabTeam:
		return p.people
	case tabJournal:
		return p.journal
	default:
		return nil
	}
}

// Filter returns the filter of the list in front.
func (p *Page) Filter() string {
	if f, ok := p.filterInside(); ok {
		return f.Filter()
	}
	if l := p.list(); l != nil {
		text, _ := l.Filter()
		return text
	}
	return ""
}

// SetFilter replaces it.
func (p *Page) SetFilter(text string) {
	if f, ok := p.filterInside(); ok {
		f.SetFilter(text)
	}
	if l := p.list(); l != nil {
		l.SetFilter(text)
	}
}

// Undo takes a filter away, then closes what is unfolded.
func (p *Page) Undo() bool {
	if n := p.inside(); n != nil {
		return n.Undo()
	}
	if l := p.list(); l != nil {
		return l.Undo()
	}
	if len(p.open) > 0 || p.rules {
		clear(p.open)
		p.rules = false
		p.outline()
		return true
	}
	return false
}

// Layers is the tab in front.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{
		{ID: keys.NextTab, Do: func() intent.Intent { p.turn(1); return nil }},
		{ID: keys.PrevTab, Do: func() intent.Intent { p.turn(-1); return nil }},
	}
	if p.row == nil {
		return []keys.Layer{{Name: page.Project, Commands: nil}}
	}
	if n := p.inside(); n != nil {
		return append(n.Layers(keys.NextTab, keys.PrevTab), keys.Layer{Name: page.Project, Commands: cmds})
	}
	cmds = append(cmds, p.metrics(), keys.Command{ID: keys.Timeline, Quiet: true, Do: func() intent.Intent {
		return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: p.row.Dossier.Project.ID}}
	}})
	switch p.tab {
	case tabSummary:
		if c := p.enterSummary(); c != nil {
			cmds = append(cmds, keys.Command{ID: keys.Enter, Do: c})
		}
		if f, ok := p.finding(p.summary.Current()); ok {
			cmds = append(cmds, keys.Command{ID: keys.Fold, Do: func() intent.Intent { p.toggle(f.Key()); return nil }})
		} else if key := p.summary.Current(); strings.HasPrefix(key, keyChain) {
			cmds = append(cmds, keys.Command{ID: keys.Fold, Do: func() intent.Intent { p.toggle(key); return nil }})
		}
		cmds = append(append(cmds, p.summaryLogs(), pane.MetricsMenu(p.env, p.row)), p.summary.Commands()...)
	case tabEnvironments:
		if x, ok := p.envs.Current(); ok {
			cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return p.openEnvironment(x.Namespace) }},
				pane.LogsOf(p.env, logs.Subject{Namespace: x.Namespace}, x.Namespace != ""), pane.MetricsOf(p.env, x.Namespace))
		}
		fallthrough
	default:
		if p.tab != tabEnvironments {
			cmds = append(cmds, pane.LogsMenu(p.env, p.row), pane.MetricsMenu(p.env, p.row))
		}
		cmds = append(cmds, keys.Command{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }})
		if p.tab == tabRepositories {
			cmds = append(cmds, p.repos.Marking())
		}
		cmds = append(cmds, p.list().Commands(p.env.Words)...)
	}
	return []keys.Layer{{Name: page.Project, Commands: cmds}}
}

func (p *Page) openEnvironment(namespace string) intent.Intent {
	if namespace == "" {
		return intent.Toast{Text: p.env.Words.Frame.NoPage, Bad: true}
	}
	return intent.Open{Ref: intent.Ref{Kind: page.Environment, Key: namespace}}
}

// Draw puts the facts and the tabs on top of the tab in front.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if p.row == nil {
		return pane.Gone(e, p.view, w, h, p.name, e.Words.Project.GoneHint)
	}
	head := []string{p.facts(w)}
	head = append(head, pane.Aging(e, w, p.known()...)...)
	if len(head) > 4 {
		head = head[:4]
	}
	if h >= 30 {
		head = append(head, e.Pen(w).Line())
	}
	head = append(head, p.tabLine(w))
	if h >= 20 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	var body block.Block
	switch p.tab {
	case tabNested:
		body = p.inside().Draw(w, room)
	case tabRepositories:
		body = p.drawRepos(w, room)
	case tabEnvironments:
		body = p.drawEnvironments(w, room)
	case tabTeam:
		body = p.drawTeam(w, room)
	case tabJournal:
		body = p.drawJournal(w, room)
	default:
		body = p.drawSummary(w, room)
	}
	return block.Under(top, body)
}

func (p *Page) known() []map[platform.Family]platform.FactAge {
	out := []map[platform.Family]platform.FactAge{p.row.Dossier.Known}
	for i := range p.row.Dossier.Environments {
		out = append(out, p.row.Dossier.Environments[i].Known)
	}
	return out
}
