package argocd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// applyManifest completes a pod of the tree with its live manifest: container states, digests, what is asked and why it waits.
func applyManifest(p *platform.Pod, w *wirePod) {
	p.Node = cmp.Or(line(w.Spec.NodeName), p.Node)
	p.Phase = cmp.Or(line(w.Status.Phase), p.Phase)
	if w.Status.Reason != "" {
		p.Reason = line(w.Status.Reason)
	}
	if w.Status.Message != "" {
		p.Message = message(w.Status.Message)
	}
	if w.Metadata.DeletionTimestamp != nil {
		p.Reason = "Terminating"
	}
	p.Containers = make([]platform.Container, 0, len(w.Spec.InitContainers)+len(w.Spec.Containers))
	p.Restarts = 0
	for _, c := range w.Spec.InitContainers {
		p.Containers = append(p.Containers, container(c, w.Status.InitContainerStatuses, true))
	}
	p.Total, p.Ready = len(w.Spec.Containers), 0
	for _, c := range w.Spec.Containers {
		mapped := container(c, w.Status.ContainerStatuses, false)
		if mapped.Ready {
			p.Ready++
		}
		p.Containers = append(p.Containers, mapped)
	}
	for _, c := range p.Containers {
		p.Restarts += c.Restarts
		if p.Message == "" && c.State == "waiting" {
			p.Message = c.Message
		}
	}
	if p.Message != "" {
		return
	}
	for _, c := range w.Status.Conditions { // why it is not scheduled
		if c.Status == "False" && c.Type == "PodScheduled" {
			p.Message = message(c.Message)
		}
	}
}

func container(spec wireContainer, statuses []wireStatus, init bool) platform.Container {
	c := platform.Container{
		Name: line(spec.Name), Image: line(spec.Image), Init: init,
		Request: asked(spec.Resources.Requests), Limit: asked(spec.Resources.Limits),
	}
	at := slices.IndexFunc(statuses, func(s wireStatus) bool { return s.Name == spec.Name })
	if at < 0 {
		return c
	}
	s := statuses[at]
	c.Ready, c.Restarts, c.Digest = s.Ready, max(0, s.RestartCount), digest(s.ImageID)
	switch {
	case s.State.Running != nil:
		c.State, c.Since = "running", s.State.Running.StartedAt.Time
	case s.State.Waiting != nil:
		c.State, c.Reason, c.Message = "waiting", line(s.State.Waiting.Reason), message(s.State.Waiting.Message)
	case s.State.Terminated != nil:
		c.State, c.Reason, c.Message = "terminated", line(s.State.Terminated.Reason), message(s.State.Terminated.Message)
		c.Since = s.State.Terminated.FinishedAt.Time
	}
	if last := s.LastState.Terminated; last != nil {
		c.LastReason, c.LastExitCode, c.LastFinished = line(last.Reason), last.ExitCode, last.FinishedAt.Time
	}
	return c
}

func asked(amounts map[string]quantity) platform.ContainerResources {
	return platform.ContainerResources{CPU: float64(amounts["cpu"]), Memory: float64(amounts["memory"])}
}

// digest is the manifest digest of an imageID. A bare "sha256:…" is the id of the image's configuration, which no registry knows.
func digest(imageID string) string {
	_, d, ok := strings.Cut(line(imageID), "@")
	if !ok || !strings.HasPrefix(d, "sha256:") {
		return ""
	}
	return d
}

// applyController completes a workload of the tree with its live manifest.
func applyController(w *platform.Workload, m *wireController) {
	switch {
	case w.Kind == "Cluster" && m.Spec.Instances != nil:
		w.Desired, w.Ready, w.Updated = *m.Spec.Instances, m.Status.ReadyInstances, m.Status.ReadyInstances
	case w.Kind == "DaemonSet":
		w.Desired, w.Ready, w.Updated = m.Status.DesiredNumberScheduled, m.Status.NumberReady, m.Status.UpdatedNumberScheduled
	case m.Spec.Replicas != nil:
		w.Desired, w.Ready, w.Updated = *m.Spec.Replicas, m.Status.ReadyReplicas, m.Status.UpdatedReplicas
	}
	for _, c := range m.Status.Conditions {
		bad := c.Status == "True" && strings.HasSuffix(c.Type, "Failure") || c.Status == "False" && (c.Type == "Available" || c.Type == "Progressing" || c.Type == "Ready")
		if !bad || slices.ContainsFunc(w.Conditions, func(k platform.WorkloadCondition) bool { return k.Type == c.Type && k.Message == message(c.Message) }) {
			continue
		}
		w.Conditions = append(w.Conditions, platform.WorkloadCondition{
			Type: line(c.Type), Reason: line(c.Reason), Message: message(c.Message), At: c.LastTransitionTime.Time,
		})
	}
}

// mapEvents maps the events of one object, newest first.
func mapEvents(cluster, namespace string, w *wireEvents) []platform.Event {
	out := make([]platform.Event, 0, len(w.Items))
	for _, e := range w.Items {
		ev := platform.Event{
			Cluster: cluster, Namespace: cmp.Or(line(e.InvolvedObject.Namespace), namespace),
			Kind: line(e.InvolvedObject.Kind), Name: line(e.InvolvedObject.Name),
			Type: line(e.Type), Reason: line(e.Reason), Message: message(e.Message),
			Count: max(1, e.Count), First: earliest(e.FirstTimestamp.Time, e.EventTime.Time), Last: latest(e.LastTimestamp.Time, e.EventTime.Time),
		}
		if e.Series != nil {
			ev.Count, ev.Last = max(ev.Count, e.Series.Count), latest(ev.Last, e.Series.LastObservedTime.Time)
		}
		if ev.Namespace != namespace {
			continue
		}
		out = append(out, ev)
	}
	newestFirst(out)
	return out
}

func newestFirst(events []platform.Event) {
	slices.SortStableFunc(events, func(a, b platform.Event) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason))
	})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
