// Package tabs draws the row of tabs of a page.
package tabs

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// Tab is one tab: its title, and a count or mark after it ("" for none) in a role.
type Tab struct {
	Title string
	Mark  string
	Role  style.Role
}

// Line draws the tabs in one line of w cells. When they do not all fit, those around the active one are shown.
func Line(sheet *style.Sheet, g *style.Glyphs, w int, tabs []Tab, active int) string {
	width := func(t Tab) int {
		n := block.Width(t.Title) + 2
		if t.Mark != "" {
			n += block.Width(t.Mark) + 1
		}
		return n
	}
	span := func(list []Tab) int {
		n := 0
		for _, t := range list {
			n += width(t) + 1
		}
		return n
	}
	first := 0
	if span(tabs) > w {
		for first < active && span(tabs[first:active+1])+2 > w {
			first++
		}
	}
	p := sheet.Pen(w, style.Plain)
	if first > 0 {
		p.Put(style.Faint, g.Ellipsis)
	}
	for i := first; i < len(tabs); i++ {
		t := tabs[i]
		title := style.Muted
		if i == active {
			title = style.Accent
			p.Put(style.Accent, g.Cursor)
		} else {
			p.Space(1)
		}
		p.Put(title, t.Title)
		if t.Mark != "" {
			p.Space(1).Put(t.Role, t.Mark)
		}
		p.Space(2)
	}
	return p.Line()
}
