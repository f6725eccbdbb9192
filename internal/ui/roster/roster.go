// Package roster is the list that the pages of one kind of thing share: pods, applications, gates, images, alerts; of the whole platform, of
// a project or of a namespace. A page says what its rows are and how they look; the roster follows the fleet, keeps what did not move,
// counts, says why nothing is there, and puts what is known of the row under the cursor beside it.
package roster

import (
	"slices"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Config is what a page tells of its rows. Functions marked optional may be nil; all are called on the loop.
type Config[R any] struct {
	Env *page.Env
	// Key is "" for the whole platform, a project id, or a namespace.
	Key string
	// Kind is the page's: the name of its layer of keys.
	Kind  string
	Words func(*words.Set) Words

	// Family is the family of facts that rows are made of; ByPlace says that it is known by environment rather than by project. Sources are
	// the kinds of sources that tell it.
	Family  platform.Family
	ByPlace bool
	Sources []string

	// Rows are the rows of one project; they are asked for again when the project moved.
	Rows func(Part) []R
	// Others are rows that belong to no project, for the whole platform only; optional.
	Others func(*fleet.View) []R
	// Compare is the order that a person meets first: worst first.
	Compare func(a, b R) int
	ID      func(R) string
	Rev     func(R) uint64
	// Problem says whether a row stays when only problems are shown.
	Problem func(R) bool
	// Text adds words to search beyond the columns' values; optional.
	Text    func(R) string
	Columns func() []table.Column[R]
	// Scope is what must be in view for a row to stay fresh: a project id, a namespace, or "".
	Scope func(R) string
	// Count writes how many there are, above the list; bad says that it deserves the eye.
	Count func(rows []R) (text string, bad bool)

	// Commands are those of the row under the cursor, Open first; ok is false where there is none.
	Commands func(r R, ok bool) []keys.Command
	Copies   func(R) []intent.Item
	// Title and Details say what is known of a row, beside the list.
	Title   func(R) (title, right string)
	Details func(r R, w int) []string
	// Follow is told, a moment after the cursor rests, which row it is on: to ask a system about it. Optional.
	Follow func(R)
	// Note writes lines between the counts and the list; optional.
	Note func(w int) []string
}

// Words are those of a roster.
type Words struct {
	Title string // of the page
	What  string // the things, in the plural, before why they are not known; "" is Title
	Order string // in which order they are given
	// None and NoneWhy say that there is nothing, and when there would be something.
	None, NoneWhy string
}

// Part is a project as far as the roster is about it.
type Part struct {
	Row       *fleet.Row
	Namespace string // the only one that counts; "" all
}

// Environments are those that count.
func (p Part) Environments() []*platform.EnvironmentFacts {
	var out []*platform.EnvironmentFacts
	for i := range p.Row.Dossier.Environments {
		if x := &p.Row.Dossier.Environments[i]; p.Namespace == "" || x.Namespace == p.Namespace {
			out = append(out, x)
		}
	}
	return out
}

// Roster is the list. A page embeds it: it is a page by itself. It is used by one goroutine.
type Roster[R any] struct {
	cfg    Config[R]
	view   *fleet.View
	table  *table.Table[R]
	all    []R
	made   map[string]made[R] // by project
	crumbs []string
	asked  []string // what the interest is in, where the key is a project or a namespace
	known  platform.FactAge
	ages   []map[platform.Family]platform.FactAge
	hidden bool
	last   string // the row that Follow was told of
}

// made is what was made of a project when it was at a revision.
type made[R any] struct {
	rev  uint64
	rows []R
}

// New returns an empty list.
func New[R any](cfg Config[R]) *Roster[R] {
	w := cfg.Words(cfg.Env.Words)
	r := &Roster[R]{cfg: cfg, view: &fleet.View{}, made: map[string]made[R]{}, crumbs: []string{w.Title}}
	r.table = table.New(table.Config[R]{Key: cfg.ID, Rev: cfg.Rev, Problem: cfg.Problem, Haystack: cfg.Text, OrderTitle: w.Order}, cfg.Columns()...)
	return r
}

// View is the newest view that was learned.
func (r *Roster[R]) View() *fleet.View { return r.view }

// Rows are all rows, in the order given. Read-only.
func (r *Roster[R]) Rows() []R { return r.all }

// Table is the list itself: its cursor, and the rows that a person marked.
func (r *Roster[R]) Table() *table.Table[R] { return r.table }

// Current is the row under the cursor.
func (r *Roster[R]) Current() (R, bool) { return r.table.Current() }

// Known is the age of the family of facts, where the roster is about one project or namespace.
func (r *Roster[R]) Known() platform.FactAge { return r.known }

// Again makes every row again: what they are made of moved without the fleet.
func (r *Roster[R]) Again() { clear(r.made); r.gather() }

// Learn makes the rows again of the projects that moved.
func (r *Roster[R]) Learn(v *fleet.View) bool {
	if r.view == v {
		return false
	}
	old := r.view
	r.view = v
	moved := old.Ready != v.Ready || r.cfg.Others != nil && r.cfg.Key == "" && old.Version != v.Version
	n := 0
	for _, row := range v.Projects {
		if !r.concerns(row) {
			continue
		}
		n++
		if m, ok := r.made[row.Dossier.Project.ID]; !ok || m.rev != row.Rev {
			moved = true
		}
	}
	if !moved && n == len(r.made) {
		return false
	}
	r.gather()
	return true
}

func (r *Roster[R]) concerns(row *fleet.Row) bool {
	if r.cfg.Key == "" || row.Dossier.Project.ID == r.cfg.Key {
		return true
	}
	return slices.ContainsFunc(row.Dossier.Environments, func(e platform.EnvironmentFacts) bool { return e.Namespace == r.cfg.Key })
}

func (r *Roster[R]) gather() {
	var rows []R
	was := r.made
	r.made, r.asked, r.known, r.ages = make(map[string]made[R], len(was)), nil, platform.FactAge{}, nil
	title := r.cfg.Words(r.cfg.Env.Words).Title
	r.crumbs = []string{title}
	for _, row := range r.view.Projects {
		if !r.concerns(row) {
			continue
		}
		d := row.Dossier
		part := Part{Row: row}
		if r.cfg.Key != "" {
			r.crumbs, r.asked = []string{d.Project.Slug, title}, []string{r.cfg.Key}
			if r.cfg.Key != d.Project.ID {
				part.Namespace = r.cfg.Key
				r.asked = append(r.asked, d.Project.ID)
			}
		}
		r.age(part)
		m, ok := was[d.Project.ID]
		if !ok || m.rev != row.Rev {
			m = made[R]{rev: row.Rev, rows: r.cfg.Rows(part)}
		}
		r.made[d.Project.ID] = m
		rows = append(rows, m.rows...)
	}
	if r.cfg.Others != nil && r.cfg.Key == "" {
		rows = append(rows, r.cfg.Others(r.view)...)
	}
	slices.SortStableFunc(rows, r.cfg.Compare)
	r.all = rows
	r.table.SetRows(rows, true)
}

// age notes how old what is known of a project is.
func (r *Roster[R]) age(part Part) {
	d := part.Row.Dossier
	take := func(known map[platform.Family]platform.FactAge) {
		a, ok := known[r.cfg.Family]
		if !ok {
			return
		}
		if r.cfg.Key != "" && (r.known.At.IsZero() || !a.At.IsZero()) {
			r.known = a
		}
		r.ages = append(r.ages, map[platform.Family]platform.FactAge{r.cfg.Family: a})
	}
	if !r.cfg.ByPlace {
		take(d.Known)
		if part.Namespace == "" {
			return
		}
	}
	for _, x := range part.Environments() {
		if part.Namespace != "" {
			r.crumbs = []string{d.Project.Slug, x.Name, r.cfg.Words(r.cfg.Env.Words).Title}
		}
		if r.cfg.ByPlace {
			take(x.Known)
			if r.cfg.Key == d.Project.ID && x.Namespace != "" {
				r.asked = append(r.asked, x.Namespace)
			}
		}
	}
}

// Relabel writes again what is kept in words.
func (r *Roster[R]) Relabel() {
	r.table.SetColumns(r.cfg.Words(r.cfg.Env.Words).Order, r.cfg.Columns()...)
	r.Again()
}

// Crumbs names whose things these are.
func (r *Roster[R]) Crumbs() []string { return r.crumbs }

// Interest is whose things are on screen, what is under the cursor first.
func (r *Roster[R]) Interest() []string {
	if r.cfg.Key != "" {
		if len(r.asked) == 0 {
			return []string{r.cfg.Key}
		}
		return r.asked
	}
	var out []string
	add := func(x R) {
		if scope := r.cfg.Scope(x); scope != "" && !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	if x, ok := r.table.Current(); ok {
		add(x)
	}
	for _, x := range r.table.Visible() {
		add(x)
	}
	return out
}

// Place is where in the list the cursor stands.
func (r *Roster[R]) Place() (at, of int) { return r.table.Place() }

// Filter returns the list's filter.
func (r *Roster[R]) Filter() string { f, _ := r.table.Filter(); return f }

// SetFilter replaces it.
func (r *Roster[R]) SetFilter(text string) { r.table.SetFilter(text) }

// Undo takes one restriction away.
func (r *Roster[R]) Undo() bool { return r.table.Undo() }

// Unsettled reports whether the cursor left the row that Follow was told of.
func (r *Roster[R]) Unsettled() bool {
	x, ok := r.table.Current()
	return ok && r.cfg.Follow != nil && r.cfg.ID(x) != r.last
}

// Settle tells Follow where the cursor is.
func (r *Roster[R]) Settle() {
	if x, ok := r.table.Current(); ok && r.cfg.Follow != nil {
		r.last = r.cfg.ID(x)
		r.cfg.Follow(x)
	}
}

// Layers is the list with the commands of the row under the cursor.
func (r *Roster[R]) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { r.hidden = !r.hidden; return nil }}}
	if r.cfg.Commands != nil {
		x, ok := r.table.Current()
		cmds = append(cmds, r.cfg.Commands(x, ok)...)
	}
	return []keys.Layer{{Name: r.cfg.Kind, Commands: append(cmds, r.table.Commands(r.cfg.Env.Words)...)}}
}

