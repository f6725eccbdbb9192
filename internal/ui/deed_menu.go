package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// onLoop is an intent of the root's own dialogs: what they have to do on the loop.
type onLoop func(*Root) tea.Cmd

// hand is what does deeds; nil for a backend that does none.
func (r *Root) hand() *actions.Hand {
	if d, ok := r.env.Backend.(page.Doer); ok {
		return d.Hand()
	}
	return nil
}

// actable reports whether there is something to act on here.
func (r *Root) actable() bool {
	a, ok := r.history.page().(page.Actor)
	return ok && r.hand() != nil && len(a.Subjects()) > 0
}

// act opens the menu of actions of what is under the cursor, or of what is marked.
func (r *Root) act() tea.Cmd {
	a, ok := r.history.page().(page.Actor)
	if !ok || r.hand() == nil {
		return nil
	}
	m := &deedMenu{root: r, subjects: a.Subjects()}
	if k, ok := a.(page.Marker); ok {
		m.marked = k.Marked()
	}
	if len(m.marked) > 0 {
		m.subjects, m.several = m.marked[:1], r.hand().OffersOn(m.marked)
	}
	for i := range m.subjects { // the nearest that has something to do
		if len(m.offersOf(i)) > 0 {
			m.section = i
			break
		}
	}
	r.over, r.dirty = m, true
	return m.ask()
}

// deedMenu chooses a deed by its letter. What cannot be done is there too, and says why.
type deedMenu struct {
	root     *Root
	subjects []actions.Subject
	marked   []actions.Subject
	several  []actions.Offer // on what is marked, as it stood when the menu opened
	section  int
	at       int
	// rights is what stands against deeds as far as the systems tell, by section; a section that is not there was not asked about.
	rights map[int]map[string]actions.Reason
}

func (m *deedMenu) paste(string) {}

// rightsTime is how long an answer about rights may take: who reads the menu has chosen by then, and planning asks again.
const rightsTime = 15 * time.Second

// rightsMsg is what the systems say of the rights on the things of a section.
type rightsMsg struct {
	of      *deedMenu
	section int
	rights  map[string]actions.Reason
}

// ask learns of rights that only a system can tell, off the loop, once a section.
func (m *deedMenu) ask() tea.Cmd {
	if _, asked := m.rights[m.section]; asked || m.section >= len(m.subjects) {
		return nil
	}
	if m.rights == nil {
		m.rights = map[int]map[string]actions.Reason{}
	}
	m.rights[m.section] = nil
	h, ctx, section, sub := m.root.hand(), m.root.env.Ctx, m.section, m.subjects[m.section]
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, rightsTime)
		defer cancel()
		return rightsMsg{m, section, h.May(ctx, sub)}
	}
}

// allowed takes what was learnt of rights.
func (r *Root) allowed(m rightsMsg) {
	m.of.rights[m.section] = m.rights
	r.dirty = r.dirty || r.over == m.of
}

// against is what stands against a deed, what its system told of rights included.
func (m *deedMenu) against(o actions.Offer, section int) actions.Reason {
	right, told := m.rights[section][o.Deed.ID]
	right.Unknown = right.Unknown || right.Code != "" && len(m.marked) > 1 // only the first was asked about
	switch {
	case !told, !o.Reason.OK() && o.Reason.Code != "read_only":
		return o.Reason
	case !right.OK() || o.Reason.Code == "":
		return right
	}
	return o.Reason
}

// offersOf leaves out what is not for this thing at all, and, with marks, what is not done on several.
func (m *deedMenu) offersOf(section int) []actions.Offer {
	var out []actions.Offer
	if section >= len(m.subjects) {
		return nil
	}
	offers := m.several
	if len(m.marked) == 0 {
		offers = m.root.hand().Offers(m.subjects[section])
	}
	for _, o := range offers {
		o.Reason = m.against(o, section)
		out = append(out, o)
	}
	return out
}

func (m *deedMenu) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	offers := m.offersOf(m.section)
	name := k.String()
	for i, o := range offers {
		if o.Deed.Key != "" && o.Deed.Key == name {
			m.at = i
			return m.choose(o)
		}
	}
	switch name {
	case "esc", "q", "a":
		return nil, true
	case "up", "k":
		m.at = max(m.at-1, 0)
	case "down", "j":
		m.at = min(m.at+1, max(len(offers)-1, 0))
	case "tab", "right":
		m.section, m.at = (m.section+1)%len(m.subjects), 0
		return onLoop(func(*Root) tea.Cmd { return m.ask() }), false
	case "shift+tab", "left":
		m.section, m.at = (m.section+len(m.subjects)-1)%len(m.subjects), 0
		return onLoop(func(*Root) tea.Cmd { return m.ask() }), false
	case "enter":
		if m.at < len(offers) {
			return m.choose(offers[m.at])
		}
	}
	return nil, false
}

