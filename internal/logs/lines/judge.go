package lines

import (
	"math/bits"
	"sync"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
)

// hits are the results of one matcher: a bit a line.
type hits struct {
	m  *query.Matcher
	mu sync.Mutex
	of map[*block]*hit
}

// hit is the result for the first n rows of a block. It is never changed once made.
type hit struct {
	n    int
	bits []uint64
}

// find returns the result for all rows of a snapshot of b; what is known of its beginning is not searched again.
func (h *hits) find(s *Store, b *block, r *rows) []uint64 {
	h.mu.Lock()
	old := h.of[b]
	h.mu.Unlock()
	if old == nil {
		old = &hit{}
	}
	if old.n >= r.len() {
		return old.bits
	}
	found := &hit{n: r.len(), bits: make([]uint64, (r.len()+63)/64)}
	copy(found.bits, old.bits)
	if !h.m.Texts() {
		h.m.Page(r.page(), old.n, found.bits)
	} else {
		s.lend(r, func(r *rows) { h.m.Page(r.page(), old.n, found.bits) })
	}
	h.mu.Lock()
	h.of[b] = found
	h.mu.Unlock()
	return found.bits
}

func (h *hits) drop(b *block) {
	h.mu.Lock()
	delete(h.of, b)
	h.mu.Unlock()
}

func (h *hits) prune(limit int, held func(*block) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.of) <= limit {
		return
	}
	for b := range h.of {
		if !held(b) {
			delete(h.of, b)
		}
	}
}

// eval is what a view knows of the first n rows of a block. It is never changed once made.
type eval struct {
	n     int
	first bool
	shown []uint64 // visible items; nil: all
	mark  []uint64 // visible items that match
	pass  []uint64 // lines that pass floor and streams; nil: all that are lines
	items int
	marks int
	lines int
	// levels counts the entries that pass.
	levels [levels]int32
	// raised are the rows whose folded lines are more serious than they are.
	raised map[int]logs.Level
}

// judge evaluates a snapshot of a block; nothing is locked.
func (v *View) judge(b *block, r *rows, first bool) *eval {
	e := &eval{n: r.len(), first: first}
	var hit []uint64
	if v.hits != nil {
		hit = v.hits.find(v.s, b, r)
	}
	var kept []uint64
	if v.keep != nil {
		kept = v.keep.find(v.s, b, r)
	}
	if !v.o.Fold && v.o.Floor == logs.LevelNone && v.o.Hidden == nil && !v.o.OnlyMatches && v.keep == nil {
		e.plain(r, hit)
		return e
	}
	words := (e.n + 63) / 64
	e.shown, e.mark, e.pass = make([]uint64, words), make([]uint64, words), make([]uint64, words)
	hidden := make([]bool, len(r.streams))
	heads := make([]int, len(r.streams))
	for i, st := range r.streams {
		hidden[i] = v.o.Hidden != nil && v.o.Hidden(st)
		heads[i] = -1
	}
	for i, f := range r.flags {
		if f&isNotice != 0 {
			set(e.shown, i)
			continue
		}
		st, under := r.stream[i], f&continues
		if under < inner {
			heads[st] = i
		}
		if hidden[st] || r.level[i] < v.o.Floor {
			continue
		}
		if v.keep != nil {
			head := i
			if v.o.Fold && under == inner {
				head = heads[st]
			}
			if !bit(kept, head) {
				continue
			}
		}
		set(e.pass, i)
		e.lines++
		if f&isEntry != 0 {
			e.levels[r.level[i]]++
		}
		match := bit(hit, i)
		at := i
		if v.o.Fold {
			switch {
			case under == inner:
				at = heads[st]
				e.raise(r, at, r.level[i])
			case under == across && !first && !match:
				continue // under a line of the block before
			}
		}
		if match {
			set(e.mark, at)
		} else if v.o.OnlyMatches {
			continue
		}
		set(e.shown, at)
	}
	e.items, e.marks = ones(e.shown, e.n), ones(e.mark, e.n)
	return e
}

// plain is judge for a view that leaves nothing out.
func (e *eval) plain(r *rows, hit []uint64) {
	e.items, e.lines = e.n, e.n-len(r.notices)
	for i, f := range r.flags {
		if f&isEntry != 0 {
			e.levels[r.level[i]]++
		}
	}
	if hit != nil {
		e.mark, e.marks = hit, ones(hit, e.n)
	}
}

func (e *eval) raise(r *rows, i int, l logs.Level) {
	if l <= r.level[i] || l <= e.raised[i] {
		return
	}
	if e.raised == nil {
		e.raised = map[int]logs.Level{}
	}
	e.raised[i] = l
}

func (e *eval) visible(i int) bool { return e.shown == nil || bit(e.shown, i) }

// upTo counts the visible items before row i.
func (e *eval) upTo(i int) int {
	if e.shown == nil {
		return i
	}
	return ones(e.shown, i)
}

func set(s []uint64, i int) { s[i>>6] |= 1 << (i & 63) }

func bit(s []uint64, i int) bool { return i>>6 < len(s) && s[i>>6]>>(i&63)&1 != 0 }

// ones counts the bits before n.
func ones(s []uint64, n int) (sum int) {
	for i := 0; i < n>>6 && i < len(s); i++ {
		sum += bits.OnesCount64(s[i])
	}
	if n&63 != 0 && n>>6 < len(s) {
		sum += bits.OnesCount64(s[n>>6] & (1<<(n&63) - 1))
	}
	return sum
}

// nextBit is the first set bit from i on, -1 for none; prevBit the last one up to i.
func nextBit(s []uint64, i int) int {
	for w := i >> 6; w < len(s); w++ {
		word := s[w]
		if w == i>>6 {
			word &= ^uint64(0) << (i & 63)
		}
		if word != 0 {
			return w<<6 | bits.TrailingZeros64(word)
		}
	}
	return -1
}

func prevBit(s []uint64, i int) int {
	for w := min(i>>6, len(s)-1); w >= 0; w-- {
		word := s[w]
		if w == i>>6 {
			word &= ^uint64(0) >> (63 - i&63)
		}
		if word != 0 {
			return w<<6 + bits.Len64(word) - 1
		}
	}
	return -1
}

// reader is one question to a view; both locks are held until done. It judges blocks itself for a short while; after that what is not
// judged yet ends a walk.
type reader struct {
	*View
	deadline time.Time
	block    *block // whose rows are open
	rows     *rows
}

// patience is how long a question may judge blocks by itself: a part of a frame.
const patience = 8 * time.Millisecond

func (v *View) read() *reader {
	v.s.mu.RLock()
	v.mu.Lock()
	return &reader{View: v}
}

func (r *reader) done() {
	r.mu.Unlock()
	r.s.mu.RUnlock()
}

// judged returns what is known of a block; nil when the time is up.
func (r *reader) judged(b *block) *eval {
	if e := r.ready(b); e != nil {
		return e
	}
	if r.hits != nil {
		now := time.Now()
		if r.deadline.IsZero() {
			r.deadline = now.Add(patience)
		} else if now.After(r.deadline) {
			return nil
		}
	}
	e := r.judge(b, &b.rows, b.ord == 0)
	r.evals[b] = e
	return e
}

// cheap is judged for questions about all blocks: those that need a search are left to Scan.
func (r *reader) cheap(b *block) *eval {
	if e := r.ready(b); e != nil || r.hits != nil {
		return e
	}
	return r.judged(b)
}
