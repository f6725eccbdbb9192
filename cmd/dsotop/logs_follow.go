package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/sift"
	"dsotop/internal/platform"
)

// remembered is how long lines are remembered for what is read twice while a history's reading turns into following, and how many.
const (
	remembered     = time.Minute
	rememberedMost = 100_000
)

// follow prints what was written since the beginning asked for, then what is written.
func (r *reading) follow(ctx context.Context) error {
	o := feed.FollowOptions{Reach: r.reach, Subject: r.a.subject(r.where.namespace), From: r.a.from}
	switch r.a.origin {
	case "loki":
		o.Mode = feed.HistoryOnly
	case "live":
		o.Mode = feed.LiveOnly
		o.Backlog = r.a.limit
	}
	if r.reach.History != nil && o.Mode != feed.LiveOnly {
		known, from, err := r.backlog(ctx)
		if err != nil {
			return err
		}
		o.Known, o.From = known, from
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	refused := refusals{of: r.origins(o)}
	o.State = func(s feed.OriginState) {
		if why := refused.note(s.Source, s.Health); why != nil {
			var said []string
			for _, h := range why {
				said = append(said, r.wording(h))
			}
			cancel(exit{exitSources, errorText(strings.Join(said, "\n"))})
		}
	}
	err := feed.Follow(ctx, o, func(b logs.Batch) error {
		r.arrived(b)
		for _, n := range b.Notices {
			if err := r.notice(n); err != nil {
				return err
			}
		}
		return r.print(b.Lines)
	})
	if cause := context.Cause(ctx); err == nil && cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// backlog prints what the history has since the beginning asked for. It returns the last of it and the time from which on lines are to be
// followed. A history that fails stops nothing: following tells, and goes on trying.
func (r *reading) backlog(ctx context.Context) (known []logs.Line, from int64, err error) {
	now := r.e.Now()
	recent := max(now.Add(-remembered).UnixNano(), r.a.from)
	last := r.a.from - 1 // of what was printed
	back := sift.NewBackward(r.sift)
	said := r.telling()
	defer said.stop()
	sink := func(b logs.Batch) error {
		r.arrived(b)
		if len(b.Lines) > 0 {
			said.at(len(b.Lines), b.Lines[len(b.Lines)-1].At)
		}
		for _, n := range b.Notices {
			if err := r.notice(n); err != nil {
				return err
			}
		}
		for _, l := range b.Lines {
			if l.At >= recent && len(known) < rememberedMost {
				known = append(known, l)
			}
			if r.a.limit > 0 {
				back.Line(l)
			}
		}
		switch {
		case r.a.limit == 0:
			if len(b.Lines) > 0 {
				last = max(last, b.Lines[len(b.Lines)-1].At)
			}
			return r.print(b.Lines)
		case back.Has(r.a.limit) && (len(b.Lines) == 0 || b.Lines[len(b.Lines)-1].At < recent):
			return errEnough
		}
		return nil
	}
	ask := logs.Ask{Tenant: r.reach.Tenant, Query: r.a.subject(r.where.namespace).Selector(), From: r.a.from, To: now.UnixNano(), Backward: r.a.limit > 0}
	err = r.read(ctx, ask, recent, sink) // of the last minute everything is read: following compares with it
	said.stop()
	if errors.Is(err, syscall.EPIPE) {
		return nil, 0, err
	}
	var q *logs.QueryError
	if errors.As(err, &q) {
		return nil, 0, r.failed(r.reach.History.Name(), err)
	}
	if err := r.flush(back); err != nil {
		return nil, 0, err
	}
	known = r.ordered(known)
	switch {
	case len(known) > 0:
		from = known[len(known)-1].At - int64(10*time.Second)
	case err == nil || errors.Is(err, errEnough):
		from = recent // there was nothing
	default:
		from = last + 1
	}
	return known, from, r.out.Flush()
}

// origins names who is followed.
func (r *reading) origins(o feed.FollowOptions) []string {
	var names []string
	if o.Reach.History != nil && o.Mode != feed.LiveOnly {
		names = append(names, o.Reach.History.Name())
	}
	if o.Mode != feed.HistoryOnly && r.a.logsFlags.query == "" {
		for _, l := range o.Reach.Live {
			names = append(names, l.Name())
		}
	}
	return names
}

// refusals knows which origins refuse. When all do, waiting is in vain.
type refusals struct {
	of []string

	mu  sync.Mutex
	now map[string]platform.SourceHealth
}

// note takes in what an origin answers and returns all refusals when nobody is left.
func (f *refusals) note(source string, h platform.SourceHealth) (all []platform.SourceHealth) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil {
		f.now = map[string]platform.SourceHealth{}
	}
	delete(f.now, source)
	if h.State == platform.StateForbidden || h.State == platform.StateUnauthorised {
		f.now[source] = h
	}
	for _, name := range f.of {
		h, ok := f.now[name]
		if !ok {
			return nil
		}
		all = append(all, h)
	}
	return all
}
