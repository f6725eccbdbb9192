package application

import (
	"cmp"
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// deepest bounds the tree: owners that own each other are found in the wild.
const deepest = 12

// node is an object with what hangs on it.
type node struct {
	*desk.Node
	sync  string // OutOfSync…; "" for what is in step or not managed directly
	kids  []*node
	depth int
	rank  int // the worst of it and of what hangs on it
}

func (n *node) key() string { return cmp.Or(n.UID, n.Kind+"/"+n.Namespace+"/"+n.Name) }

// kinship hangs objects on their owners: roots and children worst first, then by kind and name.
func (p *Page) kinship() []*node {
	if p.nodes == nil {
		return nil
	}
	all := make([]*node, 0, len(p.nodes.Nodes))
	byUID := map[string]*node{}
	for i := range p.nodes.Nodes {
		n := &node{Node: &p.nodes.Nodes[i]}
		all = append(all, n)
		if n.UID != "" {
			byUID[n.UID] = n
		}
	}
	var roots []*node
	for _, n := range all {
		var owner *node
		for _, uid := range n.Parents {
			if o := byUID[uid]; o != nil && o != n {
				owner = o
				break
			}
		}
		if owner == nil {
			roots = append(roots, n)
			continue
		}
		owner.kids = append(owner.kids, n)
	}
	p.compare(&roots)
	var settle func(list []*node, depth int)
	settle = func(list []*node, depth int) {
		for _, n := range list {
			n.depth, n.rank = depth, healthRank(n)
			if depth >= deepest {
				n.kids = nil
			}
			settle(n.kids, depth+1)
			for _, k := range n.kids {
				n.rank = max(n.rank, k.rank)
			}
		}
		slices.SortStableFunc(list, func(a, b *node) int {
			return cmp.Or(cmp.Compare(boolRank(a.Orphan), boolRank(b.Orphan)), cmp.Compare(b.rank, a.rank), cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), strings.Compare(a.Kind, b.Kind), b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.Name, b.Name))
		})
	}
	settle(roots, 0)
	return roots
}

// compare marks the roots that differ, and adds those that are wanted and do not live.
func (p *Page) compare(roots *[]*node) {
	for i := range p.app.Resources {
		r := &p.app.Resources[i]
		found := false
		for _, n := range *roots {
			if n.Kind == r.Kind && n.Name == r.Name && n.Group == r.Group && (n.Namespace == r.Namespace || r.Namespace == "") {
				n.sync, found = r.Sync, true
			}
		}
		if !found && r.Health == platform.HealthMissing {
			*roots = append(*roots, &node{Node: &desk.Node{ObjectRef: desk.ObjectRef{Group: r.Group, Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}, Health: r.Health, Message: r.Message}, sync: r.Sync})
		}
	}
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func healthRank(n *node) int {
	switch {
	case n.Health == platform.HealthDegraded || n.Health == platform.HealthMissing:
		return 3
	case n.sync == platform.SyncOutOfSync || n.Health == platform.HealthUnknown || n.Health == platform.HealthSuspended:
		return 2
	case n.Health == platform.HealthProgressing:
		return 1
	}
	return 0
}

// kindRank puts what runs before what serves it.
func kindRank(kind string) int {
	order := []string{"Deployment", "StatefulSet", "DaemonSet", "Cluster", "Rollout", "CronJob", "Job", "ReplicaSet", "Pod", "Service", "Ingress", "Route", "ConfigMap", "VaultStaticSecret", "SopsSecret", "Secret"}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return len(order)
}

func (p *Page) unfolded(n *node) bool {
	if open, ok := p.chosen[n.key()]; ok {
		return open
	}
	return n.rank > 0 || p.filter != ""
}

// fits reports whether a node, or something that hangs on it, is let through.
func (p *Page) fits(n *node) bool {
	mine := (!p.trouble || n.rank > 0) && matches(n.Kind+" "+n.Name+" "+n.Health+" "+n.sync+" "+strings.Join(n.Info, " ")+" "+strings.Join(n.Images, " "), p.filter)
	return mine || slices.ContainsFunc(n.kids, p.fits)
}

// matches reports whether a text has every word of the filter; -word excludes.
func matches(text, filter string) bool {
	text = strings.ToLower(text)
	for _, term := range strings.Fields(strings.ToLower(filter)) {
		rest, not := strings.CutPrefix(term, "-")
		if not && rest != "" {
			if strings.Contains(text, rest) {
				return false
			}
		} else if !strings.Contains(text, term) {
			return false
		}
	}
	return true
}

// grow makes the outline again.
func (p *Page) grow() {
	if p.app == nil {
		return
	}
	roots := p.kinship()
	p.byKey = map[string]*node{}
	var note func(list []*node)
	note = func(list []*node) {
		for _, n := range list {
			p.byKey[n.key()] = n
			note(n.kids)
		}
	}
	note(roots)
	var items []outline.Item
	orphans := false
	var add func(n *node)
	add = func(n *node) {
		if !p.fits(n) {
			return
		}
		if n.Orphan && n.depth == 0 && !orphans {
			orphans = true
			items = append(items, outline.Item{Draw: func(w int, _ style.Ground) []string {
				return []string{p.env.Pen(w).Line(), p.env.Pen(w).Space(1).Put(style.Title, p.env.Words.GitOps.Orphan).Line()}
			}})
		}
		items = append(items, outline.Item{Key: n.key(), Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.nodeLine(n, w, g)} }})
		if p.unfolded(n) {
			for _, k := range n.kids {
				add(k)
			}
		}
	}
	for _, n := range roots {
		add(n)
	}
	if p.nodes != nil && p.nodes.Cut > 0 {
		items = append(items, outline.Item{Draw: func(w int, _ style.Ground) []string {
			return []string{p.env.Pen(w).Space(1).Put(style.Warn, p.env.Glyphs.Warn+" "+p.env.Words.GitOps.Cut(p.nodes.Cut)).Line()}
		}})
	}
	p.tree.SetItems(items)
}

