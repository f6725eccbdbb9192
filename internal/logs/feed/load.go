package feed

import (
	"context"
	"slices"
	"time"

	"dsotop/internal/logs"
)

// Older reads what was written before the span that holds a time.
func (f *Feed) Older(at int64) {
	f.mu.Lock()
	i, ok := f.cover.around(at)
	var s span
	before := int64(0)
	if ok {
		s = f.cover[i]
		if i > 0 {
			before = f.cover[i-1].to
		}
	}
	done := f.state.Start != 0 && i == 0
	f.mu.Unlock()
	if !ok || done || !f.begin(older) {
		return
	}
	f.running.Go(func() {
		defer f.end(older)
		if f.o.Reach.History == nil {
			f.olderLive(s)
			return
		}
		f.back(s.from, before)
	})
}

// back reads one page of history before a time, in windows that grow while they are empty, as far as a span that is held.
func (f *Feed) back(to, before int64) {
	oldest, total := f.now()-int64(Retention), 0
	for _, w := range windows {
		if from := max(to-int64(w), before, oldest); from < to {
			n, whole := f.page(span{from, to}, true)
			if total += n; !whole || total >= f.screenful() {
				return
			}
		}
		f.mu.Lock()
		i, ok := f.cover.around(to)
		if ok {
			to = f.cover[i].from
		}
		f.mu.Unlock()
		switch {
		case to <= before:
			return
		case to <= oldest:
			f.begins(logs.NoticeRetention, to)
			return
		}
	}
}

// screenful is how many lines are enough for now.
func (f *Feed) screenful() int { return f.o.Page / 4 }

// page reads at most one page of a range, and returns how many lines that were, and whether it read the range to its end.
func (f *Feed) page(s span, backward bool) (n int, whole bool) {
	limit := f.o.Page
	for {
		got, err := f.o.Reach.History.Range(f.ctx, logs.Ask{Tenant: f.o.Reach.Tenant, Query: f.o.Subject.Selector(), From: s.from, To: s.to, Limit: limit, Backward: backward})
		switch {
		case f.ctx.Err() != nil:
			return 0, false
		case tooLong(err) && s.to-s.from > int64(time.Hour):
			if backward {
				s.from = s.to - (s.to-s.from)/2
			} else {
				s.to = s.from + (s.to-s.from)/2
			}
			continue
		case err != nil:
			f.failed(err)
			return 0, false
		}
		f.change(func(st *State) { st.Failed.State, st.Loaded = "", true })
		n := len(got.Lines)
		var first, last int64
		if n > 0 {
			first, last = got.Lines[0].At, got.Lines[n-1].At
		}
		if backward {
			slices.Reverse(got.Lines) // lines of one nanosecond are held in the order in which they come
		}
		fresh := f.add(got.Lines, false)
		if !got.Full || n == 0 {
			f.hold(s)
			return n, true
		}
		stuck := fresh == 0 && first == last
		if stuck && limit < f.o.Reach.History.Limit() {
			limit = f.o.Reach.History.Limit() // more lines in one nanosecond than a page
			continue
		}
		if stuck {
			f.o.Store.Note(logs.Notice{Kind: logs.NoticeLimit, At: last, From: last, To: last + 1, Count: -1, Origin: logs.OriginLoki, Source: f.o.Reach.History.Name()})
		}
		// The last nanosecond may be cut: it is read again next time, unless that led nowhere.
		switch {
		case backward && !stuck:
			f.hold(span{last + 1, s.to})
		case backward:
			f.hold(span{last, s.to})
		case !stuck:
			f.hold(span{s.from, last})
		default:
			f.hold(span{s.from, last + 1})
		}
		return n, false
	}
}

