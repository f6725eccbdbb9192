package logs

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/lines"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/style"
)

const topicVolume = "volume"

// strip is the volume of lines over time, by level. It spans what is held, or a time of its own once it was zoomed; what lies beyond
// what is held is asked of the history.
type strip struct {
	shown    bool
	from, to int64 // zoomed to; 0: what is held
	at       int64 // where the strip's own cursor is, while it has the focus
	width    int   // bars at the last drawing
	lo, hi   int64 // what they span
	volume   []logs.Point
	step     int64 // each point counts the lines of so long before it
	told     bool  // the range came from the session: what is beyond what is held was not asked yet
}

func (s *strip) reset() { *s = strip{shown: s.shown} }

// bounds of the zoom.
const (
	leastZoom = int64(time.Second)
	mostZoom  = int64(31 * 24 * time.Hour)
)

// span is what the strip shows.
func (p *Page) stripSpan() (from, to int64) {
	if p.strip.from != 0 {
		from, to = p.strip.from, p.strip.to
		if p.follow && p.stat.Last >= to { // it goes along with what comes in
			from, to = from+p.stat.Last+1-to, p.stat.Last+1
		}
		return from, to
	}
	return p.stat.First, max(p.stat.Last+1, p.stat.First+int64(time.Second))
}

// drawStrip draws the volume in one row, or in three with an axis where there is room; nothing when there is none.
func (p *Page) drawStrip(w, h int) []string {
	if !p.strip.shown || h < 14 || p.stat.Lines == 0 {
		return nil
	}
	from, to := p.stripSpan()
	left, right := p.moment(when(from).In(p.zone())), p.moment(when(to).In(p.zone()))
	if to-from < int64(10*time.Minute) {
		left, right = p.instant(from, to-from), p.instant(to, to-from)
	}
	edge := max(block.Width(left), block.Width(right)) + 2
	n := max(w-2*edge, 10)
	bins := p.eyes.view.Histogram(from, to, n)
	p.strip.width, p.strip.lo, p.strip.hi = n, from, to
	totals, top := make([]float64, n), 0.0
	beyond := p.beyond(from, to, n)
	for i := range totals {
		for _, c := range bins[i].Levels {
			totals[i] += float64(c)
		}
		top = max(top, totals[i], beyond[i])
	}
	cursor := p.binOf(p.seat.at)
	if p.focus == onStrip {
		cursor = p.binOf(p.strip.at)
	}
	marks := p.deployBins()
	rows := 1
	if h >= 34 {
		rows = 3
	}
	var out []string
	for r := rows - 1; r >= 0; r-- {
		pen := p.env.Pen(w)
		switch {
		case rows == 1:
			pen.Space(1).Put(style.Faint, left).To(edge)
		case r == rows-1:
			pen.Space(1).Put(style.Faint, p.env.Words.Int(int(top))).To(edge)
		default:
			pen.To(edge)
		}
		for i := range n {
			glyph, role := p.bar(bins[i], totals[i], beyond[i], top, r, rows)
			if _, on := marks[i]; on && rows == 1 { // there is no axis to stand on
				glyph, role = p.env.Glyphs.Tick, style.Info
			}
			if i == cursor {
				pen.Onto(style.Select)
				if glyph == " " && rows == 1 {
					glyph, role = p.env.Glyphs.VLine, style.Accent
				}
			}
			if role == style.Border && glyph == " " {
				pen.Space(1)
			} else {
				pen.Put(role, glyph)
			}
			pen.Onto(style.Plain)
		}
		if rows == 1 {
			pen.Space(1).Put(style.Faint, right)
		}
		out = append(out, pen.Line())
	}
	if rows > 1 {
		out = append(out, p.axis(w, edge, n, left, right, cursor, marks))
	}
	return out
}

