package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// bulkRatio is the part of failures above which a bulk pauses by itself.
const bulkRatio = 0.1

// deedPlan shows what would be sent, and asks. It starts on Cancel.
type deedPlan struct {
	root *Root
	deed *actions.Deed
	subs []actions.Subject
	stop context.CancelFunc // of the planning; nil when it is over

	plan  *actions.Plan
	batch *actions.Batch
	err   error

	typed, approver field
	focus           int // index into stops
	scroll          int
	told            string // why it was not done
}

// plannedMsg is the end of a planning.
type plannedMsg struct {
	of    *deedPlan
	plan  *actions.Plan
	batch *actions.Batch
	err   error
}

// prepare plans a deed off the loop and shows the plan when it is there.
func (r *Root) prepare(d *actions.Deed, subs []actions.Subject, args actions.Args) tea.Cmd {
	ctx, stop := context.WithCancel(r.env.Ctx)
	o := &deedPlan{root: r, deed: d, subs: subs, stop: stop, typed: newField(""), approver: newField("")}
	r.over, r.dirty = o, true
	h := r.hand()
	return func() tea.Msg {
		defer stop()
		m := plannedMsg{of: o}
		if len(subs) == 1 {
			m.plan, m.err = h.Plan(ctx, d.ID, subs[0], args)
		} else {
			m.batch, m.err = h.Bulk(ctx, d.ID, subs, args, actions.BulkOptions{StopRatio: bulkRatio})
		}
		return m
	}
}

func (r *Root) planned(m plannedMsg) {
	if r.over != m.of {
		return // it was given up
	}
	m.of.stop, m.of.plan, m.of.batch, m.of.err = nil, m.plan, m.batch, m.err
	m.of.focus = 0
	r.dirty = true
}

// sample is the plan that is shown: the only one, or the first of a bulk.
func (o *deedPlan) sample() *actions.Plan {
	if o.batch != nil {
		return o.batch.Sample
	}
	return o.plan
}

// confirm is what must be typed; "" when a button is enough.
func (o *deedPlan) confirm() string {
	switch {
	case o.batch != nil:
		return o.batch.Type
	case o.plan != nil:
		return o.plan.Type
	}
	return ""
}

// The places that can have the focus.
const (
	onCancel = iota
	onTyped
	onApprover
	onDo
)

// stops are the places in order: Cancel is the first.
func (o *deedPlan) stops() []int {
	p := o.sample()
	if p == nil || o.root.hand().ReadOnly() {
		return []int{onCancel}
	}
	out := []int{onCancel}
	if o.confirm() != "" {
		out = append(out, onTyped)
	}
	if p.Policy.Do == actions.FourEyes {
		out = append(out, onApprover)
	}
	return append(out, onDo)
}

func (o *deedPlan) at() int {
	s := o.stops()
	return s[min(o.focus, len(s)-1)]
}

func (o *deedPlan) paste(text string) {
	switch o.at() {
	case onTyped:
		o.typed.paste(text)
	case onApprover:
		o.approver.paste(text)
	}
}

func (o *deedPlan) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	n := len(o.stops())
	switch k.String() {
	case "esc":
		if o.stop != nil {
			o.stop()
		}
		return nil, true
	case "pgdown", "ctrl+d":
		o.scroll += 5
		return nil, false
	case "pgup", "ctrl+u":
		o.scroll = max(o.scroll-5, 0)
		return nil, false
	case "tab", "down":
		o.focus = (o.focus + 1) % n
		return nil, false
	case "shift+tab", "up":
		o.focus = (o.focus + n - 1) % n
		return nil, false
	case "enter":
		return o.enter()
	}
	switch o.at() {
	case onTyped:
		o.typed.key(k)
		o.told = ""
	case onApprover:
		o.approver.key(k)
		o.told = ""
	default:
		switch k.String() {
		case "left":
			o.focus = (o.focus + n - 1) % n
		case "right":
			o.focus = (o.focus + 1) % n
		case "q":
			return nil, true
		case "c":
			if p := o.sample(); p != nil {
				text := p.Command()
				if text == "" {
					text = p.Curl()
				}
				return intent.Copy{Text: text, What: o.root.env.Words.Actions.Copied}, false
			}
		}
	}
	return nil, false
}

