package lines

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
)

// ViewOptions are a way to look at lines. Notices stand in every view.
type ViewOptions struct {
	// Match marks lines; nil marks none.
	Match *query.Matcher
	// Keep leaves out the lines that it does not match, whatever Match says; nil: none. A continuation goes with its line in a view that folds.
	Keep *query.Matcher
	// OnlyMatches leaves the others out. Without Match it does nothing.
	OnlyMatches bool
	// Floor leaves out less serious lines; those without a level count as less serious than any. A continuation has the level of its group.
	Floor logs.Level
	// Hidden leaves out whole streams; nil: none. It is asked once per stream and block, from several goroutines, and always answers the same.
	Hidden func(*logs.Stream) bool
	// Fold puts continuations under their line: that line stands, and matches, for the group. A continuation that matches although its
	// line is in another block stays visible.
	Fold bool
}

// View is a way to look at a store. What it found out is kept and grows with the store: a view is made when the way to look changes,
// not for every frame. Views with the same Match share what is expensive.
type View struct {
	s    *Store
	o    ViewOptions
	hits *hits // nil without Match
	keep *hits // nil without Keep

	mu    sync.Mutex // taken after Store.mu
	evals map[*block]*eval
}

// View returns a way to look at the store.
func (s *Store) View(o ViewOptions) *View {
	v := &View{s: s, o: o, evals: map[*block]*eval{}}
	if o.Match == nil || o.Match.Query().Empty() {
		v.o.Match, v.o.OnlyMatches = nil, false
	}
	if o.Keep != nil && o.Keep.Query().Empty() {
		v.o.Keep = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.hits, v.keep = s.hitsOf(v.o.Match), s.hitsOf(v.o.Keep)
	return v
}

// hitsOf are the results of a matcher, nil for none; those that were used last are remembered. mu is held.
func (s *Store) hitsOf(m *query.Matcher) *hits {
	if m == nil {
		return nil
	}
	for i, h := range s.hits {
		if h.m == m {
			s.hits = append(append(s.hits[:i:i], s.hits[i+1:]...), h)
			return h
		}
	}
	h := &hits{m: m, of: map[*block]*hit{}}
	if s.hits = append(s.hits, h); len(s.hits) > keptHits {
		s.hits = append([]*hits(nil), s.hits[1:]...)
	}
	return h
}

// keptHits is how many matchers the store remembers the results of: switching back costs no search.
const keptHits = 6

// Options returns how the view looks.
func (v *View) Options() ViewOptions { return v.o }

// Scan judges blocks that are not judged yet, those nearest to what is held (Store.Hold) first, and those that grew, for about as long
// as the budget says (one block at least; ≤ 0: all of them), on as many processors as there are. more reports that some are left. It may
// run beside readers of the view; they judge what they need themselves, briefly.
func (v *View) Scan(budget time.Duration) (more bool) {
	start := time.Now()
	todo := v.pending()
	var next atomic.Int64
	var left atomic.Bool
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(todo) {
				return
			}
			if i > 0 && budget > 0 && time.Since(start) >= budget {
				left.Store(true)
				return
			}
			if !v.scan(todo[i]) {
				left.Store(true)
			}
			runtime.Gosched() // a key has been pressed, perhaps
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(todo), mostScanners) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return left.Load()
}

// mostScanners is how many judge blocks at the same time, at most: each holds an unpacked block.
const mostScanners = 4

// scan judges one block; false says that it was replaced meanwhile.
func (v *View) scan(b *block) bool {
	v.s.mu.RLock()
	if !v.s.holds(b) {
		v.s.mu.RUnlock()
		return false
	}
	r, first := b.rows, b.ord == 0
	v.s.mu.RUnlock()
	e := v.judge(b, &r, first)
	v.mu.Lock()
	v.evals[b] = e
	v.mu.Unlock()
	return true
}

// pending lists the blocks to judge, the nearest first.
func (v *View) pending() []*block {
	s := v.s
	s.mu.RLock()
	defer s.mu.RUnlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.prune()
	var out []*block
	lo := s.anchor()
	for hi := lo + 1; lo >= 0 || hi < len(s.blocks); lo, hi = lo-1, hi+1 {
		if lo >= 0 && v.ready(s.blocks[lo]) == nil {
			out = append(out, s.blocks[lo])
		}
		if hi < len(s.blocks) && v.ready(s.blocks[hi]) == nil {
			out = append(out, s.blocks[hi])
		}
	}
	return out
}

// prune forgets blocks that are gone. Both locks are held.
func (v *View) prune() {
	held := func(b *block) bool { return b.ord < len(v.s.blocks) && v.s.blocks[b.ord] == b }
	if len(v.evals) > len(v.s.blocks) {
		for b := range v.evals {
			if !held(b) {
				delete(v.evals, b)
			}
		}
	}
	for _, h := range []*hits{v.hits, v.keep} {
		if h != nil {
			h.prune(len(v.s.blocks), held)
		}
	}
}

// ready returns what is known of a block as it is now; nil when it has to be judged. Both locks are held.
func (v *View) ready(b *block) *eval {
	if e := v.evals[b]; e != nil && e.n == b.len() && (!v.o.Fold || e.first == (b.ord == 0)) {
		return e
	}
	return nil
}

// Count returns how many visible items match, how many lines pass the floor and the hidden streams (folded ones included, whether they
// match or not), both as far as was judged, and which part of the store that is, 0–1.
func (v *View) Count() (matches, lines int64, scanned float64) {
	r := v.read()
	defer r.done()
	var rows, known int64
	for _, b := range r.s.blocks {
		rows += int64(b.len())
		if e := r.cheap(b); e != nil {
			known += int64(b.len())
			matches += int64(e.marks)
			lines += int64(e.lines)
		}
	}
	if rows == 0 {
		return 0, 0, 1
	}
	return matches, lines, float64(known) / float64(rows)
}

// Ordinal returns which of the visible matches an item is, from 1; ok is false when it is none or what is before it is not judged yet.
func (v *View) Ordinal(id ID) (n int64, ok bool) {
	r := v.read()
	defer r.done()
	b, i := r.s.locate(id)
	if b == nil {
		return 0, false
	}
	for _, one := range r.s.blocks[:b.ord] {
		e := r.cheap(one)
		if e == nil {
			return 0, false
		}
		n += int64(e.marks)
	}
	e := r.judged(b)
	if e == nil || !bit(e.mark, i) {
		return 0, false
	}
	return n + int64(ones(e.mark, i+1)), true
}

// Newer counts the visible items after an item, as far as was judged.
func (v *View) Newer(id ID) (n int64) {
	r := v.read()
	defer r.done()
	b, i := r.s.locate(id)
	if b == nil {
		return 0
	}
	if e := r.cheap(b); e != nil {
		n = int64(e.items - e.upTo(i+1))
	}
	for _, one := range r.s.blocks[b.ord+1:] {
		if e := r.cheap(one); e != nil {
			n += int64(e.items)
		}
	}
	return n
}
