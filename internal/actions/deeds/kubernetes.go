package deeds

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// A workload is named "<kind>/<name>", a pod by its name. Each change is first made in vain (dryRun=All): the server's own admission, policies included, judges it.

const (
	restartedAt = "kubectl.kubernetes.io/restartedAt"
	memoUID     = "uid"
	memoObject  = "object" // path
	memoStamp   = "stamp"
	memoCount   = "replicas"
	memoScaler  = "autoscaler" // its name and bounds; absent: none is known
	memoOwner   = "owner"      // uid of a pod's controller; "" when it has none
	memoStalled = "stalled"    // when a rollout of before was given up; absent: none was
	annotated   = "cronjob.kubernetes.io/instantiate"
)

// resources are the kinds that can be restarted, and whether they can be scaled.
var resources = map[string]struct { //nolint:gochecknoglobals // a constant table
	plural string
	scales bool
}{"Deployment": {"deployments", true}, "StatefulSet": {"statefulsets", true}, "DaemonSet": {"daemonsets", false}}

func kubernetesDeeds() []actions.Deed {
	on := func(kinds ...string) func(actions.Scene, actions.Subject) actions.Reason {
		return func(sc actions.Scene, sub actions.Subject) actions.Reason {
			kind, _ := thing(sub)
			sub.System = clusterOf(sc, sub)
			if sub.System == "" || kinds != nil && !slices.Contains(kinds, kind) {
				return actions.Reason{Code: codeNotHere}
			}
			return reachable(sc, sub, sysKubernetes)
		}
	}
	replicas := func(sc actions.Scene, sub actions.Subject) string {
		if w := workloadOf(sc, sub); w != nil && w.Desired >= 0 {
			return strconv.Itoa(w.Desired)
		}
		return ""
	}
	count := func(v string) actions.Reason {
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1000 {
			return actions.Reason{Code: codeBad, Detail: "replicas: " + platform.CleanLine(v)}
		}
		return actions.Reason{}
	}
	type planning func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error)
	there := func(plan planning) planning {
		return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
			sub.System = clusterOf(sc, sub)
			return plan(ctx, s, sc, sub, a)
		}
	}
	workload := []actions.Kind{actions.OnWorkload}
	const patience = 15 * time.Minute
	return []actions.Deed{
		{ID: "kubernetes.restart", On: workload, May: mayPatch(""), Key: "r", Base: actions.RiskWrite, Bulk: true, Patience: patience, Undo: undoAgain,
			Ready: on("Deployment", "StatefulSet", "DaemonSet"), Plan: there(planRestart), Done: restarted},
		{ID: "kubernetes.scale", On: workload, May: mayPatch("scale"), Key: "s", Params: []actions.Param{{Name: "replicas", Type: "int", Required: true, Default: replicas, Check: count}}, Base: actions.RiskWrite, Patience: patience, Undo: undoBefore,
			Ready: on("Deployment", "StatefulSet"), Plan: there(planScale), Done: scaled},
		{ID: "kubernetes.delete_pod", On: []actions.Kind{actions.OnPod}, May: mayDo("delete", "", "pods"), Key: "D", Base: actions.RiskWrite, Bulk: true, Patience: 5 * time.Minute, Ready: on(), Plan: there(planDeletePod), Done: podReplaced},
		{ID: "kubernetes.run_cronjob", On: workload, May: mayDo("create", "batch", "jobs"), Key: "j", Base: actions.RiskWrite, Patience: 2 * time.Hour, Ready: on("CronJob"), Plan: there(planRunCronJob), Done: jobDone},
	}
}

// clusterOf is the source of the cluster that a thing runs on: its own, where it tells; else the one whose facts of its namespace are known, the one that is named after the
// environment's cluster, or the only one there is. "" when its namespace is known by no cluster of ours, as where an Argo CD alone tells of it.
func clusterOf(sc actions.Scene, sub actions.Subject) string {
	if sub.System != "" {
		if kindOf(sub.System) == sysKubernetes {
			return sub.System
		}
		return ""
	}
	var clusters []string
	for _, h := range sc.Sources {
		if h.Kind == sysKubernetes && h.State != platform.StateNotConfigured {
			clusters = append(clusters, h.Name)
		}
	}
	e := sc.Environment
	if e == nil {
		if len(clusters) == 1 {
			return clusters[0]
		}
		return ""
	}
	for _, family := range []platform.Family{platform.FamPods, platform.FamWorkloads} {
		if from := e.Known[family].Source; kindOf(from) == sysKubernetes && slices.Contains(clusters, from) {
			return from
		}
	}
	if named := sysKubernetes + "/" + e.Cluster.Label; slices.Contains(clusters, named) {
		return named
	}
	if len(clusters) == 1 && !e.Has(platform.FamPods) {
		return clusters[0]
	}
	return ""
}

