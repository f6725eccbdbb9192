package engine_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"dsotop/demo/fault"
	"dsotop/internal/engine"
	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/lines"
)

// holds counts the numbers that a store holds, and the times it says it lacks.
func holds(s *lines.Store) (q sequence, gaps []logs.Notice) {
	for it := range s.Between(0, math.MaxInt64) {
		switch {
		case it.Notice == nil:
			q.take([]logs.Line{{At: it.At, Text: it.Text}})
		case it.Notice.Kind == logs.NoticeGap || it.Notice.Kind == logs.NoticeDropped || it.Notice.Kind == logs.NoticeLimit:
			gaps = append(gaps, *it.Notice)
		}
	}
	return q, gaps
}

// What a person follows through cuts and a throttled connection holds every line once, or says where it does not.
func TestAFollowedStoreHoldsEveryLine(t *testing.T) {
	followed(t, 2000, 6*time.Second)
}

func followed(t testing.TB, rate int, lasting time.Duration) {
	p, e, ns, container := numberedServer(t, rate)
	holdsAll(t, e, logs.Subject{Namespace: ns, Containers: []string{container}}, p.Faults["loki"], rate, lasting)
}

// holdsAll follows numbered lines while the way to them is cut, then throttled, and counts them.
func holdsAll(t testing.TB, e *engine.Engine, subject logs.Subject, proxy *fault.Proxy, rate int, lasting time.Duration) {
	t.Helper()
	store := lines.New(lines.Options{})
	f := feed.Open(t.Context(), feed.Options{Reach: e.Logs(subject), Subject: subject, Store: store, Mode: feed.HistoryOnly})
	defer f.Close()
	begun := time.Now()
	at := func(part float64) {
		<-time.After(time.Until(begun.Add(time.Duration(part * float64(lasting)))))
	}
	fail := func(with fault.Fault) {
		if err := proxy.Set(with); err != nil {
			t.Fatal(err)
		}
	}
	at(0.2)
	fail(fault.Fault{Mode: fault.Cut})
	at(0.25)
	fail(fault.Fault{})
	at(0.5)
	fail(fault.Fault{Mode: fault.Throttle, Rate: 64 << 10})
	at(0.7)
	fail(fault.Fault{})
	at(1)
	// What was written until now must come by itself: a check of the last minute comes every twenty seconds.
	deadline := time.After(time.Minute)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		q, gaps := holds(store)
		missing, twice := q.lost()
		if twice > 0 {
			t.Fatalf("%d lines are held twice", twice)
		}
		if unsaid := q.unsaid(gaps); len(unsaid) == 0 && q.last-q.first > rate*int(lasting/time.Second)*8/10 {
			t.Logf("%d…%d, %d lines, %d missing in %d gaps that are said, %v", q.first, q.last, q.lines, missing, len(gaps), time.Since(begun).Round(time.Millisecond))
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			var said []string
			for _, g := range gaps {
				said = append(said, fmt.Sprintf("%s %v…%v", g.Kind, time.Duration(g.From-q.at[q.first]), time.Duration(g.To-q.at[q.first])))
			}
			t.Fatalf("of %d…%d %d are missing, in silence %v; said: %v; evicted %+v; %+v", q.first, q.last, missing, q.unsaid(gaps), said, store.Stat().Evicted, f.State())
		}
	}
}

// BenchmarkFollowedStore is the same at 20,000 lines a second; the server and the reader share the processors.
func BenchmarkFollowedStore(b *testing.B) {
	for b.Loop() {
		followed(b, 20_000, 20*time.Second)
	}
}
