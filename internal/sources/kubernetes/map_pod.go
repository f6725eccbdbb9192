package kubernetes

import (
	"fmt"
	"strings"
	"time"
	"unique"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/internal/platform"
)

// shared cleans a text that many objects have in common and keeps one copy of it for all of them.
func shared(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(line(s)).Value()
}

func utc(t metav1.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// podOf maps a pod. Reason, Ready and Restarts are computed as kubectl's columns are (printPod in kubernetes/pkg/printers).
func podOf(cluster string, p *corev1.Pod) platform.Pod {
	out := platform.Pod{Cluster: cluster, Namespace: shared(p.Namespace), Name: line(p.Name), UID: line(string(p.UID)), Phase: shared(string(p.Status.Phase)),
		Message: message(p.Status.Message), Node: shared(p.Spec.NodeName), CreatedAt: utc(p.CreationTimestamp)}
	out.WorkloadKind, out.WorkloadName = controllerOf(p)
	column := columnOf(p)
	out.Reason, out.Ready, out.Total, out.Restarts = shared(column.reason), column.ready, column.total, column.restarts

	specs := make(map[string]*corev1.Container, len(p.Spec.Containers)+len(p.Spec.InitContainers))
	for i := range p.Spec.InitContainers {
		specs[p.Spec.InitContainers[i].Name] = &p.Spec.InitContainers[i]
	}
	for i := range p.Spec.Containers {
		specs[p.Spec.Containers[i].Name] = &p.Spec.Containers[i]
	}
	out.Containers = make([]platform.Container, 0, len(specs))
	seen := map[string]bool{}
	add := func(list []corev1.ContainerStatus, init bool) {
		for i := range list {
			out.Containers = append(out.Containers, containerOf(specs[list[i].Name], &list[i], init))
			seen[list[i].Name] = true
		}
	}
	add(p.Status.InitContainerStatuses, true)
	add(p.Status.ContainerStatuses, false)
	for i := range p.Spec.Containers { // a pod that no node took has no statuses yet
		if c := &p.Spec.Containers[i]; !seen[c.Name] {
			out.Containers = append(out.Containers, containerOf(c, &corev1.ContainerStatus{Name: c.Name, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}}, false))
		}
	}
	if out.Message == "" {
		out.Message = trouble(out.Containers, p.Status.Conditions)
	}
	return out
}

// trouble finds the words that explain a pod which has none of its own.
func trouble(containers []platform.Container, conditions []corev1.PodCondition) string {
	for _, c := range containers {
		if c.State == "waiting" && c.Message != "" {
			return c.Message
		}
	}
	for _, c := range conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return message(c.Message)
		}
	}
	return ""
}

func containerOf(spec *corev1.Container, st *corev1.ContainerStatus, init bool) platform.Container {
	c := platform.Container{Name: shared(st.Name), Image: shared(st.Image), Digest: digestOf(st.ImageID), Init: init, Ready: st.Ready, Restarts: int(st.RestartCount)}
	if spec != nil {
		c.Image = shared(spec.Image) // as written in the manifest; the status may have it normalised
		c.Request, c.Limit = amounts(spec.Resources.Requests), amounts(spec.Resources.Limits)
	}
	switch s := st.State; {
	case s.Running != nil:
		c.State, c.Since = "running", utc(s.Running.StartedAt)
	case s.Terminated != nil:
		c.State, c.Reason, c.Message, c.Since = "terminated", shared(s.Terminated.Reason), message(s.Terminated.Message), utc(s.Terminated.FinishedAt)
	default:
		c.State = "waiting"
		if s.Waiting != nil {
			c.Reason, c.Message = shared(s.Waiting.Reason), message(s.Waiting.Message)
		}
	}
	if t := st.LastTerminationState.Terminated; t != nil {
		c.LastReason, c.LastExitCode, c.LastFinished = shared(t.Reason), int(t.ExitCode), utc(t.FinishedAt)
	}
	return c
}

func amounts(l corev1.ResourceList) platform.ContainerResources {
	return platform.ContainerResources{CPU: l.Cpu().AsApproximateFloat64(), Memory: l.Memory().AsApproximateFloat64()}
}

func quantity(q resource.Quantity) float64 { return q.AsApproximateFloat64() }

