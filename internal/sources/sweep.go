package sources

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"dsotop/internal/sources/transport"
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
	// Gone, when not nil, is told of a scope that left the list, to drop its shelves.
	Gone func(scope string)
}

// ErrNotYet is what Do answers when what it rests on was not read yet, the list of a fleet for instance. The scope keeps its turn, and
// counts as pending.
var ErrNotYet = errors.New("not yet")

// Scopes are listed at once when the first ones appear, then no more often than this.
const (
	firstListing = 100 * time.Millisecond
	nextListing  = time.Second
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
			if listed.Load() && !waitFor(ctx, b.paced(nextListing), nil) {
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
		timer := time.NewTimer(sw.launch())
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

// sweeper is the state of a running sweep; one goroutine owns it.
type sweeper struct {
	Sweep
	ctx    context.Context
	b      *Board
	bell   *bell
	scopes []string // order of the background
	wanted []string // in view and known, most wanted first
	state  map[string]*scopeState
	inView map[string]bool

	running    int
	background int // of those running
	done       chan sweepResult
	nextBack   time.Time // earliest start of the next background read
	paused     time.Time // no read before, the whole system fails
	shared     int       // failures of the whole system in a row
	sharedErr  bool      // the last answer was such a failure
	probe      string    // the scope that met it
	reported   bool      // the health has heard of us
}

type scopeState struct {
	read     time.Time // end of the last read, good or not; zero: never
	again    time.Time // after a failure: not before
	failures int
	err      error
	running  bool
	seen     bool // read once, well or not
}

type sweepResult struct {
	scope      string
	background bool
	err        error
}

func newSweeper(ctx context.Context, s Sweep, b *Board, bell *bell) *sweeper {
	if s.InView <= 0 {
		s.InView = s.Every / 10
	}
	if s.Rate <= 0 {
		s.Rate = 1
	}
	if s.Parallel <= 0 {
		s.Parallel = 3
	}
	return &sweeper{Sweep: s, ctx: ctx, b: b, bell: bell, state: map[string]*scopeState{}, done: make(chan sweepResult, s.Parallel)}
}

// list takes the scopes there are now.
func (s *sweeper) list() {
	s.scopes = s.Scopes()
	known := make(map[string]bool, len(s.scopes))
	for _, scope := range s.scopes {
		known[scope] = true
		if s.state[scope] == nil {
			s.state[scope] = &scopeState{}
		}
	}
	for scope, st := range s.state {
		if known[scope] || st.running {
			continue
		}
		delete(s.state, scope)
		if s.Gone != nil {
			s.Gone(scope)
		}
	}
	s.view()
	s.report()
}

// view takes what people look at.
func (s *sweeper) view() {
	s.wanted, s.inView = s.wanted[:0], map[string]bool{}
	for _, scope := range s.b.Interest.Wanted() {
		if s.state[scope] != nil {
			s.wanted = append(s.wanted, scope)
			s.inView[scope] = true
		}
	}
}

// rung makes scopes due: after a poke all of them (the background keeps its rate), else those that wait for the system.
func (s *sweeper) rung(poked bool) {
	s.paused = time.Time{}
	if st := s.state[s.probe]; s.sharedErr && st != nil {
		st.again = time.Now()
	}
	if !poked {
		return
	}
	for _, st := range s.state {
		st.read, st.again = time.Time{}, time.Time{}
	}
}

// launch starts what is due and may start, and returns how long nothing else will.
func (s *sweeper) launch() time.Duration {
	now := time.Now()
	const idle = time.Hour // a bell or a result wakes us before
	if now.Before(s.paused) {
		return s.paused.Sub(now)
	}
	limit := s.Parallel
	if s.sharedErr {
		limit = 1 // one probe until the system is back
	}
	next := idle
	for _, scope := range s.wanted {
		due := s.due(s.state[scope], s.InView, now)
		if due > 0 {
			next = min(next, due)
			continue
		}
		if s.state[scope].running {
			continue
		}
		if s.running >= limit {
			return idle
		}
		s.start(scope, false)
	}
	for s.running < limit && s.background < max(1, s.Parallel-1) {
		scope, due := s.oldest(now)
		if scope == "" {
			return min(next, due)
		}
		if wait := s.nextBack.Sub(now); wait > 0 {
			return min(next, wait)
		}
		s.nextBack = now.Add(max(s.b.paced(time.Duration(float64(time.Second)/s.Rate)), time.Microsecond))
		s.start(scope, true)
	}
	return next
}

// due is how long until a scope may be read; 0 or less means now.
func (s *sweeper) due(st *scopeState, age time.Duration, now time.Time) time.Duration {
	if !st.again.IsZero() {
		return st.again.Sub(now)
	}
	if st.read.IsZero() {
		return 0
	}
	return st.read.Add(s.b.paced(age)).Sub(now)
}

// oldest finds the scope to read next in the background: never read first, in the order given, then the oldest. scope is "" when
// none is due, and due is then the wait for the first that will be.
func (s *sweeper) oldest(now time.Time) (scope string, due time.Duration) {
	due = time.Hour
	var best *scopeState
	for _, name := range s.scopes {
		st := s.state[name]
		if st.running || s.inView[name] {
			continue
		}
		if d := s.due(st, s.Every, now); d > 0 {
			due = min(due, d)
			continue
		}
		if best == nil || st.read.Before(best.read) {
			scope, best = name, st
		}
	}
	return scope, due
}

func (s *sweeper) start(scope string, background bool) {
	s.state[scope].running = true
	s.running++
	if background {
		s.background++
	}
	go func() {
		err := look(s.ctx, s.b, s.Part, shortestDeadline, func(ctx context.Context) error { return s.Do(ctx, scope) })
		s.done <- sweepResult{scope, background, err}
	}()
}

// settle notes the outcome of one read.
func (s *sweeper) settle(r sweepResult) {
	s.running--
	if r.background {
		s.background--
	}
	st := s.state[r.scope]
	if errors.Is(r.err, ErrNotYet) {
		st.running, st.again = false, time.Now().Add(s.b.paced(notYetAgain))
		return
	}
	st.running, st.seen, st.read, st.again = false, true, time.Now(), time.Time{}
	if s.ctx.Err() != nil {
		return
	}
	s.bell.mark(r.err)
	if r.err == nil {
		st.err, st.failures = nil, 0
		s.shared, s.sharedErr = 0, false
		s.report()
		return
	}
	f := transport.FaultOf(r.err)
	if sharedFailure(f.Class) || f.Class == transport.ClassRateLimited {
		s.shared++
		wait := retryWait(s.b, r.err, s.shared)
		s.paused, s.sharedErr, s.probe = time.Now().Add(wait), true, r.scope
		st.again = s.paused // it was not this scope's fault: no memory of it
		s.b.Health.fail(s.Part, r.err, s.b.Clock().Add(wait))
		s.reported = true
		return
	}
	s.shared, s.sharedErr = 0, false // the system answers
	st.failures++
	st.err = r.err
	wait := retryWait(s.b, r.err, st.failures)
	switch f.Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassRefused:
		// Nobody grants a right on a thousand scopes at once: ask less and less often.
		wait = jitter(s.b.paced(min(forbiddenAgain<<min(st.failures-1, 10), longestForbidden)), 0.1)
	}
	st.again = time.Now().Add(wait)
	s.report()
}

// unread counts the scopes that were never read, well or not: of those in view when there are any. The background may take long, and
// may hold scopes that nobody shows.
func (s *sweeper) unread() int {
	n := 0
	if len(s.wanted) > 0 {
		for _, scope := range s.wanted {
			if st := s.state[scope]; st != nil && !st.seen {
				n++
			}
		}
		return n
	}
	for _, st := range s.state {
		if !st.seen {
			n++
		}
	}
	return n
}

// report tells the health how many scopes fail.
func (s *sweeper) report() {
	if s.sharedErr {
		return
	}
	failing, read := 0, 0
	var last *scopeState
	for _, st := range s.state {
		if st.read.IsZero() && st.err == nil {
			continue
		}
		read++
		if st.err == nil {
			continue
		}
		failing++
		if last == nil || st.read.After(last.read) {
			last = st
		}
	}
	switch {
	case failing == 0 && (read > 0 || s.reported):
		s.b.Health.OK(s.Part)
		s.reported = true
	case failing > 0:
		s.b.Health.partial(s.Part, last.err, failing, len(s.state))
		s.reported = true
	}
}

// ProjectScopes lists the ids of the projects that are not archived, whatever source knows them: what most sweeps go through.
func ProjectScopes(st *store.Store) func() []string {
	return func() []string {
		snap := st.Current()
		var ids []string
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
