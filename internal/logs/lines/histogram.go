package lines

import "dsotop/internal/logs"

// Bin is a span of time, From ≤ t < To, and what a view has in it.
type Bin struct {
	From, To int64
	Lines    int64 // that pass the floor and the streams, whether they match or not
	Matches  int64 // visible items that match
	// Levels counts entries by level: a stack trace is one, so that they may sum up to less than Lines.
	Levels [levels]int64
}

// Serious counts the entries at or above a level.
func (b *Bin) Serious(floor logs.Level) (n int64) {
	for _, c := range b.Levels[min(floor, logs.LevelFatal):] {
		n += c
	}
	return n
}

// Histogram divides a span of time into n bins and counts what the view has in them, as far as was judged. Blocks within one bin cost nothing,
// so that it may be asked for each frame.
func (v *View) Histogram(from, to int64, n int) []Bin {
	if n <= 0 || to <= from {
		return nil
	}
	bins := make([]Bin, n)
	edge := func(i int) int64 {
		// In two steps: the product of a long span and a bin's number would overflow.
		span := to - from
		return from + span/int64(n)*int64(i) + span%int64(n)*int64(i)/int64(n)
	}
	for i := range bins {
		bins[i].From, bins[i].To = edge(i), edge(i+1)
	}
	r := v.read()
	defer r.done()
	k := 0
	for _, b := range r.s.blocks[min(r.s.seek(from).b, len(r.s.blocks)):] {
		if b.at[0] >= to {
			break
		}
		e := r.cheap(b)
		if e == nil {
			continue
		}
		for k < n-1 && bins[k].To <= b.at[0] {
			k++
		}
		if one := &bins[k]; b.at[0] >= one.From && b.at[e.n-1] < one.To {
			one.Lines += int64(e.lines)
			one.Matches += int64(e.marks)
			for l, c := range e.levels {
				one.Levels[l] += int64(c)
			}
			continue
		}
		e.spread(&b.rows, bins[k:])
	}
	return bins
}

// spread counts the rows of a block that reaches over several bins.
func (e *eval) spread(r *rows, bins []Bin) {
	for i := r.from(bins[0].From); i < e.n; i++ {
		for len(bins) > 0 && bins[0].To <= r.at[i] {
			bins = bins[1:]
		}
		if len(bins) == 0 {
			return
		}
		one := &bins[0]
		if bit(e.mark, i) {
			one.Matches++
		}
		if f := r.flags[i]; f&isNotice == 0 && (e.pass == nil || bit(e.pass, i)) {
			one.Lines++
			if f&isEntry != 0 {
				one.Levels[r.level[i]]++
			}
		}
	}
}
