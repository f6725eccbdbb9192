package findings

import (
	"iter"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

const readApps = "`get` on the project's applications in Argo CD; the ones that make namespaces are visible to administrators only"

// apps walks the project's applications with their environment, nil for those that belong to none.
func (in *Input) apps() iter.Seq2[*platform.EnvironmentFacts, *platform.Application] {
	return func(yield func(*platform.EnvironmentFacts, *platform.Application) bool) {
		for i := range in.Environments {
			e := &in.Environments[i]
			for j := range e.Applications {
				if !yield(e, &e.Applications[j]) {
					return
				}
			}
		}
		for _, a := range in.homeless() {
			if !yield(nil, a) {
				return
			}
		}
	}
}

// homeless are the applications that belong to no environment, found once for all rules.
func (in *Input) homeless() []*platform.Application {
	if in.sorted {
		return in.alone
	}
	in.sorted = true
	placed := 0
	for i := range in.Environments {
		placed += len(in.Environments[i].Applications)
	}
	if placed == len(in.Applications) {
		return nil
	}
	seen := make(map[string]bool, placed)
	for i := range in.Environments {
		for j := range in.Environments[i].Applications {
			seen[in.Environments[i].Applications[j].Key()] = true
		}
	}
	for i := range in.Applications {
		if a := &in.Applications[i]; !seen[a.Key()] {
			in.alone = append(in.alone, a)
		}
	}
	return in.alone
}

// opTime is when the last operation ended, or began while it runs.
func opTime(a *platform.Application) time.Time {
	if !a.Operation.FinishedAt.IsZero() {
		return a.Operation.FinishedAt
	}
	return a.Operation.StartedAt
}

// settled is when the application last got what it was told: the newest of its history and its last operation.
func settled(a *platform.Application) time.Time { return later(a.LastDeployed(), opTime(a)) }

// unwell is since when an application is as well as it is: Argo CD tells it since 3.0; before, the last operation is the longest it can be.
func unwell(a *platform.Application) time.Time {
	if !a.HealthSince.IsZero() {
		return a.HealthSince
	}
	return settled(a)
}

func (in *Input) appEvidence(e *platform.EnvironmentFacts, a *platform.Application) platform.Evidence {
	ev := in.said(platform.FamApplications, e, "app_status", a.HealthMessage, a.ReconciledAt, "app", a.Name, "sync", a.Sync, "health", a.Health)
	if a.Instance != "" {
		ev.Source = a.Instance
	}
	return ev
}

// gradeApp: an application without an environment is the platform's own plumbing of the project (dashboards, root): it hits
// no user directly.
func gradeApp(e *platform.EnvironmentFacts, base platform.Severity) platform.Severity {
	if e == nil {
		return max(base-1, platform.SeverityInfo)
	}
	return grade(e, base)
}

func twinApplications() Rule {
	return Rule{
		ID: "twin-applications", Mode: "F18", Area: "argo", Runbook: "RB-08", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "Two applications deploy the same repository of the same environment: one made by hand before the console took over (historic) and the console's own.",
			Why:      "When both are applied they take the same objects from each other, without end; when one of them synchronises by itself, a change made to the other is lost. One of them must go, without deleting what it deployed. In two different namespaces they do not fight, which is one step less grave.",
			Evidence: "Both applications, their destinations and states.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: checkTwins,
	}
}

func checkTwins(in *Input) []platform.Finding {
	type placed struct {
		e *platform.EnvironmentFacts
		a *platform.Application
	}
	var apps []placed
	for e, a := range in.apps() {
		if a.Type == platform.AppDeploy || a.Type == platform.AppHistoric || a.Type == platform.AppOther {
			apps = append(apps, placed{e, a})
		}
	}
	var out []platform.Finding
	for i := range apps {
		for j := i + 1; j < len(apps); j++ {
			one, two := apps[i], apps[j]
			if !twins(one.a, two.a) {
				continue
			}
			if two.a.Type == platform.AppDeploy && one.a.Type != platform.AppDeploy {
				one, two = two, one // the console's own first
			}
			base, where := platform.SeverityCritical, "same"
			if one.a.DestNamespace != two.a.DestNamespace {
				base, where = platform.SeverityDegraded, "other"
			}
			since := time.Time{}
			for _, a := range []*platform.Application{one.a, two.a} {
				if a.Sync == platform.SyncOutOfSync {
					since = earlier(since, settled(a))
				}
			}
			if since.IsZero() {
				since = later(one.a.CreatedAt, two.a.CreatedAt)
			}
			out = append(out, platform.Finding{Severity: grade(one.e, base), Subject: in.subject(one.e, "application", one.a.Name), Since: since,
				Args: words("app", one.a.Name, "other", two.a.Name, "repository", repositoryOf(one.a), "where", where, "namespace", two.a.DestNamespace),
				Why:  []platform.Evidence{in.appEvidence(one.e, one.a), in.appEvidence(two.e, two.a), in.coded(platform.FamApplications, one.e, "destination", time.Time{}, "app", two.a.Name, "namespace", two.a.DestNamespace)}})
		}
	}
	return out
}

// twins: the same repository of the same environment, or the same namespace. Two repositories in one namespace are no twins.
func twins(a, b *platform.Application) bool {
	if a.DestNamespace == "" || repositoryOf(a) == "" || repositoryOf(a) != repositoryOf(b) || pathOf(a) != pathOf(b) && a.Type == b.Type {
		return false
	}
	if a.DestNamespace == b.DestNamespace {
		return a.DestCluster == b.DestCluster || a.DestCluster == "" || b.DestCluster == ""
	}
	// In two namespaces only a historic one is suspect: the console makes one application per environment.
	if (a.Type == platform.AppHistoric) == (b.Type == platform.AppHistoric) {
		return false
	}
	return environmentOf(a) != "" && environmentOf(a) == environmentOf(b)
}

// repositoryOf is the repository an application deploys: its label, else its name, else the end of its source's URL.
func repositoryOf(a *platform.Application) string {
	if a.RepositoryName != "" {
		return a.RepositoryName
	}
	if n, ok := platform.ParseAppName(a.Name); ok && n.Repository != "" {
		return n.Repository
	}
	for _, s := range a.Sources {
		if s.RepoURL != "" {
			return strings.TrimSuffix(s.RepoURL[strings.LastIndexByte(s.RepoURL, '/')+1:], ".git")
		}
	}
	return ""
}

func pathOf(a *platform.Application) string {
	for _, s := range a.Sources {
		if s.Path != "" {
			return s.Path
		}
	}
	return ""
}

func environmentOf(a *platform.Application) string {
	if a.EnvironmentName != "" {
		return a.EnvironmentName
	}
	n, _ := platform.ParseAppName(a.Name)
	return n.Environment
}

// createdWithin is how long the console and Argo CD may take to make the applications of a new environment.
const createdWithin = 30 * time.Minute

func appMissing() Rule {
	return Rule{
		ID: "app-missing", Mode: "F20", Area: "argo", Runbook: "RB-01", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamEnvironments, platform.FamRepositories, platform.FamApplications},
		Doc: Doc{
			What:     "An environment declared in the console for more than half an hour has no application in Argo CD.",
			Why:      "Nothing will ever be deployed there: the zone does not match, or the console never wrote the environment into the zone's repository. Said only when the project has a repository to deploy, and for zones whose Argo CD answers and shows the project something, or everything to us. Probable where what makes namespaces cannot be seen: Argo CD leaves out what one may not see.",
			Evidence: "The environment, its age, and the Argo CD that knows nothing of it.",
			Sources:  "console, argocd", Rights: "list environments and repositories in the console; " + readApps,
		},
		Check: func(in *Input) []platform.Finding {
			deployable := false
			for i := range in.Repositories {
				deployable = deployable || in.Repositories[i].Infra
			}
			if !deployable || in.Project.Locked || in.Project.Status == platform.ProjectInitializing {
				return nil
			}
			// Who sees what makes namespaces sees everything; others may lack the right on this one.
			sure := platform.Probable
			if slices.ContainsFunc(in.Applications, func(a platform.Application) bool { return a.Type == platform.AppInfra || a.Type == platform.AppRoot }) {
				sure = platform.Exact
			}
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				if e.Undeclared || len(e.Applications) > 0 || !e.Has(platform.FamApplications) {
					continue
				}
				if e.CreatedAt.IsZero() || !in.Past(e.CreatedAt.Add(createdWithin)) {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(e, platform.SeverityDegraded), Subject: in.subject(e, "environment", e.Name), Since: e.CreatedAt, Confidence: sure,
					Args: words("zone", e.Zone.Slug, "cluster", e.Cluster.Label),
					Why:  []platform.Evidence{in.coded(platform.FamEnvironments, nil, "env_declared", e.CreatedAt, "environment", e.Name), in.coded(platform.FamApplications, e, "no_app", time.Time{}, "zone", e.Zone.Slug)}})
			}
			return out
		},
	}
}

