package runbook

import "time"

// Facts are what conditions and texts may use: one variable a field, under its tag's name. They are computed from dossiers by Known; the tags' docs make
// docs/runbook-facts.md, and "needs" names the family of facts without which the value is unknown rather than empty.
type Facts struct {
	Now         time.Time   `cel:"now" doc:"the time of the look"`
	Started     time.Time   `cel:"started" doc:"when the run began"`
	Since       time.Time   `cel:"since" doc:"from when on what happens belongs to the run: two seconds before started, as many systems tell whole seconds; compare with this"`
	Console     Console     `cel:"console" doc:"the console itself"`
	Project     Project     `cel:"project" needs:"project" doc:"the selected project; empty without one"`
	Environment Environment `cel:"environment" needs:"environments" doc:"the selected environment; empty without one"`
	Repository  Repository  `cel:"repository" needs:"repositories" doc:"the selected repository; empty without one"`
	Application Application `cel:"application" needs:"applications" doc:"the selected Argo CD application; empty without one"`
	Workload    Workload    `cel:"workload" needs:"workloads" doc:"the selected controller of pods; empty without one"`
	Pod         Pod         `cel:"pod" needs:"pods" doc:"the selected pod; empty without one"`
	Log         []LogEntry  `cel:"log" needs:"log" doc:"the console's log of the project, newest first"`
	Tokens      []Token     `cel:"tokens" needs:"tokens" doc:"the group's access tokens in GitLab"`
	Images      []Image     `cel:"images" needs:"images" doc:"the artifacts of the project's Harbor"`
	Access      []Account   `cel:"access" needs:"access" doc:"the accounts of the project's GitLab group"`
	Chains      []Chain     `cel:"chains" needs:"service_chains" doc:"the project's chains of exposure"`
	Zone        []Commit    `cel:"zone" needs:"zone_repository" doc:"commits of the zones' repositories on the project's values, newest first by environment"`
	Alerts      []Alert     `cel:"alerts" needs:"alerts" doc:"the project's alerts"`
	Findings    []Found     `cel:"findings" doc:"the findings on the selection"`
	Services    []Service   `cel:"services" doc:"what the console says of each tool"`
	Sources     []SourceOf  `cel:"sources" doc:"the systems as dsotop reaches them"`
	Projects    []Candidate `cel:"projects" doc:"every project that is known, archived ones left out"`
	Candidate   Candidate   `cel:"candidate" doc:"the project that where: chooses or not (actions on projects only)"`
	Value       float64     `cel:"value" doc:"the greatest number of a query (expect: only)"`
	Values      []float64   `cel:"values" doc:"all numbers of a query (expect: only)"`
	Typed       string      `cel:"typed" doc:"what was typed (valid: only)"`
}

// Console is the console.
type Console struct {
	Version string `cel:"version" doc:"its version; empty when unknown"`
}

// Project is the selected project.
type Project struct {
	ID           string        `cel:"id" doc:"UUID"`
	Slug         string        `cel:"slug" doc:"short name"`
	Name         string        `cel:"name" doc:"name"`
	Status       string        `cel:"status" doc:"created, initializing, warning, failed or archived"`
	Locked       bool          `cel:"locked" doc:"every write is refused by the console"`
	Archived     bool          `cel:"archived" doc:"deleted in the console"`
	Provisioned  string        `cel:"provisioned" doc:"console version of the last complete provisioning; empty when never"`
	Outdated     bool          `cel:"outdated" doc:"provisioned by another version than the console's"`
	Owner        string        `cel:"owner" doc:"e-mail of the owner"`
	Members      []string      `cel:"members" needs:"members" doc:"e-mails of the members, the owner left out"`
	Environments []Environment `cel:"environments" needs:"environments" doc:"its environments"`
	Repositories []Repository  `cel:"repositories" needs:"repositories" doc:"its repositories"`
	ProdCPU      float64       `cel:"prod_cpu" doc:"pool of production, cores"`
	ProdMemory   float64       `cel:"prod_memory" doc:"pool of production, GiB"`
	HprodCPU     float64       `cel:"hprod_cpu" doc:"pool of the rest, cores"`
	HprodMemory  float64       `cel:"hprod_memory" doc:"pool of the rest, GiB"`
	Limitless    bool          `cel:"limitless" doc:"the pools are not checked"`
}

