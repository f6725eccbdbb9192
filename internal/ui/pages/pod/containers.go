package pod

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// names is the column of the names of facts.
const names = 15

// containers is every container with how it is and how it ended, then the pod's conditions and place.
func (p *Page) containers(w int) []string {
	var out []string
	if p.detail == nil {
		if p.pod != nil {
			for _, c := range p.pod.Containers {
				out = append(out, p.container(fromList(c), w)...)
			}
			if len(p.pod.Containers) == 0 {
				out = append(out, pane.Text(p.env, w, 1, style.Faint, p.env.Words.Environment.OnlyTree)...)
			}
		}
		return out
	}
	for _, c := range p.detail.Containers {
		out = append(out, p.container(c, w)...)
	}
	out = append(out, p.conditions(w)...)
	return append(out, p.place(w)...)
}

// fromList is what the list knows of a container.
func fromList(c platform.Container) desk.ContainerDetail {
	d := desk.ContainerDetail{Name: c.Name, Image: c.Image, Digest: c.Digest, Ready: c.Ready, Restarts: c.Restarts, State: c.State, Reason: c.Reason, Message: c.Message, Since: c.Since}
	if c.Init {
		d.Role = desk.RoleInit
	}
	if c.LastReason != "" || !c.LastFinished.IsZero() {
		d.Last = &desk.ContainerEnd{Reason: c.LastReason, Code: c.LastExitCode, Ended: c.LastFinished}
	}
	return d
}

func (p *Page) mark(c desk.ContainerDetail) cells.Mark {
	g := p.env.Glyphs
	switch {
	case c.State == "running" && (c.Ready || c.Role == desk.RoleEphemeral):
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case c.State == "running":
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case c.State == "waiting" && (c.Reason == "" || c.Reason == "ContainerCreating" || c.Reason == "PodInitializing"):
		return cells.Mark{Role: style.Running, Glyph: g.Running}
	case c.State == "terminated" && (c.End == nil && c.Reason == "Completed" || c.End != nil && c.End.Code == 0):
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	}
	return cells.Mark{Role: style.Bad, Glyph: g.Bad}
}

func (p *Page) container(c desk.ContainerDetail, w int) []string {
	e, g := p.env, p.env.Words.Pods
	m := p.mark(c)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, c.Name)
	if role := g.Role[c.Role]; role != "" {
		pen.Put(style.Info, " "+role)
	}
	pen.Put(pane.Calm(m), "  "+strings.TrimSpace(c.State+" "+c.Reason))
	if !c.Since.IsZero() {
		pen.Put(style.Faint, " "+e.Words.Form.Since(e.Words.When(c.Since, e.Now())))
	}
	if c.Restarts > 0 {
		pen.Put(style.Text, "  "+e.Words.Environment.RestartCount(c.Restarts))
	}
	out := []string{pen.Line()}
	if c.State != "running" && (p.pod == nil || p.pod.Reason != c.Reason) { // the head says it of the pod
		out = append(out, pane.Text(e, w, 3, style.Text, g.Why[c.Reason])...)
	}
	if c.End == nil {
		out = append(out, pane.Text(e, w, 3, style.Muted, c.Message)...)
	}
	fact := func(name string, value ...style.Span) {
		for _, l := range pane.Fact(e, w-2, names, name, value...) {
			out = append(out, e.Pen(2).Line()+l)
		}
	}
	if c.End != nil {
		p.end(fact, g.EndNow, c.End)
	}
	if c.Last != nil {
		p.end(fact, g.LastEnd, c.Last)
	}
	fact(g.Image1, style.Span{Role: style.Text, Text: c.Image})
	if c.Digest != "" {
		text := c.Digest
		if iid := p.pipeline(c); iid > 0 {
			text = cells.ShortSHA(strings.TrimPrefix(c.Digest, "sha256:")) + " " + e.Glyphs.To + " pipeline #" + strconv.FormatInt(iid, 10)
		}
		fact(g.Digest, style.Span{Role: style.Muted, Text: text})
	}
	if p.detail == nil {
		return append(out, e.Pen(w).Line())
	}
	amount := func(cpu, memory, storage string) string {
		text := cmp.Or(cpu, g.NotSet) + " CPU, " + cmp.Or(memory, g.NotSet) + " " + strings.ToLower(e.Words.Fleet.MemoryLong)
		if storage != "" {
			text += ", " + storage + " ephemeral-storage"
		}
		return text
	}
	fact(g.Request, style.Span{Role: style.Muted, Text: amount(c.CPURequest, c.MemoryRequest, c.StorageRequest)})
	role := style.Muted
	if c.MemoryLimit == "" || c.CPULimit == "" {
		role = style.Warn
	}
	fact(g.Limit, style.Span{Role: role, Text: amount(c.CPULimit, c.MemoryLimit, c.StorageLimit)})
	if len(c.Ports) > 0 {
		fact(g.Ports, style.Span{Role: style.Muted, Text: strings.Join(c.Ports, ", ")})
	}
	for _, probe := range []struct{ name, how string }{{g.Startup, c.StartProbe}, {g.Readiness, c.Readiness}, {g.Liveness, c.Liveness}} {
		if probe.how != "" {
			fact(probe.name, style.Span{Role: style.Muted, Text: probe.how})
		}
	}
	return append(out, e.Pen(w).Line())
}

