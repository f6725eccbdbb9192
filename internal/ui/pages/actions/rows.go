package actions

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// names is the column of the names of facts.
const names = 14

func (p *Page) title(r row) string {
	w := p.env.Words
	if r.batch != nil {
		return w.Actions.BulkTitle(w.DeedTitle(r.batch.Deed.ID).Short, len(r.batch.Items()))
	}
	return w.DeedTitle(r.record.Deed).Short + " · " + r.record.Subject.Name
}

// said is the word of an outcome.
func (p *Page) said(r row) string {
	a := p.env.Words.Actions
	o := r.outcome()
	if r.batch != nil {
		if r.batch.Why() == "ratio" {
			return a.StoppedRatio
		}
		return a.Bulk[o]
	}
	if r.record.Open() && r.run == nil {
		return a.Elsewhere
	}
	if text, ok := a.Outcome[o]; ok {
		return text
	}
	return a.Phase[o]
}

func (p *Page) begun(r row) time.Time {
	if r.record != nil {
		return r.record.At
	}
	at, _ := r.batch.Begun()
	return at
}

func (p *Page) took(r row) string {
	begun := p.begun(r)
	var end time.Time
	switch {
	case r.record != nil:
		end = r.record.Ended
	case r.batch.Ended().IsZero() && r.batch.State() != actions.BulkRunning:
		return "" // it waits for somebody
	default:
		end = r.batch.Ended()
	}
	if begun.IsZero() {
		return ""
	}
	if end.IsZero() {
		end = p.env.Now()
	}
	return p.env.Words.Lasted(max(end.Sub(begun), 0))
}

func (p *Page) subject(r row) string {
	if r.batch != nil {
		t := r.batch.Tally()
		done := t[actions.Done] + t[actions.Failed] + t[actions.Refused] + t[actions.Unknown] + t[actions.ItemSkipped]
		return p.env.Words.Int(done) + "/" + p.env.Words.Int(len(r.batch.Items()))
	}
	return r.record.Subject.Name
}

func (p *Page) deed(r row) string {
	if r.batch != nil {
		return p.env.Words.DeedTitle(r.batch.Deed.ID).Short
	}
	return p.env.Words.DeedTitle(r.record.Deed).Short
}

func (p *Page) by(r row) string {
	if r.record == nil {
		_, by := r.batch.Begun()
		return by.Name()
	}
	return r.record.By.Name()
}

func (p *Page) columns() []table.Column[row] {
	a := p.env.Words.Actions
	text := func(get func(row) string) func(*style.Pen, row) {
		return func(pen *style.Pen, r row) { pen.Put(style.Text, get(r)) }
	}
	when := func(r row) string {
		if at := p.begun(r); !at.IsZero() {
			return p.env.Words.When(at.In(p.env.Now().Location()), p.env.Now())
		}
		return ""
	}
	return []table.Column[row]{
		{ID: "outcome", Title: a.OutcomeHead, Want: 14, Max: 28, Natural: func(r row) int { return block.Width(p.said(r)) + 2 }, Value: p.said,
			Compare: func(x, y row) int { return cmp.Compare(x.outcome(), y.outcome()) },
			Draw: func(pen *style.Pen, r row) {
				m := sign(p.env.Glyphs, r.weight())
				pen.Put(m.Role, m.Glyph+" "+p.said(r))
			}},
		{ID: "deed", Title: a.Deed, Want: 16, Max: 30, Natural: func(r row) int { return block.Width(p.deed(r)) }, Value: p.deed, Draw: text(p.deed), Compare: func(x, y row) int { return strings.Compare(p.deed(x), p.deed(y)) }},
		{ID: "subject", Title: a.Subject, Want: 14, Max: 40, Grow: true, Natural: func(r row) int { return block.Width(p.subject(r)) }, Value: p.subject,
			Draw:    func(pen *style.Pen, r row) { pen.Put(style.Strong, p.subject(r)) },
			Compare: func(x, y row) int { return strings.Compare(p.subject(x), p.subject(y)) }},
		{ID: "when", Title: a.At, Want: 12, Max: 18, Natural: func(r row) int { return block.Width(when(r)) }, Draw: func(pen *style.Pen, r row) { pen.Put(style.Muted, when(r)) },
			Compare: func(x, y row) int { return p.begun(y).Compare(p.begun(x)) }},
		{ID: "took", Title: a.Took, Want: 8, Right: true, Keep: 2, Draw: func(pen *style.Pen, r row) { pen.Right(style.Muted, p.took(r)) }},
		{ID: "by", Title: a.By, Want: 10, Max: 24, Keep: 1, Natural: func(r row) int { return block.Width(p.by(r)) }, Value: p.by, Draw: func(pen *style.Pen, r row) { pen.Put(style.Muted, p.by(r)) }},
	}
}

