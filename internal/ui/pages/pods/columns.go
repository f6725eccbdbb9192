package pods

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[pod]

func (p *Page) columns() []column {
	e, g := p.env, p.env.Words.Pods
	out := []column{{ID: "name", Title: "  " + g.Name, Name: strings.ToLower(g.Name), Want: 24, Min: 20, Max: 56, Natural: func(x pod) int { return block.Width(x.Name) + 2 }, Draw: p.name,
		Compare: func(a, b pod) int { return strings.Compare(a.Name, b.Name) }, Value: func(x pod) string { return x.Name }}}
	if p.key == "" {
		out = append(out, column{ID: "project", Title: g.Project, Want: 10, Min: 11, Max: 20, Keep: 2, Natural: func(x pod) int { return block.Width(x.slug) }, Draw: func(pen *style.Pen, x pod) { pen.Put(style.Muted, x.slug) },
			Compare: func(a, b pod) int { return strings.Compare(a.slug, b.slug) }, Value: func(x pod) string { return x.slug }})
	}
	return append(out,
		column{ID: "env", Title: g.Env, Want: 5, Min: 8, Max: 12, Keep: 1, Natural: func(x pod) int { return block.Width(x.env) }, Draw: func(pen *style.Pen, x pod) { pen.Put(style.Muted, cmp.Or(x.env, e.Glyphs.None)) },
			Compare: func(a, b pod) int { return strings.Compare(a.env, b.env) }, Value: func(x pod) string { return x.env }},
		column{ID: "state", Title: g.State, Want: 17, Draw: func(pen *style.Pen, x pod) { pen.Put(pane.Calm(cells.Pod(e.Glyphs, *x.Pod)), x.state()) },
			Compare: func(a, b pod) int { return cmp.Or(cmp.Compare(b.rank, a.rank), strings.Compare(a.state(), b.state())) }, Value: pod.state},
		column{ID: "ready", Title: g.Ready, Want: 5, Right: true, Draw: func(pen *style.Pen, x pod) {
			role := cells.Ready(x.Ready, x.Total)
			if x.Finished() {
				role = style.Faint
			}
			pen.Right(role, strconv.Itoa(x.Ready)+"/"+strconv.Itoa(x.Total))
		}},
		column{ID: "restarts", Title: g.Restarts, Want: 4, Right: true, Draw: func(pen *style.Pen, x pod) {
			role := style.Faint
			switch {
			case x.Restarts >= 10:
				role = style.Warn
			case x.Restarts > 0:
				role = style.Text
			}
			pen.Right(role, strconv.Itoa(x.Restarts))
		}, Compare: func(a, b pod) int { return cmp.Compare(b.Restarts, a.Restarts) }},
		column{ID: "age", Title: g.Age, Want: 7, Keep: 4, Right: true, Draw: func(pen *style.Pen, x pod) {
			if x.CreatedAt.IsZero() {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Age(x.CreatedAt))
		}, Compare: func(a, b pod) int { return b.CreatedAt.Compare(a.CreatedAt) }},
		column{ID: "image", Title: g.Image, Want: 18, Min: 12, Max: 34, Keep: 5, Natural: func(x pod) int { return block.Width(image(x)) }, Draw: func(pen *style.Pen, x pod) { pen.Put(style.Faint, cmp.Or(image(x), e.Glyphs.None)) }, Value: image,
			Compare: func(a, b pod) int { return strings.Compare(image(a), image(b)) }},
		column{ID: "node", Title: g.Node, Want: 10, Max: 24, Keep: 6, Natural: func(x pod) int { return block.Width(x.Node) }, Draw: func(pen *style.Pen, x pod) { pen.Put(style.Faint, cmp.Or(x.Node, e.Glyphs.None)) }, Value: func(x pod) string { return x.Node },
			Compare: func(a, b pod) int { return strings.Compare(a.Node, b.Node) }},
	)
}

// image is the first image of the pod's own containers, without registry and project.
func image(x pod) string {
	for _, c := range x.Containers {
		if c.Init {
			continue
		}
		_, _, repo, tag, digest := platform.ParseImage(c.Image)
		if i := strings.LastIndexByte(repo, '/'); i >= 0 {
			repo = repo[i+1:]
		}
		switch {
		case tag != "":
			return repo + ":" + tag
		case digest != "":
			return repo + "@" + cells.ShortSHA(strings.TrimPrefix(digest, "sha256:"))
		}
		return repo
	}
	return ""
}

func (p *Page) name(pen *style.Pen, x pod) {
	m := cells.Pod(p.env.Glyphs, *x.Pod)
	role := style.Text
	switch {
	case x.rank >= 3:
		role = style.Strong
	case x.rank < 0:
		role = style.Faint
	}
	pen.Put(m.Role, m.Glyph).Space(1)
	name := x.Name
	if over := block.Width(name) - pen.Left(); over > 0 && len(name) > over+4 { // the end tells pods of one controller apart
		name = p.env.Glyphs.Ellipsis + name[over+1:]
	}
	pen.Put(role, name)
}

// names is the column of the names of facts.
const names = 12

// details says in words what is wrong with a pod, container by container.
func (p *Page) details(x pod, w int) []string {
	e, g := p.env, p.env.Words.Pods
	m := cells.Pod(e.Glyphs, *x.Pod)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), x.state())
	if !x.CreatedAt.IsZero() {
		pen.Put(style.Faint, "  "+e.Words.Environment.Created+" "+e.Words.Form.Ago(e.Age(x.CreatedAt)))
	}
	out := []string{pen.Line()}
	out = append(out, pane.Text(e, w, 3, style.Text, g.Why[x.state()])...)
	said := map[string]bool{"": true}
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	for _, c := range x.Containers {
		said[c.Message] = true
	}
	if !said[x.Message] {
		out = append(out, pane.Text(e, w, 3, style.Muted, x.Message)...)
	}
	for _, c := range x.Containers {
		pen := e.Pen(w).Space(1).Put(style.Strong, c.Name)
		if c.Init {
			pen.Put(style.Info, " "+g.Role["init"])
		}
		pen.Put(style.Muted, "  "+strings.TrimSpace(c.State+" "+c.Reason))
		if !c.Since.IsZero() {
			pen.Put(style.Faint, " "+e.Words.Form.Since(e.Words.When(c.Since, e.Now())))
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, c.Message)...)
		if c.LastReason != "" || c.LastExitCode != 0 {
			text := c.LastReason + " (" + e.Words.Environment.Exit + " " + strconv.Itoa(c.LastExitCode) + ")"
			if !c.LastFinished.IsZero() {
				text += " " + e.Words.When(c.LastFinished, e.Now())
			}
			fact(g.LastEnd, style.Span{Role: style.Warn, Text: text + ", " + g.ExitText(c.LastExitCode)})
		}
		if c.Image != "" {
			fact(g.Image1, style.Span{Role: style.Muted, Text: c.Image})
		}
	}
	if len(x.Containers) == 0 {
		out = append(out, pane.Text(e, w, 3, style.Faint, e.Words.Environment.OnlyTree)...)
	}
	if x.Node != "" {
		fact(g.Node1, style.Span{Role: style.Muted, Text: x.Node})
	}
	return out
}
