// Package feed joins the origins of lines — a history and live systems — into one stream, without loss and without repeats, and says
// what it could not read.
//
// [Read] pages through history; [Follow] delivers what is written from now on; [Feed] keeps a store of lines filled for a person who
// moves through it.
//
// How nothing is lost: a tail is only the fast path. It can be cut, be dropped from by its server, or fall silent without a word, so the
// last minute is read again from the index every twenty seconds (counted first, when there is much of it), and each cut is followed by
// a reading of what it may have cost. [seen] keeps what is read twice from being shown twice.
package feed

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"dsotop/internal/logs"
)

// Mode says which origins are followed.
type Mode uint8

// The modes. Auto follows the history, and a live origin while the history fails or is silent.
const (
	Auto Mode = iota
	HistoryOnly
	LiveOnly
	Both
)

// FollowOptions say what to follow.
type FollowOptions struct {
	Reach   logs.Reach
	Subject logs.Subject
	Mode    Mode
	// From is the first moment wanted (nanoseconds). Lines before it that come all the same are delivered too.
	From int64
	// Backlog is how many lines per container a live origin gives at first while nothing was delivered by any; 0: those since From.
	Backlog int
	// Clock is the time of the systems; nil is time.Now. Waiting is done in real time.
	Clock func() time.Time
	// Known are lines that were delivered already, so that they are not again.
	Known []logs.Line
	// Unheld leaves out of lines what was delivered already; it is asked of lines that are too old to be remembered, one call at a time. nil
	// leaves out none: they may then be repeated.
	Unheld   func([]logs.Line) []logs.Line
	remember int // lines remembered; 0: remembered
	// State is told each change of an origin's condition, from several goroutines; nil for none.
	State func(OriginState)
}

const (
	gather     = 150 * time.Millisecond // lines are handed on together
	most       = 5_000                  // or as soon as there are so many
	overlap    = 10 * time.Second       // read again after a cut: what was under way then
	ahead      = time.Minute            // clocks of servers that run before ours
	pollEvery  = 2 * time.Second        // while there is no tail
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
	settled    = 5 * time.Second // a tail that lasts so long is up
)

// follower is one run of Follow.
type follower struct {
	o  FollowOptions
	in chan delivery

	mu     sync.Mutex
	passes uint32
	last   map[logs.Origin]int64 // newest stamp read
	tally  tally                 // distinct lines of the history per second
	reach  int64                 // what was read since then is remembered
	states map[string]*OriginState

	trouble chan struct{}    // the history fails or is silent: live origins are wanted
	lost    chan logs.Notice // what the server dropped from its tail, to be read again
}

// delivery is a batch on its way to the one goroutine that knows what was seen. fresh receives how many of its lines were new.
type delivery struct {
	batch logs.Batch
	pass  uint32
	fresh chan<- int
}

// Follow delivers lines written from o.From on until ctx ends (nil) or the sink fails (its error). An origin that fails is tried again for
// ever, at most every half-minute; o.State tells how each fares. The sink is called from one goroutine; lines within a batch are in order of time, batches are in order of arrival. A
// sink that blocks slows reading down; what a server drops meanwhile is read again later.
func Follow(ctx context.Context, o FollowOptions, sink func(logs.Batch) error) error {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	f := &follower{o: o, in: make(chan delivery), last: map[logs.Origin]int64{}, states: map[string]*OriginState{}, trouble: make(chan struct{}, 1), lost: make(chan logs.Notice, 64)}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for _, l := range o.Known {
		f.last[l.Stream.Origin] = max(f.last[l.Stream.Origin], l.At)
	}
	history := o.Reach.History != nil && o.Mode != LiveOnly
	if history {
		running.Go(func() { f.history(ctx) })
		running.Go(func() { f.check(ctx) })
	}
	if len(o.Reach.Live) > 0 && o.Mode != HistoryOnly && o.Subject.LogQL == "" {
		running.Go(func() { f.standby(ctx, o.Mode != Auto || !history) })
	}
	return f.deliver(ctx, sink)
}

