package engine

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// viewTime is how long what a run asked about stays in view: a run that waits asks every few seconds.
const viewTime = 2 * time.Minute

// runView keeps what runs are about in view, whether anybody looks at it or not: sources read the details of what is in view alone, or first. It is safe for concurrent use.
type runView struct {
	e *Engine

	mu    sync.Mutex
	until map[string]time.Time // by scope
	armed bool                 // prune will come
}

// touch says that a run asks about some scopes now; empty ones are none.
func (v *runView) touch(scopes ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	moved := false
	for _, s := range scopes {
		if s == "" {
			continue
		}
		if _, in := v.until[s]; !in {
			moved = true
		}
		v.until[s] = time.Now().Add(viewTime)
	}
	if moved {
		v.tell()
	}
	if !v.armed && len(v.until) > 0 {
		v.armed = true
		time.AfterFunc(viewTime+time.Second, v.prune)
	}
}

// prune takes out of view what nobody asks about any more.
func (v *runView) prune() {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	before := len(v.until)
	maps.DeleteFunc(v.until, func(_ string, until time.Time) bool { return until.Before(now) })
	if len(v.until) != before {
		v.tell()
	}
	if v.armed = len(v.until) > 0; v.armed {
		time.AfterFunc(viewTime, v.prune)
	}
}

// tell sets the interest, the newest first. The lock is held.
func (v *runView) tell() {
	if len(v.until) == 0 {
		v.e.Look(v, nil)
		return
	}
	v.e.Look(v, slices.SortedFunc(maps.Keys(v.until), func(a, b string) int { return v.until[b].Compare(v.until[a]) }))
}
