// Package gitops is the page of Argo CD applications: of the whole platform, of a project, or of a namespace; the worst first.
package gitops

import (
	"cmp"
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.GitOps, Screen: screen, Title: func(w *words.Set) string { return w.GitOps.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// app is a row: an application and whose it is.
type app struct {
	*platform.Application
	slug, project, env string
	rank               int
	rev                uint64
}

// Page is the list.
type Page struct {
	env    *page.Env
	key    string // "", a project id, or a namespace
	view   *fleet.View
	table  *table.Table[app]
	rows   []app
	known  platform.FactAge // of the applications, where one row of the fleet is concerned
	crumbs []string
	hidden bool
	seen   map[string]uint64 // revisions of the rows of the fleet that were read last
	asked  []string          // what the interest is in
	counts [3]int            // all, broken, out of sync
}

// New returns the page, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, view: &fleet.View{}}
	p.table = table.New(table.Config[app]{Key: func(a app) string { return a.Key() }, Rev: func(a app) uint64 { return a.rev }, Problem: func(a app) bool { return a.rank > 0 }, Haystack: haystack, OrderTitle: env.Words.GitOps.Order}, p.columns()...)
	p.crumbs = []string{env.Words.GitOps.Title}
	return p
}

func haystack(a app) string {
	text := a.slug + " " + a.env + " " + a.DestNamespace + " " + a.DestCluster + " " + a.RepositoryName + " " + a.Operation.Phase + " " + strings.Join(a.Revisions, " ")
	for _, c := range a.Conditions {
		text += " " + c.Type
	}
	return text
}

// Learn takes the applications that the key is about, when one of the rows of the fleet moved.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	ready := p.view.Ready
	p.view = v
	seen := map[string]uint64{}
	moved := p.seen == nil || ready != v.Ready
	for _, r := range v.Projects {
		if !p.concerns(r) {
			continue
		}
		id := r.Dossier.Project.ID
		seen[id] = r.Rev
		moved = moved || p.seen[id] != r.Rev
	}
	if !moved && len(seen) == len(p.seen) {
		return false
	}
	p.seen = seen
	p.gather()
	return true
}

func (p *Page) concerns(r *fleet.Row) bool {
	if p.key == "" || r.Dossier.Project.ID == p.key {
		return true
	}
	return slices.ContainsFunc(r.Dossier.Environments, func(e platform.EnvironmentFacts) bool { return e.Namespace == p.key })
}

func (p *Page) gather() {
	p.rows, p.asked, p.counts, p.known = nil, nil, [3]int{}, platform.FactAge{}
	p.crumbs = []string{p.env.Words.GitOps.Title}
	done := map[string]bool{}
	for _, r := range p.view.Projects {
		d := r.Dossier
		if !p.concerns(r) {
			continue
		}
		if p.key != "" {
			p.crumbs = []string{d.Project.Slug, p.env.Words.GitOps.Title}
			p.known = d.Known[platform.FamApplications]
			p.asked = []string{p.key, d.Project.ID}
		}
		add := func(a *platform.Application, env string) {
			if done[a.Key()] || (p.key != "" && p.key != d.Project.ID && a.DestNamespace != p.key) {
				return
			}
			done[a.Key()] = true
			p.rows = append(p.rows, app{Application: a, slug: d.Project.Slug, project: d.Project.ID, env: cmp.Or(env, a.EnvironmentName), rank: pane.ArgoRank(a), rev: r.Rev})
		}
		for i := range d.Environments {
			x := &d.Environments[i]
			if x.Namespace == p.key && p.key != "" {
				p.crumbs = []string{d.Project.Slug, x.Name, p.env.Words.GitOps.Title}
			}
			for j := range x.Applications {
				add(&x.Applications[j], x.Name)
			}
		}
		for i := range d.Applications {
			add(&d.Applications[i], "")
		}
	}
	slices.SortStableFunc(p.rows, func(a, b app) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(kindRank(a), kindRank(b)), b.LastDeployed().Compare(a.LastDeployed()), strings.Compare(a.Name, b.Name))
	})
	for _, a := range p.rows {
		p.counts[0]++
		if a.rank >= 4 {
			p.counts[1]++
		}
		if a.Sync == platform.SyncOutOfSync {
			p.counts[2]++
		}
	}
	p.table.SetRows(p.rows, true)
}

