// Package application is the page of one Argo CD application: what lives of it, how it differs from what is wanted, what was deployed and
// whether one can go back to it, and what the last operation did.
package application

import (
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
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
	return page.Entry{Kind: page.Application, Screen: screen, Title: func(w *words.Set) string { return w.GitOps.Application },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// The tabs.
const (
	tabTree = iota
	tabDiff
	tabHistory
	tabLast
	tabCount
)

// Topics of what is asked.
const (
	topicTree   = "tree"
	topicDiff   = "diff"
	topicDetail = "detail"
	topicWindow = "windows"
	topicObject = "object"
	topicCheck  = "check"
)

// Page is the page of one application.
type Page struct {
	env   *page.Env
	key   string // platform.Application.Key
	view  *fleet.View
	row   *fleet.Row            // of its project; nil while it is not known, or no longer
	app   *platform.Application // nil likewise
	sign  string                // of its state as last asked about
	tab   int
	reach desk.GitOpsReach
	lags  *pane.Lags
	fetch *page.Fetch
	fails map[string]platform.SourceHealth // by topic

	nodes   *desk.ResourceTree // nil until it came
	byKey   map[string]*node
	tree    *outline.Outline
	chosen  map[string]bool // folds the person chose: true is unfolded
	filter  string
	trouble bool // only what is not well
	hidden  bool // the preview

	diffs  []desk.Difference
	gotten map[string]bool // topics that have answered at least once
	diff   *outline.Outline
	opened map[string]bool // differences turned over by the person

	detail  desk.ApplicationDetail
	history *table.Table[rollout]
	backs   map[string]back // by revisions
	windows desk.SyncWindows
	last    *outline.Outline

	full *object // what is shown whole; nil: nothing
}

// New returns the page of an application, empty. A key that ends with page.OnDiff opens on the differences.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, view: &fleet.View{}, fetch: page.NewFetch(env.Ctx), fails: map[string]platform.SourceHealth{}, tree: outline.New(), chosen: map[string]bool{},
		gotten: map[string]bool{}, diff: outline.New(), opened: map[string]bool{}, backs: map[string]back{}, last: outline.New()}
	p.lags = pane.NewLags(env, p.fetch)
	p.key, _ = strings.CutSuffix(key, page.OnDiff)
	if p.key != key {
		p.tab = tabDiff
	}
	p.history = table.New(table.Config[rollout]{Key: func(r rollout) string { return r.key() }, OrderTitle: strings.ToLower(env.Words.GitOps.When)}, p.rolloutColumns()...)
	return p
}

// Learn takes what is newest of the application, and asks again when its state moved.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	ready := p.view.Ready
	p.view = v
	row, app := p.find(v)
	if app == nil {
		gone := p.app != nil
		p.row, p.app = nil, nil
		return gone || ready != v.Ready
	}
	same := p.row != nil && p.row.Rev == row.Rev && p.app == app
	p.row, p.app = row, app
	sign := signOf(app)
	if sign != p.sign {
		p.sign = sign
		clear(p.gotten) // what is on screen stays until the new answer is there
		p.fetch.Close()
		p.ask()
		p.setHistory()
		return true
	}
	if !same {
		for _, b := range p.backs { // Harbor may have been read since
			for i := range b.images {
				b.images[i].is = p.presence(b.images[i].ref)
			}
		}
	}
	return !same || ready != v.Ready
}

func (p *Page) find(v *fleet.View) (*fleet.Row, *platform.Application) {
	for _, r := range v.Projects {
		d := r.Dossier
		for i := range d.Environments {
			for j := range d.Environments[i].Applications {
				if a := &d.Environments[i].Applications[j]; a.Key() == p.key {
					return r, a
				}
			}
		}
		for i := range d.Applications {
			if a := &d.Applications[i]; a.Key() == p.key {
				return r, a
			}
		}
	}
	return nil, nil
}

// signOf moves when what is read on demand may have moved.
func signOf(a *platform.Application) string {
	return strings.Join([]string{a.Sync, a.Health, a.Operation.Phase, a.Operation.StartedAt.String(), strings.Join(a.Revisions, " "), strings.Join(a.Images, " "), a.LastDeployed().String()}, "|")
}

func (p *Page) ref() desk.AppRef { return desk.AppRef{Namespace: p.app.Namespace, Name: p.app.Name} }

// Relabel writes again what is kept in words.
func (p *Page) Relabel() {
	p.history.SetColumns(strings.ToLower(p.env.Words.GitOps.When), p.rolloutColumns()...)
	p.grow()
	p.growDiff()
}

