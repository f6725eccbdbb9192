package logs

import (
	"dsotop/internal/logs"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
)

// Layers is what the page understands now: what has the focus, then the lines.
func (p *Page) Layers() []keys.Layer {
	switch {
	case !p.wanted():
		return []keys.Layer{{Name: page.Logs, Commands: []keys.Command{{ID: keys.Enter, Do: p.chooseEnvironment}}}}
	case p.feed == nil:
		return nil
	case p.focus == onPatterns:
		return []keys.Layer{{Name: page.Logs, Commands: p.patternCommands()}}
	}
	var out []keys.Layer
	switch p.focus {
	case onStrip:
		out = append(out, keys.Layer{Name: "strip", Commands: p.stripCommands()})
	case onDetail:
		out = append(out, keys.Layer{Name: "detail", Commands: p.detailCommands()})
	default:
	}
	return append(out, keys.Layer{Name: page.Logs, Commands: p.lineCommands()})
}

func do(id string, f func()) keys.Command {
	return keys.Command{ID: id, Do: func() intent.Intent { f(); return nil }}
}

func (p *Page) lineCommands() []keys.Command {
	screen := max(p.height-1, 1)
	out := []keys.Command{
		{ID: keys.Detail, Do: p.enter},
		do(keys.Up, func() { p.move(-1) }), do(keys.Down, func() { p.move(1) }),
		do(keys.PageUp, func() { p.screen(-screen) }), do(keys.PageDown, func() { p.screen(screen) }),
		do(keys.TextUp, func() { p.screen(-screen) }), do(keys.TextDown, func() { p.screen(screen) }),
		do(keys.HalfUp, func() { p.screen(-max(screen/2, 1)) }), do(keys.HalfDown, func() { p.screen(max(screen/2, 1)) }),
		do(keys.Top, p.top), do(keys.Bottom, p.bottom),
		do(keys.Left, func() { p.slide(-1) }), do(keys.Right, func() { p.slide(1) }),
		{ID: keys.Error, Do: func() intent.Intent { return p.trouble(1) }},
		{ID: keys.ErrorUp, Do: func() intent.Intent { return p.trouble(-1) }},
		{ID: keys.Search, Do: func() intent.Intent { return intent.Filter{} }},
		{ID: keys.SearchOn, Do: func() intent.Intent { return p.hit(1) }},
		{ID: keys.SearchUp, Do: func() intent.Intent { return p.hit(-1) }},
		{ID: keys.TextOnly, Quiet: p.match == nil, Do: p.toggleOnly},
		{ID: keys.Context, Quiet: !p.restricted() && p.context == nil, Do: p.toggleContext},
		{ID: keys.Include, Quiet: true, Do: func() intent.Intent { return p.include(false) }},
		{ID: keys.Exclude, Quiet: true, Do: func() intent.Intent { return p.include(true) }},
		{ID: keys.Probes, Do: p.probes},
		{ID: keys.Follow, Quiet: p.follow || p.anchor != 0, Do: p.toggleFollow},
		{ID: keys.Trouble, Do: p.problems},
		{ID: keys.Level, Do: func() intent.Intent { return p.levelMenu() }},
		{ID: keys.Streams, Do: func() intent.Intent { return p.streamsMenu() }},
		{ID: keys.Presets, Do: func() intent.Intent { return p.presetsMenu() }},
		{ID: keys.LogQL, Do: p.editLogQL},
		{ID: keys.Jump, Do: p.jump},
		{ID: keys.Time, Do: p.timeMenu},
		{ID: keys.Select, Do: p.selectLines},
		{ID: keys.Patterns, Do: p.openPatterns},
		{ID: keys.Instance, Do: p.instance},
		do(keys.Pretty, func() { p.detail.open = !p.detail.open }),
		do(keys.Mode, func() { p.raw = !p.raw }),
		do(keys.Wrap, func() { p.wrap, p.shift = !p.wrap, 0 }),
		{ID: keys.TimeMode, Do: p.nextClock},
		do(keys.Traces, func() { p.unfold = !p.unfold; p.look() }),
		do(keys.Colours, func() { p.colours = !p.colours }),
		do(keys.Histogram, func() { p.strip.shown = !p.strip.shown }),
		{ID: keys.ZoomIn, Do: func() intent.Intent { return p.zoom(0.5) }},
		{ID: keys.ZoomOut, Do: func() intent.Intent { return p.zoom(2) }},
		{ID: keys.Mark, Do: p.mark},
		{ID: keys.MarkOn, Do: func() intent.Intent { return p.nextMark(1) }},
		{ID: keys.MarkUp, Do: func() intent.Intent { return p.nextMark(-1) }},
		{ID: keys.Export, Do: func() intent.Intent { return p.exportMenu() }},
	}
	if p.strip.shown || p.detail.open {
		out = append(out, keys.Command{ID: keys.NextTab, Quiet: !p.detail.open, Do: p.nextFocus}, keys.Command{ID: keys.PrevTab, Do: p.nextFocus})
	}
	return out
}

