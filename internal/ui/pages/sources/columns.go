package sources

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[health]

func (p *Page) columns() []column {
	e := p.env
	w := e.Words.Sources
	return []column{
		{ID: "name", Title: "  " + w.Source, Want: 16, Max: 36, Natural: func(h health) int { return block.Width(h.Name) + 2 }, Draw: p.name,
			Compare: func(a, b health) int { return strings.Compare(a.Name, b.Name) }, Value: func(h health) string { return h.Name }},
		{ID: "state", Title: w.State, Want: 14, Draw: p.state,
			Compare: func(a, b health) int { return trouble(b) - trouble(a) }, Value: func(h health) string { return e.Words.State[h.State].Word }},
		{ID: "since", Title: w.Since, Want: 12, Keep: 5, Draw: func(pen *style.Pen, h health) { p.at(pen, h.Since, false) },
			Compare: func(a, b health) int { return b.Since.Compare(a.Since) }},
		{ID: "kind", Title: w.Kind, Want: 12, Keep: 7, Draw: func(pen *style.Pen, h health) { pen.Put(style.Faint, h.Kind) },
			Compare: func(a, b health) int { return strings.Compare(a.Kind, b.Kind) }, Value: func(h health) string { return h.Kind }},
		{ID: "success", Title: w.Success, Name: w.SuccessLong, Want: 7, Keep: 1, Right: true, Draw: p.success,
			Compare: func(a, b health) int { return a.LastSuccess.Compare(b.LastSuccess) }},
		{ID: "latency", Title: w.Latency, Want: 5, Keep: 4, Right: true, Draw: func(pen *style.Pen, h health) {
			p.number(pen, h, h.Latency > 0, strconv.FormatInt(h.Latency.Milliseconds(), 10))
		}, Compare: func(a, b health) int { return cmp.Compare(b.Latency, a.Latency) }},
		{ID: "calls", Title: w.Calls, Want: 6, Keep: 3, Right: true, Draw: func(pen *style.Pen, h health) {
			p.number(pen, h, h.Calls > 0, e.Words.Int(int(min(h.Calls, 1<<53)))) //nolint:gosec // bounded
		}, Compare: func(a, b health) int { return cmp.Compare(b.Calls, a.Calls) }},
		{ID: "bytes", Title: w.Bytes, Want: 8, Keep: 3, Right: true, Draw: func(pen *style.Pen, h health) {
			p.number(pen, h, h.Bytes > 0, e.Words.Bytes(float64(h.Bytes)))
		}, Compare: func(a, b health) int { return cmp.Compare(b.Bytes, a.Bytes) }},
		{ID: "version", Title: w.Version, Want: 10, Keep: 2, Max: 22, Natural: func(h health) int { return block.Width(cells.ShortVersion(h.Version)) }, Draw: p.version,
			Value: func(h health) string { return h.Version }},
	}
}

func (p *Page) name(pen *style.Pen, h health) {
	m, _ := p.sign(h)
	role := style.Text
	switch t := trouble(h); {
	case t > quiet:
		role = style.Strong
	case t == absent:
		role = style.Faint
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(role, h.Name)
}

func (p *Page) state(pen *style.Pen, h health) {
	m, word := p.sign(h)
	role := m.Role
	if role == style.Good {
		role = style.Muted
	}
	pen.Put(role, word)
	n := len(h.Problems)
	if h.ClockWrong() {
		n++
	}
	if n > 0 && h.State == platform.StateLive {
		pen.Put(style.Warn, " "+p.env.Glyphs.Warn+strconv.Itoa(n))
	}
}

func (p *Page) at(pen *style.Pen, t time.Time, right bool) {
	text := p.env.Glyphs.None
	if !t.IsZero() {
		text = p.env.Words.When(t, p.env.Now())
	}
	if right {
		pen.Right(style.Faint, text)
		return
	}
	pen.Put(style.Faint, text)
}

// success writes how long ago the source was last read; old is worth the eye only when the source fails.
func (p *Page) success(pen *style.Pen, h health) {
	switch {
	case h.State == platform.StateNotConfigured:
		pen.Right(style.Faint, p.env.Glyphs.NotSet)
	case h.LastSuccess.IsZero():
		role := style.Faint
		if h.State.Bad() {
			role = style.Bad
		}
		pen.Right(role, p.env.Words.Sources.NeverRead)
	case h.State.Bad():
		pen.Right(style.Warn, p.env.Age(h.LastSuccess))
	default:
		pen.Right(style.Faint, p.env.Age(h.LastSuccess))
	}
}

func (p *Page) number(pen *style.Pen, h health, known bool, text string) {
	switch {
	case h.State == platform.StateNotConfigured:
		pen.Right(style.Faint, p.env.Glyphs.NotSet)
	case !known:
		pen.Right(style.Faint, p.env.Glyphs.None)
	default:
		pen.Right(style.Text, text)
	}
}

func (p *Page) version(pen *style.Pen, h health) {
	switch {
	case h.State == platform.StateNotConfigured:
		pen.Put(style.Faint, p.env.Glyphs.NotSet)
	case h.Version == "":
		pen.Put(style.Faint, p.env.Glyphs.None)
	default:
		pen.Put(style.Text, cells.ShortVersion(h.Version))
	}
}
