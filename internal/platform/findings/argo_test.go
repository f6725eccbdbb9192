package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestArgo(t *testing.T) {
	play(t, []row{
		{name: "twins in one namespace, one of them out of sync", make: with(func(d *platform.Dossier) {
			old := app("dev", platform.AppHistoric)
			old.Sync, old.Operation.FinishedAt = platform.SyncOutOfSync, ago(72*time.Hour)
			setApps(d, 0, old, app("dev", platform.AppDeploy))
		}, "dev"), want: []one{{id: "twin-applications", severity: "degraded", since: ago(72 * time.Hour), args: map[string]string{"where": "same", "other": "guichet-dev-infra-6293"}, below: []string{"app-out-of-sync"}}}},
		{name: "a historic one in the old namespace", make: with(func(d *platform.Dossier) {
			old := app("dev", platform.AppHistoric)
			old.DestNamespace = "mi-guichet-dev-6293"
			setApps(d, 0, app("dev", platform.AppDeploy), old)
		}, "dev"), want: []one{{id: "twin-applications", severity: "warning", args: map[string]string{"where": "other", "namespace": "mi-guichet-dev-6293"}}}},
		{name: "two repositories in one namespace are no twins", make: with(func(d *platform.Dossier) {
			other := app("prod", platform.AppDeploy)
			other.RepositoryName, other.Name = "infra2", "guichet-prod-c626-infra2-0000"
			setApps(d, 0, app("prod", platform.AppDeploy), other)
		}, "prod")},
		{name: "no application for an old environment", make: with(func(d *platform.Dossier) { setApps(d, 0) }, "dev"), want: []one{{id: "app-missing", severity: "warning", since: ago(1000 * time.Hour)}}},
		{name: "no application for a new environment yet", make: with(func(d *platform.Dossier) {
			setApps(d, 0)
			d.Environments[0].CreatedAt = ago(10 * time.Minute)
		}, "dev")},
		{name: "no application, nothing to deploy", make: with(func(d *platform.Dossier) {
			setApps(d, 0)
			d.Repositories = d.Repositories[:1]
		}, "dev")},
		{name: "no application, but its zone does not answer", make: with(func(d *platform.Dossier) {
			setApps(d, 0)
			d.Environments[0].Known[platform.FamApplications] = platform.FactAge{Source: "argocd/pub", State: platform.StateUnreachable}
		}, "dev"), not: []string{"app-missing"}},
		{name: "cannot be rendered", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync = platform.SyncUnknown
			a.Conditions = []platform.AppCondition{{Type: "ComparisonError", Message: "values-prod.yaml: no such file or directory", At: ago(time.Hour)}}
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "comparison-error", severity: "degraded", since: ago(time.Hour), runbook: "RB-09"}}},
		{name: "degraded", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Health = platform.HealthDegraded
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "app-degraded", severity: "critical"}}},
		{name: "degraded because one of several pods loops: as grave as the pods say", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Health = platform.HealthDegraded
			setApps(d, 0, a)
			d.Environments[0].Pods = []platform.Pod{broken("web", "quay.example/x/web:1", "CrashLoopBackOff", ""), pod("web", "quay.example/x/web:0", "")}
		}, "prod"), want: []one{{id: "crash-loop", severity: "degraded", below: []string{"app-degraded"}}}},
		{name: "missing in dev", make: with(func(d *platform.Dossier) {
			a := app("dev", platform.AppDeploy)
			a.Health = platform.HealthMissing
			setApps(d, 0, a)
		}, "dev"), want: []one{{id: "app-degraded", severity: "warning"}}},
		{name: "progressing for three days", make: with(func(d *platform.Dossier) {
			a := app("dev", platform.AppDeploy)
			a.Health = platform.HealthProgressing
			setApps(d, 0, a)
		}, "dev"), want: []one{{id: "app-stuck", severity: "warning", since: ago(72 * time.Hour)}}},
		{name: "progressing for five minutes, three days after the last delivery: a pod starts again", make: with(func(d *platform.Dossier) {
			a := app("dev", platform.AppDeploy)
			a.Health, a.HealthSince = platform.HealthProgressing, ago(5*time.Minute)
			setApps(d, 0, a)
		}, "dev")},
		{name: "the same where Argo CD does not tell since when", make: with(func(d *platform.Dossier) {
			a := app("dev", platform.AppDeploy)
			a.Health = platform.HealthProgressing
			setApps(d, 0, a)
			p := pod("api", host+"api:0a0b0c0d", "sha256:aa")
			p.Ready, p.CreatedAt, p.Containers[0].Ready = 0, ago(3*time.Minute), false
			d.Environments[0].Pods = []platform.Pod{p}
		}, "dev")},
		{name: "progressing just now", make: with(func(d *platform.Dossier) {
			a := app("dev", platform.AppDeploy)
			a.Health, a.Operation.FinishedAt = platform.HealthProgressing, ago(9*time.Minute)
			setApps(d, 0, a)
		}, "dev")},
		{name: "out of sync for thirteen hours", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Operation.FinishedAt = platform.SyncOutOfSync, ago(13*time.Hour)
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "app-out-of-sync", severity: "degraded", since: ago(13 * time.Hour), confidence: platform.Probable}}},
		{name: "out of sync for eleven hours", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Operation.FinishedAt = platform.SyncOutOfSync, ago(11*time.Hour)
			setApps(d, 0, a)
		}, "prod")},
		{name: "synchronisation failed", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Operation = platform.SyncOutOfSync, platform.Operation{Phase: platform.OperationError, Message: "namespace x is not permitted in project", FinishedAt: ago(time.Hour)}
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "app-sync-failed", severity: "degraded", since: ago(time.Hour)}}},
		{name: "dashboards that cannot be synchronised hit no user", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppObservability)
			a.Name, a.DestNamespace, a.Health = "prod-guichet-observability", "dso-grafana", platform.HealthDegraded
			d.Applications = append(d.Applications, a)
		}, "prod"), want: []one{{id: "app-degraded", severity: "degraded", subject: "guichet/application/prod-guichet-observability"}}},
	})
}

