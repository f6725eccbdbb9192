package metrics

import (
	"slices"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/metrics"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/plot"
)

// Layers is what the page understands now.
func (p *Page) Layers() []keys.Layer {
	if p.loader == nil {
		return nil
	}
	w := p.env.Words.Metrics
	do := func(id string, f func()) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { f(); p.read(false); return nil }}
	}
	step := p.lay.cols
	enter := keys.PlotOpen
	if p.full {
		enter = keys.PlotPin
	}
	out := []keys.Command{
		{ID: enter, Quiet: p.full && p.cursor.IsZero(), Do: p.enter},
		do(keys.PlotUp, func() { p.move(-step) }), do(keys.PlotDown, func() { p.move(step) }),
		do(keys.NextTab, func() { p.turn(1) }), do(keys.PrevTab, func() { p.turn(-1) }),
		do(keys.PlotLeft, func() { p.point(-1) }), do(keys.PlotRight, func() { p.point(1) }),
		do(keys.PlotFar, func() { p.point(-15) }), do(keys.PlotFurth, func() { p.point(15) }),
		{ID: keys.PlotIn, Do: func() intent.Intent { return p.zoom(0.5) }},
		{ID: keys.PlotOut, Do: func() intent.Intent { return p.zoom(2) }},
		do(keys.PlotBefore, func() { p.pan(-1) }), do(keys.PlotAfter, func() { p.pan(1) }),
		{ID: keys.PlotRange, Do: p.rangeMenu},
		{ID: keys.PlotNow, Quiet: p.end.IsZero(), Do: p.present},
		do(keys.PlotEach, func() { p.each = !p.each }),
		{ID: keys.PlotPod, Do: p.podMenu},
		{ID: keys.PlotLevels, Do: func() intent.Intent {
			p.levels = !p.levels
			return intent.Toast{Text: w.Levels[map[bool]int{false: 0, true: 1}[p.levels]]}
		}},
		{ID: keys.PlotMode, Do: func() intent.Intent {
			p.mode = (p.mode + 1) % plot.Modes
			return intent.Toast{Text: w.Modes[p.mode]}
		}},
		{ID: keys.PlotExpr, Do: p.editExpr},
	}
	if p.subject.Namespace != "" {
		out = append(out, keys.Command{ID: keys.PlotLogs, Do: p.logs}, pane.TimelineOf(p.env, p.subject.Namespace))
	}
	return []keys.Layer{{Name: page.Metrics, Commands: out}}
}

// enter enlarges the panel; enlarged, it pins the instant under the cursor.
func (p *Page) enter() intent.Intent {
	if p.full {
		if p.cursor.IsZero() {
			return intent.Toast{Text: p.env.Words.Metrics.NoCursor}
		}
		// The range stays where it is: the instant is in it.
		if p.end.IsZero() {
			p.end = p.grid().To
		}
		return intent.Pin{At: p.cursor}
	}
	p.full = true
	p.read(false)
	return nil
}

// move goes n panels on, stopping at the ends.
func (p *Page) move(n int) {
	panels := p.panels()
	if len(panels) == 0 {
		return
	}
	if p.full {
		n = max(min(n, 1), -1)
	}
	at := p.current(panels) + n
	if at < 0 || at >= len(panels) {
		if p.full || at < 0 {
			return
		}
		at = len(panels) - 1
	}
	p.focus = panels[at].ID
	p.see(at, len(panels))
}

// turn goes to the next panel, and round.
func (p *Page) turn(n int) {
	panels := p.panels()
	if len(panels) == 0 {
		return
	}
	at := (p.current(panels) + n + len(panels)) % len(panels)
	p.focus = panels[at].ID
	p.see(at, len(panels))
}

// see scrolls until a panel is on screen.
func (p *Page) see(at, n int) {
	r := at / p.lay.cols
	p.offset = min(max(p.offset, r-p.lay.rows+1), r)
	p.offset = max(min(p.offset, (n+p.lay.cols-1)/p.lay.cols-p.lay.rows), 0)
}

// point moves the cursor by points of the plot; the first time it stands at the newest.
func (p *Page) point(n int) {
	g := p.drawn()
	if p.cursor.IsZero() || g.Index(p.cursor) < 0 {
		at := g.To
		if pin := p.env.Pin; !pin.IsZero() && g.Index(pin) >= 0 {
			at = g.At(g.Index(pin))
		}
		p.cursor = at.In(p.env.Now().Location())
		return
	}
	i := g.Index(p.cursor) + n
	p.cursor = g.At(max(min(i, g.Len()-1), 0)).In(p.env.Now().Location())
	if i < 0 { // beyond the edge the range follows
		p.pan(-1)
	} else if i >= g.Len() && !p.live() {
		p.pan(1)
	}
}

