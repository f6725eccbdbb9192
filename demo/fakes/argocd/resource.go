package argocd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strconv"

	"dsotop/demo/world"
)

// hidden is how Argo CD shows the value of a secret.
const hidden = "++++++++"

func text(o any) string {
	b, err := json.Marshal(o)
	if err != nil {
		return "null"
	}
	return string(b)
}

func meta(namespace, name, id string, rev uint64, labels map[string]string) object {
	m := object{"name": name, "uid": id, "resourceVersion": strconv.FormatUint(max(rev, 1), 10)}
	put(m, "namespace", namespace)
	if len(labels) > 0 {
		m["labels"] = labels
	}
	return m
}

func amounts(cpu, mem float64) object {
	o := object{}
	if cpu > 0 {
		o["cpu"] = strconv.FormatFloat(cpu*1000, 'f', -1, 64) + "m"
	}
	if mem > 0 {
		o["memory"] = strconv.FormatFloat(mem, 'f', 0, 64)
	}
	return o
}

func containers(specs []world.ContainerSpec) []object {
	out := []object{}
	for _, s := range specs {
		c := object{"name": s.Name, "image": s.Image, "resources": object{"requests": amounts(s.CPURequest, s.MemRequest), "limits": amounts(s.CPULimit, s.MemLimit)}}
		if s.Port != 0 {
			c["ports"] = []object{{"containerPort": s.Port, "protocol": "TCP"}}
		}
		if s.Probes {
			probe := object{"httpGet": object{"path": "/sante", "port": s.Port, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3}
			c["livenessProbe"], c["readinessProbe"] = probe, probe
		}
		out = append(out, c)
	}
	return out
}

// podManifest is the live pod with its status, where the digests that run are.
func podManifest(p *world.Pod) object {
	m := meta(p.Namespace.Name, p.Name, p.UID, p.Rev, p.Labels)
	m["creationTimestamp"] = rfc(p.CreatedAt)
	if p.OwnerKind != "" {
		api := "apps/v1"
		switch p.OwnerKind {
		case "Job":
			api = "batch/v1"
		case "Cluster":
			api = "postgresql.cnpg.io/v1"
		}
		m["ownerReferences"] = []object{{"apiVersion": api, "kind": p.OwnerKind, "name": p.OwnerName, "uid": p.OwnerUID, "controller": true, "blockOwnerDeletion": true}}
	}
	specs := make([]world.ContainerSpec, 0, len(p.Containers))
	statuses := []object{}
	allReady := "True"
	for _, c := range p.Containers {
		spec := c.Spec
		spec.Image = c.Image
		specs = append(specs, spec)
		s := object{"name": c.Spec.Name, "image": c.Image, "imageID": "", "ready": c.Ready, "started": c.State == "running", "restartCount": c.Restarts, "state": containerState(c), "lastState": object{}}
		if c.Digest != "" {
			s["imageID"] = repository(c.Image) + "@" + c.Digest
			s["containerID"] = "cri-o://" + uid(p.UID, c.Spec.Name, strconv.Itoa(c.Restarts))
		}
		if c.LastReason != "" {
			last := object{"reason": c.LastReason, "exitCode": c.LastExitCode}
			putTime(last, "startedAt", c.LastStarted)
			putTime(last, "finishedAt", c.LastFinished)
			s["lastState"] = object{"terminated": last}
		}
		if !c.Ready {
			allReady = "False"
		}
		statuses = append(statuses, s)
	}
	spec := object{"containers": containers(specs), "restartPolicy": "Always"}
	put(spec, "nodeName", p.Node)
	status := object{"phase": p.Phase, "containerStatuses": statuses, "qosClass": "Guaranteed", "startTime": rfc(p.CreatedAt), "conditions": []object{{"type": "Ready", "status": allReady}}}
	put(status, "podIP", p.IP)
	put(status, "reason", p.Reason)
	put(status, "message", p.Message)
	return object{"apiVersion": "v1", "kind": "Pod", "metadata": m, "spec": spec, "status": status}
}

func repository(image string) string {
	for i := len(image) - 1; i >= 0 && image[i] != '/'; i-- {
		if image[i] == ':' {
			return image[:i]
		}
	}
	return image
}

func containerState(c *world.Container) object {
	switch c.State {
	case "running":
		return object{"running": object{"startedAt": rfc(c.StartedAt)}}
	case "terminated":
		s := object{"exitCode": c.ExitCode, "reason": c.Reason}
		putTime(s, "startedAt", c.StartedAt)
		putTime(s, "finishedAt", c.FinishedAt)
		put(s, "message", c.Message)
		return object{"terminated": s}
	}
	s := object{"reason": c.Reason}
	put(s, "message", c.Message)
	return object{"waiting": s}
}

func workloadManifest(group, version string, x *world.Workload, live bool) object {
	api := version
	if group != "" {
		api = group + "/" + version
	}
	m := object{"name": x.Name, "namespace": x.Namespace.Name}
	if len(x.Labels) > 0 {
		m["labels"] = x.Labels
	}
	template := object{"metadata": object{"labels": x.Labels}, "spec": object{"containers": containers(x.Containers)}}
	spec := object{"replicas": x.Replicas, "selector": object{"matchLabels": object{"app": x.Name}}, "template": template}
	switch x.Kind {
	case "CronJob":
		spec = object{"schedule": x.Schedule, "concurrencyPolicy": "Forbid", "jobTemplate": object{"spec": object{"template": template}}}
	case "Cluster":
		spec = object{"instances": x.Replicas}
		if len(x.Containers) > 0 {
			spec["imageName"] = x.Containers[0].Image
		}
	}
	o := object{"apiVersion": api, "kind": x.Kind, "metadata": m, "spec": spec}
	if !live {
		return o
	}
	m["uid"], m["resourceVersion"], m["creationTimestamp"] = x.UID, strconv.FormatUint(max(x.Rev, 1), 10), rfc(x.CreatedAt)
	var conditions []object
	for _, c := range x.Conditions {
		conditions = append(conditions, object{"type": c.Type, "status": c.Status, "reason": c.Reason, "message": c.Message, "lastTransitionTime": rfc(c.At), "lastUpdateTime": rfc(c.At)})
	}
	status := object{"replicas": x.Replicas, "readyReplicas": x.Ready, "availableReplicas": x.Available, "updatedReplicas": x.Updated}
	if conditions != nil {
		status["conditions"] = conditions
	}
	if x.Kind == "CronJob" {
		status = object{}
	}
	o["status"] = status
	return o
}

// manifest is a resource of the application: as it lives, or as its repository has it. nil when there is none.
func (t *tree) manifest(group, version, kind, namespace, name string, live bool) object {
	if x := t.workload(world.AppResource{Kind: kind, Name: name}); x != nil {
		return workloadManifest(group, version, x, live)
	}
	api := version
	if group != "" {
		api = group + "/" + version
	}
	m := object{"name": name}
	put(m, "namespace", namespace)
	if live {
		m["uid"], m["resourceVersion"], m["creationTimestamp"] = uid(t.app.Zone, t.app.DestCluster, kind, namespace, name), strconv.FormatUint(max(t.app.Rev, 1), 10), rfc(t.app.CreatedAt)
	}
	o := object{"apiVersion": api, "kind": kind, "metadata": m}
	switch kind {
	case "Secret":
		data := object{}
		for _, k := range t.keys(name) {
			data[k] = hidden
		}
		o["type"], o["data"] = "Opaque", data
	case "ResourceQuota":
		if t.ns != nil && t.ns.Quota != nil {
			o["spec"] = object{"hard": quantities(t.ns.Quota.Hard)}
			if live {
				o["status"] = object{"hard": quantities(t.ns.Quota.Hard), "used": quantities(t.ns.Quota.Used)}
			}
		}
	case "Service":
		o["spec"] = object{"type": "ClusterIP", "selector": object{"app": name}}
	case "VaultStaticSecret":
		if t.app.Environment != nil {
			o["spec"] = object{"mount": t.app.Environment.Project.Slug, "type": "kv-v2", "path": name, "vaultAuthRef": "vault-auth", "destination": object{"name": name, "create": true}}
		}
	}
	return o
}

func (t *tree) keys(name string) []string {
	if t.ns != nil {
		for _, s := range t.ns.Secrets {
			if s.Name == name {
				return s.Keys
			}
		}
	}
	return []string{".dockerconfigjson"}
}

func quantities(in map[string]float64) object {
	out := object{}
	for k, v := range in {
		out[k] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return out
}

func treeOf(a *world.Application) *tree {
	t := &tree{app: a, seen: map[string]bool{}}
	if e := a.Environment; e != nil && e.Namespace != nil && e.Namespace.Name == a.DestNamespace {
		t.ns = e.Namespace
	}
	return t
}

// resource is the live manifest of one node of the tree, as text.
func (f *face) resource(_ *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	kind, name, namespace := q.Get("kind"), q.Get("resourceName"), q.Get("namespace")
	found := false
	all := buildTree(a)
	nodes := all["nodes"].([]object)
	if o, ok := all["orphanedNodes"].([]object); ok {
		nodes = append(nodes, o...)
	}
	for _, n := range nodes {
		ns, _ := n["namespace"].(string)
		found = found || n["kind"] == kind && n["name"] == name && ns == namespace
	}
	if !found {
		return nil, &refusal{http.StatusBadRequest, 3, fmt.Sprintf("%s %s %s not found as part of application %s", kind, q.Get("group"), name, a.Name)}
	}
	t := treeOf(a)
	if kind == "Pod" {
		for _, p := range t.ns.Pods {
			if p.Name == name {
				return object{"manifest": text(podManifest(p))}, nil
			}
		}
	}
	return object{"manifest": text(t.manifest(q.Get("group"), q.Get("version"), kind, namespace, name, true))}, nil
}

// managedResources compares each first-level resource as it lives with its repository, as the controller caches it: what does not live, or
// is not wanted, is "null".
func (f *face) managedResources(_ *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	t := treeOf(a)
	items := []object{}
	for _, res := range a.Resources {
		if k := q.Get("kind"); k != "" && k != res.Kind {
			continue
		}
		if n := q.Get("name"); n != "" && n != res.Name {
			continue
		}
		target := t.manifest(res.Group, res.Version, res.Kind, res.Namespace, res.Name, false)
		live := text(t.manifest(res.Group, res.Version, res.Kind, res.Namespace, res.Name, true))
		item := object{"kind": res.Kind, "name": res.Name, "predictedLiveState": live}
		put(item, "group", res.Group)
		put(item, "namespace", res.Namespace)
		switch {
		case res.Health == "Missing":
			live = "null"
			item["modified"], item["predictedLiveState"] = true, text(target)
		case res.Sync == "OutOfSync":
			item["modified"], item["predictedLiveState"] = true, text(t.predicted(res))
		}
		item["liveState"], item["normalizedLiveState"], item["targetState"] = live, live, text(target)
		item["resourceVersion"] = strconv.FormatUint(max(a.Rev, 1), 10)
		items = append(items, item)
	}
	return object{"items": items}, nil
}

// manifests are what the repository would deploy, at the revision that is deployed or the one asked for.
func (f *face) manifests(st *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	revision := r.URL.Query().Get("revision")
	if many := r.URL.Query()["revisions"]; revision == "" && len(many) > 0 {
		revision = many[0]
	}
	image, no := imagesAt(st, a, revision)
	if no != nil {
		return nil, no
	}
	t := treeOf(a)
	list := []string{}
	for _, res := range a.Resources {
		list = append(list, text(withImages(t.manifest(res.Group, res.Version, res.Kind, res.Namespace, res.Name, false), image)))
	}
	if revision == "" {
		revision = a.Revision
	}
	return object{"manifests": list, "namespace": a.DestNamespace, "server": destination(a)["server"], "revision": revision, "sourceType": "Helm"}, nil
}

// events are those of one resource of the tree or, when none is named, of the application itself.
func (f *face) events(_ *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	items := []object{}
	name, id := q.Get("resourceName"), q.Get("resourceUID")
	if name == "" && id == "" {
		if op := a.Operation; op != nil {
			reason, kind := "OperationCompleted", "Normal"
			switch op.Phase {
			case "Running":
				reason = "OperationStarted"
			case "Failed", "Error":
				kind = "Warning"
			}
			at := op.FinishedAt
			if at.IsZero() {
				at = op.StartedAt
			}
			involved := object{"kind": "Application", "namespace": a.Namespace, "name": a.Name, "uid": a.UID, "apiVersion": "argoproj.io/v1alpha1", "resourceVersion": strconv.FormatUint(a.Rev, 10)}
			items = append(items, eventOf(a.Namespace, a.Name, uid(a.UID, op.Phase, rfc(at)), a.Rev, involved, kind, reason, op.Message, "argocd-application-controller", 1, rfc(at), rfc(at)))
		}
		return object{"metadata": object{}, "items": items}, nil
	}
	t := treeOf(a)
	if t.ns == nil {
		return object{"metadata": object{}, "items": items}, nil
	}
	found := make([]*world.Event, 0, 8)
	for _, e := range t.ns.Events {
		if (name == "" || e.ObjectName == name) && (id == "" || e.ObjectUID == id || e.ObjectUID == "") {
			found = append(found, e)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Last.Before(found[j].Last) })
	for _, e := range found {
		involved := object{"kind": e.Kind, "namespace": t.ns.Name, "name": e.ObjectName, "uid": e.ObjectUID}
		items = append(items, eventOf(t.ns.Name, e.Name, e.UID, e.Rev, involved, e.Type, e.Reason, e.Message, e.Component, e.Count, rfc(e.First), rfc(e.Last)))
	}
	return object{"metadata": object{}, "items": items}, nil
}

func eventOf(namespace, name, id string, rev uint64, involved object, kind, reason, message, component string, count int, first, last string) object {
	return object{
		"metadata": object{"name": name, "namespace": namespace, "uid": id, "resourceVersion": strconv.FormatUint(rev, 10), "creationTimestamp": first}, "involvedObject": involved,
		"type": kind, "reason": reason, "message": message, "source": object{"component": component}, "count": count, "firstTimestamp": first, "lastTimestamp": last,
		"eventTime": nil, "reportingComponent": component, "reportingInstance": "",
	}
}
