package runbooks

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/runbook"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[row]

func (p *Page) columns() []column {
	e := p.env
	lang := func() string { return e.Words.Tag }
	title := func(r row) string {
		if r.run != nil {
			return r.run.Title.Of(lang())
		}
		return r.book.Title.Of(lang())
	}
	state := func(r row) (string, style.Role) {
		switch {
		case r.run != nil:
			return runbook.StateWord(string(r.run.State), lang()), stateMark(e, string(r.run.State)).Role
		case r.fits:
			return e.Words.Runbooks.AppliesOne, style.Accent
		}
		return "", style.Faint
	}
	book := func(r row) string {
		if r.run != nil {
			return r.run.Book
		}
		return r.book.ID
	}
	upper := func(s string) string { return strings.ToUpper(s) }
	return []column{
		{ID: "book", Title: "  " + upper(e.Words.Runbooks.Book), Name: e.Words.Runbooks.Book, Want: 8, Natural: func(r row) int { return block.Width(book(r)) + 2 }, Draw: func(pen *style.Pen, r row) {
			m := cells.Mark{Role: style.Faint, Glyph: e.Glyphs.Hollow}
			if r.run != nil {
				m = stateMark(e, string(r.run.State))
			} else if r.fits {
				m = cells.Mark{Role: style.Accent, Glyph: e.Glyphs.Into}
			}
			pen.Put(m.Role, m.Glyph).Space(1).Put(style.Strong, book(r))
		}, Compare: func(a, b row) int { return strings.Compare(book(a), book(b)) }, Value: book},
		{ID: "title", Title: upper(e.Words.Runbooks.Name), Name: e.Words.Runbooks.Name, Want: 40, Min: 34, Max: 70, Natural: func(r row) int { return block.Width(title(r)) }, Draw: func(pen *style.Pen, r row) { pen.Put(style.Text, title(r)) },
			Compare: func(a, b row) int { return strings.Compare(title(a), title(b)) }},
		{ID: "state", Title: upper(e.Words.Runbooks.State), Name: e.Words.Runbooks.State, Want: 12, Min: 6, Max: 18, Keep: 2, Natural: func(r row) int { s, _ := state(r); return block.Width(s) }, Draw: func(pen *style.Pen, r row) { s, role := state(r); pen.Put(role, s) }},
		{ID: "subject", Title: upper(e.Words.Runbooks.On), Name: strings.ToLower(e.Words.Runbooks.On), Want: 19, Min: 19, Max: 44, Keep: 3, Natural: func(r row) int { s, _ := p.subject(r); return block.Width(s) }, Draw: func(pen *style.Pen, r row) { s, role := p.subject(r); pen.Put(role, s) }},
		{ID: "steps", Title: upper(e.Words.Runbooks.Steps), Name: strings.ToLower(e.Words.Runbooks.Steps), Want: 6, Keep: 4, Right: true, Draw: func(pen *style.Pen, r row) { pen.Right(style.Faint, strconv.Itoa(steps(r))) },
			Compare: func(a, b row) int { return steps(b) - steps(a) }},
		{ID: "begun", Title: upper(e.Words.Runbooks.Begun), Name: e.Words.Runbooks.Begun, Want: 8, Keep: 5, Draw: func(pen *style.Pen, r row) {
			if r.run != nil {
				pen.Put(style.Muted, e.Age(r.run.Begun))
			}
		}, Compare: func(a, b row) int { return begun(b).Compare(begun(a)) }},
	}
}

// subject is what a run is played on, or what a book wants to be played on.
func (p *Page) subject(r row) (string, style.Role) {
	if r.run != nil {
		return r.run.Subject, style.Text
	}
	needs := r.book.Needs
	if len(needs) == 0 {
		return p.env.Words.Runbooks.OnAll, style.Faint
	}
	return runbook.ScopeWord(needs[len(needs)-1], p.env.Words.Tag), style.Faint // an environment is one of a project
}

// steps is how many a book has, or how many a run has been through.
func steps(r row) int {
	if r.run != nil {
		return len(r.run.Records)
	}
	return len(r.book.Steps)
}

// begun is zero for a book.
func begun(r row) time.Time {
	if r.run != nil {
		return r.run.Begun
	}
	return time.Time{}
}

// stateMark is the sign of a state of a run or a step.
func stateMark(e *page.Env, state string) cells.Mark {
	g := e.Glyphs
	switch state {
	case "done":
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case "failed", "stopped", "refused":
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case "asking", "paused", "unknown":
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case "playing", "waiting", "running":
		return cells.Mark{Role: style.Running, Glyph: g.Running}
	case "passed", "abandoned":
		return cells.Mark{Role: style.Warn, Glyph: g.Half}
	case "skipped":
		return cells.Mark{Role: style.Faint, Glyph: g.None}
	}
	return cells.Mark{Role: style.Faint, Glyph: g.Hollow}
}
