package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestConsole(t *testing.T) {
	frozen := func(commit time.Duration) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			d.Environments[0].ID, d.Environments[1].ID = "e0", "e1"
			d.Environments[1].UpdatedAt = ago(5 * time.Hour)
			d.Plans = []platform.DeploymentPlan{{ID: "p", Name: "essai", EnvironmentID: "e0", CreatedAt: ago(100 * time.Hour)}}
			if commit > 0 {
				d.Zone = []platform.ZoneCommit{{Environment: "integration", SHA: "0123456789", At: ago(commit)}}
			}
		}, "dev", "integration")
	}
	turns := func(back ...string) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			for i, b := range back {
				d.Log = append(d.Log, platform.LogEntry{Action: "Update Project", At: ago(time.Duration(i+1) * 10 * time.Hour), Backend: b})
			}
		}, "prod")
	}
	play(t, []row{
		{name: "SonarQube knows the robot already", make: with(func(d *platform.Dossier) {
			failedLog(d, "sonarqube", "This account is already associated with another user")
		}, "prod"), want: []one{{id: "sonar-account-clash", severity: "critical", since: ago(26 * time.Hour), below: []string{"provisioning-failed"}}}},
		{name: "a Nexus newer than the console", make: with(func(d *platform.Dossier) {
			failedLog(d, "nexus", "Request failed with status code 400")
			d.Project.LastProvisioned, d.Console.Version = "9.19.0", "9.19.0"
		}, "prod"), want: []one{{id: "console-too-old", confidence: platform.Probable, args: map[string]string{"tool": "nexus", "version": "9.22.1"}, below: []string{"provisioning-failed"}}}},
		{name: "the same in a console that knows", make: with(func(d *platform.Dossier) { failedLog(d, "nexus", "Request failed") }, "prod"), want: []one{{id: "provisioning-failed"}}},
		{name: "both halves in turn", make: turns("nest", "legacy", "legacy", "nest", "legacy"), want: []one{{id: "backends-disagree", severity: "warning", since: ago(50 * time.Hour), args: map[string]string{"count": "4"}}}},
		{name: "one half took over", make: turns("nest", "nest", "legacy")},
		{name: "an environment that nobody writes any more, by dates", make: frozen(0), want: []one{{id: "environment-frozen", severity: "warning", confidence: platform.Probable, since: ago(5 * time.Hour), subject: "guichet/integration/environment/integration", args: map[string]string{"other": "dev"}}}},
		{name: "the same, by the zone's repository", make: frozen(60 * time.Hour), want: []one{{id: "environment-frozen", confidence: platform.Exact}}},
		{name: "it was written since", make: frozen(time.Hour)},
		{name: "no right to list deployments", make: with(func(d *platform.Dossier) {
			d.Known[platform.FamPlans] = platform.FactAge{Source: "console", State: platform.StateForbidden}
		}, "prod"), not: []string{"environment-frozen"}},
		{name: "a quota that never came", make: with(func(d *platform.Dossier) {
			e := &d.Environments[0]
			e.Request, e.UpdatedAt = platform.Resources{CPU: 4, Memory: 8}, ago(3*time.Hour)
			e.Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 2, "limits.memory": 8 << 30}}}
		}, "prod"), want: []one{{id: "quota-not-applied", severity: "warning", since: ago(3 * time.Hour), args: map[string]string{"hard": "2", "asked": "4"}}}},
		{name: "on its way", make: with(func(d *platform.Dossier) {
			e := &d.Environments[0]
			e.Request, e.UpdatedAt = platform.Resources{CPU: 4, Memory: 8}, ago(3*time.Minute)
			e.Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 2}}}
		}, "prod")},
		{name: "a pool that is too small", make: with(func(d *platform.Dossier) {
			d.Project.Prod = platform.Resources{CPU: 4, Memory: 100}
			d.Environments[0].Request = platform.Resources{CPU: 8, Memory: 8}
		}, "prod"), want: []one{{id: "pool-exhausted", severity: "warning", args: map[string]string{"pool": "prod", "asked": "8", "hard": "4"}}}},
		{name: "a full pool beside a full quota", make: with(func(d *platform.Dossier) {
			d.Project.Prod = platform.Resources{CPU: 8, Memory: 100}
			d.Environments[0].Request = platform.Resources{CPU: 8}
			d.Environments[0].Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 8}, Used: map[string]float64{"limits.cpu": 7.9}}}
		}, "prod"), want: []one{{id: "quota-near-full", below: []string{"pool-exhausted"}}}},
		{name: "a full pool with room in its quotas", make: with(func(d *platform.Dossier) {
			d.Project.Prod = platform.Resources{CPU: 8}
			d.Environments[0].Request = platform.Resources{CPU: 8}
		}, "prod")},
		{name: "a full cluster", make: with(func(d *platform.Dossier) {
			for i := range d.Environments {
				d.Environments[i].Cluster = platform.Cluster{Label: "hp", Capacity: platform.Resources{CPU: 100, Memory: 400}, Asked: platform.Resources{CPU: 98, Memory: 100}, AskedKnown: true}
				d.Environments[i].Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 8}, Used: map[string]float64{"limits.cpu": 7.4}}}
			}
		}, "dev", "prod"), want: []one{{id: "quota-near-full"}, {id: "quota-near-full", below: []string{"cluster-exhausted"}}}},
		{name: "reserved and idle", make: with(func(d *platform.Dossier) {
			e := &d.Environments[0]
			e.Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"requests.cpu": 16}, Used: map[string]float64{"requests.cpu": 8}}}
			e.Usage = &platform.Usage{CPU: 0.3, CPUSeries: make([]float64, 60), At: ago(time.Minute)}
		}, "prod"), want: []one{{id: "reserved-idle", severity: "info", args: map[string]string{"reserved": "8", "used": "0.3"}}}},
		{name: "a chain that failed", make: with(func(d *platform.Dossier) {
			d.Exposed = []platform.ServiceChain{{CommonName: "x.example", State: "failed", Env: "PROD", Flow: "dns_request", Detail: "SERVFAIL", UpdatedAt: ago(90 * time.Hour)}, {CommonName: "y.example", State: "success"}}
		}, "prod"), want: []one{{id: "service-chain-failed", severity: "degraded", since: ago(90 * time.Hour), runbook: "RB-18", args: map[string]string{"step": "dns_request"}}}},
	})
}

