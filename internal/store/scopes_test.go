package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestScopesSince(t *testing.T) {
	s := New(func() time.Time { return time.Unix(0, 0) })
	since := func(version uint64) []string {
		var out []string
		s.Current().ScopesSince(version, func(scope string) { out = append(out, scope) })
		slices.Sort(out)
		return out
	}
	if got := since(0); got != nil {
		t.Fatalf("empty store: %v", got)
	}
	put := func(scope, name string) uint64 {
		s.Apply(func(tx *Tx) { Pods.Put(tx, "k", scope, []platform.Pod{{Name: name}}) })
		return s.Current().Version()
	}
	for i := range 200 { // enough to merge the layers several times
		put(fmt.Sprintf("ns-%03d", i), "a")
	}
	before := s.Current().Version()
	if got := since(0); len(got) != 200 {
		t.Fatalf("all scopes: %d", len(got))
	}
	if got := since(before); len(got) != 0 {
		t.Fatalf("nothing changed, got %v", got)
	}
	put("ns-007", "b")
	middle := put("ns-150", "b")
	put("ns-007", "b") // the same again: only its age moves
	if got := since(before); !slices.Equal(got, []string{"ns-007", "ns-150"}) {
		t.Fatalf("changed: %v", got)
	}
	s.Apply(func(tx *Tx) { Pods.Drop(tx, "k", "ns-003") })
	if got := since(middle); !slices.Equal(got, []string{"ns-003"}) {
		t.Fatalf("dropped: %v", got)
	}
	for i := range 200 {
		put(fmt.Sprintf("new-%03d", i), "a")
	}
	if got := since(middle); len(got) != 201 || !slices.Contains(got, "ns-003") {
		t.Fatalf("after a merge: %d", len(got))
	}
}

func TestReader(t *testing.T) {
	s := New(func() time.Time { return time.Unix(7, 0) })
	s.Apply(func(tx *Tx) {
		Pods.Put(tx, "b", "ns", []platform.Pod{{Name: "one"}})
		Pods.Put(tx, "a", "ns", []platform.Pod{{Name: "two"}})
		Pods.Put(tx, "a", "other", nil)
	})
	snap := s.Current()
	r := Pods.Reader(snap)
	for _, scope := range []string{"ns", "other", "none"} {
		got, want := r.Of(scope, nil), Pods.Of(snap, scope)
		if len(got) != len(want) {
			t.Fatalf("%s: %d shelves, want %d", scope, len(got), len(want))
		}
		for i := range got {
			if got[i].Source != want[i].Source || got[i].Rev != want[i].Rev || !got[i].At.Equal(want[i].At) || len(got[i].Items) != len(want[i].Items) {
				t.Fatalf("%s: %+v, want %+v", scope, got[i], want[i])
			}
		}
	}
	if got := Pods.Reader(nil).Of("ns", nil); got != nil {
		t.Fatal("the empty snapshot has nothing")
	}
}
