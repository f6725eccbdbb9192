package store

// ScopesSince calls yield for every scope in which anything changed after the given version, in no defined order. Version 0
// gives every scope that was ever written, dropped shelves included. It costs one walk over the scopes, so that a reader who
// keeps what it derived can find what to derive again without asking scope by scope.
func (s *Snapshot) ScopesSince(version uint64, yield func(scope string)) {
	if s == nil || s.revs == nil {
		return
	}
	for scope, rev := range s.revs.top {
		if rev > version {
			yield(scope)
		}
	}
	if s.revs.baseMax <= version {
		return
	}
	for scope, rev := range s.revs.base {
		if _, newer := s.revs.top[scope]; !newer && rev > version {
			yield(scope)
		}
	}
}
