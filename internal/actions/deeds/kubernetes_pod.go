package deeds

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
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

// quantity reads an amount as Kubernetes writes it: cores, or bytes.
func quantity(v string) float64 {
	for _, u := range []struct {
		suffix string
		factor float64
	}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"Pi", 1 << 50}, {"m", 1e-3}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}} {
		if n, ok := strings.CutSuffix(v, u.suffix); ok {
			f, err := strconv.ParseFloat(n, 64)
			if err != nil {
				return 0
			}
			return f * u.factor
		}
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return 0
	}
	return f
}

// readable is an amount of a resource as people say it: cores, or GiB.
func readable(resource string, v float64) string {
	if strings.HasSuffix(resource, "memory") {
		return amount(math.Round(v/(1<<30)*100)/100) + " Gi"
	}
	return amount(math.Round(v*1000) / 1000)
}

type kubeQuota struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Status struct {
		Hard map[string]string `json:"hard"`
		Used map[string]string `json:"used"`
	} `json:"status"`
}

// room warns when the quotas of the namespace do not hold so many more pods of a controller: that is refused later, pod by pod, not when the number is changed.
func room(ctx context.Context, s actions.Systems, sub actions.Subject, w kubeObject, more int) []actions.Reason {
	var quotas struct {
		Items []kubeQuota `json:"items"`
	}
	if get(ctx, s, sub.System, path("/api/v1/namespaces", sub.Namespace, "resourcequotas"), nil, &quotas) != nil {
		return nil
	}
	asked := map[string]float64{}
	for _, c := range w.Spec.Template.Spec.Containers {
		for _, r := range []string{"cpu", "memory"} {
			asked["limits."+r] += quantity(c.Resources.Limits[r]) * float64(more)
			asked["requests."+r] += quantity(c.Resources.Requests[r]) * float64(more)
		}
	}
	var out []actions.Reason
	for _, q := range quotas.Items {
		for _, name := range []string{"limits.cpu", "limits.memory", "requests.cpu", "requests.memory"} {
			hard, limited := q.Status.Hard[name]
			if used := quantity(q.Status.Used[name]); limited && asked[name] > 0 && used+asked[name] > quantity(hard)*(1+1e-9) {
				out = append(out, warn(codeQuota, q.Metadata.Name+": "+name+" "+readable(name, used)+" + "+readable(name, asked[name])+" / "+readable(name, quantity(hard))))
				break // one resource says it
			}
		}
	}
	return out
}

func planDeletePod(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	none := actions.Draft{}
	p := path("/api/v1/namespaces", sub.Namespace, "pods", sub.ID)
	if err := allowed(ctx, s, sub, "delete", "", "pods", "", sub.ID); err != nil {
		return none, err
	}
	var pod kubeObject
	if err := get(ctx, s, sub.System, p, nil, &pod); err != nil {
		return none, err
	}
	if at := pod.Metadata.Deletion; at != "" {
		return none, refuse(codeNothing, "deletionTimestamp "+platform.CleanLine(at))
	}
	// The pod that was looked at, not its successor of the same name: a StatefulSet's has it at once.
	body := map[string]any{"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": map[string]string{"uid": pod.Metadata.UID}}
	c, err := change(sub.System, http.MethodDelete, p, "application/json", body)
	if err != nil {
		return none, err
	}
	c.Query = nil
	warnings, err := rehearse(ctx, s, c)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Call: c, Warnings: warnings, Memo: map[string]string{memoUID: pod.Metadata.UID}, Effects: []actions.Effect{{What: "pod", From: platform.CleanLine(sub.ID)}}, Command: "kubectl -n " + shell(sub.Namespace) + " delete pod " + shell(sub.ID)}
	if pod.over() { // nothing serves any more; who made it has made another one, or wants none
		return d, nil
	}
	for _, o := range pod.Metadata.Owners {
		if o.Controller {
			d.Memo[memoOwner] = o.UID
			d.Effects[0].To = platform.CleanLine(o.Kind + " " + o.Name)
		}
	}
	pods, err := podsIn(ctx, s, sub.System, sub.Namespace)
	if err != nil {
		return none, err
	}
	var others []string
	for _, k := range pods {
		others = append(others, k.Metadata.UID)
	}
	d.Memo[memoPods] = strings.Join(others, ",")
	brothers := slices.DeleteFunc(pods, func(k kubeObject) bool { return !ownedBy(k, d.Memo[memoOwner]) || k.over() })
	switch {
	case d.Memo[memoOwner] == "":
		d.Risk = actions.RiskDestructive
		d.Warnings = append(d.Warnings, warn(codeBare, sub.ID))
	case len(brothers) == 1:
		d.Warnings = append(d.Warnings, warn(codeSingle, sub.ID))
	case pod.ready() && !slices.ContainsFunc(brothers, func(k kubeObject) bool { return k.Metadata.UID != pod.Metadata.UID && k.ready() }):
		d.Warnings = append(d.Warnings, warn(codeLastReady, sub.ID))
	}
	if pod.ready() { // one that does not serve is not counted
		d.Warnings = append(d.Warnings, broken(budgetsOn(ctx, s, sub, pod.Metadata.Labels), 1)...)
	}
	return d, nil
}

