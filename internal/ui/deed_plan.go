package ui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// bulkRatio is the part of failures above which a bulk pauses by itself.
const bulkRatio = 0.1

// deedPlan shows what would be sent, and asks. It starts on Cancel. What it shows was planned by a menu of actions, or by a book that is played.
type deedPlan struct {
	root *Root
	// deed and subject are the names of what is done and on what.
	deed, subject string
	stop          context.CancelFunc // of the planning; nil when it is over

	plan *runbook.PlanText // nil: not there (yet)
	err  error
	// do does it; refuse, when not nil, says that it is not wanted, which Cancel leaves open.
	do     func(actions.Consent) error
	refuse func() error

	typed, approver field
	focus           int // index into stops
	scroll          int
	told            string // why it was not done
}

// plannedMsg is the end of a planning.
type plannedMsg struct {
	of   *deedPlan
	plan *runbook.PlanText
	do   func(actions.Consent) error
	err  error
}

// prepare plans a deed off the loop and shows the plan when it is there.
func (r *Root) prepare(d *actions.Deed, subs []actions.Subject, args actions.Args) tea.Cmd {
	ctx, stop := context.WithCancel(r.env.Ctx)
	w := r.env.Words
	o := &deedPlan{root: r, deed: w.DeedTitle(d.ID).Short, subject: nameOf(r.env, subs), stop: stop, typed: newField(""), approver: newField("")}
	r.over, r.dirty = o, true
	h := r.hand()
	return func() tea.Msg {
		defer stop()
		m := plannedMsg{of: o}
		if len(subs) == 1 {
			p, err := h.Plan(ctx, d.ID, subs[0], args)
			if m.err = err; err == nil {
				text := runbook.TextOf(p)
				m.plan, m.do = &text, func(c actions.Consent) error { _, err := h.Do(p, c); return err }
			}
			return m
		}
		b, err := h.Bulk(ctx, d.ID, subs, args, actions.BulkOptions{StopRatio: bulkRatio})
		if m.err = err; err == nil {
			text := runbook.TextOfBulk(b)
			m.plan, m.do = &text, b.Start
		}
		return m
	}
}

func (r *Root) planned(m plannedMsg) {
	if r.over != m.of {
		return // it was given up
	}
	m.of.stop, m.of.plan, m.of.do, m.of.err = nil, m.plan, m.do, m.err
	m.of.focus = 0
	r.dirty = true
}

// agree shows a plan that is there already.
func (r *Root) agree(a page.Agree) {
	w := r.env.Words
	name := a.Plan.Subject
	if a.Plan.Count > 1 {
		name = w.Int(a.Plan.Count) + " " + w.Actions.Things
	}
	r.over, r.dirty = &deedPlan{root: r, deed: w.DeedTitle(a.Plan.Deed).Short, subject: name, plan: &a.Plan, do: a.Do, refuse: a.Refuse, typed: newField(""), approver: newField("")}, true
}

// The places that can have the focus.
const (
	onCancel = iota
	onTyped
	onApprover
	onRefuse
	onDo
)

// readOnly reports whether it can only be looked at.
func (o *deedPlan) readOnly() bool {
	h := o.root.hand()
	return o.plan != nil && (o.plan.ReadOnly || h != nil && h.ReadOnly())
}

// empty reports whether there is nothing to be done: a bulk of things that cannot be.
func (o *deedPlan) empty() bool { return o.plan == nil || o.plan.Call == "" }

// stops are the places in order: Cancel is the first.
func (o *deedPlan) stops() []int {
	out := []int{onCancel}
	possible := !o.empty() && !o.readOnly()
	if possible && o.plan.Type != "" {
		out = append(out, onTyped)
	}
	if possible && o.plan.Approver {
		out = append(out, onApprover)
	}
	if o.refuse != nil {
		out = append(out, onRefuse)
	}
	if possible {
		out = append(out, onDo)
	}
	return out
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
		return nil, o.leave()
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
			return nil, o.leave()
		case "c":
			if o.plan != nil && o.plan.Command != "" {
				return intent.Copy{Text: o.plan.Command, What: o.root.env.Words.Actions.Copied}, false
			}
		}
	}
	return nil, false
}

func (o *deedPlan) leave() bool {
	if o.stop != nil {
		o.stop()
	}
	return true
}

// enter does what the focus is on. On a field it goes on to the button that does it.
func (o *deedPlan) enter() (intent.Intent, bool) {
	w := o.root.env.Words
	switch o.at() {
	case onCancel:
		return nil, o.leave()
	case onRefuse:
		if err := o.refuse(); err != nil {
			o.told = o.why(err)
			return nil, false
		}
		return nil, true
	case onDo:
		if err := o.do(actions.Consent{Typed: o.typed.text(), Approver: o.approver.text()}); err != nil {
			o.told = o.why(err)
			return nil, false
		}
		return intent.Toast{Text: w.Actions.Began(o.deed, o.subject)}, true
	}
	stops := o.stops()
	next := o.focus + 1
	if stops[next] == onRefuse { // who typed wants to do it
		next = slices.Index(stops, onDo)
	}
	o.focus = next
	return nil, false
}

// why is an error as a sentence.
func (o *deedPlan) why(err error) string {
	w := o.root.env.Words
	if no, ok := errors.AsType[*actions.Refusal](err); ok {
		return w.Reason(no.Reason)
	}
	return runbook.Tell(err, w.Tag)
}
