// Package runbooks is the pages of procedures: the list of books, those that apply first, and a run that is played.
package runbooks

import (
	"slices"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the list.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Runbooks, Screen: screen, Title: func(w *words.Set) string { return w.Runbooks.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// row is a book, or a run of one.
type row struct {
	book *runbook.Book
	run  *runbook.Info
	// fits is true for a book that applies.
	fits bool
}

// Page is the list.
type Page struct {
	env    *page.Env
	desk   *runbook.Desk // nil where books are not played
	sel    runbook.Selection
	known  runbook.Known
	view   *fleet.View
	table  *table.Table[row]
	bell   <-chan struct{}
	fault  string
	hidden bool
	placed bool // the cursor is on the book of the finding, from where it may be moved
}

// New returns the list for a selection.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, sel: runbook.ParseKey(key)}
	p.table = table.New(table.Config[row]{Key: id, Rev: func(r row) uint64 { return rev(r) }, Problem: func(r row) bool { return r.fits || r.run != nil }, Haystack: p.haystack, OrderTitle: env.Words.Runbooks.Applies}, p.columns()...)
	if b, ok := env.Backend.(page.Player); ok {
		p.desk = b.Runbooks()
		p.bell = p.desk.Watch(env.Ctx)
	}
	return p
}

func id(r row) string {
	if r.run != nil {
		return r.run.ID
	}
	return r.book.ID
}

func rev(r row) uint64 {
	n := uint64(1)
	if r.fits {
		n = 2
	}
	if r.run != nil {
		n = uint64(r.run.Updated.UnixNano()) + uint64(len(r.run.State))
	}
	return n
}

func (p *Page) haystack(r row) string {
	if r.run != nil {
		return r.run.Book + " " + r.run.Title.FR + " " + r.run.Title.EN + " " + r.run.Subject + " " + string(r.run.State)
	}
	return r.book.ID + " " + r.book.Title.FR + " " + r.book.Title.EN + " " + r.book.When.FR + " " + r.book.When.EN
}

// Learn ranks the books again.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	p.view = v
	p.gather()
	return true
}

// maxRuns is how many runs that are over are listed; all are on disk.
const maxRuns = 20

func (p *Page) gather() {
	if p.desk == nil {
		return
	}
	p.known = p.desk.Known(p.sel)
	books, applying := p.desk.Library().Applying(p.known, p.sel)
	runs, err := p.desk.Glance()
	p.fault = ""
	if err != nil {
		p.fault = err.Error()
	} else if wrong := p.desk.Library().Mistakes; len(wrong) > 0 {
		p.fault = p.env.Words.Runbooks.Mistake + p.env.Words.Form.Colon + wrong[0].Where() + " " + wrong[0].In(p.env.Words.Tag)
	}
	var rows, over []row
	for i := range runs {
		if p.sel.ProjectID != "" && runs[i].Selection.ProjectID != p.sel.ProjectID {
			continue
		}
		if runs[i].State.Over() {
			over = append(over, row{run: &runs[i]})
		} else {
			rows = append(rows, row{run: &runs[i]})
		}
	}
	for i, b := range books {
		rows = append(rows, row{book: b, fits: i < applying && p.sel.ProjectID != ""})
	}
	p.table.SetRows(append(rows, over[:min(len(over), maxRuns)]...), true)
	if p.sel.Finding != "" && applying > 0 && !p.placed {
		p.placed = p.table.Select(books[0].ID)
	}
}

// Wake rings when a run moved.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke reads the runs again.
func (p *Page) Woke() bool { p.gather(); return true }

// Relabel writes the columns again.
func (p *Page) Relabel() {
	p.table.SetColumns(p.env.Words.Runbooks.Applies, p.columns()...)
	p.gather()
}

// Crumbs names what the books are for.
func (p *Page) Crumbs() []string {
	if s := p.sel.Describe(p.known); s != "" {
		return append(strings.Split(s, " / "), p.env.Words.Runbooks.Title)
	}
	return []string{p.env.Words.Runbooks.Title}
}

