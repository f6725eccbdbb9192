package onboarding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// row is a project on the wall.
type row struct {
	sheet.Board
	next *platform.OnboardingStep
	rev  uint64
}

func (r row) slug() string { return r.Row.Dossier.Project.Slug }

// Wall is the list of projects by eighteen steps.
type Wall struct {
	env    *page.Env
	shelf  *shelf
	desk   desk
	view   *fleet.View
	table  *table.Table[row]
	all    []row
	owner  platform.StepOwner // whose moves are shown; "" everybody's
	hidden bool
	wide   bool
	made   uint64 // counts the rows made, for their revision
}

// NewWall returns the wall, empty.
func NewWall(env *page.Env) *Wall {
	p := &Wall{env: env, shelf: newShelf(env), view: &fleet.View{}}
	p.desk = desk{env: env, shelf: p.shelf}
	p.table = table.New(table.Config[row]{Key: func(r row) string { return r.Row.Dossier.Project.ID + r.slug() }, Rev: func(r row) uint64 { return r.rev },
		Problem:  func(r row) bool { return r.Count(platform.StepKO) > 0 },
		Haystack: p.haystack, OrderTitle: env.Words.Onboarding.Order}, p.columns()...)
	return p
}

func (p *Wall) haystack(r row) string {
	if r.next == nil {
		return r.Row.Dossier.Project.Name
	}
	w := p.env.Words.Onboarding
	return strings.Join([]string{r.Row.Dossier.Project.Name, w.Step[r.next.ID], w.Owner[string(r.next.Owner)], w.State[string(r.next.State)]}, " ")
}

// Learn takes the newest facts.
func (p *Wall) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	same := p.view.Version == v.Version && v.Version > 0 && p.view.Ready == v.Ready
	p.view = v
	if same {
		return false
	}
	p.gather()
	return true
}

// gather makes the rows: what moves first, the farthest project at the end.
func (p *Wall) gather() {
	old := make(map[string]row, len(p.all))
	for _, r := range p.all {
		old[r.slug()] = r
	}
	p.all = p.all[:0:0]
	for _, b := range sheet.All(p.view, p.shelf.boards, p.shelf.folder.Snapshot(), p.env.Now()) {
		r := row{Board: b, next: b.Next()}
		if was, ok := old[r.slug()]; ok && was.Onboarding == b.Onboarding {
			r.rev = was.rev
		} else {
			p.made++
			r.rev = p.made
		}
		p.all = append(p.all, r)
	}
	p.shelf.boards.Keep(len(p.all))
	slices.SortStableFunc(p.all, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.Count(platform.StepKO), a.Count(platform.StepKO)), cmp.Compare(a.Count(platform.StepOK), b.Count(platform.StepOK)), strings.Compare(a.slug(), b.slug()))
	})
	p.choose()
}

// choose keeps the projects that wait for an owner.
func (p *Wall) choose() {
	shown := p.all
	if p.owner != "" {
		shown = slices.DeleteFunc(slices.Clone(p.all), func(r row) bool { return !r.Awaits(p.owner) })
	}
	p.table.SetRows(shown, true)
}

// Wake is rung when a ledger changed, or an errand is over.
func (p *Wall) Wake() <-chan struct{} { return p.shelf.bell }

// Woke reads the ledgers again.
func (p *Wall) Woke() bool { p.gather(); return true }

// Holds is false: a bell costs nothing.
func (p *Wall) Holds() bool { return false }

// Close gives the bell back.
func (p *Wall) Close() { p.shelf.stop() }

// Hear takes the end of an errand.
func (p *Wall) Hear(a page.Answer) bool {
	p.desk.hear(a)
	p.gather()
	return true
}

// Reply says how it ended.
func (p *Wall) Reply() intent.Intent { return p.desk.take() }

// Relabel writes the columns again.
func (p *Wall) Relabel() {
	p.table.SetColumns(p.env.Words.Onboarding.Order, p.columns()...)
	p.gather()
}

// Crumbs names the page.
func (p *Wall) Crumbs() []string { return []string{p.env.Words.Onboarding.Title} }

// Interest is the project under the cursor, then those on screen.
func (p *Wall) Interest() []string {
	var out []string
	if r, ok := p.table.Current(); ok {
		out = append(out, r.Row.Dossier.Project.ID)
	}
	for _, r := range p.table.Visible() {
		if id := r.Row.Dossier.Project.ID; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Place is where in the list the cursor stands.
func (p *Wall) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Wall) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Wall) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away, then the owner.
func (p *Wall) Undo() bool {
	if p.table.Undo() {
		return true
	}
	if p.owner == "" {
		return false
	}
	p.owner = ""
	p.choose()
	return true
}