// details tells what left, what came, how it went.
func (p *Page) details(r row, w int) []string {
	if r.batch != nil {
		return p.bulk(r.batch, w)
	}
	e, a, words := p.env, p.env.Words.Actions, p.env.Words
	var out []string
	say := func(role style.Role, text string) style.Span { return style.Span{Role: role, Text: text} }
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	rec := r.record
	steps, note, status := rec.Steps, rec.Note, rec.Status
	if r.run != nil {
		if len(r.state.Steps) > 0 { // what goes on after the verdict is not in the journal yet
			steps = r.state.Steps
		}
		note, status = cmp.Or(note, r.state.Note), cmp.Or(status, r.state.Status)
	}
	if len(steps) > 0 {
		out = append(out, pane.Head(e, w, a.StepsHead))
		for _, s := range steps {
			m := sign(e.Glyphs, s.State)
			line := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, words.DeedStep(s.Name))
			if s.Took > 0 {
				line.Put(style.Faint, "  "+words.Lasted(s.Took))
			}
			note := words.DeedNote(s.Note)
			if fits := block.Width(note)+2 <= line.Left(); fits && note != "" {
				line.Put(style.Muted, "  "+note)
				note = ""
			}
			if out = append(out, line.Line()); note != "" {
				out = append(out, pane.Text(e, w, 5, style.Muted, note)...)
			}
		}
		out = append(out, e.Pen(w).Line())
	}
	if r.outcome() == actions.Unknown {
		out = append(out, pane.Text(e, w, 1, style.Warn, a.UnknownHint)...)
		out = append(out, e.Pen(w).Line())
	}
	if note != "" {
		fact(a.NoteHead, say(style.Text, words.DeedNote(note)))
	}
	if c := rec.Call; c != nil {
		fact(a.CallHead, say(style.Strong, c.System+": "+c.Method+" "+c.Path))
		if c.Body != "" {
			fact("", say(style.Muted, c.Body))
		}
	}
	switch {
	case status != 0:
		fact(a.AnswerHead, say(style.Text, "HTTP "+words.Int(status)))
	case !rec.Answered.IsZero():
		fact(a.AnswerHead, say(style.Warn, a.NoAnswer))
	}
	if len(rec.Args) > 0 {
		var list []string
		for k, v := range rec.Args {
			list = append(list, words.DeedParam(k)+" "+v)
		}
		slices.Sort(list)
		fact(a.ArgsHead, say(style.Text, strings.Join(list, ", ")))
	}
	who := rec.By.Name()
	if rec.By.Host != "" {
		who += " (" + rec.By.Account + "@" + rec.By.Host + ")"
	}
	fact(strings.ToLower(a.By), say(style.Text, who))
	if rec.Approver != "" {
		fact(a.ApproverHead, say(style.Text, rec.Approver))
	}
	fact(a.RiskName, say(style.Text, a.Risk[rec.Risk]))
	if rec.Again {
		fact("", say(style.Warn, a.Again))
	}
	fact(a.RunHead, say(style.Faint, rec.Run))
	return out
}

// bulk tells the result of each thing.
func (p *Page) bulk(b *actions.Batch, w int) []string {
	e, a, words := p.env, p.env.Words.Actions, p.env.Words
	out := []string{pane.Head(e, w, a.ItemsHead)}
	for _, it := range b.Items() {
		m := sign(e.Glyphs, it.State)
		line := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Column(min(24, w/2)).Put(style.Text, it.Subject.Name).EndColumn().Space(1).Put(m.Role, a.Item[it.State])
		switch {
		case it.Reason.Code != "":
			line.Put(style.Muted, "  "+words.Reason(it.Reason))
		case it.Note != "":
			line.Put(style.Muted, "  "+words.DeedNote(it.Note))
		}
		out = append(out, line.Line())
	}
	return out
}
