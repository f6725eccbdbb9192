package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/platform"
)

func pods(names ...string) []platform.Pod {
	out := []platform.Pod{}
	for _, n := range names {
		out = append(out, platform.Pod{Name: n})
	}
	return out
}

type ticking struct{ now time.Time }

func (c *ticking) tick() time.Time { c.now = c.now.Add(time.Second); return c.now }

func newClock() *ticking { return &ticking{time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)} }

func TestSnapshotsNeverMove(t *testing.T) {
	s := New(newClock().tick)
	s.Apply(func(tx *Tx) { Pods.Put(tx, "k", "ns", pods("a")) })
	before := s.Current()
	s.Apply(func(tx *Tx) {
		Pods.Put(tx, "k", "ns", pods("a", "b"))
		Pods.Put(tx, "k", "other", pods("c"))
	})
	if got := Pods.Items(before, "ns"); len(got) != 1 {
		t.Errorf("the old snapshot has %d pods, want 1", len(got))
	}
	if got := Pods.Items(s.Current(), "ns"); len(got) != 2 {
		t.Errorf("the new snapshot has %d pods, want 2", len(got))
	}
}

func TestSeenAgainMovesTheAgeOnly(t *testing.T) {
	s := New(newClock().tick)
	s.Apply(func(tx *Tx) { Pods.Put(tx, "k", "ns", pods("a")) })
	first := Pods.Of(s.Current(), "ns")[0]
	sub := s.Subscribe(0)
	defer sub.Close()
	s.Apply(func(tx *Tx) { Pods.Put(tx, "k", "ns", pods("a")) })
	again := Pods.Of(s.Current(), "ns")[0]
	if again.Rev != first.Rev || !again.At.After(first.At) || s.Current().ScopeRev("ns") != first.Rev {
		t.Errorf("first %+v, again %+v", first, again)
	}
	select {
	case <-sub.bell:
		t.Error("readers were woken although nothing changed")
	default:
	}
}

func TestPutAllDropsWhatIsGone(t *testing.T) {
	s := New(newClock().tick)
	s.Apply(func(tx *Tx) { Pods.PutAll(tx, "k", map[string][]platform.Pod{"a": pods("1"), "b": pods("2")}) })
	rev := s.Current().ScopeRev("b")
	s.Apply(func(tx *Tx) { Pods.PutAll(tx, "k", map[string][]platform.Pod{"a": pods("1")}) })
	if got := Pods.Of(s.Current(), "b"); got != nil {
		t.Errorf("still there: %v", got)
	}
	if s.Current().ScopeRev("b") <= rev {
		t.Error("the scope that lost its shelf did not move")
	}
	if s.Current().ScopeRev("a") != rev {
		t.Error("the unchanged scope moved")
	}
}

func TestSourcesKeepTheirOwnShelves(t *testing.T) {
	s := New(newClock().tick)
	s.Apply(func(tx *Tx) {
		Pods.Put(tx, "argocd/usu", "ns", pods("tree"))
		Pods.Put(tx, "kubernetes/x", "ns", pods("kube"))
	})
	s.Apply(func(tx *Tx) { Pods.PutAll(tx, "kubernetes/x", nil) })
	if got := Pods.Items(s.Current(), "ns"); len(got) != 1 || got[0].Name != "tree" {
		t.Errorf("got %v", got)
	}
}

func TestScopeRevsSurviveTheirLayers(t *testing.T) {
	s := New(newClock().tick)
	for i := range 500 {
		s.Apply(func(tx *Tx) { Pods.Put(tx, "k", fmt.Sprint(i), pods("a")) })
	}
	for i := range 500 {
		if got := s.Current().ScopeRev(fmt.Sprint(i)); got != uint64(i+1) {
			t.Fatalf("scope %d is at %d", i, got)
		}
	}
}

func TestBellRingsForTheLastChange(t *testing.T) {
	s := New(nil)
	sub := s.Subscribe(time.Millisecond)
	defer sub.Close()
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 200 {
				s.Apply(func(tx *Tx) { Pods.Put(tx, fmt.Sprint(w), "ns", pods(fmt.Sprint(i))) })
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		snap, ok := sub.Next(ctx)
		if !ok {
			t.Fatal("the last change was never told")
		}
		if snap.Version() == 1600 {
			break
		}
	}
	writers.Wait()
	cancel()
	if _, ok := sub.Next(ctx); ok {
		t.Error("told of a change after the last one")
	}
}

