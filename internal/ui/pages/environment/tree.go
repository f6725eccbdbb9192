package environment

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// Keys of the outline's items.
const (
	keyFinding  = "f:"
	keyApp      = "a:"
	keyWorkload = "w:"
	keyPod      = "p:"
)

// load is a controller with its pods; workload is nil when only its pods are known.
type load struct {
	kind, name string
	workload   *platform.Workload
	pods       []*platform.Pod
	rank       int
}

func (l *load) key() string { return keyWorkload + l.kind + "/" + l.name }

func (l *load) restarts() (n int) {
	for _, x := range l.pods {
		n += x.Restarts
	}
	return n
}

func (l *load) newest() (t time.Time) {
	for _, x := range l.pods {
		if x.CreatedAt.After(t) {
			t = x.CreatedAt
		}
	}
	return t
}

// counts are ready and wanted pods.
func (l *load) counts() (ready, wanted int, known bool) {
	for _, x := range l.pods {
		if x.Finished() {
			continue
		}
		wanted++
		if x.Healthy() {
			ready++
		}
	}
	if l.workload == nil {
		return ready, wanted, true
	}
	if l.workload.Desired < 0 {
		return ready, wanted, len(l.pods) > 0
	}
	if len(l.pods) == 0 {
		ready = l.workload.Ready
	}
	return ready, max(wanted, l.workload.Desired), true
}

// rank is how much a pod needs the eye.
func (p *Page) rank(x *platform.Pod) int {
	switch cells.Pod(p.env.Glyphs, *x).Role {
	case style.Bad:
		return 3
	case style.Warn:
		return 2
	case style.Running:
		return 1
	default:
		return 0
	}
}

// loads groups pods under their controllers.
func (p *Page) loads() []*load {
	var out []*load
	at := map[string]*load{}
	get := func(kind, name string) *load {
		k := kind + "/" + name
		if at[k] == nil {
			at[k] = &load{kind: kind, name: name}
			out = append(out, at[k])
		}
		return at[k]
	}
	for i := range p.facts.Workloads {
		w := &p.facts.Workloads[i]
		l := get(w.Kind, w.Name)
		l.workload = w
		if len(w.Conditions) > 0 {
			l.rank = 2
		}
	}
	for i := range p.facts.Pods {
		x := &p.facts.Pods[i]
		l := get(x.WorkloadKind, x.WorkloadName)
		l.pods = append(l.pods, x)
		l.rank = max(l.rank, p.rank(x))
	}
	for _, l := range out {
		if ready, wanted, ok := l.counts(); ok && ready < wanted {
			l.rank = max(l.rank, 1)
		}
	}
	slices.SortStableFunc(out, func(a, b *load) int {
		byName := cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.kind, b.kind))
		switch p.order {
		case "name":
			return byName
		case "restarts":
			return cmp.Or(cmp.Compare(b.restarts(), a.restarts()), byName)
		case "age":
			return cmp.Or(b.newest().Compare(a.newest()), byName)
		default:
			return cmp.Or(cmp.Compare(b.rank, a.rank), byName)
		}
	})
	for _, l := range out {
		slices.SortStableFunc(l.pods, func(a, b *platform.Pod) int {
			byName := strings.Compare(a.Name, b.Name)
			switch p.order {
			case "name":
				return byName
			case "restarts":
				return cmp.Or(cmp.Compare(b.Restarts, a.Restarts), byName)
			case "age":
				return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), byName)
			default:
				return cmp.Or(cmp.Compare(p.rank(b), p.rank(a)), byName)
			}
		})
	}
	return out
}

// matches reports whether a text has every word of the filter; -word excludes.
func matches(text, filter string) bool {
	text = strings.ToLower(text)
	for _, term := range strings.Fields(strings.ToLower(filter)) {
		if rest, not := strings.CutPrefix(term, "-"); not && rest != "" {
			if strings.Contains(text, rest) {
				return false
			}
			continue
		}
		if !strings.Contains(text, term) {
			return false
		}
	}
	return true
}

func podText(l *load, x *platform.Pod) string {
	text := l.kind + " " + l.name + " " + x.Name + " " + x.Reason + " " + x.Phase + " " + x.Node
	for _, c := range x.Containers {
		text += " " + c.Image
	}
	return text
}

