package actions

import (
	"context"
	"errors"
)

// Recover looks in the journal for deeds that have no verdict and that no living process works on, and looks at them again. It returns how many.
// Nothing is sent again. Bulks that were cut off are among Batches, to be resumed by a person.
func (h *Hand) Recover() (int, error) {
	entries, err := h.o.Journal.Entries()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, rec := range Fold(entries) {
		if rec.Open() && h.Run(rec.Run) == nil && h.again(rec) {
			n++
		}
	}
	h.cutBatches(entries)
	return n, nil
}

// again looks at a deed that an earlier process began. A deed that another one works on is left to it.
func (h *Hand) again(rec *Record) bool {
	d := h.deeds[rec.Deed]
	if d == nil {
		d = &Deed{ID: rec.Deed} // of another version: nobody can look
	}
	r := &Run{ID: rec.Run, Batch: rec.Batch, Deed: d, Subject: rec.Subject, Args: rec.Args, Call: rec.Call, Again: true, hand: h, draft: Draft{Memo: rec.Memo}, done: make(chan struct{})}
	if rec.Call != nil {
		r.draft.Call.System, r.draft.Call.Method, r.draft.Call.Path, r.draft.Call.Tenant = rec.Call.System, rec.Call.Method, rec.Call.Path, rec.Call.Tenant
		r.draft.Call.ContentType, r.draft.Call.Body = rec.Call.ContentType, []byte(rec.Call.Body)
	}
	for risk := RiskRead; risk <= RiskDestructive; risk++ {
		if risk.Word() == rec.Risk {
			r.Risk = risk
		}
	}
	r.state = RunState{Phase: Looking, Began: rec.At, Left: rec.At, Status: rec.Status, Note: rec.Note}
	unlock, err := h.take(r)
	var no *Refusal
	if errors.As(err, &no) {
		return false
	}
	if h.settledMeanwhile(rec.Run) {
		unlock()
		return false
	}
	r.tell(Entry{Event: EventLook, Run: r.ID, Batch: r.Batch})
	h.launch(r, unlock, func(ctx context.Context) { r.look(ctx, rec.At, nil, rec.Note) })
	return true
}

// settledMeanwhile tells of a run whose process wrote the verdict between our reading and our lock.
func (h *Hand) settledMeanwhile(run string) bool {
	entries, err := h.o.Journal.Entries()
	if err != nil {
		return false
	}
	for i := range entries {
		if entries[i].Run == run && entries[i].Event == EventVerdict {
			return true
		}
	}
	return false
}
