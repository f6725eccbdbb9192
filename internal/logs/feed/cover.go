package feed

import (
	"cmp"
	"math"
	"slices"
)

// forever is the end of what is followed.
const forever = math.MaxInt64

// span is a time of which every line that could be had is held: from ≤ t < to.
type span struct{ from, to int64 }

// cover is what is held: spans in order, with gaps between them.
type cover []span

// with adds a span; those that touch become one.
func (c cover) with(s span) cover {
	if s.from >= s.to {
		return c
	}
	out := cover{}
	for _, x := range c {
		if x.to < s.from || x.from > s.to {
			out = append(out, x)
			continue
		}
		s = span{min(s.from, x.from), max(s.to, x.to)}
	}
	out = append(out, s)
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// without takes a time away: it is not held, or not any more.
func (c cover) without(s span) cover {
	out := cover{}
	for _, x := range c {
		if x.to <= s.from || x.from >= s.to {
			out = append(out, x)
			continue
		}
		if x.from < s.from {
			out = append(out, span{x.from, s.from})
		}
		if x.to > s.to {
			out = append(out, span{s.to, x.to})
		}
	}
	return out
}

// lacking is without, so that it shows: a time from before the first span on becomes a gap as well. The gap begins a nanosecond late then, at
// what the first span began with.
func (c cover) lacking(s span) cover {
	if len(c) == 0 || s.to <= c[0].from || s.from > c[0].from {
		return c.without(s)
	}
	return c.without(s).with(span{c[0].from, c[0].from + 1})
}

// holds reports whether a time is within a span.
func (c cover) holds(at int64) bool {
	for _, x := range c {
		if x.from <= at && at < x.to {
			return true
		}
	}
	return false
}

// around is the span that holds a time, or the nearest one; ok is false when nothing is held.
func (c cover) around(at int64) (i int, ok bool) {
	best := int64(math.MaxInt64)
	for j, x := range c {
		d := int64(0)
		switch {
		case at < x.from:
			d = x.from - at
		case at >= x.to:
			d = at - x.to + 1
		}
		if d < best {
			best, i, ok = d, j, true
		}
	}
	return i, ok
}

// gaps are the times between spans.
func (c cover) gaps() []span {
	var out []span
	for i := 1; i < len(c); i++ {
		out = append(out, span{c[i-1].to, c[i].from})
	}
	return out
}

func (c cover) followed() bool { return len(c) > 0 && c[len(c)-1].to == forever }
