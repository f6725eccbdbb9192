package world

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// RestartWorkload replaces the pods of a controller one by one, as a rollout does.
func (tx *Tx) RestartWorkload(x *Workload) {
	if x.Paused {
		tx.Touch(x, Modified)
		return
	}
	if x.Kind == "Deployment" {
		x.OldReplicaSets = append(x.OldReplicaSets, OldReplicaSet{Name: x.ReplicaSet, UID: x.ReplicaSetUID, CreatedAt: tx.Now})
		x.rollTo(uint64(tx.w.opts.Seed), x.Containers[0].Image+"#"+strconv.FormatInt(tx.Now.UnixNano(), 36))
		trim(&x.OldReplicaSets, keptHistory)
		tx.tell(x.Namespace, x.Kind, x.Name, x.UID, "Normal", "ScalingReplicaSet", "Scaled up replica set "+x.ReplicaSet+" from 0 to 1", "deployment-controller")
	}
	x.count()
	tx.Touch(x, Modified)
	tx.replace(x, 0)
}

// replace puts a new pod into each slot of a controller. A Deployment that was started anew meanwhile has its own pods put there, and a
// slot that it was scaled to has one of today's already.
func (tx *Tx) replace(x *Workload, slot int) {
	now := x.ReplicaSet
	for x.Kind == "Deployment" && slices.ContainsFunc(x.Namespace.Pods, func(p *Pod) bool { return p.Workload == x && p.Slot == slot && p.OwnerName == now }) {
		slot++
	}
	if slot >= x.Replicas {
		return
	}
	digest, broken := "", ""
	for _, p := range x.Namespace.Pods {
		if p.Workload == x && p.Containers[0].Digest != "" && p.Containers[0].Image == x.Containers[0].Image {
			digest = p.Containers[0].Digest
		}
		if p.Workload == x && p.Containers[0].Reason == "ImagePullBackOff" {
			broken = p.Containers[0].Message
		}
	}
	p := tx.birth(x, slot, digest, broken)
	tx.after(12*time.Second, func(tx *Tx) {
		for _, q := range slices.Clone(x.Namespace.Pods) {
			if q != p && q.Workload == x && q.Slot == slot && (x.Kind != "Deployment" || q.OwnerName != now && x.ReplicaSet == now) && p.Containers[0].Ready {
				tx.remove(q)
			}
		}
		x.count()
		tx.Touch(x, Modified)
		if p.Containers[0].Ready && x.ReplicaSet == now { // a rollout waits for the one that is not
			tx.after(time.Second, func(tx *Tx) { tx.replace(x, slot+1) })
		}
	})
}

// birth makes the pod of a slot, which gets ready unless its image cannot be had.
func (tx *Tx) birth(x *Workload, slot int, digest, broken string) *Pod {
	n := x.Namespace
	if x.Kind != "Deployment" {
		for _, q := range slices.Clone(n.Pods) {
			if q.Workload == x && q.Slot == slot {
				tx.remove(q) // the name is its slot's
			}
		}
	}
	p := tx.w.newPod(x, slot, tx.Now, tx.w.node(n.Cluster.Label))
	tx.add(p)
	tx.tell(n, "Pod", p.Name, p.UID, "Normal", "Scheduled", "Successfully assigned "+n.Name+"/"+p.Name+" to "+p.Node, "default-scheduler")
	tx.after(4*time.Second, func(tx *Tx) {
		if !slices.Contains(n.Pods, p) {
			return
		}
		c := p.Containers[0]
		if digest == "" && broken != "" {
			c.State, c.Reason, c.Message = "waiting", "ImagePullBackOff", broken
			tx.changed(p)
			return
		}
		c.Digest = digest
		p.run(tx.Now, false)
		tx.changed(p)
		tx.after(6*time.Second, func(tx *Tx) {
			if slices.Contains(n.Pods, p) {
				c.Ready = true
				tx.changed(p)
			}
		})
	})
	return p
}

// DeletePod removes a pod; its controller makes another one for the slot.
func (tx *Tx) DeletePod(p *Pod) {
	x := p.Workload
	digest, broken := p.Containers[0].Digest, ""
	if p.Containers[0].Reason == "ImagePullBackOff" {
		broken = p.Containers[0].Message
	}
	tx.tell(p.Namespace, "Pod", p.Name, p.UID, "Normal", "Killing", "Stopping container "+p.Containers[0].Spec.Name, "kubelet")
	tx.remove(p)
	if x == nil || x.Kind == "CronJob" {
		return
	}
	x.count()
	tx.Touch(x, Modified)
	if x.Kind == "Deployment" && (p.Phase == "Failed" || p.Phase == "Succeeded") { // not counted any more: another one came when it ended
		return
	}
	tx.after(time.Second, func(tx *Tx) {
		if slices.Contains(x.Namespace.Workloads, x) && p.Slot < x.Replicas {
			tx.birth(x, p.Slot, digest, broken)
		}
	})
}

