package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// palette is the command line: it goes anywhere and does anything, by a part of its name, and says why a thing cannot be
// done now. What is typed is also offered to the resolver of opaque names: a namespace, an Argo application, a commit.
type palette struct {
	field   field
	entries []entry
	hay     []string            // folded, parallel to entries
	tabs    map[string][]string // titles of the tabs of a kind of page
	resolve func(string) []entry
	short   func(string) (entry, bool)
	into    string // between a place and a part of it
	tab     string // what a tab is called
	shown   []entry
	at      int
	moved   bool // since the text last changed
}

// entry is one line of the palette.
type entry struct {
	label, kind, keys, why string
	role                   style.Role
	also                   string // other words it is found by
	do                     intent.Intent
}

func (r *Root) newPalette(text string) *palette {
	w := r.env.Words
	view := r.view // the one whose index is made
	p := &palette{field: newField(text), into: " " + r.env.Glyphs.Into + " ", tab: w.Palette.Kind["tab"], tabs: map[string][]string{}, resolve: func(text string) []entry { return r.resolved(view, text) }, short: r.tooShort}
	add := func(e entry) {
		p.entries = append(p.entries, e)
		p.hay = append(p.hay, table.Fold(e.label+" "+e.also))
	}
	for _, pg := range Pages() {
		if pg.Tabs != nil {
			p.tabs[pg.Kind] = pg.Tabs(r.env)
		}
		if pg.Screen > 0 {
			add(entry{label: pg.Title(w), kind: w.Palette.Kind["page"], also: pg.Kind, role: style.Strong, do: intent.Open{Ref: intent.Ref{Kind: pg.Kind}}})
		}
	}
	if r.registered(page.Project) {
		for _, row := range r.view.Projects {
			known := r.places.of(r, row)
			p.entries, p.hay = append(p.entries, known.entries...), append(p.hay, known.hay...)
		}
	}
	if r.registered(page.Journal) { // before the command that acts: ":actions" is this page
		add(entry{label: w.Actions.Title, kind: w.Palette.Kind["page"], also: page.Journal + " journal", role: style.Strong, do: intent.Open{Ref: intent.Ref{Kind: page.Journal}}})
	}
	for _, e := range r.keys.Entries(r.chain(), w) {
		if e.Decl.Hidden || e.ID == keys.Palette || e.ID == keys.Journal {
			continue
		}
		also := e.ID + " " + e.Label.Short
		if e.ID == keys.Quit {
			also += " q exit"
		}
		add(entry{label: e.Label.Long, kind: w.Palette.Kind["command"], keys: keys.ShowAll(e.Decl, r.env.Glyphs.Spelled, w), why: e.Why, also: also, role: style.Text, do: intent.Run{ID: e.ID}})
	}
	// Behind the commands: "embarquement" is the wall of all projects wherever one is, and the tab of this one comes next.
	if t, ok := r.history.page().(page.Tabbed); ok {
		for at, title := range t.Tabs() {
			add(entry{label: title, kind: w.Palette.Kind["tab"], role: style.Text, do: intent.Tab{At: at}})
		}
	}
	for _, name := range r.opts.Themes.Names() {
		add(entry{label: strings.ToLower(w.Frame.Theme) + " " + name, kind: w.Palette.Kind["theme"], also: "theme", role: style.Text, do: intent.Theme{Name: name}})
	}
	for _, l := range words.All() {
		add(entry{label: strings.ToLower(w.Frame.Language) + " " + l.Name, kind: w.Palette.Kind["language"], also: "lang language " + l.Tag, role: style.Text, do: intent.Language{Tag: l.Tag}})
	}
	p.search()
	return p
}

