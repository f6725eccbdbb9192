package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// failedRun is a pipeline whose job failed for a cause, an hour ago; the secrets were read before it began.
func failedRun(repository, name, cause, said string, wait time.Duration) platform.Pipeline {
	start := ago(time.Hour)
	p := platform.Pipeline{IID: 9, Repository: repository, Ref: "main", Status: "failed", CreatedAt: start, FinishedAt: start}
	failed := platform.Job{Name: name, Status: "failed", Cause: cause, Said: said, StartedAt: start, Duration: 8 * time.Second, FailureReason: "script_failure"}
	if name != "read-secret" && repository != platform.MirrorRepository {
		p.Jobs = append(p.Jobs, platform.Job{Name: "read-secret", Status: "success", StartedAt: start.Add(-wait - 10*time.Second), Duration: 10 * time.Second})
	}
	p.Jobs = append(p.Jobs, failed)
	return p
}

func TestCausesOfJobs(t *testing.T) {
	set := func(p platform.Pipeline) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			if p.Repository == platform.MirrorRepository {
				d.Repositories[0].Mirror = []platform.Pipeline{p}
			} else {
				d.Repositories[0].Pipelines = []platform.Pipeline{p}
			}
		}, "prod")
	}
	below := []string{"pipeline-failed"}
	play(t, []row{
		{name: "Vault refuses", make: set(failedRun("api", "read-secret", platform.CauseVault, "permission denied", 0)),
			want: []one{{id: "secret-read-failed", severity: "degraded", confidence: platform.Exact, since: ago(time.Hour), runbook: "RB-05", args: map[string]string{"repository": "api", "run": "pipeline"}, below: below}}},
		{name: "a quick end where no trace could be read", make: set(failedRun("api", "read-secret", "", "", 0)), want: []one{{id: "secret-read-failed", confidence: platform.Probable, below: below}}},
		{name: "the mirror cannot read its secrets", make: set(failedRun("mirror", "repo_pull_sync", platform.CauseVault, "permission denied", 0)),
			want: []one{{id: "secret-read-failed", args: map[string]string{"run": "mirror"}, below: []string{"mirror-failing"}}}},
		{name: "credentials of an hour ago", make: set(failedRun("api", "docker-build", platform.CauseRegistry, "401 Unauthorized", 75*time.Minute)),
			want: []one{{id: "dotenv-expired", severity: "warning", args: map[string]string{"minutes": "75"}, below: below}}},
		{name: "fresh credentials refused", make: set(failedRun("api", "docker-build", platform.CauseRegistry, "401 Unauthorized", time.Minute)), want: []one{{id: "push-refused", severity: "degraded", below: below}}},
		{name: "the registry is full", make: set(failedRun("api", "docker-build", platform.CauseQuota, "adding 1.2 GiB of storage resource", time.Minute)), want: []one{{id: "push-refused", below: below}}},
		{name: "an unknown certificate", make: set(failedRun("api", "test-app", platform.CauseCertificate, "PKIX path building failed", time.Minute)), want: []one{{id: "certificate-unknown", severity: "warning", below: below}}},
		{name: "a failed test is the team's", make: set(failedRun("api", "test-app", "", "", time.Minute)), want: []one{{id: "pipeline-failed"}}},
		{name: "corrected since", make: with(func(d *platform.Dossier) {
			ok := failedRun("api", "read-secret", "", "", 0)
			ok.Status, ok.CreatedAt = "success", ago(time.Minute)
			d.Repositories[0].Pipelines = []platform.Pipeline{ok, failedRun("api", "read-secret", platform.CauseVault, "sealed", 0)}
		}, "prod")},
	})
}

func code(ci platform.CIFile) func(*platform.Dossier) {
	return func(d *platform.Dossier) {
		ci.Path = ".gitlab-ci-dso.yml"
		d.Code = []platform.CodeFacts{{Repository: "api", Revision: "a1b2c3d4", CI: ci}}
	}
}

