package onboarding

import (
	"sync"
	"time"

	"dsotop/internal/platform"
)

// Boards derives boards and keeps them as long as neither the facts nor the ledger nor the day moved: a validity may end overnight. It is
// safe for concurrent use.
type Boards struct {
	mu   sync.Mutex
	made map[string]board // by project id
}

type board struct {
	facts *platform.Dossier
	rev   uint64
	hour  int64
	out   *platform.Onboarding
}

// NewBoards returns an empty keeper of boards.
func NewBoards() *Boards { return &Boards{made: map[string]board{}} }

// Of returns the board of a project, read-only. s may be nil: no ledger is kept then.
func (b *Boards) Of(d *platform.Dossier, s *Snapshot, now time.Time) *platform.Onboarding {
	id, hour := d.Project.ID+"/"+d.Project.Slug, now.Unix()/3600
	rev := uint64(0)
	if s != nil {
		rev = s.Revision(d.Project.Slug)
		if s.Err != nil {
			rev = s.Rev
		}
	}
	b.mu.Lock()
	old, ok := b.made[id]
	b.mu.Unlock()
	if ok && old.facts == d && old.rev == rev && old.hour == hour {
		return old.out
	}
	out := platform.Onboard(d, s.Ledger(d.Project.Slug), now)
	b.mu.Lock()
	b.made[id] = board{d, rev, hour, &out}
	b.mu.Unlock()
	return &out
}

// Keep forgets the boards of projects that are gone, when there are many more than the present ones.
func (b *Boards) Keep(projects int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.made) > 64+2*projects {
		clear(b.made)
	}
}