// bar is one cell of a column: what of it is filled, in the colour of the levels that stand there. Errors are at the bottom, so that
// they are never pushed out of sight; a single one shows.
func (p *Page) bar(b lines.Bin, total, beyond, top float64, row, rows int) (string, style.Role) {
	g := p.env.Glyphs
	role := style.Chart1
	if total == 0 && beyond > 0 {
		total, role = beyond, style.Border
	}
	if total == 0 || top == 0 {
		return " ", style.Border
	}
	levels := float64(len(g.Bars) * rows)
	filled := math.Ceil(total / top * levels)
	here := int(filled) - row*len(g.Bars)
	if here <= 0 {
		return " ", style.Border
	}
	bad := float64(b.Levels[logs.LevelError] + b.Levels[logs.LevelFatal])
	warn := float64(b.Levels[logs.LevelWarn])
	base := float64(row) * float64(len(g.Bars)) / levels * top
	switch {
	case bad > 0 && (base < bad || row == 0):
		role = style.Bad
	case warn > 0 && base < bad+warn && (warn+bad)*3 >= total:
		role = style.Warn
	}
	return g.Bars[min(here, len(g.Bars))-1], role
}

// axis is the line under the bars: the ends of the time, deployments, where the cursor is.
func (p *Page) axis(w, edge, n int, left, right string, cursor int, marks map[int]string) string {
	g := p.env.Glyphs
	cells := make([]string, n)
	roles := make([]style.Role, n)
	for i := range cells {
		cells[i], roles[i] = g.HLine, style.Border
	}
	pen := p.env.Pen(w).Space(1).Put(style.Faint, left).To(edge)
	at := ""
	if cursor >= 0 && cursor < n {
		stamp := p.seat.at
		if p.focus == onStrip {
			stamp = p.strip.at
		}
		at = p.instant(stamp, p.strip.hi-p.strip.lo)
	}
	x := max(min(cursor-block.Width(at)/2, n-block.Width(at)-1), 1)
	for i, revision := range marks {
		cells[i], roles[i] = g.Tick, style.Info
		p.legend(cells, roles, marks, i, revision, [2]int{x, x + block.Width(at)})
	}
	for i := 0; i < n; i++ {
		if at != "" && i == x && n > block.Width(at)+2 {
			role := style.Accent
			if p.focus != onStrip {
				role = style.Muted
			}
			pen.Put(role, at)
			i += block.Width(at) - 1
			continue
		}
		pen.Put(roles[i], cells[i])
	}
	return pen.Space(1).Put(style.Faint, right).Line()
}

// binOf is the bar of an instant; -1 outside.
func (p *Page) binOf(at int64) int {
	s := &p.strip
	if s.hi <= s.lo || at < s.lo || at >= s.hi {
		return -1
	}
	return int(float64(at-s.lo) / float64(s.hi-s.lo) * float64(s.width))
}

// legend says beside the mark at i what was deployed, where there is room for it before the next mark and beside what is
// taken.
func (p *Page) legend(cells []string, roles []style.Role, marks map[int]string, i int, revision string, taken [2]int) {
	text := []rune(" " + p.env.Words.Logs.Deployed + " " + platform.ShortSHA(revision) + " ")
	if revision == "" || i+len(text)+1 >= len(cells) || i < taken[1] && taken[0] <= i+len(text) {
		return
	}
	for k := range text {
		if _, other := marks[i+1+k]; other {
			return
		}
	}
	for k, r := range text {
		cells[i+1+k], roles[i+1+k] = string(r), style.Muted
	}
}

// deployBins are the bars in which something was deployed in this namespace, and the revision of the last one; "" where several
// applications had different ones.
func (p *Page) deployBins() map[int]string {
	out := map[int]string{}
	if p.facts == nil {
		return out
	}
	for i := range p.facts.Applications {
		for _, d := range p.facts.Applications[i].History {
			b := p.binOf(d.At.UnixNano())
			if b < 0 || d.At.IsZero() {
				continue
			}
			if was, there := out[b]; there && was != d.Revision {
				out[b] = ""
				continue
			}
			out[b] = d.Revision
		}
	}
	return out
}

