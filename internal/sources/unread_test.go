package sources

import "testing"

func TestUnreadCountsWhatIsInView(t *testing.T) {
	s := &sweeper{state: map[string]*scopeState{"a": {seen: true}, "b": {}, "c": {}}}
	if n := s.unread(); n != 2 {
		t.Errorf("nothing in view: %d", n)
	}
	s.wanted = []string{"a", "b"}
	if n := s.unread(); n != 1 {
		t.Errorf("two in view: %d", n)
	}
}
