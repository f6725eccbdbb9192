package platform

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// life is one commit's state in short: "mirror=good pipeline=running … | prod older pipeline_running | next wait".
func life(t *Trace) string {
	var out []string
	for _, e := range t.Edges[1:] {
		out = append(out, string(e.Step)+"="+string(e.State))
	}
	text := strings.Join(out, " ")
	for _, p := range t.Placements {
		text += " | " + p.Environment + " " + string(p.State)
		if p.Code != "" {
			text += " " + p.Code
		}
	}
	return text + " | " + t.Next
}

// A new commit c0ffee00… comes to the repository api, and goes through every stage of its life.
func TestTraceStages(t *testing.T) {
	const sha = "c0ffee00"
	whole := sha40("c0ffee0012")
	push := func(d *Dossier, status string) {
		r := &d.Repositories[0]
		p := Pipeline{ID: 9, IID: 813, Repository: "api", Ref: "main", SHA: whole, Status: status, CreatedAt: before(20 * time.Minute)}
		if status != PipelineRunning {
			p.FinishedAt = before(15 * time.Minute)
		}
		r.Pipelines = append([]Pipeline{p}, r.Pipelines...)
		r.Git.HeadSHA = whole
	}
	image := func(d *Dossier) {
		d.Images = append(d.Images, Image{Repository: "api", Digest: digestOf("cf"), Tags: []Tag{{Name: sha}}, PushedAt: before(16 * time.Minute)})
	}
	for name, tc := range map[string]struct {
		life func(d *Dossier)
		told map[string]GitCommit
		want string
	}{
		"nobody heard of it":           {func(*Dossier) {}, nil, ""},
		"mirrored, without a pipeline": {func(*Dossier) {}, map[string]GitCommit{"api": {SHA: whole, Title: "feat"}}, "mirror=good pipeline=unknown gate=unknown image=none | prod newer | passed"},
		"only the team's own forge has it": {func(d *Dossier) {
			d.Forge = []ForgeHead{{Repository: "api", Branch: "main", SHA: whole, Differs: before(time.Minute)}}
		}, nil, "mirror=warn pipeline=unknown gate=unknown image=none | prod older not_mirrored | mirror"},
		"it is being mirrored": {func(d *Dossier) {
			d.Forge = []ForgeHead{{Repository: "api", Branch: "main", SHA: whole, Differs: before(time.Minute)}}
			d.Repositories[0].Mirror = append([]Pipeline{{IID: 45, Repository: MirrorRepository, MirrorOf: "api", Status: PipelineRunning, CreatedAt: before(time.Minute)}}, d.Repositories[0].Mirror...)
		}, nil, "mirror=running pipeline=unknown gate=unknown image=none | prod older not_mirrored | wait"},
		"of another branch": {func(*Dossier) {}, map[string]GitCommit{"api": {SHA: whole, At: before(time.Hour), Branches: []string{"essai"}}}, "mirror=good pipeline=none gate=unknown image=none | prod other not_merged | merge"},
		"of no branch any more: squashed, or rewritten": {func(*Dossier) {}, map[string]GitCommit{"api": {SHA: whole, At: before(time.Hour), Branches: []string{}}},
			"mirror=good pipeline=none gate=unknown image=none | prod other not_merged | merge"},
		"made since the pipelines that were read, without one": {func(d *Dossier) { d.Repositories[0].Git.HeadSHA = sha40("eeeeeeee") }, map[string]GitCommit{"api": {SHA: whole, At: before(time.Minute), Branches: []string{"main"}}},
			"mirror=good pipeline=none gate=unknown image=none | prod older no_image | pipeline"},
		"made long before what runs": {func(*Dossier) {}, map[string]GitCommit{"api": {SHA: whole, At: before(9999 * time.Hour), Branches: []string{"main"}}}, "mirror=good pipeline=unknown gate=unknown image=none | prod newer | passed"},
		"it runs on, the version that should follow cannot start": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			reimage(d, "h.test/guichet/api:"+sha, digestOf("cf"))
			d.Environments[0].Pods = append(d.Environments[0].Pods, stuckPod("api", 1, "h.test/guichet/api:bad0bad0"))
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod rollout other_stuck | other"},
		"head, without a pipeline": {func(d *Dossier) { d.Repositories[0].Git.HeadSHA = whole }, nil, "mirror=good pipeline=unknown gate=unknown image=none | prod older no_image | pipeline"},
		"its pipeline runs":        {func(d *Dossier) { push(d, PipelineRunning) }, nil, "mirror=good pipeline=running gate=unknown image=none | prod older pipeline_running | wait"},
		"its pipeline failed":      {func(d *Dossier) { push(d, PipelineFailed) }, nil, "mirror=good pipeline=broken gate=unknown image=none | prod older pipeline_failed | repair"},
		"its gate is red": {func(d *Dossier) {
			push(d, PipelineFailed)
			d.Repositories[0].Gate = &Gate{Status: GateError, Revision: whole}
		}, nil, "mirror=good pipeline=broken gate=broken image=none | prod older pipeline_failed | repair"},
		"green, and no image":  {func(d *Dossier) { push(d, PipelineSuccess) }, nil, "mirror=good pipeline=good gate=unknown image=none | prod older no_image | image"},
		"built, not asked for": {func(d *Dossier) { push(d, PipelineSuccess); image(d) }, nil, "mirror=good pipeline=good gate=unknown image=good | prod older not_asked | tag"},
		"asked for, not synced": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			d.Environments[0].Applications[0].Sync = SyncOutOfSync
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod older not_synced | sync"},
		"automatic sync is off": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			d.Environments[0].Applications[0].Sync, d.Environments[0].Applications[0].Autosync = SyncOutOfSync, false
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod older manual_sync | sync"},
		"its pods do not start": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			d.Environments[0].Pods = append(d.Environments[0].Pods, stuckPod("api", 1, "h.test/guichet/api:"+sha))
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod starting stuck | pods"},
		"its tag was purged before its pods started": {func(d *Dossier) {
			push(d, PipelineSuccess)
			d.Environments[0].Pods = append(d.Environments[0].Pods, stuckPod("api", 1, "h.test/guichet/api:"+sha))
		}, nil, "mirror=good pipeline=good gate=unknown image=none | prod starting no_image | image"},
		"rolling out": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			d.Environments[0].Pods[2] = chainPod("api", 9, "h.test/guichet/api:"+sha, digestOf("cf"))
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod rollout | wait"},
		"running": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			reimage(d, "h.test/guichet/api:"+sha, digestOf("cf"))
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod running | done"},
		"running in one environment of two": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			dev := d.Environments[0]
			dev.Name, dev.Namespace, dev.Stage = "dev", "ns-dev", "dev"
			dev.Pods = []Pod{chainPod("api", 1, "h.test/guichet/api:"+sha, digestOf("cf"))}
			dev.Workloads = nil
			d.Environments = append(d.Environments, dev)
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod older not_asked | dev running | promote"},
		"passed by a later one, its tag purged": {func(d *Dossier) {
			push(d, PipelineSuccess)
			d.Repositories[0].Git.HeadSHA = sha40("eeeeeeee")
			d.Repositories[0].Pipelines = append([]Pipeline{{IID: 814, Ref: "main", SHA: sha40("eeeeeeee"), Status: PipelineSuccess, CreatedAt: before(10 * time.Minute), FinishedAt: before(8 * time.Minute)}}, d.Repositories[0].Pipelines...)
			d.Images = append(d.Images, Image{Repository: "api", Digest: digestOf("ee"), Tags: []Tag{{Name: "eeeeeeee"}}})
			reimage(d, "h.test/guichet/api:eeeeeeee", digestOf("ee"))
		}, nil, "mirror=good pipeline=good gate=unknown image=none | prod newer | passed"},
		"nothing but the pods remember it": {func(d *Dossier) {
			reimage(d, "h.test/guichet/api:"+sha, digestOf("cf"))
		}, nil, "mirror=good pipeline=unknown gate=unknown image=none | prod running | done"},
		"no right on the cluster": {func(d *Dossier) {
			push(d, PipelineSuccess)
			image(d)
			e := &d.Environments[0]
			e.Pods, e.Workloads, e.Applications, e.Known = nil, nil, nil, nil
		}, nil, "mirror=good pipeline=good gate=unknown image=good | prod unknown unread | cannot_say"},
	} {
		t.Run(name, func(t *testing.T) {
			d := chainWorld()
			tc.life(d)
			traces := TraceCommit(d, Chains(d), sha, tc.told)
			if tc.want == "" {
				if len(traces) != 0 {
					t.Fatalf("got %d traces", len(traces))
				}
				return
			}
			if len(traces) != 1 {
				t.Fatalf("got %d traces", len(traces))
			}
			if got := life(&traces[0]); got != tc.want {
				t.Errorf("got\n  %s\nwant\n  %s", got, tc.want)
			}
		})
	}
}

