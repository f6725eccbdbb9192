package pane

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// CopyItem offers a text to copy under a name.
func CopyItem(label, text string) intent.Item {
	hint, _ := block.Clip(text, 40)
	return intent.Item{Label: label, Hint: hint, Do: func() intent.Intent { return intent.Copy{Text: text, What: label} }}
}

// Listed is what a table tells of how its rows are restricted and ordered.
type Listed interface {
	Filter() (text string, loose bool)
	ProblemsOnly() bool
	Len() (shown, total int)
	Order() (title string, reversed bool)
}

// Restrictions writes, on the right of a line, why not everything is shown, and the order; the order goes first when there
// is no room.
func Restrictions(e *page.Env, pen *style.Pen, t Listed) *style.Pen {
	var out []style.Span
	put := func(role style.Role, text string) { out = append(out, style.Span{Role: role, Text: text}) }
	shown, total := t.Len()
	if text, loose := t.Filter(); text != "" {
		short, _ := block.Clip(text, max(pen.Left()/4, 8))
		put(style.Faint, e.Words.List.Filter+e.Words.Form.Colon)
		put(style.Match, short)
		if loose {
			put(style.Faint, " ("+e.Words.List.Approx+")")
		}
		put(style.Faint, " "+e.Glyphs.Times+"   ")
	}
	if t.ProblemsOnly() {
		put(style.Match, e.Words.List.Problems)
		put(style.Faint, " "+e.Glyphs.Times+"   ")
	}
	if shown != total {
		put(style.Muted, e.Words.List.Shown(shown, total)+"   ")
	}
	if total > 1 {
		title, reversed := t.Order()
		mark := e.Glyphs.SortDown
		if reversed {
			mark = e.Glyphs.SortUp
		}
		order := []style.Span{{Role: style.Muted, Text: title + " "}, {Role: style.Accent, Text: mark}, {Text: " "}}
		if style.WidthOf(out...)+style.WidthOf(order...)+1 <= pen.Left() {
			out = append(out, order...)
		}
	}
	if w := style.WidthOf(out...); w > 0 && w >= pen.Left() { // what does not fit keeps its distance all the same
		pen.Space(1)
	}
	return pen.RightSpans(out...)
}
