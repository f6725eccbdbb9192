package feed

import (
	"context"
	"errors"
	"time"

	"dsotop/internal/logs"
)

// most lines that one catching up reads by itself; what is beyond becomes a gap that a person may fetch.
const catchUpLimit = 100_000

// slowly is how long a catching up may be slower than what it catches up with.
const slowly = 10 * time.Second

var errEnough = errors.New("enough")

// history follows the history's tail; while there is none, it asks every two seconds.
func (f *follower) history(ctx context.Context) {
	h := f.o.Reach.History
	since := f.newest(logs.OriginLoki)
	cut := int64(0) // when the tail was lost, 0 while it is not
	for failures := 0; ctx.Err() == nil; {
		ended := make(chan error, 1)
		started := time.Now()
		pass := f.pass()
		go func() {
			ended <- h.Tail(ctx, f.ask(f.now()-int64(overlap), 0), func(b logs.Batch) error {
				b.Notices = f.dropped(b.Notices)
				_, err := f.hand(ctx, pass, b)
				return err
			})
		}()
		if f.catchUp(ctx, since, &cut) {
			f.up(logs.OriginLoki, h.Name(), HowTail)
		}
		err := <-ended
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) >= settled {
			failures = 0
		}
		failures++
		if err == nil {
			err = errors.New("the server ended the stream")
		}
		if cut == 0 && failures == 1 {
			cut = f.now()
			f.notice(ctx, logs.Notice{Kind: logs.NoticeCut, At: cut, Origin: logs.OriginLoki, Source: h.Name(), Why: f.o.Reach.Health(h.Name(), err).Detail})
		}
		since = f.poll(ctx, after(failures), &cut)
	}
}

// poll asks again and again for what is new, until it is time to try the tail once more.
func (f *follower) poll(ctx context.Context, until time.Duration, cut *int64) (since int64) {
	end := time.Now().Add(until)
	for {
		since = f.newest(logs.OriginLoki) - int64(overlap)
		if *cut != 0 {
			since = min(since, *cut-int64(overlap))
		}
		since = max(since, f.o.From-int64(checkLag)) // what was wanted, and what may have come late then
		left := time.Until(end)
		if left <= 0 || !wait(ctx, min(left, pollEvery)) {
			return since
		}
		if f.catchUp(ctx, since, cut) {
			f.up(logs.OriginLoki, f.o.Reach.History.Name(), HowPolling)
		}
	}
}

// catchUp reads what was written since a moment, and reports whether the history answers. After a cut it says what that cost.
func (f *follower) catchUp(ctx context.Context, since int64, cut *int64) bool {
	h := f.o.Reach.History
	to := max(f.now(), f.newest(logs.OriginLoki)) + int64(ahead)
	fresh, err := f.read(ctx, since, to)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		news, health := f.down(logs.OriginLoki, h.Name(), err)
		if news {
			f.notice(ctx, logs.Notice{Kind: logs.NoticeFailed, At: f.now(), Origin: logs.OriginLoki, Source: h.Name(), Why: health.Detail})
		}
		ring(f.trouble)
		return false
	}
	if *cut != 0 {
		f.notice(ctx, logs.Notice{Kind: logs.NoticeResumed, At: f.now(), From: since, To: f.now(), Count: int64(fresh), Origin: logs.OriginLoki, Source: h.Name()})
		*cut = 0
	}
	return true
}

// read reads a range of history in order, and leaves a visible gap where there is too much of it.
func (f *follower) read(ctx context.Context, from, to int64) (fresh int, err error) {
	h, pass, total, last := f.o.Reach.History, f.pass(), 0, from
	begun := time.Now()
	_, err = Read(ctx, h, f.ask(from, to), 0, func(b logs.Batch) error {
		n, err := f.hand(ctx, pass, b)
		fresh, total = fresh+n, total+len(b.Lines)
		if len(b.Lines) > 0 {
			last = b.Lines[len(b.Lines)-1].At
		}
		took := time.Since(begun)
		if err == nil && (total >= catchUpLimit || took > slowly && took > time.Duration(last-from)) {
			err = errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		f.notice(ctx, logs.Notice{Kind: logs.NoticeGap, At: last, From: last, To: min(to, f.now()), Count: -1, Origin: logs.OriginLoki, Source: h.Name()})
		err = nil
	}
	return fresh, err
}

func (f *follower) ask(from, to int64) logs.Ask {
	return logs.Ask{Tenant: f.o.Reach.Tenant, Query: f.o.Subject.Selector(), From: from, To: to}
}

// dropped takes out of notices what can be read again: lines that the server dropped from its tail. check reads them.
func (f *follower) dropped(notices []logs.Notice) []logs.Notice {
	left := notices[:0:0]
	for _, n := range notices {
		if n.Kind == logs.NoticeDropped && n.From > 0 && n.To >= n.From {
			select {
			case f.lost <- n:
				continue
			default:
			}
		}
		left = append(left, n)
	}
	return left
}

func (f *follower) notice(ctx context.Context, n logs.Notice) {
	_, _ = f.hand(ctx, 0, logs.Batch{Notices: []logs.Notice{n}})
}
