package feed

import (
	"context"
	"time"

	"dsotop/internal/logs"
)

const (
	checkEvery = 20 * time.Second
	checkSoon  = 5 * time.Second // where so many lines come that the memory of them does not reach from one check to the next
	checkSpan  = time.Minute
	checkLag   = 5 * time.Second // what collectors and indexes need
	// few lines are simply read again; of more, the seconds are counted first.
	few = 2_000
	// counted is how many seconds back lines are counted.
	counted = 240
)

// check compares what was delivered with what the history holds, and reads what is missing: a tail may drop lines, or stop, without a word.
func (f *follower) check(ctx context.Context) {
	begun := f.now()
	sure := secondOf(f.o.From) // the last second that was compared
	tick := time.NewTimer(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-f.lost:
			f.regain(ctx, n)
			continue
		case <-tick.C:
		}
		f.mu.Lock()
		if f.reach > f.now()-int64(2*checkEvery) {
			tick.Reset(checkSoon)
		} else {
			tick.Reset(checkEvery)
		}
		last, reach := f.last[logs.OriginLoki], f.reach
		since := max(min(f.now()-int64(checkSpan+checkLag), sure*1e9), f.now()-counted*1e9) // further back after checks that failed
		first := secondOf(max(since, f.o.From, reach+1)) + 1
		end := secondOf(f.now()-int64(checkLag)) - 1
		held := f.tally.between(first, end)
		f.mu.Unlock()
		// So many lines came that some of the seconds since the last check are not remembered: they cannot be read again without repeats.
		// What is missing of them is said.
		if from, to := max(sure, secondOf(f.now())-counted)+1, min(first-1, end); from <= to {
			if !f.compare(ctx, from, to, f.tell(ctx)) { // nobody can tell
				f.tell(ctx)((from-1)*1e9+1, to*1e9+1)
			}
			sure = to
		}
		if end <= first {
			continue
		}
		again := f.again(ctx)
		if held <= few {
			if again((first-1)*1e9+1, end*1e9+1) {
				sure = end
			}
		} else {
			if begin := (first-1)*1e9 + 1; f.o.From < begin && begin-f.o.From <= 1e9 {
				again(f.o.From, begin) // the broken second at the start
			}
			if f.compare(ctx, first, end, again) {
				sure = end
			}
		}
		f.mu.Lock()
		last = max(last, f.last[logs.OriginLoki])
		f.mu.Unlock()
		if now := f.now(); now-max(last, begun) > int64(checkEvery) {
			ring(f.trouble) // silent: perhaps nothing is written, perhaps it is late
		}
	}
}

// regain reads what the server dropped from its tail, all that it told of until now at once, and says what cannot be read without repeats.
func (f *follower) regain(ctx context.Context, n logs.Notice) {
	around := func(c cover, n logs.Notice) cover {
		return c.with(span{n.From - int64(time.Second), n.To + int64(time.Second)})
	}
	all := around(nil, n)
	for more := true; more; {
		select {
		case n := <-f.lost:
			all = around(all, n)
		default:
			more = false
		}
	}
	again := f.again(ctx)
	for _, s := range all {
		f.mu.Lock()
		forgotten := f.reach + 1
		f.mu.Unlock()
		if s.from < forgotten && forgotten > 1 {
			f.tell(ctx)(s.from, min(s.to, forgotten))
			s.from = forgotten
		}
		if s.from >= s.to {
			continue
		}
		if !again(s.from, s.to) {
			f.tell(ctx)(s.from, s.to)
		}
	}
}

// again reads times again. Once that takes longer than writing them did, what is missing of the others is said instead: it would only come later
// and later, and nothing would tell meanwhile. A piece of a second counts as one: how long it takes to be answered says nothing of how much was written.
func (f *follower) again(ctx context.Context) func(from, to int64) bool {
	behind := false
	return func(from, to int64) bool {
		if behind {
			return f.tell(ctx)(from, to)
		}
		begun := time.Now()
		_, err := f.read(ctx, from, to)
		behind = time.Since(begun) > max(time.Duration(to-from), time.Second)
		return err == nil
	}
}

// tell says that lines of a time are missing, which a person may fetch.
func (f *follower) tell(ctx context.Context) func(from, to int64) bool {
	return func(from, to int64) bool {
		f.notice(ctx, logs.Notice{Kind: logs.NoticeGap, At: from, From: from, To: to, Count: -1, Origin: logs.OriginLoki, Source: f.o.Reach.History.Name()})
		return true
	}
}

// compare counts the lines of each second and has those times amended, from ≤ t < to, that have more than was delivered. It reports that all
// were counted and amended.
func (f *follower) compare(ctx context.Context, first, end int64, amend func(from, to int64) bool) bool {
	ask := f.ask(first*1e9, end*1e9)
	ask.Query = "sum(count_over_time(" + ask.Query + "[1s]))"
	series, err := f.o.Reach.History.Metric(ctx, ask, time.Second)
	if err != nil {
		return false // the tail tells of a history that fails; the next check comes
	}
	missing := func(second int64, n float64) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.tally.of(second) < int64(n)
	}
	all := true
	from, to := int64(0), int64(0) // seconds to amend, ]from, to]
	flush := func() {
		if to > from {
			all = amend(from*1e9+1, to*1e9+1) && all
		}
	}
	for _, s := range series {
		for _, p := range s.Points {
			second := p.At / 1e9
			if !missing(second, p.Value) {
				continue
			}
			if second != to+1 {
				flush()
				from = second - 1
			}
			to = second
		}
	}
	flush()
	return all
}
