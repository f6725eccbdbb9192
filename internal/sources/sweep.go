package sources

import (
	"cmp"
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

// sweeper is the state of a running sweep; one goroutine owns it.
type sweeper struct {
	Sweep
	ctx    context.Context
	b      *Board
	bell   *bell
	scopes []string      // order of the background
	order  []*scopeState // the same, for walks
	wanted []*scopeState // in view and known, most wanted first
	state  map[string]*scopeState
	gone   bool // a scope left the list while it was being read

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
	name     string
	inView   bool
	rev      uint64    // of its shelves before the reading under way
	calm     int       // readings in a row that changed nothing
	omen     uint64    // as it was at the end of the last reading; 0: there was none yet, and its coming foretells nothing
	read     time.Time // end of the last read, good or not; zero: never
	again    time.Time // after a failure: not before
	failures int
	err      error
	running  bool
	seen     bool // read once, well or not
	closer   bool // the last reading, or the one under way, is Closer's
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
	scopes := s.Scopes()
	if slices.Equal(scopes, s.scopes) && !s.gone {
		return // the store changes often, the list seldom
	}
	s.scopes, s.gone = slices.Clone(scopes), false
	s.order = make([]*scopeState, 0, len(scopes))
	known := make(map[string]bool, len(scopes))
	for _, scope := range scopes {
		known[scope] = true
		st := s.state[scope]
		if st == nil {
			st = &scopeState{name: scope}
			s.state[scope] = st
		}
		s.order = append(s.order, st)
	}
	for scope, st := range s.state {
		switch {
		case known[scope]:
		case st.running:
			s.gone = true
		default:
			delete(s.state, scope)
			if s.Gone != nil {
				s.Gone(scope)
			}
		}
	}
	s.view()
	s.report()
}

// view takes what people look at.
func (s *sweeper) view() {
	for _, st := range s.wanted {
		st.inView = false
	}
	s.wanted = s.wanted[:0]
	for _, scope := range s.b.Interest.Wanted() {
		if st := s.state[scope]; st != nil {
			st.inView = true
			s.wanted = append(s.wanted, st)
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
		st.read, st.again, st.calm = time.Time{}, time.Time{}, 0
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
	for i, st := range s.wanted {
		pointed := i < pointedAt
		due := s.due(st, s.period(i, st), now)
		if due > 0 && s.Closer != nil && pointed && !st.closer && st.failures == 0 && st.again.IsZero() {
			due = 0
		}
		if due > 0 {
			next = min(next, due)
			continue
		}
		if st.running {
			continue
		}
		if s.running >= limit {
			return idle
		}
		st.closer = pointed
		s.start(st, false)
	}
	for s.running < limit && s.background < max(1, s.Parallel-1) {
		st, due := s.oldest(now)
		if st == nil {
			return min(next, due)
		}
		if wait := s.nextBack.Sub(now); wait > 0 {
			return min(next, wait)
		}
		s.nextBack = now.Add(max(s.b.paced(time.Duration(float64(time.Second)/s.Rate)), time.Microsecond))
		if s.nextBack.Sub(now) >= s.b.paced(grain) {
			s.nextBack = s.nextBack.Add(-s.b.over(s.nextBack)) // waits are rounded up: the rate must not suffer
		}
		st.closer = false
		s.start(st, true)
	}
	return next
}

// period is how old a scope in view may become, the ith of those wanted.
func (s *sweeper) period(i int, st *scopeState) time.Duration {
	if s.Omen != nil && st.omen != 0 && s.Omen.ScopeRev(s.b.Store.Current(), st.name) != st.omen {
		return s.InView / omenHurry
	}
	if i < pointedAt {
		return s.InView
	}
	return s.InView << min(st.calm, cmp.Or(s.Calmest, calmest))
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

// oldest finds the scope to read next in the background: never read first, in the order given, then the oldest. It is nil when
// none is due, and due is then the wait for the first that will be.
func (s *sweeper) oldest(now time.Time) (best *scopeState, due time.Duration) {
	due = time.Hour
	for _, st := range s.order {
		if st.running || st.inView {
			continue
		}
		if d := s.due(st, s.Every, now); d > 0 {
			due = min(due, d)
			continue
		}
		if best == nil || st.read.Before(best.read) {
			best = st
		}
	}
	return best, due
}

func (s *sweeper) start(st *scopeState, background bool) {
	st.running = true
	s.running++
	if background {
		s.background++
	}
	scope := st.name
	st.rev = s.revision(scope)
	do := s.Do
	if st.closer && s.Closer != nil {
		do = s.Closer
	}
	go func() {
		err := look(s.ctx, s.b, s.Part, shortestDeadline, func(ctx context.Context) error { return do(ctx, scope) })
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
		s.compare(st)
		s.shared, s.sharedErr = 0, false
		s.report()
		return
	}
	f := transport.FaultOf(r.err)
	if sharedFailure(f.Class) || f.Class == transport.ClassRateLimited {
		s.shared++
		wait := s.b.together(retryWait(s.b, r.err, s.shared, s.shared))
		s.paused, s.sharedErr, s.probe = time.Now().Add(wait), true, r.scope
		st.again = s.paused // it was not this scope's fault: no memory of it
		s.b.Health.fail(s.Part, r.err, s.b.Clock().Add(wait))
		s.reported = true
		return
	}
	s.shared, s.sharedErr = 0, false // the system answers
	st.failures++
	st.err = r.err
	wait := retryWait(s.b, r.err, st.failures, st.failures)
	switch f.Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassRefused:
		// Nobody grants a right on a thousand scopes at once: ask less and less often.
		wait = jitter(s.b.paced(min(forbiddenAgain<<min(st.failures-1, 10), longestForbidden)), 0.1)
	}
	st.again = time.Now().Add(wait)
	s.report()
}

// compare notes whether a reading changed anything. The first one always does.
func (s *sweeper) compare(st *scopeState) {
	if s.Omen != nil {
		st.omen = s.Omen.ScopeRev(s.b.Store.Current(), st.name)
	}
	if len(s.Kinds) == 0 && s.Moved == nil {
		return
	}
	if s.revision(st.name) != st.rev {
		st.calm = 0
	} else {
		st.calm++
	}
}

// revision is what a scope was like when a reading of it last brought something new.
func (s *sweeper) revision(scope string) uint64 {
	if s.Moved != nil {
		return s.Moved(scope)
	}
	return store.NewestRev(s.b.Store.Current(), s.Source, scope, s.Kinds...)
}

// unread counts the scopes that were never read, well or not: of those in view when there are any. The background may take long, and
// may hold scopes that nobody shows.
func (s *sweeper) unread() int {
	n := 0
	if len(s.wanted) > 0 {
		for _, st := range s.wanted {
			if !st.seen {
				n++
			}
		}
		return n
	}
	for _, st := range s.order {
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
	for _, st := range s.order {
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
