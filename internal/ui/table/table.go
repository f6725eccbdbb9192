// Package table is the one list of the face: generic over its rows, faithful to the identity of what is under the cursor,
// drawn only where it is visible, each row memoised until it changes. It knows no noun: a page tells it how to name, judge
// and draw a row.
package table

import (
	"slices"
	"strings"

	"dsotop/internal/ui/style"
)

// Column says how one column looks and sorts.
type Column[R any] struct {
	ID    string
	Title string // with its unit where it has one
	// Name is said of the column in sentences and menus; "" takes the title in lower case.
	Name string
	// Want is the width in cells; the column is never narrower than Min (0: never narrower than Want).
	Want, Min int
	// Natural measures the content of a row; the column then grows to the widest row, at most Max.
	Natural func(R) int
	Max     int
	// Keep ranks columns when the screen is narrow: those with the highest number go first; 0 never goes.
	Keep int
	// Grow lets the column take cells that nobody else wants, up to Max (0: without limit).
	Grow bool
	// Right aligns the title; Draw decides for the content.
	Right bool
	// Draw writes the cell; the pen is limited to the column.
	Draw func(p *style.Pen, r R)
	// Compare orders rows, what deserves the eye first; nil: the column cannot be sorted.
	Compare func(a, b R) int
	// Value is the cell as text, for the filter and for "same value"; nil: not searched.
	Value func(R) string
}

// Config is what a page tells about its rows.
type Config[R any] struct {
	// Key is the identity of a row, stable while it lives.
	Key func(R) string
	// Rev moves when the row must be drawn again. nil: rows are never memoised.
	Rev func(R) uint64
	// Problem says whether the row stays when only problems are shown; nil: the command is not offered.
	Problem func(R) bool
	// Haystack adds words to search beyond the columns' values; nil: none.
	Haystack func(R) string
	// OrderTitle names the order in which rows are given, for the sort menu and the mark.
	OrderTitle string
	// OrderValue is what that order ranks by, as text, for "same value"; nil: the first column that has a value.
	OrderValue func(R) string
	// Gap is the number of blank cells between columns; 0 means 2.
	Gap int
}

// Table is a list with its cursor, filter, order and scroll. It is used by one goroutine.
type Table[R any] struct {
	cfg  Config[R]
	cols []Column[R]

	rows []R   // in the order given
	view []int // indices of rows that are shown, in order
	hits map[string]bool

	cursor  string // key under the cursor; "" when there is no row
	at      int    // its place in view
	offset  int    // first visible place
	height  int    // rows visible at the last drawing
	touched bool   // the person moved the cursor

	filter   string
	terms    []term
	loose    bool
	all      bool // show also what the filter does not match
	problems bool
	sortID   string
	reversed bool

	natural map[string]int // widest content seen, by column: widths grow, never shrink, so that nothing dances
	lay     layout
	layNo   int
	memo    map[string]memo
	marks   map[string]bool // keys of rows that are marked
	hay     map[string]hayMemo
}

type memo struct {
	rev   uint64
	lay   int
	epoch int64
	sheet string
	bare  bool
	lines [2]string // plain, selected
}

type hayMemo struct {
	rev  uint64
	text string
}

// New returns an empty table.
func New[R any](cfg Config[R], cols ...Column[R]) *Table[R] {
	if cfg.Gap == 0 {
		cfg.Gap = 2
	}
	return &Table[R]{cfg: cfg, cols: cols, natural: map[string]int{}, memo: map[string]memo{}, hay: map[string]hayMemo{}, height: 10}
}

// SetColumns replaces the columns, for a change of language. Cursor, filter and order stay.
func (t *Table[R]) SetColumns(orderTitle string, cols ...Column[R]) {
	t.cfg.OrderTitle, t.cols = orderTitle, cols
	t.lay, t.natural = layout{}, map[string]int{}
	clear(t.memo)
	clear(t.hay)
	t.measure()
	t.rebuild()
}

// SetRows gives the rows, in their own order. The cursor stays on the thing it was on; when that is gone it stays at its
// place. With hold, a cursor that nobody moved stays on the first row instead: the order is not settled yet.
func (t *Table[R]) SetRows(rows []R, hold bool) {
	t.rows = rows
	if len(t.memo) > 512+4*len(rows) {
		clear(t.memo)
		clear(t.hay)
	}
	if hold && !t.touched {
		t.cursor, t.at = "", 0
	}
	t.measure()
	t.rebuild()
}

func (t *Table[R]) measure() {
	for _, c := range t.cols {
		if c.Natural == nil {
			continue
		}
		widest := t.natural[c.ID]
		for _, r := range t.rows {
			widest = max(widest, c.Natural(r))
		}
		if widest != t.natural[c.ID] {
			t.natural[c.ID] = widest
			t.lay = layout{}
		}
	}
}