// over reports whether a pod has ended for good, as an evicted one has: a ReplicaSet or a Job does not count it any more, so that none comes in its place. The controllers of
// StatefulSets and DaemonSets take such pods away themselves.
func (k kubeObject) over() bool {
	return (k.Status.Phase == "Failed" || k.Status.Phase == "Succeeded") &&
		!slices.ContainsFunc(k.Metadata.Owners, func(o kubeOwner) bool { return o.Controller && (o.Kind == "StatefulSet" || o.Kind == "DaemonSet") })
}

// ready reports whether a pod serves, readiness gates included, and is not on its way out.
func (k kubeObject) ready() bool {
	ready := false
	for _, c := range k.Status.Conditions {
		ready = ready || c.Type == "Ready" && c.Status == "True"
	}
	return ready && k.Metadata.Deletion == ""
}

func podsIn(ctx context.Context, s actions.Systems, system, namespace string) ([]kubeObject, error) {
	var list struct {
		Items []kubeObject `json:"items"`
	}
	err := get(ctx, s, system, path("/api/v1/namespaces", namespace, "pods"), nil, &list)
	return list.Items, err
}

func ownedBy(k kubeObject, uid string) bool {
	for _, o := range k.Metadata.Owners {
		if o.UID == uid {
			return true
		}
	}
	return false
}

// podReplaced waits for the pod to go and for its successor to be ready.
func podReplaced(ctx context.Context, s actions.Systems, d actions.Draft, sub actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	pods, err := podsIn(ctx, s, d.Call.System, sub.Namespace)
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	if i := slices.IndexFunc(pods, func(k kubeObject) bool { return k.Metadata.UID == d.Memo[memoUID] }); i >= 0 {
		out := actions.Sight{State: running}
		if k := pods[i]; k.Metadata.Deletion != "" { // its containers take their time to end, or somebody's finalizer keeps it
			out.Progress = []actions.Step{{Name: "deleted", State: running, Note: cut(strings.Join(k.Metadata.Finalizers, ", "))}}
		}
		return out, nil
	}
	out := actions.Sight{State: running, Progress: []actions.Step{{Name: "deleted", State: done}}}
	if d.Memo[memoOwner] == "" {
		out.State = done
		return out, nil
	}
	before := strings.Split(d.Memo[memoPods], ",")
	for _, k := range pods {
		if slices.Contains(before, k.Metadata.UID) || !ownedBy(k, d.Memo[memoOwner]) {
			continue
		}
		st := actions.Step{Name: platform.CleanLine(k.Metadata.Name), State: running}
		ready := len(k.Status.Containers) > 0 && k.Status.Phase == "Running"
		for _, c := range k.Status.Containers {
			ready = ready && c.Ready
		}
		for _, c := range k.Status.Conditions { // readiness gates count too
			ready = ready && (c.Type != "Ready" || c.Status == "True")
		}
		for _, c := range slices.Concat(k.Status.Before, k.Status.Containers) {
			if w := c.State.Waiting; w != nil && slices.Contains([]string{"ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"}, w.Reason) {
				st.State, st.Note = failed, cut(w.Reason+": "+w.Message)
			}
		}
		if ready {
			st.State = done
		}
		out.Progress = append(out.Progress, st)
		out.State, out.Note = st.State, st.Note
		if st.State == done {
			return out, nil
		}
	}
	return out, nil
}

// kubeCronJob has jobs where a Job counts pods.
type kubeCronJob struct {
	kubeObject
	Status struct {
		Active []struct {
			Name string `json:"name"`
		} `json:"active"`
	} `json:"status"`
}

