package world

import (
	"runtime"
	"testing"
	"time"
)

func TestSizes(t *testing.T) {
	for _, want := range []struct {
		size                           Size
		projects, envs, apps, pods, cl int
	}{{Fleet, 200, 800, 1000, 5000, 6}, {Huge, 1000, 4000, 6000, 50000, 10}} {
		w := newTest(want.size)
		w.View(func(s *State) {
			envs, pods, slugs := 0, 0, map[string]bool{}
			troubled := 0
			for _, p := range s.Projects {
				if slugs[p.Slug] {
					t.Errorf("%s twice", p.Slug)
				}
				slugs[p.Slug] = true
				envs += len(p.Environments)
				bad := p.Status != "created"
				for _, e := range p.Environments {
					pods += len(e.Namespace.Pods)
					for k, used := range e.Namespace.Quota.Used {
						if used > e.Namespace.Quota.Hard[k] {
							t.Fatalf("%s/%s uses %v of %v %s", p.Slug, e.Name, used, e.Namespace.Quota.Hard[k], k)
						}
					}
				}
				for _, r := range p.Repositories {
					bad = bad || r.Gate != nil && r.Gate.Status == "ERROR"
				}
				if bad {
					troubled++
				}
			}
			for _, a := range s.Applications {
				if a.Health == "Degraded" || a.Sync == "OutOfSync" {
					troubled++
				}
			}
			near := func(what string, got, want int) {
				if got < want*97/100 || got > want*103/100+30 {
					t.Errorf("%s: %d %s, want about %d", w.opts.Size, got, what, want)
				}
			}
			near("projects", len(s.Projects), want.projects)
			near("environments", envs, want.envs)
			near("applications", len(s.Applications), want.apps)
			near("pods", pods, want.pods)
			if len(s.Clusters) != want.cl {
				t.Errorf("%d clusters", len(s.Clusters))
			}
			if troubled < want.projects/50 || troubled > want.projects/5 {
				t.Errorf("%d of %d projects are in trouble", troubled, want.projects)
			}
		})
	}
}

func TestChurnRates(t *testing.T) {
	w := New(Options{Seed: 1, Size: Fleet, Clock: func() time.Time { return testStart }, Churn: BudgetChurn()})
	rev := w.Rev()
	w.Step(testStart.Add(20 * time.Second))
	changes, _ := w.Since(rev)
	pods, apps := 0, 0
	for _, c := range changes {
		switch c.Kind {
		case KindPod:
			pods++
		case KindApplication:
			apps++
		}
	}
	if pods < 300 || apps < 95 {
		t.Errorf("%d pod and %d application changes in 20 s", pods, apps)
	}
}

func BenchmarkNew(b *testing.B) {
	for _, size := range []Size{Small, Fleet, Huge} {
		b.Run(string(size), func(b *testing.B) {
			var w *World
			for b.Loop() {
				w = newTest(size)
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
			runtime.KeepAlive(w)
		})
	}
}