// sift keeps what the filter and "problems only" let through.
func (p *Page) sift(all []*load) []*load {
	if p.filter == "" && !p.problems {
		return all
	}
	var out []*load
	for _, l := range all {
		if p.problems && l.rank == 0 {
			continue
		}
		kept := *l
		kept.pods = nil
		for _, x := range l.pods {
			if (!p.problems || p.rank(x) > 0) && matches(podText(l, x), p.filter) {
				kept.pods = append(kept.pods, x)
			}
		}
		if len(kept.pods) > 0 || (matches(l.kind+" "+l.name, p.filter) && len(l.pods) == 0) {
			out = append(out, &kept)
		}
	}
	return out
}

func (p *Page) unfolded(l *load) bool {
	if open, ok := p.chosen[l.key()]; ok {
		return open
	}
	return l.rank > 0 || p.filter != ""
}

// unfold turns a finding or a workload over.
func (p *Page) unfold(key string) {
	switch {
	case strings.HasPrefix(key, keyFinding):
		p.open[key] = !p.open[key]
		if !p.open[key] {
			delete(p.open, key)
		}
	default:
		for _, l := range p.loads() {
			if l.key() == key {
				p.chosen[key] = !p.unfolded(l)
			}
		}
	}
	p.grow()
}

// foldAround folds the workload of a pod and stands on it.
func (p *Page) foldAround(pod string) {
	for _, l := range p.loads() {
		for _, x := range l.pods {
			if keyPod+x.Name == pod {
				p.chosen[l.key()] = false
				p.grow()
				p.tree.Select(l.key())
				return
			}
		}
	}
}

// grow makes the outline again: findings, applications, then workloads and their pods.
func (p *Page) grow() {
	if p.facts == nil {
		p.tree.SetItems(nil)
		return
	}
	e := p.env
	still := func(f func(w int) []string) outline.Item {
		return outline.Item{Draw: func(w int, _ style.Ground) []string { return f(w) }}
	}
	line := func(f func(pen *style.Pen)) outline.Item {
		return still(func(w int) []string { pen := e.Pen(w); f(pen); return []string{pen.Line()} })
	}
	var items []outline.Item
	for _, f := range p.found {
		key := keyFinding + f.Key()
		items = append(items, outline.Item{Key: key, Draw: func(w int, g style.Ground) []string {
			o := pane.Finding{Ground: g, Cursor: g == style.Select, Here: p.facts.Name, Full: p.open[key], Proof: 1}
			if w < 100 { // the pods must stay on the screen
				o.Proof, o.Folded = 0, true
			}
			return append(o.Lines(e, f, w), p.said.Lines(e, f, w)...)
		}})
	}
	if len(p.found) > 0 {
		items = append(items, line(func(*style.Pen) {}))
	}
	items = append(items, p.applications()...)
	items = append(items, line(func(*style.Pen) {}))
	loads := p.loads()
	shown := p.sift(loads)
	switch {
	case len(loads) == 0 && !p.facts.Has(platform.FamPods) && !p.facts.Has(platform.FamWorkloads):
		items = append(items, still(func(w int) []string {
			return pane.Missing(e, p.view, w, e.Words.Environment.PodsTitle, p.facts.Known[platform.FamPods])
		}))
	case len(loads) == 0:
		items = append(items, still(func(w int) []string {
			out := []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None).Space(1).Put(style.Muted, e.Words.Environment.NoPod).Line()}
			return append(out, pane.Text(e, w, 3, style.Faint, e.Words.Environment.NoPodWhy)...)
		}))
	case len(shown) == 0:
		items = append(items, still(func(w int) []string {
			if p.filter != "" {
				return append(pane.Text(e, w, 1, style.Muted, e.Words.List.NoMatch+" "+e.Words.Quoted(p.filter)+"."), pane.Text(e, w, 1, style.Faint, e.Words.List.NoMatchHint)...)
			}
			return []string{e.Pen(w).Space(1).Put(style.Good, e.Glyphs.Dot).Space(1).Put(style.Muted, e.Words.List.NoProblem).Line()}
		}))
	default:
		items = append(items, still(func(w int) []string { return []string{p.columns(w).header(p)} }))
	}
	for _, l := range shown {
		items = append(items, outline.Item{Key: l.key(), Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.workloadLine(l, w, g)} }})
		if !p.unfolded(l) {
			continue
		}
		for _, x := range l.pods {
			items = append(items, outline.Item{Key: keyPod + x.Name, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.podLine(l, x, w, g)} }})
		}
	}
	p.tree.SetItems(items)
}