func TestTraceInfra(t *testing.T) {
	d := chainWorld()
	a := &d.Environments[0].Applications[0]
	d.Applications = []Application{*a}
	see := func(sha, want string) {
		t.Helper()
		traces := TraceCommit(d, Chains(d), sha, nil)
		if len(traces) != 1 || !traces[0].Infra {
			t.Fatalf("%s: %+v", sha, traces)
		}
		if got := life(&traces[0]); got != want {
			t.Errorf("%s: got %s, want %s", sha, got, want)
		}
	}
	see("77ee02a", "mirror=none pipeline=none infra=good | prod running | done")
	see("5e5e5e5e", "mirror=none pipeline=none infra=good | prod newer | passed")
	d.Repositories[1].Git.HeadSHA = sha40("99999999")
	see("99999999", "mirror=none pipeline=none infra=none | prod older not_synced | sync")
	a.Autosync = false
	see("99999999", "mirror=none pipeline=none infra=none | prod older manual_sync | sync")
}

func TestTraceTakesOnlyCommits(t *testing.T) {
	d := chainWorld()
	for _, text := range []string{"", "a1b2c3", "a1b2c3z", "main", strings.Repeat("a", 41), "a1b2c3d4 "} {
		got := TraceCommit(d, Chains(d), text, nil)
		if (len(got) > 0) != (strings.TrimSpace(text) == "a1b2c3d4") {
			t.Errorf("%q gives %d", text, len(got))
		}
	}
	if got := TraceCommit(d, Chains(d), "A1B2C3D", nil); len(got) != 1 || got[0].SHA != sha40("a1b2c3d4e5") || !got[0].Whole {
		t.Errorf("capitals: %+v", got)
	}
	// Two commits that begin alike are two traces.
	d.Repositories[0].Pipelines[1].SHA = sha40("a1b2c3d9")
	if got := TraceCommit(d, Chains(d), "a1b2c3d", nil); len(got) != 2 {
		t.Errorf("an ambiguous prefix gives %d", len(got))
	}
}

