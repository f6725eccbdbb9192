package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeSource is a source whose Run a test gives.
type fakeSource struct {
	run func(ctx context.Context, b *Board) error
}

func (fakeSource) Name() string { return "tool" }
func (fakeSource) Kind() string { return "gitlab" }
func (fakeSource) URL() string  { return "https://tool.example" }

func (f fakeSource) Run(ctx context.Context, b *Board) error { return f.run(ctx, b) }

func (f fakeSource) Doctor(context.Context) (platform.SourceHealth, error) {
	return HealthOf(f, nil, time.Time{}), nil
}

func board() *Board { return newBoard(fakeSource{}, Ground{Store: store.New(nil)}, nil) }

func fault(class transport.Class) error {
	return &transport.Fault{Class: class, Method: "GET", URL: "https://tool.example/x"}
}

// script answers with one error after another, the last one for ever, and counts.
type script struct {
	mu    sync.Mutex
	steps []error
	calls []time.Time
}

func (s *script) do(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.steps[min(len(s.calls), len(s.steps)-1)]
	s.calls = append(s.calls, time.Now())
	return err
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// pass lets time go by inside the bubble of a test.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// running starts parts and stops them at the end of the test.
func running(t *testing.T, b *Board, parts ...Part) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, b, parts...) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	synctest.Wait()
}

func TestStatesOfFailures(t *testing.T) {
	for _, c := range []struct {
		class         transport.Class
		first, later  platform.State
		remedy, again platform.Remedy
	}{
		{transport.ClassUnauthorised, platform.StateUnauthorised, platform.StateUnauthorised, platform.RemedyRenewToken, platform.RemedyRenewToken},
		{transport.ClassCredential, platform.StateUnauthorised, platform.StateUnauthorised, platform.RemedyRenewToken, platform.RemedyRenewToken},
		{transport.ClassForbidden, platform.StateForbidden, platform.StateForbidden, platform.RemedyAskRight, platform.RemedyAskRight},
		{transport.ClassUnreachable, platform.StateUnreachable, platform.StateUnreachable, platform.RemedyCheckURL, platform.RemedyWait},
		{transport.ClassTimeout, platform.StateUnreachable, platform.StateUnreachable, platform.RemedyCheckURL, platform.RemedyWait},
		{transport.ClassTLS, platform.StateUnreachable, platform.StateUnreachable, platform.RemedyCheckTLS, platform.RemedyCheckTLS},
		{transport.ClassGateway, platform.StateUnreachable, platform.StateUnreachable, platform.RemedyWait, platform.RemedyWait},
		{transport.ClassRateLimited, platform.StateUnreachable, platform.StateStale, platform.RemedySlowDown, platform.RemedySlowDown},
		{transport.ClassServer, platform.StateUnreachable, platform.StateStale, platform.RemedyWait, platform.RemedyWait},
		{transport.ClassMalformed, platform.StateUnreachable, platform.StateStale, platform.RemedyCheckURL, platform.RemedyWait},
		{transport.ClassNotFound, platform.StateUnreachable, platform.StateStale, platform.RemedyCheckURL, platform.RemedyWait},
	} {
		b := board()
		b.Health.Declare("facts", true, time.Minute)
		b.Health.Fail("facts", fault(c.class))
		if h := b.Health.Now(); h.State != c.first || h.Remedy != c.remedy || !strings.Contains(h.Detail, "GET https://tool.example/x") {
			t.Errorf("%s first: %s %s %q", c.class, h.State, h.Remedy, h.Detail)
		}
		b.Health.OK("facts")
		if h := b.Health.Now(); h.State != platform.StateLive || h.Detail != "" || h.Remedy != "" {
			t.Errorf("after %s: %s %q", c.class, h.State, h.Detail)
		}
		b.Health.Fail("facts", fault(c.class))
		if h := b.Health.Now(); h.State != c.later || h.Remedy != c.again {
			t.Errorf("%s later: %s %s", c.class, h.State, h.Remedy)
		}
	}
	b := board()
	b.Health.Fail("facts", context.Canceled)
	b.Health.Fail("facts", Advise(fmt.Errorf("wrapped: %w", fault(transport.ClassServer)), platform.RemedyPersonalToken))
	if h := b.Health.Now(); h.Remedy != platform.RemedyPersonalToken || h.State != platform.StateUnreachable {
		t.Errorf("advised: %s %s", h.State, h.Remedy)
	}
}

