package main

import (
	"slices"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// sifter says what each line is, and keeps those wanted. A line that belongs under another (a frame of a stack trace) goes with it: it
// is kept when that one is, and on its own when it matches the search and that one has the level.
type sifter struct {
	set    *format.Set
	match  *query.Matcher // nil: all
	floor  logs.Level
	pods   []string
	heads  map[streamKey]head
	podded bool // a line told its pod
}

type streamKey struct{ pod, container, stream string }

// head is the line that others may follow.
type head struct{ folded, kept, level bool }

func newSifter(a logsAsk, set *format.Set) *sifter {
	s := &sifter{set: set, floor: a.floor, pods: a.pods, heads: map[streamKey]head{}}
	if !a.query.Empty() {
		s.match = query.Compile(a.query, set)
	}
	return s
}

func keyOfStream(st *logs.Stream) streamKey {
	return streamKey{st.Pod, st.Container, st.Label("stream")}
}

// line judges the next line of its stream, in order of time.
func (s *sifter) line(l logs.Line) (export.Entry, bool) {
	c := s.set.Classify(l.Text)
	e := export.Entry{Line: l, Level: l.Level, Format: c.Format}
	if e.Level == logs.LevelNone {
		e.Level = c.Level
	}
	if l.Stream.Pod != "" && len(s.pods) > 0 {
		s.podded = true
		if !slices.Contains(s.pods, l.Stream.Pod) {
			return e, false
		}
	}
	if s.match == nil && s.floor == logs.LevelNone {
		return e, true
	}
	key := keyOfStream(l.Stream)
	h := s.heads[key]
	matches := s.match == nil || s.match.Match(l.Text, l.Stream, e.Level, c.Format)
	if c.Continues || c.Joins && h.folded {
		h.folded = true
		s.heads[key] = h
		return e, h.kept || h.level && matches && s.match != nil
	}
	h = head{level: e.Level >= s.floor}
	h.kept = h.level && matches
	s.heads[key] = h
	return e, h.kept
}

// backward judges lines that come newest first. It gathers what belongs under a line until that one comes.
type backward struct {
	*sifter
	waiting map[streamKey][]logs.Line // newest first
	kept    []export.Entry            // newest first
}

func newBackward(s *sifter) *backward {
	return &backward{sifter: s, waiting: map[streamKey][]logs.Line{}}
}

// maxUnder is how many lines may wait for the one they belong under.
const maxUnder = 10_000

func (b *backward) line(l logs.Line) {
	c := b.set.Classify(l.Text)
	key := keyOfStream(l.Stream)
	group := append(b.waiting[key], l)
	if (c.Continues || c.Joins) && len(group) < maxUnder {
		b.waiting[key] = group
		return
	}
	delete(b.waiting, key)
	b.judge(group)
}

// rest judges the lines whose head lies before what was read.
func (b *backward) rest() {
	for key, group := range b.waiting {
		delete(b.waiting, key)
		b.judge(group)
	}
}

func (b *backward) judge(group []logs.Line) {
	var kept []export.Entry
	for _, l := range slices.Backward(group) {
		if e, ok := b.sifter.line(l); ok {
			kept = append(kept, e)
		}
	}
	for _, e := range slices.Backward(kept) {
		b.kept = append(b.kept, e)
	}
}

// newest returns the last n entries kept, in order of time.
func (b *backward) newest(n int) []export.Entry {
	b.rest()
	slices.Reverse(b.kept)
	slices.SortStableFunc(b.kept, func(x, y export.Entry) int { return compareTimes(x.At, y.At) })
	if n > 0 && len(b.kept) > n {
		return b.kept[len(b.kept)-n:]
	}
	return b.kept
}

func compareTimes(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