func planRunCronJob(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	none := actions.Draft{}
	_, name := thing(sub)
	if err := allowed(ctx, s, sub, "create", "batch", "jobs", "", ""); err != nil {
		return none, err
	}
	var cron kubeCronJob
	if err := get(ctx, s, sub.System, path("/apis/batch/v1/namespaces", sub.Namespace, "cronjobs", name), nil, &cron); err != nil {
		return none, err
	}
	if len(cron.Spec.JobTemplate.Spec) == 0 {
		return none, refuse(codeUnreadable, name)
	}
	// 63 characters at most, and the pods' names are made of it.
	job := strings.TrimRight(name[:min(len(name), 40)], "-.") + "-dsotop-" + strconv.FormatInt(sc.Now.Unix(), 36)
	annotations := map[string]string{annotated: "manual"}
	for k, v := range cron.Spec.JobTemplate.Metadata.Annotations {
		annotations[k] = v
	}
	body := map[string]any{"apiVersion": "batch/v1", "kind": "Job", "spec": cron.Spec.JobTemplate.Spec, "metadata": map[string]any{
		"name": job, "namespace": sub.Namespace, "annotations": annotations, "labels": cron.Spec.JobTemplate.Metadata.Labels,
		"ownerReferences": []map[string]any{{"apiVersion": "batch/v1", "kind": "CronJob", "name": name, "uid": cron.Metadata.UID, "controller": true}}}}
	c, err := change(sub.System, http.MethodPost, path("/apis/batch/v1/namespaces", sub.Namespace, "jobs"), "application/json", body)
	if err != nil {
		return none, err
	}
	warnings, err := rehearse(ctx, s, c)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Call: c, Warnings: warnings, Memo: map[string]string{memoJob: job}, Effects: []actions.Effect{{What: "job", To: job}}, Command: "kubectl -n " + shell(sub.Namespace) + " create job " + shell(job) + " --from=cronjob/" + shell(name)}
	if cron.Spec.Suspend {
		d.Warnings = append(d.Warnings, warn(codeSuspended, name))
	}
	if active := cron.Status.Active; len(active) > 0 { // its concurrencyPolicy binds its controller, not who makes a Job
		d.Warnings = append(d.Warnings, warn(codeAlreadyRuns, active[0].Name))
	}
	var template struct {
		Template struct {
			Spec struct {
				Containers []kubeContainer `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	}
	if json.Unmarshal(cron.Spec.JobTemplate.Spec, &template) == nil {
		var w kubeObject
		w.Spec.Template.Spec.Containers = template.Template.Spec.Containers
		d.Warnings = append(d.Warnings, room(ctx, s, sub, w, 1)...)
	}
	return d, nil
}

func jobDone(ctx context.Context, s actions.Systems, d actions.Draft, sub actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	var j kubeObject
	err := get(ctx, s, d.Call.System, path("/apis/batch/v1/namespaces", sub.Namespace, "jobs", d.Memo[memoJob]), nil, &j)
	switch {
	case isCode(err, codeGone):
		if r != nil && r.OK() {
			return sight(unknown, codeGone) // made, and cleaned away since
		}
		return sight(running, "")
	case err != nil:
		return actions.Sight{State: unknown}, err
	}
	for _, c := range j.Status.Conditions {
		switch {
		case c.Status != "True":
		case c.Type == "Complete" || c.Type == "SuccessCriteriaMet":
			return sight(done, d.Memo[memoJob])
		case c.Type == "Failed" || c.Type == "FailureTarget":
			return sight(failed, c.Message)
		}
	}
	return sight(running, cmp.Or(jobTrouble(ctx, s, d.Call.System, sub.Namespace, d.Memo[memoJob]), d.Memo[memoJob]))
}

// jobTrouble is the newest thing that a cluster says against a job of which no pod could be made: a quota or a policy refuses the pod, not the job, and the job itself tells
// nothing of it. "" when nothing is said, or may be read.
func jobTrouble(ctx context.Context, s actions.Systems, system, namespace, job string) string {
	var list struct {
		Items []struct {
			Reason  string `json:"reason"`
			Type    string `json:"type"`
			Message string `json:"message"`
			Last    string `json:"lastTimestamp"`
		} `json:"items"`
	}
	q := url.Values{"fieldSelector": {"involvedObject.kind=Job,involvedObject.name=" + job + ",type=Warning"}, "limit": {"20"}}
	if get(ctx, s, system, path("/api/v1/namespaces", namespace, "events"), q, &list) != nil {
		return ""
	}
	text, at := "", ""
	for _, e := range list.Items {
		if e.Type == "Warning" && (text == "" || e.Last > at) {
			text, at = cut(e.Reason+": "+e.Message), e.Last
		}
	}
	return text
}
