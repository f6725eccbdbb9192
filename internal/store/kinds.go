package store

import "dsotop/internal/platform"

// Kinds is the list of everything that can be on a shelf, with the scope it is kept under. It is a value one can read;
// nothing changes it after start.
//
//nolint:gochecknoglobals // a table of handles without state
var (
	// Scope "": whole instance.
	Health        = NewKind[platform.SourceHealth]("health") // one item a source, source name = instance
	ConsoleInfo   = NewKind[platform.ConsoleInfo]("console_info")
	Zones         = NewKind[platform.Zone]("zones")
	Clusters      = NewKind[platform.Cluster]("clusters")
	Stages        = NewKind[platform.Stage]("stages")
	ServiceHealth = NewKind[platform.ServiceHealth]("service_health")
	Alerts        = NewKind[platform.Alert]("alerts") // one shelf per source; tenants of one source are joined by it

	// Scope: project id. A project itself is under its own id, so that one changed project moves one scope.
	Projects     = NewKind[platform.Project]("projects")
	Environments = NewKind[platform.Environment]("environments")
	Repositories = NewKind[platform.Repository]("repositories")
	Members      = NewKind[platform.Member]("members")
	Roles        = NewKind[platform.Role]("roles")
	Log          = NewKind[platform.LogEntry]("log") // newest first
	GitRepos     = NewKind[platform.GitRepository]("git_repositories")
	Pipelines    = NewKind[platform.Pipeline]("pipelines") // all repositories and the mirror, newest first
	Tokens       = NewKind[platform.AccessToken]("access_tokens")
	RepoTokens   = NewKind[platform.AccessToken]("repository_access_tokens")
	Gates        = NewKind[platform.Gate]("gates")
	Images       = NewKind[platform.Image]("images")
	Code         = NewKind[platform.CodeFacts]("code")
	Forge        = NewKind[platform.ForgeHead]("forge_heads")
	Access       = NewKind[platform.GroupMember]("group_members")
	ZoneCommits  = NewKind[platform.ZoneCommit]("zone_commits")
	Plans        = NewKind[platform.DeploymentPlan]("deployments")
	Exposed      = NewKind[platform.ServiceChain]("service_chains")
	Robots       = NewKind[platform.Robot]("robots")
	// Applications that belong to no project of ours are kept under scope "".
	Applications = NewKind[platform.Application]("applications")

	// Scope: namespace.
	Namespaces = NewKind[platform.Namespace]("namespaces")
	Workloads  = NewKind[platform.Workload]("workloads")
	Pods       = NewKind[platform.Pod]("pods")
	Events     = NewKind[platform.Event]("events") // newest first, warnings and what concerns pods
	Quotas     = NewKind[platform.Quota]("quotas")
	Usage      = NewKind[platform.Usage]("usage")
	LogErrors  = NewKind[platform.LogLine]("log_errors")  // newest first
	LogPulses  = NewKind[platform.LogPulse]("log_pulses") // one a namespace
)
