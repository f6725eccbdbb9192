package lines

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// classify is a small stand-in for the formats: a level word, and what is indented continues.
func classify(text string) (c format.Class) {
	c.Continues = strings.HasPrefix(text, "  ") || strings.HasPrefix(text, "\t")
	for l := logs.LevelTrace; l <= logs.LevelFatal; l++ {
		if strings.Contains(text, strings.ToUpper(l.String())) {
			c.Level = l
		}
	}
	return c
}

// naive is the same store as a sorted slice.
type naive struct {
	items []entry
	next  int
}

type entry struct {
	at     int64
	seq    int
	stream *logs.Stream
	text   string
	meta   logs.Meta
	note   *logs.Notice
}

func (m *naive) add(e entry) {
	m.next++
	e.seq = m.next
	i, _ := slices.BinarySearchFunc(m.items, e, func(a, b entry) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
	m.items = slices.Insert(m.items, i, e)
}

func streams(n int) []*logs.Stream {
	out := make([]*logs.Stream, n)
	for i := range out {
		out[i] = &logs.Stream{Origin: logs.OriginLoki, Namespace: "ns", Container: fmt.Sprint("c", i)}
	}
	return out
}

func text(r *rand.Rand) string {
	words := []string{"ERROR failed", "WARN slow", "INFO ok", "DEBUG x", "  at com.example.A(B.java)", "\tat y", "", "plain", "\x1b[31mred\x1b[0m ERROR", "timeout after 30s", "Timeout"}
	return words[r.IntN(len(words))] + strings.Repeat(" padding", r.IntN(3)) + fmt.Sprint(" n=", r.IntN(50))
}

func parse(t testing.TB, s string) *query.Matcher {
	t.Helper()
	q, err := query.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return query.Compile(q, nil)
}

// TestAgainstModel puts random lines and notices into a store and into a slice, and asks both the same.
func TestAgainstModel(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := New(Options{Classify: classify})
		if seed%3 != 0 {
			s = small(s.o)
		}
		var m naive
		sts := streams(1 + r.IntN(4))
		end := int64(1000)
		views := []*View{
			s.View(ViewOptions{}), s.View(ViewOptions{Match: parse(t, "timeout")}), s.View(ViewOptions{Match: parse(t, "timeout | error -n=3"), OnlyMatches: true}),
			s.View(ViewOptions{Floor: logs.LevelWarn}), s.View(ViewOptions{Hidden: func(st *logs.Stream) bool { return st == sts[0] }, Match: parse(t, "red"), OnlyMatches: true}),
			s.View(ViewOptions{Keep: parse(t, "-timeout"), Match: parse(t, "red")}), s.View(ViewOptions{Keep: parse(t, "-red"), Fold: true}),
			s.View(ViewOptions{Match: parse(t, "trace_id=t3 | trace_id=t4")}), s.View(ViewOptions{Match: parse(t, "trace_id~^t1 -timeout")}),
			s.View(ViewOptions{Fold: true}), s.View(ViewOptions{Fold: true, Floor: logs.LevelError, Match: parse(t, "java"), OnlyMatches: true}),
		}
		for range 40 {
			n := 1 + r.IntN(500)
			ls := make([]logs.Line, n)
			mode := r.IntN(4)
			base := r.Int64N(end)
			for i := range ls {
				at := end
				switch mode {
				case 0, 1: // the newest, nearly in order
					end += r.Int64N(5)
					at = end - r.Int64N(4)*r.Int64N(2)
				case 2: // anywhere
					at = r.Int64N(end)
				case 3: // one place
					at = base
				}
				ls[i] = logs.Line{At: at, Stream: sts[r.IntN(len(sts))], Text: text(r)}
				if seed%2 == 0 && r.IntN(3) == 0 {
					ls[i].Meta = logs.NewMeta([]logs.Label{{Name: "trace_id", Value: fmt.Sprint("t", r.IntN(40))}, {Name: "detected_level", Value: "info"}})
				}
			}
			sorted := slices.Clone(ls)
			slices.SortStableFunc(sorted, func(a, b logs.Line) int { return cmp.Compare(a.At, b.At) })
			for _, l := range sorted {
				m.add(entry{at: l.At, stream: l.Stream, text: l.Text, meta: l.Meta})
			}
			s.Add(ls)
			if r.IntN(3) == 0 {
				n := logs.Notice{Kind: logs.NoticeGap, At: r.Int64N(end)}
				id := s.Note(n)
				if r.IntN(2) == 0 {
					s.Drop(id)
				} else {
					m.add(entry{at: n.At, note: &n})
				}
			}
			if r.IntN(4) == 0 {
				views[r.IntN(len(views))].Scan(0)
			}
		}
		compare(t, s, m.items)
		if packed := slices.ContainsFunc(s.blocks, func(b *block) bool { return b.packed != nil }); !packed && seed%3 != 0 {
			t.Errorf("seed %d: nothing is packed", seed)
		}
		for i, v := range views {
			v.Scan(0)
			check(t, fmt.Sprintf("seed %d view %d", seed, i), s, v, r)
		}
	}
}