// Environment is one environment with what runs in it.
type Environment struct {
	ID            string        `cel:"id" doc:"UUID; empty for what the console does not declare"`
	Name          string        `cel:"name" doc:"name"`
	Namespace     string        `cel:"namespace" doc:"Kubernetes namespace"`
	Stage         string        `cel:"stage" doc:"stage"`
	Production    bool          `cel:"production" doc:"stage prod"`
	Cluster       string        `cel:"cluster" doc:"console's label of the cluster"`
	Zone          string        `cel:"zone" doc:"slug of the network zone"`
	CPU           float64       `cel:"cpu" doc:"asked in the console, cores"`
	Memory        float64       `cel:"memory" doc:"asked in the console, GiB"`
	GPU           float64       `cel:"gpu" doc:"asked in the console"`
	Autosync      bool          `cel:"autosync" doc:"asked in the console"`
	Ready         int64         `cel:"ready" needs:"pods" doc:"pods that are ready"`
	Desired       int64         `cel:"desired" needs:"pods" doc:"pods that are wanted"`
	Pods          []Pod         `cel:"pods" needs:"pods" doc:"its pods"`
	Workloads     []Workload    `cel:"workloads" needs:"workloads" doc:"its controllers of pods"`
	Applications  []Application `cel:"applications" needs:"applications" doc:"its Argo CD applications"`
	Events        []Event       `cel:"events" needs:"events" doc:"warnings of Kubernetes, newest first"`
	Refused       bool          `cel:"refused" needs:"events" doc:"a pod was refused by the quota or a policy in the last ten minutes"`
	QuotaFill     float64       `cel:"quota_fill" needs:"quota" doc:"used part of the fullest limit, 0 to 1"`
	QuotaResource string        `cel:"quota_resource" needs:"quota" doc:"the fullest limit"`
	QuotaCPU      float64       `cel:"quota_cpu" needs:"quota" doc:"limits.cpu allowed, cores"`
	QuotaMemory   float64       `cel:"quota_memory" needs:"quota" doc:"limits.memory allowed, GiB"`
}

// Pod is a pod.
type Pod struct {
	Name     string    `cel:"name" doc:"name"`
	Reason   string    `cel:"reason" doc:"what kubectl shows as status: Running, CrashLoopBackOff…"`
	Message  string    `cel:"message" doc:"what the kubelet says"`
	Ready    bool      `cel:"ready" doc:"does what is asked"`
	Finished bool      `cel:"finished" doc:"ran to its end"`
	Restarts int64     `cel:"restarts" doc:"restarts of all containers"`
	Created  time.Time `cel:"created" doc:"when it was made"`
	Workload string    `cel:"workload" doc:"controller: kind/name"`
	Images   []string  `cel:"images" doc:"images as written"`
	Digests  []string  `cel:"digests" doc:"digests that run"`
	Last     string    `cel:"last" doc:"why a container ended last: OOMKilled, Error…"`
}

// Workload is a controller of pods.
type Workload struct {
	Kind    string `cel:"kind" doc:"Deployment, StatefulSet, CronJob…"`
	Name    string `cel:"name" doc:"name"`
	Desired int64  `cel:"desired" doc:"replicas wanted; -1 when unknown"`
	Ready   int64  `cel:"ready" doc:"replicas ready"`
	Updated int64  `cel:"updated" doc:"replicas of the newest version"`
	Problem string `cel:"problem" doc:"message of the first condition that says something is wrong"`
}

// Event is a warning of Kubernetes.
type Event struct {
	Kind    string    `cel:"kind" doc:"kind of the object"`
	Name    string    `cel:"name" doc:"its name"`
	Reason  string    `cel:"reason" doc:"FailedCreate, BackOff…"`
	Message string    `cel:"message" doc:"text"`
	Last    time.Time `cel:"last" doc:"last time"`
}

