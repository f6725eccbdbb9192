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

// Line draws the tabs in one line of w cells. When they do not all fit they come closer; when they still do not, those around the active
// one are shown, and a sign at the end where others are left out.
func Line(sheet *style.Sheet, g *style.Glyphs, w int, tabs []Tab, active int) string {
	gap := 2
	if width(tabs, gap) > w {
		gap = 1
	}
	sign := block.Width(g.Ellipsis)
	first, last := 0, len(tabs)
	if width(tabs, gap) > w {
		for first < active && width(tabs[first:active+1], gap)+2*sign > w {
			first++
		}
		for last > active+1 && width(tabs[first:last], gap)+2*sign > w {
			last--
		}
	}
	p := sheet.Pen(w, style.Plain)
	if first > 0 {
		p.Put(style.Faint, g.Ellipsis)
	}
	for i := first; i < last; i++ {
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
		p.Space(gap)
	}
	if last < len(tabs) {
		p.Put(style.Faint, g.Ellipsis)
	}
	return p.Line()
}

// width is how many cells tabs take, the last gap left out.
func width(tabs []Tab, gap int) int {
	n := -gap
	for _, t := range tabs {
		n += 1 + block.Width(t.Title) + gap
		if t.Mark != "" {
			n += 1 + block.Width(t.Mark)
		}
	}
	return n
}
