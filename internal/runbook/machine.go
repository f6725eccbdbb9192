package runbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"dsotop/internal/actions"
)

// maxVisits is how often one step is played in a run: a book that goes round in a circle ends.
const maxVisits = 100

// Keeper keeps a run at each step: a Held of a Store, or nothing.
type Keeper interface{ Save(*Run) error }

// Machine plays one run. Each Step does one thing and saves it; nothing happens between two. It is safe for concurrent use.
type Machine struct {
	book  *Book
	world World
	keep  Keeper

	mu   sync.Mutex
	run  *Run
	plan *Planned // of the consent that is asked; nil after a resume: it is made again
}

// Begin makes a run of a book on a selection, not saved yet. Values are of parameters, by name; a missing one is its default. Errors say which value cannot be used.
func Begin(b *Book, w World, sel Selection, given map[string]string, by, profile string, dry bool) (*Run, error) {
	s := newScene(w.Known(sel), sel)
	for _, n := range b.Needs {
		if !s.has(n) {
			return nil, &Lacks{Scope: n}
		}
	}
	r := &Run{
		Version: RunVersion, ID: NewRunID(s.Now), Book: b.ID, Title: b.Title, File: b.File, Source: b.Source, Profile: profile, By: by, Begun: s.Now, Updated: s.Now, Dry: dry,
		Selection: sel, Subject: s.describe(), Context: s.context(), Params: map[string]string{}, State: Playing, At: b.Steps[0].ID, Records: []Record{},
	}
	for name := range given {
		if !hasParam(b, name) {
			return nil, wrong(fmt.Sprintf("%s n'a pas de paramètre « %s »", b.ID, name), fmt.Sprintf("%s has no parameter %q", b.ID, name))
		}
	}
	v := values{facts: s.facts(s.Now)}
	for _, p := range b.Params {
		text, ok := given[p.Name]
		if !ok {
			text = Default(p, v.facts)
		}
		if _, err := parseValue(p.Type, p.Choices, text); err != nil {
			return nil, wrong(p.Name+" : "+Tell(err, "fr"), p.Name+": "+Tell(err, "en"))
		}
		if text == "" && !p.Optional && p.Type != TypeBool {
			return nil, &Lacks{Param: p.Name}
		}
		r.Params[p.Name] = text
	}
	return r, nil
}

func hasParam(b *Book, name string) bool {
	for _, p := range b.Params {
		if p.Name == name {
			return true
		}
	}
	return false
}

// Default is what stands in a parameter at first; "" when it has no default or the facts do not tell.
func Default(p Param, f *Facts) string {
	text, known := p.Default.fill(values{facts: f})
	if !known {
		return ""
	}
	return text
}

// Defaults are the first values of all parameters, on a selection.
func Defaults(b *Book, k Known, sel Selection) map[string]string {
	f := newScene(k, sel).facts(k.Now)
	out := map[string]string{}
	for _, p := range b.Params {
		out[p.Name] = Default(p, f)
	}
	return out
}

// Lacks says what a run cannot begin without.
type Lacks struct {
	Scope Scope
	Param string
}

func (e *Lacks) Error() string { return e.In("en") }

// In is the sentence in a language.
func (e *Lacks) In(lang string) string {
	switch {
	case e.Param != "" && lang == "fr":
		return "le paramètre " + e.Param + " n'a pas de valeur"
	case e.Param != "":
		return "the parameter " + e.Param + " has no value"
	case lang == "fr":
		return "il manque : " + ScopeWord(e.Scope, lang) + " (pas choisi, ou pas connu)"
	}
	return "the " + string(e.Scope) + " is not chosen, or not known"
}

// NewMachine plays a run from where it is. keep may be nil: nothing is kept. The run is the machine's from now on.
func NewMachine(r *Run, w World, keep Keeper) (*Machine, error) {
	b, wrong := Decode(r.File, []byte(r.Source))
	if err := wrong.Err(); err != nil {
		return nil, fmt.Errorf("run %s: its book cannot be read any more: %w", r.ID, err)
	}
	if _, _, ok := b.Step(r.At); !ok && r.At != End {
		return nil, fmt.Errorf("run %s: its book has no step %q", r.ID, r.At)
	}
	return &Machine{book: b, world: w, keep: keep, run: r}, nil
}

