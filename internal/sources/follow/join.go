package follow

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

type key struct{ pod, container string }

// join is one run of Lines. Its fields belong to the goroutine of run, except in and readers.
type join struct {
	sys     System
	ask     logs.LiveAsk
	sink    func(logs.Batch) error
	in      chan item
	readers sync.WaitGroup

	began   time.Time
	all     map[key]*stream
	order   []key // in which streams were found
	open    int
	told    int       // how many containers were told to be left out
	listed  bool      // targets were listed once
	last    error     // the newest failure of a stream
	fared   bool      // some stream gave a line, or ended well
	gave    bool      // some stream gave a line
	none    bool      // a container has no instance before the present one, and that one was asked for
	doubted time.Time // when a silent stream was checked last
}

// lateMargin is how long before we began a container that appears later may have written, by clocks that differ.
const lateMargin = 2 * time.Minute

// item is what a reader says.
type item struct {
	of   *stream
	line logs.Line
	cut  int64
	end  bool
	err  error
}

func (j *join) run(ctx context.Context) error {
	listing := make(chan targets, 1)
	var asked time.Time // when the list was last asked for
	busy := false
	list := func() {
		busy, asked = true, time.Now()
		j.readers.Go(func() {
			found, err := j.sys.Targets(ctx)
			listing <- targets{found, err}
		})
	}
	list()
	tick := time.NewTicker(max(min(j.sys.Look, j.sys.Times.Check, j.sys.Times.Again)/2, time.Millisecond))
	defer tick.Stop()
	changed := false
	for {
		var batch logs.Batch
		var end error
		select {
		case <-ctx.Done():
			return nil
		case it := <-j.in:
			end = j.take(it, &batch)
			for end == nil && len(batch.Lines) < most {
				select {
				case it := <-j.in:
					end = j.take(it, &batch)
					continue
				default:
				}
				break
			}
		case t := <-listing:
			busy = false
			end = j.found(t, &batch)
		case <-j.sys.Changed:
			changed = true
		case <-tick.C:
		}
		if end == nil {
			now := time.Now()
			j.start(ctx, now, &batch)
			if j.ask.Follow && !busy && (now.Sub(asked) >= j.sys.Look || changed && now.Sub(asked) >= j.sys.Least) {
				changed = false
				list()
			}
			if j.ask.Follow {
				j.doubt(ctx, now)
			}
		}
		if len(batch.Lines)+len(batch.Notices) > 0 {
			if err := j.sink(batch); err != nil {
				return err
			}
		}
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the caller gave up
		case end != nil:
			return end
		case j.ask.Follow:
			if err := j.lost(); err != nil {
				return err
			}
		case j.listed && j.open == 0 && !j.waiting():
			if j.none && !j.gave && j.last == nil {
				var last logs.Batch
				j.note(&last, logs.NoticeStart, logs.WhyNoPrevious)
				return j.sink(last)
			}
			if !j.fared && j.last != nil && (whole(j.last) || passing(j.last) || transport.FaultOf(j.last).Class == transport.ClassForbidden) {
				return j.last
			}
			return nil
		}
	}
}

type targets struct {
	found []Target
	err   error
}

// found takes a new list of containers.
func (j *join) found(t targets, out *logs.Batch) error {
	if t.err != nil {
		if !j.listed || whole(t.err) {
			return t.err
		}
		return nil // those that are known go on; the next list may work
	}
	if !j.listed && len(t.found) == 0 && j.ask.Previous {
		j.none, j.fared = true, true
	}
	late := int64(0)
	if j.listed {
		late = j.began.Add(-lateMargin).UnixNano()
	}
	j.listed = true
	now := map[key]bool{}
	for _, target := range t.found {
		k := key{target.Pod, target.Container}
		now[k] = true
		s := j.all[k]
		if s == nil {
			s = newStream(j.sys.Origin, j.ask, target)
			s.late = late
			j.all[k] = s
			j.order = append(j.order, k)
		}
		if s.target.Instance != target.Instance {
			s.failures, s.next = 0, time.Time{}
		}
		s.target, s.gone = target, false
	}
	for k, s := range j.all {
		if now[k] {
			continue
		}
		switch s.gone = true; {
		case s.open && time.Since(time.Unix(0, s.heard.Load())) >= j.sys.Times.Doubt:
			s.stop(errGone)
		case !s.open: // one that still delivers is let finish
			delete(j.all, k)
			j.order = slices.DeleteFunc(j.order, func(o key) bool { return o == k })
		}
	}
	return nil
}