// workloadOf is the subject as the facts have it; nil when they do not.
func workloadOf(sc actions.Scene, sub actions.Subject) *platform.Workload {
	kind, name := thing(sub)
	for _, e := range environmentsIn(sc) {
		for _, w := range e.Workloads {
			if w.Kind == kind && w.Name == name && w.Namespace == sub.Namespace {
				return &w
			}
		}
	}
	return nil
}

func environmentsIn(sc actions.Scene) []platform.EnvironmentFacts {
	var out []platform.EnvironmentFacts
	if sc.Environment != nil {
		out = append(out, *sc.Environment)
	}
	if sc.Dossier != nil {
		out = append(out, sc.Dossier.Environments...)
	}
	return out
}

type kubeContainer struct {
	Name      string `json:"name"`
	Image     string `json:"image"`
	Resources struct {
		Limits   map[string]string `json:"limits"`
		Requests map[string]string `json:"requests"`
	} `json:"resources"`
}

type kubeOwner struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

type kubeContainerStatus struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	State struct {
		Waiting *struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"waiting"`
	} `json:"state"`
}

// kubeObject is of any kind that deeds read: what a kind has not stays empty. Where kinds give one name to different things (status.active), it is not here.
type kubeObject struct {
	Metadata struct {
		Name        string            `json:"name"`
		UID         string            `json:"uid"`
		Generation  int64             `json:"generation"`
		Deletion    string            `json:"deletionTimestamp"` // "" unless it is on its way out
		Finalizers  []string          `json:"finalizers"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		Owners      []kubeOwner       `json:"ownerReferences"`
	} `json:"metadata"`
	Spec struct {
		Replicas *int `json:"replicas"`
		Suspend  bool `json:"suspend"` // of a CronJob or a Job
		Paused   bool `json:"paused"`  // of a Deployment
		Strategy struct {
			Type    string `json:"type"`
			Rolling struct {
				Surge json.RawMessage `json:"maxSurge"` // a number, or a text with a percentage
				Lack  json.RawMessage `json:"maxUnavailable"`
			} `json:"rollingUpdate"`
		} `json:"strategy"` // of a Deployment
		Update struct {
			Type    string `json:"type"`
			Rolling struct {
				Partition int             `json:"partition"` // of a StatefulSet
				Surge     json.RawMessage `json:"maxSurge"`  // of a DaemonSet
				Lack      json.RawMessage `json:"maxUnavailable"`
			} `json:"rollingUpdate"`
		} `json:"updateStrategy"` // of the others
		Template struct {
			Metadata struct {
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
			Spec struct {
				Containers []kubeContainer `json:"containers"`
				Volumes    []struct {
					Name    string `json:"name"`
					Scratch any    `json:"emptyDir"`
				} `json:"volumes"`
			} `json:"spec"`
		} `json:"template"`
		JobTemplate struct {
			Metadata struct {
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
			Spec json.RawMessage `json:"spec"`
		} `json:"jobTemplate"`
	} `json:"spec"`
	Status struct {
		Phase      string `json:"phase"`
		Observed   int64  `json:"observedGeneration"`
		Replicas   int    `json:"replicas"`
		Ready      int    `json:"readyReplicas"`
		Updated    int    `json:"updatedReplicas"`
		Available  int    `json:"availableReplicas"`
		Desired    int    `json:"desiredNumberScheduled"`
		NowUpdated int    `json:"updatedNumberScheduled"`
		NowReady   int    `json:"numberReady"`
		Conditions []struct {
			Type    string `json:"type"`
			Status  string `json:"status"`
			Reason  string `json:"reason"`
			Message string `json:"message"`
			Updated string `json:"lastUpdateTime"` // of a Deployment's
		} `json:"conditions"`
		Before     []kubeContainerStatus `json:"initContainerStatuses"`
		Containers []kubeContainerStatus `json:"containerStatuses"`
	} `json:"status"`
}

func workloadPath(sub actions.Subject) (p, plural string, err error) {
	kind, name := thing(sub)
	r, ok := resources[kind]
	if !ok || sub.Namespace == "" || name == "" {
		return "", "", refuse(codeNotHere, sub.ID)
	}
	return path("/apis/apps/v1/namespaces", sub.Namespace, r.plural, name), r.plural, nil
}

// allowed asks the server whether we may (an access review changes nothing).
func allowed(ctx context.Context, s actions.Systems, sub actions.Subject, verb, group, resource, subresource, name string) error {
	body := map[string]any{"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": map[string]any{"resourceAttributes": map[string]string{
		"namespace": sub.Namespace, "verb": verb, "group": group, "resource": resource, "subresource": subresource, "name": name}}}
	c, err := call(sub.System, http.MethodPost, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body)
	if err != nil {
		return err
	}
	var out struct {
		Status struct {
			Allowed bool   `json:"allowed"`
			Reason  string `json:"reason"`
		} `json:"status"`
	}
	if err := ask(ctx, s, c, &out); err != nil {
		return err
	}
	if !out.Status.Allowed {
		if subresource != "" {
			resource += "/" + subresource
		}
		return refuse(codeNoRight, verb+" "+resource+", "+sub.Namespace)
	}
	return nil
}

// rehearse sends the call with dryRun=All: the server goes through everything but the change. It returns what the server warns of.
func rehearse(ctx context.Context, s actions.Systems, c wire.Call) ([]actions.Reason, error) {
	q := url.Values{"dryRun": {"All"}}
	for k, v := range c.Query {
		q[k] = v
	}
	c.Query = q
	if c.Method == http.MethodDelete && len(c.Body) > 0 {
		// Options in the body count alone: a server that finds some does not look at the query, and would delete for good.
		var options map[string]any
		if err := json.Unmarshal(c.Body, &options); err != nil {
			return nil, err
		}
		options["dryRun"] = []string{"All"}
		body, err := json.Marshal(options)
		if err != nil {
			return nil, err
		}
		c.Body = body
	}
	r, err := reply(ctx, s, c)
	if err != nil {
		return nil, err
	}
	if r.OK() {
		return admonished(r), nil
	}
	why := said(r, http.StatusText(r.Status))
	switch {
	case r.Status == http.StatusUnauthorized:
		return nil, refuse(codeUnauthorised, c.System)
	case r.Status == http.StatusNotFound:
		return nil, refuse(codeGone, why)
	case strings.Contains(why, "exceeded quota"):
		return nil, refuse(codeQuota, why)
	case r.Status == http.StatusBadRequest && strings.Contains(why, "does not support dry run"): // a webhook of the cluster's: what it thinks of the change is not known before
		return []actions.Reason{warn(codeNoRehearsal, why)}, nil
	}
	return nil, refuse(codeRefused, why)
}

// admonished are the warnings of an answer: what the server took, and advises against (RFC 9111: code, agent and a quoted text).
func admonished(r wire.Reply) []actions.Reason {
	var out []actions.Reason
	for _, v := range r.Header.Values("Warning") {
		if _, text, found := strings.Cut(v, `"`); found {
			out = append(out, warn(codeServerWarns, cut(strings.ReplaceAll(strings.TrimSuffix(text, `"`), `\"`, `"`))))
		}
	}
	return out
}

func change(system, method, p, contentType string, body any) (wire.Call, error) {
	c, err := call(system, method, p, body)
	if len(c.Body) > 0 {
		c.ContentType = contentType
	}
	c.Query = url.Values{"fieldManager": {"dsotop"}}
	return c, err
}

const strategic, merge = "application/strategic-merge-patch+json", "application/merge-patch+json"

func planRestart(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	none := actions.Draft{}
	p, plural, err := workloadPath(sub)
	if err != nil {
		return none, err
	}
	kind, name := thing(sub)
	if err := allowed(ctx, s, sub, "patch", "apps", plural, "", name); err != nil {
		return none, err
	}
	var w kubeObject
	if err := get(ctx, s, sub.System, p, nil, &w); err != nil {
		return none, err
	}
	if err := w.notRestarted(name); err != nil {
		return none, err
	}
	stamp := sc.Now.UTC().Format(time.RFC3339)
	body := map[string]any{"spec": map[string]any{"template": map[string]any{"metadata": map[string]any{"annotations": map[string]string{restartedAt: stamp}}}}}
	c, err := change(sub.System, http.MethodPatch, p, strategic, body)
	if err != nil {
		return none, err
	}
	warnings, err := rehearse(ctx, s, c)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Call: c, Warnings: warnings, Memo: map[string]string{memoObject: p, memoUID: w.Metadata.UID, memoStamp: stamp}, Command: "kubectl -n " + shell(sub.Namespace) + " rollout restart " + strings.ToLower(kind) + "/" + shell(name)}
	d.Effects = []actions.Effect{{What: "restarted_at", From: w.Spec.Template.Metadata.Annotations[restartedAt], To: stamp}}
	for _, e := range environmentsIn(sc) {
		for _, pod := range e.Pods {
			if pod.Namespace == sub.Namespace && pod.WorkloadKind == kind && pod.WorkloadName == name {
				d.Effects = append(d.Effects, actions.Effect{What: "pod", From: pod.Name, To: "new_pod"})
			}
		}
		break //nolint:staticcheck // the first is the subject's own, the others repeat it
	}
	if at := w.stalled(); at != "" {
		d.Memo[memoStalled] = at
	}
	d.Warnings = append(d.Warnings, w.restartWarnings(kind, name, func() []kubeBudget { return budgetsOn(ctx, s, sub, w.Spec.Template.Metadata.Labels) })...)
	if surge := string(w.Spec.Strategy.Rolling.Surge); kind == "Deployment" && w.Spec.Strategy.Type != "Recreate" && surge != "0" && surge != `"0"` && surge != `"0%"` {
		d.Warnings = append(d.Warnings, room(ctx, s, sub, w, 1)...) // its rollout begins with one more; the others take one away first
	}
	return d, nil
}

