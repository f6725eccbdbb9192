package environment

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

func eventKey(x platform.Event) string {
	return x.Kind + "/" + x.Name + "/" + x.Reason + "/" + strconv.FormatInt(x.First.Unix(), 10) + "/" + x.Message
}

func (p *Page) eventMark(x platform.Event) cells.Mark {
	if x.Type == "Warning" {
		return cells.Mark{Role: style.Warn, Glyph: p.env.Glyphs.Warn}
	}
	return cells.Mark{Role: style.Faint, Glyph: p.env.Glyphs.Info}
}

func (p *Page) eventColumns() []table.Column[platform.Event] {
	w := p.env.Words.Environment
	return []table.Column[platform.Event]{
		{ID: "when", Title: "  " + w.When, Want: 14, Min: 10, Draw: func(pen *style.Pen, x platform.Event) {
			m := p.eventMark(x)
			pen.Put(m.Role, m.Glyph).Space(1).Put(style.Muted, p.env.Words.When(x.Last, p.env.Now()))
		}, Compare: func(a, b platform.Event) int { return b.Last.Compare(a.Last) }},
		{ID: "reason", Title: w.Reason, Want: 16, Max: 24, Natural: func(x platform.Event) int { return block.Width(x.Reason) }, Draw: func(pen *style.Pen, x platform.Event) {
			role := style.Muted
			if x.Type == "Warning" {
				role = style.Warn
			}
			pen.Put(role, x.Reason)
		}, Compare: func(a, b platform.Event) int { return strings.Compare(a.Reason, b.Reason) }, Value: func(x platform.Event) string { return x.Reason }},
		{ID: "object", Title: w.Object, Want: 24, Min: 16, Keep: 2, Max: 48, Natural: func(x platform.Event) int { return block.Width(x.Kind+x.Name) + 1 }, Draw: func(pen *style.Pen, x platform.Event) {
			pen.Put(style.Faint, x.Kind+" ").Put(style.Text, x.Name)
		}, Compare: func(a, b platform.Event) int { return strings.Compare(a.Name, b.Name) }, Value: func(x platform.Event) string { return x.Name }},
		{ID: "count", Title: w.Count, Want: 4, Keep: 3, Right: true, Draw: func(pen *style.Pen, x platform.Event) {
			pen.Right(style.Muted, strconv.Itoa(max(x.Count, 1)))
		}, Compare: func(a, b platform.Event) int { return cmp.Compare(b.Count, a.Count) }},
		{ID: "text", Title: w.Text, Want: 30, Min: 18, Grow: true, Keep: 1, Draw: func(pen *style.Pen, x platform.Event) { pen.Put(style.Muted, x.Message) }},
	}
}

// eventLines is an event in the details of what it is about.
func (p *Page) eventLines(x platform.Event, w int) []string {
	e := p.env
	m := p.eventMark(x)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Faint, e.Words.When(x.Last, e.Now())).Space(2).Put(calm(m), x.Reason)
	if x.Count > 1 {
		pen.Put(style.Faint, " "+e.Glyphs.Times+strconv.Itoa(x.Count))
	}
	return append([]string{pen.Line()}, pane.Text(e, w, 3, style.Muted, x.Message)...)
}

func (p *Page) drawEvents(w, h int) block.Block {
	e, ew := p.env, p.env.Words.Environment
	shown, total := p.events.Len()
	if shown == 0 {
		text, _ := p.events.Filter()
		switch {
		case total > 0 && text != "":
			return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
		case total > 0:
			return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
		case p.facts.Has(platform.FamEvents):
			return e.Empty(w, h, e.Glyphs.None, style.Faint, ew.NoEvent, ew.NoEventWhy)
		}
		return block.New(w, h, pane.Missing(e, p.view, w, ew.Events, p.facts.Known[platform.FamEvents])...)
	}
	x, _ := p.events.Current()
	s := pane.Split{Want: 1 << 20, Lines: total, Hidden: p.hidden, Title: x.Reason, Right: x.Kind + " " + x.Name,
		List: func(w, h int) block.Block { return p.events.Draw(w, h, e.Look()) }, Details: func(w int) []string { return p.eventLines(x, w) }}
	return s.Draw(e, w, h)
}

// drawErrors is the last lines of level error, whole.
func (p *Page) drawErrors(w, h int) block.Block {
	e, ew := p.env, p.env.Words.Environment
	if len(p.facts.LogErrors) == 0 {
		if p.facts.Has(platform.FamLogErrors) {
			return e.Empty(w, h, e.Glyphs.Dot, style.Good, ew.NoError, ew.NoErrorWhy)
		}
		return block.New(w, h, pane.Missing(e, p.view, w, ew.Errors, p.facts.Known[platform.FamLogErrors])...)
	}
	var out []string
	for rest := p.facts.LogErrors; len(rest) > 0; {
		// Lines of one moment belong together, and read downwards though moments are newest first.
		n := 1
		for n < len(rest) && rest[n].Container == rest[0].Container && rest[n].Pod == rest[0].Pod && rest[n].At.Unix() == rest[0].At.Unix() {
			n++
		}
		l := rest[0]
		pen := e.Pen(w).Space(1).Put(style.Faint, l.At.In(e.Now().Location()).Format("15:04:05")).Space(2).Put(style.Title, l.Container)
		if l.Level != "" {
			pen.Put(style.Bad, "  "+strings.ToUpper(l.Level))
		}
		out = append(out, pen.Put(style.Faint, "  "+l.Pod).Line())
		for i := n - 1; i >= 0; i-- {
			out = append(out, p.errorLine(rest[i].Text, w)...)
		}
		rest = rest[n:]
	}
	return p.text(out, w, h)
}

// errorLine is what a line says to people, and beneath it the line itself where it says more, on one line; a line in no known format is whole.
func (p *Page) errorLine(text string, w int) []string {
	e := p.env
	text = strings.ReplaceAll(text, "\t", " ")
	said := ""
	if e.Formats != nil {
		if set := e.Formats(); set != nil {
			said = platform.CleanLine(set.Message(text, set.Classify(text).Format))
		}
	}
	if said == "" || said == text {
		return pane.Text(e, w, 3, style.Text, text)
	}
	return append(pane.Text(e, w, 3, style.Text, said), e.Pen(w).Space(3).Put(style.Faint, text).Line())
}

// Copies offers what one says of the line under the cursor, then of the namespace.
func (p *Page) Copies() []intent.Item {
	if p.facts == nil {
		return nil
	}
	w := p.env.Words
	var out []intent.Item
	add := func(label, text string) {
		if text != "" {
			out = append(out, pane.CopyItem(label, text))
		}
	}
	if p.tab == tabEvents {
		if x, ok := p.events.Current(); ok {
			add(w.Environment.CopyEvent, x.Message)
		}
	} else {
		key := p.tree.Current()
		for i := range p.facts.Pods {
			if x := &p.facts.Pods[i]; keyPod+x.Name == key {
				add(w.Environment.CopyPod, x.Name)
				if c, ok := mainContainer(x); ok {
					add(w.Environment.CopyImage, c.Image)
				}
			}
		}
		for i := range p.facts.Applications {
			if a := &p.facts.Applications[i]; keyApp+a.Key() == key {
				add(w.Environment.CopyApp, a.Name)
			}
		}
		for _, f := range p.found {
			if keyFinding+f.Key() == key {
				var sb strings.Builder
				pane.Plain(p.env, &sb, f, "")
				add(w.Project.Findings, sb.String())
			}
		}
	}
	add(w.Project.CopyNamespace, p.facts.Namespace)
	return out
}