// Crumbs names the project, the environment and the application.
func (p *Page) Crumbs() []string {
	if p.app == nil {
		return []string{p.key[strings.LastIndexByte(p.key, '/')+1:]}
	}
	out := []string{p.row.Dossier.Project.Slug}
	if p.app.EnvironmentName != "" {
		out = append(out, p.app.EnvironmentName)
	}
	return append(out, p.env.Words.GitOps.Title)
}

// Interest is the namespace it deploys to, then its project.
func (p *Page) Interest() []string {
	if p.app == nil {
		return nil
	}
	var out []string
	if p.app.DestNamespace != "" {
		out = append(out, p.app.DestNamespace)
	}
	return append(out, p.row.Dossier.Project.ID)
}

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

// Filter returns the filter of the tab in front.
func (p *Page) Filter() string {
	if p.tab == tabHistory {
		text, _ := p.history.Filter()
		return text
	}
	return p.filter
}

// SetFilter replaces it.
func (p *Page) SetFilter(text string) {
	if p.tab == tabHistory {
		p.history.SetFilter(text)
		return
	}
	p.filter = text
	p.grow()
	p.growDiff()
}

// Undo closes what is shown whole, then takes the restrictions away.
func (p *Page) Undo() bool {
	switch {
	case p.full != nil:
		p.full = nil
		p.fetch.Stop(topicObject)
		return true
	case p.tab == tabHistory:
		return p.history.Undo()
	case p.filter != "":
		p.filter = ""
	case p.trouble:
		p.trouble = false
	default:
		return false
	}
	p.grow()
	p.growDiff()
	return true
}

// turn goes to a tab and asks what it needs.
func (p *Page) turn(to int) intent.Intent {
	p.tab, p.full = (to+tabCount)%tabCount, nil
	p.ask()
	return nil
}

// Layers is the tab in front, or what is shown whole.
func (p *Page) Layers() []keys.Layer {
	if p.app == nil {
		return nil
	}
	cmds := []keys.Command{
		{ID: keys.NextTab, Do: func() intent.Intent { return p.turn(p.tab + 1) }}, {ID: keys.PrevTab, Do: func() intent.Intent { return p.turn(p.tab - 1) }},
		p.diffCommand(),
		{ID: keys.Refresh, Do: func() intent.Intent {
			clear(p.gotten)
			clear(p.backs)
			p.ask()
			return intent.Refresh{}
		}},
		p.logsCommand(),
	}
	do := func(id string, f func()) {
		cmds = append(cmds, keys.Command{ID: id, Do: func() intent.Intent { f(); return nil }})
	}
	switch {
	case p.full != nil:
		cmds = append(cmds, p.full.text.Commands()...)
	case p.tab == tabTree:
		cmds = append(cmds, p.treeCommands()...)
		do(keys.Preview, func() { p.hidden = !p.hidden })
		do(keys.Problems, func() { p.trouble = !p.trouble; p.grow() })
		cmds = append(cmds, keys.Command{ID: keys.Filter, Do: func() intent.Intent { return intent.Filter{} }})
		cmds = append(cmds, p.tree.Commands()...)
	case p.tab == tabDiff:
		if key := p.diff.Current(); key != "" {
			do(keys.Enter, func() { p.openDiff(key) })
			do(keys.Fold, func() { p.openDiff(key) })
		}
		cmds = append(cmds, keys.Command{ID: keys.Filter, Do: func() intent.Intent { return intent.Filter{} }})
		cmds = append(cmds, p.diff.Commands()...)
	case p.tab == tabHistory:
		do(keys.Preview, func() { p.hidden = !p.hidden })
		cmds = append(cmds, p.history.Commands(p.env.Words)...)
	default:
		cmds = append(cmds, p.last.Commands()...)
	}
	return []keys.Layer{{Name: page.Application, Commands: cmds}}
}

// Draw puts what it is and the tabs on top of the tab in front.
func (p *Page) Draw(w, h int) block.Block {
	e, g := p.env, p.env.Words.GitOps
	if p.app == nil {
		return pane.Gone(e, p.view, w, h, p.key[strings.LastIndexByte(p.key, '/')+1:], g.GoneHint)
	}
	head := p.head(w, h)
	top := block.New(w, len(head), head...)
	room := h - top.H
	var body block.Block
	switch {
	case p.full != nil:
		body = p.drawObject(w, room)
	case p.tab == tabTree:
		body = p.drawTree(w, room)
	case p.tab == tabDiff:
		body = p.drawDiff(w, room)
	case p.tab == tabHistory:
		body = p.drawHistory(w, room)
	default:
		body = p.drawLast(w, room)
	}
	return block.Under(top, body)
}