// Run is how far it is.
func (m *Machine) Run() Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.run.clone()
}

// Book is what it plays.
func (m *Machine) Book() *Book { return m.book }

// Turn is what to do after a step of the machine.
type Turn struct {
	State State
	// Look is when to step again: zero is at once while playing, and never while asking or over.
	Look time.Time
}

// Step does the next thing: enters a step, looks at a condition, looks how a deed goes. It never waits and never does a deed.
func (m *Machine) Step(ctx context.Context) (Turn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.run
	if r.State.Over() {
		return Turn{State: r.State}, nil
	}
	s := m.scene()
	before := r.Updated
	err := m.step(ctx, s)
	r.Updated = s.Now
	if err == nil {
		err = m.save()
	}
	if err != nil {
		r.Updated = before
		return Turn{State: r.State}, err
	}
	turn := Turn{State: r.State}
	if o := r.open(); o != nil && r.State == Waiting {
		turn.Look = o.Look
	}
	return turn, nil
}

func (m *Machine) scene() *scene { return newScene(m.world.Known(m.run.Selection), m.run.Selection) }

func (m *Machine) save() error {
	if m.keep == nil {
		return nil
	}
	return m.keep.Save(m.run)
}

func (m *Machine) values(s *scene) values {
	v := values{facts: s.facts(m.run.Begun), params: map[string]any{}, answer: map[string]string{}, result: map[string]float64{}}
	for _, p := range m.book.Params {
		x, err := parseValue(p.Type, p.Choices, m.run.Params[p.Name])
		if err != nil {
			x = m.run.Params[p.Name]
		}
		v.params[p.Name] = x
	}
	for i := range m.run.Records {
		rec := &m.run.Records[i]
		if rec.Kind == Ask && !rec.Ended.IsZero() && rec.State != StepSkipped { // what was not asked has no answer
			v.answer[rec.Step] = rec.Answer
		}
		if rec.Result != nil {
			v.result[rec.Step] = *rec.Result
		}
	}
	return v
}

func (m *Machine) step(ctx context.Context, s *scene) error {
	r := m.run
	if r.At == End {
		m.end(s, Finished, Text{})
		return nil
	}
	st, _, ok := m.book.Step(r.At)
	if !ok {
		return fmt.Errorf("there is no step %q", r.At)
	}
	rec := r.open()
	if rec == nil {
		m.enter(s, st)
		return nil
	}
	if p := r.Pending; r.State == Asking && p != nil && (p.Kind != AskConsent || m.plan != nil) {
		return nil // it waits for a person
	}
	switch st.Kind {
	case Note:
		m.done(s, st, rec)
	case Check:
		m.look(ctx, s, st, rec)
	case Query:
		m.query(ctx, s, st, rec)
	case Action:
		return m.act(ctx, s, st, rec)
	case Ask:
		m.ask(s, st, rec)
	}
	return nil
}

// enter begins a step, or skips it.
func (m *Machine) enter(s *scene, st Step) {
	r := m.run
	n := 0
	for _, o := range r.Records {
		if o.Step == st.ID {
			n++
		}
	}
	if n >= maxVisits {
		m.end(s, Stopped, Text{FR: fmt.Sprintf("l'étape %s a été jouée %d fois : le carnet tourne en rond", st.ID, n), EN: fmt.Sprintf("the step %s was played %d times: the book goes round in a circle", st.ID, n)})
		return
	}
	rec := Record{Step: st.ID, Kind: st.Kind, Title: st.Title, State: string(Playing), Began: s.Now}
	v := m.values(s)
	if st.If != nil {
		holds, why, known := m.holds(s, st.If, v)
		if known && !holds {
			rec.State, rec.Ended, rec.Why = StepSkipped, s.Now, why
			r.Records = append(r.Records, rec)
			st.Next = "" // what follows a success does not follow a step that was not played
			m.advance(st, "")
			return
		}
	}
	rec.Note = fillBoth(st.Note, v)
	r.State = Playing
	r.Records = append(r.Records, rec)
}