// start opens the streams that have something to give, as many as are allowed at once.
func (j *join) start(ctx context.Context, now time.Time, out *logs.Batch) {
	left := 0
	for _, running := range []bool{true, false} { // what still writes comes first
		for _, k := range j.order {
			s := j.all[k]
			if s.target.Running != running || !s.due(now, j.ask.Follow) {
				continue
			}
			if j.open >= j.sys.Most {
				left++
				continue
			}
			j.open++
			own := s.begin(ctx, j.ask)
			j.readers.Go(func() { s.read(ctx, own, j) })
		}
	}
	if j.ask.Follow && left != j.told {
		j.told = left
		if left > 0 {
			j.note(out, logs.NoticeFailed, strconv.Itoa(j.open)+" of "+strconv.Itoa(j.open+left)+" containers are followed, as many as may be at once; choose pods or containers")
		}
	}
}

func (j *join) waiting() bool {
	for _, s := range j.all {
		if s.due(time.Now(), false) {
			return true
		}
	}
	return false
}

// take applies what a reader says. An error ends the whole.
func (j *join) take(it item, out *logs.Batch) error {
	s := it.of
	if !it.end {
		j.fared, j.gave = true, true
		s.failures, s.said = 0, ""
		out.Lines = append(out.Lines, it.line)
		if it.cut > 0 {
			out.Notices = append(out.Notices, logs.Notice{Kind: logs.NoticeTruncated, At: it.line.At, Count: it.cut, Origin: j.sys.Origin, Source: j.sys.Name, Why: s.name()})
		}
		return nil
	}
	j.open--
	s.open = false
	if s.delivered {
		s.empty = 0
	} else {
		s.empty++
	}
	if j.ask.Previous && it.err != nil && strings.Contains(transport.FaultOf(it.err).What(), "previous terminated container") {
		j.none, it.err = true, nil // this one never ended: nothing to be told of each
	}
	if it.err == nil {
		j.fared = true
		s.failures = 0
		s.next = time.Now().Add(j.sys.Times.Again << min(s.empty, 5))
		return nil
	}
	j.last = it.err
	s.failures++
	s.next = time.Now().Add(min(j.sys.Times.Again<<min(s.failures-1, 10), j.sys.Times.Longest))
	if after := transport.FaultOf(it.err).RetryAfter; after > 0 {
		s.next = time.Now().Add(after)
	}
	if whole(it.err) {
		return it.err
	}
	if errors.Is(it.err, errSilent) || passing(it.err) && j.ask.Follow && s.failures < retried {
		return nil
	}
	if what := transport.FaultOf(it.err).What(); what != s.said {
		s.said = what
		j.note(out, logs.NoticeFailed, s.name()+": "+what)
	}
	return nil
}

// lost ends a follow of which nothing is left: each container failed and the system as a whole seems to be why. The caller then
// looks at it as one.
func (j *join) lost() error {
	if j.open > 0 || len(j.all) == 0 || j.last == nil {
		return nil
	}
	failing := false
	for _, s := range j.all {
		switch {
		case s.failures == 0 && s.target.Running, s.failures > 0 && s.failures < retried && passing(j.last):
			return nil
		case s.failures > 0:
			failing = true
		}
	}
	if !failing {
		return nil
	}
	class := transport.FaultOf(j.last).Class
	if class == transport.ClassForbidden || class == transport.ClassUnreachable || class == transport.ClassTimeout || class == transport.ClassGateway || class == transport.ClassRateLimited {
		return j.last
	}
	return nil
}

func (j *join) note(out *logs.Batch, kind logs.NoticeKind, why string) {
	out.Notices = append(out.Notices, logs.Notice{Kind: kind, At: time.Now().UnixNano(), Count: -1, Origin: j.sys.Origin, Source: j.sys.Name, Why: platform.CleanLine(why)})
}