// Newer reads what was written after the span that holds a time; having reached the present, it follows.
func (f *Feed) Newer(at int64) {
	f.mu.Lock()
	i, ok := f.cover.around(at)
	var s, next span
	if ok {
		s = f.cover[i]
		if i+1 < len(f.cover) {
			next = f.cover[i+1]
		}
	}
	f.mu.Unlock()
	if !ok || s.to == forever || f.o.Reach.History == nil || !f.begin(newer) {
		return
	}
	f.running.Go(func() {
		defer f.end(newer)
		to := next.from
		if to == 0 {
			to = f.now()
		}
		if s.to >= to {
			f.follow(to)
			return
		}
		f.page(span{s.to, to}, false)
		f.mu.Lock()
		i, ok := f.cover.around(s.to)
		reached := ok && next.from == 0 && f.cover[i].to >= to
		f.mu.Unlock()
		if reached {
			f.follow(to)
		}
	})
}

// Fetch fills a gap that a notice tells of, page by page, at most 100,000 lines at once: what is left stays a gap.
func (f *Feed) Fetch(n logs.Notice) {
	if f.o.Reach.History == nil || n.From >= n.To || !f.begin(newer) {
		return
	}
	f.running.Go(func() {
		defer f.end(newer)
		at, last := n.From, n.From
		total, err := Read(f.ctx, f.o.Reach.History, logs.Ask{Tenant: f.o.Reach.Tenant, Query: f.o.Subject.Selector(), From: n.From, To: n.To}, catchUpLimit, func(b logs.Batch) error {
			f.add(b.Lines, false)
			for _, x := range b.Notices {
				f.o.Store.Note(x)
			}
			if len(b.Lines) > 0 {
				last = b.Lines[len(b.Lines)-1].At
				f.hold(span{at, last})
				at = last
			}
			return nil
		})
		switch {
		case f.ctx.Err() != nil:
		case err != nil:
			f.failed(err)
		case total < catchUpLimit:
			f.hold(span{at, n.To})
		}
	})
}

// Jump goes to a time: when it is not held, a page before and a page after it are read.
func (f *Feed) Jump(at int64) {
	f.mu.Lock()
	i, ok := f.cover.around(at)
	held := ok && f.cover[i].from <= at && at < f.cover[i].to
	f.mu.Unlock()
	if held || f.o.Reach.History == nil {
		return
	}
	f.mu.Lock()
	busy := f.state.Jumping
	if f.state.Jumping = true; busy {
		f.next = at // once what is under way has come, the opening of the feed among it
	}
	f.mu.Unlock()
	if busy {
		return
	}
	f.running.Go(func() {
		defer f.jumped()
		oldest := f.now() - int64(Retention)
		if at < oldest {
			f.begins(logs.NoticeRetention, oldest)
			at = oldest
		}
		now := f.now()
		at = min(at, now)
		f.page(span{at, min(at+int64(time.Hour), now)}, false)
		f.back(at, 0)
	})
}

// jumped ends a jump, and begins the one that was asked for meanwhile.
func (f *Feed) jumped() {
	f.mu.Lock()
	next := f.next
	f.next, f.state.Jumping = 0, false
	f.mu.Unlock()
	ring(f.changed)
	if next != 0 && f.ctx.Err() == nil {
		f.Jump(next)
	}
}

// Follow goes to the newest lines and follows them.
func (f *Feed) Follow() {
	f.mu.Lock()
	following := f.follows != nil
	f.mu.Unlock()
	if following || !f.begin(jumping) {
		return
	}
	f.running.Go(func() {
		defer f.jumped()
		now := f.now()
		first := make(chan struct{})
		f.running.Go(func() {
			defer close(first)
			f.newest(now)
		})
		select { // what is loaded first is known to the follower, so that the seam is clean; a history that fails is not waited for
		case <-first:
		case <-time.After(2 * time.Second):
		case <-f.ctx.Done():
			return
		}
		f.follow(now)
	})
}

// newest reads the page before now, again and again until the history answers.
func (f *Feed) newest(now int64) {
	if f.o.Reach.History == nil || f.o.Mode == LiveOnly {
		return
	}
	for failures := 1; ; failures++ {
		f.change(func(s *State) { s.Failed.State = "" })
		f.back(now, 0)
		f.mu.Lock()
		failed := f.state.Failed.State != ""
		f.mu.Unlock()
		if !failed || !wait(f.ctx, after(failures)) {
			return
		}
	}
}

