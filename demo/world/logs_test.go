package world

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLogsArePureAndOrdered(t *testing.T) {
	w := newTest(Small)
	var ns *Namespace
	var pod *Pod
	w.View(func(s *State) {
		ns = environment(t, s, "guichet", "prod").Namespace
		pod = find(t, "api pod", ns.Pods, func(p *Pod) bool { return p.Workload.Name == "api" })
	})
	from, to := testStart.Add(-90*time.Minute), testStart
	all := w.Logs(pod, "api", from, to, 0, false)
	if len(all) < 1000 {
		t.Fatalf("%d lines in 90 minutes", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b LogLine) int { return a.At.Compare(b.At) }) {
		t.Error("not in order")
	}
	back := w.Logs(pod, "api", from, to, 0, true)
	slices.Reverse(back)
	if !slices.Equal(all, back) {
		t.Error("backward is another story")
	}
	middle := testStart.Add(-41 * time.Minute)
	cut := append(w.Logs(pod, "api", from, middle, 0, false), w.Logs(pod, "api", middle, to, 0, false)...)
	if !slices.Equal(all, cut) {
		t.Error("two windows are not the whole")
	}
	if head := w.Logs(pod, "api", from, to, 10, false); !slices.Equal(head, all[:10]) {
		t.Error("limit does not keep the oldest")
	}
	if n := len(w.LogLines(ns, "api", testStart.Add(-25*time.Hour), testStart.Add(-24*time.Hour), 0, false)); n == 0 {
		t.Error("nothing a day ago")
	}
	merged := w.LogLines(ns, "api", from, to, 0, false)
	have := map[LogLine]int{}
	for _, l := range merged {
		have[l]++
	}
	for _, l := range all {
		if have[l] == 0 {
			t.Fatalf("the namespace lacks the pod's line %v", l)
		}
	}
	if future := w.LogLines(ns, "api", testStart, testStart.Add(time.Hour), 0, false); len(future) != 0 {
		t.Errorf("%d lines from the future", len(future))
	}
}

func TestLogStories(t *testing.T) {
	w := newTest(Small)
	var agenda, carto *Namespace
	var stuck *Pod
	w.View(func(s *State) {
		agenda, carto = environment(t, s, "agendaprefs", "prod").Namespace, environment(t, s, "cartocrise", "prod").Namespace
		stuck = find(t, "stuck pod", agenda.Pods, func(p *Pod) bool { return p.Containers[0].Reason == "ImagePullBackOff" })
	})
	at := testStart.Add(-incident)
	before := w.LogLines(agenda, "agenda-api", at.Add(-10*time.Minute), at, 0, false)
	during := w.LogLines(agenda, "agenda-api", at, at.Add(10*time.Minute), 0, false)
	if len(during) < 10*len(before) {
		t.Errorf("%d lines before, %d during the incident", len(before), len(during))
	}
	refused := 0
	for _, l := range during {
		var gelf struct {
			Version string `json:"version"`
			Text    string `json:"short_message"`
			Level   int    `json:"level"`
		}
		if err := json.Unmarshal([]byte(l.Text), &gelf); err != nil {
			t.Fatalf("%s: %v", l.Text, err)
		}
		if gelf.Text == "connexion refusée à postgres" && gelf.Level == 3 {
			refused++
		}
	}
	if refused*3 < len(during) {
		t.Errorf("%d of %d lines tell of the incident", refused, len(during))
	}
	if n := len(w.Logs(stuck, "agenda-web", at, testStart, 0, false)); n != 0 {
		t.Errorf("%d lines of a container that never ran", n)
	}
	if n := len(w.LogLines(carto, "chargement-communes", testStart.Add(-time.Hour), testStart, 0, false)); n == 0 {
		t.Error("the job never wrote")
	}
	tiles := w.LogLines(carto, "tuiles", testStart.Add(-time.Hour), testStart, 0, false)
	if !slices.ContainsFunc(tiles, func(l LogLine) bool { return strings.Contains(l.Text, "illisible") }) {
		t.Error("no unreadable tile")
	}
}

// TestTheCauseStandsFiveLinesAboveTheFirstError reads what a person reads: the lines of all containers from the roll-back on, and those
// of the one that fails.
func TestTheCauseStandsFiveLinesAboveTheFirstError(t *testing.T) {
	w := newTest(Small)
	var ns *Namespace
	w.View(func(s *State) { ns = environment(t, s, "agendaprefs", "prod").Namespace })
	from, to := testStart.Add(-incident-10*time.Minute), testStart.Add(-incident+time.Minute)
	api := w.LogLines(ns, "agenda-api", from, to, 0, false)
	all := slices.Concat(api, w.LogLines(ns, "agenda-web", from, to, 0, false), w.LogLines(ns, "agenda-pg", from, to, 0, false))
	slices.SortStableFunc(all, func(a, b LogLine) int { return a.At.Compare(b.At) })
	for name, lines := range map[string][]LogLine{"agenda-api": api, "all": all} {
		i := slices.IndexFunc(lines, func(l LogLine) bool { return l.Level == "error" })
		if i < 5 {
			t.Fatalf("%s: no error after five lines", name)
		}
		if !strings.Contains(lines[i].Text, "connexion refusée à postgres") || !strings.Contains(lines[i-5].Text, "DATABASE_HOST") {
			t.Errorf("%s: first error %q, five lines above %q", name, lines[i].Text, lines[i-5].Text)
		}
		if !slices.IsSortedFunc(lines, func(a, b LogLine) int { return a.At.Compare(b.At) }) {
			t.Errorf("%s: not in order", name)
		}
	}
}

func TestStackTraces(t *testing.T) {
	w := newTest(Small)
	var ns *Namespace
	w.View(func(s *State) { ns = environment(t, s, "guichet", "prod").Namespace })
	run, longest := 0, 0
	for _, l := range w.LogLines(ns, "api", testStart.Add(-2*time.Hour), testStart, 0, false) {
		if strings.HasPrefix(l.Text, "\tat ") {
			run++
		} else {
			longest, run = max(longest, run), 0
		}
	}
	if longest < 10 {
		t.Errorf("longest trace has %d frames", longest)
	}
}

func BenchmarkLogs(b *testing.B) {
	w := newTest(Small)
	var ns *Namespace
	w.View(func(s *State) { ns = s.ProjectBySlug["agendaprefs"].Environments[2].Namespace })
	b.ReportAllocs()
	for b.Loop() {
		w.LogLines(ns, "agenda-api", testStart.Add(-20*time.Minute), testStart, 1000, true)
	}
}
