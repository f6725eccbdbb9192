package sources

import (
	"cmp"
	"context"
	"slices"
	"time"
)

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
