package deeds_test

import (
	"slices"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/actions"
)

// TestGuardsOfACluster: through the client and a cluster that has them, autoscaler and budgets are told, and the number that is outside the bounds is seen to go back to them.
func TestGuardsOfACluster(t *testing.T) {
	r := newRig(t, demo.Options{})
	warned := func(d actions.Draft, code, detail string) {
		t.Helper()
		if !slices.ContainsFunc(d.Warnings, func(w actions.Reason) bool { return w.Code == code && w.Detail == detail }) {
			t.Errorf("no %s %s: %+v", code, detail, d.Warnings)
		}
	}
	web := onWorkload("kubernetes", "portail", "prod", "web")(r)
	d, err := r.plan("kubernetes.scale", r.scene("portail", "prod"), web, actions.Args{"replicas": "1"})
	if err != nil {
		t.Fatal(err)
	}
	warned(d, "out_of_bounds", "web, 2–6")
	warned(d, "budget_more", "web, 2")
	pod := view(r, func(*world.State) *world.Pod {
		for _, p := range workload(r, "portail", "prod", "web").Namespace.Pods {
			if p.Containers[0].Ready {
				return p
			}
		}
		return nil
	})
	gone, err := r.plan("kubernetes.delete_pod", r.scene("portail", "prod"), actions.Subject{Kind: actions.OnPod, System: web.System, Namespace: web.Namespace, ID: pod.Name, Name: pod.Name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	warned(gone, "budget_broken", "web, 2/2")
	if n := r.p.Writes(); n != 0 {
		t.Errorf("%d writes while planning", n)
	}
	reply := r.do(d)
	r.pass(20 * time.Second)
	if s := r.look("kubernetes.scale", d, web, reply); s.State != actions.Failed || s.Note != "replicas: 2 (HorizontalPodAutoscaler web, 2–6)" {
		t.Errorf("%+v", s)
	}
	// Two of four serve there, three are to: a rollout that adds first takes none of them, a deletion would.
	agenda := onWorkload("kubernetes", "agendaprefs", "prod", "agenda-web")(r)
	if d, err = r.plan("kubernetes.restart", r.scene("agendaprefs", "prod"), agenda, nil); err != nil {
		t.Fatal(err)
	}
	warned(d, "budget_broken", "agenda-web, 2/3")
}
