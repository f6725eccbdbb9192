package findings

// Mode is a failure that people of the platform really meet, and how it is read here.
type Mode struct {
	ID   string // "F13"
	What string
	// How says what is asked of which system, or why nothing is.
	How string
}

// Modes lists the failures in their order. Those that rules tell name them by [Rule.Mode].
func Modes() []Mode {
	return []Mode{
		{"F1", "the external forge refuses a private repository's account", "the tools' answers in the console's log; failed runs of `mirror` beside others that do well"},
		{"F2", "the mirror's internal token ended", "`GET /groups/:id/access_tokens` in GitLab: name and end, never a value"},
		{"F3", "the trigger token was made anew", "heads of the external forge over git's own protocol (`GET …/info/refs`), against GitLab's branch and the sources of mirror runs"},
		{"F4", "the mirror was never started", "an empty repository in GitLab, and no mirror run of it"},
		{"F5", "a forced push overwrote a correction", "`GET /projects/:id/repository/compare` from the branch to the commit of a former pipeline"},
		{"F6", "the CI file has another name", "`GET /projects/:id/repository/tree` of the root, against the project's `ci_config_path`"},
		{"F7", "secrets cannot be read in Vault", "the end of the failed job's trace"},
		{"F8", "the pipeline's credentials expired", "the end of the failed job's trace, and when the job that reads secrets ended"},
		{"F9", "a certificate nobody knows", "the end of the failed job's trace"},
		{"F10", "SonarQube's robot clashes with another account", "the tools' answers in the console's log"},
		{"F11", "the gate is that of another commit", "SonarQube's last analysis, against the commits of what runs"},
		{"F12", "a tag was rebuilt and nothing redeployed", "digests of pods, against Harbor's under the same tag"},
		{"F13", "retention removed the tag in use", "images of pods, against Harbor's list"},
		{"F14", "the pull secret is missing or refused", "events of pods; the object that delivers it, in Argo CD's trees"},
		{"F15", "a policy refuses in production only", "Argo CD's operation and events"},
		{"F16", "the quota is exhausted", "events and conditions of controllers; the ResourceQuota"},
		{"F17", "the project's pool or the cluster is full", "sums of what environments ask; `GET /clusters/usage/:id` of the console"},
		{"F18", "two applications fight", "Argo CD's applications by destination and repository"},
		{"F19", "a change made by hand is set back", "Argo CD's last operation: automatic, of some objects only"},
		{"F20", "the application was never created", "the console's environments, against Argo CD's applications"},
		{"F21", "an environment is frozen by another's deployment", "`GET /projects/:id/deployments` of the console; `GET /projects/:zone/repository/commits?path=` of the zone's repository: dates and authors, never its content, which holds secrets"},
		{"F22", "a wrong path or values file", "Argo CD's conditions"},
		{"F23", "a user, a port or a disk that is refused", "containers' messages, events, error lines"},
		{"F24", "the network is closed", "error lines in Loki, of containers whose pods are well"},
		{"F25", "a Job's logs are gone after 15 minutes", "the controller's events"},
		{"F26", "logs older than 30 days are asked for", "no rule: nothing is wrong. The log page says what Loki keeps when a range is empty"},
		{"F27", "alert rules that nothing reads", "`GET /projects/:id/repository/tree` of `infra-observability`"},
		{"F28", "a dashboard that is not JSON", "the same, and each dashboard's file when it changed"},
		{"F29", "members moved to production's Grafana", "the console's environments and members; the groups themselves are Keycloak's and are not read"},
		{"F30", "SOPS encrypted for another cluster", "the health of `SopsSecret` objects in Argo CD's trees"},
		{"F31", "a secret that Vault does not give", "the health of `VaultStaticSecret` objects in Argo CD's trees"},
		{"F32", "a repository the console does not know", "GitLab's list of the group, against the console's"},
		{"F33", "a project locked or stuck", "the project's status and lock"},
		{"F34", "not provisioned since an upgrade", "`lastSuccessProvisionningVersion`, against `GET /version`"},
		{"F35", "both halves of the console write in turn", "the shapes of the console's log entries; commits of the zone's repository"},
		{"F36", "the registry refuses pushes", "the end of the failed job's trace"},
		{"F37", "a tool newer than its console", "the tools that fail in the console's log, against its version"},
		{"F38", "names longer than 63 characters", "refusals in Argo CD's operations"},
		{"F39", "a chain of exposure that failed", "`GET /service-chains` and `/:id/flows` of the console"},
		{"F40", "a member without an account in GitLab", "`GET /groups/:id/members`, against the console's members"},
	}
}
