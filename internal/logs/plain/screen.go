package plain

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// screen is one line of a terminal on which a raw line was written: what overwrites is laid over what was there. A line of a log is
// never wrapped here, whatever its length.
type screen struct {
	cells []cell
	col   int
	gen   int // of cells that count: erasing the line makes the older ones blank, without touching them
}

// cell holds one character, with the marks that combine with it. The second cell of a wide one has text "" and wide set.
type cell struct {
	text string
	pen  Style
	gen  int
	wide bool
}

// maxMarks is how many bytes one character and its marks take at most where a line was overwritten.
const maxMarks = 64

// overwritten writes a raw line on a screen. Its cost is linear in the line's length, eight cells a tab at most.
func overwritten(raw string) *screen {
	sc := &screen{gen: 1, cells: make([]cell, 0, min(len(raw), 256))}
	var pen Style
	for s := (scanner{raw: raw}); ; {
		switch t := s.next(); t.kind {
		case end:
			return sc
		case text:
			for i := 0; i < len(t.text); {
				_, size := utf8.DecodeRuneInString(t.text[i:])
				sc.put(t.text[i:i+size], pen)
				i += size
			}
		case bad:
			sc.put("\ufffd", pen)
		case tab:
			sc.col += tabStop - sc.col%tabStop // moves only: what is there stays
		case home:
			sc.col = 0
		case back:
			sc.col = max(0, sc.col-1)
		case erase:
			if t.arg == 2 {
				sc.gen++
			} else if sc.col < len(sc.cells) {
				sc.cells = sc.cells[:sc.col]
			}
		case style:
			pen = pen.apply(t.text)
		}
	}
}

func (sc *screen) put(ch string, pen Style) {
	w := 1
	if len(ch) > 1 {
		w = ansi.StringWidthWc(ch)
	}
	if w == 0 { // a mark: it goes with the character before
		if i := sc.col - 1; i >= 0 && i < len(sc.cells) && sc.cells[i].gen == sc.gen {
			if sc.cells[i].wide && sc.cells[i].text == "" && i > 0 {
				i--
			}
			if len(sc.cells[i].text) < maxMarks { // a tower of marks would make this quadratic
				sc.cells[i].text += ch
			}
		}
		return
	}
	for len(sc.cells) < sc.col+w {
		sc.cells = append(sc.cells, cell{})
	}
	sc.split(sc.col)
	sc.split(sc.col + w)
	sc.cells[sc.col] = cell{text: ch, pen: pen, gen: sc.gen, wide: w > 1}
	for i := 1; i < w; i++ {
		sc.cells[sc.col+i] = cell{pen: pen, gen: sc.gen, wide: true}
	}
	sc.col += w
}

// split blanks both halves of a wide character that would be cut before column i.
func (sc *screen) split(i int) {
	if i > 0 && i < len(sc.cells) && sc.cells[i].wide && sc.cells[i].text == "" {
		sc.cells[i-1], sc.cells[i] = cell{}, cell{}
	}
}

// each yields the characters left, blanks for cells never written, without the blanks after the last one.
func (sc *screen) each(yield func(text string, pen Style)) {
	last := len(sc.cells)
	for last > 0 && sc.cells[last-1].gen != sc.gen {
		last--
	}
	for _, c := range sc.cells[:last] {
		switch {
		case c.gen != sc.gen:
			yield(" ", Style{})
		case c.text != "":
			yield(c.text, c.pen)
		}
	}
}

func (sc *screen) line() string {
	var b strings.Builder
	sc.each(func(text string, _ Style) { b.WriteString(text) })
	return b.String()
}
