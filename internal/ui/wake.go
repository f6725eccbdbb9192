package ui

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// vigil waits for the bell of the page in front. There is at most one: going to another page ends it.
type vigil struct {
	ref  intent.Ref
	seq  int
	stop context.CancelFunc // nil: nobody waits
	last time.Time          // of the last repaint that a bell caused
}

func (v *vigil) end() {
	if v.stop != nil {
		v.stop()
		v.stop = nil
	}
}

// wakeMsg is a bell of a page that rang.
type wakeMsg struct {
	seq  int
	test bool
}

// Wake is the message that the page in front rang its bell; tests send it.
func Wake() tea.Msg { return wakeMsg{test: true} }

// Bells returns the bell of the page in front, nil when it has none; for tests.
func (r *Root) Bells() <-chan struct{} {
	if p, ok := r.history.page().(page.Waker); ok {
		return p.Wake()
	}
	return nil
}

// attend waits for the bell of the page in front. What rings within the gap is one repaint, at its end: never later.
func (r *Root) attend() tea.Cmd {
	if r.opts.Still {
		return nil
	}
	v := &r.vigil
	if v.stop != nil && v.ref == r.history.here {
		return nil
	}
	v.end()
	p, ok := r.history.page().(page.Waker)
	if !ok {
		return nil
	}
	ctx, stop := context.WithCancel(r.env.Ctx)
	v.seq++
	v.ref, v.stop = r.history.here, stop
	seq, bell, due := v.seq, p.Wake(), v.last.Add(r.wakeGap())
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
			return wakeMsg{seq: seq}
		}
	}
}

// The least and the most time between two repaints that bells cause. A large window costs more bytes a frame: the gap grows with it, so
// that a flood of lines stays below 20 kB/s on the wire.
const (
	wakeLeast = 200 * time.Millisecond
	wakeMost  = 500 * time.Millisecond
	wakeCell  = 75 * time.Microsecond
)

func (r *Root) wakeGap() time.Duration {
	if r.env.Slim {
		return time.Second
	}
	return min(max(time.Duration(r.width*r.height)*wakeCell, wakeLeast), wakeMost)
}

func (r *Root) woke(m wakeMsg) bool {
	v := &r.vigil
	if !m.test {
		if m.seq != v.seq || v.stop == nil {
			return false
		}
		v.end()
		v.last = time.Now()
	}
	p, ok := r.history.page().(page.Waker)
	if !ok {
		return false
	}
	return r.guard(p.Woke)
}

// closePage lets a page give back what it holds.
func closePage(p page.Page) {
	c, ok := p.(page.Closer)
	if !ok {
		return
	}
	defer func() {
		if x := recover(); x != nil {
			slog.Error("a page panicked while closing", "value", x, "stack", string(debug.Stack()))
		}
	}()
	c.Close()
}
