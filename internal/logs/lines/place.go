package lines

import (
	"slices"
	"sort"
)

// bucketBits: identities are looked up by their bucket of 1,024.
const bucketBits = 10

// place puts rows, ascending by time, where they belong: behind all rows of their time. mu is held.
func (s *Store) place(xs []row) {
	for len(xs) > 0 {
		at := xs[0].at
		next := sort.Search(len(s.blocks), func(i int) bool { return s.blocks[i].at[0] > at })
		n := len(xs)
		if next < len(s.blocks) {
			bound := s.blocks[next].at[0]
			n = sort.Search(len(xs), func(i int) bool { return xs[i].at >= bound })
		}
		s.put(next-1, xs[:n])
		xs = xs[n:]
	}
}

// put places rows that belong into block i or between it and the next one; i is -1 before the first.
func (s *Store) put(i int, xs []row) {
	switch {
	case i < 0 && (len(s.blocks) == 0 || s.blocks[0].closed || !s.small(s.blocks[0], xs)):
		s.extend(-1, xs)
	case i < 0:
		s.merge(0, xs)
	case xs[0].at >= s.blocks[i].at[s.blocks[i].len()-1]:
		s.extend(i, xs)
	default:
		s.merge(i, xs)
	}
}

// small reports that rows had better join a block than make their own.
func (s *Store) small(b *block, xs []row) bool {
	bytes := 0
	for i := range xs {
		bytes += len(xs[i].text)
	}
	return b.len()+len(xs) <= s.max.rows && b.size()+bytes <= s.max.text
}

// extend appends rows to block i as far as they fit, the rest to new blocks behind it.
func (s *Store) extend(i int, xs []row) {
	var b *block
	if i >= 0 {
		b = s.blocks[i]
		if b.fits(len(xs[0].text), s.max) {
			s.loosen(b)
		}
	}
	for k := range xs {
		x := &xs[k]
		if b == nil || !b.fits(len(x.text), s.max) {
			if b != nil {
				b.trim()
				s.weigh(b)
			}
			i++
			n, bytes := s.room(xs[k:], len(s.blocks) > 0 && i == len(s.blocks))
			b = newBlock(n, bytes)
			s.blocks = slices.Insert(s.blocks, i, b)
			s.number(i)
			s.loose = append(s.loose, b)
		}
		s.appendTo(b, x)
	}
	s.weigh(b)
}

// room is how much a new block reserves: what is there to come, or a whole block where more will follow.
func (s *Store) room(xs []row, more bool) (n, bytes int) {
	for n < len(xs) && n < s.max.rows && (n == 0 || bytes+len(xs[n].text) <= s.max.text) {
		bytes += len(xs[n].text)
		n++
	}
	if more {
		return max(n, s.max.rows/4), max(bytes, s.max.text)
	}
	return n, bytes
}

// appendTo appends a row and keeps the indices.
func (s *Store) appendTo(b *block, x *row) {
	var before *block
	if b.ord > 0 {
		before = s.blocks[b.ord-1]
	}
	had := len(b.streams)
	b.append(x, before)
	if len(b.streams) > had {
		s.streams[b.streams[had]]++
	}
	bucket := uint64(x.id) >> bucketBits
	for i := len(b.buckets) - 1; i >= 0; i-- {
		if b.buckets[i] == bucket {
			return
		}
	}
	b.buckets = append(b.buckets, bucket)
	s.where[bucket] = append(s.where[bucket], b)
}

