package ui

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// frameBox draws a box with a title around lines that are inner cells wide, on the dialog's ground.
func frameBox(e *page.Env, title string, inner int, lines []string) block.Block {
	g := e.Glyphs
	w := inner + 2
	out := make([]string, 0, len(lines)+2)
	top := e.Sheet.Pen(w, style.Dialog).Put(style.Border, g.Corners[0]+g.HLine).Put(style.Accent, " "+title+" ")
	for top.Left() > 1 {
		top.Put(style.Border, g.HLine)
	}
	out = append(out, top.Put(style.Border, g.Corners[1]).Line())
	side := e.Sheet.Pen(1, style.Dialog).Put(style.Border, g.VLine).Line()
	for _, l := range lines {
		out = append(out, side+l+side)
	}
	bottom := e.Sheet.Pen(w, style.Dialog).Put(style.Border, g.Corners[2])
	for bottom.Left() > 1 {
		bottom.Put(style.Border, g.HLine)
	}
	out = append(out, bottom.Put(style.Border, g.Corners[3]).Line())
	return block.New(w, len(out), out...)
}