// drawn is the grid of what is on screen, which may lag behind what is wanted.
func (p *Page) drawn() metrics.Grid {
	if panels := p.panels(); len(panels) > 0 {
		if r := p.loaded(panels[p.current(panels)]); r != nil && r.grid.Step > 0 {
			return r.grid
		}
	}
	return p.grid()
}

// zoom changes the length of the range, around the cursor where there is one.
func (p *Page) zoom(factor float64) intent.Intent {
	before := p.length()
	after := time.Duration(float64(before) * factor).Round(time.Second)
	after = min(max(after, leastSpan), mostSpan)
	if after == before {
		return nil
	}
	to := p.until()
	if !p.cursor.IsZero() {
		share := float64(to.Sub(p.cursor)) / float64(before)
		to = p.cursor.Add(time.Duration(share * float64(after)))
		p.end = to
		p.settle()
	}
	p.span = after
	p.read(false)
	return intent.Span{Length: after}
}

// pan moves the range by half its length.
func (p *Page) pan(n int) {
	p.end = p.until().Add(time.Duration(n) * p.length() / 2)
	p.settle()
	if p.cursor.IsZero() {
		return
	}
	g := p.grid() // the cursor comes along: one that nobody sees would leave every figure unsaid
	if p.cursor.Before(g.From) {
		p.cursor = g.From.In(p.cursor.Location())
	} else if p.cursor.After(g.To) {
		p.cursor = g.To.In(p.cursor.Location())
	}
}

// settle lets a range that reaches the present follow it again.
func (p *Page) settle() {
	if now := p.env.Now(); !p.end.Before(now) {
		p.end = time.Time{}
		if !p.env.Pin.IsZero() {
			p.end = now
		}
	}
}

// present comes back to now.
func (p *Page) present() intent.Intent {
	p.end, p.cursor = time.Time{}, time.Time{}
	p.read(false)
	return nil
}

// spans are the lengths of the menu.
func spans() []time.Duration {
	const h = time.Hour
	return []time.Duration{15 * time.Minute, h, 3 * h, 6 * h, 12 * h, 24 * h, 2 * 24 * h, 7 * 24 * h, 30 * 24 * h, 90 * 24 * h}
}

func (p *Page) rangeMenu() intent.Intent {
	w := p.env.Words.Metrics
	m := intent.Menu{Title: w.RangeTitle}
	set := func(d time.Duration) intent.Intent {
		p.span = d
		p.read(false)
		return intent.Span{Length: d}
	}
	for i, d := range spans() {
		if d == p.length() {
			m.At = i
		}
		m.Items = append(m.Items, intent.Item{Label: p.spanText(d), Do: func() intent.Intent { return set(d) }})
	}
	m.Items = append(m.Items, intent.Item{Label: w.RangeOwn, Hint: w.RangeHint, Do: func() intent.Intent {
		trouble := ""
		return intent.Input{Label: w.RangeTitle, Hint: w.RangeHint, Trouble: func(string) (string, int) { return trouble, -1 },
			Edit: func(string) intent.Intent { trouble = ""; return nil },
			Done: func(text string) (intent.Intent, bool) {
				now := p.env.Now()
				at, ok := page.ParseWhen("-"+text, now)
				if d := now.Sub(at); ok && d >= leastSpan && d <= mostSpan {
					return set(d), false
				}
				trouble = w.RangeBad + p.env.Words.Form.Colon + w.RangeHint
				return nil, true
			}}
	}})
	return m
}

// podMenu chooses one pod of those that run, or all.
func (p *Page) podMenu() intent.Intent {
	w := p.env.Words.Metrics
	m := intent.Menu{Title: w.WhichPod}
	add := func(label, pod string) {
		if pod == p.subject.Pod {
			m.At = len(m.Items)
		}
		m.Items = append(m.Items, intent.Item{Label: label, Do: func() intent.Intent {
			p.subject.Pod = pod
			p.name()
			p.read(false)
			return nil
		}})
	}
	add(w.AllPods, "")
	var names []string
	if p.facts != nil {
		for i := range p.facts.Pods {
			names = append(names, p.facts.Pods[i].Name)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		add(n, n)
	}
	return m
}

// logs opens the lines of the namespace, where the cursor is.
func (p *Page) logs() intent.Intent {
	s := logs.Subject{Namespace: p.subject.Namespace}
	if p.subject.Pod != "" && p.facts != nil {
		for i := range p.facts.Pods {
			if p.facts.Pods[i].Name == p.subject.Pod {
				s = pane.PodLogs(&p.facts.Pods[i])
			}
		}
	}
	if !p.cursor.IsZero() {
		s.At = p.cursor.UnixNano()
	} else if !p.end.IsZero() {
		s.At = p.end.UnixNano()
	}
	return intent.Many{intent.Span{Length: p.length()}, pane.OpenLogs(p.env, s)}
}