func compare(t *testing.T, s *Store, want []entry) {
	t.Helper()
	i := 0
	for it := range s.Between(-1<<62, 1<<62) {
		if i >= len(want) {
			t.Fatalf("more than %d items", len(want))
		}
		w := want[i]
		if it.At != w.at || it.Text != w.text || it.Stream != w.stream || it.Meta != w.meta || (it.Notice == nil) != (w.note == nil) {
			t.Fatalf("item %d is %+v, want %+v", i, it, w)
		}
		if got, ok := s.Get(it.ID); !ok || got != it {
			t.Fatalf("item %d: Get gives %+v %v, want %+v", i, got, ok, it)
		}
		i++
	}
	if i != len(want) {
		t.Fatalf("%d items, want %d", i, len(want))
	}
	checkBlocks(t, s)
}

// checkBlocks holds the store to what it keeps beside its rows.
func checkBlocks(t *testing.T, s *Store) {
	t.Helper()
	var memory int64
	seen := map[*logs.Stream]int{}
	for k, b := range s.blocks {
		memory += b.weight()
		if b.ord != k || b.len() == 0 || b.memory != b.weight() {
			t.Fatalf("block %d of %d: ord %d, %d rows, memory %d of %d", k, len(s.blocks), b.ord, b.len(), b.memory, b.weight())
		}
		if !slices.IsSorted(b.at) || k > 0 && s.blocks[k-1].at[s.blocks[k-1].len()-1] > b.at[0] {
			t.Fatalf("block %d is out of order", k)
		}
		for _, st := range b.streams {
			seen[st]++
		}
	}
	if memory != s.memory || len(seen) != len(s.streams) {
		t.Fatalf("memory %d, want %d; %d streams, want %d", s.memory, memory, len(s.streams), len(seen))
	}
}

// seen is what a view that does not fold must show, worked out line by line.
func seen(s *Store, o ViewOptions) (out []Item, lines int64) {
	for it := range s.Between(-1<<62, 1<<62) {
		if it.Notice == nil {
			if o.Hidden != nil && o.Hidden(it.Stream) || it.Level < o.Floor || o.Keep != nil && !o.Keep.MatchLine(logs.Line{Text: it.Text, Stream: it.Stream, Meta: it.Meta}, it.Level, it.Format) {
				continue
			}
			lines++
			it.Match = o.Match != nil && o.Match.MatchLine(logs.Line{Text: it.Text, Stream: it.Stream, Meta: it.Meta}, it.Level, it.Format)
			if o.OnlyMatches && !it.Match {
				continue
			}
		}
		out = append(out, it)
	}
	return out, lines
}

