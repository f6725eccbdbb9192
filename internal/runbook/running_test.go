package runbook

import (
	"testing"

	"dsotop/internal/platform"
)

// What runs is known by its digest, and by its tag where pods come without one.
func TestRuns(t *testing.T) {
	image := &platform.Image{Repository: "api", Digest: "sha256:aa", Tags: []platform.Tag{{Name: "1.2"}}}
	for name, c := range map[string]struct {
		container platform.Container
		want      bool
	}{
		"its digest":                 {platform.Container{Digest: "sha256:aa", Image: "h.test/p/api:old", State: "running"}, true},
		"its tag, which moved":       {platform.Container{Digest: "sha256:bb", Image: "h.test/p/api:1.2", State: "running"}, false},
		"its tag, no digest told":    {platform.Container{Image: "h.test/p/api:1.2", State: "running"}, true},
		"its tag, nothing else told": {platform.Container{Image: "h.test/p/api:1.2"}, true},
		"asked for in vain":          {platform.Container{Image: "h.test/p/api:1.2", State: "waiting"}, false},
		"its digest in the name":     {platform.Container{Image: "h.test/p/api@sha256:aa"}, true},
		"another tag":                {platform.Container{Image: "h.test/p/api:1.3"}, false},
		"another project":            {platform.Container{Image: "h.test/q/api:1.2"}, false},
		"another repository":         {platform.Container{Image: "h.test/p/web:1.2"}, false},
	} {
		if got := runs("p", image, &c.container); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