// Copies offers what one says of the row under the cursor.
func (r *Roster[R]) Copies() []intent.Item {
	x, ok := r.table.Current()
	if !ok || r.cfg.Copies == nil {
		return nil
	}
	return r.cfg.Copies(x)
}

// Draw puts the counts on top, then the list and what it says of the row under the cursor.
func (r *Roster[R]) Draw(w, h int) block.Block {
	e := r.cfg.Env
	head := []string{r.top(w)}
	aging := pane.Aging(e, w, r.ages...)
	head = append(head, aging[:min(len(aging), 2)]...)
	if r.cfg.Note != nil {
		head = append(head, r.cfg.Note(w)...)
	}
	if h >= 32 {
		head = append(head, e.Pen(w).Line())
	}
	head = head[:min(len(head), max(h-1, 1))]
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := r.table.Len()
	if shown == 0 {
		return block.Under(top, r.empty(w, room, total))
	}
	cur, _ := r.table.Current()
	title, right := r.cfg.Title(cur)
	s := pane.Split{Want: r.table.Width(), Lines: total, Hidden: r.hidden, Title: title, Right: right,
		List:    func(w, h int) block.Block { return r.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return r.cfg.Details(cur, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

func (r *Roster[R]) top(w int) string {
	e := r.cfg.Env
	text, bad := r.cfg.Count(r.all)
	role := style.Muted
	if bad {
		role = style.Text
	}
	if len(r.all) == 0 && (!r.view.Ready && r.known.At.IsZero() || pane.Unread(e, r.view, w, "", r.known, r.cfg.Sources...) != nil) {
		text = "" // nought would be said of what nobody has read
	}
	return pane.Restrictions(e, e.Pen(w).Space(1).Put(role, text), r.table).Line()
}

func (r *Roster[R]) empty(w, h, total int) block.Block {
	e := r.cfg.Env
	text, _ := r.table.Filter()
	rw := r.cfg.Words(e.Words)
	what := rw.What
	if what == "" {
		what = rw.Title
	}
	switch {
	case total > 0 && text != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	case !r.view.Ready && r.known.At.IsZero():
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading, what)
	}
	if lines := pane.Unread(e, r.view, w, what, r.known, r.cfg.Sources...); lines != nil {
		return block.New(w, h, append([]string{e.Pen(w).Line()}, lines...)...)
	}
	return e.Empty(w, h, e.Glyphs.None, style.Faint, rw.None, rw.NoneWhy)
}