func TestTruth(t *testing.T) {
	d := chainWorld()
	dev := d.Environments[0]
	dev.Name, dev.Namespace, dev.Stage = "dev", "ns-dev", "dev"
	dev.Pods = []Pod{chainPod("api", 1, "h.test/guichet/api:0ddba110", digestOf("d1"))}
	empty := EnvironmentFacts{Environment: Environment{Name: "integ"}, Namespace: "ns-integ", Known: d.Known}
	d.Environments = append(d.Environments, dev, empty)
	rows := Truth(d, Chains(d))
	if len(rows) != 1 || rows[0].Repository != "api" || len(rows[0].Cells) != 3 {
		t.Fatalf("%+v", rows)
	}
	prod, dv, integ := rows[0].Cells[0], rows[0].Cells[1], rows[0].Cells[2]
	if !prod.Counted || prod.Behind != 0 || prod.Commit != sha40("a1b2c3d4e5") || prod.Since != before(50*time.Minute) {
		t.Errorf("prod %+v", prod)
	}
	if !dv.Counted || dv.Behind != 1 || dv.AtLeast || ShortSHA(dv.Commit) != "0ddba110" {
		t.Errorf("dev %+v", dv)
	}
	if integ.Deployed || !integ.Known {
		t.Errorf("integ %+v", integ)
	}
}

