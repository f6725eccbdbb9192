package actions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// Options say what a hand may do, on what, in whose name.
type Options struct {
	Deeds   []Deed
	Systems Systems
	// Scene is what is known of a subject; nil knows nothing.
	Scene func(Subject) Scene
	// Look asks the sources to look again at a subject; nil asks nobody.
	Look func(Subject)
	// Journal is where deeds are told; nil keeps it in memory.
	Journal *Journal
	// Locks is the folder of the locks between processes, one a subject; "" locks within this one only.
	Locks  string
	Policy Policy
	// ReadOnly refuses every deed; plans are made all the same.
	ReadOnly bool
	Who      Who
	// Clock stamps; nil is time.Now.
	Clock func() time.Time
	// Pace divides the waits between two looks; 0 is 1.
	Pace float64
	Log  *slog.Logger
}

// Addressed is a Systems that can say where a system is, for the equivalent command line: its base URL without a trailing slash, and the
// headers that credentials go in, with placeholders of the shell: "x-dso-token: $DSOTOP_CONSOLE_TOKEN".
type Addressed interface {
	Address(system string) (base string, headers []string)
}

// Hand does deeds: one at a time per subject, each told in the journal before and after, none ever repeated, each looked at until it is known how it ended.
// What was begun outlives whoever asked for it. It is safe for concurrent use.
type Hand struct {
	o     Options
	deeds map[string]*Deed

	ctx context.Context //nolint:containedctx // of what outlives its callers; ended by Close
	// after is of what goes on once a deed has its verdict; ended when Close begins.
	after context.Context //nolint:containedctx // as above
	leave context.CancelFunc
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu      sync.Mutex
	runs    []*Run
	busy    map[string]*Run // by the subject's key
	batches []*Batch
	bells   map[chan struct{}]struct{}
	closed  bool
}

// New makes a hand. Deeds with an empty or doubled id are a mistake of the program, and an error.
func New(o Options) (*Hand, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Journal == nil {
		o.Journal = OpenJournal("", o.Clock)
	}
	if o.Pace <= 0 {
		o.Pace = 1
	}
	if o.Who.PID == 0 {
		o.Who.PID = os.Getpid()
	}
	h := &Hand{o: o, deeds: map[string]*Deed{}, busy: map[string]*Run{}, bells: map[chan struct{}]struct{}{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.after, h.leave = context.WithCancel(h.ctx)
	for i := range o.Deeds {
		d := &o.Deeds[i]
		if d.ID == "" || h.deeds[d.ID] != nil || d.Plan == nil {
			return nil, fmt.Errorf("deed %q: no id, twice the same, or nothing to plan it", d.ID)
		}
		h.deeds[d.ID] = d
	}
	return h, nil
}

// ReadOnly reports whether every deed is refused.
func (h *Hand) ReadOnly() bool { return h.o.ReadOnly }

// Who is in whose name deeds are done; its principal is the one the console tells, when it does.
func (h *Hand) Who() Who { return h.who(h.scene(Subject{Kind: OnPlatform})) }

func (h *Hand) who(s Scene) Who {
	w := h.o.Who
	if s.Principal != "" {
		w.Principal = s.Principal
	}
	return w
}

// Journal is where deeds are told.
func (h *Hand) Journal() *Journal { return h.o.Journal }

// Deed returns a deed by its id; nil when there is none.
func (h *Hand) Deed(id string) *Deed { return h.deeds[id] }

// Deeds are all deeds, in order.
func (h *Hand) Deeds() []Deed { return h.o.Deeds }

func (h *Hand) scene(sub Subject) Scene {
	s := Scene{}
	if h.o.Scene != nil {
		s = h.o.Scene(sub)
	}
	if s.Now.IsZero() {
		s.Now = h.o.Clock()
	}
	return s
}

// Scene is what is known of a subject.
func (h *Hand) Scene(sub Subject) Scene { return h.scene(sub) }

// Runs are what this process did or looks at, newest first.
func (h *Hand) Runs() []*Run {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := slices.Clone(h.runs)
	slices.Reverse(out)
	return out
}

// Run returns a run of this process; nil when there is none of that id.
func (h *Hand) Run(id string) *Run {
	for _, r := range h.Runs() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Running is how many deeds are not settled yet.
func (h *Hand) Running() int {
	n := 0
	for _, r := range h.Runs() {
		if r.State().Phase != Settled {
			n++
		}
	}
	return n
}

// Watch returns a bell that rings when a run or a bulk moved, until ctx ends.
func (h *Hand) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	h.bells[c] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() { h.mu.Lock(); delete(h.bells, c); h.mu.Unlock() })
	return c
}

func (h *Hand) ring() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// ErrLeft tells that deeds were left before it was known how they ended; the next start looks at them again.
var ErrLeft = errors.New("left before it was known how it ended")

// Close takes no more deeds, waits for those that run until ctx ends, and then leaves them: what has no verdict is looked at again at the next start.
func (h *Hand) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	batches := slices.Clone(h.batches)
	h.mu.Unlock()
	h.leave()
	for _, b := range batches {
		b.leave()
	}
	all := make(chan struct{})
	go func() { h.work.Wait(); close(all) }()
	select {
	case <-all:
		h.stop()
		return nil
	case <-ctx.Done():
		h.stop()
		select {
		case <-all:
		case <-time.After(2 * time.Second): // a call that does not heed its context
		}
		return ErrLeft
	}
}
