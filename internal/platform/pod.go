package platform

import (
	"strings"
	"time"
)

// Workload is a controller of pods: Deployment, StatefulSet, DaemonSet, CronJob, Job, CNPG Cluster…
type Workload struct {
	Cluster    string // console cluster label; "" when unknown
	Namespace  string
	Kind       string
	Name       string
	UID        string
	Desired    int // replicas wanted; -1 when unknown
	Ready      int
	Updated    int
	Images     []string
	Conditions []WorkloadCondition // those that say something is wrong
	CreatedAt  time.Time
}

// WorkloadCondition is a condition of a controller or of its ReplicaSets, e.g. ReplicaFailure/FailedCreate.
type WorkloadCondition struct {
	Type    string
	Reason  string
	Message string
	At      time.Time
}

// Pod is a pod as Kubernetes or an Argo CD resource tree shows it.
type Pod struct {
	Cluster      string
	Namespace    string
	Name         string
	UID          string
	WorkloadKind string // top-most controller when known: Deployment rather than ReplicaSet
	WorkloadName string
	Phase        string // Pending, Running, Succeeded, Failed, Unknown
	// Reason is what kubectl shows in STATUS: CrashLoopBackOff, ImagePullBackOff, Completed, Running…
	Reason     string
	Message    string
	Ready      int // containers ready
	Total      int // containers
	Restarts   int
	Node       string
	CreatedAt  time.Time
	Containers []Container // nil when only a resource tree was read
	// FromTree is true when the pod was read in an Argo CD resource tree: container details are then missing
	// unless the manifest was read too.
	FromTree bool
}

// Container is one container of a pod.
type Container struct {
	Name     string
	Image    string // as written in the manifest
	Digest   string // "sha256:…" of what really runs; "" when unknown
	Init     bool
	Ready    bool
	Restarts int
	State    string // running, waiting or terminated
	Reason   string
	Message  string
	Since    time.Time // start of the current state; zero when waiting
	// The last termination, which explains restarts.
	LastReason   string // OOMKilled, Error, Completed…
	LastExitCode int
	LastFinished time.Time
	Request      ContainerResources
	Limit        ContainerResources
}

// ContainerResources is what a container asks: CPU in cores, Memory in bytes. Zero means not set.
type ContainerResources struct {
	CPU    float64
	Memory float64
}

// Healthy reports whether the pod does what is asked of it: ready, or finished well.
func (p *Pod) Healthy() bool {
	if p.Phase == "Succeeded" || p.Reason == "Completed" {
		return true
	}
	return p.Phase == "Running" && p.Total > 0 && p.Ready == p.Total
}

// Finished reports whether the pod ran to its end, well or not: such pods do not count as wanted. One that was evicted, or ended with its node, lies
// there for days beside the one that took its place.
func (p *Pod) Finished() bool {
	return p.Phase == "Succeeded" || p.Phase == "Failed" || p.Reason == "Completed"
}

// ImagePull reports whether the pod cannot have its image.
func (p *Pod) ImagePull() bool {
	return pullReason(strings.TrimPrefix(p.Reason, "Init:"))
}

// ImagePull reports whether the container cannot have its image.
func (c *Container) ImagePull() bool { return c.State == "waiting" && pullReason(c.Reason) }

// pullReason are the kubelet's words for an image that it cannot have (kubernetes/pkg/kubelet/images/types.go).
func pullReason(reason string) bool {
	switch reason {
	case "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed":
		return true
	}
	return false
}

// ParseImage splits an image reference into registry host, Harbor project, repository, tag and digest.
// Any part may be empty; a reference without a host has host "".
func ParseImage(ref string) (host, project, repository, tag, digest string) {
	rest := strings.TrimPrefix(strings.TrimPrefix(ref, "docker-pullable://"), "docker://")
	if i := strings.Index(rest, "@"); i >= 0 {
		rest, digest = rest[:i], rest[i+1:]
	}
	if i := strings.LastIndex(rest, ":"); i > strings.LastIndex(rest, "/") {
		rest, tag = rest[:i], rest[i+1:]
	}
	parts := strings.Split(rest, "/")
	if len(parts) > 1 && (strings.ContainsAny(parts[0], ".:") || parts[0] == "localhost") {
		host, parts = parts[0], parts[1:]
	}
	if len(parts) > 1 {
		project, parts = parts[0], parts[1:]
	}
	return host, project, strings.Join(parts, "/"), tag, digest
}

// Event is a Kubernetes event.
type Event struct {
	Cluster   string
	Namespace string
	Kind      string // of the object concerned
	Name      string
	Type      string // Normal or Warning
	Reason    string
	Message   string
	Count     int
	First     time.Time
	Last      time.Time
}

// Quota is a ResourceQuota. Amounts are by resource name ("limits.cpu" in cores, "limits.memory" in bytes).
type Quota struct {
	Cluster   string
	Namespace string
	Name      string // "dso-quota" is the platform's own
	Hard      map[string]float64
	Used      map[string]float64
}

// Fill returns used/hard for the fullest of the CPU and memory limits and requests, and the name of that resource.
// The ratio is 0 and the name "" when nothing is limited.
func (q Quota) Fill() (ratio float64, resource string) {
	for _, name := range []string{"limits.cpu", "limits.memory", "requests.cpu", "requests.memory"} {
		hard := q.Hard[name]
		if hard <= 0 {
			continue
		}
		if r := q.Used[name] / hard; r > ratio {
			ratio, resource = r, name
		}
	}
	return ratio, resource
}

// Namespace is a namespace of a cluster with the platform's labels.
type Namespace struct {
	Cluster         string
	Name            string
	Phase           string
	ProjectID       string
	ProjectSlug     string
	EnvironmentID   string
	EnvironmentName string
}
