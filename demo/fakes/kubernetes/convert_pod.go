package kubernetes

import (
	"math"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"dsotop/demo/world"
)

const hashLabel = "pod-template-hash"

func versionText(rev uint64) string { return strconv.FormatUint(max(rev, 1), 10) }

func stamp(t time.Time) metav1.Time { return metav1.NewTime(t.UTC().Truncate(time.Second)) }

func stampPtr(t time.Time) *metav1.Time { s := stamp(t); return &s }

func cores(v float64) resource.Quantity {
	return *resource.NewMilliQuantity(int64(math.Round(v*1000)), resource.DecimalSI)
}

func amountOf(v float64) resource.Quantity {
	return *resource.NewQuantity(int64(math.Round(v)), resource.BinarySI)
}

func copyLabels(in map[string]string) map[string]string {
	out := make(map[string]string, len(in)+1)
	for k, v := range in {
		out[k] = v
	}
	return out
}

func owner(apiVersion, kind, name, uid string) []metav1.OwnerReference {
	yes := true
	return []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: name, UID: types.UID(uid), Controller: &yes, BlockOwnerDeletion: &yes}}
}

// groupOfKind gives the API version of the owners that the world has.
func groupOfKind(kind string) string {
	switch kind {
	case "Job", "CronJob":
		return "batch/v1"
	case "Cluster":
		return "postgresql.cnpg.io/v1"
	case "Pod", "Node", "Namespace", "PersistentVolumeClaim", "ResourceQuota", "Service", "Secret":
		return "v1"
	}
	return "apps/v1"
}

func resourcesOf(c world.ContainerSpec) corev1.ResourceRequirements {
	list := func(cpu, mem float64) corev1.ResourceList {
		out := corev1.ResourceList{}
		if cpu > 0 {
			out[corev1.ResourceCPU] = cores(cpu)
		}
		if mem > 0 {
			out[corev1.ResourceMemory] = amountOf(mem)
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return corev1.ResourceRequirements{Requests: list(c.CPURequest, c.MemRequest), Limits: list(c.CPULimit, c.MemLimit)}
}

func containerSpec(c world.ContainerSpec, image string) corev1.Container {
	pull := corev1.PullIfNotPresent
	if strings.HasSuffix(image, ":latest") {
		pull = corev1.PullAlways
	}
	out := corev1.Container{Name: c.Name, Image: image, Resources: resourcesOf(c), ImagePullPolicy: pull,
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile}
	if c.Port > 0 {
		out.Ports = []corev1.ContainerPort{{ContainerPort: int32(c.Port), Protocol: corev1.ProtocolTCP}}
	}
	if c.Probes && c.Port > 0 {
		probe := func() *corev1.Probe {
			return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/sante", Port: intstr.FromInt32(int32(c.Port)), Scheme: corev1.URISchemeHTTP}},
				TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
		}
		out.LivenessProbe, out.ReadinessProbe = probe(), probe()
	}
	return out
}

func podSpec(containers []corev1.Container, restart corev1.RestartPolicy) corev1.PodSpec {
	grace := int64(30)
	return corev1.PodSpec{Containers: containers, RestartPolicy: restart, DNSPolicy: corev1.DNSClusterFirst, SchedulerName: "default-scheduler",
		TerminationGracePeriodSeconds: &grace, SecurityContext: &corev1.PodSecurityContext{},
		ImagePullSecrets: []corev1.LocalObjectReference{{Name: "registry-pull-secret"}}}
}

// imageID is what a runtime reports: the repository with the digest that runs.
func imageID(image, digest string) string {
	if digest == "" {
		return ""
	}
	if i := strings.Index(image, "@"); i >= 0 {
		image = image[:i]
	}
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		image = image[:i]
	}
	return image + "@" + digest
}

func podObject(p *world.Pod) object {
	labels := copyLabels(p.Labels)
	generate := ""
	if p.OwnerKind == "ReplicaSet" {
		generate = p.OwnerName + "-"
		if _, has := labels[hashLabel]; !has {
			labels[hashLabel] = p.OwnerName[strings.LastIndex(p.OwnerName, "-")+1:]
		}
	}
	restart := corev1.RestartPolicyAlways
	if p.OwnerKind == "Job" {
		restart = corev1.RestartPolicyNever
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: p.Name, GenerateName: generate, Namespace: p.Namespace.Name, UID: types.UID(p.UID), ResourceVersion: versionText(p.Rev),
		Labels: labels, CreationTimestamp: stamp(p.CreatedAt), Generation: 1, ManagedFields: []metav1.ManagedFieldsEntry{
			managed("kube-controller-manager", "", managedByController, p.CreatedAt), managed("kubelet", "status", managedByKubelet, p.CreatedAt)}}}
	if p.OwnerName != "" {
		pod.OwnerReferences = owner(groupOfKind(p.OwnerKind), p.OwnerKind, p.OwnerName, p.OwnerUID)
	}
	specs := make([]corev1.Container, len(p.Containers))
	statuses := make([]corev1.ContainerStatus, len(p.Containers))
	guaranteed, burstable, allReady, changed := true, false, true, p.CreatedAt
	for i, c := range p.Containers {
		specs[i] = containerSpec(c.Spec, c.Image)
		statuses[i] = containerStatus(p, c)
		allReady = allReady && c.Ready
		if c.StartedAt.After(changed) {
			changed = c.StartedAt
		}
		s := c.Spec
		burstable = burstable || s.CPURequest+s.MemRequest+s.CPULimit+s.MemLimit > 0
		guaranteed = guaranteed && s.CPULimit > 0 && s.MemLimit > 0 && s.CPULimit == s.CPURequest && s.MemLimit == s.MemRequest
	}
	pod.Spec = podSpec(specs, restart)
	// What the admission of a real server adds.
	priority, links, lower, minutes := int32(0), true, corev1.PreemptLowerPriority, int64(300)
	pod.Spec.Priority, pod.Spec.EnableServiceLinks, pod.Spec.PreemptionPolicy = &priority, &links, &lower
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &minutes})
	}
	pod.Spec.NodeName, pod.Spec.ServiceAccountName, pod.Spec.DeprecatedServiceAccount = p.Node, "default", "default"
	qos := corev1.PodQOSBestEffort
	switch {
	case guaranteed && burstable:
		qos = corev1.PodQOSGuaranteed
	case burstable:
		qos = corev1.PodQOSBurstable
	}
	pod.Status = corev1.PodStatus{Phase: corev1.PodPhase(p.Phase), Reason: p.Reason, Message: p.Message, QOSClass: qos, PodIP: p.IP, ContainerStatuses: statuses}
	if p.IP != "" {
		pod.Status.PodIPs = []corev1.PodIP{{IP: p.IP}}
	}
	pod.Status.Conditions = podConditions(p, allReady, changed)
	if p.Node == "" {
		pod.Status.ContainerStatuses = nil // nobody runs it yet
	} else {
		pod.Status.StartTime, pod.Status.HostIP = stampPtr(p.CreatedAt), hostIP(p.Node)
	}
	return pod
}

