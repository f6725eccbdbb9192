// Package poll asks a system again and again for a page that is in front, off the session's loop. A new question is asked only when the
// page took the last answer: a page that nobody looks at costs no calls.
package poll

import (
	"context"
	"sync"
	"time"
)

// Never is the wait of who asks no more by itself; [Watch.Kick] asks again.
const Never = time.Duration(-1)

// Ask asks once; next is how long to wait after the answer was taken. It is called by one goroutine, and may keep state of its own.
type Ask[T any] func(ctx context.Context) (value T, next time.Duration, err error)

// Watch asks until it is stopped. Its methods are safe for concurrent use.
type Watch[T any] struct {
	bell  chan<- struct{}
	stop  context.CancelFunc
	taken chan struct{}
	kick  chan struct{}

	mu    sync.Mutex
	fresh bool
	value T
	err   error
}

// Start begins to ask; bell, of capacity 1 at least, rings when an answer is there.
func Start[T any](ctx context.Context, bell chan<- struct{}, ask Ask[T]) *Watch[T] {
	ctx, stop := context.WithCancel(ctx)
	w := &Watch[T]{bell: bell, stop: stop, taken: make(chan struct{}, 1), kick: make(chan struct{}, 1)}
	go w.run(ctx, ask)
	return w
}

func (w *Watch[T]) run(ctx context.Context, ask Ask[T]) {
	for {
		value, next, err := ask(ctx)
		if ctx.Err() != nil {
			return
		}
		w.mu.Lock()
		w.fresh, w.value, w.err = true, value, err
		w.mu.Unlock()
		select {
		case w.bell <- struct{}{}:
		default:
		}
		select {
		case <-ctx.Done():
			return
		case <-w.taken:
		}
		var due <-chan time.Time
		var timer *time.Timer
		if next >= 0 {
			timer = time.NewTimer(next)
			due = timer.C
		}
		select {
		case <-ctx.Done():
		case <-w.kick:
		case <-due:
		}
		if timer != nil {
			timer.Stop()
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// Take returns an answer that was not taken yet.
func (w *Watch[T]) Take() (value T, ok bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.fresh {
		return value, false, nil
	}
	w.fresh = false
	select {
	case w.taken <- struct{}{}:
	default:
	}
	return w.value, true, w.err
}

// Kick asks again now, or as soon as the answer under way was taken.
func (w *Watch[T]) Kick() {
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// Stop ends the asking, also a call under way.
func (w *Watch[T]) Stop() { w.stop() }
