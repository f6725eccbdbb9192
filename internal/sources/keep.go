package sources

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dsotop/internal/store"
)

// Ground is what all sources of a process share.
type Ground struct {
	Store    *store.Store
	Interest *store.Interest
	Clock    func() time.Time // of facts; nil is time.Now
	Log      *slog.Logger     // nil discards
	Pace     float64          // see Board.Pace
}

const (
	stopLimit = time.Second // for a source to end after its context
	goodRun   = time.Minute // a run that lasted this long starts the back-off anew
)

// Keep runs one source until ctx ends: a panic is contained, a Run that returns is started again after a back-off (1 s to 60 s,
// at once when poked). It returns within about a second of the end of ctx; a source that does not stop is left behind, and the
// log says so. poke rings when somebody asks to look again; nil never does.
func Keep(ctx context.Context, src Source, g Ground, poke <-chan struct{}) {
	b := newBoard(src, g, poke)
	for failures := 0; ctx.Err() == nil; {
		started := time.Now()
		done := make(chan error, 1)
		go func() { done <- guard(b.Log, partRun, func() error { return src.Run(ctx, b) }) }()
		var err error
		select {
		case err = <-done:
		case <-ctx.Done():
			abandonAfter(stopLimit, done, b.Log)
			return
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil || errors.Is(err, context.Canceled) {
			err = errors.New("the source ended by itself")
		}
		if time.Since(started) > b.paced(goodRun) {
			failures = 0
		}
		failures++
		wait := retryWait(b, err, failures, failures)
		b.Health.fail(partRun, err, b.Clock().Add(wait))
		b.Log.Warn("source ended", "err", detailOf(err), "again_in", wait)
		if !waitFor(ctx, wait, poke) {
			return
		}
	}
}

func newBoard(src Source, g Ground, poke <-chan struct{}) *Board {
	if g.Clock == nil {
		g.Clock = time.Now
	}
	if g.Log == nil {
		g.Log = slog.New(slog.DiscardHandler)
	}
	if g.Interest == nil {
		g.Interest = store.NewInterest()
	}
	return &Board{Store: g.Store, Interest: g.Interest, Clock: g.Clock, Log: g.Log.With("source", src.Name()), Health: NewHealth(g.Store, src, g.Clock), Poke: poke, Pace: g.Pace}
}

func abandonAfter(limit time.Duration, done <-chan error, log *slog.Logger) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-done:
		log.Debug("source stopped", "err", err)
	case <-timer.C:
		log.Error("source did not stop in time; left behind")
	}
}
