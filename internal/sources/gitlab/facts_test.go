package gitlab

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// A mirror run that nobody told whom it concerned hides how a repository does, as long as it is newer than the last one known of it.
func TestTraced(t *testing.T) {
	f := newFacts("root")
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	named := func(id int64, name string) repository {
		return repository{GitRepository: platform.GitRepository{ID: id, Name: name}, group: "root/p"}
	}
	mirror := named(1, platform.MirrorRepository)
	for id := range int64(4) {
		mirror.pipelines = append(mirror.pipelines, platform.Pipeline{ID: id, Repository: platform.MirrorRepository, CreatedAt: at.Add(time.Duration(id) * time.Hour)})
	}
	f.groups[mirror.group] = []repository{named(2, "api"), mirror, named(3, "web")}
	for _, told := range []struct {
		run    int64
		of     string
		traced bool
	}{{1, "api", false}, {2, "web", false}, {3, "api", true}, {0, "", true}} {
		f.setTarget(told.run, told.of)
		if got := f.traced(mirror); got != told.traced {
			t.Errorf("run %d told: traced %v", told.run, got)
		}
	}
	// A new run comes, whoever it is for: it is asked for again.
	mirror.pipelines = append(mirror.pipelines, platform.Pipeline{ID: 9, Repository: platform.MirrorRepository, CreatedAt: at.Add(9 * time.Hour)})
	if f.traced(mirror) || len(f.targetless(mirror, 1)) != 1 {
		t.Error("a newer run is taken as one of no importance")
	}
}
