package show

import (
	"fmt"
	"time"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// The panel stands at the right of wide windows and below the page in others; the page keeps at least what it can be worked in.
const (
	sideFrom  = 150 // columns from which it stands at the right
	sideShare = 3   // of the width: one in so many
	sideMost  = 56
	pageWidth = 60
	pageLines = 15
	noteLines = 20 // of a page that notes may stand below: in smaller windows they give way to it
	least     = 4  // lines of a panel below
	labels    = 10
)

// Place is where the panel goes in a window of w×h cells: side tells whether at the right, of size columns, else below, of size lines. 0 is no panel.
func (s *Show) Place(e *page.Env, w, h int) (side bool, size int) {
	if !s.Panel() || w < pageWidth {
		return false, 0
	}
	if w >= sideFrom {
		return true, min(w/sideShare, sideMost, w-pageWidth)
	}
	room := h - pageLines
	if room < least {
		return false, 0
	}
	if whole := s.need(e, w, true); h-whole >= noteLines {
		return false, whole
	}
	return false, min(s.need(e, w, false), room)
}

// need is how many lines the longest step takes: a panel that keeps its height does not make the page jump.
func (s *Show) need(e *page.Env, w int, notes bool) int {
	most := 0
	for i := range s.o.Script.Steps {
		most = max(most, len(s.fields(e, i, w-labels-2, notes)))
	}
	return most + 2
}

// field is one line of a panel's text.
type field struct {
	label string
	role  style.Role
	text  string
}

// fields are the texts of a step in lines of w cells, with the presenter's own notes or without.
func (s *Show) fields(e *page.Env, step, w int, notes bool) (out []field) {
	st, lang, words := s.o.Script.Steps[step], e.Words.Tag, e.Words.Show
	put := func(label string, role style.Role, text string) {
		for i, l := range block.Wrap(text, max(w, 10)) {
			if i > 0 {
				label = ""
			}
			out = append(out, field{label, role, l})
		}
	}
	put(words.Look, style.Text, st.Show.In(lang))
	hand := Hand(st, lang, func(k string) string { return keys.Show(k, e.Glyphs.Spelled, e.Words) })
	if hand == "" {
		put(words.Press, style.Faint, words.NoPress)
	} else {
		put(words.Press, style.Key, hand)
	}
	if note := st.Note.In(lang); note != "" && notes {
		put(words.Note, style.Muted, note)
	}
	return out
}

// Draw draws the panel of exactly w×h cells. key tells how a command is reached; "" for one without a key.
func (s *Show) Draw(e *page.Env, key func(id string) string, side bool, w, h int) block.Block {
	if side {
		line := e.Sheet.Pen(1, style.Plain).Put(style.Border, e.Glyphs.VLine).Line()
		rule := make([]string, h)
		for i := range rule {
			rule[i] = line
		}
		return block.Beside(block.New(1, h, rule...), block.New(w-1, h, s.column(e, key, w-1, h)...))
	}
	return block.New(w, h, s.band(e, key, w, h)...)
}

// head is the first line: which step of how many, its title, the time taken and planned.
func (s *Show) head(e *page.Env, w int, rule bool) string {
	st := s.o.Script.Steps[s.at]
	p := e.Pen(w)
	times := clock(s.elapsed()) + " / " + clock(s.o.Script.Planned())
	role := style.Muted
	if over := s.elapsed() - s.o.Script.before(s.at+1); over > 30*time.Second && !s.o.Stepped {
		role = style.Warn
	}
	lead, tail := " ", " "
	if rule {
		lead, tail = e.Glyphs.HLine+" ", " "+e.Glyphs.HLine
	}
	p.Put(style.Border, lead).Put(style.Accent, fmt.Sprintf("%d/%d", s.at+1, len(s.o.Script.Steps))).Space(2)
	p.Column(w - p.X() - block.Width(times) - block.Width(tail) - 2)
	if rule {
		p.Put(style.Strong, st.Title.In(e.Words.Tag)).Space(1)
		for p.Left() > 0 {
			p.Put(style.Border, e.Glyphs.HLine)
		}
	}
	return p.EndColumn().RightSpans(style.Span{Role: role, Text: " " + times}, style.Span{Role: style.Border, Text: tail}).Line()
}

// foot is the last line: the presenter's keys, and the platform's time.
func (s *Show) foot(e *page.Env, key func(string) string, w int) string {
	world := s.world(e)
	p := e.Pen(w).Space(1)
	room := w - style.WidthOf(world...) - 3
	for _, id := range []string{keys.ShowNext, keys.ShowPrevious, keys.ShowPanel, keys.ShowPass} {
		k, label := key(id), e.Words.Command[id].Short
		if k == "" || p.X()+block.Width(k)+block.Width(label)+4 > room {
			continue
		}
		p.Put(style.Key, k).Space(1).Put(style.Muted, label).Space(3)
	}
	return p.RightSpans(append(world, style.Span{Text: " "})...).Line()
}

// world tells the platform's time and how it goes.
func (s *Show) world(e *page.Env) []style.Span {
	c, w := s.o.Control, e.Words.Show
	out := []style.Span{{Role: style.Faint, Text: w.World + " "}, {Role: style.Muted, Text: c.Now().In(e.Now().Location()).Format("15:04:05")}}
	how, role := "", style.Muted
	switch {
	case c.Paused():
		how, role = w.Paused, style.Warn
	case c.Waits():
		how, role = w.Held, style.Faint
	case c.Speed() != 1:
		how = fmt.Sprintf("×%g", c.Speed())
	}
	if s.Looping() && s.touched.IsZero() {
		how, role = w.Playing, style.Running
	}
	if how != "" {
		out = append(out, style.Span{Text: " "}, style.Span{Role: role, Text: how})
	}
	return out
}

// band is a panel below the page.
func (s *Show) band(e *page.Env, key func(string) string, w, h int) []string {
	lines := []string{s.head(e, w, true)}
	all := s.fields(e, s.at, w-labels-2, h >= s.need(e, w, true))
	if room := max(h-2, 0); len(all) > room {
		all = all[:room]
		if room > 0 {
			all[room-1].text += " " + e.Glyphs.Ellipsis
		}
	}
	for _, f := range all {
		lines = append(lines, e.Pen(w).Space(1).Column(labels).Put(style.Title, f.label).EndColumn().Put(f.role, f.text).Line())
	}
	for len(lines) < h-1 {
		lines = append(lines, e.Pen(w).Line())
	}
	return append(lines, s.foot(e, key, w))
}

// column is a panel at the right of the page.
func (s *Show) column(e *page.Env, key func(string) string, w, h int) []string {
	lines := []string{s.head(e, w, false), e.Pen(w).Line()}
	for _, l := range block.Wrap(s.o.Script.Steps[s.at].Title.In(e.Words.Tag), w-2) {
		lines = append(lines, e.Pen(w).Space(1).Put(style.Strong, l).Line())
	}
	for _, f := range s.fields(e, s.at, w-2, true) {
		if f.label != "" {
			lines = append(lines, e.Pen(w).Line(), e.Pen(w).Space(1).Put(style.Title, f.label).Line())
		}
		lines = append(lines, e.Pen(w).Space(1).Put(f.role, f.text).Line())
	}
	var foot []string
	for _, id := range []string{keys.ShowNext, keys.ShowPrevious, keys.ShowPass, keys.ShowPanel, keys.ShowKeys, keys.ShowPause} {
		if k := key(id); k != "" {
			foot = append(foot, e.Pen(w).Space(1).Column(11).Put(style.Key, k).EndColumn().Put(style.Muted, e.Words.Command[id].Short).Line())
		}
	}
	foot = append(foot, e.Pen(w).Line(), e.Pen(w).Space(1).Spans(s.world(e)...).Line())
	if room := h - len(foot) - 1; len(lines) > room { // the keys give way before the text does
		foot = foot[len(foot)-1:]
	}
	lines = lines[:min(len(lines), h-len(foot))]
	for len(lines) < h-len(foot) {
		lines = append(lines, e.Pen(w).Line())
	}
	return append(lines, foot...)
}

// clock writes a duration as minutes and seconds.
func clock(d time.Duration) string {
	n := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}
