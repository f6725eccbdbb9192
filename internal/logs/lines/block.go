package lines

import (
	"maps"
	"slices"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
)

// limits of a block. A block is the unit of eviction and of evaluation: small enough that to judge one is no pause, large enough that
// a million lines are some hundreds of blocks.
type limits struct {
	rows, text int
	// loose is how many of the newest blocks are not packed: late lines still go there, and readers who follow look there.
	loose int
	// worth is the least text that is packed.
	worth int
}

func usual() limits { return limits{rows: 4096, text: 256 << 10, loose: 8, worth: 16 << 10} }

// overhead is what a block and its evaluations weigh besides its slices.
const overhead = 1 << 10

// rows is the content of a block, ordered by (time, arrival), a slice per property: 17 bytes of index a line besides its text. A copy of the
// struct is a snapshot: appending never changes what a copy sees.
type rows struct {
	text    []byte // all texts, one after another
	packed  []byte // text, compressed: then text is nil; see Store.open
	off     []uint32
	at      []int64
	stream  []uint16 // indices of streams
	level   []logs.Level
	form    []format.ID
	flags   []flags
	base    ID   // of row 0 while ids is nil: row i is base+i
	ids     []ID // of each row, once lines came late
	streams []*logs.Stream
	notices []notice    // in the order of their rows
	meta    []uint16    // of each row, an index of metas; nil: none has any
	metas   []logs.Meta // the first is none
	raws    int         // rows that are not shown as they are
}

// notice is what a row without text stands for.
type notice struct {
	id ID
	*logs.Notice
}

// block is a run of rows. Its rows only grow, or the block is replaced.
type block struct {
	rows
	closed  bool // nothing is appended: it holds one notice of eviction
	ord     int  // index in the store's list
	index   map[*logs.Stream]uint16
	byMeta  map[logs.Meta]uint16
	heads   []head // by stream
	buckets []uint64
	levels  [levels]uint32 // entries by level
	lines   int
	memory  int64 // as it is counted in the store
}

const levels = int(logs.LevelFatal) + 1

// head is the line of a stream under which continuations go.
type head struct {
	row   int32 // -1 none, outer for one in the block before
	level logs.Level
}

const outer = -2

// flags of a row. The lowest bits are the level the line itself has; level is that of the group it belongs to.
type flags uint8

const (
	ownLevel  flags = 7
	isRaw     flags = 1 << 3 // not shown as it is
	isNotice  flags = 1 << 4
	isEntry   flags = 1 << 5 // counts for its level: not a mere continuation
	continues flags = 3 << 6
	orphan    flags = 1 << 6 // continues a line that is not held
	inner     flags = 2 << 6 // continues a line of this block
	across    flags = 3 << 6 // continues a line of the block before
)

// row is a line or notice on its way into a block.
type row struct {
	at     int64
	id     ID
	stream *logs.Stream
	text   string
	form   format.ID
	own    logs.Level
	raw    bool
	cont   bool
	meta   logs.Meta
	notice *logs.Notice
}

// newBlock makes room for n rows with so many bytes of text.
func newBlock(n, bytes int) *block {
	return &block{rows: rows{
		text: make([]byte, 0, bytes), off: append(make([]uint32, 0, n+1), 0), at: make([]int64, 0, n), stream: make([]uint16, 0, n),
		level: make([]logs.Level, 0, n), form: make([]format.ID, 0, n), flags: make([]flags, 0, n),
	}}
}

func (r *rows) len() int { return len(r.at) }

// size is the bytes of all texts.
func (r *rows) size() int { return int(r.off[len(r.off)-1]) }

// fits reports that one more row with so much text stays within the limits; a block takes any first row.
func (b *block) fits(bytes int, max limits) bool {
	n := b.len()
	return !b.closed && (n == 0 || n < max.rows && b.size()+bytes <= max.text)
}

// append adds a row that is not before the last one. before is the block before this one, nil for none.
func (b *block) append(x *row, before *block) {
	n := b.len()
	if n == 0 {
		b.base = x.id
	} else if b.ids == nil && x.id != b.base+ID(n) {
		b.ids = make([]ID, n, max(cap(b.at), n+1))
		for i := range b.ids {
			b.ids[i] = b.base + ID(i)
		}
	}
	if b.ids != nil {
		b.ids = append(b.ids, x.id)
	}
	b.text = append(b.text, x.text...)
	b.off = append(b.off, uint32(len(b.text)))
	b.at = append(b.at, x.at)
	b.form = append(b.form, x.form)
	b.bring(x.meta)
	f := flags(x.own)
	if x.notice != nil {
		b.notices = append(b.notices, notice{x.id, x.notice})
		b.flags, b.stream, b.level = append(b.flags, f|isNotice), append(b.stream, 0), append(b.level, logs.LevelNone)
		return
	}
	if x.raw {
		f |= isRaw
		b.raws++
	}
	st := b.intern(x.stream)
	h := &b.heads[st]
	level := x.own
	switch {
	case !x.cont:
		*h = head{int32(n), level}
		f |= isEntry
	case h.row == -1 && !h.find(before, x.stream):
		*h = head{int32(n), level}
		f |= isEntry | orphan
	default:
		if level > h.level {
			h.level = level // the group is as serious as its worst line
			f |= isEntry
		}
		level = h.level
		if h.row == outer {
			f |= across
		} else {
			f |= inner
		}
	}
	b.stream, b.level, b.flags = append(b.stream, st), append(b.level, level), append(b.flags, f)
	b.lines++
	if f&isEntry != 0 {
		b.levels[level]++
	}
}

