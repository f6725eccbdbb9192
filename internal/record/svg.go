package main

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"time"
)

// A cell in points, and the margins of a picture.
const (
	cellW   = 8.4
	cellH   = 18.0
	base    = 13.5 // of the text in its cell
	margin  = 12.0
	fontPts = 14
)

// paper is the terminal's own colours.
type paper struct{ ink, ground, edge string }

func paperOf(light bool) paper {
	if light {
		return paper{ink: "#202020", ground: "#ffffff", edge: "#d0d0d0"}
	}
	return paper{ink: "#d0d0d0", ground: "#1e1e1e", edge: "#3a3a3a"}
}

func (p paper) colour(c string) string {
	switch c {
	case "ink":
		return p.ink
	case "ground":
		return p.ground
	}
	return c
}

// still is one picture.
func still(p picture, title string, light bool) []byte {
	var b bytes.Buffer
	ink := paperOf(light)
	head(&b, p, title, ink, "")
	for y, row := range p.rows {
		fmt.Fprintf(&b, `<g transform="translate(0 %s)">%s</g>`+"\n", num(float64(y)*cellH), drawRow(row, ink))
	}
	b.WriteString("</svg></svg>\n")
	return b.Bytes()
}

// film is an animation: the frames stand side by side and pass by in steps. A row that several frames share is written once.
func film(frames []frame, title string, light bool) []byte {
	var b bytes.Buffer
	ink := paperOf(light)
	first := frames[0].picture
	width := float64(first.columns) * cellW
	last := frames[len(frames)-1]
	total := last.at + last.length
	var style strings.Builder
	fmt.Fprintf(&style, "@keyframes film{")
	for i, f := range frames {
		fmt.Fprintf(&style, "%s%%{transform:translateX(%spx)}", num(100*float64(f.at)/float64(total)), num(-float64(i)*width))
	}
	fmt.Fprintf(&style, "}.film{animation:film %ss steps(1,end) infinite}", num(float64(total)/float64(time.Second)))
	head(&b, first, title, ink, style.String())
	ids := map[string]int{}
	var defs strings.Builder
	var body strings.Builder
	for i, f := range frames {
		fmt.Fprintf(&body, `<g transform="translate(%s 0)">`, num(float64(i)*width))
		for y, row := range f.picture.rows {
			drawn := drawRow(row, ink)
			if drawn == "" {
				continue
			}
			id, known := ids[drawn]
			if !known {
				id = len(ids)
				ids[drawn] = id
				fmt.Fprintf(&defs, `<g id="r%d">%s</g>`+"\n", id, drawn)
			}
			fmt.Fprintf(&body, `<use href="#r%d" y="%s"/>`, id, num(float64(y)*cellH))
		}
		body.WriteString("</g>\n")
	}
	fmt.Fprintf(&b, "<defs>\n%s</defs>\n<g class=\"film\">\n%s</g>\n</svg></svg>\n", defs.String(), body.String())
	return b.Bytes()
}

// head opens a picture: its frame, and an inner one that cuts what stands outside.
func head(b *bytes.Buffer, p picture, title string, ink paper, style string) {
	w, h := float64(p.columns)*cellW, float64(len(p.rows))*cellH
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img"><title>%s</title>`+"\n", num(w+2*margin), num(h+2*margin), num(w+2*margin), num(h+2*margin), html.EscapeString(title))
	fmt.Fprintf(b, `<style>text{font:%dpx ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre}.b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}.f{opacity:.6}%s</style>`+"\n", fontPts, style)
	fmt.Fprintf(b, `<rect x=".5" y=".5" width="%s" height="%s" rx="6" fill="%s" stroke="%s"/>`+"\n", num(w+2*margin-1), num(h+2*margin-1), ink.ground, ink.edge)
	fmt.Fprintf(b, `<svg x="%s" y="%s" width="%s" height="%s" overflow="hidden">`+"\n", num(margin), num(margin), num(w), num(h))
}

// drawRow draws the spans of a row at its origin; blanks without a background are nothing.
func drawRow(row []span, ink paper) string {
	var b strings.Builder
	for _, r := range row {
		if back := ink.colour(r.look.back); back != "" && back != ink.ground {
			fmt.Fprintf(&b, `<rect x="%s" width="%s" height="%s" fill="%s"/>`, num(float64(r.column)*cellW), num(float64(r.width)*cellW), num(cellH), back)
		}
		front := ink.colour(r.look.front)
		if front == "" {
			front = ink.ink
		}
		drawRun(&b, r, front)
	}
	return b.String()
}

// drawRun writes words as texts of a fixed length, so that they keep to the grid whatever the font, and draws lines and bars itself, so
// that they join.
func drawRun(b *strings.Builder, r span, colour string) {
	class := ""
	for _, c := range []struct {
		on   bool
		name string
	}{{r.look.bold, "b"}, {r.look.italic, "i"}, {r.look.underline, "u"}, {r.look.faint, "f"}} {
		if c.on {
			class += " " + c.name
		}
	}
	if class != "" {
		class = ` class="` + class[1:] + `"`
	}
	column, start := r.column, -1
	var word []rune
	flush := func() {
		if start >= 0 {
			fmt.Fprintf(b, `<text x="%s" y="%s" fill="%s" textLength="%s"%s>%s</text>`, num(float64(start)*cellW), num(base), colour, num(float64(column-start)*cellW), class, html.EscapeString(string(word)))
		}
		start, word = -1, nil
	}
	wide := r.width > len([]rune(r.text))
	for _, c := range r.text {
		if x, y, w, h, ok := bar(c); ok && !wide {
			flush()
			fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, num((float64(column)+x)*cellW), num(y*cellH), num(w*cellW+.1), num(h*cellH), colour)
			column++
			continue
		}
		if c == ' ' && !wide && (len(word) == 0 || !r.look.underline) {
			flush()
			column++
			continue
		}
		if start < 0 {
			start = column
		}
		word = append(word, c)
		column++
	}
	if wide {
		column = r.column + r.width
	}
	flush()
}

// bar is the place of a line or a block in its cell, in shares of it.
func bar(c rune) (x, y, w, h float64, ok bool) {
	const thin = 0.07
	switch {
	case c >= '▁' && c <= '█':
		part := float64(c-'▁'+1) / 8
		return 0, 1 - part, 1, part, true
	case c == '▌':
		return 0, 0, .5, 1, true
	case c == '▐':
		return .5, 0, .5, 1, true
	case c == '▀':
		return 0, 0, 1, .5, true
	case c == '─':
		return 0, .5 - thin/2, 1, thin, true
	case c == '━':
		return 0, .5 - thin, 1, 2 * thin, true
	case c == '│':
		return .5 - thin, 0, 2 * thin, 1, true
	}
	return 0, 0, 0, 0, false
}

// num writes a number shortly.
func num(v float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	if s == "" || s == "-0" {
		return "0"
	}
	return s
}