// stalled is when the rollout of a Deployment was given up, as it stands now: what says so before a change is not about that change. "" when none was.
func (k kubeObject) stalled() string {
	for _, c := range k.Status.Conditions {
		if c.Type == "Progressing" && c.Status == "False" {
			return cmp.Or(c.Updated, c.Message)
		}
	}
	return ""
}

// notRestarted is why a rollout would not come of a restart, though the server would take it; nil when it would.
func (k kubeObject) notRestarted(name string) error {
	switch {
	case k.Spec.Paused: // until somebody resumes it
		return refuse(codePaused, name)
	case k.Spec.Update.Type == "OnDelete":
		return refuse(codeOnDelete, name)
	}
	return nil
}

// restartWarnings are what is to be known before all pods of a controller are replaced. budgets are those over its pods, asked for where they matter.
func (k kubeObject) restartWarnings(kind, name string, budgets func() []kubeBudget) []actions.Reason {
	var out []actions.Reason
	if k.Spec.Replicas != nil && *k.Spec.Replicas == 1 {
		out = append(out, warn(codeSingle, name))
	}
	if k.Spec.Replicas != nil && *k.Spec.Replicas == 0 {
		out = append(out, warn(codeNothing, "replicas: 0"))
	}
	if n := k.Spec.Update.Rolling.Partition; n > 0 {
		out = append(out, warn(codePartition, strconv.Itoa(n)))
	}
	if k.Spec.Strategy.Type == "Recreate" {
		out = append(out, warn(codeRecreate, name))
	}
	if n := k.taken(kind); n > 0 {
		out = append(out, broken(budgets(), n)...)
	}
	images := []string{}
	for _, c := range k.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
	}
	return append(out, mutable(images)...)
}

