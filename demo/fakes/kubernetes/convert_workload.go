package kubernetes

import (
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"dsotop/demo/world"
)

func workloadMeta(w *world.Workload) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: w.Name, Namespace: w.Namespace.Name, UID: types.UID(w.UID), ResourceVersion: versionText(w.Rev), Generation: 1 + int64(len(w.OldReplicaSets)),
		Labels: copyLabels(w.Labels), CreationTimestamp: stamp(w.CreatedAt)}
}

// selectorOf picks the labels that tell a workload's pods from others': those that all its pods carry with the same value.
func selectorOf(w *world.Workload) map[string]string {
	out := map[string]string{}
	for _, key := range []string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app"} {
		if v := w.Labels[key]; v != "" {
			out[key] = v
		}
	}
	for _, p := range w.Namespace.Pods {
		if p.Workload != w {
			continue
		}
		for k, v := range out {
			if p.Labels[k] != v {
				delete(out, k)
			}
		}
		if len(out) == 0 { // labels of the pods alone
			for k, v := range p.Labels {
				if k != hashLabel && !strings.HasPrefix(k, "dso/") && strings.Contains(v, w.Name) {
					out[k] = v
				}
			}
		}
		break
	}
	if len(out) == 0 {
		out["app"] = w.Name
	}
	return out
}

func template(w *world.Workload, hash string, restart corev1.RestartPolicy) corev1.PodTemplateSpec {
	labels := selectorOf(w)
	for k, v := range w.Labels {
		if strings.HasPrefix(k, "app.kubernetes.io/") || k == "tier" {
			labels[k] = v
		}
	}
	if hash != "" {
		labels[hashLabel] = hash
	}
	containers := make([]corev1.Container, len(w.Containers))
	for i, c := range w.Containers {
		containers[i] = containerSpec(c, c.Image)
	}
	out := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec(containers, restart)}
	if w.RestartedAt != "" {
		out.Annotations = map[string]string{restartedAt: w.RestartedAt}
	}
	return out
}

func revision(w *world.Workload) string { return strconv.Itoa(len(w.OldReplicaSets) + 1) }

func deploymentObject(w *world.Workload) object {
	replicas, history, deadline, quarter := int32(w.Replicas), int32(10), int32(600), intstr.FromString("25%")
	m := workloadMeta(w)
	m.Annotations = map[string]string{"deployment.kubernetes.io/revision": revision(w)}
	d := &appsv1.Deployment{ObjectMeta: m}
	d.Spec = appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: selectorOf(w)}, Template: template(w, "", corev1.RestartPolicyAlways),
		RevisionHistoryLimit: &history, ProgressDeadlineSeconds: &deadline, Paused: w.Paused,
		Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &quarter, MaxSurge: &quarter}}}
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: m.Generation, Replicas: int32(podsOf(w)), UpdatedReplicas: int32(w.Updated), ReadyReplicas: int32(w.Ready),
		AvailableReplicas: int32(w.Available), UnavailableReplicas: int32(max(0, w.Replicas-w.Available))}
	cond := func(t appsv1.DeploymentConditionType, ok bool, reason, message string, at time.Time) appsv1.DeploymentCondition {
		status := corev1.ConditionFalse
		if ok {
			status = corev1.ConditionTrue
		}
		return appsv1.DeploymentCondition{Type: t, Status: status, Reason: reason, Message: message, LastTransitionTime: stamp(at), LastUpdateTime: stamp(at)}
	}
	available := cond(appsv1.DeploymentAvailable, true, "MinimumReplicasAvailable", "Deployment has minimum availability.", w.CreatedAt)
	if w.Available < w.Replicas-w.Replicas/4 {
		available = cond(appsv1.DeploymentAvailable, false, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", w.CreatedAt)
	}
	progressing := cond(appsv1.DeploymentProgressing, true, "NewReplicaSetAvailable", "ReplicaSet \""+w.ReplicaSet+"\" has successfully progressed.", w.CreatedAt)
	if w.Updated < w.Replicas || w.Available < w.Replicas {
		progressing = cond(appsv1.DeploymentProgressing, true, "ReplicaSetUpdated", "ReplicaSet \""+w.ReplicaSet+"\" is progressing.", w.CreatedAt)
	}
	d.Status.Conditions = []appsv1.DeploymentCondition{available, progressing}
	for _, c := range w.Conditions {
		own := cond(appsv1.DeploymentConditionType(c.Type), c.Status == "True", c.Reason, c.Message, c.At)
		replaced := false
		for i := range d.Status.Conditions {
			if string(d.Status.Conditions[i].Type) == c.Type {
				d.Status.Conditions[i], replaced = own, true
			}
		}
		if !replaced {
			d.Status.Conditions = append(d.Status.Conditions, own)
		}
	}
	return d
}

func podsOf(w *world.Workload) int {
	n := 0
	for _, p := range w.Namespace.Pods {
		if p.Workload == w && p.Phase != "Succeeded" && p.Phase != "Failed" {
			n++
		}
	}
	return n
}

