package actions

import (
	"strconv"
	"strings"
)

// bulkHere reports whether a bulk was begun on the platform of this hand: one of another is not to be gone on with here.
func (h *Hand) bulkHere(e *Entry) bool {
	by := Who{}
	if e.By != nil {
		by = *e.By
	}
	return h.here(by, e.Address, h.bulkSystem(e))
}

// bulkSystem is the system of a bulk's first subject. Subjects that name none have one of a kind: that of the deed's name.
func (h *Hand) bulkSystem(e *Entry) string {
	if len(e.Items) > 0 && e.Items[0].System != "" {
		return e.Items[0].System
	}
	kind, _, _ := strings.Cut(e.Deed, ".")
	if all := h.o.Systems.Names(kind); len(all) > 0 {
		return all[0]
	}
	return ""
}

// cutBatches finds bulks in the journal that no living process works on and that have something left to do.
func (h *Hand) cutBatches(entries []Entry) {
	over := map[string]bool{}
	for i := range entries {
		if entries[i].Event == EventEnd {
			over[entries[i].Batch] = true
		}
	}
	records := map[string]*Record{}
	for _, r := range Fold(entries) {
		if r.Batch != "" {
			records[r.Batch+r.Subject.Key()] = r
		}
	}
	for i := range entries {
		e := &entries[i]
		d := h.deeds[e.Deed]
		if e.Event != EventBatch || over[e.Batch] || d == nil || h.Batch(e.Batch) != nil || !h.bulkHere(e) {
			continue
		}
		b := &Batch{ID: e.Batch, Deed: d, Args: e.Args, hand: h, consent: Consent{Approver: e.Approver}, state: BulkInterrupted, began: e.At, wake: make(chan struct{}, 1), options: BulkOptions{Together: max(d.Together, 1)}}
		if e.By != nil {
			b.by = *e.By
		}
		for risk := RiskRead; risk <= RiskDestructive; risk++ {
			if risk.Word() == e.Risk {
				b.Risk = risk
			}
		}
		if ratio, together, ok := strings.Cut(e.Note, "/"); ok {
			b.options.StopRatio, _ = strconv.ParseFloat(ratio, 64)
			if n, err := strconv.Atoi(together); err == nil && n > 0 {
				b.options.Together = n
			}
		}
		for _, sub := range e.Items {
			it := Item{Subject: sub, State: ItemWaiting}
			if r := records[e.Batch+sub.Key()]; r != nil {
				it.Run, it.State, it.Note = r.Run, r.Outcome, r.Note
				if r.Open() {
					it.State = Unknown
				}
			}
			b.items = append(b.items, it)
		}
		if b.hold() != nil {
			continue // another process works on it
		}
		b.unlock()
		h.mu.Lock()
		h.batches = append(h.batches, b)
		h.mu.Unlock()
	}
}