func comparisonError() Rule {
	return Rule{
		ID: "comparison-error", Mode: "F22", Area: "argo", Runbook: "RB-09", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "Argo CD cannot render the application: wrong path, missing values file, bad chart, repository refused.",
			Why:      "Nothing new is deployed until it is corrected; what runs goes on. When Argo CD itself or the forge did not answer, it is said after ten minutes.",
			Evidence: "The application's condition and its message.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				for _, c := range a.Conditions {
					if c.Type != "ComparisonError" && c.Type != "InvalidSpecError" && c.Type != "HydrationError" {
						continue
					}
					if passing(c.Message) && !c.At.IsZero() && !in.Past(c.At.Add(passingFor)) {
						continue
					}
					ev := in.said(platform.FamApplications, e, "condition", c.Message, c.At, "app", a.Name, "type", c.Type)
					out = append(out, platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: c.At,
						Args: words("app", a.Name, "type", c.Type), Why: []platform.Evidence{ev}})
					break
				}
			}
			return out
		},
	}
}

// passingFor is how long Argo CD's own parts, or the forge, may be away before it is the application's trouble.
const passingFor = 10 * time.Minute

// passing are the words of a restart or of an overload: nothing of the application is wrong.
func passing(text string) bool {
	return containsAny(text, "code = unavailable", "code = deadlineexceeded", "context deadline exceeded", "connection refused", "i/o timeout", "502 bad gateway", "503 service unavailable", "connection reset")
}