// enter is what Enter does on a line: fetch what a gap misses, else open its detail and pin its instant.
func (p *Page) enter() intent.Intent {
	it, ok := p.store.Get(p.seat.id)
	if !ok {
		return nil
	}
	if n := it.Notice; n != nil {
		switch n.Kind {
		case logs.NoticeGap, logs.NoticeDropped:
			p.feed.Fetch(*n)
			return intent.Toast{Text: p.env.Words.Logs.Fetching}
		case logs.NoticeEvicted:
			p.feed.Older(n.At)
			return intent.Toast{Text: p.env.Words.Logs.Fetching}
		}
		return nil
	}
	p.detail.open, p.focus = true, onDetail
	p.follow = false
	return intent.Pin{At: when(it.At).In(p.zone())}
}

// nextFocus goes round: lines, detail, strip.
func (p *Page) nextFocus() intent.Intent {
	switch {
	case p.focus == onLines && p.detail.open:
		p.focus = onDetail
	case p.focus != onStrip && p.strip.shown:
		p.focus, p.strip.at = onStrip, p.seat.at
	default:
		p.focus = onLines
	}
	return nil
}

func (p *Page) stripCommands() []keys.Command {
	by := func(id string, n int) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { return p.moveStrip(n) }}
	}
	return []keys.Command{
		{ID: keys.Detail, Do: func() intent.Intent { p.focus = onLines; return p.pin() }},
		by(keys.Left, -1), by(keys.Right, 1), by(keys.Up, -1), by(keys.Down, 1),
		by(keys.PageUp, -10), by(keys.PageDown, 10), by(keys.Top, -100_000), by(keys.Bottom, 100_000),
	}
}

func (p *Page) detailCommands() []keys.Command {
	d := &p.detail
	return []keys.Command{
		do(keys.Up, func() { d.move(-1) }), do(keys.Down, func() { d.move(1) }),
		do(keys.PageUp, func() { d.move(-10) }), do(keys.PageDown, func() { d.move(10) }),
		do(keys.Top, func() { d.move(-len(d.rows)) }), do(keys.Bottom, func() { d.move(len(d.rows)) }),
		{ID: keys.Detail, Do: p.enterFact},
		{ID: keys.Include, Do: func() intent.Intent { return p.include(false) }},
		{ID: keys.Exclude, Do: func() intent.Intent { return p.include(true) }},
	}
}

// enterFact is what Enter does on a fact: a field becomes a column of the lines, or stops being one.
func (p *Page) enterFact() intent.Intent {
	f, ok := p.detail.current()
	if !ok || f.term.Kind == 0 {
		return nil
	}
	w := p.env.Words
	m := intent.Menu{Title: f.name}
	for _, not := range []bool{false, true} {
		t := f.term
		t.Not = not
		m.Items = append(m.Items, intent.Item{Label: w.Command[map[bool]string{false: keys.Include, true: keys.Exclude}[not]].Short, Hint: t.String(), Do: func() intent.Intent { p.with(t); return nil }})
	}
	if f.term.Name != "" {
		m.Items = append(m.Items, intent.Item{Label: w.Logs.Column, Hint: f.name, Do: func() intent.Intent { p.toggleColumn(f.term.Name); return nil }})
	}
	return m
}

func (p *Page) toggleColumn(name string) {
	for i, c := range p.columns {
		if c == name {
			p.columns = append(p.columns[:i:i], p.columns[i+1:]...)
			return
		}
	}
	p.columns = append(p.columns, name)
}

// slide scrolls sideways by a third of the window.
func (p *Page) slide(n int) {
	if !p.wrap {
		p.shift = min(max(p.shift+n*20, 0), 1<<20)
	}
}

func (p *Page) nextClock() intent.Intent {
	p.clock = (p.clock + 1) % clocks
	return intent.Toast{Text: p.env.Words.Logs.TimeMode[p.clock]}
}

// selectLines starts a selection at the cursor, or gives it up.
func (p *Page) selectLines() intent.Intent {
	if p.anchor != 0 {
		p.anchor = 0
		return nil
	}
	p.anchor = p.seat.id
	p.follow = false
	return nil
}

// instance switches between the containers' present instance and the one before, which only live origins know.
func (p *Page) instance() intent.Intent {
	if len(p.reach.Live) == 0 {
		return toast(p.env.Words.Logs.NoInstance)
	}
	s := p.subject
	s.Previous, s.At = !s.Previous, 0
	p.reopen(s)
	return nil
}

// chooseEnvironment asks of which environment lines are wanted.
func (p *Page) chooseEnvironment() intent.Intent {
	m := intent.Menu{Title: p.env.Words.Logs.WhichEnvironment}
	for _, r := range p.fleet.Projects {
		for _, x := range pane.LogPlaces(r) {
			m.Items = append(m.Items, intent.Item{Label: r.Dossier.Project.Slug + " " + p.env.Glyphs.Into + " " + x.Name, Hint: pane.ShortNamespace(p.env, x.Namespace), Do: func() intent.Intent {
				return pane.OpenLogs(p.env, logs.Subject{Namespace: x.Namespace})
			}})
		}
	}
	return m
}
