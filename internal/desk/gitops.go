package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// AppRef names an application within its Argo CD. Namespace is that of the Application object; "" is the server's own.
type AppRef struct{ Namespace, Name string }

// ObjectRef names an object of a cluster. Group is "" for the core kinds, Namespace "" for what has none; UID may be "".
type ObjectRef struct{ Group, Version, Kind, Namespace, Name, UID string }

// Node is an object of an application's resource tree.
type Node struct {
	ObjectRef
	Parents         []string // UIDs
	Health, Message string   // "" where the kind has no health
	Info            []string // what Argo CD says in short: "Rev:12", "1/1"
	Images          []string
	CreatedAt       time.Time
	Orphan          bool // in the namespace, managed by nobody
}

// ResourceTree is what lives of an application, in the server's order.
type ResourceTree struct {
	Nodes []Node
	Cut   int // nodes left out because there were more than a screen can use
}

// SyncResult is what the last operation did with one object.
type SyncResult struct {
	ObjectRef
	Status  string // Synced, SyncFailed, Pruned, PruneSkipped
	Phase   string // of a hook or of the apply: Running, Succeeded, Failed
	Hook    string // PreSync, PostSync…; "" for what is no hook
	Message string
}

// Rollout is an entry of an application's history.
type Rollout struct {
	ID        int64
	Revisions []string // one a source
	StartedAt time.Time
	At        time.Time
	By        string // user, or "automated"; "" on servers that do not tell
}

// ApplicationDetail is what the list of applications leaves out.
type ApplicationDetail struct {
	Operation platform.Operation
	Retries   int64 // of the operation
	Prune     bool  // asked of the operation
	DryRun    bool
	Results   []SyncResult // failures first
	History   []Rollout    // newest first
}

// The states of a managed object against what is wanted.
const (
	DiffSame    = "same"
	DiffChanged = "changed"
	DiffMissing = "missing" // wanted, not there
	DiffExtra   = "extra"   // there, not wanted: a sync with pruning removes it
)

// DiffLine is a line of a unified difference. Op is ' ' (both), '-' (lives), '+' (wanted) or '@' (the head of a part).
type DiffLine struct {
	Op   byte
	Text string
}

// Difference is a managed object as it lives against what a sync would make of it, values of secrets masked.
type Difference struct {
	ObjectRef
	State string
	Lines []DiffLine // nil when the two are the same
	Added int        // lines wanted and not there
	Gone  int        // lines there and not wanted
	Cut   int        // lines left out
}

// SyncWindow is a time in which syncs are allowed or refused.
type SyncWindow struct {
	Kind     string // allow or deny
	Schedule string // cron
	Duration string
	Manual   bool // syncs by hand are allowed all the same
	Active   bool
}

// SyncWindows are those of an application. CanSync is whether a sync would be let through now.
type SyncWindows struct {
	Windows []SyncWindow
	CanSync bool
}

// Commit is what the repository says of a revision.
type Commit struct {
	Author, Message string // one line of the message
	At              time.Time
	Tags            []string
}

// Manifest is an object as YAML, masked and cleaned; lines end with "\n".
type Manifest struct{ Text string }

// GitOps is an Argo CD. Methods are safe for concurrent use and end with their context; failures are the transport's faults.
type GitOps interface {
	Name() string
	// Application reads one application whole.
	Application(ctx context.Context, app AppRef) (ApplicationDetail, error)
	Tree(ctx context.Context, app AppRef) (ResourceTree, error)
	// Differences lists managed objects, those that differ first.
	Differences(ctx context.Context, app AppRef) ([]Difference, error)
	// Object reads an object of the tree as it lives.
	Object(ctx context.Context, app AppRef, o ObjectRef) (Manifest, error)
	// Events are those of an object of the tree, newest first; of the application itself when o has no name.
	Events(ctx context.Context, app AppRef, o ObjectRef) ([]platform.Event, error)
	Windows(ctx context.Context, app AppRef) (SyncWindows, error)
	// Commit reads what a revision of the first source says of itself.
	Commit(ctx context.Context, app AppRef, revision string) (Commit, error)
	// ImagesAt lists the images that the sources, at these revisions, would deploy: sorted, each once. The server renders them, which
	// costs it something: to be asked for what is looked at.
	ImagesAt(ctx context.Context, app AppRef, revisions []string) ([]string, error)
}

// GitOpsReach is how an application can be asked about. GitOps is nil when no such source is configured.
type GitOpsReach struct {
	GitOps GitOps
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r GitOpsReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.GitOps != nil {
		name = r.GitOps.Name()
	}
	return explained(r.Explain, name, err)
}

func explained(explain func(string, error) platform.SourceHealth, name string, err error) platform.SourceHealth {
	if explain != nil {
		return explain(name, err)
	}
	return platform.SourceHealth{Name: name, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error())}
}
