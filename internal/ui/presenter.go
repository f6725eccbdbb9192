package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
)

// presenter is what the root keeps of a show: the page as it was drawn beside the panel, and whether the key at hand was pressed by the
// player and not by a person.
type presenter struct {
	page   block.Block
	played bool
	at     time.Time // the second that the panel shows
}

// The panel's own time moves each second; a walkthrough that plays by itself is asked more often.
const (
	showGap = time.Second
	playGap = 100 * time.Millisecond
)

type showMsg struct{}

// showTick comes back for the panel's time, or for what plays by itself.
func (r *Root) showTick() tea.Cmd {
	s := r.opts.Show
	if s == nil || r.opts.Still || !s.Live() {
		return nil
	}
	gap := showGap
	if s.Looping() {
		gap = playGap
	}
	return tea.Tick(gap, func(time.Time) tea.Msg { return showMsg{} })
}

// showed is one tick of the show.
func (r *Root) showed() tea.Cmd {
	s := r.opts.Show
	r.dirty = r.dirty || !s.Looping() && (s.Panel() || s.Dated())
	if !s.Looping() {
		return r.showTick()
	}
	done := s.Play(r.env.Words.Tag, r.pageText)
	if now := time.Now().Truncate(showGap); s.Panel() && !now.Equal(r.show.at) {
		r.show.at, r.dirty = now, true
	}
	switch {
	case done.End:
		s.Again()
		return tea.Quit
	case done.More:
		r.dirty = true
		r.env.Backend.Refresh()
	case done.Key != "":
		r.show.played = true
		cmd := tea.Batch(r.press(keyPress(done.Key)), r.settle())
		r.show.played = false
		return tea.Batch(cmd, r.showTick())
	}
	return r.showTick()
}

// presented gives a key to the presenter's commands, which are understood everywhere: in fields and menus too. Others are noted.
func (r *Root) presented(name string) (cmd tea.Cmd, took bool) {
	s := r.opts.Show
	if s == nil {
		return nil, false
	}
	if c, ok := r.keys.Find(name, []keys.Layer{{Commands: r.showCommands()}}); ok {
		if s.Script() != nil {
			s.Touched()
		}
		return r.run(c), true
	}
	if !r.show.played {
		s.Touched()
	}
	s.Pressed(name)
	r.dirty = true
	return nil, false
}

// showCommands are those of the demo.
func (r *Root) showCommands() []keys.Command {
	s := r.opts.Show
	if s == nil {
		return nil
	}
	w := r.env.Words.Show
	say := func(text string, bad bool) intent.Intent { return intent.Toast{Text: text, Bad: bad} }
	again := func() { r.env.Backend.Refresh() } // the platform moved at once: it is read again
	out := []keys.Command{
		{ID: keys.ShowPause, Do: func() intent.Intent {
			if s.Pause(); s.Stopped() {
				return say(w.Stopped, false)
			}
			return say(w.Going, false)
		}},
		{ID: keys.ShowFaster, Do: func() intent.Intent { return say(w.Speed(s.Faster(1)), false) }},
		{ID: keys.ShowSlower, Do: func() intent.Intent { return say(w.Speed(s.Faster(-1)), false) }},
		{ID: keys.ShowReset, Do: func() intent.Intent { s.Again(); return intent.Quit{} }},
		{ID: keys.ShowKeys, Do: func() intent.Intent { s.Big(); return nil }},
	}
	if s.Script() == nil {
		return out
	}
	return append(out,
		keys.Command{ID: keys.ShowNext, Do: func() intent.Intent {
			if !s.Next() {
				return say(w.Last, false)
			}
			again()
			return nil
		}},
		keys.Command{ID: keys.ShowPrevious, Do: func() intent.Intent {
			if !s.Previous() {
				return say(w.First, false)
			}
			return nil
		}},
		keys.Command{ID: keys.ShowPanel, Do: func() intent.Intent {
			if s.Hide(); !s.Panel() {
				return say(w.Hidden(r.keyOf(keys.ShowPanel)), false)
			}
			return nil
		}},
		keys.Command{ID: keys.ShowPass, Do: func() intent.Intent {
			if !s.Pass() {
				return say(w.NoTime, false)
			}
			if again(); !s.Live() {
				return nil
			}
			return say(w.Passed, false)
		}})
}

// keyOf is the first key of a command, as people read it.
func (r *Root) keyOf(id string) string {
	d, ok := r.keys.Decl(id)
	if !ok || len(d.Keys) == 0 {
		return ""
	}
	return keys.Show(d.Keys[0], r.env.Glyphs.Spelled, r.env.Words)
}

// stage is what the panel leaves of the window.
func (r *Root) stage() (w, h int) {
	w, h = r.width, r.height
	if r.opts.Show == nil {
		return w, h
	}
	if side, size := r.opts.Show.Place(r.env, w, h); side {
		w -= size
	} else {
		h -= size
	}
	return w, h
}

// reading reports whether sources still have something to tell for the first time, or rules of what is pointed at wait for what is only read then.
func (r *Root) reading() bool {
	if !r.view.Ready {
		return true
	}
	for _, s := range r.view.Sources {
		if s.State == platform.StateLive && s.Pending > 0 {
			return true
		}
	}
	p := r.history.page()
	if p == nil {
		return false
	}
	if asks, ok := p.(page.Reader); ok && asks.Reading() {
		return true
	}
	in := p.Interest()
	for _, row := range r.view.Projects {
		d := row.Dossier
		if len(in) == 0 || d.Project.ID != in[0] && !slices.ContainsFunc(d.Environments, func(e platform.EnvironmentFacts) bool { return e.Namespace == in[0] }) {
			continue
		}
		if slices.ContainsFunc(row.NotEvaluated, func(n findings.NotEvaluated) bool { return n.Reason == platform.StateStarting }) {
			return true
		}
	}
	return false
}

// withPanel puts the panel beside or below the page, and the last key in large over it.
func (r *Root) withPanel(page block.Block) block.Block {
	s := r.opts.Show
	if s == nil {
		return page
	}
	r.show.page = page
	if box, ok := s.BigKey(r.env); ok && box.W+2 <= page.W && box.H+2 <= page.H {
		page = block.Over(page, box, page.W-box.W-1, page.H-box.H-1)
	}
	side, size := s.Place(r.env, r.width, r.height)
	switch {
	case size == 0:
		return page
	case side:
		return block.Beside(page, s.Draw(r.env, r.keyOf, true, size, r.height))
	}
	return block.Under(page, s.Draw(r.env, r.keyOf, false, r.width, size))
}

// pageText is the page in front as plain text, without the panel.
func (r *Root) pageText() string { return ansi.Strip(strings.Join(r.show.page.Lines, "\n")) }

// PageScreen returns the page in front as plain lines, without the presenter's panel; for tests.
func (r *Root) PageScreen() string { _ = r.View(); return r.pageText() }

// keyPress makes a key press from its name.
func keyPress(name string) tea.KeyPressMsg {
	named := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4,
		"f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest + " ")[0], Mod: tea.ModCtrl}
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		return tea.KeyPressMsg{Code: named[rest], Mod: tea.ModShift}
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: []rune(name + " ")[0], Text: name}
}