func hostIP(node string) string {
	h := stableUID("node", node)
	n, _ := strconv.ParseUint(h[:2], 16, 8)
	return "10.20.0." + strconv.FormatUint(n%250+4, 10)
}

func podConditions(p *world.Pod, ready bool, changed time.Time) []corev1.PodCondition {
	word := func(ok bool) corev1.ConditionStatus {
		if ok {
			return corev1.ConditionTrue
		}
		return corev1.ConditionFalse
	}
	reason, message := "", ""
	switch {
	case p.Phase == "Succeeded":
		ready, reason = false, "PodCompleted"
	case !ready:
		reason = "ContainersNotReady"
		var names []string
		for _, c := range p.Containers {
			if !c.Ready {
				names = append(names, c.Spec.Name)
			}
		}
		message = "containers with unready status: [" + strings.Join(names, " ") + "]"
	}
	ready = ready && p.Phase == "Running"
	scheduled := corev1.PodCondition{Type: corev1.PodScheduled, Status: word(p.Node != ""), LastTransitionTime: stamp(p.CreatedAt)}
	if p.Node == "" {
		scheduled.Reason, scheduled.Message = "Unschedulable", p.Message
		return []corev1.PodCondition{scheduled}
	}
	cond := func(t corev1.PodConditionType, ok bool, why, text string) corev1.PodCondition {
		return corev1.PodCondition{Type: t, Status: word(ok), LastTransitionTime: stamp(changed), Reason: why, Message: text}
	}
	return []corev1.PodCondition{cond(corev1.PodInitialized, true, "", ""), cond(corev1.PodReady, ready, reason, message),
		cond(corev1.ContainersReady, ready, reason, message), scheduled}
}

func containerStatus(p *world.Pod, c *world.Container) corev1.ContainerStatus {
	id := ""
	if c.State != "waiting" || c.LastReason != "" {
		id = "containerd://" + strings.ReplaceAll(stableUID(p.UID, c.Spec.Name, strconv.Itoa(c.Restarts))+stableUID(p.UID, c.Spec.Name), "-", "")
	}
	started := c.State == "running"
	st := corev1.ContainerStatus{Name: c.Spec.Name, Image: c.Image, ImageID: imageID(c.Image, c.Digest), Ready: c.Ready, RestartCount: int32(c.Restarts), ContainerID: id, Started: &started}
	switch c.State {
	case "running":
		st.State.Running = &corev1.ContainerStateRunning{StartedAt: stamp(c.StartedAt)}
	case "terminated":
		st.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: int32(c.ExitCode), Reason: c.Reason, Message: c.Message,
			StartedAt: stamp(c.StartedAt), FinishedAt: stamp(c.FinishedAt), ContainerID: id}
	default:
		reason := c.Reason
		if reason == "" {
			reason = "ContainerCreating"
		}
		st.State.Waiting = &corev1.ContainerStateWaiting{Reason: reason, Message: c.Message}
	}
	if c.LastReason != "" {
		st.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: int32(c.LastExitCode), Reason: c.LastReason,
			StartedAt: stamp(c.LastStarted), FinishedAt: stamp(c.LastFinished), ContainerID: id}
	}
	return st
}
