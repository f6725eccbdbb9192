package argocd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/platform"
)

// tree is what one application's resource tree says, mapped.
type tree struct {
	pods      []treePod
	workloads []treeWorkload
	// troubled are the nodes that are not healthy: since 3.0 the application's own list of resources tells no health.
	troubled []platform.AppResource
}

// treePod keeps with a pod what is needed to read its manifest and events.
type treePod struct {
	platform.Pod
	version string // resourceVersion: the manifest is read again only when it moved
	images  []string
}

type treeWorkload struct {
	platform.Workload
	group, apiVersion, version string
	degraded                   bool
	// failing are the ReplicaSets (or the object itself) whose events tell why pods are missing.
	failing []ref
}

// ref names an object for the events call.
type ref struct{ kind, namespace, name, uid string }

// controllers are the kinds that become a Workload; anything else above a pod only passes ownership on.
func controller(group, kind string) bool {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet":
		return group == "apps"
	case "CronJob", "Job":
		return group == "batch"
	case "Cluster":
		return group == "postgresql.cnpg.io"
	case "Rollout":
		return group == "argoproj.io"
	}
	return false
}

// mapTree reads a resource tree. cluster is the destination's label.
func mapTree(cluster string, w *wireTree) tree {
	byUID := make(map[string]*wireNode, len(w.Nodes))
	for i := range w.Nodes {
		if n := &w.Nodes[i]; n.UID != "" {
			byUID[n.UID] = n
		}
	}
	var t tree
	index := map[string]int{} // workload by UID
	for i := range w.Nodes {
		n := &w.Nodes[i]
		if n.Health != nil && !wellHealth(line(n.Health.Status)) && n.Kind != "Pod" {
			t.troubled = append(t.troubled, platform.AppResource{
				Group: line(n.Group), Kind: line(n.Kind), Namespace: line(n.Namespace), Name: line(n.Name),
				Health: line(n.Health.Status), Message: message(n.Health.Message),
			})
		}
		if !controller(n.Group, n.Kind) || owner(n, byUID) != n {
			continue
		}
		index[n.UID] = len(t.workloads)
		t.workloads = append(t.workloads, mapWorkload(cluster, n))
	}
	for i := range w.Nodes {
		n := &w.Nodes[i]
		top := owner(n, byUID)
		at, owned := index[top.UID]
		switch {
		case n.Kind == "Pod" && n.Group == "":
			p := mapPod(cluster, n)
			if top != n {
				p.WorkloadKind, p.WorkloadName = line(top.Kind), line(top.Name)
			}
			t.pods = append(t.pods, p)
			if owned {
				count(&t.workloads[at], p)
			}
		case owned && top != n && n.Kind == "ReplicaSet" && degraded(n):
			fail(&t.workloads[at], n)
		}
	}
	return t
}

func mapWorkload(cluster string, n *wireNode) treeWorkload {
	w := treeWorkload{
		Workload: platform.Workload{
			Cluster: cluster, Namespace: line(n.Namespace), Kind: line(n.Kind), Name: line(n.Name), UID: line(n.UID),
			Desired: -1, Images: sorted(lines(n.Images)), CreatedAt: n.CreatedAt.Time,
		},
		group: n.Group, apiVersion: n.Version, version: n.ResourceVersion,
		degraded: n.Health != nil && !wellHealth(n.Health.Status),
	}
	if degraded(n) {
		fail(&w, n)
	}
	return w
}

// fail adds the condition that a degraded node stands for. Argo CD calls a ReplicaSet degraded in one case only, its condition
// ReplicaFailure, and gives that condition's message.
func fail(w *treeWorkload, n *wireNode) {
	c := platform.WorkloadCondition{Type: "Health", Reason: line(n.Health.Status), Message: message(n.Health.Message)}
	switch {
	case n.Kind == "ReplicaSet":
		c.Type, c.Reason = "ReplicaFailure", "FailedCreate"
	case n.Kind == "Deployment" && strings.Contains(n.Health.Message, "progress deadline"):
		c.Type, c.Reason = "Progressing", "ProgressDeadlineExceeded"
	}
	w.Conditions = append(w.Conditions, c)
	w.failing = append(w.failing, ref{n.Kind, n.Namespace, n.Name, n.UID})
}

