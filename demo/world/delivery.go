package world

import (
	"slices"
	"strconv"
	"time"
)

// Histories are cut to this many entries, so that a world that lives for days does not grow.
const (
	keptPipelines = 40
	keptCommits   = 60
	keptImages    = 10
	keptHistory   = 10
)

// steady are the repositories that keep delivering in the small world, where everything else is a story that must stay as it is.
var steady = [...]struct {
	slug, repo string
	green      bool
}{{"guichet", "front", false}, {"portail", "web", true}, {"agendaprefs", "agenda-api", false}, {"portail", "web", true}}

// deliveries lets commits come from the teams' own forges.
func (w *World) deliveries() {
	pace := 150
	switch w.opts.Size {
	case Fleet:
		pace = 30
	case Huge:
		pace = 8
	}
	var next func(*Tx)
	next = func(tx *Tx) {
		tx.deliver()
		tx.after(time.Duration(pace/2+w.rng.IntN(pace))*time.Second, next)
	}
	w.at(w.start.Add(25*time.Second), next)
}

// deliver mirrors a new commit into some healthy repository.
func (tx *Tx) deliver() {
	w := tx.w
	r, green := w.candidate()
	if r == nil {
		return
	}
	outcome := outcomeOf(w.rng.Uint64())
	if green {
		outcome = outSuccess
	}
	source := [...]string{"trigger", "trigger", "trigger", "trigger", "trigger", "trigger", "trigger", "web", "api", "api"}[w.rng.IntN(10)]
	p := r.Project
	pl := newMirrorRun(w, p, r.Name, source, tx.Now)
	trim(&p.Mirror.Pipelines, keptPipelines)
	if source == "api" {
		p.record(newLogEntry(uint64(w.opts.Seed), p, "Sync Repository", tx.Now, 800*time.Millisecond, p.OwnerID, nil))
	}
	took := time.Duration(12+w.rng.IntN(14)) * time.Second
	tx.after(2*time.Second, func(tx *Tx) {
		j := pl.Jobs[0]
		pl.Status, j.Status, pl.StartedAt, j.StartedAt, pl.UpdatedAt = "running", "running", tx.Now, tx.Now, tx.Now
		tx.after(took, func(tx *Tx) {
			tx.endMirror(pl, "success")
			tx.push(r, outcome, func(tx *Tx, c *Commit) { tx.deploy(r, c) })
		})
	})
}

// candidate picks a repository that may deliver without ending anybody's story.
func (w *World) candidate() (r *Repository, green bool) {
	if w.opts.Size == Small {
		s := steady[w.rng.IntN(len(steady))]
		for _, r := range w.state.ProjectBySlug[s.slug].Repositories {
			if r.Name == s.repo {
				return r, s.green
			}
		}
		return nil, false
	}
	own := len(w.state.Projects) - storyCount
	p := w.state.Projects[storyCount+w.rng.IntN(own)]
	if p.Status != "created" {
		return nil, false
	}
	r = p.Repositories[w.rng.IntN(len(p.Repositories))]
	if r.Infra || len(r.Git.Commits) == 0 || r.Gate == nil || r.Gate.Status != "OK" {
		return nil, false
	}
	return r, w.rng.IntN(3) > 0
}

// storyCount is how many projects come before the generated ones.
const storyCount = 7

func trim[T any](all *[]T, n int) {
	if extra := len(*all) - n; extra > 0 {
		*all = slices.Delete(*all, 0, extra)
	}
}

func (tx *Tx) endMirror(pl *Pipeline, status string) {
	j := pl.Jobs[0]
	pl.Status, j.Status = status, status
	pl.FinishedAt, j.FinishedAt, pl.UpdatedAt = tx.Now, tx.Now, tx.Now
}

// push adds a commit to a repository and runs its pipeline to its outcome; then is called when it succeeded.
func (tx *Tx) push(r *Repository, outcome string, then func(*Tx, *Commit)) {
	w, g := tx.w, r.Git
	nonce := strconv.FormatInt(tx.Now.UnixNano(), 36)
	author := "developpeur1." + r.Project.Slug
	c := &Commit{SHA: hexOf(40, uint64(w.opts.Seed), "commit", g.Path, nonce), Title: commitTitles[w.rng.IntN(len(commitTitles))], Author: author,
		Email: author + "@example.gouv.fr", At: tx.Now.Add(-time.Minute)}
	g.Commits = append(g.Commits, c)
	trim(&g.Commits, keptCommits)
	if r.Infra {
		tx.reverted(r, c)
	}
	pl := newRun(w, r, c, "push", tx.Now)
	trim(&g.Pipelines, keptPipelines)
	tx.after(3*time.Second, func(tx *Tx) {
		pl.Status, pl.StartedAt, pl.UpdatedAt = "running", tx.Now, tx.Now
		for _, j := range pl.Jobs {
			j.Status = "pending"
		}
		tx.job(r, c, pl, 0, outcome, then)
	})
}

