package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestImagePulls(t *testing.T) {
	gone := func(stage string) func() *platform.Dossier {
		return with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d", "main")}
			e := &d.Environments[0]
			e.Pods = []platform.Pod{broken("api", host+"api:3f2a91bc", "ImagePullBackOff", "not found"), pod("api", host+"api:0a0b0c0d", "sha256:aa")}
			e.Pods = append(e.Pods, e.Pods[0])
			e.Pods[2].Name += "2"
			e.Events = []platform.Event{{Kind: "Pod", Name: e.Pods[0].Name, Type: "Warning", Reason: "Failed", Message: "manifest unknown", First: ago(4 * time.Minute), Last: ago(time.Minute)}}
			e.Applications[0].Health = platform.HealthDegraded
			d.Alerts = []platform.Alert{{Name: "AgendaWebDown", State: "firing", Severity: "critical", Since: ago(3 * time.Minute), Labels: map[string]string{"refapp": "guichet"}}}
		}, stage)
	}
	play(t, []row{
		{name: "tag purged, with all that follows", make: gone("prod"), want: []one{{id: "tag-purged", severity: "critical", subject: "guichet/prod/workload/api", since: ago(4 * time.Minute), confidence: platform.Exact, runbook: "RB-10",
			args: map[string]string{"tag": "3f2a91bc", "repository": "api", "count": "2", "workload": "api"}, below: []string{"alert-firing", "app-degraded", "image-pull"}}}},
		{name: "outside production it is one step less", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "main")}
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:3f2a91bc", "ErrImagePull", "")}
		}, "dev"), want: []one{{id: "tag-purged", severity: "degraded", below: []string{"image-pull"}}}},
		{name: "a repository that Harbor does not have", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"apii:main", "ImagePullBackOff", "")}
		}, "prod"), want: []one{{id: "tag-purged", confidence: platform.Probable, below: []string{"image-pull"}}}},
		{name: "somebody else's registry proves nothing", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{broken("db", "quay.example/other/pg:15", "ImagePullBackOff", "i/o timeout")}
		}, "prod"), want: []one{{id: "image-pull", severity: "critical", since: ago(10 * time.Minute)}}},
		{name: "the tag is there but the secret is refused", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "main")}
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:main", "ImagePullBackOff", "pull access denied, 401 Unauthorized")}
		}, "prod"), want: []one{{id: "pull-secret", severity: "critical", runbook: "RB-12", below: []string{"image-pull"}}}},
		{name: "without Harbor only the pull is told, and why not more", make: with(func(d *platform.Dossier) {
			d.Known[platform.FamImages] = platform.FactAge{State: platform.StateNotConfigured}
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:3f2a91bc", "ImagePullBackOff", "")}
		}, "prod"), want: []one{{id: "image-pull"}}, not: []string{"tag-purged", "mutable-tag", "image-vulnerable"}},
		{name: "a resource tree without containers: the workload names the image", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "main")}
			p := broken("api", "", "ImagePullBackOff", "Back-off pulling image")
			p.Containers, p.FromTree = nil, true
			d.Environments[0].Pods = []platform.Pod{p}
			d.Environments[0].Workloads = []platform.Workload{{Kind: "Deployment", Name: "api", Desired: 1, Images: []string{host + "api:3f2a91bc"}}}
		}, "prod"), want: []one{{id: "tag-purged", args: map[string]string{"tag": "3f2a91bc"}, below: []string{"image-pull"}}}},
	})
}

