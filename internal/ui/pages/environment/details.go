package environment

import (
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// names is the column of the names of facts.
const names = 13

// about returns what is under the cursor: its title and its details.
func (p *Page) about() (title, kind string, lines func(w int) []string) {
	key := p.tree.Current()
	for _, l := range p.loads() {
		if l.key() == key {
			return l.name, l.kind, func(w int) []string { return p.workload(l, w) }
		}
		for _, x := range l.pods {
			if keyPod+x.Name == key {
				return x.Name, x.Node, func(w int) []string { return p.pod(x, w) }
			}
		}
	}
	for i := range p.facts.Applications {
		if a := &p.facts.Applications[i]; keyApp+a.Key() == key {
			return a.Name, a.Instance, func(w int) []string { return p.application(a, w) }
		}
	}
	for _, f := range p.found {
		if keyFinding+f.Key() == key {
			return f.Subject.Name, "", func(w int) []string { return pane.Finding{Here: p.facts.Name, Full: true}.Lines(p.env, f, w) }
		}
	}
	return "", "", nil
}

// drawTree is the outline with the details of what is under the cursor beside it, beneath it when there is room.
func (p *Page) drawTree(w, h int) block.Block {
	title, kind, lines := p.about()
	s := pane.Split{Want: 112, Lines: p.tree.Height(w) - 1, Title: title, Right: kind, Details: lines, List: func(w, h int) block.Block { return pane.Scroll(p.env, p.tree, w, h, false) }}
	// Beneath, findings would be said twice.
	beneath := w < s.Want+pane.SideWidth+3
	s.Hidden = p.hidden || lines == nil || (beneath && (h < 22 || strings.HasPrefix(p.tree.Current(), keyFinding)))
	return s.Draw(p.env, w, h)
}

// drawFull is the details alone.
func (p *Page) drawFull(w, h int) block.Block {
	e := p.env
	title, kind, lines := p.about()
	if lines == nil {
		p.full = false
		return p.drawTree(w, h)
	}
	p.detail.SetItems([]outline.Item{{Draw: func(w int, _ style.Ground) []string {
		return append([]string{e.Section(w, title, kind)}, lines(w)...)
	}}})
	return pane.Scroll(e, p.detail, w, h, true)
}

func (p *Page) pod(x *platform.Pod, w int) []string {
	e, ew := p.env, p.env.Words.Environment
	m := cells.Pod(e.Glyphs, *x)
	state := x.Reason
	if state == "" {
		state = x.Phase
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(calm(m), state)
	if !x.CreatedAt.IsZero() {
		pen.Put(style.Faint, "  "+ew.Created+" "+e.Words.Form.Ago(e.Age(x.CreatedAt)))
	}
	if x.Restarts > 0 {
		pen.Put(style.Text, "  "+ew.RestartCount(x.Restarts))
	}
	out := []string{pen.Line()}
	said := map[string]bool{"": true}
	for _, c := range x.Containers {
		said[c.Message] = true
	}
	if !said[x.Message] {
		out = append(out, pane.Text(e, w, 3, style.Text, x.Message)...)
	}
	if len(x.Containers) == 0 {
		out = append(out, pane.Text(e, w, 1, style.Faint, ew.OnlyTree)...)
	}
	for _, c := range x.Containers {
		out = append(out, p.container(x, c, w)...)
	}
	out = append(out, e.Pen(w).Line(), pane.Head(e, w, ew.EventsOf))
	n := 0
	for _, ev := range p.facts.Events {
		if ev.Name == x.Name {
			out = append(out, p.eventLines(ev, w)...)
			n++
		}
	}
	if n == 0 {
		if !p.facts.Has(platform.FamEvents) {
			return append(out, pane.Missing(e, p.view, w, ew.EventsOf, p.facts.Known[platform.FamEvents])...)
		}
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+ew.NoEvent+". "+ew.NoEventWhy).Line())
	}
	return out
}

func (p *Page) container(x *platform.Pod, c platform.Container, w int) []string {
	e, ew := p.env, p.env.Words.Environment
	var out []string
	m := cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}
	switch {
	case c.State == "waiting" && c.Reason != "ContainerCreating" && c.Reason != "PodInitializing":
		m = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case c.State == "waiting":
		m = cells.Mark{Role: style.Running, Glyph: e.Glyphs.Running}
	case c.State == "terminated" && c.Reason != "Completed":
		m = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case !c.Ready && !c.Init && !x.Finished():
		m = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, c.Name)
	if c.Init {
		pen.Put(style.Info, " "+ew.Init)
	}
	pen.Put(calm(m), "  "+strings.TrimSpace(c.State+" "+c.Reason))
	if !c.Since.IsZero() {
		pen.Put(style.Faint, " "+e.Words.Form.Since(e.Words.When(c.Since, e.Now())))
	}
	if c.Restarts > 0 {
		pen.Put(style.Text, "  "+ew.RestartCount(c.Restarts))
	}
	out = append(out, e.Pen(w).Line(), pen.Line())
	out = append(out, pane.Text(e, w, 3, style.Text, c.Message)...)
	fact := func(name string, value ...style.Span) {
		for _, l := range pane.Fact(e, w-2, names, name, value...) {
			out = append(out, e.Pen(2).Line()+l)
		}
	}
	if c.LastReason != "" {
		text := c.LastReason + " (" + ew.Exit + " " + strconv.Itoa(c.LastExitCode) + ")"
		if !c.LastFinished.IsZero() {
			text += " " + e.Words.When(c.LastFinished, e.Now())
		}
		role := style.Warn
		if c.LastReason == "Completed" {
			role = style.Muted
		}
		fact(ew.LastEnd, style.Span{Role: role, Text: text})
	}
	fact("image", style.Span{Role: style.Text, Text: c.Image})
	if c.Digest != "" {
		text := shortDigest(c.Digest)
		_, _, _, tag, _ := platform.ParseImage(c.Image)
		if iid := p.pipelineOf(c, tag); iid > 0 {
			text += " " + e.Glyphs.To + " pipeline #" + strconv.FormatInt(iid, 10)
		}
		fact(ew.Digest, style.Span{Role: style.Muted, Text: text})
	}
	fact(ew.Requests, style.Span{Role: style.Muted, Text: p.amount(c.Request) + "   "}, style.Span{Role: style.Faint, Text: ew.Limits + " "}, style.Span{Role: style.Muted, Text: p.amount(c.Limit)})
	return out
}

