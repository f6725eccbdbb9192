package lines

import (
	"slices"

	"dsotop/internal/logs"
)

// left is what one end of the store lost and has not got back, and the notice that says so.
type left struct {
	note     ID
	from, to int64
	count    int64
}

// Hold says which item a person looks at; 0 is the newest end, that is to follow. When memory is full, lines leave at the end that is
// farther from it. An identity that is not held counts as 0.
func (s *Store) Hold(id ID) {
	s.mu.Lock()
	s.held = id
	s.mu.Unlock()
}

// Held returns what Hold said last.
func (s *Store) Held() ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.held
}

// anchor is the index of the block that a person looks at.
func (s *Store) anchor() int {
	if b, _ := s.locate(s.held); b != nil {
		return b.ord
	}
	return len(s.blocks) - 1
}

// evict drops whole blocks until the memory is within its bound.
func (s *Store) evict() {
	for s.memory > s.o.MaxBytes && len(s.blocks) > 1 {
		a := s.anchor()
		var before, behind int64
		for i, b := range s.blocks {
			switch {
			case b.closed:
			case i < a:
				before += b.memory
			case i > a:
				behind += b.memory
			}
		}
		switch {
		case before == 0 && behind == 0:
			return
		case before >= behind:
			s.dropOld()
		default:
			s.dropNew()
		}
	}
}

func (s *Store) dropOld() {
	s.unnote(&s.oldEnd)
	b := s.blocks[0]
	s.oldEnd.lose(b)
	s.evicted.Old += int64(b.lines)
	s.unlink(0, 1)
	at := s.blocks[0].at[0]
	s.note(0, &s.oldEnd, at)
}

func (s *Store) dropNew() {
	if b, _ := s.locate(s.newEnd.note); b != nil && b.ord < len(s.blocks)-1 {
		s.newEnd = left{} // newer lines came since: this is another hole, the notice of the first stays
	}
	s.unnote(&s.newEnd)
	last := len(s.blocks) - 1
	b := s.blocks[last]
	s.newEnd.lose(b)
	s.evicted.New += int64(b.lines)
	s.unlink(last, last+1)
	s.note(len(s.blocks), &s.newEnd, s.newEnd.from)
}

// lose adds the lines of a block to what an end lost.
func (l *left) lose(b *block) {
	if b.lines == 0 {
		return
	}
	first, last := b.edge(0, 1), b.edge(b.len()-1, -1)
	if l.count == 0 {
		l.from, l.to = first, last
	}
	l.from, l.to = min(l.from, first), max(l.to, last)
	l.count += int64(b.lines)
}

// note puts the notice of an end into a block of its own at index i, which nothing is appended to.
func (s *Store) note(i int, l *left, at int64) {
	if l.count <= 0 {
		*l = left{}
		return
	}
	if i > 0 {
		b := s.blocks[i-1]
		at = max(at, b.at[b.len()-1]) // what is before it was not lost
	}
	s.last++
	l.note = s.last
	b := newBlock(1, 0)
	s.blocks = slices.Insert(s.blocks, i, b)
	s.number(i)
	s.appendTo(b, &row{at: at, id: l.note, notice: &logs.Notice{Kind: logs.NoticeEvicted, At: at, From: l.from, To: l.to, Count: l.count}})
	b.closed = true
	s.weigh(b)
}

// unnote takes the notice of an end away; what it lost stays known.
func (s *Store) unnote(l *left) {
	if b, i := s.locate(l.note); l.note != 0 && b != nil {
		s.remove(b, i)
	}
	l.note = 0
}

// forget is called when a notice is dropped from outside: what it told of is no longer missed.
func (s *Store) forget(id ID) {
	for _, l := range []*left{&s.oldEnd, &s.newEnd} {
		if l.note == id {
			*l = left{}
		}
	}
}

// returned corrects the notices of the ends when lines that were lost come back.
func (s *Store) returned(xs []row) {
	first, last := xs[0].at, xs[len(xs)-1].at
	if l := &s.oldEnd; l.note != 0 && first <= l.to {
		l.regain(xs, 0, l.to)
		s.unnote(l)
		s.note(0, l, s.blocks[0].at[0])
	}
	if l := &s.newEnd; l.note != 0 && last >= l.from && first <= l.to {
		l.from = max(l.regain(xs, l.from, l.to), l.from)
		s.unnote(l)
		next := len(s.blocks)
		for next > 0 && s.blocks[next-1].at[0] > l.from {
			next--
		}
		s.note(next, l, l.from)
	}
}

// regain counts the lines of a span as back and returns the time of the newest.
func (l *left) regain(xs []row, from, to int64) (newest int64) {
	for i := range xs {
		if x := &xs[i]; x.notice == nil && x.at >= from && x.at <= to {
			l.count--
			newest = x.at
		}
	}
	return newest
}
