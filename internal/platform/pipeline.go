package platform

import (
	"strings"
	"time"
)

// GitLab pipeline and job statuses (REST v4). Others are kept as text.
const (
	PipelineSuccess  = "success"
	PipelineFailed   = "failed"
	PipelineRunning  = "running"
	PipelinePending  = "pending"
	PipelineCreated  = "created"
	PipelineCanceled = "canceled"
	PipelineSkipped  = "skipped"
	PipelineManual   = "manual"
)

// MirrorRepository is the name of the plumbing repository whose pipelines pull from the external forge.
const MirrorRepository = "mirror"

// Pipeline is one GitLab pipeline.
type Pipeline struct {
	ID         int64
	IID        int64  // the number people say: #812
	Repository string // last element of the GitLab path; MirrorRepository for mirror runs
	Path       string // full path of the GitLab project
	Ref        string
	SHA        string
	Status     string
	Source     string // push, web, api, trigger, schedule…
	URL        string
	CreatedAt  time.Time
	UpdatedAt  time.Time
	FinishedAt time.Time     // zero while running
	Duration   time.Duration // zero while running
	// MirrorOf is the internal repository a mirror run concerned (variable PROJECT_NAME); "" when it could not be read.
	MirrorOf string
	Jobs     []Job // in stage order; nil when not read
}

// Branch is what the pipeline ran on as people say it: a branch or tag, or "!12" of a merge request, whose pipelines run on a ref of their own.
func (p Pipeline) Branch() string {
	rest, ok := strings.CutPrefix(p.Ref, "refs/merge-requests/")
	if !ok {
		return p.Ref
	}
	id, _, _ := strings.Cut(rest, "/")
	return "!" + id
}

// Active reports whether the pipeline may still change by itself.
func (p Pipeline) Active() bool {
	switch p.Status {
	case PipelineRunning, PipelinePending, PipelineCreated, "preparing", "waiting_for_resource", "waiting_for_callback", "canceling":
		return true
	}
	return false
}

// FirstFailed returns the first failed job that was not allowed to fail.
func (p Pipeline) FirstFailed() (Job, bool) {
	for _, j := range p.Jobs {
		if j.Status == PipelineFailed && !j.AllowFailure {
			return j, true
		}
	}
	return Job{}, false
}

// Job is one job of a pipeline.
type Job struct {
	ID            int64
	Name          string
	Stage         string
	Status        string
	AllowFailure  bool
	FailureReason string // GitLab's machine word, e.g. script_failure
	// Cause is why a failed job failed, as its trace says: one of the Cause… constants; "" when it was not read or says nothing known.
	Cause     string
	Said      string // the line of the trace that tells, without credentials
	Duration  time.Duration
	StartedAt time.Time
	URL       string
}

// Causes of a failed job.
const (
	CauseVault       = "vault"       // the job could not log in to Vault, or not read there
	CauseRegistry    = "registry"    // the registry refused the login
	CauseQuota       = "quota"       // the registry has no room, or does not work
	CauseCertificate = "certificate" // a certificate that the program does not know
	CauseLogin       = "login"       // a git server refused the login
	CauseUnresolved  = "unresolved"  // a name that nobody knows, a flow that is closed
)

// GitRepository is a repository as GitLab has it.
type GitRepository struct {
	ID            int64
	Name          string
	Path          string
	DefaultBranch string
	Empty         bool
	CIConfigPath  string // ".gitlab-ci-dso.yml" when wired by the console; "" is GitLab's default
	HeadSHA       string // of the default branch; "" when not read
	HeadAt        time.Time
	LastActivity  time.Time
	URL           string
}

// AccessToken is an access token of a group or of a repository (a "project access token") of GitLab; the value itself is never read.
type AccessToken struct {
	ID         int64
	Name       string // "<slug>-bot" of the group is the mirror's own
	Repository string // the repository whose token it is; "" when it is the group's
	Active     bool
	Revoked    bool
	ExpiresAt  time.Time // zero: never
	Scopes     []string
}

// Expired reports whether the token cannot be used any more at now.
func (t AccessToken) Expired(now time.Time) bool {
	return t.Revoked || (!t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt))
}