func TestSaveAndLoad(t *testing.T) {
	clock := newClock()
	s := New(clock.tick)
	s.Apply(func(tx *Tx) {
		Projects.Put(tx, "console", "p1", []platform.Project{{ID: "p1", Slug: "guichet"}})
		Pods.Put(tx, "k", "ns", pods("old"))
		Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console"}})
		LogErrors.Put(tx, "loki", "ns", []platform.LogLine{{Text: "password=CANARY"}})
	})
	at := Projects.Of(s.Current(), "p1")[0].At
	var file bytes.Buffer
	if err := Save(&file, s.Current(), clock.now); err != nil {
		t.Fatal(err)
	}
	data := file.Bytes()

	next := New(clock.tick)
	next.Apply(func(tx *Tx) { Pods.Put(tx, "k", "ns", pods("new")) })
	if _, err := next.Load(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	snap := next.Current()
	p := Projects.Of(snap, "p1")
	if len(p) != 1 || p[0].Items[0].Slug != "guichet" || !p[0].Cached || !p[0].At.Equal(at) {
		t.Errorf("project came back as %+v", p)
	}
	if got := Pods.Of(snap, "ns")[0]; got.Cached || got.Items[0].Name != "new" {
		t.Errorf("the disk won over a source: %+v", got)
	}
	if len(Health.Of(snap, "")) != 0 || len(LogErrors.Of(snap, "ns")) != 0 {
		t.Error("health or lines of logs were kept")
	}
	next.Apply(func(tx *Tx) { Projects.Put(tx, "console", "p1", []platform.Project{{ID: "p1", Slug: "guichet"}}) })
	if Projects.Of(next.Current(), "p1")[0].Cached {
		t.Error("a confirmed shelf is still marked as cached")
	}

	for name, bad := range map[string][]byte{"empty": nil, "garbage": []byte("hello"), "cut": data[:len(data)/2], "other": append([]byte{31, 139}, data[2:40]...)} {
		fresh := New(clock.tick)
		if _, err := fresh.Load(bytes.NewReader(bad)); !errors.Is(err, ErrPersist) {
			t.Errorf("%s: error %v", name, err)
		}
		if fresh.Current().Version() != 0 {
			t.Errorf("%s: left half a state", name)
		}
	}
}

func TestInterest(t *testing.T) {
	i := NewInterest()
	bell, stop := i.Changed()
	defer stop()
	i.Set("one", []string{"a", "b"})
	i.Set("two", []string{"b", "c"})
	if got := len(i.Wanted()); got != 3 {
		t.Errorf("%d scopes wanted, want 3", got)
	}
	<-bell
	i.Set("one", []string{"a", "b"})
	select {
	case <-bell:
		t.Error("rang although nothing changed")
	default:
	}
	i.Set("one", nil)
	if got := i.Wanted(); len(got) != 2 {
		t.Errorf("wanted %v", got)
	}
}

func FuzzLoad(f *testing.F) {
	var file bytes.Buffer
	if err := Save(&file, New(nil).Current(), time.Time{}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = New(nil).Load(bytes.NewReader(data)) })
}

func BenchmarkOnePodAmong50000(b *testing.B) {
	s := New(nil)
	byNS := map[string][]platform.Pod{}
	for n := range 4000 {
		byNS[fmt.Sprintf("namespace-%d", n)] = pods("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
	}
	s.Apply(func(tx *Tx) { Pods.PutAll(tx, "k", byNS) })
	for i := 0; b.Loop(); i++ {
		s.Apply(func(tx *Tx) { Pods.Put(tx, "k", "namespace-17", pods(fmt.Sprint(i))) })
	}
}

func TestKindRev(t *testing.T) {
	st := New(nil)
	rev := func() [2]uint64 { s := st.Current(); return [2]uint64{Projects.Rev(s), Environments.Rev(s)} }
	put := func(slug string) {
		st.Apply(func(tx *Tx) { Projects.Put(tx, "console", "p", []platform.Project{{ID: "p", Slug: slug}}) })
	}
	if rev() != [2]uint64{} {
		t.Error(rev())
	}
	put("a")
	st.Apply(func(tx *Tx) { Environments.Put(tx, "console", "p", nil) })
	if rev() != [2]uint64{1, 2} {
		t.Error(rev())
	}
	put("a") // seen again, the same
	if rev() != [2]uint64{1, 2} {
		t.Error("an equal shelf moves the kind:", rev())
	}
	put("b")
	st.Apply(func(tx *Tx) { Environments.Drop(tx, "console", "p") })
	if rev() != [2]uint64{3, 4} {
		t.Error(rev())
	}
}

// What nobody looks at rings once per far, what is looked at once per gap, and neither is lost.
func TestSubscribeNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil)
		sub := s.SubscribeNear(100*time.Millisecond, time.Second, func(scope string) bool { return scope == "here" })
		defer sub.Close()
		begun := time.Now()
		rings := []time.Duration{}
		for n, step := range []struct {
			at    time.Duration
			scope string
		}{{0, "here"}, {10 * time.Millisecond, "there"}, {300 * time.Millisecond, "there"}, {500 * time.Millisecond, "here"}, {520 * time.Millisecond, "there"}} {
			go func() {
				<-time.After(step.at)
				s.Apply(func(tx *Tx) { Zones.Put(tx, "console", step.scope, []platform.Zone{{ID: strconv.Itoa(n)}}) })
			}()
		}
		for range 3 {
			snap, ok := sub.Next(t.Context())
			if !ok {
				t.Fatal("ended")
			}
			rings = append(rings, time.Since(begun))
			_ = snap
		}
		if want := []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond}; !slices.Equal(rings, want) {
			t.Errorf("rang at %v, want %v", rings, want)
		}
		if got := Zones.Items(s.Current(), "there"); len(got) != 1 || got[0].ID != "4" {
			t.Errorf("%+v", got)
		}
	})
}
