package ui

import (
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pages/help"
	"dsotop/internal/ui/words"
)

// press sends a key to the innermost link of the focus chain that understands it: overlay, page, global.
func (r *Root) press(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	if r.toast != nil {
		r.toast, r.dirty = nil, true
	}
	if cmd, took := r.presented(name); took {
		return cmd
	}
	if r.over != nil {
		r.dirty = true
		o := r.over
		do, done := o.key(k)
		if done && r.over == o {
			r.over = nil
		}
		cmd := r.carry(do)
		r.tryOn()
		return cmd
	}
	c, ok := r.keys.Find(name, r.chain())
	if !ok {
		c, ok = r.keys.Find(k.Keystroke(), r.chain())
	}
	if !ok {
		return nil
	}
	return r.run(c)
}

func (r *Root) run(c keys.Command) tea.Cmd {
	r.dirty = true
	if c.Why != "" {
		return r.carry(intent.Toast{Text: r.env.Words.Palette.WhyNot(c.Why), Bad: true})
	}
	if c.Do == nil {
		return nil
	}
	var do intent.Intent
	r.guard(func() bool { do = c.Do(); return false })
	return r.carry(do)
}

// chain is the focus chain of the page in front.
func (r *Root) chain() []keys.Layer {
	var out []keys.Layer
	if p := r.history.page(); p != nil {
		out = append(out, p.Layers()...)
	}
	return append(out, keys.Layer{Name: "global", Commands: r.global()})
}

// global is what is understood everywhere.
func (r *Root) global() []keys.Command {
	say := func(id string, what intent.Intent) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { return what }}
	}
	p := r.history.page()
	out := []keys.Command{
		say(keys.Palette, intent.Palette{}), say(keys.Help, intent.Help{}), say(keys.Quit, intent.Quit{}),
		say(keys.Refresh, intent.Refresh{}), say(keys.Repaint, intent.Repaint{}), say(keys.Suspend, intent.Suspend{}),
		say(keys.Next, intent.Screen{Step: 1}), say(keys.Previous, intent.Screen{Step: -1}), say(keys.Last, intent.Last{}),
		say(keys.Screen1, intent.Open{Ref: intent.Ref{Kind: page.Fleet}}), say(keys.Screen2, intent.Open{Ref: intent.Ref{Kind: page.Pipelines}}),
		{ID: keys.Theme, Do: func() intent.Intent { return r.themeMenu() }},
		{ID: keys.Language, Do: func() intent.Intent { return r.languageMenu() }},
	}
	if r.registered(page.Quality) {
		out = append(out, say(keys.Screen3, intent.Open{Ref: intent.Ref{Kind: page.Quality}}))
	}
	if r.registered(page.GitOps) {
		out = append(out, say(keys.Screen4, intent.Open{Ref: intent.Ref{Kind: page.GitOps}}))
	}
	if r.registered(page.Pods) {
		out = append(out, say(keys.Screen5, intent.Open{Ref: intent.Ref{Kind: page.Pods}}))
	}
	if r.registered(page.Logs) {
		out = append(out, say(keys.Screen6, intent.Open{Ref: intent.Ref{Kind: page.Logs}}))
	}
	if r.registered(page.Metrics) {
		out = append(out, say(keys.Screen7, intent.Open{Ref: intent.Ref{Kind: page.Metrics}}))
	}
	if r.registered(page.Alerts) {
		out = append(out, say(keys.Screen8, intent.Open{Ref: intent.Ref{Kind: page.Alerts}}))
	}
	if r.registered(page.Sources) {
		out = append(out, say(keys.Sources, intent.Open{Ref: intent.Ref{Kind: page.Sources}}))
	}
	if r.registered(page.Perf) {
		out = append(out, say(keys.Perf, intent.Open{Ref: intent.Ref{Kind: page.Perf}}))
	}
	out = append(out, r.showCommands()...)
	if r.registered(page.Onboarding) {
		out = append(out, say(keys.Board, intent.Open{Ref: intent.Ref{Kind: page.Onboarding}}))
	}
	if r.registered(page.Journal) {
		out = append(out, say(keys.Journal, intent.Open{Ref: intent.Ref{Kind: page.Journal}}))
	}
	if r.registered(page.Runbooks) {
		out = append(out, say(keys.Screen9, intent.Open{Ref: intent.Ref{Kind: page.Runbooks}}))
		f, ok := findingOf(r.history.page()) // its procedure is what one looks for there
		out = append(out, keys.Command{ID: keys.Books, Quiet: !ok || f.Runbook == "", Foot: 3, Do: r.books})
	}
	if r.actable() {
		out = append(out, keys.Command{ID: keys.Actions, Do: func() intent.Intent { return onLoop((*Root).act) }})
	}
	f, filters := p.(page.Filterable)
	deep := len(r.history.back) > 0
	pinned := !r.env.Pin.IsZero()
	out = append(out, keys.Command{ID: keys.Time, Quiet: !pinned, Do: func() intent.Intent { return r.timeMenu() }})
	out = append(out, keys.Command{ID: keys.BackID, Quiet: !deep && !pinned && !(filters && f.Filter() != ""), Do: func() intent.Intent {
		if u, ok := p.(page.Undoer); ok && u.Undo() {
			return nil
		}
		if pinned {
			return intent.Many{intent.Pin{}, intent.Toast{Text: r.env.Words.Frame.Released}}
		}
		return intent.Back{}
	}}, keys.Command{ID: keys.Leave, Quiet: deep, Do: func() intent.Intent { return intent.Leave{} }})
	if r.history.here.Kind != page.Help {
		c, ok := p.(page.Copier)
		out = append(out, keys.Command{ID: keys.Copy, Quiet: !ok || len(c.Copies()) == 0, Do: func() intent.Intent { return r.copies() }},
			keys.Command{ID: keys.Web, Quiet: true, Do: func() intent.Intent { return onLoop((*Root).web) }})
	}
	return out
}