// search ranks what the text may mean: what it names exactly, then by likeness.
func (p *palette) search() {
	p.at, p.moved = 0, false
	p.shown = p.shown[:0]
	text := strings.TrimSpace(p.field.text())
	if text == "" {
		p.shown = append(p.shown, p.entries...)
		return
	}
	if len(text) >= 4 {
		p.shown = append(p.shown, p.resolve(text)...)
	}
	needle := table.Fold(text)
	known := map[intent.Intent]bool{}
	for _, e := range p.shown {
		known[e.do] = true
	}
	put := func(i int) {
		if !known[p.entries[i].do] {
			known[p.entries[i].do] = true
			p.shown = append(p.shown, p.entries[i])
		}
	}
	for pass := range 3 { // a whole word, the start of a word, anywhere
		for i, h := range p.hay {
			switch pass {
			case 0:
				if hasWord(h, needle) {
					put(i)
				}
			case 1:
				if strings.HasPrefix(h, needle) || strings.Contains(h, " "+needle) {
					put(i)
				}
			default:
				if strings.Contains(h, needle) {
					put(i)
				}
			}
		}
	}
	if parts := strings.Fields(needle); len(parts) > 1 {
		for i, h := range p.hay {
			if hasAll(h, parts) {
				put(i)
			}
		}
		p.shown = append(p.shown, p.within(parts)...)
	}
	for _, m := range fuzzy.Find(needle, p.hay) {
		// Letters scattered over a whole sentence are not a likeness.
		if span := m.MatchedIndexes[len(m.MatchedIndexes)-1] - m.MatchedIndexes[0]; span <= 2*len(needle)+2 {
			put(m.Index)
		}
	}
	if e, ok := p.short(text); ok {
		p.shown = append(p.shown, e)
	}
}

// mostWithin bounds the tabs that are offered of pages not open: a name that many places share is not typed to its end yet.
const mostWithin = 40

// within finds the tabs of places: "agendaprefs pods", "agendaprefs prod errors". The last words are the tab's, those before the place's.
func (p *palette) within(parts []string) (out []entry) {
	for n := len(parts) - 1; n > 0; n-- {
		name := strings.Join(parts[n:], " ")
		for i, h := range p.hay {
			e := p.entries[i]
			open, ok := e.do.(intent.Open)
			if !ok || open.Ref.Key == "" || len(p.tabs[open.Ref.Kind]) == 0 || !hasAll(h, parts[:n]) {
				continue
			}
			for at, title := range p.tabs[open.Ref.Kind] {
				if t := table.Fold(title); !strings.HasPrefix(t, name) && !strings.Contains(t, " "+name) {
					continue
				}
				open.Tab = at + 1
				if out = append(out, entry{label: e.label + p.into + title, kind: p.tab, role: style.Text, do: open}); len(out) == mostWithin {
					return out
				}
			}
		}
	}
	return out
}

func hasAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func (p *palette) paste(text string) { p.field.paste(text); p.search() }

func (p *palette) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "up", "ctrl+p", "shift+tab":
		p.at, p.moved = max(p.at-1, 0), true
	case "down", "ctrl+j", "tab":
		p.at, p.moved = min(p.at+1, len(p.shown)-1), true
	case "pgup":
		p.at, p.moved = max(p.at-10, 0), true
	case "pgdown":
		p.at, p.moved = max(min(p.at+10, len(p.shown)-1), 0), true
	case "enter":
		if p.at >= 0 && p.at < len(p.shown) && p.shown[p.at].do != nil {
			return p.shown[p.at].do, true
		}
		return nil, false
	default:
		if p.field.key(k) {
			p.search()
		}
	}
	return nil, false
}

