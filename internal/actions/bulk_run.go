package actions

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/platform"
)

// Start begins a bulk that was prepared, once it is confirmed.
func (b *Batch) Start(c Consent) error {
	h := b.hand
	if h.o.ReadOnly {
		return refuse("read_only", "")
	}
	if b.Type != "" && strings.TrimSpace(c.Typed) != b.Type {
		return refuse("not_confirmed", b.Type)
	}
	if b.Sample != nil {
		if r := h.permit(b.Sample, c); !r.OK() {
			return &Refusal{r}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state != BulkPlanned {
		return refuse("done_already", b.Deed.ID)
	}
	if err := b.hold(); err != nil {
		return err
	}
	who := h.who(h.scene(Subject{Kind: OnPlatform}))
	e := Entry{Event: EventBatch, Batch: b.ID, By: &who, Approver: c.Approver, Deed: b.Deed.ID, Args: b.shown(), Risk: b.Risk.Word(), Note: strconv.FormatFloat(b.options.StopRatio, 'g', -1, 64) + "/" + strconv.Itoa(b.options.Together)}
	for i := range b.items {
		if b.items[i].State == ItemWaiting {
			e.Items = append(e.Items, b.items[i].Subject)
		}
	}
	e.Address = h.address(h.bulkSystem(&e))
	if err := h.o.Journal.Add(e); err != nil {
		b.unlock()
		return refuse("journal", platform.CleanLine(err.Error()))
	}
	b.consent, b.began, b.by = c, h.o.Clock(), who
	b.run()
	return nil
}

// hold takes the bulk's lock between processes.
func (b *Batch) hold() error {
	b.unlock = func() {}
	if b.hand.o.Locks == "" {
		return nil
	}
	unlock, err := b.hand.lockFile("batch-"+b.ID, b.Deed.ID)
	if err == nil {
		b.unlock = unlock
	}
	return err
}

// shown are its arguments without secrets.
func (b *Batch) shown() Args {
	out := Args{}
	for k, v := range b.Args {
		out[k] = v
	}
	for _, p := range b.Deed.Params {
		if p.Secret && out[p.Name] != "" {
			out[p.Name] = Mask
		}
	}
	return out
}

// Pause begins nothing new until Resume; what runs goes on.
func (b *Batch) Pause() { b.set(BulkRunning, BulkPaused, "", EventPause) }

// Resume goes on with a bulk that was paused, or that was found in the journal. It is confirmed by who calls it.
func (b *Batch) Resume() error {
	h := b.hand
	if h.o.ReadOnly {
		return refuse("read_only", "")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.state {
	case BulkPaused:
	case BulkInterrupted:
		for _, p := range b.Deed.Params {
			if p.Secret && b.Args[p.Name] == Mask {
				return refuse("secret_gone", p.Name)
			}
		}
		if err := b.hold(); err != nil {
			return err
		}
	default:
		return refuse("not_paused", b.state)
	}
	for i := range b.items { // for these nothing left, and nobody was asked
		if it := &b.items[i]; it.State == Refused && it.Run == "" && away(it.Reason.Code) {
			it.State, it.Reason = ItemWaiting, Reason{}
		}
	}
	b.counted, b.seenBad = b.over(), b.bad()
	if err := h.o.Journal.Add(Entry{Event: EventResume, Batch: b.ID}); err != nil {
		return refuse("journal", platform.CleanLine(err.Error()))
	}
	b.run()
	return nil
}

// Stop ends it: what was not begun is left out; what runs goes on.
func (b *Batch) Stop() {
	b.mu.Lock()
	if b.state == BulkInterrupted {
		b.skipRest()
		b.state = BulkStopped
		_ = b.hand.o.Journal.Add(Entry{Event: EventEnd, Batch: b.ID, Outcome: BulkStopped}) // told again at the next start if it could not be written
	}
	b.mu.Unlock()
	b.set(BulkPaused, BulkStopped, "", EventPause)
	b.set(BulkRunning, BulkStopped, "", EventPause)
}

func (b *Batch) set(from, to, why, event string) {
	b.mu.Lock()
	moved := b.state == from
	if moved {
		b.state, b.why = to, why
	}
	b.mu.Unlock()
	if moved {
		_ = b.hand.o.Journal.Add(Entry{Event: event, Batch: b.ID, Outcome: to, Note: why}) // a pause that is not told is a pause
		b.ring()
		b.hand.ring()
	}
}

func (b *Batch) ring() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// leave begins nothing new since the program ends; the journal keeps it to be resumed.
func (b *Batch) leave() {
	b.mu.Lock()
	b.left = true
	b.mu.Unlock()
	b.ring()
}

// run starts the worker; b.mu is held.
func (b *Batch) run() {
	b.state, b.why = BulkRunning, ""
	if b.working {
		b.ring()
		return
	}
	b.working = true
	b.hand.work.Go(b.work)
	b.hand.ring()
}

// work begins items as long as there is room, until nothing is left.
func (b *Batch) work() {
	running := 0
	ended := make(chan struct{}, len(b.items))
	for {
		b.mu.Lock()
		next := -1
		if b.state == BulkRunning && !b.left && running < b.options.Together {
			next = slices.IndexFunc(b.items, func(i Item) bool { return i.State == ItemWaiting })
		}
		waiting := slices.ContainsFunc(b.items, func(i Item) bool { return i.State == ItemWaiting })
		over := running == 0 && (b.state == BulkStopped || b.left || !waiting)
		if over {
			b.end(waiting)
			b.mu.Unlock()
			b.hand.ring()
			return
		}
		if next >= 0 {
			b.items[next].State = ItemRunning
			running++
		}
		b.mu.Unlock()
		if next >= 0 {
			go func() { b.one(next); ended <- struct{}{} }()
			b.hand.ring()
			continue
		}
		select {
		case <-ended:
			running--
			b.judge()
		case <-b.wake:
		}
	}
}

// end closes the books; b.mu is held.
func (b *Batch) end(waiting bool) {
	b.working = false
	if b.left && waiting && b.state != BulkStopped {
		b.unlock()
		return // to be resumed by the next process
	}
	if b.ended = b.hand.o.Clock(); b.state == BulkStopped {
		b.skipRest()
	} else {
		b.state = BulkOver
	}
	_ = b.hand.o.Journal.Add(Entry{Event: EventEnd, Batch: b.ID, Outcome: b.state}) // found as interrupted, with nothing left to do, if it could not be written
	b.unlock()
}

func (b *Batch) skipRest() {
	for i := range b.items {
		if b.items[i].State == ItemWaiting {
			b.items[i].State, b.items[i].Reason = ItemSkipped, Reason{Code: "stopped"}
		}
	}
}

// away reports whether a reason is that a system cannot be asked at all: it says nothing of the thing, which may be done when the system is back.
func away(code string) bool { return code == "source_down" || code == "unauthorised" }

// systemic reports whether a reason has little to do with the one thing that it was given for: the others will meet it too, so that it counts as gone wrong, where a thing that
// is locked or has nothing to do is left out.
func systemic(code string) bool {
	return away(code) || code == "no_right" || code == "not_configured" || code == "unreadable" || code == "journal"
}

// one plans and does one item and waits for its verdict. What turns out to weigh more than what was confirmed is not done.
func (b *Batch) one(i int) {
	b.mu.Lock()
	sub := b.items[i].Subject
	b.mu.Unlock()
	put := func(f func(*Item)) {
		b.mu.Lock()
		f(&b.items[i])
		b.mu.Unlock()
		b.hand.ring()
	}
	skip := func(r Reason) {
		put(func(it *Item) {
			if it.State, it.Reason = ItemSkipped, r; systemic(r.Code) {
				it.State = Refused
			}
		})
	}
	p, err := b.hand.Plan(b.hand.ctx, b.Deed.ID, sub, b.Args)
	var no *Refusal
	switch {
	case errors.As(err, &no):
		skip(no.Reason)
		return
	case err != nil:
		put(func(it *Item) { it.State, it.Note = Refused, platform.CleanLine(err.Error()) })
		return
	case p.Risk > b.Risk:
		skip(Reason{Code: "riskier", Detail: p.Risk.Word()})
		return
	}
	if r := b.hand.permit(p, b.consent); !r.OK() {
		skip(r)
		return
	}
	r, err := b.hand.begin(p, b.consent, b.ID)
	if errors.As(err, &no) {
		skip(no.Reason)
		return
	}
	put(func(it *Item) { it.Run = r.ID })
	s := r.Wait(context.Background())
	put(func(it *Item) {
		it.State, it.Note = s.Outcome, s.Note
		if s.Phase != Settled { // the hand closed
			it.State = Unknown
		}
	})
}

// over is how many items ended, skipped ones left out; b.mu is held.
func (b *Batch) over() int {
	n := 0
	for i := range b.items {
		switch b.items[i].State {
		case Done, Failed, Refused, Unknown:
			n++
		}
	}
	return n
}

// bad is how many went wrong; b.mu is held.
func (b *Batch) bad() int {
	n := 0
	for i := range b.items {
		switch b.items[i].State {
		case Failed, Refused, Unknown:
			n++
		}
	}
	return n
}

// judge pauses the bulk when too much went wrong since it began or was resumed.
func (b *Batch) judge() {
	b.mu.Lock()
	all := 0
	for i := range b.items {
		if b.items[i].State != ItemSkipped {
			all++
		}
	}
	over, bad := b.over()-b.counted, b.bad()-b.seenBad
	limit := b.options.StopRatio * float64(max(over, min(all, 10)))
	stop := b.options.StopRatio > 0 && float64(bad) > limit
	b.mu.Unlock()
	if stop {
		b.set(BulkRunning, BulkPaused, "ratio", EventPause)
	}
}
