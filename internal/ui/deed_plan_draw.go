package ui

import (
	"errors"
	"unicode"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// sheet is the inside of a dialog, written line by line: what is too long goes on in the next line.
type sheet struct {
	e     *page.Env
	inner int
	lines []string
}

func (s *sheet) pen() *style.Pen { return s.e.Sheet.Pen(s.inner, style.Dialog).Space(1) }

func (s *sheet) gap() { s.lines = append(s.lines, s.pen().Line()) }

// head is the title of a part, after a gap.
func (s *sheet) head(title string) {
	s.gap()
	s.lines = append(s.lines, s.pen().Put(style.Title, title).Line())
}

// put writes a paragraph: its first line after indent cells, the others after hang.
func (s *sheet) put(indent, hang int, spans ...style.Span) {
	type letter struct {
		r    rune
		role style.Role
	}
	var all []letter
	text := ""
	for _, sp := range spans {
		plain, _ := block.Plain(sp.Text)
		text += plain
		for _, r := range plain {
			all = append(all, letter{r, sp.Role})
		}
	}
	at := 0
	for i, line := range block.Wrap(text, max(s.inner-max(indent, hang)-2, 10)) {
		in := hang
		if i == 0 {
			in = indent
		}
		pen := s.pen().Space(in)
		run, role := []rune{}, style.Text
		for _, r := range line {
			for at < len(all) && all[at].r != r && unicode.IsSpace(all[at].r) { // the space at which it was cut
				at++
			}
			if now := min(at, len(all)-1); now >= 0 && all[now].role != role {
				pen.Put(role, string(run))
				run, role = run[:0], all[now].role
			}
			run = append(run, r)
			at++
		}
		s.lines = append(s.lines, pen.Put(role, string(run)).Line())
	}
}

// sign writes a sentence after a mark.
func (s *sheet) sign(indent int, role style.Role, glyph, text string) {
	s.put(indent, indent+2, style.Span{Role: role, Text: glyph + " "}, style.Span{Role: style.Text, Text: text})
}

func (o *deedPlan) draw(e *page.Env, w, h int) (box block.Block, x, y int) {
	inner := min(max(w-6, 30), 110)
	body := o.body(e, inner)
	foot, fx, fy := o.foot(e, inner)
	room := max(h-2-len(foot), 1)
	o.scroll = max(min(o.scroll, len(body)-room), 0)
	if rest := len(body) - o.scroll - room; rest > 0 {
		body = body[o.scroll : o.scroll+room]
		body[room-1] = e.Sheet.Pen(inner, style.Dialog).Space(1).Put(style.Accent, e.Glyphs.SortDown+" ").Put(style.Muted, e.Words.Actions.MoreLines(rest+1)).Line()
	} else {
		body = body[o.scroll:]
	}
	clipped, _ := block.Clip(e.Words.Actions.PlanTitle(o.deed, o.subject), inner-4)
	x, y = -1, -1
	if fx >= 0 {
		x, y = fx+1, 1+len(body)+fy
	}
	return frameBox(e, clipped, inner, append(body, foot...)), x, y
}

// body says what would be done.
func (o *deedPlan) body(e *page.Env, inner int) []string {
	words, a := e.Words, e.Words.Actions
	s := &sheet{e: e, inner: inner}
	p := o.plan
	switch {
	case o.stop != nil:
		s.sign(0, style.Running, e.Glyphs.Running, a.Preparing)
		return s.lines
	case o.err != nil:
		text := platform.CleanLine(o.err.Error())
		if no, ok := errors.AsType[*actions.Refusal](o.err); ok {
			text = words.Reason(no.Reason)
		}
		s.sign(0, style.Bad, e.Glyphs.Bad, text)
		return s.lines
	case p == nil:
		return nil
	}
	colon := words.Form.Colon
	say := func(role style.Role, text string) style.Span { return style.Span{Role: role, Text: text} }
	s.put(0, 0, say(style.Text, words.DeedTitle(p.Deed).Long))
	risk := style.Muted
	if p.Risk != actions.RiskRead.Word() && p.Risk != actions.RiskWrite.Word() {
		risk = style.Warn
	}
	s.put(0, 2, say(style.Faint, a.RiskName+colon), say(risk, a.Risk[p.Risk]))
	o.bulk(s, p)
	for _, f := range p.Args {
		s.put(0, 4, say(style.Faint, words.DeedParam(f.Name)+colon), say(style.Strong, words.DeedValue(f.Value)))
	}
	if o.empty() {
		return s.lines
	}
	title := a.Call
	if p.Sample != "" && p.Count > 1 {
		title += " · " + a.Sample + colon + p.Sample
	}
	s.head(title)
	call := func(line, body string) {
		s.put(2, 4, say(style.Strong, line))
		if body != "" {
			s.put(4, 4, say(style.Text, body))
		}
	}
	call(p.Call, p.Body)
	if p.Else != "" {
		s.put(2, 2, say(style.Faint, a.ElseCall))
		call(p.Else, p.ElseBody)
	}
	if len(p.Warnings) > 0 {
		s.head(a.Warnings)
		for _, r := range p.Warnings {
			s.sign(2, style.Warn, e.Glyphs.Warn, words.Reason(r))
		}
	}
	s.head(a.Effects)
	if len(p.Effects) == 0 {
		s.put(2, 2, say(style.Muted, a.NoEffects))
	}
	for _, f := range p.Effects {
		spans := []style.Span{say(style.Muted, words.DeedEffect(f.What)+colon)}
		switch {
		case f.From == "" && f.To == "":
		case f.From == f.To:
			spans = append(spans, say(style.Text, words.DeedValue(f.To)))
		case f.From == "":
			spans = append(spans, say(style.Good, words.DeedValue(f.To)+" ("+a.New+")"))
		case f.To == "":
			spans = append(spans, say(style.Bad, words.DeedValue(f.From)+" ("+a.Removed+")"))
		default:
			spans = append(spans, say(style.Text, words.DeedValue(f.From)), say(style.Faint, " "+e.Glyphs.Into+" "), say(style.Strong, words.DeedValue(f.To)))
		}
		s.put(2, 4, spans...)
	}
	undo := a.NoUndo
	if u, ok := words.Deeds.Undo[p.Undo]; ok {
		undo = u
	}
	s.gap()
	s.put(0, 2, say(style.Faint, a.Undo+colon), say(style.Muted, undo))
	s.put(0, 2, say(style.Faint, a.Command+" (c)"+colon))
	s.put(2, 4, say(style.Muted, p.Command))
	return s.lines
}

// bulk says how a bulk goes, and what it leaves out.
func (o *deedPlan) bulk(s *sheet, p *runbook.PlanText) {
	words, a := s.e.Words, s.e.Words.Actions
	if p.Together == 0 {
		return
	}
	if p.Count > 0 {
		s.put(0, 2, style.Span{Role: style.Faint, Text: a.On + words.Form.Colon}, style.Span{Role: style.Text, Text: p.Subject})
	}
	s.put(0, 2, style.Span{Role: style.Faint, Text: a.BulkPace(p.Together, int(p.StopAbove*100+0.5))})
	if len(p.Left) == 0 {
		return
	}
	s.sign(0, style.Warn, s.e.Glyphs.Warn, a.Skips(len(p.Left)))
	for _, l := range p.Left[:min(len(p.Left), 5)] {
		s.put(2, 4, style.Span{Role: style.Muted, Text: l.Subject + words.Form.Colon + words.Reason(l.Reason)})
	}
}

// foot asks.
func (o *deedPlan) foot(e *page.Env, inner int) (lines []string, x, y int) {
	a := e.Words.Actions
	s := &sheet{e: e, inner: inner}
	x, y = -1, -1
	s.gap()
	ask := func(where int, label, hint string, f *field) {
		p := s.pen()
		if o.at() == where {
			p.Put(style.Accent, e.Glyphs.Cursor)
		} else {
			p.Space(1)
		}
		p.Put(style.Text, label+e.Words.Form.Colon)
		at := f.draw(p, hint)
		if o.at() == where {
			x, y = at, len(s.lines)
		}
		s.lines = append(s.lines, p.Line())
	}
	stops := o.stops()
	for _, where := range stops {
		switch where {
		case onTyped:
			label := a.TypeName
			if o.plan.Together > 0 {
				label = a.TypeCount
			}
			ask(onTyped, label+" "+o.plan.Type, "", &o.typed)
		case onApprover:
			ask(onApprover, a.Approver, a.ApproverHint, &o.approver)
		}
	}
	if o.told != "" {
		s.sign(0, style.Bad, e.Glyphs.Bad, o.told)
	}
	if o.readOnly() {
		s.put(0, 0, style.Span{Role: style.Faint, Text: a.ReadOnlyHint})
	}
	p := s.pen()
	put(p, e, a.Cancel, o.at() == onCancel)
	for _, where := range stops {
		switch where {
		case onRefuse:
			put(p.Space(3), e, a.Refuse, o.at() == onRefuse)
		case onDo:
			put(p.Space(3), e, a.Do, o.at() == onDo)
		}
	}
	return append(s.lines, p.Line()), x, y
}
