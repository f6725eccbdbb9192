package lines

import (
	"slices"
	"sort"
	"unsafe"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
)

// after is the first row later than a time, len for none.
func (r *rows) after(at int64) int {
	return sort.Search(r.len(), func(i int) bool { return r.at[i] > at })
}

// line is the raw text of row i, not copied: bytes once written stay. The rows are open.
func (r *rows) line(i int) string {
	lo, hi := r.off[i], r.off[i+1]
	if lo == hi {
		return ""
	}
	return unsafe.String(&r.text[lo], int(hi-lo))
}

func (r *rows) id(i int) ID {
	if r.ids != nil {
		return r.ids[i]
	}
	return r.base + ID(i)
}

// find returns the row of an identity, -1 for none.
func (r *rows) find(id ID) int {
	if r.ids != nil {
		return slices.Index(r.ids, id)
	}
	if id < r.base || id-r.base >= ID(r.len()) {
		return -1
	}
	return int(id - r.base)
}

func (r *rows) notice(id ID) *logs.Notice {
	for _, n := range r.notices {
		if n.id == id {
			return n.Notice
		}
	}
	return nil
}

// row takes row i out again, to be put into another block. The rows are open.
func (r *rows) row(i int) row {
	f := r.flags[i]
	x := row{at: r.at[i], id: r.id(i), form: r.form[i], own: logs.Level(f & ownLevel), raw: f&isRaw != 0, cont: f&continues != 0}
	if f&isNotice != 0 {
		x.notice = r.notice(x.id)
		return x
	}
	x.stream, x.text, x.meta = r.streams[r.stream[i]], r.line(i), r.brought(i)
	return x
}

// item is row i as readers see it. The rows are open.
func (r *rows) item(i int) Item {
	f := r.flags[i]
	it := Item{ID: r.id(i), At: r.at[i]}
	if f&isNotice != 0 {
		it.Notice = r.notice(it.ID)
		return it
	}
	it.Stream, it.Level, it.Format, it.Text = r.streams[r.stream[i]], r.level[i], r.form[i], r.line(i)
	it.Meta = r.brought(i)
	it.Continues = f&continues >= inner
	return it
}

// brought is what row i brought besides its text.
func (r *rows) brought(i int) logs.Meta {
	if r.meta == nil {
		return ""
	}
	return r.metas[r.meta[i]]
}

// page is the rows as a matcher reads them. They are open.
func (r *rows) page() *query.Page {
	p := &query.Page{Off: r.off, Level: r.level, Format: r.form, Stream: r.stream, Streams: r.streams, Meta: r.meta, Metas: r.metas}
	if len(r.text) > 0 {
		p.Text = unsafe.String(&r.text[0], len(r.text))
	}
	if r.raws > 0 {
		p.Raw = r.bits(isRaw)
	}
	if len(r.notices) > 0 {
		p.None = r.bits(isNotice)
	}
	return p
}

func (r *rows) bits(which flags) []uint64 {
	out := make([]uint64, (r.len()+63)/64)
	for i, f := range r.flags {
		if f&which != 0 {
			out[i>>6] |= 1 << (i & 63)
		}
	}
	return out
}