func hashOf(replicaSet string) string { return replicaSet[strings.LastIndex(replicaSet, "-")+1:] }

// replicaSetEntries are the current ReplicaSet of a Deployment and the former ones.
func replicaSetEntries(w *world.Workload) []entry {
	if w.Kind != "Deployment" || w.ReplicaSet == "" {
		return nil
	}
	ns := w.Namespace.Name
	out := []entry{{ns, w.ReplicaSet, w.ReplicaSetUID, func() object { return currentReplicaSet(w) }}}
	for i, old := range w.OldReplicaSets {
		out = append(out, entry{ns, old.Name, old.UID, func() object { return oldReplicaSet(w, old, i+1) }})
	}
	return out
}

func replicaSet(w *world.Workload, name, uid string, desired int, created time.Time, rev string) *appsv1.ReplicaSet {
	n, hash := int32(desired), hashOf(name)
	tpl := template(w, hash, corev1.RestartPolicyAlways)
	selector := selectorOf(w)
	selector[hashLabel] = hash
	return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.Namespace.Name, UID: types.UID(uid), ResourceVersion: versionText(w.Rev), Generation: 1,
		Labels: copyLabels(tpl.Labels), Annotations: map[string]string{"deployment.kubernetes.io/revision": rev, "deployment.kubernetes.io/desired-replicas": strconv.Itoa(w.Replicas)},
		OwnerReferences: owner("apps/v1", "Deployment", w.Name, w.UID), CreationTimestamp: stamp(created)},
		Spec: appsv1.ReplicaSetSpec{Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: selector}, Template: tpl}}
}

func currentReplicaSet(w *world.Workload) object {
	// During a roll-out the former ReplicaSets have a part of the Deployment's replicas still.
	wanted := w.Replicas
	for _, old := range w.OldReplicaSets {
		wanted -= old.Replicas
	}
	rs := replicaSet(w, w.ReplicaSet, w.ReplicaSetUID, max(0, wanted), w.RolledAt(), revision(w))
	n, ready := 0, 0
	for _, p := range w.Namespace.Pods {
		if p.OwnerName != w.ReplicaSet || p.OwnerKind != "ReplicaSet" {
			continue
		}
		n++
		if !slices.ContainsFunc(p.Containers, func(c *world.Container) bool { return !c.Ready }) {
			ready++
		}
	}
	rs.Status = appsv1.ReplicaSetStatus{Replicas: int32(n), FullyLabeledReplicas: int32(n), ReadyReplicas: int32(ready), AvailableReplicas: int32(ready), ObservedGeneration: 1}
	for _, c := range w.Conditions {
		if c.Type == string(appsv1.ReplicaSetReplicaFailure) {
			rs.Status.Conditions = append(rs.Status.Conditions, appsv1.ReplicaSetCondition{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionStatus(c.Status),
				Reason: c.Reason, Message: c.Message, LastTransitionTime: stamp(c.At)})
		}
	}
	return rs
}

func oldReplicaSet(w *world.Workload, old world.OldReplicaSet, rev int) object {
	rs := replicaSet(w, old.Name, old.UID, old.Replicas, old.CreatedAt, strconv.Itoa(rev))
	// A former revision differs from the current one in something: here, in when it was restarted.
	rs.Spec.Template.Annotations = map[string]string{"kubectl.kubernetes.io/restartedAt": old.CreatedAt.UTC().Format(time.RFC3339)}
	rs.Status = appsv1.ReplicaSetStatus{Replicas: int32(old.Replicas), ReadyReplicas: int32(old.Replicas), AvailableReplicas: int32(old.Replicas), ObservedGeneration: 1}
	return rs
}

func statefulSetObject(w *world.Workload) object {
	n := int32(w.Replicas)
	s := &appsv1.StatefulSet{ObjectMeta: workloadMeta(w)}
	s.Spec = appsv1.StatefulSetSpec{Replicas: &n, ServiceName: w.Name, Selector: &metav1.LabelSelector{MatchLabels: selectorOf(w)}, Template: template(w, "", corev1.RestartPolicyAlways),
		PodManagementPolicy: appsv1.OrderedReadyPodManagement, UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType}}
	if w.PVC != nil {
		s.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: w.PVC.Name}, Spec: claimSpec(w.PVC)}}
	}
	s.Status = appsv1.StatefulSetStatus{ObservedGeneration: s.Generation, Replicas: int32(podsOf(w)), ReadyReplicas: int32(w.Ready), CurrentReplicas: int32(w.Updated),
		UpdatedReplicas: int32(w.Updated), AvailableReplicas: int32(w.Available), CurrentRevision: w.Name + "-" + stableUID(w.UID)[:8], UpdateRevision: w.Name + "-" + stableUID(w.UID)[:8]}
	for _, c := range w.Conditions {
		s.Status.Conditions = append(s.Status.Conditions, appsv1.StatefulSetCondition{Type: appsv1.StatefulSetConditionType(c.Type), Status: corev1.ConditionStatus(c.Status),
			Reason: c.Reason, Message: c.Message, LastTransitionTime: stamp(c.At)})
	}
	return s
}

