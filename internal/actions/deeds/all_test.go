package deeds_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/fault"
	"dsotop/demo/world"
	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/actions/wire"
)

// story is one deed played on a fresh platform: what it is done on, how the world lets it come true, and how it makes it fail.
type story struct {
	id          string
	slug, env   string
	prepare     func(*rig)
	subject     func(*rig) actions.Subject
	args        actions.Args
	pass        time.Duration // until it has come true
	fail        func(*rig)    // after the call: makes it fail; nil where the system's own answer is the only failure
	failFirst   func(*rig)    // before the call
	holds       func(*rig) bool
	failPass    time.Duration // how long is waited after fail; 0: as pass
	immediately bool          // it is done as soon as the call is answered
}

func (r *rig) project(slug string) string {
	return view(r, func(s *world.State) string { return s.ProjectBySlug[slug].ID })
}

func environment(r *rig, slug, name string) *world.Environment {
	return view(r, func(s *world.State) *world.Environment {
		for _, e := range s.ProjectBySlug[slug].Environments {
			if e.Name == name {
				return e
			}
		}
		return nil
	})
}

func onEnvironment(slug, name string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		e := environment(r, slug, name)
		return actions.Subject{Kind: actions.OnEnvironment, ProjectID: e.Project.ID, EnvironmentID: e.ID, Namespace: e.Namespace.Name, ID: e.ID, Name: slug + "/" + name, Production: name == "prod"}
	}
}

func onProject(slug string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject { return project(r, slug) }
}

func onMember(slug string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		id := view(r, func(s *world.State) string { return s.ProjectBySlug[slug].Members[0].UserID })
		return actions.Subject{Kind: actions.OnMember, ProjectID: r.project(slug), ID: id, Name: "devops"}
	}
}

func repo(r *rig, slug, name string) *world.Repository {
	return view(r, func(s *world.State) *world.Repository {
		for _, k := range s.ProjectBySlug[slug].Repositories {
			if k.Name == name {
				return k
			}
		}
		return nil
	})
}

func onRepository(slug, name string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		return actions.Subject{Kind: actions.OnRepository, ProjectID: r.project(slug), ID: repo(r, slug, name).ID, Name: slug + "/" + name}
	}
}

// newestRun is the newest pipeline of a repository.
func newestRun(r *rig, slug, name string) *world.Pipeline {
	k := repo(r, slug, name)
	return k.Git.Pipelines[len(k.Git.Pipelines)-1]
}

func onPipeline(slug, name string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		return actions.Subject{Kind: actions.OnPipeline, System: "gitlab", ProjectID: r.project(slug), ID: strconv.FormatInt(newestRun(r, slug, name).ID, 10), Name: name}
	}
}

func onJob(slug, name string, n int) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		return actions.Subject{Kind: actions.OnJob, System: "gitlab", ProjectID: r.project(slug), ID: strconv.FormatInt(newestRun(r, slug, name).Jobs[n].ID, 10), Name: name}
	}
}

// app is the application that deploys an environment.
func app(r *rig, slug, env string) *world.Application {
	return view(r, func(s *world.State) *world.Application {
		for _, a := range s.Applications {
			if e := a.Environment; e != nil && e.Project.Slug == slug && e.Name == env && a.Labels["dso/type"] == "app" {
				return a
			}
		}
		return nil
	})
}

func onApp(slug, env string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		a := app(r, slug, env)
		return actions.Subject{Kind: actions.OnApplication, System: "argocd/" + a.Zone, ProjectID: r.project(slug), Namespace: a.DestNamespace, ID: a.Namespace + "/" + a.Name, Name: a.Name}
	}
}

func workload(r *rig, slug, env, name string) *world.Workload {
	for _, x := range environment(r, slug, env).Namespace.Workloads {
		if x.Name == name {
			return x
		}
	}
	return nil
}

func onWorkload(system, slug, env, name string) func(*rig) actions.Subject {
	return func(r *rig) actions.Subject {
		x := workload(r, slug, env, name)
		from := "kubernetes/" + x.Namespace.Cluster.Label
		if system == "argocd" {
			from = "argocd/" + app(r, slug, env).Zone
		}
		return actions.Subject{Kind: actions.OnWorkload, System: from, ProjectID: r.project(slug), Namespace: x.Namespace.Name, ID: x.Kind + "/" + x.Name, Name: name}
	}
}

