package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// The phases of a run.
const (
	Sending = "sending" // the call is on its way
	Looking = "looking" // it is looked at until it is known how it ended
	Settled = "settled"
)

// Run is a deed that is done, or was. Its fields do not change; State does.
type Run struct {
	ID, Batch string
	Deed      *Deed
	Subject   Subject
	Args      Args
	Risk      Risk
	// Call is what leaves, as it may be shown.
	Call *Shown
	// Again is true when it was found in the journal without a verdict: an earlier process sent it, or was about to.
	Again bool

	hand    *Hand
	draft   Draft
	secrets []string
	state   RunState // under the hand's lock
	release func()   // gives the subject back, once
	done    chan struct{}
	asked   bool // cancelling was asked, under the hand's lock
}

// RunState is how far a run is.
type RunState struct {
	Phase   string
	Outcome string // done, failed, refused, unknown; "" until it is settled
	Status  int    // of the answer; 0: none came
	Note    string // a sentence of the system's, cleaned
	Steps   []Step
	Began   time.Time
	Left    time.Time // the call
	Ended   time.Time // zero until it is settled
	Looks   int       // how often it was looked at
}

// State is how far it is now.
func (r *Run) State() RunState {
	r.hand.mu.Lock()
	defer r.hand.mu.Unlock()
	s := r.state
	s.Steps = slices.Clone(s.Steps)
	return s
}

// Wait waits until it is settled, or given up by a hand that closes, or ctx ends; it returns how far it is.
func (r *Run) Wait(ctx context.Context) RunState {
	select {
	case <-r.done:
	case <-ctx.Done():
	}
	return r.State()
}

// Cancellable reports whether the system allows to stop it, now.
func (r *Run) Cancellable() bool {
	r.hand.mu.Lock()
	defer r.hand.mu.Unlock()
	return r.Deed.Cancel != nil && !r.Again && !r.asked && r.state.Phase == Looking
}

func (r *Run) change(f func(*RunState)) {
	r.hand.mu.Lock()
	f(&r.state)
	r.hand.mu.Unlock()
	r.hand.ring()
}

// execute sends the call, once, and looks until it is known how it ended.
func (r *Run) execute(ctx context.Context, w wire.Writer) {
	since := r.hand.o.Clock()
	r.change(func(s *RunState) { s.Left = since })
	reply, err := r.send(ctx, w, r.draft.Call)
	if err == nil && r.draft.Else != nil && slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, reply.Status) {
		reply, err = r.send(ctx, w, *r.draft.Else)
	}
	var not *wire.NotSent
	switch {
	case errors.As(err, &not):
		r.settle(Refused, Sight{Note: r.clean(not.Error())})
	case err != nil:
		r.look(ctx, since, nil, r.clean(err.Error()))
	case refused(reply.Status):
		r.settle(Refused, Sight{Note: r.sentence(reply)})
	default:
		r.look(ctx, since, &reply, "")
	}
}

// refused reports whether a status says that the system did nothing: it did not understand, does not know us, or says no. Others only tell by looking: a 422 and a
// 504 of the console come with the work done or going on.
func refused(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusProxyAuthRequired, http.StatusConflict, http.StatusGone, http.StatusLengthRequired, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusTooManyRequests, http.StatusNotImplemented:
		return true
	}
	return status >= 300 && status < 400 // a page to log in: redirects are not followed
}

// send sends one call and tells the journal what came.
func (r *Run) send(ctx context.Context, w wire.Writer, c wire.Call) (wire.Reply, error) {
	limit := r.Deed.Timeout
	if limit <= 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	peeking, over := context.WithCancel(ctx)
	if r.Deed.Done != nil && limit > time.Minute {
		r.hand.work.Go(func() { r.peek(peeking) })
	}
	reply, err := write(ctx, w, c)
	over()
	e := Entry{Event: EventAnswer, Run: r.ID, Batch: r.Batch, Status: reply.Status}
	if err != nil {
		e.Note = r.clean(err.Error())
	} else if !reply.OK() {
		e.Note = r.sentence(reply)
	}
	r.tell(e)
	r.change(func(s *RunState) { s.Status, s.Note = reply.Status, e.Note })
	return reply, err
}

// peek looks while a call that takes minutes is on its way, to show how far the system is. It never decides: the answer is not there yet.
func (r *Run) peek(ctx context.Context) {
	since := r.State().Left
	tick := time.NewTicker(time.Duration(float64(2*time.Second) / r.hand.o.Pace))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		sight, err := r.sight(ctx, since, nil)
		if err != nil || ctx.Err() != nil || sight.Progress == nil {
			continue
		}
		r.change(func(s *RunState) {
			if s.Phase == Sending {
				s.Steps, s.Looks = sight.Progress, s.Looks+1
			}
		})
	}
}

// write contains a panic of a writer: it is not known whether the call left.
func write(ctx context.Context, w wire.Writer, c wire.Call) (reply wire.Reply, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	return w.Write(ctx, c)
}

// sentence is what the system said; where it said nothing, what its status means.
func (r *Run) sentence(reply wire.Reply) string {
	return r.clean(cmp.Or(reply.Said(), http.StatusText(reply.Status)))
}

// clean is a sentence from outside as it may be shown and kept.
func (r *Run) clean(text string) string {
	text = secret.Scrub(hide(platform.CleanLine(text), r.secrets))
	if runes := []rune(text); len(runes) > 400 {
		text = string(runes[:400]) + "…"
	}
	return text
}

// tell writes a line of the journal that is not worth stopping for when it cannot be written: the intent is there.
func (r *Run) tell(e Entry) {
	if err := r.hand.o.Journal.Add(e); err != nil {
		r.hand.o.Log.Error("The journal was not written", "run", r.ID, "error", err)
	}
}

