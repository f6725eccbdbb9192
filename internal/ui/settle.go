package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/page"
)

// Between two repaints of what follows the cursor: a key that is held repaints it this often, and not at each step. The first step after
// a rest shows it at once.
const (
	settleGap     = 150 * time.Millisecond
	settleSlimGap = 600 * time.Millisecond
)

// settling is what a page's followers wait for.
type settling struct {
	last    time.Time // when they caught up last
	waiting bool      // a tick is on its way
}

type settleMsg struct{}

// settle lets what follows the cursor catch up, now or when the gap has passed; never later, however long a key is held.
func (r *Root) settle() tea.Cmd {
	p, ok := r.history.page().(page.Settler)
	if !ok || r.settling.waiting || !p.Unsettled() {
		return nil
	}
	gap := settleGap
	if r.env.Slim {
		gap = settleSlimGap
	}
	wait := gap - time.Since(r.settling.last)
	if r.opts.Still || wait <= 0 {
		r.caughtUp()
		return nil
	}
	r.settling.waiting = true
	ctx := r.env.Ctx
	return func() tea.Msg {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return settleMsg{}
		}
	}
}

func (r *Root) caughtUp() {
	r.settling = settling{last: time.Now()}
	if p, ok := r.history.page().(page.Settler); ok {
		r.guard(func() bool { p.Settle(); return true })
		r.dirty = true
	}
}
