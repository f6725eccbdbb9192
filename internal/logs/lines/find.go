package lines

import (
	"iter"
	"sort"

	"dsotop/internal/logs"
)

// Get returns an item; ok is false when it is not held any more.
func (s *Store) Get(id ID) (it Item, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, i := s.locate(id)
	if b == nil {
		return Item{}, false
	}
	return s.open(&b.rows, true).item(i), true
}

// SeekTime returns the first item at a time or after it, the last one when there is none, 0 for an empty store.
func (s *Store) SeekTime(at int64) ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.blocks) == 0 {
		return 0
	}
	p := s.seek(at)
	if p.b == len(s.blocks) {
		b := s.blocks[p.b-1]
		return b.id(b.len() - 1)
	}
	return s.blocks[p.b].id(p.i)
}

// place is a row in the store; b may be one beyond the last block.
type place struct{ b, i int }

// seek is the place of the first row at a time or after it. mu is held.
func (s *Store) seek(at int64) place {
	k := sort.Search(len(s.blocks), func(i int) bool { b := s.blocks[i]; return b.at[b.len()-1] >= at })
	if k == len(s.blocks) {
		return place{b: k}
	}
	return place{k, s.blocks[k].from(at)}
}

// from is the first row at a time or after it, len for none.
func (r *rows) from(at int64) int {
	return sort.Search(r.len(), func(i int) bool { return r.at[i] >= at })
}

// Between yields the items of from ≤ t < to in their order, as they are when it begins. Nothing is held up meanwhile.
func (s *Store) Between(from, to int64) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		s.mu.RLock()
		var parts []rows
		for k := s.seek(from).b; k < len(s.blocks) && s.blocks[k].at[0] < to; k++ {
			parts = append(parts, s.blocks[k].rows)
		}
		s.mu.RUnlock()
		for k := range parts {
			r := s.open(&parts[k], false)
			for i := r.from(from); i < r.len() && r.at[i] < to; i++ {
				if !yield(r.item(i)) {
					return
				}
			}
		}
	}
}

// Has reports that a line of just this time, stream and text is held.
func (s *Store) Has(at int64, st *logs.Stream, text string) bool {
	key := ""
	if st != nil {
		key = name(st)
	}
	found := false
	s.near(at, at, text, func(r *rows, i int) bool {
		one := r.streams[r.stream[i]]
		found = one == st || st != nil && name(one) == key
		return !found
	})
	return found
}

// CountNear counts the lines of a container with just this text, whatever their origin, of from ≤ t ≤ to. Its cost grows with the lines
// of that span.
func (s *Store) CountNear(from, to int64, container, text string) int {
	n := 0
	s.near(from, to, text, func(r *rows, i int) bool {
		if r.streams[r.stream[i]].Container == container {
			n++
		}
		return true
	})
	return n
}

// near calls f for the lines of from ≤ t ≤ to with a text, until it says no.
func (s *Store) near(from, to int64, text string, f func(r *rows, i int) bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k := s.seek(from).b; k < len(s.blocks); k++ {
		r := &s.blocks[k].rows
		for i := r.from(from); i < r.len(); i++ {
			if r.at[i] > to {
				return
			}
			if int(r.off[i+1]-r.off[i]) != len(text) || r.flags[i]&isNotice != 0 {
				continue
			}
			if r = s.open(r, true); r.line(i) == text && !f(r, i) {
				return
			}
		}
	}
}