// Interest is the project concerned.
func (p *Page) Interest() []string {
	if p.sel.ProjectID == "" {
		return nil
	}
	return []string{p.sel.ProjectID}
}

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes one restriction away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list; Enter plays a book or opens a run.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if r, ok := p.table.Current(); ok {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return p.enter(r) }})
	}
	return []keys.Layer{{Name: page.Runbooks, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// enter opens a run, or asks how a book is to be played.
func (p *Page) enter(r row) intent.Intent {
	if r.run != nil {
		return openRun(r.run.ID)
	}
	w := p.env.Words.Runbooks
	return intent.Menu{Title: r.book.ID + " " + r.book.Title.Of(p.env.Words.Tag), Items: []intent.Item{
		{Label: w.DryRun, Do: func() intent.Intent { return p.start(r.book, p.sel, nil, true) }},
		{Label: w.Start, Hint: p.sel.Describe(p.known), Do: func() intent.Intent { return p.start(r.book, p.sel, nil, false) }},
	}}
}

func openRun(id string) intent.Intent {
	return intent.Open{Ref: intent.Ref{Kind: page.Run, Key: id}}
}

// start asks for what is missing, one thing after the other, then begins.
func (p *Page) start(b *runbook.Book, sel runbook.Selection, params map[string]string, dry bool) intent.Intent {
	known := p.desk.Known(sel)
	sel, missing := runbook.Complete(b, known, sel)
	if len(missing) > 0 {
		return p.choose(b, sel, missing[0], dry)
	}
	known = p.desk.Known(sel)
	if params == nil {
		params = runbook.Defaults(b, known, sel)
		return p.param(b, sel, params, 0, dry)
	}
	id, err := p.desk.Start(b, sel, params, dry)
	if err != nil {
		return intent.Toast{Text: runbook.Tell(err, p.env.Words.Tag), Bad: true}
	}
	return openRun(id)
}

// choose asks for a part of the selection.
func (p *Page) choose(b *runbook.Book, sel runbook.Selection, n runbook.Scope, dry bool) intent.Intent {
	w := p.env.Words
	m := intent.Menu{Title: w.Runbooks.Choose + w.Form.Colon + runbook.ScopeWord(n, w.Tag)}
	for _, o := range runbook.Options(n, p.desk.Known(sel), sel) {
		label := o
		if n == runbook.ForProject {
			if r, ok := p.view.Project(o); ok {
				label = r.Dossier.Project.Slug
			}
		}
		if n == runbook.ForApplication {
			label = o[strings.LastIndexByte(o, '/')+1:]
		}
		m.Items = append(m.Items, intent.Item{Label: label, Do: func() intent.Intent { return p.start(b, sel.With(n, o), nil, dry) }})
	}
	if len(m.Items) == 0 {
		return intent.Toast{Text: b.ID + w.Form.Colon + w.Runbooks.Missing + " " + runbook.ScopeWord(n, w.Tag), Bad: true}
	}
	return m
}

// param asks for the parameters, from the i-th on.
func (p *Page) param(b *runbook.Book, sel runbook.Selection, params map[string]string, i int, dry bool) intent.Intent {
	w := p.env.Words
	if i >= len(b.Params) {
		return p.start(b, sel, params, dry)
	}
	one := b.Params[i]
	next := func(v string) intent.Intent {
		params[one.Name] = v
		return p.param(b, sel, params, i+1, dry)
	}
	title := one.Title.Of(w.Tag)
	if title == "" {
		title = one.Name
	}
	choices := one.Choices
	if one.Type == runbook.TypeBool {
		choices = []string{"true", "false"}
	}
	if len(choices) > 0 {
		m := intent.Menu{Title: title, At: max(slices.Index(choices, params[one.Name]), 0)}
		for _, c := range choices {
			label := c
			switch c {
			case "true":
				label = w.Form.Yes
			case "false":
				label = w.Form.No
			}
			m.Items = append(m.Items, intent.Item{Label: label, Do: func() intent.Intent { return next(c) }})
		}
		return m
	}
	bad := func(text string) string {
		if err := runbook.CheckValue(one.Type, nil, text); err != nil {
			return runbook.Tell(err, w.Tag)
		}
		if text == "" && !one.Optional {
			return w.Runbooks.Missing + " " + one.Name
		}
		return ""
	}
	return intent.Input{Label: title, Hint: p.env.Words.DeedType(one.Type), Text: params[one.Name], Trouble: func(text string) (string, int) { return bad(text), -1 },
		Done: func(text string) (intent.Intent, bool) {
			if bad(text) != "" {
				return nil, true
			}
			return next(text), false
		}}
}

// Copies offers the book or the run as Markdown.
func (p *Page) Copies() []intent.Item {
	r, ok := p.table.Current()
	if !ok {
		return nil
	}
	w := p.env.Words
	if r.run != nil {
		return []intent.Item{pane.CopyItem(w.Runbooks.Export, runbook.Markdown(&r.run.Run, w.Tag, page.Speech()))}
	}
	return []intent.Item{pane.CopyItem(r.book.ID, runbook.Describe(r.book, w.Tag, page.Speech()))}
}

// Draw is the list with the book under the cursor beside it.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	if p.desk == nil {
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, e.Words.Runbooks.NoDesk)
	}
	var head []string
	pen := e.Pen(w).Space(1)
	if s := p.sel.Describe(p.known); s != "" {
		pen.Put(style.Muted, e.Words.Runbooks.Applies+e.Words.Form.Colon).Put(style.Text, s)
	} else {
		pen.Put(style.Muted, e.Words.Runbooks.Others)
	}
	if e.Backend.ReadOnly() {
		pen.Space(2).Put(style.Faint, e.Words.Runbooks.ReadOnly)
	}
	head = append(head, pane.Restrictions(e, pen, p.table).Line())
	if p.fault != "" {
		head = append(head, e.Pen(w).Space(1).Put(style.Bad, e.Glyphs.Bad).Space(1).Put(style.Text, p.fault).Line())
	}
	top := block.New(w, len(head), head...)
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, e.Empty(w, h-top.H, e.Glyphs.None, style.Faint, e.Words.Runbooks.None, e.Words.Runbooks.NoneWhy))
	}
	cur, _ := p.table.Current()
	s := pane.Split{Want: p.table.Width(), Lines: total, Hidden: p.hidden, Title: id(cur),
		List: func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string {
			if cur.run != nil {
				return markdown(e, runbook.Markdown(&cur.run.Run, e.Words.Tag, page.Speech()), w)
			}
			return markdown(e, runbook.Describe(cur.book, e.Words.Tag, page.Speech()), w)
		}}
	return block.Under(top, s.Draw(e, w, h-top.H))
}