func (p *Page) head(w, h int) []string {
	e, a := p.env, p.app
	sync, health := cells.Sync(e.Glyphs, a.Sync), cells.Health(e.Glyphs, a.Health)
	pen := e.Pen(w).Space(1).Put(style.Strong, a.Name)
	if a.DestNamespace != "" {
		pen.Put(style.Faint, "  "+strings.TrimPrefix(a.DestCluster+" · "+pane.ShortNamespace(e, a.DestNamespace), " · "))
	}
	out := []string{pen.Line()}
	pen = e.Pen(w).Space(1).Put(sync.Role, sync.Glyph).Space(1).Put(pane.Calm(sync), a.Sync).Put(style.Faint, " "+pane.Revision(a.Revisions)).Space(3).Put(health.Role, health.Glyph).Space(1).Put(pane.Calm(health), a.Health).Space(3)
	pen.Spans(pane.ArgoAuto(e, a)...)
	out = append(out, pen.Line())
	conditions := pane.ArgoConditions(e, a, w)
	if h < 30 && len(conditions) > 3 {
		conditions = pane.Fit(e, conditions, 3, w)
	}
	out = append(out, conditions[:min(len(conditions), max(h/4, 3))]...)
	aging := pane.Aging(e, w, map[platform.Family]platform.FactAge{platform.FamApplications: p.row.Dossier.Known[platform.FamApplications]})
	out = append(out, aging...)
	if h >= 30 {
		out = append(out, e.Pen(w).Line())
	}
	out = append(out, p.tabsLine(w))
	if h >= 24 {
		out = append(out, e.Pen(w).Line())
	}
	return out
}

func (p *Page) tabsLine(w int) string {
	g := p.env.Words.GitOps
	differ := 0
	for i := range p.diffs {
		if p.diffs[i].State != desk.DiffSame {
			differ++
		}
	}
	mark := func(n int) string {
		if n == 0 {
			return ""
		}
		return p.env.Words.Int(n)
	}
	list := []tabs.Tab{{Title: g.Tree}, {Title: g.Diff, Mark: mark(differ), Role: style.Warn}, {Title: g.History, Mark: mark(len(p.app.History)), Role: style.Faint}, {Title: g.Last}}
	if w < 76 {
		for i, short := range []string{g.TreeShort, g.DiffShort, g.HistoryShort, g.LastShort} {
			list[i].Title = short
		}
	}
	return tabs.Line(p.env.Sheet, p.env.Glyphs, w, list, p.tab)
}

// Copies offers what one says of the application and of what is under the cursor.
func (p *Page) Copies() []intent.Item {
	if p.app == nil {
		return nil
	}
	g := p.env.Words.GitOps
	var out []intent.Item
	switch {
	case p.full != nil:
		if t := p.full.manifest; t != "" {
			out = append(out, intent.Item{Label: g.CopyManifest, Hint: p.full.ref.Name, Do: func() intent.Intent { return intent.Copy{Text: t, What: g.CopyManifest} }})
		}
	case p.tab == tabTree:
		if n := p.current(); n != nil {
			out = append(out, pane.CopyItem(g.CopyName, n.Name))
			for _, i := range n.Images {
				out = append(out, pane.CopyItem("image", i))
			}
		}
	case p.tab == tabDiff:
		if d := p.currentDiff(); d != nil && len(d.Lines) > 0 {
			text := plainDiff(d)
			out = append(out, intent.Item{Label: g.CopyDiff, Hint: d.Kind + "/" + d.Name, Do: func() intent.Intent { return intent.Copy{Text: text, What: g.CopyDiff} }})
		}
	case p.tab == tabHistory:
		if r, ok := p.history.Current(); ok && len(r.Revisions) > 0 {
			out = append(out, pane.CopyItem(strings.ToLower(g.Revision), r.Revisions[len(r.Revisions)-1]))
			for _, i := range p.backs[r.key()].images {
				out = append(out, pane.CopyItem("image", i.ref))
			}
		}
	}
	out = append(out, pane.CopyItem(g.Application, p.app.Name))
	if p.app.URL != "" {
		out = append(out, pane.CopyItem("URL", p.app.URL))
	}
	if p.app.DestNamespace != "" {
		out = append(out, pane.CopyItem(p.env.Words.Project.CopyNamespace, p.app.DestNamespace))
	}
	return slices.Clip(out)
}
