package kubernetes

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/fields"

	"dsotop/demo/world"
)

// resources is the list of everything the face serves. A new kind is one more entry here, with its conversion and its row.
func (s *Server) resources() []*resourceKind {
	all := []string{"all"}
	list := []*resourceKind{
		{name: "namespaces", kind: "Namespace", short: []string{"ns"}, list: s.namespaces, touched: touchedNamespace, example: &corev1.Namespace{},
			columns: columns("Name", "Status", "Age"), row: s.namespaceRow, fields: namespaceFields},
		{name: "nodes", kind: "Node", short: []string{"no"}, list: s.nodes, example: &corev1.Node{},
			columns: columns("Name", "Status", "Roles", "Age", "Version", "+Internal-IP", "+External-IP", "+OS-Image", "+Kernel-Version", "+Container-Runtime"), row: s.nodeRow},
		{name: "pods", kind: "Pod", short: []string{"po"}, categories: all, namespaced: true, list: pods, touched: touchedPod, example: &corev1.Pod{},
			columns: columns("Name", "Ready", "Status", "Restarts", "Age", "+IP", "+Node", "+Nominated Node", "+Readiness Gates"), row: s.podRow, fields: podFields},
		{name: "events", kind: "Event", short: []string{"ev"}, namespaced: true, list: s.events(eventObject), touched: s.touchedEvent(eventObject), example: &corev1.Event{},
			columns: columns("Last Seen", "Type", "Reason", "Object", "+Subobject", "+Source", "Message", "+First Seen", "+#Count", "+Name"), row: s.eventRow, fields: eventFields},
		{name: "resourcequotas", kind: "ResourceQuota", short: []string{"quota"}, namespaced: true, list: s.quotas, touched: s.touchedQuota, example: &corev1.ResourceQuota{},
			columns: columns("Name", "Age", "Request", "Limit"), row: s.quotaRow},
		{name: "services", kind: "Service", short: []string{"svc"}, categories: all, namespaced: true, list: perWorkload(serviceEntries), touched: touchedWorkload(serviceEntries), example: &corev1.Service{},
			columns: columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector"), row: s.serviceRow},
		{name: "configmaps", kind: "ConfigMap", short: []string{"cm"}, namespaced: true, list: configMaps, example: &corev1.ConfigMap{}, columns: columns("Name", "Data", "Age"), row: s.configMapRow},
		{name: "secrets", kind: "Secret", namespaced: true, list: secrets, example: &corev1.Secret{}, columns: columns("Name", "Type", "#Data", "Age"), row: s.secretRow},
		{name: "serviceaccounts", kind: "ServiceAccount", short: []string{"sa"}, namespaced: true, list: serviceAccounts, example: &corev1.ServiceAccount{},
			columns: columns("Name", "#Secrets", "Age"), row: s.serviceAccountRow},
		{name: "persistentvolumeclaims", kind: "PersistentVolumeClaim", short: []string{"pvc"}, namespaced: true, list: perWorkload(claimEntries), touched: touchedWorkload(claimEntries), example: &corev1.PersistentVolumeClaim{},
			columns: columns("Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age", "+VolumeMode"), row: s.claimRow},
		{name: "limitranges", kind: "LimitRange", short: []string{"limits"}, namespaced: true, list: nothing, example: &corev1.LimitRange{}, columns: columns("Name", "Created At"), row: nameRow},
		{group: "autoscaling", version: "v2", name: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", short: []string{"hpa"}, categories: all, namespaced: true, list: perWorkload(autoscalerEntries), touched: touchedWorkload(autoscalerEntries), example: &autoscalingv2.HorizontalPodAutoscaler{},
			columns: columns("Name", "Reference", "Targets", "MinPods", "#MaxPods", "#Replicas", "Age"), row: s.autoscalerRow},
		{group: "policy", name: "poddisruptionbudgets", kind: "PodDisruptionBudget", short: []string{"pdb"}, namespaced: true, list: perWorkload(budgetEntries), touched: touchedWorkload(budgetEntries), example: &policyv1.PodDisruptionBudget{},
			columns: columns("Name", "Min Available", "Max Unavailable", "#Allowed Disruptions", "Age"), row: s.budgetRow},
		{group: "apps", name: "deployments", kind: "Deployment", short: []string{"deploy"}, categories: all, namespaced: true, list: perWorkload(ofKind("Deployment", deploymentObject)), touched: touchedWorkload(ofKind("Deployment", deploymentObject)),
			example: &appsv1.Deployment{}, columns: columns("Name", "Ready", "Up-to-date", "Available", "Age", "+Containers", "+Images", "+Selector"), row: s.deploymentRow},
		{group: "apps", name: "replicasets", kind: "ReplicaSet", short: []string{"rs"}, categories: all, namespaced: true, list: perWorkload(replicaSetEntries), touched: touchedWorkload(replicaSetEntries),
			example: &appsv1.ReplicaSet{}, columns: columns("Name", "#Desired", "#Current", "#Ready", "Age", "+Containers", "+Images", "+Selector"), row: s.replicaSetRow},
		{group: "apps", name: "statefulsets", kind: "StatefulSet", short: []string{"sts"}, categories: all, namespaced: true, list: perWorkload(ofKind("StatefulSet", statefulSetObject)), touched: touchedWorkload(ofKind("StatefulSet", statefulSetObject)),
			example: &appsv1.StatefulSet{}, columns: columns("Name", "Ready", "Age", "+Containers", "+Images"), row: s.statefulSetRow},
		{group: "apps", name: "daemonsets", kind: "DaemonSet", short: []string{"ds"}, categories: all, namespaced: true, list: perWorkload(ofKind("DaemonSet", daemonSetObject)), touched: touchedWorkload(ofKind("DaemonSet", daemonSetObject)),
			example: &appsv1.DaemonSet{}, columns: columns("Name", "#Desired", "#Current", "#Ready", "#Up-to-date", "#Available", "Node Selector", "Age"), row: s.daemonSetRow},
		{group: "batch", name: "jobs", kind: "Job", categories: all, namespaced: true, list: jobs, touched: touchedJob, example: &batchv1.Job{},
			columns: columns("Name", "Status", "Completions", "Duration", "Age", "+Containers", "+Images"), row: s.jobRow},
		{group: "batch", name: "cronjobs", kind: "CronJob", short: []string{"cj"}, categories: all, namespaced: true, list: perWorkload(ofKind("CronJob", cronJobObject)), touched: touchedWorkload(ofKind("CronJob", cronJobObject)),
			example: &batchv1.CronJob{}, columns: columns("Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age", "+Containers", "+Images"), row: s.cronJobRow},
		{group: "events.k8s.io", name: "events", kind: "Event", short: []string{"ev"}, namespaced: true, list: s.events(newEventObject), touched: s.touchedEvent(newEventObject), example: &eventsv1.Event{},
			columns: columns("Last Seen", "Type", "Reason", "Object", "+Subobject", "+Source", "Message", "+First Seen", "+#Count", "+Name"), row: s.eventRow, fields: eventFields},
		{group: "networking.k8s.io", name: "ingresses", kind: "Ingress", short: []string{"ing"}, namespaced: true, list: nothing, example: &networkingv1.Ingress{},
			columns: columns("Name", "Class", "Hosts", "Address", "Ports", "Age"), row: nameRow},
		{group: "networking.k8s.io", name: "networkpolicies", kind: "NetworkPolicy", short: []string{"netpol"}, namespaced: true, list: nothing, example: &networkingv1.NetworkPolicy{},
			columns: columns("Name", "Pod-Selector", "Age"), row: nameRow},
		{group: "postgresql.cnpg.io", name: "clusters", kind: "Cluster", namespaced: true, list: perWorkload(ofKind("Cluster", databaseObject)), touched: touchedWorkload(ofKind("Cluster", databaseObject)),
			columns: columns("Name", "Age", "#Instances", "#Ready", "Status", "Primary"), row: s.databaseRow},
		{group: "metrics.k8s.io", version: "v1beta1", name: "pods", kind: "PodMetrics", namespaced: true, verbs: []string{"get", "list"}, measured: s.podMetrics, columns: columns("Name", "CPU", "Memory", "Window"), row: metricsRow},
		{group: "metrics.k8s.io", version: "v1beta1", name: "nodes", kind: "NodeMetrics", verbs: []string{"get", "list"}, measured: s.nodeMetrics, columns: columns("Name", "CPU", "Memory", "Window"), row: metricsRow},
		{group: "authorization.k8s.io", name: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview", verbs: []string{"create"}},
		{group: "authorization.k8s.io", name: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview", verbs: []string{"create"}},
		{group: "authentication.k8s.io", name: "selfsubjectreviews", kind: "SelfSubjectReview", verbs: []string{"create"}},
	}
	for _, k := range list {
		if k.version == "" {
			k.version = "v1"
		}
		if k.verbs == nil {
			k.verbs = readVerbs
		}
		k.singular = lower(k.kind)
	}
	return list
}

func nothing(*world.State, *world.Namespace) []entry { return nil }

func (s *Server) namespaces(st *world.State, _ *world.Namespace) []entry {
	var out []entry
	for _, ns := range s.cluster(st).Namespaces {
		out = append(out, namespaceEntry(ns))
	}
	return out
}

func namespaceEntry(ns *world.Namespace) entry {
	return entry{"", ns.Name, ns.UID, func() object { return namespaceObject(ns) }}
}

func touchedNamespace(_ *world.State, c world.Change) []entry {
	if ns, ok := c.Object.(*world.Namespace); ok {
		return []entry{namespaceEntry(ns)}
	}
	return nil
}

func (s *Server) nodes(st *world.State, _ *world.Namespace) []entry {
	kubelet := s.cluster(st).Version
	var out []entry
	for _, n := range st.Nodes {
		if n.Cluster == s.opts.Cluster {
			out = append(out, entry{"", n.Name, n.UID, func() object { return nodeObject(n, kubelet) }})
		}
	}
	return out
}

func podEntry(p *world.Pod) entry {
	return entry{p.Namespace.Name, p.Name, p.UID, func() object { return podObject(p) }}
}

func pods(_ *world.State, ns *world.Namespace) []entry {
	out := make([]entry, len(ns.Pods))
	for i, p := range ns.Pods {
		out[i] = podEntry(p)
	}
	return out
}

func touchedPod(_ *world.State, c world.Change) []entry {
	if p, ok := c.Object.(*world.Pod); ok {
		return []entry{podEntry(p)}
	}
	return nil
}

func jobEntry(p *world.Pod) entry {
	return entry{p.Namespace.Name, p.OwnerName, p.OwnerUID, func() object { return jobObject(p) }}
}

func jobs(_ *world.State, ns *world.Namespace) []entry {
	var out []entry
	seen := map[string]bool{}
	for _, p := range ns.Pods {
		if p.OwnerKind == "Job" && !seen[p.OwnerName] {
			seen[p.OwnerName] = true
			out = append(out, jobEntry(p))
		}
	}
	return out
}

func touchedJob(_ *world.State, c world.Change) []entry {
	if p, ok := c.Object.(*world.Pod); ok && p.OwnerKind == "Job" {
		return []entry{jobEntry(p)}
	}
	return nil
}

func (s *Server) events(build func(*world.Namespace, *world.Event) object) func(*world.State, *world.Namespace) []entry {
	return func(_ *world.State, ns *world.Namespace) []entry {
		out := make([]entry, len(ns.Events))
		for i, e := range ns.Events {
			out[i] = s.eventEntry(ns, e, build)
		}
		return out
	}
}

func (s *Server) eventEntry(ns *world.Namespace, e *world.Event, build func(*world.Namespace, *world.Event) object) entry {
	return entry{ns.Name, e.Name, e.UID, func() object { s.remember(e.UID, ns); return build(ns, e) }}
}

func (s *Server) touchedEvent(build func(*world.Namespace, *world.Event) object) func(*world.State, world.Change) []entry {
	return func(st *world.State, c world.Change) []entry {
		e, ok := c.Object.(*world.Event)
		if !ok {
			return nil
		}
		ns := s.homeOf(st, e.UID)
		if ns == nil {
			return nil
		}
		return []entry{s.eventEntry(ns, e, build)}
	}
}

func (s *Server) quotas(_ *world.State, ns *world.Namespace) []entry {
	if ns.Quota == nil {
		return nil
	}
	s.remember(ns.Quota.UID, ns)
	return []entry{{ns.Name, ns.Quota.Name, ns.Quota.UID, func() object { return quotaObject(ns) }}}
}

func (s *Server) touchedQuota(st *world.State, c world.Change) []entry {
	q, ok := c.Object.(*world.Quota)
	if !ok {
		return nil
	}
	ns := s.homeOf(st, q.UID)
	if ns == nil {
		return nil
	}
	frozen := *ns
	frozen.Quota = q // the one that changed, even when the namespace has lost it since
	return []entry{{ns.Name, q.Name, q.UID, func() object { return quotaObject(&frozen) }}}
}

func perWorkload(of func(*world.Workload) []entry) func(*world.State, *world.Namespace) []entry {
	return func(_ *world.State, ns *world.Namespace) []entry {
		var out []entry
		for _, w := range ns.Workloads {
			out = append(out, of(w)...)
		}
		return out
	}
}

func touchedWorkload(of func(*world.Workload) []entry) func(*world.State, world.Change) []entry {
	return func(_ *world.State, c world.Change) []entry {
		if w, ok := c.Object.(*world.Workload); ok {
			return of(w)
		}
		return nil
	}
}

func ofKind(kind string, build func(*world.Workload) object) func(*world.Workload) []entry {
	return func(w *world.Workload) []entry {
		if w.Kind != kind {
			return nil
		}
		return []entry{{w.Namespace.Name, w.Name, w.UID, func() object { return build(w) }}}
	}
}

func serviceEntries(w *world.Workload) []entry {
	for _, c := range w.Containers {
		if c.Port > 0 && w.Kind != "CronJob" {
			return []entry{{w.Namespace.Name, w.Name, stableUID(w.Namespace.UID, "Service", w.Name), func() object { return serviceObject(w, c.Port) }}}
		}
	}
	return nil
}

func claimEntries(w *world.Workload) []entry {
	if w.PVC == nil {
		return nil
	}
	return []entry{{w.Namespace.Name, w.PVC.Name, stableUID(w.Namespace.UID, "PersistentVolumeClaim", w.PVC.Name), func() object { return claimObject(w) }}}
}

func configMaps(_ *world.State, ns *world.Namespace) []entry {
	return []entry{{ns.Name, "kube-root-ca.crt", stableUID(ns.UID, "ConfigMap", "kube-root-ca.crt"), func() object { return configMapObject(ns) }}}
}

func serviceAccounts(_ *world.State, ns *world.Namespace) []entry {
	return []entry{{ns.Name, "default", stableUID(ns.UID, "ServiceAccount", "default"), func() object { return serviceAccountObject(ns) }}}
}

func secrets(_ *world.State, ns *world.Namespace) []entry {
	var out []entry
	for _, sec := range ns.Secrets {
		if sec.Kind == "Secret" {
			out = append(out, entry{ns.Name, sec.Name, stableUID(ns.UID, "Secret", sec.Name), func() object { return secretObject(ns, sec) }})
		}
	}
	return out
}

func podFields(o object) fields.Set {
	p := o.(*corev1.Pod)
	return fields.Set{"status.phase": string(p.Status.Phase), "spec.nodeName": p.Spec.NodeName, "spec.restartPolicy": string(p.Spec.RestartPolicy),
		"spec.schedulerName": p.Spec.SchedulerName, "spec.serviceAccountName": p.Spec.ServiceAccountName, "status.podIP": p.Status.PodIP, "status.nominatedNodeName": "", "spec.hostNetwork": "false"}
}

func namespaceFields(o object) fields.Set {
	return fields.Set{"status.phase": string(o.(*corev1.Namespace).Status.Phase)}
}

func eventFields(o object) fields.Set {
	ref, reason, typ, from := corev1.ObjectReference{}, "", "", ""
	switch e := o.(type) {
	case *corev1.Event:
		ref, reason, typ, from = e.InvolvedObject, e.Reason, e.Type, e.Source.Component
	case *eventsv1.Event:
		ref, reason, typ, from = e.Regarding, e.Reason, e.Type, e.ReportingController
	}
	return fields.Set{"involvedObject.kind": ref.Kind, "involvedObject.namespace": ref.Namespace, "involvedObject.name": ref.Name, "involvedObject.uid": string(ref.UID),
		"involvedObject.apiVersion": ref.APIVersion, "involvedObject.resourceVersion": ref.ResourceVersion, "involvedObject.fieldPath": ref.FieldPath,
		"regarding.kind": ref.Kind, "regarding.name": ref.Name, "regarding.namespace": ref.Namespace, "reason": reason, "type": typ, "source": from, "reportingComponent": from}
}