// enter does what the focus is on. On a field it goes on to the next; the last step is always the button.
func (o *deedPlan) enter() (intent.Intent, bool) {
	switch o.at() {
	case onCancel:
		if o.stop != nil {
			o.stop()
		}
		return nil, true
	case onDo:
		return o.do()
	default:
		o.focus++
		return nil, false
	}
}

func (o *deedPlan) do() (intent.Intent, bool) {
	w := o.root.env.Words
	c := actions.Consent{Typed: o.typed.text(), Approver: o.approver.text()}
	var err error
	if o.batch != nil {
		err = o.batch.Start(c)
	} else {
		_, err = o.root.hand().Do(o.plan, c)
	}
	var no *actions.Refusal
	switch {
	case errors.As(err, &no):
		o.told = w.Reason(no.Reason)
		return nil, false
	case err != nil:
		o.told = platform.CleanLine(err.Error())
		return nil, false
	}
	return intent.Toast{Text: w.Actions.Began(w.DeedTitle(o.deed.ID).Short, nameOf(o.root.env, o.subs))}, true
}

func (o *deedPlan) draw(e *page.Env, w, h int) (box block.Block, x, y int) {
	inner := min(max(w-6, 30), 110)
	words := e.Words
	body := o.body(e, inner)
	foot, fx, fy := o.foot(e, inner)
	room := max(h-2-len(foot), 1)
	o.scroll = max(min(o.scroll, len(body)-room), 0)
	more := len(body) > room
	if more {
		body = body[o.scroll:min(o.scroll+room, len(body))]
		if o.scroll+room < len(body)+o.scroll || more {
			last := len(body) - 1
			if last >= 0 && len(o.body(e, inner)) > o.scroll+room {
				body[last] = e.Sheet.Pen(inner, style.Dialog).Space(1).Put(style.Faint, e.Glyphs.SortDown+" PgDn").Line()
			}
		}
	}
	title := words.Actions.PlanTitle(words.DeedTitle(o.deed.ID).Short, nameOf(e, o.subs))
	clipped, _ := block.Clip(title, inner-4)
	if fx >= 0 {
		x, y = fx+1, 1+len(body)+fy
	} else {
		x, y = -1, -1
	}
	return frameBox(e, clipped, inner, append(body, foot...)), x, y
}

