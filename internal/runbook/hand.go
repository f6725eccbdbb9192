package runbook

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
		text := PlanText{Deed: w.Deed, Risk: b.Risk.Word(), Type: b.Type, ReadOnly: h.ReadOnly()}
		var names []string
		for _, it := range b.Items() {
			if it.State == actions.ItemWaiting {
				text.Count++
				names = append(names, it.Subject.Name)
			}
		}
		if b.Sample != nil {
			sample := planText(b.Sample)
			text.Call, text.Body, text.Command, text.Warnings, text.Approver = sample.Call, sample.Body, sample.Command, sample.Warnings, sample.Approver
		}
		text.Subject = strings.Join(names, ", ")
		return Planned{Plan: text, Handle: b}, nil
	}
	if len(w.Subjects) != 1 {
		return Planned{}, fmt.Errorf("%s: one subject is expected, not %d", w.Deed, len(w.Subjects))
	}
	p, err := h.Hand.Plan(ctx, w.Deed, w.Subjects[0], w.Args)
	if err != nil {
		return Planned{}, err
	}
	return Planned{Plan: planText(p), Handle: p}, nil
}

func planText(p *actions.Plan) PlanText {
	shown := p.Show()
	t := PlanText{
		Deed: p.Deed.ID, Subject: p.Subject.Name, Risk: p.Risk.Word(), Type: p.Type, Call: shown.System + ": " + shown.Method + " " + shown.Path, Body: shown.Body,
		Command: p.Command(), Effects: p.Draft.Effects, Warnings: p.Draft.Warnings, ReadOnly: p.ReadOnly, Approver: p.Policy.Do == actions.FourEyes,
	}
	if t.Command == "" {
		t.Command = p.Curl()
	}
	return t
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
	o := Outcome{State: "running"}
	var counts []string
	for _, state := range []string{actions.Done, actions.Failed, actions.Refused, actions.Unknown, actions.ItemRunning, actions.ItemWaiting, actions.ItemSkipped} {
		if tally[state] > 0 {
			counts = append(counts, state+" "+strconv.Itoa(tally[state]))
		}
	}
	o.Note = strings.Join(counts, ", ")
	if why := b.Why(); why != "" {
		o.Note += " (" + why + ")"
	}
	for _, it := range b.Items() {
		if it.State != actions.ItemWaiting {
			o.Steps = append(o.Steps, actions.Step{Name: it.Subject.Name, State: it.State, Note: it.Note + it.Reason.Code})
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
		return errors.New("this queue is not known to this process any more")
	}
	return b.Resume()
}

// Halt stops a bulk.
func (h Hand) Halt(id string) {
	if b := h.Batch(strings.TrimPrefix(id, batchID)); b != nil {
		b.Stop()
	}
}
