package feed

import (
	"context"
	"errors"
	"slices"
	"time"

	"dsotop/internal/logs"
)

// Read pages through a range of history and hands it to sink in the direction asked, each line once, at most limit lines (≤ 0: all).
// It returns the number of lines. The caller's context ends it; errors are the history's.
func Read(ctx context.Context, h logs.History, a logs.Ask, limit int, sink func(logs.Batch) error) (int, error) {
	total := 0
	p := newPager(h, a)
	for !p.done {
		p.ask.Limit = a.Limit
		if left := limit - total; limit > 0 && (p.ask.Limit == 0 || left < p.ask.Limit) {
			p.ask.Limit = left + len(p.held) // what was read at the edge comes again
		}
		lines, notices, err := p.next(ctx)
		if err != nil {
			return total, err
		}
		if limit > 0 && len(lines) > limit-total {
			lines = lines[:limit-total]
		}
		total += len(lines)
		if len(lines)+len(notices) > 0 {
			if err := sink(logs.Batch{Lines: lines, Notices: notices}); err != nil {
				return total, err
			}
		}
		if limit > 0 && total >= limit {
			break
		}
	}
	return total, ctx.Err()
}

// Find pages through a range of history, in the direction asked, until found says so of a line.
func Find(ctx context.Context, h logs.History, a logs.Ask, found func(logs.Line) bool) error {
	_, err := Read(ctx, h, a, 0, func(b logs.Batch) error {
		if slices.ContainsFunc(b.Lines, found) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// windows are how far back newest lines are looked for, one after the other: a quiet namespace costs a few small questions, not a scan of
// everything that is kept.
var windows = [...]time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, Retention} //nolint:gochecknoglobals // a table

// Retention is how long the platform keeps lines (30 days for everybody).
const Retention = 30 * 24 * time.Hour

// tooLong recognises what a server says to a question about more time than it allows in one; it is asked in halves.
func tooLong(err error) bool {
	var q *logs.QueryError
	return errors.As(err, &q) && q.TooLong
}