func appSyncFailed() Rule {
	return Rule{
		ID: "app-sync-failed", Area: "argo", Runbook: "RB-09", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "The last synchronisation of an application failed.",
			Why:      "What is in git is not what runs. Argo CD does not tell anybody. Refusals by a policy have their own finding.",
			Evidence: "The operation's phase and message, and the objects that were refused.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				if a.Operation.Phase != platform.OperationFailed && a.Operation.Phase != platform.OperationError {
					continue
				}
				if a.Sync == platform.SyncSynced && a.Health == platform.HealthHealthy {
					continue // an old failure: git was corrected to what runs
				}
				f := platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: opTime(a), Args: words("app", a.Name, "phase", a.Operation.Phase),
					Why: []platform.Evidence{in.said(platform.FamApplications, e, "operation", a.Operation.Message, opTime(a), "app", a.Name, "phase", a.Operation.Phase)}}
				for i := range a.Resources {
					if r := &a.Resources[i]; r.Broke() && len(f.Why) < 4 {
						f.Why = append(f.Why, in.said(platform.FamApplications, e, "resource", r.Message, opTime(a), "object", r.Kind+" "+r.Name, "health", r.SyncStatus))
					}
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func appDegraded() Rule {
	return Rule{
		ID: "app-degraded", Area: "argo", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "Argo CD finds an application `Degraded` or `Missing`.",
			Why:      "One of its objects does not work or is not there. Beneath the pods' finding when one explains it. `Missing` is said after five minutes: a new application has nothing at first.",
			Evidence: "The application's state and the objects that are not well.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				base := platform.SeverityCritical
				switch a.Health {
				case platform.HealthDegraded:
				case platform.HealthMissing: // what was just asked for is not there yet
					if made := later(a.CreatedAt, unwell(a)); a.Operation.Phase == platform.OperationRunning || !made.IsZero() && !in.Past(made.Add(arriving)) {
						continue
					}
					base = platform.SeverityDegraded
				default:
					continue
				}
				f := platform.Finding{Severity: gradeApp(e, base), Subject: in.subject(e, "application", a.Name), Since: a.HealthSince, Confidence: platform.Probable,
					Args: words("app", a.Name, "health", a.Health), Why: []platform.Evidence{in.appEvidence(e, a)}}
				for _, r := range a.Resources {
					if (r.Health == platform.HealthDegraded || r.Health == platform.HealthMissing) && len(f.Why) < 4 {
						f.Why = append(f.Why, in.said(platform.FamApplications, e, "resource", r.Message, a.ReconciledAt, "object", r.Kind+" "+r.Name, "health", r.Health))
					}
				}
				out = append(out, f)
			}
			return out
		},
	}
}

const (
	// progressLimit is the default progress deadline of a Deployment.
	progressLimit = 10 * time.Minute
	// operationLimit is how long a synchronisation may be at work: waves wait for what came before, hooks for their Jobs.
	operationLimit = 30 * time.Minute
)