// draw returns the box and the place of the cursor in it.
func (p *palette) draw(e *page.Env, w, h int) (box block.Block, x, y int) {
	inner := max(min(w-8, 84), 30)
	rows := max(min(h-6, 16), 3)
	pen := e.Sheet.Pen(inner, style.Dialog).Space(1).Put(style.Key, ":").Space(1)
	x = 1 + p.field.draw(pen, e.Words.Palette.Hint)
	lines := []string{pen.Line()}
	rule := e.Sheet.Pen(inner, style.Dialog)
	lines = append(lines, rule.Rule(e.Glyphs.HLine).Line())
	first := max(min(p.at-rows/2, len(p.shown)-rows), 0)
	for i := first; i < first+rows; i++ {
		if i >= len(p.shown) {
			line := e.Sheet.Pen(inner, style.Dialog)
			if len(p.shown) == 0 && i == first {
				line.Space(3).Put(style.Muted, e.Words.Palette.NoMatch)
			}
			lines = append(lines, line.Line())
			continue
		}
		lines = append(lines, p.line(e, inner, p.shown[i], i == p.at))
	}
	return frameBox(e, e.Words.Palette.Title, inner, lines), x, 1
}

func (p *palette) line(e *page.Env, w int, it entry, selected bool) string {
	ground := style.Dialog
	if selected {
		ground = style.Select
	}
	pen := e.Sheet.Pen(w, ground)
	if selected {
		pen.Cursor(e.Glyphs.Cursor)
	} else {
		pen.Space(1)
	}
	role := style.Text
	if it.why != "" {
		role = style.Faint
	}
	const kind, shortcut = 15, 10
	tail := shortcut + 2
	if w >= 72 {
		tail += kind
	}
	pen.Space(1).Column(w - tail - 2)
	pen.Put(role, it.label)
	if it.why != "" {
		pen.Put(style.Warn, "  "+it.why)
	}
	pen.EndColumn().Space(1).Column(shortcut)
	mark := style.Key
	if it.role != style.Text && it.role != style.Strong {
		mark = it.role
	}
	pen.Right(mark, it.keys).EndColumn()
	if w >= 72 {
		pen.Space(2).Put(style.Faint, it.kind)
	}
	return pen.Line()
}

// tooShort is what is said of the beginning of a commit that is too short to be looked for: it does nothing.
func (r *Root) tooShort(text string) (entry, bool) {
	const least = 7 // digits that the resolver wants
	n := len(text)
	if n < 4 || n >= least || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" || !strings.ContainsAny(text, "0123456789") || !r.registered(page.Commit) {
		return entry{}, false
	}
	w := r.env.Words
	return entry{label: text + r.env.Glyphs.Ellipsis, kind: w.Palette.Kind["resolved"], why: w.Chain.TooShort(least - n), role: style.Text}, true
}

// resolved asks the platform's resolver of names what a text stands for. As long as its index is being made nothing is resolved.
func (r *Root) resolved(view *fleet.View, text string) []entry {
	var out []entry
	if sha := strings.ToLower(text); platform.IsCommit(sha) && strings.ContainsAny(sha, "0123456789") && r.registered(page.Commit) {
		out = append(out, entry{label: r.env.Words.Chain.OpenCommit + " " + sha, kind: r.env.Words.Palette.Kind["resolved"], keys: string(platform.ResolvedCommit), role: style.Info,
			do: intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: sha}}})
	}
	if !r.opts.Still && !view.Indexed() {
		return out
	}
	for _, res := range view.Resolve(text) {
		if res.Confidence == platform.Unknown || res.ProjectID == "" {
			continue
		}
		label := res.ProjectSlug
		ref := intent.Ref{Kind: page.Project, Key: res.ProjectID}
		if label == "" {
			label = cells.ShortSHA(res.ProjectID)
		}
		for _, part := range []string{res.Environment, res.Repository, res.Detail} {
			if part != "" {
				label += " " + r.env.Glyphs.Into + " " + part
			}
		}
		if res.Namespace != "" && r.registered(page.Environment) {
			if _, known := view.Environment(res.ProjectID, res.Namespace); known {
				ref = intent.Ref{Kind: page.Environment, Key: res.Namespace}
			}
		}
		if !r.registered(ref.Kind) {
			continue
		}
		out = append(out, entry{label: label, kind: r.env.Words.Palette.Kind["resolved"], keys: string(res.Kind), role: style.Info, do: intent.Open{Ref: ref}})
	}
	return out
}
