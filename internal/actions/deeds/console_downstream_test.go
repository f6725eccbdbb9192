package deeds_test

import (
	"testing"

	"dsotop/demo"
	"dsotop/internal/actions"
)

// TestDownstream: what follows a provisioning that went well is told apart from its verdict, each part as it is.
func TestDownstream(t *testing.T) {
	r := newRig(t, demo.Options{})
	sub := project(r, "vigibat")
	d, err := r.plan("console.replay", r.scene("vigibat", ""), sub, nil)
	if err != nil || d.Memo["downstream"] == "" {
		t.Fatalf("%v: memo %v", err, d.Memo)
	}
	reply := r.do(d)
	s := r.look("console.replay", d, sub, reply)
	steps := map[string]actions.Step{}
	for _, st := range s.Progress {
		steps[st.Name] = st
	}
	for _, name := range []string{"zone_commit", "root_application", "env_application", "namespace", "pull_secret"} {
		if st, ok := steps[name]; !ok || s.State != "done" {
			t.Errorf("%s: %s is missing in %+v", s.State, name, s.Progress)
		} else {
			t.Logf("%+v", st)
		}
	}
	for _, name := range []string{"argocd/pub", "argocd/usu", "argocd/dr", "argocd/form", "gitlab"} {
		delete(r.halfs, name)
	}
	s = r.look("console.replay", d, sub, reply)
	for _, st := range s.Progress {
		if st.Name == "root_application" && (st.State != "unknown" || st.Note == "") || s.State != "done" {
			t.Errorf("without a source: %s %+v", s.State, st)
		}
	}
}
