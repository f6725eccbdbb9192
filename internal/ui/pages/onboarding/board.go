package onboarding

import (
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/onboarding"
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

// The parts of a board, in the order of the page.
const (
	partSteps  = "steps"
	partForm   = "form"
	partChecks = "checklists"
	partAll    = "all"
)

func parts() []string { return []string{partSteps, partForm, partChecks, partAll} }

// item is a line of the board: a step, a prerequisite, or an item of a checklist.
type item struct {
	key     string
	step    *platform.OnboardingStep
	field   *platform.FieldDecl
	section string // of a checklist
	id      string
	answer  string
	value   platform.Field
	rev     uint64
}

// Board is the onboarding of one project.
type Board struct {
	env    *page.Env
	key    string
	shelf  *shelf
	desk   desk
	view   *fleet.View
	row    *fleet.Row // nil while the project is not known
	name   string
	board  sheet.Board
	last   *platform.Onboarding
	ledger *platform.Ledger
	made   uint64
	table  *table.Table[item]
	part   string
	hidden bool
}

// NewBoard returns the board of a project, empty.
func NewBoard(env *page.Env, key string) *Board {
	p := &Board{env: env, key: key, name: key, shelf: newShelf(env), view: &fleet.View{}, part: partSteps}
	p.desk = desk{env: env, shelf: p.shelf}
	p.table = table.New(table.Config[item]{Key: func(x item) string { return x.key }, Rev: func(x item) uint64 { return x.rev },
		Problem: func(x item) bool { return x.step != nil && x.step.State == platform.StepKO || x.answer == "no" }, Haystack: p.haystack, OrderTitle: env.Words.Onboarding.OrderSteps}, p.columns()...)
	return p
}

func (p *Board) haystack(x item) string {
	ow := p.env.Words.Onboarding
	if x.step == nil {
		return x.value.String() + " " + ow.Answer[x.answer]
	}
	out := ow.Owner[string(x.step.Owner)]
	for _, c := range x.step.Checks {
		out += " " + p.env.Words.OnboardingCheck(c.ID)
		for _, w := range c.Why {
			out += " " + p.env.Words.OnboardingWhy(w)
		}
	}
	return out
}

// Learn takes the newest facts of the project.
func (p *Board) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	ready, had := p.view.Ready, p.row != nil
	p.view = v
	r, ok := v.Project(p.key)
	if !ok {
		p.row = nil
		return had || ready != v.Ready
	}
	same := p.row != nil && p.row.Rev == r.Rev && p.row.Dossier == r.Dossier
	p.row = r
	p.name = r.Dossier.Project.Slug
	if same {
		return false
	}
	return p.gather()
}

// gather makes the lines again and reports whether the board moved.
func (p *Board) gather() bool {
	if p.row == nil {
		return false
	}
	p.board = sheet.One(p.row, p.shelf.boards, p.shelf.folder.Snapshot(), p.env.Now())
	if p.board.Onboarding == p.last && p.board.Ledger == p.ledger {
		return false
	}
	p.last, p.ledger = p.board.Onboarding, p.board.Ledger
	p.made++
	p.fill()
	return true
}

func (p *Board) fill() {
	var rows []item
	if p.part == partSteps || p.part == partAll {
		for i := range p.board.Steps {
			s := &p.board.Steps[i]
			rows = append(rows, item{key: "step:" + s.ID, step: s, rev: p.made})
		}
	}
	l := p.ledger
	if l == nil {
		l = &platform.Ledger{}
	}
	if p.part == partForm || p.part == partAll {
		for _, f := range platform.OnboardingFields() {
			rows = append(rows, item{key: "field:" + f.ID, id: f.ID, field: &f, value: l.Fields[f.ID], rev: p.made})
		}
	}
	if p.part == partChecks || p.part == partAll {
		for _, id := range platform.CompatibilityItems() {
			rows = append(rows, item{key: "compatibility:" + id, id: id, section: onboarding.Compatibility, answer: l.Compatibility[id], rev: p.made})
		}
		for _, id := range platform.SkillItems() {
			rows = append(rows, item{key: "skill:" + id, id: id, section: onboarding.Skills, answer: l.Skills[id], rev: p.made})
		}
	}
	p.table.SetRows(rows, true)
}