func TestPeople(t *testing.T) {
	member := func(name string, login time.Time) platform.Member {
		return platform.Member{Person: platform.Person{ID: name, FirstName: name, Email: name + ".guichet@example.gouv.fr", Type: "human", LastLogin: login}}
	}
	team := func(change func(*platform.Dossier)) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			d.Project.Owner = platform.Person{ID: "o", Email: "proprietaire.guichet@example.gouv.fr", LastLogin: ago(time.Hour)}
			d.Project.Members = []platform.Member{member("devops", ago(time.Hour))}
			d.Access = []platform.GroupMember{{Username: "proprietaireguichet", Level: 50}, {Username: "devops-guichet", Level: 40}, {Username: "group_7_bot", Bot: true, Level: 40}}
			change(d)
		}, "dev", "prod")
	}
	play(t, []row{
		{name: "everybody is there", make: team(func(*platform.Dossier) {})},
		{name: "one never logged in", make: team(func(d *platform.Dossier) {
			d.Project.Members = append(d.Project.Members, member("nouveau", time.Time{}))
		}),
			want: []one{{id: "member-without-access", severity: "warning", confidence: platform.Probable, runbook: "RB-19", args: map[string]string{"person": "nouveau"}}}},
		{name: "one without access", make: team(func(d *platform.Dossier) {
			d.Project.Members = append(d.Project.Members, member("ancien", ago(time.Hour)))
		}),
			want: []one{{id: "member-without-access", severity: "info"}}},
		{name: "a robot needs none", make: team(func(d *platform.Dossier) {
			m := member("robot", time.Time{})
			m.Type = "bot"
			d.Project.Members = append(d.Project.Members, m)
		})},
		{name: "one left and stayed", make: team(func(d *platform.Dossier) {
			d.Access = append(d.Access, platform.GroupMember{Username: "parti-guichet", Name: "Parti", Level: 30}, platform.GroupMember{Username: "bloque", Blocked: true}, platform.GroupMember{Username: "invite", Level: 10, Expires: ago(time.Hour)})
		}), want: []one{{id: "departed-member", severity: "warning", args: map[string]string{"account": "parti-guichet"}}}},
		{name: "a first production", make: team(func(d *platform.Dossier) { d.Environments[1].CreatedAt = ago(100 * time.Hour) }),
			want: []one{{id: "grafana-moved", severity: "info", since: ago(100 * time.Hour), args: map[string]string{"count": "1", "environment": "prod"}}}},
		{name: "the group is not told", make: team(func(d *platform.Dossier) {
			d.Access, d.Known[platform.FamAccess] = nil, platform.FactAge{Source: "gitlab", State: platform.StateForbidden}
		}), not: []string{"member-without-access", "departed-member"}},
	})
}
