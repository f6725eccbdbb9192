package world

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func newLoad(rate int) (*World, *Namespace, map[string]*Pod) {
	w := New(Options{Seed: 7, Size: Logs, LogRate: rate, Calm: true, Clock: func() time.Time { return testStart }})
	name, _ := w.LoadNamespace()
	var ns *Namespace
	pods := map[string]*Pod{}
	w.View(func(s *State) {
		for _, c := range s.Clusters {
			for _, n := range c.Namespaces {
				if n.Name == name {
					ns = n
				}
			}
		}
		for _, p := range ns.Pods {
			pods[p.Workload.Name] = p
		}
	})
	return w, ns, pods
}

func TestLoadHasAMillionLines(t *testing.T) {
	w, ns, _ := newLoad(2000)
	total, bytes := 0, 0
	for _, part := range loadParts() {
		n := 0
		for from := testStart.Add(-loadSpan - time.Hour); from.Before(testStart); from = from.Add(time.Hour) {
			for _, l := range w.LogLines(ns, part.name, from, from.Add(time.Hour), 0, false) {
				n++
				bytes += len(l.Text)
			}
		}
		if n < int(part.lines)-10 || n > int(part.lines)+10 { // some stamps are shifted over the edge
			t.Errorf("%s: %d lines, want %d", part.name, n, part.lines)
		}
		total += n
	}
	if total < 999_950 || total > 1_000_050 || bytes < 70<<20 || bytes > 200<<20 {
		t.Errorf("%d lines, %d MiB", total, bytes>>20)
	}
}

func number9(t *testing.T, text string) int {
	t.Helper()
	_, rest, ok := strings.Cut(text, "seq=")
	if !ok || len(rest) < 9 {
		t.Fatalf("no number in %q", text)
	}
	n, err := strconv.Atoi(rest[:9])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// However time is cut, each numbered line is there once.
func TestLoadIsCountable(t *testing.T) {
	for _, rate := range []int{2000, 20_000} {
		w, ns, pods := newLoad(rate)
		w.Step(testStart.Add(10 * time.Second))
		from, to := testStart.Add(-3*time.Second), testStart.Add(7*time.Second)
		seen := map[int]int{}
		late, same, last := 0, 0, time.Time{}
		for at, i := from, 0; at.Before(to); i++ {
			next := at.Add(time.Duration(1+i%7) * 37 * time.Millisecond)
			if next.After(to) {
				next = to
			}
			for _, l := range w.Logs(pods[loadCounter], loadCounter, at, next, 0, false) {
				if l.At.Before(at) || !l.At.Before(next) {
					t.Fatalf("a line at %v between %v and %v", l.At, at, next)
				}
				seen[number9(t, l.Text)]++
				switch {
				case l.At.Before(last):
					late++
				case l.At.Equal(last):
					same++
				}
				last = l.At
			}
			at = next
		}
		n := len(seen)
		if want := 7*rate + 17; n < want-30 || n > want+80 || late == 0 || same == 0 {
			t.Errorf("%d/s: %d numbers, want about %d; %d late, %d with an equal stamp", rate, n, want, late, same)
		}
		lo, hi := 1<<60, 0
		for k, times := range seen {
			if times != 1 {
				t.Fatalf("%d comes %d times", k, times)
			}
			lo, hi = min(lo, k), max(hi, k)
		}
		if hi-lo+1-n > 200 { // only at both edges, by the lines that are late
			t.Errorf("%d numbers from %d to %d", n, lo, hi)
		}
		// The history of Loki has the same lines, in order.
		all := w.LogLines(ns, loadCounter, from, to, 0, false)
		if len(all) != n || !slices.IsSortedFunc(all, func(a, b LogLine) int { return a.At.Compare(b.At) }) {
			t.Errorf("%d lines at once, %d in parts", len(all), n)
		}
		back := w.LogLines(ns, loadCounter, from, to, 500, true)
		for i, l := range back {
			if !l.At.Equal(all[len(all)-1-i].At) {
				t.Fatalf("backward line %d at %v, want %v", i, l.At, all[len(all)-1-i].At)
			}
		}
	}
}

func TestLoadIsWild(t *testing.T) {
	w, _, pods := newLoad(0)
	var all strings.Builder
	longest := 0
	for _, name := range []string{"sauvage", "dossiers", "calcul", "taches", "rendu", "noeud"} {
		for _, l := range w.Logs(pods[name], name, testStart.Add(-2*time.Hour), testStart, 0, false) {
			longest = max(longest, len(l.Text))
			all.WriteString(l.Text + "\n")
		}
	}
	for _, want := range []string{"\x1b[", "\xff", "\r", "\t", "処理", "\n\n", "\tat ", "Caused by", "Traceback", "goroutine 1", "TypeError", "controleur.go"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("nothing with %q", want)
		}
	}
	if longest < 200<<10 {
		t.Errorf("the longest line has %d bytes", longest)
	}
}

func BenchmarkLoadLive(b *testing.B) {
	w, _, pods := newLoad(20_000)
	w.Step(testStart.Add(time.Hour))
	at := testStart.Add(time.Hour - 2*time.Second)
	for b.Loop() {
		w.Logs(pods[loadCounter], loadCounter, at, at.Add(time.Second), 0, false)
	}
}