// show turns to a part.
func (p *Board) show(part string) {
	p.part = part
	p.table.SetColumns(p.env.Words.Onboarding.OrderSteps, p.columns()...)
	p.fill()
}

// Wake is rung when a ledger changed.
func (p *Board) Wake() <-chan struct{} { return p.shelf.bell }

// Woke reads the ledger again.
func (p *Board) Woke() bool { return p.gather() }

// Holds is false: a bell costs nothing.
func (p *Board) Holds() bool { return false }

// Close gives the bell back.
func (p *Board) Close() { p.shelf.stop() }

// Hear takes the end of an errand.
func (p *Board) Hear(a page.Answer) bool {
	p.desk.hear(a)
	p.gather()
	return true
}

// Reply says how it ended.
func (p *Board) Reply() intent.Intent { return p.desk.take() }

// Relabel writes the columns again.
func (p *Board) Relabel() {
	p.made++
	p.table.SetColumns(p.env.Words.Onboarding.OrderSteps, p.columns()...)
	p.fill()
}

// Crumbs names the project and the page.
func (p *Board) Crumbs() []string { return []string{p.name, p.env.Words.Onboarding.Title} }

// Interest is the project and its namespaces.
func (p *Board) Interest() []string {
	if p.row == nil {
		return []string{p.key}
	}
	out := []string{p.row.Dossier.Project.ID}
	for i := range p.row.Dossier.Environments {
		if ns := p.row.Dossier.Environments[i].Namespace; ns != "" {
			out = append(out, ns)
		}
	}
	return out
}

// Place is where in the list the cursor stands.
func (p *Board) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Board) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Board) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away, then goes back to the steps.
func (p *Board) Undo() bool {
	if p.table.Undo() {
		return true
	}
	if p.part == partSteps {
		return false
	}
	p.show(partSteps)
	return true
}