// Application is an Argo CD application.
type Application struct {
	Name       string    `cel:"name" doc:"name"`
	Instance   string    `cel:"instance" doc:"the Argo CD that has it: argocd/usu"`
	Type       string    `cel:"type" doc:"app, infrastructure, root, observability, historic, other"`
	Repository string    `cel:"repository" doc:"console repository it comes from"`
	Sync       string    `cel:"sync" doc:"Synced, OutOfSync, Unknown"`
	Health     string    `cel:"health" doc:"Healthy, Progressing, Degraded, Suspended, Missing, Unknown"`
	Message    string    `cel:"message" doc:"health's message, else the operation's"`
	Phase      string    `cel:"phase" doc:"of the last operation: Running, Succeeded, Failed, Error; empty when none was run"`
	Operation  string    `cel:"operation" doc:"message of the last operation"`
	OperatedAt time.Time `cel:"operated_at" doc:"when the last operation began"`
	Revision   string    `cel:"revision" doc:"commit of the infrastructure repository it is synchronised to"`
	Autosync   bool      `cel:"autosync" doc:"Argo CD synchronises by itself"`
	Conditions []string  `cel:"conditions" doc:"type: message"`
	Failed     []string  `cel:"failed" doc:"resources that the last operation could not apply: kind/name: message"`
	Images     []string  `cel:"images" doc:"images it deploys"`
	History    int64     `cel:"history" doc:"number of deployments it remembers"`
	Previous   string    `cel:"previous" doc:"the deployment before the present one as argocd.rollback names it (12 @ 3f2a91bc); empty when there is none"`
	Reconciled time.Time `cel:"reconciled" doc:"when Argo CD last compared it with git"`
	URL        string    `cel:"url" doc:"page in Argo CD"`
}

// Repository is a repository with its forge's facts.
type Repository struct {
	ID              string    `cel:"id" doc:"UUID"`
	Name            string    `cel:"name" doc:"internal name"`
	External        string    `cel:"external" doc:"URL of the primary forge; empty when the internal GitLab is the source"`
	Private         bool      `cel:"private" doc:"the primary forge wants credentials"`
	Infra           bool      `cel:"infra" doc:"Argo CD deploys it"`
	Branch          string    `cel:"branch" needs:"git" doc:"default branch; main when unknown"`
	Head            string    `cel:"head" needs:"git" doc:"commit of the default branch in the internal GitLab"`
	ForgeHead       string    `cel:"forge_head" needs:"forge" doc:"commit of that branch in the primary forge; empty when it does not say"`
	Empty           bool      `cel:"empty" needs:"git" doc:"no commit"`
	URL             string    `cel:"url" needs:"git" doc:"page in GitLab"`
	Pipeline        string    `cel:"pipeline" needs:"pipelines" doc:"status of the newest pipeline: success, failed, running…; empty when none"`
	PipelineID      int64     `cel:"pipeline_id" needs:"pipelines" doc:"its id"`
	PipelineSHA     string    `cel:"pipeline_sha" needs:"pipelines" doc:"its commit"`
	PipelineRef     string    `cel:"pipeline_ref" needs:"pipelines" doc:"its branch or tag"`
	PipelineAt      time.Time `cel:"pipeline_at" needs:"pipelines" doc:"when it was made"`
	PipelineActive  bool      `cel:"pipeline_active" needs:"pipelines" doc:"it may still change by itself"`
	PipelineURL     string    `cel:"pipeline_url" needs:"pipelines" doc:"its page"`
	FailedJob       string    `cel:"failed_job" needs:"pipelines" doc:"first job that failed; empty when none"`
	FailedReason    string    `cel:"failed_reason" needs:"pipelines" doc:"GitLab's word for it: script_failure…"`
	Mirror          string    `cel:"mirror" needs:"pipelines" doc:"status of the newest mirror run; empty when none"`
	MirrorAt        time.Time `cel:"mirror_at" needs:"pipelines" doc:"when it was made"`
	MirrorURL       string    `cel:"mirror_url" needs:"pipelines" doc:"its page"`
	MirrorFailedJob string    `cel:"mirror_failed_job" needs:"pipelines" doc:"first job of it that failed; empty when none"`
	Gate            string    `cel:"gate" needs:"gates" doc:"quality gate: OK, ERROR, NONE; empty when none is known"`
	GateRevision    string    `cel:"gate_revision" needs:"gates" doc:"commit that was analysed"`
	GateAt          time.Time `cel:"gate_at" needs:"gates" doc:"when"`
	GateFailures    []string  `cel:"gate_failures" needs:"gates" doc:"conditions that fail: metric, value, threshold"`
}

// LogEntry is an entry of the console's log.
type LogEntry struct {
	Action  string    `cel:"action" doc:"Replay hooks for Project, Sync Repository…"`
	At      time.Time `cel:"at" doc:"when"`
	OK      bool      `cel:"ok" doc:"a full success"`
	Failed  []string  `cel:"failed" doc:"tools that failed"`
	Message string    `cel:"message" doc:"text"`
	Request string    `cel:"request" doc:"request id, for a ticket"`
}

