// Package actions is the page of what was done: the journal's deeds, those that run with their progress, bulks with a result for each thing.
package actions

import (
	"context"
	"slices"
	"strings"
	"time"

	"dsotop/internal/actions"
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
	return page.Entry{Kind: page.Journal, Screen: screen, Title: func(w *words.Set) string { return w.Actions.Title },
		New: func(env *page.Env, _ string) page.Page { return New(env) }}
}

// again is how often what other processes write is read.
const again = 5 * time.Second

// row is a deed of the journal, with what this process knows of it, or a bulk.
type row struct {
	record *actions.Record
	run    *actions.Run // nil: of another process, or over
	state  actions.RunState
	batch  *actions.Batch // then record is nil
	rev    uint64
}

func (r row) key() string {
	if r.batch != nil {
		return "b" + r.batch.ID
	}
	return r.record.Run
}

// live reports whether it is not over as far as this process knows.
func (r row) live() bool {
	if r.batch != nil {
		s := r.batch.State()
		return s == actions.BulkRunning || s == actions.BulkPaused || s == actions.BulkInterrupted
	}
	return r.record.Open()
}

// outcome is the machine word of how it ended, or of how far it is.
func (r row) outcome() string {
	switch {
	case r.batch != nil:
		return r.batch.State()
	case r.record.Outcome != "":
		return r.record.Outcome
	case r.run != nil && r.state.Outcome != "":
		return r.state.Outcome
	case r.run != nil:
		return r.state.Phase
	}
	return actions.Looking
}

// weight is the outcome by which a row is marked: that of a bulk that is over is no better than its items.
func (r row) weight() string {
	if r.batch == nil || r.batch.State() != actions.BulkOver {
		return r.outcome()
	}
	t := r.batch.Tally()
	switch {
	case t[actions.Failed] > 0:
		return actions.Failed
	case t[actions.Unknown] > 0:
		return actions.Unknown
	case t[actions.Refused] > 0:
		return actions.Refused
	case t[actions.Done] == 0:
		return actions.ItemSkipped
	}
	return actions.Done
}

// Page is the list.
type Page struct {
	env    *page.Env
	hand   *actions.Hand // nil: the backend does none
	table  *table.Table[row]
	rows   []row
	recs   []*actions.Record
	torn   string
	fault  string
	bell   <-chan struct{}
	ring   chan struct{}
	stop   context.CancelFunc
	fetch  *page.Fetch
	read   time.Time
	hidden bool
	rev    uint64
}

// New returns the page, empty.
func New(env *page.Env) *Page {
	p := &Page{env: env, fetch: page.NewFetch(env.Ctx), ring: make(chan struct{}, 1)}
	if d, ok := env.Backend.(page.Doer); ok {
		p.hand = d.Hand()
	}
	p.table = table.New(table.Config[row]{
		Key: row.key, Rev: func(r row) uint64 { return r.rev }, Problem: func(r row) bool { return r.outcome() != actions.Done }, Haystack: p.haystack, OrderTitle: env.Words.Actions.Order,
	}, p.columns()...)
	return p
}

// Learn reads the journal at first, and again now and then: other processes write it too.
func (p *Page) Learn(*fleet.View) bool {
	if p.hand == nil {
		return false
	}
	if p.stop == nil {
		ctx := p.env.Ctx
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, p.stop = context.WithCancel(ctx)
		p.bell = p.hand.Watch(ctx)
		go p.pass(ctx, p.bell, p.hand.Journal().Watch(ctx))
	}
	if now := p.env.Now(); p.read.IsZero() || now.Sub(p.read) >= again {
		p.look()
	}
	return false
}

// pass passes the bells of the hand, of its journal and of the readings on as one.
func (p *Page) pass(ctx context.Context, bell, journal <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-journal: // its lines, and what keeps it from its sinks
		case <-p.fetch.Wake():
		}
		select {
		case p.ring <- struct{}{}:
		default:
		}
	}
}

// look reads the journal off the loop.
func (p *Page) look() {
	p.read = p.env.Now()
	journal := p.hand.Journal()
	p.fetch.Ask("journal", func(context.Context) (any, error) { return journal.Entries() }, func(v any, err error) {
		if err != nil {
			p.fault = err.Error()
			return
		}
		entries, _ := v.([]actions.Entry)
		p.recs, p.torn, p.fault = actions.Fold(entries), "", ""
		for _, e := range entries {
			if e.Event == actions.EventTorn {
				p.torn = e.Note
			}
		}
		p.gather()
	})
}

