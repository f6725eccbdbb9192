package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// JobAttempt is one run of a job. A retried job has several, which share Stage and Name; the newest has the largest ID.
type JobAttempt struct {
	platform.Job
	CreatedAt, FinishedAt time.Time     // FinishedAt is zero while it runs
	Queued                time.Duration // waited for a runner; zero when not told
	Runner                string        // description of the runner that took it; "" until one did
	Tags                  []string      // that a runner must have to take it
	Superseded            bool          // a newer attempt of the same job exists
	Erased                bool          // its trace was erased
}

// ChildPipeline is a pipeline that another one started (a bridge job): in the same repository or in another.
type ChildPipeline struct {
	Bridge platform.Job
	// Path and ID name the pipeline; ID is 0 as long as none was made, or when its repository may not be seen.
	Path        string
	ID          int64
	Status, Ref string
	URL         string
}

// PipelineDetail is one pipeline in full. Jobs are those of Attempts that count, in stage order.
type PipelineDetail struct {
	platform.Pipeline
	StartedAt time.Time
	Queued    time.Duration
	By        string // who started it
	Trouble   string // GitLab's words on a file of CI that cannot be used; "" when it can
	Attempts  []JobAttempt
	Children  []ChildPipeline
	// ChildrenUnknown tells that the child pipelines could not be read, and the rest could.
	ChildrenUnknown bool
}

// JobDetail is one job with the pipeline it belongs to.
type JobDetail struct {
	JobAttempt
	PipelineID int64
	Ref, SHA   string
}

// Running reports whether the job may still write to its trace.
func (j JobAttempt) Running() bool {
	switch j.Status {
	case platform.PipelineRunning, platform.PipelinePending, platform.PipelineCreated, "preparing", "waiting_for_resource", "canceling":
		return true
	}
	return false
}

// TracePart is a part of a job's trace. Text is whole lines, each ended by "\n" but the last of a job that ended; it is RAW as to escapes
// and control characters (what shows it passes it through internal/logs/plain), and free of what looks like a credential.
type TracePart struct {
	From, Next int64 // Text holds the bytes From ≤ i < Next of the trace
	Text       string
	// Tail is the beginning of the line that is being written; it comes again, whole, in a later part.
	Tail string
	// More tells that the trace goes on beyond Next already: the part ends at the asker's limit.
	More bool
	// Whole tells that the server sent the trace from its beginning though a part was asked for: asking often is dear.
	Whole bool
	// Total is the size of the trace in bytes, -1 when the server does not tell.
	Total int64
}

// Pipelines is a forge with pipelines. A repository is named by its full path or by its number. Methods are safe for concurrent use and end
// with their context; failures are the transport's faults. All texts but TracePart's are cleaned.
type Pipelines interface {
	Name() string
	// Recent lists the newest pipelines of a repository that were created before an instant (zero: now), at most n ≤ 100, without jobs.
	Recent(ctx context.Context, repository string, before time.Time, n int) ([]platform.Pipeline, error)
	// Jobs reads the jobs of a pipeline, their newest attempts in stage order: one call.
	Jobs(ctx context.Context, repository string, pipeline int64) ([]platform.Job, error)
	// Pipeline reads a pipeline with all its jobs, former attempts included, and its child pipelines: three calls or a few more.
	Pipeline(ctx context.Context, repository string, id int64) (PipelineDetail, error)
	Job(ctx context.Context, repository string, id int64) (JobDetail, error)
	// Trace reads the trace of a job from a byte on, at most limit bytes (≥ 4096). A job that wrote nothing yet has an empty one. ended
	// tells that the job is over, so that a last line without its end is a line.
	Trace(ctx context.Context, repository string, job, from, limit int64, ended bool) (TracePart, error)
}

// PipelinesReach is how the pipelines of a project can be read. Pipelines is nil when no source is configured.
type PipelinesReach struct {
	Pipelines Pipelines
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r PipelinesReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Pipelines != nil {
		name = r.Pipelines.Name()
	}
	if r.Explain != nil {
		return r.Explain(name, err)
	}
	return platform.SourceHealth{Name: name, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error())}
}