// Token is an access token of the project's GitLab group.
type Token struct {
	Name    string    `cel:"name" doc:"<slug>-bot is the mirror's"`
	Active  bool      `cel:"active" doc:"neither revoked nor expired"`
	Expires time.Time `cel:"expires" doc:"when it ends; the year 9999 for never"`
}

// Image is an artifact of Harbor.
type Image struct {
	Repository string    `cel:"repository" doc:"name in the project's Harbor"`
	Digest     string    `cel:"digest" doc:"sha256:…"`
	Tags       []string  `cel:"tags" doc:"its tags"`
	Pushed     time.Time `cel:"pushed" doc:"when"`
	Scan       string    `cel:"scan" doc:"Success, Running, Error…; empty when never scanned"`
	Critical   int64     `cel:"critical" doc:"critical vulnerabilities"`
	High       int64     `cel:"high" doc:"high ones"`
	Scanned    time.Time `cel:"scanned" doc:"when it was scanned"`
	Signed     bool      `cel:"signed" doc:"carries a signature"`
	Running    bool      `cel:"running" doc:"a pod of the selection runs it"`
}

// Account is an account of the project's GitLab group.
type Account struct {
	Username string `cel:"username" doc:"GitLab's name"`
	Name     string `cel:"name" doc:"full name"`
	Email    string `cel:"email" doc:"told to administrators only; empty otherwise"`
	Level    int64  `cel:"level" doc:"10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner"`
	Blocked  bool   `cel:"blocked" doc:"cannot log in"`
	Bot      bool   `cel:"bot" doc:"of an access token"`
}

// Chain is a chain of exposure of the console.
type Chain struct {
	ID     string `cel:"id" doc:"id"`
	Name   string `cel:"name" doc:"common name"`
	State  string `cel:"state" doc:"opened, pending, success, failed"`
	Flow   string `cel:"flow" doc:"step that failed or is waited for: reserve_ip, create_cert, call_exec, activate_ip, dns_request"`
	Detail string `cel:"detail" doc:"what that step said"`
	Target string `cel:"target" doc:"target address"`
}

// Commit is a commit of a zone's repository.
type Commit struct {
	Environment string    `cel:"environment" doc:"name of the environment"`
	Zone        string    `cel:"zone" doc:"slug of the zone"`
	SHA         string    `cel:"sha" doc:"commit"`
	At          time.Time `cel:"at" doc:"when"`
}

// Alert is an alert.
type Alert struct {
	Name      string    `cel:"name" doc:"alertname"`
	Firing    bool      `cel:"firing" doc:"active and not silenced"`
	Severity  string    `cel:"severity" doc:"as the team wrote it"`
	Namespace string    `cel:"namespace" doc:"empty when it names none"`
	Summary   string    `cel:"summary" doc:"text"`
	Since     time.Time `cel:"since" doc:"since when"`
}

// Found is a finding.
type Found struct {
	ID          string `cel:"id" doc:"rule: image-pull…"`
	Severity    string `cel:"severity" doc:"critical, degraded, warning, info"`
	Environment string `cel:"environment" doc:"empty when it concerns the project"`
	Kind        string `cel:"kind" doc:"kind of the subject"`
	Name        string `cel:"name" doc:"its name"`
	Runbook     string `cel:"runbook" doc:"procedure that applies"`
}

// Service is what the console says of a tool.
type Service struct {
	Name    string `cel:"name" doc:"tool"`
	Status  string `cel:"status" doc:"OK, Dégradé, En échec, Inconnu"`
	Message string `cel:"message" doc:"text"`
}

// SourceOf is a system as dsotop reaches it.
type SourceOf struct {
	Name   string `cel:"name" doc:"console, argocd/usu…"`
	Kind   string `cel:"kind" doc:"console, gitlab, argocd…"`
	State  string `cel:"state" doc:"live, stale, forbidden, unauthorised, unreachable, starting, not_configured"`
	Detail string `cel:"detail" doc:"what was tried and what happened"`
}

// Candidate is a project in short, for deeds on many.
type Candidate struct {
	ID          string `cel:"id" doc:"UUID"`
	Slug        string `cel:"slug" doc:"short name"`
	Status      string `cel:"status" doc:"as in project.status"`
	Locked      bool   `cel:"locked" doc:"locked"`
	Provisioned string `cel:"provisioned" doc:"console version of the last complete provisioning"`
	Outdated    bool   `cel:"outdated" doc:"provisioned by another version than the console's"`
}
