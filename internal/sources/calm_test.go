package sources

import (
	"testing"
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
