package sources

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// What does not change is read less and less often, unless somebody points at it, or something foretells a change.
func TestCalmScopes(t *testing.T) {
	st := store.New(nil)
	put := func(source string, n int) {
		st.Apply(func(tx *store.Tx) {
			store.Repositories.Put(tx, source, "p", []platform.Repository{{Name: string(rune('a' + n))}})
		})
	}
	log := func(n int) {
		st.Apply(func(tx *store.Tx) { store.Log.Put(tx, "console", "p", make([]platform.LogEntry, n)) })
	}
	s := &sweeper{Sweep: Sweep{InView: time.Minute, Source: "console", Kinds: []store.Shelved{store.Repositories}, Omen: store.Log}, b: &Board{Store: st}}
	p := &scopeState{name: "p"}
	read := func(write func()) {
		p.rev = store.NewestRev(st.Current(), s.Source, p.name, s.Kinds...)
		if write != nil {
			write()
		}
		p.seen = true
		s.compare(p)
	}
	for _, step := range []struct {
		what  string
		do    func()
		place int
		want  time.Duration
	}{
		{"not read yet, the log comes", func() { log(2) }, 5, time.Minute},
		{"read for the first time", func() { read(func() { put("console", 0) }) }, 5, time.Minute},
		{"read again, the same", func() { read(func() { put("console", 0) }) }, 5, 2 * time.Minute},
		{"and again", func() { read(nil) }, 5, 4 * time.Minute},
		{"no longer than that", func() { read(nil) }, 5, 4 * time.Minute},
		{"somebody points at it", func() {}, 0, time.Minute},
		{"another source's shelf is no change of ours", func() { read(func() { put("other", 3) }) }, 5, 4 * time.Minute},
		{"the log has something new", func() { log(1) }, 5, time.Minute / omenHurry},
		{"which a reading answers", func() { read(nil) }, 5, 4 * time.Minute},
		{"it changes", func() { read(func() { put("console", 1) }) }, 5, time.Minute},
	} {
		step.do()
		if got := s.period(step.place, p); got != step.want {
			t.Errorf("%s: every %v, want %v", step.what, got, step.want)
		}
	}
}

// What a person comes to point at is read closer at once, and once.
func TestCloserScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board()
		b.Interest = store.NewInterest()
		var mu sync.Mutex
		var reads []string
		note := func(how string) func(context.Context, string) error {
			return func(_ context.Context, scope string) error {
				mu.Lock()
				defer mu.Unlock()
				reads = append(reads, how+" "+scope)
				return nil
			}
		}
		took := func() []string {
			mu.Lock()
			defer mu.Unlock()
			out := reads
			reads = nil
			slices.Sort(out)
			return out
		}
		running(t, b, Sweep{Part: "details", Every: time.Hour, InView: 10 * time.Minute, Rate: 10, Scopes: func() []string { return []string{"a", "b", "c", "d"} }, Do: note("far"), Closer: note("close")})
		pass(10 * time.Second)
		if got := took(); !slices.Equal(got, []string{"far a", "far b", "far c", "far d"}) {
			t.Errorf("background: %v", got)
		}
		b.Interest.Set("me", []string{"a", "b", "c"})
		pass(10 * time.Second)
		if got := took(); !slices.Equal(got, []string{"close a", "close b"}) {
			t.Errorf("pointed at: %v", got)
		}
		b.Interest.Set("me", []string{"c", "a", "b"})
		pass(10 * time.Second)
		if got := took(); !slices.Equal(got, []string{"close c"}) {
			t.Errorf("moved on: %v", got)
		}
	})
}