// job runs the i-th job of a pipeline and then the next one.
func (tx *Tx) job(r *Repository, c *Commit, pl *Pipeline, i int, outcome string, then func(*Tx, *Commit)) {
	w := tx.w
	j := pl.Jobs[i]
	j.Status, j.StartedAt, pl.UpdatedAt = "running", tx.Now, tx.Now
	tx.after(jobTime(uint64(w.opts.Seed), j), func(tx *Tx) {
		j.FinishedAt, pl.UpdatedAt = tx.Now, tx.Now
		finishJob(pl, j, outcome)
		if j.Stage == outSonar && r.Gate != nil && j.Status != "canceled" {
			status, coverage := "OK", 0.0
			switch {
			case r.Project.ID == testformID:
				status, coverage = "ERROR", 41.3
			case j.Status == "failed":
				status = "ERROR"
			}
			r.Gate = newGate(uint64(w.opts.Seed), r, c, tx.Now, status, coverage)
		}
		if j.Stage == outPush && j.Status == "success" {
			scan := Scan{}
			if n := len(r.Images); n > 0 {
				scan = r.Images[n-1].Scan
			}
			r.Images = append(r.Images, newImage(w, r, c, tx.Now, scan, len(r.Images) > 0 && r.Images[len(r.Images)-1].Signed))
			trim(&r.Images, keptImages)
		}
		switch {
		case pl.Status != "running":
			pl.FinishedAt = tx.Now
		case i+1 < len(pl.Jobs):
			tx.after(time.Second, func(tx *Tx) { tx.job(r, c, pl, i+1, outcome, then) })
		default:
			pl.Status, pl.FinishedAt = "success", tx.Now
			if then != nil {
				tx.after(20*time.Second, func(tx *Tx) { then(tx, c) })
			}
		}
	})
}

// behind is how many images newer than its own an environment lets come before it is brought forward, and bringing is how long the one before
// runs an image first: retention keeps ten images, so that what nobody brings forward is purged while it runs.
const (
	behind   = 6
	bringing = 2 * time.Minute
)

// deploy lets the team set the new tag in its infra repository: Argo CD then rolls it out in the first environment, and later in those after it that fell behind.
func (tx *Tx) deploy(r *Repository, c *Commit) {
	if len(r.Project.Environments) > 0 {
		tx.deployIn(r, c, 0)
	}
}

// promote brings the i-th environment to a commit that runs in the one before, when it is healthy and has fallen behind.
func (tx *Tx) promote(r *Repository, c *Commit, i int) {
	if i >= len(r.Project.Environments) {
		return
	}
	x, a := tx.runs(r, r.Project.Environments[i])
	if x == nil || a.Sync != "Synced" || x.Ready < x.Replicas {
		return
	}
	n := slices.IndexFunc(r.Images, func(img *Image) bool { return img.Commit != "" && tx.image(r, img.Commit) == x.Containers[0].Image })
	if n >= 0 && len(r.Images)-1-n >= behind { // what was purged already is somebody's story
		tx.deployIn(r, c, i)
	}
}

// image is how workloads name the image of a commit.
func (tx *Tx) image(r *Repository, sha string) string {
	return tx.w.state.RegistryHost + "/" + r.Project.Slug + "/" + r.Name + ":" + sha[:8]
}

// runs finds the workload of a repository in an environment and the healthy application it belongs to; nil when there is none.
func (tx *Tx) runs(r *Repository, e *Environment) (x *Workload, a *Application) {
	for _, k := range e.Namespace.Workloads {
		if k.Repository == r && k.Kind == "Deployment" {
			x = k
		}
	}
	for _, k := range tx.State.Applications {
		if k.Environment == e && k.Labels["dso/type"] == "app" {
			a = k
		}
	}
	if x == nil || a == nil || a.Health != "Healthy" {
		return nil, nil
	}
	return x, a
}