func (p *Page) nodeLine(n *node, w int, g style.Ground) string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	fold := " "
	if len(n.kids) > 0 {
		fold = e.Glyphs.Closed
		if p.unfolded(n) {
			fold = e.Glyphs.Open
		}
	}
	pen.To(1).Space(2*n.depth).Put(style.Accent, fold).Space(1)
	m := cells.Mark{Role: style.Faint, Glyph: e.Glyphs.NotSet}
	switch {
	case n.Health != "":
		m = cells.Health(e.Glyphs, n.Health)
	case n.sync == platform.SyncOutOfSync:
		m = cells.Sync(e.Glyphs, n.sync)
	}
	pen.Put(m.Role, m.Glyph).Space(1)
	role := style.Muted
	if n.rank > 0 {
		role = style.Text
	}
	spans := []style.Span{{Role: role, Text: n.Name}, {Role: style.Faint, Text: " " + n.Kind}}
	if healthRank(n) > 0 && n.Health != "" {
		spans = append(spans, style.Span{Role: m.Role, Text: "  " + n.Health})
	}
	if n.sync == platform.SyncOutOfSync {
		spans = append(spans, style.Span{Role: style.Warn, Text: "  " + n.sync})
	}
	if w < 76 {
		return pen.Spans(spans...).Line()
	}
	// The name and what is wrong come first, then the age; what else is known takes the room that they leave.
	const ageWidth, margin, least, most = 8, 1, 6, 44
	info, needs := strings.Join(n.Info, " "), 0
	for _, s := range spans {
		needs += block.Width(s.Text)
	}
	room := pen.Left() - ageWidth - margin
	pen.Column(room)
	pen.Spans(spans...)
	if room = min(room-needs-2, most); info != "" && room >= min(least, block.Width(info)) {
		pen.To(pen.X() + pen.Left() - min(room, block.Width(info)))
		pen.Put(style.Faint, info)
	}
	pen.EndColumn()
	if !n.CreatedAt.IsZero() {
		pen.Column(ageWidth).Right(style.Faint, e.Age(n.CreatedAt)).EndColumn()
	}
	return pen.Line()
}

// current is the object under the cursor; nil when there is none.
func (p *Page) current() *node { return p.byKey[p.tree.Current()] }

