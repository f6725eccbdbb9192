package actions

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

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
	Reason  Reason // why it was skipped, or refused before anything left
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
	began   time.Time // zero until it is started
	by      Who
	ended   time.Time // zero until it is over
	why     string    // of a pause: "ratio" or ""
	counted int       // items over before the last resume, and those of them that had gone wrong: somebody saw them and went on
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

// Begun is when it was started, and by whom; the zero time until then.
func (b *Batch) Begun() (at time.Time, by Who) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.began, b.by
}

// Ended is when it was over, as far as this process saw it; the zero time until then.
func (b *Batch) Ended() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ended
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
