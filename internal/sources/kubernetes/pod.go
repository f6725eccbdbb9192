package kubernetes

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// mostPodEvents is how many events of one pod are read: Kubernetes folds those that repeat.
const mostPodEvents = 200

// Pod implements desk.Pods. The pod is read by a list of one, which needs no right beyond those of the watch.
func (s *Source) Pod(ctx context.Context, ask desk.PodAsk) (desk.PodDetail, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	where := "pods in " + ask.Namespace
	got, err := s.api.list(ctx, podsKind(), ask.Namespace, metav1.ListOptions{Limit: 1, FieldSelector: fields.OneTermEqualSelector("metadata.name", ask.Name).String()})
	if err != nil {
		return desk.PodDetail{}, s.fault("list", where, err)
	}
	list, ok := got.(*corev1.PodList)
	if !ok || len(list.Items) > 1 {
		return desk.PodDetail{}, &transport.Fault{Class: transport.ClassMalformed, Source: s.Name(), Method: "list", URL: where, Message: "the answer is no list of one pod"}
	}
	if len(list.Items) == 0 {
		return desk.PodDetail{}, &transport.Fault{Class: transport.ClassNotFound, Source: s.Name(), Method: "list", URL: where, Message: "pod " + line(ask.Name) + " is gone"}
	}
	pod := &list.Items[0]
	pod.Kind, pod.APIVersion = "Pod", "v1" // objects of a list do not say
	raw, err := json.Marshal(pod)
	if err != nil {
		return desk.PodDetail{}, s.fault("list", where, err)
	}
	d, err := sources.Pod(raw)
	if err != nil {
		return d, s.fault("list", where, err)
	}
	d.Reason = cmp.Or(d.Reason, columnOf(pod).reason)
	d.Events, d.EventsErr = s.podEvents(ctx, ask.Namespace, ask.Name)
	return d, nil
}

func (s *Source) podEvents(ctx context.Context, namespace, name string) ([]platform.Event, error) {
	k := eventsKind()
	chosen := fields.AndSelectors(fields.OneTermEqualSelector("involvedObject.kind", "Pod"), fields.OneTermEqualSelector("involvedObject.name", name))
	got, err := s.api.list(ctx, k, namespace, metav1.ListOptions{Limit: mostPodEvents, FieldSelector: chosen.String()})
	if err != nil {
		return nil, s.fault("list", "events in "+namespace, err)
	}
	list, ok := got.(*corev1.EventList)
	if !ok {
		return nil, &transport.Fault{Class: transport.ClassMalformed, Source: s.Name(), Method: "list", URL: "events in " + namespace, Message: "the answer is no list of events"}
	}
	out := make([]platform.Event, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, eventOf("", &list.Items[i]))
	}
	slices.SortStableFunc(out, func(a, b platform.Event) int { return b.Last.Compare(a.Last) })
	return out, nil
}

func eventsKind() *kind {
	all := kinds("")
	return all[slices.IndexFunc(all, func(k *kind) bool { return k.resource == "events" })]
}
