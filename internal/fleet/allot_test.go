package fleet

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// Mirror runs whose repository is not told make nobody say that a repository never had one.
func TestMirrorUntold(t *testing.T) {
	run := func(hours int, of string) platform.Pipeline {
		return platform.Pipeline{ID: int64(hours), Repository: platform.MirrorRepository, MirrorOf: of, CreatedAt: ago(time.Duration(hours) * time.Hour)}
	}
	for name, c := range map[string]struct {
		runs     []platform.Pipeline
		api, web bool
	}{
		"no run":              {nil, false, false},
		"nothing told yet":    {[]platform.Pipeline{run(1, ""), run(2, "")}, true, true},
		"an older one told":   {[]platform.Pipeline{run(1, ""), run(2, "api")}, false, true},
		"the newest one told": {[]platform.Pipeline{run(2, ""), run(1, "api")}, false, false},
	} {
		out := []platform.RepositoryFacts{{Repository: platform.Repository{Name: "api", ExternalURL: "https://forge.example/api.git"}}, {Repository: platform.Repository{Name: "web", ExternalURL: "https://forge.example/web.git"}},
			{Repository: platform.Repository{Name: "infra"}}}
		allot(out, map[string]int{"api": 0, "web": 1, "infra": 2}, c.runs, 2, 1)
		if out[0].MirrorUntold != c.api || out[1].MirrorUntold != c.web || out[2].MirrorUntold {
			t.Errorf("%s: %v %v %v", name, out[0].MirrorUntold, out[1].MirrorUntold, out[2].MirrorUntold)
		}
		d := &platform.Dossier{Repositories: out, Known: map[platform.Family]platform.FactAge{platform.FamPipelines: {At: now(), State: platform.StateLive}}}
		refused, _ := pipelineCells(d)
		d.Known[platform.FamTokens] = platform.FactAge{State: platform.StateStarting}
		waiting, _ := pipelineCells(d)
		if silent := c.api && c.web; (refused.Mark == MarkForbidden) != silent || (waiting.Mark == MarkLoading) != silent {
			t.Errorf("%s: the column says %d, %d before the details", name, refused.Mark, waiting.Mark)
		}
	}
}
