package logs

import (
	"fmt"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

func when(at int64) time.Time { return time.Unix(0, at) }

// origins is the first line: whether lines are followed, where they come from, from when to when; on the right how many there are.
func (p *Page) origins(w int) string {
	e, l, g := p.env, p.env.Words.Logs, p.env.Glyphs
	pen := e.Pen(w).Space(1)
	right := p.counts(w)
	pen.Column(w - 2 - style.WidthOf(right...))
	switch {
	case p.follow && p.state.Following:
		pen.Put(style.Good, g.Into).Space(1).Put(style.Good, l.Following)
	case p.state.Jumping || p.jumping != 0:
		pen.Put(style.Running, g.Running).Space(1).Put(style.Running, l.Loading)
	default:
		pen.Put(style.Muted, g.Half).Space(1).Put(style.Muted, l.Stopped)
		if n := p.waiting(); n > 0 && p.state.Following {
			pen.Space(1).Put(style.Info, l.Waiting(n))
		}
	}
	pen.Space(2)
	p.sources(pen)
	if p.subject.Previous {
		pen.Put(style.Warn, " "+l.Previous)
	}
	if p.stat.Lines > 0 {
		from, to := when(p.stat.First).In(p.zone()), when(p.stat.Last).In(p.zone())
		text := p.moment(from) + " " + g.To + " " + p.moment(to)
		if d := to.Sub(from); d >= time.Minute {
			text += " (" + e.Words.Age(d.Round(time.Minute)) + ")"
		}
		pen.Space(2).Put(style.Muted, text)
	}
	pen.EndColumn()
	return pen.RightSpans(right...).Line()
}

func (p *Page) moment(t time.Time) string {
	if sameDay(t, p.env.Now()) {
		return p.env.Words.Clock(t)
	}
	return p.env.Words.When(t, p.env.Now())
}

// sources names the origins of what is shown, and why one of them is missing.
func (p *Page) sources(pen *style.Pen) {
	e, l := p.env, p.env.Words.Logs
	first := true
	for _, o := range p.state.Origins {
		fails := o.Health.State.Bad()
		if o.Lines == 0 && !fails && o.Health.State != platform.StateStarting && len(p.state.Origins) > 1 && o.How == "" {
			continue // stands by
		}
		if !first {
			pen.Put(style.Faint, " + ")
		}
		first = false
		name := l.Origin[o.Origin.String()]
		if o.Origin != logs.OriginLoki {
			name = l.Live + " (" + o.Source + ")"
		}
		switch m := cells.Source(e.Glyphs, o.Health.State); {
		case fails:
			pen.Put(m.Role, m.Glyph).Space(1).Put(m.Role, name+" "+e.Words.State[o.Health.State].Word)
		case o.How == "polling":
			pen.Put(style.Text, name).Put(style.Faint, " ("+l.Polling+")")
		default:
			pen.Put(style.Text, name)
		}
	}
	if first {
		switch {
		case p.reach.History != nil:
			pen.Put(style.Text, l.Origin[logs.OriginLoki.String()])
		case len(p.reach.Live) > 0:
			pen.Put(style.Text, l.Live+" ("+p.reach.Live[0].Name()+")")
		}
	}
	if h := p.state.Failed; h.State != "" && len(p.state.Origins) == 0 {
		m := cells.Source(e.Glyphs, h.State)
		pen.Space(1).Put(m.Role, m.Glyph).Space(1).Put(m.Role, e.Words.State[h.State].Word)
	}
}

// waiting is how many visible lines came after the last one that was on screen.
func (p *Page) waiting() int {
	if p.lastID == 0 {
		return 0
	}
	return int(p.eyes.view.Newer(p.lastID))
}

// counts are the numbers on the right: lines held, found, hidden.
func (p *Page) counts(w int) []style.Span {
	l := p.env.Words.Logs
	matches, shown, scanned := p.eyes.view.Count()
	var out []style.Span
	add := func(role style.Role, text string) {
		if len(out) > 0 {
			out = append(out, style.Span{Role: style.Faint, Text: " · "})
		}
		out = append(out, style.Span{Role: role, Text: text})
	}
	if p.match != nil && p.context == nil {
		if scanned < 0.999 && p.eyes.toils() {
			add(style.Running, l.Scanning+" "+p.env.Words.Percent(scanned))
		}
		at := int64(0)
		if scanned > 0.999 && w >= 100 {
			at, _ = p.eyes.view.Ordinal(p.seat.id)
		}
		add(style.Match, l.Found(int(at), int(matches)))
	}
	if hidden := p.stat.Lines - shown; hidden > 0 && p.restricted() && scanned > 0.999 && w >= 100 {
		add(style.Faint, l.Hidden(int(hidden)))
	}
	add(style.Muted, l.Lines(int(p.stat.Lines)))
	return append(out, style.Span{Text: " "})
}

// restricted reports whether lines may be hidden.
func (p *Page) restricted() bool {
	return p.context == nil && (p.floor > 0 || len(p.hidden) > 0 || p.keep != nil || (p.only && p.match != nil))
}

// restrictions is the line that says how one looks: selection, search, floor, containers; "" when there is nothing to say and no room
// to say it.
func (p *Page) restrictions(w, h int) string {
	e, l, g := p.env, p.env.Words.Logs, p.env.Glyphs
	var spans []style.Span
	add := func(role style.Role, text string) {
		if len(spans) > 0 {
			spans = append(spans, style.Span{Role: style.Faint, Text: "   "})
		}
		spans = append(spans, style.Span{Role: role, Text: text})
	}
	cross := func() { spans = append(spans, style.Span{Role: style.Faint, Text: " " + g.Times}) }
	switch {
	case p.context != nil:
		add(style.Match, l.Context)
		spans = append(spans, style.Span{Role: style.Faint, Text: "  " + l.ContextHint})
	default:
		if p.text != "" {
			add(style.Key, "/ ")
			spans = append(spans, style.Span{Role: style.Match, Text: p.text})
			switch {
			case p.mistake != nil:
				spans = append(spans, style.Span{Role: style.Bad, Text: "  " + g.Bad + " " + p.queryTrouble()})
			case p.only && p.match != nil:
				spans = append(spans, style.Span{Role: style.Faint, Text: "  " + l.OnlyFound})
			}
			cross()
		}
		if p.floor > 0 {
			add(levelMark(e, p.floor).Role, l.Floor(levelWord(e.Words, p.floor)))
			cross()
		}
		if len(p.hidden) > 0 {
			var names []string
			for k := range p.hidden {
				names = append(names, k.container)
			}
			add(style.Faint, "- "+strings.Join(sorted(names), ", "))
			cross()
		}
	}
	if p.anchor != 0 {
		add(style.Match, l.Selected+" "+e.Words.Int(p.selected()))
	}
	if len(p.marks) > 0 {
		add(style.Accent, g.Marked+" "+e.Words.Int(len(p.marks)))
	}
	if len(spans) == 0 && h < 30 {
		return ""
	}
	if p.group != nil && p.focus == onPatterns {
		add(style.Strong, l.Patterns)
	}
	pen := e.Pen(w).Space(1)
	if room := pen.Left() - style.WidthOf(spans...) - 4; room > 24 && p.context == nil {
		selector, _ := block.Clip(p.selector(), room)
		role := style.Faint
		if p.subject.LogQL != "" {
			role = style.Text
		}
		pen.Put(role, selector).Space(3)
	}
	return pen.Spans(spans...).Line()
}

// selector is the LogQL of what is read.
func (p *Page) selector() string { return p.subject.Selector() }

// queryTrouble says what is wrong with the search, and where.
func (p *Page) queryTrouble() string {
	l := p.env.Words.Logs
	m := p.mistake
	text := l.QueryTrouble[mistakeWord(m.Mistake)]
	if m.Detail != "" {
		text += p.env.Words.Form.Colon + m.Detail
	}
	return fmt.Sprintf("%s (%d)", text, m.Column)
}
