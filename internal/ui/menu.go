package ui

import (
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// menu asks to choose one of a few things: an order, what to copy, a theme.
type menu struct {
	intent.Menu
}

func newMenu(m intent.Menu) *menu {
	m.At = max(min(m.At, len(m.Items)-1), 0)
	return &menu{m}
}

func (m *menu) paste(string) {}

func (m *menu) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	switch k.String() {
	case "esc", "q":
		return nil, true
	case "up", "k", "shift+tab":
		m.At = max(m.At-1, 0)
	case "down", "j", "tab":
		m.At = min(m.At+1, len(m.Items)-1)
	case "home", "g":
		m.At = 0
	case "end", "G":
		m.At = len(m.Items) - 1
	case "enter":
		if m.At >= 0 && m.At < len(m.Items) && m.Items[m.At].Do != nil {
			return m.Items[m.At].Do(), true
		}
		return nil, true
	}
	return nil, false
}

func (m *menu) draw(e *page.Env, w, h int) block.Block {
	inner := block.Width(m.Title) + 4
	for _, it := range m.Items {
		inner = max(inner, block.Width(it.Label)+block.Width(it.Hint)+6)
	}
	inner = max(min(inner, w-6), 10)
	rows := max(min(len(m.Items), h-4), 1)
	first := max(min(m.At-rows/2, len(m.Items)-rows), 0)
	var lines []string
	for i := first; i < min(first+rows, len(m.Items)); i++ {
		ground := style.Dialog
		if i == m.At {
			ground = style.Select
		}
		p := e.Sheet.Pen(inner, ground)
		if i == m.At {
			p.Cursor(e.Glyphs.Cursor)
		} else {
			p.Space(1)
		}
		hint := m.Items[i].Hint
		p.Space(1).Column(inner-4-block.Width(hint)).Put(style.Text, m.Items[i].Label).EndColumn()
		lines = append(lines, p.Right(style.Faint, hint+" ").Line())
	}
	return frameBox(e, m.Title, inner, lines)
}
