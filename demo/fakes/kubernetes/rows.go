package kubernetes

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/duration"
)

func nameRow(o object) []any { return []any{o.GetName()} }

func (s *Server) namespaceRow(o object) []any {
	n := o.(*corev1.Namespace)
	return []any{n.Name, string(n.Status.Phase), s.age(n.CreationTimestamp)}
}

func (s *Server) nodeRow(o object) []any {
	n := o.(*corev1.Node)
	status := "NotReady"
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			status = "Ready"
		}
	}
	i := n.Status.NodeInfo
	return []any{n.Name, status, "worker", s.age(n.CreationTimestamp), i.KubeletVersion, n.Status.Addresses[0].Address, none, i.OSImage, i.KernelVersion, i.ContainerRuntimeVersion}
}

func (s *Server) podRow(o object) []any {
	p := o.(*corev1.Pod)
	ready, restarts := 0, 0
	reason := string(p.Status.Phase)
	if p.Status.Reason != "" {
		reason = p.Status.Reason
	}
	var lastRestart metav1.Time
	running := false
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := p.Status.ContainerStatuses[i]
		restarts += int(c.RestartCount)
		if t := c.LastTerminationState.Terminated; t != nil && lastRestart.Before(&t.FinishedAt) {
			lastRestart = t.FinishedAt
		}
		switch {
		case c.State.Waiting != nil && c.State.Waiting.Reason != "":
			reason = c.State.Waiting.Reason
		case c.State.Terminated != nil && c.State.Terminated.Reason != "":
			reason = c.State.Terminated.Reason
		case c.State.Terminated != nil:
			reason = fmt.Sprintf("ExitCode:%d", c.State.Terminated.ExitCode)
		case c.Ready && c.State.Running != nil:
			running = true
		}
		if c.Ready {
			ready++
		}
	}
	if reason == "Completed" && running {
		reason = "NotReady"
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
				reason = "Running"
			}
		}
	}
	if p.DeletionTimestamp != nil {
		reason = "Terminating"
	}
	text := strconv.Itoa(restarts)
	if restarts > 0 && !lastRestart.IsZero() {
		text = fmt.Sprintf("%d (%s ago)", restarts, s.age(lastRestart))
	}
	return []any{p.Name, fmt.Sprintf("%d/%d", ready, len(p.Spec.Containers)), reason, text, s.age(p.CreationTimestamp), orNone(p.Status.PodIP), orNone(p.Spec.NodeName), none, none}
}

func (s *Server) eventRow(o object) []any {
	var first, last metav1.Time
	var ref corev1.ObjectReference
	var typ, reason, message, from string
	var count int32
	switch e := o.(type) {
	case *corev1.Event:
		first, last, ref, typ, reason, message, from, count = e.FirstTimestamp, e.LastTimestamp, e.InvolvedObject, e.Type, e.Reason, e.Message, e.Source.Component, e.Count
	case *eventsv1.Event:
		first, last, ref, typ, reason, message, from, count = e.DeprecatedFirstTimestamp, e.DeprecatedLastTimestamp, e.Regarding, e.Type, e.Reason, e.Note, e.ReportingController, e.DeprecatedCount
	}
	seen := s.age(last)
	if count > 1 {
		seen = fmt.Sprintf("%s (x%d over %s)", s.age(last), count, s.age(first))
	}
	return []any{seen, typ, reason, lower(ref.Kind) + "/" + ref.Name, ref.FieldPath, from, strings.TrimSpace(message), s.age(first), count, o.GetName()}
}

func (s *Server) quotaRow(o object) []any {
	q := o.(*corev1.ResourceQuota)
	var names []string
	for n := range q.Status.Hard {
		names = append(names, string(n))
	}
	sort.Strings(names)
	var requests, limits []string
	for _, n := range names {
		used, hard := q.Status.Used[corev1.ResourceName(n)], q.Status.Hard[corev1.ResourceName(n)]
		text := fmt.Sprintf("%s: %s/%s", n, used.String(), hard.String())
		if strings.HasPrefix(n, "limits.") {
			limits = append(limits, text)
		} else {
			requests = append(requests, text)
		}
	}
	return []any{q.Name, s.age(q.CreationTimestamp), strings.Join(requests, ", "), strings.Join(limits, ", ")}
}

func selectorText(m map[string]string) string {
	return orNone(metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: m}))
}

func (s *Server) serviceRow(o object) []any {
	v := o.(*corev1.Service)
	var ports []string
	for _, p := range v.Spec.Ports {
		ports = append(ports, fmt.Sprintf("%d/%s", p.Port, p.Protocol))
	}
	return []any{v.Name, string(v.Spec.Type), v.Spec.ClusterIP, none, strings.Join(ports, ","), s.age(v.CreationTimestamp), selectorText(v.Spec.Selector)}
}