func TestPods(t *testing.T) {
	one1 := func(p platform.Pod, more ...platform.Pod) func(*platform.Dossier) {
		return func(d *platform.Dossier) { d.Environments[0].Pods = append([]platform.Pod{p}, more...) }
	}
	crash := broken("web", "quay.example/x/web:1", "CrashLoopBackOff", "back-off 5m0s")
	crash.Restarts, crash.Containers[0].LastReason, crash.Containers[0].LastExitCode, crash.Containers[0].LastFinished = 12, "Error", 1, ago(2*time.Minute)
	oom := pod("tuiles", "quay.example/x/tuiles:1", "")
	oom.Restarts, oom.Containers[0].LastReason, oom.Containers[0].LastExitCode, oom.Containers[0].LastFinished, oom.Containers[0].Limit.Memory = 3, "OOMKilled", 137, ago(time.Hour), 2<<30
	longAgo := oom
	longAgo.Containers = []platform.Container{oom.Containers[0]}
	longAgo.Containers[0].LastFinished = ago(7 * time.Hour)
	pending := pod("batch", "quay.example/x/b:1", "")
	pending.Phase, pending.Reason, pending.Ready, pending.Containers, pending.CreatedAt = "Pending", "Pending", 0, nil, ago(6*time.Minute)
	fresh := pending
	fresh.CreatedAt = ago(4 * time.Minute)
	unready := pod("web", "quay.example/x/web:1", "")
	unready.Ready, unready.CreatedAt = 0, ago(20*time.Minute)
	unready.Containers = []platform.Container{{Name: "web", State: "running", Since: ago(15 * time.Minute)}}
	done := pod("job", "quay.example/x/job:1", "")
	done.Phase, done.Reason, done.Ready = "Succeeded", "Completed", 0
	play(t, []row{
		{name: "crash loop, nobody answers", make: with(one1(crash), "prod"), want: []one{{id: "crash-loop", severity: "critical", args: map[string]string{"restarts": "12", "code": "1"}, runbook: "RB-11"}}},
		{name: "crash loop, another pod answers", make: with(one1(crash, pod("web", "quay.example/x/web:0", "")), "prod"), want: []one{{id: "crash-loop", severity: "degraded"}}},
		{name: "crash loop in dev", make: with(one1(crash), "dev"), want: []one{{id: "crash-loop", severity: "degraded"}}},
		{name: "permission denied in the log", make: with(func(d *platform.Dossier) {
			one1(crash)(d)
			d.Environments[0].LogErrors = []platform.LogLine{{Container: "web", Text: "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)"}}
		}, "prod"), want: []one{{id: "permission-denied", severity: "critical"}}},
		{name: "permission denied of another container", make: with(func(d *platform.Dossier) {
			one1(crash)(d)
			d.Environments[0].LogErrors = []platform.LogLine{{Container: "other", Text: "permission denied"}}
		}, "prod"), want: []one{{id: "crash-loop"}}},
		{name: "killed for memory an hour ago, runs again", make: with(one1(oom), "prod"), want: []one{{id: "out-of-memory", severity: "degraded", since: ago(time.Hour), args: map[string]string{"limit": "2 Gi", "restarts": "3"}}}},
		{name: "killed for memory long ago", make: with(one1(longAgo), "prod")},
		{name: "missing secret", make: with(one1(broken("api", "quay.example/x/api:1", "CreateContainerConfigError", `secret "db" not found`)), "prod"), want: []one{{id: "config-error", severity: "critical", runbook: "RB-12"}}},
		{name: "pending for six minutes", make: with(func(d *platform.Dossier) {
			one1(pending)(d)
			d.Environments[0].Events = []platform.Event{{Kind: "Pod", Name: pending.Name, Type: "Warning", Reason: "FailedScheduling", Message: "0/3 nodes are available", Last: ago(time.Minute)}}
		}, "prod"), want: []one{{id: "pods-pending", since: ago(6 * time.Minute)}}},
		{name: "pending for four minutes", make: with(one1(fresh), "prod")},
		{name: "not ready for fifteen minutes", make: with(one1(unready), "prod"), want: []one{{id: "pods-not-ready", severity: "critical"}}},
		{name: "finished well", make: with(one1(done), "prod")},
		{name: "pods unknown", make: with(func(d *platform.Dossier) {
			delete(d.Environments[0].Known, platform.FamPods)
		}, "prod"), not: []string{"crash-loop", "image-pull", "tag-purged"}},
	})
}

