//go:build e2e

package main

import (
	"os"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/demo/world"
)

// TestOnTheLab drives the program in a terminal on the real systems: what happens in the cluster is seen, and a cluster that is stopped, frozen
// and started again is survived.
func TestOnTheLab(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{Out: os.Stderr, History: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	namespace, pod := front(l.World)

	x := inTerminal(t, 150, 45, nil, "--config", l.Config)
	x.patience = time.Minute // a connection that is frozen is found out after half of one
	x.shows("Parc", "● 12 sources", "guichet", "20/20", "11/13")
	do(l.Scale(t.Context(), namespace, "front", 5))
	x.shows("22/22")
	do(l.Crash(t.Context(), namespace, pod))
	x.shows("21/22")
	x.press("/guichet\r") // alone in the list: the preview tells what is wrong
	x.shows("CrashLoopBackOff")

	x.press(":")
	x.shows("Aller à")
	x.press(namespace)
	x.shows("guichet", "prod")
	x.press("\r")
	x.shows("guichet ▸ prod", pod, "CrashLoopBackOff", "4/5")

	do(l.Stop("apiserver"))
	x.shows("● 11 sources", "○ kubernetes/lab", pod) // what was known last stays
	do(l.Restart(t.Context(), "apiserver"))
	x.hides("○ kubernetes/lab")
	x.shows("● 12 sources", pod)

	do(l.Freeze("apiserver"))
	x.press("?") // the keys answer all the while
	x.shows("Signes")
	x.press("\x1b")
	x.hides("Signes")
	x.shows("○ kubernetes/lab", pod)
	do(l.Thaw("apiserver"))
	x.hides("○ kubernetes/lab")
	x.shows("● 12 sources")

	do(l.Delete(t.Context(), namespace, pod))
	x.shows("5/5")
	x.hides("CrashLoopBackOff")
	x.press("qqqq")
	if code := x.ends(); code != exitFine {
		t.Errorf("left with code %d", code)
	}
}

// front is a pod of the front of a healthy production.
func front(w *world.World) (namespace, pod string) {
	w.View(func(st *world.State) {
		for _, e := range st.ProjectBySlug["guichet"].Environments {
			if e.Name != "prod" {
				continue
			}
			namespace = e.Namespace.Name
			for _, p := range e.Namespace.Pods {
				if p.Workload != nil && p.Workload.Name == "front" {
					pod = p.Name
				}
			}
		}
	})
	return namespace, pod
}
