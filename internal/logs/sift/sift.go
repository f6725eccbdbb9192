// Package sift judges lines one after another, as they come from a history or from containers: what each one is, and whether it is wanted.
// What it keeps it keeps with its stack trace; and what it would not keep it lets a history leave out ([Sifter.Sieve]).
package sift

import (
	"cmp"
	"slices"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// Sifter says what each line is, and keeps those wanted. A line that belongs under another (a frame of a stack trace) goes with it: it
// is kept when that one is, and on its own when it matches the search and that one has the level.
type Sifter struct {
	set   *format.Set
	o     Options
	match *query.Matcher // nil: all
	sent  query.Narrowed // what a history filters by
	heads map[streamKey]head
}

type streamKey struct{ pod, container, stream string }

// head is the line that others may follow.
type head struct{ folded, kept, level bool }

// Options say what is wanted.
type Options struct {
	Query query.Query
	Floor logs.Level
	// Pods are those whose lines are wanted, of lines that tell theirs; empty: all.
	Pods []string
}

// New returns a sifter that has seen no line. It is not safe for concurrent use.
func New(o Options, set *format.Set) *Sifter {
	s := &Sifter{set: set, o: o, heads: map[streamKey]head{}}
	if !o.Query.Empty() {
		s.match = query.Compile(o.Query, set)
	}
	if under, ok := set.Under(); ok {
		s.sent = o.Query.Narrow(under)
	}
	return s
}

// All reports that nothing is put aside but other pods.
func (s *Sifter) All() bool { return s.match == nil && s.o.Floor == logs.LevelNone }

func keyOfStream(st *logs.Stream) streamKey {
	return streamKey{st.Pod, st.Container, st.Label("stream")}
}

// Line judges the next line of its stream, in order of time.
func (s *Sifter) Line(l logs.Line) (export.Entry, bool) {
	c := s.set.Classify(l.Text)
	e := export.Entry{Line: l, Level: l.Level, Format: c.Format}
	if e.Level == logs.LevelNone {
		e.Level = c.Level
	}
	if l.Stream.Pod != "" && len(s.o.Pods) > 0 && !slices.Contains(s.o.Pods, l.Stream.Pod) {
		return e, false
	}
	if s.All() {
		return e, true
	}
	key := keyOfStream(l.Stream)
	h := s.heads[key]
	matches := s.matches(l, e.Level, c.Format)
	if c.Continues || c.Joins && h.folded {
		h.folded = true
		s.heads[key] = h
		return e, h.kept || h.level && matches && s.match != nil
	}
	h = head{level: e.Level >= s.o.Floor}
	h.kept = h.level && matches
	s.heads[key] = h
	return e, h.kept
}

// matches reports that the query is found. Who reads a history that filters and who reads one that does not find the same.
func (s *Sifter) matches(l logs.Line, level logs.Level, f format.ID) bool {
	return s.match == nil || s.match.MatchLine(l, level, f) && s.sent.Pass(l.Text)
}

// Sent is what of the query Sieve has a history filter by.
func (s *Sifter) Sent() query.Narrowed { return s.sent }

// Sieve has a history leave out lines that Line would not keep; ok is false where it can leave out none.
func (s *Sifter) Sieve() (sieve feed.Sieve, ok bool) {
	if s.sent.Stages == "" {
		return feed.Sieve{}, false
	}
	return feed.Sieve{
		Stages: s.sent.Stages,
		Match: func(l logs.Line) bool {
			c := s.set.Classify(l.Text)
			level := l.Level
			if level == logs.LevelNone {
				level = c.Level
			}
			return s.matches(l, level, c.Format)
		},
		Place: func(l logs.Line) feed.Place {
			switch c := s.set.Classify(l.Text); {
			case c.Continues:
				return feed.Under
			case c.Joins:
				return feed.Maybe
			}
			return feed.Head
		},
		Key: func(st *logs.Stream) string {
			k := keyOfStream(st)
			return k.pod + "\x00" + k.container + "\x00" + k.stream
		},
	}, true
}

// Backward judges lines that come newest first. It gathers what belongs under a line until that one comes.
type Backward struct {
	of      *Sifter
	waiting map[streamKey][]logs.Line // newest first
	kept    []export.Entry            // newest first
}

// NewBackward returns one that has seen no line.
func NewBackward(s *Sifter) *Backward {
	return &Backward{of: s, waiting: map[streamKey][]logs.Line{}}
}

// maxUnder is how many lines may wait for the one they belong under.
const maxUnder = 10_000

// Line takes the next line.
func (b *Backward) Line(l logs.Line) {
	c := b.of.set.Classify(l.Text)
	key := keyOfStream(l.Stream)
	group := append(b.waiting[key], l)
	if (c.Continues || c.Joins) && len(group) < maxUnder {
		b.waiting[key] = group
		return
	}
	delete(b.waiting, key)
	b.judge(group)
}

// Has reports that the n newest entries are known: there are so many, and nothing that waits could be newer than the last of them.
func (b *Backward) Has(n int) bool {
	if len(b.kept) < n {
		return false
	}
	if len(b.waiting) == 0 {
		return true
	}
	times := make([]int64, len(b.kept))
	for i := range b.kept {
		times[i] = b.kept[i].At
	}
	slices.Sort(times)
	for _, group := range b.waiting {
		if group[0].At >= times[len(times)-n] {
			return false
		}
	}
	return true
}

// rest judges the lines whose head lies before what was read.
func (b *Backward) rest() {
	for key, group := range b.waiting {
		delete(b.waiting, key)
		b.judge(group)
	}
}

func (b *Backward) judge(group []logs.Line) {
	delete(b.of.heads, keyOfStream(group[0].Stream)) // that of a later line
	var kept []export.Entry
	for _, l := range slices.Backward(group) {
		if e, ok := b.of.Line(l); ok {
			kept = append(kept, e)
		}
	}
	for _, e := range slices.Backward(kept) {
		b.kept = append(b.kept, e)
	}
}

// Newest returns the last n entries kept, in order of time.
func (b *Backward) Newest(n int) []export.Entry {
	b.rest()
	slices.Reverse(b.kept)
	slices.SortStableFunc(b.kept, func(x, y export.Entry) int { return cmp.Compare(x.At, y.At) })
	if n > 0 && len(b.kept) > n {
		return b.kept[len(b.kept)-n:]
	}
	return b.kept
}
