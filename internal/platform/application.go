package platform

import (
	"strings"
	"time"
)

// Argo CD sync, health and operation words (API v1). Others are kept as text.
const (
	SyncSynced    = "Synced"
	SyncOutOfSync = "OutOfSync"
	SyncUnknown   = "Unknown"

	HealthHealthy     = "Healthy"
	HealthProgressing = "Progressing"
	HealthDegraded    = "Degraded"
	HealthSuspended   = "Suspended"
	HealthMissing     = "Missing"
	HealthUnknown     = "Unknown"

	OperationRunning     = "Running"
	OperationSucceeded   = "Succeeded"
	OperationFailed      = "Failed"
	OperationError       = "Error"
	OperationTerminating = "Terminating"
)

// ApplicationType tells what an Argo CD application is for, from its dso/type label or its name.
type ApplicationType string

// The types of applications the platform makes (platform facts §2.9).
const (
	AppDeploy        ApplicationType = "app"
	AppInfra         ApplicationType = "infrastructure"
	AppRoot          ApplicationType = "root"
	AppObservability ApplicationType = "observability"
	AppHistoric      ApplicationType = "historic" // made by hand before 9.11.5
	AppOther         ApplicationType = "other"
)

// Application is an Argo CD application. There is one Argo CD per zone: Instance names the source that read it,
// and an application's identity is (Instance, Namespace, Name).
type Application struct {
	Instance   string // source name, e.g. "argocd/usu"
	Namespace  string // of the Application object itself
	Name       string
	AppProject string
	Type       ApplicationType

	ProjectID       string // label dso/project.id, else decoded from the destination namespace; "" when unknown
	ProjectSlug     string
	EnvironmentID   string
	EnvironmentName string
	RepositoryID    string
	RepositoryName  string

	DestNamespace string
	DestCluster   string // destination name, the console's cluster label; "" when given by server URL

	Sync          string
	Health        string
	HealthMessage string
	HealthSince   time.Time // when the health became what it is; zero before Argo CD 3.0
	Revisions     []string  // one per source; the infra repository's commit, not the application's
	Operation     Operation
	Conditions    []AppCondition
	Autosync      bool
	Prune         bool
	SelfHeal      bool
	Images        []string // status.summary.images; nil on brand-new applications
	History       []Deployment
	Resources     []AppResource // not-synced or not-healthy resources only, with their messages
	Sources       []AppSource
	CreatedAt     time.Time
	ReconciledAt  time.Time
	URL           string
}

// Key is the application's identity across instances.
func (a *Application) Key() string { return a.Instance + "/" + a.Namespace + "/" + a.Name }

// LastDeployed returns when the newest entry of the history was deployed; zero when none.
func (a *Application) LastDeployed() time.Time {
	var last time.Time
	for _, d := range a.History {
		if d.At.After(last) {
			last = d.At
		}
	}
	return last
}

// Operation is the last or running operation (status.operationState).
type Operation struct {
	Phase      string // one of the Operation… constants; "" when none was ever run
	Message    string
	StartedAt  time.Time
	FinishedAt time.Time // zero while running
	Revision   string
	By         string // user, or "automated"
	// Healed are the objects ("Kind name") that Argo CD set back by itself because somebody had changed them by hand; nil when the
	// operation was no such thing.
	Healed []string
}

// AppCondition is an entry of status.conditions, e.g. type ComparisonError.
type AppCondition struct {
	Type    string
	Message string
	At      time.Time
}

// Deployment is an entry of status.history (ten by default).
type Deployment struct {
	ID       int64
	Revision string
	At       time.Time
}

// AppResource is a resource the application manages.
type AppResource struct {
	Group, Kind, Namespace, Name string
	Sync, Health                 string
	Message                      string // of the health, else of the last sync result
	SyncStatus                   string // of the last operation: Synced, SyncFailed, Pruned…; of a hook that did not do well its type and phase: "PreSync Failed"
}

// Broke reports whether the last operation failed at this object: refused, or a hook that did not do well.
func (r *AppResource) Broke() bool {
	return r.SyncStatus == "SyncFailed" || strings.HasSuffix(r.SyncStatus, " "+OperationFailed) || strings.HasSuffix(r.SyncStatus, " "+OperationError)
}

// AppSource is one source of an application.
type AppSource struct {
	RepoURL        string // without credentials
	Path           string
	Chart          string
	TargetRevision string
}
