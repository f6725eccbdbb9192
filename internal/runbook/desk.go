package runbook

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dsotop/internal/actions"
)

// DeskOptions say what a desk plays with.
type DeskOptions struct {
	// Folders are a team's own books.
	Folders []string
	World   World
	// Store keeps the runs; nil keeps them in memory, for this process only.
	Store   *Store
	By      string // who plays: an account
	Profile string
	Clock   func() time.Time
	Log     *slog.Logger
	// Speech has the words of deeds.
	Speech Speech
	// Pace is how much faster Clock runs than ours; 0 is 1.
	Pace float64
}

// Desk plays books off the screen: each run has a goroutine of its own, goes on when whoever began it looks elsewhere, and waits on disk when the process ends. It is safe for
// concurrent use.
type Desk struct {
	o    DeskOptions
	ctx  context.Context //nolint:containedctx // of what outlives its callers; ended by Close
	stop context.CancelFunc
	work sync.WaitGroup

	once sync.Once
	lib  *Library

	mu    sync.Mutex
	live  map[string]*player
	over  map[string]Run // of runs without a store
	bells map[chan struct{}]struct{}
	seen  sight // of the store, for those who cannot wait for a disk
}

type player struct {
	m     *Machine
	held  *Held
	wake  chan struct{}
	fault string
}

