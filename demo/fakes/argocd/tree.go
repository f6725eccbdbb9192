package argocd

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

// tree gathers the nodes of one application's resource tree. It lives under View.
type tree struct {
	app   *world.Application
	ns    *world.Namespace // nil for applications of the platform
	nodes []object
	seen  map[string]bool // uid
}

// uid makes the identifier of an object that the world does not number.
func uid(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (f *face) resourceTree(_ *world.State, a *world.Application, _ *http.Request) (any, *refusal) {
	return buildTree(a), nil
}

func buildTree(a *world.Application) object {
	t := &tree{app: a, seen: map[string]bool{}, nodes: []object{}}
	if a.Environment != nil {
		t.ns = a.Environment.Namespace
	}
	if t.ns != nil && t.ns.Name != a.DestNamespace {
		t.ns = nil // a root application: it deploys applications, not what runs
	}
	for _, r := range a.Resources {
		t.root(r)
	}
	out := object{"nodes": t.nodes}
	if t.ns != nil && a.Labels["dso/type"] != "infrastructure" {
		t.secrets()
		out["nodes"] = t.nodes
		if o := t.orphans(); len(o) > 0 {
			out["orphanedNodes"] = o
		}
	}
	return out
}

// node appends a node unless its uid is there already, and returns it.
func (t *tree) node(group, version, kind, namespace, name, id string, rev uint64, created time.Time, parents ...object) object {
	n := object{"version": version, "kind": kind, "name": name, "uid": id, "resourceVersion": strconv.FormatUint(max(rev, 1), 10)}
	put(n, "group", group)
	put(n, "namespace", namespace)
	putTime(n, "createdAt", created)
	if len(parents) > 0 {
		n["parentRefs"] = parents
	}
	if !t.seen[id] {
		t.seen[id] = true
		t.nodes = append(t.nodes, n)
	}
	return n
}

func parent(n object) object {
	p := object{"kind": n["kind"], "name": n["name"], "uid": n["uid"]}
	for _, k := range []string{"group", "namespace"} {
		if v, ok := n[k]; ok {
			p[k] = v
		}
	}
	return p
}

func health(status, message string) object {
	h := object{"status": status}
	put(h, "message", message)
	return h
}

// root adds a managed resource and everything that hangs on it.
func (t *tree) root(r world.AppResource) {
	if x := t.workload(r); x != nil {
		t.controller(r, x)
		return
	}
	created := t.app.CreatedAt
	if r.Health == "Missing" {
		return // nothing lives: the tree knows only what exists
	}
	id, rev := uid(t.app.Zone, t.app.DestCluster, r.Kind, r.Namespace, r.Name), t.app.Rev
	switch {
	case t.ns != nil && r.Kind == "Namespace":
		id, rev, created = t.ns.UID, t.ns.Rev, t.ns.CreatedAt
	case t.ns != nil && r.Kind == "ResourceQuota" && t.ns.Quota != nil:
		id, rev = t.ns.Quota.UID, t.ns.Quota.Rev
	}
	n := t.node(r.Group, r.Version, r.Kind, r.Namespace, r.Name, id, rev, created)
	if r.Health != "" {
		n["health"] = health(r.Health, r.HealthMessage)
	}
	switch r.Kind {
	case "Service":
		n["networkingInfo"] = object{"targetLabels": object{"app": r.Name}}
		t.node("discovery.k8s.io", "v1", "EndpointSlice", r.Namespace, r.Name+"-"+id[:5], uid(id, "slice"), rev, created, parent(n))
		t.node("", "v1", "Endpoints", r.Namespace, r.Name, uid(id, "endpoints"), rev, created, parent(n))
	case "VaultStaticSecret", "SopsSecret":
		if r.Health == "Healthy" || r.Health == "" {
			t.node("", "v1", "Secret", r.Namespace, r.Name, uid(id, "secret"), rev, created, parent(n))
		}
	}
}

func (t *tree) workload(r world.AppResource) *world.Workload {
	if t.ns == nil {
		return nil
	}
	for _, x := range t.ns.Workloads {
		if x.Kind == r.Kind && x.Name == r.Name {
			return x
		}
	}
	return nil
}

func (t *tree) controller(r world.AppResource, x *world.Workload) {
	n := t.node(r.Group, r.Version, r.Kind, t.ns.Name, x.Name, x.UID, x.Rev, x.CreatedAt)
	if h := workloadHealth(x); h != nil {
		n["health"] = h
	}
	owners := map[string]object{x.UID: n}
	if x.Kind == "Deployment" {
		last := "Rev:" + strconv.Itoa(len(x.OldReplicaSets)+1)
		n["info"] = []object{{"name": "Revision", "value": last}}
		for i, old := range x.OldReplicaSets {
			rs := t.node("apps", "v1", "ReplicaSet", t.ns.Name, old.Name, old.UID, x.Rev, old.CreatedAt, parent(n))
			rs["health"] = health("Healthy", "")
			rs["info"] = []object{{"name": "Revision", "value": "Rev:" + strconv.Itoa(i+1)}}
			owners[old.UID] = rs
		}
		rs := t.node("apps", "v1", "ReplicaSet", t.ns.Name, x.ReplicaSet, x.ReplicaSetUID, x.Rev, x.RolledAt(), parent(n))
		rs["health"] = replicaSetHealth(x)
		rs["info"] = []object{{"name": "Revision", "value": last}}
		owners[x.ReplicaSetUID] = rs
	}
	for _, p := range t.ns.Pods {
		if p.Workload != x {
			continue
		}
		owner := owners[p.OwnerUID]
		if owner == nil && p.OwnerKind == "Job" {
			owner = t.node("batch", "v1", "Job", t.ns.Name, p.OwnerName, p.OwnerUID, p.Rev, p.CreatedAt, parent(n))
			owner["health"] = jobHealth(p)
			owners[p.OwnerUID] = owner
		}
		if owner == nil {
			owner = n
		}
		t.pod(p, parent(owner))
	}
	if x.PVC != nil {
		t.node("", "v1", "PersistentVolumeClaim", t.ns.Name, x.PVC.Name, uid(x.UID, "pvc"), x.Rev, x.CreatedAt, parent(n))["health"] = health("Healthy", "")
	}
}

func (t *tree) pod(p *world.Pod, owner ...object) {
	n := t.node("", "v1", "Pod", p.Namespace.Name, p.Name, p.UID, p.Rev, p.CreatedAt, owner...)
	ready, restarts := 0, 0
	var images []string
	for _, c := range p.Containers {
		if c.Ready {
			ready++
		}
		restarts += c.Restarts
		images = append(images, c.Image)
	}
	info := []object{{"name": "Status Reason", "value": statusReason(p)}}
	if p.Node != "" {
		info = append(info, object{"name": "Node", "value": p.Node})
	}
	info = append(info, object{"name": "Containers", "value": fmt.Sprintf("%d/%d", ready, len(p.Containers))})
	if restarts > 0 {
		info = append(info, object{"name": "Restart Count", "value": strconv.Itoa(restarts)})
	}
	n["info"], n["images"], n["health"] = info, images, podHealth(p)
	if len(p.Labels) > 0 {
		n["networkingInfo"] = object{"labels": maps.Clone(p.Labels)}
	}
}

// secrets adds the secrets of the namespace that the repository declares, with the Secret each has made.
func (t *tree) secrets() {
	for _, s := range t.ns.Secrets {
		declared := false
		for _, r := range t.app.Resources {
			declared = declared || r.Kind == s.Kind && r.Name == s.Name
		}
		if declared || s.Name == "registry-pull-secret" || s.Name == "vso-approle" {
			continue // there already, or of the -env application
		}
		id := uid(t.ns.UID, s.Kind, s.Name)
		n := t.node(secretGroup(s.Kind), secretVersion(s.Kind), s.Kind, t.ns.Name, s.Name, id, t.ns.Rev, t.ns.CreatedAt)
		if s.Kind == "Secret" {
			continue
		}
		if !s.Healthy {
			n["health"] = health("Degraded", s.Message)
			continue
		}
		n["health"] = health("Healthy", s.Message)
		t.node("", "v1", "Secret", t.ns.Name, s.Name, uid(id, "secret"), t.ns.Rev, t.ns.CreatedAt, parent(n))
	}
}

func secretGroup(kind string) string {
	switch kind {
	case "VaultStaticSecret":
		return "secrets.hashicorp.com"
	case "SopsSecret":
		return "isindir.github.com"
	}
	return ""
}

func secretVersion(kind string) string {
	switch kind {
	case "VaultStaticSecret":
		return "v1beta1"
	case "SopsSecret":
		return "v1alpha3"
	}
	return "v1"
}

// orphans are the pods of the namespace that no application manages.
func (t *tree) orphans() []object {
	o := &tree{app: t.app, ns: t.ns, seen: map[string]bool{}}
	for _, p := range t.ns.Pods {
		if p.Workload == nil {
			o.pod(p)
		}
	}
	return o.nodes
}

func workloadHealth(x *world.Workload) object {
	for _, c := range x.Conditions {
		switch {
		case c.Type == "ReplicaFailure" && c.Status == "True":
			return health("Degraded", c.Message)
		case c.Type == "Progressing" && c.Reason == "ProgressDeadlineExceeded":
			return health("Degraded", fmt.Sprintf("Deployment %q exceeded its progress deadline", x.Name))
		}
	}
	switch {
	case x.Kind == "CronJob":
		return nil
	case x.Kind == "Deployment" && x.Updated < x.Replicas:
		return health("Progressing", fmt.Sprintf("Waiting for rollout to finish: %d out of %d new replicas have been updated...", x.Updated, x.Replicas))
	case x.Kind == "Deployment" && x.Available < x.Replicas:
		return health("Progressing", fmt.Sprintf("Waiting for rollout to finish: %d of %d updated replicas are available...", x.Available, x.Replicas))
	case x.Ready < x.Replicas:
		return health("Progressing", fmt.Sprintf("Waiting for %d pods to be ready...", x.Replicas-x.Ready))
	}
	return health("Healthy", "")
}

func replicaSetHealth(x *world.Workload) object {
	for _, c := range x.Conditions {
		if c.Type == "ReplicaFailure" && c.Status == "True" {
			return health("Degraded", c.Message)
		}
	}
	if x.Available < x.Replicas {
		return health("Progressing", fmt.Sprintf("Waiting for rollout to finish: %d out of %d new replicas are available...", x.Available, x.Replicas))
	}
	return health("Healthy", "")
}

func jobHealth(p *world.Pod) object {
	switch p.Phase {
	case "Succeeded":
		return health("Healthy", "Job completed")
	case "Failed":
		return health("Degraded", "Job has reached the specified backoff limit")
	}
	return health("Progressing", "")
}

// statusReason is what kubectl shows as STATUS.
func statusReason(p *world.Pod) string {
	if p.Reason != "" {
		return p.Reason
	}
	reason := p.Phase
	for _, c := range p.Containers {
		if c.Reason != "" && (c.State == "waiting" || c.State == "terminated") {
			reason = c.Reason
		}
	}
	return reason
}

func podHealth(p *world.Pod) object {
	switch p.Phase {
	case "Succeeded":
		return health("Healthy", p.Message)
	case "Failed":
		return health("Degraded", p.Message)
	}
	ready := true
	for _, c := range p.Containers {
		ready = ready && c.Ready
		if c.State == "waiting" && (strings.HasPrefix(c.Reason, "Err") || strings.HasSuffix(c.Reason, "Error") || strings.HasSuffix(c.Reason, "BackOff")) {
			return health("Degraded", c.Message)
		}
	}
	if p.Phase == "Running" && ready {
		return health("Healthy", "")
	}
	return health("Progressing", p.Message)
}