// QuotaRefuses is the sentence with which the quota refuses more pods of a controller; "" when there is room for one.
func (n *Namespace) QuotaRefuses(x *Workload) string {
	if n.Quota == nil || len(x.Containers) == 0 {
		return ""
	}
	var cpu, mem float64
	for _, c := range x.Containers {
		cpu, mem = cpu+c.CPULimit, mem+c.MemLimit
	}
	over := func(name string, more float64) bool {
		return n.Quota.Hard[name] > 0 && n.Quota.Used[name]+more > n.Quota.Hard[name]
	}
	if !over("limits.cpu", cpu) && !over("limits.memory", mem) {
		return ""
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return `exceeded quota: dso-quota, requested: limits.cpu=` + number(cpu) + `, used: limits.cpu=` + number(n.Quota.Used["limits.cpu"]) + `, limited: limits.cpu=` + number(n.Quota.Hard["limits.cpu"])
}

// refusalBackOff is how long a controller whose pod was refused waits at most before it tries again, in a namespace where it was refused for long.
const refusalBackOff = 20 * time.Second

// createRefused makes the pods that controllers lack, as far as the quota goes.
func (tx *Tx) createRefused(n *Namespace) {
	for _, x := range n.Workloads {
		if x.Kind == "CronJob" {
			continue
		}
		digest, taken := "", map[int]bool{}
		for _, p := range n.Pods {
			if p.Workload == x {
				digest, taken[p.Slot] = p.Containers[0].Digest, true
			}
		}
		for slot := range x.Replicas {
			if taken[slot] || n.QuotaRefuses(x) != "" {
				continue
			}
			x.Conditions = slices.DeleteFunc(slices.Clone(x.Conditions), func(c WorkloadCondition) bool {
				return c.Type == "ReplicaFailure" || c.Type == "Progressing" && c.Status == "False"
			})
			tx.Touch(x, Modified)
			tx.birth(x, slot, digest, "")
		}
	}
}

// An autoscaler looks every 15 s, and takes pods away only when they were too many for five minutes.
const (
	scalerPeriod = 15 * time.Second
	scalerWindow = 5 * time.Minute
)

// rescale lets the autoscaler of a controller set its number again. At zero it rests.
func (tx *Tx) rescale(x *Workload) {
	a, now := x.Autoscaler, x.Replicas
	if a == nil || now == 0 || now == a.Wanted {
		return
	}
	want, wait, why := a.Wanted, scalerPeriod, "cpu resource utilization (percentage of request) above target"
	switch {
	case now > a.Max:
		want, why = a.Max, "Current number of replicas above Spec.MaxReplicas"
	case now < a.Min:
		want, why = a.Min, "Current number of replicas below Spec.MinReplicas"
	case now > a.Wanted:
		wait, why = scalerWindow, "All metrics below target"
	}
	tx.after(wait, func(tx *Tx) {
		if x.Replicas == now && slices.Contains(x.Namespace.Workloads, x) {
			tx.tell(x.Namespace, "HorizontalPodAutoscaler", x.Name, x.UID, "Normal", "SuccessfulRescale", "New size: "+strconv.Itoa(want)+"; reason: "+why, "horizontal-pod-autoscaler")
			tx.ScaleWorkload(x, want)
		}
	})
}

// ScaleWorkload gives a controller another number of pods, as far as the quota goes.
func (tx *Tx) ScaleWorkload(x *Workload, replicas int) {
	defer tx.rescale(x)
	from := x.Replicas
	x.Replicas = replicas
	digest := ""
	for _, p := range slices.Clone(x.Namespace.Pods) {
		if p.Workload != x {
			continue
		}
		if p.Containers[0].Digest != "" {
			digest = p.Containers[0].Digest
		}
		if p.Slot >= replicas {
			tx.remove(p)
		}
	}
	x.count()
	tx.Touch(x, Modified)
	for slot := from; slot < replicas; slot++ {
		tx.after(time.Duration(slot-from+1)*time.Second, func(tx *Tx) {
			if slot >= x.Replicas {
				return
			}
			if why := x.Namespace.QuotaRefuses(x); why != "" {
				x.Conditions = append(slices.DeleteFunc(slices.Clone(x.Conditions), func(c WorkloadCondition) bool { return c.Type == "ReplicaFailure" }),
					WorkloadCondition{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: "pods is forbidden: " + why, At: tx.Now})
				tx.Touch(x, Modified)
				return
			}
			tx.birth(x, slot, digest, "")
		})
	}
}

// RunCronJob makes a job of a CronJob at once, under a name; its pod.
func (tx *Tx) RunCronJob(x *Workload, name string) *Pod {
	p := tx.w.newPod(x, 0, tx.Now, tx.w.node(x.Namespace.Cluster.Label))
	if name != "" {
		p.OwnerName, p.OwnerUID = name, tx.freshID("job", x.UID, name)
		p.Name = name + "-" + strings.ToLower(suffixOf(5, uint64(tx.w.opts.Seed), "pod", x.UID, name))
	}
	p.run(tx.Now, true)
	if x.Repository != nil && len(x.Repository.Images) > 0 {
		p.Containers[0].Digest = x.Repository.Images[len(x.Repository.Images)-1].Digest
	}
	tx.add(p)
	tx.after(cronLength, func(tx *Tx) {
		c := p.Containers[0]
		p.Phase, c.State, c.Reason, c.FinishedAt, c.Ready = "Succeeded", "terminated", "Completed", tx.Now, false
		tx.changed(p)
		tx.requota(x.Namespace)
		tx.after(900*time.Second, func(tx *Tx) { tx.remove(p) })
	})
	return p
}
