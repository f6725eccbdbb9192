package feed

import (
	"context"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
)

const (
	comeBack = 3 * time.Second  // a live origin that ended because nothing runs is asked again
	handOver = 30 * time.Second // the history must be well for so long before the live origin is left
)

// standby runs a live origin: always, or only while the history fails or is silent.
func (f *follower) standby(ctx context.Context, always bool) {
	for ctx.Err() == nil {
		if !always {
			select {
			case <-f.trouble:
			case <-ctx.Done():
				return
			}
			f.notice(ctx, logs.Notice{Kind: logs.NoticeSeam, At: f.now(), Origin: f.o.Reach.Live[0].Origin(), Source: f.o.Reach.Live[0].Name()})
		}
		run, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); f.live(run) }()
		if !always {
			f.recovered(run)
			stop()
		}
		<-done
		stop()
		if always || ctx.Err() != nil {
			return
		}
		for _, l := range f.o.Reach.Live {
			f.say(l.Origin(), l.Name(), func(s *OriginState) { s.How = HowNone })
		}
		f.notice(ctx, logs.Notice{Kind: logs.NoticeSeam, At: f.now(), Origin: logs.OriginLoki, Source: f.o.Reach.History.Name()})
		select {
		case <-f.trouble:
		default:
		}
	}
}

// recovered returns when the history has given lines as new as the live origin's for a while.
func (f *follower) recovered(ctx context.Context) {
	const step = 5 * time.Second
	for well := time.Duration(0); well < handOver; {
		if !wait(ctx, step) {
			return
		}
		if f.level() {
			well += step
		} else {
			well = 0
		}
	}
}

// level reports whether the history answers and is not behind the live origin.
func (f *follower) level() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.states[f.o.Reach.History.Name()]
	newest := int64(0)
	for o, at := range f.last {
		if o != logs.OriginLoki {
			newest = max(newest, at)
		}
	}
	last := f.last[logs.OriginLoki]
	return s != nil && s.Health.State == platform.StateLive && last > 0 && last >= newest-int64(10*time.Second)
}

// begin is where a live origin starts: with its backlog when nothing was delivered yet, else a little before the newest line.
func (f *follower) begin() (since int64, tail int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := int64(0)
	for _, at := range f.last {
		newest = max(newest, at)
	}
	if newest == 0 {
		if f.o.Backlog > 0 {
			return 0, f.o.Backlog
		}
		return f.o.From, 0
	}
	return newest - int64(overlap), 0
}

// live follows the first live origin that can be, and goes on to the next when one refuses.
func (f *follower) live(ctx context.Context) {
	chosen, failures, wasUp := 0, 0, false
	since, tail := f.begin()
	for ctx.Err() == nil {
		origin := f.o.Reach.Live[chosen]
		name, kind := origin.Name(), origin.Origin()
		ask := origin.Ask
		ask.Since, ask.Tail, ask.Follow = since, tail, !f.o.Subject.Previous
		ask.Previous = f.o.Subject.Previous
		pass, resumed := f.pass(), !wasUp && failures > 0 && since > 0
		begun := f.now()
		up := time.AfterFunc(comeBack, func() { f.up(kind, name, HowTail) })
		err := origin.Lines(ctx, ask, func(b logs.Batch) error {
			up.Stop()
			f.up(kind, name, HowTail)
			wasUp = true
			if resumed && len(b.Lines) > 0 {
				resumed = false
				b.Notices = append(b.Notices, logs.Notice{Kind: logs.NoticeResumed, At: f.now(), From: since, To: begun, Count: -1, Origin: kind, Source: name})
			}
			_, err := f.hand(ctx, pass, b)
			return err
		})
		up.Stop()
		if ctx.Err() != nil {
			return
		}
		if newest := f.newest(kind); newest > 0 {
			since, tail = newest-int64(overlap), 0
		}
		if err == nil {
			failures, wasUp = 0, false
			f.up(kind, name, HowTail)
			if f.o.Subject.Previous || !wait(ctx, comeBack) {
				return
			}
			continue
		}
		news, health := f.down(kind, name, err)
		if news || wasUp {
			n := logs.Notice{Kind: logs.NoticeFailed, At: f.now(), Origin: kind, Source: name, Why: health.Detail}
			if wasUp {
				n.Kind = logs.NoticeCut
			}
			f.notice(ctx, n)
		}
		if wasUp {
			failures = 0
		}
		wasUp = false
		failures++
		if refused := health.State == platform.StateForbidden || health.State == platform.StateUnauthorised; (refused || failures >= 3) && len(f.o.Reach.Live) > 1 {
			chosen = (chosen + 1) % len(f.o.Reach.Live)
			failures = 1
		}
		if !wait(ctx, after(failures)) {
			return
		}
	}
}
