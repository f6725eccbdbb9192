package lines

import "dsotop/internal/logs"

// Window returns the visible items around an anchor: up to before of them above it, itself when it is visible, up to after below. The
// anchor need not be visible; one that is not held stands for the newest end, with the newest item as the last above it.
func (v *View) Window(anchor ID, before, after int) []Item {
	r := v.read()
	defer r.done()
	at, here := r.find(anchor)
	up := make([]place, 0, min(before, 512))
	for p, ok := r.prev(at); ok && len(up) < before; p, ok = r.prev(p) {
		up = append(up, p)
	}
	out := make([]Item, 0, len(up)+1+min(after, 512))
	for i := len(up) - 1; i >= 0; i-- {
		out = append(out, r.item(up[i]))
	}
	if here {
		out = append(out, r.item(at))
	}
	for p, ok := r.next(at); ok && after > 0; p, ok = r.next(p) {
		out = append(out, r.item(p))
		after--
	}
	return out
}

// find is the place of an identity, and whether it is visible; one that is not held is the place after the last.
func (r *reader) find(id ID) (place, bool) {
	b, i := r.s.locate(id)
	if b == nil {
		return place{b: len(r.s.blocks)}, false
	}
	e := r.judged(b)
	return place{b.ord, i}, e != nil && e.visible(i)
}

// next is the visible place after p; prev the one before it. What is not judged ends the way.
func (r *reader) next(p place) (place, bool) { return r.step(p, 1, visible) }
func (r *reader) prev(p place) (place, bool) { return r.step(p, -1, visible) }

// wanted tells the places of a block that a walk stops at: a set (nil: all) and how many they are.
type wanted func(b *block, e *eval) (set []uint64, all bool, n int)

func visible(_ *block, e *eval) ([]uint64, bool, int) { return e.shown, e.shown == nil, e.items }
func marked(_ *block, e *eval) ([]uint64, bool, int)  { return e.mark, false, e.marks }

func (r *reader) step(p place, dir int, w wanted) (place, bool) {
	for k, i := p.b, p.i+dir; k >= 0 && k < len(r.s.blocks); {
		b := r.s.blocks[k]
		if k != p.b {
			if i = 0; dir < 0 {
				i = b.len() - 1
			}
		}
		if i >= 0 && i < b.len() {
			e := r.judged(b)
			if e == nil {
				return place{}, false
			}
			set, all, n := w(b, e)
			switch {
			case n == 0:
				i = -1
			case all:
			case dir > 0:
				i = nextBit(set, i)
			default:
				i = prevBit(set, i)
			}
			if i >= 0 {
				return place{k, i}, true
			}
		}
		k += dir
	}
	if dir < 0 && p.b >= len(r.s.blocks) && len(r.s.blocks) > 0 {
		last := len(r.s.blocks) - 1
		return r.step(place{last, r.s.blocks[last].len()}, dir, w)
	}
	return place{}, false
}

func (r *reader) id(p place) ID { return r.s.blocks[p.b].id(p.i) }

func (r *reader) item(p place) Item {
	b := r.s.blocks[p.b]
	if r.block != b {
		r.block, r.rows = b, r.s.open(&b.rows, true)
	}
	it := r.rows.item(p.i)
	if it.Notice != nil {
		return it
	}
	e := r.judged(b)
	it.Match = e != nil && bit(e.mark, p.i)
	if r.o.Fold {
		if e != nil {
			it.Level = max(it.Level, e.raised[p.i])
		}
		it.Folded = r.folded(p, it.Stream)
	}
	return it
}

// folded counts the lines under a line: those of its stream that follow until the next that stands for itself.
func (r *reader) folded(p place, st *logs.Stream) (n int) {
	b := r.s.blocks[p.b]
	if b.flags[p.i]&continues == across && p.b > 0 {
		return 0
	}
	for i := p.i + 1; i < b.len(); i++ {
		if b.stream[i] == b.stream[p.i] && b.flags[i]&isNotice == 0 {
			if b.flags[i]&continues < inner {
				return n
			}
			n++
		}
	}
	if p.b+1 < len(r.s.blocks) {
		next := r.s.blocks[p.b+1]
		k, ok := next.index[st]
		for i := 0; ok && i < next.len(); i++ {
			if next.stream[i] == k && next.flags[i]&isNotice == 0 {
				if next.flags[i]&continues != across {
					break
				}
				n++
			}
		}
	}
	return n
}