// gather joins the journal with what runs.
func (p *Page) gather() {
	p.rev++
	p.rows = p.rows[:0]
	bulks := map[string]*actions.Batch{} // each stands above the newest of its deeds
	for _, b := range p.hand.Batches() {
		if slices.ContainsFunc(p.recs, func(r *actions.Record) bool { return r.Batch == b.ID }) {
			bulks[b.ID] = b
		} else {
			p.rows = append(p.rows, row{batch: b, rev: p.rev})
		}
	}
	for i := len(p.recs) - 1; i >= 0; i-- {
		r := row{record: p.recs[i], rev: p.rev}
		if b := bulks[r.record.Batch]; b != nil {
			p.rows = append(p.rows, row{batch: b, rev: p.rev})
			delete(bulks, b.ID)
		}
		if r.run = p.hand.Run(r.record.Run); r.run != nil {
			r.state = r.run.State()
		}
		p.rows = append(p.rows, r)
	}
	slices.SortStableFunc(p.rows, func(a, b row) int {
		switch x, y := a.live(), b.live(); {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	})
	p.table.SetRows(p.rows, true)
}

// Wake is the bell of the page.
func (p *Page) Wake() <-chan struct{} { return p.ring }

// Woke reads again what moved.
func (p *Page) Woke() bool {
	if p.hand == nil {
		return false
	}
	if !p.fetch.Woke() {
		p.look()
	}
	p.gather()
	return true
}

// Holds reports whether it waits for bells.
func (p *Page) Holds() bool { return p.stop != nil }

// Close gives up waiting.
func (p *Page) Close() {
	p.fetch.Close()
	if p.stop != nil {
		p.stop()
		p.stop, p.read = nil, time.Time{}
	}
}

// Relabel writes the columns again.
func (p *Page) Relabel() { p.table.SetColumns(p.env.Words.Actions.Order, p.columns()...) }

// Crumbs names the page.
func (p *Page) Crumbs() []string { return []string{p.env.Words.Actions.Title} }

// Interest is nothing.
func (p *Page) Interest() []string { return nil }

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list, and what may be done to what runs, behind the key of actions.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if r, ok := p.table.Current(); ok {
		cmds = append(cmds, keys.Command{ID: keys.Actions, Quiet: len(p.choices(r)) == 0, Do: func() intent.Intent { return p.menu(r) }})
	}
	return []keys.Layer{{Name: page.Journal, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// choices are what may be done to a row, each behind a question that starts on No.
func (p *Page) choices(r row) []intent.Item {
	a := p.env.Words.Actions
	sure := func(label string, do func() intent.Intent) intent.Item {
		return intent.Item{Label: label, Do: func() intent.Intent {
			return intent.Menu{Title: label + " ?", Items: []intent.Item{{Label: a.Cancel}, {Label: label, Do: do}}}
		}}
	}
	refused := func(err error) intent.Intent {
		if err == nil {
			return nil
		}
		text := err.Error()
		if no, ok := err.(*actions.Refusal); ok { //nolint:errorlint // the hand gives it as it is
			text = p.env.Words.Reason(no.Reason)
		}
		return intent.Toast{Text: text, Bad: true}
	}
	var out []intent.Item
	switch {
	case r.batch != nil:
		b := r.batch
		switch b.State() {
		case actions.BulkRunning:
			out = append(out, intent.Item{Label: a.Pause, Do: func() intent.Intent { b.Pause(); return nil }}, sure(a.StopBulk, func() intent.Intent { b.Stop(); return nil }))
		case actions.BulkPaused, actions.BulkInterrupted:
			out = append(out, sure(a.Resume, func() intent.Intent { return refused(b.Resume()) }), sure(a.StopBulk, func() intent.Intent { b.Stop(); return nil }))
		}
	case r.outcome() == actions.Unknown:
		run, hand := r.record.Run, p.hand
		out = append(out, intent.Item{Label: a.LookAgain, Do: func() intent.Intent {
			return intent.Ask{Topic: "look", Work: func(context.Context) (any, error) { return nil, hand.LookAgain(run) }}
		}})
	case r.run != nil && r.run.Cancellable():
		run, hand := r.run, p.hand
		out = append(out, sure(a.Stop, func() intent.Intent {
			return intent.Ask{Topic: "stop", Work: func(ctx context.Context) (any, error) { return nil, hand.Cancel(ctx, run.ID) }}
		}))
	}
	return out
}

func (p *Page) menu(r row) intent.Intent {
	items := p.choices(r)
	if len(items) == 0 {
		return intent.Toast{Text: p.env.Words.Actions.CannotStop, Bad: true}
	}
	return intent.Menu{Title: p.env.Words.Actions.Menu, Items: items}
}

// Hear takes the answer to stopping, and to looking again.
func (p *Page) Hear(a page.Answer) bool {
	p.fault = ""
	p.look()
	if a.Err != nil {
		p.fault = a.Err.Error()
		if no, ok := a.Err.(*actions.Refusal); ok { //nolint:errorlint // the hand gives it as it is
			p.fault = p.env.Words.Reason(no.Reason)
		}
	}
	p.gather()
	return true
}

// Copies offers the run's id, and the call as it left.
func (p *Page) Copies() []intent.Item {
	r, ok := p.table.Current()
	if !ok || r.record == nil {
		return nil
	}
	a := p.env.Words.Actions
	out := []intent.Item{pane.CopyItem(a.RunHead, r.record.Run)}
	if c := r.record.Call; c != nil {
		out = append(out, pane.CopyItem(a.CallHead, strings.TrimSpace(c.Method+" "+c.Path+"\n"+c.Body)))
	}
	return out
}

func (p *Page) haystack(r row) string {
	w := p.env.Words
	if r.batch != nil {
		return r.batch.Deed.ID + " " + w.Actions.Bulk[r.batch.State()]
	}
	return strings.Join([]string{r.record.Deed, r.record.Note, r.outcome(), w.Actions.Outcome[r.outcome()], r.record.By.Name()}, " ")
}

// Draw puts the counts on top, then the list and what it says of the line under the cursor.
func (p *Page) Draw(w, h int) block.Block {
	e, a := p.env, p.env.Words.Actions
	pen := e.Pen(w).Space(1)
	running := 0
	for _, r := range p.rows {
		if r.batch == nil && r.live() {
			running++
		}
	}
	pen.Put(style.Muted, a.Counted(len(p.recs), running))
	switch {
	case p.fault != "":
		pen.Put(style.Bad, "   "+e.Glyphs.Bad+" "+p.fault)
	case p.torn != "":
		pen.Put(style.Warn, "   "+e.Glyphs.Warn+" "+a.Torn)
	}
	lines := append([]string{pane.Restrictions(e, pen, p.table).Line()}, p.troubles(w)...)
	top := block.New(w, len(lines), lines...)
	room := max(h-len(lines), 1)
	shown, total := p.table.Len()
	if shown == 0 {
		text, _ := p.table.Filter()
		switch {
		case total > 0 && text != "":
			return block.Under(top, e.Empty(w, room, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint))
		case total > 0:
			return block.Under(top, e.Empty(w, room, e.Glyphs.Dot, style.Good, e.Words.List.NoProblem))
		}
		why := []string{a.NoneWhy}
		if p.hand == nil || p.hand.ReadOnly() {
			why = append(why, a.ReadOnlyHint)
		}
		return block.Under(top, e.Empty(w, room, e.Glyphs.NotSet, style.Faint, a.None, why...))
	}
	cur, _ := p.table.Current()
	s := pane.Split{Want: p.table.Width(), Lines: total, Hidden: p.hidden, Title: p.title(cur), Right: p.said(cur),
		List:    func(w, h int) block.Block { return p.table.Draw(w, h, e.Look()) },
		Details: func(w int) []string { return p.details(cur, w) }}
	return block.Under(top, s.Draw(e, w, room))
}

// troubles say what keeps the journal from its sinks.
func (p *Page) troubles(w int) []string {
	if p.hand == nil {
		return nil
	}
	e := p.env
	var out []string
	for _, t := range p.hand.Journal().Troubles() {
		since := e.Words.When(t.Since.In(e.Now().Location()), e.Now())
		for i, l := range block.Wrap(e.Words.Actions.NotSent(t.Sink, since, platform.CleanLine(t.Why)), max(w-4, 10)) {
			pen := e.Pen(w).Space(1)
			if i == 0 {
				pen.Put(style.Warn, e.Glyphs.Warn)
			} else {
				pen.Space(1)
			}
			out = append(out, pen.Space(1).Put(style.Text, l).Line())
		}
	}
	return out
}

// sign is the mark of an outcome.
func sign(g *style.Glyphs, outcome string) cells.Mark {
	switch outcome {
	case actions.Done:
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case actions.Failed:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case actions.Refused, actions.BulkPaused, actions.BulkInterrupted, actions.BulkStopped:
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case actions.Unknown:
		return cells.Mark{Role: style.Unknown, Glyph: g.Unknown}
	case actions.ItemWaiting, actions.ItemSkipped:
		return cells.Mark{Role: style.Faint, Glyph: g.None}
	}
	return cells.Mark{Role: style.Running, Glyph: g.Running}
}
