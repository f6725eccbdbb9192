package world

import (
	"fmt"
	"strconv"
	"time"
)

type workloadPlan struct {
	kind, name     string // kind "" is Deployment
	replicas       int
	repo           *Repository // its image, back artifacts before the newest, unless image is given
	back           int
	tag            string // "" is the first tag of the artifact
	image          string // a full reference
	cpu, mem       float64
	port           int
	style          LogStyle
	tier, part     string // labels tier and component
	noProbes       bool
	age            time.Duration // since the pods were made
	created        time.Duration // since the controller was made; 0 is the namespace's age
	schedule       string
	pvc            *PVC
	unlabelled     bool
	noRequests     bool
	third          string // third-party image below the registry's cache project
	restartsMaxima int
}

func (b *builder) workload(n *Namespace, o workloadPlan) *Workload {
	if o.kind == "" {
		o.kind = "Deployment"
	}
	x := &Workload{UID: uuidOf(b.seed, "wl", n.UID, o.name), Kind: o.kind, Name: o.name, Namespace: n, Replicas: o.replicas, Schedule: o.schedule, PVC: o.pvc,
		CreatedAt: n.CreatedAt.Add(10 * minute), Rev: b.next()}
	if o.created != 0 {
		x.CreatedAt = b.ago(o.created)
	}
	image, digest := o.image, ""
	switch {
	case o.third != "":
		image = b.s.RegistryHost + "/cache-public/" + o.third
		digest = "sha256:" + hexOf(64, 0, "image", image)
	case o.repo != nil:
		x.Repository = o.repo
		if image == "" {
			img := o.repo.Images[max(0, len(o.repo.Images)-1-o.back)]
			tag := o.tag
			if tag == "" {
				tag = img.Commit[:8]
			}
			image, digest = b.s.RegistryHost+"/"+o.repo.Project.Slug+"/"+o.repo.Name+":"+tag, img.Digest
		}
	}
	c := ContainerSpec{Name: o.name, Image: image, CPURequest: o.cpu, CPULimit: o.cpu, MemRequest: o.mem, MemLimit: o.mem, Port: o.port, Style: o.style, Probes: !o.noProbes}
	if o.noRequests {
		c.CPURequest, c.CPULimit, c.MemRequest, c.MemLimit = 0, 0, 0, 0
	}
	x.Containers = []ContainerSpec{c}
	x.Labels = map[string]string{"app.kubernetes.io/name": o.name}
	if !o.unlabelled {
		x.Labels["app"], x.Labels["tier"], x.Labels["component"], x.Labels["env"] = o.name, o.tier, o.part, envLabel(n)
	}
	if o.kind == "Deployment" {
		x.rollTo(b.seed, image)
	}
	n.Workloads = append(n.Workloads, x)
	at := b.ago(o.age)
	if at.Before(x.CreatedAt) {
		at = x.CreatedAt
	}
	count := o.replicas
	if o.kind == "CronJob" {
		count = 0
	}
	n.Pods = growPods(n.Pods, count)
	for i := range count {
		p := b.w.newPod(x, i, at.Add(time.Duration(i)*4*time.Second), b.place(n.Cluster))
		p.Rev = b.next()
		p.Containers[0].Digest = digest
		p.run(p.CreatedAt.Add(9*time.Second), true)
		if o.restartsMaxima > 0 {
			p.Containers[0].Restarts = int(hash64(b.seed, p.UID) % uint64(o.restartsMaxima+1))
		}
		n.Pods = append(n.Pods, p)
	}
	x.count()
	return x
}

// growPods makes room for n more without the slack that append leaves, which matters with 50,000 pods.
func growPods(pods []*Pod, n int) []*Pod {
	if cap(pods)-len(pods) >= n {
		return pods
	}
	grown := make([]*Pod, len(pods), len(pods)+n)
	copy(grown, pods)
	return grown
}

// envLabel is the platform's word for an environment in the label env; it differs from the console's stages.
func envLabel(n *Namespace) string {
	if n.Environment == nil {
		return "dev"
	}
	switch n.Environment.Name {
	case "integration", "integ", "recette":
		return "test"
	case "staging":
		return "preprod"
	case "demo":
		return "formation"
	}
	return n.Environment.Name
}

func (b *builder) place(c *Cluster) string {
	b.ip++
	nodes := b.nodes[c.Label]
	return nodes[int(b.ip)%len(nodes)].Name
}

// rollTo gives the workload a new ReplicaSet for an image.
func (x *Workload) rollTo(seed uint64, image string) {
	n := strconv.Itoa(len(x.OldReplicaSets))
	x.ReplicaSet = x.Name + "-" + suffixOf(10, seed, x.UID, image, n)
	x.ReplicaSetUID = uuidOf(seed, "rs", x.UID, image, n)
}