// stay makes a controller's pods of now on stay as they are, not ready.
func stuck(slug, env, name string) func(*rig) {
	return func(r *rig) {
		r.pass(3 * time.Second)
		r.change(func(tx *world.Tx) {
			x := workload(r, slug, env, name)
			x.Conditions = append(x.Conditions, world.WorkloadCondition{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded", Message: "timed out progressing", At: tx.Now})
			for _, p := range x.Namespace.Pods {
				if p.Workload == x {
					p.Containers[0].Ready, p.Containers[0].State, p.Containers[0].Reason = false, "waiting", "CrashLoopBackOff"
				}
			}
			x.Ready = 0
		})
	}
}

// ended ends what runs in an application.
func ended(slug, env, phase, health string) func(*rig) {
	return func(r *rig) {
		r.pass(6 * time.Second)
		r.change(func(tx *world.Tx) {
			a := app(r, slug, env)
			op := *a.Operation
			op.Phase, op.Message = phase, "one or more objects failed to apply"
			a.Operation, a.Health = &op, health
		})
	}
}

func failing(tool string) func(*rig) {
	return func(r *rig) { r.change(func(tx *world.Tx) { tx.Break(tool, "a reason") }) }
}

// settle lets every job of a repository's newest pipeline have a status.
func settle(slug, name, pipeline, last string) func(*rig) {
	return func(r *rig) {
		r.change(func(*world.Tx) {
			pl := newestRun(r, slug, name)
			pl.Status = pipeline
			for _, j := range pl.Jobs {
				j.Status = "success"
			}
			pl.Jobs[len(pl.Jobs)-1].Status = last
		})
	}
}

func stories() []story {
	manual := settle("portail", "web", "success", "manual")
	failed := settle("portail", "web", "failed", "failed")
	breakRun := func(r *rig) {
		r.pass(3 * time.Second)
		r.change(func(*world.Tx) {
			pl := newestRun(r, "portail", "web")
			pl.Status = "failed"
			pl.Jobs[len(pl.Jobs)-1].Status = "failed"
		})
	}
	chain := func(r *rig) *world.ServiceChain {
		return view(r, func(s *world.State) *world.ServiceChain { return s.Chains[1] })
	}
	onChain := func(r *rig) actions.Subject {
		return actions.Subject{Kind: actions.OnChain, ID: chain(r).ID, Name: chain(r).CommonName}
	}
	brokenChain := func(r *rig) {
		r.pass(time.Second)
		r.change(func(tx *world.Tx) {
			c := chain(r)
			c.State, c.UpdatedAt = "failed", tx.Now
		})
	}
	idle := func(r *rig) {
		r.change(func(*world.Tx) {
			a := app(r, "habilit", "dev")
			a.Health, a.Revision = "Healthy", a.History[len(a.History)-1].Revision
		})
	}
	return []story{
		{id: "console.replay", slug: "vigibat", subject: onProject("vigibat"), immediately: true, failFirst: failing("Gitlab"),
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return s.ProjectBySlug["vigibat"].GroupTokens[0].Active })
			}},
		{id: "console.lock", slug: "portail", subject: onProject("portail"), immediately: true,
			fail: func(r *rig) { r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Locked = false }) },
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return s.ProjectBySlug["portail"].Locked })
			}},
		{id: "console.unlock", slug: "portail", subject: onProject("portail"), immediately: true,
			prepare: func(r *rig) { r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Locked = true }) },
			fail:    func(r *rig) { r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Locked = true }) },
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return !s.ProjectBySlug["portail"].Locked })
			}},
		{id: "console.env_create", slug: "portail", subject: onProject("portail"), args: actions.Args{"name": "recette", "stage": "staging", "cluster": "ovh-hp-1"}, immediately: true, failFirst: failing("Vault"),
			holds: func(r *rig) bool { return environment(r, "portail", "recette") != nil }},
		{id: "console.env_resize", slug: "portail", env: "dev", subject: onEnvironment("portail", "dev"), args: actions.Args{"cpu": "1.5"}, immediately: true, failFirst: failing("Vault"),
			holds: func(r *rig) bool { return environment(r, "portail", "dev").Namespace.Quota.Hard["limits.cpu"] == 1.5 }},
		{id: "console.env_delete", slug: "portail", env: "dev", subject: onEnvironment("portail", "dev"), immediately: true, failFirst: failing("Vault"),
			holds: func(r *rig) bool { return environment(r, "portail", "dev") == nil }},
		{id: "console.member_add", slug: "portail", subject: onProject("portail"), args: actions.Args{"email": "devops.guichet@example.gouv.fr"}, immediately: true,
			fail: func(r *rig) {
				r.change(func(tx *world.Tx) { p := tx.State.ProjectBySlug["portail"]; p.Members = p.Members[:3] })
			},
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return len(s.ProjectBySlug["portail"].Members) == 4 })
			}},
		{id: "console.member_roles", slug: "portail", subject: onMember("portail"), args: actions.Args{"roles": "DevOps, Lecture seule"}, immediately: true,
			fail: func(r *rig) {
				r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Members[0].RoleIDs = nil })
			},
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return len(s.ProjectBySlug["portail"].Members[0].RoleIDs) == 2 })
			}},
		{id: "console.member_remove", slug: "portail", subject: onMember("portail"), immediately: true,
			fail: func(r *rig) {
				r.change(func(tx *world.Tx) {
					p := tx.State.ProjectBySlug["portail"]
					for _, u := range tx.State.Users {
						if u.Email == "devops.portail@example.gouv.fr" {
							p.Members = append(p.Members, world.Member{UserID: u.ID})
						}
					}
				})
			},
			holds: func(r *rig) bool {
				return view(r, func(s *world.State) bool { return len(s.ProjectBySlug["portail"].Members) == 2 })
			}},
		{id: "console.sync_repository", slug: "portail", subject: onRepository("portail", "web"), pass: 20 * time.Second, failFirst: failing("Gitlab"),
			holds: func(r *rig) bool { return newestRun(r, "portail", "web").Source == "push" }},
		{id: "console.chain_retry", slug: "cartocrise", subject: onChain, pass: 25 * time.Second, fail: brokenChain, failPass: 1, holds: func(r *rig) bool { return chain(r).State == "success" }},
		{id: "console.chain_validate", slug: "cartocrise", subject: onChain, pass: 25 * time.Second, fail: brokenChain, failPass: 1, holds: func(r *rig) bool { return chain(r).State == "success" }},
		{id: "console.refresh_services", slug: "portail", subject: func(*rig) actions.Subject { return actions.Subject{Kind: actions.OnPlatform, Name: "console"} }, prepare: func(r *rig) { r.pass(time.Minute) }, immediately: true,
			holds: func(r *rig) bool { return view(r, func(s *world.State) bool { return s.Tools[0].At.Equal(r.now) }) }},

		{id: "gitlab.retry_pipeline", slug: "portail", subject: onPipeline("portail", "web"), prepare: failed, pass: 10 * time.Minute, fail: breakRun, failPass: 1, holds: func(r *rig) bool { return newestRun(r, "portail", "web").Status == "success" }},
		{id: "gitlab.cancel_pipeline", slug: "portail", subject: onPipeline("portail", "web"), prepare: settle("portail", "web", "running", "running"), immediately: true, fail: settle("portail", "web", "success", "success"),
			holds: func(r *rig) bool { return newestRun(r, "portail", "web").Status == "canceled" }},
		{id: "gitlab.retry_job", slug: "portail", subject: onJob("portail", "web", 3), prepare: failed, pass: time.Minute, fail: breakRun, failPass: 1, holds: func(r *rig) bool { return newestRun(r, "portail", "web").Jobs[3].Status == "success" }},
		{id: "gitlab.play_job", slug: "portail", subject: onJob("portail", "web", 3), prepare: manual, pass: time.Minute, fail: breakRun, failPass: 1, holds: func(r *rig) bool { return newestRun(r, "portail", "web").Jobs[3].Status == "success" }},
		{id: "gitlab.run_pipeline", slug: "portail", subject: onRepository("portail", "web"), pass: 10 * time.Minute, fail: breakRun, failPass: 1, holds: func(r *rig) bool { return newestRun(r, "portail", "web").Status == "success" }},
		{id: "gitlab.trigger_mirror", slug: "portail", subject: onRepository("portail", "web"), pass: 20 * time.Second,
			failFirst: func(r *rig) {
				r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].GroupTokens[0].Active = false })
			},
			holds: func(r *rig) bool { return newestRun(r, "portail", "web").Source == "push" }},

		{id: "argocd.refresh", slug: "portail", env: "dev", subject: onApp("portail", "dev"), prepare: func(r *rig) { r.pass(time.Minute) }, immediately: true, holds: func(r *rig) bool { return app(r, "portail", "dev").ReconciledAt.Equal(r.now) }},
		{id: "argocd.hard_refresh", slug: "portail", env: "dev", subject: onApp("portail", "dev"), prepare: func(r *rig) { r.pass(time.Minute) }, immediately: true, holds: func(r *rig) bool { return app(r, "portail", "dev").ReconciledAt.Equal(r.now) }},
		{id: "argocd.sync", slug: "habilit", env: "dev", subject: onApp("habilit", "dev"), prepare: idle, pass: 6 * time.Second, fail: ended("habilit", "dev", "Failed", "Healthy"), failPass: 1, holds: func(r *rig) bool { return app(r, "habilit", "dev").Sync == "Synced" }},
		{id: "argocd.sync_dry_run", slug: "habilit", env: "dev", subject: onApp("habilit", "dev"), prepare: idle, pass: 6 * time.Second, fail: ended("habilit", "dev", "Error", "Healthy"), failPass: 1, holds: func(r *rig) bool { return app(r, "habilit", "dev").Sync == "OutOfSync" }},
		{id: "argocd.rollback", slug: "habilit", env: "dev", subject: onApp("habilit", "dev"), prepare: idle, pass: 6 * time.Second, fail: ended("habilit", "dev", "Succeeded", "Degraded"), failPass: 1,
			holds: func(r *rig) bool {
				a := app(r, "habilit", "dev")
				return a.Revision == a.History[len(a.History)-3].Revision
			}},
		{id: "argocd.terminate", slug: "habilit", env: "dev", subject: onApp("habilit", "dev"), pass: 3 * time.Second,
			prepare: func(r *rig) {
				r.change(func(tx *world.Tx) { tx.OperateApplication(app(r, "habilit", "dev"), "HEAD", "admin", false, nil) })
			},
			fail: ended("habilit", "dev", "Succeeded", "Healthy"), failPass: 1, holds: func(r *rig) bool { return app(r, "habilit", "dev").Operation.Phase == "Failed" }},
		{id: "argocd.restart", slug: "portail", env: "dev", subject: onWorkload("argocd", "portail", "dev", "web"), pass: time.Minute, fail: stuck("portail", "dev", "web"), failPass: 1, holds: func(r *rig) bool { return workload(r, "portail", "dev", "web").Ready == 1 }},
		{id: "argocd.resource_action", slug: "portail", env: "dev", args: actions.Args{"action": "restart"}, pass: time.Minute, immediately: true, subject: func(r *rig) actions.Subject {
			sub := onWorkload("argocd", "portail", "dev", "web")(r)
			sub.Kind, sub.ID = actions.OnResource, "apps/Deployment/"+sub.Namespace+"/web"
			return sub
		}, holds: func(r *rig) bool { return len(workload(r, "portail", "dev", "web").OldReplicaSets) == 1 }},

		{id: "kubernetes.restart", slug: "portail", env: "dev", subject: onWorkload("kubernetes", "portail", "dev", "web"), pass: time.Minute, fail: stuck("portail", "dev", "web"), failPass: 1, holds: func(r *rig) bool { return workload(r, "portail", "dev", "web").RestartedAt != "" }},
		{id: "kubernetes.scale", slug: "portail", env: "dev", subject: onWorkload("kubernetes", "portail", "dev", "web"), args: actions.Args{"replicas": "2"}, pass: time.Minute,
			fail: func(r *rig) {
				r.pass(time.Second / 2)
				r.change(func(tx *world.Tx) { workload(r, "portail", "dev", "web").Replicas = 3 })
			}, failPass: 1, holds: func(r *rig) bool { return workload(r, "portail", "dev", "web").Ready == 2 }},
		{id: "kubernetes.delete_pod", slug: "portail", env: "dev", pass: time.Minute, fail: stuck("portail", "dev", "web"), failPass: 1, subject: func(r *rig) actions.Subject {
			sub := onWorkload("kubernetes", "portail", "dev", "web")(r)
			sub.Kind, sub.ID = actions.OnPod, workload(r, "portail", "dev", "web").Namespace.Pods[0].Name
			return sub
		}, holds: func(r *rig) bool { return workload(r, "portail", "dev", "web").Ready == 1 }},
		{id: "kubernetes.run_cronjob", slug: "cartocrise", env: "prod", subject: onWorkload("kubernetes", "cartocrise", "prod", "chargement-communes"), pass: 10 * time.Minute,
			fail: func(r *rig) {
				r.change(func(tx *world.Tx) {
					for _, p := range environment(r, "cartocrise", "prod").Namespace.Pods {
						if strings.Contains(p.OwnerName, "-dsotop-") {
							p.Phase, p.Containers[0].State, p.Containers[0].ExitCode, p.Containers[0].Reason = "Failed", "terminated", 1, "Error"
						}
					}
				})
			}, failPass: 1, holds: func(*rig) bool { return true }},

		{id: "harbor.scan", slug: "portail", pass: 15 * time.Second, subject: func(r *rig) actions.Subject {
			k := repo(r, "portail", "web")
			return actions.Subject{Kind: actions.OnArtifact, System: "harbor", ProjectID: r.project("portail"), ID: k.Images[0].Digest, Name: "web"}
		}, fail: func(r *rig) {
			r.pass(3 * time.Second)
			r.change(func(tx *world.Tx) {
				img := repo(r, "portail", "web").Images[0]
				img.Scan.Status, img.Scan.At = "Error", tx.Now
			})
		}, failPass: 1, holds: func(r *rig) bool { return repo(r, "portail", "web").Images[0].Scan.At.After(start()) }},

		{id: "alertmanager.silence", slug: "agendaprefs", env: "prod", immediately: true, subject: func(r *rig) actions.Subject {
			return actions.Subject{Kind: actions.OnAlert, System: "alertmanager", ProjectID: r.project("agendaprefs"), ID: "AgendaWebDown", Name: "AgendaWebDown", Production: true}
		}, holds: func(r *rig) bool { return view(r, func(s *world.State) bool { return len(s.Silences) == 4 }) }},
		{id: "alertmanager.expire", slug: "agendaprefs", env: "prod", immediately: true, prepare: func(r *rig) {
			r.change(func(tx *world.Tx) {
				tx.NewSilence(&world.Silence{Comment: "x", CreatedBy: "y", StartsAt: tx.Now.Add(-time.Minute), EndsAt: tx.Now.Add(time.Hour), Matchers: []world.Matcher{{Name: "alertname", Value: "AgendaWebDown", Equal: true}}})
			})
		}, subject: func(r *rig) actions.Subject {
			return actions.Subject{Kind: actions.OnSilence, System: "alertmanager", ProjectID: r.project("agendaprefs"), ID: view(r, func(s *world.State) string { return s.Silences[len(s.Silences)-1].ID }), Name: "x", Production: true}
		}, holds: func(r *rig) bool {
			return view(r, func(s *world.State) bool { return !s.Silences[len(s.Silences)-1].EndsAt.After(r.now) })
		}},
	}
}

