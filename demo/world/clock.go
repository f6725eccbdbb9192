package world

import (
	"sync"
	"time"
)

// Clock is a clock that somebody leads: it can be stopped, run faster, told how far it may go, and set forward. It never goes back. Given to
// a world as its [Options].Pace it is the time of that world. Its methods may be called from many goroutines.
type Clock struct {
	real func() time.Time

	mu     sync.Mutex
	base   time.Time // the time shown at at
	at     time.Time // of the real clock
	speed  float64
	paused bool
	bound  time.Time // it stops there; zero: it goes on
	moved  chan struct{}
	step   func(time.Time) // what the world does when the clock is set forward
}

// NewClock returns a clock that shows start and stands still there until [Clock.Until] or [Clock.Free] lets it go. real is the clock it
// is led by; nil is time.Now.
func NewClock(start time.Time, real func() time.Time) *Clock {
	if real == nil {
		real = time.Now
	}
	return &Clock{real: real, base: start.UTC(), at: real(), speed: 1, bound: start.UTC(), moved: make(chan struct{})}
}

// Now is the time shown.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	t := c.base
	if !c.paused {
		if d := c.real().Sub(c.at); d > 0 {
			t = t.Add(time.Duration(float64(d) * c.speed))
		}
	}
	if !c.bound.IsZero() && t.After(c.bound) {
		return c.bound
	}
	return t
}

// change does something to the clock, which goes on from the time it shows.
func (c *Clock) change(f func()) {
	c.mu.Lock()
	c.base, c.at = c.now(), c.real()
	f()
	close(c.moved)
	c.moved = make(chan struct{})
	c.mu.Unlock()
}

// Pause stops the clock, or lets it go again.
func (c *Clock) Pause(on bool) { c.change(func() { c.paused = on }) }

// Paused reports whether somebody stopped the clock.
func (c *Clock) Paused() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.paused }

// SetSpeed makes the clock run so many times faster than the real one. What is not above zero changes nothing.
func (c *Clock) SetSpeed(times float64) {
	if times > 0 {
		c.change(func() { c.speed = times })
	}
}

// Speed is how many times faster than the real clock it runs.
func (c *Clock) Speed() float64 { c.mu.Lock(); defer c.mu.Unlock(); return c.speed }

// Until lets the clock run as far as t, where it waits.
func (c *Clock) Until(t time.Time) { c.change(func() { c.bound = t.UTC() }) }

// Free lets the clock run without end.
func (c *Clock) Free() { c.change(func() { c.bound = time.Time{} }) }

// Waits reports whether the clock stands because it came as far as it may.
func (c *Clock) Waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.bound.IsZero() && !c.now().Before(c.bound)
}

// Jump sets the clock to t and lets everything happen that is due until then. A time that has passed changes nothing.
func (c *Clock) Jump(t time.Time) {
	var step func(time.Time)
	c.change(func() {
		if !t.After(c.base) {
			return
		}
		c.base, step = t.UTC(), c.step
		if !c.bound.IsZero() && c.base.After(c.bound) {
			c.bound = c.base
		}
	})
	if step != nil {
		step(t.UTC())
	}
}

// wait is how long the real clock runs until t, and a bell for when that is no longer true. A clock that stands gives an hour.
func (c *Clock) wait(t time.Time) (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || (!c.bound.IsZero() && !c.now().Before(c.bound)) {
		return time.Hour, c.moved
	}
	if !c.bound.IsZero() && c.bound.Before(t) {
		t = c.bound
	}
	return time.Duration(float64(t.Sub(c.now())) / c.speed), c.moved
}