// look looks until it is known how the deed ended, or patience is over. said is why no answer came.
func (r *Run) look(ctx context.Context, since time.Time, reply *wire.Reply, said string) {
	if r.Deed.Done == nil {
		switch {
		case reply != nil && reply.OK():
			r.settle(Done, Sight{})
		case reply != nil:
			r.settle(Unknown, Sight{Note: r.sentence(*reply)})
		default:
			r.settle(Unknown, Sight{Note: said})
		}
		return
	}
	r.change(func(s *RunState) { s.Phase = Looking })
	if again := r.hand.o.Look; again != nil {
		again(r.Subject)
	}
	patience := r.Deed.Patience
	if patience <= 0 {
		patience = 2 * time.Minute
	}
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wait := time.Duration(float64(time.Second) / r.hand.o.Pace)
	most := 5 * wait
	last := Sight{Note: said}
	for {
		sight, err := r.sight(limit, since, reply)
		switch {
		case err != nil && limit.Err() == nil:
			last.Note = r.clean(err.Error())
		case err == nil:
			sight.Note = r.clean(sight.Note)
			if sight.Note == "" {
				sight.Note = said
			}
			last = sight
			if sight.State == Done || sight.State == Failed {
				r.settle(sight.State, sight)
				r.follow(since, reply, patience, sight)
				return
			}
		}
		r.change(func(s *RunState) {
			s.Looks++
			s.Note = last.Note
			if last.Progress != nil {
				s.Steps = last.Progress
			}
		})
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-limit.Done():
			timer.Stop()
			if ctx.Err() != nil { // the hand closes: whoever starts next looks again
				return
			}
			r.settle(Unknown, last)
			return
		}
		wait = min(wait*3/2, most)
	}
}

// follow looks on, off whoever waits for the verdict, while steps of a deed that is done are waited for: what it set going elsewhere takes its time. It ends with
// the deed's patience or with the hand; the journal has the steps as they were seen last.
func (r *Run) follow(since time.Time, reply *wire.Reply, patience time.Duration, last Sight) {
	h := r.hand
	awaited := func(s Sight) bool {
		return s.State == Done && slices.ContainsFunc(s.Progress, func(st Step) bool { return st.State == StepWaiting })
	}
	if !awaited(last) || h.after.Err() != nil {
		return
	}
	h.work.Go(func() {
		ctx, cancel := context.WithTimeout(h.after, patience)
		defer cancel()
		wait := time.Duration(float64(2*time.Second) / h.o.Pace)
		for most := 5 * wait; awaited(last); wait = min(wait*3/2, most) {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
			}
			if ctx.Err() != nil {
				break
			}
			sight, err := r.sight(ctx, since, reply)
			if err != nil || sight.State != Done {
				continue // the verdict stands
			}
			last = sight
			r.change(func(s *RunState) { s.Steps, s.Looks = sight.Progress, s.Looks+1 })
		}
		r.tell(Entry{Event: EventSteps, Run: r.ID, Batch: r.Batch, Steps: last.Progress})
		if again := h.o.Look; again != nil {
			again(r.Subject)
		}
	})
}

// sight asks the deed once, and contains its panic.
func (r *Run) sight(ctx context.Context, since time.Time, reply *wire.Reply) (out Sight, err error) {
	defer func() {
		if x := recover(); x != nil {
			r.hand.o.Log.Error("a deed panicked", "deed", r.Deed.ID, "value", x, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return r.Deed.Done(ctx, r.hand.o.Systems, r.draft, r.Subject, since, reply)
}

// settle tells how it ended.
func (r *Run) settle(outcome string, s Sight) {
	now := r.hand.o.Clock()
	r.tell(Entry{Event: EventVerdict, Run: r.ID, Batch: r.Batch, At: now, Outcome: outcome, Note: s.Note, Steps: s.Progress})
	r.release() // before anyone sees it settled: who waited for that may go on at once
	r.change(func(state *RunState) {
		state.Phase, state.Outcome, state.Ended = Settled, outcome, now
		if s.Note != "" || outcome == Done {
			state.Note = s.Note
		}
		if s.Progress != nil {
			state.Steps = s.Progress
		}
	})
	if again := r.hand.o.Look; again != nil {
		again(r.Subject)
	}
}

// Cancel sends the call that stops what a run started, once. The run goes on being looked at: that tells whether it was stopped.
func (h *Hand) Cancel(ctx context.Context, runID string) error {
	r := h.Run(runID)
	if r == nil || !r.Cancellable() {
		return refuse("not_cancellable", runID)
	}
	call := r.Deed.Cancel(r.draft, r.Subject)
	if call == nil || h.o.ReadOnly {
		return refuse("not_cancellable", runID)
	}
	w := h.o.Systems.Writer(call.System)
	if w == nil {
		return refuse("not_configured", call.System)
	}
	h.mu.Lock()
	twice := r.asked
	r.asked = true
	h.mu.Unlock()
	if twice {
		return refuse("not_cancellable", runID)
	}
	who, shown := h.who(h.scene(r.Subject)), show(*call, r.secrets)
	if err := h.o.Journal.Add(Entry{Event: EventCancel, Run: r.ID, Batch: r.Batch, By: &who, Call: &shown}); err != nil {
		return refuse("journal", platform.CleanLine(err.Error()))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	reply, err := write(ctx, w, *call)
	if err != nil {
		return errors.New(r.clean(err.Error()))
	}
	if !reply.OK() {
		return refuse("refused", fmt.Sprintf("%d %s", reply.Status, r.sentence(reply)))
	}
	return nil
}