// body says what would be done.
func (o *deedPlan) body(e *page.Env, inner int) []string {
	words := e.Words
	a := words.Actions
	pen := func() *style.Pen { return e.Sheet.Pen(inner, style.Dialog).Space(1) }
	var lines []string
	wrapped := func(role style.Role, indent int, text string) {
		for _, part := range block.Wrap(text, max(inner-indent-2, 10)) {
			lines = append(lines, pen().Space(indent).Put(role, part).Line())
		}
	}
	if o.stop != nil {
		return []string{pen().Put(style.Running, e.Glyphs.Running).Space(1).Put(style.Muted, a.Preparing).Line()}
	}
	if o.err != nil {
		var no *actions.Refusal
		text := platform.CleanLine(o.err.Error())
		if errors.As(o.err, &no) {
			text = words.Reason(no.Reason)
		}
		for i, part := range block.Wrap(text, inner-5) {
			p := pen()
			if i == 0 {
				p.Put(style.Bad, e.Glyphs.Bad)
			} else {
				p.Space(1)
			}
			lines = append(lines, p.Space(1).Put(style.Text, part).Line())
		}
		return lines
	}
	p := o.sample()
	if p == nil {
		return nil
	}
	wrapped(style.Text, 0, words.DeedTitle(o.deed.ID).Long)
	risk := style.Muted
	if p.Risk >= actions.RiskProduction {
		risk = style.Warn
	}
	lines = append(lines, pen().Put(style.Faint, a.RiskName+words.Form.Colon).Put(risk, a.Risk[p.Risk.Word()]).Line())
	if o.batch != nil {
		together := max(o.deed.Together, 1)
		lines = append(lines, pen().Put(style.Faint, a.BulkPace(together, int(bulkRatio*100))).Line())
		if n := o.batch.Tally()[actions.ItemSkipped]; n > 0 {
			lines = append(lines, pen().Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Text, a.Skips(n)).Line())
			shown := 0
			for _, it := range o.batch.Items() {
				if it.State == actions.ItemSkipped && shown < 5 {
					shown++
					wrapped(style.Muted, 2, it.Subject.Name+words.Form.Colon+words.Reason(it.Reason))
				}
			}
		}
	}
	for _, name := range p.Deed.Params {
		if v := p.Args[name.Name]; v != "" {
			lines = append(lines, pen().Put(style.Faint, words.DeedParam(name.Name)+words.Form.Colon).Put(style.Strong, v).Line())
		}
	}
	lines = append(lines, pen().Line(), pen().Put(style.Title, a.Call).Line())
	call := func(s actions.Shown) {
		wrapped(style.Strong, 2, s.Method+" "+s.System+" "+s.Path)
		if s.Body != "" {
			wrapped(style.Text, 2, s.Body)
		}
	}
	call(p.Show())
	if s, ok := p.ShowElse(); ok {
		lines = append(lines, pen().Space(2).Put(style.Faint, a.ElseCall).Line())
		call(s)
	}
	lines = append(lines, pen().Line(), pen().Put(style.Title, a.Effects).Line())
	if len(p.Draft.Effects) == 0 {
		lines = append(lines, pen().Space(2).Put(style.Muted, a.NoEffects).Line())
	}
	for _, f := range p.Draft.Effects {
		line := pen().Space(2).Put(style.Muted, words.DeedEffect(f.What)+words.Form.Colon)
		switch {
		case f.From == "" && f.To == "":
		case f.From == "":
			line.Put(style.Good, f.To+" ("+a.New+")")
		case f.To == "":
			line.Put(style.Bad, f.From+" ("+a.Removed+")")
		default:
			line.Put(style.Text, f.From).Put(style.Faint, " "+e.Glyphs.Into+" ").Put(style.Strong, f.To)
		}
		lines = append(lines, line.Line())
	}
	if len(p.Draft.Warnings) > 0 {
		lines = append(lines, pen().Line(), pen().Put(style.Title, a.Warnings).Line())
		for _, r := range p.Draft.Warnings {
			for i, part := range block.Wrap(words.Reason(r), inner-7) {
				line := pen().Space(2)
				if i == 0 {
					line.Put(style.Warn, e.Glyphs.Warn)
				} else {
					line.Space(1)
				}
				lines = append(lines, line.Space(1).Put(style.Text, part).Line())
			}
		}
	}
	undo := a.NoUndo
	if u, ok := words.Deeds.Undo[o.deed.Undo]; ok {
		undo = u
	}
	lines = append(lines, pen().Line(), pen().Put(style.Faint, a.Undo+words.Form.Colon).Put(style.Muted, undo).Line())
	command := p.Command()
	if command == "" {
		command = p.Curl()
	}
	lines = append(lines, pen().Put(style.Faint, a.Command+words.Form.Colon).Put(style.Faint, "(c)").Line())
	wrapped(style.Muted, 2, command)
	return lines
}

// foot asks.
func (o *deedPlan) foot(e *page.Env, inner int) (lines []string, x, y int) {
	a := e.Words.Actions
	pen := func() *style.Pen { return e.Sheet.Pen(inner, style.Dialog).Space(1) }
	x, y = -1, -1
	lines = append(lines, pen().Line())
	ask := func(where int, label, hint string, f *field) {
		p := pen()
		if o.at() == where {
			p.Put(style.Accent, e.Glyphs.Cursor)
		} else {
			p.Space(1)
		}
		p.Put(style.Text, label+e.Words.Form.Colon)
		at := f.draw(p, hint)
		if o.at() == where {
			x, y = at, len(lines)
		}
		lines = append(lines, p.Line())
	}
	stops := o.stops()
	for _, s := range stops {
		switch s {
		case onTyped:
			label := a.TypeName
			if o.batch != nil {
				label = a.TypeCount
			}
			ask(onTyped, label+" "+o.confirm(), "", &o.typed)
		case onApprover:
			ask(onApprover, a.Approver, a.ApproverHint, &o.approver)
		}
	}
	if o.told != "" {
		for _, part := range block.Wrap(o.told, inner-5) {
			lines = append(lines, pen().Put(style.Bad, e.Glyphs.Bad).Space(1).Put(style.Text, part).Line())
		}
	}
	if o.root.hand().ReadOnly() && o.sample() != nil {
		lines = append(lines, pen().Put(style.Faint, a.ReadOnlyHint).Line())
	}
	p := pen()
	put(p, e, a.Cancel, o.at() == onCancel)
	if stops[len(stops)-1] == onDo {
		put(p.Space(3), e, a.Do, o.at() == onDo)
	}
	return append(lines, p.Line()), x, y
}