func TestRefused(t *testing.T) {
	quota := `pods "moteur-6d5-" is forbidden: exceeded quota: dso-quota, requested: limits.cpu=1, used: limits.cpu=15500m, limited: limits.cpu=16`
	kyverno := "admission webhook \"validate.kyverno.svc-fail\" denied the request: \n\nresource Deployment/ns/api was blocked due to the following policies \n\ndisallow-latest-tag:\n  validate-image-tag: 'validation error: Using a mutable image tag e.g. ''latest'' is not allowed.'"
	refusedEvent := platform.Event{Kind: "ReplicaSet", Name: "moteur-6d5", Type: "Warning", Reason: "FailedCreate", Message: quota, First: ago(40 * time.Minute), Last: ago(2 * time.Minute)}
	moteur := platform.Workload{Kind: "Deployment", Name: "moteur", Desired: 3, Ready: 2}
	play(t, []row{
		{name: "quota exceeded", make: with(func(d *platform.Dossier) {
			d.Environments[0].Events, d.Environments[0].Workloads = []platform.Event{refusedEvent}, []platform.Workload{moteur}
		}, "prod"), want: []one{{id: "quota-refused", severity: "degraded", subject: "guichet/prod/workload/moteur", since: ago(40 * time.Minute), runbook: "RB-13", args: map[string]string{"cause": "exceeded"}}}},
		{name: "nothing runs of it", make: with(func(d *platform.Dossier) {
			w := moteur
			w.Ready, w.Conditions = 0, []platform.WorkloadCondition{{Type: "ReplicaFailure", Reason: "FailedCreate", Message: "pods is forbidden: failed quota: dso-quota: must specify limits.cpu", At: ago(time.Hour)}}
			d.Environments[0].Workloads = []platform.Workload{w}
		}, "prod"), want: []one{{id: "quota-refused", severity: "critical", args: map[string]string{"cause": "unset"}}}},
		{name: "it found room since", make: with(func(d *platform.Dossier) {
			w := moteur
			w.Ready = 3
			d.Environments[0].Events, d.Environments[0].Workloads = []platform.Event{refusedEvent}, []platform.Workload{w}
		}, "prod")},
		{name: "an old refusal", make: with(func(d *platform.Dossier) {
			ev := refusedEvent
			ev.First, ev.Last = ago(5*time.Hour), ago(3*time.Hour)
			d.Environments[0].Events, d.Environments[0].Workloads = []platform.Event{ev}, []platform.Workload{moteur}
		}, "prod")},
		{name: "quota full and refusals are one incident", make: with(func(d *platform.Dossier) {
			d.Environments[0].Events, d.Environments[0].Workloads = []platform.Event{refusedEvent}, []platform.Workload{moteur}
			d.Environments[0].Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 16, "limits.memory": 64 << 30}, Used: map[string]float64{"limits.cpu": 15.5, "limits.memory": 62 << 30}}}
		}, "prod"), want: []one{{id: "quota-near-full", severity: "degraded", args: map[string]string{"percent": "97", "resource": "limits.cpu"}, below: []string{"quota-refused"}}}},
		{name: "quota at 90 %", make: with(func(d *platform.Dossier) {
			d.Environments[0].Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 10}, Used: map[string]float64{"limits.cpu": 9}}}
		}, "prod"), want: []one{{id: "quota-near-full", severity: "warning"}}},
		{name: "quota at 89 %", make: with(func(d *platform.Dossier) {
			d.Environments[0].Quotas = []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 100}, Used: map[string]float64{"limits.cpu": 89}}}
		}, "prod")},
		{name: "policy refuses a synchronisation", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Operation = platform.SyncOutOfSync, platform.Operation{Phase: platform.OperationFailed, Message: "one or more objects failed to apply, reason: " + kyverno, FinishedAt: ago(20 * time.Hour)}
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "policy-refused", severity: "degraded", since: ago(20 * time.Hour), runbook: "RB-09", args: map[string]string{"policy": "disallow-latest-tag"}, below: []string{"app-out-of-sync", "app-sync-failed"}}}},
		{name: "policy refuses pods", make: with(func(d *platform.Dossier) {
			ev := refusedEvent
			ev.Message = kyverno
			d.Environments[0].Events, d.Environments[0].Workloads = []platform.Event{ev}, []platform.Workload{moteur}
		}, "prod"), want: []one{{id: "policy-refused", subject: "guichet/prod/workload/moteur"}}},
	})
}
