package sources

import (
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

func TestWhatIsAskedRarelyLooksWhenAnotherPartMeetsAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		class transport.Class
		calls int
	}{
		"of the system":    {transport.ClassUnreachable, 2},
		"of the question":  {transport.ClassServer, 1},
		"of the rights":    {transport.ClassForbidden, 1},
		"of the identity":  {transport.ClassUnauthorised, 2},
		"of its own limit": {transport.ClassTimeout, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := board()
				rare, often := &script{steps: []error{nil}}, &script{steps: []error{nil, nil, nil, fault(c.class)}}
				running(t, b, Poll{Part: "rare", Every: time.Hour, Essential: true, Do: rare.do}, Poll{Part: "often", Every: time.Second, Do: often.do})
				pass(10 * time.Second)
				if n := rare.count(); n != c.calls {
					t.Errorf("%d calls, want %d", n, c.calls)
				}
			})
		})
	}
}

func TestAnAlarmIsNotRungAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board()
		down := fault(transport.ClassTimeout)
		var steps []error
		for range 200 { // now well, now too slow
			steps = append(steps, nil, down)
		}
		rare := &script{steps: []error{nil}}
		running(t, b, Poll{Part: "rare", Every: time.Hour, Essential: true, Do: rare.do}, Poll{Part: "flaky", Every: time.Second, Do: (&script{steps: steps}).do})
		pass(time.Minute)
		if n := rare.count(); n > 4 {
			t.Errorf("%d calls in a minute", n)
		}
	})
}

func TestTheLastReadingIsThatOfWhatDecides(t *testing.T) {
	b := board()
	b.Health.Declare("list", true, time.Minute)
	b.Health.Declare("details", false, time.Minute)
	b.Health.OK("details") // of nothing, as there is no list
	b.Health.Fail("list", fault(transport.ClassForbidden))
	if h := b.Health.Now(); h.State != platform.StateForbidden || !h.LastSuccess.IsZero() {
		t.Errorf("%s, read %s", h.State, h.LastSuccess)
	}
}
