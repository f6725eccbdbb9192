package runbook

import (
	"cmp"
	"strings"
)

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
					rec.Said = c.Label
					next = c.Goto
				}
			}
		}
		m.advance(st, next)
		return
	}
	rec.State, m.run.State, m.run.Pending = string(Asking), Asking, p
}

// trouble asks a person what to do about a failure.
func (m *Machine) trouble(_ *scene, st Step, rec *Record, why Text) {
	rec.State, rec.Why = string(Asking), why
	m.run.State = Asking
	m.run.Pending = &Pending{Kind: AskTrouble, Step: st.ID, Trouble: why}
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
					found, next, rec.Said = true, c.Goto, c.Label
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
				return notA(value, "ne convient pas ; il faut : "+cmp.Or(a.Wanted.FR, a.Valid.Text), "does not fit; it must be: "+cmp.Or(a.Wanted.EN, a.Valid.Text))
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
			rec.State, rec.Ended, rec.By = string(Abandoned), s.Now, by
		}
		m.end(s, Abandoned, Text{FR: why, EN: why})
		return nil
	})
}
