package world

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Same seed, same time: the same world, however time is cut.
func TestDeterminism(t *testing.T) {
	one, other := newTest(Small), newTest(Small)
	if one.Fingerprint() != other.Fingerprint() {
		t.Fatal("two new worlds differ")
	}
	before := one.Fingerprint()
	one.Step(testStart.Add(time.Hour))
	for m := 1; m <= 60; m++ {
		other.Step(testStart.Add(time.Duration(m) * time.Minute))
	}
	if one.Fingerprint() != other.Fingerprint() {
		t.Error("one step of an hour and sixty of a minute differ")
	}
	if one.Fingerprint() == before {
		t.Error("nothing happened in an hour")
	}
	if New(Options{Seed: 8, Clock: func() time.Time { return testStart }}).Fingerprint() == before {
		t.Error("another seed makes the same world")
	}
}

func TestItLives(t *testing.T) {
	w := newTest(Small)
	rev := w.Rev()
	var restarts, pipelines int
	count := func() (r, p int) {
		w.View(func(s *State) {
			for _, c := range s.Clusters {
				for _, n := range c.Namespaces {
					for _, pod := range n.Pods {
						r += pod.Containers[0].Restarts
					}
				}
			}
			for _, pr := range s.Projects {
				for _, repo := range pr.Repositories {
					if n := len(repo.Git.Pipelines); n > 0 {
						p = max(p, int(repo.Git.Pipelines[n-1].ID))
					}
				}
			}
		})
		return
	}
	restarts, pipelines = count()
	w.Step(testStart.Add(20 * time.Minute))
	r, p := count()
	if r <= restarts || p <= pipelines {
		t.Errorf("restarts %d → %d, newest pipeline %d → %d", restarts, r, pipelines, p)
	}
	changes, ok := w.Since(rev)
	if !ok {
		t.Fatal("twenty minutes are too much for the change log")
	}
	seen := map[ObjectKind]map[ChangeType]int{}
	last := rev
	for _, c := range changes {
		if c.Rev != last+1 {
			t.Fatalf("revision %d after %d", c.Rev, last)
		}
		last = c.Rev
		if seen[c.Kind] == nil {
			seen[c.Kind] = map[ChangeType]int{}
		}
		seen[c.Kind][c.Type]++
	}
	for _, k := range []struct {
		kind ObjectKind
		how  ChangeType
	}{{KindPod, Added}, {KindPod, Modified}, {KindPod, Deleted}, {KindEvent, Added}, {KindEvent, Modified}, {KindApplication, Modified}, {KindWorkload, Modified}} {
		if seen[k.kind][k.how] == 0 {
			t.Errorf("no %s was %s", k.kind, k.how)
		}
	}
}

// What the stories tell must still be true after a day, and nothing may have grown without end.
func TestStoriesLast(t *testing.T) {
	w := newTest(Small)
	pods := func() (n int) {
		w.View(func(s *State) {
			for _, c := range s.Clusters {
				for _, ns := range c.Namespaces {
					n += len(ns.Pods)
				}
			}
		})
		return n
	}
	before := pods()
	w.Step(testStart.Add(24 * time.Hour))
	if after := pods(); after < before-2 || after > before+3 {
		t.Errorf("%d pods became %d", before, after)
	}
	w.View(func(s *State) {
		for _, c := range s.Clusters {
			for _, ns := range c.Namespaces {
				if len(ns.Events) > 100 {
					t.Errorf("%s keeps %d events", ns.Name, len(ns.Events))
				}
				if ns.Quota != nil && ns.Quota.Used["limits.cpu"] > ns.Quota.Hard["limits.cpu"] {
					t.Errorf("%s uses %v of %v", ns.Name, ns.Quota.Used, ns.Quota.Hard)
				}
			}
		}
		n := environment(t, s, "agendaprefs", "prod").Namespace
		if x := workload(t, n, "agenda-web"); x.Ready != 2 {
			t.Errorf("agenda-web %d ready", x.Ready)
		}
		if q := environment(t, s, "cartocrise", "prod").Namespace.Quota; q.Used["limits.memory"] < 62*gib || q.Used["limits.cpu"] > 16 {
			t.Errorf("quota %v", q.Used)
		}
		if g := s.ProjectBySlug["guichet"].Repositories[1].Gate; g.Status != "ERROR" {
			t.Errorf("gate of api %s", g.Status)
		}
		if a := find(t, "alert", s.Alerts, func(a *Alert) bool { return a.Name == "CartoQuotaProche" }); a.State != "firing" {
			t.Errorf("CartoQuotaProche is %s", a.State)
		}
		// Production is brought forward: of a project that does well, retention never takes what runs.
		for _, e := range s.ProjectBySlug["portail"].Environments {
			image := workload(t, e.Namespace, "web").Containers[0].Image
			if images := s.ProjectBySlug["portail"].Repositories[0].Images; !slices.ContainsFunc(images[1:], func(i *Image) bool { return strings.HasSuffix(image, ":"+i.Commit[:8]) }) {
				t.Errorf("portail %s runs %s, which is purged or goes next", e.Name, image)
			}
		}
		for _, p := range s.Projects {
			for _, r := range p.Repositories {
				if len(r.Git.Pipelines) > keptPipelines || len(r.Images) > keptImages {
					t.Errorf("%s/%s keeps %d pipelines, %d images", p.Slug, r.Name, len(r.Git.Pipelines), len(r.Images))
				}
			}
		}
	})
}