func TestHealthOfParts(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	st := store.New(func() time.Time { return now })
	b := newBoard(fakeSource{}, Ground{Store: st, Clock: func() time.Time { return now }}, nil)
	state := func() platform.SourceHealth { return store.Health.Items(st.Current(), "")[0] }
	if h := state(); h.State != platform.StateStarting || h.Name != "tool" || !h.Since.Equal(now) {
		t.Fatalf("%+v", h)
	}
	b.Health.Declare("facts", true, time.Minute)
	b.Health.Declare("extra", false, time.Minute)
	b.Health.OK("extra")
	if h := state(); h.State != platform.StateStarting {
		t.Errorf("an unessential success made it %s", h.State)
	}
	b.Health.OK("facts")
	began := now
	now = now.Add(time.Minute)
	b.Health.Fail("extra", fault(transport.ClassForbidden))
	h := state()
	if h.State != platform.StateLive || !h.Since.Equal(began) || len(h.Problems) != 1 || h.Problems[0].State != platform.StateForbidden || !h.Problems[0].Since.Equal(now) {
		t.Errorf("%+v", h)
	}
	now = now.Add(2*time.Minute + time.Second)
	b.Health.tick()
	if h := state(); h.State != platform.StateStale || !h.Since.Equal(now) || h.Remedy != platform.RemedyWait || h.Detail == "" {
		t.Errorf("silence: %+v", h)
	}
	b.Health.fail("facts", fault(transport.ClassGateway), now.Add(time.Minute))
	if h := state(); h.State != platform.StateUnreachable || !h.NextRetry.Equal(now.Add(time.Minute)) || !h.LastSuccess.Equal(began) {
		t.Errorf("%+v", h)
	}
	b.Health.OK("facts")
	b.Health.OK("extra")
	if h := state(); h.State != platform.StateLive || len(h.Problems) != 0 || !h.NextRetry.IsZero() {
		t.Errorf("%+v", h)
	}
	b.Health.Set(func(h *platform.SourceHealth) { h.Version, h.State = "1.2", platform.StateForbidden })
	if h := state(); h.Version != "1.2" || h.State != platform.StateLive {
		t.Errorf("%+v", h)
	}
	b.Health.Forget("facts")
	if h := b.Health.Now(); h.State != platform.StateLive {
		t.Errorf("%+v", h)
	}
}

func TestCountersDoNotWakeReadersOften(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	st := store.New(func() time.Time { return now })
	b := newBoard(fakeSource{}, Ground{Store: st, Clock: func() time.Time { return now }}, nil)
	m := &countingMeter{}
	b.Health.Meter(m)
	b.Health.OK("facts")
	before := st.Current().Version()
	for range 10 {
		m.s.Calls++
		b.Health.OK("facts")
	}
	if st.Current().Version() != before {
		t.Error("counters alone were published at once")
	}
	now = now.Add(counterGap)
	b.Health.tick()
	b.Health.tick()
	if got := store.Health.Items(st.Current(), "")[0]; got.Calls != 10 || st.Current().Version() != before+1 {
		t.Errorf("%d calls in version %d, was %d", got.Calls, st.Current().Version(), before)
	}
	now = now.Add(time.Hour)
	b.Health.tick()
	if st.Current().Version() != before+1 {
		t.Error("published though nothing was called")
	}
}

type countingMeter struct{ s transport.Stats }

func (m *countingMeter) Stats() transport.Stats { return m.s }

