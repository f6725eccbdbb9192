package runbooks

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/scroll"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// EntryRun registers the page of a run.
func EntryRun(screen int) page.Entry {
	return page.Entry{Kind: page.Run, Screen: screen, Title: func(w *words.Set) string { return w.Runbooks.RunTitle },
		New: func(env *page.Env, key string) page.Page { return NewRun(env, key) }}
}

// RunPage is one run: its steps with what came of them, and what it asks.
type RunPage struct {
	env    *page.Env
	id     string
	desk   *runbook.Desk
	run    runbook.Info
	found  bool
	bell   <-chan struct{}
	scroll scroll.View
}

// NewRun returns the page of a run.
func NewRun(env *page.Env, id string) *RunPage {
	p := &RunPage{env: env, id: id, scroll: scroll.View{Tail: true}}
	if b, ok := env.Backend.(page.Player); ok {
		p.desk = b.Runbooks()
		p.bell = p.desk.Watch(env.Ctx)
		p.Woke()
	}
	return p
}

// Learn has nothing to take: the run tells what it sees.
func (p *RunPage) Learn(*fleet.View) bool { return false }

// Wake rings when a run moved.
func (p *RunPage) Wake() <-chan struct{} { return p.bell }

// Woke reads the run again.
func (p *RunPage) Woke() bool {
	if p.desk != nil {
		p.run, p.found = p.desk.Run(p.id)
	}
	return true
}

// Crumbs names the run.
func (p *RunPage) Crumbs() []string {
	out := []string{p.env.Words.Runbooks.Title, cmp.Or(p.run.Book, p.id)}
	if p.run.Subject != "" { // RB-02 and RB-20 are about the whole platform
		out = append(out, p.run.Subject)
	}
	return out
}

// Interest is the project that it is played on.
func (p *RunPage) Interest() []string {
	if p.run.Selection.ProjectID == "" {
		return nil
	}
	return []string{p.run.Selection.ProjectID}
}

// Layers is the run; Enter answers, or says what may be done with the run.
func (p *RunPage) Layers() []keys.Layer {
	cmds := p.scroll.Commands()
	if p.found {
		cmds = append([]keys.Command{{ID: keys.Enter, Quiet: p.run.State.Over(), Do: p.enter}}, cmds...)
	}
	return []keys.Layer{{Name: page.Run, Commands: cmds}}
}

// after does something with the desk, and tells what stands against it.
func (p *RunPage) after(err error) intent.Intent {
	p.Woke()
	var no *actions.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return intent.Toast{Text: cmp.Or(p.env.Words.Reason(no.Reason), no.Error()), Bad: true}
	}
	return intent.Toast{Text: runbook.Tell(err, p.env.Words.Tag), Bad: true}
}

// enter opens what may be done now: the question first.
func (p *RunPage) enter() intent.Intent {
	p.Woke()
	w, r := p.env.Words.Runbooks, &p.run
	menu := intent.Menu{Title: r.Book + " " + r.Title.Of(p.env.Words.Tag)}
	add := func(label string, do func() intent.Intent) {
		menu.Items = append(menu.Items, intent.Item{Label: label, Do: do})
	}
	switch {
	case r.State.Over():
	case r.Mine && r.Pending != nil:
		p.answers(&menu)
	case !r.Mine && r.Other != nil:
		add(w.TakeOver+" ("+r.Other.String()+")", func() intent.Intent { return p.after(p.desk.TakeOver(p.id)) })
	case !r.Mine:
		add(w.Resume, func() intent.Intent { return p.after(p.desk.Resume(p.id)) })
	}
	if !r.State.Over() && r.Other == nil {
		add(w.Abandon, func() intent.Intent {
			return intent.Input{Label: w.AbandonWhy, Done: func(text string) (intent.Intent, bool) { return p.after(p.desk.Abandon(p.id, text)), false }}
		})
	}
	add(w.Export, func() intent.Intent {
		return intent.Copy{Text: runbook.Markdown(&r.Run, p.env.Words.Tag, page.Speech()), What: w.Copied}
	})
	return menu
}

