package actions

import (
	"runtime/debug"
	"slices"
)

// Offer is a deed that exists for a subject, and what stands against it.
type Offer struct {
	Deed *Deed
	// Reason is the first thing that stands against it; an Unknown one is no obstacle.
	Reason Reason
	Risk   Risk
}

// NotApplicable is the code of a deed that is not for that very subject (a StatefulSet's, on a CronJob): it is not offered.
const NotApplicable = "not_applicable"

// Offers are the deeds for a subject, in order, those that cannot be done included. It asks nobody and is quick enough to be called while drawing.
func (h *Hand) Offers(sub Subject) []Offer {
	var out []Offer
	scene := h.scene(sub)
	for i := range h.o.Deeds {
		d := &h.o.Deeds[i]
		if slices.Contains(d.On, sub.Kind) {
			risk := raise(d.Base, sub)
			if r := h.against(d, scene, sub, risk, true); r.Code != NotApplicable {
				out = append(out, Offer{Deed: d, Reason: r, Risk: risk})
			}
		}
	}
	return out
}

// OffersOn are the deeds that may be done on several subjects at once, in order: each stands with what stands against it on all of them, which is nothing where it can be done on one,
// and with the highest risk among those that it can be done on.
func (h *Hand) OffersOn(subs []Subject) []Offer {
	by := map[*Deed]*Offer{}
	for _, sub := range subs {
		for _, o := range h.Offers(sub) {
			if !o.Deed.Bulk {
				continue
			}
			possible := func(r Reason) bool { return r.OK() || r.Code == "read_only" }
			switch at := by[o.Deed]; {
			case at == nil || possible(o.Reason) && !possible(at.Reason):
				by[o.Deed] = &o
			case possible(o.Reason):
				at.Risk = max(at.Risk, o.Risk)
			}
		}
	}
	var out []Offer
	for i := range h.o.Deeds {
		if o := by[&h.o.Deeds[i]]; o != nil {
			out = append(out, *o)
		}
	}
	return out
}

// raise is a risk on a subject: a write on production weighs more.
func raise(r Risk, sub Subject) Risk {
	if r == RiskWrite && sub.Production {
		return RiskProduction
	}
	return r
}

// against is the first thing that stands against a deed: its own reason first, since that is what can be put right; read-only last.
func (h *Hand) against(d *Deed, scene Scene, sub Subject, risk Risk, readOnly bool) Reason {
	own := h.ready(d, scene, sub)
	if !own.OK() {
		return own
	}
	if j := h.judge(d, risk, sub, "", scene, scene.Now); j.Do == Deny {
		return Reason{Code: "policy_closed", Detail: j.Rule}
	}
	h.mu.Lock()
	other := h.busy[sub.Key()]
	h.mu.Unlock()
	if other != nil {
		return Reason{Code: "running", Detail: other.Deed.ID}
	}
	if readOnly && h.o.ReadOnly {
		return Reason{Code: "read_only"}
	}
	return own
}

// ready asks the deed, and contains its panic.
func (h *Hand) ready(d *Deed, scene Scene, sub Subject) (out Reason) {
	if d.Ready == nil {
		return Reason{}
	}
	defer func() {
		if x := recover(); x != nil {
			h.o.Log.Error("a deed panicked", "deed", d.ID, "value", x, "stack", string(debug.Stack()))
			out = Reason{Code: "broken", Detail: d.ID}
		}
	}()
	return d.Ready(scene, sub)
}

// refuse makes an error of a reason.
func refuse(code, detail string) error { return &Refusal{Reason{Code: code, Detail: detail}} }