// kindRank puts what teams deploy before what the platform makes around it.
func kindRank(a app) int {
	switch a.Type {
	case platform.AppDeploy, platform.AppHistoric:
		return 0
	case platform.AppInfra, platform.AppObservability:
		return 1
	}
	return 2
}

// Relabel writes the columns again.
func (p *Page) Relabel() {
	p.table.SetColumns(p.env.Words.GitOps.Order, p.columns()...)
	p.gather()
}

// Crumbs names whose applications these are.
func (p *Page) Crumbs() []string { return p.crumbs }

// Interest is whose applications are on screen, that under the cursor first.
func (p *Page) Interest() []string {
	if p.key != "" {
		if len(p.asked) == 0 {
			return []string{p.key}
		}
		return p.asked
	}
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if a, ok := p.table.Current(); ok {
		add(a.project)
	}
	for _, a := range p.table.Visible() {
		add(a.project)
	}
	return out
}

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes one restriction away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list; Enter opens an application.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if a, ok := p.table.Current(); ok {
		open := func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Application, Key: a.Key()}}
		}
		has := a.DestNamespace != "" && kindRank(a) == 0
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: open},
			keys.Command{ID: keys.Diff, Do: func() intent.Intent {
				return intent.Open{Ref: intent.Ref{Kind: page.Application, Key: a.Key() + page.OnDiff}}
			}},
			pane.LogsOf(p.env, logs.Subject{Namespace: a.DestNamespace}, has))
	}
	return []keys.Layer{{Name: page.GitOps, Commands: append(append(cmds, p.table.Marking()), p.table.Commands(p.env.Words)...)}}
}

// Copies offers the application under the cursor and how to see it elsewhere.
func (p *Page) Copies() []intent.Item {
	a, ok := p.table.Current()
	if !ok {
		return nil
	}
	w := p.env.Words
	out := []intent.Item{pane.CopyItem(w.GitOps.CopyName, a.Name)}
	if a.URL != "" {
		out = append(out, pane.CopyItem("URL", a.URL))
	}
	if len(a.Revisions) > 0 {
		out = append(out, pane.CopyItem(strings.ToLower(w.GitOps.Revision), a.Revisions[len(a.Revisions)-1]))
	}
	if a.DestNamespace != "" {
		out = append(out, pane.CopyItem(w.Project.CopyNamespace, a.DestNamespace))
	}
	return append(out, pane.CopyItem("argocd", "argocd app get "+a.Namespace+"/"+a.Name))
}

// Draw puts the counts on top, then the list and what it says of the application under the cursor.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	head := []string{p.top(w)}
	head = append(head, p.aging(w)...)
	if h >= 32 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room, total))
	}
	cur, _ := p.table.Current()
	s := pane.Split{Want: p.table.Width(), Lines: total, Hidden: p.hidden, Title: cur.Name, Right: cur.Instance,
		List:    func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return p.details(cur, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

func (p *Page) top(w int) string {
	e := p.env
	role := style.Muted
	if p.counts[1] > 0 {
		role = style.Text
	}
	pen := e.Pen(w).Space(1).Put(role, e.Words.GitOps.Counts(p.counts[0], p.counts[1], p.counts[2]))
	return pane.Restrictions(e, pen, p.table).Line()
}

// aging says which of what is shown may be old.
func (p *Page) aging(w int) []string {
	var known []map[platform.Family]platform.FactAge
	for _, r := range p.view.Projects {
		if p.concerns(r) {
			if a, ok := r.Dossier.Known[platform.FamApplications]; ok {
				known = append(known, map[platform.Family]platform.FactAge{platform.FamApplications: a})
			}
		}
	}
	lines := pane.Aging(p.env, w, known...)
	return lines[:min(len(lines), 2)]
}

func (p *Page) empty(w, h, total int) block.Block {
	e := p.env
	text, _ := p.table.Filter()
	switch {
	case total > 0 && text != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" « "+text+" ».", e.Words.List.NoMatchHint)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	case !p.view.Ready:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading)
	}
	if lines := pane.Unread(e, p.view, w, e.Words.GitOps.Title, p.known, "argocd"); lines != nil {
		return block.New(w, h, append([]string{e.Pen(w).Line()}, lines...)...)
	}
	return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.GitOps.None, e.Words.GitOps.NoneWhy)
}
