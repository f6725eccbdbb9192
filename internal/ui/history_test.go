package ui

import (
	"strconv"
	"testing"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// TestPagesThatWereLeftAreFew: each holds the facts of the moment it was left, a whole platform's. Those one can go back to stay, and the last few.
func TestPagesThatWereLeftAreFew(t *testing.T) {
	fleet := intent.Ref{Kind: "fleet"}
	first := &waking{bell: make(chan struct{}, 1)}
	r := rooted(t, map[intent.Ref]page.Page{fleet: first}, fleet)
	h := &r.history
	for i := range 20 {
		h.here, h.last, h.back = intent.Ref{Kind: "project", Key: strconv.Itoa(i)}, fleet, []intent.Ref{fleet}
		h.pages[h.here] = &waking{bell: make(chan struct{}, 1)}
		h.forget()
		h.here, h.last, h.back = fleet, h.here, nil
		h.forget()
	}
	if got, most := len(h.pages), 1+1+keepLeft; got != most || len(h.trail) > most {
		t.Errorf("%d pages are kept, %d on the trail, want %d", got, len(h.trail), most)
	}
	if h.pages[fleet] != page.Page(first) || h.pages[h.last] == nil || h.pages[intent.Ref{Kind: "project", Key: strconv.Itoa(19 - keepLeft)}] == nil {
		t.Errorf("%v", h.trail)
	}
}