// digestOf is the manifest digest of an imageID, "…@sha256:…". A bare "sha256:…" is the id of the image's configuration, which no registry knows: what a
// node says of an image that it did not pull by name.
func digestOf(imageID string) string {
	if i := strings.LastIndex(imageID, "@"); i >= 0 && strings.HasPrefix(imageID[i+1:], "sha256:") {
		return shared(imageID[i+1:])
	}
	return ""
}

// controllerOf names the controller a person knows. A Deployment's pods belong to a ReplicaSet whose name is the Deployment's
// and the hash in the pod's label; a CronJob's to a Job whose name is the CronJob's and the minute. So nobody has to read
// ReplicaSets, of which there are ten times as many.
func controllerOf(p *corev1.Pod) (kind, name string) {
	ref := metav1.GetControllerOf(p)
	if ref == nil {
		return "", ""
	}
	if ref.Kind == "ReplicaSet" {
		for label, owner := range map[string]string{"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"} {
			if hash := p.Labels[label]; hash != "" {
				if base, ok := strings.CutSuffix(ref.Name, "-"+hash); ok && base != "" {
					return owner, shared(base)
				}
			}
		}
	}
	if ref.Kind == "Job" {
		if i := strings.LastIndexByte(ref.Name, '-'); i > 0 && minutes(ref.Name[i+1:]) {
			return "CronJob", shared(ref.Name[:i])
		}
	}
	return shared(ref.Kind), shared(ref.Name)
}

// minutes recognises the suffix that the CronJob controller gives to its Jobs: minutes since 1970, eight digits until 2160.
func minutes(s string) bool {
	if len(s) != 8 {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

type podColumn struct {
	reason                 string
	ready, total, restarts int
}

func sidecar(c *corev1.Container) bool {
	return c != nil && c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func columnOf(p *corev1.Pod) podColumn {
	col := podColumn{reason: string(p.Status.Phase), total: len(p.Spec.Containers)}
	if p.Status.Reason != "" {
		col.reason = p.Status.Reason
	}
	initialised := false
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			col.reason = corev1.PodReasonSchedulingGated
		}
		initialised = initialised || (c.Type == corev1.PodInitialized && c.Status == corev1.ConditionTrue)
	}
	initialising, sidecarRestarts := col.initColumn(p)
	if !initialising || initialised {
		col.restarts = sidecarRestarts
		col.mainColumn(p)
	}
	switch {
	case p.DeletionTimestamp == nil:
	case p.Status.Reason == "NodeLost":
		col.reason = "Unknown"
	case p.Status.Phase != corev1.PodFailed && p.Status.Phase != corev1.PodSucceeded:
		col.reason = "Terminating"
	}
	return col
}

// initColumn walks the init containers up to the first that is not through.
func (col *podColumn) initColumn(p *corev1.Pod) (initialising bool, sidecarRestarts int) {
	specs := map[string]*corev1.Container{}
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		specs[c.Name] = c
		if sidecar(c) {
			col.total++
		}
	}
	for i := range p.Status.InitContainerStatuses {
		c := &p.Status.InitContainerStatuses[i]
		col.restarts += int(c.RestartCount)
		side := sidecar(specs[c.Name])
		if side {
			sidecarRestarts += int(c.RestartCount)
		}
		switch {
		case c.State.Terminated != nil && c.State.Terminated.ExitCode == 0:
			continue
		case side && c.Started != nil && *c.Started:
			if c.Ready {
				col.ready++
			}
			continue
		case c.State.Terminated != nil:
			col.reason = "Init:" + ended(c.State.Terminated)
		case c.State.Waiting != nil && c.State.Waiting.Reason != "" && c.State.Waiting.Reason != "PodInitializing":
			col.reason = "Init:" + c.State.Waiting.Reason
		default:
			col.reason = fmt.Sprintf("Init:%d/%d", i, len(p.Spec.InitContainers))
		}
		return true, sidecarRestarts
	}
	return false, sidecarRestarts
}

func (col *podColumn) mainColumn(p *corev1.Pod) {
	running := false
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := &p.Status.ContainerStatuses[i]
		col.restarts += int(c.RestartCount)
		switch {
		case c.State.Waiting != nil && c.State.Waiting.Reason != "":
			col.reason = c.State.Waiting.Reason
		case c.State.Terminated != nil:
			col.reason = ended(c.State.Terminated)
		case c.Ready && c.State.Running != nil:
			running = true
			col.ready++
		}
	}
	if col.reason == "Completed" && running {
		col.reason = "NotReady"
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
				col.reason = "Running"
			}
		}
	}
}

func ended(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}
