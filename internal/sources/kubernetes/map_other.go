package kubernetes

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/internal/platform"
)

func workloadOf(cluster, kind string, m *metav1.ObjectMeta) platform.Workload {
	return platform.Workload{Cluster: cluster, Namespace: shared(m.Namespace), Kind: kind, Name: shared(m.Name), UID: line(string(m.UID)), Desired: -1, CreatedAt: utc(m.CreationTimestamp)}
}

func imagesOf(spec *corev1.PodSpec) []string {
	out := make([]string, len(spec.Containers))
	for i := range spec.Containers {
		out[i] = shared(spec.Containers[i].Image)
	}
	return out
}

// wanted reads a replica count, for which the API's default is one.
func wanted(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

func conditionOf(typ, reason, text string, at metav1.Time) platform.WorkloadCondition {
	return platform.WorkloadCondition{Type: shared(typ), Reason: shared(reason), Message: message(text), At: utc(at)}
}

func deploymentOf(cluster string, d *appsv1.Deployment) platform.Workload {
	w := workloadOf(cluster, "Deployment", &d.ObjectMeta)
	w.Desired, w.Ready, w.Updated, w.Images = wanted(d.Spec.Replicas), int(d.Status.ReadyReplicas), int(d.Status.UpdatedReplicas), imagesOf(&d.Spec.Template.Spec)
	for _, c := range d.Status.Conditions {
		bad := c.Status == corev1.ConditionFalse
		if c.Type == appsv1.DeploymentReplicaFailure {
			bad = c.Status == corev1.ConditionTrue
		}
		if bad {
			w.Conditions = append(w.Conditions, conditionOf(string(c.Type), c.Reason, c.Message, c.LastTransitionTime))
		}
	}
	return w
}

func statefulSetOf(cluster string, s *appsv1.StatefulSet) platform.Workload {
	w := workloadOf(cluster, "StatefulSet", &s.ObjectMeta)
	w.Desired, w.Ready, w.Updated, w.Images = wanted(s.Spec.Replicas), int(s.Status.ReadyReplicas), int(s.Status.UpdatedReplicas), imagesOf(&s.Spec.Template.Spec)
	for _, c := range s.Status.Conditions { // no condition of a StatefulSet is standard; a failure that is true is one
		if c.Status == corev1.ConditionTrue && c.Type == "ReplicaFailure" {
			w.Conditions = append(w.Conditions, conditionOf(string(c.Type), c.Reason, c.Message, c.LastTransitionTime))
		}
	}
	return w
}

func daemonSetOf(cluster string, d *appsv1.DaemonSet) platform.Workload {
	w := workloadOf(cluster, "DaemonSet", &d.ObjectMeta)
	w.Desired, w.Ready, w.Updated, w.Images = int(d.Status.DesiredNumberScheduled), int(d.Status.NumberReady), int(d.Status.UpdatedNumberScheduled), imagesOf(&d.Spec.Template.Spec)
	return w
}

func jobOf(cluster string, j *batchv1.Job) platform.Workload {
	w := workloadOf(cluster, "Job", &j.ObjectMeta)
	w.Desired, w.Ready, w.Images = wanted(j.Spec.Completions), int(j.Status.Succeeded), imagesOf(&j.Spec.Template.Spec)
	for _, c := range j.Status.Conditions {
		if c.Type == batchv1.JobFailed && c.Status == corev1.ConditionTrue {
			w.Conditions = append(w.Conditions, conditionOf(string(c.Type), c.Reason, c.Message, c.LastTransitionTime))
		}
	}
	return w
}

func cronJobOf(cluster string, c *batchv1.CronJob) platform.Workload {
	w := workloadOf(cluster, "CronJob", &c.ObjectMeta)
	w.Ready, w.Images = len(c.Status.Active), imagesOf(&c.Spec.JobTemplate.Spec.Template.Spec)
	return w
}

func databaseOf(cluster string, d *database) platform.Workload {
	w := workloadOf(cluster, "Cluster", &d.ObjectMeta)
	w.Desired, w.Ready, w.Updated = max(0, d.Spec.Instances), d.Status.Ready, d.Status.Ready
	image := d.Status.Image
	if image == "" {
		image = d.Spec.ImageName
	}
	if image != "" {
		w.Images = []string{shared(image)}
	}
	if w.Ready < w.Desired && d.Status.Phase != "" {
		w.Conditions = []platform.WorkloadCondition{{Type: "Phase", Message: message(d.Status.Phase)}}
	}
	return w
}

func eventOf(cluster string, e *corev1.Event) platform.Event {
	out := platform.Event{Cluster: cluster, Namespace: shared(e.Namespace), Kind: shared(e.InvolvedObject.Kind), Name: line(e.InvolvedObject.Name), Type: shared(e.Type), Reason: shared(e.Reason),
		Message: message(e.Message), Count: int(e.Count), First: utc(e.FirstTimestamp), Last: utc(e.LastTimestamp)}
	// Events of the newer API carry their times elsewhere.
	if s := e.Series; s != nil {
		out.Count, out.Last = int(s.Count), later(out.Last, s.LastObservedTime.Time)
	}
	if out.First.IsZero() {
		out.First = later(utc(e.CreationTimestamp), e.EventTime.Time)
	}
	if out.Last.IsZero() {
		out.Last = out.First
	}
	out.Count = max(out.Count, 1)
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}

// worthKeeping picks the events that pages show: warnings, and what happens to pods.
func worthKeeping(e *corev1.Event) bool {
	return e.Type == corev1.EventTypeWarning || e.InvolvedObject.Kind == "Pod"
}

func quotaOf(cluster string, q *corev1.ResourceQuota) platform.Quota {
	amounts := func(l corev1.ResourceList) map[string]float64 {
		out := make(map[string]float64, len(l))
		for name, v := range l {
			out[shared(string(name))] = quantity(v)
		}
		return out
	}
	hard := q.Status.Hard
	if len(hard) == 0 {
		hard = q.Spec.Hard
	}
	return platform.Quota{Cluster: cluster, Namespace: shared(q.Namespace), Name: shared(q.Name), Hard: amounts(hard), Used: amounts(q.Status.Used)}
}

// The labels that the platform puts on a namespace (platform facts §2.8).
const (
	labelProjectID       = "dso/project.id"
	labelProjectSlug     = "dso/project.slug"
	labelProject         = "dso/project"
	labelEnvironmentID   = "dso/environment.id"
	labelEnvironmentName = "dso/environment"
)

func namespaceOf(cluster string, n *corev1.Namespace) platform.Namespace {
	out := platform.Namespace{Cluster: cluster, Name: shared(n.Name), Phase: shared(string(n.Status.Phase)), ProjectID: line(n.Labels[labelProjectID]), ProjectSlug: shared(n.Labels[labelProjectSlug]),
		EnvironmentID: line(n.Labels[labelEnvironmentID]), EnvironmentName: shared(n.Labels[labelEnvironmentName])}
	if out.ProjectSlug == "" {
		out.ProjectSlug = shared(n.Labels[labelProject])
	}
	if env, project, ok := platform.ParseNamespace(n.Name); ok {
		if out.ProjectID == "" {
			out.ProjectID = project
		}
		if out.EnvironmentID == "" {
			out.EnvironmentID = env
		}
	}
	return out
}

// labelled reports whether the namespace says itself that it is the platform's.
func labelled(n *corev1.Namespace) bool {
	return n.Labels[labelProjectID] != "" || n.Labels[labelProjectSlug] != "" || (n.Labels[labelProject] != "" && n.Labels[labelEnvironmentName] != "")
}