func TestPolls(t *testing.T) {
	limited := &transport.Fault{Class: transport.ClassRateLimited, RetryAfter: 10 * time.Minute}
	for _, c := range []struct {
		name   string
		steps  []error
		within time.Duration
		low    int // calls
		high   int
		state  platform.State
	}{
		{"live", []error{nil}, 10 * time.Minute, 9, 12, platform.StateLive},
		{"recovers soon", []error{fault(transport.ClassGateway), fault(transport.ClassGateway), nil}, 6 * time.Second, 3, 3, platform.StateLive},
		{"backs off", []error{fault(transport.ClassUnreachable)}, 10 * time.Minute, 10, 20, platform.StateUnreachable},
		{"forbidden is not hammered", []error{fault(transport.ClassForbidden)}, 14 * time.Minute, 5, 7, platform.StateForbidden},
		// A server that starts refuses everybody for a moment.
		{"a refusal after a silence is doubted", append(slices.Repeat([]error{fault(transport.ClassUnreachable)}, 8), fault(transport.ClassForbidden), nil), 5 * time.Minute, 10, 12, platform.StateLive},
		{"unauthorised", []error{fault(transport.ClassUnauthorised)}, 5 * time.Minute, 9, 12, platform.StateUnauthorised},
		{"obeys", []error{nil, limited, nil}, 10 * time.Minute, 2, 2, platform.StateStale},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, s := board(), &script{steps: c.steps}
				running(t, b, Poll{Part: "facts", Every: time.Minute, Essential: true, Do: s.do})
				pass(c.within)
				if n := s.count(); n < c.low || n > c.high {
					t.Errorf("%d calls, want %d to %d", n, c.low, c.high)
				}
				h := b.Health.Now()
				if h.State != c.state {
					t.Errorf("state %s, want %s", h.State, c.state)
				}
				if h.State.Bad() != !h.NextRetry.IsZero() {
					t.Errorf("state %s with next retry %v", h.State, h.NextRetry)
				}
			})
		})
	}
}

func TestWhatHangsIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, calls := board(), 0
		running(t, b, Poll{Part: "facts", Every: time.Hour, Essential: true, Do: func(ctx context.Context) error {
			calls++
			<-ctx.Done()
			return ctx.Err()
		}})
		pass(longestDeadline + 2*time.Second)
		if h := b.Health.Now(); h.State != platform.StateUnreachable || calls != 2 {
			t.Errorf("%s after %d calls", h.State, calls)
		}
	})
}

func TestPokeWakesEveryPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poke := make(chan struct{}, 1)
		b := newBoard(fakeSource{}, Ground{Store: store.New(nil)}, poke)
		good, forbidden := &script{steps: []error{nil}}, &script{steps: []error{fault(transport.ClassForbidden)}}
		scopes := &script{steps: []error{fault(transport.ClassForbidden)}}
		running(t, b, Poll{Part: "a", Every: time.Hour, Do: good.do}, Poll{Part: "b", Every: time.Hour, Do: forbidden.do},
			Sweep{Part: "c", Every: time.Hour, Scopes: func() []string { return []string{"p"} }, Do: func(ctx context.Context, _ string) error { return scopes.do(ctx) }})
		pass(10 * time.Second)
		poke <- struct{}{}
		pass(10 * time.Second)
		if good.count() != 2 || forbidden.count() != 2 || scopes.count() != 2 {
			t.Errorf("calls: %d %d %d, want 2 each", good.count(), forbidden.count(), scopes.count())
		}
	})
}

func TestPartsRecoverTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board()
		down := fault(transport.ClassUnreachable)
		var mu sync.Mutex
		up := false
		do := func(calls *int) func(context.Context) error {
			return func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				*calls++
				if up {
					return nil
				}
				return down
			}
		}
		var a, z int
		running(t, b, Poll{Part: "a", Every: time.Hour, Essential: true, Do: do(&a)}, Poll{Part: "z", Every: time.Hour, Essential: true, Do: do(&z)})
		pass(5 * time.Minute)
		mu.Lock()
		up = true
		mu.Unlock()
		for b.Health.Now().LastSuccess.IsZero() {
			pass(100 * time.Millisecond)
		}
		if h := b.Health.Now(); h.State != platform.StateLive {
			t.Errorf("one part is back, the other still waits: %s", h.State)
		}
	})
}

