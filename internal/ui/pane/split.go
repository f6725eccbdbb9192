// Package pane holds the parts that the pages of one subject share: a list with what it says of its current line beside or
// beneath it, findings with their proof, and why a value is not there.
package pane

import (
	"slices"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Split is a list and the details of its current line.
type Split struct {
	// Want is the width beyond which the list has no use for room; Lines how many lines the list has.
	Want, Lines int
	List        func(w, h int) block.Block
	// Title heads the details; Details are its lines, of exactly w cells.
	Title, Right string
	Details      func(w int) []string
	// Hidden leaves the details away.
	Hidden bool
}

// SideWidth is the least width in which sentences read well beside a list.
const SideWidth = 46

// Draw puts the details beside the list when the list has all the room it can use, beneath it otherwise, nowhere when
// there is no room.
func (s Split) Draw(e *page.Env, w, h int) block.Block {
	if s.Hidden || h < 8 || s.Details == nil {
		return s.List(w, h)
	}
	if w-s.Want >= SideWidth+3 {
		left := min(max(s.Want, w*11/20), w-SideWidth-3)
		side := w - left - 3
		rules := slices.Repeat([]string{e.Pen(3).Space(1).Put(style.Border, e.Glyphs.VLine).Line()}, h)
		lines := []string{e.Pen(side).Space(1).Put(style.Strong, s.Title).Line()}
		if s.Right != "" {
			for _, l := range block.Wrap(s.Right, side-1) {
				lines = append(lines, e.Pen(side).Space(1).Put(style.Faint, l).Line())
			}
		}
		lines = append(append(lines, e.Pen(side).Line()), s.Details(side)...)
		return block.Beside(s.List(left, h), block.New(3, h, rules...), block.New(side, h, Fit(e, lines, h, side)...))
	}
	lines := s.Details(w)
	list := s.Lines + 2
	under := h - list
	if list+len(lines)+1 > h {
		under = min(len(lines)+1, max(h*2/5, h-list))
		under = max(under, min(6, h/3))
		list = h - under
	}
	body := append([]string{e.Section(w, s.Title, s.Right)}, Fit(e, lines, under-1, w)...)
	return block.Under(s.List(w, list), block.New(w, under, body...))
}

// Fit cuts lines to what there is room for and says how many are missing: nothing is left out in silence.
func Fit(e *page.Env, lines []string, room, w int) []string {
	if len(lines) <= room || room < 1 {
		return lines
	}
	cut := slices.Clone(lines[:room-1])
	return append(cut, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.Ellipsis+" +"+e.Words.Int(len(lines)-room+1)).Line())
}

// Scroll draws an outline; when it is longer than the room, its last line says how much follows.
func Scroll(e *page.Env, o *outline.Outline, w, h int, blur bool) block.Block {
	if h < 6 || o.Height(w) <= h {
		return o.Draw(w, h, blur)
	}
	body := o.Draw(w, h-1, blur)
	pen := e.Pen(w)
	if _, below := o.More(); below > 0 {
		pen.Space(1).Put(style.Faint, e.Glyphs.Ellipsis+" +"+e.Words.Int(below))
	}
	return block.Under(body, block.New(w, 1, pen.Line()))
}

// Fact writes "name  value", the name in a column of its own, the value wrapped.
func Fact(e *page.Env, w, column int, name string, value ...style.Span) []string {
	pen := e.Pen(w).Space(1).Column(column).Put(style.Faint, name).EndColumn().Space(1)
	room := pen.Left() - 1
	if style.WidthOf(value...) <= room || len(value) == 0 {
		return []string{pen.Spans(value...).Line()}
	}
	var out []string
	if len(value) > 1 && style.WidthOf(value[:len(value)-1]...) < room/2 { // a sign before a long text
		lead := value[:len(value)-1]
		indent := style.WidthOf(lead...)
		last := value[len(value)-1]
		for i, l := range block.Wrap(last.Text, max(room-indent, 8)) {
			if i == 0 {
				out = append(out, pen.Spans(lead...).Put(last.Role, l).Line())
				continue
			}
			out = append(out, e.Pen(w).Space(column+2+indent).Put(last.Role, l).Line())
		}
		return out
	}
	text := ""
	for _, s := range value {
		text += s.Text
	}
	for i, l := range block.Wrap(text, max(room, 8)) {
		if i == 0 {
			out = append(out, pen.Put(value[0].Role, l).Line())
			continue
		}
		out = append(out, e.Pen(w).Space(column+2).Put(value[0].Role, l).Line())
	}
	return out
}

// Head writes the title of a part of the details.
func Head(e *page.Env, w int, title string) string {
	return e.Pen(w).Space(1).Put(style.Title, title).Line()
}

// Text wraps a sentence.
func Text(e *page.Env, w, indent int, role style.Role, text string) []string {
	if text == "" {
		return nil
	}
	var out []string
	for _, l := range block.Wrap(text, max(w-indent-1, 12)) {
		out = append(out, e.Pen(w).Space(indent).Put(role, l).Line())
	}
	return out
}
