package logs

import (
	"errors"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/lines"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// empty fills the page when there is nothing to draw lines of: no subject, no source, nothing read yet.
func (p *Page) empty(w, h int) (block.Block, bool) {
	e, l, g := p.env, p.env.Words.Logs, p.env.Glyphs
	switch {
	case !p.wanted():
		return e.Empty(w, h, g.Unknown, style.Info, l.NoSubject, l.NoSubjectHint), true
	case p.feed == nil:
		return e.Empty(w, h, g.NotSet, style.Faint, l.NoSource, l.NoSourceHint), true
	}
	return block.Block{}, false
}

// nothing fills the place of the lines when there are none: why, and what can be done.
func (p *Page) nothing(w, h int, notices []lines.Item) block.Block {
	e, l, g := p.env, p.env.Words.Logs, p.env.Glyphs
	_, _, scanned := p.eyes.view.Count()
	switch {
	case p.stat.Lines > 0 && scanned < 0.999:
		return e.Empty(w, h, g.Running, style.Running, l.Scanning)
	case p.stat.Lines > 0:
		return e.Empty(w, h, g.Unknown, style.Unknown, l.EmptyFilter, l.EmptyFilterHint)
	}
	if p.beyondKept() {
		return e.Empty(w, h, g.None, style.Warn, l.BeyondTitle, l.BeyondHint)
	}
	if bad := p.troubles(); len(bad) > 0 {
		var hints []string
		for _, b := range bad {
			text := b.Name + e.Words.Form.Colon + e.Words.State[b.State].Word
			if b.Detail != "" {
				text += " · " + b.Detail
			}
			hints = append(hints, text)
			if b.Remedy != platform.RemedyNone {
				hints = append(hints, e.Words.Remedy[b.Remedy])
			}
		}
		m := cells.Source(g, bad[0].State)
		title := l.FailedTitle
		if p.subject.LogQL != "" {
			title, hints = l.RefusedTitle, append(hints, l.RefusedHint)
		}
		return e.Empty(w, h, m.Glyph, m.Role, title, hints...)
	}
	if !p.state.Loaded || p.state.Jumping || p.state.Older {
		return e.Empty(w, h, g.Running, style.Running, l.ReadingTitle, p.selector())
	}
	hints := []string{l.EmptyHint}
	for _, it := range notices {
		if n := it.Notice; n != nil && n.Why == logs.WhyNoPrevious {
			text, _ := p.noticeText(*n)
			return e.Empty(w, h, g.None, style.Faint, l.EmptyTitle, text, l.NoPreviousHint)
		}
	}
	for _, it := range notices {
		if it.Notice != nil {
			text, _ := p.noticeText(*it.Notice)
			hints = append(hints, text)
		}
	}
	return e.Empty(w, h, g.None, style.Faint, l.EmptyTitle, hints...)
}

// beyondKept reports that the instant wanted is older than what a history keeps.
func (p *Page) beyondKept() bool {
	return p.jumping != 0 && p.env.Now().UnixNano()-p.jumping > int64(feed.Retention)
}

// troubles are the origins that fail, and the reading that did.
func (p *Page) troubles() []platform.SourceHealth {
	var out []platform.SourceHealth
	if h := p.state.Failed; h.State != "" {
		out = append(out, h)
	}
	for _, o := range p.state.Origins {
		if o.Health.State.Bad() && (len(out) == 0 || out[0].Name != o.Health.Name) {
			out = append(out, o.Health)
		}
	}
	return out
}

// traceSpan is how far below a line its trace is looked for.
const traceSpan = 2 * time.Second

// refused is the server's refusal of a query, nil when an error is none.
func refused(err error) *logs.QueryError {
	var q *logs.QueryError
	if errors.As(err, &q) {
		return q
	}
	return nil
}
