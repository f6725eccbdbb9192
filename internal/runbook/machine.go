package runbook

import (
	"context"
	"fmt"
	"sync"
	"time"
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

	mu     sync.Mutex
	run    *Run
	speech Speech
	plan   *Planned // of the consent that is asked; nil after a resume: it is made again
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

// Speak gives the machine the words of deeds, before its first step: what it tells is kept in both languages.
func (m *Machine) Speak(s Speech) { m.speech = s }

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

func (m *Machine) end(s *scene, state State, why Text) {
	m.run.State, m.run.Ended, m.run.Why, m.run.Pending = state, s.Now, why, nil
	if state == Finished {
		m.run.At = End
	}
}
