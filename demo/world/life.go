package world

import (
	"slices"
	"time"
)

// eventLife is how long Kubernetes keeps an event.
const eventLife = time.Hour

// schedule plans what the world will do by itself; each thing plans what follows from it.
func (w *World) schedule() {
	if w.opts.Calm {
		w.churn()
		return
	}
	w.pullAgain()
	w.starve()
	w.refuseAgain()
	w.cron()
	w.training()
	w.deliveries()
	w.journal()
	for _, a := range w.state.Alerts {
		if a.State == "pending" {
			w.at(a.ActiveAt.Add(a.For), func(*Tx) { a.State = "firing" })
		}
	}
	w.at(w.start.Add(3*minute), w.checkTools)
	for _, c := range w.state.Clusters {
		for _, n := range c.Namespaces {
			for _, e := range n.Events {
				if w.start.Sub(e.Last) < eventLife && !w.repeats(e) {
					w.forget(n, e)
				}
			}
		}
	}
	w.churn()
}

// repeats reports whether an event belongs to a story that goes on.
func (w *World) repeats(e *Event) bool { return e.Count > 5 }

// forget removes an event when Kubernetes would.
func (w *World) forget(n *Namespace, e *Event) {
	w.at(e.Last.Add(eventLife), func(tx *Tx) {
		if i := slices.Index(n.Events, e); i >= 0 {
			n.Events = slices.Delete(n.Events, i, i+1)
			tx.Touch(e, Deleted)
		}
	})
}

// tell adds an event.
func (tx *Tx) tell(n *Namespace, kind, name, uid, typ, reason, message, component string) {
	e := newEvent(uint64(tx.w.opts.Seed), n, kind, name, uid, typ, reason, message, component, tx.Now)
	n.Events = append(n.Events, e)
	tx.Touch(e, Added)
	tx.w.forget(n, e)
}

func (tx *Tx) again(e *Event) {
	e.Count++
	e.Last = tx.Now
	tx.Touch(e, Modified)
}

func (w *World) environment(slug, name string) *Environment {
	if p := w.state.ProjectBySlug[slug]; p != nil {
		for _, e := range p.Environments {
			if e.Name == name {
				return e
			}
		}
	}
	return nil
}

// pullAgain lets the kubelet try the missing image again, every five minutes as its back-off ends.
func (w *World) pullAgain() {
	n := w.environment("agendaprefs", "prod").Namespace
	for _, p := range n.Pods {
		c := p.Containers[0]
		if c.Reason != "ImagePullBackOff" {
			continue
		}
		backOff, message := c.Message, c.Message
		var try func(*Tx)
		try = func(tx *Tx) {
			if c.Reason != "ImagePullBackOff" || !slices.Contains(n.Pods, p) {
				return // somebody repaired it
			}
			c.Reason, c.Message = "ErrImagePull", message[len("Back-off pulling image "):]
			tx.Touch(p, Modified)
			for _, e := range n.Events {
				if e.ObjectUID == p.UID && e.Count > 5 {
					tx.again(e)
				}
			}
			tx.after(12*time.Second, func(tx *Tx) {
				if c.Reason == "ErrImagePull" {
					c.Reason, c.Message = "ImagePullBackOff", backOff
					tx.Touch(p, Modified)
					tx.after(5*minute, try)
				}
			})
		}
		w.at(w.start.Add(time.Duration(50+hash64(0, p.UID)%60)*time.Second), try)
	}
}

// starve kills every starved container when its memory is full.
func (w *World) starve() {
	for _, cl := range w.state.Clusters {
		for _, n := range cl.Namespaces {
			for _, p := range n.Pods {
				if c := p.Containers[0]; c.LastReason == "OOMKilled" && c.State == "running" {
					w.at(c.StartedAt.Add(starvation), func(tx *Tx) { tx.kill(p, "OOMKilled", 137) })
				}
			}
		}
	}
}

