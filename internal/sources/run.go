package sources

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"dsotop/internal/sources/transport"
)

// Waits of real life, divided by the board's pace.
const (
	firstBackoff     = time.Second
	longestBackoff   = time.Minute
	onceForbidden    = 15 * time.Second // a gateway may change its mind
	firstForbidden   = time.Minute      // then doubled: a right is not granted by asking often
	forbiddenAgain   = 5 * time.Minute
	longestForbidden = time.Hour
	credentialAgain  = 30 * time.Second
	healthTick       = 3 * time.Second
	shortestDeadline = time.Minute // of one look, not paced: it ends what hangs, it does not hurry what is slow
	longestDeadline  = 5 * time.Minute
)

// Part is something a source does as long as it runs: a [Poll] or a [Sweep].
type Part interface {
	name() string
	run(ctx context.Context, b *Board, bell *bell)
}

// Poll reads one thing again and again.
type Poll struct {
	// Part names it in the health: "projects", "alerts".
	Part string
	// Every is the wait after a success.
	Every time.Duration
	// Essential parts decide the state of the source; others show as problems.
	Essential bool
	// Wake makes it look at once, as a bell: for who has a reason to doubt what the last look said. Nil never rings.
	Wake <-chan struct{}
	// Do reads and writes the shelves. It must end with its context, which has a deadline of three periods (1 to 5 minutes).
	Do func(ctx context.Context) error
}

// RunPolls is Run for polls only.
func RunPolls(ctx context.Context, b *Board, polls ...Poll) error {
	parts := make([]Part, len(polls))
	for i, p := range polls {
		parts[i] = p
	}
	return Run(ctx, b, parts...)
}

// Run does all parts side by side until ctx ends, and returns its error when all have stopped. A part that fails or panics is
// tried again after a back-off with jitter (1 s to 60 s); Retry-After is obeyed; a forbidden one is tried after 15 seconds, then less and less, every 5 minutes in the end, an
// unauthorised one every 30 seconds (the transport reads the secret again at each 401). A poke makes all look again at once.
// When one part is back, those that failed with it look again at once; when one meets a failure of the whole system, or the
// system is seen to go away between two calls, so do the others.
func Run(ctx context.Context, b *Board, parts ...Part) error {
	bells := make([]*bell, len(parts))
	for i := range parts {
		bells[i] = &bell{c: make(chan struct{}, 1)}
	}
	var wg sync.WaitGroup
	fell := alarm(b, bells)
	for i, p := range parts {
		bells[i].back, bells[i].fell = func() { ringFailing(bells) }, fell
		switch p := p.(type) {
		case Poll:
			b.Health.Declare(p.Part, p.Essential, b.paced(p.Every))
			if p.Wake != nil {
				wg.Go(func() { handOn(ctx, p.Wake, bells[i].ring) })
			}
		default:
			b.Health.Declare(p.name(), false, 0)
		}
		wg.Go(func() { p.run(ctx, b, bells[i]) })
	}
	for _, lost := range b.Health.losses() {
		wg.Go(func() { handOn(ctx, lost, func() { ringWell(bells) }) })
	}
	ticker := time.NewTicker(max(b.paced(healthTick), time.Millisecond))
	defer ticker.Stop()
	poke := b.Poke
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case _, open := <-poke:
			if !open {
				poke = nil
			}
			for _, bell := range bells {
				bell.poke()
			}
		case <-ticker.C:
			b.Health.tick()
		}
	}
	wg.Wait()
	return ctx.Err()
}

// handOn passes on every ring of a bell until ctx ends.
func handOn(ctx context.Context, from <-chan struct{}, to func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-from:
			to()
		}
	}
}

// bell wakes one part.
type bell struct {
	c    chan struct{}
	back func() // tells the others that the system is back
	fell func() // tells the others that it may be away

	mu      sync.Mutex
	failing bool // with something that may be over when another part works again
	poked   bool
}

func (w *bell) ring() {
	select {
	case w.c <- struct{}{}:
	default:
	}
}

func (w *bell) poke() {
	w.mu.Lock()
	w.poked = true
	w.mu.Unlock()
	w.ring()
}

// wasPoked tells whether a person asked since the last call.
func (w *bell) wasPoked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	poked := w.poked
	w.poked = false
	return poked
}

// mark notes how the part fares; the first success after failures wakes the others that fail.
func (w *bell) mark(err error) {
	w.mu.Lock()
	was := w.failing
	now := err != nil && sharedFailure(transport.FaultOf(err).Class)
	w.failing = now
	w.mu.Unlock()
	switch {
	case was && err == nil:
		w.back()
	case now && !was:
		w.fell()
	}
}

// alarmGap is the least time of life between two alarms: one slow question must not make all others be asked again and again.
const alarmGap = 30 * time.Second