func (r *rig) begin(s story) (sc actions.Scene, sub actions.Subject, d actions.Draft) {
	r.t.Helper()
	if s.prepare != nil {
		s.prepare(r)
	}
	sub = s.subject(r)
	sc = r.scene(s.slug, s.env)
	if why := deed(r.t, s.id).Ready(sc, sub); !why.OK() {
		r.t.Fatalf("%s: not ready: %+v", s.id, why)
	}
	d, err := r.plan(s.id, sc, sub, s.args)
	if err != nil {
		r.t.Fatalf("%s: %v", s.id, err)
	}
	if len(d.Effects) == 0 {
		r.t.Errorf("%s: no effect is told", s.id)
	}
	return sc, sub, d
}

// TestEveryDeed plays each deed: planning writes nothing, doing writes once, looking again sees that it is not there yet, then that it is.
func TestEveryDeed(t *testing.T) {
	told := map[string]bool{}
	for _, s := range stories() {
		told[s.id] = true
		t.Run(s.id, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, demo.Options{})
			_, sub, d := r.begin(s)
			if got := r.look(s.id, d, sub, nil); got.State == "done" && s.id != "argocd.terminate" {
				t.Errorf("before the call: %+v", got)
			}
			reply := r.do(d)
			if !reply.OK() {
				t.Fatalf("%d %s", reply.Status, reply.Body)
			}
			if !s.immediately {
				if got := r.look(s.id, d, sub, reply); got.State != "running" {
					t.Errorf("just after the call: %+v", got)
				}
			}
			r.pass(s.pass)
			if got := r.look(s.id, d, sub, reply); got.State != "done" {
				t.Errorf("in the end: %+v", got)
			}
			if !s.holds(r) {
				t.Error("the world is not as it was asked to be")
			}
		})
	}
	for _, d := range deeds.All() {
		if !told[d.ID] {
			t.Errorf("%s is not played", d.ID)
		}
	}
}