// kill ends a pod's first container, which its kubelet starts again after a back-off, to end the same way for as long as memory lacks.
func (tx *Tx) kill(p *Pod, reason string, code int) {
	n, c := p.Namespace, p.Containers[0]
	if c.State != "running" || !slices.Contains(n.Pods, p) {
		return
	}
	c.State, c.Reason, c.ExitCode, c.FinishedAt, c.Ready = "terminated", reason, code, tx.Now, false
	c.LastReason, c.LastExitCode, c.LastStarted, c.LastFinished = reason, code, c.StartedAt, tx.Now
	tx.changed(p)
	tx.after(time.Second, func(tx *Tx) {
		c.State, c.Reason, c.Message = "waiting", "CrashLoopBackOff", "back-off 10s restarting failed container="+c.Spec.Name+" pod="+p.Name+"_"+n.Name+"("+p.UID+")"
		tx.changed(p)
		found := false
		for _, e := range n.Events {
			if e.ObjectUID == p.UID && e.Reason == "BackOff" {
				tx.again(e)
				found = true
			}
		}
		if !found {
			tx.tell(n, "Pod", p.Name, p.UID, "Warning", "BackOff", "Back-off restarting failed container "+c.Spec.Name+" in pod "+p.Name+"_"+n.Name+"("+p.UID+")", "kubelet")
		}
	})
	tx.after(12*time.Second, func(tx *Tx) {
		c.Restarts++
		p.run(tx.Now, false)
		tx.changed(p)
		if reason == "OOMKilled" {
			tx.after(starvation, func(tx *Tx) { tx.kill(p, reason, code) })
		}
	})
	tx.after(30*time.Second, func(tx *Tx) {
		if c.State == "running" {
			c.Ready = true
			tx.changed(p)
		}
	})
}

// changed announces a pod and what its controller counts.
func (tx *Tx) changed(p *Pod) {
	tx.Touch(p, Modified)
	if x := p.Workload; x != nil {
		ready, updated := x.Ready, x.Updated
		if x.count(); x.Ready != ready || x.Updated != updated {
			tx.Touch(x, Modified)
		}
	}
}

// refuseAgain repeats the events of pods that the quota refuses.
func (w *World) refuseAgain() {
	for _, cl := range w.state.Clusters {
		for _, n := range cl.Namespaces {
			for _, e := range n.Events {
				if e.Reason != "FailedCreate" {
					continue
				}
				var again func(*Tx)
				again = func(tx *Tx) {
					if !n.refused(e.ObjectUID) {
						return
					}
					tx.again(e)
					tx.after(16*minute, again)
				}
				w.at(w.start.Add(time.Duration(60+hash64(0, e.UID)%300)*time.Second), again)
			}
		}
	}
}

// refused reports whether the controller with a replica set is still refused pods.
func (n *Namespace) refused(replicaSet string) bool {
	return slices.ContainsFunc(n.Workloads, func(x *Workload) bool {
		return x.ReplicaSetUID == replicaSet && slices.ContainsFunc(x.Conditions, func(c WorkloadCondition) bool { return c.Type == "ReplicaFailure" })
	})
}

// cron runs the jobs of CronJobs at each half-hour.
func (w *World) cron() {
	for _, cl := range w.state.Clusters {
		for _, n := range cl.Namespaces {
			for _, x := range n.Workloads {
				if x.Kind != "CronJob" {
					continue
				}
				var run func(*Tx)
				run = func(tx *Tx) {
					p := w.newPod(x, 0, tx.Now, w.node(cl.Label))
					p.run(tx.Now.Add(2*time.Second), true)
					if x.Repository != nil && len(x.Repository.Images) > 0 {
						p.Containers[0].Digest = x.Repository.Images[len(x.Repository.Images)-1].Digest
					}
					tx.add(p)
					tx.after(cronLength, func(tx *Tx) {
						c := p.Containers[0]
						p.Phase, c.State, c.Reason, c.FinishedAt, c.Ready = "Succeeded", "terminated", "Completed", tx.Now, false
						tx.changed(p)
						tx.requota(n)
						tx.after(900*time.Second, func(tx *Tx) { tx.remove(p) }) // the policy that cleans finished jobs
					})
					tx.after(30*minute, run)
				}
				w.at(w.start.Truncate(30*minute).Add(30*minute), run)
			}
		}
	}
}

func (w *World) node(cluster string) string {
	var names []string
	for _, n := range w.state.Nodes {
		if n.Cluster == cluster {
			names = append(names, n.Name)
		}
	}
	return names[w.rng.IntN(len(names))]
}

// add makes a pod exist.
func (tx *Tx) add(p *Pod) {
	p.Namespace.Pods = append(p.Namespace.Pods, p)
	tx.Touch(p, Added)
	tx.requota(p.Namespace)
}

// remove makes a pod vanish.
func (tx *Tx) remove(p *Pod) {
	n := p.Namespace
	if i := slices.Index(n.Pods, p); i >= 0 {
		n.Pods = slices.Delete(n.Pods, i, i+1)
		tx.Touch(p, Deleted)
		tx.requota(n)
	}
}

