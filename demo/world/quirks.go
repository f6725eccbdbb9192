package world

import (
	"slices"
	"time"
)

// Quirk is a way of its own in which a system writes of a project.
type Quirk struct {
	Name string
	// Finds is the rule that finds what is wrong; "" when nothing is, however it is written.
	Finds string
	make  func(b *builder, s site)
}

// quirk gives a project without trouble the next quirk when it is due, in turn.
func (b *builder) quirk(t target, p *Project) {
	if t.quirkEvery == 0 {
		return
	}
	b.sound++
	if b.sound%t.quirkEvery != 0 {
		return
	}
	all := quirks()
	q := all[(b.sound/t.quirkEvery-1)%len(all)]
	b.s.Aside.Quirks[p] = q
	q.make(b, b.site(p))
}

// quirks lists them all, two or more of each system of the delivery.
func quirks() []Quirk {
	return []Quirk{
		{"hydrated", "", func(b *builder, s site) {
			s.app.Hydration = &Hydration{Branch: "env/" + s.last.Name, Phase: "Hydrated", Written: s.app.Revision, At: b.ago(26 * hour)}
			s.app.rewrite(hexOf(40, b.seed, "hydrated", s.app.Name))
		}},
		{"hydration-failed", "comparison-error", func(b *builder, s site) {
			s.app.Hydration = &Hydration{Branch: "env/" + s.last.Name, Phase: "Failed", Written: s.app.Revision, At: b.ago(3 * hour),
				Message: "failed to hydrate: failed to get manifests: rpc error: code = Unknown desc = failed to execute helm template command: Error: values.yaml: key replicas: expected number, got string"}
			s.app.rewrite(hexOf(40, b.seed, "hydrated", s.app.Name))
		}},
		{"hook-failed", "app-sync-failed", func(b *builder, s site) {
			s.app.Sync = "OutOfSync"
			s.app.Operation.Phase, s.app.Operation.Message = "Failed", "one or more synchronization tasks completed unsuccessfully"
			s.app.Operation.StartedAt, s.app.Operation.FinishedAt = b.ago(2*hour), b.ago(2*hour-7*minute)
			s.app.Operation.Results = []AppResource{{Group: "batch", Version: "v1", Kind: "Job", Namespace: s.last.Namespace.Name, Name: "migration-schema", SyncStatus: "Synced", Hook: "PreSync", HookPhase: "Failed",
				Message: "Job has reached the specified backoff limit"}}
		}},
		{"child-failed", "pipeline-failed", func(b *builder, s site) { b.failChild(s.api.Git) }},
		{"merge-request", "", func(_ *builder, s site) {
			pl := s.api.Git.Pipelines[len(s.api.Git.Pipelines)-1]
			pl.Ref, pl.Source = "refs/merge-requests/12/head", "merge_request_event"
		}},
		{"image-index", "", func(b *builder, s site) {
			for _, img := range s.api.Images {
				img.Children = []string{"sha256:" + hexOf(64, b.seed, "amd64", img.Digest), "sha256:" + hexOf(64, b.seed, "arm64", img.Digest)}
			}
			b.runChild(s)
		}},
		{"signature-unknown", "", func(_ *builder, s site) {
			for _, img := range s.api.Images {
				img.Signed, img.Opaque = false, true
			}
		}},
		{"gate-qualities", "gate-other-revision", func(_ *builder, s site) {
			g := s.api.Gate
			g.Status, g.Measures["alert_status"] = "ERROR", "ERROR"
			g.Conditions = []Condition{{"new_software_quality_security_rating", "GT", "1", "3", "ERROR"}, {"new_technical_debt", "GT", "60", "135", "ERROR"}, {"new_duplicated_lines_density", "GT", "3", "1.2", "OK"}}
		}},
		{"gate-none", "", func(_ *builder, s site) {
			s.web.Gate.Status, s.web.Gate.Conditions = "NONE", nil
			delete(s.web.Gate.Measures, "alert_status")
		}},
	}
}

// rewrite lets everything that an application ever deployed be commits of a branch that no person writes to.
func (a *Application) rewrite(head string) {
	a.Revision = head
	if a.Operation != nil {
		a.Operation.Revision = head
	}
	if n := len(a.History); n > 0 {
		a.History[n-1].Revision = head
	}
}

// failChild lets the newest pipeline of a repository fail at one that it started: none of its own jobs failed.
func (b *builder) failChild(g *GitProject) {
	pl := g.Pipelines[len(g.Pipelines)-1]
	pl.Status = "failed"
	last := pl.Jobs[len(pl.Jobs)-1]
	at := last.FinishedAt
	child := &Pipeline{ID: pl.ID + childAbove, IID: pl.IID + 10_000, Ref: pl.Ref, SHA: pl.SHA, Status: "failed", Source: "parent_pipeline", Git: g,
		CreatedAt: at, StartedAt: at.Add(time.Second), FinishedAt: at.Add(41 * time.Second), UpdatedAt: at.Add(41 * time.Second),
		Jobs: []*Job{{ID: last.ID*4 + childAbove, Name: "recette", Stage: "recette", Status: "failed", FailureReason: "script_failure", CreatedAt: at, StartedAt: at.Add(time.Second), FinishedAt: at.Add(41 * time.Second)}}}
	b.s.Aside.Said[child.Jobs[0]] = []string{"AssertionError: 3 parcours sur 18 en échec"}
	pl.Starts = []Bridge{{Job: &Job{ID: last.ID*4 + childAbove + 2, Name: "recette", Stage: "recette", Status: "failed", FailureReason: "unknown_failure", CreatedAt: at, StartedAt: at, FinishedAt: child.FinishedAt}, Child: child}}
	pl.FinishedAt, pl.UpdatedAt = child.FinishedAt, child.UpdatedAt
}

// runChild lets pods tell the image of their own architecture rather than the index that names it, as some kubelets do.
func (b *builder) runChild(s site) {
	for _, e := range s.p.Environments {
		for _, p := range e.Namespace.Pods {
			for _, c := range p.Containers {
				if i := slices.IndexFunc(s.api.Images, func(img *Image) bool { return img.Digest == c.Digest }); i >= 0 {
					c.Digest = s.api.Images[i].Children[0]
				}
			}
		}
	}
}
