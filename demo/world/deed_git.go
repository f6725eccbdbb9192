package world

import (
	"slices"
	"strconv"
	"time"
)

// RunMirror starts the mirror of a repository. It fails at the push when the group's token is no good.
func (tx *Tx) RunMirror(r *Repository, branch string, all bool, source string) *Pipeline {
	p := r.Project
	pl := newMirrorRun(tx.w, p, r.Name, source, tx.Now)
	trim(&p.Mirror.Pipelines, keptPipelines)
	if branch != "" {
		pl.Variables["GIT_BRANCH_DEPLOY"] = branch
	}
	pl.Variables["SYNC_ALL"] = strconv.FormatBool(all)
	tx.after(2*time.Second, func(tx *Tx) {
		if pl.Status == "canceled" {
			return
		}
		j := pl.Jobs[0]
		pl.Status, j.Status, pl.StartedAt, j.StartedAt, pl.UpdatedAt = "running", "running", tx.Now, tx.Now, tx.Now
		tx.after(15*time.Second, func(tx *Tx) {
			if pl.Status != "running" {
				return
			}
			for _, t := range p.GroupTokens {
				if t.Name == p.Slug+"-bot" && (!t.Active || !t.ExpiresAt.After(tx.Now)) {
					j.FailureReason = "script_failure"
					tx.endMirror(pl, "failed")
					return
				}
			}
			tx.endMirror(pl, "success")
			tx.push(r, outSuccess, nil)
		})
	})
	return pl
}

// Active reports whether a pipeline or a job with that status may still change by itself.
func Active(status string) bool {
	return slices.Contains([]string{"created", "waiting_for_resource", "preparing", "pending", "running"}, status)
}

// RunPipeline starts a pipeline of a repository on its newest commit.
func (tx *Tx) RunPipeline(r *Repository, source string) *Pipeline {
	c := r.Git.Commits[len(r.Git.Commits)-1]
	pl := newRun(tx.w, r, c, source, tx.Now)
	trim(&r.Git.Pipelines, keptPipelines)
	tx.after(2*time.Second, func(tx *Tx) { tx.start(r, c, pl, 0) })
	return pl
}

// start runs a pipeline from its i-th job to a good end.
func (tx *Tx) start(r *Repository, c *Commit, pl *Pipeline, i int) {
	if pl.Status == "canceled" || i >= len(pl.Jobs) {
		return
	}
	if pl.StartedAt.IsZero() {
		pl.StartedAt = tx.Now
	}
	pl.Status, pl.UpdatedAt = "running", tx.Now
	j := pl.Jobs[i]
	j.Status, j.StartedAt, j.FinishedAt, j.FailureReason = "running", tx.Now, time.Time{}, ""
	if r != nil && c != nil {
		tx.job(r, c, pl, i, outSuccess, nil)
		return
	}
	tx.after(15*time.Second, func(tx *Tx) {
		if pl.Status != "running" {
			return
		}
		j.Status, j.FinishedAt = "success", tx.Now
		if i+1 < len(pl.Jobs) {
			tx.start(r, c, pl, i+1)
			return
		}
		tx.endPipeline(pl, "success")
	})
}

func (tx *Tx) endPipeline(pl *Pipeline, status string) {
	pl.Status, pl.FinishedAt, pl.UpdatedAt = status, tx.Now, tx.Now
}

// repositoryOf is whose pipeline it is, with the commit it ran on; nil for a mirror's.
func (tx *Tx) repositoryOf(pl *Pipeline) (*Repository, *Commit) {
	for _, p := range tx.State.Projects {
		for _, r := range p.Repositories {
			if r.Git != pl.Git {
				continue
			}
			for _, c := range r.Git.Commits {
				if c.SHA == pl.SHA {
					return r, c
				}
			}
		}
	}
	return nil, nil
}

// RetryPipeline runs again what failed or was cancelled in a pipeline; false when there is nothing to retry.
func (tx *Tx) RetryPipeline(pl *Pipeline) bool {
	first := slices.IndexFunc(pl.Jobs, func(j *Job) bool { return j.Status == "failed" || j.Status == "canceled" })
	if first < 0 {
		return false
	}
	for _, j := range pl.Jobs[first:] {
		tx.again2(j)
	}
	pl.Status, pl.UpdatedAt, pl.FinishedAt = "pending", tx.Now, time.Time{}
	r, c := tx.repositoryOf(pl)
	tx.after(2*time.Second, func(tx *Tx) { tx.start(r, c, pl, first) })
	return true
}

// again2 makes a new attempt of a job, with an id of its own.
func (tx *Tx) again2(j *Job) {
	tx.w.ids.job++
	j.ID, j.Status, j.FailureReason, j.CreatedAt, j.StartedAt, j.FinishedAt = tx.w.ids.job, "created", "", tx.Now, time.Time{}, time.Time{}
}

// CancelPipeline stops what runs or waits in a pipeline; false when nothing does.
func (tx *Tx) CancelPipeline(pl *Pipeline) bool {
	if !Active(pl.Status) && pl.Status != "manual" {
		return false
	}
	for _, j := range pl.Jobs {
		if Active(j.Status) || j.Status == "manual" {
			j.Status, j.FinishedAt = "canceled", tx.Now
		}
	}
	tx.endPipeline(pl, "canceled")
	return true
}

// RunJob plays a manual job, or retries one that is over; it returns the attempt that counts now, nil when the job can be neither.
func (tx *Tx) RunJob(pl *Pipeline, j *Job, play bool) *Job {
	over := slices.Contains([]string{"success", "failed", "canceled"}, j.Status)
	if play && j.Status != "manual" || !play && !over {
		return nil
	}
	if !play {
		tx.again2(j)
	}
	i := slices.Index(pl.Jobs, j)
	if i < 0 {
		return nil
	}
	j.Status, pl.Status, pl.UpdatedAt, pl.FinishedAt = "pending", "running", tx.Now, time.Time{}
	tx.after(2*time.Second, func(tx *Tx) {
		if j.Status != "pending" {
			return
		}
		j.Status, j.StartedAt = "running", tx.Now
		tx.after(15*time.Second, func(tx *Tx) {
			if j.Status != "running" {
				return
			}
			j.Status, j.FinishedAt = "success", tx.Now
			if slices.IndexFunc(pl.Jobs, func(j *Job) bool { return j.Status == "failed" && !j.AllowFailure }) < 0 {
				tx.endPipeline(pl, "success")
			}
		})
	})
	return j
}