func (tx *Tx) requota(n *Namespace) {
	if n.Quota == nil {
		return
	}
	before := n.Quota.Used["limits.cpu"]
	if n.recount(); n.Quota.Used["limits.cpu"] != before {
		tx.Touch(n.Quota, Modified)
	}
}

// training is what goes on in testform when the world begins: the mirror ends well, its repository's pipeline runs, the pod gets ready; then
// the new image is deployed, although the gate is red.
func (w *World) training() {
	p := w.state.ProjectBySlug["testform"]
	runs := p.Mirror.Pipelines
	mirror := runs[len(runs)-1]
	w.at(mirror.StartedAt.Add(27*time.Second), func(tx *Tx) {
		tx.endMirror(mirror, "success")
		r := p.Repositories[0]
		tx.push(r, outSuccess, func(tx *Tx, c *Commit) { tx.deploy(r, c) })
	})
	pod := w.environment("testform", "demo").Namespace.Pods[0]
	w.at(w.start.Add(75*time.Second), func(tx *Tx) {
		pod.Containers[0].Ready = true
		tx.changed(pod)
		for _, a := range tx.State.Applications {
			if a.DestNamespace == pod.Namespace.Name && a.Health == "Progressing" {
				tx.settle(a)
			}
		}
	})
}

// settle makes an application healthy.
func (tx *Tx) settle(a *Application) {
	a.Health, a.ReconciledAt = "Healthy", tx.Now
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Health == "Progressing" {
			r.Health, r.HealthMessage = "Healthy", ""
		}
	}
	tx.Touch(a, Modified)
}

func (w *World) checkTools(tx *Tx) {
	for _, t := range tx.State.Tools {
		t.At = tx.Now
	}
	tx.after(5*minute, w.checkTools)
}

// journal writes an ordinary entry in the console's journal now and then.
func (w *World) journal() {
	var write func(*Tx)
	write = func(tx *Tx) {
		tx.after(time.Duration(240+w.rng.IntN(300))*time.Second, write)
		p := tx.State.Projects[w.rng.IntN(len(tx.State.Projects))]
		if p.Status != "created" || p.Locked {
			return
		}
		e := newLogEntry(uint64(w.opts.Seed), p, "Replay hooks for Project", tx.Now, time.Duration(9000+w.rng.IntN(9000))*time.Millisecond, p.OwnerID, nil)
		p.record(e)
		p.UpdatedAt = tx.Now
		tx.Touch(p, Modified)
	}
	w.at(w.start.Add(100*time.Second), write)
}

// record adds a log entry and forgets very old ones.
func (p *Project) record(e *LogEntry) {
	const kept = 200
	p.Log = append(p.Log, e)
	if len(p.Log) > kept {
		p.Log = slices.Delete(p.Log, 0, len(p.Log)-kept)
	}
}

// churn makes changes at the rates asked for.
func (w *World) churn() {
	repeat := func(rate float64, f func(*Tx)) {
		if rate <= 0 {
			return
		}
		every := time.Duration(float64(time.Second) / rate)
		var tick func(*Tx)
		tick = func(tx *Tx) {
			f(tx)
			tx.after(every, tick)
		}
		w.at(w.start.Add(every), tick)
	}
	repeat(w.opts.Churn.Pods, func(tx *Tx) {
		c := tx.State.Clusters[w.rng.IntN(len(tx.State.Clusters))]
		n := c.Namespaces[w.rng.IntN(len(c.Namespaces))]
		if len(n.Pods) == 0 {
			return
		}
		p := n.Pods[w.rng.IntN(len(n.Pods))]
		if k := p.Containers[0]; k.State == "running" && k.LastReason != "OOMKilled" {
			k.Restarts++
			k.LastReason, k.LastExitCode, k.LastStarted, k.LastFinished, k.StartedAt = "Error", 1, k.StartedAt, tx.Now.Add(-time.Second), tx.Now
			tx.changed(p)
		}
	})
	repeat(w.opts.Churn.Applications, func(tx *Tx) {
		a := tx.State.Applications[w.rng.IntN(len(tx.State.Applications))]
		a.ReconciledAt = tx.Now
		tx.Touch(a, Modified)
	})
	repeat(w.opts.Churn.Pipelines, func(tx *Tx) { tx.deliver() })
}
