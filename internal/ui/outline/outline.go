// Package outline is the list of unequal things: each item takes as many lines as it needs, some can be stood on and some
// are there to be read. Like the table it is faithful to the identity of what is under the cursor, and draws only what is
// visible of items that tell their height. Without any item to stand on it is a text that scrolls. It knows no noun.
package outline

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/style"
)

// Item is one thing of the list.
type Item struct {
	// Key is its identity, stable while it lives; "" for what is only read: titles, notes, blank lines.
	Key string
	// Lines is how many lines Draw gives; 0 when only drawing tells.
	Lines int
	// Draw writes its lines, each exactly w cells, on a ground.
	Draw func(w int, ground style.Ground) []string
}

func (it Item) height(w int) int {
	if it.Lines > 0 {
		return it.Lines
	}
	return len(it.Draw(w, style.Plain))
}

// Outline is the list with its cursor and scroll. It is used by one goroutine.
type Outline struct {
	items   []Item
	cursor  string
	at      int // index of the item under the cursor; -1 when none can be stood on
	touched bool
	offset  int // first visible line
	height  int // lines visible at the last drawing
	width   int // and their width
	total   int
	free    bool // the window was moved by hand beyond an item that is taller than it
}

// New returns an empty outline.
func New() *Outline { return &Outline{at: -1, height: 10, width: 80} }

// SetItems gives the items. The cursor stays on the thing it was on; when that is gone it stays at its place. A cursor that
// nobody moved stays on the first thing.
func (o *Outline) SetItems(items []Item) {
	o.items = items
	was := o.at
	o.at = -1
	if o.cursor != "" && o.touched {
		for i, it := range items {
			if it.Key == o.cursor {
				o.at = i
				return
			}
		}
	}
	if !o.touched {
		was = 0
	}
	o.at = o.near(max(was, 0))
	o.cursor = ""
	if o.at >= 0 {
		o.cursor = items[o.at].Key
	}
}

// near returns the first item from i on that can be stood on, else the last before it, else -1.
func (o *Outline) near(i int) int {
	for j := i; j < len(o.items); j++ {
		if o.items[j].Key != "" {
			return j
		}
	}
	for j := min(i, len(o.items)) - 1; j >= 0; j-- {
		if o.items[j].Key != "" {
			return j
		}
	}
	return -1
}

// Current returns the key under the cursor; "" when there is nothing to stand on.
func (o *Outline) Current() string { return o.cursor }

// Select puts the cursor on the item of that key.
func (o *Outline) Select(key string) bool {
	for i, it := range o.items {
		if it.Key == key && key != "" {
			o.at, o.cursor, o.touched, o.free = i, key, true, false
			return true
		}
	}
	return false
}

// Move goes n items down, or up when negative. Beyond the last and the first it scrolls, so that what is only read can be
// read.
func (o *Outline) Move(n int) {
	o.touched = true
	if o.at < 0 {
		o.Scroll(n)
		return
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		if o.tall(step) {
			continue
		}
		next := o.at + step
		for next >= 0 && next < len(o.items) && o.items[next].Key == "" {
			next += step
		}
		if next < 0 || next >= len(o.items) {
			o.Scroll(step)
			continue
		}
		o.at, o.free = next, false
		o.cursor = o.items[next].Key
	}
}

// tall scrolls inside an item that does not fit, before the cursor leaves it.
func (o *Outline) tall(step int) bool {
	top, h := o.place(o.at)
	if h <= o.height {
		return false
	}
	if (step > 0 && top+h > o.offset+o.height) || (step < 0 && top < o.offset) {
		o.Scroll(step)
		return true
	}
	return false
}

// place returns the first line and the height of an item.
func (o *Outline) place(index int) (top, h int) {
	for i, it := range o.items {
		n := it.height(o.width)
		if i == index {
			return top, n
		}
		top += n
	}
	return top, 0
}

// Scroll moves the window by n lines; the cursor stays.
func (o *Outline) Scroll(n int) {
	o.free = true
	o.offset = max(min(o.offset+n, o.total-o.height), 0)
}

