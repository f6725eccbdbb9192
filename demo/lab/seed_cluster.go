package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	face "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
)

// workers is how many requests of a seed are under way at once.
const workers = 8

// settleTime is how long the controllers get to take over what was made.
const settleTime = 30 * time.Second

// seeder copies what the simulated clusters show into a real API server. Names stay; uids are the server's own.
type seeder struct {
	api   *rest
	faces []http.Handler

	fates  map[string]string // of pods that are made later, by namespace and name of their ReplicaSet or Deployment
	doomed map[string]int    // how many such pods a Deployment has already

	mu   sync.Mutex
	uids map[string]string // the server's, by the world's
}

// kindPaths says where objects of a kind are.
type kindPath struct{ group, version, kind, resource string }

func (k kindPath) root() string {
	if k.group == "" {
		return "/api/" + k.version
	}
	return "/apis/" + k.group + "/" + k.version
}

func (k kindPath) in(namespace string) string {
	if namespace == "" {
		return k.root() + "/" + k.resource
	}
	return k.root() + "/namespaces/" + namespace + "/" + k.resource
}

// seedCluster fills the cluster. Controllers come after their pods, which they adopt: so a pod has the name that logs, series and Argo CD
// know it by.
func (l *Lab) seedCluster(ctx context.Context, api *rest) error {
	s := &seeder{api: api, uids: map[string]string{}}
	s.fates, s.doomed = fates(l.World)
	var nodes []thing
	l.World.View(func(st *world.State) {
		for _, c := range st.Clusters {
			s.faces = append(s.faces, face.Handler(l.World, face.Options{Cluster: c.Label}))
		}
		for _, n := range st.Nodes {
			nodes = append(nodes, thing{"apiVersion": "v1", "kind": "Node", "metadata": thing{"name": n.Name, "labels": map[string]string{
				"kubernetes.io/hostname": n.Name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "node-role.kubernetes.io/worker": ""}}})
		}
	})
	for _, x := range basics() {
		if err := s.post(ctx, x.path, x.object); err != nil {
			return err
		}
	}
	if err := each(ctx, nodes, workers, func(ctx context.Context, n thing) error { return s.post(ctx, "/api/v1/nodes", n) }); err != nil {
		return err
	}
	database := kindPath{"postgresql.cnpg.io", "v1", "Cluster", "clusters"}
	if err := eventually(ctx, "the kind of CloudNativePG's clusters", func() error { return api.do(ctx, http.MethodGet, database.in(""), nil, nil) }); err != nil {
		return err
	}
	quota := kindPath{"", "v1", "ResourceQuota", "resourcequotas"}
	deployment := kindPath{"apps", "v1", "Deployment", "deployments"}
	for _, step := range []struct {
		kind   kindPath
		change func(thing)
		status bool // is a part of its own
	}{
		{kindPath{"", "v1", "Namespace", "namespaces"}, nil, false},
		{database, nil, false},
		{kindPath{"batch", "v1", "CronJob", "cronjobs"}, nil, false},
		{kindPath{"batch", "v1", "Job", "jobs"}, finished, true},
		{kindPath{"", "v1", "Pod", "pods"}, podOfWorld, true},
		{quota, nil, false},
		{kindPath{"apps", "v1", "ReplicaSet", "replicasets"}, s.orphan, false},
		{kindPath{"apps", "v1", "StatefulSet", "statefulsets"}, adopting, false},
		{deployment, s.halt, false},
		{kindPath{"", "v1", "Event", "events"}, nil, false},
	} {
		if step.kind == (kindPath{"apps", "v1", "ReplicaSet", "replicasets"}) {
			// A quota that is not counted yet refuses every pod, even those that fit.
			if err := s.settled(ctx, quota, func(o thing) bool { return part(o, "status")["hard"] != nil }); err != nil {
				return err
			}
		}
		if err := s.copy(ctx, step.kind, step.change, step.status); err != nil {
			return err
		}
	}
	return s.settled(ctx, deployment, func(o thing) bool {
		return part(o, "status")["observedGeneration"] == part(o, "metadata")["generation"]
	})
}