// follow starts following from a time on.
func (f *Feed) follow(from int64) {
	ctx, stop := context.WithCancel(f.ctx)
	f.mu.Lock()
	if f.follows != nil {
		f.mu.Unlock()
		stop()
		return
	}
	f.follows = stop
	var known []logs.Line
	for it := range f.o.Store.Between(from-int64(time.Minute), from+int64(time.Hour)) {
		if it.Notice == nil {
			known = append(known, logs.Line{At: it.At, Stream: it.Stream, Text: it.Text})
		}
	}
	f.mu.Unlock()
	f.hold(span{from, forever})
	f.running.Go(func() {
		defer stop()
		_ = Follow(ctx, FollowOptions{
			Reach: f.o.Reach, Subject: f.o.Subject, Mode: f.o.Mode, From: from, Backlog: f.o.Page, Clock: f.o.Clock, Known: known,
			Unheld: f.unheld,
			State: func(s OriginState) {
				f.mu.Lock()
				f.origins[s.Source] = s
				f.mu.Unlock()
				ring(f.changed)
			},
		}, func(b logs.Batch) error { f.followed(from, b); return nil })
	})
}

// followed takes what the follower delivers. Lines from before its start may have been loaded meanwhile, so those are compared with the store.
func (f *Feed) followed(from int64, b logs.Batch) {
	i, _ := slices.BinarySearchFunc(b.Lines, from, func(l logs.Line, at int64) int { return int(min(max(l.At-at, -1), 1)) })
	f.add(f.covered(b.Lines[:i]), false)
	f.add(b.Lines[i:], true)
	if i > 0 && f.o.Reach.History == nil {
		f.hold(span{b.Lines[0].At, from})
	}
	for _, n := range b.Notices {
		if n.Kind == logs.NoticeGap {
			f.mu.Lock()
			f.cover = f.cover.lacking(span{n.From, n.To})
			f.showGaps()
			f.mu.Unlock()
			continue
		}
		if n.Kind == logs.NoticeStart { // that there is nothing is an answer
			f.change(func(s *State) { s.Loaded = true })
		}
		f.o.Store.Note(n)
	}
	ring(f.changed)
}

// covered leaves out what a history gave of times that were not read yet: it would stand there as if nothing were between it and what is held,
// and comes again when a person goes there. Live origins cannot be asked for a time, so what they give is kept.
func (f *Feed) covered(ls []logs.Line) []logs.Line {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]logs.Line, 0, len(ls))
	for _, l := range ls {
		if l.Stream.Origin != logs.OriginLoki || f.cover.holds(l.At) {
			out = append(out, l)
		}
	}
	return out
}

// olderLive asks the live origins for ten times more of their past, since they cannot be asked for a time before another.
func (f *Feed) olderLive(s span) {
	for _, l := range f.o.Reach.Live {
		ask := l.Ask
		held := f.o.Store.Stat().Lines
		ask.Previous, ask.Tail = f.o.Subject.Previous, int(max(held, int64(f.o.Page)))*10
		total, oldest := 0, s.from
		err := l.Lines(f.ctx, ask, func(b logs.Batch) error {
			total += f.add(b.Lines, false)
			for _, x := range b.Lines {
				oldest = min(oldest, x.At)
			}
			return nil
		})
		if f.ctx.Err() != nil {
			return
		}
		if err != nil {
			f.failed(err)
			continue
		}
		f.hold(span{oldest, s.from})
		if total == 0 {
			f.begins(logs.NoticeStart, oldest)
		}
		return
	}
}

// begins says that nothing older can be had.
func (f *Feed) begins(kind logs.NoticeKind, at int64) {
	f.mu.Lock()
	known := f.state.Start != 0
	f.state.Start = kind
	f.mu.Unlock()
	if !known {
		f.o.Store.Note(logs.Notice{Kind: kind, At: at, Count: -1})
	}
	ring(f.changed)
}

func (f *Feed) failed(err error) {
	source := ""
	if f.o.Reach.History != nil {
		source = f.o.Reach.History.Name()
	}
	h := f.o.Reach.Health(source, err)
	f.change(func(s *State) { s.Failed = h })
}
