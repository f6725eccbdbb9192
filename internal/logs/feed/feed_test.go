package feed

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/lines"
	"dsotop/internal/platform"
)

// held lists what a store holds, in order: texts, and the kinds of notices in brackets.
func held(s *lines.Store) (out []string) {
	for it := range s.Between(0, forever) {
		if it.Notice != nil {
			out = append(out, fmt.Sprint("[", it.Notice.Kind, "]"))
		} else {
			out = append(out, it.Text)
		}
	}
	return out
}

func open(t *testing.T, o Options) *Feed {
	t.Helper()
	o.Store = lines.New(lines.Options{})
	if o.Subject.Namespace == "" {
		o.Subject.Namespace = "ns"
	}
	f := Open(t.Context(), o)
	t.Cleanup(f.Close)
	return f
}

// past writes n lines, one every step, the newest one step ago.
func past(x *index, n int, step time.Duration) {
	now := time.Now()
	for i := range n {
		x.lines = append(x.lines, logs.Line{At: now.Add(-step * time.Duration(n-i)).UnixNano(), Stream: x.stream, Text: fmt.Sprint("past ", i)})
	}
}

// ordered checks that the store holds exactly the lines of the index from the first one given, each once, in order.
func ordered(t *testing.T, f *Feed, want []logs.Line) {
	t.Helper()
	var got []string
	for it := range f.Store().Between(0, forever) {
		if it.Notice == nil {
			got = append(got, it.Text)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines are held, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i].Text {
			t.Fatalf("line %d is %q, want %q", i, got[i], want[i].Text)
		}
	}
}

func TestOpenFollowsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 3000, time.Second)
		f := open(t, Options{Reach: logs.Reach{History: x}, Page: 1000})
		time.Sleep(3 * time.Second)
		if s := f.State(); !s.Following || !s.Loaded || s.Start != 0 || len(s.Origins) != 1 || s.Origins[0].How != HowTail {
			t.Errorf("%+v", s)
		}
		ordered(t, f, x.lines[2000:])
		for i := range 5 {
			x.write(time.Now().UnixNano(), fmt.Sprint("new ", i))
			time.Sleep(time.Second)
		}
		ordered(t, f, x.lines[2000:])
		for range 3 {
			f.Older(f.Store().Stat().First)
			time.Sleep(time.Second)
		}
		ordered(t, f, x.lines)
		// There is nothing older: it is looked for as far as the retention, once, and said.
		f.Older(f.Store().Stat().First)
		time.Sleep(time.Second)
		if s := f.State(); s.Start != logs.NoticeRetention {
			t.Errorf("%+v", s)
		}
		asked := x.ranges
		f.Older(f.Store().Stat().First)
		time.Sleep(time.Second)
		if x.ranges != asked {
			t.Error("asked again for what is not kept")
		}
	})
}

// A tail begins ten seconds back, further than the first page of a busy container: what nobody asked for is not put there, with a hole after it.
func TestWhatIsBeforeTheFirstPageIsNotHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 20_000, time.Millisecond)
		f := open(t, Options{Reach: logs.Reach{History: x}, Page: 1000})
		time.Sleep(100 * time.Millisecond)
		ordered(t, f, x.lines[19_000:])
		x.cutTails() // what follows a cut reads ten seconds back as well
		time.Sleep(3 * time.Second)
		ordered(t, f, x.lines[19_000:])
		// A time that the follower lacks from before all that is held is a gap like others, and may be fetched.
		n := logs.Notice{Kind: logs.NoticeGap, From: x.lines[18_000].At, To: x.lines[19_500].At}
		f.followed(time.Now().UnixNano(), logs.Batch{Notices: []logs.Notice{n}})
		if got := held(f.Store()); got[1] != fmt.Sprint("[", logs.NoticeGap, "]") {
			t.Fatalf("%q", got[:3])
		}
		n.From = x.lines[19_000].At
		f.Fetch(n)
		time.Sleep(time.Second)
		ordered(t, f, x.lines[19_000:])
		if got := held(f.Store()); len(got) != 1000+2 { // the cut, and what it cost
			t.Errorf("%d are held", len(got))
		}
	})
}

// Who asks for a time while the first page is still being read gets there.
func TestAJumpWhileItOpensIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 4000, time.Second)
		x.takes = time.Second
		f := open(t, Options{Reach: logs.Reach{History: x}, Page: 1000})
		at := x.lines[400].At
		f.Jump(at)
		time.Sleep(10 * time.Second)
		if h, ok := f.Held(at); !ok || h.From > at || h.To <= at || f.State().Jumping {
			t.Errorf("%+v is held, jumping %v", h, f.State().Jumping)
		}
	})
}

func TestQuietNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		x.write(time.Now().Add(-5*24*time.Hour).UnixNano(), "five days ago")
		f := open(t, Options{Reach: logs.Reach{History: x}})
		time.Sleep(3 * time.Second)
		ordered(t, f, x.lines)
	})
	synctest.Test(t, func(t *testing.T) {
		f := open(t, Options{Reach: logs.Reach{History: newIndex(5000)}})
		time.Sleep(3 * time.Second)
		if s := f.State(); !s.Loaded || s.Start != logs.NoticeRetention || !s.Following {
			t.Errorf("%+v", s)
		}
	})
}

