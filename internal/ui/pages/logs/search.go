package logs

import (
	"errors"
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/plain"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/intent"
)

// Filter is the text of the search.
func (p *Page) Filter() string { return p.text }

// FilterHint says what may be typed.
func (p *Page) FilterHint() string { return p.env.Words.Logs.SearchHint }

// SetFilter replaces the search. While it cannot be read the last one that could stays in force, and the mistake is shown.
func (p *Page) SetFilter(text string) {
	before := p.query.String()
	p.setText(text)
	if text == "" {
		p.only = false
	}
	if p.query.String() != before {
		p.look()
	}
}

func (p *Page) setText(text string) {
	p.text, p.mistake = text, nil
	q, err := query.Parse(text)
	if err != nil {
		var at *query.SyntaxError
		if errors.As(err, &at) {
			p.mistake = at
		}
		return
	}
	p.query = q
	p.match, p.keep = nil, nil
	seek, keep := parts(q)
	if !seek.Empty() {
		p.match = query.Compile(seek, p.set)
	}
	if !keep.Empty() {
		p.keep = query.Compile(keep, p.set)
	}
}

// shownQuery is what of the query leaves lines out now.
func (p *Page) shownQuery() query.Query {
	if p.only {
		return p.query
	}
	_, keep := parts(p.query)
	return keep
}

// parts are what a query looks for, and what it excludes: an exclusion marks nothing, so it always leaves lines out.
func parts(q query.Query) (seek, keep query.Query) {
	for _, alternatives := range q.Terms() {
		if len(alternatives) == 1 && alternatives[0].Not {
			keep = keep.With(alternatives[0])
			continue
		}
		into := &keep // alternatives that all exclude mark nothing either
		for _, t := range alternatives {
			if !t.Not {
				into = &seek
			}
		}
		texts := make([]string, len(alternatives))
		for i, t := range alternatives {
			texts[i] = t.String()
		}
		if one, err := query.Parse(strings.Join(texts, " | ")); err == nil {
			*into = into.And(one)
		}
	}
	return seek, keep
}

// look makes the view again from what is asked of it, and keeps the place.
func (p *Page) look() {
	if p.store == nil {
		return
	}
	o := lines.ViewOptions{Fold: !p.unfold}
	if p.context == nil {
		o.Match, o.Keep, o.Floor, o.OnlyMatches = p.match, p.keep, p.floor, p.only && p.match != nil
		if len(p.hidden) > 0 {
			hidden := map[place]bool{}
			for k := range p.hidden {
				hidden[k] = true
			}
			o.Hidden = func(s *logs.Stream) bool { return hidden[place{container: placeOf(s).container}] }
		}
	}
	p.eyes.look(p.store.View(o))
}

// with adds a condition, shows only what fulfils it, and says so.
func (p *Page) with(t query.Term) {
	p.setText(p.query.With(t).String())
	p.only = p.only || !t.Not
	p.look()
}

// withAll adds conditions that hold together, or leaves out the lines for which all of them hold.
func (p *Page) withAll(ts []query.Term, not bool) {
	if len(ts) == 1 || !not {
		q := p.query
		for _, t := range ts {
			t.Not = not
			q = q.With(t)
		}
		p.setText(q.String())
		p.only = p.only || !not
		p.look()
		return
	}
	texts := make([]string, len(ts))
	for i, t := range ts {
		t.Not = true
		texts[i] = t.String()
	}
	if one, err := query.Parse(strings.Join(texts, " | ")); err == nil {
		p.setText(p.query.And(one).String())
		p.look()
	}
}

// probes puts the platform's probes aside, or shows them again.
func (p *Page) probes() intent.Intent {
	for _, x := range query.Presets() {
		if x.ID != query.HideProbes {
			continue
		}
		q, there := p.query, true
		for _, c := range x.Query("").Terms() {
			without := q.Without(c[0])
			there = there && without.String() != q.String()
			q = without
		}
		if !there {
			q = p.query.And(x.Query(""))
		}
		p.SetFilter(q.String())
	}
	return nil
}

// termOf is the condition that "like this" means here: the field under the cursor of the detail, else what a line says of itself.
func (p *Page) termOf(include bool) (query.Term, bool) {
	if p.focus == onDetail {
		f, ok := p.detail.current()
		if !ok || f.term.Kind == 0 {
			return query.Term{}, false
		}
		return f.term, true
	}
	it, ok := p.store.Get(p.seat.id)
	if !ok || it.Notice != nil {
		return query.Term{}, false
	}
	container := query.Term{Kind: query.Stream, Name: "container", Value: it.Stream.Label("container")}
	if include && container.Value != "" {
		return container, true
	}
	if m := plain.Line(p.set.Message(it.Text, it.Format)); m != "" {
		return query.Term{Kind: query.Text, Value: m}, true
	}
	return container, container.Value != ""
}

// include keeps only what is like the line, or has the field, under the cursor; exclude puts it aside. On a line a menu says which.
func (p *Page) include(not bool) intent.Intent {
	t, ok := p.termOf(!not)
	if !ok {
		return toast(p.env.Words.Logs.NoField)
	}
	if p.focus == onDetail {
		t.Not = not
		p.with(t)
		return nil
	}
	m := intent.Menu{Title: p.env.Words.Command[map[bool]string{false: "text.include", true: "text.exclude"}[not]].Short}
	for _, t := range p.terms() {
		t.Not = not
		m.Items = append(m.Items, intent.Item{Label: t.String(), Do: func() intent.Intent { p.with(t); return nil }})
	}
	if len(m.Items) == 1 {
		return m.Items[0].Do()
	}
	return m
}

