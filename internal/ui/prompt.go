package ui

import (
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// prompt edits the filter of a page, in the footer's place. The list follows every letter; Enter keeps the filter, Esc
// gives back what it was before.
type prompt struct {
	field  field
	target page.Filterable
	before string
}

func newPrompt(target page.Filterable) *prompt {
	return &prompt{field: newField(target.Filter()), target: target, before: target.Filter()}
}

func (p *prompt) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	switch k.String() {
	case "enter":
		return nil, true
	case "esc":
		p.target.SetFilter(p.before)
		return nil, true
	case "up", "down", "pgup", "pgdown": // move in the list while typing
		if pg, ok := p.target.(page.Page); ok {
			for _, layer := range pg.Layers() {
				for _, c := range layer.Commands {
					if c.ID == "list."+map[string]string{"up": "up", "down": "down", "pgup": "page_up", "pgdown": "page_down"}[k.String()] {
						return c.Do(), false
					}
				}
			}
		}
		return nil, false
	}
	if p.field.key(k) {
		p.target.SetFilter(p.field.text())
	}
	return nil, false
}

func (p *prompt) paste(text string) {
	p.field.paste(text)
	p.target.SetFilter(p.field.text())
}

func (p *prompt) draw(e *page.Env, w int) (line string, cursor int) {
	pen := e.Pen(w).Space(1).Put(style.Key, "/").Space(1)
	hint := e.Words.List.FilterHint
	if h, ok := p.target.(page.Hinter); ok {
		hint = h.FilterHint()
	}
	cursor = p.field.draw(pen, hint)
	return pen.Line(), cursor
}