// answers adds what may be answered. Nothing that writes is the first: Enter twice does nothing.
func (p *RunPage) answers(menu *intent.Menu) {
	w, q, lang := p.env.Words.Runbooks, p.run.Pending, p.env.Words.Tag
	add := func(label, hint string, do func() intent.Intent) {
		menu.Items = append(menu.Items, intent.Item{Label: label, Hint: hint, Do: do})
	}
	give := func(v string) intent.Intent { return p.after(p.desk.Answer(p.id, q.Step, v)) }
	ask := func(label, text string, done func(string) intent.Intent) intent.Intent {
		return intent.Input{Label: label, Text: text, Done: func(v string) (intent.Intent, bool) { return done(v), false }}
	}
	switch q.Kind {
	case runbook.AskTrouble:
		for _, c := range []struct{ label, what string }{{w.Retry, runbook.Retry}, {w.GoOn, runbook.GoOn}, {w.Stop, runbook.GiveUp}} {
			add(c.label, "", func() intent.Intent { return p.after(p.desk.Resolve(p.id, q.Step, c.what)) })
		}
	case runbook.AskConsent:
		menu.Title = w.Consent + p.env.Words.Form.Colon + p.env.Words.DeedTitle(q.Plan.Deed).Short + " → " + q.Plan.Subject
		add(w.Consider, p.env.Words.Actions.Risk[q.Plan.Risk], func() intent.Intent { return p.consider(q) })
		add(w.Refuse, "", func() intent.Intent { return p.after(p.desk.Decline(p.id, q.Step)) })
	default:
		if text := q.Copy.Of(lang); text != "" {
			add(w.ToCopy, firstLine(text), func() intent.Intent { return intent.Copy{Text: text, What: w.CopyText} })
		}
		switch {
		case q.Another:
			add(w.Another, "", func() intent.Intent { return ask(w.Another, "", give) })
		case len(q.Choices) > 0:
			for _, c := range q.Choices {
				add(c.Label.Of(lang), "", func() intent.Intent { return give(c.Value) })
			}
		case q.Type != "":
			add(w.Value, p.env.Words.DeedType(q.Type), func() intent.Intent { return ask(w.Value, q.Default, give) })
		default:
			add(w.Done, "", func() intent.Intent { return give("") })
		}
	}
}

// consider shows the plan in the dialog that shows every plan. One that has become old is made anew: the run then asks again.
func (p *RunPage) consider(q *runbook.Pending) intent.Intent {
	return page.Agree{
		Plan: *q.Plan,
		Do: func(c actions.Consent) error {
			err := p.desk.Consent(p.id, q.Step, c)
			if no, ok := errors.AsType[*actions.Refusal](err); ok && no.Reason.Code == "plan_old" {
				_ = p.desk.Replan(p.id)
			}
			p.Woke()
			return err
		},
		Refuse: func() error {
			defer p.Woke()
			return p.desk.Decline(p.id, q.Step)
		},
	}
}

func firstLine(s string) string { s, _, _ = strings.Cut(s, "\n"); return s }

// Copies offers the text to copy, and the run for the ticket.
func (p *RunPage) Copies() []intent.Item {
	if !p.found {
		return nil
	}
	w, lang := p.env.Words.Runbooks, p.env.Words.Tag
	var out []intent.Item
	if q := p.run.Pending; q != nil && q.Copy.Of(lang) != "" {
		out = append(out, pane.CopyItem(w.CopyText, q.Copy.Of(lang)))
	}
	return append(out, pane.CopyItem(w.Export, runbook.Markdown(&p.run.Run, lang, page.Speech())), pane.CopyItem(w.RunTitle, p.run.ID))
}

// Draw is the head, the steps so far, and what is asked.
func (p *RunPage) Draw(w, h int) block.Block {
	e := p.env
	if !p.found {
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Runbooks.Gone, e.Words.Runbooks.GoneHint)
	}
	lines := p.head(w)
	question := p.question(w, h-len(lines)-5)
	room := max(h-len(lines)-len(question), 3)
	body := p.scroll.Draw(e, p.steps(w), w, room)
	top := block.New(w, len(lines), lines...)
	return block.Under(block.Under(top, body), block.New(w, max(h-top.H-body.H, 0), question...))
}

func (p *RunPage) head(w int) []string {
	e, r, rw := p.env, &p.run, p.env.Words.Runbooks
	m := stateMark(e, string(r.State))
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, r.Book+" "+r.Title.Of(e.Words.Tag)).Space(2).Put(m.Role, runbook.StateWord(string(r.State), e.Words.Tag))
	if r.Dry {
		pen.Space(2).Put(style.Accent, rw.DryNote)
	}
	who := rw.Nobody
	switch {
	case r.Mine:
		who = rw.Mine
	case r.Other != nil:
		who = rw.By + " " + r.Other.String()
	case r.State.Over() && r.By == "":
		who = ""
	case r.State.Over():
		who = rw.By + " " + r.By
	}
	out := append([]string{pen.Line()}, packed(e, w, 3, r.Subject, rw.Begun+" "+e.Words.Form.Ago(e.Age(r.Begun)), who, r.ID)...)
	if why := cmp.Or(r.Fault, r.Why.Of(e.Words.Tag)); why != "" {
		out = append(out, wrapped(e, why, w, 3, 3, style.Bad)...)
	}
	return append(out, e.Section(w, rw.Steps, strconv.Itoa(len(r.Records))))
}

