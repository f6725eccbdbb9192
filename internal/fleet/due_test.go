package fleet

import (
	"slices"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// What depends on how long something has lasted comes without any fact moving, and goes with the fact.
func TestFindingsComeWithTime(t *testing.T) {
	b := newBed()
	b.platform()
	p, prod := project{id: guichetID, slug: "guichet"}, env(uuid(3), "prod", "prod", "prod")
	put(b, store.Projects, "console", guichetID, platform.Project{ID: guichetID, Slug: "guichet", Status: platform.ProjectCreated})
	put(b, store.Environments, "console", guichetID, prod)
	f := New(Options{Configured: configured()})
	a := deploy(p, prod, "infra")
	a.HealthSince, a.Operation = time.Time{}, platform.Operation{Phase: platform.OperationSucceeded, FinishedAt: now()}
	want := func(what string, after time.Duration, ids ...string) {
		t.Helper()
		row, _ := f.View(b.st.Current(), now().Add(after)).Project("guichet")
		var got []string
		for _, x := range row.Findings {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%s, after %s: %q, want %q", what, after, got, ids)
		}
	}
	set := func(change func(*platform.Application)) {
		one := a
		change(&one)
		put(b, store.Applications, "argocd/pub", guichetID, one)
	}

	set(func(a *platform.Application) { a.Health, a.HealthSince = platform.HealthProgressing, now() })
	want("a roll-out", 9*time.Minute)
	want("a roll-out", 11*time.Minute, "app-stuck")
	set(func(a *platform.Application) { a.HealthSince = now().Add(12 * time.Minute) })
	want("it ended", 12*time.Minute)

	set(func(a *platform.Application) { a.Sync = platform.SyncOutOfSync })
	want("git is ahead", 11*time.Hour+59*time.Minute)
	want("git is ahead", 12*time.Hour+time.Minute, "app-out-of-sync")
	set(func(a *platform.Application) { a.Operation.FinishedAt = now().Add(13 * time.Hour) })
	want("synchronised", 13*time.Hour)

	began := now().Add(13 * time.Hour)
	set(func(a *platform.Application) {
		a.Operation = platform.Operation{Phase: platform.OperationRunning, StartedAt: began, Message: "waiting for completion of hook batch/Job/migration"}
	})
	want("a hook at work", 13*time.Hour+29*time.Minute)
	want("a hook at work", 13*time.Hour+31*time.Minute, "app-stuck")
	set(func(a *platform.Application) { a.Operation.FinishedAt = began.Add(40 * time.Minute) })
	want("it ended", 13*time.Hour+41*time.Minute)
}
