package ui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// subjects are what the page in front is about, the nearest first; nil where it says nothing of it.
func (r *Root) subjects() []actions.Subject {
	if a, ok := r.history.page().(page.Actor); ok {
		return a.Subjects()
	}
	return nil
}

// Links are the addresses of what is under the cursor.
func (r *Root) Links() []page.Link {
	var out []page.Link
	if l, ok := r.history.page().(page.Linker); ok {
		out = append(out, l.Links()...)
	}
	subjects := r.subjects()
	out = append(out, elsewhere.Links(r.view, subjects)...)
	from, to := elsewhere.Range(r.env.Pin, r.env.Span)
	return elsewhere.Distinct(append(out, elsewhere.Grafana(r.view, r.env.Grafana, r.history.here, subjects, from, to)...))
}

// CommandLines are the command lines that print what is on screen, dsotop's own first.
func (r *Root) CommandLines() []page.Line {
	p := r.history.page()
	s := elsewhere.Shown{Ref: r.history.here, Pin: r.env.Pin, Span: r.env.Span}
	if f, ok := p.(page.Filterable); ok {
		s.Filter = f.Filter()
	}
	own := elsewhere.Own(r.view, s)
	var others []page.Line
	if c, ok := p.(page.Commander); ok {
		for _, l := range c.CommandLines() {
			if l.Tool == own.Tool {
				own = l
			} else {
				others = append(others, l)
			}
		}
	}
	return append(append([]page.Line{own}, others...), elsewhere.Lines(r.view, r.subjects())...)
}

// Visit goes to a page as a person would. It reports whether there is such a page.
func (r *Root) Visit(ref intent.Ref) bool { return r.open(ref, nil) }

// copies is the copy menu of the page in front: what it offers, then the command lines that print the same.
func (r *Root) copies() intent.Menu {
	m := intent.Menu{Title: r.env.Words.List.CopyTitle}
	if c, ok := r.history.page().(page.Copier); ok {
		m.Items = c.Copies()
	}
	offered := len(m.Items)
	for _, l := range r.CommandLines() {
		label := r.env.Words.Elsewhere.Command
		if l.Tool != "dsotop" {
			if label = l.Tool; slices.ContainsFunc(m.Items[:offered], func(it intent.Item) bool { return it.Label == label }) {
				continue // the page has its own
			}
		}
		short, _ := block.Clip(l.Text, 48)
		m.Items = append(m.Items, intent.Item{Label: label, Hint: short, Do: func() intent.Intent { return intent.Copy{Text: l.Text, What: label} }})
	}
	return m
}

// web opens the box of addresses. A lone one is copied at once: over SSH the browser is on the other side.
func (r *Root) web() tea.Cmd {
	all := r.Links()
	if len(all) == 0 {
		r.say(r.env.Words.Elsewhere.NoLink, true)
		return nil
	}
	r.over, r.dirty = &webBox{links: all}, true
	if len(all) == 1 {
		return r.carry(intent.Copy{Text: all[0].URL, What: r.env.Words.Elsewhere.Address})
	}
	return nil
}

// webBox shows addresses, each whole and as a hyperlink (OSC 8), which terminals open on a click.
type webBox struct {
	links []page.Link
	at    int
}

func (b *webBox) paste(string) {}

func (b *webBox) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	switch k.String() {
	case "esc", "q", "o":
		return nil, true
	case "up", "k", "shift+tab":
		b.at = max(b.at-1, 0)
	case "down", "j", "tab":
		b.at = min(b.at+1, len(b.links)-1)
	case "home", "g":
		b.at = 0
	case "end", "G":
		b.at = len(b.links) - 1
	case "enter", "c":
		return intent.Copy{Text: b.links[b.at].URL, What: b.links[b.at].System}, true
	}
	return nil, false
}

// draw writes each address under its name, on as many lines as it needs; with little room only those around the cursor.
func (b *webBox) draw(e *page.Env, w, h int) block.Block {
	inner := min(max(w-6, 10), 110)
	need := block.Width(e.Words.Elsewhere.Hint) + 4
	for _, l := range b.links {
		need = max(need, block.Width(l.URL)+6, block.Width(l.System+"  "+l.Name)+6)
	}
	inner = max(min(inner, need), 10)
	var lines []string
	first, last := 0, 0 // lines of the link under the cursor
	for i, l := range b.links {
		ground := style.Dialog
		if i == b.at {
			ground, first = style.Select, len(lines)
		}
		p := e.Sheet.Pen(inner, ground)
		if i == b.at {
			p.Put(style.Accent, e.Glyphs.Cursor)
		} else {
			p.Space(1)
		}
		lines = append(lines, p.Space(1).Put(style.Strong, e.Words.Elsewhere.SystemName(l.System)).Space(2).Put(style.Muted, l.Name).Line())
		rest := l.URL
		for rest != "" {
			n := min(len(rest), max(inner-6, 4)) // an address is ASCII: see elsewhere.Address
			lines = append(lines, e.Sheet.Pen(inner, ground).Space(4).Link(style.Accent, rest[:n], l.URL, strconv.Itoa(i)).Line())
			rest = rest[n:]
		}
		if i == b.at {
			last = len(lines)
		}
	}
	room := max(h-5, 1)
	if len(lines) > room {
		from := max(min(first, len(lines)-room), min(last-room, first), 0)
		lines = lines[from:min(from+room, len(lines))]
	}
	lines = append(lines, e.Sheet.Pen(inner, style.Dialog).Line())
	for _, text := range block.Wrap(e.Words.Elsewhere.Hint, inner-4) {
		lines = append(lines, e.Sheet.Pen(inner, style.Dialog).Space(2).Put(style.Faint, text).Line())
	}
	return frameBox(e, e.Words.Elsewhere.Title, inner, lines)
}
