// Package help is the page of keys: what works on the page one came from, by part, each line runnable.
package help

import (
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// Page shows the commands of another page.
type Page struct {
	env     *page.Env
	entries []keys.Entry
	table   *table.Table[row]
}

type row struct {
	entry keys.Entry
	scope string // title of the part on its first line
}

// New makes the page from what the page below understands now.
func New(env *page.Env, entries []keys.Entry) *Page {
	p := &Page{env: env, entries: entries}
	p.table = table.New(table.Config[row]{Key: func(r row) string { return r.entry.ID }}, p.columns()...)
	p.Relabel()
	return p
}

func (p *Page) columns() []table.Column[row] {
	w := p.env.Words
	return []table.Column[row]{
		{ID: "scope", Want: 8, Max: 20, Keep: 1, Natural: func(r row) int { return block.Width(r.scope) }, Draw: func(pen *style.Pen, r row) { pen.Put(style.Title, r.scope) }, Value: func(r row) string { return string(r.entry.Decl.Scope) }},
		{ID: "keys", Title: w.Help.Keys, Want: 8, Max: 17, Natural: func(r row) int { return block.Width(keys.ShowAll(r.entry.Decl, p.env.Glyphs.Spelled, p.env.Words)) }, Draw: func(pen *style.Pen, r row) {
			if len(r.entry.Decl.Keys) == 0 {
				pen.Put(style.Faint, ":")
				return
			}
			pen.Put(style.Key, keys.ShowAll(r.entry.Decl, p.env.Glyphs.Spelled, p.env.Words))
		}, Value: func(r row) string {
			return keys.ShowAll(r.entry.Decl, true, p.env.Words) + " " + strings.Join(r.entry.Decl.Keys, " ")
		}},
		{ID: "what", Title: w.Help.What, Want: 40, Min: 20, Grow: true, Draw: func(pen *style.Pen, r row) {
			if r.entry.Why != "" {
				pen.Put(style.Faint, r.entry.Label.Long).Put(style.Warn, "  "+w.Help.Why+w.Form.Colon+r.entry.Why)
				return
			}
			pen.Put(style.Text, r.entry.Label.Long)
		}, Value: func(r row) string { return r.entry.Label.Long }},
	}
}

// Relabel writes the lines again in the session's language.
func (p *Page) Relabel() {
	w := p.env.Words
	var rows []row
	for _, scope := range []keys.Scope{keys.List, keys.Text, keys.Plot, keys.Page, keys.Global, keys.Demo} {
		first := true
		for _, e := range p.entries {
			if e.Decl.Scope != scope {
				continue
			}
			e.Label = w.Command[e.ID]
			r := row{entry: e}
			if first {
				r.scope, first = w.Scope[string(scope)], false
			}
			rows = append(rows, r)
		}
	}
	p.table.SetColumns(w.Help.Keys, p.columns()...)
	p.table.SetRows(rows, false)
}

// Learn has nothing to learn: keys do not come from the platform.
func (p *Page) Learn(*fleet.View) bool { return false }

// Crumbs names the page.
func (p *Page) Crumbs() []string { return []string{p.env.Words.Help.Title} }

// Interest is nothing.
func (p *Page) Interest() []string { return nil }

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter and SetFilter search the keys.
func (p *Page) Filter() string        { f, _ := p.table.Filter(); return f }
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }
func (p *Page) Undo() bool            { return p.table.Undo() }

// Layers adds running to moving.
func (p *Page) Layers() []keys.Layer {
	cmds := slices.DeleteFunc(p.table.Commands(p.env.Words), func(c keys.Command) bool {
		return c.ID == keys.Sort || c.ID == keys.Reverse || c.ID == keys.Star
	})
	return []keys.Layer{{Name: "help", Commands: append([]keys.Command{{ID: keys.Enter, Do: func() intent.Intent {
		if r, ok := p.table.Current(); ok {
			return intent.Run{ID: r.entry.ID}
		}
		return nil
	}}}, cmds...)}}
}

// Draw shows the keys, and beneath them the meaning of the signs.
func (p *Page) Draw(w, h int) block.Block {
	legend := p.legend(w)
	if h-len(legend) < 12 || p.env.Glyphs.Aloud { // read out, each sign is its word
		legend = nil
	}
	head := []string{p.env.Pen(w).Space(1).Put(style.Muted, p.hint(w)).Line()}
	list := p.table.Draw(w, h-len(head)-len(legend), p.env.Look())
	return block.Under(block.New(w, len(head), head...), list, block.New(w, len(legend), legend...))
}

// hint says what Enter does; in a narrow window, what has no room in the chosen line.
func (p *Page) hint(w int) string {
	const beside = 40 // what stands before an effect at most, in cells
	if r, ok := p.table.Current(); ok && block.Width(r.entry.Label.Long) > w-beside {
		return r.entry.Label.Long
	}
	return p.env.Words.Help.Hint
}

// legend explains the signs: none is ever shown that is not here or with its word.
func (p *Page) legend(w int) []string {
	e := p.env
	at := 23
	if page.ClassOf(w) == page.Narrow {
		at = 12
	}
	out := []string{e.Section(w, e.Words.Help.Signs, "")}
	part := func(title string, pairs ...style.Span) {
		pen := e.Pen(w).Space(1).Column(at-2).Put(style.Title, title).EndColumn().To(at)
		for i := 0; i+1 < len(pairs); i += 2 {
			if pen.Left() < block.Width(pairs[i+1].Text)+2 {
				out = append(out, pen.Line())
				pen = e.Pen(w).Space(at)
			}
			pen.Spans(pairs[i]).Space(1).Spans(pairs[i+1]).Space(3)
		}
		out = append(out, pen.Line())
	}
	word := func(text string) style.Span { return style.Span{Role: style.Text, Text: text} }
	var severities, sources, values []style.Span
	for _, s := range []platform.Severity{platform.SeverityCritical, platform.SeverityDegraded, platform.SeverityWarning, platform.SeverityInfo, platform.SeverityOK} {
		severities = append(severities, cells.Severity(e.Glyphs, s).Span(), word(e.Words.Severity[s].Word))
	}
	for _, s := range []platform.State{platform.StateLive, platform.StateStarting, platform.StateStale, platform.StateUnreachable, platform.StateForbidden} {
		sources = append(sources, cells.Source(e.Glyphs, s).Span(), word(e.Words.State[s].Word))
	}
	for _, s := range []platform.State{platform.StateStarting, platform.StateLive, platform.StateNotConfigured, platform.StateForbidden, platform.StateUnreachable} {
		values = append(values, cells.Missing(e.Glyphs, s).Span(), word(cells.MissingWord(e.Words, s)))
	}
	values = append(values, style.Span{Role: style.Unknown, Text: e.Glyphs.Lock}, word(e.Words.Fleet.Locked))
	part(e.Words.Help.Severity, severities...)
	part(e.Words.Sources.Title, sources...)
	part(e.Words.Help.Values, values...)
	return out
}
