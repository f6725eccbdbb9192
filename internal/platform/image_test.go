package platform

import "testing"

// What a container runs is told by its digest, and by what it asks for where none is told.
func TestImageOf(t *testing.T) {
	d := &Dossier{Project: Project{Slug: "p"}, Images: []Image{{Repository: "api", Digest: "sha256:aa", Tags: []Tag{{Name: "1.2"}}}}}
	for name, c := range map[string]struct {
		container Container
		want      bool
	}{
		"its digest":             {Container{Digest: "sha256:aa", Image: "h.test/p/api:old"}, true},
		"its tag, which moved":   {Container{Digest: "sha256:bb", Image: "h.test/p/api:1.2"}, false},
		"its tag, no digest":     {Container{Image: "h.test/p/api:1.2"}, true},
		"its digest in the name": {Container{Image: "h.test/p/api@sha256:aa"}, true},
		"another tag":            {Container{Image: "h.test/p/api:1.3"}, false},
		"no tag":                 {Container{Image: "h.test/p/api"}, false},
		"another project":        {Container{Digest: "sha256:aa", Image: "h.test/q/api:1.2"}, false},
		"another repository":     {Container{Digest: "sha256:aa", Image: "h.test/p/web:1.2"}, false},
	} {
		if got := d.ImageOf(&c.container) != nil; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