// NewDesk returns a desk at which nothing is played yet.
func NewDesk(o DeskOptions) *Desk {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pace <= 0 {
		o.Pace = 1
	}
	d := &Desk{o: o, live: map[string]*player{}, over: map[string]Run{}, bells: map[chan struct{}]struct{}{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// Library is read at the first call.
func (d *Desk) Library() *Library {
	d.once.Do(func() { d.lib = Load(d.o.Folders...) })
	return d.lib
}

// Known is what is known on a selection.
func (d *Desk) Known(s Selection) Known { return d.o.World.Known(s) }

// By is who plays here.
func (d *Desk) By() string { return d.o.By }

// Info is a run with who plays it. Mine is true when this process does; Other names another one that does.
type Info struct {
	Run
	Mine  bool
	Other *Owner
	// Fault says why it does not go on: it cannot be saved, a book that cannot be read.
	Fault string
}

// Runs are all runs, newest first.
func (d *Desk) Runs() ([]Info, error) {
	kept, err := d.read()
	return d.among(kept), err
}

// among returns the runs played here and those of kept that are not, newest first.
func (d *Desk) among(kept []Info) []Info {
	d.mu.Lock()
	out := make([]Info, 0, len(d.live)+len(kept))
	mine := map[string]bool{}
	for id, p := range d.live {
		out = append(out, Info{Run: p.m.Run(), Mine: true, Fault: p.fault})
		mine[id] = true
	}
	for id, r := range d.over {
		if !mine[id] {
			out = append(out, Info{Run: r})
		}
	}
	d.mu.Unlock()
	for _, i := range kept {
		if !mine[i.ID] {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Info) int { return cmp.Compare(b.ID, a.ID) })
	return out
}

// read reads the runs of the store.
func (d *Desk) read() ([]Info, error) {
	if d.o.Store == nil {
		return nil, nil
	}
	kept, err := d.o.Store.List()
	out := make([]Info, 0, len(kept))
	for _, r := range kept {
		i := Info{Run: *r}
		if by, ok := d.o.Store.Played(r); ok {
			i.Other = &by
		}
		out = append(out, i)
	}
	return out, err
}

// Run returns one run; ok is false when there is none of that name.
func (d *Desk) Run(id string) (Info, bool) {
	if p := d.player(id); p != nil {
		d.mu.Lock()
		fault := p.fault
		d.mu.Unlock()
		return Info{Run: p.m.Run(), Mine: true, Fault: fault}, true
	}
	d.mu.Lock()
	r, ok := d.over[id]
	d.mu.Unlock()
	if ok || d.o.Store == nil {
		return Info{Run: r}, ok
	}
	kept, err := d.o.Store.Read(id)
	if err != nil {
		return Info{}, false
	}
	i := Info{Run: *kept}
	if by, ok := d.o.Store.Played(kept); ok {
		i.Other = &by
	}
	return i, true
}

func (d *Desk) player(id string) *player {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.live[id]
}

// Start begins a book. An error that is a *Lacks says what is missing.
func (d *Desk) Start(b *Book, sel Selection, params map[string]string, dry bool) (id string, err error) {
	r, err := Begin(b, d.o.World, sel, params, d.o.By, d.o.Profile, dry)
	if err != nil {
		return "", err
	}
	var held *Held
	if d.o.Store != nil {
		if held, err = d.o.Store.Create(r); err != nil {
			return "", err
		}
	}
	return r.ID, d.play(r, held)
}

// Resume goes on with a run that nobody plays; one that is played gives a *HeldError.
func (d *Desk) Resume(id string) error {
	return d.claim(id, func(s *Store) (*Held, *Run, error) { return s.Claim(id, d.o.Clock()) })
}

// TakeOver goes on with a run whoever plays it.
func (d *Desk) TakeOver(id string) error {
	return d.claim(id, func(s *Store) (*Held, *Run, error) { return s.TakeOver(id, d.o.Clock()) })
}

func (d *Desk) claim(id string, take func(*Store) (*Held, *Run, error)) error {
	if d.player(id) != nil {
		return nil
	}
	if d.o.Store == nil {
		return wrong("les passages ne sont pas gardés ici", "runs are not kept here")
	}
	held, r, err := take(d.o.Store)
	if err != nil {
		return err
	}
	if r.State.Over() {
		held.Close()
		return wrong("ce passage est fini", "this run is over")
	}
	return d.play(r, held)
}

func (d *Desk) play(r *Run, held *Held) error {
	var keep Keeper
	if held != nil {
		keep = held
	}
	m, err := NewMachine(r, d.o.World, keep)
	if err != nil {
		if held != nil {
			held.Close()
		}
		return err
	}
	m.Speak(d.o.Speech)
	p := &player{m: m, held: held, wake: make(chan struct{}, 1)}
	d.mu.Lock()
	d.live[r.ID] = p
	d.mu.Unlock()
	d.work.Go(func() { d.drive(r.ID, p) })
	d.ring()
	return nil
}

// faultWait is how long a run that cannot go on (a full disk) waits before it tries again.
const faultWait = 5 * time.Second

// drive steps a run until it is over, taken over, or the desk closes.
func (d *Desk) drive(id string, p *player) {
	defer func() {
		d.mu.Lock()
		delete(d.live, id)
		if d.o.Store == nil {
			d.over[id] = p.m.Run()
		}
		d.mu.Unlock()
		if p.held != nil {
			p.held.Close()
		}
		d.ring()
	}()
	shown := State("")
	for d.ctx.Err() == nil {
		turn, err := p.m.Step(d.ctx)
		fault := ""
		if err != nil {
			if _, taken := errors.AsType[*TakenError](err); taken || d.ctx.Err() != nil {
				return
			}
			fault = err.Error()
			d.o.Log.Warn("A run does not go on", "run", id, "error", err)
		}
		d.mu.Lock()
		p.fault = fault
		d.mu.Unlock()
		if turn.State != Waiting || shown != Waiting {
			d.ring()
		}
		shown = turn.State
		if turn.State.Over() && err == nil {
			return
		}
		if turn.State == Playing && err == nil {
			continue
		}
		wait := faultWait
		if err == nil && turn.State == Waiting {
			wait = min(max(turn.Look.Sub(d.o.Clock()), 200*time.Millisecond), followEvery)
			wait = max(time.Duration(float64(wait)/d.o.Pace), 20*time.Millisecond)
		}
		var after <-chan time.Time
		timer := time.NewTimer(wait)
		if err != nil || turn.State == Waiting {
			after = timer.C
		}
		select {
		case <-after:
		case <-p.wake:
		case <-d.ctx.Done():
		}
		timer.Stop()
	}
}

// with calls f on the machine of a run that is played here, and lets it go on.
func (d *Desk) with(id string, f func(*Machine) error) error {
	p := d.player(id)
	if p == nil {
		return ErrNotAsked
	}
	err := f(p.m)
	select {
	case p.wake <- struct{}{}:
	default:
	}
	d.ring()
	return err
}

// Answer answers a question of a run.
func (d *Desk) Answer(id, step, value string) error {
	return d.with(id, func(m *Machine) error { return m.Answer(step, value, d.o.By) })
}

// Consent does what a run has planned.
func (d *Desk) Consent(id, step string, c actions.Consent) error {
	return d.with(id, func(m *Machine) error { return m.Consent(step, c, d.o.By) })
}

// Decline refuses what a run has planned.
func (d *Desk) Decline(id, step string) error {
	return d.with(id, func(m *Machine) error { return m.Decline(step, d.o.By) })
}

// Resolve says what to do after a failure: Retry, GoOn or GiveUp.
func (d *Desk) Resolve(id, step, what string) error {
	return d.with(id, func(m *Machine) error { return m.Resolve(step, what, d.o.By) })
}

// Replan makes a plan anew that has become old.
func (d *Desk) Replan(id string) error { return d.with(id, (*Machine).Replan) }

// Abandon ends a run; one that nobody plays is claimed for that.
func (d *Desk) Abandon(id, why string) error {
	if d.player(id) == nil {
		if err := d.Resume(id); err != nil {
			return err
		}
	}
	return d.with(id, func(m *Machine) error { return m.Abandon(d.o.By, why) })
}

// Watch returns a bell that rings when a run moved, until ctx ends.
func (d *Desk) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	d.mu.Lock()
	d.bells[c] = struct{}{}
	d.mu.Unlock()
	context.AfterFunc(ctx, func() { d.mu.Lock(); delete(d.bells, c); d.mu.Unlock() })
	return c
}

func (d *Desk) ring() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Close leaves all runs where they are: they are on disk, and may be resumed.
func (d *Desk) Close() {
	d.mu.Lock()
	d.stop()
	d.mu.Unlock()
	d.work.Wait()
}
