package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func failedLog(d *platform.Dossier, tool, message string) {
	d.Project.Status = platform.ProjectFailed
	d.Log = []platform.LogEntry{
		{Action: "Add Project Member", At: ago(time.Hour)},
		{Action: "Update Project", At: ago(2 * time.Hour), Failed: []string{tool}, Results: []platform.ToolResult{{Tool: "argocd", Status: "OK"}, {Tool: tool, Status: "KO", Message: message}}},
		{Action: "Replay hooks for Project", At: ago(26 * time.Hour), Failed: []string{tool}},
		{Action: "Replay hooks for Project", At: ago(50 * time.Hour)},
		{Action: "Replay hooks for Project", At: ago(60 * time.Hour), Failed: []string{tool}},
	}
}

func TestProvisioning(t *testing.T) {
	play(t, []row{
		{name: "healthy", make: with(func(*platform.Dossier) {}, "prod")},
		{name: "failed with its tool", make: with(func(d *platform.Dossier) { failedLog(d, "harbor", "quota") }, "prod"),
			want: []one{{id: "provisioning-failed", severity: "critical", subject: "guichet/project/guichet", since: ago(26 * time.Hour), runbook: "RB-01", args: map[string]string{"tools": "harbor", "count": "1"}}}},
		{name: "failed without a log", make: with(func(d *platform.Dossier) { d.Project.Status = "failed" }, "prod"),
			want: []one{{id: "provisioning-failed", severity: "critical", args: map[string]string{"tools": "", "count": "0"}}}},
		{name: "partial", make: with(func(d *platform.Dossier) {
			d.Project.Status = "warning"
			d.Log = []platform.LogEntry{{Action: "Replay hooks for Project", At: ago(time.Hour), Warned: []string{"nexus"}}}
		}, "prod"), want: []one{{id: "provisioning-partial", severity: "warning", args: map[string]string{"tools": "nexus"}}}},
		{name: "initializing for two hours", make: with(func(d *platform.Dossier) { d.Project.Status, d.Project.UpdatedAt = "initializing", ago(2*time.Hour) }),
			want: []one{{id: "project-stuck", severity: "degraded", since: ago(2 * time.Hour)}}},
		{name: "initializing for ten minutes", make: with(func(d *platform.Dossier) { d.Project.Status, d.Project.UpdatedAt = "initializing", ago(10*time.Minute) })},
		{name: "locked", make: with(func(d *platform.Dossier) { d.Project.Locked = true }, "prod"), want: []one{{id: "project-locked", severity: "warning"}}},
		{name: "behind by minors", make: with(func(d *platform.Dossier) { d.Project.LastProvisioned = "9.20.2" }, "prod"),
			want: []one{{id: "provisioning-outdated", severity: "warning", args: map[string]string{"version": "9.20.2", "console": "9.24.0"}}}},
		{name: "behind by a patch", make: with(func(d *platform.Dossier) { d.Project.LastProvisioned, d.Console.Version = "9.24.0", "9.24.3" }, "prod"), want: []one{{id: "provisioning-outdated", severity: "info"}}},
		{name: "a development console is not compared", make: with(func(d *platform.Dossier) { d.Project.LastProvisioned, d.Console.Version = "9.20.2", "dev" }, "prod")},
		{name: "never provisioned says nothing of a lag", make: with(func(d *platform.Dossier) { d.Project.LastProvisioned = "" }, "prod")},
		{name: "archived projects are not judged", make: with(func(d *platform.Dossier) { d.Project.Slug, d.Project.Status = "guichet_1700_archived", "failed" }, "prod")},
	})
}

func token(expires time.Time) platform.AccessToken {
	return platform.AccessToken{ID: 1, Name: "guichet-bot", Active: true, ExpiresAt: expires}
}

func run(status string, age time.Duration) platform.Pipeline {
	return platform.Pipeline{IID: int64(1000 - age/time.Hour), Repository: "mirror", Ref: "main", Status: status, CreatedAt: ago(age), Jobs: []platform.Job{{Name: "repo_pull_sync", Status: status, FailureReason: "script_failure"}}}
}