// copy makes every object of a kind.
func (s *seeder) copy(ctx context.Context, k kindPath, change func(thing), status bool) error {
	var all []thing
	for _, f := range s.faces {
		list, err := items(ctx, f, k.in(""))
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	return each(ctx, all, workers, func(ctx context.Context, o thing) error {
		o["apiVersion"], o["kind"] = k.version, k.kind
		if k.group != "" {
			o["apiVersion"] = k.group + "/" + k.version
		}
		meta := part(o, "metadata")
		uid, _ := meta["uid"].(string)
		name, _ := meta["name"].(string)
		namespace, _ := meta["namespace"].(string)
		s.adapt(o)
		state := o["status"]
		if change != nil {
			change(o)
		}
		var made struct{ Metadata struct{ UID string } }
		if err := s.api.do(ctx, http.MethodPost, k.in(namespace), o, &made); err != nil {
			return err
		}
		s.mu.Lock()
		s.uids[uid] = made.Metadata.UID
		s.mu.Unlock()
		if !status {
			return nil
		}
		return s.api.do(ctx, http.MethodPatch, k.in(namespace)+"/"+name+"/status", thing{"status": state}, nil)
	})
}

// adapt drops what only a server gives and names owners by the server's uids.
func (s *seeder) adapt(o thing) {
	meta := part(o, "metadata")
	for _, key := range []string{"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"} {
		delete(meta, key)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if about := part(o, "involvedObject"); about["uid"] != nil {
		uid, _ := about["uid"].(string)
		about["uid"] = s.uids[uid]
	}
	owners, _ := meta["ownerReferences"].([]any)
	delete(meta, "ownerReferences")
	var known []any
	for _, x := range owners {
		owner, _ := x.(thing)
		uid, _ := owner["uid"].(string)
		if real := s.uids[uid]; real != "" {
			owner["uid"] = real
			known = append(known, owner)
		}
	}
	if known != nil {
		meta["ownerReferences"] = known
	}
}

// podOfWorld marks a pod whose state the world says, so that the simulated kubelet leaves it alone.
func podOfWorld(o thing) {
	meta := part(o, "metadata")
	annotations, _ := meta["annotations"].(thing)
	if annotations == nil {
		annotations = thing{}
		meta["annotations"] = annotations
	}
	annotations["lab/world"] = "true"
	delete(part(o, "status"), "qosClass") // the server's own
}

// orphan makes a ReplicaSet that its Deployment will find: by its template, which is the same.
func (s *seeder) orphan(o thing) {
	delete(part(o, "metadata"), "ownerReferences")
	s.doom(o)
}

// doom gives the pods that a controller makes later the fate of those that it has.
func (s *seeder) doom(o thing) {
	meta := part(o, "metadata")
	if fate := s.fates[fmt.Sprint(meta["namespace"], "/", meta["name"])]; fate != "" {
		part(part(part(part(o, "spec"), "template"), "metadata"), "labels")["lab/fate"] = fate
	}
}

// halt gives a Deployment its fate, and keeps its controller where the world's roll-out stands.
func (s *seeder) halt(o thing) {
	s.doom(o)
	meta := part(o, "metadata")
	if n := s.doomed[fmt.Sprint(meta["namespace"], "/", meta["name"])]; n > 0 {
		part(o, "spec")["strategy"] = thing{"type": "RollingUpdate", "rollingUpdate": thing{"maxSurge": 0, "maxUnavailable": n}}
	}
}

// fates says what becomes of the pods of each ReplicaSet, and of the Deployment whose present one it is, and counts the latter's.
func fates(w *world.World) (out map[string]string, doomed map[string]int) {
	out, doomed = map[string]string{}, map[string]int{}
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				for _, p := range ns.Pods {
					fate := fateOf(p)
					if fate == "" || p.OwnerKind != "ReplicaSet" {
						continue
					}
					out[ns.Name+"/"+p.OwnerName] = fate
					if p.Workload != nil && p.Workload.ReplicaSet == p.OwnerName {
						out[ns.Name+"/"+p.Workload.Name] = fate
						doomed[ns.Name+"/"+p.Workload.Name]++
					}
				}
			}
		}
	})
	return out, doomed
}

// fateOf names what the stages of the simulated kubelet would have to do to get such a pod; "" when it is well.
func fateOf(p *world.Pod) string {
	for _, k := range p.Containers {
		switch {
		case k.Reason == "CrashLoopBackOff":
			return "crash"
		case k.State == "waiting":
			return "pull"
		case k.State == "running" && !k.Ready:
			return "unready"
		}
	}
	return ""
}

// adopting lets a StatefulSet keep pods that it did not make: their revision is unknown to it, and they have no claim of its own.
func adopting(o thing) {
	spec := part(o, "spec")
	spec["updateStrategy"] = thing{"type": "OnDelete"}
	delete(spec, "volumeClaimTemplates")
}

// finished makes a Job that the controller will not start again.
func finished(o thing) {
	spec := part(o, "spec")
	spec["suspend"], spec["manualSelector"] = true, true
	delete(o, "status")
}

// settled waits until all objects of a kind are as wanted.
func (s *seeder) settled(ctx context.Context, k kindPath, ok func(thing) bool) error {
	return eventually(ctx, "all "+k.resource+" are seen to by their controller", func() error {
		var list struct{ Items []thing }
		if err := s.api.do(ctx, http.MethodGet, k.in(""), nil, &list); err != nil {
			return err
		}
		for _, o := range list.Items {
			if !ok(o) {
				return fmt.Errorf("%s %v is not yet", k.kind, part(o, "metadata")["name"])
			}
		}
		return nil
	})
}

func (s *seeder) post(ctx context.Context, path string, o thing) error {
	return s.api.do(ctx, http.MethodPost, path, o, nil)
}

// eventually asks until it hears no error.
func eventually(ctx context.Context, what string, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if gone := pause(ctx, 50*time.Millisecond); gone != nil {
			return fmt.Errorf("%s: not within %s: %w", what, settleTime, err)
		}
	}
}

// part is an object within an object; an empty one where there is none.
func part(o thing, name string) thing {
	p, ok := o[name].(thing)
	if !ok {
		return thing{}
	}
	return p
}

// answer is a response that stays in memory.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(code int)        { a.code = code }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// items lists what a simulated cluster shows.
func items(ctx context.Context, f http.Handler, path string) ([]thing, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	a := &answer{header: http.Header{}, code: http.StatusOK}
	f.ServeHTTP(a, req)
	if a.code != http.StatusOK {
		return nil, errors.New(path + ": " + a.body.String())
	}
	var list struct{ Items []thing }
	return list.Items, json.Unmarshal(a.body.Bytes(), &list)
}