// end says how a run of a container ended: the reason, the code in words, when, after how long.
func (p *Page) end(fact func(string, ...style.Span), name string, x *desk.ContainerEnd) {
	e, g := p.env, p.env.Words.Pods
	role := style.Warn
	if x.Code == 0 {
		role = style.Muted
	}
	text := strings.TrimSpace(x.Reason + " " + e.Words.Environment.Exit + " " + strconv.Itoa(x.Code) + e.Words.Form.Colon + g.ExitText(x.Code))
	if x.Reason == "OOMKilled" {
		text = x.Reason + " " + e.Words.Environment.Exit + " " + strconv.Itoa(x.Code) + e.Words.Form.Colon + g.Why["OOMKilled"]
	}
	fact(name, style.Span{Role: role, Text: text})
	when := ""
	if !x.Ended.IsZero() {
		when = e.Words.When(x.Ended, e.Now())
		if !x.Started.IsZero() && x.Ended.After(x.Started) {
			when += " " + g.RanFor + " " + e.Words.Lasted(x.Ended.Sub(x.Started))
		}
	}
	if when != "" {
		fact("", style.Span{Role: style.Faint, Text: when})
	}
	if x.Message != "" {
		fact("", style.Span{Role: style.Muted, Text: x.Message})
	}
}

// pipeline finds who built a container's image: by the tag that is a commit's beginning, or by another tag of the same digest.
func (p *Page) pipeline(c desk.ContainerDetail) int64 {
	if p.row == nil {
		return 0
	}
	_, _, _, tag, _ := platform.ParseImage(c.Image)
	tags := []string{tag}
	for i := range p.row.Dossier.Images {
		if m := &p.row.Dossier.Images[i]; m.Is(c.Digest) {
			for _, t := range m.Tags {
				tags = append(tags, t.Name)
			}
		}
	}
	for _, t := range tags {
		if len(t) < 7 {
			continue
		}
		for i := range p.row.Dossier.Repositories {
			for _, pl := range p.row.Dossier.Repositories[i].Pipelines {
				if strings.HasPrefix(pl.SHA, t) {
					return pl.IID
				}
			}
		}
	}
	return 0
}

func (p *Page) conditions(w int) []string {
	e, g := p.env, p.env.Words.Pods
	out := []string{pane.Head(e, w, g.Conditions)}
	met := 0
	for _, c := range p.detail.Conditions {
		bad := c.Status != "True"
		if c.Type == "DisruptionTarget" {
			bad = !bad
		}
		if !bad {
			met++
			continue
		}
		pen := e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Text, c.Type)
		if text := g.Condition[c.Type]; text != "" {
			pen.Put(style.Muted, e.Words.Form.Colon+text)
		}
		if !c.Since.IsZero() {
			pen.Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(c.Since, e.Now())))
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, strings.TrimSpace(c.Reason+" "+c.Message))...)
	}
	if met == len(p.detail.Conditions) && met > 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Faint, g.AllTrue).Line())
	}
	return append(out, e.Pen(w).Line())
}

// place is where and as what the pod runs.
func (p *Page) place(w int) []string {
	e, g, d := p.env, p.env.Words.Pods, p.detail
	out := []string{pane.Head(e, w, g.Pod)}
	fact := func(name, value string) {
		if value != "" {
			out = append(out, pane.Fact(e, w, names, name, style.Span{Role: style.Muted, Text: value})...)
		}
	}
	if !d.DeletedAt.IsZero() {
		out = append(out, pane.Fact(e, w, names, g.Deleting, style.Span{Role: style.Warn, Text: e.Words.When(d.DeletedAt, e.Now())})...)
	}
	fact(g.Owner, cmp.Or(d.Owner, g.Alone))
	fact(g.Node1, d.Node)
	fact(g.IP, d.IP)
	fact(g.QoS, d.QoS)
	fact(g.Account, d.ServiceAccount)
	fact(g.Priority, d.Priority)
	fact(g.Restart, d.RestartPolicy)
	for i, v := range d.Volumes {
		name := ""
		if i == 0 {
			name = g.Volumes
		}
		out = append(out, pane.Fact(e, w, names, name, style.Span{Role: style.Muted, Text: v})...)
	}
	by := p.by
	if d.FromTree {
		by += " (" + g.FromTree + ")"
	}
	fact(g.ReadBy, by)
	return out
}
