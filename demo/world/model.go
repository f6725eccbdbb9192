// Package world is one simulated Cloud π Native platform that lives: pods restart, pipelines run, alerts fire. It is
// deterministic by seed, knows nothing of HTTP, and is shown to clients by the faces in demo/fakes.
//
// The state is plain structs under one lock. Whoever changes an object through [World] gets it a new revision and a line in the
// change log, from which the faces serve watches and streams.
package world

import "time"

// Size is how large the platform is (the work loads of the budgets).
type Size string

// The sizes. Small is the demo world of seven projects; the others add generated projects to it.
const (
	Small Size = "small"
	Fleet Size = "fleet" // 200 projects, 800 environments, 1,000 applications, 5,000 pods
	Huge  Size = "huge"  // 1,000 projects, 4,000 environments, 6,000 applications, 50,000 pods, 4 more clusters
	Odd   Size = "odd"   // small, and one little project for each rare trouble
	Logs  Size = "logs"  // small, and a namespace with a million lines in a day (load.go)
)

// State is everything that exists. Slices are in creation order; maps are indexes kept by the world itself.
type State struct {
	ConsoleVersion string // "9.24.0"
	RegistryHost   string // "harbor.cpn.example": host part of image references
	GitLabBase     string // "https://gitlab.cpn.example/forge-mi/projects": base of repository URLs in Argo CD and hash inputs
	ProjectsRoot   string // "forge-mi/projects": GitLab group path
	Zones          []*Zone
	Clusters       []*Cluster
	Stages         []*Stage
	Users          []*User
	Tokens         []*Token // of the console
	Projects       []*Project
	Tools          []*ToolHealth
	Settings       map[string]string // console system settings, e.g. maintenance: off
	Chains         []*ServiceChain
	Alerts         []*Alert
	Silences       []*Silence
	Applications   []*Application // of every zone
	Nodes          []*Node
	Aside          *Aside

	ProjectByID   map[string]*Project
	ProjectBySlug map[string]*Project
	NamespaceOf   map[string]*Namespace // by cluster label + "/" + name
}

// Zone is a network zone with its own Argo CD.
type Zone struct{ ID, Slug, Label, ArgoURL, Description string }

// Cluster is a Kubernetes cluster.
type Cluster struct {
	ID, Label, Privacy, ZoneID, Infos string
	CPU, GPU, Memory                  float64 // capacity: cores, units, GiB
	StageIDs                          []string
	Version                           string // "v1.31.4"
	Namespaces                        []*Namespace
}

// Stage is a kind of environment.
type Stage struct{ ID, Name string }

// User is an account of the platform.
type User struct {
	ID, FirstName, LastName, Email, Type string // type: human, bot, ghost
	AdminRoles                           []string
	LastLogin                            time.Time // zero: never
	CreatedAt                            time.Time
}

// Token is a console token. Value is the clear text that clients present.
type Token struct {
	ID, Name, Value, UserID string
	Admin                   bool      // admin token rather than personal
	Permissions             uint64    // admin bits: of the token when Admin, else of its owner
	ExpiresAt               time.Time // zero: never
	LastUse                 time.Time
	CreatedAt               time.Time
	Status                  string // active, revoked, inactive
}

// Project is a project with everything that hangs on it.
type Project struct {
	ID, Slug, Name, Description  string
	Status                       string
	Locked, Limitless            bool
	HprodCPU, HprodGPU, HprodMem float64
	ProdCPU, ProdGPU, ProdMem    float64
	OwnerID                      string
	Members                      []Member
	Roles                        []Role
	EveryonePerms                uint64
	LastProvisioned              string
	ClusterIDs                   []string
	CreatedAt, UpdatedAt         time.Time
	Environments                 []*Environment
	Repositories                 []*Repository
	Log                          []*LogEntry // newest last
	GitLabGroupID                int64
	Mirror                       *GitProject // the plumbing repository; nil in projects without
	GroupTokens                  []*GroupToken
	HarborID                     int64
	Rev                          uint64
}

// Member is a user in a project.
type Member struct {
	UserID  string
	RoleIDs []string
}

// Role is a project role.
type Role struct {
	ID, Name, Type, OIDCGroup string
	Permissions               uint64
	Position                  int
}

// Environment is an environment; Namespace is where it runs (nil until created).
type Environment struct {
	ID, Name, StageID, ClusterID string
	CPU, GPU, Memory             float64
	Autosync                     bool
	CreatedAt, UpdatedAt         time.Time
	Namespace                    *Namespace
	Project                      *Project
}

