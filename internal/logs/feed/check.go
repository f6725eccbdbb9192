package feed

import (
	"context"
	"time"

	"dsotop/internal/logs"
)

const (
	checkEvery = 20 * time.Second
	checkSpan  = time.Minute
	checkLag   = 5 * time.Second // what collectors and indexes need
	// few lines are simply read again; of more, the seconds are counted first.
	few = 2_000
)

// check compares what was delivered with what the history holds, and reads what is missing: a tail may drop lines, or stop, without a word.
func (f *follower) check(ctx context.Context) {
	begun := f.now()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-f.lost:
			if _, err := f.read(ctx, n.From-int64(time.Second), n.To+int64(time.Second)); err != nil {
				f.notice(ctx, n)
			}
			continue
		case <-tick.C:
		}
		f.mu.Lock()
		last, reach := f.last[logs.OriginLoki], f.reach
		first := secondOf(max(f.now()-int64(checkSpan+checkLag), f.o.From, reach+1)) + 1
		end := secondOf(f.now()-int64(checkLag)) - 1
		held := f.tally.between(first, end)
		f.mu.Unlock()
		if end <= first {
			continue
		}
		if held <= few {
			_, _ = f.read(ctx, (first-1)*1e9+1, end*1e9+1)
		} else {
			if begin := (first-1)*1e9 + 1; f.o.From < begin && begin-f.o.From <= 1e9 {
				_, _ = f.read(ctx, f.o.From, begin) // the broken second at the start
			}
			f.compare(ctx, first, end)
		}
		f.mu.Lock()
		last = max(last, f.last[logs.OriginLoki])
		f.mu.Unlock()
		if now := f.now(); now-max(last, begun) > int64(checkEvery) {
			ring(f.trouble) // silent: perhaps nothing is written, perhaps it is late
		}
	}
}

// compare counts the lines of each second and reads those seconds again that have more than was delivered.
func (f *follower) compare(ctx context.Context, first, end int64) {
	ask := f.ask(first*1e9, end*1e9)
	ask.Query = "sum(count_over_time(" + ask.Query + "[1s]))"
	series, err := f.o.Reach.History.Metric(ctx, ask, time.Second)
	if err != nil {
		return // the tail tells of a history that fails; the next check comes
	}
	missing := func(second int64, n float64) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.tally.of(second) < int64(n)
	}
	from, to := int64(0), int64(0) // seconds to read, ]from, to]
	flush := func() {
		if to > from {
			_, _ = f.read(ctx, from*1e9+1, to*1e9+1)
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
}
