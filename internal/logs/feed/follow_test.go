package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
)

// reader collects what a follower delivers.
type reader struct {
	mu      sync.Mutex
	got     map[string]int
	order   []string
	notices []logs.Notice
	states  map[string]OriginState
}

func (r *reader) count(kind logs.NoticeKind) (n int) {
	for _, x := range r.notices {
		if x.Kind == kind {
			n++
		}
	}
	return n
}

// follow runs a follower in a bubble of time; play is the story, after which everything must have come once.
func follow(t *testing.T, o FollowOptions, play func(r *reader)) *reader {
	t.Helper()
	r := &reader{got: map[string]int{}, states: map[string]OriginState{}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	o.Subject = logs.Subject{Namespace: "ns"}
	o.State = func(s OriginState) { r.mu.Lock(); defer r.mu.Unlock(); r.states[s.Source] = s }
	go func() {
		done <- Follow(ctx, o, func(b logs.Batch) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, l := range b.Lines {
				r.got[l.Text]++
				r.order = append(r.order, l.Text)
			}
			r.notices = append(r.notices, b.Notices...)
			return nil
		})
	}()
	play(r)
	stop()
	if err := <-done; err != nil {
		t.Errorf("Follow: %v", err)
	}
	return r
}

// complete checks that each line came once.
func complete(t *testing.T, r *reader, lines []logs.Line) {
	t.Helper()
	missing, twice := 0, 0
	for _, l := range lines {
		switch n := r.got[l.Text]; {
		case n == 0:
			missing++
		case n > 1:
			twice++
		}
	}
	if missing+twice > 0 || len(r.got) != len(lines) {
		t.Errorf("of %d lines %d are missing, %d came more than once; %d delivered", len(lines), missing, twice, len(r.got))
	}
}

// writing writes lines with sequence numbers at a rate, for a while.
func writing(x *index, perSecond int, d time.Duration) {
	step := time.Second / time.Duration(min(perSecond, 10))
	for n, end := len(x.lines), time.Now().Add(d); time.Now().Before(end); {
		var texts []string
		for range max(perSecond/10, 1) {
			texts = append(texts, fmt.Sprintf("seq=%08d", n))
			n++
		}
		x.write(time.Now().UnixNano(), texts...)
		time.Sleep(step)
	}
}