// rebuild makes the view again after a change of rows, filter or order.
func (t *Table[R]) rebuild() {
	screen := t.at - t.offset
	t.view = t.view[:0]
	t.hits = nil
	t.loose = false
	if len(t.terms) > 0 {
		t.hits = make(map[string]bool)
		for _, r := range t.rows {
			if matches(t.haystack(r), t.terms) {
				t.hits[t.cfg.Key(r)] = true
			}
		}
		if len(t.hits) == 0 {
			for _, r := range t.rows {
				if loosely(t.haystack(r), t.terms) {
					t.hits[t.cfg.Key(r)] = true
					t.loose = true
				}
			}
		}
	}
	for i, r := range t.rows {
		if t.problems && t.cfg.Problem != nil && !t.cfg.Problem(r) {
			continue
		}
		if t.hits != nil && !t.all && !t.hits[t.cfg.Key(r)] {
			continue
		}
		t.view = append(t.view, i)
	}
	if c := t.column(t.sortID); c != nil && c.Compare != nil {
		slices.SortStableFunc(t.view, func(a, b int) int {
			n := c.Compare(t.rows[a], t.rows[b])
			if t.reversed {
				return -n
			}
			return n
		})
	} else if t.reversed {
		slices.Reverse(t.view)
	}
	t.follow(screen)
}

// follow puts the cursor back on its thing and keeps it at the same height of the screen.
func (t *Table[R]) follow(screen int) {
	if len(t.view) == 0 {
		t.at, t.offset = 0, 0
		return
	}
	at := -1
	if t.cursor != "" {
		for i, row := range t.view {
			if t.cfg.Key(t.rows[row]) == t.cursor {
				at = i
				break
			}
		}
	}
	if at < 0 {
		at = min(t.at, len(t.view)-1)
		t.cursor = t.cfg.Key(t.rows[t.view[at]])
	}
	t.at = at
	if t.offset > 0 || at >= t.height {
		t.offset = at - screen
	}
	t.scroll()
}

// scroll keeps the cursor visible and the window full.
func (t *Table[R]) scroll() {
	t.offset = min(t.offset, t.at)
	if t.at >= t.offset+t.height {
		t.offset = t.at - t.height + 1
	}
	t.offset = max(min(t.offset, len(t.view)-t.height), 0)
}

func (t *Table[R]) column(id string) *Column[R] {
	for i := range t.cols {
		if t.cols[i].ID == id {
			return &t.cols[i]
		}
	}
	return nil
}

func (c *Column[R]) name() string {
	if c.Name != "" {
		return c.Name
	}
	return strings.ToLower(strings.TrimSpace(c.Title))
}

// Current returns the row under the cursor; ok is false when there is none.
func (t *Table[R]) Current() (row R, ok bool) {
	if t.at >= len(t.view) {
		return row, false
	}
	return t.rows[t.view[t.at]], true
}

// Visible returns the rows on screen, from the top.
func (t *Table[R]) Visible() []R {
	end := min(t.offset+t.height, len(t.view))
	out := make([]R, 0, max(end-t.offset, 0))
	for _, i := range t.view[min(t.offset, end):end] {
		out = append(out, t.rows[i])
	}
	return out
}

// Len returns how many rows are shown, and how many there are.
func (t *Table[R]) Len() (shown, total int) { return len(t.view), len(t.rows) }

// Place returns which row of those shown is under the cursor, from 1, and how many there are; 0 of 0 when there is none.
func (t *Table[R]) Place() (at, of int) {
	if len(t.view) == 0 {
		return 0, 0
	}
	return min(t.at+1, len(t.view)), len(t.view)
}

// Window returns the places of the first and last visible rows, from 1.
func (t *Table[R]) Window() (first, last int) {
	return min(t.offset+1, len(t.view)), min(t.offset+t.height, len(t.view))
}

// Select puts the cursor on the row of that key, if it is shown.
func (t *Table[R]) Select(key string) bool {
	for i, row := range t.view {
		if t.cfg.Key(t.rows[row]) == key {
			t.touched = true
			t.moveTo(i)
			return true
		}
	}
	return false
}

// Move moves the cursor by n rows, stopping at the ends.
func (t *Table[R]) Move(n int) { t.touched = true; t.moveTo(t.at + n) }

func (t *Table[R]) moveTo(i int) {
	if len(t.view) == 0 {
		return
	}
	t.at = max(min(i, len(t.view)-1), 0)
	t.cursor = t.cfg.Key(t.rows[t.view[t.at]])
	t.scroll()
}