// terms are the conditions that a line offers: its message, its fields, where it comes from, its level.
func (p *Page) terms() []query.Term {
	it, ok := p.store.Get(p.seat.id)
	if !ok || it.Notice != nil {
		return nil
	}
	var out []query.Term
	add := func(t query.Term) {
		if t.Value != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	message := plain.Line(p.set.Message(it.Text, it.Format))
	switch {
	case message != "" && len(message) < 200:
		add(query.Term{Kind: query.Text, Value: message})
	case message == "" && it.Format == format.Plain && len(it.Text) < 200:
		add(query.Term{Kind: query.Text, Value: plain.Line(it.Text)})
	}
	if it.Stream != nil {
		add(query.Term{Kind: query.Stream, Name: "container", Value: it.Stream.Container})
		add(query.Term{Kind: query.Stream, Name: "pod", Value: it.Stream.Pod})
	}
	if it.Level != logs.LevelNone {
		add(query.Term{Kind: query.Level, Name: "level", Op: query.Equal, Value: it.Level.String()})
	}
	for name, value := range it.Meta.All() {
		if name != "detected_level" { // it is the level, above
			add(query.Term{Kind: query.Field, Name: name, Op: query.Equal, Value: value})
		}
	}
	for _, name := range p.set.Columns(it.Format) {
		for _, f := range p.set.Fields(it.Text, it.Format) {
			if f.Name == name {
				add(query.Term{Kind: query.Field, Name: name, Op: query.Equal, Value: f.Value})
			}
		}
	}
	return out[:min(len(out), 12)]
}

// toggleOnly shows the lines found alone, or all with the found ones marked; the line under the cursor keeps its place.
func (p *Page) toggleOnly() intent.Intent {
	if p.match == nil {
		return toast(p.env.Words.Logs.NoSearch)
	}
	p.only = !p.only
	p.look()
	return nil
}

// toggleContext looks around the line under the cursor without search, floor or hidden containers, and comes back to where it was.
func (p *Page) toggleContext() intent.Intent {
	if p.context != nil {
		p.leaveContext()
		return nil
	}
	p.context = &around{seat: p.seat}
	p.follow = false
	p.seat.row = p.height / 2
	p.look()
	return nil
}

func (p *Page) leaveContext() {
	p.seat = p.context.seat
	p.context = nil
	p.look()
}

// setFloor keeps what is at least so serious.
func (p *Page) setFloor(l logs.Level) intent.Intent {
	p.floor = l
	p.look()
	return nil
}

// problems switches between warnings and errors only, and everything.
func (p *Page) problems() intent.Intent {
	if p.floor == logs.LevelWarn {
		return p.setFloor(logs.LevelNone)
	}
	return p.setFloor(logs.LevelWarn)
}

func (p *Page) levelMenu() intent.Intent {
	w := p.env.Words
	m := intent.Menu{Title: w.Logs.LevelTitle, At: int(p.floor)}
	for i, word := range levelNames(w) {
		hint := ""
		if n := p.atLeast(logs.Level(i)); i > 0 { //nolint:gosec // a handful
			hint = w.Int(n)
		}
		m.Items = append(m.Items, intent.Item{Label: word, Hint: hint, Do: func() intent.Intent { return p.setFloor(logs.Level(i)) }}) //nolint:gosec // a handful
	}
	return m
}

// atLeast counts what is held at a level or above.
func (p *Page) atLeast(l logs.Level) (n int) {
	for i, c := range p.stat.Levels {
		if i >= int(l) {
			n += int(c)
		}
	}
	return n
}

// streamsMenu shows or hides containers.
func (p *Page) streamsMenu() intent.Intent {
	w := p.env.Words
	var all []string
	for _, s := range p.store.Streams() {
		if c := placeOf(s).container; !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	m := intent.Menu{Title: w.Logs.StreamsTitle, Items: []intent.Item{{Label: w.Logs.AllStreams, Do: func() intent.Intent {
		clear(p.hidden)
		p.look()
		return nil
	}}}}
	for _, c := range all {
		k := place{container: c}
		sign := p.env.Glyphs.OK
		if p.hidden[k] {
			sign = p.env.Glyphs.None
		}
		m.Items = append(m.Items, intent.Item{Label: sign + " " + c, Do: func() intent.Intent {
			if p.hidden[k] {
				delete(p.hidden, k)
			} else {
				p.hidden[k] = true
			}
			p.look()
			return nil
		}})
	}
	for _, c := range all {
		if len(all) < 2 {
			break
		}
		m.Items = append(m.Items, intent.Item{Label: w.Logs.OnlyStream + " " + c, Do: func() intent.Intent {
			clear(p.hidden)
			for _, other := range all {
				if other != c {
					p.hidden[place{container: other}] = true
				}
			}
			p.look()
			return nil
		}})
	}
	return m
}

// presetsMenu offers the queries made ready: asked here of what is held, and of the server where they are numbers or need it.
func (p *Page) presetsMenu() intent.Intent {
	w := p.env.Words
	m := intent.Menu{Title: w.Logs.PresetsTitle}
	for _, x := range query.Presets() {
		if x.Metric {
			continue // numbers, not lines: below
		}
		label := w.Logs.Preset[x.ID]
		if label == "" {
			label = x.ID
		}
		if x.ID == "text" {
			m.Items = append(m.Items, intent.Item{Label: label, Hint: "/", Do: func() intent.Intent { return intent.Filter{} }})
			continue
		}
		m.Items = append(m.Items, intent.Item{Label: label, Hint: x.Local, Do: func() intent.Intent {
			q := x.Query("")
			if q.Empty() {
				p.SetFilter("")
				return nil
			}
			p.setText(p.query.And(q).String())
			p.only = p.match != nil
			p.look()
			return nil
		}})
	}
	m.Items = append(m.Items, p.numberItems()...)
	return m
}

func sorted(s []string) []string { slices.Sort(s); return s }
