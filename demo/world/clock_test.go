package world

import (
	"context"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	real := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Date(2026, 11, 23, 13, 28, 0, 0, time.UTC)
	c := NewClock(start, func() time.Time { return real })
	steps := []struct {
		do   func()
		pass time.Duration
		want time.Duration // after start
	}{
		{func() {}, time.Minute, 0}, // it stands until it may go
		{func() { c.Until(start.Add(time.Minute)) }, 10 * time.Second, 10 * time.Second},
		{func() { c.SetSpeed(4) }, 5 * time.Second, 30 * time.Second},
		{func() { c.Pause(true) }, time.Hour, 30 * time.Second},
		{func() { c.Pause(false) }, time.Hour, time.Minute}, // and waits at its bound
		{func() { c.Jump(start) }, time.Second, time.Minute},
		{func() { c.Jump(start.Add(2 * time.Minute)) }, time.Hour, 2 * time.Minute},
		{func() { c.Free(); c.SetSpeed(-1) }, time.Minute, 6 * time.Minute},
	}
	for i, s := range steps {
		s.do()
		real = real.Add(s.pass)
		if got := c.Now().Sub(start); got != s.want {
			t.Errorf("%d: %v after the start, want %v", i, got, s.want)
		}
	}
}

// TestAWorldIsLed sets the clock of a living world forward: what is due happens before Jump returns, and the world is the same whichever way
// the time was cut.
func TestAWorldIsLed(t *testing.T) {
	start := time.Date(2026, 11, 23, 13, 28, 0, 0, time.UTC)
	led := NewClock(start, nil)
	w := New(Options{Seed: 1, Pace: led})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx); close(ended) }()
	for _, d := range []time.Duration{20 * time.Second, 21 * time.Second, 3 * time.Minute} {
		led.Jump(start.Add(d))
		if !w.Now().Equal(start.Add(d)) {
			t.Fatalf("the world is at %v", w.Now())
		}
	}
	stop()
	<-ended
	other := New(Options{Seed: 1, Clock: func() time.Time { return start }})
	other.Step(start.Add(3 * time.Minute))
	if w.Fingerprint() != other.Fingerprint() {
		t.Error("the same time makes another world")
	}
}
