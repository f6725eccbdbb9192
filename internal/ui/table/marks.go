package table

import (
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
)

// Marking returns the command that marks rows, for a list of which several may be acted on together.
func (t *Table[R]) Marking() keys.Command {
	return keys.Command{ID: keys.MarkRow, Do: func() intent.Intent {
		r, ok := t.Current()
		if !ok {
			return nil
		}
		if t.marks == nil {
			t.marks = map[string]bool{}
		}
		key := t.cfg.Key(r)
		if t.marks[key] {
			delete(t.marks, key)
		} else {
			t.marks[key] = true
		}
		clear(t.memo)
		t.Move(1)
		return nil
	}}
}

// Marked are the rows that are marked, in their order; one that a filter hides is not among them: nothing is done to what is not on the list.
func (t *Table[R]) Marked() []R {
	var out []R
	if len(t.marks) == 0 {
		return nil
	}
	for _, i := range t.view {
		if t.marks[t.cfg.Key(t.rows[i])] {
			out = append(out, t.rows[i])
		}
	}
	return out
}

// Unmark takes every mark away and reports whether there was one.
func (t *Table[R]) Unmark() bool {
	if len(t.marks) == 0 {
		return false
	}
	clear(t.marks)
	clear(t.memo)
	return true
}
