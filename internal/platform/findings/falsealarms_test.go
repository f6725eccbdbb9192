package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// What systems write of a project in which nothing is wrong, or not yet.
func TestFalseAlarms(t *testing.T) {
	readBefore := func(d *platform.Dossier) {
		age := d.Known[platform.FamImages]
		age.At = ago(20 * time.Minute)
		d.Known[platform.FamImages] = age
	}
	fresh := func(image, digest string) platform.Pod {
		p := pod("api", image, digest)
		p.CreatedAt = ago(5 * time.Minute)
		return p
	}
	over := func(reason string) platform.Pod {
		p := pod("api", host+"api:0a0b0c0d", "sha256:aa")
		p.Name, p.Phase, p.Reason, p.Ready = "api-7c9d5-gone1", "Failed", reason, 0
		p.Containers[0].Ready, p.Containers[0].State, p.Containers[0].Reason, p.Containers[0].Since = false, "terminated", "Error", ago(30*time.Hour)
		return p
	}
	attempt := over("Error")
	attempt.WorkloadKind, attempt.WorkloadName = "Job", "chargement"
	inTree := attempt
	inTree.Phase, inTree.Containers, inTree.FromTree = "Running", nil, true
	named := func(status string, since time.Duration) platform.Application {
		a := app("prod", platform.AppDeploy)
		a.Health, a.HealthSince, a.CreatedAt, a.Operation = status, ago(since), ago(since), platform.Operation{}
		return a
	}
	play(t, []row{
		{name: "pushed and deployed since Harbor was read", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{fresh(host+"api:11112222", "sha256:bb")}
			readBefore(d)
		}, "prod")},
		{name: "a moving tag, pushed and deployed since Harbor was read", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "main")}
			d.Environments[0].Pods = []platform.Pod{fresh(host+"api:main", "sha256:bb")}
			readBefore(d)
		}, "prod")},
		{name: "only the newest of thousands were read", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d"), artifact("api", "sha256:a0", "0a0b0c0e")}
			d.Images[1].OlderLeft = true
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:11112222", "sha256:bb")}
		}, "prod")},
		{name: "only the newest were read, and pods wait for another", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Images[0].OlderLeft = true
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:11112222", "ImagePullBackOff", "i/o timeout")}
		}, "prod"), want: []one{{id: "image-pull"}}},
		{name: "refused at a registry whose list is older than the pods", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:11112222", "ImagePullBackOff", "401 Unauthorized")}
			readBefore(d)
		}, "prod"), want: []one{{id: "pull-secret", below: []string{"image-pull"}}}},
		{name: "unknown to a registry whose list is older than the pods", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{broken("api", host+"api:11112222", "ImagePullBackOff", "not found")}
			readBefore(d)
		}, "prod"), want: []one{{id: "tag-purged", confidence: platform.Probable, below: []string{"image-pull"}}}},
		{name: "a public registry has a project of the same name", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{pod("api", "docker.io/guichet/api:2.1", "sha256:cc"), pod("web", "guichet/api:2.1", "sha256:cc"), broken("db", "docker.io/guichet/pg:15", "ImagePullBackOff", "toomanyrequests")}
		}, "prod"), want: []one{{id: "image-pull"}}},
		{name: "evicted, gone with its node", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa"), over("Evicted"), over("NodeShutdown"), over("Error")}
		}, "prod")},
		{name: "an attempt of a Job", make: with(func(d *platform.Dossier) { d.Environments[0].Pods = []platform.Pod{attempt, inTree} }, "prod")},
		{name: "an attempt of a Job killed for memory long ago", make: with(func(d *platform.Dossier) {
			p := attempt
			p.Containers = []platform.Container{p.Containers[0]}
			p.Containers[0].Reason = "OOMKilled"
			d.Environments[0].Pods = []platform.Pod{p}
		}, "prod")},
		{name: "an attempt of a Job killed for memory an hour ago", make: with(func(d *platform.Dossier) {
			p := attempt
			p.Containers = []platform.Container{p.Containers[0]}
			p.Containers[0].Reason, p.Containers[0].Since = "OOMKilled", ago(time.Hour)
			d.Environments[0].Pods = []platform.Pod{p}
		}, "prod"), want: []one{{id: "out-of-memory"}}},
		{name: "a new application has nothing yet", make: with(func(d *platform.Dossier) { setApps(d, 0, named(platform.HealthMissing, 2*time.Minute)) }, "prod")},
		{name: "an application has had nothing for ten minutes", make: with(func(d *platform.Dossier) { setApps(d, 0, named(platform.HealthMissing, 10*time.Minute)) }, "prod"),
			want: []one{{id: "app-degraded", severity: "degraded"}}},
		{name: "secrets of an application that was never synchronised", make: with(func(d *platform.Dossier) {
			a := named(platform.HealthHealthy, time.Hour)
			a.Resources = []platform.AppResource{{Kind: "VaultStaticSecret", Name: "db", Health: platform.HealthMissing}, {Kind: "Certificate", Name: "www", Health: platform.HealthUnknown}}
			setApps(d, 0, a)
		}, "prod")},
		{name: "Argo CD's own parts start anew", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Conditions = platform.SyncUnknown, []platform.AppCondition{{Type: "ComparisonError", Message: "rpc error: code = Unavailable desc = connection error: dial tcp 172.30.4.2:8081: connect: connection refused", At: ago(3 * time.Minute)}}
			setApps(d, 0, a)
		}, "prod")},
		{name: "Argo CD's own parts have been away for an hour", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Sync, a.Conditions = platform.SyncUnknown, []platform.AppCondition{{Type: "ComparisonError", Message: "rpc error: code = Unavailable desc = connection error", At: ago(time.Hour)}}
			setApps(d, 0, a)
		}, "prod"), want: []one{{id: "comparison-error"}}},
		{name: "finished Jobs that Argo CD makes anew", make: with(func(d *platform.Dossier) {
			a := app("prod", platform.AppDeploy)
			a.Operation.FinishedAt, a.Operation.Healed = ago(time.Hour), []string{"Job chargement"}
			setApps(d, 0, a)
		}, "prod")},
		{name: "metrics were read before the pods came", make: with(func(d *platform.Dossier) {
			d.Environments[0].Usage = &platform.Usage{At: ago(90 * time.Minute), CPU: 0.1}
			p := pod("web", "quay.example/x/web:1", "")
			p.CreatedAt = ago(80 * time.Minute)
			d.Environments[1].Pods = []platform.Pod{p}
		}, "dev", "integration")},
	})
}

