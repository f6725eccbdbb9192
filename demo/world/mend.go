package world

import (
	"slices"
	"strings"
	"time"
)

// How long Argo CD takes to look at git by itself, the controller to close the rollout, and the ruler to find that an alert no longer holds.
const (
	gitPoll  = 3 * time.Minute
	resolves = 30 * time.Second
)

// stuck is the controller of an application's namespace whose pods wait for an image that is gone, with one of its pods that still runs the
// image from before; nil when there is none.
func stuck(a *Application) (x *Workload, well *Pod) {
	if a.Environment == nil || a.Environment.Namespace == nil {
		return nil, nil
	}
	for _, p := range a.Environment.Namespace.Pods {
		if k := p.Workload; k != nil && k.Kind == "Deployment" && pulls(p) {
			for _, q := range a.Environment.Namespace.Pods {
				if q.Workload == k && q.Containers[0].Ready && q.Containers[0].Digest != "" {
					return k, q
				}
			}
		}
	}
	return nil, nil
}

// pulls reports whether a pod waits for an image that cannot be had.
func pulls(p *Pod) bool {
	return p.Containers[0].Reason == "ImagePullBackOff" || p.Containers[0].Reason == "ErrImagePull"
}

// reverted makes the newest commit of an infra repository the team's answer to a deployment whose image is gone: the tag from before is back.
// Argo CD finds it as it does, or at once when somebody refreshes.
func (tx *Tx) reverted(r *Repository, c *Commit) {
	for _, a := range tx.State.Applications {
		if tx.State.infra(a) != r {
			continue
		}
		if x, well := stuck(a); x != nil {
			_, tag, _ := strings.Cut(well.Containers[0].Image[strings.LastIndex(well.Containers[0].Image, "/")+1:], ":")
			c.Title = "revert: " + x.Name + " revient à " + tag
			tx.after(gitPoll, func(tx *Tx) { tx.RefreshApplication(a) })
		}
	}
}

// putRight lets an application that deploys by itself follow its repository back to the image that still runs beside the pods that wait.
func (tx *Tx) putRight(a *Application) {
	x, well := stuck(a)
	if x == nil || !a.Autosync || a.Sync != "OutOfSync" {
		return
	}
	tx.after(2*time.Second, func(tx *Tx) { // it compares before it operates
		if a.Sync == "OutOfSync" && x == first(stuck(a)) {
			tx.operateBack(a, x, well)
		}
	})
}

func first(x *Workload, _ *Pod) *Workload { return x }

func (tx *Tx) operateBack(a *Application, x *Workload, well *Pod) {
	a.Revision = tx.State.Head(a)
	a.Operation = &Operation{Phase: "Running", Message: "waiting for completion", Revision: a.Revision, StartedAt: tx.Now}
	tx.Touch(a, Modified)
	op := a.Operation
	tx.after(4*time.Second, func(tx *Tx) {
		if a.Operation != op {
			return
		}
		tx.backTo(x, well)
		a.describe(x.Namespace)
		done := *op
		done.Phase, done.Message, done.FinishedAt = "Succeeded", "successfully synced (all tasks run)", tx.Now
		for i := range a.Resources {
			k := &a.Resources[i]
			if k.Kind == x.Kind && k.Name == x.Name {
				k.Health, k.HealthMessage = "Progressing", "Waiting for deployment rollout to finish"
			}
			said := *k
			said.SyncStatus, said.Message = "Synced", k.Name+" configured"
			done.Results = append(done.Results, said)
		}
		a.Operation, a.Sync, a.Health, a.ReconciledAt = &done, "Synced", "Progressing", tx.Now
		id := int64(0)
		if n := len(a.History); n > 0 {
			id = a.History[n-1].ID + 1
		}
		a.History = append(a.History, Deployed{ID: id, Revision: a.Revision, At: tx.Now})
		trim(&a.History, keptHistory)
		tx.Touch(a, Modified)
		tx.after(15*time.Second, func(tx *Tx) { tx.recovered(a, x) })
	})
}

// backTo brings a controller back to the revision of a pod that is well: its ReplicaSet takes over again, pods that wait for the other image go.
func (tx *Tx) backTo(x *Workload, well *Pod) {
	bad := OldReplicaSet{Name: x.ReplicaSet, UID: x.ReplicaSetUID, CreatedAt: tx.Now}
	for i, old := range x.OldReplicaSets {
		if old.Name == well.OwnerName {
			x.ReplicaSet, x.ReplicaSetUID = old.Name, old.UID
			x.OldReplicaSets[i] = bad
		}
	}
	x.Containers = slices.Clone(x.Containers)
	x.Containers[0].Image = well.Containers[0].Image
	tx.tell(x.Namespace, x.Kind, x.Name, x.UID, "Normal", "ScalingReplicaSet", "Scaled down replica set "+bad.Name+" to 0 from 2", "deployment-controller")
	for _, p := range slices.Clone(x.Namespace.Pods) {
		if p.Workload == x && pulls(p) {
			tx.remove(p)
			tx.birth(x, p.Slot, well.Containers[0].Digest, "")
		}
	}
	x.count()
	tx.Touch(x, Modified)
}

// recovered closes an incident when every pod is ready: conditions, health, and a moment later the alerts about the controller.
func (tx *Tx) recovered(a *Application, x *Workload) {
	x.count()
	if x.Ready < x.Replicas {
		return
	}
	x.Conditions = []WorkloadCondition{
		{Type: "Available", Status: "True", Reason: "MinimumReplicasAvailable", Message: "Deployment has minimum availability.", At: tx.Now},
		{Type: "Progressing", Status: "True", Reason: "NewReplicaSetAvailable", Message: `ReplicaSet "` + x.ReplicaSet + `" has successfully progressed.`, At: tx.Now},
	}
	tx.Touch(x, Modified)
	tx.settle(a)
	tx.after(resolves, func(tx *Tx) {
		tx.State.Alerts = slices.DeleteFunc(tx.State.Alerts, func(l *Alert) bool {
			return l.Labels["namespace"] == x.Namespace.Name && l.Labels["deployment"] == x.Name
		})
	})
}
