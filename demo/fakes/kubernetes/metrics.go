package kubernetes

import (
	"math"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/demo/world"
)

// metricsWindow is over how long usage is measured, as metrics-server says it.
const metricsWindow = time.Minute

type usage struct{ cpu, memory float64 }

type containerKey struct{ namespace, pod, container string }

// measure reads what containers use: CPU in cores, memory in bytes. namespace "" is all of the cluster. The world's series take
// its lock, so this must not be called under it.
func (s *Server) measure(namespace string) map[containerKey]usage {
	out := map[containerKey]usage{}
	now := s.world.Now()
	mine := func(l map[string]string) bool {
		if c, has := l["cluster"]; has && c != s.opts.Cluster {
			return false
		}
		return (namespace == "" || l["namespace"] == namespace) && l["container"] != "" && l["pod"] != ""
	}
	add := func(l map[string]string, u usage) {
		key := containerKey{l["namespace"], l["pod"], l["container"]}
		have := out[key]
		out[key] = usage{have.cpu + u.cpu, have.memory + u.memory}
	}
	for _, ser := range s.world.Series("container_cpu_usage_seconds_total", mine, []time.Time{now.Add(-metricsWindow), now}) {
		if d := ser.Values[1] - ser.Values[0]; d >= 0 { // false for NaN too
			add(ser.Labels, usage{cpu: d / metricsWindow.Seconds()})
		}
	}
	for _, ser := range s.world.Series("container_memory_working_set_bytes", mine, []time.Time{now}) {
		if v := ser.Values[0]; !math.IsNaN(v) {
			add(ser.Labels, usage{memory: v})
		}
	}
	return out
}

func (u usage) list() map[string]any {
	cpu := resource.NewScaledQuantity(int64(u.cpu*1e9), resource.Nano)
	return map[string]any{"cpu": cpu.String(), "memory": strconv.FormatInt(int64(u.memory)/1024, 10) + "Ki"}
}

func metricsObject(kind, namespace, name string, labels map[string]string, now time.Time) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "metrics.k8s.io/v1beta1", "kind": kind, "timestamp": now.UTC().Format(time.RFC3339), "window": "1m0s"}}
	u.SetName(name)
	u.SetNamespace(namespace)
	u.SetLabels(labels)
	u.SetCreationTimestamp(stamp(now))
	return u
}

func (s *Server) podMetrics(t target) []object {
	measured := s.measure(t.namespace)
	now := s.world.Now()
	var out []object
	s.world.View(func(st *world.State) {
		for _, ns := range s.sortedNamespaces(st, t.namespace, "") {
			for _, p := range ns.Pods {
				var containers []any
				for _, c := range p.Containers {
					if u, ok := measured[containerKey{ns.Name, p.Name, c.Spec.Name}]; ok {
						containers = append(containers, map[string]any{"name": c.Spec.Name, "usage": u.list()})
					}
				}
				if containers != nil {
					m := metricsObject("PodMetrics", ns.Name, p.Name, copyLabels(p.Labels), now)
					m.Object["containers"] = containers
					out = append(out, m)
				}
			}
		}
	})
	return out
}

func (s *Server) nodeMetrics(target) []object {
	measured := s.measure("")
	now := s.world.Now()
	byNode := map[string]usage{}
	var out []object
	s.world.View(func(st *world.State) {
		for _, ns := range s.cluster(st).Namespaces {
			for _, p := range ns.Pods {
				for _, c := range p.Containers {
					u, have := measured[containerKey{ns.Name, p.Name, c.Spec.Name}], byNode[p.Node]
					byNode[p.Node] = usage{have.cpu + u.cpu, have.memory + u.memory}
				}
			}
		}
		for _, n := range st.Nodes {
			if n.Cluster == s.opts.Cluster && n.Ready {
				u := byNode[n.Name]
				m := metricsObject("NodeMetrics", "", n.Name, map[string]string{"kubernetes.io/hostname": n.Name}, now)
				m.Object["usage"] = usage{u.cpu + 0.15, u.memory + 1.2e9}.list() // the node's own daemons
				out = append(out, m)
			}
		}
	})
	return out
}

// serveMeasured answers kinds that are measured when asked and cannot be watched or paged.
func (s *Server) serveMeasured(w http.ResponseWriter, r *http.Request, k *resourceKind, t target) {
	f, ok := s.format(w, r, k)
	if !ok {
		return
	}
	a, fault := s.parseAsk(r, t)
	if fault != nil {
		s.fail(w, fault)
		return
	}
	if a.Watch {
		s.fail(w, apierrors.NewMethodNotSupported(schema.GroupResource{Group: t.group, Resource: t.res}, "watch"))
		return
	}
	var items []object
	for _, o := range k.measured(t) {
		if (t.name == "" || o.GetName() == t.name) && a.matches(k, o) {
			items = append(items, o)
		}
	}
	switch {
	case f.table:
		writeJSON(w, http.StatusOK, s.table(k, metav1.ListMeta{}, a.object, items...))
	case t.name == "":
		l := newListWriter(w, f, k, metav1.ListMeta{})
		for _, o := range items {
			l.add(o)
		}
		l.close()
	case len(items) == 0:
		s.fail(w, apierrors.NewNotFound(schema.GroupResource{Group: t.group, Resource: t.res}, t.name))
	default:
		writeJSON(w, http.StatusOK, items[0])
	}
}