// newPod makes a pending pod of a workload. index is the ordinal of a StatefulSet's pod.
func (w *World) newPod(x *Workload, index int, at time.Time, node string) *Pod {
	seed := uint64(w.opts.Seed)
	n := x.Namespace
	nonce := strconv.FormatInt(at.UnixNano(), 36) + "." + strconv.Itoa(index)
	h := hash64(seed, "pod", x.UID, nonce)
	p := &Pod{UID: uuidOf(seed, "pod", x.UID, nonce), Namespace: n, Workload: x, Labels: x.Labels, Node: node, Phase: "Pending", CreatedAt: at, Slot: index,
		IP: fmt.Sprintf("10.%d.%d.%d", 128+h%4, h>>8%250, 2+h>>16%250)}
	switch x.Kind {
	case "Deployment":
		p.Name = x.ReplicaSet + "-" + suffixOf(5, seed, "pod", x.UID, nonce)
		p.OwnerKind, p.OwnerName, p.OwnerUID = "ReplicaSet", x.ReplicaSet, x.ReplicaSetUID
	case "CronJob":
		p.OwnerName = x.Name + "-" + strconv.FormatInt(at.Unix()/60, 10)
		p.OwnerKind, p.OwnerUID = "Job", uuidOf(seed, "job", x.UID, p.OwnerName)
		p.Name = p.OwnerName + "-" + suffixOf(5, seed, "pod", x.UID, nonce)
	case "Cluster":
		p.Name = x.Name + "-" + strconv.Itoa(index+1)
		p.OwnerKind, p.OwnerName, p.OwnerUID = x.Kind, x.Name, x.UID
	default:
		p.Name = x.Name + "-" + strconv.Itoa(index)
		p.OwnerKind, p.OwnerName, p.OwnerUID = x.Kind, x.Name, x.UID
	}
	all := make([]Container, len(x.Containers))
	p.Containers = make([]*Container, len(all))
	for i, c := range x.Containers {
		all[i] = Container{Spec: c, Image: c.Image, State: "waiting", Reason: "ContainerCreating"}
		p.Containers[i] = &all[i]
	}
	return p
}

// run marks every container as running since at.
func (p *Pod) run(at time.Time, ready bool) {
	p.Phase = "Running"
	for _, c := range p.Containers {
		c.State, c.Reason, c.Message, c.StartedAt, c.Ready = "running", "", "", at, ready
	}
}

// count brings the workload's replica counts up to date with its pods.
func (x *Workload) count() {
	x.Ready, x.Updated = 0, 0
	for _, p := range x.Namespace.Pods {
		if p.Workload != x {
			continue
		}
		ready := len(p.Containers) > 0 && p.Phase == "Running"
		for _, c := range p.Containers {
			ready = ready && c.Ready
		}
		if ready {
			x.Ready++
		}
		if x.Kind != "Deployment" || p.OwnerName == x.ReplicaSet {
			x.Updated++
		}
	}
	x.Available = x.Ready
}

// recount brings the quota's use up to date with the pods.
func (n *Namespace) recount() {
	if n.Quota == nil {
		return
	}
	used := map[string]float64{"limits.cpu": 0, "requests.cpu": 0, "limits.memory": 0, "requests.memory": 0, "requests.nvidia.com/gpu": 0}
	for _, p := range n.Pods {
		if p.Phase == "Succeeded" || p.Phase == "Failed" {
			continue
		}
		for _, c := range p.Containers {
			used["limits.cpu"] += c.Spec.CPULimit
			used["requests.cpu"] += c.Spec.CPURequest
			used["limits.memory"] += c.Spec.MemLimit
			used["requests.memory"] += c.Spec.MemRequest
		}
	}
	n.Quota.Used = used
}

// event adds an event that happened count times between first and last ago.
func (b *builder) event(n *Namespace, kind, name, uid, typ, reason, message, component string, count int, first, last time.Duration) {
	e := newEvent(b.seed, n, kind, name, uid, typ, reason, message, component, b.ago(last))
	e.Count, e.First, e.Rev = count, b.ago(first), b.next()
	n.Events = append(n.Events, e)
}

func newEvent(seed uint64, n *Namespace, kind, name, uid, typ, reason, message, component string, at time.Time) *Event {
	id := hexOf(16, seed, "event", n.UID, kind, name, reason, strconv.FormatInt(at.UnixNano(), 36))
	return &Event{UID: uuidOf(seed, "event", id, name), Name: name + "." + id, Kind: kind, ObjectName: name, ObjectUID: uid, Type: typ, Reason: reason,
		Message: message, Component: component, Count: 1, First: at, Last: at}
}