// check compares a view without folding with the naive one, and asks each question in several ways for all.
func check(t *testing.T, name string, s *Store, v *View, r *rand.Rand) {
	t.Helper()
	o := v.Options()
	all := v.Window(0, 1<<30, 0)
	if !o.Fold {
		want, lines := seen(s, o)
		if len(all) != len(want) {
			t.Fatalf("%s: %d items, want %d", name, len(all), len(want))
		}
		for i := range all {
			if all[i] != want[i] {
				t.Fatalf("%s: item %d is %+v, want %+v", name, i, all[i], want[i])
			}
		}
		if _, n, _ := v.Count(); n != lines {
			t.Fatalf("%s: %d lines, want %d", name, n, lines)
		}
	}
	var marks []int
	for i, it := range all {
		if it.Match {
			marks = append(marks, i)
		}
	}
	if n, _, part := v.Count(); n != int64(len(marks)) || part != 1 {
		t.Fatalf("%s: %d matches of %d, scanned %v", name, n, len(marks), part)
	}
	if len(all) == 0 {
		return
	}
	if v.First() != all[0].ID || v.Last() != all[len(all)-1].ID {
		t.Fatalf("%s: first or last", name)
	}
	for range 25 {
		i := r.IntN(len(all))
		n := r.IntN(2*len(all)+2) - len(all)
		if r.IntN(2) == 0 {
			n = r.IntN(41) - 20
		}
		want := min(max(i+n, 0), len(all)-1)
		if id, made := v.Step(all[i].ID, n); id != all[want].ID || made != max(want-i, i-want) {
			t.Fatalf("%s: step %d from %d of %d arrives at %d after %d, want %d", name, n, i, len(all), slices.IndexFunc(all, func(it Item) bool { return it.ID == id }), made, want)
		}
		up, down := r.IntN(30), r.IntN(30)
		got := v.Window(all[i].ID, up, down)
		if want := all[max(i-up, 0):min(i+down+1, len(all))]; !slices.Equal(got, want) {
			t.Fatalf("%s: window around %d", name, i)
		}
		if n := v.Newer(all[i].ID); n != int64(len(all)-1-i) {
			t.Fatalf("%s: %d newer than %d of %d", name, n, i, len(all))
		}
		k, on := slices.BinarySearch(marks, i)
		if n, ok := v.Ordinal(all[i].ID); ok != on || on && n != int64(k+1) {
			t.Fatalf("%s: ordinal of %d: %d %v, want %d %v", name, i, n, ok, k+1, on)
		}
		if on {
			k++
		}
		if id, ok := v.NextMatch(all[i].ID, 1); ok != (k < len(marks)) || ok && id != all[marks[k]].ID {
			t.Fatalf("%s: next match of %d", name, i)
		}
		id, ok := v.NextLevel(all[i].ID, -1, logs.LevelError)
		if j := lastSerious(all[:i]); ok != (j >= 0) && !o.Fold || ok && !o.Fold && id != all[j].ID {
			t.Fatalf("%s: error before %d: %v, want %d", name, i, ok, j)
		}
	}
	sum := Bin{}
	from, to := all[0].At-1, all[len(all)-1].At+1
	for _, b := range v.Histogram(from, to, 1+r.IntN(60)) {
		sum.Lines += b.Lines
		sum.Matches += b.Matches
	}
	if sum.Matches != int64(len(marks)) {
		t.Fatalf("%s: the histogram has %d matches of %d", name, sum.Matches, len(marks))
	}
}

// lastSerious is the last entry that is an error: continuations are not, unless they made their group one.
func lastSerious(items []Item) int {
	raised := map[*logs.Stream]logs.Level{}
	last := -1
	for i, it := range items {
		if it.Notice != nil {
			continue
		}
		if !it.Continues || it.Level > raised[it.Stream] {
			if it.Level >= logs.LevelError {
				last = i
			}
		}
		if !it.Continues || it.Level > raised[it.Stream] {
			raised[it.Stream] = it.Level
		}
	}
	return last
}

// The exception that ends a Python traceback belongs to it; the same words alone stand for themselves.
func TestJoins(t *testing.T) {
	set, _ := format.Load()
	s := New(Options{Classify: set.Classify})
	st := &logs.Stream{Container: "api"}
	var ls []logs.Line
	for i, text := range []string{
		"ValueError: alone", "Traceback (most recent call last):", `  File "app.py", line 3, in <module>`, "    main()", "ValueError: bad", "after",
	} {
		ls = append(ls, logs.Line{At: int64(i + 1), Stream: st, Text: text})
	}
	s.Add(ls[:3])
	s.Add(ls[3:])
	got := ""
	for it := range s.Between(0, 100) {
		got += map[bool]string{true: "+", false: "-"}[it.Continues]
	}
	if want := "--+++-"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
