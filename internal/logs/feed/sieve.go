package feed

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dsotop/internal/logs"
)

// Sieve lets a history leave out lines that would not be kept, without a change to what is: who folds and judges the lines that Read
// delivers comes to the same as with all lines of the range.
//
// The difficulty is what belongs under other lines. A frame of a stack trace is kept with its head; so a server that gives the lines
// with a text has to give everything that looks like a frame as well, and then those have to be told apart that belong under a line
// found and those that belong under one that was left out. That is asked of the history for each case, a few lines at a time.
type Sieve struct {
	// Stages are appended to the query: they let through every line for which Match holds and every one that is Under or Maybe.
	Stages string
	// Match is what a line must fulfil to be kept for its own sake.
	Match func(logs.Line) bool
	// Place says whether a line belongs under the one before it of its stream.
	Place func(logs.Line) Place
	// Key tells streams apart, within which lines belong under each other.
	Key func(*logs.Stream) string
	// Whole is a time from which on nothing is left out; 0: there is none.
	Whole int64
}

// Place is how a line stands to the one before it of its stream.
type Place uint8

// The places.
const (
	Head  Place = iota
	Under       // it belongs under that one
	Maybe       // it does when that one belongs under another
)

const (
	// mostProbes is how many questions about traces one page of lines is worth. Where there are more, most of what is written is traces, and
	// reading everything costs no more.
	mostProbes = 48
	probeLines = 100    // the first time
	mostProbed = 50_000 // lines read to find the end of a trace
)

// errDense is the end of sieving: it would cost more than it spares.
var errDense = errors.New("too many traces")

// sieving is one run of a sieve.
type sieving struct {
	Sieve
	h       logs.History
	ask     logs.Ask // unfiltered
	streams map[string]*sieved
	probes  int  // of this page
	whole   bool // everything is read now: probes are few
	dense   bool // sieving was given up
}

// sieved is what is known of a stream.
type sieved struct {
	head    *logs.Line      // the last definite head given, nil for none (backwards: in this page)
	first   bool            // a line was given that stands before any head known, and what follows it was asked
	matched bool            // the head, or that first line, may have lines under it that are wanted
	asked   bool            // and they were asked for:
	under   map[lineKey]int // these belong there,
	next    *logs.Line      // and this is the head after them
	sent    map[lineKey]int // given before their turn
	open    *logs.Line      // backwards: the oldest line given whose head is still to come
}

type lineKey struct {
	at   int64
	text string
}

func keyOfLine(l *logs.Line) lineKey { return lineKey{l.At, l.Text} }

// Read is [Read] through the sieve. It reads everything, from where it is, when sieving does not pay.
func (s Sieve) Read(ctx context.Context, h logs.History, a logs.Ask, sink func(logs.Batch) error) error {
	r := &sieving{Sieve: s, h: h, ask: a, streams: map[string]*sieved{}}
	narrowed, whole := a, a
	narrowed.Query += s.Stages
	narrowed.To, whole.From = a.To, a.To
	if s.Whole > 0 && s.Whole < a.To {
		narrowed.To = max(s.Whole, a.From)
		whole.From = narrowed.To
	}
	if a.Backward {
		if err := r.plainly(ctx, newPager(h, whole), sink); err != nil {
			return err
		}
		return r.narrowly(ctx, newPager(h, narrowed), 0, sink)
	}
	if err := r.narrowly(ctx, newPager(h, narrowed), whole.To, sink); err != nil || r.dense {
		return err
	}
	return r.plainly(ctx, newPager(h, whole), sink)
}