// rolled judges a controller's own counts. before is when a rollout of before was given up, if one was. Of one that was only scaled, its pods may be of an older template: a rollout of before may be stuck or paused.
func rolled(w kubeObject, scaled bool, before string) actions.Sight {
	out := actions.Sight{State: running}
	want := w.Status.Desired
	ready, updated, all := w.Status.NowReady, w.Status.NowUpdated, w.Status.Desired
	if w.Spec.Replicas != nil {
		want, ready, updated, all = *w.Spec.Replicas, w.Status.Ready, w.Status.Updated, w.Status.Replicas
	}
	fresh := want - min(want, w.Spec.Update.Rolling.Partition) // below the partition, pods stay as they are
	if scaled {
		fresh = min(want, updated)
	}
	out.Note = fmt.Sprintf("%d/%d", ready, want)
	step := func(name string, n, of int) {
		st := actions.Step{Name: name, State: running, Note: fmt.Sprintf("%d/%d", n, of)}
		if n >= of {
			st.State = done
		}
		out.Progress = append(out.Progress, st)
	}
	if !scaled {
		step("updated", updated, fresh)
	}
	step("ready", ready, want)
	if w.Status.Observed < w.Metadata.Generation {
		return out
	}
	for _, c := range w.Status.Conditions {
		if ready >= want && updated >= fresh {
			break
		}
		switch {
		case c.Type == "Progressing" && c.Status == "False" && (before == "" || before != w.stalled()):
			out.State, out.Note = failed, cut(c.Message)
			return out
		case c.Type == "ReplicaFailure" && c.Status == "True":
			out.Note = cut(c.Message)
			if all <= updated { // while old pods are left, their going makes room: quotas count a pod until it is gone, and the controller tries again
				out.State = failed
				return out
			}
		}
	}
	if updated >= fresh && ready == want && (all == want || scaled && updated < want) {
		out.State = done
	}
	return out
}

