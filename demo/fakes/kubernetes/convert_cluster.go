package kubernetes

import (
	"math"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"dsotop/demo/world"
)

func namespaceObject(ns *world.Namespace) object {
	labels := copyLabels(ns.Labels)
	labels["kubernetes.io/metadata.name"] = ns.Name
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns.Name, UID: types.UID(ns.UID), ResourceVersion: versionText(ns.Rev), Labels: labels, CreationTimestamp: stamp(ns.CreatedAt)},
		Spec:   corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}},
		Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive}}
}

func nodeObject(n *world.Node, kubelet string) object {
	ready, reason, message := corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status"
	if !n.Ready {
		ready, reason, message = corev1.ConditionUnknown, "NodeStatusUnknown", "Kubelet stopped posting node status."
	}
	size := corev1.ResourceList{corev1.ResourceCPU: cores(n.CPU), corev1.ResourceMemory: amountOf(n.Memory), corev1.ResourcePods: *resource.NewQuantity(250, resource.DecimalSI)}
	cond := func(t corev1.NodeConditionType, st corev1.ConditionStatus, why, text string) corev1.NodeCondition {
		return corev1.NodeCondition{Type: t, Status: st, Reason: why, Message: text, LastHeartbeatTime: stamp(n.CreatedAt), LastTransitionTime: stamp(n.CreatedAt)}
	}
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Name, UID: types.UID(n.UID), ResourceVersion: "1", CreationTimestamp: stamp(n.CreatedAt),
		Labels: map[string]string{"kubernetes.io/hostname": n.Name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "node-role.kubernetes.io/worker": ""}},
		Status: corev1.NodeStatus{Capacity: size, Allocatable: size,
			Conditions: []corev1.NodeCondition{cond(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
				cond(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
				cond(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
				cond(corev1.NodeReady, ready, reason, message)},
			Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: hostIP(n.Name)}, {Type: corev1.NodeHostName, Address: n.Name}},
			NodeInfo:  corev1.NodeSystemInfo{KubeletVersion: kubelet, KernelVersion: "6.1.0-28-amd64", OSImage: "Debian GNU/Linux 12 (bookworm)", ContainerRuntimeVersion: "containerd://1.7.24", Architecture: "amd64", OperatingSystem: "linux"}}}
}

func quotaObject(ns *world.Namespace) object {
	q := ns.Quota
	list := func(in map[string]float64) corev1.ResourceList {
		out := corev1.ResourceList{}
		for name, v := range in {
			switch name {
			case "limits.cpu", "requests.cpu", "cpu":
				out[corev1.ResourceName(name)] = cores(v)
			case "limits.memory", "requests.memory", "memory", "requests.storage":
				out[corev1.ResourceName(name)] = amountOf(v)
			default:
				out[corev1.ResourceName(name)] = *resource.NewQuantity(int64(math.Round(v)), resource.DecimalSI)
			}
		}
		return out
	}
	return &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: q.Name, Namespace: ns.Name, UID: types.UID(q.UID), ResourceVersion: versionText(q.Rev), Labels: copyLabels(ns.Labels), CreationTimestamp: stamp(ns.CreatedAt)},
		Spec: corev1.ResourceQuotaSpec{Hard: list(q.Hard)}, Status: corev1.ResourceQuotaStatus{Hard: list(q.Hard), Used: list(q.Used)}}
}

func eventMeta(ns *world.Namespace, e *world.Event) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: e.Name, Namespace: ns.Name, UID: types.UID(e.UID), ResourceVersion: versionText(e.Rev), CreationTimestamp: stamp(e.First)}
}

func eventTarget(ns *world.Namespace, e *world.Event) corev1.ObjectReference {
	return corev1.ObjectReference{Kind: e.Kind, APIVersion: groupOfKind(e.Kind), Namespace: ns.Name, Name: e.ObjectName, UID: types.UID(e.ObjectUID)}
}

func eventObject(ns *world.Namespace, e *world.Event) object {
	return &corev1.Event{ObjectMeta: eventMeta(ns, e), InvolvedObject: eventTarget(ns, e), Reason: e.Reason, Message: e.Message, Type: e.Type, Count: int32(e.Count),
		FirstTimestamp: stamp(e.First), LastTimestamp: stamp(e.Last), Source: corev1.EventSource{Component: e.Component}, ReportingController: e.Component}
}

func newEventObject(ns *world.Namespace, e *world.Event) object {
	return &eventsv1.Event{ObjectMeta: eventMeta(ns, e), Regarding: eventTarget(ns, e), Reason: e.Reason, Note: e.Message, Type: e.Type, DeprecatedCount: int32(e.Count),
		DeprecatedFirstTimestamp: stamp(e.First), DeprecatedLastTimestamp: stamp(e.Last), DeprecatedSource: corev1.EventSource{Component: e.Component}, ReportingController: e.Component}
}

func plainMeta(ns *world.Namespace, kind, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: ns.Name, UID: types.UID(stableUID(ns.UID, kind, name)), ResourceVersion: versionText(ns.Rev), CreationTimestamp: stamp(ns.CreatedAt)}
}

// secretObject shows the name and the keys of a Secret; the world holds no values, so none can leave it.
func secretObject(ns *world.Namespace, sec *world.Secret) object {
	m := plainMeta(ns, "Secret", sec.Name)
	typ := corev1.SecretTypeOpaque
	data := map[string][]byte{}
	for _, k := range sec.Keys {
		data[k] = []byte{}
		if k == corev1.DockerConfigJsonKey {
			typ = corev1.SecretTypeDockerConfigJson
		}
	}
	return &corev1.Secret{ObjectMeta: m, Type: typ, Data: data}
}

func serviceObject(w *world.Workload, port int) object {
	m := plainMeta(w.Namespace, "Service", w.Name)
	m.Labels, m.CreationTimestamp = copyLabels(w.Labels), stamp(w.CreatedAt)
	single := corev1.IPFamilyPolicySingleStack
	ip := hostIP("service/" + w.UID)
	return &corev1.Service{ObjectMeta: m, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: ip, ClusterIPs: []string{ip}, Selector: selectorOf(w),
		IPFamilyPolicy: &single, IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol}, SessionAffinity: corev1.ServiceAffinityNone,
		Ports: []corev1.ServicePort{{Name: "http", Port: int32(port), Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(int32(port))}}}}
}

func claimSpec(c *world.PVC) corev1.PersistentVolumeClaimSpec {
	class, mode := "csi-cinder-high-speed", corev1.PersistentVolumeFilesystem
	return corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, StorageClassName: &class, VolumeMode: &mode,
		Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: amountOf(c.Capacity)}}}
}

func claimObject(w *world.Workload) object {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: plainMeta(w.Namespace, "PersistentVolumeClaim", w.PVC.Name), Spec: claimSpec(w.PVC)}
	c.Spec.VolumeName = "pvc-" + string(c.UID)
	c.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, AccessModes: c.Spec.AccessModes, Capacity: corev1.ResourceList{corev1.ResourceStorage: amountOf(w.PVC.Capacity)}}
	return c
}

func serviceAccountObject(ns *world.Namespace) object {
	return &corev1.ServiceAccount{ObjectMeta: plainMeta(ns, "ServiceAccount", "default")}
}

func configMapObject(ns *world.Namespace) object {
	return &corev1.ConfigMap{ObjectMeta: plainMeta(ns, "ConfigMap", "kube-root-ca.crt"), Data: map[string]string{"ca.crt": ""}}
}
