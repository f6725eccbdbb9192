package sources

import "testing"

func TestUnreadCountsWhatIsInView(t *testing.T) {
	a, b, c := &scopeState{seen: true}, &scopeState{}, &scopeState{}
	s := &sweeper{order: []*scopeState{a, b, c}}
	if n := s.unread(); n != 2 {
		t.Errorf("nothing in view: %d", n)
	}
	s.wanted = []*scopeState{a, b}
	if n := s.unread(); n != 1 {
		t.Errorf("two in view: %d", n)
	}
}
