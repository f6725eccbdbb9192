package world

import "time"

// Ids of what a pipeline has beside its own jobs. GitLab's lists of pipelines leave child pipelines out; a former attempt of a job has a
// smaller id than the one that counts, and stands where the job first stood.
const (
	formerBelow = 190_000
	childAbove  = 5_000_000
)

// Bridge is a job that started another pipeline.
type Bridge struct {
	Job   *Job
	Child *Pipeline
}

// Former are the attempts of a pipeline's jobs that were retried since: now and then a runner dies before it has begun. It is the first job,
// whose id is smaller than all: that of another would have to lie between its neighbours'.
func (p *Pipeline) Former() []*Job {
	if p.ID%5 != 0 || len(p.Jobs) < 2 || p.Source == "parent_pipeline" {
		return nil
	}
	first := p.Jobs[0]
	if first.FinishedAt.IsZero() || first.StartedAt.IsZero() {
		return nil
	}
	return []*Job{{ID: first.ID - formerBelow, Name: first.Name, Stage: first.Stage, Status: "failed", FailureReason: "runner_system_failure", CreatedAt: first.CreatedAt,
		StartedAt: first.StartedAt.Add(-3 * time.Second), FinishedAt: first.StartedAt.Add(-time.Second)}}
}

// Bridges are the child pipelines of a pipeline that ended well: some teams check their charts in one, where a failure is allowed.
func (p *Pipeline) Bridges() []Bridge {
	if p.Starts != nil {
		return p.Starts
	}
	if p.ID%4 != 1 || len(p.Jobs) < 2 || p.Status != "success" {
		return nil
	}
	last := p.Jobs[len(p.Jobs)-1]
	at := last.FinishedAt
	child := &Pipeline{ID: p.ID + childAbove, IID: p.IID + 10_000, Ref: p.Ref, SHA: p.SHA, Status: "success", Source: "parent_pipeline", Git: p.Git,
		CreatedAt: at, StartedAt: at.Add(time.Second), FinishedAt: at.Add(41 * time.Second), UpdatedAt: at.Add(41 * time.Second),
		Jobs: []*Job{
			{ID: last.ID*4 + childAbove, Name: "rendu", Stage: "chart", Status: "success", CreatedAt: at, StartedAt: at.Add(time.Second), FinishedAt: at.Add(19 * time.Second)},
			{ID: last.ID*4 + childAbove + 1, Name: "lint", Stage: "chart", Status: "failed", AllowFailure: true, FailureReason: "script_failure", CreatedAt: at, StartedAt: at.Add(time.Second), FinishedAt: at.Add(41 * time.Second)},
		}}
	return []Bridge{{Job: &Job{ID: last.ID*4 + childAbove + 2, Name: "chart", Stage: last.Stage, Status: "success", CreatedAt: at, StartedAt: at, FinishedAt: child.FinishedAt}, Child: child}}
}