func TestFollowLosesNothing(t *testing.T) {
	type story struct {
		name  string
		limit int
		rate  int
		play  func(x *index)
		also  func(t *testing.T, r *reader, x *index)
	}
	for _, c := range []story{
		{"quiet", 5000, 2, func(*index) {}, func(t *testing.T, r *reader, x *index) {
			if len(r.notices) != 0 || x.ranges > 20 {
				t.Errorf("%d questions, notices %v", x.ranges, r.notices)
			}
		}},
		{"a cut", 5000, 50, func(x *index) { time.Sleep(20 * time.Second); x.cutTails() }, func(t *testing.T, r *reader, _ *index) {
			if r.count(logs.NoticeCut) != 1 || r.count(logs.NoticeResumed) != 1 {
				t.Errorf("notices %v", r.notices)
			}
		}},
		{"away for a while", 5000, 50, func(x *index) {
			time.Sleep(10 * time.Second)
			x.set(func(x *index) { x.refuse, x.noTail = errors.New("away"), errors.New("away") })
			x.cutTails()
			time.Sleep(40 * time.Second)
			x.set(func(x *index) { x.refuse, x.noTail = nil, nil })
		}, func(t *testing.T, r *reader, _ *index) {
			if r.count(logs.NoticeFailed) != 1 || r.count(logs.NoticeResumed) != 1 || r.states["loki"].Health.State != platform.StateLive {
				t.Errorf("notices %v, state %v", r.notices, r.states["loki"])
			}
		}},
		{"checks fail for longer than they look back", 5000, 100, func(x *index) {
			time.Sleep(3 * time.Second)
			x.set(func(x *index) { x.refuse, x.drop = errors.New("away"), 7 }) // the tail goes on, and drops in silence
			time.Sleep(50 * time.Second)
			x.set(func(x *index) { x.refuse, x.drop = nil, 0 })
		}, func(t *testing.T, r *reader, _ *index) {
			if r.count(logs.NoticeGap) != 0 {
				t.Errorf("notices %v", r.notices)
			}
		}},
		{"no tail at all", 5000, 50, func(x *index) { x.set(func(x *index) { x.noTail = errors.New("404") }); x.cutTails() }, func(t *testing.T, r *reader, _ *index) {
			if r.states["loki"].How != HowPolling {
				t.Errorf("state %+v", r.states["loki"])
			}
		}},
		{"drops and tells", 5000, 100, func(x *index) { x.set(func(x *index) { x.drop, x.tell = 7, true }) }, nil},
		{"drops in silence, few", 5000, 20, func(x *index) { x.set(func(x *index) { x.drop = 7 }) }, nil},
		{"drops in silence, many", 5000, 120, func(x *index) { x.set(func(x *index) { x.drop = 7 }) }, func(t *testing.T, _ *reader, x *index) {
			if x.metrics == 0 {
				t.Error("nothing was counted")
			}
		}},
		{"drops in silence, many, and answers late", 5000, 200, func(x *index) { x.set(func(x *index) { x.drop, x.takes = 7, 300*time.Millisecond }) }, func(t *testing.T, r *reader, _ *index) {
			if r.count(logs.NoticeGap) != 0 {
				t.Errorf("said to be missing instead of read: %v", r.notices)
			}
		}},
		{"falls silent", 5000, 20, func(x *index) { time.Sleep(10 * time.Second); x.set(func(x *index) { x.silent = true }) }, nil},
		{"cuts, many lines, a small limit", 300, 150, func(x *index) {
			for range 5 {
				time.Sleep(7 * time.Second)
				x.cutTails()
			}
		}, nil},
		{"late lines", 5000, 20, func(x *index) {
			time.Sleep(20 * time.Second)
			x.set(func(x *index) { x.silent = true })
			x.write(time.Now().Add(-15*time.Second).UnixNano(), "late one", "late two")
			x.set(func(x *index) { x.silent = false })
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := newIndex(c.limit)
				r := follow(t, FollowOptions{Reach: logs.Reach{History: x}, From: time.Now().UnixNano()}, func(*reader) {
					go c.play(x)
					writing(x, c.rate, 70*time.Second)
					time.Sleep(50 * time.Second)
				})
				complete(t, r, x.lines)
				if c.also != nil {
					c.also(t, r, x)
				}
			})
		})
	}
}

// What is read again after it was forgotten is compared with what is held.
func TestWhatIsForgottenIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		var r *reader
		held := func(ls []logs.Line) (out []logs.Line) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, l := range ls {
				if r.got[l.Text] == 0 {
					out = append(out, l)
				}
			}
			return out
		}
		follow(t, FollowOptions{Reach: logs.Reach{History: x}, From: time.Now().UnixNano(), remember: 600, Unheld: held}, func(of *reader) {
			r = of
			go func() {
				for range 4 {
					time.Sleep(12 * time.Second)
					x.cutTails()
				}
			}()
			writing(x, 200, 60*time.Second)
			time.Sleep(50 * time.Second)
		})
		complete(t, r, x.lines)
	})
}

// More lines come than are remembered until the next check: what was dropped of them cannot be read again, and is said.
func TestWhatIsTooMuchToBeRememberedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		r := follow(t, FollowOptions{Reach: logs.Reach{History: x}, From: time.Now().UnixNano(), remember: 600}, func(*reader) {
			go func() { time.Sleep(20 * time.Second); x.set(func(x *index) { x.drop = 7 }) }()
			writing(x, 200, 70*time.Second)
			time.Sleep(50 * time.Second)
		})
		missing, silent, quiet := 0, 0, 0
		for i, l := range x.lines {
			said := false
			for _, n := range r.notices {
				said = said || n.Kind == logs.NoticeGap && n.From <= l.At && l.At < n.To
			}
			switch {
			case r.got[l.Text] == 0 && said:
				missing++
			case r.got[l.Text] != 1:
				silent++
			case said && i < 200*19:
				quiet++
			}
		}
		if missing < 100 || silent > 0 || quiet > 0 {
			t.Errorf("of %d lines %d are missing and said, %d missing in silence or repeated, %d said to be missing that are not; %d notices", len(x.lines), missing, silent, quiet, len(r.notices))
		}
	})
}

