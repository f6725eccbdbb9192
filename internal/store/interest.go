package store

import (
	"slices"
	"sync"
)

// Interest is what people look at right now: project ids and namespaces that are in view. Sources fetch the details of
// those first. It is safe for concurrent use; every session registers its own.
type Interest struct {
	mu       sync.Mutex
	sessions map[any][]string
	order    []any // sessions, those that moved last at the end
	bell     map[chan struct{}]struct{}
	wanted   []string // of all sessions; nil: to be made again
	held     map[string]bool
}

// NewInterest returns an empty interest.
func NewInterest() *Interest {
	return &Interest{sessions: map[any][]string{}, bell: map[chan struct{}]struct{}{}}
}

// Set replaces what one session looks at, most wanted first. A nil list ends the session's interest.
func (i *Interest) Set(session any, scopes []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if slices.Equal(i.sessions[session], scopes) {
		return
	}
	i.order = slices.DeleteFunc(i.order, func(s any) bool { return s == session })
	if scopes == nil {
		delete(i.sessions, session)
	} else {
		i.sessions[session] = slices.Clone(scopes)
		i.order = append(i.order, session)
	}
	i.wanted, i.held = nil, nil
	for c := range i.bell {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Wanted lists the scopes in view, each once: what each session wants most, from the session that moved last, then what each wants next. The list is
// read-only.
func (i *Interest) Wanted() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.all()
}

// Near reports whether a scope is in view. As long as nothing is, everything counts: nobody has said yet what matters.
func (i *Interest) Near(scope string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := i.all()
	return len(all) == 0 || i.held[scope]
}

// all makes the list when it has to. The lock is held.
func (i *Interest) all() []string {
	if i.wanted != nil {
		return i.wanted
	}
	out := []string{}
	seen := map[string]bool{}
	for n, more := 0, true; more; n++ {
		more = false
		for _, session := range slices.Backward(i.order) {
			scopes := i.sessions[session]
			if n >= len(scopes) {
				continue
			}
			more = true
			if s := scopes[n]; !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	i.wanted, i.held = slices.Clip(out), seen
	return i.wanted
}

// Changed returns a bell that rings when the interest changes, and the function that removes it.
func (i *Interest) Changed() (bell <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	i.mu.Lock()
	i.bell[c] = struct{}{}
	i.mu.Unlock()
	return c, func() { i.mu.Lock(); delete(i.bell, c); i.mu.Unlock() }
}