// carry does what a command wants. It is the only place where an intent meets the session.
func (r *Root) carry(do intent.Intent) tea.Cmd {
	switch d := do.(type) {
	case intent.Many:
		var cmds []tea.Cmd
		for _, one := range d {
			cmds = append(cmds, r.carry(one))
		}
		return tea.Batch(cmds...)
	case onLoop:
		r.dirty = true
		return d(r)
	case intent.Open:
		if !r.open(d.Ref, nil) {
			r.say(r.env.Words.Frame.NoPage, true)
		} else if d.Tab > 0 {
			r.showTab(d.Tab - 1)
		}
	case intent.Back:
		r.goBack()
	case intent.Last:
		r.open(r.history.last, nil)
	case intent.Screen:
		r.screen(d.Step)
	case intent.Leave:
		if !r.goBack() {
			return tea.Quit
		}
	case intent.Quit:
		return tea.Quit
	case intent.Suspend:
		return tea.Suspend
	case intent.Repaint:
		return tea.ClearScreen
	case intent.Refresh:
		r.env.Backend.Refresh()
		r.say(r.env.Words.Frame.Refreshed, false)
	case intent.Copy:
		r.say(r.env.Words.Frame.Copied(d.What), false)
		return tea.SetClipboard(d.Text)
	case intent.Toast:
		r.toast, r.dirty = &d, true
	case intent.Menu:
		r.over, r.dirty = newMenu(d), true
	case intent.Filter:
		if f, ok := r.history.page().(page.Filterable); ok {
			r.over, r.dirty = newPrompt(f), true
		}
	case intent.Palette:
		r.over, r.dirty = r.newPalette(d.Text), true
		return r.index()
	case intent.Help:
		if r.history.here.Kind != page.Help {
			made := help.New(r.env, r.keys.Entries(r.chain(), r.env.Words))
			r.open(intent.Ref{Kind: page.Help, Key: r.history.here.Kind}, made)
		}
	case intent.Run:
		if r.history.here.Kind == page.Help {
			r.goBack()
		}
		if c, ok := keys.ByID(d.ID, r.chain()); ok {
			return r.run(c)
		}
	case intent.Tab:
		r.showTab(d.At)
	case intent.Theme:
		if _, err := r.opts.Themes.Find(d.Name, r.on); err == nil {
			r.theme, r.trial = d.Name, ""
			_ = r.restyle()
		}
	case intent.Language:
		if w, ok := words.Keyed(d.Tag, r.keyName); ok {
			r.speak(w)
		}
	case intent.Ask:
		return r.ask(d)
	case intent.Input:
		r.over, r.dirty = newInput(d), true
	case page.Agree:
		r.agree(d)
	case intent.Span:
		r.env.Span, r.dirty = d.Length, true
	case intent.Pin:
		r.env.Pin, r.dirty = d.At, true
	}
	return nil
}

func (r *Root) say(text string, bad bool) {
	r.toast, r.dirty = &intent.Toast{Text: text, Bad: bad}, true
}

// speak changes the language of the session.
func (r *Root) speak(w *words.Set) {
	r.env.Words, r.dirty = w, true
	for _, p := range r.history.pages {
		if l, ok := p.(page.Relabeller); ok {
			r.guard(func() bool { l.Relabel(); return true })
		}
	}
}

func (r *Root) languageMenu() intent.Menu {
	m := intent.Menu{Title: r.env.Words.Frame.Language}
	for i, w := range words.All() {
		if w.Tag == r.env.Words.Tag {
			m.At = i
		}
		m.Items = append(m.Items, intent.Item{Label: w.Name, Hint: w.Tag, Do: func() intent.Intent { return intent.Language{Tag: w.Tag} }})
	}
	return m
}

// paste goes to the overlay's text field. Anywhere else it is ignored: a pasted log must not press thirty keys.
func (r *Root) paste(text string) tea.Cmd {
	if r.over == nil {
		return nil
	}
	r.over.paste(text)
	r.dirty = true
	if in, ok := r.over.(*input); ok {
		return r.carry(in.edited())
	}
	return nil
}
