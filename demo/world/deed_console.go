package world

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What people and clients do to a platform, as the tools would carry it out. Each takes its course by the world's clock, like everything
// else that happens in it.

// After lets f happen d after the change.
func (tx *Tx) After(d time.Duration, f func(*Tx)) { tx.after(d, f) }

// Order is what one asks the console to provision.
type Order struct {
	Action  string // of the log entry, "Replay hooks for Project"
	UserID  string
	Version string        // the console's, noted when all went well; "" is the world's
	Took    time.Duration // how long the tools take; 0 is at once
	Legacy  bool          // written by the legacy back-end
}

// toolNames are the console's words in its log, by those of its health page.
var toolNames = map[string]string{"ArgoCD": "argocd", "Gitlab": "gitlab", "Harbor": "harbor", "Keycloak": "keycloak", "Nexus": "nexus", "SonarQube": "sonarqube", "Vault": "vault"}

// ToolBroken is the state of a tool that fails every provisioning.
const ToolBroken = "En échec"

// Break lets a tool fail, by the name that the health page has for it; an empty message mends it.
func (tx *Tx) Break(tool, message string) {
	for _, t := range tx.State.Tools {
		if t.Name != tool {
			continue
		}
		t.Status, t.Message, t.Cause = "OK", "OK", ""
		if message != "" {
			t.Status, t.Message, t.Cause = ToolBroken, message, message
		}
	}
}

// Provision runs every tool on a project, writes what came of it into the console's log and the project, and calls done. The order may still be
// going on when whoever asked has gone.
func (tx *Tx) Provision(p *Project, o Order, done func(*Tx, *LogEntry)) {
	started := tx.Now
	finish := func(tx *Tx) {
		failed := map[string]string{}
		for _, t := range tx.State.Tools {
			if t.Status == ToolBroken {
				failed[toolNames[t.Name]] = t.Message
			}
		}
		if o.Version == "" {
			o.Version = tx.State.ConsoleVersion
		}
		e := newLogEntry(uint64(tx.w.opts.Seed), p, o.Action, tx.Now, max(tx.Now.Sub(started), 1200*time.Millisecond), o.UserID, failed)
		e.ID, e.Legacy = tx.freshID("log", p.ID), o.Legacy
		if o.Action != "Sync Repository" {
			p.Status = "failed"
			if len(failed) == 0 {
				tx.renew(p)
				tx.downstream(p, o.Took > 0)
				p.Status, p.LastProvisioned = "created", o.Version
			}
		}
		p.record(e)
		p.UpdatedAt = tx.Now
		tx.Touch(p, Modified)
		if done != nil {
			done(tx, e)
		}
	}
	if o.Took <= 0 {
		finish(tx)
		return
	}
	tx.after(o.Took, finish)
}

// freshID is an id that nothing else has.
func (tx *Tx) freshID(parts ...string) string {
	tx.w.ids.token++
	return uuidOf(uint64(tx.w.opts.Seed), append(parts, strconv.FormatInt(tx.Now.UnixNano(), 36), strconv.FormatInt(tx.w.ids.token, 36))...)
}

// renew is what the tools themselves do when a provisioning goes well.
func (tx *Tx) renew(p *Project) {
	for _, t := range p.GroupTokens {
		if t.Name == p.Slug+"-bot" && (!t.Active || !t.ExpiresAt.After(tx.Now)) {
			tx.w.ids.token++
			t.ID, t.Active, t.Revoked, t.CreatedAt, t.ExpiresAt = tx.w.ids.token, true, false, tx.Now, tx.Now.AddDate(1, 0, 0).Truncate(day)
		}
	}
}

func quotaOf(e *Environment) map[string]float64 {
	return map[string]float64{"limits.cpu": e.CPU, "requests.cpu": e.CPU, "limits.memory": e.Memory * gib, "requests.memory": e.Memory * gib, "requests.nvidia.com/gpu": e.GPU}
}

// NewEnvironment declares an environment; its project's provisioning makes its applications and its namespace.
func (tx *Tx) NewEnvironment(p *Project, name, stageID, clusterID string, cpu, gpu, mem float64, autosync bool) *Environment {
	e := &Environment{ID: tx.freshID("environment", p.ID, name), Name: name, StageID: stageID, ClusterID: clusterID, CPU: cpu, GPU: gpu, Memory: mem, Autosync: autosync, CreatedAt: tx.Now, UpdatedAt: tx.Now, Project: p}
	var c *Cluster
	for _, k := range tx.State.Clusters {
		if k.ID == clusterID {
			c = k
		}
	}
	n := &Namespace{Name: NamespaceName(e.ID, p.ID), Cluster: c, Environment: e, UID: tx.freshID("namespace", e.ID), CreatedAt: tx.Now, Labels: map[string]string{
		"app.kubernetes.io/managed-by": "dso-console", "dso/project": p.Name, "dso/project.id": p.ID, "dso/project.slug": p.Slug, "dso/environment": name, "dso/environment.id": e.ID}}
	n.Labels["kubernetes.io/metadata.name"] = n.Name
	n.Quota = &Quota{UID: tx.freshID("quota", e.ID), Name: "dso-quota", Hard: quotaOf(e), Used: map[string]float64{}}
	n.Secrets = []*Secret{{Kind: "VaultStaticSecret", Name: "registry-pull-secret", Healthy: true}, {Kind: "Secret", Name: "registry-pull-secret", Keys: []string{".dockerconfigjson"}, Healthy: true}}
	n.recount()
	e.Namespace = n
	p.Environments = append(p.Environments, e)
	return e
}

// DropEnvironment removes an environment with all that is in it, volumes included.
func (tx *Tx) DropEnvironment(e *Environment) {
	p := e.Project
	p.Environments = slices.DeleteFunc(p.Environments, func(x *Environment) bool { return x == e })
	for _, a := range slices.Clone(tx.State.Applications) {
		if a.Environment == e {
			tx.State.Applications = slices.DeleteFunc(tx.State.Applications, func(x *Application) bool { return x == a })
			tx.Touch(a, Deleted)
		}
	}
	n := e.Namespace
	if n == nil {
		return
	}
	for _, pod := range slices.Clone(n.Pods) {
		tx.remove(pod)
	}
	for _, x := range n.Workloads {
		tx.Touch(x, Deleted)
	}
	n.Workloads = nil
	n.Cluster.Namespaces = slices.DeleteFunc(n.Cluster.Namespaces, func(x *Namespace) bool { return x == n })
	delete(tx.State.NamespaceOf, n.Cluster.Label+"/"+n.Name)
	tx.Touch(n, Deleted)
}

// MoveChain lets a chain of exposure go on after its failed step.
func (tx *Tx) MoveChain(c *ServiceChain) {
	c.State, c.UpdatedAt = "pending", tx.Now
	for flow, state := range c.Flows {
		if state == "failed" {
			c.Flows[flow] = "pending"
		}
	}
	tx.after(20*time.Second, func(tx *Tx) {
		c.State, c.UpdatedAt = "success", tx.Now
		for flow := range c.Flows {
			c.Flows[flow] = "success"
		}
	})
}

// UserByEmail finds an account; nil when there is none.
func (s *State) UserByEmail(email string) *User {
	for _, u := range s.Users {
		if strings.EqualFold(u.Email, email) {
			return u
		}
	}
	return nil
}
