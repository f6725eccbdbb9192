package world

import (
	"context"
	"errors"
	"testing"
	"time"
)

var testStart = time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)

func newTest(size Size) *World {
	return New(Options{Seed: 7, Size: size, Clock: func() time.Time { return testStart }})
}

func TestHashes(t *testing.T) {
	for name, want := range map[string]string{"dev": "6293", "integ": "e9b7", "integration": "4a09", "staging": "41a5", "recette": "decb", "preprod": "9741",
		"prod": "c626", "demo": "3c58", "formation": "4cfb", "api": "a814", "front": "1013", "infra": "32aa", "app-java": "b197"} {
		if got := envHash(name); got != want {
			t.Errorf("envHash(%q) = %s, want %s", name, got, want)
		}
	}
	for id, want := range map[string]string{
		"d29d64c1-03dc-4181-bacc-c67614d18fe0": "cgvpbp34cljscacf5tfijfaw0",
		"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d": "ljenz7bwqyg9jclytbfqbpl9",
	} {
		if got := base36(id); got != want {
			t.Errorf("base36(%s) = %s, want %s", id, got, want)
		}
	}
}

// The names are the ones computed by hand for the demonstration platform.
func TestNames(t *testing.T) {
	w := newTest(Small)
	namespaces := map[string]string{
		"guichet/dev":         "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q",
		"guichet/integ":       "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q",
		"guichet/prod":        "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q",
		"agendaprefs/dev":     "7eobskhs7nus3v384zlkkz6yw--50f6wmbx64p5v3h1vrfna52qf",
		"agendaprefs/staging": "1qa6pbw9wvy0ebkfna8d8gz2k--50f6wmbx64p5v3h1vrfna52qf",
		"agendaprefs/prod":    "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf",
		"cartocrise/integ":    "cie5zvqdm99diwik322ju6tff--270pbk39qcmktis1qz8dbrrhl",
		"cartocrise/prod":     "1jvqv25umehmp4i2yxlc47lzw--270pbk39qcmktis1qz8dbrrhl",
		"habilit/dev":         "3ytcvs679xmuctepusdryl1st--anj2wa0ddk0vmmayuhi2otgwn",
		"vigibat/dev":         "2u7rqd4hw7rmmyl8jui9ivqah--4wgcvxzdbszgjswvbyflfauz4",
		"testform/demo":       "7upjy0n178z7ybncy9d2puqcc--8gh2d7oxi0kvxydv3rsap35tr",
	}
	apps := map[string]bool{"guichet-prod-c626-infra-5efa": false, "agendaprefs-prod-c626-agenda-infra-08e2": false, "cartocrise-prod-c626-infra-helm-0fc7": false,
		"habilit-dev-6293-deploiement-e374": false, "habilit-dev-deploiement-6293": false, "vigibat-dev-6293-vigibat-867b": false,
		"testform-demo-3c58-demo-java-infra-135c": false, "guichet-dev-6293-env": false, "guichet-ovh-hp-1-dev-root": false, "hprod-testform-observability": false,
		"prod-guichet-observability": false}
	gates := map[string]bool{"guichet-front-1013": false, "guichet-api-a814": false, "agendaprefs-agenda-api-788f": false, "agendaprefs-agenda-web-b936": false,
		"cartocrise-tuiles-c2de": false, "cartocrise-moteur-2d15": false, "habilit-habilit-java-b95e": false, "testform-app-java-b197": false}
	w.View(func(s *State) {
		for _, p := range s.Projects {
			for _, e := range p.Environments {
				if want, ok := namespaces[p.Slug+"/"+e.Name]; ok && e.Namespace.Name != want {
					t.Errorf("%s/%s runs in %s, want %s", p.Slug, e.Name, e.Namespace.Name, want)
				}
				delete(namespaces, p.Slug+"/"+e.Name)
			}
			for _, r := range p.Repositories {
				if r.Gate != nil {
					gates[r.Gate.Key] = true
				}
			}
		}
		for _, a := range s.Applications {
			apps[a.Name] = true
		}
	})
	for n := range namespaces {
		t.Errorf("no environment %s", n)
	}
	for _, names := range []map[string]bool{apps, gates} {
		for n, seen := range names {
			if !seen {
				t.Errorf("%s is missing", n)
			}
		}
	}
}

func find[T any](t *testing.T, what string, all []T, is func(T) bool) T {
	t.Helper()
	for _, x := range all {
		if is(x) {
			return x
		}
	}
	t.Fatalf("no %s", what)
	panic("unreachable")
}

func environment(t *testing.T, s *State, slug, name string) *Environment {
	t.Helper()
	return find(t, slug+"/"+name, s.ProjectBySlug[slug].Environments, func(e *Environment) bool { return e.Name == name })
}

func workload(t *testing.T, n *Namespace, name string) *Workload {
	t.Helper()
	return find(t, name, n.Workloads, func(x *Workload) bool { return x.Name == name })
}

