package harbor

import (
	"testing"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of an artifact: nothing of it may leave the mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, digest := range []string{text, "sha256:1"} {
			var a artifactAnswer
			hostile.Fill(&a, text, map[string]string{"Digest": digest})
			img, _ := fromArtifact(line(text), a)
			for _, where := range hostile.Dirty(img) {
				t.Error(where)
			}
		}
	})
}
