package table

import (
	"strings"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/words"
)

// Commands returns what the list understands by itself: movement, filter, order. Opening is the page's.
func (t *Table[R]) Commands(w *words.Set) []keys.Command {
	move := func(id string, to func()) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { t.touched = true; to(); return nil }}
	}
	page := max(t.height-1, 1)
	out := []keys.Command{
		move(keys.Up, func() { t.Move(-1) }),
		move(keys.Down, func() { t.Move(1) }),
		move(keys.PageUp, func() { t.Move(-page) }),
		move(keys.PageDown, func() { t.Move(page) }),
		move(keys.HalfUp, func() { t.Move(-max(page/2, 1)) }),
		move(keys.HalfDown, func() { t.Move(max(page/2, 1)) }),
		move(keys.Top, func() { t.moveTo(0) }),
		move(keys.Bottom, func() { t.moveTo(len(t.view) - 1) }),
		{ID: keys.Filter, Quiet: len(t.rows) == 0, Do: func() intent.Intent { return intent.Filter{} }},
		{ID: keys.Sort, Quiet: len(t.rows) < 2, Do: func() intent.Intent { return t.sortMenu(w) }},
		{ID: keys.Reverse, Do: func() intent.Intent { t.reversed = !t.reversed; t.rebuild(); return nil }},
	}
	if t.cfg.Problem != nil {
		c := move(keys.Problems, func() { t.problems = !t.problems; t.rebuild() })
		c.Quiet = len(t.rows) == 0
		out = append(out, c)
	}
	if v := t.starValue(); v != "" {
		out = append(out, move(keys.Star, func() { t.SetFilter(v) }))
	}
	if t.filter != "" {
		out = append(out,
			move(keys.Only, func() { t.all = !t.all; t.rebuild() }),
			move(keys.NextHit, func() { t.nextHit(1) }),
			move(keys.PrevHit, func() { t.nextHit(-1) }))
	}
	return out
}

// starValue is the value to filter on: of the sorted column, else of the first column that has one.
func (t *Table[R]) starValue() string {
	r, ok := t.Current()
	if !ok {
		return ""
	}
	if c := t.column(t.sortID); c != nil && c.Value != nil {
		return strings.TrimSpace(c.Value(r))
	}
	if t.sortID == "" && t.cfg.OrderValue != nil {
		return t.cfg.OrderValue(r)
	}
	for _, c := range t.cols {
		if c.Value != nil {
			return strings.TrimSpace(c.Value(r))
		}
	}
	return ""
}

func (t *Table[R]) nextHit(step int) {
	for n := 1; n <= len(t.view); n++ {
		i := ((t.at+step*n)%len(t.view) + len(t.view)) % len(t.view)
		if t.hits[t.cfg.Key(t.rows[t.view[i]])] {
			t.moveTo(i)
			return
		}
	}
}

func (t *Table[R]) sortMenu(w *words.Set) intent.Intent {
	menu := intent.Menu{Title: w.List.SortTitle}
	add := func(id, title string) {
		if id == t.sortID {
			menu.At = len(menu.Items)
		}
		menu.Items = append(menu.Items, intent.Item{Label: title, Do: func() intent.Intent { t.SortBy(id); return nil }})
	}
	add("", t.cfg.OrderTitle)
	for i := range t.cols {
		if c := &t.cols[i]; c.Compare != nil {
			add(c.ID, c.name())
		}
	}
	return menu
}
