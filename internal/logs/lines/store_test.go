package lines

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"dsotop/internal/logs"
)

func line(at int64, st *logs.Stream, text string) logs.Line {
	return logs.Line{At: at, Stream: st, Text: text}
}

// small returns a store of small blocks, so that few lines fill many.
func small(o Options) *Store {
	s := New(o)
	s.max = limits{rows: 96, text: 4 << 10, loose: 2, worth: 512}
	return s
}

// noise does not compress.
func noise(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + r.IntN(90))
	}
	return string(b)
}

func texts(items []Item) (out []string) {
	for _, it := range items {
		switch {
		case it.Notice != nil:
			out = append(out, fmt.Sprintf("<%d:%d>", it.Notice.Kind, it.Notice.Count))
		case it.Folded > 0:
			out = append(out, fmt.Sprintf("%s +%d", it.Text, it.Folded))
		default:
			out = append(out, it.Text)
		}
	}
	return out
}

func TestEqualTimesKeepTheirArrival(t *testing.T) {
	s := New(Options{})
	st := streams(2)
	s.Add([]logs.Line{line(5, st[0], "a"), line(5, st[1], "b")})
	s.Add([]logs.Line{line(9, st[0], "z"), line(5, st[0], "c"), line(4, st[0], "first")})
	s.Note(logs.Notice{Kind: logs.NoticeGap, At: 5, Count: -1})
	s.Add([]logs.Line{line(5, st[0], "d")})
	if got := fmt.Sprint(texts(s.View(ViewOptions{}).Window(0, 99, 0))); got != "[first a b c <1:-1> d z]" {
		t.Error(got)
	}
}

func TestFolding(t *testing.T) {
	s := New(Options{Classify: classify})
	st := streams(2)
	s.Add([]logs.Line{
		line(1, st[0], "\torphan"), line(2, st[0], "\tof the orphan"), line(3, st[0], "INFO start"), line(4, st[0], "ERROR broken"), line(5, st[1], "other"),
		line(6, st[0], "\tat a"), line(7, st[1], "  other's"), line(8, st[0], "\tat needle"), line(9, st[0], "INFO on"), line(10, st[0], "\tFATAL inside"), line(11, st[0], "\tat z"),
	})
	for _, c := range []struct {
		o    ViewOptions
		want string
	}{
		{ViewOptions{Fold: true}, "[\torphan +1 INFO start ERROR broken +2 other +1 INFO on +2]"},
		{ViewOptions{Fold: true, Floor: logs.LevelError}, "[ERROR broken +2 INFO on +2]"},
		{ViewOptions{Floor: logs.LevelError}, "[ERROR broken \tat a \tat needle \tFATAL inside \tat z]"},
		{ViewOptions{Fold: true, Match: parse(t, "needle"), OnlyMatches: true}, "[ERROR broken +2]"},
		{ViewOptions{Match: parse(t, "needle"), OnlyMatches: true}, "[\tat needle]"},
		{ViewOptions{Fold: true, Hidden: func(x *logs.Stream) bool { return x.Container == "c0" }}, "[other +1]"},
	} {
		v := s.View(c.o)
		if got := fmt.Sprint(texts(v.Window(0, 99, 0))); got != c.want {
			t.Errorf("%+v: %q, want %q", c.o, got, c.want)
		}
	}
	if got := s.Stat().Levels; got[logs.LevelError] != 1 || got[logs.LevelFatal] != 1 || got[logs.LevelInfo] != 2 {
		t.Errorf("levels %v", got)
	}
	v := s.View(ViewOptions{Fold: true})
	at := v.Last()
	if it := v.Window(at, 0, 0)[0]; it.Level != logs.LevelFatal {
		t.Errorf("the folded group is %v", it.Level)
	}
	if id, ok := v.NextLevel(0, -1, logs.LevelError); !ok || id != at {
		t.Error("the last error is the group that holds it")
	}
	id, ok := v.NextLevel(at, -1, logs.LevelError)
	if it, _ := s.Get(id); !ok || it.Text != "ERROR broken" {
		t.Errorf("the error before it is %+v", it)
	}
}

