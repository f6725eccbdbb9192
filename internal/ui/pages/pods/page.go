// Package pods is the page of pods: of the whole platform, of a project, or of a namespace; the worst first, then the youngest.
package pods

import (
	"cmp"
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
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
	return page.Entry{Kind: page.Pods, Screen: screen, Title: func(w *words.Set) string { return w.Pods.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// pod is a row.
type pod struct {
	*platform.Pod
	slug, project, env string
	rank               int
	rev                uint64
}

func (x pod) key() string { return x.Namespace + "/" + x.Name }

// state is what kubectl shows.
func (x pod) state() string { return cmp.Or(x.Reason, x.Phase) }

// Page is the list.
type Page struct {
	env    *page.Env
	key    string // "", a project id, or a namespace
	view   *fleet.View
	table  *table.Table[pod]
	known  platform.FactAge
	crumbs []string
	hidden bool
	seen   map[string]uint64
	asked  []string
	counts [3]int // all, broken, moving
}

// New returns the page, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, view: &fleet.View{}, crumbs: []string{env.Words.Pods.Title}}
	p.table = table.New(table.Config[pod]{Key: pod.key, Rev: func(x pod) uint64 { return x.rev }, Problem: func(x pod) bool { return x.rank > 0 }, Haystack: haystack, OrderTitle: env.Words.Pods.Order}, p.columns()...)
	return p
}

func haystack(x pod) string {
	text := x.slug + " " + x.env + " " + x.Namespace + " " + x.WorkloadKind + " " + x.WorkloadName + " " + x.Phase + " " + x.Node
	for _, c := range x.Containers {
		text += " " + c.Name + " " + c.Image + " " + c.LastReason
	}
	return text
}

// Learn takes the pods that the key is about, when one of the rows of the fleet moved.
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

// rank is how much a pod needs the eye: broken, then not ready, moving, restarted lately, well, finished.
func (p *Page) rank(x *platform.Pod) int {
	switch cells.Pod(p.env.Glyphs, *x).Role {
	case style.Bad:
		return 4
	case style.Warn:
		return 3
	case style.Running:
		return 2
	}
	for _, c := range x.Containers {
		if !c.LastFinished.IsZero() && p.env.Now().Sub(c.LastFinished).Hours() < 1 {
			return 1
		}
	}
	if x.Finished() {
		return -1
	}
	return 0
}

func (p *Page) gather() {
	var rows []pod
	p.asked, p.counts, p.known = nil, [3]int{}, platform.FactAge{}
	p.crumbs = []string{p.env.Words.Pods.Title}
	for _, r := range p.view.Projects {
		if !p.concerns(r) {
			continue
		}
		d := r.Dossier
		if p.key != "" {
			p.crumbs = []string{d.Project.Slug, p.env.Words.Pods.Title}
			p.asked = []string{p.key, d.Project.ID}
		}
		for i := range d.Environments {
			x := &d.Environments[i]
			mine := x.Namespace == p.key && p.key != ""
			if p.key != "" && p.key != d.Project.ID && !mine {
				continue
			}
			if mine {
				p.crumbs = []string{d.Project.Slug, x.Name, p.env.Words.Pods.Title}
			}
			if a := x.Known[platform.FamPods]; p.key != "" && (p.known.At.IsZero() || !a.At.IsZero()) {
				p.known = a
			}
			if p.key == d.Project.ID && x.Namespace != "" {
				p.asked = append(p.asked, x.Namespace)
			}
			for j := range x.Pods {
				rows = append(rows, pod{Pod: &x.Pods[j], slug: d.Project.Slug, project: d.Project.ID, env: x.Name, rank: p.rank(&x.Pods[j]), rev: r.Rev})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b pod) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.Name, b.Name))
	})
	for _, x := range rows {
		p.counts[0]++
		if x.rank >= 3 {
			p.counts[1]++
		}
		if x.rank == 2 {
			p.counts[2]++
		}
	}
	p.table.SetRows(rows, true)
}

// Relabel writes the columns again.
func (p *Page) Relabel() {
	p.table.SetColumns(p.env.Words.Pods.Order, p.columns()...)
	p.gather()
}

// Crumbs names whose pods these are.
func (p *Page) Crumbs() []string { return p.crumbs }

// Interest is whose pods are on screen, that under the cursor first.
func (p *Page) Interest() []string {
	if p.key != "" {
		if len(p.asked) == 0 {
			return []string{p.key}
		}
		return p.asked
	}
	var out []string
	add := func(x pod) {
		if !slices.Contains(out, x.Namespace) {
			out = append(out, x.Namespace)
		}
	}
	if x, ok := p.table.Current(); ok {
		add(x)
	}
	for _, x := range p.table.Visible() {
		add(x)
	}
	return out
}

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes one restriction away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list; Enter opens a pod.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if x, ok := p.table.Current(); ok {
		open := func(suffix string) func() intent.Intent {
			return func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Pod, Key: x.key() + suffix}} }
		}
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: open("")}, keys.Command{ID: keys.Raw, Do: open(page.OnManifest)}, pane.LogsOf(p.env, pane.PodLogs(x.Pod), true), pane.MetricsOf(p.env, x.Pod.Namespace))
	}
	return []keys.Layer{{Name: page.Pods, Commands: append(append(cmds, p.table.Marking()), p.table.Commands(p.env.Words)...)}}
}

// Copies offers what one says of the pod under the cursor.
func (p *Page) Copies() []intent.Item {
	x, ok := p.table.Current()
	if !ok {
		return nil
	}
	w := p.env.Words.Pods
	out := []intent.Item{pane.CopyItem(w.CopyName, x.Name)}
	for _, c := range x.Containers {
		if !c.Init {
			out = append(out, pane.CopyItem(w.CopyImage, c.Image))
		}
	}
	return append(out, pane.CopyItem(w.CopyNamespace, x.Namespace), pane.CopyItem("kubectl", "kubectl -n "+x.Namespace+" get pod "+x.Name))
}

// Draw puts the counts on top, then the list and what it says of the pod under the cursor.
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
	s := pane.Split{Want: p.table.Width(), Lines: total, Hidden: p.hidden, Title: cur.Name, Right: strings.Trim(cur.slug+" "+e.Glyphs.Into+" "+cur.env, " "),
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
	pen := e.Pen(w).Space(1).Put(role, e.Words.Pods.Counts(p.counts[0], p.counts[1], p.counts[2]))
	return pane.Restrictions(e, pen, p.table).Line()
}

func (p *Page) aging(w int) []string {
	var known []map[platform.Family]platform.FactAge
	for _, r := range p.view.Projects {
		if !p.concerns(r) {
			continue
		}
		for i := range r.Dossier.Environments {
			x := &r.Dossier.Environments[i]
			if a, ok := x.Known[platform.FamPods]; ok && (p.key == "" || p.key == r.Dossier.Project.ID || p.key == x.Namespace) {
				known = append(known, map[platform.Family]platform.FactAge{platform.FamPods: a})
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
	if lines := pane.Unread(e, p.view, w, e.Words.Pods.Title, p.known, "kubernetes", "argocd"); lines != nil {
		return block.New(w, h, append([]string{e.Pen(w).Line()}, lines...)...)
	}
	return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Pods.None, e.Words.Pods.NoneWhy)
}
