package trace

import (
	"dsotop/internal/logs/runner"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
)

// Layers is what the page understands now.
func (p *Page) Layers() []keys.Layer {
	if p.out == nil {
		return nil
	}
	by := func(id string, f func()) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { f(); return nil }}
	}
	screen := max(p.height-1, 1)
	l, ok := p.line(p.at)
	inSection := ok && l.Section != runner.None
	running := p.job.Running()
	out := []keys.Command{
		by(keys.Up, func() { p.move(-1) }), by(keys.Down, func() { p.move(1) }),
		by(keys.PageUp, func() { p.page(-screen) }), by(keys.PageDown, func() { p.page(screen) }),
		by(keys.TextUp, func() { p.page(-screen) }), by(keys.TextDown, func() { p.page(screen) }),
		by(keys.HalfUp, func() { p.page(-max(screen/2, 1)) }), by(keys.HalfDown, func() { p.page(max(screen/2, 1)) }),
		by(keys.Top, func() { p.move(-len(p.rows)) }), by(keys.Bottom, p.end),
		by(keys.Left, func() { p.slide(-1) }), by(keys.Right, func() { p.slide(1) }),
		{ID: keys.Enter, Quiet: !inSection, Do: func() intent.Intent { p.toggle(); return nil }},
		{ID: keys.Sections, Quiet: len(p.out.Sections) < 2, Do: func() intent.Intent { p.toggleAll(); return nil }},
		{ID: keys.Error, Quiet: p.out.Errors == 0, Do: func() intent.Intent { return p.find(p.problemAt, 1, p.env.Words.Logs.NoMoreError) }},
		{ID: keys.ErrorUp, Do: func() intent.Intent { return p.find(p.problemAt, -1, p.env.Words.Logs.NoMoreError) }},
		{ID: keys.Search, Do: func() intent.Intent { return intent.Filter{} }},
		{ID: keys.SearchOn, Do: func() intent.Intent { return p.hit(1) }},
		{ID: keys.SearchUp, Do: func() intent.Intent { return p.hit(-1) }},
		{ID: keys.TextOnly, Quiet: p.match == nil, Do: func() intent.Intent {
			if p.match == nil {
				return intent.Toast{Text: p.env.Words.Logs.NoSearch, Bad: true}
			}
			p.only = !p.only
			p.arrange()
			return nil
		}},
		by(keys.Trouble, func() { p.trouble = !p.trouble; p.arrange() }),
		by(keys.Wrap, func() { p.wrap, p.shift = !p.wrap, 0 }),
		by(keys.Colours, func() { p.colours = !p.colours }),
		{ID: keys.TimeMode, Quiet: !p.out.Stamped, Do: func() intent.Intent {
			if !p.out.Stamped {
				return intent.Toast{Text: p.env.Words.Trace.NoTimes}
			}
			p.times = !p.times
			return nil
		}},
	}
	if running {
		out = append(out, keys.Command{ID: keys.Follow, Quiet: p.follow, Do: func() intent.Intent {
			if p.follow = !p.follow; p.follow {
				p.bottom()
			}
			return nil
		}})
	}
	return []keys.Layer{{Name: page.Trace, Commands: out}}
}

// move moves the cursor by rows; leaving the last one ends following.
func (p *Page) move(by int) {
	if len(p.rows) == 0 {
		return
	}
	was := p.index()
	i := max(min(was+by, len(p.rows)-1), 0)
	p.at = p.rows[i]
	p.row0 = max(min(p.row0+i-was, p.height-1), 0)
	if by < 0 {
		p.follow = false
	}
}

// page moves cursor and window together.
func (p *Page) page(by int) {
	row := p.row0
	p.move(by)
	p.row0 = row
}

// bottom stands on the last line.
func (p *Page) bottom() {
	if n := len(p.rows); n > 0 {
		p.at, p.row0 = p.rows[n-1], max(p.height-1, 0)
	}
}

// end is bottom by hand: what still runs is followed from there.
func (p *Page) end() {
	p.bottom()
	p.follow = p.job.Running()
}

func (p *Page) slide(by int) {
	if !p.wrap {
		p.shift = max(p.shift+by*16, 0)
	}
}

// find goes to the next line of a kind, in the middle of the screen when it was not on it.
func (p *Page) find(is func(int32) bool, by int32, none string) intent.Intent {
	was := p.index()
	if !p.step(is, by) {
		return intent.Toast{Text: none}
	}
	if row := p.row0 + p.index() - was; row < 0 || row >= p.height {
		p.row0 = p.height / 3
	} else {
		p.row0 = row
	}
	return nil
}

func (p *Page) hit(by int32) intent.Intent {
	if p.match == nil {
		return intent.Toast{Text: p.env.Words.Logs.NoSearch, Bad: true}
	}
	return p.find(p.hitAt, by, p.env.Words.Logs.NoMore)
}