// merge replaces block i by blocks that hold its rows and others, in order. What is before the first of the others is copied as it is.
func (s *Store) merge(i int, xs []row) {
	old := s.blocks[i]
	s.loosen(old)
	same := old.after(xs[0].at)
	all := slices.Grow(s.merged[:0], old.len()+len(xs))
	defer func() {
		clear(all)
		s.merged = all[:0]
	}()
	bytes, k := 0, 0
	for r := same; r < old.len(); r++ {
		for k < len(xs) && xs[k].at < old.at[r] {
			all = append(all, xs[k])
			k++
		}
		all = append(all, old.row(r))
	}
	all = append(all, xs[k:]...)
	for k := range all {
		bytes += len(all[k].text)
	}
	if head := int(old.off[same]); same > 0 && same+len(all) <= s.max.rows && head+bytes <= s.max.text {
		more := 0
		if i == len(s.blocks)-1 {
			more = (s.max.text - head - bytes) / 4 // it goes on growing
		}
		b := old.prefix(same, len(all)+more/128, bytes+more)
		s.unlink(i, i+1)
		s.link(i, b)
		for k := range all {
			s.appendTo(b, &all[k])
		}
		s.weigh(b)
		return
	}
	for r := same - 1; r >= 0; r-- {
		all = append(all, row{})
	}
	copy(all[same:], all)
	for r := range same {
		all[r] = old.row(r)
	}
	s.replace(i, all)
}

// link puts a block that has rows already into the list and the indices.
func (s *Store) link(i int, b *block) {
	s.blocks = slices.Insert(s.blocks, i, b)
	s.number(i)
	s.loose = append(s.loose, b)
	for _, bucket := range b.buckets {
		s.where[bucket] = append(s.where[bucket], b)
	}
	for _, st := range b.streams {
		s.streams[st]++
	}
}

// replace puts rows in the place of block i.
func (s *Store) replace(i int, all []row) {
	s.unlink(i, i+1)
	if len(all) == 0 {
		return
	}
	s.rebuild(i, all)
}

// rebuild puts rows into new blocks that begin at index i. They are made even, so that none is left with a few rows.
func (s *Store) rebuild(i int, all []row) {
	bytes := 0
	for k := range all {
		bytes += len(all[k].text)
	}
	parts := max((len(all)+s.max.rows-1)/s.max.rows, (bytes+s.max.text-1)/s.max.text, 1)
	share, rowShare := bytes/parts+1, len(all)/parts+1
	for len(all) > 0 {
		n, sum := 0, 0
		for n < len(all) && n < rowShare && (n == 0 || sum+len(all[n].text) <= s.max.text && sum < share) {
			sum += len(all[n].text)
			n++
		}
		b := newBlock(n, sum)
		s.blocks = slices.Insert(s.blocks, i, b)
		s.number(i)
		s.loose = append(s.loose, b)
		for k := range all[:n] {
			s.appendTo(b, &all[k])
		}
		s.weigh(b)
		all = all[n:]
		i++
	}
}

// remove takes one row away.
func (s *Store) remove(b *block, i int) {
	s.loosen(b)
	all := make([]row, 0, b.len()-1)
	for r := range b.len() {
		if r != i {
			all = append(all, b.row(r))
		}
	}
	s.replace(b.ord, all)
}

// unlink takes blocks out of the list and of the indices.
func (s *Store) unlink(from, to int) {
	for _, b := range s.blocks[from:to] {
		for _, bucket := range b.buckets {
			in := s.where[bucket]
			if in = slices.DeleteFunc(in, func(x *block) bool { return x == b }); len(in) == 0 {
				delete(s.where, bucket)
			} else {
				s.where[bucket] = in
			}
		}
		for _, st := range b.streams {
			if s.streams[st]--; s.streams[st] == 0 {
				delete(s.streams, st)
			}
		}
		s.memory -= b.memory
		for _, h := range s.hits {
			h.drop(b)
		}
	}
	s.blocks = slices.Delete(s.blocks, from, to)
	s.number(from)
}

// number keeps what each block knows of its place.
func (s *Store) number(from int) {
	for i := from; i < len(s.blocks); i++ {
		s.blocks[i].ord = i
	}
}

// weigh counts what a block weighs now.
func (s *Store) weigh(b *block) {
	w := b.weight()
	s.memory += w - b.memory
	b.memory = w
}

// locate finds an identity; nil for one that is not held.
func (s *Store) locate(id ID) (*block, int) {
	for _, b := range s.where[uint64(id)>>bucketBits] {
		if i := b.find(id); i >= 0 {
			return b, i
		}
	}
	return nil, 0
}
