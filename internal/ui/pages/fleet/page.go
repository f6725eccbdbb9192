// Package fleet is Parc, the page of all projects: one row a project, worst first, with what its findings say beneath or
// beside.
package fleet

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
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/report"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page as a main screen.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Fleet, Screen: screen, Title: func(w *words.Set) string { return w.Fleet.Title },
		New: func(env *page.Env, _ string) page.Page { return New(env) }}
}

// Page is the page of all projects.
type Page struct {
	env    *page.Env
	table  *table.Table[*fleet.Row]
	view   *fleet.View
	hidden bool // the preview is put away
	// previewed is the id of the project in the preview: see preview. "" is the one under the cursor.
	previewed string
	settled   bool // every source has answered once: the order is by severity
	said      pane.Said
	saidRev   uint64 // moves when what is said does
	fresh     int    // projects with something new since the last look
}

// New returns the page, empty.
func New(env *page.Env) *Page {
	p := &Page{env: env, view: &fleet.View{}}
	p.table = table.New(table.Config[*fleet.Row]{
		Key:      func(r *fleet.Row) string { return r.Dossier.Project.ID },
		Rev:      func(r *fleet.Row) uint64 { return r.Rev + p.saidRev<<40 },
		Problem:  func(r *fleet.Row) bool { return r.Severity > platform.SeverityInfo },
		Haystack: p.haystack,
		OrderValue: func(r *fleet.Row) string {
			if p.settled {
				return env.Words.Severity[r.Severity].Word
			}
			return r.Dossier.Project.Slug
		},
		OrderTitle: env.Words.Fleet.NameSort,
	}, p.columns()...)
	return p
}

// Learn takes the newest rows.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	if p.view.Version == v.Version && p.view.Ready == v.Ready && len(p.view.Projects) == len(v.Projects) && v.Version > 0 {
		p.view = v
		return false
	}
	p.view = v
	p.listen()
	hold := !p.settled // a cursor nobody moved is at the top of the order that counts
	if v.Ready && !p.settled {
		p.settled = true
		p.table.SetColumns(p.env.Words.Fleet.SeveritySort, p.columns()...)
	}
	rows := v.Projects
	if !v.Ready { // worst first means nothing while half of the facts are missing
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b *fleet.Row) int {
			return strings.Compare(a.Dossier.Project.Slug, b.Dossier.Project.Slug)
		})
	}
	p.table.SetRows(rows, hold)
	return true
}

// listen reads again what people said of findings.
func (p *Page) listen() {
	p.said, p.fresh = pane.Notes(p.env), 0
	p.saidRev++
	for _, r := range p.view.Projects {
		if fresh, _ := p.noted(r); fresh {
			p.fresh++
		}
	}
}

// Relabel writes the columns again.
func (p *Page) Relabel() { p.table.SetColumns(p.order(), p.columns()...) }

func (p *Page) order() string {
	if p.settled {
		return p.env.Words.Fleet.SeveritySort
	}
	return p.env.Words.Fleet.NameSort
}

// Crumbs names the page.
func (p *Page) Crumbs() []string { return []string{p.env.Words.Fleet.Title} }

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away, then "problems only".
func (p *Page) Undo() bool { return p.table.Undo() }

// Interest is what is under the cursor, then what is on screen.
func (p *Page) Interest() []string {
	var out []string
	add := func(r *fleet.Row) {
		out = append(out, r.Dossier.Project.ID)
		for i := range r.Dossier.Environments {
			if ns := r.Dossier.Environments[i].Namespace; ns != "" {
				out = append(out, ns)
			}
		}
	}
	if r, ok := p.table.Current(); ok {
		add(r)
	}
	for _, r := range p.table.Visible() {
		add(r)
	}
	return out
}