func appStuck() Rule {
	return Rule{
		ID: "app-stuck", Area: "argo", Runbook: "RB-11", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "An application has been `Progressing` for more than ten minutes after its last synchronisation, or a synchronisation has been at work for more than half an hour.",
			Why:      "A roll-out takes less: something waits and will not come. A synchronisation waits without end for a hook, or for an object of an earlier wave; until it ends nothing else is deployed.",
			Evidence: "The application's state and when it was last synchronised; what the synchronisation waits for.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				if a.Operation.Phase == platform.OperationRunning {
					if began := a.Operation.StartedAt; !began.IsZero() && in.Past(began.Add(operationLimit)) {
						out = append(out, platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: began, Confidence: platform.Probable, Args: words("app", a.Name, "health", a.Health),
							Why: []platform.Evidence{in.said(platform.FamApplications, e, "operation", a.Operation.Message, began, "app", a.Name, "phase", a.Operation.Phase), in.appEvidence(e, a)}})
					}
					continue
				}
				if a.Health != platform.HealthProgressing {
					continue
				}
				since := unwell(a)
				if a.HealthSince.IsZero() { // a pod that starts again makes its application progress, days after the last delivery
					since = later(since, restarted(e))
				}
				if since.IsZero() || !in.Past(since.Add(progressLimit)) {
					continue
				}
				out = append(out, platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: since, Confidence: platform.Probable,
					Args: words("app", a.Name, "health", a.Health), Why: []platform.Evidence{in.appEvidence(e, a)}})
			}
			return out
		},
	}
}

// outOfSyncLimit is the platform's own limit for its alert on applications that are not synchronised.
const outOfSyncLimit = 12 * time.Hour

// apart is since when an application may differ from git: since the commit that waits, when that is the newest of its branch and came after the last
// synchronisation; else since that. An application that synchronises by itself and was given a commit that nothing dates is about to do so: zero.
func (in *Input) apart(a *platform.Application) time.Time {
	since := settled(a)
	if since.IsZero() {
		return a.CreatedAt
	}
	rev, repo := in.InfraRevision(a)
	if rev == "" || platform.SameCommit(rev, a.Operation.Revision) {
		return since
	}
	if repo != nil && repo.Git != nil && platform.SameCommit(repo.Git.HeadSHA, rev) && !repo.Git.HeadAt.IsZero() {
		return later(since, repo.Git.HeadAt)
	}
	if a.Autosync && len(a.Conditions) == 0 && isCommit(rev) && isCommit(a.Operation.Revision) {
		return time.Time{}
	}
	return since
}

func isCommit(s string) bool { return len(s) == 40 && platform.IsCommit(s) }

// restarted is when a pod of an environment that is not ready now was made, or its container ended last; zero when all are ready or none is known.
func restarted(e *platform.EnvironmentFacts) time.Time {
	var last time.Time
	if e == nil {
		return last
	}
	for i := range e.Pods {
		p := &e.Pods[i]
		if p.Healthy() {
			continue
		}
		last = later(last, p.CreatedAt)
		for k := range p.Containers {
			last = later(last, p.Containers[k].LastFinished)
		}
	}
	return last
}

func appOutOfSync() Rule {
	return Rule{
		ID: "app-out-of-sync", Area: "argo", Runbook: "RB-08", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "An application has been `OutOfSync` for more than twelve hours.",
			Why:      "What is in git is not what runs, and nobody is on it. Argo CD does not tell when the difference appeared: the time shown is that of the commit that waits, or else of the last synchronisation, which is the longest it can have lasted.",
			Evidence: "The application's state, the commit that waits or the last synchronisation, and the objects that differ.",
			Sources:  "argocd, gitlab", Rights: readApps + "; with the infra repository a new commit is dated",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				if a.Sync != platform.SyncOutOfSync {
					continue
				}
				since := in.apart(a)
				if since.IsZero() || !in.Past(since.Add(outOfSyncLimit)) {
					continue
				}
				auto := "no"
				if a.Autosync {
					auto = "yes"
				}
				f := platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: since, Confidence: platform.Probable,
					Args: words("app", a.Name, "autosync", auto), Why: []platform.Evidence{in.appEvidence(e, a)}}
				for _, r := range a.Resources {
					if r.Sync == platform.SyncOutOfSync && len(f.Why) < 4 {
						f.Why = append(f.Why, in.coded(platform.FamApplications, e, "differs", a.ReconciledAt, "object", r.Kind+" "+r.Name))
					}
				}
				out = append(out, f)
			}
			return out
		},
	}
}
