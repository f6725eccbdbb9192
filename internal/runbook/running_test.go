package runbook

import (
	"testing"

	"dsotop/internal/platform"
)

// What runs is known where pods come without a digest too; what a pod asks for in vain does not run.
func TestWhatRuns(t *testing.T) {
	for name, c := range map[string]struct {
		container platform.Container
		want      bool
	}{
		"its digest":        {platform.Container{Digest: "sha256:aa", Image: "h.test/p/api:old", State: "running"}, true},
		"no digest told":    {platform.Container{Image: "h.test/p/api:1.2", State: "running"}, true},
		"nothing told":      {platform.Container{Image: "h.test/p/api:1.2"}, true},
		"asked for in vain": {platform.Container{Image: "h.test/p/api:1.2", State: "waiting"}, false},
	} {
		d := &platform.Dossier{Project: platform.Project{Slug: "p"}, Images: []platform.Image{{Repository: "api", Digest: "sha256:aa", Tags: []platform.Tag{{Name: "1.2"}}}}}
		d.Environments = []platform.EnvironmentFacts{{Pods: []platform.Pod{{Containers: []platform.Container{c.container}}}}}
		if got := (&scene{}).images(d); got[0].Running != c.want {
			t.Errorf("%s: %v", name, got[0].Running)
		}
	}
}
