package world

import (
	"container/heap"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Options choose a world. The zero value is the small world of seed 0 starting now.
type Options struct {
	Seed int64
	Size Size // "" is Small
	// Clock tells the time while [World.Run] runs, and the moment at which the world begins. nil is time.Now.
	Clock func() time.Time
	// Pace is a clock that somebody leads, in the place of Clock; nil: nobody does.
	Pace *Clock
	// Churn adds changes at fixed rates, for load tests. The zero value adds none.
	Churn Churn
	// Calm leaves out everything that the stories do by themselves: time passes, series go on, and nothing happens but Churn.
	Calm bool
	// LogRate is how many lines a second the numbered container of the size [Logs] writes since the world began; 0 goes on as before.
	LogRate int
}

// Churn is how many changes a second are made beside those that the stories ask for.
type Churn struct{ Pods, Applications, Pipelines float64 }

// BudgetChurn is the "churn" work load of the performance budgets.
func BudgetChurn() Churn { return Churn{Pods: 20, Applications: 5, Pipelines: 2} }

// ringSize is how many changes are remembered: a watcher further behind has to list again.
const ringSize = 1 << 14

// World is one simulated platform. Its methods may be called from many goroutines, but not from inside the functions given to
// [World.View] and [World.Update], except Now, Rev and Start which take no lock.
type World struct {
	opts  Options
	start time.Time
	rev   atomic.Uint64
	now   atomic.Int64 // Unix nanoseconds
	live  atomic.Bool

	mu     sync.RWMutex
	state  *State
	rng    *rand.Rand
	due    dueHeap
	seq    uint64
	ring   []Change // ring[rev%ringSize]
	floor  uint64   // changes with a revision ≤ floor are forgotten
	wake   chan struct{}
	sooner chan struct{} // rings in Run after an update
	ids    counters
}

// counters give out the numbers that tools count by themselves.
type counters struct{ git, pipeline, job, harbor, artifact, tag, token int64 }

// New makes a world. The same options (the clock's first answer included) make the same world.
func New(o Options) *World {
	if o.Size == "" {
		o.Size = Small
	}
	if o.Pace != nil {
		o.Clock = o.Pace.Now
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	w := &World{opts: o, start: o.Clock().UTC().Truncate(time.Second), wake: make(chan struct{}), sooner: make(chan struct{}, 1)}
	w.now.Store(w.start.UnixNano())
	w.rng = rand.New(rand.NewPCG(uint64(o.Seed), 0x9e3779b97f4a7c15))
	b := newBuilder(w)
	b.build()
	for _, a := range w.state.Applications {
		a.HealthSince, a.was = a.healthBegan(), a.Health
	}
	w.rev.Store(b.rev)
	w.floor = b.rev
	w.schedule()
	if o.Pace != nil {
		o.Pace.change(func() { o.Pace.step = w.Step })
	}
	return w
}

// Seed returns the seed the world was made from.
func (w *World) Seed() int64 { return w.opts.Seed }

// Start returns the moment at which the world began.
func (w *World) Start() time.Time { return w.start }

// Now returns the world's time: the clock's while Run runs, else that of the last Step. It never goes back.
func (w *World) Now() time.Time {
	if w.live.Load() {
		if t := w.opts.Clock(); t.UnixNano() > w.now.Load() {
			return t.UTC()
		}
	}
	return time.Unix(0, w.now.Load()).UTC()
}

// Rev returns the newest revision: the highest Rev of any object.
func (w *World) Rev() uint64 { return w.rev.Load() }

// View calls f with the state, which must only be read, and only until f returns.
func (w *World) View(f func(*State)) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	f(w.state)
}

// Tx is one change of the world.
type Tx struct {
	State *State
	Now   time.Time
	w     *World
}

// Update calls f alone with the state, to change it. Objects that clients watch must be passed to [Tx.Touch].
func (w *World) Update(f func(*Tx)) {
	w.mu.Lock()
	before := w.rev.Load()
	f(&Tx{State: w.state, Now: w.Now(), w: w})
	w.announce(before)
	w.mu.Unlock()
	select {
	case w.sooner <- struct{}{}:
	default:
	}
}

// announce wakes those who wait when the revision moved. The lock is held.
func (w *World) announce(before uint64) {
	if w.rev.Load() == before {
		return
	}
	close(w.wake)
	w.wake = make(chan struct{})
}

// Touch gives obj a new revision and a line in the change log. obj is a *Pod, *Event, *Workload, *Quota, *Namespace, *Application or
// *Project; anything else panics, since nobody could watch it.
func (tx *Tx) Touch(obj any, how ChangeType) {
	rev := tx.w.rev.Load() + 1
	c := Change{Rev: rev, Type: how, Object: obj}
	switch o := obj.(type) {
	case *Pod:
		o.Rev, c.Kind = rev, KindPod
	case *Event:
		o.Rev, c.Kind = rev, KindEvent
	case *Workload:
		o.Rev, c.Kind = rev, KindWorkload
	case *Quota:
		o.Rev, c.Kind = rev, KindQuota
	case *Namespace:
		o.Rev, c.Kind = rev, KindNamespace
	case *Application:
		o.Rev, c.Kind = rev, KindApplication
		if o.Health != o.was {
			o.HealthSince, o.was = tx.Now, o.Health
		}
	case *Project:
		o.Rev, c.Kind = rev, KindProject
	default:
		panic(fmt.Sprintf("world: nobody watches a %T", obj))
	}
	w := tx.w
	if w.ring == nil {
		w.ring = make([]Change, ringSize)
	}
	w.ring[rev%ringSize] = c
	if rev > ringSize && rev-ringSize > w.floor {
		w.floor = rev - ringSize
	}
	w.rev.Store(rev)
}

// Since returns the changes after rev, oldest first. ok is false when rev is too old: some of them are forgotten.
func (w *World) Since(rev uint64) (changes []Change, ok bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	last := w.rev.Load()
	if rev >= last {
		return nil, true
	}
	if rev < w.floor {
		return nil, false
	}
	changes = make([]Change, 0, last-rev)
	for r := rev + 1; r <= last; r++ {
		changes = append(changes, w.ring[r%ringSize])
	}
	return changes, true
}

// Wait returns nil once Rev() > rev, or the context's error.
func (w *World) Wait(ctx context.Context, rev uint64) error {
	for {
		w.mu.RLock()
		wake := w.wake
		w.mu.RUnlock()
		if w.rev.Load() > rev {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		}
	}
}

// due is something that will happen.
type due struct {
	at  time.Time
	seq uint64
	do  func(*Tx)
}

type dueHeap []due

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)   { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = due{}
	*h = old[:len(old)-1]
	return x
}