// Layers is the list, the owners, and what can be done.
func (p *Wall) Layers() []keys.Layer {
	none := len(p.all) == 0
	cmds := []keys.Command{{ID: keys.Preview, Quiet: none, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}, {ID: keys.Kinds, Quiet: none, Do: p.owners}}
	if r, ok := p.table.Current(); ok {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Onboarding, Key: r.Row.Dossier.Project.ID}}
		}}, keys.Command{ID: keys.Actions, Do: func() intent.Intent { return p.desk.exports(p.boards(), false, p.env.Words.Onboarding.Export) }})
	}
	return []keys.Layer{{Name: page.Onboarding, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// boards are those of the list, all of the chosen owner.
func (p *Wall) boards() []sheet.Board {
	var out []sheet.Board
	for _, r := range p.all {
		if p.owner == "" || r.Awaits(p.owner) {
			out = append(out, r.Board)
		}
	}
	return out
}

// owners asks whose moves to show.
func (p *Wall) owners() intent.Intent {
	w := p.env.Words
	menu := intent.Menu{Title: w.Onboarding.ByOwner}
	add := func(who platform.StepOwner, label string) {
		n := 0
		for _, r := range p.all {
			if who == "" || r.Awaits(who) {
				n++
			}
		}
		if who == p.owner {
			menu.At = len(menu.Items)
		}
		menu.Items = append(menu.Items, intent.Item{Label: label, Hint: w.Int(n), Do: func() intent.Intent { p.owner = who; p.choose(); return nil }})
	}
	add("", w.Onboarding.AllOwners)
	for _, who := range platform.StepOwners() {
		add(who, w.Onboarding.Owner[string(who)])
	}
	return menu
}

// Copies offers the wall on paper.
func (p *Wall) Copies() []intent.Item {
	if len(p.all) == 0 {
		return nil
	}
	return p.desk.copies(p.boards(), false)
}

// CommandLines is the wall as a command, for the same owner.
func (p *Wall) CommandLines() []page.Line {
	command := "dsotop onboarding"
	if p.owner != "" {
		command += " --owner " + string(p.owner)
	}
	return []page.Line{{Tool: "dsotop", Text: command}}
}

func (p *Wall) columns() []table.Column[row] {
	w := p.env.Words.Onboarding
	width := stripNarrow
	if p.wide {
		width = stripWide
	}
	title := stripTitle(p.wide)
	if p.env.Glyphs.Aloud {
		width, title = stripAloud, w.Steps
	}
	return []table.Column[row]{
		{ID: "project", Title: "  " + w.Project, Want: 14, Min: 12, Max: 26, Natural: func(r row) int { return block.Width(r.slug()) + 2 }, Draw: p.project,
			Compare: func(a, b row) int { return strings.Compare(a.slug(), b.slug()) }, Value: func(r row) string { return r.slug() }},
		{ID: "steps", Title: title, Name: strings.ToLower(w.Steps), Want: width, Draw: func(pen *style.Pen, r row) { strip(p.env, pen, r.Board, p.wide) },
			Compare: func(a, b row) int { return cmp.Compare(b.Count(platform.StepKO), a.Count(platform.StepKO)) }},
		{ID: "done", Title: w.Done, Want: 5, Right: true, Draw: func(pen *style.Pen, r row) {
			pen.Right(style.Text, strconv.Itoa(r.Count(platform.StepOK))+"/"+strconv.Itoa(platform.StepCount))
		}, Compare: func(a, b row) int { return cmp.Compare(a.Count(platform.StepOK), b.Count(platform.StepOK)) }},
		{ID: "owner", Title: w.OwnerHead, Want: 12, Min: 8, Keep: 1, Draw: func(pen *style.Pen, r row) { pen.Put(style.Text, p.who(r)) },
			Compare: func(a, b row) int { return strings.Compare(p.who(a), p.who(b)) }, Value: p.who},
		{ID: "days", Title: strings.ToUpper(w.Since), Want: 6, Keep: 3, Right: true, Draw: func(pen *style.Pen, r row) {
			if r.next != nil {
				pen.Right(style.Muted, days(p.env, r.next))
			}
		}, Compare: func(a, b row) int { return cmp.Compare(p.stuck(b), p.stuck(a)) }},
		{ID: "next", Title: w.Next, Want: 26, Min: 20, Keep: 2, Grow: true, Draw: p.nextMove, Compare: func(a, b row) int { return cmp.Compare(nextNumber(a), nextNumber(b)) }},
	}
}

func (p *Wall) project(pen *style.Pen, r row) {
	m := mark(p.env.Glyphs, platform.StepOK)
	if r.next != nil {
		m = mark(p.env.Glyphs, r.next.State)
	}
	if p.shelf.folder.Snapshot().Trouble(r.slug()) != nil {
		m = sign(p.env.Glyphs, platform.StepKO)
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(style.Strong, r.slug())
}

func (p *Wall) who(r row) string {
	if r.next == nil {
		return p.env.Words.Onboarding.OwnerShort[""]
	}
	return p.env.Words.Onboarding.OwnerShort[string(r.next.Owner)]
}

func (p *Wall) stuck(r row) int {
	if r.next == nil {
		return -1
	}
	return r.next.Days(p.env.Now())
}

func nextNumber(r row) int {
	if r.next == nil {
		return platform.StepCount + 1
	}
	return r.next.Number
}

func (p *Wall) nextMove(pen *style.Pen, r row) {
	w := p.env.Words.Onboarding
	if r.next == nil {
		pen.Put(style.Faint, w.NobodyMoves)
		return
	}
	m := mark(p.env.Glyphs, r.next.State)
	pen.Put(m.Role, m.Glyph).Space(1).Put(style.Text, strconv.Itoa(r.next.Number)+" "+w.Step[r.next.ID])
}

// Draw puts the counts and the legend on top, then the wall and what it says of the project under the cursor.
func (p *Wall) Draw(w, h int) block.Block {
	e := p.env
	if wide := w >= 132; wide != p.wide {
		p.wide = wide
		p.table.SetColumns(e.Words.Onboarding.Order, p.columns()...)
	}
	head := []string{p.top(w)}
	head = append(head, folderTrouble(e, p.shelf, w)...)
	if h >= 18 && !e.Glyphs.Aloud { // read out, each sign is its word
		head = append(head, legend(e, w))
	}
	if h >= 30 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		return block.Under(top, p.empty(w, room, total))
	}
	cur, _ := p.table.Current()
	s := pane.Split{Want: p.table.Width(), Lines: shown, Hidden: p.hidden, Title: cur.slug(), Right: e.Words.Onboarding.Count(cur.Count(platform.StepOK), cur.Count(platform.StepNA), platform.StepCount),
		List:    func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return p.details(cur, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

func (p *Wall) top(w int) string {
	e, ow := p.env, p.env.Words.Onboarding
	ok, ko := 0, 0
	for _, r := range p.all {
		ok += r.Count(platform.StepOK)
		ko += r.Count(platform.StepKO)
	}
	pen := e.Pen(w).Space(1).Put(style.Text, ow.Projects(len(p.all)))
	if ko > 0 {
		pen.Space(3).Put(style.Bad, e.Glyphs.Bad+" "+ow.Late(ko))
	}
	if p.owner != "" {
		pen.Space(3).Put(style.Match, ow.Owner[string(p.owner)]).Put(style.Faint, " "+e.Glyphs.Times)
	}
	return pane.Restrictions(e, pen, p.table).Line()
}

func (p *Wall) empty(w, h, total int) block.Block {
	e := p.env
	text, _ := p.table.Filter()
	switch {
	case total > 0 && text != "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
	case total > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem)
	case p.owner != "" && len(p.all) > 0:
		return e.Empty(w, h, e.Glyphs.Dot, style.Good, e.Words.Onboarding.NoMatchOwner)
	case !p.view.Ready:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading)
	}
	return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.Onboarding.NoProject, e.Words.Onboarding.NoProjectWhy)
}

// details are the steps of a project that are open, each with what it rests on.
func (p *Wall) details(r row, w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	out := []string{trackLine(e, r.Board, w)}
	if why := sheet.Trouble(p.shelf.folder.Snapshot(), r.slug(), e.Words.Tag); why != "" {
		out = append(out, pane.Text(e, w, 1, style.Bad, why)...)
	}
	open := false
	for i := range r.Steps {
		s := &r.Steps[i]
		if s.State == platform.StepOK || s.State == platform.StepNA || s.State == platform.StepUnknown {
			continue
		}
		open = true
		m := mark(e.Glyphs, s.State)
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, strconv.Itoa(s.Number)+" "+ow.Step[s.ID]).Space(1).Put(word(m), ow.State[string(s.State)])
		out = append(out, pen.Right(style.Muted, " "+ow.OwnerShort[string(s.Owner)]+" "+days(e, s)+" ").Line())
		if proof, ok := sheet.Proof(s); ok {
			out = append(out, pane.Text(e, w, 5, style.Faint, e.Words.OnboardingWhy(proof))...)
		}
	}
	if !open && r.Count(platform.StepUnknown) == 0 {
		out = append(out, pane.Text(e, w, 1, style.Good, ow.Finished)...)
	}
	return out
}

// trackLine says on which track a project is, and how many prerequisites are known.
func trackLine(e *page.Env, b sheet.Board, w int) string {
	ow := e.Words.Onboarding
	pen := e.Pen(w).Space(1)
	if b.Track == "" {
		pen.Put(style.Faint, ow.NoTrack)
	} else {
		pen.Put(style.Muted, ow.Track[b.Track])
	}
	if b.Ledger != nil {
		pen.Put(style.Faint, "   "+ow.Answered(b.Ledger.Answered(), platform.PrerequisiteCount))
	}
	return pen.Line()
}

// folderTrouble says that nothing can be noted, or that the folder cannot be read.
func folderTrouble(e *page.Env, s *shelf, w int) []string {
	snap, ow := s.folder.Snapshot(), e.Words.Onboarding
	switch {
	case snap.Folder == "":
		return []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.NotSet+" "+ow.NoFolder).Line()}
	case snap.Err != nil:
		return []string{e.Pen(w).Space(1).Put(style.Bad, e.Glyphs.Bad+" "+ow.FolderTrouble+e.Words.Form.Colon+platform.CleanLine(snap.Err.Error())).Line()}
	}
	return nil
}