func TestAlerts(t *testing.T) {
	alert := func(severity string, labels map[string]string) platform.Alert {
		return platform.Alert{Name: "Down", State: "firing", Severity: severity, Labels: labels, Since: ago(time.Minute), Summary: "it is down"}
	}
	silenced := alert("critical", nil)
	silenced.Silenced = true
	pending := alert("critical", nil)
	pending.State = "pending"
	inDev := alert("critical", nil)
	inDev.Namespace = "ns-dev"
	play(t, []row{
		{name: "critical", make: with(func(d *platform.Dossier) { d.Alerts = []platform.Alert{alert("critical", nil)} }, "prod"), want: []one{{id: "alert-firing", severity: "critical", since: ago(time.Minute), args: map[string]string{"alert": "Down"}}}},
		{name: "in a namespace of dev", make: with(func(d *platform.Dossier) { d.Alerts = []platform.Alert{inDev} }, "dev"), want: []one{{id: "alert-firing", severity: "degraded", subject: "guichet/dev/alert/Down"}}},
		{name: "of the other tenant", make: with(func(d *platform.Dossier) {
			d.Alerts = []platform.Alert{alert("critical", map[string]string{"tenant_id": "hprod-guichet"})}
		}, "prod"), want: []one{{id: "alert-firing", severity: "degraded"}}},
		{name: "without severity", make: with(func(d *platform.Dossier) { d.Alerts = []platform.Alert{alert("", nil)} }, "prod"), want: []one{{id: "alert-firing", severity: "warning"}}},
		{name: "a watchdog", make: with(func(d *platform.Dossier) { d.Alerts = []platform.Alert{alert("none", nil)} }, "prod")},
		{name: "silenced and pending", make: with(func(d *platform.Dossier) { d.Alerts = []platform.Alert{silenced, pending} }, "prod")},
		{name: "about an application out of sync", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Operation.FinishedAt = platform.SyncOutOfSync, ago(13*time.Hour)
			setApps(d, 0, a)
			d.Alerts = []platform.Alert{{Name: "Argo CD App Not Synced", State: "firing", Severity: "warning", Labels: map[string]string{"name": a.Name}, Since: ago(time.Hour)}}
		}, "prod"), want: []one{{id: "app-out-of-sync", below: []string{"alert-firing"}}}},
		{name: "alerts unknown", make: with(func(d *platform.Dossier) {
			d.Known[platform.FamAlerts] = platform.FactAge{Source: "alertmanager", State: platform.StateUnreachable}
		}, "prod"), not: []string{"alert-firing"}},
	})
}