// alarm lets the parts that are well look at once when another one meets a failure of the whole system: what is asked often learns
// of it first, and the state of the source must not wait for what is asked rarely.
func alarm(b *Board, bells []*bell) func() {
	var mu sync.Mutex
	var last time.Time
	return func() {
		mu.Lock()
		early := !last.IsZero() && time.Since(last) < b.paced(alarmGap)
		if !early {
			last = time.Now()
		}
		mu.Unlock()
		if early {
			return
		}
		ringWell(bells)
	}
}

func ringWell(bells []*bell) {
	for _, w := range bells {
		w.mu.Lock()
		failing := w.failing
		w.mu.Unlock()
		if !failing {
			w.ring()
		}
	}
}

func ringFailing(bells []*bell) {
	for _, w := range bells {
		w.mu.Lock()
		failing := w.failing
		w.mu.Unlock()
		if failing {
			w.ring()
		}
	}
}

// sharedFailure reports whether a failure is of the system or the credential rather than of what was read.
func sharedFailure(c transport.Class) bool {
	switch c {
	case transport.ClassUnreachable, transport.ClassTimeout, transport.ClassTLS, transport.ClassGateway, transport.ClassUnauthorised, transport.ClassCredential:
		return true
	}
	return false
}

func (p Poll) name() string { return p.Part }

func (p Poll) run(ctx context.Context, b *Board, bell *bell) {
	for failures, refusals := 0, 0; ; {
		err := look(ctx, b, p.Part, min(max(3*p.Every, shortestDeadline), longestDeadline), p.Do)
		if ctx.Err() != nil {
			return
		}
		var wait time.Duration
		if err == nil {
			failures, refusals = 0, 0
			wait = b.together(jitter(b.paced(p.Every), 0.1))
			b.Health.OK(p.Part)
		} else {
			failures++
			refusals = refusalsAfter(err, refusals)
			wait = b.together(retryWait(b, err, failures, refusals))
			b.Health.fail(p.Part, err, b.Clock().Add(wait))
			b.Log.Debug("poll failed", "part", p.Part, "err", transport.FaultOf(err).Error(), "again_in", wait)
		}
		bell.mark(err)
		if !waitFor(ctx, wait, bell.c) {
			return
		}
	}
}

// refusalsAfter counts the refusals in a row. Only those say that a right is missing: a server that starts refuses everybody for a moment,
// after it did not answer at all.
func refusalsAfter(err error, before int) int {
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassRefused:
		return before + 1
	}
	return 0
}

// retryWait is the wait before the next look after the nth failure in a row, of which the last ones were refusals.
func retryWait(b *Board, err error, n, refusals int) time.Duration {
	f := transport.FaultOf(err)
	wait := jitter(b.paced(min(firstBackoff<<min(n-1, 10), longestBackoff)), 0.3)
	switch f.Class {
	case transport.ClassForbidden, transport.ClassRefused:
		wait = onceForbidden
		if refusals > 1 {
			wait = min(firstForbidden<<min(refusals-2, 10), forbiddenAgain)
		}
		wait = jitter(b.paced(wait), 0.1)
	case transport.ClassUnauthorised, transport.ClassCredential:
		wait = jitter(b.paced(credentialAgain), 0.1)
	}
	if f.RetryAfter > wait {
		// A little later than asked, and not all at the same moment.
		wait = f.RetryAfter + jitter(b.paced(firstBackoff)/2, 1)
	}
	return wait
}

// jitter spreads a duration by a share to both sides.
func jitter(d time.Duration, share float64) time.Duration {
	return time.Duration(float64(d) * (1 - share + 2*share*rand.Float64()))
}

// grain is what the ends of longer waits are rounded up to. Every wake-up of a process that rests costs, whatever is done then: what is due
// within one grain is done at one wake-up, by all parts of all sources.
const grain = 500 * time.Millisecond

// together lengthens a wait that is not a short one to the end of a grain.
func (b *Board) together(d time.Duration) time.Duration {
	g := b.paced(grain)
	if d < g || g <= 0 {
		return d
	}
	if over := b.over(time.Now().Add(d)); over > 0 {
		return d + g - over
	}
	return d
}

// over is how far into a grain a moment is. Grains end at the same time for all parts of a process, and at another for other processes: the
// clocks of many people agree, and systems should not hear from all of them at once.
func (b *Board) over(at time.Time) time.Duration {
	g := b.paced(grain)
	if g <= 0 {
		return 0
	}
	phase := time.Duration(os.Getpid()) * 7919 * time.Microsecond % g
	return time.Duration(at.UnixNano()+int64(phase)) % g
}

// waitFor waits for the time or the bell; false when ctx ended.
func waitFor(ctx context.Context, d time.Duration, bell <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-bell:
	}
	return ctx.Err() == nil
}

// look runs one read with a deadline, and turns a panic into an error.
func look(ctx context.Context, b *Board, part string, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return guard(b.Log, part, func() error { return do(ctx) })
}

// guard runs f and contains its panic: the log has the stack, the error only says that it happened.
func guard(log *slog.Logger, part string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("panic contained", "part", part, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = &transport.Fault{Class: transport.ClassMalformed, Message: "stopped by an internal error while reading " + part + "; the log has the details"}
		}
	}()
	return f()
}
