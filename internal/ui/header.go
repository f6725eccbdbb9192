package ui

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// header is the first line: where one is on the left; on the right the sources, with a light of its own for each that is
// not well, then what the session may do, then the time.
func (r *Root) header(w int) string {
	e := r.env
	now := e.Now()
	right := []style.Span{}
	if !e.Pin.IsZero() {
		pin := e.Pin.In(now.Location())
		text := pin.Format("15:04:05")
		if !sameDay(pin, now) {
			text = pin.Format(e.Words.Form.DayMonth) + " " + text
		}
		right = append(right, style.Span{Role: style.Match, Text: e.Glyphs.Marked + " " + text}, style.Span{Text: "  "})
	}
	if e.Backend.ReadOnly() && w >= 80 && (e.Pin.IsZero() || w >= 100) {
		right = append(right, style.Span{Role: style.Faint, Text: e.Words.Frame.ReadOnly}, style.Span{Text: "  "})
	}
	if !e.Backend.ReadOnly() { // never left out: it is what makes a slip dear
		right = append(right, style.Span{Role: style.Warn, Text: e.Words.Actions.Write}, style.Span{Text: "  "})
	}
	switch r.spared() { // a clock would repaint the header each minute
	case linkGood:
		right = append(right, style.Span{Role: style.Text, Text: e.Words.Clock(now)})
	case linkSpared:
		right = append(right, style.Span{Role: style.Faint, Text: e.Words.Frame.LinkSpared})
	case linkSlow:
		right = append(right, style.Span{Role: style.Warn, Text: e.Words.Frame.LinkSlow(r.speed.meter.Report().Trip)})
	}
	right = append(right, style.Span{Text: " "})
	crumbs := r.crumbs()
	left := 1 + len("dsotop") + 2 + trail(crumbs)
	lights := r.lights(w - min(left, w*3/5) - style.WidthOf(right...) - 4)
	all := append(lights, right...)
	p := e.Sheet.Pen(w, style.Bar).Space(1).Put(style.Accent, "dsotop").Space(2)
	p.Column(w - p.X() - style.WidthOf(all...) - 2)
	crumbs = within(crumbs, p.Left(), e.Glyphs.Ellipsis)
	for i, c := range crumbs {
		role := style.Muted
		if i == len(crumbs)-1 {
			role = style.Strong
		}
		if i > 0 {
			p.Space(1).Put(style.Faint, e.Glyphs.Into).Space(1)
		}
		p.Put(role, c)
	}
	p.EndColumn()
	return p.RightSpans(all...).Line()
}

// trail is how wide crumbs are, with the signs between them, in cells.
func trail(crumbs []string) int {
	const into = 3
	n := -into
	for _, c := range crumbs {
		n += block.Width(c) + into
	}
	return n
}

// within leaves out the first of crumbs that have no room: where one is says more than where one came from.
func within(crumbs []string, room int, ellipsis string) []string {
	out := crumbs
	for cut := 1; cut < len(crumbs) && trail(out) > room; cut++ {
		out = append([]string{ellipsis}, crumbs[cut:]...)
	}
	return out
}

// lights tells the health of the sources in at most room cells: a count of those that are well, then each other one by
// name and for how long; ages go first when there is no room, then names.
func (r *Root) lights(room int) []style.Span {
	e := r.env
	var bad []platform.SourceHealth
	well, starting := 0, 0
	for _, s := range r.view.Sources {
		switch {
		case s.State == platform.StateNotConfigured:
		case s.State.Bad():
			bad = append(bad, s)
		case s.State == platform.StateStarting:
			starting++
		default:
			well++
		}
	}
	slices.SortStableFunc(bad, func(a, b platform.SourceHealth) int { return strings.Compare(a.Name, b.Name) })
	mark := cells.Source(e.Glyphs, platform.StateLive)
	n := well + starting
	if starting > 0 {
		mark = cells.Source(e.Glyphs, platform.StateStarting)
	}
	for detail := 3; ; detail-- {
		var out []style.Span
		if n > 0 || len(bad) == 0 {
			out = append(out, mark.Span(), style.Span{Role: style.Muted, Text: " " + e.Words.Frame.Sources(n)}, style.Span{Text: "  "})
		}
		for i, s := range bad {
			m := cells.Source(e.Glyphs, s.State)
			text := s.Name
			if _, place, ok := strings.Cut(s.Name, "/"); ok && detail < 2 {
				text = place
			}
			if detail == 3 && !s.Since.IsZero() {
				text += " " + e.Age(s.Since)
			}
			more := "+" + e.Words.Int(len(bad)-i)
			if detail <= 0 && style.WidthOf(out...)+block.Width(text)+4+len(more)+3 > room {
				if i == 0 {
					more = e.Words.Int(len(bad))
				}
				out = append(out, m.Span(), style.Span{Role: m.Role, Text: " " + more}, style.Span{Text: "  "})
				break
			}
			out = append(out, m.Span(), style.Span{Role: m.Role, Text: " " + text}, style.Span{Text: "  "})
		}
		if detail <= 0 || style.WidthOf(out...) <= room {
			return out
		}
	}
}

// headerMoved reports whether the header must be drawn again.
func headerMoved(a, b *fleet.View) bool {
	if len(a.Sources) != len(b.Sources) {
		return true
	}
	for i := range a.Sources {
		x, y := a.Sources[i], b.Sources[i]
		if x.Name != y.Name || x.State != y.State || !x.Since.Equal(y.Since) {
			return true
		}
	}
	return false
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }
