package store_test

import (
	"slices"
	"testing"

	"dsotop/internal/store"
)

// What each session wants most comes first, from the session that moved last; a session that ends is forgotten.
func TestInterestIsShared(t *testing.T) {
	i := store.NewInterest()
	i.Set("list", []string{"a", "b", "c"})
	i.Set("run", []string{"p"})
	i.Set("page", []string{"b", "q"})
	if got := i.Wanted(); !slices.Equal(got, []string{"b", "p", "a", "q", "c"}) {
		t.Error(got)
	}
	i.Set("run", []string{"c"})
	if got := i.Wanted(); !slices.Equal(got, []string{"c", "b", "a", "q"}) {
		t.Error(got)
	}
	i.Set("page", nil)
	i.Set("list", nil)
	if got := i.Wanted(); !slices.Equal(got, []string{"c"}) || i.Near("a") || !i.Near("c") {
		t.Error(got)
	}
}