func TestBothOriginsShowALineOnce(t *testing.T) {
	for _, skew := range []time.Duration{0, 300 * time.Millisecond, -700 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			x := newIndex(5000)
			n := newNode(x, skew)
			r := follow(t, FollowOptions{Reach: logs.Reach{History: x, Live: []logs.LiveOrigin{{Live: n}}}, Mode: Both, From: time.Now().UnixNano() - 2e9}, func(*reader) {
				go func() { time.Sleep(15 * time.Second); x.cutTails() }()
				writing(x, 40, 60*time.Second)
				time.Sleep(40 * time.Second)
			})
			complete(t, r, x.lines)
		})
	}
}

// The history goes, the live origin takes over, the history comes back: the seams are shown, no line is lost or shown twice.
func TestTheLiveOriginStandsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		n := newNode(&index{limit: 5000, changed: make(chan struct{}), cut: make(chan struct{})}, 0)
		both := func(text string) {
			at := time.Now().UnixNano()
			n.write(at, text)
			x.write(at, text)
		}
		r := follow(t, FollowOptions{Reach: logs.Reach{History: x, Live: []logs.LiveOrigin{{Live: n}}}, From: time.Now().UnixNano()}, func(r *reader) {
			for i := range 300 {
				switch i {
				case 60:
					x.set(func(x *index) { x.refuse, x.noTail = errors.New("away"), errors.New("away") })
					x.cutTails()
				case 90:
					r.mu.Lock()
					if r.got["line 85"] != 1 || r.states["argocd/pub"].How != HowTail {
						t.Errorf("nothing stands in: %v", r.states)
					}
					r.mu.Unlock()
				case 120:
					x.set(func(x *index) { x.refuse, x.noTail = nil, nil })
				}
				both(fmt.Sprint("line ", i))
				time.Sleep(time.Second)
			}
			time.Sleep(10 * time.Second)
		})
		complete(t, r, x.lines)
		if r.count(logs.NoticeSeam) != 2 || r.states["argocd/pub"].How != HowNone {
			t.Errorf("seams %d, %v", r.count(logs.NoticeSeam), r.states["argocd/pub"])
		}
	})
}

// A live origin that is cut is read again from before the cut.
func TestLiveResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNode(newIndex(5000), 0)
		r := follow(t, FollowOptions{Reach: logs.Reach{Live: []logs.LiveOrigin{{Live: n}}}, From: time.Now().UnixNano()}, func(*reader) {
			go func() {
				for range 3 {
					time.Sleep(12 * time.Second)
					n.cutTails()
				}
			}()
			writing(n.index, 50, 60*time.Second)
			time.Sleep(20 * time.Second)
		})
		complete(t, r, n.lines)
		if r.count(logs.NoticeCut) != 3 || r.count(logs.NoticeResumed) != 3 {
			t.Errorf("notices %v", r.notices)
		}
	})
}

// The same words twice in one nanosecond are two lines, however often they are read again.
func TestEqualStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		at := time.Now().UnixNano()
		x.lines = []logs.Line{{At: at, Stream: x.stream, Text: "a"}, {At: at, Stream: x.stream, Text: "b"}}
		r := follow(t, FollowOptions{Reach: logs.Reach{History: x}, From: at}, func(*reader) { time.Sleep(90 * time.Second) })
		if strings.Join(r.order, "") != "ab" {
			t.Errorf("%q", r.order)
		}
	})
}