func (p *Page) amount(r platform.ContainerResources) string {
	w := p.env.Words
	cpu, mem := w.Environment.None+" CPU", w.Environment.None+" "+strings.ToLower(w.Fleet.MemoryLong)
	if r.CPU > 0 {
		cpu = w.CPU(r.CPU) + " CPU"
	}
	if r.Memory > 0 {
		mem = w.Bytes(r.Memory)
	}
	return cpu + ", " + mem
}

func (p *Page) workload(l *load, w int) []string {
	e, ew := p.env, p.env.Words.Environment
	var out []string
	ready, wanted, _ := l.counts()
	out = append(out, e.Pen(w).Space(1).Put(cells.Ready(ready, wanted), strconv.Itoa(ready)+"/"+strconv.Itoa(wanted)).Put(style.Muted, " "+strings.ToLower(ew.Ready)).Put(style.Faint, "   "+ew.RestartCount(l.restarts())).Line())
	if l.workload != nil {
		if len(l.workload.Conditions) > 0 {
			out = append(out, e.Pen(w).Line(), pane.Head(e, w, ew.Conditions))
		}
		for _, c := range l.workload.Conditions {
			pen := e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Strong, c.Type).Put(style.Warn, " "+c.Reason)
			if !c.At.IsZero() {
				pen.Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(c.At, e.Now())))
			}
			out = append(out, pen.Line())
			out = append(out, pane.Text(e, w, 3, style.Text, c.Message)...)
		}
		if len(l.workload.Images) > 0 {
			out = append(out, e.Pen(w).Line(), pane.Head(e, w, ew.Images))
			for _, i := range l.workload.Images {
				out = append(out, pane.Text(e, w, 1, style.Muted, i)...)
			}
		}
	}
	first := true
	for _, ev := range p.facts.Events {
		if ev.Name == l.name || (strings.HasPrefix(ev.Name, l.name+"-") && ev.Kind != "Pod" && l.name != "") {
			if first {
				out = append(out, e.Pen(w).Line(), pane.Head(e, w, ew.EventsOf))
				first = false
			}
			out = append(out, p.eventLines(ev, w)...)
		}
	}
	return out
}

func (p *Page) application(a *platform.Application, w int) []string {
	e, ew := p.env, p.env.Words.Environment
	var out []string
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	sync, health := cells.Sync(e.Glyphs, a.Sync), cells.Health(e.Glyphs, a.Health)
	out = append(out, e.Pen(w).Space(1).Put(sync.Role, sync.Glyph).Space(1).Put(calm(sync), a.Sync).Space(3).Put(health.Role, health.Glyph).Space(1).Put(calm(health), a.Health).Line())
	out = append(out, pane.Text(e, w, 1, style.Text, a.HealthMessage)...)
	for _, c := range a.Conditions {
		out = append(out, e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Strong, c.Type).Put(style.Faint, "  "+e.Words.When(c.At, e.Now())).Line())
		out = append(out, pane.Text(e, w, 3, style.Text, c.Message)...)
	}
	if op := a.Operation; op.Phase != "" {
		role := style.Muted
		if op.Phase == platform.OperationFailed || op.Phase == platform.OperationError {
			role = style.Bad
		}
		text := op.Phase
		switch {
		case !op.FinishedAt.IsZero():
			text += " " + e.Words.When(op.FinishedAt, e.Now())
		case !op.StartedAt.IsZero():
			text += " " + e.Words.Form.Since(e.Words.When(op.StartedAt, e.Now()))
		}
		if op.By != "" {
			text += " (" + op.By + ")"
		}
		fact(ew.Operation, style.Span{Role: role, Text: text})
		if op.Phase != platform.OperationSucceeded {
			out = append(out, pane.Text(e, w, 3, style.Text, op.Message)...)
		}
	}
	if len(a.Revisions) > 0 {
		fact(ew.Revision, style.Span{Role: style.Text, Text: cells.ShortSHA(a.Revisions[len(a.Revisions)-1])})
	}
	for _, s := range a.Sources {
		fact(ew.Source, style.Span{Role: style.Muted, Text: strings.Trim(s.RepoURL+" · "+strings.TrimSpace(s.TargetRevision+" "+s.Path+s.Chart), " ·")})
	}
	if len(a.Resources) > 0 {
		out = append(out, e.Pen(w).Line(), pane.Head(e, w, ew.Outside))
	}
	for i := range a.Resources {
		r := &a.Resources[i]
		m, word := pane.ArgoObject(e, r)
		out = append(out, e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, r.Kind+"/"+r.Name).Put(m.Role, "  "+word).Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, r.Message)...)
	}
	return out
}