func TestBehind(t *testing.T) {
	at := func(n int) time.Time { return before(time.Duration(n) * time.Hour) }
	r := RepositoryFacts{Git: &GitRepository{DefaultBranch: "main", HeadSHA: sha40("dddddddd")}, Pipelines: []Pipeline{
		{SHA: sha40("dddddddd"), Ref: "main", CreatedAt: at(1)}, {SHA: sha40("dddddddd"), Ref: "main", CreatedAt: at(2)}, {SHA: sha40("ffffffff"), Ref: "feat", CreatedAt: at(3)}, {SHA: sha40("cccccccc"), Ref: "main", CreatedAt: at(4)}, {SHA: sha40("bbbbbbbb"), Ref: "main", CreatedAt: at(5)}}}
	for sha, want := range map[string]struct {
		n                int
		atLeast, counted bool
	}{"dddddddd": {0, false, true}, "cccccccc": {1, false, true}, "bbbbbbbb": {2, false, true}, "ffffffff": {1, false, true}, "12345678": {3, true, true}, "": {}} {
		n, atLeast, counted := Behind(&r, sha)
		if n != want.n || atLeast != want.atLeast || counted != want.counted {
			t.Errorf("%s: %d %v %v", sha, n, atLeast, counted)
		}
	}
}

func TestRollbacks(t *testing.T) {
	d := chainWorld()
	a := &d.Environments[0].Applications[0]
	a.History = []Deployment{{ID: 1, Revision: sha40("11111111"), At: before(20 * time.Hour)}, {ID: 2, Revision: sha40("22222222"), At: before(8 * time.Hour)}, {ID: 3, Revision: sha40("33333333"), At: before(time.Hour)}}
	d.Repositories[0].Pipelines = append(d.Repositories[0].Pipelines, Pipeline{SHA: sha40("0ddba111"), Ref: "main", Status: PipelineSuccess, CreatedAt: before(30 * time.Hour), FinishedAt: before(29 * time.Hour)})
	var got []string
	for _, r := range Rollbacks(d, Chains(d), a) {
		got = append(got, ShortSHA(r.Revision)+" "+string(r.State)+" "+string(r.Confidence))
	}
	want := []string{"33333333 good probable", "22222222 good probable", "11111111 broken probable"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Images = d.Images[:1] // retention took the older one
	if r := Rollbacks(d, Chains(d), a); r[1].State != EdgeBroken || r[0].State != EdgeGood || !r[0].Current {
		t.Errorf("%+v", r)
	}
	delete(d.Known, FamImages)
	if r := Rollbacks(d, Chains(d), a); r[1].State != EdgeUnknown {
		t.Errorf("without the registry: %+v", r[1])
	}
}

// The same digits in two repositories are two commits: both are told.
func TestTraceOfTwoRepositories(t *testing.T) {
	d := chainWorld()
	d.Repositories = append(d.Repositories, RepositoryFacts{Repository: Repository{Name: "front"}, Git: &GitRepository{Name: "front", DefaultBranch: "main", HeadSHA: sha40("a1b2c3d7")}})
	traces := TraceCommit(d, Chains(d), "A1B2C3D", nil)
	if len(traces) != 2 || traces[0].Repository != "api" || traces[0].Next != NextDone || traces[1].Repository != "front" || traces[1].Next != NextPipeline {
		t.Errorf("%+v", traces)
	}
}
