package world

import "testing"

// TestQuirks: a fleet holds every quirk, in projects that have no trouble.
func TestQuirks(t *testing.T) {
	for _, size := range []Size{Odd, Fleet} {
		w := newTest(size)
		w.View(func(s *State) {
			made := map[string]bool{}
			for p, q := range s.Aside.Quirks {
				made[q.Name] = true
				if s.Aside.Odd[p] != "" || p.Locked || p.Status != "created" {
					t.Errorf("%s: %s has a quirk and a trouble", size, p.Slug)
				}
			}
			for _, q := range quirks() {
				if !made[q.Name] {
					t.Errorf("%s: no %s", size, q.Name)
				}
			}
		})
	}
}
