package query

import (
	"math/bits"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// Page is a run of lines as a store holds them: their texts stand one after another. Nobody changes it while it is read.
type Page struct {
	Text    string   // the raw texts, with nothing between them
	Off     []uint32 // one more than there are lines: line i is Text[Off[i]:Off[i+1]]
	Level   []logs.Level
	Format  []format.ID
	Stream  []uint16 // indices of Streams
	Streams []*logs.Stream
	Meta    []uint16 // indices of Metas; nil: no line brought anything
	Metas   []logs.Meta
	// Raw has a bit for each line that is not shown as it is (plain.Line changes it); nil: none.
	Raw []uint64
	// None has a bit for each entry that is no line and matches nothing; nil: none.
	None []uint64
}

// Len is the number of lines.
func (p *Page) Len() int { return len(p.Level) }

func (p *Page) line(i int) string { return p.Text[p.Off[i]:p.Off[i+1]] }

func has1(set []uint64, i int) bool { return i>>6 < len(set) && set[i>>6]&(1<<(i&63)) != 0 }

// Page sets the bits of out, one a line, of the lines from the index from on that match, and clears those of the others. Bits before
// from stay. It says of each line what Match does, in a fraction of the time.
func (m *Matcher) Page(p *Page, from int, out []uint64) {
	n := p.Len()
	words := (n + 63) / 64
	live := make([]uint64, words)
	fill(live, from, n)
	for i := range min(words, len(p.None)) {
		live[i] &^= p.None[i]
	}
	r := run{p: p, from: from}
	for _, c := range m.clauses {
		if empty(live) {
			break
		}
		if len(c) == 1 {
			live = r.atom(c[0], live)
			continue
		}
		found := make([]uint64, words)
		rest := append([]uint64(nil), live...)
		for _, a := range c {
			got := r.atom(a, rest)
			for i := range got {
				found[i] |= got[i]
				rest[i] &^= got[i]
			}
		}
		live = found
	}
	for i := range words {
		keep := uint64(0)
		if i == from>>6 {
			keep = 1<<(from&63) - 1
		} else if i < from>>6 {
			continue
		}
		out[i] = out[i]&keep | live[i]&^keep
	}
}

// fill sets the bits from ≤ i < to.
func fill(set []uint64, from, to int) {
	for i := from; i < to; {
		if i&63 == 0 && to-i >= 64 {
			set[i>>6] = ^uint64(0)
			i += 64
			continue
		}
		set[i>>6] |= 1 << (i & 63)
		i++
	}
}

func empty(set []uint64) bool {
	for _, w := range set {
		if w != 0 {
			return false
		}
	}
	return true
}

func ones(set []uint64) (n int) {
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f for each bit that is set and clears those for which it says no.
func each(set []uint64, f func(i int) bool) {
	for w := range set {
		for left := set[w]; left != 0; left &= left - 1 {
			if b := bits.TrailingZeros64(left); !f(w<<6 | b) {
				set[w] &^= 1 << b
			}
		}
	}
}

// run is one evaluation of a page.
type run struct {
	p     *Page
	from  int
	shown []string // of raw lines, as they were needed
}

// show returns line i as it is shown.
func (r *run) show(i int) string {
	if !has1(r.p.Raw, i) {
		return r.p.line(i)
	}
	if r.shown == nil {
		r.shown = make([]string, r.p.Len())
	}
	if r.shown[i] == "" {
		r.shown[i] = plain.Line(r.p.line(i))
	}
	return r.shown[i]
}

// atom returns those of the candidates for which a holds; it may reuse their memory only for its result.
func (r *run) atom(a *atom, among []uint64) []uint64 {
	got := r.positive(a, append([]uint64(nil), among...))
	if a.Not {
		for i := range got {
			got[i] = among[i] &^ got[i]
		}
	}
	return got
}

// positive keeps the bits of set for which a, not negated, holds.
func (r *run) positive(a *atom, set []uint64) []uint64 {
	p := r.p
	switch a.Kind {
	case Level:
		each(set, func(i int) bool { return a.levels[min(p.Level[i], logs.LevelFatal)] })
		return set
	case Stream:
		ok := make([]bool, len(p.Streams))
		for i, st := range p.Streams {
			ok[i] = a.stream(st)
		}
		each(set, func(i int) bool { return ok[p.Stream[i]] })
		return set
	case Text, Regexp:
		if a.find == nil {
			clear(set)
			return set
		}
		var meant []uint64 // lines that JSON writes otherwise than they mean
		if a.said {
			meant = append(meant, set...)
			each(meant, func(i int) bool { return escaped(p.line(i)) && a.find.in(said(p.line(i))) })
		}
		if r.hints(a.find, set); a.find.re != nil {
			fast := a.find.fast.borrow()
			each(set, func(i int) bool { return a.find.decide(fast, r.show(i)) })
			a.find.fast.back(fast)
		}
		for i := range meant {
			set[i] |= meant[i]
		}
		return set
	}
	return r.field(a, set)
}

func (r *run) field(a *atom, set []uint64) []uint64 {
	p := r.p
	var named []uint64 // lines whose stream has the label
	if labelled(a.Name) {
		named = append(named, set...)
		each(named, func(i int) bool { v, ok := a.label(p.Streams[p.Stream[i]]); return ok && a.value(v) })
		each(set, func(i int) bool { _, ok := a.label(p.Streams[p.Stream[i]]); return !ok })
	}
	brought := r.brought(a, set)
	if a.find != nil {
		r.rough(a.find, set)
	}
	each(set, func(i int) bool { return a.fields(p.line(i), r.show(i), p.Format[i]) })
	for i := range named {
		set[i] |= named[i]
	}
	for i := range brought {
		set[i] |= brought[i]
	}
	return set
}

// brought are those of the candidates that brought the field with a value that a wants.
func (r *run) brought(a *atom, among []uint64) []uint64 {
	p := r.p
	if p.Meta == nil {
		return nil
	}
	holds := make([]bool, len(p.Metas))
	any := false
	for i, m := range p.Metas {
		holds[i] = a.brought(m)
		any = any || holds[i]
	}
	if !any {
		return nil
	}
	out := append([]uint64(nil), among...)
	each(out, func(i int) bool { return holds[p.Meta[i]] })
	return out
}

// hints keeps the bits of the lines that contain one of the needles as they are shown; all when there are no needles.
func (r *run) hints(f *finder, set []uint64) {
	if len(f.needles) == 0 {
		return
	}
	raw := both(set, r.p.Raw)
	r.sweep(f, set)
	for i := range raw {
		set[i] &^= raw[i]
	}
	each(raw, func(i int) bool { return f.hint(r.show(i)) })
	for i := range raw {
		set[i] |= raw[i]
	}
}

// rough is hints where a raw line counts as well for what it is before it is shown.
func (r *run) rough(f *finder, set []uint64) {
	raw := both(set, r.p.Raw)
	r.sweep(f, set)
	each(raw, func(i int) bool { return has1(set, i) || f.hint(r.show(i)) })
	for i := range raw {
		set[i] |= raw[i]
	}
}

func both(a, b []uint64) []uint64 {
	out := make([]uint64, min(len(a), len(b)))
	for i := range out {
		out[i] = a[i] & b[i]
	}
	return out
}

// sweep keeps the bits of the lines whose raw text contains one of the needles.
func (r *run) sweep(f *finder, set []uint64) {
	n := r.p.Len()
	if ones(set)*8 < n-r.from { // few are left: look at those alone
		each(set, func(i int) bool { return f.hint(r.p.line(i)) })
		return
	}
	found := make([]uint64, len(set))
	for _, one := range f.needles {
		r.needle(one, found)
	}
	for i := range set {
		set[i] &= found[i]
	}
}

// needle sets the bits of the lines that contain n, in one pass through the text of all.
func (r *run) needle(n *needle, found []uint64) {
	p := r.p
	var c cursor
	row, last := r.from, p.Len()
	text := p.Text[:p.Off[last]]
	for at := int(p.Off[r.from]); ; {
		i := n.index(text, at, &c)
		if i < 0 {
			return
		}
		for int(p.Off[row+1]) <= i {
			row++
		}
		end := int(p.Off[row+1])
		if i+len(n.text) > end { // it spans two lines
			at = i + 1
			continue
		}
		found[row>>6] |= 1 << (row & 63)
		at = end
	}
}
