package world

import (
	"testing"
	"time"
)

// What two people do to one Deployment within a minute ends as the last of them asked, with one pod in each place.
func TestRolloutsThatOverlapEndWithOnePodInEachPlace(t *testing.T) {
	w := newTest(Small)
	var x *Workload
	w.View(func(s *State) {
		for _, c := range s.Clusters {
			for _, ns := range c.Namespaces {
				for _, y := range ns.Workloads {
					if y.Kind == "Deployment" && y.Replicas == 2 && y.Ready == 2 && x == nil {
						x = y
					}
				}
			}
		}
	})
	if x == nil {
		t.Fatal("no healthy Deployment of two pods")
	}
	namespace, name := x.Namespace.Name, x.Name
	now := testStart
	do := func(after time.Duration, deed func(tx *Tx, x *Workload)) {
		now = now.Add(after)
		w.Step(now)
		w.Update(func(tx *Tx) {
			for _, c := range tx.State.Clusters {
				if ns := tx.State.NamespaceOf[c.Label+"/"+namespace]; ns != nil {
					for _, y := range ns.Workloads {
						if y.Name == name {
							deed(tx, y)
						}
					}
				}
			}
		})
	}
	restart := func(tx *Tx, x *Workload) { tx.RestartWorkload(x) }
	do(0, restart)
	do(5*time.Second, func(tx *Tx, x *Workload) { tx.ScaleWorkload(x, 3) })
	do(10*time.Second, restart)
	do(4*time.Second, restart)
	do(3*time.Minute, func(_ *Tx, x *Workload) {
		places := map[int]int{}
		for _, p := range x.Namespace.Pods {
			if p.Workload == x {
				places[p.Slot]++
				if p.OwnerName != x.ReplicaSet {
					t.Errorf("%s is of %s, the newest is %s", p.Name, p.OwnerName, x.ReplicaSet)
				}
			}
		}
		if len(places) != 3 || places[0] != 1 || places[1] != 1 || places[2] != 1 {
			t.Errorf("pods by place: %v", places)
		}
	})
}
