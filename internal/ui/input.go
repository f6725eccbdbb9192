package ui

import (
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// input asks for a line of text in the footer's place. Above it stand what is wrong, under the place that it is about, and what may be
// typed there.
type input struct {
	intent.Input
	field field
	at    int  // candidate under the cursor
	chose bool // the person moved among the candidates: Enter takes one
	quiet bool // candidates were put away with Esc
}

// inputLimit is the longest text that can be typed, in runes: a LogQL of a dashboard is long.
const inputLimit = 4000

// inputRows is how many candidates are shown at once.
const inputRows = 7

func newInput(in intent.Input) *input {
	f := newField("")
	f.in.CharLimit = inputLimit
	f.in.SetValue(in.Text)
	f.in.CursorEnd()
	return &input{Input: in, field: f}
}

func (i *input) candidates() intent.Completion {
	if i.Complete == nil || i.quiet {
		return intent.Completion{}
	}
	return i.Complete(i.field.text(), i.field.in.Position())
}

func (i *input) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	c := i.candidates()
	switch k.String() {
	case "esc":
		if len(c.Items) > 0 && i.chose {
			i.quiet, i.chose = true, false
			return nil, false
		}
		if i.Gone != nil {
			i.Gone()
		}
		return nil, true
	case "up", "ctrl+p":
		if len(c.Items) > 0 {
			i.at, i.chose = (min(i.at, len(c.Items)-1)-1+len(c.Items))%len(c.Items), true
		}
		return nil, false
	case "down", "ctrl+j":
		if n := len(c.Items); n > 0 {
			if i.chose {
				i.at = (i.at + 1) % n
			}
			i.chose = true
		}
		return nil, false
	case "tab":
		return i.take(c), false
	case "enter":
		if i.chose && len(c.Items) > 0 {
			return i.take(c), false
		}
		do, keep := i.Done(i.field.text())
		return do, !keep
	}
	if i.field.key(k) {
		return i.edited(), false
	}
	return nil, false
}

// take puts the candidate under the cursor into the text.
func (i *input) take(c intent.Completion) intent.Intent {
	if len(c.Items) == 0 {
		return nil
	}
	text := []rune(i.field.text())
	from := max(min(c.From, len(text)), 0)
	to := max(min(c.To, len(text)), from)
	word := []rune(c.Items[min(i.at, len(c.Items)-1)])
	out := append(append(append([]rune(nil), text[:from]...), word...), text[to:]...)
	i.field.in.SetValue(string(out))
	i.field.in.SetCursor(from + len(word))
	return i.edited()
}

func (i *input) edited() intent.Intent {
	i.at, i.chose, i.quiet = 0, false, false
	if i.Edit == nil {
		return nil
	}
	return i.Edit(i.field.text())
}

// paste puts text in; the root carries out what follows from the change.
func (i *input) paste(text string) { i.field.paste(text) }

// draw returns the line of the field, the cell of the cursor, and what stands above it.
func (i *input) draw(e *page.Env, w, room int) (line string, cursor int, above block.Block) {
	pen := e.Pen(w).Space(1).Put(style.Key, i.Label).Space(1)
	left := pen.X()
	cursor = i.field.draw(pen, i.Hint)
	line = pen.Line()
	shift := cursor - left - block.Width(string([]rune(i.field.text())[:min(i.field.in.Position(), len([]rune(i.field.text())))])) // < 0 when the text is scrolled
	cell := func(at int) int {
		text := []rune(i.field.text())
		return max(min(left+shift+block.Width(string(text[:max(min(at, len(text)), 0)])), w-2), 1)
	}
	var lines []string
	c := i.candidates()
	if n := len(c.Items); n > 0 || c.Loading {
		at := min(i.at, n-1)
		rows := min(n, inputRows, max(room-4, 1))
		first := max(min(at-rows/2, n-rows), 0)
		width := 12
		for _, it := range c.Items[first : first+rows] {
			width = max(width, block.Width(it)+4)
		}
		x := min(cell(c.From), max(w-width-1, 0))
		width = min(width, w-x)
		for j := first; j < first+rows; j++ {
			ground := style.Dialog
			if j == at && i.chose {
				ground = style.Select
			}
			p := e.Pen(w).To(max(x-1, 0)).Onto(ground).Column(width).Space(1).Put(style.Text, c.Items[j]).EndColumn()
			lines = append(lines, p.Onto(style.Plain).Line())
		}
		switch {
		case c.Loading:
			lines = append(lines, e.Pen(w).To(x).Put(style.Running, e.Glyphs.Running).Space(1).Put(style.Faint, e.Words.List.Legend["loading"]).Line())
		case n > rows:
			lines = append(lines, e.Pen(w).To(x).Put(style.Faint, e.Words.List.Position(first+1, first+rows, n)).Line())
		}
	}
	if i.Trouble != nil {
		if text, at := i.Trouble(i.field.text()); text != "" {
			x := 1
			if at >= 0 {
				x = cell(at)
			}
			p := e.Pen(w)
			if need := block.Width(text) + 3; at >= 0 && x+need <= w {
				p.To(x).Put(style.Bad, e.Glyphs.Drop).Space(1).Put(style.Bad, text)
				lines = append(lines, p.Line())
			} else {
				for n, part := range block.Wrap(text, max(w-4, 10)) {
					p := e.Pen(w).Space(1)
					if n == 0 {
						p.Put(style.Bad, e.Glyphs.Bad)
					}
					lines = append(lines, p.To(3).Put(style.Bad, part).Line())
				}
				if at >= 0 {
					lines = append(lines, e.Pen(w).To(x).Put(style.Bad, e.Glyphs.Drop).Line())
				}
			}
		}
	}
	if i.Advice != nil {
		for _, text := range i.Advice(i.field.text()) {
			for n, part := range block.Wrap(text, max(w-4, 10)) {
				p := e.Pen(w).Space(1)
				if n == 0 {
					p.Put(style.Warn, e.Glyphs.Warn)
				}
				lines = append(lines, p.To(3).Put(style.Warn, part).Line())
			}
		}
	}
	if len(lines) > room {
		lines = lines[len(lines)-max(room, 0):]
	}
	if len(lines) > 0 && len(lines) < room {
		lines = append([]string{e.Sheet.Pen(w, style.Plain).Rule(e.Glyphs.HLine).Line()}, lines...)
	}
	return line, cursor, block.New(w, len(lines), lines...)
}
