package sources

import (
	"testing"
	"testing/synctest"
	"time"
)

// Longer waits end together, at most a grain later; short ones end when they should.
func TestWaitsEndTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, pace := range []float64{1, 10} {
			b := &Board{Pace: pace}
			g := b.paced(grain)
			ends := map[time.Duration]bool{}
			for _, d := range []time.Duration{g, g + 1, g*9/4 + 7, 3*g - 1, 2 * g} {
				got := b.together(d)
				if got < d || got > d+g {
					t.Errorf("%s became %s", d, got)
				}
				ends[b.over(time.Now().Add(got))] = true
				time.Sleep(g / 3)
			}
			if len(ends) != 1 || !ends[0] {
				t.Errorf("ends %v", ends)
			}
			for _, d := range []time.Duration{0, 1, g - 1} {
				if got := b.together(d); got != d {
					t.Errorf("%s became %s", d, got)
				}
			}
		}
	})
}
