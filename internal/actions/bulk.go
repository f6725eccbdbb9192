package actions

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dsotop/internal/platform"
)

// BulkOptions say how a bulk goes.
type BulkOptions struct {
	// Together is how many are done at a time; 0 is the deed's own number, at least one.
	Together int
	// StopRatio pauses the bulk when more than this part of what is over went wrong (failed, refused, unknown): 0.1 is 10 %. As long as fewer than ten are over, it is of ten (or of all,
	// when there are fewer). 0 never pauses it.
	StopRatio float64
}

// The states of a bulk.
const (
	BulkPlanned     = "planned"
	BulkRunning     = "running"
	BulkPaused      = "paused" // nothing new is begun; what runs goes on
	BulkStopped     = "stopped"
	BulkOver        = "done"
	BulkInterrupted = "interrupted" // found in the journal: its process ended before it did
)

// The states of an item beside the outcomes of a deed.
const (
	ItemWaiting = "waiting"
	ItemRunning = "running"
	ItemSkipped = "skipped" // it could not be done, or was not begun when the bulk was stopped
)

// Item is one thing of a bulk.
type Item struct {
	Subject Subject
	State   string // waiting, running, skipped, done, failed, refused, unknown
	Reason  Reason // why it was skipped
	Run     string // id; "" until it began
	Note    string
}

// Batch is a deed on many subjects: our own queue, a result for each. It is safe for concurrent use.
type Batch struct {
	ID   string
	Deed *Deed
	Args Args // as given; not to be shown

	// Sample is the plan of the first subject that can be done, to be shown; nil when there is none, or when the bulk was found in the journal.
	Sample *Plan
	Risk   Risk // the highest of its subjects
	// Type is what must be typed: the number of subjects that will be done, for production and destruction.
	Type string

	hand    *Hand
	options BulkOptions
	consent Consent

	mu      sync.Mutex
	items   []Item
	state   string
	why     string // of a pause: "ratio" or ""
	counted int    // items over before the last resume, and those of them that had gone wrong: somebody saw them and went on
	seenBad int
	working bool // its worker lives
	left    bool // the hand closes
	wake    chan struct{}
	unlock  func()
}

// Options are how it goes, its defaults filled in.
func (b *Batch) Options() BulkOptions { return b.options }

// Bulk prepares a deed on many subjects, and plans the first one that can be done. Nothing is sent before Start.
func (h *Hand) Bulk(ctx context.Context, deedID string, subs []Subject, args Args, o BulkOptions) (*Batch, error) {
	d := h.deeds[deedID]
	if d == nil {
		return nil, refuse("unknown_deed", deedID)
	}
	if !d.Bulk {
		return nil, refuse("no_bulk", deedID)
	}
	b := &Batch{ID: newID(), Deed: d, Args: args, hand: h, options: o, state: BulkPlanned, wake: make(chan struct{}, 1)}
	if b.options.Together <= 0 {
		b.options.Together = max(d.Together, 1)
	}
	seen := map[string]bool{}
	possible := 0
	var first error
	for _, sub := range subs {
		if seen[sub.Key()] {
			continue
		}
		seen[sub.Key()] = true
		item := Item{Subject: sub, State: ItemWaiting}
		risk := raise(d.Base, sub)
		if !slices.Contains(d.On, sub.Kind) {
			item.State, item.Reason = ItemSkipped, Reason{Code: "wrong_subject", Detail: string(sub.Kind)}
		} else if r := h.against(d, h.scene(sub), sub, risk, false); !r.OK() {
			item.State, item.Reason = ItemSkipped, r
		} else if b.Sample == nil {
			p, err := h.Plan(ctx, deedID, sub, args)
			var no *Refusal
			switch {
			case err == nil:
				b.Sample = p
				b.Risk = max(b.Risk, p.Risk)
			case errors.As(err, &no):
				item.State, item.Reason = ItemSkipped, no.Reason
			default:
				item.State, item.Reason = ItemSkipped, Reason{Code: "source_down", Detail: platform.CleanLine(err.Error())}
			}
			if err != nil && first == nil {
				first = err
			}
		}
		if item.State == ItemWaiting {
			possible++
			b.Risk = max(b.Risk, risk)
		}
		b.items = append(b.items, item)
	}
	if possible == 0 {
		if first == nil && len(b.items) > 0 {
			first = &Refusal{b.items[0].Reason}
		}
		if first == nil {
			first = refuse("nothing_to_do", "")
		}
		return nil, first
	}
	if b.Risk >= RiskProduction {
		b.Type = strconv.Itoa(possible)
	}
	h.mu.Lock()
	h.batches = append(h.batches, b)
	h.mu.Unlock()
	return b, nil
}

// Batches are the bulks of this process and those found in the journal, newest first. One that was only prepared is not among them.
func (h *Hand) Batches() []*Batch {
	h.mu.Lock()
	all := slices.Clone(h.batches)
	h.mu.Unlock()
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(b *Batch) bool { return b.State() == BulkPlanned })
}

// Batch returns a bulk by its id; nil when there is none.
func (h *Hand) Batch(id string) *Batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range h.batches {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// State is planned, running, paused, stopped, done or interrupted.
func (b *Batch) State() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Why is why it is paused: "ratio" when too much went wrong; "" when somebody paused it.
func (b *Batch) Why() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.why
}

// Items are its subjects in order, each with its result so far.
func (b *Batch) Items() []Item {
	b.mu.Lock()
	out := slices.Clone(b.items)
	b.mu.Unlock()
	for i := range out {
		if out[i].State != Unknown || out[i].Run == "" {
			continue
		}
		if r := b.hand.Run(out[i].Run); r != nil { // looked at again after a start
			if s := r.State(); s.Phase == Settled {
				out[i].State, out[i].Note = s.Outcome, s.Note
			}
		}
	}
	return out
}

// Tally counts its items by state.
func (b *Batch) Tally() map[string]int {
	out := map[string]int{}
	for _, it := range b.Items() {
		out[it.State]++
	}
	return out
}

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
	if err := h.o.Journal.Add(e); err != nil {
		b.unlock()
		return refuse("journal", platform.CleanLine(err.Error()))
	}
	b.consent = c
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
	if b.state == BulkStopped {
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
	skip := func(r Reason) { put(func(it *Item) { it.State, it.Reason = ItemSkipped, r }) }
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
		if e.Event != EventBatch || over[e.Batch] || d == nil || h.Batch(e.Batch) != nil {
			continue
		}
		b := &Batch{ID: e.Batch, Deed: d, Args: e.Args, hand: h, consent: Consent{Approver: e.Approver}, state: BulkInterrupted, wake: make(chan struct{}, 1), options: BulkOptions{Together: max(d.Together, 1)}}
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
