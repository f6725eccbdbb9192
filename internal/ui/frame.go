package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/style"
)

// The least window that can be worked in.
const (
	MinWidth  = 60
	MinHeight = 15
)

// boxes are the heights of the frame's parts: a pure function of the size.
type boxes struct {
	w, h int
	body int
	ok   bool
}

func layout(w, h int) boxes {
	return boxes{w: w, h: h, body: max(h-2, 0), ok: w >= MinWidth && h >= MinHeight}
}

// View returns the frame, drawn again only when something it shows moved.
func (r *Root) View() tea.View {
	begun := time.Now()
	if ok, _ := r.due(begun); ok && r.dirty && r.width > 0 && r.height > 0 {
		r.frame = r.draw().String()
		r.dirty = false
		r.minute = r.env.Epoch()
		r.frames++
		r.framed(begun)
	}
	v := tea.NewView(r.frame)
	v.AltScreen = true
	v.WindowTitle = r.title()
	v.Cursor = r.caret
	v.BackgroundColor = r.backdrop
	return v
}

func (r *Root) title() string {
	parts := []string{"dsotop"}
	if p := r.history.page(); p != nil {
		parts = append(parts, p.Crumbs()...)
	}
	title, _ := block.Plain(strings.Join(parts, " · ")) // names come from outside, and the title goes out as a sequence
	if r.opts.Show.Stepped() && r.reading() {
		title += show.Reading
	}
	return title
}

// Screen returns the present frame as lines, styled; for tests.
func (r *Root) Screen() []string { return strings.Split(r.View().Content, "\n") }

// Frames returns how many frames were drawn since the start.
func (r *Root) Frames() int { return r.frames }

func (r *Root) draw() block.Block {
	b := layout(r.stage())
	r.caret = nil
	if !b.ok {
		return r.tooSmall(b)
	}
	body := r.body(b)
	foot := r.footer(b.w)
	switch o := r.over.(type) {
	case *prompt:
		line, x := o.draw(r.env, b.w)
		foot = line
		r.caret = tea.NewCursor(x, b.h-1)
	case *input:
		line, x, above := o.draw(r.env, b.w, b.body)
		foot, body = line, block.Over(body, above, 0, b.body-above.H)
		r.caret = tea.NewCursor(x, b.h-1)
	case *deedMenu:
		body = block.Centre(body, o.draw(r.env, b.w, b.body))
	case *deedForm:
		box, x, y := o.draw(r.env, b.w, b.body)
		body = r.centred(body, box, x, y)
	case *deedPlan:
		box, x, y := o.draw(r.env, b.w, b.body)
		body = r.centred(body, box, x, y)
	case *webBox:
		body = block.Centre(body, o.draw(r.env, b.w, b.body))
	case *menu:
		body = block.Centre(body, o.draw(r.env, b.w, b.body))
	case *palette:
		box, x, y := o.draw(r.env, b.w, b.body)
		left, top := max((b.w-box.W)/2, 0), min(max((b.body-box.H)/5, 0), 4)
		body = block.Over(body, box, left, top)
		r.caret = tea.NewCursor(left+x, 1+top+y)
	}
	return r.withPanel(block.Under(block.New(b.w, 1, r.header(b.w)), body, block.New(b.w, 1, foot)))
}

// centred puts a box in the middle, and the terminal's cursor at a cell of it; x < 0 shows none.
func (r *Root) centred(body, box block.Block, x, y int) block.Block {
	left, top := max((body.W-box.W)/2, 0), max((body.H-box.H)/2, 0)
	if x >= 0 {
		r.caret = tea.NewCursor(left+x, 1+top+y)
	}
	return block.Over(body, box, left, top)
}

func (r *Root) body(b boxes) (out block.Block) {
	p := r.history.page()
	if p == nil {
		return block.New(b.w, b.body)
	}
	r.guard(func() bool { out = p.Draw(b.w, b.body); return true })
	if out.W != b.w || out.H != b.body || len(out.Lines) != b.body {
		return r.env.Empty(b.w, b.body, r.env.Glyphs.Bad, style.Bad, r.env.Words.Frame.Broken)
	}
	return out
}

// tooSmall is one polite sentence.
func (r *Root) tooSmall(b boxes) block.Block {
	text := fmt.Sprintf(r.env.Words.Frame.TooSmall, MinWidth, MinHeight)
	var lines []string
	for _, l := range block.Wrap(text, max(b.w-2, 1)) {
		lines = append(lines, r.env.Pen(b.w).Space(1).Put(style.Text, l).Line())
	}
	return block.New(b.w, b.h, lines...)
}

// footer shows the keys that work here and now, or what just happened.
func (r *Root) footer(w int) string {
	p := r.env.Pen(w)
	if r.toast != nil {
		role, glyph := style.Info, r.env.Glyphs.Info
		if r.toast.Bad {
			role, glyph = style.Warn, r.env.Glyphs.Warn
		}
		return p.Space(1).Put(role, glyph).Space(1).Put(style.Text, r.toast.Text).Line()
	}
	entries := r.keys.Footer(r.chain(), r.env.Words)
	name := func(e keys.Entry) string { return keys.Show(e.Decl.Keys[0], r.env.Glyphs.Spelled, r.env.Words) }
	width := func(e keys.Entry) int {
		return block.Width(name(e)) + 1 + block.Width(e.Label.Short)
	}
	// Help always has its place at the end; the rest comes in order of importance as far as it fits.
	var help *keys.Entry
	running := r.progress(w / 2)
	room := w - 2 - style.WidthOf(running...)
	for i := range entries {
		if entries[i].ID == keys.Help {
			help = &entries[i]
			room -= width(entries[i]) + 3
		}
	}
	p.Space(1)
	first := true
	put := func(e keys.Entry) {
		if !first {
			p.Space(3)
		}
		first = false
		p.Put(style.Key, name(e)).Space(1).Put(style.Muted, e.Label.Short)
	}
	for _, e := range entries {
		if e.ID == keys.Help {
			continue
		}
		if need := width(e) + 3; need <= room {
			put(e)
			room -= need
		}
	}
	if help != nil {
		put(*help)
	}
	return p.RightSpans(running...).Line()
}

// crumbs are the names of the header: profile, then the page's own.
func (r *Root) crumbs() []string {
	out := []string{}
	if name := r.env.Backend.Profile(); name != "" {
		out = append(out, name)
	}
	if p := r.history.page(); p != nil {
		out = append(out, p.Crumbs()...)
	}
	return out
}
