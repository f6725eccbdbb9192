package logs

import (
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

func levelMark(e *page.Env, l logs.Level) cells.Mark { return pane.LogLevel(e, l) }

func duration(ns int64) time.Duration { return time.Duration(ns) }

// noticeLine is something that happened to the stream, as a line across the window: what, how much, when, and what Enter does.
func (p *Page) noticeLine(sh shape, n logs.Notice, ground style.Ground, sign string) string {
	e := p.env
	text, offer := p.noticeText(n)
	role := style.Muted
	switch n.Kind {
	case logs.NoticeGap, logs.NoticeDropped, logs.NoticeLimit, logs.NoticeTruncated, logs.NoticeCut:
		role = style.Warn
	case logs.NoticeFailed:
		role = style.Bad
	case logs.NoticeSeam, logs.NoticeResumed:
		role = style.Info
	}
	pen := e.Sheet.Pen(sh.w, under(ground))
	if sign == "" {
		pen.Put(style.Border, e.Glyphs.HLine)
	} else {
		pen.Put(style.Accent, sign)
	}
	pen.Put(style.Border, strings.Repeat(e.Glyphs.HLine, 3)).Space(1)
	tail := ""
	if offer != "" {
		tail = " " + e.Glyphs.Enter + " " + offer + " "
	}
	pen.Column(max(pen.Left()-block.Width(tail)-2, 10)).Onto(ground).Put(role, text).Onto(under(ground))
	rest := pen.Left()
	pen.EndColumnHere()
	if tail != "" {
		pen.Put(style.Key, tail)
	} else if rest > 1 {
		pen.Space(1)
	}
	return pen.Rule(e.Glyphs.HLine).Line()
}

// noticeText says what happened, and what Enter does about it ("" for nothing).
func (p *Page) noticeText(n logs.Notice) (text, offer string) {
	w := p.env.Words
	l := w.Logs
	count := ""
	if n.Count > 0 {
		count = l.Lines(int(n.Count))
	}
	when := ""
	if n.From != 0 && n.To != 0 && n.To > n.From && n.To < 1<<62 {
		when = ", " + l.FromTo(p.instant(n.From, n.To-n.From), p.instant(n.To, n.To-n.From))
	}
	name := n.Source
	if name == "" {
		name = l.Origin[n.Origin.String()]
	}
	switch n.Kind {
	case logs.NoticeGap:
		text, offer = l.Gap(count)+when, l.OfferGap
	case logs.NoticeDropped:
		text, offer = l.Dropped(count)+when, l.OfferGap
	case logs.NoticeLimit:
		text = l.Limit(count) + when
	case logs.NoticeCut:
		text = name + w.Form.Colon + l.CutOff
	case logs.NoticeResumed:
		text = name + w.Form.Colon + l.Resumed(count) + when
	case logs.NoticeSeam:
		text = l.Seam + " " + name
	case logs.NoticeEvicted:
		text, offer = l.Evicted(count)+when, l.OfferOlder
	case logs.NoticeRetention:
		text = l.Retention + " " + p.instant(n.At, int64(48*time.Hour))
	case logs.NoticeStart:
		text = l.Start
		if n.Why == logs.WhyNoPrevious {
			return name + w.Form.Colon + l.NoPrevious, ""
		}
	case logs.NoticeFailed:
		text = name + " " + l.Failed
	case logs.NoticeTruncated:
		size := ""
		if n.Count > 0 {
			size = w.Bytes(float64(n.Count))
		}
		text = l.Truncated(size)
	}
	if n.Why != "" {
		text += w.Form.Colon + n.Why
	}
	return text, offer
}

// instant writes a moment; the shorter the time it bounds, the finer.
func (p *Page) instant(at, within int64) string {
	t := time.Unix(0, at).In(p.zone())
	layout := "15:04:05"
	if within < int64(2*time.Second) {
		layout = "15:04:05.000"
	}
	if !sameDay(t, p.env.Now()) {
		layout = p.env.Words.Form.DayMonth + " " + layout
	}
	return t.Format(layout)
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// levelWord is the word of a level as a system writes it.
func levelWord(w *words.Set, l logs.Level) string {
	if l == logs.LevelNone {
		return w.Form.Unknown
	}
	return strings.ToUpper(l.String())
}