// TestFoldingAcrossBlocks: a trace that goes on in the next block stays under its line.
func TestFoldingAcrossBlocks(t *testing.T) {
	s := New(Options{Classify: classify})
	st := streams(2)
	var ls []logs.Line
	rows := int64(s.max.rows)
	for i := range rows - 3 {
		ls = append(ls, line(i, st[1], "INFO fill"))
	}
	ls = append(ls, line(rows, st[0], "ERROR broken"))
	for i := range 10 {
		ls = append(ls, line(rows+1, st[0], fmt.Sprint("\tat ", i)))
	}
	ls = append(ls, line(rows+2, st[0], "INFO next"))
	s.Add(ls)
	if len(s.blocks) != 2 {
		t.Fatalf("%d blocks", len(s.blocks))
	}
	v := s.View(ViewOptions{Fold: true, Floor: logs.LevelWarn})
	if got := fmt.Sprint(texts(v.Window(0, 99, 0))); got != "[ERROR broken +10]" {
		t.Error(got)
	}
	v = s.View(ViewOptions{Fold: true, Match: parse(t, `"at 9"`), OnlyMatches: true})
	if got := fmt.Sprint(texts(v.Window(0, 99, 0))); got != "[\tat 9]" {
		t.Error(got)
	}
}

func TestLongLinesAreCutAndSaid(t *testing.T) {
	s := New(Options{})
	long := "x" + strings.Repeat("é", LongestLine/2) + "x"
	s.Add([]logs.Line{line(1, nil, strings.Repeat("a", 64<<10)), line(2, nil, long), line(3, nil, "after")})
	items := s.View(ViewOptions{}).Window(0, 9, 0)
	if len(items) != 4 || len(items[0].Text) != 64<<10 || items[3].Text != "after" {
		t.Fatalf("%d items", len(items))
	}
	cut, n := items[1].Text, items[2].Notice
	if len(cut) < LongestLine-4 || !strings.HasSuffix(cut, "é") || n == nil || n.Kind != logs.NoticeTruncated || int(n.Count)+len(cut) != len(long) {
		t.Errorf("%d bytes of %d, %+v", len(cut), len(long), n)
	}
}

func TestHasAndCountNear(t *testing.T) {
	s := New(Options{})
	st := streams(2)
	twin := *st[0]
	s.Add([]logs.Line{line(10, st[0], "x"), line(11, st[0], "x"), line(12, st[1], "x"), line(13, st[0], "y")})
	if !s.Has(10, st[0], "x") || !s.Has(11, &twin, "x") || s.Has(12, st[0], "x") || s.Has(10, st[0], "y") || s.Has(9, st[0], "x") {
		t.Error("Has")
	}
	if n := s.CountNear(10, 12, "c0", "x"); n != 2 {
		t.Errorf("%d near", n)
	}
	if len(s.Streams()) != 2 {
		t.Error("equal streams are one")
	}
	s.Add([]logs.Line{line(20, &twin, "x")})
	if len(s.Streams()) != 2 {
		t.Error("equal streams are one")
	}
}

func TestSeekTime(t *testing.T) {
	s := New(Options{})
	v := s.View(ViewOptions{})
	if s.SeekTime(5) != 0 || v.SeekTime(5) != 0 || v.First() != 0 || v.Last() != 0 || v.Window(0, 5, 5) == nil && len(v.Window(0, 5, 5)) != 0 {
		t.Error("empty")
	}
	for i := range 10 {
		s.Add([]logs.Line{line(int64(i*10), nil, fmt.Sprint(i))})
	}
	for at, want := range map[int64]string{-5: "0", 0: "0", 1: "1", 90: "9", 999: "9"} {
		for _, id := range []ID{s.SeekTime(at), v.SeekTime(at)} {
			if it, _ := s.Get(id); it.Text != want {
				t.Errorf("at %d: %s", at, it.Text)
			}
		}
	}
}