func (p *Page) treeCommands() []keys.Command {
	n := p.current()
	if n == nil {
		return nil
	}
	raw := keys.Command{ID: keys.Raw, Do: func() intent.Intent { p.show(n.ObjectRef); return nil }}
	enter := keys.Command{ID: keys.Enter, Do: raw.Do}
	switch {
	case n.Kind == "Pod":
		enter.Do = func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Pod, Key: n.Namespace + "/" + n.Name}}
		}
	case len(n.kids) > 0:
		enter.Do = func() intent.Intent { p.fold(n); return nil }
	}
	return []keys.Command{enter, raw, {ID: keys.Fold, Quiet: len(n.kids) == 0, Do: func() intent.Intent { p.fold(n); return nil }}}
}

func (p *Page) fold(n *node) {
	if len(n.kids) > 0 {
		p.chosen[n.key()] = !p.unfolded(n)
		p.grow()
	}
}

// logsCommand opens the lines of what is under the cursor: a pod, a workload, else all of the namespace.
func (p *Page) logsCommand() keys.Command {
	s := logs.Subject{Namespace: p.app.DestNamespace}
	if p.tab == tabTree {
		if n := p.current(); n != nil && n.Namespace != "" {
			for i := range p.row.Dossier.Environments {
				x := &p.row.Dossier.Environments[i]
				if x.Namespace != n.Namespace {
					continue
				}
				if n.Kind == "Pod" {
					s = logs.Subject{Namespace: n.Namespace, Pods: []string{n.Name}}
				} else if w := pane.WorkloadLogs(x, n.Kind, n.Name); len(w.Containers) > 0 {
					s = w
				}
			}
		}
	}
	return pane.LogsOf(p.env, s, s.Namespace != "" && p.app.DestCluster != "in-cluster")
}

func (p *Page) drawTree(w, h int) block.Block {
	e, g := p.env, p.env.Words.GitOps
	if p.nodes == nil {
		return block.New(w, h, p.said(topicTree, w)...)
	}
	late := p.late(topicTree, w)
	if len(late) > 0 {
		return block.Under(block.New(w, len(late), late...), p.drawNodes(w, h-len(late)))
	}
	if len(p.nodes.Nodes) == 0 && p.tree.Current() == "" {
		return e.Empty(w, h, e.Glyphs.None, style.Faint, g.Nothing, g.NothingWhy)
	}
	return p.drawNodes(w, h)
}

// late says that what is shown could not be read again.
func (p *Page) late(topic string, w int) []string {
	h, ok := p.fails[topic]
	if !ok {
		return nil
	}
	lines := pane.Fetched(p.env, w, false, "", &h)
	return lines[:min(len(lines), 2)]
}

func (p *Page) drawNodes(w, h int) block.Block {
	e := p.env
	if p.tree.Current() == "" {
		if p.filter != "" {
			return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(p.filter)+".", e.Words.List.NoMatchHint)
		}
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	}
	n := p.current()
	s := pane.Split{Want: 110, Lines: p.tree.Height(w) - 1, Hidden: p.hidden || n == nil || h < 20, List: func(w, h int) block.Block { return pane.Scroll(e, p.tree, w, h, false) }}
	if n != nil {
		s.Title, s.Right, s.Details = n.Name, n.Kind, func(w int) []string { return p.about(n, w) }
	}
	return s.Draw(e, w, h)
}

// names is the column of the names of facts.
const names = 13

func (p *Page) about(n *node, w int) []string {
	e, g := p.env, p.env.Words.GitOps
	var out []string
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	if n.Health != "" {
		m := cells.Health(e.Glyphs, n.Health)
		out = append(out, e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), n.Health).Put(style.Muted, "  "+g.State[n.Health]).Line())
	}
	out = append(out, pane.Text(e, w, 3, style.Text, n.Message)...)
	if n.sync != "" {
		m := cells.Sync(e.Glyphs, n.sync)
		out = append(out, e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), n.sync).Put(style.Muted, "  "+g.State[n.sync]).Line())
	}
	if n.Orphan {
		fact("", style.Span{Role: style.Warn, Text: g.Orphan})
	}
	if !n.CreatedAt.IsZero() {
		fact(g.Created, style.Span{Role: style.Muted, Text: e.Words.When(n.CreatedAt, e.Now())})
	}
	for i, img := range n.Images {
		name := ""
		if i == 0 {
			name = g.Images
		}
		fact(name, style.Span{Role: style.Muted, Text: img})
	}
	if n.Group != "" {
		fact("API", style.Span{Role: style.Faint, Text: n.Group + "/" + n.Version})
	}
	return out
}
