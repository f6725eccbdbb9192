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
	// frameFirst is how long they wait on once the names are joined: that a frame with them is drawn before their first lists take every processor.
	frameFirst = 100 * time.Millisecond
)

// start starts the console, and the others once it told the projects: on a large platform their first lists keep every processor busy
// for seconds, and nothing can be shown before the rows have names. With names from the last known state all of them wait for a frame only. Without a
// console nobody waits; a console that is slow or away holds the others up for a moment only.
func (e *Engine) start(ctx context.Context, all []sources.Source) {
	var first, rest []sources.Source
	for _, s := range all {
		if s.Kind() == "console" {
			first = append(first, s)
		} else {
			rest = append(rest, s)
		}
	}
	run := func(list []sources.Source) {
		for _, s := range list {
			e.run(ctx, s)
		}
	}
	switch {
	case e.named():
		e.running.Go(func() {
			e.drawFirst(ctx)
			run(first)
			run(rest)
		})
	case len(first) == 0:
		run(rest)
	default:
		run(first)
		e.running.Go(func() {
			e.awaitNames(ctx)
			e.drawFirst(ctx)
			run(rest)
		})
	}
}

// awaitNames waits until a project is known, half a second at most.
func (e *Engine) awaitNames(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(float64(namesFirst)/e.opts.Pace))
	defer cancel()
	sub := e.store.Subscribe(0)
	defer sub.Close()
	for !e.named() {
		if _, ok := sub.Next(ctx); !ok {
			return
		}
	}
}

// drawFirst joins what is known and leaves the processors to who draws it.
func (e *Engine) drawFirst(ctx context.Context) {
	if !e.named() {
		return
	}
	e.View()
	select {
	case <-time.After(time.Duration(float64(frameFirst) / e.opts.Pace)):
	case <-ctx.Done():
	}
}

// named reports whether any project is known.
func (e *Engine) named() bool { return store.Projects.Rev(e.store.Current()) > 0 }
