package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// field is a line of text being typed. The editing is that of bubbles' textinput; the drawing is ours, with the terminal's
// own cursor, so that nothing blinks by messages.
type field struct{ in textinput.Model }

func newField(text string) field {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = 300
	in.SetVirtualCursor(false)
	in.Focus()
	in.SetValue(text)
	in.CursorEnd()
	return field{in: in}
}

// key edits, and reports whether the text changed.
func (f *field) key(k tea.KeyPressMsg) bool {
	before := f.in.Value()
	f.in, _ = f.in.Update(k)
	return f.in.Value() != before
}

func (f *field) paste(text string) {
	f.in, _ = f.in.Update(tea.PasteMsg{Content: platform.CleanLine(text)})
}

func (f *field) text() string { return f.in.Value() }

// draw writes the text in the pen's column and returns the cell of the cursor.
func (f *field) draw(p *style.Pen, hint string) (cursor int) {
	value := []rune(f.in.Value())
	at := min(f.in.Position(), len(value))
	if len(value) == 0 {
		x := p.X()
		p.Put(style.Faint, hint)
		return x
	}
	room := p.Left() - 1
	from := 0
	for block.Width(string(value[from:at])) > room {
		from++
	}
	x := p.X() + block.Width(string(value[from:at]))
	p.Put(style.Strong, string(value[from:]))
	return x
}
