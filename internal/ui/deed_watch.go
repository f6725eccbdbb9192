package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/style"
)

// deeds is what the session knows of what the hand does.
type deeds struct {
	bell    <-chan struct{}
	settled map[string]bool // runs whose end was told, or that had ended before
	last    time.Time       // of the last repaint that the bell caused
	running int
	newest  *actions.Run // that is not settled
}

// actedMsg is the bell of the hand.
type actedMsg struct{}

// Acted is the message that something moved in what is done; tests send it.
func Acted() tea.Msg { return actedMsg{} }

// attendHand waits for the bell of the hand; at most three times a second.
func (r *Root) attendHand() tea.Cmd {
	h := r.hand()
	if h == nil || r.opts.Still {
		return nil
	}
	if r.deeds.bell == nil {
		r.deeds.bell = h.Watch(r.env.Ctx)
	}
	ctx, bell, due := r.env.Ctx, r.deeds.bell, r.deeds.last.Add(max(r.wakeGap(), 300*time.Millisecond))
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		}
		timer := time.NewTimer(time.Until(due))
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return actedMsg{}
		}
	}
}

// acted looks at what runs and tells what ended.
func (r *Root) acted() {
	h := r.hand()
	if h == nil {
		return
	}
	d := &r.deeds
	d.last = time.Now()
	first := d.settled == nil
	if first {
		d.settled = map[string]bool{}
	}
	d.running, d.newest = 0, nil
	for _, run := range h.Runs() {
		s := run.State()
		switch {
		case s.Phase != actions.Settled:
			delete(d.settled, run.ID) // it may be looked at again
			d.running++
			if d.newest == nil {
				d.newest = run
			}
		case !d.settled[run.ID]:
			d.settled[run.ID] = true
			if !first && run.Batch == "" {
				w := r.env.Words
				r.toast = &intent.Toast{Text: w.Actions.Ended(w.DeedTitle(run.Deed.ID).Short, run.Subject.Name, w.Actions.Outcome[s.Outcome], w.DeedNote(s.Note)), Bad: s.Outcome != actions.Done}
			}
		}
	}
	r.dirty = true
}

// progress is what the newest deed is at, for the right end of the footer; nil when nothing runs.
func (r *Root) progress(room int) []style.Span {
	d := &r.deeds
	if d.running == 0 || d.newest == nil {
		return nil
	}
	e, w := r.env, r.env.Words
	s := d.newest.State()
	done := 0
	at := ""
	for _, step := range s.Steps {
		switch step.State {
		case actions.Done:
			done++
		case "running", actions.Failed:
			at = w.DeedStep(step.Name)
		}
	}
	text := w.DeedTitle(d.newest.Deed.ID).Short + " " + d.newest.Subject.Name
	if len(s.Steps) > 0 {
		text += " " + w.Int(done) + "/" + w.Int(len(s.Steps))
	}
	if at != "" {
		text += " " + at
	}
	if d.running > 1 {
		text += " · " + w.Actions.RunningNow(d.running)
	}
	text, _ = block.Clip(text, max(room-2, 8))
	return []style.Span{{Role: style.Running, Text: e.Glyphs.Running + " "}, {Role: style.Muted, Text: text}, {Text: " "}}
}
