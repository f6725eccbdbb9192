package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestRadar(t *testing.T) {
	robot := func(r platform.Robot) func() *platform.Dossier {
		return with(func(d *platform.Dossier) { d.Robots = []platform.Robot{r} }, "prod")
	}
	token := func(t platform.AccessToken) func() *platform.Dossier {
		t.Name, t.Repository, t.Active = "renovate", "web", true
		return with(func(d *platform.Dossier) { d.RepoTokens = []platform.AccessToken{t} }, "prod")
	}
	in := func(days int) time.Time { return ago(-time.Duration(days)*24*time.Hour - time.Hour) }
	debt := func(stages []string, prodPods bool, policies ...platform.PolicyDebt) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			d.Environments[0].Usage = &platform.Usage{CPU: 1, At: ago(time.Minute), Debt: policies}
			for i := range d.Environments[1:] {
				if e := &d.Environments[1+i]; prodPods {
					e.Pods = []platform.Pod{pod("api", "quay.example/x/api:1", "")}
				}
			}
		}, stages...)
	}
	probes, own := platform.PolicyDebt{Policy: "require-pod-probes", Severity: "medium", Objects: 4}, platform.PolicyDebt{Policy: "team-policy", Objects: 9}
	pulse := func(p platform.LogPulse, age time.Duration) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			x := pod("api", "quay.example/x/api:1", "")
			x.CreatedAt = ago(age)
			d.Environments[0].Pods, d.Environments[0].Pulse = []platform.Pod{x}, &p
		}, "prod")
	}
	looked := platform.LogPulse{From: ago(61 * time.Minute), At: ago(time.Minute)}
	wrote := looked
	wrote.Last = ago(40 * time.Minute)
	old := platform.LogPulse{From: ago(4 * time.Hour), At: ago(3 * time.Hour)}
	play(t, []row{
		{name: "the robot that pushes ends soon", make: robot(platform.Robot{Name: "robot$guichet+rw-robot", ExpiresAt: in(12)}), want: []one{{id: "robot-expiring", severity: "warning", runbook: "RB-12", args: map[string]string{"robot": "robot$guichet+rw-robot"}}}},
		{name: "it ended", make: robot(platform.Robot{Name: "robot$guichet+ro-robot", ExpiresAt: ago(time.Hour)}), want: []one{{id: "robot-expiring", severity: "degraded", since: ago(time.Hour)}}},
		{name: "one of the team's ends soon", make: robot(platform.Robot{Name: "robot$guichet+renovate", ExpiresAt: in(12)}), want: []one{{id: "robot-expiring", severity: "info"}}},
		{name: "one of the platform's is disabled", make: robot(platform.Robot{Name: "robot$guichet+rw-robot", Disabled: true}), want: []one{{id: "robot-expiring", severity: "degraded"}}},
		{name: "one of the team's is disabled", make: robot(platform.Robot{Name: "robot$guichet+essai", Disabled: true, ExpiresAt: in(2)})},
		{name: "never ends, as the platform makes them", make: robot(platform.Robot{Name: "robot$guichet+rw-robot"})},
		{name: "ends next year", make: robot(platform.Robot{Name: "robot$guichet+rw-robot", ExpiresAt: in(300)})},
		{name: "over for long", make: robot(platform.Robot{Name: "robot$guichet+rw-robot", ExpiresAt: ago(40 * 24 * time.Hour)})},

		{name: "a repository's token ends soon", make: token(platform.AccessToken{ExpiresAt: in(9)}), want: []one{{id: "repository-token-expiring", severity: "info", runbook: "RB-04", args: map[string]string{"token": "renovate", "repository": "web"}}}},
		{name: "a repository's token ended", make: token(platform.AccessToken{ExpiresAt: ago(time.Hour)}), want: []one{{id: "repository-token-expiring", severity: "warning", since: ago(time.Hour)}}},
		{name: "a repository's token without an end", make: token(platform.AccessToken{})},
		{name: "a revoked token of a repository", make: token(platform.AccessToken{Revoked: true, ExpiresAt: in(9)})},
		{name: "a repository's token over for long", make: token(platform.AccessToken{ExpiresAt: ago(9 * 24 * time.Hour)})},

		{name: "production waits and would refuse", make: debt([]string{"dev", "prod"}, false, probes, own), want: []one{{id: "policy-debt", severity: "warning", args: map[string]string{"count": "1", "objects": "4", "policies": "require-pod-probes"}}}},
		{name: "production runs already", make: debt([]string{"dev", "prod"}, true, probes), want: []one{{id: "policy-debt", severity: "info"}}},
		{name: "no production", make: debt([]string{"dev"}, false, probes), want: []one{{id: "policy-debt", severity: "info"}}},
		{name: "policies of others", make: debt([]string{"dev", "prod"}, false, own)},
		{name: "production itself enforces", make: debt([]string{"prod"}, false, probes)},

		{name: "no line in an hour", make: pulse(looked, 48*time.Hour), want: []one{{id: "logs-silent", severity: "warning", confidence: platform.Probable, args: map[string]string{"count": "1"}}}},
		{name: "a line", make: pulse(wrote, 48*time.Hour)},
		{name: "pods that just began", make: pulse(looked, 20*time.Minute)},
		{name: "looked at long ago", make: pulse(old, 48*time.Hour)},
	})
}
