package runbook

import (
	"context"
	"errors"
	"os"
	"time"

	"dsotop/internal/actions"
)

// followEvery is how often a deed that runs is looked at.
const followEvery = 2 * time.Second

// wish is the deed of a step, on today's facts.
func (m *Machine) wish(s *scene, st Step) (Wish, Text) {
	v := m.values(s)
	subjects, why := s.subjects(st.Act, v)
	if len(subjects) == 0 {
		return Wish{}, why
	}
	w := Wish{Deed: st.Act.Deed, Subjects: subjects, Bulk: st.Act.On == "projects", Args: actions.Args{}, Together: st.Act.Together, StopAbove: st.Act.StopAbove}
	for _, a := range st.Act.With {
		text, known := a.Value.fill(v)
		if !known {
			return Wish{}, Text{FR: "la valeur de " + a.Name + " n'est pas connue", EN: "the value of " + a.Name + " is not known"}
		}
		if text != "" {
			w.Args[a.Name] = text
		}
	}
	return w, Text{}
}

// act plans a deed and asks for consent, follows one that runs, or finds out what became of one that a dead process was doing.
func (m *Machine) act(ctx context.Context, s *scene, st Step, rec *Record) error {
	d := rec.Deed
	switch {
	case d != nil && d.ID != "":
		m.follow(s, st, rec)
		return nil
	case d != nil && !d.Since.IsZero():
		return m.recover(s, st, rec)
	}
	w, why := m.wish(s, st)
	if len(w.Subjects) == 0 {
		m.fail(s, st, rec, why)
		return nil
	}
	p, err := m.world.Plan(ctx, w)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.fail(s, st, rec, m.speech.refusal(err))
		return nil
	}
	rec.Deed = &DeedRun{Plan: p.Plan}
	if m.run.Dry {
		rec.State, rec.Ended = StepDry, s.Now
		m.run.State = Playing
		m.advance(st, "")
		return nil
	}
	m.plan = &p
	rec.State, m.run.State = string(Asking), Asking
	m.run.Pending = &Pending{Kind: AskConsent, Step: st.ID, Plan: &p.Plan}
	return nil
}

// recover is for a deed that was about to be done when its process died: the journal of the hand knows whether it was.
func (m *Machine) recover(s *scene, st Step, rec *Record) error {
	w, why := m.wish(s, st)
	if len(w.Subjects) == 0 {
		m.unknown(s, st, rec, why)
		return nil
	}
	d := rec.Deed
	if id, ok := m.world.Find(w, d.Since, d.PID, d.Host); ok {
		d.ID = id
		m.run.State = Waiting
		rec.State, rec.Look = string(Waiting), s.Now
		return nil
	}
	// It is certain that nothing left: the hand writes its journal, synced, before a call does.
	rec.Deed = nil
	m.plan = nil
	m.run.State, m.run.Pending = Playing, nil
	rec.State = string(Playing)
	return nil
}

// Replan makes the plan of a consent that is asked anew: after a resume, or when it has become old.
func (m *Machine) Replan() error {
	return m.change(func(*scene) error {
		p, rec := m.run.Pending, m.run.open()
		if p == nil || p.Kind != AskConsent || rec == nil {
			return ErrNotAsked
		}
		m.plan, m.run.Pending, m.run.State = nil, nil, Playing
		rec.Deed, rec.State = nil, string(Playing)
		return nil
	})
}

// Consent does what is planned. Before the hand is asked, the run says that it is about to: a machine that dies then knows where to look.
func (m *Machine) Consent(step string, c actions.Consent, by string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	st, rec, err := m.pending(AskConsent, step)
	if err != nil {
		return err
	}
	if m.plan == nil {
		return wrong("ce qui est prévu date d'un autre moment : regardez-le de nouveau", "the plan is of an earlier time: look at it again first")
	}
	s := m.scene()
	before := m.run.clone()
	p := *m.plan
	rec.By = by
	rec.Deed = &DeedRun{Plan: p.Plan, Since: s.Now, PID: os.Getpid(), Host: host(), Approver: c.Approver}
	rec.State, rec.Look = string(Waiting), s.Now
	m.run.State, m.run.Pending, m.run.Updated = Waiting, nil, s.Now
	if err := m.save(); err != nil {
		*m.run = before
		return err
	}
	id, err := m.world.Do(p, c)
	var no *actions.Refusal
	switch {
	case errors.As(err, &no) && (no.Reason.Code == "not_confirmed" || no.Reason.Code == "needs_person" || no.Reason.Code == "not_approved"):
		*m.run = before // nothing was sent; it is asked again
		_ = m.save()
		return err
	case err != nil:
		m.plan = nil
		rec.Deed.Since = time.Time{}
		rec.Deed.Outcome = Outcome{State: actions.Refused, Note: err.Error()}
		m.fail(s, st, rec, m.speech.refusal(err))
		return m.save()
	}
	m.plan = nil
	rec.Deed.ID = id
	return m.save()
}

// Decline refuses what is planned: the step has failed.
func (m *Machine) Decline(step, by string) error {
	return m.change(func(s *scene) error {
		st, rec, err := m.pending(AskConsent, step)
		if err != nil {
			return err
		}
		m.plan = nil
		rec.By = by
		m.trouble(s, st, rec, Text{FR: "l'acte n'a pas été voulu", EN: "the deed was not wanted"})
		return nil
	})
}

// follow looks how a deed goes.
func (m *Machine) follow(s *scene, st Step, rec *Record) {
	o, ok := m.world.Outcome(rec.Deed.ID)
	if !ok {
		m.unknown(s, st, rec, Text{FR: "le journal ne dit pas ce que l'acte est devenu", EN: "the journal does not tell what became of the deed"})
		return
	}
	rec.Deed.Outcome = o
	fr, en := o.How("fr", m.speech), o.How("en", m.speech)
	switch o.State {
	case actions.Done:
		m.done(s, st, rec)
	case actions.Failed, actions.Refused:
		m.fail(s, st, rec, Text{FR: "l'acte a échoué : " + fr, EN: "the deed failed: " + en})
	case "paused":
		m.trouble(s, st, rec, Text{FR: "la série est en pause : " + fr, EN: "the queue is paused: " + en})
	case "running":
		m.run.State, rec.State = Waiting, string(Waiting)
		rec.Look = s.Now.Add(followEvery)
	default:
		m.unknown(s, st, rec, Text{FR: "on ne sait pas comment l'acte a fini ; regardez dans l'outil. " + fr, EN: "it is not known how the deed ended; look in the tool. " + en})
	}
}

// unknown always asks: what nobody knows is never taken for a failure, nor done again by itself.
func (m *Machine) unknown(s *scene, st Step, rec *Record, why Text) { m.trouble(s, st, rec, why) }

// host is the machine's name, for finding our own deeds again.
func host() string { h, _ := os.Hostname(); return h }