// find looks for the head of a stream at the end of the block before.
func (h *head) find(before *block, st *logs.Stream) bool {
	if before == nil {
		return false
	}
	i, ok := before.index[st]
	if !ok || before.heads[i].row == -1 {
		return false
	}
	*h = head{outer, before.heads[i].level}
	return true
}

// bring notes what the row being appended brought.
func (b *block) bring(m logs.Meta) {
	if m == "" && b.meta == nil {
		return
	}
	if b.meta == nil {
		b.meta = make([]uint16, len(b.at)-1, max(cap(b.at), len(b.at)))
		b.metas, b.byMeta = []logs.Meta{""}, map[logs.Meta]uint16{"": 0}
	}
	i, ok := b.byMeta[m]
	if !ok {
		i = uint16(len(b.metas)) // a block has fewer rows
		b.byMeta[m] = i
		b.metas = append(b.metas, m)
	}
	b.meta = append(b.meta, i)
}

func (b *block) intern(st *logs.Stream) uint16 {
	if i, ok := b.index[st]; ok {
		return i
	}
	if b.index == nil {
		b.index = map[*logs.Stream]uint16{}
	}
	i := uint16(len(b.streams))
	b.index[st] = i
	b.streams = append(b.streams, st)
	b.heads = append(b.heads, head{row: -1})
	return i
}

// prefix returns a new block, of an open one, with the first n rows and room for more.
func (b *block) prefix(n, more, bytes int) *block {
	c := newBlock(n+more, int(b.off[n])+bytes)
	c.text, c.off = append(c.text, b.text[:b.off[n]]...), append(c.off[:0], b.off[:n+1]...)
	c.at, c.form = append(c.at, b.at[:n]...), append(c.form, b.form[:n]...)
	c.stream, c.level, c.flags = append(c.stream, b.stream[:n]...), append(c.level, b.level[:n]...), append(c.flags, b.flags[:n]...)
	c.base, c.buckets = b.base, slices.Clone(b.buckets)
	if b.meta != nil {
		c.meta = append(make([]uint16, 0, n+more), b.meta[:n]...)
		c.metas, c.byMeta = slices.Clone(b.metas), maps.Clone(b.byMeta)
	}
	if b.ids != nil {
		c.ids = append(make([]ID, 0, n+more), b.ids[:n]...)
	}
	c.streams, c.index = slices.Clone(b.streams), maps.Clone(b.index)
	c.heads = make([]head, len(b.heads))
	for i := range c.heads {
		c.heads[i].row = -1
	}
	for i, f := range c.flags {
		if f&isNotice != 0 {
			c.notices = append(c.notices, b.notices[len(c.notices)])
			continue
		}
		c.lines++
		if f&isRaw != 0 {
			c.raws++
		}
		h := &c.heads[c.stream[i]]
		switch f & continues {
		case 0, orphan:
			h.row = int32(i)
		case across:
			h.row = outer
		}
		h.level = c.level[i]
		if f&isEntry != 0 {
			c.levels[c.level[i]]++
		}
	}
	return c
}

// trim gives back what was reserved and will not be used.
func (b *block) trim() {
	if cap(b.text)-len(b.text) > len(b.text)/32 {
		b.text = tight(b.text)
	}
	if n := len(b.at); cap(b.at)-n > n/32 {
		b.off, b.at, b.stream, b.level, b.form, b.flags = tight(b.off), tight(b.at), tight(b.stream), tight(b.level), tight(b.form), tight(b.flags)
		if b.ids != nil {
			b.ids = tight(b.ids)
		}
		if b.meta != nil {
			b.meta = tight(b.meta)
		}
	}
}

func tight[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

// weight is the memory of the block in bytes.
func (b *block) weight() int64 {
	brought := 2 * cap(b.meta)
	for _, m := range b.metas {
		brought += len(m) + 64 // its places in the list and the map
	}
	return int64(overhead + brought + cap(b.text) + cap(b.packed) + 4*cap(b.off) + 8*cap(b.at) + 2*cap(b.stream) + 3*cap(b.flags) + 8*cap(b.ids) + 160*len(b.notices) + 48*len(b.streams))
}