func restarted(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var w kubeObject
	err := get(ctx, s, d.Call.System, d.Memo[memoObject], nil, &w)
	switch {
	case isCode(err, codeGone):
		return sight(failed, codeGone)
	case err != nil:
		return actions.Sight{State: unknown}, err
	case w.Spec.Template.Metadata.Annotations[restartedAt] != d.Memo[memoStamp]:
		return sight(running, "")
	}
	return rolled(w, false, d.Memo[memoStalled]), nil
}

func planScale(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	none := actions.Draft{}
	p, plural, err := workloadPath(sub)
	if err != nil {
		return none, err
	}
	kind, name := thing(sub)
	want, err := strconv.Atoi(a["replicas"])
	if err != nil || want < 0 || !resources[kind].scales {
		return none, refuse(codeBad, "replicas: "+a["replicas"])
	}
	if err := allowed(ctx, s, sub, "patch", "apps", plural, "scale", name); err != nil {
		return none, err
	}
	var w kubeObject
	if err := get(ctx, s, sub.System, p, nil, &w); err != nil {
		return none, err
	}
	now := 1
	if w.Spec.Replicas != nil {
		now = *w.Spec.Replicas
	}
	if now == want {
		return none, refuse(codeNoChange, a["replicas"])
	}
	c, err := change(sub.System, http.MethodPatch, p+"/scale", merge, map[string]any{"spec": map[string]int{"replicas": want}})
	if err != nil {
		return none, err
	}
	warnings, err := rehearse(ctx, s, c)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Call: c, Warnings: warnings, Memo: map[string]string{memoObject: p, memoUID: w.Metadata.UID, memoCount: strconv.Itoa(want), "before": strconv.Itoa(now)}, Effects: changed("replicas", strconv.Itoa(now), strconv.Itoa(want)),
		Command: "kubectl -n " + shell(sub.Namespace) + " scale " + strings.ToLower(kind) + "/" + shell(name) + " --replicas=" + strconv.Itoa(want)}
	if at := w.stalled(); at != "" {
		d.Memo[memoStalled] = at
	}
	if want > now {
		d.Warnings = append(d.Warnings, room(ctx, s, sub, w, want-now)...)
	}
	if want == 0 {
		d.Risk = actions.RiskProduction
		d.Warnings = append(d.Warnings, warn(codeToZero, name))
	}
	if want < now {
		d.Warnings = append(d.Warnings, below(budgetsOn(ctx, s, sub, w.Spec.Template.Metadata.Labels), want)...)
	}
	if a := autoscalerOf(ctx, s, sub, kind, name); a != nil {
		d.Memo[memoScaler] = a.String()
		d.Warnings = append(d.Warnings, a.warns(want))
	}
	// Whether an Argo CD sets it back depends on what git says of replicas; that it looks after the namespace is known.
	d.Warnings = append(d.Warnings, warn(codeAutosyncBack, ""))
	return d, nil
}

// scaled looks at the number first: what was taken and is not there any more was set again by somebody, an autoscaler or Argo CD.
func scaled(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	var w kubeObject
	err := get(ctx, s, d.Call.System, d.Memo[memoObject], nil, &w)
	switch {
	case isCode(err, codeGone):
		return sight(failed, codeGone)
	case err != nil:
		return actions.Sight{State: unknown}, err
	}
	now := 1
	if w.Spec.Replicas != nil {
		now = *w.Spec.Replicas
	}
	switch {
	case strconv.Itoa(now) == d.Memo[memoCount]:
		return rolled(w, true, d.Memo[memoStalled]), nil
	case strconv.Itoa(now) != d.Memo["before"] || r != nil && r.OK():
		note := "replicas: " + strconv.Itoa(now)
		if scaler := d.Memo[memoScaler]; scaler != "" {
			note += " (HorizontalPodAutoscaler " + scaler + ")"
		}
		return sight(failed, note)
	}
	return sight(running, "")
}

func mayPatch(subresource string) func(context.Context, actions.Systems, actions.Scene, actions.Subject) error {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
		sub.System = clusterOf(sc, sub)
		_, plural, err := workloadPath(sub)
		if err != nil {
			return err
		}
		_, name := thing(sub)
		return allowed(ctx, s, sub, "patch", "apps", plural, subresource, name)
	}
}

func mayDo(verb, group, resource string) func(context.Context, actions.Systems, actions.Scene, actions.Subject) error {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
		sub.System = clusterOf(sc, sub)
		return allowed(ctx, s, sub, verb, group, resource, "", "")
	}
}
