package sources

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"dsotop/internal/store"
)

// Sweep reads details scope by scope (project ids, mostly): what is in view first and often, the rest slowly in the background,
// so that a thousand projects never burst. A scope that is forbidden or absent is left alone for five minutes, then longer, up to
// an hour; one that fails otherwise backs off alone; a failure of the whole system pauses the sweep. In the health it is one part: a problem that says
// how many scopes fail.
type Sweep struct {
	// Part names it in the health: "environments", "pipelines".
	Part string
	// Every is the age after which a scope in the background is read again; InView the same for scopes in view, 0 means a tenth.
	Every  time.Duration
	InView time.Duration
	// Kinds are what Do writes, by Source, on the shelves of its scope. When given, a scope on screen whose shelves a reading left as they
	// were is read less often, up to four times less, until one changes; what a person points at never is. Nil: always at InView.
	Kinds  []store.Shelved
	Source string
	// Moved is for what is not on a shelf of its scope: it returns a number that changes when a reading of a scope brings something new. It
	// then counts instead of Kinds. It is called from one goroutine.
	Moved func(scope string) uint64
	// Calmest is how many doublings of InView a scope can earn by not changing; 0 means two.
	Calmest int
	// Omen is a kind, of any source, whose change foretells one here: the scope in view is then read soon. Nil: nothing does.
	Omen store.Shelved
	// Rate is how many background scopes are begun a second; 0 means 1. What is in view is only bound by Parallel, and by the
	// rate of the transport.
	Rate float64
	// Parallel is how many scopes are read at the same time; 0 means 3. One of them is kept for what is in view.
	Parallel int
	// Scopes lists all scopes there are, most wanted first, e.g. from the newest snapshot. It is called from one goroutine when
	// the store changed, and must be cheap.
	Scopes func() []string
	// Do reads one scope and writes its shelves. It must end with its context.
	Do func(ctx context.Context, scope string) error
	// Closer reads a scope that a person points at instead of Do, when there is more to know of it than what a line of a screen shows. One that
	// Do has read is read again at once when a person comes to point at it. Nil: Do is all there is.
	Closer func(ctx context.Context, scope string) error
	// Gone, when not nil, is told of a scope that left the list, to drop its shelves.
	Gone func(scope string)
}

// ErrNotYet is what Do answers when what it rests on was not read yet, the list of a fleet for instance. The scope keeps its turn, and
// counts as pending.
var ErrNotYet = errors.New("not yet")

// Scopes are listed at once when the first ones appear, then no more often than this: the store changes at every detail that is read, the
// list when a project comes.
const (
	firstListing = 100 * time.Millisecond
	nextListing  = 3 * time.Second
)

// Of what is on screen, the first scopes are what a person points at: a cursor, or a page of its own with what belongs to it.
const (
	pointedAt = 2
	// calmest is how many doublings of its period a scope can earn by not changing, unless a sweep says otherwise.
	calmest = 2
	// omenHurry is by how much sooner a scope is read when something foretold a change.
	omenHurry = 4
)

// notYetAgain is when such a scope is tried again.
const notYetAgain = 300 * time.Millisecond

func (s Sweep) name() string { return s.Part }

func (s Sweep) run(ctx context.Context, b *Board, bell *bell) {
	sw := newSweeper(ctx, s, b, bell)
	changed := make(chan struct{}, 1)
	sub := b.Store.Subscribe(b.paced(firstListing))
	var listed atomic.Bool // there are scopes: new ones may wait
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		defer sub.Close()
		for {
			if _, ok := sub.Next(ctx); !ok {
				return
			}
			select {
			case changed <- struct{}{}:
			default:
			}
			if listed.Load() && !waitFor(ctx, b.together(b.paced(nextListing)), nil) {
				return
			}
		}
	}()
	interest, stop := b.Interest.Changed()
	defer stop()

	sw.list()
	sw.view()
	for ctx.Err() == nil {
		b.Health.pending(s.Part, sw.unread())
		listed.Store(len(sw.scopes) > 0)
		timer := time.NewTimer(b.together(sw.launch()))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-changed:
			sw.list()
		case <-interest:
			sw.view()
		case <-bell.c:
			sw.rung(bell.wasPoked())
		case r := <-sw.done:
			sw.settle(r)
		}
		timer.Stop()
	}
	for sw.running > 0 {
		<-sw.done
		sw.running--
	}
	<-watching
}

// ProjectScopes lists the ids of the projects that are not archived, whatever source knows them: what most sweeps go through. The
// function costs nothing as long as no project changed. It is for one goroutine at a time; its lists are read-only.
func ProjectScopes(st *store.Store) func() []string {
	var ids []string
	var rev uint64
	return func() []string {
		snap := st.Current()
		now := store.Projects.Rev(snap)
		if now == rev && now != 0 {
			return ids
		}
		ids, rev = nil, now
		seen := map[string]bool{}
		for shelf := range store.Projects.All(snap) {
			for _, p := range shelf.Items {
				if !p.Archived() && !seen[p.ID] {
					seen[p.ID] = true
					ids = append(ids, p.ID)
				}
			}
		}
		slices.Sort(ids)
		return ids
	}
}