func fillBoth(t TextTemplate, v values) Text {
	var out Text
	if t.FR != nil {
		out.FR, _ = t.FR.fill(v)
	}
	if t.EN != nil {
		out.EN, _ = t.EN.fill(v)
	}
	return out
}

// holds evaluates a condition. known is false when facts are missing; why says what was seen, or what is missing.
func (m *Machine) holds(s *scene, c *Cond, v values) (holds bool, why Text, known bool) {
	if family, age, missing := s.missing(c); missing {
		fr, en := "on ne sait pas encore : "+family, "not known yet: "+family
		if age.Source != "" {
			fr, en = fr+" ("+age.Source+", "+string(age.State)+")", en+" ("+age.Source+", "+string(age.State)+")"
		}
		return false, Text{FR: fr, EN: en}, false
	}
	ok, err := c.holds(v)
	if err != nil {
		return false, Text{FR: "la condition n'a pas de valeur : " + err.Error(), EN: "the condition has no value: " + err.Error()}, false
	}
	if !ok {
		return false, Text{FR: "la condition est fausse : " + c.Text, EN: "the condition is false: " + c.Text}, true
	}
	return true, Text{}, true
}

// seen are the values that a condition reads, for the record.
func seen(c *Cond, v values) []Fact {
	var out []Fact
	for _, p := range c.Paths {
		if text, err := p.text(v); err == nil {
			if len([]rune(text)) > 200 {
				text = string([]rune(text)[:199]) + "…"
			}
			out = append(out, Fact{p.Text, text})
		}
	}
	return out
}

// look evaluates the condition of a check.
func (m *Machine) look(_ context.Context, s *scene, st Step, rec *Record) {
	v := m.values(s)
	holds, why, known := m.holds(s, st.Check.That, v)
	rec.Seen = seen(st.Check.That, v)
	if holds {
		m.done(s, st, rec)
		return
	}
	if f := st.Fail; m.run.Dry && known && st.Check.Within == 0 && f.Do == FailGoto && m.run.Last(f.Goto) == nil && !strings.Contains(st.Check.That.Text, "answer") {
		// What is false already decides the way, unless it is about an answer that nobody gave; a way back was walked once, and what it waits for will not come in a dry run.
		rec.State, rec.Ended, rec.Why = StepDry, s.Now, why
		m.run.State = Playing
		m.advance(Step{}, f.Goto)
		return
	}
	m.later(s, st, rec, why, st.Check.Within, st.Check.Every)
}

// later waits for the deadline of a step, or fails it.
func (m *Machine) later(s *scene, st Step, rec *Record, why Text, within, every time.Duration) {
	rec.Why = why
	if m.run.Dry {
		rec.State, rec.Ended = StepDry, s.Now
		m.run.State = Playing
		m.advance(st, "")
		return
	}
	if rec.Until.IsZero() {
		rec.Until = s.Now.Add(within)
		if within > 0 {
			m.world.Look(m.run.Selection)
		}
	}
	if !s.Now.Before(rec.Until) {
		m.fail(s, st, rec, why)
		return
	}
	rec.State, m.run.State = string(Waiting), Waiting
	rec.Look = s.Now.Add(every)
	if rec.Look.After(rec.Until) {
		rec.Look = rec.Until
	}
}

func (m *Machine) query(ctx context.Context, s *scene, st Step, rec *Record) {
	q := st.Query
	v := m.values(s)
	expr, known := q.Expr.fill(v)
	if !known {
		m.later(s, st, rec, Text{FR: "la question ne peut pas être écrite : un fait manque", EN: "the question cannot be written: a fact is missing"}, q.Within, q.Every)
		return
	}
	numbers, err := m.world.Query(ctx, m.run.Selection, Question{Language: q.Language, Expr: expr, Tenant: q.Tenant, Over: q.Over})
	rec.Seen = []Fact{{q.Language, expr}}
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		m.later(s, st, rec, Text{FR: "la question n'a pas eu de réponse : " + err.Error(), EN: "the question got no answer: " + err.Error()}, q.Within, q.Every)
		return
	}
	if len(numbers) == 0 {
		if q.Empty {
			rec.Seen = append(rec.Seen, Fact{"value", "–"})
			m.done(s, st, rec)
			return
		}
		m.later(s, st, rec, Text{FR: "la réponse est vide : aucune série", EN: "the answer is empty: no series"}, q.Within, q.Every)
		return
	}
	value := numbers[0]
	for _, n := range numbers {
		value = max(value, n)
	}
	v.facts.Value, v.facts.Values = value, numbers
	rec.Result = &value
	rec.Seen = append(rec.Seen, Fact{"value", fmt.Sprintf("%g", value)})
	holds, why, _ := m.holds(s, q.Expect, v)
	if holds {
		m.done(s, st, rec)
		return
	}
	m.later(s, st, rec, why, q.Within, q.Every)
}