// deliver is the goroutine that knows what was seen.
func (f *follower) deliver(ctx context.Context, sink func(logs.Batch) error) error {
	if f.o.remember == 0 {
		f.o.remember = remembered
	}
	known := newSeen(f.o.remember)
	for i := range f.o.Known {
		known.fresh(&f.o.Known[i], 0)
		if f.o.Known[i].Stream.Origin == logs.OriginLoki {
			f.mu.Lock()
			f.tally.add(f.o.Known[i].At)
			f.mu.Unlock()
		}
	}
	timer := time.NewTimer(gather)
	timer.Stop()
	var out logs.Batch
	flush := func() error {
		timer.Stop()
		if len(out.Lines)+len(out.Notices) == 0 {
			return nil
		}
		slices.SortStableFunc(out.Lines, func(a, b logs.Line) int { return cmp.Compare(a.At, b.At) })
		batch := out
		out = logs.Batch{}
		return sink(batch)
	}
	for {
		select {
		case <-ctx.Done():
			return flush()
		case <-timer.C:
			if err := flush(); err != nil {
				return err
			}
		case d := <-f.in:
			waiting := len(out.Lines)+len(out.Notices) > 0
			fresh, doubtful := f.take(known, d, &out)
			if len(doubtful) > 0 {
				if err := flush(); err != nil { // what is on its way is not held yet
					return err
				}
				waiting = false
				fresh += f.trust(f.o.Unheld(doubtful), &out)
			}
			f.told(d.batch, fresh)
			out.Notices = append(out.Notices, d.batch.Notices...)
			if d.fresh != nil {
				d.fresh <- fresh
			}
			switch {
			case len(out.Lines) >= most:
				if err := flush(); err != nil {
					return err
				}
			case !waiting && len(out.Lines)+len(out.Notices) > 0:
				timer.Reset(gather)
			}
		}
	}
}

// take keeps what is new of a delivery and counts it. doubtful are lines that are too old to be remembered.
func (f *follower) take(known *seen, d delivery, out *logs.Batch) (fresh int, doubtful []logs.Line) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range d.batch.Lines {
		l := &d.batch.Lines[i]
		isNew, first := known.fresh(l, d.pass)
		o := l.Stream.Origin
		f.last[o] = max(f.last[o], l.At)
		if isNew && l.At <= known.gone && f.o.Unheld != nil {
			doubtful = append(doubtful, *l)
			continue
		}
		if isNew {
			out.Lines = append(out.Lines, *l)
			fresh++
		}
		if first && o == logs.OriginLoki {
			f.tally.add(l.At)
		}
	}
	f.reach = known.reach()
	return fresh, doubtful
}

// trust keeps lines that are not held, for all that is known.
func (f *follower) trust(lines []logs.Line, out *logs.Batch) (fresh int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range lines {
		if lines[i].Stream.Origin == logs.OriginLoki {
			f.tally.add(lines[i].At)
		}
	}
	out.Lines = append(out.Lines, lines...)
	return len(lines)
}

// told tells of an origin that it gave lines.
func (f *follower) told(b logs.Batch, fresh int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(b.Lines) > 0 {
		f.received(b.Lines[0].Stream.Origin, len(b.Lines), fresh)
	}
}

// hand gives a batch of one pass over; it waits until it was taken and returns how many lines were new.
func (f *follower) hand(ctx context.Context, pass uint32, b logs.Batch) (int, error) {
	fresh := make(chan int, 1)
	select {
	case f.in <- delivery{batch: b, pass: pass, fresh: fresh}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case n := <-fresh:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// pass numbers one reading of an origin.
func (f *follower) pass() uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passes++
	return f.passes
}

// newest is the newest stamp read from an origin, from the start where nothing was.
func (f *follower) newest(o logs.Origin) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.last[o], f.o.From)
}

func (f *follower) now() int64 { return f.o.Clock().UnixNano() }

// wait waits, and reports whether there is still something to do.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// after is the time to wait after n failures in a row.
func after(n int) time.Duration {
	return min(firstRetry<<min(max(n-1, 0), 10), lastRetry)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}