func TestPanicsAreContained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		b := newBoard(fakeSource{}, Ground{Store: store.New(nil), Log: slog.New(slog.NewTextHandler(&out, nil))}, nil)
		n := 0
		running(t, b, Poll{Part: "facts", Every: time.Minute, Essential: true, Do: func(context.Context) error {
			if n++; n == 1 {
				panic("boom")
			}
			return nil
		}})
		if h := b.Health.Now(); h.State != platform.StateUnreachable || strings.Contains(h.Detail, "boom") {
			t.Errorf("%s %q", h.State, h.Detail)
		}
		pass(3 * time.Second)
		if h := b.Health.Now(); h.State != platform.StateLive {
			t.Errorf("%s", h.State)
		}
		if !strings.Contains(out.String(), "boom") {
			t.Error("the log does not tell")
		}
	})
}

func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := store.New(nil)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		runs := 0
		src := fakeSource{run: func(ctx context.Context, b *Board) error {
			runs++
			switch runs {
			case 1:
				panic("boom")
			case 2:
				return io.ErrUnexpectedEOF
			case 3:
				return nil
			}
			b.Health.OK("facts")
			<-ctx.Done()
			return ctx.Err()
		}}
		go func() { Keep(ctx, src, Ground{Store: st}, nil); close(done) }()
		synctest.Wait()
		if h := store.Health.Items(st.Current(), "")[0]; h.State != platform.StateUnreachable || h.NextRetry.IsZero() {
			t.Errorf("after a panic: %+v", h)
		}
		pass(15 * time.Second)
		if h := store.Health.Items(st.Current(), "")[0]; h.State != platform.StateLive || runs != 4 {
			t.Errorf("after %d runs: %+v", runs, h)
		}
		cancel()
		<-done
	})
}

func TestKeepLeavesAStuckSourceBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		src := fakeSource{run: func(context.Context, *Board) error { <-release; return nil }}
		go func() { Keep(ctx, src, Ground{Store: store.New(nil)}, nil); close(done) }()
		synctest.Wait()
		ended := time.Now()
		cancel()
		<-done
		if took := time.Since(ended); took > stopLimit { // time of the bubble
			t.Errorf("stopped after %v", took)
		}
		close(release)
	})
}

func TestKeepIsWokenByAPoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poke := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		runs := 0
		src := fakeSource{run: func(context.Context, *Board) error { runs++; return fault(transport.ClassForbidden) }}
		go func() { Keep(ctx, src, Ground{Store: store.New(nil)}, poke); close(done) }()
		pass(time.Second)
		poke <- struct{}{}
		pass(time.Second)
		if runs != 2 {
			t.Errorf("%d runs", runs)
		}
		cancel()
		<-done
	})
}

// reader records which scopes a sweep reads, and when.
type reader struct {
	mu    sync.Mutex
	calls []string
	fail  map[string]error
	live  int
	most  int
}

func (r *reader) do(_ context.Context, scope string) error {
	r.mu.Lock()
	r.calls = append(r.calls, scope)
	r.live++
	r.most = max(r.most, r.live)
	r.mu.Unlock()
	<-time.After(10 * time.Millisecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
	return r.fail[scope]
}

func (r *reader) count(scope string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if scope == "" || c == scope {
			n++
		}
	}
	return n
}

func manyScopes(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("p%04d", i)
	}
	return out
}

