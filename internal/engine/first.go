package engine

import (
	"context"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/store"
)

const (
	// namesFirst bounds how long the others wait for the console.
	namesFirst = 500 * time.Millisecond
	// drawFirst is how long they wait on once the names are joined: that a frame with them is drawn before their first lists take every processor.
	drawFirst = 100 * time.Millisecond
)

// start starts the console, and the others once it told the projects: on a large platform their first lists keep every processor busy
// for seconds, and nothing can be shown before the rows have names. Without a console, or with names from the last known state,
// nobody waits; a console that is slow or away holds the others up for a moment only.
func (e *Engine) start(ctx context.Context, all []sources.Source) {
	var rest []sources.Source
	console := false
	for _, s := range all {
		if s.Kind() != "console" {
			rest = append(rest, s)
			continue
		}
		console = true
		e.run(ctx, s)
	}
	if !console || e.named() {
		for _, s := range rest {
			e.run(ctx, s)
		}
		return
	}
	e.running.Go(func() {
		wait, cancel := context.WithTimeout(ctx, time.Duration(float64(namesFirst)/e.opts.Pace))
		defer cancel()
		sub := e.store.Subscribe(0)
		defer sub.Close()
		for !e.named() {
			if _, ok := sub.Next(wait); !ok {
				break
			}
		}
		if e.named() {
			e.View()
			select {
			case <-time.After(time.Duration(float64(drawFirst) / e.opts.Pace)):
			case <-ctx.Done():
			}
		}
		for _, s := range rest {
			e.run(ctx, s)
		}
	})
}

// named reports whether any project is known.
func (e *Engine) named() bool { return store.Projects.Rev(e.store.Current()) > 0 }