// ask puts the question of a step.
func (m *Machine) ask(s *scene, st Step, rec *Record) {
	v := m.values(s)
	a := st.Ask
	p := &Pending{Kind: AskAnswer, Step: st.ID, Question: fillBoth(a.Question, v), Type: a.Type, Choices: a.Choices, Another: a.Another}
	if a.Copy != nil {
		p.Copy = fillBoth(*a.Copy, v)
	}
	if text, known := a.Default.fill(v); known {
		p.Default = text
	}
	rec.Copied = p.Copy
	if m.run.Dry {
		rec.State, rec.Ended, rec.Answer = StepDry, s.Now, p.Default
		rec.Why = p.Question
		next := ""
		if len(a.Choices) > 0 {
			if rec.Answer == "" {
				rec.Answer = a.Choices[0].Value
			}
			for _, c := range a.Choices {
				if c.Value == rec.Answer {
					next = c.Goto
				}
			}
		}
		m.advance(st, next)
		return
	}
	rec.State, m.run.State, m.run.Pending = string(Asking), Asking, p
}

// done ends a step well.
func (m *Machine) done(s *scene, st Step, rec *Record) {
	rec.State, rec.Ended, rec.Why = StepDone, s.Now, Text{}
	m.run.Pending, m.run.State = nil, Playing
	m.advance(st, "")
}

// advance goes to the next step.
func (m *Machine) advance(st Step, to string) {
	r := m.run
	if to == "" {
		to = st.Next
	}
	if to != "" {
		r.At = to
		return
	}
	_, i, _ := m.book.Step(st.ID)
	if i+1 < len(m.book.Steps) {
		r.At = m.book.Steps[i+1].ID
	} else {
		r.At = End
	}
}

// fail ends a step badly, as it says.
func (m *Machine) fail(s *scene, st Step, rec *Record, why Text) {
	rec.Why = why
	r := m.run
	r.State, r.Pending = Playing, nil
	switch st.Fail.Do {
	case FailContinue:
		rec.State, rec.Ended = StepFailed, s.Now
		m.advance(st, "")
	case FailGoto:
		rec.State, rec.Ended = StepFailed, s.Now
		r.At = st.Fail.Goto
	case FailStop:
		rec.State, rec.Ended = StepFailed, s.Now
		m.end(s, Stopped, why)
	default:
		m.trouble(s, st, rec, why)
	}
}

// trouble asks a person what to do about a failure.
func (m *Machine) trouble(_ *scene, st Step, rec *Record, why Text) {
	rec.State, rec.Why = string(Asking), why
	m.run.State = Asking
	m.run.Pending = &Pending{Kind: AskTrouble, Step: st.ID, Trouble: why}
}

func (m *Machine) end(s *scene, state State, why Text) {
	m.run.State, m.run.Ended, m.run.Why, m.run.Pending = state, s.Now, why, nil
	if state == Finished {
		m.run.At = End
	}
}

// ErrNotAsked is the error of an answer to what is not asked (any more).
var ErrNotAsked = wrong("ceci n'est plus demandé", "this is not asked any more") //nolint:gochecknoglobals // a sentinel

func (m *Machine) pending(kind, step string) (Step, *Record, error) {
	p, rec := m.run.Pending, m.run.open()
	if p == nil || p.Kind != kind || p.Step != step || rec == nil || m.run.State != Asking {
		return Step{}, nil, ErrNotAsked
	}
	st, _, ok := m.book.Step(step)
	if !ok {
		return Step{}, nil, ErrNotAsked
	}
	return st, rec, nil
}