// A larger quota lets in the pod that the smaller one refused, and its complaints end.
func TestAQuotaThatGrowsLetsTheRefusedPodIn(t *testing.T) {
	w := newTest(Small)
	prod := w.environment("cartocrise", "prod")
	var engine *Workload
	for _, x := range prod.Namespace.Workloads {
		if x.Name == "moteur" {
			engine = x
		}
	}
	if engine.Ready != 2 || len(engine.Conditions) != 2 {
		t.Fatalf("ready %d, %v at first", engine.Ready, engine.Conditions)
	}
	w.Update(func(tx *Tx) {
		prod.CPU, prod.Memory = 24, 96
		tx.Provision(prod.Project, Order{}, func(*Tx, *LogEntry) {})
	})
	w.Step(testStart.Add(10 * time.Minute))
	if engine.Ready != 3 || len(engine.Conditions) != 0 {
		t.Errorf("ready %d, %v in the end", engine.Ready, engine.Conditions)
	}
	last := func() (at time.Time) {
		for _, e := range prod.Namespace.Events {
			if e.Reason == "FailedCreate" {
				at = e.Last
			}
		}
		return at
	}
	said := last()
	w.Step(testStart.Add(time.Hour))
	if !last().Equal(said) {
		t.Error("the controller still complains")
	}
}

// The team's revert, brought by the mirror, closes the incident of agendaprefs once Argo CD has read git again: pods, application, alert.
func TestRevertClosesTheIncident(t *testing.T) {
	w, now := newTest(Small), testStart
	step := func(d time.Duration) { now = now.Add(d); w.Step(now) }
	var refresh *Application
	w.Update(func(tx *Tx) {
		for _, r := range tx.State.ProjectBySlug["agendaprefs"].Repositories {
			if r.Infra {
				tx.RunMirror(r, "", true, "trigger")
			}
		}
		refresh = find(t, "application", tx.State.Applications, func(a *Application) bool { return a.Name == "agendaprefs-prod-c626-agenda-infra-08e2" })
	})
	step(30 * time.Second)
	w.Update(func(tx *Tx) {
		if head := tx.State.Head(refresh); head == refresh.Revision {
			t.Error("no commit came")
		}
		tx.RefreshApplication(refresh)
	})
	step(90 * time.Second)
	w.View(func(s *State) {
		n := environment(t, s, "agendaprefs", "prod").Namespace
		x := workload(t, n, "agenda-web")
		if x.Ready != 4 || len(x.OldReplicaSets) == 0 {
			t.Errorf("%d ready of %d", x.Ready, x.Replicas)
		}
		for _, p := range n.Pods {
			if p.Workload == x && (pulls(p) || p.OwnerName != x.ReplicaSet) {
				t.Errorf("pod %s of %s is left", p.Name, p.OwnerName)
			}
		}
		if refresh.Sync != "Synced" || refresh.Health != "Healthy" || refresh.Revision != s.Head(refresh) {
			t.Errorf("the application is %s %s at %s", refresh.Sync, refresh.Health, refresh.Revision)
		}
		for _, a := range s.Alerts {
			if a.Name == "AgendaWebDown" {
				t.Error("the alert still fires")
			}
		}
	})
}

// What somebody sets going happens in its time, also on a platform on which nothing else is due.
func TestWhatIsSetGoingIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{Seed: 1, Calm: true})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		synctest.Wait() // it sleeps until something is due
		var began, came time.Time
		w.Update(func(tx *Tx) {
			began = tx.Now
			tx.After(5*time.Second, func(tx *Tx) { came = tx.Now })
		})
		time.Sleep(6 * time.Second)
		w.View(func(*State) {
			if d := came.Sub(began); d < 5*time.Second || d > 6*time.Second {
				t.Errorf("it came %v after", d)
			}
		})
		stop()
		<-done
	})
}
