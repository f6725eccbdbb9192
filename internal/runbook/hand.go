package runbook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dsotop/internal/actions"
)

// Hand is a Doer that is the program's hand. The zero value cannot be used.
type Hand struct{ *actions.Hand }

// Plan plans a deed, or a bulk with its first subject as a sample.
func (h Hand) Plan(ctx context.Context, w Wish) (Planned, error) {
	if w.Bulk {
		b, err := h.Hand.Bulk(ctx, w.Deed, w.Subjects, w.Args, actions.BulkOptions{Together: w.Together, StopRatio: w.StopAbove})
		if err != nil {
			return Planned{}, err
		}
		text := TextOfBulk(b)
		text.ReadOnly = h.ReadOnly()
		return Planned{Plan: text, Handle: b}, nil
	}
	if len(w.Subjects) != 1 {
		return Planned{}, fmt.Errorf("%s: one subject is expected, not %d", w.Deed, len(w.Subjects))
	}
	p, err := h.Hand.Plan(ctx, w.Deed, w.Subjects[0], w.Args)
	if err != nil {
		return Planned{}, err
	}
	return Planned{Plan: TextOf(p), Handle: p}, nil
}

// Do begins what was planned.
func (h Hand) Do(p Planned, c actions.Consent) (string, error) {
	switch x := p.Handle.(type) {
	case *actions.Plan:
		r, err := h.Hand.Do(x, c)
		if err != nil {
			return "", err
		}
		return r.ID, nil
	case *actions.Batch:
		if err := x.Start(c); err != nil {
			return "", err
		}
		return batchID + x.ID, nil
	}
	return "", errors.New("this plan is not of this hand")
}

const batchID = "bulk-"

// Outcome is how far a deed or a bulk is: from this process, else from the journal.
func (h Hand) Outcome(id string) (Outcome, bool) {
	if bulk, ok := strings.CutPrefix(id, batchID); ok {
		return h.bulk(bulk)
	}
	if r := h.Run(id); r != nil {
		s := r.State()
		o := Outcome{State: "running", Note: s.Note, Steps: s.Steps}
		if s.Phase == actions.Settled {
			o.State = s.Outcome
		}
		return o, true
	}
	for _, r := range h.records() {
		if r.Run == id {
			o := Outcome{State: r.Outcome, Note: r.Note, Steps: r.Steps}
			if r.Open() {
				o.State = "running" // another process looks, or the next start will
				if time.Since(r.At) > time.Hour {
					o.State = actions.Unknown
				}
			}
			return o, true
		}
	}
	return Outcome{}, false
}

func (h Hand) records() []*actions.Record {
	entries, err := h.Journal().All()
	if err != nil && len(entries) == 0 {
		return nil
	}
	return actions.Fold(entries)
}

func (h Hand) bulk(id string) (Outcome, bool) {
	b := h.Batch(id)
	if b == nil {
		return Outcome{}, false
	}
	tally := b.Tally()
	o := Outcome{State: "running", Note: b.Why()}
	for _, state := range []string{actions.Done, actions.Failed, actions.Refused, actions.Unknown, actions.ItemRunning, actions.ItemWaiting, actions.ItemSkipped} {
		if tally[state] > 0 {
			o.Counts = append(o.Counts, Count{state, tally[state]})
		}
	}
	for _, it := range b.Items() {
		if it.State != actions.ItemWaiting {
			o.Steps = append(o.Steps, actions.Step{Name: it.Subject.Name, State: it.State, Note: cmp.Or((&actions.Refusal{Reason: it.Reason}).Error(), it.Note)})
		}
	}
	switch b.State() {
	case actions.BulkPaused, actions.BulkInterrupted:
		o.State = "paused"
	case actions.BulkStopped:
		o.State = actions.Failed
	case actions.BulkOver:
		o.State = actions.Done
		if tally[actions.Failed]+tally[actions.Refused]+tally[actions.Unknown] > 0 {
			o.State = actions.Failed
		}
	}
	return o, true
}

// Find looks in the journal for a deed that a process began on the same subject.
func (h Hand) Find(w Wish, since time.Time, pid int, host string) (string, bool) {
	since = since.Add(-time.Second) // clocks of two writers of one machine
	if w.Bulk {
		entries, _ := h.Journal().All()
		for _, e := range entries {
			if e.Event == actions.EventBatch && e.Deed == w.Deed && !e.At.Before(since) && e.By != nil && e.By.PID == pid && e.By.Host == host {
				return batchID + e.Batch, true
			}
		}
		return "", false
	}
	for _, r := range h.records() {
		if len(w.Subjects) == 1 && r.Deed == w.Deed && r.Subject.Key() == w.Subjects[0].Key() && !r.At.Before(since) && r.By.PID == pid && r.By.Host == host {
			return r.Run, true
		}
	}
	return "", false
}

// Resume goes on with a bulk.
func (h Hand) Resume(id string) error {
	b := h.Batch(strings.TrimPrefix(id, batchID))
	if b == nil {
		return wrong("le journal ne connaît plus cette série, ou un autre processus la joue : voir « Actions et journal »", "the journal does not know this queue any more, or another process works on it: see “Actions & journal”")
	}
	return b.Resume()
}

// Halt stops a bulk.
func (h Hand) Halt(id string) {
	if b := h.Batch(strings.TrimPrefix(id, batchID)); b != nil {
		b.Stop()
	}
}
