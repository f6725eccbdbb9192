package sources

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// column of the names of facts.
const names = 16

// details tells first what is wrong and what to do, then what is known of the source.
func (p *Page) details(h health, w int) []string {
	e, sw := p.env, p.env.Words.Sources
	var out []string
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	say := func(r style.Role, text string) style.Span { return style.Span{Role: r, Text: text} }
	m, word := p.sign(h)
	state := []style.Span{m.Span(), say(m.Role, " "+word)}
	if !h.Since.IsZero() {
		state = append(state, say(style.Faint, " "+e.Words.Form.Since(e.Words.When(h.Since, e.Now()))))
	}
	out = append(out, e.Pen(w).Space(1).Spans(state...).Line())
	if h.State != platform.StateLive {
		out = append(out, pane.Text(e, w, 3, style.Muted, e.Words.State[h.State].Explain)...)
	}
	if h.Detail != "" {
		fact(sw.Detail, say(style.Text, h.Detail))
	}
	if h.Remedy != platform.RemedyNone {
		fact(sw.Remedy, say(style.Strong, e.Words.Remedy[h.Remedy]))
	}
	if h.ClockWrong() {
		fact(sw.Clock, say(style.Warn, sw.ClockWrong(h.Skew)))
	}
	if !h.NextRetry.IsZero() && h.State != platform.StateLive {
		fact(sw.NextRetry, say(style.Text, p.moment(h.NextRetry)))
	}
	if h.State == platform.StateNotConfigured {
		if gives := sw.KindGives[h.Kind]; gives != "" {
			fact(sw.Without, say(style.Text, gives))
		}
		return out
	}
	out = append(out, p.problems(h, w)...)
	out = append(out, e.Pen(w).Line())
	if h.URL != "" {
		fact(sw.URL, say(style.Text, h.URL))
	}
	if h.Identity != "" {
		fact(sw.Identity, say(style.Text, h.Identity))
	} else {
		fact(sw.Identity, say(style.Faint, sw.NoIdentity))
	}
	if !h.Expires.IsZero() {
		fact(sw.Expires, p.expiry(h.Expires))
	}
	if h.LastSuccess.IsZero() {
		fact(sw.SuccessLong, say(style.Faint, sw.NeverRead))
	} else {
		fact(sw.SuccessLong, say(style.Text, e.Words.Form.Ago(e.Age(h.LastSuccess))))
	}
	if h.Calls > 0 {
		fact(sw.Costs, say(style.Text, e.Words.Int(int(min(h.Calls, 1<<53)))+" "+lower(sw.Calls)+", "+e.Words.Bytes(float64(h.Bytes))+", "+strconv.FormatInt(h.Latency.Milliseconds(), 10)+" ms")) //nolint:gosec // bounded
	}
	if h.Version != "" {
		fact(lower(sw.Version), say(style.Text, h.Version))
	}
	return append(out, p.rights(h, w)...)
}

// moment is a time of day with its seconds: a retry is near.
func (p *Page) moment(t time.Time) string {
	now := p.env.Now()
	if d := t.Sub(now); d > -time.Hour && d < 12*time.Hour {
		return t.In(now.Location()).Format("15:04:05")
	}
	return p.env.Words.When(t, now)
}

// expiry warns as the end comes near.
func (p *Page) expiry(t time.Time) style.Span {
	e := p.env
	when := t.In(e.Now().Location()).Format(e.Words.Form.Date)
	left := t.Sub(e.Now())
	const day = 24 * time.Hour
	switch {
	case left <= 0:
		return style.Span{Role: style.Bad, Text: e.Words.Sources.Expired + " " + e.Words.Form.Ago(e.Words.Age(-left)) + " (" + when + ")"}
	case left < 7*day:
		return style.Span{Role: style.Bad, Text: e.Words.Sources.In(e.Words.Age(left)) + " (" + when + ")"}
	case left < 30*day:
		return style.Span{Role: style.Warn, Text: e.Words.Sources.In(e.Words.Age(left)) + " (" + when + ")"}
	default:
		return style.Span{Role: style.Text, Text: when + " (" + e.Words.Sources.In(e.Words.Age(left)) + ")"}
	}
}

func (p *Page) problems(h health, w int) []string {
	e := p.env
	if len(h.Problems) == 0 {
		return nil
	}
	out := []string{e.Pen(w).Line(), pane.Head(e, w, e.Words.Sources.Problems)}
	for i := len(h.Problems) - 1; i >= 0; i-- {
		pr := h.Problems[i]
		m := cells.Source(e.Glyphs, pr.State)
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, pr.Part).Put(m.Role, "  "+e.Words.State[pr.State].Word)
		if !pr.Since.IsZero() {
			pen.Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(pr.Since, e.Now())))
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, pr.Detail)...)
	}
	return out
}

// rights are told with what is lost, those that lack first.
func (p *Page) rights(h health, w int) []string {
	e, sw := p.env, p.env.Words.Sources
	out := []string{e.Pen(w).Line(), pane.Head(e, w, sw.Rights)}
	if len(h.Rights) == 0 {
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+sw.NoRights).Line())
	}
	for _, pass := range []int{0, 1, 2} {
		for _, r := range h.Rights {
			m, word, rank := cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}, "", 2
			switch {
			case !r.Known:
				m, word, rank = cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}, sw.NotKnown, 1
			case !r.Held:
				m, word, rank = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.NoRight}, sw.Lost, 0
			}
			if rank != pass {
				continue
			}
			out = append(out, p.right(r, m, word, w)...)
		}
	}
	return out
}

func (p *Page) right(r platform.Right, m cells.Mark, word string, w int) []string {
	e, sw := p.env, p.env.Words.Sources
	name, rest := r.Name, ""
	for machine, said := range sw.Right {
		if r.Name == machine {
			name = said
			break
		}
		if len(r.Name) > len(machine) && r.Name[:len(machine)+1] == machine+" " { // "alerts.list <tenant>"
			name, rest = said, r.Name[len(machine):]
		}
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1)
	role := style.Faint
	if word != "" {
		role = style.Text
	}
	pen.Put(role, name+rest)
	if word == "" {
		return []string{pen.Line()}
	}
	pen.Put(m.Role, "  "+word)
	loss := sw.Loss[r.Needed]
	if loss == "" {
		loss = r.Needed
	}
	if loss == "" {
		return []string{pen.Line()}
	}
	text := sw.Without + e.Words.Form.Colon + loss
	if pen.Left() > block.Width(text)+3 {
		return []string{pen.Put(style.Faint, "  "+text).Line()}
	}
	return append([]string{pen.Line()}, pane.Text(e, w, 3, style.Faint, text)...)
}

// lower writes a column's title inside a sentence.
func lower(title string) string { return strings.ToLower(title) }
