// Package pod is the page of one pod: its containers with how they ended, its events, its manifest. What the lists know is there at once; the
// detail is asked of the cluster, or of Argo CD for those who have no cluster.
package pod

import (
	"context"
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
	"dsotop/internal/ui/tabs"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Pod, Screen: screen, Title: func(w *words.Set) string { return w.Pods.Pod },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// The tabs.
const (
	tabContainers = iota
	tabEvents
	tabManifest
	tabCount
)

const topic = "pod"

// Page is the page of one pod.
type Page struct {
	env             *page.Env
	namespace, name string
	view            *fleet.View
	row             *fleet.Row
	facts           *platform.EnvironmentFacts
	pod             *platform.Pod // as the lists have it; nil when they have it not, or no longer
	sign            string
	tab             int
	reach           desk.PodsReach
	fetch           *page.Fetch
	detail          *desk.PodDetail // nil until it came
	by              string          // who gave it
	why             *platform.SourceHealth
	texts           [tabCount]*outline.Outline
}

// New returns the page of "namespace/name", empty. A key that ends with page.OnManifest opens on the manifest.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, view: &fleet.View{}, fetch: page.NewFetch(env.Ctx)}
	rest, manifest := strings.CutSuffix(key, page.OnManifest)
	if manifest {
		p.tab = tabManifest
	}
	p.namespace, p.name, _ = strings.Cut(rest, "/")
	for i := range p.texts {
		p.texts[i] = outline.New()
	}
	return p
}

// Learn takes what the lists know of the pod, and asks for its detail when that moved.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	first, ready := p.sign == "", p.view.Ready
	p.view = v
	row, facts, _ := page.FindEnvironment(v, p.namespace)
	var pod *platform.Pod
	if facts != nil {
		for i := range facts.Pods {
			if facts.Pods[i].Name == p.name {
				pod = &facts.Pods[i]
			}
		}
	}
	moved := row != p.row || pod != p.pod || facts != p.facts
	p.row, p.facts, p.pod = row, facts, pod
	if sign := signOf(pod, facts); sign != p.sign || first {
		p.sign = sign
		p.ask()
		return true
	}
	return moved || ready != v.Ready
}

// signOf moves when the detail may have moved.
func signOf(x *platform.Pod, facts *platform.EnvironmentFacts) string {
	if x == nil {
		if facts == nil {
			return "unknown"
		}
		return "gone"
	}
	var sb strings.Builder
	sb.WriteString(x.UID + x.Phase + x.Reason + string(rune('0'+x.Ready%64)) + string(rune('0'+x.Restarts%1024)))
	for _, c := range x.Containers {
		sb.WriteString(c.State + c.Reason + c.Since.String())
	}
	return sb.String()
}

func (p *Page) ask() {
	d, ok := p.env.Backend.(page.Desks)
	if !ok || p.facts == nil {
		return
	}
	p.reach = d.Pods(p.namespace, p.name)
	if len(p.reach.Origins) == 0 {
		return
	}
	type found struct {
		detail desk.PodDetail
		by     string
	}
	reach := p.reach
	by := reach.Origins[0].Name()
	p.fetch.Ask(topic, func(ctx context.Context) (any, error) {
		var f found
		var err error
		f.detail, f.by, err = reach.Read(ctx)
		return f, err
	}, func(v any, err error) {
		if err != nil {
			h := p.reach.Health(by, err)
			p.why = &h
			return
		}
		f, _ := v.(found)
		p.detail, p.by, p.why = &f.detail, f.by, nil
	})
}

// Relabel does nothing: nothing is kept in words.
func (p *Page) Relabel() {}

// Crumbs names the project, the environment and the pod.
func (p *Page) Crumbs() []string {
	if p.facts == nil {
		return []string{p.name}
	}
	return []string{p.row.Dossier.Project.Slug, p.facts.Name, p.name}
}

// Interest is its namespace.
func (p *Page) Interest() []string { return []string{p.namespace} }

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

// Layers is the text of the tab in front.
func (p *Page) Layers() []keys.Layer {
	turn := func(n int) func() intent.Intent {
		return func() intent.Intent { p.tab = (p.tab + n + tabCount) % tabCount; return nil }
	}
	cmds := []keys.Command{
		{ID: keys.NextTab, Do: turn(1)}, {ID: keys.PrevTab, Do: turn(-1)}, {ID: keys.Raw, Quiet: p.tab == tabManifest, Do: func() intent.Intent { p.tab = tabManifest; return nil }},
		{ID: keys.Refresh, Do: func() intent.Intent { p.ask(); return intent.Refresh{} }},
	}
	if p.pod != nil {
		cmds = append(cmds, pane.LogsOf(p.env, pane.PodLogs(p.pod), true), pane.MetricsOf(p.env, p.pod.Namespace))
	}
	return []keys.Layer{{Name: page.Pod, Commands: append(cmds, p.texts[p.tab].Commands()...)}}
}

