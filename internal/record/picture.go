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
				one := span{column: c, width: 1, text: " "}
				if cell := screen.CellAt(c, y); cell != nil {
					if cell.Content != "" {
						one.text = cell.Content
					}
					one.width = max(cell.Width, 1)
					a := cell.Style.Attrs
					one.look = look{front: hex(cell.Style.Fg), back: hex(cell.Style.Bg), bold: a&attrBold != 0, faint: a&attrFaint != 0, italic: a&attrItalic != 0, underline: cell.Style.Underline != 0}
					if a&attrReverse != 0 {
						one.look.front, one.look.back = reversed(one.look.back, true), reversed(one.look.front, false)
					}
				}
				row = append(row, one)
				c += one.width
			}
			row = joined(blanked(row))
			p.rows = append(p.rows, row)
		}
	})
	return p
}

// blanked gives blanks the look of what they stand in, or none but their ground: whether one is bold depends on what was drawn there before, and
// nobody sees it. row has a cell a span.
func blanked(row []span) []span {
	blank := func(x span) bool { return x.text == " " && !x.look.underline }
	for i := 0; i < len(row); {
		if !blank(row[i]) {
			i++
			continue
		}
		end := i
		for end < len(row) && blank(row[end]) {
			end++
		}
		in := i > 0 && end < len(row) && row[i-1].look == row[end].look
		for ; i < end; i++ {
			if in && row[i].look.back == row[end].look.back {
				row[i].look = row[end].look
			} else {
				row[i].look = look{back: row[i].look.back}
			}
		}
	}
	return row
}

// joined puts neighbours of one look together.
func joined(row []span) []span {
	var out []span
	for _, x := range row {
		if n := len(out); n > 0 && out[n-1].look == x.look {
			out[n-1].text += x.text
			out[n-1].width += x.width
			continue
		}
		out = append(out, x)
	}
	return out
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
