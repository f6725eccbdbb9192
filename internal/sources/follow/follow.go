// Package follow joins the logs of many containers into one stream: which containers there are, a connection for each, what was
// already delivered when one is opened again, and how their failures add up. It speaks to no system itself; the sources that have a
// log for each container bring the calls.
package follow

import (
	"context"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/sources/transport"
)

// Target is one container whose lines are wanted.
type Target struct {
	Pod, Container string // as the system writes them: they go back to it
	// Instance changes when the container starts anew; one that was read to its end is not read again.
	Instance string
	// Running: more lines may come.
	Running bool
	// Of is the system's own, such as the application that a pod belongs to.
	Of any
}

// Ask is the question for one connection.
type Ask struct {
	Target
	Since    int64 // nanoseconds; lines before it are not wanted, but may be given
	Tail     int   // the newest lines at most; 0 all
	Previous bool
	Follow   bool
}

// Emit takes a line: its time in nanoseconds (0: the line has none and counts as written with the one before), its text, and how many of its
// bytes were left out. Its error ends the connection and is to be returned.
type Emit func(at int64, text string, cut int64) error

// System is what a source brings. The functions are called from several goroutines and end with their context.
type System struct {
	Name   string // of the source
	Origin logs.Origin
	Most   int // connections at once
	// Targets lists the containers of the question. While following it is asked again each Look, and when Changed rings, not more often
	// than each Least.
	Targets func(ctx context.Context) ([]Target, error)
	Look    time.Duration
	Least   time.Duration
	Changed <-chan struct{} // may be nil
	// Read is one connection: it gives lines until there are no more (nil) or it fails. What the system says of a container that it cannot
	// read is a fault of the classes request or not found.
	Read func(ctx context.Context, a Ask, emit Emit) error
	// Times are for tests; zero fields have their usual values.
	Times Times
}

// Times are the waits of a join.
type Times struct {
	Again   time.Duration // before a connection that ended is opened again, doubled for each failure up to Longest
	Longest time.Duration
	Doubt   time.Duration // a followed connection silent for so long is checked
	Check   time.Duration // between two checks of any
	Grace   time.Duration // what a check finds must come by itself within
}

func (t *Times) fill() {
	for _, d := range []struct {
		of    *time.Duration
		usual time.Duration
	}{{&t.Again, time.Second}, {&t.Longest, 30 * time.Second}, {&t.Doubt, time.Minute}, {&t.Check, 5 * time.Second}, {&t.Grace, 5 * time.Second}} {
		if *d.of == 0 {
			*d.of = d.usual
		}
	}
}

const (
	most    = 1000 // lines in one batch
	queue   = 256
	retried = 2 // failures in a row of one container before they are told: the first is mended at once, without loss
)

// Lines runs the question; it is logs.Live's method of that name.
func Lines(ctx context.Context, sys System, a logs.LiveAsk, sink func(logs.Batch) error) error {
	if a.Previous {
		a.Follow = false
	}
	sys.Times.fill()
	ctx, stop := context.WithCancel(ctx)
	j := &join{sys: sys, ask: a, sink: sink, in: make(chan item, queue), began: time.Now(), all: map[key]*stream{}}
	err := j.run(ctx)
	stop()
	j.readers.Wait()
	return err
}

// whole reports whether a failure is about the system and not about one container.
func whole(err error) bool {
	switch transport.FaultOf(err).Class {
	case transport.ClassUnauthorised, transport.ClassCredential, transport.ClassTLS, transport.ClassRefused:
		return true
	}
	return false
}

// passing reports whether asking again soon may help without anything else changing.
func passing(err error) bool {
	switch transport.FaultOf(err).Class {
	case transport.ClassUnreachable, transport.ClassTimeout, transport.ClassGateway, transport.ClassRateLimited, transport.ClassServer, transport.ClassMalformed:
		return true
	}
	return false
}
