package sources

import (
	"errors"
	"time"

	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

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