// TestEveryDeedSeesFailure makes each deed go wrong in the world.
func TestEveryDeedSeesFailure(t *testing.T) {
	for _, s := range stories() {
		if s.fail == nil && s.failFirst == nil {
			continue
		}
		t.Run(s.id, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, demo.Options{})
			_, sub, d := r.begin(s)
			if s.failFirst != nil {
				s.failFirst(r)
			}
			reply := r.do(d)
			if s.fail != nil {
				s.fail(r)
			}
			if s.failPass == 0 {
				r.pass(s.pass)
			}
			if got := r.look(s.id, d, sub, reply); got.State != "failed" {
				t.Errorf("%d, then %+v", reply.Status, got)
			}
		})
	}
}

// TestAWriteReachesTheSystemOnce: each deed's call is answered 503 and 429 with Retry-After, 401 and 504, and never said again.
func TestAWriteReachesTheSystemOnce(t *testing.T) {
	r := newRig(t, demo.Options{Faults: true})
	for _, s := range stories() {
		if s.prepare != nil {
			s.prepare(r)
		}
		sub := s.subject(r)
		d, err := r.plan(s.id, r.scene(s.slug, s.env), sub, s.args)
		if err != nil {
			t.Errorf("%s: %v", s.id, err)
			continue
		}
		var calls atomic.Int64
		proxy := r.p.Faults[d.Call.System]
		for _, f := range []fault.Fault{{Mode: fault.Unavailable, For: time.Second}, {Mode: fault.RateLimited, For: time.Second}, {Mode: fault.Unauthorised}, {Mode: fault.Timeout}} {
			calls.Store(0)
			proxy.Choose(func(*http.Request) fault.Fault { calls.Add(1); return f })
			reply, err := r.Writer(d.Call.System).Write(t.Context(), d.Call)
			var not *wire.NotSent
			if calls.Load() != 1 || errors.As(err, &not) || err == nil && reply.OK() {
				t.Errorf("%s, %v: %d calls, %d, %v", s.id, f, calls.Load(), reply.Status, err)
			}
			proxy.Choose(nil)
		}
	}
}

