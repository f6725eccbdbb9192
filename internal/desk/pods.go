package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// PodAsk names a pod. Application ("namespace/name") is the Argo CD application that has it in its tree, for those that ask an Argo CD; ""
// where several or none are known.
type PodAsk struct{ Namespace, Name, Application string }

// The roles of a container in its pod.
const (
	RoleMain      = ""
	RoleInit      = "init"
	RoleSidecar   = "sidecar" // an init container that stays
	RoleEphemeral = "ephemeral"
)

// ContainerEnd is how a run of a container ended. Signal is 0 unless the runtime tells one.
type ContainerEnd struct {
	Reason, Message string
	Code, Signal    int
	Started, Ended  time.Time
}

// ContainerDetail is a container with what the lists leave out. Amounts are as the manifest writes them; "" is not set.
type ContainerDetail struct {
	Name, Role, Image, Digest       string
	Ready, Started                  bool
	Restarts                        int
	State                           string // running, waiting, terminated
	Reason, Message                 string // of what waits
	Since                           time.Time
	End, Last                       *ContainerEnd // of a run that ended now; of the run before
	CPURequest, CPULimit            string
	MemoryRequest, MemoryLimit      string
	StorageRequest, StorageLimit    string
	Ports                           []string // "http 8080/TCP"
	Liveness, Readiness, StartProbe string   // "HTTP GET /sante :8080, 10 s, 3×"
	PullPolicy                      string
}

// PodCondition is a condition of a pod.
type PodCondition struct {
	Type, Status    string // PodScheduled, Initialized, ContainersReady, Ready…; True, False, Unknown
	Reason, Message string
	Since           time.Time
}

// PodDetail is a pod read for one person who looks at it.
type PodDetail struct {
	Namespace, Name, UID   string
	Phase, Reason, Message string
	Node, IP               string
	QoS, ServiceAccount    string
	Owner                  string // "ReplicaSet/web-7d9f"
	Priority               string
	CreatedAt, StartedAt   time.Time
	DeletedAt              time.Time // zero: nobody asked to delete it
	Grace                  time.Duration
	RestartPolicy          string
	Containers             []ContainerDetail // init ones first, in the order of the manifest
	Conditions             []PodCondition    // those that are not True first
	Volumes                []string          // "config: ConfigMap app", "data: PersistentVolumeClaim pg-1"
	Events                 []platform.Event  // newest first
	EventsErr              error             // why they could not be read; the rest stands
	Manifest               Manifest
	FromTree               bool // read through an Argo CD
}

// Pods is a system that knows a pod in detail: an apiserver, an Argo CD. Methods are safe for concurrent use and end with their context;
// failures are the transport's faults.
type Pods interface {
	Name() string
	Pod(ctx context.Context, ask PodAsk) (PodDetail, error)
}

// PodOrigin is a system with the question as it understands it.
type PodOrigin struct {
	Pods
	Ask PodAsk
}

// PodsReach is how a pod can be read: what answers best comes first. Empty: nothing is configured that knows its namespace.
type PodsReach struct {
	Origins []PodOrigin
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r PodsReach) Health(source string, err error) platform.SourceHealth {
	return explained(r.Explain, source, err)
}

// Read asks one origin after the other until one answers; the error is that of the first.
func (r PodsReach) Read(ctx context.Context) (d PodDetail, source string, err error) {
	for _, o := range r.Origins {
		got, e := o.Pod(ctx, o.Ask)
		if e == nil {
			return got, o.Name(), nil
		}
		if err == nil {
			source, err = o.Name(), e
		}
		if ctx.Err() != nil {
			return d, source, err
		}
	}
	return d, source, err
}
