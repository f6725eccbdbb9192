package project

import (
	"cmp"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/style"
)

// exposedItems lists the chains of exposure of the project, one line each: there is no other place to stand on one that has not failed and waits to be validated.
func (p *Page) exposedItems(blank outline.Item) []outline.Item {
	list := p.row.Dossier.Exposed
	if len(list) == 0 {
		return nil
	}
	e := p.env
	name := 8
	for i := range list {
		name = max(name, block.Width(list[i].CommonName))
	}
	items := []outline.Item{blank, {Lines: 1, Draw: func(w int, _ style.Ground) []string { return []string{e.Section(w, e.Words.Project.Exposed, "")} }}}
	for i := range list {
		c := &list[i]
		items = append(items, outline.Item{Key: keyExposed + c.ID, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.exposedLine(c, name, w, g)} }})
	}
	return items
}

// exposedLine is one chain: how it is, its name, where it leads, what it waits for.
func (p *Page) exposedLine(c *platform.ServiceChain, name, w int, g style.Ground) string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	glyph, role := e.Glyphs.Unknown, style.Unknown
	switch c.State {
	case "success":
		glyph, role = e.Glyphs.OK, style.Good
	case "failed":
		glyph, role = e.Glyphs.Bad, style.Bad
	case "opened", "pending":
		glyph, role = e.Glyphs.Running, style.Running
	}
	pen.To(1).Put(role, glyph).Space(1).Column(min(name, max(w/2, 20))).Put(style.Strong, c.CommonName).EndColumn().Space(2)
	pen.Put(role, cmp.Or(e.Words.Project.ExposedState[c.State], c.State))
	if c.Flow != "" && c.State != "success" {
		pen.Put(role, " ("+c.Flow+")")
	}
	for _, more := range []string{c.Env, c.Network, c.Target} {
		if more != "" && pen.Left() > block.Width(more)+2 {
			pen.Space(2).Put(style.Muted, more)
		}
	}
	return pen.Line()
}
