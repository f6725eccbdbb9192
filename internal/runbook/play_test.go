package runbook

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dsotop/internal/actions"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// decider takes, at each fork of a book, the way that was taken least: after some plays every way was.
type decider struct {
	taken map[string]map[string]int
	plays int
}

func (d *decider) pick(fork string, ways ...string) string {
	if d.taken[fork] == nil {
		d.taken[fork] = map[string]int{}
	}
	best := ways[0]
	for i := range ways { // turned with the plays, so that loops end
		w := ways[(i+d.plays)%len(ways)]
		if d.taken[fork][w] < d.taken[fork][best] {
			best = w
		}
	}
	for _, w := range ways {
		d.taken[fork][w] += 0
	}
	d.taken[fork][best]++
	return best
}

// everywhere reports whether every step was reached and every way taken.
func (d *decider) everywhere(b *Book, visited map[string]bool) bool {
	for _, s := range b.Steps {
		if !visited[s.ID] {
			return false
		}
	}
	for _, ways := range d.taken {
		for _, n := range ways {
			if n == 0 {
				return false
			}
		}
	}
	return true
}

// fake stands for a condition: it holds or not as the decider says, the same way until the record ends.
type fake struct {
	cel.Program
	holds func() bool
}

func (f fake) Eval(any) (ref.Val, *cel.EvalDetails, error) { return types.Bool(f.holds()), nil, nil }

// TestEveryBookToEachOfItsEnds plays every book shipped through every way of every fork: conditions that hold and that do not until their deadline, deeds that are done, fail, are
// refused or whose end nobody knows, every choice, every answer to trouble. Between any two steps the process is killed: a new machine reads what was kept.
func TestEveryBookToEachOfItsEnds(t *testing.T) {
	for _, b := range Load().Books {
		t.Run(b.ID, func(t *testing.T) {
			t.Parallel()
			d := &decider{taken: map[string]map[string]int{}}
			visited := map[string]bool{}
			for d.plays = range 400 {
				playOnce(t, b, d, visited)
				if d.plays > 12 && d.everywhere(b, visited) {
					break
				}
			}
			for _, s := range b.Steps {
				if !visited[s.ID] {
					t.Errorf("the step %s was never reached", s.ID)
				}
			}
			for fork, ways := range d.taken {
				for way, n := range ways {
					if n == 0 {
						t.Errorf("at %s, the way %q was never taken", fork, way)
					}
				}
			}
		})
	}
}