// Step goes n visible items on (back, when negative) and returns where it arrives and how many it made, as a positive number. From an item
// that is not visible the first step is to the next that is. n = 0 returns the item itself, or else the nearest visible one after it,
// or before it. The ID is 0 when nothing is visible.
func (v *View) Step(id ID, n int) (ID, int) {
	r := v.read()
	defer r.done()
	at, here := r.find(id)
	if n == 0 || at.b == len(r.s.blocks) && n > 0 {
		if here {
			return id, 0
		}
		p, ok := r.next(at)
		if !ok {
			p, ok = r.prev(at)
		}
		if !ok {
			return 0, 0
		}
		return r.id(p), 0
	}
	dir := 1
	if n < 0 {
		dir, n = -1, -n
	}
	made := 0
	for made < n {
		if at, made = r.skip(at, dir, n, made); made > 0 {
			here = true
		}
		if made == n {
			break
		}
		p, ok := r.step(at, dir, visible)
		if !ok {
			break
		}
		at, here = p, true
		made++
	}
	if !here {
		return 0, made
	}
	return r.id(at), made
}

// skip goes over whole blocks that are within a walk of n. It stops short of the last step, so that the walk ends on a visible item.
func (r *reader) skip(at place, dir, n, made int) (place, int) {
	for {
		if at.b < 0 || at.b >= len(r.s.blocks) {
			return at, made
		}
		b := r.s.blocks[at.b]
		e := r.judged(b)
		if e == nil {
			return at, made
		}
		rest := e.upTo(at.i)
		to := place{at.b, 0}
		if dir > 0 {
			rest = e.items - e.upTo(at.i+1)
			to.i = b.len() - 1
		}
		if rest == 0 || made+rest > n {
			return at, made
		}
		// The block's last visible item in this direction.
		if !e.visible(to.i) {
			set := e.shown
			if dir > 0 {
				to.i = prevBit(set, to.i)
			} else {
				to.i = nextBit(set, to.i)
			}
		}
		made += rest
		if made == n {
			return to, made
		}
		p, ok := r.step(to, dir, visible)
		if !ok {
			return to, made
		}
		at = p
		made++
		if made == n {
			return at, made
		}
	}
}

// NextMatch returns the nearest visible match after an item, before it for dir < 0; ok is false when there is none as far as was judged.
func (v *View) NextMatch(id ID, dir int) (ID, bool) { return v.nearest(id, dir, marked) }

// NextLevel returns the nearest visible entry (or folded group) that is at least as serious as floor, after an item, before it for dir < 0.
func (v *View) NextLevel(id ID, dir int, floor logs.Level) (ID, bool) {
	return v.nearest(id, dir, func(b *block, e *eval) ([]uint64, bool, int) {
		some := len(e.raised) > 0
		for l := int(floor); l < levels && !some; l++ {
			some = b.levels[l] > 0
		}
		if !some {
			return nil, false, 0
		}
		out, n := make([]uint64, (e.n+63)/64), 0
		for i, f := range b.flags[:e.n] {
			if f&isNotice == 0 && (f&isEntry != 0 && b.level[i] >= floor || e.raised[i] >= max(floor, 1)) && e.visible(i) {
				set(out, i)
				n++
			}
		}
		return out, false, n
	})
}

func (v *View) nearest(id ID, dir int, w wanted) (ID, bool) {
	r := v.read()
	defer r.done()
	if dir >= 0 {
		dir = 1
	} else {
		dir = -1
	}
	at, _ := r.find(id)
	p, ok := r.step(at, dir, w)
	if !ok {
		return 0, false
	}
	return r.id(p), true
}

// First returns the oldest visible item, 0 when there is none.
func (v *View) First() ID {
	r := v.read()
	defer r.done()
	p, ok := r.next(place{0, -1})
	if !ok {
		return 0
	}
	return r.id(p)
}

// Last returns the newest visible item, 0 when there is none.
func (v *View) Last() ID {
	r := v.read()
	defer r.done()
	p, ok := r.prev(place{b: len(r.s.blocks)})
	if !ok {
		return 0
	}
	return r.id(p)
}

// SeekTime returns the first visible item at a time or after it, the last one when there is none, 0 when nothing is visible.
func (v *View) SeekTime(at int64) ID {
	r := v.read()
	defer r.done()
	at0 := r.s.seek(at)
	at0.i--
	p, ok := r.next(at0)
	if !ok {
		p, ok = r.prev(place{b: len(r.s.blocks)})
	}
	if !ok {
		return 0
	}
	return r.id(p)
}
