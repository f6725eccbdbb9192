package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestSecretsAndObjects(t *testing.T) {
	sick := func(kind, name, health, message string) func(*platform.Dossier) {
		return func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Resources = []platform.AppResource{{Kind: kind, Name: name, Namespace: "ns-prod", Health: health, Message: message}}
			setApps(d, 0, a)
		}
	}
	play(t, []row{
		{name: "Vault does not give it", make: with(sick("VaultStaticSecret", "base", "Degraded", "permission denied"), "prod"),
			want: []one{{id: "vault-secret-undelivered", severity: "degraded", subject: "guichet/prod/secret/base", runbook: "RB-12", args: map[string]string{"object": "base"}}}},
		{name: "another cluster's key", make: with(sick("SopsSecret", "base", "Degraded", "Error decrypting file"), "prod"), want: []one{{id: "sops-undelivered", severity: "degraded"}}},
		{name: "a certificate", make: with(sick("Certificate", "tls", "Degraded", "Issuing certificate as Secret does not exist"), "prod"), want: []one{{id: "certificate-failed", runbook: "RB-18"}}},
		{name: "on its way for a moment", make: with(func(d *platform.Dossier) {
			sick("Certificate", "tls", "Progressing", "")(d)
			d.Environments[0].Applications[0].Operation.FinishedAt = ago(time.Minute)
			setApps(d, 0, d.Environments[0].Applications[0])
		}, "prod")},
		{name: "the pod waits for that secret", make: with(func(d *platform.Dossier) {
			sick("VaultStaticSecret", "base", "Degraded", "permission denied")(d)
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:1", "CreateContainerConfigError", `secret "base" not found`)}
			d.Images = []platform.Image{artifact("api", "sha256:aa", "1")}
		}, "prod"), want: []one{{id: "vault-secret-undelivered", severity: "critical", below: []string{"config-error"}}}},
		{name: "set back by itself", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Operation.Healed, a.Operation.FinishedAt = []string{"Deployment api"}, ago(2*time.Hour)
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "live-change-reverted", severity: "warning", since: ago(2 * time.Hour), args: map[string]string{"object": "Deployment api"}}}},
		{name: "set back two days ago", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Operation.Healed, a.Operation.FinishedAt = []string{"Deployment api"}, ago(48*time.Hour)
			setApps(d, 0, a)
		}, "prod")},
		{name: "a name of 70 characters", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync = platform.SyncOutOfSync
			a.Operation.FinishedAt, a.Operation.Phase, a.Operation.Message = ago(time.Hour), platform.OperationFailed, `Service "x" is invalid: metadata.labels: Invalid value: "x": must be no more than 63 characters`
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "name-too-long", severity: "degraded", runbook: "RB-09", below: []string{"app-sync-failed"}}}},
	})
}

func TestRuntime(t *testing.T) {
	lines := func(n int, age time.Duration, well bool) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			e := &d.Environments[0]
			e.Pods = []platform.Pod{pod("api", "quay.example/x/api:1", "")}
			e.Pods[0].Containers[0].Name = "api"
			if !well {
				e.Pods[0].Ready, e.Pods[0].Containers[0].Ready = 0, false
			}
			for i := range n {
				e.LogErrors = append(e.LogErrors, platform.LogLine{Container: "api", At: ago(age + time.Duration(i)*time.Minute), Text: "dial tcp 10.0.0.7:5432: i/o timeout"})
			}
		}, "prod")
	}
	full := func(d *platform.Dossier, n int) {
		d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:t0", "sha256:00")}
		for i := range n {
			img := artifact("api", "sha256:0"+itoa(i), "t"+itoa(i))
			img.PushedAt = ago(time.Duration(100-i) * time.Hour)
			d.Images = append(d.Images, img)
		}
	}
	play(t, []row{
		{name: "nothing answers, the pod is well", make: lines(4, time.Minute, true), want: []one{{id: "network-refused", severity: "degraded", since: ago(4 * time.Minute), confidence: platform.Probable, args: map[string]string{"container": "api", "count": "4"}}}},
		{name: "twice is an accident", make: lines(2, time.Minute, true)},
		{name: "hours ago", make: lines(4, 2*time.Hour, true)},
		{name: "the pod is not well: another finding says so", make: lines(4, time.Minute, false), want: []one{{id: "pods-not-ready"}}},
		{name: "a job that failed and is gone", make: with(func(d *platform.Dossier) {
			d.Environments[0].Events = []platform.Event{{Kind: "Job", Name: "sauvegarde-29", Type: "Warning", Reason: "BackoffLimitExceeded", Message: "Job has reached the specified backoff limit", First: ago(5 * time.Hour), Last: ago(5 * time.Hour)}}
		}, "prod"), want: []one{{id: "job-failed", severity: "degraded", since: ago(5 * time.Hour), runbook: "RB-17", args: map[string]string{"workload": "sauvegarde-29"}}}},
		{name: "a job that comes back under its name and fails again", make: with(func(d *platform.Dossier) {
			for _, at := range []time.Time{ago(3 * time.Minute), ago(9 * time.Minute), ago(time.Minute)} {
				d.Environments[0].Events = append(d.Environments[0].Events, platform.Event{Kind: "Job", Name: "presync-297b5e5", Type: "Warning", Reason: "DeadlineExceeded", Message: "Job was active longer than specified deadline", First: at, Last: at})
			}
		}, "prod"), want: []one{{id: "job-failed", severity: "degraded", since: ago(9 * time.Minute), args: map[string]string{"workload": "presync-297b5e5"}}}},
		{name: "the oldest of ten runs", make: with(func(d *platform.Dossier) { full(d, 10) }, "prod"), want: []one{{id: "tag-next-to-go", severity: "warning", args: map[string]string{"count": "9", "tag": "t0"}}}},
		{name: "the oldest of nine", make: with(func(d *platform.Dossier) { full(d, 9) }, "prod")},
		{name: "outside production it matters less", make: with(func(d *platform.Dossier) { full(d, 10) }, "dev")},
		{name: "measured beside and not here", make: with(func(d *platform.Dossier) {
			d.Environments[0].Usage = &platform.Usage{CPU: 1, At: ago(time.Minute)}
			d.Environments[1].Pods = []platform.Pod{pod("api", "quay.example/x/api:1", "")}
		}, "dev", "integration"), want: []one{{id: "environment-silent", severity: "info", args: map[string]string{"other": "dev", "count": "1"}}}},
		{name: "another tenant proves nothing", make: with(func(d *platform.Dossier) {
			d.Environments[0].Usage = &platform.Usage{CPU: 1, At: ago(time.Minute)}
			d.Environments[1].Pods = []platform.Pod{pod("api", "quay.example/x/api:1", "")}
		}, "dev", "prod")},
	})
}