// Repository is a repository declared in the console, with its faces in GitLab, SonarQube and Harbor.
type Repository struct {
	ID, Name, ExternalURL, ExternalUser    string
	Private, Infra                         bool
	DeployRevision, DeployPath, HelmValues string
	CreatedAt, UpdatedAt                   time.Time
	Git                                    *GitProject
	Gate                                   *Gate    // nil: never analysed (the SonarQube project exists nevertheless)
	Images                                 []*Image // artifacts of the Harbor repository of the same name
	Project                                *Project
}

// GitProject is a GitLab project.
type GitProject struct {
	ID            int64
	Name, Path    string // path with namespace
	DefaultBranch string
	Empty         bool
	CIConfigPath  string
	Commits       []*Commit   // of the default branch, oldest first
	Pipelines     []*Pipeline // oldest first
	LastActivity  time.Time
	CreatedAt     time.Time
}

// Commit is a git commit.
type Commit struct {
	SHA, Title, Author, Email string
	At                        time.Time
}

// Pipeline is a GitLab pipeline with its jobs.
type Pipeline struct {
	ID, IID                                     int64
	Ref, SHA                                    string
	Status, Source                              string
	Variables                                   map[string]string
	CreatedAt, UpdatedAt, StartedAt, FinishedAt time.Time // zero when not yet
	Jobs                                        []*Job    // stage order
	Starts                                      []Bridge  // what it started; nil: see Bridges
	Git                                         *GitProject
}

// Job is a GitLab job. Trace is made on demand by World.Trace.
type Job struct {
	ID                               int64
	Name, Stage, Status              string
	AllowFailure                     bool
	FailureReason                    string
	Unawaited                        bool   // an analysis that does not wait for its gate: a red one does not fail the job
	RefusedBy                        string // of a failed mirror: the address that refused its login; "" is the platform's own GitLab
	CreatedAt, StartedAt, FinishedAt time.Time
}