func TestMentions(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "authentication failed for 'https://forge.test/p/api.git'": true, "GET https://gitlab.test/api/v4/projects: http basic: access denied": false, "api: bad credentials": true,
		"repository api.": true, "repository api-web: bad credentials": false, "repository web/api refused": false, `could not clone "API"`: true, "https://forge.test/p/web-api.git": false,
	} {
		if got := mentions(text, "api"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What would be missed, or found and lost again with each start.
func TestMisses(t *testing.T) {
	between := broken("web", "quay.example/x/web:1", "", "")
	between.Phase, between.Reason, between.Restarts = "Running", "Running", 9
	c := &between.Containers[0]
	c.State, c.Since, c.Restarts, c.LastReason, c.LastExitCode, c.LastFinished = "running", ago(20*time.Second), 9, "Error", 1, ago(3*time.Minute)
	waits := func(reason string) platform.Pod {
		p := broken("web", "quay.example/x/web:1", reason, "")
		p.Phase = "Pending"
		return p
	}
	inTree := waits("Init:ImagePullBackOff")
	inTree.Containers, inTree.FromTree = nil, true
	ended := func(reason string) func(*platform.Dossier) {
		return func(d *platform.Dossier) {
			d.Environments[0].Events = []platform.Event{{Kind: "Job", Name: "chargement", Type: "Warning", Reason: reason, Message: "failed", First: ago(time.Hour), Last: ago(time.Hour)}}
		}
	}
	stuck := app("prod", platform.AppDeploy)
	stuck.Sync, stuck.Health = platform.SyncOutOfSync, platform.HealthHealthy
	stuck.Operation = platform.Operation{Phase: platform.OperationRunning, StartedAt: ago(2 * time.Hour), Message: "waiting for completion of hook batch/Job/migration"}
	soon := stuck
	soon.Operation.StartedAt = ago(20 * time.Minute)
	play(t, []row{
		{name: "between two crashes", make: with(func(d *platform.Dossier) { d.Environments[0].Pods = []platform.Pod{between} }, "prod"), want: []one{{id: "crash-loop", severity: "critical"}}},
		{name: "an init container's image, in a tree", make: with(func(d *platform.Dossier) { d.Environments[0].Pods = []platform.Pod{inTree} }, "prod"), want: []one{{id: "image-pull"}}},
		{name: "an image whose signature is not valid", make: with(func(d *platform.Dossier) { d.Environments[0].Pods = []platform.Pod{waits("SignatureValidationFailed")} }, "prod"), want: []one{{id: "image-pull"}}},
		{name: "a Job that its policy gave up", make: with(ended("PodFailurePolicy"), "prod"), want: []one{{id: "job-failed"}}},
		{name: "a synchronisation that waits for hours", make: with(func(d *platform.Dossier) { setApps(d, 0, stuck) }, "prod"), want: []one{{id: "app-stuck", since: ago(2 * time.Hour)}}},
		{name: "a synchronisation at work", make: with(func(d *platform.Dossier) { setApps(d, 0, soon) }, "prod")},
	})
}
