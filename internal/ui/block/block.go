// Package block composes exact rectangles of styled text: every line of a block has exactly the block's width in cells, so
// that putting blocks beside and under each other is concatenation and never measuring.
//
// Text enters a block through [Fit] or [Plain] (or through style.Pen, which uses them); from there on its width is known.
// Both ways of counting cells that terminals use (per rune, per grapheme) must agree on it: what they disagree on is
// replaced, so that a hostile or exotic text cannot shift the rest of the line.
package block

import "strings"

// Block is a rectangle of W×H cells. Lines carry ANSI styling; len(Lines) == H, and each is exactly W cells wide.
type Block struct {
	W, H  int
	Lines []string
}

// New makes a block of w×h from lines that are already exactly w wide: surplus lines are dropped, missing ones are blank.
// Lines of another width break the invariant; make them with [Fit] or a pen.
func New(w, h int, lines ...string) Block {
	w, h = max(w, 0), max(h, 0)
	out := make([]string, h)
	n := copy(out, lines)
	if n < h {
		blank := Spaces(w)
		for i := n; i < h; i++ {
			out[i] = blank
		}
	}
	return Block{W: w, H: h, Lines: out}
}

// Under stacks blocks. All must have the same width; the result has it too.
func Under(blocks ...Block) Block {
	var out Block
	for _, b := range blocks {
		if b.H <= 0 {
			continue
		}
		out.W = b.W
		out.H += b.H
	}
	out.Lines = make([]string, 0, out.H)
	for _, b := range blocks {
		out.Lines = append(out.Lines, b.Lines...)
	}
	return out
}

// Beside puts blocks next to each other. The height is that of the tallest; shorter ones are filled with blanks.
func Beside(blocks ...Block) Block {
	var out Block
	for _, b := range blocks {
		out.W += b.W
		out.H = max(out.H, b.H)
	}
	out.Lines = make([]string, out.H)
	var sb strings.Builder
	for y := range out.Lines {
		sb.Reset()
		n := 0
		for _, b := range blocks {
			if y < b.H {
				n += len(b.Lines[y])
			} else {
				n += b.W
			}
		}
		sb.Grow(n)
		for _, b := range blocks {
			if y < b.H {
				sb.WriteString(b.Lines[y])
			} else {
				sb.WriteString(Spaces(b.W))
			}
		}
		out.Lines[y] = sb.String()
	}
	return out
}

// Over draws top on base with its upper left corner at (x, y). What does not fit is cut; base is not changed.
func Over(base, top Block, x, y int) Block {
	lines := append([]string(nil), base.Lines...)
	for i, line := range top.Lines {
		row := y + i
		if row < 0 || row >= base.H || x >= base.W || x+top.W <= 0 {
			continue
		}
		w, at := top.W, x
		if at < 0 {
			line, w, at = cut(line, -at, w), w+at, 0
		}
		if at+w > base.W {
			line, w = cut(line, 0, base.W-at), base.W-at
		}
		lines[row] = cut(base.Lines[row], 0, at) + reset + line + reset + cut(base.Lines[row], at+w, base.W)
	}
	return Block{W: base.W, H: base.H, Lines: lines}
}

// Centre draws top in the middle of base.
func Centre(base, top Block) Block {
	return Over(base, top, max((base.W-top.W)/2, 0), max((base.H-top.H)/2, 0))
}

// Crop returns the h lines from line y on, blank where there are none.
func (b Block) Crop(y, h int) Block {
	y = min(max(y, 0), b.H)
	return New(b.W, h, b.Lines[y:min(y+max(h, 0), b.H)]...)
}

// String joins the lines with newlines, without one at the end.
func (b Block) String() string { return strings.Join(b.Lines, "\n") }