func (s *Server) configMapRow(o object) []any {
	c := o.(*corev1.ConfigMap)
	return []any{c.Name, strconv.Itoa(len(c.Data)), s.age(c.CreationTimestamp)}
}

func (s *Server) secretRow(o object) []any {
	c := o.(*corev1.Secret)
	return []any{c.Name, string(c.Type), len(c.Data), s.age(c.CreationTimestamp)}
}

func (s *Server) serviceAccountRow(o object) []any {
	return []any{o.GetName(), 0, s.age(o.GetCreationTimestamp())}
}

func (s *Server) claimRow(o object) []any {
	c := o.(*corev1.PersistentVolumeClaim)
	size := c.Status.Capacity[corev1.ResourceStorage]
	return []any{c.Name, string(c.Status.Phase), c.Spec.VolumeName, size.String(), "RWO", *c.Spec.StorageClassName, "<unset>", s.age(c.CreationTimestamp), string(*c.Spec.VolumeMode)}
}

func containersOf(spec corev1.PodSpec) (names, images string) {
	var n, i []string
	for _, c := range spec.Containers {
		n, i = append(n, c.Name), append(i, c.Image)
	}
	return strings.Join(n, ","), strings.Join(i, ",")
}

func (s *Server) deploymentRow(o object) []any {
	d := o.(*appsv1.Deployment)
	names, images := containersOf(d.Spec.Template.Spec)
	return []any{d.Name, fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, *d.Spec.Replicas), strconv.Itoa(int(d.Status.UpdatedReplicas)), strconv.Itoa(int(d.Status.AvailableReplicas)),
		s.age(d.CreationTimestamp), names, images, selectorText(d.Spec.Selector.MatchLabels)}
}

func (s *Server) replicaSetRow(o object) []any {
	r := o.(*appsv1.ReplicaSet)
	names, images := containersOf(r.Spec.Template.Spec)
	return []any{r.Name, *r.Spec.Replicas, r.Status.Replicas, r.Status.ReadyReplicas, s.age(r.CreationTimestamp), names, images, selectorText(r.Spec.Selector.MatchLabels)}
}

func (s *Server) statefulSetRow(o object) []any {
	d := o.(*appsv1.StatefulSet)
	names, images := containersOf(d.Spec.Template.Spec)
	return []any{d.Name, fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, *d.Spec.Replicas), s.age(d.CreationTimestamp), names, images}
}

func (s *Server) daemonSetRow(o object) []any {
	d := o.(*appsv1.DaemonSet)
	return []any{d.Name, d.Status.DesiredNumberScheduled, d.Status.CurrentNumberScheduled, d.Status.NumberReady, d.Status.UpdatedNumberScheduled, d.Status.NumberAvailable, none, s.age(d.CreationTimestamp)}
}

func (s *Server) jobRow(o object) []any {
	j := o.(*batchv1.Job)
	status := "Running"
	for _, c := range j.Status.Conditions {
		status = string(c.Type)
	}
	took := ""
	switch {
	case j.Status.CompletionTime != nil:
		took = duration.HumanDuration(j.Status.CompletionTime.Sub(j.Status.StartTime.Time))
	case j.Status.StartTime != nil:
		took = s.age(*j.Status.StartTime)
	}
	names, images := containersOf(j.Spec.Template.Spec)
	return []any{j.Name, status, fmt.Sprintf("%d/1", j.Status.Succeeded), took, s.age(j.CreationTimestamp), names, images}
}

func (s *Server) cronJobRow(o object) []any {
	c := o.(*batchv1.CronJob)
	last := none
	if c.Status.LastScheduleTime != nil {
		last = s.age(*c.Status.LastScheduleTime)
	}
	names, images := containersOf(c.Spec.JobTemplate.Spec.Template.Spec)
	return []any{c.Name, c.Spec.Schedule, none, "False", len(c.Status.Active), last, s.age(c.CreationTimestamp), names, images}
}

func (s *Server) databaseRow(o object) []any {
	u := o.(*unstructured.Unstructured)
	get := func(path ...string) any {
		v, _, _ := unstructured.NestedFieldNoCopy(u.Object, path...)
		return v
	}
	return []any{u.GetName(), s.age(u.GetCreationTimestamp()), get("status", "instances"), get("status", "readyInstances"), get("status", "phase"), get("status", "currentPrimary")}
}

func metricsRow(o object) []any {
	return []any{o.GetName(), "", "", "1m0s"}
}
