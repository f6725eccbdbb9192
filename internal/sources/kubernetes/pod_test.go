package kubernetes

import (
	"errors"
	"slices"
	"strings"
	"testing"

	fake "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/desk"
	"dsotop/internal/sources/transport"
)

var _ desk.Pods = (*Source)(nil)

// A pod read on demand says what the world has of it, its events and a manifest that names its kind.
func TestPodOfTheDemo(t *testing.T) {
	w := newWorld(world.Small)
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{})
	var pods []*world.Pod
	w.View(func(st *world.State) { pods = slices.Clone(firstNamespace(st).Pods) })
	for _, p := range pods {
		d, err := g.source.Pod(t.Context(), desk.PodAsk{Namespace: p.Namespace.Name, Name: p.Name})
		if err != nil || d.EventsErr != nil {
			t.Fatalf("%s: %v %v", p.Name, err, d.EventsErr)
		}
		if d.UID != p.UID || len(d.Containers) != len(p.Containers) || d.Node != p.Node || d.FromTree || !strings.Contains(d.Manifest.Text, "\nkind: Pod\n") || strings.Contains(d.Manifest.Text, "managedFields") {
			t.Errorf("%+v", d)
		}
		for i, c := range d.Containers {
			if c.Restarts != p.Containers[i].Restarts || c.State != p.Containers[i].State {
				t.Errorf("%s: %+v", p.Name, c)
			}
		}
		for _, e := range d.Events {
			if e.Name != p.Name {
				t.Errorf("%+v is not of %s", e, p.Name)
			}
		}
	}
	_, err := g.source.Pod(t.Context(), desk.PodAsk{Namespace: pods[0].Namespace.Name, Name: "nobody"})
	if f, ok := errors.AsType[*transport.Fault](err); !ok || f.Class != transport.ClassNotFound {
		t.Errorf("%v", err)
	}
}
