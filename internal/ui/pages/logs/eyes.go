package logs

import (
	"context"
	"sync"
	"time"

	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/lines"
)

// glance is how long one evaluation runs before anybody else may have the store: shorter than a frame.
const glance = 15 * time.Millisecond

// slow is how long a search runs before its progress is shown.
const slow = time.Second

// eyes evaluates the present view off the loop, as lines come in and as the view changes, and rings a bell.
type eyes struct {
	kick    chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex
	view  *lines.View
	since time.Time // when the present evaluation began; zero: there is nothing to do
}

// watch starts them; they end with ctx.
func watch(ctx context.Context, f *feed.Feed, bell chan struct{}) *eyes {
	e := &eyes{kick: make(chan struct{}, 1)}
	e.running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-f.Changed():
			case <-e.kick:
			}
			e.scan(ctx, bell)
			ring(bell)
		}
	})
	return e
}

// scan evaluates until everything is, or the page closes.
func (e *eyes) scan(ctx context.Context, bell chan struct{}) {
	e.mu.Lock()
	e.since = time.Now()
	e.mu.Unlock()
	rung := time.Now()
	for ctx.Err() == nil {
		e.mu.Lock()
		v := e.view
		e.mu.Unlock()
		if v == nil || !v.Scan(glance) {
			break
		}
		if time.Since(rung) > 4*glance { // what is on screen is evaluated first: show it
			ring(bell)
			rung = time.Now()
		}
	}
	e.mu.Lock()
	e.since = time.Time{}
	e.mu.Unlock()
}

// look changes the view.
func (e *eyes) look(v *lines.View) {
	e.mu.Lock()
	e.view = v
	e.mu.Unlock()
	ring(e.kick)
}

// toils reports that an evaluation takes so long that its progress is worth showing.
func (e *eyes) toils() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.since.IsZero() && time.Since(e.since) > slow
}

func (e *eyes) wait() { e.running.Wait() }

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