func TestCodeOfRepositories(t *testing.T) {
	good := []platform.CIJob{{Name: "read-secret", Extends: ".vault:read_secret"}, {Name: "sonar", Rank: 2, Extends: ".sonar:sonar-scanner"}, {Name: "docker-build", Rank: 3, Extends: ".kaniko:build-push", Tag: "$CI_COMMIT_SHORT_SHA"}}
	play(t, []row{
		{name: "all is there", make: with(code(platform.CIFile{Present: true, Jobs: good}), "prod")},
		{name: "no file, another name", make: with(code(platform.CIFile{Alike: []string{".gitlab-ci-dso.yaml"}}), "prod"),
			want: []one{{id: "ci-file-missing", severity: "warning", args: map[string]string{"alike": ".gitlab-ci-dso.yaml"}}}},
		{name: "no file, and never was", make: with(code(platform.CIFile{}), "prod"), want: []one{{id: "ci-file-missing", severity: "info"}}},
		{name: "a file that cannot be read", make: with(code(platform.CIFile{Present: true, Broken: "line 4: did not find expected key"}), "prod"), want: []one{{id: "ci-weak", args: map[string]string{"count": "1"}}}},
		{name: "everything wrong", make: with(code(platform.CIFile{Present: true, Jobs: []platform.CIJob{{Name: "build", Rank: 0}, {Name: "read-secret", Rank: 1, Extends: ".vault:read_secret"},
			{Name: "sonar", Rank: 2, Extends: ".sonar:sonar-scanner", MayFail: true}, {Name: "image", Rank: 3, Extends: ".kaniko:simple-build-push", Tag: "latest"}}}), "prod"), want: []one{{id: "ci-weak", args: map[string]string{"count": "3"}}}},
		{name: "neither analysis nor secrets", make: with(code(platform.CIFile{Present: true, Jobs: []platform.CIJob{{Name: "build"}}}), "prod"), want: []one{{id: "ci-weak", args: map[string]string{"count": "2"}}}},
		{name: "only inclusions: nothing can be said", make: with(code(platform.CIFile{Present: true, Includes: true}), "prod")},
		{name: "observability files that nothing reads", make: with(func(d *platform.Dossier) {
			d.Code = []platform.CodeFacts{{Repository: "infra-observability", Revision: "aa", Ignored: []platform.IgnoredFile{{Path: "files/rules/app.yaml", Kind: "rules", Reason: "folder"},
				{Path: "files/dashboards/a.json", Kind: "dashboard", Reason: "json", Detail: "unexpected end of JSON input"}, {Path: "files/dashboards/b.json", Kind: "dashboard", Reason: "json", Detail: "x"}}}}
		}, "prod"), want: []one{{id: "alert-rules-ignored", severity: "warning", args: map[string]string{"file": "files/rules/app.yaml"}}, {id: "dashboard-invalid", args: map[string]string{"count": "2"}}}},
		{name: "a commit that a forced push removed, and that runs", make: with(func(d *platform.Dossier) {
			d.Code = []platform.CodeFacts{{Repository: "api", Revision: "bb", Lost: &platform.LostCommit{SHA: "77ee02a1ffffffffffffffffffffffffffffffff", Author: "dev", At: ago(50 * time.Hour), Count: 2, Head: "a1b2c3d4"}}}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:77ee02a1", "sha256:aa")}
			d.Images = []platform.Image{artifact("api", "sha256:aa", "77ee02a1")}
		}, "prod"), want: []one{{id: "commit-overwritten", severity: "degraded", since: ago(50 * time.Hour), args: map[string]string{"revision": "77ee02a1", "count": "2"}}}},
		{name: "the same long ago", make: with(func(d *platform.Dossier) {
			d.Code = []platform.CodeFacts{{Repository: "api", Lost: &platform.LostCommit{SHA: "77ee02a1", At: ago(800 * time.Hour)}}}
		}, "prod")},
		{name: "files cannot be read", make: with(func(d *platform.Dossier) {
			d.Known[platform.FamCode] = platform.FactAge{Source: "gitlab", State: platform.StateForbidden}
		}, "prod"), not: []string{"ci-file-missing", "ci-weak", "alert-rules-ignored", "dashboard-invalid", "commit-overwritten"}},
	})
}

func TestForge(t *testing.T) {
	outside := func(differs time.Duration, source string, runAge time.Duration) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			d.Repositories[0].Git = &platform.GitRepository{Name: "api", HeadSHA: "1111111111111111111111111111111111111111"}
			d.Repositories[0].Mirror = []platform.Pipeline{{IID: 4, Repository: "mirror", Status: "success", Source: source, CreatedAt: ago(runAge)}}
			d.Forge = []platform.ForgeHead{{Repository: "api", Branch: "main", SHA: "2222222222222222222222222222222222222222", Differs: ago(differs)}}
		}, "prod")
	}
	play(t, []row{
		{name: "behind since three hours, started by hand", make: outside(3*time.Hour, "web", 30*time.Hour),
			want: []one{{id: "mirror-lagging", severity: "warning", since: ago(3 * time.Hour), runbook: "RB-03", args: map[string]string{"outside": "22222222", "inside": "11111111"}}}},
		{name: "behind since a moment", make: outside(10*time.Minute, "web", 30*time.Hour)},
		{name: "the trigger came always, and no more", make: outside(3*time.Hour, "trigger", 30*time.Hour), want: []one{{id: "trigger-dead", severity: "degraded", confidence: platform.Probable, runbook: "RB-04"}}},
		{name: "the trigger came since", make: outside(3*time.Hour, "trigger", time.Hour), want: []one{{id: "mirror-lagging"}}},
		{name: "a mirror that fails explains it", make: with(func(d *platform.Dossier) {
			d.Repositories[0].Git = &platform.GitRepository{Name: "api", HeadSHA: "1111111111111111111111111111111111111111"}
			d.Repositories[0].Mirror = []platform.Pipeline{run("failed", time.Hour)}
			d.Forge = []platform.ForgeHead{{Repository: "api", Branch: "main", SHA: "2222222222222222222222222222222222222222", Differs: ago(3 * time.Hour)}}
		}, "prod"), want: []one{{id: "mirror-failing", below: []string{"mirror-lagging"}}}},
		{name: "declared, empty, never mirrored", make: with(func(d *platform.Dossier) {
			d.Repositories[0].CreatedAt = ago(50 * time.Hour)
			d.Repositories[0].Git = &platform.GitRepository{Name: "api", Empty: true}
		}, "prod"), want: []one{{id: "mirror-never-ran", since: ago(50 * time.Hour), runbook: "RB-03"}}},
		{name: "declared a moment ago", make: with(func(d *platform.Dossier) {
			d.Repositories[0].CreatedAt = ago(5 * time.Minute)
			d.Repositories[0].Git = &platform.GitRepository{Name: "api", Empty: true}
		}, "prod")},
		{name: "a repository the console does not know", make: with(func(d *platform.Dossier) {
			d.Undeclared = []platform.GitRepository{{Name: "essai", LastActivity: ago(time.Hour)}, {Name: "vide", Empty: true}}
		}, "prod"), want: []one{{id: "undeclared-repository", severity: "warning", args: map[string]string{"repository": "essai"}}, {id: "undeclared-repository", severity: "info"}}},
	})
}
