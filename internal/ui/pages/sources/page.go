// Package sources is the page of what is read: each source with its state, since when, as whom, with which rights, what it
// costs, and what to do when it is not well.
package sources

import (
	"reflect"
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Sources, Screen: screen, Title: func(w *words.Set) string { return w.Sources.Title },
		New: func(env *page.Env, _ string) page.Page { return New(env) }}
}

type health = platform.SourceHealth

// Page is the page of all sources.
type Page struct {
	env    *page.Env
	table  *table.Table[health]
	learnt []health // as the view gave them
	rows   []health // with one row for every kind that has no source
	hidden bool
}

// New returns the page, empty.
func New(env *page.Env) *Page {
	p := &Page{env: env}
	p.table = table.New(table.Config[health]{
		Key:        func(h health) string { return h.Name },
		Problem:    func(h health) bool { return trouble(h) > quiet },
		Haystack:   p.haystack,
		OrderTitle: env.Words.Sources.Order,
	}, p.columns()...)
	return p
}

// kinds are the systems of the platform, in the order in which they are told.
func kinds() []string {
	return []string{"console", "gitlab", "sonarqube", "harbor", "argocd", "kubernetes", "prometheus", "alertmanager", "loki"}
}

// Learn takes what the sources say of themselves.
func (p *Page) Learn(v *fleet.View) bool {
	if p.rows != nil && reflect.DeepEqual(p.learnt, v.Sources) {
		return false
	}
	p.learnt = v.Sources
	p.rows = slices.Clone(v.Sources)
	for _, k := range kinds() {
		if !slices.ContainsFunc(v.Sources, func(h health) bool { return h.Kind == k }) {
			p.rows = append(p.rows, health{Name: k, Kind: k, State: platform.StateNotConfigured, Remedy: platform.RemedyConfigure})
		}
	}
	order := kinds()
	slices.SortStableFunc(p.rows, func(a, b health) int {
		if n := trouble(b) - trouble(a); n != 0 {
			return n
		}
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	p.table.SetRows(p.rows, true)
	return true
}

// Degrees of trouble, for the order.
const (
	absent = iota
	well
	quiet // starting
	partly
	late
	refused
	down
)

func trouble(h health) int {
	switch h.State {
	case platform.StateNotConfigured:
		return absent
	case platform.StateStarting:
		return quiet
	case platform.StateStale:
		return late
	case platform.StateForbidden, platform.StateUnauthorised:
		return refused
	case platform.StateUnreachable:
		return down
	}
	if len(h.Problems) > 0 || h.ClockWrong() {
		return partly
	}
	return well
}

// Relabel writes the columns again.
func (p *Page) Relabel() { p.table.SetColumns(p.env.Words.Sources.Order, p.columns()...) }

// Crumbs names the page.
func (p *Page) Crumbs() []string { return []string{p.env.Words.Sources.Title} }

// Interest is nothing: sources are looked at whatever is on screen.
func (p *Page) Interest() []string { return nil }

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list and the preview.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	return []keys.Layer{{Name: page.Sources, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// Links is the address of the source under the cursor.
func (p *Page) Links() []page.Link {
	h, ok := p.table.Current()
	if !ok || h.URL == "" {
		return nil
	}
	return []page.Link{{System: h.Name, Name: h.Kind, URL: h.URL}}
}

// Copies offers the name, the address and what happened.
func (p *Page) Copies() []intent.Item {
	h, ok := p.table.Current()
	if !ok {
		return nil
	}
	w := p.env.Words.Sources
	out := []intent.Item{pane.CopyItem(w.CopyName, h.Name)}
	if h.URL != "" {
		out = append(out, pane.CopyItem(w.CopyURL, h.URL))
	}
	if h.Detail != "" {
		out = append(out, pane.CopyItem(w.CopyDetail, h.Detail))
	}
	return out
}

func (p *Page) haystack(h health) string {
	return strings.Join([]string{h.URL, h.Detail, h.Identity, string(h.State), p.env.Words.Sources.KindName[h.Kind]}, " ")
}

// Draw puts the counts on top, then the list and what it says of the source under the cursor.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	head := []string{p.top(w)}
	if h >= 32 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room, total))
	}
	cur, _ := p.table.Current()
	s := pane.Split{Want: p.table.Width(), Lines: total, Hidden: p.hidden, Title: cur.Name, Right: e.Words.Sources.KindName[cur.Kind],
		List:    func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return p.details(cur, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

func (p *Page) empty(w, h, total int) block.Block {
	e := p.env
	text, _ := p.table.Filter()
	switch {
	case total > 0 && text != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	default:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, e.Words.Sources.NoSource, e.Words.Sources.NoSourceWhy)
	}
}

func (p *Page) top(w int) string {
	e := p.env
	pen := e.Pen(w).Space(1)
	all, live := 0, 0
	for _, h := range p.rows {
		if h.State == platform.StateNotConfigured {
			continue
		}
		all++
		if h.State == platform.StateLive {
			live++
		}
	}
	if all == 0 {
		pen.Put(style.Faint, e.Glyphs.NotSet).Space(1).Put(style.Muted, e.Words.Sources.NoSource+". ").Put(style.Faint, e.Words.Sources.NoSourceWhy)
		return pen.Line()
	}
	role := style.Good
	if live < all {
		role = style.Warn
	}
	pen.Put(role, e.Glyphs.Dot).Space(1).Put(style.Muted, e.Words.Sources.Counts(live, all))
	return pane.Restrictions(e, pen, p.table).Line()
}

// sign is the state of a source with what fails in part.
func (p *Page) sign(h health) (cells.Mark, string) {
	if h.State == platform.StateLive && len(h.Problems) > 0 {
		return cells.Mark{Role: style.Warn, Glyph: p.env.Glyphs.Half}, p.env.Words.State[h.State].Word
	}
	return cells.Source(p.env.Glyphs, h.State), p.env.Words.State[h.State].Word
}
