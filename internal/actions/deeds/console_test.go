package deeds_test

import (
	"testing"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/actions"
)

func project(r *rig, slug string) actions.Subject {
	id := view(r, func(s *world.State) string { return s.ProjectBySlug[slug].ID })
	return actions.Subject{Kind: actions.OnProject, ProjectID: id, ID: id, Name: slug}
}

// TestReplay: a provisioning that mends, one that fails with 204 (newer consoles) and with 422 (older ones).
func TestReplay(t *testing.T) {
	for _, version := range []string{"9.24.0", "9.22.2"} {
		for _, fails := range []bool{false, true} {
			r := newRig(t, demo.Options{ConsoleVersion: version})
			sub := project(r, "vigibat")
			if fails {
				r.change(func(tx *world.Tx) { tx.Break("Gitlab", "Mirror token invalid") })
			}
			d, err := r.plan("console.replay", r.scene("vigibat", ""), sub, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Effects) == 0 || len(d.Call.Body) != 0 || d.Call.ContentType != "" || d.Memo["user"] == "" {
				t.Errorf("draft: %+v", d)
			}
			if s := r.look("console.replay", d, sub, nil); s.State != "running" {
				t.Errorf("before: %+v", s)
			}
			reply := r.do(d)
			want, status, after := "done", 204, "created"
			if fails {
				want, after = "failed", "failed"
				if version == "9.22.2" {
					status = 422
				}
			}
			if reply.Status != status {
				t.Errorf("%s, fails %v: status %d", version, fails, reply.Status)
			}
			s := r.look("console.replay", d, sub, nil)
			if s.State != want || len(s.Progress) < 5 {
				t.Errorf("%s, fails %v: %+v", version, fails, s)
			}
			if got := view(r, func(s *world.State) string { return s.ProjectBySlug["vigibat"].Status }); got != after {
				t.Errorf("%s, fails %v: the project is %s", version, fails, got)
			}
		}
	}
}