// TestEviction fills a small store while a person looks at its end, its beginning, its middle.
func TestEviction(t *testing.T) {
	const each = 500
	r := rand.New(rand.NewPCG(1, 4))
	for _, c := range []struct {
		name   string
		hold   int // the batch a person looks at; -1 follows
		oldest bool
		newest bool
	}{{"follow", -1, false, true}, {"beginning", 0, true, false}, {"middle", 30, false, false}} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{MaxBytes: 4 << 20})
			var held ID
			for k := range 100 {
				ls := make([]logs.Line, each)
				for i := range ls {
					ls[i] = line(int64(k*each+i+1), nil, fmt.Sprint(k, " ", i, noise(r, 200)))
				}
				s.Add(ls)
				if k == c.hold {
					held = s.SeekTime(int64(k*each + each/2))
					s.Hold(held)
				}
				checkBlocks(t, s)
				if st := s.Stat(); st.Memory > 4<<20 {
					t.Fatalf("batch %d: %d bytes", k, st.Memory)
				}
			}
			st := s.Stat()
			if st.Lines+st.Evicted.Old+st.Evicted.New != 100*each {
				t.Fatalf("%d held, %+v left, of %d", st.Lines, st.Evicted, 100*each)
			}
			if (st.Evicted.Old > 0) == c.oldest || (st.Evicted.New > 0) == c.newest {
				t.Errorf("%+v", st.Evicted)
			}
			if _, ok := s.Get(held); c.hold >= 0 && !ok {
				t.Error("what a person looked at is gone")
			}
			items := s.View(ViewOptions{}).Window(0, 1<<30, 0)
			var said int64
			for i, it := range items {
				if it.Notice == nil {
					continue
				}
				if it.Notice.Kind != logs.NoticeEvicted {
					t.Errorf("a notice of kind %d", it.Notice.Kind)
				}
				if said += it.Notice.Count; i > 0 && i < len(items)-1 && items[i+1].At <= it.Notice.To {
					t.Errorf("notice %+v before a line of %d", it.Notice, items[i+1].At)
				}
			}
			if said != st.Evicted.Old+st.Evicted.New {
				t.Errorf("%d said of %+v", said, st.Evicted)
			}
			if !c.oldest && items[0].Notice == nil || c.oldest && items[0].Notice != nil {
				t.Error("the notice of the old end")
			}
		})
	}
}

// TestWhatLeftComesBack: lines that are read again take their part of the notice.
func TestWhatLeftComesBack(t *testing.T) {
	s := New(Options{MaxBytes: 1 << 20})
	r := rand.New(rand.NewPCG(1, 5))
	for i := range 10_000 {
		s.Add([]logs.Line{line(int64(i+1), nil, noise(r, 300))})
	}
	left := s.Stat().Evicted.Old
	v := s.View(ViewOptions{})
	first := v.Window(v.First(), 0, 0)[0]
	if left == 0 || first.Notice == nil || first.Notice.Count != left || first.Notice.To != left {
		t.Fatalf("%d left, %+v", left, first.Notice)
	}
	s.Hold(s.SeekTime(first.At)) // scrolled to the top
	var back []logs.Line
	for i := left - 300; i < left; i++ {
		back = append(back, line(i+1, nil, noise(r, 300)))
	}
	s.Add(back)
	checkBlocks(t, s)
	first = v.Window(v.First(), 0, 0)[0]
	if first.Notice == nil || first.Notice.Count != left-300 {
		t.Fatalf("%+v, want %d", first.Notice, left-300)
	}
	items := v.Window(v.First(), 0, 400)
	for i := 2; i < len(items); i++ {
		if items[i].Notice != nil || items[i].At != items[i-1].At+1 {
			t.Fatalf("item %d: %+v after %d", i, items[i].Notice, items[i-1].At)
		}
	}
	s.Drop(first.ID)
	if it := v.Window(v.First(), 0, 0)[0]; it.Notice != nil {
		t.Error("the notice was dropped")
	}
}

