package follow

import (
	"context"
	"errors"
	"hash/maphash"
	"sync/atomic"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const (
	// memory is how far back delivered lines are remembered, for a connection that is opened again: the two pipes of a container are
	// written by two threads, so that stamps may be out of order by a little.
	memory = time.Second
	// mostRemembered bounds that memory; a container with more lines in a second may repeat some after a cut.
	mostRemembered = 1 << 16
)

// stream is one container. While it is open, what its reader uses belongs to the reader.
type stream struct {
	target Target
	label  *logs.Stream

	open     bool
	gone     bool   // no list has it any more
	late     int64  // when it was found after the first list: lines from then on; 0: it was in the first
	read1    bool   // read to its end at least once
	instance string // of the connection opened last
	failures int    // in a row
	empty    int    // connections in a row that ended without a line
	next     time.Time
	said     string // the failure told last
	checked  time.Time

	ask       Ask
	stop      context.CancelCauseFunc
	last      atomic.Int64 // the newest stamp delivered
	heard     atomic.Int64 // when, by our clock; nanoseconds
	delivered bool
	recent    []mark
	seed      maphash.Seed
}

// mark is a delivered line.
type mark struct {
	at   int64
	hash uint64
}

func newStream(origin logs.Origin, a logs.LiveAsk, t Target) *stream {
	return &stream{target: t, seed: maphash.MakeSeed(), label: &logs.Stream{
		Origin: origin, Namespace: platform.CleanLine(a.Namespace), Pod: platform.CleanLine(t.Pod), Container: platform.CleanLine(t.Container), Previous: a.Previous,
	}}
}

func (s *stream) name() string { return s.label.Pod + "/" + s.label.Container }

// due reports whether the container is to be read now.
func (s *stream) due(now time.Time, follow bool) bool {
	switch {
	case s.open || now.Before(s.next):
		return false
	case s.instance == "" && !s.read1: // never opened
		return true
	case !follow:
		return false
	case s.failures > 0:
		return true
	}
	return s.target.Running || s.target.Instance != s.instance
}

// begin prepares a connection.
func (s *stream) begin(ctx context.Context, a logs.LiveAsk) context.Context {
	now := time.Now()
	s.open, s.read1, s.instance, s.delivered, s.checked = true, true, s.target.Instance, false, now
	s.heard.Store(now.UnixNano())
	s.ask = Ask{Target: s.target, Since: a.Since, Tail: a.Tail, Previous: a.Previous, Follow: a.Follow && s.target.Running}
	if last := s.last.Load(); last > 0 { // go on from there, whatever was asked at first
		s.ask.Since, s.ask.Tail = max(a.Since, last-int64(memory)), 0
	} else if s.late > 0 { // it came while we followed: all its lines are wanted
		s.ask.Since, s.ask.Tail = max(a.Since, s.late), 0
	}
	ctx, s.stop = context.WithCancelCause(ctx)
	return ctx
}

// errSilent ends a connection that gives nothing although there are lines.
var errSilent = errors.New("the stream fell silent although there are lines")

// errGone ends a connection to a container that no list has any more and that has been silent since: servers do not always end it.
var errGone = errors.New("the container is gone")

// read runs one connection.
func (s *stream) read(ctx, own context.Context, j *join) {
	defer s.stop(nil)
	again := s.remembered()
	before := s.last.Load()
	err := j.sys.Read(own, s.ask, func(at int64, text string, cut int64) error {
		last := s.last.Load()
		if at == 0 {
			if at = last; at == 0 {
				at = time.Now().UnixNano()
			}
		}
		s.heard.Store(time.Now().UnixNano())
		if at < s.ask.Since {
			return nil
		}
		hash := maphash.String(s.seed, text)
		if len(again) > 0 {
			if at > before {
				again = nil
			} else if m := (mark{at, hash}); again[m] > 0 {
				again[m]--
				return nil
			}
		}
		s.remember(mark{at, hash})
		if at > last {
			s.last.Store(at)
		}
		s.delivered = true
		select {
		case j.in <- item{of: s, line: logs.Line{At: at, Stream: s.label, Text: text}, cut: cut}:
			return nil
		case <-own.Done():
			return own.Err()
		}
	})
	switch cause := context.Cause(own); {
	case errors.Is(cause, errSilent):
		err = &transport.Fault{Class: transport.ClassTimeout, Source: j.sys.Name, Message: errSilent.Error(), Err: errSilent}
	case errors.Is(cause, errGone):
		err = nil
	}
	select {
	case j.in <- item{of: s, end: true, err: err}:
	case <-ctx.Done():
	}
}

// remember keeps what was delivered lately.
func (s *stream) remember(m mark) {
	if len(s.recent) >= 2*mostRemembered || len(s.recent) > 64 && m.at-s.recent[0].at > 4*int64(memory) {
		s.trim(max(m.at, s.last.Load()))
	}
	s.recent = append(s.recent, m)
}

func (s *stream) trim(newest int64) {
	kept := s.recent[:0]
	from := max(0, len(s.recent)-mostRemembered)
	for _, m := range s.recent[from:] {
		if newest-m.at <= int64(memory) {
			kept = append(kept, m)
		}
	}
	s.recent = kept
}

// remembered counts the lines that a connection opened now may give again.
func (s *stream) remembered() map[mark]int {
	if len(s.recent) == 0 {
		return nil
	}
	s.trim(s.last.Load())
	out := make(map[mark]int, len(s.recent))
	for _, m := range s.recent {
		out[m]++
	}
	return out
}

// doubt checks the followed container that is silent the longest: a follow can stall without a word (kubernetes#122928). Its newest line is
// asked for; when that one does not come by itself, the connection is opened again.
func (j *join) doubt(ctx context.Context, now time.Time) {
	var s *stream
	for _, k := range j.order {
		o := j.all[k]
		if !o.open || !o.ask.Follow || now.Sub(time.Unix(0, o.heard.Load())) < j.sys.Times.Doubt || now.Sub(o.checked) < j.sys.Times.Doubt {
			continue
		}
		if s == nil || o.checked.Before(s.checked) {
			s = o
		}
	}
	if s == nil || now.Sub(j.doubted) < j.sys.Times.Check {
		return
	}
	j.doubted, s.checked = now, now
	target, stop, seen := s.ask.Target, s.stop, &s.last
	j.readers.Go(func() {
		newest := int64(0)
		err := j.sys.Read(ctx, Ask{Target: target, Tail: 1}, func(at int64, _ string, _ int64) error {
			newest = max(newest, at)
			return nil
		})
		if err != nil || newest <= seen.Load() {
			return // a failure shows in the connection itself
		}
		timer := time.NewTimer(j.sys.Times.Grace)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			if newest > seen.Load() {
				stop(errSilent)
			}
		}
	})
}