// packed writes short pieces side by side: one that has no room left goes to the next line, whole.
func packed(e *page.Env, w, indent int, pieces ...string) []string {
	var lines []string
	line := ""
	for _, piece := range pieces {
		switch {
		case piece == "":
		case line == "":
			line = piece
		case indent+block.Width(line)+2+block.Width(piece) < w:
			line += "  " + piece
		default:
			lines, line = append(lines, line), piece
		}
	}
	lines = append(lines, line)
	for i, l := range lines {
		lines[i] = e.Pen(w).Space(indent).Put(style.Muted, l).Line()
	}
	return lines
}

func (p *RunPage) steps(w int) []string {
	e, lang, r := p.env, p.env.Words.Tag, &p.run
	var out []string
	for i := range p.run.Records {
		rec := &p.run.Records[i]
		m := stateMark(e, rec.State)
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, rec.Title.Of(lang))
		if rec.State != "done" {
			pen.Space(2).Put(m.Role, runbook.StateWord(rec.State, lang))
		}
		if rec.Answer != "" {
			pen.Space(1).Put(style.Accent, e.Words.Quoted(cmp.Or(rec.Said.Of(e.Words.Tag), rec.Answer)))
		}
		if rec.Until.After(e.Now()) && rec.Ended.IsZero() {
			pen.Space(1).Put(style.Muted, e.Words.Runbooks.Until+" "+rec.Until.In(e.Now().Location()).Format("15:04:05"))
		}
		out = append(out, pen.Line())
		last := i == len(p.run.Records)-1
		if note := rec.Note.Of(lang); note != "" && (last || rec.Kind == runbook.Note) {
			for _, l := range markdown(e, note, max(w-4, 10)) {
				out = append(out, pad(e, l))
			}
		}
		if why := rec.Why.Of(lang); why != "" {
			out = append(out, wrapped(e, why, w, 4, 4, style.Muted)...)
		}
		if last || rec.State == "failed" {
			for _, f := range rec.Seen {
				out = append(out, e.Pen(w).Space(4).Put(style.Faint, f.Name+" = "+strings.ReplaceAll(f.Value, "\n", " ")).Line())
			}
		}
		if d := rec.Deed; d != nil && !(last && r.Pending != nil && r.Pending.Kind == runbook.AskConsent) { // what is asked for stands at the foot
			out = append(out, wrapped(e, strings.TrimSpace(e.Words.DeedTitle(d.Plan.Deed).Short+" → "+d.Plan.Subject+"  "+d.Outcome.How(lang, page.Speech())), w, 4, 6, style.Accent)...)
			if last || r.Dry {
				out = append(out, wrapped(e, d.Plan.Call, w, 4, 6, style.Muted)...)
			}
			for _, s := range d.Outcome.Steps {
				sm := stateMark(e, s.State)
				out = append(out, e.Pen(w).Space(6).Put(sm.Role, sm.Glyph).Space(1).Put(style.Text, e.Words.DeedStep(s.Name)).Space(1).Put(style.Muted, e.Words.DeedNote(s.Note)).Line())
			}
		}
	}
	return out
}

// pad puts a line of its own width four cells to the right.
func pad(e *page.Env, line string) string { return e.Pen(4).Line() + line }

// question is what is asked, at the foot, in so many lines at most.
func (p *RunPage) question(w, room int) []string {
	e, q, rw, lang := p.env, p.run.Pending, p.env.Words.Runbooks, p.env.Words.Tag
	if q == nil {
		return nil
	}
	title := rw.Question
	var out []string
	switch q.Kind {
	case runbook.AskTrouble:
		title = rw.Trouble
		out = append(out, wrapped(e, q.Trouble.Of(lang), w, 1, 1, style.Text)...)
	case runbook.AskConsent:
		title = rw.Consent
		out = p.plan(q.Plan, w)
	default:
		out = append(out, wrapped(e, q.Question.Of(lang), w, 1, 1, style.Strong)...)
		if text := q.Copy.Of(lang); text != "" {
			for l := range strings.SplitSeq(text, "\n") {
				out = append(out, e.Pen(w).Space(3).Put(style.Accent, l).Line())
			}
		}
	}
	if room = max(room, 4); len(out) > room {
		out = append(out[:room-1], e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.Ellipsis+" +"+strconv.Itoa(len(out)-room+1)).Line())
	}
	return append([]string{e.Section(w, title, rw.AnswerHint)}, out...)
}