// GroupToken is a group access token of GitLab.
type GroupToken struct {
	ID        int64
	Name      string
	Scopes    []string
	Active    bool
	Revoked   bool
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Gate is the state of a SonarQube project after its last analysis.
type Gate struct {
	Key, Status, Revision, Version, AnalysisID string
	At                                         time.Time
	Conditions                                 []Condition
	Measures                                   map[string]string
}

// Condition is a condition of a gate.
type Condition struct{ Metric, Comparator, Threshold, Actual, Status string }

// Image is a Harbor artifact.
type Image struct {
	ID       int64
	Digest   string
	Children []string // of an index; nil for a plain manifest
	Tags     []ImageTag
	PushedAt time.Time
	Size     int64
	Scan     Scan
	Signed   bool
	Opaque   bool   // what is attached to it is of a kind that the registry has no word for
	Commit   string // SHA it was built from
}

// ImageTag is a tag of an artifact.
type ImageTag struct {
	ID       int64
	Name     string
	PushedAt time.Time
}

// Scan is a vulnerability report. Status "" means not scanned.
type Scan struct {
	Status                      string
	Critical, High, Medium, Low int
	At                          time.Time
}

// LogEntry is an entry of the console's log, as NestJS or legacy would have written it.
type LogEntry struct {
	ID, Action, UserID, ProjectID, RequestID string
	At                                       time.Time
	Legacy                                   bool     // written by the legacy back-end: other shapes
	Failed                                   []string // tool names
	Warned                                   []string
	Took                                     time.Duration
	Message                                  string
	Results                                  []ToolResult
	Empty                                    bool // data is {}: an old entry
}

// ToolResult is one tool's outcome in a log entry.
type ToolResult struct {
	Tool, Status, Message string
	Took                  time.Duration
}

// ToolHealth is the console's opinion of a tool.
type ToolHealth struct {
	Name, Status, Message, Cause string
	At                           time.Time
}

// ServiceChain is an exposure chain (OpenCDS).
type ServiceChain struct {
	ID, State, CommonName, PAI, Network, Location, Env, TargetAddress, ProjectID string
	CreatedAt, UpdatedAt                                                         time.Time
	Flows                                                                        map[string]string // reserve_ip… → state
}

// Application is an Argo CD application of the zone's instance.
type Application struct {
	UID, Zone, Namespace, Name, AppProject string // Namespace: dso-argocd
	Labels                                 map[string]string
	DestCluster, DestNamespace             string // cluster label
	RepoURL, Path, TargetRevision, Chart   string
	ValueFiles                             []string
	ExtraSources                           []AppSource // multi-source when not empty
	Autosync, Prune, SelfHeal              bool
	Sync, Health, HealthMessage            string
	Revision                               string
	Operation                              *Operation // nil: never synced
	Conditions                             []AppCondition
	History                                []Deployed
	Images                                 []string
	Resources                              []AppResource // managed resources of the first level
	Hydration                              *Hydration    // nil: what is in git is what is applied
	CreatedAt, ReconciledAt                time.Time
	HealthSince                            time.Time    // when Health became what it is
	Environment                            *Environment // nil for platform applications
	Rev                                    uint64

	was string // Health when it was last looked at
}

// Hydration is how the manifests of an application are made: from what people write, on a branch of their own.
type Hydration struct {
	Branch         string // that the application follows
	Phase, Message string // of the newest: Hydrated, Failed
	Written        string // SHA of what people wrote
	At             time.Time
}

// AppSource is a further source of a multi-source application.
type AppSource struct{ RepoURL, Path, TargetRevision, Ref string }

// Operation is the last or running operation of an application.
type Operation struct {
	Phase, Message, Revision, By string
	StartedAt, FinishedAt        time.Time
	Results                      []AppResource // syncResult.resources
	Healed                       []AppResource // what it set back by itself; nil: all was synchronised
}

// AppCondition is a condition of an application.
type AppCondition struct {
	Type, Message string
	At            time.Time
}

// Deployed is an entry of an application's history.
type Deployed struct {
	ID       int64
	Revision string
	At       time.Time
}

// AppResource is a resource managed by an application.
type AppResource struct {
	Group, Version, Kind, Namespace, Name string
	Sync, Health, HealthMessage           string
	SyncStatus, Message                   string // in operation results
	Hook, HookPhase                       string // in operation results: PreSync and how it ended; "" is no hook
}

// Namespace is a Kubernetes namespace with its content.
type Namespace struct {
	UID, Name   string
	Cluster     *Cluster
	Labels      map[string]string
	Environment *Environment // nil for an old namespace that no environment explains
	CreatedAt   time.Time
	Quota       *Quota
	Workloads   []*Workload
	Pods        []*Pod
	Events      []*Event
	Secrets     []*Secret
	Rev         uint64
}

// Secret is the name and keys of a Secret or of the object that makes it; values are never kept.
type Secret struct {
	Kind, Name string // Secret, VaultStaticSecret, SopsSecret
	Keys       []string
	Healthy    bool
	Message    string
}

// Quota is the platform's ResourceQuota "dso-quota": hard and used by resource name, in cores, bytes and units.
type Quota struct {
	UID, Name  string
	Hard, Used map[string]float64
	Rev        uint64
}

// Workload is a controller. ReplicaSet is the name of the current ReplicaSet of a Deployment; OldReplicaSets those of former revisions.
type Workload struct {
	UID, Kind, Name           string // Deployment, StatefulSet, CronJob, Cluster (CNPG)
	Namespace                 *Namespace
	Labels                    map[string]string
	Replicas                  int
	Ready, Available, Updated int
	Containers                []ContainerSpec
	ReplicaSet, ReplicaSetUID string
	OldReplicaSets            []OldReplicaSet
	Schedule                  string // of a CronJob
	Conditions                []WorkloadCondition
	CreatedAt                 time.Time
	Rev                       uint64
	Repository                *Repository // that builds the first container's image; nil for third-party images
	PVC                       *PVC
	Paused                    bool   // of a Deployment: its template's changes wait
	RestartedAt               string // the annotation of its template that kubectl sets to restart it; "" never
	Autoscaler                *Autoscaler
	Budget                    *Budget
}

// Autoscaler sets the number of pods of a controller by their use of the CPU.
type Autoscaler struct {
	Min, Max int
	Wanted   int // what the load asks for
}

// Budget says how many pods of a controller are to serve: so many, or so many per cent.
type Budget struct {
	MinAvailable string // "3", "50%"
}

// RolledAt is when the current ReplicaSet was made: with the Deployment, or with the oldest pod of a later revision. It is called under View.
func (x *Workload) RolledAt() time.Time {
	at := x.CreatedAt
	for _, old := range x.OldReplicaSets {
		if old.CreatedAt.After(at) {
			at = old.CreatedAt
		}
	}
	if len(x.OldReplicaSets) == 0 {
		return at
	}
	var first time.Time
	for _, p := range x.Namespace.Pods {
		if p.OwnerUID == x.ReplicaSetUID && (first.IsZero() || p.CreatedAt.Before(first)) {
			first = p.CreatedAt
		}
	}
	if first.After(at) {
		return first
	}
	return at
}

// OldReplicaSet is a former revision of a Deployment.
type OldReplicaSet struct {
	Name, UID string
	Replicas  int
	CreatedAt time.Time
}

// PVC is a volume claim of a StatefulSet; amounts in bytes.
type PVC struct {
	Name           string
	Capacity, Used float64
}

// WorkloadCondition is a condition of a controller, e.g. ReplicaFailure / FailedCreate.
type WorkloadCondition struct {
	Type, Status, Reason, Message string
	At                            time.Time
}

// ContainerSpec is a container of a pod template. CPU in cores, memory in bytes.
type ContainerSpec struct {
	Name, Image          string
	CPURequest, CPULimit float64
	MemRequest, MemLimit float64
	Port                 int
	Style                LogStyle // how its lines look
	Probes               bool
}

// LogStyle is the format of a container's lines.
type LogStyle string

// The styles of lines.
const (
	StyleGELF   LogStyle = "gelf"
	StyleJSON   LogStyle = "json"
	StyleLogfmt LogStyle = "logfmt"
	StyleAccess LogStyle = "access"
	StyleJava   LogStyle = "java" // with stack traces
	StylePlain  LogStyle = "plain"
	StyleKlog   LogStyle = "klog"
)

// Pod is a pod.
type Pod struct {
	UID, Name                      string
	Namespace                      *Namespace
	Workload                       *Workload // nil for a bare pod
	OwnerKind, OwnerName, OwnerUID string    // direct owner: ReplicaSet, StatefulSet, Job…
	Labels                         map[string]string
	Node, IP                       string
	Phase                          string // Pending, Running, Succeeded, Failed
	Reason                         string // of the pod itself, e.g. Evicted
	Message                        string
	Containers                     []*Container
	CreatedAt                      time.Time
	Slot                           int // which of its workload's replicas it is: a successor takes the slot over
	Rev                            uint64
}

// Container is the status of a container.
type Container struct {
	Spec                      ContainerSpec
	Image                     string // as written in the pod
	Digest                    string // what runs; "" when not pulled
	Ready                     bool
	Restarts                  int
	State                     string // running, waiting, terminated
	Reason                    string
	Message                   string
	StartedAt                 time.Time
	ExitCode                  int
	FinishedAt                time.Time
	LastReason                string // last termination; "" none
	LastExitCode              int
	LastStarted, LastFinished time.Time
}

// Event is a Kubernetes event.
type Event struct {
	UID, Name                   string
	Kind, ObjectName, ObjectUID string
	Type, Reason, Message       string
	Component                   string
	Count                       int
	First, Last                 time.Time
	Rev                         uint64
}

// Node is a node of a cluster.
type Node struct {
	UID, Name, Cluster string
	CPU, Memory        float64 // cores, bytes
	Ready              bool
	CreatedAt          time.Time
}

// Alert is an alert of a ruler, also sent to the Alertmanager. State is pending or firing.
type Alert struct {
	Name, State         string
	Labels, Annotations map[string]string
	ActiveAt            time.Time
	Tenant              string // "prod-<b36>", "hprod-<b36>", "prod-dso" for the platform
	Expr                string
	Group               string
	For                 time.Duration
}

// Silence is an Alertmanager silence.
type Silence struct {
	ID, Comment, CreatedBy string
	Matchers               []Matcher
	StartsAt, EndsAt       time.Time
}

// Matcher is a label matcher of a silence.
type Matcher struct {
	Name, Value    string
	IsRegex, Equal bool
}

// LogLine is one line of a container.
type LogLine struct {
	At     time.Time
	Stream string // stdout or stderr
	Text   string
	Level  string // what a collector would detect: debug, info, warn, error; "" nothing
}

// ObjectKind names what a change is about.
type ObjectKind string

// The kinds in the change log.
const (
	KindPod         ObjectKind = "Pod"
	KindEvent       ObjectKind = "Event"
	KindWorkload    ObjectKind = "Workload"
	KindQuota       ObjectKind = "ResourceQuota"
	KindNamespace   ObjectKind = "Namespace"
	KindApplication ObjectKind = "Application"
	KindProject     ObjectKind = "Project"
)

// ChangeType says what happened to an object.
type ChangeType string

// The types of change, as Kubernetes and Argo CD say them.
const (
	Added    ChangeType = "ADDED"
	Modified ChangeType = "MODIFIED"
	Deleted  ChangeType = "DELETED"
)

// Change is one line of the change log. Object is the pointer itself (*Pod, *Event, *Workload, *Quota, *Namespace,
// *Application, *Project), to be read under View; for Deleted it is the last state.
type Change struct {
	Rev    uint64
	Type   ChangeType
	Kind   ObjectKind
	Object any
}
