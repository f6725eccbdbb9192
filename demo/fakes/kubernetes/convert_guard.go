package kubernetes

import (
	"fmt"
	"strconv"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"dsotop/demo/world"
)

func guardMeta(w *world.Workload, kind string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: w.Name, Namespace: w.Namespace.Name, UID: types.UID(stableUID(w.Namespace.UID, kind, w.Name)), ResourceVersion: versionText(w.Rev), Generation: 1,
		Labels: copyLabels(w.Labels), CreationTimestamp: stamp(w.CreatedAt)}
}

// autoscalerEntries are the autoscaler of a workload, and its budget below, as their controllers keep them.
func autoscalerEntries(w *world.Workload) []entry {
	if w.Autoscaler == nil {
		return nil
	}
	return []entry{{w.Namespace.Name, w.Name, stableUID(w.Namespace.UID, "HorizontalPodAutoscaler", w.Name), func() object { return autoscalerObject(w) }}}
}

func autoscalerObject(w *world.Workload) object {
	least, target, use := int32(w.Autoscaler.Min), int32(75), int32(41)
	h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: guardMeta(w, "HorizontalPodAutoscaler")}
	h.Spec = autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: w.Kind, Name: w.Name, APIVersion: "apps/v1"},
		MinReplicas:    &least, MaxReplicas: int32(w.Autoscaler.Max),
		Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{Name: corev1.ResourceCPU,
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target}}}},
	}
	active := autoscalingv2.HorizontalPodAutoscalerCondition{Type: autoscalingv2.ScalingActive, Status: corev1.ConditionTrue, LastTransitionTime: stamp(w.CreatedAt), Reason: "ValidMetricFound",
		Message: "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)"}
	if w.Replicas == 0 {
		active.Status, active.Reason, active.Message = corev1.ConditionFalse, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero"
	}
	h.Status = autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: int32(w.Replicas), DesiredReplicas: int32(w.Autoscaler.Wanted),
		CurrentMetrics: []autoscalingv2.MetricStatus{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricStatus{Name: corev1.ResourceCPU,
			Current: autoscalingv2.MetricValueStatus{AverageUtilization: &use}}}},
		Conditions: []autoscalingv2.HorizontalPodAutoscalerCondition{{Type: autoscalingv2.AbleToScale, Status: corev1.ConditionTrue, LastTransitionTime: stamp(w.CreatedAt), Reason: "ReadyForNewScale",
			Message: "recommended size matches current size"}, active}}
	return h
}

func budgetEntries(w *world.Workload) []entry {
	if w.Budget == nil {
		return nil
	}
	return []entry{{w.Namespace.Name, w.Name, stableUID(w.Namespace.UID, "PodDisruptionBudget", w.Name), func() object { return budgetObject(w) }}}
}

// budgetObject counts as the disruption controller does: percentages are rounded up, and pods beyond what is wanted may go.
func budgetObject(w *world.Workload) object {
	least := intstr.Parse(w.Budget.MinAvailable)
	desired, err := intstr.GetScaledValueFromIntOrPercent(&least, w.Replicas, true)
	if err != nil {
		desired = 0
	}
	b := &policyv1.PodDisruptionBudget{ObjectMeta: guardMeta(w, "PodDisruptionBudget")}
	b.Spec = policyv1.PodDisruptionBudgetSpec{MinAvailable: &least, Selector: &metav1.LabelSelector{MatchLabels: selectorOf(w)}}
	allowed := max(0, w.Ready-desired)
	c := metav1.Condition{Type: policyv1.DisruptionAllowedCondition, Status: metav1.ConditionTrue, Reason: policyv1.SufficientPodsReason, ObservedGeneration: 1, LastTransitionTime: stamp(w.CreatedAt)}
	if allowed == 0 {
		c.Status, c.Reason = metav1.ConditionFalse, policyv1.InsufficientPodsReason
	}
	b.Status = policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 1, DisruptionsAllowed: int32(allowed), CurrentHealthy: int32(w.Ready), DesiredHealthy: int32(desired), ExpectedPods: int32(w.Replicas),
		Conditions: []metav1.Condition{c}}
	return b
}

func (s *Server) autoscalerRow(o object) []any {
	h := o.(*autoscalingv2.HorizontalPodAutoscaler)
	return []any{h.Name, h.Spec.ScaleTargetRef.Kind + "/" + h.Spec.ScaleTargetRef.Name,
		fmt.Sprintf("cpu: %d%%/%d%%", *h.Status.CurrentMetrics[0].Resource.Current.AverageUtilization, *h.Spec.Metrics[0].Resource.Target.AverageUtilization),
		strconv.Itoa(int(*h.Spec.MinReplicas)), int64(h.Spec.MaxReplicas), int64(h.Status.CurrentReplicas), s.age(h.CreationTimestamp)}
}

func (s *Server) budgetRow(o object) []any {
	b := o.(*policyv1.PodDisruptionBudget)
	return []any{b.Name, b.Spec.MinAvailable.String(), "N/A", int64(b.Status.DisruptionsAllowed), s.age(b.CreationTimestamp)}
}