// Layers is the list, its parts, and what can be done with a line.
func (p *Board) Layers() []keys.Layer {
	if p.row == nil {
		return []keys.Layer{{Name: page.Onboarding}}
	}
	turn := func(by int) func() intent.Intent {
		return func() intent.Intent {
			all := parts()
			p.show(all[(slices.Index(all, p.part)+by+len(all))%len(all)])
			return nil
		}
	}
	cmds := []keys.Command{{ID: keys.NextTab, Do: turn(1)}, {ID: keys.PrevTab, Do: turn(-1)}, {ID: keys.Kinds, Do: p.choose},
		{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if x, ok := p.table.Current(); ok {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return p.open(x) }}, keys.Command{ID: keys.Actions, Do: func() intent.Intent { return p.actions(x) }})
	}
	return []keys.Layer{{Name: page.Onboarding, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// choose asks which part to show.
func (p *Board) choose() intent.Intent {
	ow := p.env.Words.Onboarding
	menu := intent.Menu{Title: ow.ShowTitle}
	for i, part := range parts() {
		if part == p.part {
			menu.At = i
		}
		menu.Items = append(menu.Items, intent.Item{Label: ow.Part[part], Do: func() intent.Intent { p.show(part); return nil }})
	}
	return menu
}

// open goes to where a step can be seen whole; what people tell is seen here.
func (p *Board) open(x item) intent.Intent {
	if x.step == nil {
		return p.actions(x)
	}
	if x.step.ID == "qualification" {
		p.show(partForm)
		return nil
	}
	kind := map[string]string{"enrolment": page.Project, "team": page.Project, "repositories": page.Project, "mirror": page.Pipelines, "ci-file": page.Pipelines, "pipeline": page.Pipelines,
		"quality": page.Quality, "images": page.Images, "environments": page.GitOps, "deployed": page.GitOps}[x.step.ID]
	if kind == "" {
		return p.actions(x)
	}
	if p.env.Registered == nil || !p.env.Registered(kind) {
		kind = page.Project
	}
	return intent.Open{Ref: intent.Ref{Kind: kind, Key: p.row.Dossier.Project.ID}}
}

// actions asks what to do with a line. Nothing is changed by a key alone: a menu, then a line, then a menu that begins on Cancel.
func (p *Board) actions(x item) intent.Intent {
	ow, slug := p.env.Words.Onboarding, p.row.Dossier.Project.Slug
	menu := intent.Menu{Title: ow.ActTitle}
	note := func(label string, do func() intent.Intent) {
		menu.Items = append(menu.Items, intent.Item{Label: label, Do: func() intent.Intent {
			switch {
			case p.ledger == nil:
				return intent.Toast{Text: ow.NoFolderWhy, Bad: true}
			case p.ledger.Broken != "":
				return intent.Toast{Text: p.desk.trouble(p.shelf.folder.Snapshot().Trouble(slug)), Bad: true}
			}
			return do()
		}})
	}
	saw := p.ledger
	switch {
	case x.step != nil:
		menu.Title = strconv.Itoa(x.step.Number) + " " + ow.Step[x.step.ID]
		ids := []string{}
		for _, c := range x.step.Checks {
			if c.Manual {
				ids = append(ids, c.ID)
			}
		}
		if !slices.Contains(ids, x.step.ID) {
			ids = append(ids, x.step.ID)
		}
		for _, id := range ids {
			name := p.env.Words.OnboardingCheck(id)
			if id == x.step.ID && len(ids) > 1 || len(x.step.Checks) > 0 && !x.step.Manual() {
				name = ow.Step[id]
			}
			note(name+p.env.Glyphs.Ellipsis, func() intent.Intent { return p.desk.states(slug, saw, id) })
		}
	case x.field != nil:
		menu.Title = ow.Field[x.id]
		note(ow.Edit+p.env.Glyphs.Ellipsis, func() intent.Intent { return p.desk.field(slug, saw, *x.field) })
	default:
		menu.Title = ow.Compatibility[x.id] + ow.Skill[x.id]
		note(ow.Edit+p.env.Glyphs.Ellipsis, func() intent.Intent { return p.desk.answer(slug, saw, x.section, x.id) })
	}
	note(ow.SetTrack, func() intent.Intent { return p.desk.track(slug, saw) })
	menu.Items = append(menu.Items, p.desk.exports([]sheet.Board{p.board}, true, "").Items...)
	return menu
}

// Copies offers the line, the board, and the block for a ticket.
func (p *Board) Copies() []intent.Item {
	if p.row == nil {
		return nil
	}
	ow := p.env.Words.Onboarding
	number := 0
	var out []intent.Item
	if x, ok := p.table.Current(); ok {
		out = append(out, pane.CopyItem(ow.CopyLine, p.plain(x)))
		if x.step != nil {
			number = x.step.Number
		}
	}
	out = append(out, intent.Item{Label: ow.CopyTicket, Do: func() intent.Intent {
		return intent.Copy{Text: p.desk.paper("ticket", []sheet.Board{p.board}, true, number), What: ow.CopyTicket}
	}})
	return append(out, p.desk.copies([]sheet.Board{p.board}, true)...)
}

// plain is a line as text.
func (p *Board) plain(x item) string {
	ow := p.env.Words.Onboarding
	switch {
	case x.step != nil:
		out := p.name + " " + strconv.Itoa(x.step.Number) + " " + ow.Step[x.step.ID] + p.env.Words.Form.Colon + ow.State[string(x.step.State)]
		if x.step.Owner != "" {
			out += ", " + ow.Owner[string(x.step.Owner)]
		}
		if e, ok := sheet.Proof(x.step); ok {
			out += ", " + p.env.Words.OnboardingWhy(e)
		}
		return out
	case x.field != nil:
		return p.name + " " + ow.Field[x.id] + p.env.Words.Form.Colon + p.value(x)
	}
	return p.name + " " + ow.Compatibility[x.id] + ow.Skill[x.id] + p.env.Words.Form.Colon + p.value(x)
}

// value is what the form says; a word when it says nothing.
func (p *Board) value(x item) string {
	ow := p.env.Words.Onboarding
	text := ow.Answer[x.answer]
	if x.field != nil && !x.value.Empty() {
		text = x.value.String()
	}
	if text == "" {
		return ow.Unset
	}
	return text
}

// Draw puts the strip of all steps on top, then the lines and what is known of the one under the cursor.
func (p *Board) Draw(w, h int) block.Block {
	e := p.env
	if p.row == nil {
		return pane.Gone(e, p.view, w, h, p.name, e.Words.Project.GoneHint)
	}
	head := p.top(w)
	head = append(head, p.unusable(w)...)
	if h >= 26 {
		head = append(head, e.Pen(w).Line())
	}
	top := block.New(w, len(head), head...)
	room := h - top.H
	shown, total := p.table.Len()
	if shown == 0 {
		text := p.Filter()
		if total > 0 && text != "" {
			return block.Under(top, e.Empty(w, room, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint))
		}
		return block.Under(top, e.Empty(w, room, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem))
	}
	x, _ := p.table.Current()
	s := pane.Split{Want: min(p.table.Width(), 96), Lines: shown, Hidden: p.hidden, Title: p.title(x), List: func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return p.details(x, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

// top says how far the project is.
func (p *Board) top(w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	pen := e.Pen(w).Space(1)
	strip(e, pen, p.board, w >= 132)
	pen.Space(3).Put(style.Strong, ow.Count(p.board.Count(platform.StepOK), p.board.Count(platform.StepNA), platform.StepCount)).Space(1)
	first := pane.Restrictions(e, pen, p.table).Line()
	pen = e.Pen(w).Space(1)
	if next := p.board.Next(); next != nil {
		m := mark(e.Glyphs, next.State)
		pen.Put(style.Faint, ow.NextOf+e.Words.Form.Colon).Put(m.Role, m.Glyph).Space(1).Put(style.Text, strconv.Itoa(next.Number)+" "+ow.Step[next.ID]).
			Put(style.Muted, ", "+ow.Owner[string(next.Owner)])
	} else if p.board.Count(platform.StepUnknown) == 0 {
		pen.Put(style.Good, ow.Finished)
	}
	right := ow.NoTrack
	if p.board.Track != "" {
		right = ow.Track[p.board.Track]
	}
	if p.ledger != nil {
		right += "   " + ow.Answered(p.ledger.Answered(), platform.PrerequisiteCount)
	}
	if pen.Left() > block.Width(right)+2 {
		pen.Right(style.Muted, right+" ")
	}
	out := []string{first, pen.Line()}
	if p.part != partSteps {
		out = append(out, e.Section(w, ow.Part[p.part], ""))
	}
	return out
}

// unusable says why nothing can be noted: no folder, or a file that cannot be read.
func (p *Board) unusable(w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	slug := p.row.Dossier.Project.Slug
	if why := sheet.Trouble(p.shelf.folder.Snapshot(), slug, e.Words.Tag); why != "" {
		out := []string{e.Pen(w).Space(1).Put(style.Bad, e.Glyphs.Bad+" "+ow.Broken).Put(style.Muted, e.Words.Form.Colon+ow.BrokenWhy).Line()}
		lines := strings.Split(platform.Clean(why), "\n")
		for i, l := range lines {
			if i == 3 {
				out = append(out, e.Pen(w).Space(3).Put(style.Faint, e.Glyphs.Ellipsis+" +"+e.Words.Int(len(lines)-3)).Line())
				break
			}
			out = append(out, pane.Text(e, w, 3, style.Text, l)...)
		}
		return out
	}
	return folderTrouble(e, p.shelf, w)
}