func TestMirror(t *testing.T) {
	play(t, []row{
		{name: "token alive", make: with(func(d *platform.Dossier) { d.Tokens = []platform.AccessToken{token(now().Add(200 * 24 * time.Hour))} }, "prod")},
		{name: "token ended", make: with(func(d *platform.Dossier) { d.Tokens = []platform.AccessToken{token(ago(48 * time.Hour))} }, "prod"),
			want: []one{{id: "mirror-token-expired", severity: "degraded", since: ago(48 * time.Hour), runbook: "RB-04", args: map[string]string{"token": "guichet-bot"}}}},
		{name: "token revoked", make: with(func(d *platform.Dossier) { d.Tokens = []platform.AccessToken{{Name: "guichet-bot", Revoked: true}} }, "prod"), want: []one{{id: "mirror-token-expired"}}},
		{name: "old token beside a new one", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{{Name: "guichet-bot", Revoked: true, ExpiresAt: ago(time.Hour)}, token(now().Add(200 * 24 * time.Hour))}
		}, "prod")},
		{name: "somebody else's token", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{{Name: "renovate", ExpiresAt: ago(time.Hour)}}
		}, "prod"), want: []one{{id: "group-token-expiring", severity: "warning", since: ago(time.Hour), args: map[string]string{"token": "renovate"}}}},
		{name: "somebody else's token, long ended", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{{Name: "renovate", ExpiresAt: ago(300 * time.Hour)}}
		}, "prod")},
		{name: "somebody else's token ends soon", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{{Name: "renovate", ExpiresAt: now().Add(70 * time.Hour)}, {Name: "old", Revoked: true, ExpiresAt: now().Add(time.Hour)}, {Name: "for ever"}}
		}, "prod"), want: []one{{id: "group-token-expiring", severity: "info"}}},
		{name: "token ends in five days", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{token(now().Add(5*24*time.Hour + time.Hour))}
		}, "prod"),
			want: []one{{id: "mirror-token-expiring", severity: "warning", args: map[string]string{"days": "5"}}}},
		{name: "mirror failed once", make: with(func(d *platform.Dossier) {
			d.Repositories[0].Mirror = []platform.Pipeline{run("failed", time.Hour), run("success", 3*time.Hour)}
		}, "prod"), want: []one{{id: "mirror-failing", severity: "warning", since: ago(time.Hour), args: map[string]string{"repository": "api", "count": "1"}}}},
		{name: "mirror failed twice, a canceled run between", make: with(func(d *platform.Dossier) {
			d.Repositories[0].Mirror = []platform.Pipeline{run("running", 0), run("failed", time.Hour), run("canceled", 2*time.Hour), run("failed", 3*time.Hour), run("success", 5*time.Hour)}
		}, "prod"), want: []one{{id: "mirror-failing", severity: "degraded", since: ago(3 * time.Hour)}}},
		{name: "token ended explains the failing mirror", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{token(ago(48 * time.Hour))}
			d.Repositories[0].Mirror = []platform.Pipeline{run("failed", time.Hour), run("failed", 3*time.Hour)}
		}, "prod"), want: []one{{id: "mirror-token-expired", severity: "degraded", below: []string{"mirror-failing"}}}},
		{name: "a failed provisioning comes first", make: with(func(d *platform.Dossier) {
			failedLog(d, "gitlab", "Mirror token invalid")
			d.Project.LastProvisioned = "9.20.2"
			d.Tokens = []platform.AccessToken{token(ago(48 * time.Hour))}
			d.Repositories[0].Mirror = []platform.Pipeline{run("failed", time.Hour)}
		}, "prod"), want: []one{{id: "provisioning-failed", severity: "critical", below: []string{"mirror-token-expired", "mirror-failing", "provisioning-outdated"}}}},
		{name: "a failure of another tool explains no token", make: with(func(d *platform.Dossier) {
			failedLog(d, "harbor", "no")
			d.Tokens = []platform.AccessToken{token(ago(48 * time.Hour))}
		}, "prod"), want: []one{{id: "provisioning-failed"}, {id: "mirror-token-expired"}}},
		{name: "external credentials quoted in the log", make: with(func(d *platform.Dossier) {
			d.Repositories[0].Private = true
			failedLog(d, "gitlab", "fatal: Authentication failed for 'https://forge.example/api.git'")
		}, "prod"), want: []one{{id: "provisioning-failed"}, {id: "private-repo-credentials", severity: "degraded", confidence: platform.Exact, since: ago(26 * time.Hour), args: map[string]string{"repository": "api", "host": "forge.example"}}}},
		{name: "external credentials inferred", make: with(func(d *platform.Dossier) {
			d.Tokens = []platform.AccessToken{token(now().Add(200 * 24 * time.Hour))}
			d.Repositories[0].Private = true
			d.Repositories[0].Mirror = []platform.Pipeline{run("failed", time.Hour), run("failed", 3*time.Hour)}
			d.Repositories[1].Mirror = []platform.Pipeline{run("success", time.Hour)}
		}, "prod"), want: []one{{id: "private-repo-credentials", confidence: platform.Probable, below: []string{"mirror-failing"}}}},
		{name: "no right to list tokens", make: with(func(d *platform.Dossier) {
			d.Known[platform.FamTokens] = platform.FactAge{Source: "gitlab", State: platform.StateForbidden}
		}, "prod"), not: []string{"mirror-token-expired", "mirror-token-expiring"}},
	})
}

func TestVersionLag(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     Lag
	}{
		{"9.20.2", "9.24.0", LagMinor}, {"9.24.0", "9.24.0", LagNone}, {"9.24.0", "9.24.1", LagPatch}, {"8.1.0", "9.0.0", LagMajor}, {"9.25.0", "9.24.0", LagNone}, {"10.0.0", "9.24.0", LagNone},
		{"", "9.24.0", LagNone}, {"9.20.2", "", LagNone}, {"9.20.2", "dev", LagNone}, {"unknown", "9.24.0", LagNone}, {"v9.9", "9.10", LagMinor}, {"9.24.0-rc.1", "9.24.0", LagNone},
	} {
		if got := VersionLag(c.old, c.new); got != c.want {
			t.Errorf("VersionLag(%q, %q) = %d, want %d", c.old, c.new, got, c.want)
		}
	}
}
