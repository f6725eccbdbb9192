package fleet

import (
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// empty says why there is no row, and what to do next: a filter that matches nothing, no problem, sources still starting,
// a source that is not well, or really no project.
func (p *Page) empty(w, h int) block.Block {
	e := p.env
	if _, total := p.table.Len(); total > 0 {
		if text, _ := p.table.Filter(); text != "" {
			return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
		}
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	}
	starting := len(p.view.Sources) == 0
	var bad []platform.SourceHealth
	listers := 0
	for _, s := range p.view.Sources {
		switch {
		case s.State == platform.StateStarting:
			starting = true
		case s.State.Bad():
			bad = append(bad, s)
		}
		if s.State != platform.StateNotConfigured && (s.Kind == "console" || s.Kind == "argocd" || s.Kind == "kubernetes") {
			listers++
		}
	}
	switch {
	case len(bad) > 0:
		var lines []string
		for _, s := range bad {
			m := cells.Source(e.Glyphs, s.State)
			lines = append(lines, e.Pen(w).Space(5).Put(m.Role, m.Glyph+" "+s.Name).Put(style.Text, "  "+e.Words.State[s.State].Word).Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(s.Since, e.Now()))).Line())
			for _, text := range []struct {
				role style.Role
				text string
			}{{style.Muted, s.Detail}, {style.Text, e.Words.Remedy[s.Remedy]}} {
				if text.text == "" {
					continue
				}
				for _, l := range block.Wrap(text.text, max(min(w-12, 90), 10)) {
					lines = append(lines, e.Pen(w).Space(7).Put(text.role, l).Line())
				}
			}
			lines = append(lines, e.Pen(w).Line())
		}
		head := e.Empty(w, h, e.Glyphs.Bad, style.Bad, e.Words.Fleet.NoSource).Crop(0, min(h, min(h/4, 4)+2))
		return block.Under(head, block.New(w, h-head.H, lines...))
	case starting:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Fleet.Loading)
	case listers == 0:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, e.Words.Fleet.NoSource, e.Words.Remedy[platform.RemedyConfigure])
	default:
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Fleet.NoProject, e.Words.Fleet.NoProjectWhy)
	}
}