func (tx *Tx) deployIn(r *Repository, c *Commit, i int) {
	w, p := tx.w, r.Project
	n := slices.IndexFunc(r.Images, func(img *Image) bool { return img.Commit == c.SHA })
	x, a := tx.runs(r, p.Environments[i])
	if x == nil || n < 0 || i == 0 && (!a.Autosync || n < len(r.Images)-1) {
		return
	}
	digest := r.Images[n].Digest
	for _, infra := range p.Repositories {
		if !infra.Infra || infra == r {
			continue
		}
		nonce := strconv.FormatInt(tx.Now.UnixNano(), 36)
		ic := &Commit{SHA: hexOf(40, uint64(w.opts.Seed), "commit", infra.Git.Path, nonce), Title: "deploy: " + r.Name + " " + c.SHA[:8], Author: "devops." + p.Slug,
			Email: "devops." + p.Slug + "@example.gouv.fr", At: tx.Now}
		infra.Git.Commits = append(infra.Git.Commits, ic)
		trim(&infra.Git.Commits, keptCommits)
		infra.Git.LastActivity = tx.Now
		a.Revision = ic.SHA
	}
	a.Sync, a.ReconciledAt = "OutOfSync", tx.Now
	for i := range a.Resources {
		if k := &a.Resources[i]; k.Kind == x.Kind && k.Name == x.Name {
			k.Sync = "OutOfSync"
		}
	}
	tx.Touch(a, Modified)
	tx.after(3*time.Second, func(tx *Tx) {
		tx.sync(a, x, tx.image(r, c.SHA), digest)
	})
	tx.after(bringing, func(tx *Tx) { tx.promote(r, c, i+1) })
}

// sync applies the new image: the operation ends at once, the pods follow one by one.
func (tx *Tx) sync(a *Application, x *Workload, image, digest string) {
	a.Operation = &Operation{Phase: "Running", Message: "waiting for completion", Revision: a.Revision, StartedAt: tx.Now}
	tx.Touch(a, Modified)
	tx.after(4*time.Second, func(tx *Tx) {
		op := *a.Operation
		op.Phase, op.Message, op.FinishedAt = "Succeeded", "successfully synced (all tasks run)", tx.Now
		x.OldReplicaSets = append(x.OldReplicaSets, OldReplicaSet{Name: x.ReplicaSet, UID: x.ReplicaSetUID, CreatedAt: tx.Now})
		old := x.ReplicaSet
		x.Containers = slices.Clone(x.Containers)
		x.Containers[0].Image = image
		x.rollTo(uint64(tx.w.opts.Seed), image)
		trim(&x.OldReplicaSets, keptHistory)
		tx.Touch(x, Modified)
		tx.tell(x.Namespace, x.Kind, x.Name, x.UID, "Normal", "ScalingReplicaSet", "Scaled up replica set "+x.ReplicaSet+" from 0 to 1", "deployment-controller")
		a.describe(x.Namespace)
		for i := range a.Resources {
			k := &a.Resources[i]
			if k.Kind == x.Kind && k.Name == x.Name {
				k.Health, k.HealthMessage = "Progressing", "Waiting for rollout to finish: 0 out of "+strconv.Itoa(x.Replicas)+" new replicas have been updated..."
			}
			done := *k
			done.SyncStatus, done.Message = "Synced", k.Name+" configured"
			op.Results = append(op.Results, done)
		}
		a.Operation = &op
		a.Sync, a.Health, a.ReconciledAt = "Synced", "Progressing", tx.Now
		id := int64(0)
		if n := len(a.History); n > 0 {
			id = a.History[n-1].ID + 1
		}
		a.History = append(a.History, Deployed{ID: id, Revision: a.Revision, At: tx.Now})
		trim(&a.History, keptHistory)
		tx.Touch(a, Modified)
		tx.roll(a, x, old, digest, 0)
	})
}

// roll replaces the pod of one slot, then goes on with the next.
func (tx *Tx) roll(a *Application, x *Workload, old, digest string, slot int) {
	if slot >= x.Replicas {
		tx.settle(a)
		return
	}
	w, n := tx.w, x.Namespace
	p := w.newPod(x, slot, tx.Now, w.node(n.Cluster.Label))
	tx.add(p)
	tx.tell(n, "Pod", p.Name, p.UID, "Normal", "Scheduled", "Successfully assigned "+n.Name+"/"+p.Name+" to "+p.Node, "default-scheduler")
	tx.after(5*time.Second, func(tx *Tx) {
		p.Containers[0].Digest = digest
		p.run(tx.Now, false)
		tx.changed(p)
		tx.tell(n, "Pod", p.Name, p.UID, "Normal", "Started", "Started container "+p.Containers[0].Spec.Name, "kubelet")
	})
	tx.after(14*time.Second, func(tx *Tx) {
		p.Containers[0].Ready = true
		tx.changed(p)
		for _, q := range slices.Clone(n.Pods) {
			if q.Workload == x && q.OwnerName == old && q.Slot == slot {
				tx.remove(q)
				tx.tell(n, "Pod", q.Name, q.UID, "Normal", "Killing", "Stopping container "+q.Containers[0].Spec.Name, "kubelet")
			}
		}
		x.count()
		tx.Touch(x, Modified)
		tx.after(time.Second, func(tx *Tx) { tx.roll(a, x, old, digest, slot+1) })
	})
}