// Going to a time leaves a gap that is shown, and closed by moving on or by fetching it.
func TestJumpAndBack(t *testing.T) {
	for _, close := range []string{"newer", "fetch"} {
		synctest.Test(t, func(t *testing.T) {
			x := newIndex(200)
			past(x, 5000, time.Second)
			f := open(t, Options{Reach: logs.Reach{History: x}, Page: 100})
			time.Sleep(3 * time.Second)
			at := x.lines[2000].At
			f.Jump(at)
			time.Sleep(time.Second)
			var gap *logs.Notice
			for it := range f.Store().Between(0, forever) {
				if it.Notice != nil && it.Notice.Kind == logs.NoticeGap {
					gap = it.Notice
				}
			}
			if gap == nil || gap.From <= at || gap.To >= x.lines[4999].At {
				t.Fatalf("gap %+v in %v", gap, held(f.Store()))
			}
			if close == "fetch" {
				f.Fetch(*gap)
				time.Sleep(time.Second)
			} else {
				for range 60 {
					f.Newer(at)
					time.Sleep(100 * time.Millisecond)
				}
			}
			ordered(t, f, x.lines[1900:])
			for it := range f.Store().Between(0, forever) {
				if it.Notice != nil {
					t.Errorf("still there: %+v", it.Notice)
				}
			}
			if !f.State().Following {
				t.Error("it follows no more")
			}
		})
	}
}

func TestOpenAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 2000, time.Second)
		at := x.lines[500].At
		f := open(t, Options{Reach: logs.Reach{History: x}, Page: 200, Subject: logs.Subject{At: at}})
		time.Sleep(time.Second)
		if f.State().Following {
			t.Error("it follows although one looks at the past")
		}
		ordered(t, f, x.lines[300:700])
		for range 20 {
			f.Newer(f.Store().Stat().Last)
			time.Sleep(time.Second)
		}
		x.write(time.Now().UnixNano(), "new")
		time.Sleep(time.Second)
		if !f.State().Following {
			t.Error("having read up to the present it does not follow")
		}
		ordered(t, f, x.lines[300:])
	})
}

// More lines in one nanosecond than a page, and than a call, are read or said.
func TestManyLinesInOneNanosecond(t *testing.T) {
	for _, c := range []struct{ same, want int }{{150, 150}, {500, 200}} {
		synctest.Test(t, func(t *testing.T) {
			x := newIndex(200)
			at := time.Now().Add(-time.Minute).UnixNano()
			x.write(at-1, "before")
			for i := range c.same {
				x.lines = append(x.lines, logs.Line{At: at, Stream: x.stream, Text: fmt.Sprint("same ", i)})
			}
			f := open(t, Options{Reach: logs.Reach{History: x}, Page: 40})
			time.Sleep(3 * time.Second)
			if got := held(f.Store()); len(got) > 40 || got[len(got)-1] != x.lines[len(x.lines)-1].Text {
				t.Errorf("the newest page, in the order of the server: %v", got)
			}
			for range 10 {
				f.Older(0)
				time.Sleep(time.Second)
			}
			limits := 0
			for it := range f.Store().Between(0, forever) {
				if it.Notice != nil && it.Notice.Kind == logs.NoticeLimit {
					limits++
				}
			}
			st := f.Store().Stat()
			if int(st.Lines) != c.want+1 || (limits > 0) != (c.same > c.want) {
				t.Errorf("%d lines of %d in one nanosecond, %d notices", st.Lines, c.same, limits)
			}
		})
	}
}

// A history that refuses is said, tried again, and what it held comes when it answers.
func TestHistoryComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 100, time.Second)
		x.refuse, x.noTail = errors.New("refused"), errors.New("refused")
		f := open(t, Options{Reach: logs.Reach{History: x}})
		time.Sleep(10 * time.Second)
		if s := f.State(); s.Failed.State != platform.StateUnreachable || s.Loaded {
			t.Errorf("%+v", s)
		}
		x.set(func(x *index) { x.refuse, x.noTail = nil, nil })
		time.Sleep(40 * time.Second)
		ordered(t, f, x.lines)
		if s := f.State(); s.Failed.State != "" || !s.Loaded {
			t.Errorf("%+v", s)
		}
	})
}

func TestLiveOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 50, time.Second)
		f := open(t, Options{Reach: logs.Reach{Live: []logs.LiveOrigin{{Live: newNode(x, 0)}}}})
		time.Sleep(3 * time.Second)
		x.write(time.Now().UnixNano(), "new")
		time.Sleep(time.Second)
		ordered(t, f, x.lines)
		f.Older(0)
		time.Sleep(time.Second)
		if s := f.State(); s.Start != logs.NoticeStart || !s.Following {
			t.Errorf("%+v", s)
		}
	})
}

func TestCloseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newIndex(5000)
		past(x, 50, time.Second)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		f := Open(ctx, Options{Reach: logs.Reach{History: x, Live: []logs.LiveOrigin{{Live: newNode(newIndex(10), 0)}}}, Mode: Both, Store: lines.New(lines.Options{}), Subject: logs.Subject{Namespace: "ns"}})
		time.Sleep(time.Minute)
		f.Close() // the bubble fails when a goroutine stays
	})
}

// An edge between two calls that falls among equal lines costs none of them, when something was left out of the answer before.
func TestEqualLinesAtAnEdge(t *testing.T) {
	for limit := 2; limit < 9; limit++ {
		x := newIndex(limit)
		for i, texts := range [][]string{{"a", "b"}, {"c", "c"}, {"d", "e", "e"}, {"f", "f"}, {"g"}} {
			x.write(int64(i+1), texts...)
		}
		for _, backward := range []bool{false, true} {
			got := 0
			if _, err := Read(t.Context(), x, logs.Ask{From: 0, To: 10, Backward: backward}, 0, func(b logs.Batch) error { got += len(b.Lines); return nil }); err != nil {
				t.Fatal(err)
			}
			if limit > 3 && got != 10 {
				t.Errorf("pages of %d, backward %v: %d lines of 10", limit, backward, got)
			}
		}
	}
}
