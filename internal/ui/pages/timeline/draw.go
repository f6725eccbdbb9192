package timeline

import (
	"strings"
	"time"

	"dsotop/internal/platform"
	axis "dsotop/internal/timeline"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// Draw puts since when it is broken and the strip of lanes on top of the list, what changed before beside or beneath it.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if p.key != "" && p.row == nil {
		return pane.Gone(e, p.view, w, h, pane.ShortNamespace(e, p.key), e.Words.Environment.GoneHint)
	}
	p.follow()
	head := []string{p.top(w)}
	if pin := e.Pin; !pin.IsZero() {
		head = append(head, pane.Pinned(e, w, 1, e.Words.Elsewhere.PinTimeline(p.upTo(pin.Add(1))))...)
	}
	if unread := p.unread(w); unread != "" {
		head = append(head, unread)
	}
	if h >= 20 && w >= 60 && len(p.all) > 0 {
		head = append(head, p.strip(w, h >= 30)...)
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room, total))
	}
	r, _ := p.table.Current()
	s := pane.Split{Want: 104, Lines: shown, Hidden: p.hidden, Title: p.headline(r.Entry), Right: e.Words.When(r.At, e.Now()),
		List: func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) }, Details: func(w int) []string { return p.details(r, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

// follow puts the cursor at the instant that the session is pinned to, once per instant.
func (p *Page) follow() {
	if p.env.Pin.Equal(p.pinned) {
		return
	}
	p.pinned = p.env.Pin
	if p.pinned.IsZero() {
		return
	}
	for _, r := range p.all { // the last thing that had happened by then
		if !r.At.After(p.pinned) {
			p.table.Select(p.project(r) + r.Key)
			return
		}
	}
}

// top says since when it is broken, and what restricts the list.
func (p *Page) top(w int) string {
	e, tw := p.env, p.env.Words.Timeline
	pen := e.Pen(w).Space(1)
	var right []style.Span
	if text, _ := p.table.Filter(); text != "" {
		short, _ := block.Clip(text, max(w/4, 8))
		right = append(right, style.Span{Role: style.Match, Text: short}, style.Span{Role: style.Faint, Text: " " + e.Glyphs.Times + "  "})
	}
	if p.kind != "" {
		name := tw.KindName[p.kind]
		if p.kind == changes {
			name = tw.Changes
		}
		right = append(right, style.Span{Role: style.Match, Text: name}, style.Span{Role: style.Faint, Text: " " + e.Glyphs.Times + "  "})
	}
	if p.table.ProblemsOnly() {
		right = append(right, style.Span{Role: style.Match, Text: e.Words.List.Problems}, style.Span{Role: style.Faint, Text: " " + e.Glyphs.Times + "  "})
	}
	if shown, _ := p.table.Len(); shown != len(p.all) {
		right = append(right, style.Span{Role: style.Muted, Text: e.Words.List.Shown(shown, len(p.all)) + " "})
	}
	if p.key == "" {
		right = append(right, style.Span{Role: style.Faint, Text: tw.Recent + " "})
	}
	room := w - style.WidthOf(right...) - 2
	switch worst, ok := p.broke(); {
	case ok:
		m := p.mark(worst)
		title := tw.Broken(e.Words.When(worst.At, e.Now())) + e.Words.Form.Colon + p.what(worst)
		title, _ = block.Clip(title, max(room-2, 8))
		pen.Put(m.Role, m.Glyph).Space(1).Put(style.Text, title)
	case p.key != "":
		pen.Put(style.Good, e.Glyphs.Dot).Space(1).Put(style.Muted, tw.BrokenNone)
	}
	return pen.RightSpans(right...).Line()
}

// broke is the worst finding of the subject, the oldest of the worst.
func (p *Page) broke() (*axis.Entry, bool) {
	var worst *axis.Entry
	if p.key == "" {
		return nil, false
	}
	for _, r := range p.all {
		if r.Kind != axis.Broke || p.after(r) {
			continue
		}
		if worst == nil || r.Finding.Severity > worst.Finding.Severity || (r.Finding.Severity == worst.Finding.Severity && r.At.Before(worst.At)) {
			worst = r.Entry
		}
	}
	return worst, worst != nil
}

// unread says which facts are missing because nobody could read them: on an axis their absence would look like calm.
func (p *Page) unread(w int) string {
	if p.row == nil {
		return ""
	}
	ns := ""
	if p.facts != nil {
		ns = p.facts.Namespace
	}
	var names []string
	for _, f := range axis.Unread(p.row.Dossier, ns) {
		state := p.row.Dossier.Known[f].State
		if p.facts != nil && (f == platform.FamPods || f == platform.FamEvents) {
			state = p.facts.Known[f].State
		}
		name := p.env.Words.Timeline.Family[string(f)]
		if word := p.env.Words.State[state].Word; word != "" {
			name += " (" + word + ")"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	return p.env.Pen(w).Space(1).Put(style.Unknown, p.env.Glyphs.Unknown).Space(1).Put(style.Faint, p.env.Words.Timeline.Unread(strings.Join(names, ", "))).Line()
}

func (p *Page) empty(w, h, total int) block.Block {
	e, tw := p.env, p.env.Words.Timeline
	text, _ := p.table.Filter()
	switch {
	case total > 0 && text != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	case p.kind != "" && len(p.all) > 0:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, tw.NothingKind)
	case !p.view.Ready:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading)
	}
	return e.Empty(w, h, e.Glyphs.None, style.Faint, tw.Nothing, tw.NothingWhy)
}

// details are what changed before the entry, then the entry whole.
func (p *Page) details(r row, w int) []string {
	e, tw := p.env, p.env.Words.Timeline
	out := []string{pane.Head(e, w, tw.Before)}
	suspects := axis.Before(p.made[r.of], r.Entry)
	for _, s := range suspects {
		out = append(out, p.suspect(s, w))
	}
	note := tw.NotProof
	if len(suspects) == 0 {
		note = tw.NoBefore
	}
	out = append(append(out, pane.Text(e, w, 1, style.Faint, note)...), e.Pen(w).Line())
	column := 10
	fact := func(name string, role style.Role, text string) {
		if text != "" {
			out = append(out, pane.Fact(e, w, column, name, style.Span{Role: role, Text: text})...)
		}
	}
	fact(tw.Text, style.Text, r.Text)
	if r.Finding != nil {
		for i, why := range r.Finding.Why {
			if i == 3 {
				break
			}
			out = append(out, pane.Text(e, w, 1, style.Muted, e.Words.EvidenceText(why))...)
		}
	} else {
		fact(tw.Named, style.Muted, r.Name)
	}
	if !r.Begun.IsZero() {
		fact(tw.Begun, style.Muted, e.Words.When(r.Begun, e.Now())+" ("+tw.Lasted+" "+e.Words.Lasted(r.At.Sub(r.Begun))+")")
	}
	fact(tw.Commit, style.Muted, platform.ShortSHA(r.SHA))
	if r.Kind == axis.Event {
		out = append(out, pane.Text(e, w, 1, style.Faint, tw.Kept)...)
	}
	return out
}

// headline is what happened without what the system said, which has a line of its own.
func (p *Page) headline(e *axis.Entry) string {
	if e.Finding != nil {
		return p.what(e)
	}
	name, said := p.parts(e)
	return strings.TrimSpace(name + " " + said)
}

// suspect is one change that came before.
func (p *Page) suspect(s axis.Suspect, w int) string {
	e, tw := p.env, p.env.Words.Timeline
	m := p.mark(s.Entry)
	pen := e.Pen(w).Space(1)
	role := style.Faint
	if s.Confidence == platform.Probable {
		role = style.Strong
	}
	lead := tw.Lead(e.Words.Age(max(s.Lead, time.Second)))
	pen.Column(14).Put(role, lead).EndColumn().Put(m.Role, m.Glyph).Space(1)
	if where, _ := p.where(s.Entry); where != tw.Whole && pen.Left() > 30 {
		pen.Put(style.Faint, where+" ")
	}
	name, said := p.parts(s.Entry)
	if s.Kind != axis.Console {
		name = tw.KindName[string(s.Kind)] + " " + name
	}
	pen.Put(style.Text, name).Put(style.Muted, " "+said)
	if s.SHA != "" && !strings.Contains(s.Name, platform.ShortSHA(s.SHA)) {
		pen.Put(style.Faint, " "+platform.ShortSHA(s.SHA))
	}
	return pen.Line()
}
