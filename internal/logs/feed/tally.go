package feed

// tally counts distinct lines of the history per second, for the last minutes. Seconds are those of LogQL's ranges: ]t-1s, t].
type tally struct {
	seconds [256]struct{ at, n int64 }
}

func secondOf(at int64) int64 { return (at-1)/1e9 + 1 }

func (t *tally) add(at int64) {
	s := secondOf(at)
	c := &t.seconds[uint64(s)%uint64(len(t.seconds))] //nolint:gosec // a slot, any will do
	switch {
	case c.at == s:
		c.n++
	case c.at < s:
		c.at, c.n = s, 1
	}
}

// of is how many lines a second has.
func (t *tally) of(second int64) int64 {
	if c := t.seconds[uint64(second)%uint64(len(t.seconds))]; c.at == second { //nolint:gosec // as above
		return c.n
	}
	return 0
}

// between sums the seconds from first to last, both included.
func (t *tally) between(first, last int64) (n int64) {
	for s := first; s <= last; s++ {
		n += t.of(s)
	}
	return n
}