// Layers is the list, opening and the preview.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Quiet: len(p.view.Projects) == 0, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if r, ok := p.table.Current(); ok {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Project, Key: r.Dossier.Project.ID}}
		}}, pane.LogsMenu(p.env, r), pane.MetricsMenu(p.env, r), keys.Command{ID: keys.Timeline, Do: func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: r.Dossier.Project.ID}}
		}}, pane.Acknowledge(p.env, r.Findings, p.listen))
	}
	cmds = append(cmds, p.table.Marking())
	return []keys.Layer{{Name: page.Fleet, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// Copies offers the name, the identifier and the findings of the project.
func (p *Page) Copies() []intent.Item {
	r, ok := p.table.Current()
	if !ok {
		return nil
	}
	w, project := p.env.Words, r.Dossier.Project
	item := func(label string, text func() string, hint string) intent.Item {
		return intent.Item{Label: label, Hint: hint, Do: func() intent.Intent { return intent.Copy{Text: text(), What: label} }}
	}
	out := []intent.Item{item(w.Fleet.CopyName, func() string { return project.Slug }, project.Slug), item(w.Fleet.CopyID, func() string { return project.ID }, cells.ShortSHA(project.ID)+p.env.Glyphs.Ellipsis)}
	if len(r.Findings) > 0 {
		out = append(out, item(w.Fleet.CopyFindings, func() string { return report.Text(p.env, r.Findings) }, w.Int(len(r.Findings))))
	}
	return out
}

func (p *Page) haystack(r *fleet.Row) string {
	var sb strings.Builder
	sb.WriteString(p.env.Words.Severity[r.Severity].Word + " " + r.Text())
	for i := range r.Dossier.Environments {
		sb.WriteString(" " + r.Dossier.Environments[i].Name + " " + r.Dossier.Environments[i].Namespace)
	}
	if r.Dossier.Project.Locked {
		sb.WriteString(" " + p.env.Words.Fleet.Locked)
	}
	return sb.String()
}

// Draw puts the counts on top, then the list, then the findings: beside the list when the list has all the room it can
// use, beneath it otherwise.
func (p *Page) Draw(w, h int) block.Block {
	head := []string{p.top(w)}
	if h >= 32 {
		head = append(head, p.env.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room))
	}
	if p.hidden || room < 8 {
		return block.Under(top, p.table.Draw(w, room, p.env.Look()))
	}
	r := p.preview()
	if need := p.table.Width(); w-need >= sideWidth+3 {
		left := max(need, w*3/5)
		side := w - left - 3
		rules := slices.Repeat([]string{p.env.Pen(3).Space(1).Put(style.Border, p.env.Glyphs.VLine).Line()}, room)
		return block.Under(top, block.Beside(p.table.Draw(left, room, p.env.Look()), block.New(3, room, rules...), p.side(r, side, room)))
	}
	// Beneath, right under a short list; under a long one, as much as the findings need within two fifths. The place
	// depends on how many projects there are, not on how many a filter shows: nothing jumps while one types.
	lines := p.details(r, w)
	list := total + 2
	preview := room - list
	if list+len(lines)+1 > room {
		preview = min(len(lines)+1, max(room*2/5, room-list))
		preview = max(preview, min(6, room/3))
		list = room - preview
	}
	body := append([]string{p.env.Section(w, r.Dossier.Project.Slug, p.subtitle(r, w))}, p.fit(lines, preview-1, w)...)
	return block.Under(top, p.table.Draw(w, list, p.env.Look()), block.New(w, preview, body...))
}

// sideWidth is the least width at which sentences read well beside the list.
const sideWidth = 46

// top is the line of counts, filter and order. What restricts the list matters more than the words of the counts, and
// those more than the order.
func (p *Page) top(w int) string {
	e := p.env
	right, order := p.restrictions(w), p.orderMark()
	counts := p.counts(true)
	if style.WidthOf(counts...)+style.WidthOf(right...)+style.WidthOf(order...)+1 > w {
		if len(right) > 0 {
			counts = p.counts(false)
		}
		if style.WidthOf(counts...)+style.WidthOf(right...)+style.WidthOf(order...)+1 > w {
			order = nil
		}
	}
	return e.Pen(w).Space(1).Spans(counts...).RightSpans(append(right, order...)...).Line()
}

// counts are the projects by severity, with or without words.
func (p *Page) counts(long bool) []style.Span {
	var out []style.Span
	for _, s := range []platform.Severity{platform.SeverityCritical, platform.SeverityDegraded, platform.SeverityWarning, platform.SeverityInfo, platform.SeverityOK} {
		n := p.view.Counts[s]
		if n == 0 {
			continue
		}
		m, word := cells.Severity(p.env.Glyphs, s), p.env.Words.Severity[s]
		role := m.Role
		if s <= platform.SeverityInfo {
			role = style.Muted
		}
		text := p.env.Words.Int(n)
		if long {
			text = p.env.Words.Plural(n, word.One, word.Many)
		}
		out = append(out, m.Span(), style.Span{Role: role, Text: " " + text}, style.Span{Text: "   "})
	}
	if p.fresh > 0 {
		text := p.env.Words.Int(p.fresh)
		if long {
			text = p.env.Words.Notes.NewCount(p.fresh)
		}
		out = append(out, style.Span{Role: style.Accent, Text: p.env.Glyphs.Marked + " " + text}, style.Span{Text: "   "})
	}
	if n := p.view.Unjudged; n > 0 {
		text := p.env.Words.Int(n)
		if long {
			text = p.env.Words.Fleet.Unjudged(n)
		}
		out = append(out, style.Span{Role: style.Unknown, Text: p.env.Glyphs.Unknown}, style.Span{Role: style.Muted, Text: " " + text}, style.Span{Text: "   "})
	}
	return out
}

// judged is the sign of a project: its severity, or that it cannot be told yet.
func (p *Page) judged(r *fleet.Row) cells.Mark {
	if r.Unjudged != "" {
		return cells.Missing(p.env.Glyphs, r.Unjudged)
	}
	return cells.Severity(p.env.Glyphs, r.Severity)
}

// restrictions say why not everything is shown, or not yet in its order.
func (p *Page) restrictions(w int) (out []style.Span) {
	e := p.env
	put := func(role style.Role, text string) { out = append(out, style.Span{Role: role, Text: text}) }
	shown, total := p.table.Len()
	if text, loose := p.table.Filter(); text != "" {
		short, _ := block.Clip(text, max(w/4, 8))
		put(style.Faint, e.Words.List.Filter+e.Words.Form.Colon)
		put(style.Match, short)
		if loose {
			put(style.Faint, " ("+e.Words.List.Approx+")")
		}
		put(style.Faint, " "+e.Glyphs.Times+"   ")
	}
	if p.table.ProblemsOnly() {
		put(style.Match, e.Words.List.Problems)
		put(style.Faint, " "+e.Glyphs.Times+"   ")
	}
	if shown != total {
		put(style.Muted, e.Words.List.Shown(shown, total)+"   ")
	}
	if !p.view.Ready && total > 0 {
		text := e.Words.Fleet.NotReadyShort
		if page.ClassOf(w) > page.Narrow {
			text = e.Words.Fleet.NotReady
		}
		if slices.ContainsFunc(p.view.Sources, func(s platform.SourceHealth) bool { return p.view.Cached(s.Name) }) {
			text = e.Words.Frame.Cached
		}
		put(style.Running, e.Glyphs.Running+" "+text+"   ")
	}
	return out
}

func (p *Page) orderMark() []style.Span {
	if _, total := p.table.Len(); total == 0 {
		return nil
	}
	title, reversed := p.table.Order()
	mark := p.env.Glyphs.SortDown
	if reversed {
		mark = p.env.Glyphs.SortUp
	}
	return []style.Span{{Role: style.Muted, Text: title + " "}, {Role: style.Accent, Text: mark}, {Text: " "}}
}