// choose goes on with a deed: to its form, or to its plan. Where writing is closed it can still be planned.
func (m *deedMenu) choose(o actions.Offer) (intent.Intent, bool) {
	w := m.root.env.Words
	if !o.Reason.OK() && o.Reason.Code != "read_only" {
		return intent.Toast{Text: w.DeedTitle(o.Deed.ID).Short + w.Form.Colon + w.Reason(o.Reason), Bad: true}, false
	}
	subs := []actions.Subject{m.subjects[m.section]}
	if len(m.marked) > 0 {
		subs = m.marked
	}
	return onLoop(func(r *Root) tea.Cmd {
		if len(o.Deed.Params) > 0 {
			r.over = newDeedForm(r, o.Deed, subs)
			return nil
		}
		return r.prepare(o.Deed, subs, nil)
	}), true
}

// labels name the things that are acted on by their kind; several of a kind by what their names do not share, or by numbers where there is no room for that.
func (m *deedMenu) labels(set *words.Set, room int) []string {
	of := map[actions.Kind][]string{}
	for _, s := range m.subjects {
		of[s.Kind] = append(of[s.Kind], s.Name)
	}
	named, numbered, width := make([]string, len(m.subjects)), make([]string, len(m.subjects)), 0
	seen := map[actions.Kind]int{}
	for i, s := range m.subjects {
		seen[s.Kind]++
		named[i] = set.Actions.Kind[string(s.Kind)]
		numbered[i] = named[i]
		if names := of[s.Kind]; len(names) > 1 {
			named[i] += " " + s.Name[shared(names):]
			numbered[i] += " " + set.Int(seen[s.Kind])
		}
		width += block.Width(named[i]) + 2
	}
	if width > room {
		return numbered
	}
	return named
}

// shared is how many bytes all names begin with alike, up to a whole word; none of them is that and nothing else.
func shared(names []string) int {
	n := len(names[0])
	for _, name := range names {
		n = min(n, len(name))
		for n > 0 && name[:n] != names[0][:n] {
			n--
		}
	}
	return strings.LastIndexAny(names[0][:n], "-/.") + 1
}

func (m *deedMenu) draw(e *page.Env, w, h int) block.Block {
	words := e.Words
	offers := m.offersOf(m.section)
	inner := min(max(w-8, 20), 96)
	var lines []string
	if len(m.subjects) > 1 {
		p := e.Sheet.Pen(inner, style.Dialog).Space(1)
		labels := m.labels(words, inner-block.Width(words.KeyWord("tab"))-4)
		for i := range m.subjects {
			role := style.Muted
			if i == m.section {
				role = style.Accent
			}
			if i > 0 {
				p.Put(style.Faint, "  ")
			}
			p.Put(role, labels[i])
		}
		lines = append(lines, p.Right(style.Faint, words.KeyWord("tab")+" ").Line(), e.Sheet.Pen(inner, style.Dialog).Line())
	}
	rows := max(h-7, 1)
	first := max(min(m.at-rows/2, len(offers)-rows), 0)
	for i := first; i < min(first+rows, len(offers)); i++ {
		lines = append(lines, m.line(e, offers[i], i == m.at, inner))
	}
	if len(offers) == 0 {
		lines = append(lines, e.Sheet.Pen(inner, style.Dialog).Space(1).Put(style.Muted, words.Actions.Nothing).Line())
	}
	if m.root.hand().ReadOnly() {
		foot := &sheet{e: e, inner: inner}
		foot.gap()
		foot.put(0, 0, style.Span{Role: style.Faint, Text: words.Actions.ReadOnlyHint})
		lines = append(lines, foot.lines...)
	}
	title := words.Actions.Menu
	if m.section < len(m.subjects) {
		title += " · " + m.subjects[m.section].Name
	}
	if len(m.marked) > 0 {
		title = words.Actions.Menu + " · " + words.Int(len(m.marked)) + " " + words.Actions.Marked
	}
	clipped, _ := block.Clip(title, inner-4)
	return frameBox(e, clipped, inner, lines)
}

func (m *deedMenu) line(e *page.Env, o actions.Offer, here bool, inner int) string {
	ground := style.Dialog
	if here {
		ground = style.Select
	}
	p := e.Sheet.Pen(inner, ground)
	if here {
		p.Put(style.Accent, e.Glyphs.Cursor)
	} else {
		p.Space(1)
	}
	label := e.Words.DeedTitle(o.Deed.ID)
	possible := o.Reason.OK() || o.Reason.Code == "read_only"
	role, key := style.Text, style.Key
	if !possible {
		role, key = style.Faint, style.Faint
	}
	letter := o.Deed.Key
	if letter == "" {
		letter = " "
	}
	p.Space(1).Put(key, letter).Space(2)
	why := ""
	if !o.Reason.OK() && o.Reason.Code != "read_only" || o.Reason.Unknown {
		why = e.Words.Reason(o.Reason)
	} else if o.Risk >= actions.RiskProduction {
		why = e.Words.Actions.Risk[o.Risk.Word()]
	}
	text := label.Long
	if here || why == "" {
		text = label.Long
	} else if block.Width(text)+block.Width(why)+10 > inner {
		text = label.Short
	}
	room := inner - p.X() - 2
	if why != "" {
		room = max(room-min(block.Width(why)+2, inner/2), 12)
	}
	p.Column(room).Put(role, text).EndColumn()
	if why != "" {
		hint := style.Muted
		if o.Risk >= actions.RiskProduction && possible {
			hint = style.Warn
		}
		p.Space(2).Put(hint, why)
	}
	return p.Line()
}