// Top and Bottom go to the ends.
func (o *Outline) Top() {
	o.touched, o.free, o.offset = true, true, 0
	if o.at = o.near(0); o.at >= 0 {
		o.cursor = o.items[o.at].Key
	}
}

// Bottom goes to the last item.
func (o *Outline) Bottom() {
	o.touched, o.free = true, true
	o.offset = max(o.total-o.height, 0)
	for j := len(o.items) - 1; j >= 0; j-- {
		if o.items[j].Key != "" {
			o.at, o.cursor = j, o.items[j].Key
			return
		}
	}
}

// Commands returns the movements.
func (o *Outline) Commands() []keys.Command {
	move := func(id string, to func()) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { to(); return nil }}
	}
	page := max(o.height-1, 1)
	return []keys.Command{
		move(keys.Up, func() { o.Move(-1) }), move(keys.Down, func() { o.Move(1) }),
		move(keys.PageUp, func() { o.jump(-page) }), move(keys.PageDown, func() { o.jump(page) }),
		move(keys.HalfUp, func() { o.jump(-max(page/2, 1)) }), move(keys.HalfDown, func() { o.jump(max(page/2, 1)) }),
		move(keys.Top, o.Top), move(keys.Bottom, o.Bottom),
	}
}

// jump moves by lines and puts the cursor on what is there.
func (o *Outline) jump(lines int) {
	if o.at < 0 {
		o.Scroll(lines)
		return
	}
	o.touched = true
	top, _ := o.place(o.at)
	want, best := top+lines, o.at
	line := 0
	for i, it := range o.items {
		if it.Key != "" && ((lines > 0 && line <= want) || (lines < 0 && line >= want && line < top && best == o.at)) {
			best = i
		}
		line += it.height(o.width)
	}
	if best == o.at || (lines < 0 && best > o.at) {
		o.Scroll(lines)
		return
	}
	o.at, o.free, o.cursor = best, false, o.items[best].Key
}

// Height returns how many lines everything takes at a width.
func (o *Outline) Height(w int) int {
	n := 0
	for _, it := range o.items {
		n += it.height(w)
	}
	return n
}

// More returns how many lines are above and below the window of the last drawing.
func (o *Outline) More() (above, below int) {
	return o.offset, max(o.total-o.offset-o.height, 0)
}

// Draw draws the window: exactly w×h cells. The item under the cursor is on the selection's ground unless blurred.
func (o *Outline) Draw(w, h int, blur bool) block.Block {
	ground := func(i int) style.Ground {
		if i == o.at && !blur {
			return style.Select
		}
		return style.Plain
	}
	drawn := make([][]string, len(o.items))
	heights := make([]int, len(o.items))
	top, tall, total := 0, 0, 0
	for i, it := range o.items {
		if heights[i] = it.Lines; it.Lines == 0 {
			drawn[i] = it.Draw(w, ground(i))
			heights[i] = len(drawn[i])
		}
		if i == o.at {
			top, tall = total, heights[i]
		}
		total += heights[i]
	}
	o.width, o.height, o.total = w, max(h, 1), total
	if o.at >= 0 && !o.free {
		first := top
		for i := o.at - 1; i >= 0 && o.items[i].Key == "" && top-first < h/3; i-- { // a title stays with its first item
			first -= heights[i]
		}
		if top+tall > o.offset+o.height {
			o.offset = top + tall - o.height
		}
		if tall >= o.height {
			o.offset = top
		}
		if top < o.offset {
			o.offset = top
		}
		if first < o.offset && top+tall <= first+o.height && (o.near(0) == o.at || first >= 0 && o.offset == top) {
			o.offset = max(first, 0)
		}
	}
	o.offset = max(min(o.offset, o.total-o.height), 0)
	lines := make([]string, 0, h)
	for i, y := 0, 0; i < len(o.items) && len(lines) < h; y, i = y+heights[i], i+1 {
		if y+heights[i] <= o.offset {
			continue
		}
		if drawn[i] == nil {
			drawn[i] = o.items[i].Draw(w, ground(i))
		}
		lines = append(lines, drawn[i][max(o.offset-y, 0):]...)
	}
	return block.New(w, h, lines...)
}
