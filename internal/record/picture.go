package main

import (
	"fmt"
	"image/color"
	"slices"
	"time"

	"github.com/charmbracelet/x/vt"

	"dsotop/internal/terminal"
)

// frame is a picture that stays for a while.
type frame struct {
	at, length time.Duration
	picture    picture
}

// picture is a screen: its rows of spans of one look.
type picture struct {
	columns int
	rows    [][]span
}

// span is text of one look.
type span struct {
	column, width int
	text          string
	look          look
}

// look is how text is drawn; empty colours are the terminal's own.
type look struct {
	front, back                    string // #rrggbb
	bold, faint, italic, underline bool
}

func (p picture) same(q picture) bool {
	return p.columns == q.columns && slices.EqualFunc(p.rows, q.rows, func(a, b []span) bool { return slices.Equal(a, b) })
}

// The bits of a cell's attributes, as the emulator has them.
const (
	attrBold = 1 << iota
	attrFaint
	attrItalic
	attrBlink
	attrRapidBlink
	attrReverse
)

// shoot reads the screen.
func shoot(x *terminal.Terminal) (p picture) {
	x.Cells(func(screen *vt.Emulator) {
		p.columns = screen.Width()
		for y := range screen.Height() {
			var row []span
			for c := 0; c < p.columns; {
				text, width, l := " ", 1, look{}
				if cell := screen.CellAt(c, y); cell != nil {
					if cell.Content != "" {
						text = cell.Content
					}
					width = max(cell.Width, 1)
					a := cell.Style.Attrs
					l = look{front: hex(cell.Style.Fg), back: hex(cell.Style.Bg), bold: a&attrBold != 0, faint: a&attrFaint != 0, italic: a&attrItalic != 0, underline: cell.Style.Underline != 0}
					if a&attrReverse != 0 {
						l.front, l.back = reversed(l.back, true), reversed(l.front, false)
					}
				}
				if n := len(row); n > 0 && row[n-1].look == l {
					row[n-1].text += text
					row[n-1].width += width
				} else {
					row = append(row, span{column: c, width: width, text: text, look: l})
				}
				c += width
			}
			p.rows = append(p.rows, row)
		}
	})
	return p
}

// reversed is a colour that changes sides; the terminal's own ones have names of their own.
func reversed(c string, back bool) string {
	switch {
	case c != "":
		return c
	case back:
		return "ground"
	}
	return "ink"
}

func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, a := c.RGBA()
	if a == 0 {
		return ""
	}
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
