package platform

import "time"

// Dossier is everything known of one project at one moment, joined: what rules judge and pages show.
// It is built by internal/fleet from a snapshot and never changed afterwards.
type Dossier struct {
	Project      Project
	Console      ConsoleInfo // version of the console; "" when unknown
	Environments []EnvironmentFacts
	Repositories []RepositoryFacts
	Log          []LogEntry // newest first
	Tokens       []AccessToken
	RepoTokens   []AccessToken // of its repositories, read only for a project that somebody looks at
	Images       []Image       // all artifacts of the Harbor project that were read
	Applications []Application
	Alerts       []Alert
	// Undeclared are the repositories of the project's GitLab group that the console does not know, the platform's own left out.
	Undeclared []GitRepository
	Code       []CodeFacts      // by repository
	Forge      []ForgeHead      // heads in the team's own forge, where one is configured
	Access     []GroupMember    // of the project's GitLab group
	Zone       []ZoneCommit     // of the zones' repositories, newest first by environment
	Plans      []DeploymentPlan // deployments declared in the console
	Exposed    []ServiceChain   // chains of exposure of the project
	Robots     []Robot          // of the project's registry
	// Known tells which families of facts were read for this project, and when. A family missing here is not
	// "empty" but "unknown": rules must say "not evaluated", pages must show a loading or no-right mark.
	Known map[Family]FactAge
}

// Family names a kind of facts, for knowing whether "none" means none.
type Family string

// The families of facts.
const (
	FamProject      Family = "project"
	FamEnvironments Family = "environments"
	FamRepositories Family = "repositories"
	FamMembers      Family = "members"
	FamLog          Family = "log"
	FamGit          Family = "git"
	FamPipelines    Family = "pipelines"
	FamTokens       Family = "tokens"
	FamGates        Family = "gates"
	FamImages       Family = "images"
	FamApplications Family = "applications"
	FamWorkloads    Family = "workloads"
	FamPods         Family = "pods"
	FamEvents       Family = "events"
	FamQuota        Family = "quota"
	FamUsage        Family = "usage"
	FamAlerts       Family = "alerts"
	FamLogErrors    Family = "log_errors"
	FamCode         Family = "code"
	FamForge        Family = "forge"
	FamAccess       Family = "access"
	FamZone         Family = "zone_repository"
	FamPlans        Family = "deployments"
	FamExposed      Family = "service_chains"
	FamRobots       Family = "robots"
	FamRepoTokens   Family = "repository_tokens"
)

// FactAge says where a family was read and when.
type FactAge struct {
	Source string
	At     time.Time
	State  State // of the source now: live, stale, forbidden…
	Cached bool  // read from the last known state on disk, not yet from the system in this run
}

// Has reports whether the family was read at least once, however old.
func (d *Dossier) Has(f Family) bool { a, ok := d.Known[f]; return ok && !a.At.IsZero() }

// EnvironmentFacts joins an environment with what runs in its namespace.
type EnvironmentFacts struct {
	Environment
	Cluster      Cluster // zero when unknown
	Zone         Zone
	Namespace    string // computed, or the label-resolved old name
	Applications []Application
	Workloads    []Workload
	Pods         []Pod
	Events       []Event // newest first
	Quotas       []Quota
	Usage        *Usage // nil when unknown
	LogErrors    []LogLine
	Pulse        *LogPulse // when it last wrote a line; nil when nobody looked
	Known        map[Family]FactAge
	// Undeclared is true for a namespace or application that no console environment explains.
	Undeclared bool
}

// Has reports whether the family was read at least once for this namespace.
func (e *EnvironmentFacts) Has(f Family) bool { a, ok := e.Known[f]; return ok && !a.At.IsZero() }

// PodCounts returns ready pods, wanted pods and restarts. Wanted comes from the controllers when known, so that pods
// that could not even be created count as missing, and the running pod of a job does not stand in for them; known is
// false when nothing was read.
func (e *EnvironmentFacts) PodCounts() (ready, desired, restarts int, known bool) {
	if !e.Has(FamPods) && !e.Has(FamWorkloads) {
		return 0, 0, 0, false
	}
	live := 0
	for i := range e.Pods {
		p := &e.Pods[i]
		restarts += p.Restarts
		if p.Finished() {
			continue
		}
		live++
		if p.WorkloadKind == "Job" || p.WorkloadKind == "CronJob" {
			desired++
		}
		if p.Healthy() {
			ready++
		}
	}
	for i := range e.Workloads {
		w := &e.Workloads[i]
		if w.Desired > 0 && (w.Kind == "Deployment" || w.Kind == "StatefulSet" || w.Kind == "DaemonSet" || w.Kind == "Cluster" || w.Kind == "Rollout") {
			desired += max(w.Desired, e.live(w))
		}
	}
	return ready, max(desired, live), restarts, true
}

// live counts the pods of a controller that have not finished: more than it wants while it is rolled out.
func (e *EnvironmentFacts) live(w *Workload) (n int) {
	for i := range e.Pods {
		if p := &e.Pods[i]; p.WorkloadName == w.Name && p.WorkloadKind == w.Kind && !p.Finished() {
			n++
		}
	}
	return n
}

// RepositoryFacts joins a declared repository with GitLab and SonarQube.
type RepositoryFacts struct {
	Repository
	Git       *GitRepository // nil when unknown or absent; see Known[FamGit] of the dossier
	Pipelines []Pipeline     // newest first
	Mirror    []Pipeline     // mirror runs of this repository, newest first
	// MirrorUntold is true when no run is known to concern this repository and GitLab did not tell (yet, or for lack of right) whom the
	// newest run of the project concerned.
	MirrorUntold bool
	Gate         *Gate
}
