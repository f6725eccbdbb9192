package world

import (
	"strings"
	"testing"
	"time"
)

// TestRareTroubles: a fleet holds the facts of every trouble, in projects that have no other.
func TestRareTroubles(t *testing.T) {
	for _, size := range []Size{Fleet, Huge} {
		w := newTest(size)
		w.View(func(s *State) {
			found := map[string]int{}
			count := func(name string, is bool) {
				if is {
					found[name]++
				}
			}
			apps := map[*Environment]int{}
			for _, a := range s.Applications {
				if a.Environment != nil {
					apps[a.Environment]++
				}
				count("a sync that a policy of production refuses", a.Operation != nil && a.Operation.Phase == "Failed" && a.Environment != nil && a.Environment.Name == "prod" &&
					strings.Contains(a.Operation.Message, "blocked due to the following policies"))
				for _, c := range a.Conditions {
					count("a path that does not exist", c.Type == "ComparisonError" && strings.Contains(c.Message, "app path does not exist") && a.Path != ".")
				}
				for _, r := range a.Resources {
					count("a pull secret that is not delivered", r.Name == "registry-pull-secret" && r.Health == "Degraded")
				}
			}
			for _, p := range s.Projects[storyCount:] {
				count("a locked project", p.Locked)
				count("a project that stays initializing", p.Status == "initializing" && w.start.Sub(p.UpdatedAt) > time.Hour)
				if n := len(p.Log); n > 0 && len(p.Log[n-1].Failed) == 1 && p.Log[n-1].Failed[0] == "gitlab" {
					for _, r := range p.Repositories {
						count("a forge that refuses an account", r.Private && strings.Contains(p.Log[n-1].Message, "Authentication failed for '"+r.ExternalURL))
					}
				}
				for _, e := range p.Environments {
					forgotten := apps[e] == 0 && w.start.Sub(e.CreatedAt) > time.Hour
					count("an environment without any application", forgotten)
					if forgotten && s.NamespaceOf[e.Namespace.Cluster.Label+"/"+e.Namespace.Name] != nil {
						t.Errorf("%s/%s has a namespace that nobody made", p.Slug, e.Name)
					}
					for _, ev := range e.Namespace.Events {
						count("a pull refused with 401", ev.Reason == "Failed" && strings.Contains(ev.Message, "401 Unauthorized"))
						count("a start that is not permitted", ev.Reason == "Failed" && strings.Contains(ev.Message, "permission denied"))
					}
				}
			}
			for _, name := range []string{"a sync that a policy of production refuses", "a path that does not exist", "a pull secret that is not delivered", "a locked project",
				"a project that stays initializing", "a forge that refuses an account", "an environment without any application", "a pull refused with 401", "a start that is not permitted"} {
				if found[name] == 0 {
					t.Errorf("%s: no example of %s", size, name)
				}
			}
		})
	}
}

// TestRefusedMirrorTrace: the job's output names who refused the login.
func TestRefusedMirrorTrace(t *testing.T) {
	w := newTest(Fleet)
	var refused, own *Job
	w.View(func(s *State) {
		for _, p := range s.Projects {
			for _, pl := range p.Mirror.Pipelines {
				switch j := pl.Jobs[0]; {
				case j.RefusedBy != "":
					refused = j
				case j.Status == "failed":
					own = j
				}
			}
		}
	})
	if refused == nil || own == nil {
		t.Fatal("no failed mirror of either kind")
	}
	if out := w.Trace(refused); !strings.Contains(out, "Authentication failed for '"+refused.RefusedBy) {
		t.Error(out)
	}
	if out := w.Trace(own); !strings.Contains(out, "dso-gitlab.svc") {
		t.Error(out)
	}
}