// narrowly reads what a pager has, through the sieve. Where that does not pay, everything is read, up to whole when that is later.
func (r *sieving) narrowly(ctx context.Context, p *pager, whole int64, sink func(logs.Batch) error) error {
	for !p.done {
		before, undo := *p, r.saved()
		lines, notices, err := p.next(ctx)
		if _, refused := errors.AsType[*logs.QueryError](err); refused { // a server before Loki 3 knows no alternatives
			before.ask.To, r.dense = max(before.ask.To, whole), true
			return r.plainly(ctx, &before, sink)
		}
		if err != nil {
			return err
		}
		if r.ask.Backward {
			slices.Reverse(lines)
		}
		r.probes = 0
		out, err := r.page(ctx, lines)
		if errors.Is(err, errDense) {
			r.streams = undo // nothing of this page was given
			before.ask.To, r.dense = max(before.ask.To, whole), true
			return r.plainly(ctx, &before, sink)
		}
		if err != nil {
			return err
		}
		if r.ask.Backward {
			slices.Reverse(out)
		}
		if len(out)+len(notices) > 0 {
			if err := sink(logs.Batch{Lines: out, Notices: notices}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// plainly reads what a pager has left as it is.
func (r *sieving) plainly(ctx context.Context, p *pager, sink func(logs.Batch) error) error {
	p.ask.Query = r.ask.Query
	r.whole = true
	defer func() { r.whole = false }()
	begun, oldest := map[*sieved]bool{}, map[*sieved]*logs.Line{}
	for !p.done {
		lines, notices, err := p.next(ctx)
		if err != nil {
			return err
		}
		out := lines[:0:0]
		for i := range lines {
			l := &lines[i]
			st := r.stream(l)
			if !begun[st] && !r.ask.Backward && r.Place(*l) != Head {
				// It belongs under the last line that was given, or under one that was left out.
				before, head, err := r.probe(ctx, l, true)
				if err != nil && !errors.Is(err, errDense) {
					return err
				}
				out = append(out, st.missing(before, head)...)
			}
			begun[st] = true
			oldest[st] = l
			if !st.given(l) {
				out = append(out, *l)
			}
		}
		if len(out)+len(notices) > 0 {
			if err := sink(logs.Batch{Lines: out, Notices: notices}); err != nil {
				return err
			}
		}
	}
	if !r.ask.Backward || p.ask.From <= r.ask.From {
		return ctx.Err()
	}
	// What comes next is narrowed: the heads of what was given last may be missing there.
	var heads []logs.Line
	for st, l := range oldest {
		if r.Place(*l) == Head {
			continue
		}
		before, head, err := r.probe(ctx, l, true)
		if err != nil && !errors.Is(err, errDense) {
			return err
		}
		if head != nil {
			for _, x := range append(before, *head) {
				st.sent[keyOfLine(&x)]++
				heads = append(heads, x)
			}
		}
	}
	if len(heads) > 0 {
		return sink(logs.Batch{Lines: heads})
	}
	return ctx.Err()
}

// missing are the lines from a head on, in order of time, that were not given because nothing of them is wanted; before are those after
// the head, the latest first.
func (st *sieved) missing(before []logs.Line, head *logs.Line) []logs.Line {
	out := slices.Clone(before)
	same := head == nil && st.head == nil || head != nil && st.head != nil && keyOfLine(head) == keyOfLine(st.head)
	switch {
	case same && st.matched: // it was given with what is under it
		return nil
	case !same && head != nil:
		out = append(out, *head)
	}
	slices.Reverse(out)
	return out
}

// given reports that a line was given before its turn, which is now.
func (st *sieved) given(l *logs.Line) bool {
	k := keyOfLine(l)
	if st.sent[k] == 0 {
		return false
	}
	st.sent[k]--
	return true
}

// saved are copies of what is known, to come back to.
func (r *sieving) saved() map[string]*sieved {
	out := make(map[string]*sieved, len(r.streams))
	for k, st := range r.streams {
		one := *st
		one.sent, one.under = maps.Clone(st.sent), map[lineKey]int{}
		out[k] = &one
	}
	return out
}

func (r *sieving) stream(l *logs.Line) *sieved {
	k := r.Key(l.Stream)
	st := r.streams[k]
	if st == nil {
		st = &sieved{under: map[lineKey]int{}, sent: map[lineKey]int{}}
		r.streams[k] = st
	}
	return st
}

// page picks from the lines of a page, in order of time, those to be given on.
func (r *sieving) page(ctx context.Context, lines []logs.Line) (out []logs.Line, err error) {
	waits := map[*sieved]*logs.Line{} // backwards: lines of later pages wait for their head
	if r.ask.Backward {
		for _, st := range r.streams {
			waits[st] = st.open
			st.head, st.first, st.matched, st.asked, st.open, st.next = nil, false, false, false, nil, nil
			clear(st.under)
		}
	}
	for i := range lines {
		if out, err = r.line(ctx, out, &lines[i]); err != nil {
			return nil, err
		}
	}
	for st, waiting := range waits {
		if waiting == nil {
			continue
		}
		if st.head == nil && st.open == nil {
			st.open = waiting
		}
		if st.matched && !st.asked {
			if err := r.askUnder(ctx, st, st.head); err != nil {
				return nil, err
			}
		}
		// What waits may belong under a line between, which the server left out.
		if st.matched && st.next != nil && st.under[keyOfLine(waiting)] == 0 && st.sent[keyOfLine(st.next)] == 0 {
			st.sent[keyOfLine(st.next)]++
			out = append(out, *st.next)
		}
	}
	return out, nil
}

// line gives a line on, with what has to be known before it, or leaves it out.
func (r *sieving) line(ctx context.Context, out []logs.Line, l *logs.Line) ([]logs.Line, error) {
	st, place, matches := r.stream(l), r.Place(*l), r.Match(*l)
	if place == Head {
		st.head, st.matched, st.asked, st.next = l, matches, false, nil
		clear(st.under)
		if st.given(l) {
			return out, nil
		}
		return append(out, *l), nil
	}
	if r.ask.Backward && st.head == nil && !st.first { // it belongs under a line of pages to come, as do those next to it
		st.first, st.open = true, l
		lines, next, err := r.probe(ctx, l, false)
		if err != nil {
			return nil, err
		}
		if matches || slices.ContainsFunc(lines, r.Match) { // then it matters which line that is
			if err = r.surround(ctx, &out, st, l); st.head != nil {
				st.open = nil
			}
		} else {
			st.matched = true
			st.remember(lines, next)
		}
		if err != nil {
			return nil, err
		}
		st.under[keyOfLine(l)]++
	}
	if st.matched && !st.asked {
		if err := r.askUnder(ctx, st, st.head); err != nil {
			return nil, err
		}
	}
	if k := keyOfLine(l); st.under[k] > 0 {
		st.under[k]--
	} else if !matches {
		return out, nil
	} else if err := r.surround(ctx, &out, st, l); err != nil {
		return nil, err
	}
	if st.given(l) {
		return out, nil
	}
	return append(out, *l), nil
}

// askUnder finds out what belongs under a line.
func (r *sieving) askUnder(ctx context.Context, st *sieved, l *logs.Line) error {
	lines, next, err := r.probe(ctx, l, false)
	if err != nil {
		return err
	}
	st.remember(lines, next)
	return nil
}

func (st *sieved) remember(lines []logs.Line, next *logs.Line) {
	st.asked, st.next = true, next
	clear(st.under)
	for i := range lines {
		st.under[keyOfLine(&lines[i])]++
	}
}

// surround finds out where a line stands that matches and is no head: its head, which does not match, is given on before it with what is
// between, and what follows is remembered.
func (r *sieving) surround(ctx context.Context, out *[]logs.Line, st *sieved, l *logs.Line) error {
	before, head, err := r.probe(ctx, l, true)
	if err != nil {
		return err
	}
	for _, x := range st.missing(before, head) {
		switch k := keyOfLine(&x); {
		case r.ask.Backward && st.sent[k] > 0: // it is there already
			continue
		case r.ask.Backward:
			st.sent[k]++
		}
		*out = append(*out, x)
	}
	if head != nil {
		st.head = head
	}
	st.matched = true
	return r.askUnder(ctx, st, l)
}

// probe reads the lines of a stream next to a line, after it or before it (nearest first), up to the next head, which is end (nil: none is in
// the range).
func (r *sieving) probe(ctx context.Context, l *logs.Line, backward bool) (lines []logs.Line, end *logs.Line, err error) {
	k := r.Key(l.Stream)
	a := r.ask
	a.Query, a.Limit, a.Backward = a.Query+ofStream(l.Stream), probeLines, backward
	if backward {
		a.To = l.At + 1
	} else {
		a.From = l.At
	}
	found := false
	for p, read := newPager(r.h, a), 0; !p.done; p.ask.Limit = 0 {
		if r.probes++; r.probes > mostProbes && !r.whole || read > mostProbed {
			return nil, nil, errDense
		}
		got, _, err := p.next(ctx)
		if err != nil {
			return nil, nil, err
		}
		read += len(got)
		for i := range got {
			x := &got[i]
			switch {
			case r.Key(x.Stream) != k:
			case !found, backward && keyOfLine(x) == keyOfLine(l): // twice in one nanosecond
				found = found || keyOfLine(x) == keyOfLine(l)
			case r.Place(*x) == Head:
				return lines, x, nil
			default:
				lines = append(lines, *x)
			}
		}
	}
	if !found {
		return nil, nil, errDense // what cannot be found again cannot be judged
	}
	return lines, nil, nil
}

// ofStream are stages that leave the lines of a stream, and perhaps some others: the rest is told apart here.
func ofStream(s *logs.Stream) string {
	var b strings.Builder
	for _, name := range [...]string{"container", "stream", "pod"} {
		for _, l := range s.Labels {
			if l.Name == name && plainValue.MatchString(l.Value) {
				b.WriteString("\n| " + name + "=\"" + l.Value + `"`)
			}
		}
	}
	return b.String()
}

// plainValue are values that surely came through cleaning as they are.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,200}$`) //nolint:gochecknoglobals // compiled once, never changed