func daemonSetObject(w *world.Workload) object {
	d := &appsv1.DaemonSet{ObjectMeta: workloadMeta(w)}
	d.Spec = appsv1.DaemonSetSpec{Selector: &metav1.LabelSelector{MatchLabels: selectorOf(w)}, Template: template(w, "", corev1.RestartPolicyAlways)}
	d.Status = appsv1.DaemonSetStatus{ObservedGeneration: d.Generation, DesiredNumberScheduled: int32(w.Replicas), CurrentNumberScheduled: int32(podsOf(w)),
		NumberReady: int32(w.Ready), NumberAvailable: int32(w.Available), UpdatedNumberScheduled: int32(w.Updated), NumberUnavailable: int32(max(0, w.Replicas-w.Available))}
	return d
}

func cronJobObject(w *world.Workload) object {
	c := &batchv1.CronJob{ObjectMeta: workloadMeta(w)}
	suspend, keep, failed := false, int32(3), int32(1)
	c.Spec = batchv1.CronJobSpec{Schedule: w.Schedule, ConcurrencyPolicy: batchv1.ForbidConcurrent, Suspend: &suspend, SuccessfulJobsHistoryLimit: &keep, FailedJobsHistoryLimit: &failed,
		JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template(w, "", corev1.RestartPolicyNever)}}}
	for _, p := range w.Namespace.Pods {
		if p.Workload != w || p.OwnerKind != "Job" {
			continue
		}
		if c.Status.LastScheduleTime == nil || p.CreatedAt.After(c.Status.LastScheduleTime.Time) {
			c.Status.LastScheduleTime = stampPtr(p.CreatedAt)
		}
		switch p.Phase {
		case "Pending", "Running":
			c.Status.Active = append(c.Status.Active, corev1.ObjectReference{Kind: "Job", APIVersion: "batch/v1", Namespace: p.Namespace.Name, Name: p.OwnerName, UID: types.UID(p.OwnerUID)})
		case "Succeeded":
			c.Status.LastSuccessfulTime = stampPtr(finished(p))
		}
	}
	return c
}

func finished(p *world.Pod) time.Time {
	at := p.CreatedAt
	for _, c := range p.Containers {
		if c.FinishedAt.After(at) {
			at = c.FinishedAt
		}
	}
	return at
}

// jobObject is the Job that owns a pod: the world keeps only its pods.
func jobObject(p *world.Pod) object {
	one := int32(1)
	labels := copyLabels(p.Labels)
	labels["batch.kubernetes.io/job-name"] = p.OwnerName
	j := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: p.OwnerName, Namespace: p.Namespace.Name, UID: types.UID(p.OwnerUID), ResourceVersion: versionText(p.Rev), Labels: labels,
		CreationTimestamp: stamp(p.CreatedAt), Generation: 1}}
	j.Spec = batchv1.JobSpec{Completions: &one, Parallelism: &one, BackoffLimit: &one, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"batch.kubernetes.io/controller-uid": p.OwnerUID}}}
	if p.Workload != nil {
		j.Spec.Template = template(p.Workload, "", corev1.RestartPolicyNever)
		if p.Workload.Kind == "CronJob" {
			j.OwnerReferences = owner("batch/v1", "CronJob", p.Workload.Name, p.Workload.UID)
		}
	}
	j.Status.StartTime = stampPtr(p.CreatedAt)
	switch p.Phase {
	case "Succeeded":
		j.Status.Succeeded, j.Status.CompletionTime = 1, stampPtr(finished(p))
		j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, LastTransitionTime: stamp(finished(p))}}
	case "Failed":
		j.Status.Failed = 1
		j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded",
			Message: "Job has reached the specified backoff limit", LastTransitionTime: stamp(finished(p))}}
	default:
		j.Status.Active = 1
	}
	return j
}

// databaseObject is a CloudNativePG Cluster, whose types are not ours to import.
func databaseObject(w *world.Workload) object {
	phase := "Cluster in healthy state"
	if w.Ready < w.Replicas {
		phase = "Waiting for the instances to become active"
	}
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster",
		"spec":   map[string]any{"instances": int64(w.Replicas)},
		"status": map[string]any{"instances": int64(podsOf(w)), "readyInstances": int64(w.Ready), "phase": phase, "currentPrimary": w.Name + "-1"},
	}}
	m := workloadMeta(w)
	u.SetName(m.Name)
	u.SetNamespace(m.Namespace)
	u.SetUID(m.UID)
	u.SetResourceVersion(m.ResourceVersion)
	u.SetLabels(m.Labels)
	u.SetCreationTimestamp(m.CreationTimestamp)
	return u
}