// at plans f for t. The lock is held, or the world is not shared yet. f sees t as the time, however late it runs, so that what
// happens does not depend on how time is cut into steps.
func (w *World) at(t time.Time, f func(*Tx)) {
	w.seq++
	heap.Push(&w.due, due{at: t, seq: w.seq, do: f})
}

// after plans f for d after the transaction's time.
func (tx *Tx) after(d time.Duration, f func(*Tx)) { tx.w.at(tx.Now.Add(d), f) }

// Step lets everything happen that is due until t, which becomes the world's time. A time in the past does nothing.
func (w *World) Step(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.rev.Load()
	for len(w.due) > 0 && !w.due[0].at.After(t) {
		next := heap.Pop(&w.due).(due)
		next.do(&Tx{State: w.state, Now: next.at, w: w})
	}
	if n := t.UnixNano(); n > w.now.Load() {
		w.now.Store(n)
	}
	w.announce(before)
}

// Run lets the world live by its clock until ctx ends. It sleeps until the next thing is due.
func (w *World) Run(ctx context.Context) {
	w.live.Store(true)
	defer w.live.Store(false)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		w.Step(w.opts.Clock().UTC())
		next := w.opts.Clock().Add(time.Hour)
		w.mu.RLock()
		if len(w.due) > 0 {
			next = w.due[0].at
		}
		w.mu.RUnlock()
		var moved <-chan struct{}
		wait := next.Sub(w.opts.Clock())
		if w.opts.Pace != nil {
			wait, moved = w.opts.Pace.wait(next)
		}
		// Changes a few milliseconds apart are made together: nobody sees the difference, and the process sleeps longer.
		timer.Reset(max(wait, 20*time.Millisecond))
		select {
		case <-ctx.Done():
			return
		case <-moved:
		case <-w.sooner: // somebody did something: what follows from it may be due before the rest
		case <-timer.C:
		}
	}
}

// Fingerprint is a hash of everything that can change, to compare two worlds.
func (w *World) Fingerprint() uint64 {
	h := fnv.New64a()
	w.View(func(s *State) {
		fmt.Fprint(h, w.rev.Load(), s.ConsoleVersion, len(s.Projects), len(s.Alerts))
		for _, p := range s.Projects {
			fmt.Fprint(h, p.ID, p.Slug, p.Status, p.Rev, len(p.Log), p.LastProvisioned)
			for _, r := range p.Repositories {
				fingerprintRepo(h, r)
			}
			if p.Mirror != nil {
				fingerprintGit(h, p.Mirror)
			}
		}
		for _, a := range s.Applications {
			fmt.Fprint(h, a.UID, a.Name, a.Sync, a.Health, a.Revision, a.Images, a.Rev)
		}
		for _, a := range s.Alerts {
			fmt.Fprint(h, a.Name, a.State, a.ActiveAt.UnixNano())
		}
		for _, c := range s.Clusters {
			for _, n := range c.Namespaces {
				fingerprintNamespace(h, n)
			}
		}
	})
	return h.Sum64()
}
