package main

import (
	"context"
	"time"

	"dsotop/internal/engine"
)

// await asks whether enough is known: at once, after each change of the view and now and then, as what is said of sources ages without a bell.
// It returns false when ctx ends before; it has then asked a last time.
func await(ctx context.Context, e *engine.Engine, enough func() bool) bool {
	const gap, aging = 50 * time.Millisecond, 200 * time.Millisecond
	sub := e.Subscribe(gap)
	defer sub.Close()
	for !enough() {
		if ctx.Err() != nil {
			return false
		}
		tick, stop := context.WithTimeout(ctx, aging)
		sub.Next(tick)
		stop()
	}
	return true
}