// beyond is the volume that the history told, brought to the bars; zero where it told none.
func (p *Page) beyond(from, to int64, n int) []float64 {
	out := make([]float64, n)
	if p.strip.from == 0 {
		return out
	}
	length := float64(to-from) / float64(n)
	for _, v := range p.strip.volume {
		if math.IsNaN(v.Value) {
			continue
		}
		// A point is spread over the bars that its time touches: steps and bars are not of one length.
		first := int(math.Floor(float64(v.At-p.strip.step-from) / length))
		last := int(math.Ceil(float64(v.At-from)/length)) - 1
		for i := max(first, 0); i <= min(last, n-1); i++ {
			out[i] = max(out[i], v.Value*length/float64(p.strip.step))
		}
	}
	return out
}

// strips are the commands while the strip has the focus.
func (p *Page) moveStrip(step int) intent.Intent {
	s := &p.strip
	if s.width <= 0 || s.hi <= s.lo {
		return nil
	}
	s.at = max(min(s.at+int64(step)*(s.hi-s.lo)/int64(s.width), s.hi-1), s.lo)
	return p.goTo(s.at)
}

// zoom makes the time that the strip shows longer (factor above 1) or shorter, around its cursor.
func (p *Page) zoom(factor float64) intent.Intent {
	from, to := p.stripSpan()
	centre := p.seat.at
	if p.focus == onStrip {
		centre = p.strip.at
	}
	if centre < from || centre > to {
		centre = from + (to-from)/2
	}
	length := int64(min(max(float64(to-from)*factor, float64(leastZoom)), float64(mostZoom)))
	share := float64(centre-from) / float64(max(to-from, 1))
	p.strip.from = centre - int64(share*float64(length))
	p.strip.to = p.strip.from + length
	if now := p.env.Now().UnixNano(); p.strip.to > now {
		p.strip.to = now
		p.strip.from = min(p.strip.from, now-leastZoom)
	}
	p.askVolume()
	return intent.Span{Length: time.Duration(p.strip.to - p.strip.from)}
}

// share lets the strip span what the plots of the session show: as long, up to now, or with the pinned instant at two thirds.
func (p *Page) share() {
	length := min(max(int64(p.env.Span), leastZoom), mostZoom)
	if p.env.Span <= 0 {
		return
	}
	to := p.env.Now()
	if pin := p.env.Pin; !pin.IsZero() && pin.Add(p.env.Span/3).Before(to) {
		to = pin.Add(p.env.Span / 3)
	}
	if at := p.subject.At; at != 0 && when(at).Add(p.env.Span/3).Before(to) {
		to = when(at).Add(p.env.Span / 3)
	}
	p.strip.to = to.UnixNano()
	p.strip.from = p.strip.to - length
	p.strip.told = true
}

// askVolume asks the history how many lines there are beyond what is held.
func (p *Page) askVolume() {
	h := p.reach.History
	s := &p.strip
	s.told = false
	if h == nil || s.from == 0 || (s.from >= p.stat.First && s.to <= p.stat.Last+1) {
		return
	}
	from, to, tenant, selector := s.from, s.to, p.reach.Tenant, p.selector()
	step := max(time.Duration(to-from)/time.Duration(max(s.width, 10)), time.Second).Round(time.Second)
	p.fetch.Ask(topicVolume, func(ctx context.Context) (any, error) {
		series, err := h.Metric(ctx, logs.Ask{Tenant: tenant, Query: fmt.Sprintf("sum(count_over_time(%s[%ds]))", selector, int(step.Seconds())), From: from, To: to}, step)
		return volume{int64(step), series}, err
	}, s.hear)
}

// volume is what the history told: lines in each step before a point.
type volume struct {
	step   int64
	series []logs.Series
}

func (s *strip) hear(value any, err error) {
	v, ok := value.(volume)
	if !ok || err != nil {
		return // without it the strip shows what is held
	}
	s.volume = nil
	for _, x := range v.series {
		s.volume = append(s.volume, x.Points...)
	}
	s.step = v.step
}

// spark is a small volume of numbers, for lists.
func spark(bars []string, values []float64) string {
	top := 0.0
	for _, v := range values {
		top = max(top, v)
	}
	var b strings.Builder
	for _, v := range values {
		if v <= 0 || top == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(bars[min(int(math.Ceil(v/top*float64(len(bars)))), len(bars))-1])
	}
	return b.String()
}