// TestWhatIsNotOnTheListNeverLeaves: every call, with another method, path, query or body than a deed makes.
func TestWhatIsNotOnTheListNeverLeaves(t *testing.T) {
	r := newRig(t, demo.Options{})
	calls := []wire.Call{
		{System: "console", Method: "POST", Path: "/api/v1/projects-bulk", Body: []byte(`{"action":"replay","projectIds":"all"}`)}, {System: "console", Method: "DELETE", Path: "/api/v1/projects/x"},
		{System: "console", Method: "PUT", Path: "/api/v1/projects/x", Body: []byte(`{"ownerId":"me"}`)}, {System: "console", Method: "POST", Path: "/api/v1/admin/tokens", Body: []byte(`{}`)},
		{System: "gitlab", Method: "POST", Path: "/api/v4/projects/1/members", Body: []byte(`{}`)}, {System: "gitlab", Method: "DELETE", Path: "/api/v4/projects/1"}, {System: "gitlab", Method: "POST", Path: "/api/graphql", Body: []byte(`{"query":"mutation"}`)},
		{System: "gitlab", Method: "POST", Path: "/api/v4/projects/1/pipeline", Body: []byte(`{"ref":"main","token":"x"}`)},
		{System: "argocd/pub", Method: "DELETE", Path: "/api/v1/applications/x"}, {System: "argocd/pub", Method: "POST", Path: "/api/v1/applications/x/sync", Body: []byte(`{"manifests":["x"]}`)},
		{System: "argocd/pub", Method: "GET", Path: "/api/v1/applications/x"}, {System: "argocd/pub", Method: "DELETE", Path: "/api/v1/applications/x/resource", Query: url.Values{"kind": {"Pod"}}},
		{System: "kubernetes/mi-prod-1", Method: "DELETE", Path: "/api/v1/namespaces/x"}, {System: "kubernetes/mi-prod-1", Method: "PATCH", Path: "/apis/apps/v1/namespaces/x/deployments/y", ContentType: "application/merge-patch+json", Body: []byte(`{"spec":{"replicas":0}}`)},
		{System: "kubernetes/mi-prod-1", Method: "PATCH", Path: "/apis/apps/v1/namespaces/x/deployments/y/scale", Query: url.Values{"dryRun": {"All"}}, Body: []byte(`{"spec":{"replicas":1}}`)},
		{System: "kubernetes/mi-prod-1", Method: "GET", Path: "/api/v1/namespaces/x/secrets"}, {System: "kubernetes/mi-prod-1", Method: "DELETE", Path: "/api/v1/namespaces/x/pods"},
		{System: "harbor", Method: "DELETE", Path: "/api/v2.0/projects/x/repositories/y/artifacts/z"}, {System: "harbor", Method: "POST", Path: "/api/v2.0/projects/x/repositories/y/artifacts/z/tags", Body: []byte(`{}`)},
		{System: "alertmanager", Method: "POST", Path: "/api/v2/alerts", Tenant: "prod-dso", Body: []byte(`[]`)},
	}
	for _, c := range calls {
		var not *wire.NotSent
		if _, err := r.Writer(c.System).Write(t.Context(), c); !errors.As(err, &not) {
			t.Errorf("%s %s %s: written: %v", c.System, c.Method, c.Path, err)
		}
	}
	for _, s := range stories() { // planning cannot send what a deed sends
		_, _, d := r.begin(s)
		var not *wire.NotSent
		if _, err := r.Reader(d.Call.System).Read(t.Context(), d.Call); !errors.As(err, &not) {
			t.Errorf("%s can be sent by a reader: %v", s.id, err)
		}
		r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Locked = false }) // some begin with it
	}
	// An API server that finds options in the body does not look at the query: a pretended deletion says so in the body, or does not leave.
	victim := wire.Call{System: "kubernetes/mi-prod-1", Method: "DELETE", Path: "/api/v1/namespaces/x/pods/y", ContentType: "application/json", Query: url.Values{"dryRun": {"All"}}}
	for body, leaves := range map[string]bool{
		`{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}`: false, `{"dryRun":[]}`: false, `{"dryRun":["All","None"]}`: false, `{"dryRun":["All"],"propagationPolicy":"Orphan"}`: false,
		`{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"},"dryRun":["All"]}`: true,
	} {
		victim.Body = []byte(body)
		var not *wire.NotSent
		if _, err := r.Reader(victim.System).Read(t.Context(), victim); errors.As(err, &not) == leaves {
			t.Errorf("planning, %s: %v", body, err)
		}
	}
	if n := r.p.Writes(); n != 0 {
		t.Errorf("%d writes reached the platform", n)
	}
}

// TestTable: ids, keys and shapes of all deeds.
func TestTable(t *testing.T) {
	keys, ids := map[string]string{}, map[string]bool{}
	for _, d := range deeds.All() {
		if ids[d.ID] || d.Plan == nil || d.Done == nil || d.Ready == nil || d.Key == "" || len(d.On) == 0 {
			t.Errorf("%s: double or incomplete", d.ID)
		}
		ids[d.ID] = true
		for _, k := range d.On {
			if other := keys[string(k)+d.Key]; other != "" {
				t.Errorf("%s and %s have the key %s on %s", d.ID, other, d.Key, k)
			}
			keys[string(k)+d.Key] = d.ID
		}
		for _, p := range d.Params {
			if !slices.Contains([]string{"string", "int", "number", "bool", "duration", "choice", "text"}, p.Type) {
				t.Errorf("%s: parameter %s of type %q", d.ID, p.Name, p.Type)
			}
		}
	}
}