func TestStories(t *testing.T) {
	w := newTest(Small)
	w.View(func(s *State) {
		t.Run("mutable tag", func(t *testing.T) {
			x := workload(t, environment(t, s, "guichet", "integ").Namespace, "api")
			var pod *Pod
			for _, p := range x.Namespace.Pods {
				if p.Workload == x {
					pod = p
				}
			}
			if want := "harbor.cpn.example/guichet/api:main"; pod.Containers[0].Image != want {
				t.Fatalf("image %s, want %s", pod.Containers[0].Image, want)
			}
			images := x.Repository.Images
			newest := images[len(images)-1]
			if newest.Tags[1].Name != "main" || newest.Digest == pod.Containers[0].Digest || !newest.PushedAt.After(pod.CreatedAt) {
				t.Errorf("main is %+v pushed %v; the pod runs %s since %v", newest.Tags, newest.PushedAt, pod.Containers[0].Digest, pod.CreatedAt)
			}
		})
		t.Run("gate on another revision", func(t *testing.T) {
			x := workload(t, environment(t, s, "guichet", "prod").Namespace, "api")
			g := x.Repository.Gate
			if g.Status != "ERROR" || x.Containers[0].Image == "harbor.cpn.example/guichet/api:"+g.Revision[:8] {
				t.Errorf("gate %s on %s, prod runs %s", g.Status, g.Revision, x.Containers[0].Image)
			}
		})
		t.Run("purged tag", func(t *testing.T) {
			n := environment(t, s, "agendaprefs", "prod").Namespace
			x := workload(t, n, "agenda-web")
			waiting, running := 0, 0
			for _, p := range n.Pods {
				if p.Workload == x && p.Containers[0].Reason == "ImagePullBackOff" {
					waiting++
				} else if p.Workload == x && p.Phase == "Running" {
					running++
				}
			}
			if waiting != 2 || running != 2 || x.Ready != 2 || x.Replicas != 4 {
				t.Errorf("%d waiting, %d running, %d/%d", waiting, running, x.Ready, x.Replicas)
			}
			if len(x.Repository.Images) != 10 {
				t.Errorf("%d artifacts kept", len(x.Repository.Images))
			}
			for _, img := range x.Repository.Images {
				if img.Commit[:8] == "3f2a91bc" {
					t.Error("the tag is still there")
				}
			}
			find(t, "commit 3f2a91bc", x.Repository.Git.Commits, func(c *Commit) bool { return c.SHA[:8] == "3f2a91bc" })
			a := find(t, "application", s.Applications, func(a *Application) bool { return a.Name == "agendaprefs-prod-c626-agenda-infra-08e2" })
			if a.Sync != "Synced" || a.Health != "Degraded" {
				t.Errorf("%s %s", a.Sync, a.Health)
			}
		})
		t.Run("quota", func(t *testing.T) {
			q := environment(t, s, "cartocrise", "prod").Namespace.Quota
			if q.Used["limits.cpu"] != 15.5 || q.Used["limits.memory"] != 62*gib || q.Hard["limits.cpu"] != 16 || q.Hard["limits.memory"] != 64*gib {
				t.Errorf("%v of %v", q.Used, q.Hard)
			}
		})
		t.Run("others fit", func(t *testing.T) {
			for _, c := range s.Clusters {
				for _, n := range c.Namespaces {
					for k, used := range n.Quota.Used {
						if used > n.Quota.Hard[k] {
							t.Errorf("%s: %s %v of %v", n.Name, k, used, n.Quota.Hard[k])
						}
					}
				}
			}
		})
		t.Run("expired token", func(t *testing.T) {
			p := s.ProjectBySlug["vigibat"]
			if p.Status != "failed" || !p.GroupTokens[0].ExpiresAt.Before(testStart) || p.Log[len(p.Log)-1].Failed[0] != "gitlab" {
				t.Errorf("%s %v %v", p.Status, p.GroupTokens[0].ExpiresAt, p.Log[len(p.Log)-1])
			}
			if last := p.Mirror.Pipelines[len(p.Mirror.Pipelines)-1]; last.Status != "failed" {
				t.Errorf("mirror %s", last.Status)
			}
		})
		t.Run("green row", func(t *testing.T) {
			p := s.ProjectBySlug["portail"]
			pods := 0
			for _, e := range p.Environments {
				for _, pod := range e.Namespace.Pods {
					pods++
					if !pod.Containers[0].Ready {
						t.Errorf("%s is not ready", pod.Name)
					}
				}
			}
			if pods != 4 {
				t.Errorf("%d pods", pods)
			}
			if g := p.Repositories[0].Gate; g.Status != "OK" {
				t.Errorf("gate %s", g.Status)
			}
		})
	})
}

func TestWaitAndSince(t *testing.T) {
	w := newTest(Small)
	rev := w.Rev()
	done := make(chan error, 1)
	go func() { done <- w.Wait(context.Background(), rev) }()
	var pod *Pod
	w.Update(func(tx *Tx) {
		pod = tx.State.Projects[0].Environments[0].Namespace.Pods[0]
		pod.Containers[0].Restarts++
		tx.Touch(pod, Modified)
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	changes, ok := w.Since(rev)
	if !ok || len(changes) != 1 || changes[0].Object != pod || changes[0].Type != Modified || changes[0].Rev != rev+1 {
		t.Errorf("%v %v", changes, ok)
	}
	if _, ok := w.Since(rev - 1); ok {
		t.Error("what happened before the world began is not known")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.Wait(ctx, w.Rev()); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v", err)
	}
}

// On a calm platform time passes and nothing else does, unless changes are asked for.
func TestCalm(t *testing.T) {
	for _, c := range []struct {
		name  string
		churn Churn
		moves bool
	}{{"nothing happens", Churn{}, false}, {"but what is asked for", Churn{Pods: 1}, true}} {
		w := New(Options{Seed: 1, Clock: func() time.Time { return testStart }, Calm: true, Churn: c.churn})
		before := w.Rev()
		w.Step(testStart.Add(3 * time.Hour))
		if moved := w.Rev() != before; moved != c.moves {
			t.Errorf("%s: revision %d, then %d", c.name, before, w.Rev())
		}
		if !w.Now().Equal(testStart.Add(3 * time.Hour)) {
			t.Errorf("%s: time stood still at %v", c.name, w.Now())
		}
	}
}