func TestSweepTakesItsTimeAndPutsWhatIsInViewFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := board(), &reader{}
		all := manyScopes(1000)
		b.Interest.Set("me", []string{"p0900", "p0500", "unknown"})
		running(t, b, Sweep{Part: "details", Every: time.Hour, InView: 20 * time.Second, Rate: 2, Scopes: func() []string { return all }, Do: r.do})
		pass(10 * time.Second)
		if n := r.count(""); n < 18 || n > 24 {
			t.Errorf("%d reads in ten seconds at two a second", n)
		}
		if first := r.calls[:3]; !slices.Contains(first, "p0900") || !slices.Contains(first, "p0500") {
			t.Errorf("first reads: %v", first)
		}
		before := r.count("p0777")
		b.Interest.Set("me", []string{"p0777"})
		pass(time.Second)
		if r.count("p0777") != before+1 {
			t.Error("what came into view was not read at once")
		}
		pass(100 * time.Second)
		if n := r.count("p0777"); n < 5 || n > 7 {
			t.Errorf("%d reads of what is in view in 100 s", n)
		}
		pass(500 * time.Second)
		if r.most > 3 || r.count("p0500") != 1 || r.count("p0999") != 1 {
			t.Errorf("%d at a time; p0500 %d, p0999 %d times", r.most, r.count("p0500"), r.count("p0999"))
		}
		pass(time.Hour)
		if r.count("p0999") != 2 {
			t.Errorf("the background was read %d times in more than an hour", r.count("p0999"))
		}
	})
}

func TestSweepRemembersWhatIsForbidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board()
		r := &reader{fail: map[string]error{"p0001": fault(transport.ClassForbidden), "p0002": fault(transport.ClassNotFound)}}
		b.Health.Declare("facts", true, 0)
		b.Health.OK("facts")
		b.Interest.Set("me", []string{"p0001"})
		running(t, b, Sweep{Part: "details", Every: time.Minute, InView: time.Second, Rate: 10, Scopes: func() []string { return manyScopes(4) }, Do: r.do})
		pass(4 * time.Minute)
		if r.count("p0001") != 1 || r.count("p0002") != 1 || r.count("p0003") < 3 {
			t.Errorf("reads: forbidden %d, absent %d, good %d", r.count("p0001"), r.count("p0002"), r.count("p0003"))
		}
		h := b.Health.Now()
		if h.State != platform.StateLive || len(h.Problems) != 1 || !strings.HasPrefix(h.Problems[0].Detail, "2 of 4: ") {
			t.Errorf("%+v", h)
		}
		pass(8 * time.Hour)
		if n := r.count("p0001"); n < 8 || n > 14 {
			t.Errorf("a forbidden scope was tried %d times in a working day", n)
		}
	})
}

func TestSweepPausesWhenTheSystemIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board()
		r := &reader{fail: map[string]error{}}
		all := manyScopes(50)
		for _, s := range all {
			r.fail[s] = fault(transport.ClassUnreachable)
		}
		running(t, b, Sweep{Part: "details", Every: time.Minute, Rate: 50, Scopes: func() []string { return all }, Do: r.do})
		pass(10 * time.Minute)
		if n := r.count(""); n > 25 {
			t.Errorf("%d reads of a system that is away", n)
		}
		if h := b.Health.Now(); h.State != platform.StateUnreachable {
			t.Errorf("%+v", h)
		}
		r.mu.Lock()
		clear(r.fail)
		r.mu.Unlock()
		pass(90 * time.Second)
		if h := b.Health.Now(); h.State != platform.StateLive || len(h.Problems) != 0 {
			t.Errorf("%+v", h)
		}
	})
}

func TestSweepFollowsTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := board(), &reader{}
		var gone []string
		put := func(ids ...string) {
			b.Store.Apply(func(tx *store.Tx) {
				byID := map[string][]platform.Project{}
				for _, id := range ids {
					byID[id] = []platform.Project{{ID: id, Slug: id}}
				}
				byID["old"] = []platform.Project{{ID: "old", Slug: "x_1_archived"}}
				store.Projects.PutAll(tx, "console", byID)
			})
		}
		put("a", "b")
		running(t, b, Sweep{Part: "details", Every: time.Hour, Rate: 10, Scopes: ProjectScopes(b.Store), Do: r.do, Gone: func(s string) { gone = append(gone, s) }})
		pass(5 * time.Second)
		put("b", "c")
		pass(5 * time.Second)
		if got := strings.Join(r.calls, " "); got != "a b c" || !slices.Equal(gone, []string{"a"}) {
			t.Errorf("read %q, gone %v", got, gone)
		}
	})
}