func (p *Page) applications() []outline.Item {
	e := p.env
	if len(p.facts.Applications) == 0 {
		return []outline.Item{{Draw: func(w int, _ style.Ground) []string {
			if !p.facts.Has(platform.FamApplications) {
				return pane.Missing(e, p.view, w, e.Words.Environment.ApplicationsTitle, p.facts.Known[platform.FamApplications])
			}
			return []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None).Space(1).Put(style.Muted, e.Words.Environment.NoApplication).Line()}
		}}}
	}
	var out []outline.Item
	apps := make([]*platform.Application, len(p.facts.Applications))
	for i := range apps {
		apps[i] = &p.facts.Applications[i]
	}
	well := func(a *platform.Application) int {
		switch m, _ := cells.Argo(e.Glyphs, a.Sync, a.Health); m.Role {
		case style.Bad:
			return 0
		case style.Good:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(apps, func(a, b *platform.Application) int { return well(a) - well(b) })
	for _, a := range apps {
		out = append(out, outline.Item{Key: keyApp + a.Key(), Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.appLine(a, w, g)} }})
	}
	return out
}

// appLine is an application: sync with its revision, health, when it was last deployed; its name takes what is left.
func (p *Page) appLine(a *platform.Application, w int, g style.Ground) string {
	e := p.env
	pen := p.start(w, g)
	worst, _ := cells.Argo(e.Glyphs, a.Sync, a.Health)
	rev := ""
	if len(a.Revisions) > 0 {
		rev = " " + cells.ShortSHA(a.Revisions[len(a.Revisions)-1])
	}
	sync, health := cells.Sync(e.Glyphs, a.Sync), cells.Health(e.Glyphs, a.Health)
	tail := 11 + 9 + 2 + 13
	if w < 100 {
		rev, tail = "", 11+2+13
	}
	deployed := e.Words.Environment.NotDeployed
	if t := a.LastDeployed(); !t.IsZero() {
		deployed = e.Words.Environment.LastDeployed + " " + e.Words.When(t, e.Now())
		if by := a.Operation.By; by != "" && by != "automated" && w >= 150 {
			deployed += " (" + by + ")"
		}
	}
	if w >= 76 {
		tail += 24
	}
	pen.Put(worst.Role, worst.Glyph).Space(1)
	pen.Column(max(min(w-pen.X()-tail-4, 64), 14))
	pen.Put(style.Text, cells.Inside(e.Glyphs, a.Name, p.row.Dossier.Project.Slug, pen.Left())).EndColumn().Space(2)
	pen.Column(11+block.Width(rev)).Put(sync.Role, sync.Glyph).Space(1).Put(calm(sync), a.Sync).Put(style.Faint, rev).EndColumn().Space(2)
	pen.Column(13).Put(health.Role, health.Glyph).Space(1).Put(calm(health), a.Health).EndColumn()
	if w >= 76 {
		pen.Space(2).Put(style.Faint, deployed)
	}
	return pen.Line()
}

// calm is the role of a state's word: plain when all is well.
func calm(m cells.Mark) style.Role {
	if m.Role == style.Good {
		return style.Faint
	}
	return m.Role
}

// start begins a line that can be stood on.
func (p *Page) start(w int, g style.Ground) *style.Pen {
	pen := p.env.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(p.env.Glyphs.Cursor)
	}
	return pen.To(1)
}

// Finding is the one under the cursor of the tree.
func (p *Page) Finding() (platform.Finding, bool) {
	if p.tab == tabPods {
		for _, f := range p.found {
			if keyFinding+f.Key() == p.tree.Current() {
				return f, true
			}
		}
	}
	return platform.Finding{}, false
}

// under is the finding under the cursor, else all.
func (p *Page) under() []platform.Finding {
	for i := range p.found {
		if p.tab == tabPods && keyFinding+p.found[i].Key() == p.tree.Current() {
			return p.found[i : i+1]
		}
	}
	return p.found
}
