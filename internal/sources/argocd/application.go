package argocd

import (
	"cmp"
	"net/url"

	"dsotop/internal/platform"
)

// longestHistory bounds status.history, whose length each application chooses (revisionHistoryLimit, ten by default).
const longestHistory = 30

// application maps what Argo CD says of an application. base is the address of the instance, for the link.
func application(instance, base string, w *wireApp) platform.Application {
	a := platform.Application{
		Instance:        instance,
		Namespace:       line(w.Metadata.Namespace),
		Name:            line(w.Metadata.Name),
		AppProject:      line(w.Spec.Project),
		DestNamespace:   line(w.Spec.Destination.Namespace),
		DestCluster:     line(w.Spec.Destination.Name),
		Sync:            line(w.Status.Sync.Status),
		Health:          line(w.Status.Health.Status),
		HealthMessage:   message(w.Status.Health.Message),
		HealthSince:     w.Status.Health.LastTransitionTime.Time,
		Revisions:       revisions(w.Status.Sync.Revision, w.Status.Sync.Revisions),
		Images:          lines(w.Status.Summary.Images),
		CreatedAt:       w.Metadata.CreationTimestamp.Time,
		ReconciledAt:    w.Status.ReconciledAt.Time,
		ProjectID:       line(w.Metadata.Labels["dso/project.id"]),
		ProjectSlug:     line(w.Metadata.Labels["dso/project.slug"]),
		EnvironmentID:   line(w.Metadata.Labels["dso/environment.id"]),
		EnvironmentName: line(w.Metadata.Labels["dso/environment"]),
		RepositoryID:    line(w.Metadata.Labels["dso/repository.id"]),
		RepositoryName:  line(w.Metadata.Labels["dso/repository"]),
	}
	a.URL = base + "/applications/" + url.PathEscape(a.Namespace) + "/" + url.PathEscape(a.Name)
	if auto := w.Spec.SyncPolicy.Automated; auto != nil && (auto.Enabled == nil || *auto.Enabled) {
		a.Autosync, a.Prune, a.SelfHeal = true, auto.Prune, auto.SelfHeal
	}
	for _, s := range sourcesOf(w) {
		a.Sources = append(a.Sources, platform.AppSource{
			RepoURL: repository(s.RepoURL), Path: line(s.Path), Chart: line(s.Chart), TargetRevision: line(s.TargetRevision),
		})
	}
	for _, c := range w.Status.Conditions {
		a.Conditions = append(a.Conditions, platform.AppCondition{
			Type: line(c.Type), Message: message(c.Message), At: c.LastTransitionTime.Time,
		})
	}
	if op := w.Status.SourceHydrator.CurrentOperation; op != nil && op.Phase == "Failed" { // told nowhere else: the application stays Synced with what was made before
		a.Conditions = append(a.Conditions, platform.AppCondition{Type: "HydrationError", Message: message(op.Message), At: op.FinishedAt.Time})
	}
	history := w.Status.History
	if len(history) > longestHistory {
		history = history[len(history)-longestHistory:]
	}
	for _, h := range history {
		a.History = append(a.History, platform.Deployment{ID: h.ID, Revision: commitAmong(revisions(h.Revision, h.Revisions)), At: h.DeployedAt.Time})
	}
	if w.Status.OperationState != nil {
		a.Operation = operation(w.Status.OperationState)
	}
	a.Resources = troubled(w)
	identify(&a, w.Metadata.Labels)
	return a
}

// sourcesOf are the sources in the order of the revisions. As in Argo CD itself several outrank one, which newer servers keep beside them; the
// branch with manifests outranks both.
func sourcesOf(w *wireApp) []wireSource {
	switch h := w.Spec.SourceHydrator; {
	case h != nil && h.DrySource.RepoURL != "":
		return []wireSource{{RepoURL: h.DrySource.RepoURL, Path: h.SyncSource.Path, TargetRevision: h.SyncSource.TargetBranch}}
	case len(w.Spec.Sources) > 0:
		return w.Spec.Sources
	case w.Spec.Source != nil && w.Spec.Source.RepoURL != "":
		return []wireSource{*w.Spec.Source}
	}
	return nil
}

// revisions joins the field of single-source applications with that of multi-source ones; both are never filled.
func revisions(single string, many []string) []string {
	if len(many) > 0 {
		return lines(many)
	}
	if single == "" {
		return nil
	}
	return []string{line(single)}
}

func operation(w *wireOperation) platform.Operation {
	op := platform.Operation{
		Phase: line(w.Phase), Message: message(w.Message),
		StartedAt: w.StartedAt.Time, FinishedAt: w.FinishedAt.Time,
		By: line(w.Operation.InitiatedBy.Username),
	}
	if op.By == "" && w.Operation.InitiatedBy.Automated {
		op.By = "automated"
	}
	if w.Operation.InitiatedBy.Automated && w.Operation.Sync != nil {
		for _, r := range w.Operation.Sync.Resources {
			if len(op.Healed) < longestHistory {
				op.Healed = append(op.Healed, line(r.Kind)+" "+line(r.Name))
			}
		}
	}
	if w.SyncResult != nil {
		op.Revision = commitAmong(revisions(w.SyncResult.Revision, w.SyncResult.Revisions))
	}
	if op.Revision == "" && w.Operation.Sync != nil {
		op.Revision = commitAmong(revisions(w.Operation.Sync.Revision, w.Operation.Sync.Revisions))
	}
	return op
}

