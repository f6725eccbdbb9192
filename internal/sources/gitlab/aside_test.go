package gitlab

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fake "dsotop/demo/fakes/gitlab"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// What only rules look at, read from the face of the demo's fleet: one project for each oddity.
func TestAside(t *testing.T) {
	w := world.New(world.Options{Size: world.Odd, Seed: 1})
	srv := httptest.NewServer(fake.Handler(w, fake.Options{}))
	defer srv.Close()
	s, err := New(options(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.fleetGraphQL(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	s.facts.setFleet(l)
	slug := map[string]string{}
	w.View(func(st *world.State) {
		for p, name := range st.Aside.Odd {
			slug[name] = p.Slug
		}
	})
	read := func(group, name string) platform.CodeFacts {
		t.Helper()
		for _, r := range s.facts.repositories(group) {
			if r.Name != name {
				continue
			}
			if err := s.readHead(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if err := s.readCode(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			return s.facts.aside.code[r.ID].facts
		}
		t.Fatalf("no %s/%s", group, name)
		return platform.CodeFacts{}
	}
	if c := read("portail", "web"); !c.CI.Present || c.CI.Broken != "" || len(c.CI.Jobs) != 4 || c.Lost != nil {
		t.Errorf("a good one: %+v", c)
	}
	if c := read(slug["ci-file-missing"], "web"); c.CI.Present || len(c.CI.Alike) != 1 || c.CI.Path != world.CIFile {
		t.Errorf("another name: %+v", c.CI)
	}
	if c := read(slug["ci-weak"], "api"); !c.CI.Present || len(c.CI.Jobs) != 3 || c.CI.Jobs[2].Tag != "latest" {
		t.Errorf("a weak one: %+v", c.CI)
	}
	if c := read(slug["commit-overwritten"], "web"); c.Lost == nil || c.Lost.Count != 1 || c.Lost.Title == "" || c.Lost.At.IsZero() {
		t.Errorf("a lost commit: %+v", c.Lost)
	}
	if c := read(slug["alert-rules-ignored"], "infra-observability"); len(c.Ignored) != 1 || c.Ignored[0].Kind != "rules" {
		t.Errorf("rules: %+v", c.Ignored)
	}
	if c := read(slug["dashboard-invalid"], "infra-observability"); len(c.Ignored) != 1 || c.Ignored[0].Reason != "json" || c.Ignored[0].Detail == "" {
		t.Errorf("dashboard: %+v", c.Ignored)
	}
	members, err := s.groupMembers(t.Context(), slug["departed-member"])
	if err != nil || len(members) < 3 {
		t.Fatalf("%v %v", members, err)
	}
	bots, guests := 0, 0
	for _, m := range members {
		if m.Bot {
			bots++
		}
		if strings.HasPrefix(m.Username, "ancien-") {
			guests++
		}
	}
	if bots != 1 || guests != 1 {
		t.Errorf("%+v", members)
	}
}

// The zone's repository tells when values were written; who may not see it is told so, and it is left alone.
func TestZone(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	srv := httptest.NewServer(fake.Handler(w, fake.Options{Teams: map[string]string{"x": "guichet"}}))
	defer srv.Close()
	st := store.New(nil)
	st.Apply(func(tx *store.Tx) {
		w.View(func(s *world.State) {
			for _, z := range s.Zones {
				store.Zones.Put(tx, "console", "", append(store.Zones.Items(st.Current(), ""), platform.Zone{ID: z.ID, Slug: z.Slug}))
			}
			var zones []platform.Zone
			for _, z := range s.Zones {
				zones = append(zones, platform.Zone{ID: z.ID, Slug: z.Slug})
			}
			store.Zones.Put(tx, "console", "", zones)
			var clusters []platform.Cluster
			for _, c := range s.Clusters {
				clusters = append(clusters, platform.Cluster{ID: c.ID, Label: c.Label, ZoneID: c.ZoneID})
			}
			store.Clusters.Put(tx, "console", "", clusters)
			p := s.ProjectBySlug["guichet"]
			store.Projects.Put(tx, "console", "g", []platform.Project{{ID: "g", Slug: p.Slug, Name: p.Name}})
			var envs []platform.Environment
			for _, e := range p.Environments {
				envs = append(envs, platform.Environment{Name: e.Name, ClusterID: e.ClusterID})
			}
			store.Environments.Put(tx, "console", "g", envs)
		})
	})
	s, err := New(options(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := s.readZone(t.Context(), st.Current(), "g", now); err != nil {
		t.Fatal(err)
	}
	list := s.facts.aside.zone["g"].list
	if len(list) < 3 || list[0].Environment == "" || list[0].At.IsZero() || !s.facts.rightsFound()[rightZone] {
		t.Errorf("%+v", list)
	}
	srv.Config.Handler = fake.Handler(w, fake.Options{Token: "another", Teams: map[string]string{canary: "guichet"}})
	team, err := New(options(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := team.readZone(t.Context(), st.Current(), "g", now); err != nil || team.facts.aside.zone["g"].list != nil || team.facts.rightsFound()[rightZone] || team.facts.zoneDue("g", now.Add(time.Minute), time.Time{}) {
		t.Errorf("%v %+v", err, team.facts.aside.zone["g"])
	}
}

// What a provisioning changes is read again while it may come, and not for long.
func TestReadAgainAfterAProvisioning(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name          string
		read, stirred time.Duration // ago; stirred 0: never
		want          bool
	}{
		{"old", tokensEvery, 0, true},
		{"fresh", time.Minute, 0, false},
		{"before the console's change", time.Minute, 20 * time.Second, true},
		{"just read", stirs - time.Second, 20 * time.Second, false},
		{"while it may still come", 20 * time.Second, 40 * time.Second, true},
		{"after it has settled", 20 * time.Second, 90 * time.Second, false},
	} {
		var at time.Time
		if c.stirred > 0 {
			at = now.Add(-c.stirred)
		}
		if got := due(now.Add(-c.read), now, tokensEvery, at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	st := store.New(nil)
	for at, want := range map[time.Time]time.Time{now.Add(-time.Minute): now.Add(-time.Minute), now.Add(time.Hour): {}} {
		st.Apply(func(tx *store.Tx) { store.Log.Put(tx, "console", "p", []platform.LogEntry{{At: at}}) })
		if got := stirred(st.Current(), "p", now); !got.Equal(want) {
			t.Errorf("%v: %v", at, got)
		}
	}
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} { // the console's clock is wrong
		st.Apply(func(tx *store.Tx) {
			store.Log.Put(tx, "console", "p", []platform.LogEntry{{At: now.Add(ahead - time.Minute)}})
			store.Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console", Kind: "console", Skew: ahead}})
		})
		if got := stirred(st.Current(), "p", now); !got.Equal(now.Add(-time.Minute)) {
			t.Errorf("%v ahead: %v", ahead, got)
		}
	}
}
