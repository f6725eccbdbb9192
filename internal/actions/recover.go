package actions

import (
	"cmp"
	"context"
	"slices"

	"dsotop/internal/platform"
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
		if rec.Open() && h.Run(rec.Run) == nil && h.here(rec.By, rec.Address, systemOf(rec)) && h.again(rec) {
			n++
		}
	}
	h.cutBatches(entries)
	return n, nil
}

// LookAgain looks once more at a deed of the journal whose outcome nobody knows, as far as its kind can be looked at. Nothing is sent again. It is a *Refusal when there is no such
// deed, or its subject is being acted on.
func (h *Hand) LookAgain(run string) error {
	entries, err := h.o.Journal.All()
	if err != nil {
		return refuse("journal", platform.CleanLine(err.Error()))
	}
	for _, rec := range Fold(entries) {
		if rec.Run != run || rec.Outcome != Unknown {
			continue
		}
		if d := h.deeds[rec.Deed]; d == nil || d.Done == nil {
			break
		}
		if !h.here(rec.By, rec.Address, systemOf(rec)) {
			return refuse("other_platform", cmp.Or(rec.Address, rec.By.Profile))
		}
		return h.watchAgain(rec)
	}
	return refuse("nothing_to_do", run)
}

// here reports whether what was written to a system, from a profile, was written to the platform of this hand. One journal serves all profiles of a person, and each has a
// "console": to look for a deed on another platform finds nothing there, which is what a deletion waits for. Addresses tell; where one is not known, the profiles do.
func (h *Hand) here(by Who, address, system string) bool {
	if mine := h.address(system); mine != "" && address != "" {
		return mine == address
	}
	return by.Profile == "" || h.o.Who.Profile == "" || by.Profile == h.o.Who.Profile
}

// address is where a system is; "" when that is not known.
func (h *Hand) address(system string) string {
	if a, ok := h.o.Systems.(Addressed); ok && system != "" {
		base, _ := a.Address(system)
		return base
	}
	return ""
}

func systemOf(rec *Record) string {
	if rec.Call == nil {
		return rec.Subject.System
	}
	return rec.Call.System
}

// again looks at a deed that an earlier process began. A deed that another one works on is left to it.
func (h *Hand) again(rec *Record) bool { return h.watchAgain(rec) == nil }

// watchAgain takes a record's subject and looks until it is known how it ended.
func (h *Hand) watchAgain(rec *Record) error {
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
	if err != nil {
		return err
	}
	if h.settledMeanwhile(rec) {
		unlock()
		return refuse("done_already", rec.Deed)
	}
	h.mu.Lock()
	h.runs = slices.DeleteFunc(h.runs, func(o *Run) bool { return o.ID == r.ID }) // that nobody knew the end of
	h.mu.Unlock()
	r.tell(Entry{Event: EventLook, Run: r.ID, Batch: r.Batch})
	h.launch(r, unlock, func(ctx context.Context) { r.look(ctx, rec.At, nil, rec.Note) })
	return nil
}

// settledMeanwhile tells of a run that got another verdict between our reading and our lock.
func (h *Hand) settledMeanwhile(rec *Record) bool {
	entries, err := h.o.Journal.Entries()
	if err != nil {
		return false
	}
	for _, now := range Fold(entries) {
		if now.Run == rec.Run {
			return now.Outcome != rec.Outcome
		}
	}
	return false
}
