package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestGates(t *testing.T) {
	red := func(d *platform.Dossier) {
		d.Repositories[0].Gate = &platform.Gate{Key: "guichet-api-a814", Status: platform.GateError, Revision: "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334", AnalysedAt: ago(6 * time.Minute),
			Conditions: []platform.GateCondition{{Metric: "new_bugs", Status: "OK"}, {Metric: "coverage", Status: "ERROR", Comparator: "LT", Threshold: "80", Value: "41"}}}
	}
	runs := func(d *platform.Dossier, env int, tag, digest string) {
		d.Environments[env].Pods = []platform.Pod{pod("api", host+"api:"+tag, digest)}
		d.Images = append(d.Images, artifact("api", digest, tag))
	}
	play(t, []row{
		{name: "red on what runs in production", make: with(func(d *platform.Dossier) { red(d); runs(d, 0, "a1b2c3d4", "sha256:aa") }, "prod"),
			want: []one{{id: "gate-red", severity: "degraded", subject: "guichet/repository/api", since: ago(6 * time.Minute), confidence: platform.Exact, runbook: "RB-06", args: map[string]string{"metric": "coverage", "value": "41", "threshold": "80", "comparator": "<", "count": "1"}}}},
		{name: "red on another commit than production's", make: with(func(d *platform.Dossier) {
			red(d)
			runs(d, 0, "a1b2c3d4", "sha256:aa")
			runs(d, 1, "77ee02a1", "sha256:bb")
		}, "integration", "prod"),
			want: []one{{id: "gate-other-revision", severity: "degraded", args: map[string]string{"deployed": "77ee02a1", "revision": "a1b2c3d4"}}}},
		{name: "the digest tells the commit behind a moving tag", make: with(func(d *platform.Dossier) {
			red(d)
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:main", "sha256:aa")}
			d.Images = []platform.Image{artifact("api", "sha256:aa", "main", "a1b2c3d4")}
		}, "prod"), want: []one{{id: "gate-red", confidence: platform.Exact}}},
		{name: "nothing runs", make: with(red, "prod"), want: []one{{id: "gate-red", confidence: platform.Probable}}},
		{name: "never analysed", make: with(func(d *platform.Dossier) { d.Repositories[0].Gate = &platform.Gate{Status: platform.GateNone} }, "prod")},
		{name: "SonarQube does not answer", make: with(func(d *platform.Dossier) {
			red(d)
			d.Known[platform.FamGates] = platform.FactAge{Source: "sonarqube", State: platform.StateUnauthorised}
		}, "prod"), not: []string{"gate-red", "gate-other-revision"}},
	})
}

func TestPipelines(t *testing.T) {
	p := func(iid int64, ref, status, job string, age time.Duration) platform.Pipeline {
		return platform.Pipeline{IID: iid, Repository: "api", Ref: ref, Status: status, CreatedAt: ago(age), FinishedAt: ago(age - time.Minute), Jobs: []platform.Job{{Name: "read-secret", Status: "success"}, {Name: job, Status: status}}}
	}
	set := func(list ...platform.Pipeline) func(*platform.Dossier) {
		return func(d *platform.Dossier) { d.Repositories[0].Pipelines = list }
	}
	play(t, []row{
		{name: "failed twice", make: with(set(p(9, "main", "running", "x", 0), p(8, "main", "failed", "docker-build", time.Hour), p(7, "main", "canceled", "x", 2*time.Hour), p(6, "main", "failed", "test-app", 3*time.Hour), p(5, "main", "success", "x", 4*time.Hour)), "prod"),
			want: []one{{id: "pipeline-failed", severity: "warning", since: ago(3*time.Hour - time.Minute), runbook: "RB-05", args: map[string]string{"number": "#8", "job": "docker-build", "count": "2"}}}},
		{name: "corrected since", make: with(set(p(9, "main", "success", "x", time.Hour), p(8, "main", "failed", "x", 2*time.Hour)), "prod")},
		{name: "another branch", make: with(set(p(9, "feature", "failed", "x", time.Hour)), "prod")},
		{name: "the default branch has another name", make: with(func(d *platform.Dossier) {
			set(p(9, "develop", "failed", "x", time.Hour), p(8, "main", "success", "x", 2*time.Hour))(d)
			d.Repositories[0].Git = &platform.GitRepository{DefaultBranch: "develop"}
		}, "prod"), want: []one{{id: "pipeline-failed", args: map[string]string{"ref": "develop"}}}},
		{name: "stopped by its gate", make: with(func(d *platform.Dossier) {
			set(p(9, "main", "failed", "sonar-scan", time.Hour))(d)
			d.Repositories[0].Gate = &platform.Gate{Status: platform.GateError, AnalysedAt: ago(time.Hour), Conditions: []platform.GateCondition{{Metric: "coverage", Status: "ERROR"}}}
		}, "prod"), want: []one{{id: "gate-red", below: []string{"pipeline-failed"}}}},
	})
}
