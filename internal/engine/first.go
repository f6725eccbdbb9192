package engine

import (
	"context"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// namesFirst bounds how long the others wait for the console.
const namesFirst = 500 * time.Millisecond

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
		for _, s := range rest {
			e.run(ctx, s)
		}
	})
}

// named reports whether any project is known.
func (e *Engine) named() bool { return store.Projects.Rev(e.store.Current()) > 0 }
