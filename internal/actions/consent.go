package actions

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"dsotop/internal/platform"
)

// Consent is what a person gave.
type Consent struct {
	// Typed is what was typed, where a plan asks for it.
	Typed string
	// Approver is who else agreed, where the policy asks for it.
	Approver string
}

// Check says whether a plan may be done now with what was given; the zero Reason is yes.
func (h *Hand) Check(p *Plan, c Consent) Reason {
	if h.o.ReadOnly {
		return Reason{Code: "read_only"}
	}
	if p.Type != "" && strings.TrimSpace(c.Typed) != p.Type {
		return Reason{Code: "not_confirmed", Detail: p.Type}
	}
	return h.permit(p, c)
}

// permit is what must hold of every plan when it is done, whoever confirmed it.
func (h *Hand) permit(p *Plan, c Consent) Reason {
	scene, now := h.scene(p.Subject), h.o.Clock()
	if now.Sub(p.At) > PlanAge {
		return Reason{Code: "plan_old"}
	}
	switch j := h.judge(p.Deed, p.Risk, p.Subject, p.Draft.Call.System, scene, now); j.Do {
	case Deny:
		return Reason{Code: "policy_closed", Detail: j.Rule}
	case FourEyes:
		if r := j.agree(c.Approver, h.who(scene)); !r.OK() {
			return r
		}
	}
	if r := h.ready(p.Deed, scene, p.Subject); !r.OK() {
		return r
	}
	return Reason{}
}

// Do does what a plan says, once. It returns when the intent is in the journal and the call is on its way, which nothing that happens to the caller stops.
// An error that is a *Refusal means that nothing was sent.
func (h *Hand) Do(p *Plan, c Consent) (*Run, error) {
	if r := h.Check(p, c); !r.OK() {
		return nil, &Refusal{r}
	}
	return h.begin(p, c, "")
}

// begin does a plan that was confirmed.
func (h *Hand) begin(p *Plan, c Consent, batch string) (*Run, error) {
	if h.o.ReadOnly {
		return nil, refuse("read_only", "")
	}
	writer := h.o.Systems.Writer(p.Draft.Call.System)
	if writer == nil {
		return nil, refuse("not_configured", p.Draft.Call.System)
	}
	r := &Run{ID: newID(), Batch: batch, Deed: p.Deed, Subject: p.Subject, Args: p.Args, Risk: p.Risk, hand: h, draft: p.Draft, secrets: p.secrets, done: make(chan struct{})}
	shown := p.Show()
	r.Call = &shown
	unlock, err := h.take(r)
	if err != nil {
		return nil, err
	}
	if p.used.Swap(true) {
		unlock()
		return nil, refuse("done_already", p.Deed.ID)
	}
	who := h.who(h.scene(p.Subject))
	sub := p.Subject
	r.state = RunState{Phase: Sending, Began: h.o.Clock()}
	if err := h.o.Journal.Add(Entry{
		Event: EventIntent, Run: r.ID, Batch: batch, By: &who, Approver: c.Approver, At: r.state.Began,
		Deed: p.Deed.ID, Subject: &sub, Args: p.Args, Risk: p.Risk.Word(), Call: &shown, Memo: p.Draft.Memo, Address: p.base,
	}); err != nil {
		unlock()
		return nil, refuse("journal", platform.CleanLine(err.Error()))
	}
	h.launch(r, unlock, func(ctx context.Context) { r.execute(ctx, writer) })
	return r, nil
}

// launch keeps a run and works on it off the caller.
func (h *Hand) launch(r *Run, unlock func(), work func(context.Context)) {
	h.mu.Lock()
	h.runs = append(h.runs, r)
	if n := len(h.runs); n > keptRuns {
		h.runs = slices.DeleteFunc(h.runs, func(o *Run) bool {
			drop := n > keptRuns && o.state.Phase == Settled
			if drop {
				n--
			}
			return drop
		})
	}
	h.mu.Unlock()
	h.ring()
	r.release = sync.OnceFunc(unlock)
	h.work.Go(func() {
		defer h.finish(r)
		work(h.ctx)
	})
}

// keptRuns is how many runs are remembered; the journal remembers all.
const keptRuns = 500

// finish gives the subject back. A panic on the way is an outcome that nobody knows.
func (h *Hand) finish(r *Run) {
	if x := recover(); x != nil {
		h.o.Log.Error("a deed panicked", "deed", r.Deed.ID, "value", x, "stack", string(debug.Stack()))
		r.settle(Unknown, Sight{Note: "internal error"})
	}
	r.release()
	close(r.done)
	h.ring()
}