// Copies offers what one says of the pod.
func (p *Page) Copies() []intent.Item {
	w := p.env.Words.Pods
	out := []intent.Item{pane.CopyItem(w.CopyName, p.name)}
	if d := p.detail; d != nil {
		for _, c := range d.Containers {
			if c.Role == desk.RoleMain {
				out = append(out, pane.CopyItem(w.CopyImage, c.Image))
				if c.Digest != "" {
					out = append(out, pane.CopyItem(w.CopyDigest, c.Digest))
				}
			}
		}
		text := d.Manifest.Text
		out = append(out, intent.Item{Label: w.CopyManifest, Hint: p.name, Do: func() intent.Intent { return intent.Copy{Text: text, What: w.CopyManifest} }})
	}
	return append(out, pane.CopyItem(w.CopyNamespace, p.namespace), pane.CopyItem("kubectl", "kubectl -n "+p.namespace+" get pod "+p.name+" -o yaml"))
}

// Draw puts what the pod is and the tabs on top of the tab in front.
func (p *Page) Draw(w, h int) block.Block {
	e, g := p.env, p.env.Words.Pods
	if p.facts == nil || p.pod == nil && p.detail == nil && p.why == nil && !p.fetch.Busy(topic) {
		if p.facts != nil && p.facts.Has(platform.FamPods) {
			return e.Empty(w, h, e.Glyphs.None, style.Faint, g.Gone, p.name, g.GoneHint)
		}
		return pane.Gone(e, p.view, w, h, p.name, g.GoneHint)
	}
	head := p.head(w, h)
	top := block.New(w, len(head), head...)
	room := h - top.H
	var lines func(w int) []string
	switch p.tab {
	case tabEvents:
		lines = p.events
	case tabManifest:
		lines = p.manifest
	default:
		lines = p.containers
	}
	o := p.texts[p.tab]
	o.SetItems([]outline.Item{{Draw: func(w int, _ style.Ground) []string { return lines(w) }}})
	return block.Under(top, pane.Scroll(e, o, w, room, true))
}

func (p *Page) head(w, h int) []string {
	e, g := p.env, p.env.Words.Pods
	var out []string
	pen := e.Pen(w).Space(1)
	if x := p.pod; x != nil {
		m := cells.Pod(e.Glyphs, *x)
		state := x.Reason
		if state == "" {
			state = x.Phase
		}
		pen.Put(m.Role, m.Glyph).Space(1).Put(style.Strong, p.name).Put(pane.Calm(m), "  "+state)
		if !x.CreatedAt.IsZero() {
			pen.Put(style.Faint, "  "+e.Words.Environment.Created+" "+e.Words.Form.Ago(e.Age(x.CreatedAt)))
		}
		if x.Restarts > 0 {
			pen.Put(style.Text, "  "+e.Words.Environment.RestartCount(x.Restarts))
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Text, g.Why[state])...)
	} else {
		out = append(out, pen.Put(style.Unknown, e.Glyphs.Unknown).Space(1).Put(style.Strong, p.name).Put(style.Warn, "  "+g.Gone).Line())
	}
	switch {
	case p.why != nil:
		lines := pane.Fetched(e, w, false, "", p.why)
		out = append(out, lines[:min(len(lines), 3)]...)
		if p.detail == nil {
			out = append(out, e.Pen(w).Space(3).Put(style.Faint, g.OnlyList).Line())
		}
	case p.detail == nil && p.fetch.Busy(topic):
		out = append(out, pane.Fetched(e, w, true, g.Reading, nil)...)
	case p.detail == nil:
		out = append(out, pane.Text(e, w, 1, style.Faint, g.NoDetail)...)
	}
	out = append(out, pane.Aging(e, w, map[platform.Family]platform.FactAge{platform.FamPods: p.facts.Known[platform.FamPods]})...)
	if h >= 30 {
		out = append(out, e.Pen(w).Line())
	}
	warnings := 0
	for _, x := range p.knownEvents() {
		if x.Type == "Warning" {
			warnings++
		}
	}
	list := []tabs.Tab{{Title: g.Containers}, {Title: g.Events, Role: style.Warn}, {Title: g.Manifest}}
	if warnings > 0 {
		list[1].Mark = e.Words.Int(warnings)
	}
	out = append(out, tabs.Line(e.Sheet, e.Glyphs, w, list, p.tab))
	if h >= 24 {
		out = append(out, e.Pen(w).Line())
	}
	return out
}

// knownEvents are those read with the detail, else those of the lists.
func (p *Page) knownEvents() []platform.Event {
	if p.detail != nil && p.detail.EventsErr == nil {
		return p.detail.Events
	}
	var out []platform.Event
	for _, x := range p.facts.Events {
		if x.Kind == "Pod" && x.Name == p.name {
			out = append(out, x)
		}
	}
	return out
}

func (p *Page) events(w int) []string {
	e, g := p.env, p.env.Words.Pods
	var out []string
	if d := p.detail; d != nil && d.EventsErr != nil {
		h := p.reach.Health(p.by, d.EventsErr)
		out = append(out, pane.Fetched(e, w, false, "", &h)...)
	}
	all := p.knownEvents()
	if len(all) == 0 {
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+g.NoEvent+". "+g.NoEventWhy).Line())
	}
	for _, x := range all {
		out = append(out, pane.Event(e, w, x)...)
	}
	return out
}

func (p *Page) manifest(w int) []string {
	if p.detail == nil {
		return nil // the head says why
	}
	return append([]string{pane.Head(p.env, w, p.env.Words.GitOps.ManifestOf)}, pane.YAML(p.env, w, p.detail.Manifest.Text)...)
}