func playOnce(t *testing.T, b *Book, d *decider, visited map[string]bool) {
	t.Helper()
	w := newDouble()
	given := map[string]string{}
	for _, p := range b.Params {
		if p.Default == nil && !p.Optional {
			given[p.Name] = "m@x.fr"
		}
	}
	run, err := Begin(b, w, selection(), given, "anne", "test", false)
	if err != nil {
		t.Fatal(err)
	}
	k := &kept{}
	step, outcomes := "", map[string]string{}
	w.outcome = func(id string) Outcome {
		if outcomes[id] == "" {
			outcomes[id] = d.pick(step+" deed", actions.Done, actions.Failed, actions.Unknown)
		}
		return Outcome{State: outcomes[id], Note: "as decided"}
	}
	w.refuse = func(Wish) error {
		if d.pick(step+" plan", "offered", "offered again", "offered once more", "refused") == "refused" {
			return &actions.Refusal{Reason: actions.Reason{Code: "no_right"}}
		}
		return nil
	}
	w.answer = func(Question) ([]float64, error) {
		switch d.pick(step+" answer", "numbers", "nothing", "error") {
		case "nothing":
			return nil, nil
		case "error":
			return nil, errors.New("unreachable")
		}
		return []float64{1, 2}, nil
	}
	holds := map[string]string{}
	var m *Machine
	machine := func(r *Run) *Machine { return &Machine{book: b, run: r, world: w, keep: k} } // NewMachine without reading the book again, which is most of the time
	{
		for i := range b.Steps {
			s := &b.Steps[i]
			set := func(c *Cond, what string) {
				if c == nil {
					return
				}
				c.Needs = nil
				c.program = fake{holds: func() bool {
					key := fmt.Sprint(s.ID, what, len(m.run.Records))
					if holds[key] == "" {
						holds[key] = d.pick(s.ID+what, "true", "true again", "false")
					}
					return holds[key] != "false"
				}}
			}
			set(s.If, " if")
			if s.Check != nil {
				set(s.Check.That, " check")
			}
			if s.Query != nil {
				set(s.Query.Expect, " expect")
			}
			if s.Ask != nil && s.Ask.Valid != nil {
				s.Ask.Valid.program = fake{holds: func() bool { return true }}
			}
		}
	}
	m = machine(run)
	for range 4000 {
		step = m.run.At
		turn, err := m.Step(t.Context())
		if err != nil {
			t.Fatalf("%s at %s: %v", b.ID, step, err)
		}
		for i := range m.run.Records {
			visited[m.run.Records[i].Step] = true
		}
		switch turn.State {
		case Finished, Stopped, Abandoned:
			if m.run.Ended.IsZero() || m.run.open() != nil && turn.State == Finished {
				t.Fatalf("%s ended with something open", b.ID)
			}
			return
		case Waiting:
			if turn.Look.Before(w.now) {
				t.Fatalf("%s at %s waits for the past", b.ID, step)
			}
			w.now = turn.Look
			if until := m.run.open().Until; !until.IsZero() {
				w.now = until // the looks between are all the same
			}
		case Asking:
			w.now = w.now.Add(time.Second)
			answer(t, m, d)
		case Playing:
			w.now = w.now.Add(time.Millisecond)
		}
		m = machine(k.read()) // kill -9, and resume
	}
	t.Fatalf("%s does not end: at %s, %d records", b.ID, m.run.At, len(m.run.Records))
}

func answer(t *testing.T, m *Machine, d *decider) {
	t.Helper()
	p := m.run.Pending
	switch p.Kind {
	case AskConsent:
		var err error
		if d.pick(p.Step+" consent", "yes", "yes again", "no") == "no" {
			err = m.Decline(p.Step, "anne")
		} else {
			err = m.Consent(p.Step, actions.Consent{}, "anne")
		}
		if err != nil {
			t.Fatalf("%s: %v", p.Step, err)
		}
	case AskTrouble:
		ways := []string{GoOn, Retry, GiveUp}
		if err := m.Resolve(p.Step, d.pick(p.Step+" trouble", ways...), "anne"); err != nil {
			t.Fatalf("%s: %v", p.Step, err)
		}
	case AskAnswer:
		value := p.Default
		switch {
		case p.Type == TypeChoice:
			var ways []string
			for _, c := range p.Choices {
				ways = append(ways, c.Value)
			}
			value = d.pick(p.Step+" choice", ways...)
		case p.Another:
			value = "bruno"
		case p.Type == TypeInt || p.Type == TypeNumber:
			value = "3"
		case p.Type != "" && value == "":
			value = "text"
		}
		if err := m.Answer(p.Step, value, "anne"); err != nil {
			t.Fatalf("%s: %v", p.Step, err)
		}
	}
}

// A dry run plays a whole book without asking, waiting or doing anything.
func TestDryRunsDoNothing(t *testing.T) {
	for _, b := range Load().Books {
		w := newDouble()
		given := map[string]string{}
		for _, p := range b.Params {
			if p.Default == nil && !p.Optional {
				given[p.Name] = "m@x.fr"
			}
		}
		run, err := Begin(b, w, selection(), given, "anne", "test", true)
		if err != nil {
			t.Fatalf("%s: %v", b.ID, err)
		}
		m, err := NewMachine(run, w, nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; !m.run.State.Over(); n++ {
			turn, err := m.Step(context.Background())
			if err != nil || turn.State == Waiting || turn.State == Asking {
				t.Fatalf("%s at %s: %s %v", b.ID, m.run.At, turn.State, err)
			}
			if n > 1000 {
				t.Fatalf("%s does not end", b.ID)
			}
		}
		if len(w.done) > 0 {
			t.Errorf("%s did %v", b.ID, w.done)
		}
	}
}