func degraded(n *wireNode) bool { return n.Health != nil && n.Health.Status == platform.HealthDegraded }

func count(w *treeWorkload, p treePod) {
	if !p.Finished() && p.Healthy() {
		w.Ready++
	}
	for _, image := range p.images {
		if !slices.Contains(w.Images, image) {
			w.Images = sorted(append(w.Images, image))
		}
	}
}

func sorted(in []string) []string { slices.Sort(in); return in }

// owner walks up to the top-most owner that is in the tree. A loop, which only a broken server could send, ends the walk.
func owner(n *wireNode, byUID map[string]*wireNode) *wireNode {
	top := n
	for range 16 {
		var up *wireNode
		for _, p := range top.ParentRefs {
			if found := byUID[p.UID]; found != nil && found != top {
				up = found
				break
			}
		}
		if up == nil {
			return top
		}
		top = up
	}
	return top
}

// mapPod reads the info items Argo CD makes for a pod ("Status Reason", "Node", "Containers", "Restart Count").
func mapPod(cluster string, n *wireNode) treePod {
	p := treePod{version: n.ResourceVersion, images: lines(n.Images), Pod: platform.Pod{
		Cluster: cluster, Namespace: line(n.Namespace), Name: line(n.Name), UID: line(n.UID),
		CreatedAt: n.CreatedAt.Time, FromTree: true,
	}}
	for _, item := range n.Info {
		switch value := line(item.Value); item.Name {
		case "Status Reason":
			p.Reason = value
		case "Node":
			p.Node = value
		case "Containers":
			ready, total, _ := strings.Cut(value, "/")
			p.Ready, p.Total = number(ready), number(total)
		case "Restart Count":
			p.Restarts = number(value)
		}
	}
	health := ""
	if n.Health != nil {
		health, p.Message = line(n.Health.Status), message(n.Health.Message)
	}
	p.Phase = phase(p.Reason, health)
	return p
}

func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// phase gives the pod's phase, which a tree does not tell, from its reason (kubectl's STATUS) and Argo CD's opinion.
func phase(reason, health string) string {
	switch {
	case reason == "Running" || reason == "Pending" || reason == "Failed" || reason == "Succeeded" || reason == "Unknown":
		return reason
	case reason == "Completed":
		return "Succeeded"
	case reason == "Evicted" || reason == "NodeAffinity" || reason == "OutOfcpu" || reason == "OutOfmemory" || reason == "DeadlineExceeded":
		return "Failed"
	case reason == "CrashLoopBackOff" || reason == "OOMKilled" || reason == "Terminating" || reason == "NotReady":
		return "Running"
	case reason == "Error" || strings.HasPrefix(reason, "ExitCode:") || strings.HasPrefix(reason, "Signal:"):
		return "Running" // between two starts; a Job's pod that failed for good is corrected by its manifest
	case strings.HasPrefix(reason, "Init:"), strings.Contains(reason, "Image"), strings.Contains(reason, "Create"),
		reason == "ContainerCreating", reason == "PodInitializing", reason == "SchedulingGated", reason == "ErrImagePull":
		return "Pending"
	case health == platform.HealthHealthy:
		return "Running"
	case health == platform.HealthProgressing:
		return "Pending"
	}
	return "Unknown"
}

// merge joins the trees of several applications in one namespace: twin applications list the same pods.
func merge(namespace string, trees []tree) (pods []platform.Pod, workloads []platform.Workload) {
	seen := map[string]bool{}
	for _, t := range trees {
		for _, p := range t.pods {
			if id := p.UID + "/" + p.Name; p.Namespace == namespace && !seen[id] {
				seen[id] = true
				pods = append(pods, p.Pod)
			}
		}
		for _, w := range t.workloads {
			if id := w.Kind + "/" + w.Name; w.Namespace == namespace && !seen[id] {
				seen[id] = true
				workloads = append(workloads, w.Workload)
			}
		}
	}
	slices.SortStableFunc(pods, func(a, b platform.Pod) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(workloads, func(a, b platform.Workload) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return pods, workloads
}
