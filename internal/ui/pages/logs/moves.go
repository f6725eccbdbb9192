package logs

import (
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/lines"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// stand puts the cursor on an item, on a row of the screen.
func (p *Page) stand(id lines.ID, row int) {
	it, ok := p.store.Get(id)
	if !ok {
		return
	}
	p.seat = seat{id: id, at: it.At, row: max(row, 0)}
	p.store.Hold(id)
	p.see()
}

// see remembers the newest line that was before the eyes.
func (p *Page) see() {
	if p.lastID == 0 {
		p.lastID = p.seat.id
		return
	}
	if last, ok := p.store.Get(p.lastID); !ok || last.At <= p.seat.at {
		p.lastID = p.seat.id
	}
}

// move goes n lines down, or up when negative. Going up ends following.
func (p *Page) move(n int) {
	id, made := p.eyes.view.Step(p.seat.id, n)
	if n < 0 {
		p.follow = false
	}
	if made == 0 && n < 0 {
		p.feed.Older(p.seat.at)
		return
	}
	if made == 0 {
		p.feed.Newer(p.seat.at)
		return
	}
	row := p.seat.row + made
	if n < 0 {
		row = p.seat.row - made
	}
	p.stand(id, min(max(row, 0), max(p.height-1, 0)))
}

// page scrolls by screens: the cursor keeps its row.
func (p *Page) screen(n int) {
	row := p.seat.row
	p.move(n)
	p.seat.row = row
}

// top goes to the oldest line held.
func (p *Page) top() {
	p.follow = false
	if id := p.eyes.view.First(); id != 0 {
		p.stand(id, 0)
	}
}

// bottom goes to the newest line, and follows from there.
func (p *Page) bottom() {
	if !p.state.Following {
		p.feed.Follow()
	}
	p.follow = true
	p.jumping = 0
	p.last()
}

// last stands on the newest visible line.
func (p *Page) last() {
	id := p.eyes.view.Last()
	it, ok := p.store.Get(id)
	if !ok {
		return
	}
	p.seat = seat{id: id, at: it.At, row: p.height - 1}
	p.store.Hold(0)
	p.lastID = id
}

// arrive keeps the place while lines come in: at the end when following, at the instant that was asked for once it is there.
func (p *Page) arrive() {
	switch {
	case p.follow:
		p.last()
	case p.jumping != 0 && p.stat.Lines > 0 && !p.state.Jumping:
		p.land(p.jumping, p.goal)
		p.jumping = 0
		if dir := p.wish; dir != 0 { // the key came before the lines
			p.wish = 0
			if id, ok := p.eyes.view.NextLevel(p.seat.id, dir, logs.LevelError); ok {
				p.show(id)
			}
		}
	}
	if _, ok := p.store.Get(p.seat.id); !ok {
		p.seat.id = p.store.SeekTime(p.seat.at)
	}
}

// land stands on the first line at an instant or after it, a third of the screen down: what led to it is above.
func (p *Page) land(at int64, g goal) {
	p.seat.at = at
	id := p.eyes.view.SeekTime(at)
	for _, it := range p.eyes.view.Window(id, 0, 32) { // of the lines of one moment, the one that was looked for
		if it.At == at && g.reaches(it) {
			id = it.ID
			break
		}
	}
	p.stand(id, p.height/3)
}

// goTo goes to an instant, and has it read when it is not held.
func (p *Page) goTo(at int64) intent.Intent { return p.goToward(at, goalMatch) }

// goToward is goTo for the sake of what is looked for there.
func (p *Page) goToward(at int64, g goal) intent.Intent {
	p.follow = false
	p.jumping, p.goal, p.wish = 0, g, 0
	if at < p.stat.First || at > p.stat.Last {
		p.jumping = at
	}
	p.feed.Jump(at)
	if p.stat.Lines > 0 {
		p.land(at, g)
	}
	return nil
}

// toggleFollow follows the newest lines, or stays here.
func (p *Page) toggleFollow() intent.Intent {
	if p.follow {
		p.follow = false
		return nil
	}
	p.bottom()
	return nil
}

// hit goes to the next line found (dir 1) or the previous one (-1).
func (p *Page) hit(dir int) intent.Intent {
	if p.match == nil {
		return toast(p.env.Words.Logs.NoSearch)
	}
	id, ok := p.eyes.view.NextMatch(p.seat.id, dir)
	bound := p.bound(id, ok)
	if beyond, asked := p.seekBeyond(goalMatch, dir, bound); asked && !p.together(bound) {
		return beyond
	}
	if !ok {
		p.askBeyond(dir)
		return toast(p.env.Words.Logs.NoMore)
	}
	p.show(id)
	return nil
}

// bound is the time of the nearest line found in memory, 0 for none: between here and there may lie what is not held.
func (p *Page) bound(id lines.ID, ok bool) int64 {
	if !ok {
		return 0
	}
	it, _ := p.store.Get(id)
	return it.At
}

// together reports that everything between the cursor and an instant is held.
func (p *Page) together(at int64) bool {
	h, ok := p.feed.Held(p.seat.at)
	return ok && at != 0 && h.From <= at && at < h.To
}

// trouble goes to the next error (dir 1) or the previous one (-1).
func (p *Page) trouble(dir int) intent.Intent {
	if p.jumping != 0 && p.state.Failed.State == "" {
		p.wish = dir
		return toast(p.env.Words.Logs.Loading)
	}
	id, ok := p.eyes.view.NextLevel(p.seat.id, dir, logs.LevelError)
	bound := p.bound(id, ok)
	if beyond, asked := p.seekBeyond(goalError, dir, bound); asked && !p.together(bound) {
		return beyond
	}
	if !ok {
		p.askBeyond(dir)
		return toast(p.env.Words.Logs.NoMoreError)
	}
	p.show(id)
	return nil
}

func (p *Page) askBeyond(dir int) {
	if dir < 0 {
		p.feed.Older(p.seat.at)
	} else if !p.state.Following {
		p.feed.Newer(p.seat.at)
	}
}

// show stands on a line that may be far away: where it is on the screen when it is there, else with what led to it above.
func (p *Page) show(id lines.ID) {
	p.follow = false
	for i, it := range p.eyes.view.Window(p.seat.id, p.seat.row, max(p.height-p.seat.row-1, 0)) {
		if it.ID == id {
			if row := p.rowOf(i); !p.wrap && row >= 0 && row < p.height {
				p.stand(id, row)
				return
			}
		}
	}
	p.stand(id, p.height/3)
}

// rowOf is the screen row of the i-th item of the window that begins with the top row.
func (p *Page) rowOf(i int) int {
	items := p.eyes.view.Window(p.seat.id, p.seat.row, 0)
	return p.seat.row - (len(items) - 1) + i
}

// mark sets or takes away the bookmark of the line under the cursor.
func (p *Page) mark() intent.Intent {
	if p.marks[p.seat.id] {
		delete(p.marks, p.seat.id)
	} else if p.seat.id != 0 {
		p.marks[p.seat.id] = true
	}
	return nil
}

// nextMark goes to the nearest bookmark in a direction, round the end.
func (p *Page) nextMark(dir int) intent.Intent {
	var next, wrap lines.Item
	for id := range p.marks {
		it, ok := p.store.Get(id)
		if !ok {
			delete(p.marks, id) // it left the memory
			continue
		}
		past := int64(dir) * (it.At - p.seat.at)
		if past == 0 {
			past = int64(dir) * (int64(it.ID) - int64(p.seat.id)) //nolint:gosec // counted up from 1
		}
		if past > 0 && (next.ID == 0 || int64(dir)*(next.At-it.At) > 0) {
			next = it
		}
		if it.ID != p.seat.id && (wrap.ID == 0 || int64(dir)*(wrap.At-it.At) > 0) {
			wrap = it
		}
	}
	switch {
	case next.ID != 0:
		p.show(next.ID)
	case wrap.ID != 0:
		p.show(wrap.ID)
	default:
		return toast(p.env.Words.Logs.NoMark)
	}
	return nil
}

// jump asks for a time and goes there.
func (p *Page) jump() intent.Intent {
	w := p.env.Words
	trouble := ""
	return intent.Input{Label: w.Logs.JumpLabel, Hint: w.Frame.TimeHint,
		Edit:    func(string) intent.Intent { trouble = ""; return nil },
		Trouble: func(string) (string, int) { return trouble, -1 },
		Done: func(text string) (intent.Intent, bool) {
			at, ok := page.ParseWhen(text, p.env.Now())
			if !ok {
				trouble = w.Frame.TimeBad + w.Form.Colon + w.Frame.TimeHint
				return nil, true
			}
			return p.goTo(at.UnixNano()), false
		}}
}

// timeMenu pins the instant of the line under the cursor, releases it, or goes to another.
func (p *Page) timeMenu() intent.Intent {
	w, now := p.env.Words, p.env.Now()
	m := intent.Menu{Title: w.Frame.TimeTitle}
	add := func(label, hint string, do func() intent.Intent) {
		m.Items = append(m.Items, intent.Item{Label: label, Hint: hint, Do: do})
	}
	if !p.env.Pin.IsZero() {
		pin := p.env.Pin
		add(w.Frame.TimeFree, p.instant(pin.UnixNano(), int64(time.Hour)), func() intent.Intent {
			return intent.Many{intent.Pin{}, intent.Toast{Text: w.Frame.Released}}
		})
		add(w.Logs.GoPinned, p.instant(pin.UnixNano(), int64(time.Hour)), func() intent.Intent { return p.goTo(pin.UnixNano()) })
	}
	if p.seat.id != 0 {
		add(w.Logs.PinLine, p.instant(p.seat.at, 0), func() intent.Intent { return p.pin() })
	}
	add(w.Frame.TimeNow, w.Clock(now), func() intent.Intent { p.bottom(); return nil })
	for _, ago := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
		at := now.Add(-ago)
		add(w.Form.Ago(w.Age(ago)), w.When(at, now), func() intent.Intent { return p.goTo(at.UnixNano()) })
	}
	add(w.Frame.TimeOther, "", func() intent.Intent { return p.jump() })
	return m
}

// pin holds every page at the instant of the line under the cursor.
func (p *Page) pin() intent.Intent {
	at := when(p.seat.at).In(p.zone())
	return intent.Many{intent.Pin{At: at}, intent.Toast{Text: p.env.Words.Frame.Pinned(p.instant(p.seat.at, 0))}}
}