// TestRandomEvictions keeps the promises under any order of arrival and any place of the reader.
func TestRandomEvictions(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := New(Options{MaxBytes: 1 << 20, Classify: classify})
		if seed%2 == 0 {
			s = small(Options{MaxBytes: 200 << 10, Classify: classify})
		}
		v := s.View(ViewOptions{Match: parse(t, "error"), Fold: true})
		sts := streams(3)
		added, end := int64(0), int64(1)
		for range 50 {
			n := 1 + r.IntN(1000)
			ls := make([]logs.Line, n)
			for i := range ls {
				end += r.Int64N(3)
				at := end
				if r.IntN(4) == 0 {
					at = r.Int64N(end)
				}
				ls[i] = line(at, sts[r.IntN(3)], text(r)+noise(r, r.IntN(100)))
			}
			added += int64(n)
			s.Add(ls)
			switch r.IntN(4) {
			case 0:
				s.Hold(0)
			case 1:
				s.Hold(s.SeekTime(r.Int64N(end)))
			case 2:
				s.Note(logs.Notice{Kind: logs.NoticeGap, At: r.Int64N(end), Count: -1})
			}
			v.Scan(0)
			checkBlocks(t, s)
			st := s.Stat()
			if st.Lines+st.Evicted.Old+st.Evicted.New != added {
				t.Fatalf("seed %d: %d held, %+v left, of %d", seed, st.Lines, st.Evicted, added)
			}
			if st.Memory > 1<<20+(256<<10+50*4096)*2 {
				t.Fatalf("seed %d: %d bytes", seed, st.Memory)
			}
			if most := 2*len(s.blocks) + 1; len(v.evals) > most || len(v.hits.of) > most {
				t.Fatalf("seed %d: %d evaluations, %d results for %d blocks", seed, len(v.evals), len(v.hits.of), len(s.blocks))
			}
		}
		check(t, fmt.Sprint("seed ", seed), s, v, r)
	}
}

// TestReadersBesideAWriter has every question asked while lines come; the race detector watches.
func TestReadersBesideAWriter(t *testing.T) {
	s := small(Options{MaxBytes: 300 << 10, Classify: classify})
	sts := streams(3)
	v := s.View(ViewOptions{Match: parse(t, "error | timeout"), OnlyMatches: true, Fold: true})
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for k := range 3 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				if k == 0 {
					v.Scan(1)
					continue
				}
				st := s.Stat()
				id := s.SeekTime((st.First + st.Last) / 2)
				s.Hold(id)
				for _, it := range v.Window(id, 20, 20) {
					_ = strings.Contains(it.Text, "x")
				}
				v.Step(id, -1000)
				v.Count()
				v.Ordinal(id)
				v.Newer(id)
				v.NextLevel(id, 1, logs.LevelWarn)
				v.Histogram(st.First, st.Last+1, 50)
				for it := range s.Between(st.First, st.First+100) {
					_, _ = s.Get(it.ID)
				}
				s.View(ViewOptions{Floor: logs.LevelWarn}).Window(id, 5, 5)
				s.Streams()
			}
		}()
	}
	r := rand.New(rand.NewPCG(1, 1))
	end := int64(1)
	for range 120 {
		ls := make([]logs.Line, 200)
		for i := range ls {
			end += r.Int64N(3)
			ls[i] = line(end-r.Int64N(2)*r.Int64N(100), sts[r.IntN(3)], text(r))
		}
		s.Add(ls)
	}
	close(stop)
	readers.Wait()
	v.Scan(0)
	var want []Item
	for it := range s.Between(-1<<62, 1<<62) {
		if it.Notice != nil {
			want = append(want, it)
		}
	}
	got := v.Window(0, 1<<30, 0)
	got = slices.DeleteFunc(got, func(it Item) bool { return it.Notice == nil })
	if !slices.Equal(got, want) {
		t.Errorf("%d notices of %d", len(got), len(want))
	}
}
