package ui

import (
	"testing"
	"time"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// follower is a page with a part that is behind the cursor until it settles.
type follower struct {
	page.Page
	behind  bool
	settled int
}

func (f *follower) Unsettled() bool { return f.behind }
func (f *follower) Settle()         { f.behind = false; f.settled++ }

// A held key repaints what follows the cursor now and then, not at each step, and never leaves it behind.
func TestFollowersAreThrottled(t *testing.T) {
	f := &follower{}
	r := &Root{env: &page.Env{Ctx: t.Context()}}
	r.history.pages = map[intent.Ref]page.Page{r.history.here: f}
	step := func() (ticks bool) { f.behind = true; return r.settle() != nil }
	if step() || f.settled != 1 {
		t.Fatalf("the first step after a rest waits: %d", f.settled)
	}
	if !step() || f.settled != 1 {
		t.Fatalf("the second follows at once: %d", f.settled)
	}
	for range 10 {
		if step() {
			t.Fatal("a second tick while one is on its way")
		}
	}
	r.caughtUp() // the tick
	if f.behind || f.settled != 2 || r.settling.waiting {
		t.Fatalf("not caught up: %+v", f)
	}
	r.settling.last = time.Now().Add(-time.Minute)
	if step() || f.settled != 3 {
		t.Error("after a rest a step waits again")
	}
	if r.settle() != nil {
		t.Error("nothing is behind, and a tick comes")
	}
}