// change runs f under the lock, and saves; when it cannot be saved, the run is as it was.
func (m *Machine) change(f func(*scene) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.run.clone()
	s := m.scene()
	if err := f(s); err != nil {
		*m.run = before
		return err
	}
	m.run.Updated = s.Now
	if err := m.save(); err != nil {
		*m.run = before
		return err
	}
	return nil
}

// Answer answers a question. value is a choice's value, a value, "" for "done", or the name of the other person; by is who answers.
func (m *Machine) Answer(step, value, by string) error {
	return m.change(func(s *scene) error {
		st, rec, err := m.pending(AskAnswer, step)
		if err != nil {
			return err
		}
		a := st.Ask
		next := ""
		value = strings.TrimSpace(value)
		switch {
		case a.Another:
			if value == "" || strings.EqualFold(value, m.run.By) || strings.EqualFold(value, by) {
				return wrong("il faut une autre personne que celle qui joue le carnet : tapez son nom", "another person than the one who plays the book is needed: type their name")
			}
		case a.Type == TypeChoice:
			found := false
			for _, c := range a.Choices {
				if c.Value == value {
					found, next = true, c.Goto
				}
			}
			if !found {
				return notA(value, "n'est aucun des choix", "none of the choices")
			}
		case a.Type != "":
			if value == "" {
				return wrong("il faut une valeur", "a value is needed")
			}
			if err := CheckValue(a.Type, nil, value); err != nil {
				return err
			}
		}
		if a.Valid != nil {
			v := m.values(s)
			v.facts.Typed = value
			if ok, err := a.Valid.holds(v); err != nil || !ok {
				return notA(value, "ne convient pas ; il faut : "+a.Valid.Text, "does not fit; it must be: "+a.Valid.Text)
			}
		}
		rec.Answer, rec.By = value, by
		rec.State, rec.Ended, rec.Why = StepDone, s.Now, Text{}
		m.run.Pending, m.run.State = nil, Playing
		m.advance(st, next)
		return nil
	})
}

// Resolve says what to do after a failure: Retry, GoOn or GiveUp.
func (m *Machine) Resolve(step, what, by string) error {
	return m.change(func(s *scene) error {
		st, rec, err := m.pending(AskTrouble, step)
		if err != nil {
			return err
		}
		rec.By = by
		m.run.Pending, m.run.State = nil, Playing
		paused := rec.Deed != nil && rec.Deed.Outcome.State == "paused"
		if paused && what == Retry { // the queue goes on where it was
			if err := m.world.Resume(rec.Deed.ID); err != nil {
				return err
			}
			rec.State, rec.Look, m.run.State = string(Waiting), s.Now, Waiting
			return nil
		}
		if paused {
			m.world.Halt(rec.Deed.ID)
		}
		switch what {
		case Retry:
			rec.State, rec.Ended = StepFailed, s.Now // entered again: a new record
		case GoOn:
			rec.State, rec.Ended = StepPassed, s.Now
			m.advance(st, "")
		case GiveUp:
			rec.State, rec.Ended = StepFailed, s.Now
			m.end(s, Stopped, rec.Why)
		default:
			return notA(what, "n'est ni retry, ni continue, ni stop", "none of retry, continue, stop")
		}
		return nil
	})
}

// Abandon ends a run: what was begun goes on in the systems, nothing more is begun.
func (m *Machine) Abandon(by, why string) error {
	return m.change(func(s *scene) error {
		if m.run.State.Over() {
			return ErrNotAsked
		}
		if rec := m.run.open(); rec != nil {
			rec.State, rec.Ended, rec.By = StepFailed, s.Now, by
		}
		m.end(s, Abandoned, Text{FR: why, EN: why})
		return nil
	})
}

// host is the machine's name, for finding our own deeds again.
func host() string { h, _ := os.Hostname(); return h }

// refusal is the reason of an error of planning or doing, in words that books share.
func refusal(err error) Text {
	var no *actions.Refusal
	if errors.As(err, &no) {
		return Text{FR: "refusé : " + no.Error(), EN: "refused: " + no.Error()}
	}
	return Text{FR: "impossible : " + err.Error(), EN: "cannot be done: " + err.Error()}
}