// commitAmong is what one revision stands for when an application has several sources: the first that is a commit, as those of charts are versions.
func commitAmong(all []string) string {
	for _, r := range all {
		if len(r) == 40 && platform.IsCommit(r) {
			return r
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// wellSynced are the results of a sync that ask nothing of anybody.
func wellSynced(status string) bool {
	return status == "" || status == "Synced" || status == "Pruned" || status == "PruneSkipped"
}

// troubled keeps the resources that are not as they should be, in the order Argo CD lists them.
func troubled(w *wireApp) []platform.AppResource {
	type id struct{ group, kind, namespace, name string }
	index := map[id]int{}
	var out []platform.AppResource
	results := map[id]platform.AppResource{}
	if w.Status.OperationState != nil && w.Status.OperationState.SyncResult != nil {
		for _, r := range w.Status.OperationState.SyncResult.Resources {
			status := line(r.Status)
			if phase := line(r.HookPhase); r.HookType != "" && (phase == platform.OperationFailed || phase == platform.OperationError) {
				status = line(r.HookType) + " " + phase
			}
			results[id{r.Group, r.Kind, r.Namespace, r.Name}] = platform.AppResource{
				Group: line(r.Group), Kind: line(r.Kind), Namespace: line(r.Namespace), Name: line(r.Name),
				SyncStatus: status, Message: message(r.Message),
			}
		}
	}
	for _, r := range w.Status.Resources {
		key := id{r.Group, r.Kind, r.Namespace, r.Name}
		res := platform.AppResource{
			Group: line(r.Group), Kind: line(r.Kind), Namespace: line(r.Namespace), Name: line(r.Name), Sync: line(r.Status),
		}
		if r.Health != nil {
			res.Health, res.Message = line(r.Health.Status), message(r.Health.Message)
		}
		if done, ok := results[key]; ok {
			res.SyncStatus = done.SyncStatus
			if res.Message == "" {
				res.Message = done.Message
			}
		}
		bad := res.Sync != "" && res.Sync != platform.SyncSynced || !wellHealth(res.Health) || !wellSynced(res.SyncStatus)
		if bad {
			index[key] = len(out)
			out = append(out, res)
		}
	}
	if w.Status.OperationState == nil || w.Status.OperationState.SyncResult == nil {
		return out
	}
	for _, r := range w.Status.OperationState.SyncResult.Resources { // a refused object may not exist at all: it is then in no other list
		key := id{r.Group, r.Kind, r.Namespace, r.Name}
		if _, listed := index[key]; !listed && !wellSynced(results[key].SyncStatus) {
			index[key] = len(out)
			out = append(out, results[key])
		}
	}
	return out
}

func wellHealth(status string) bool {
	return status == "" || status == platform.HealthHealthy || status == platform.HealthSuspended
}

// identify fills what the labels left open, from names that cannot lie: the destination namespace encodes two UUIDs.
func identify(a *platform.Application, labels map[string]string) {
	environment, project, ours := platform.ParseNamespace(a.DestNamespace)
	if ours {
		if a.ProjectID == "" {
			a.ProjectID = project
		}
		if a.EnvironmentID == "" {
			a.EnvironmentID = environment
		}
	}
	switch line(labels["dso/type"]) {
	case "app":
		a.Type = platform.AppDeploy
	case "infrastructure":
		a.Type = platform.AppInfra
	case "root":
		a.Type = platform.AppRoot
	case "observability":
		a.Type = platform.AppObservability
	default:
		byName(a, labels)
	}
	if a.Type == platform.AppOther && (ours || a.ProjectID != "" || a.ProjectSlug != "") {
		a.Type = platform.AppHistoric // deploys for a project, and nothing of ours made it
	}
	if name, ok := platform.ParseAppName(a.Name); ok && name.Type == platform.AppObservability && a.ProjectSlug == "" {
		a.ProjectSlug = name.Slug // these applications carry no project label
	}
	if old, ok := platform.ParseOldNamespace(a.DestNamespace); ok && a.ProjectSlug == "" {
		a.ProjectSlug, a.EnvironmentName = old.Project, cmp.Or(a.EnvironmentName, old.Environment)
	}
}

// byName reads the type of an application without the platform's label in its name.
func byName(a *platform.Application, labels map[string]string) {
	a.Type = platform.AppOther
	name, ok := platform.ParseAppName(a.Name)
	if !ok || name.Type == platform.AppRoot && labels["dso/projet"] == "" || name.Type == platform.AppObservability && a.AppProject != a.Name && a.AppProject != platform.ObservabilityProject(name.Slug) {
		return // a name like ours on somebody else's application; "projet" is how root applications spell their label
	}
	a.Type = name.Type
	a.EnvironmentName = cmp.Or(a.EnvironmentName, name.Environment)
	a.RepositoryName = cmp.Or(a.RepositoryName, name.Repository)
	if name.Type != platform.AppRoot { // whose name has the project's name, which may differ from its slug
		a.ProjectSlug = cmp.Or(a.ProjectSlug, name.Slug)
	}
}
