package kubernetes

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/internal/platform"
)

// kind is one kind of objects that is read: where it is, and what becomes of it.
type kind struct {
	part      string // its name in the health
	version   schema.GroupVersion
	resource  string
	essential bool   // the source is not live without it
	optional  bool   // the cluster may not have it at all
	prefix    string // of its keys in a table shared with other kinds
	newList   func() runtime.Object
	family    func(s *shelves) family
	// put maps an object and keeps the noun; the shelves are locked.
	put func(s *shelves, f *feed, o runtime.Object)
}

// family is what a reader needs of a table, whatever is in it.
type family interface {
	reader(f *feed)
	leave(f *feed)
	settle(f *feed, listed bool)
	sweep(f *feed)
	remove(namespace, name string)
}

// kinds lists what is read of the cluster. ReplicaSets are not: see controllerOf. Secrets and config maps are not: see reads.
func kinds(cluster string) []*kind {
	pods := func(s *shelves) family { return s.pods }
	workloads := func(s *shelves) family { return s.workloads }
	return []*kind{
		{part: "namespaces", version: corev1.SchemeGroupVersion, resource: "namespaces", newList: func() runtime.Object { return &corev1.NamespaceList{} },
			family: func(s *shelves) family { return s.namespaces }, put: func(s *shelves, f *feed, o runtime.Object) { putNamespace(s, f, cluster, o.(*corev1.Namespace)) }},
		{part: "pods", version: corev1.SchemeGroupVersion, resource: "pods", essential: true, newList: func() runtime.Object { return &corev1.PodList{} }, family: pods,
			put: func(s *shelves, f *feed, o runtime.Object) {
				if p := o.(*corev1.Pod); s.admits(p.Namespace) {
					s.pods.put(f, p.Namespace, p.Name, podOf(cluster, p))
				}
			}},
		workload("deployments", appsv1.SchemeGroupVersion, "Deployment", func() runtime.Object { return &appsv1.DeploymentList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			return deploymentOf(cluster, o.(*appsv1.Deployment)), true
		}),
		workload("statefulsets", appsv1.SchemeGroupVersion, "StatefulSet", func() runtime.Object { return &appsv1.StatefulSetList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			return statefulSetOf(cluster, o.(*appsv1.StatefulSet)), true
		}),
		workload("daemonsets", appsv1.SchemeGroupVersion, "DaemonSet", func() runtime.Object { return &appsv1.DaemonSetList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			return daemonSetOf(cluster, o.(*appsv1.DaemonSet)), true
		}),
		workload("jobs", batchv1.SchemeGroupVersion, "Job", func() runtime.Object { return &batchv1.JobList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			j := o.(*batchv1.Job)
			return jobOf(cluster, j), metav1.GetControllerOf(j) == nil // a CronJob's run is told by the CronJob and its pods
		}),
		workload("cronjobs", batchv1.SchemeGroupVersion, "CronJob", func() runtime.Object { return &batchv1.CronJobList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			return cronJobOf(cluster, o.(*batchv1.CronJob)), true
		}),
		optional(workload("clusters", databaseVersion, "Cluster", func() runtime.Object { return &databaseList{} }, workloads, func(o runtime.Object) (platform.Workload, bool) {
			return databaseOf(cluster, o.(*database)), true
		})),
		{part: "events", version: corev1.SchemeGroupVersion, resource: "events", newList: func() runtime.Object { return &corev1.EventList{} },
			family: func(s *shelves) family { return s.events }, put: func(s *shelves, f *feed, o runtime.Object) {
				if e := o.(*corev1.Event); s.admits(e.Namespace) && worthKeeping(e) {
					s.events.put(f, e.Namespace, e.Name, eventOf(cluster, e))
					s.trimEvents(e.Namespace)
				}
			}},
		{part: "quotas", version: corev1.SchemeGroupVersion, resource: "resourcequotas", newList: func() runtime.Object { return &corev1.ResourceQuotaList{} },
			family: func(s *shelves) family { return s.quotas }, put: func(s *shelves, f *feed, o runtime.Object) {
				if q := o.(*corev1.ResourceQuota); s.admits(q.Namespace) {
					s.quotas.put(f, q.Namespace, q.Name, quotaOf(cluster, q))
				}
			}},
	}
}

func workload(resource string, version schema.GroupVersion, name string, newList func() runtime.Object, of func(*shelves) family, noun func(runtime.Object) (platform.Workload, bool)) *kind {
	return &kind{part: resource, version: version, resource: resource, prefix: name + "/", newList: newList, family: of, put: func(s *shelves, f *feed, o runtime.Object) {
		m, ok := o.(metav1.Object)
		if !ok || !s.admits(m.GetNamespace()) {
			return
		}
		if w, keep := noun(o); keep {
			s.workloads.put(f, m.GetNamespace(), name+"/"+m.GetName(), w)
		}
	}}
}

func optional(k *kind) *kind {
	k.optional = true
	return k
}

// key is under what name the table has an object of the kind.
func (k *kind) key(m metav1.Object) (namespace, name string) {
	if k.resource == "namespaces" {
		return m.GetName(), m.GetName()
	}
	return m.GetNamespace(), k.prefix + m.GetName()
}

func putNamespace(s *shelves, f *feed, cluster string, n *corev1.Namespace) {
	if s.adopt(n.Name, labelled(n)) && f.missed != nil {
		f.missed()
	}
	if s.wanted(n.Name) {
		s.namespaces.put(f, n.Name, n.Name, namespaceOf(cluster, n))
	}
}
