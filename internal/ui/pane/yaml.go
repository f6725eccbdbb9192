package pane

import (
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// YAML writes a manifest: keys muted, values plain; long lines are wrapped beneath their value.
func YAML(e *page.Env, w int, text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		key, rest, found := strings.Cut(body, ":")
		if !found || rest != "" && rest[0] != ' ' || strings.ContainsAny(key, ` "'`) && !strings.HasPrefix(key, "- ") {
			key, rest = "", body
		} else {
			key += ":"
		}
		indent = min(indent, max(w/2, 0))
		pen := e.Pen(w).Space(1+indent).Put(style.Muted, key)
		room := max(pen.Left()-1, 8)
		if block.Width(rest) <= room {
			out = append(out, pen.Put(style.Text, rest).Line())
			continue
		}
		for i, part := range block.Wrap(strings.TrimSpace(rest), max(room-1, 8)) {
			if i == 0 {
				out = append(out, pen.Space(boolWidth(key != "")).Put(style.Text, part).Line())
				continue
			}
			out = append(out, e.Pen(w).To(w-room).Put(style.Text, part).Line())
		}
	}
	return out
}

func boolWidth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Event is an event in the details of what it is about: when, why, how often, then its words.
func Event(e *page.Env, w int, x platform.Event) []string {
	m := cells.Mark{Role: style.Faint, Glyph: e.Glyphs.Info}
	if x.Type == "Warning" {
		m = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Faint, e.Words.When(x.Last, e.Now())).Space(2).Put(Calm(m), x.Reason)
	if x.Count > 1 {
		pen.Put(style.Faint, " "+e.Glyphs.Times+strconv.Itoa(x.Count))
		if !x.First.IsZero() && x.Last.Sub(x.First) > 0 {
			pen.Put(style.Faint, " "+e.Words.Form.Since(e.Words.When(x.First, e.Now())))
		}
	}
	return append([]string{pen.Line()}, Text(e, w, 3, style.Muted, x.Message)...)
}
