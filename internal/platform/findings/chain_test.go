package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func TestChain(t *testing.T) {
	young := func(p platform.Pod, age time.Duration) platform.Pod { p.CreatedAt = ago(age); return p }
	infra := func(d *platform.Dossier, head, revision string, pushed, reconciled time.Duration) {
		d.Repositories[1].Git = &platform.GitRepository{Name: "infra", DefaultBranch: "main", HeadSHA: head, HeadAt: ago(pushed)}
		a := d.Environments[0].Applications[0]
		a.Revisions, a.ReconciledAt = []string{revision}, ago(reconciled)
		a.Sources = []platform.AppSource{{RepoURL: "https://gitlab.cpn.example/forge-mi/projects/guichet/infra.git", TargetRevision: "HEAD"}}
		setApps(d, 0, a)
	}
	waiting := func(d *platform.Dossier, head, deployed string, pushed time.Duration, auto bool) {
		infra(d, head, head, pushed, time.Minute)
		a := d.Environments[0].Applications[0]
		a.Sync, a.Operation.Revision, a.Autosync = platform.SyncOutOfSync, deployed, auto
		setApps(d, 0, a)
	}
	const old, head = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"
	play(t, []row{
		{name: "two versions side by side", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa"), young(pod("api", host+"api:1a1b1c1d", "sha256:bb"), time.Hour)}
		}, "prod"), want: []one{{id: "mixed-versions", severity: "degraded", subject: "guichet/prod/workload/api", since: ago(time.Hour), args: map[string]string{"newer": "1a1b1c1d", "older": "0a0b0c0d"}}}},
		{name: "a roll-out of ten minutes", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa"), young(pod("api", host+"api:1a1b1c1d", "sha256:bb"), 10*time.Minute)}
		}, "prod")},
		{name: "two architectures of one image", make: with(func(d *platform.Dossier) {
			img := artifact("api", "sha256:index", "0a0b0c0d")
			img.Children = []string{"sha256:aa", "sha256:bb"}
			d.Images = []platform.Image{img}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa"), young(pod("api", host+"api:0a0b0c0d", "sha256:bb"), time.Hour)}
		}, "prod")},
		{name: "one image in two workloads", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa"), young(pod("worker", host+"api:1a1b1c1d", "sha256:bb"), time.Hour)}
		}, "prod")},
		{name: "two containers of one pod", make: with(func(d *platform.Dossier) {
			p := pod("api", host+"api:0a0b0c0d", "sha256:aa")
			p.Containers = append(p.Containers, platform.Container{Name: "front", Image: host + "front:1a1b1c1d", Digest: "sha256:bb", State: "running", Ready: true})
			d.Environments[0].Pods = []platform.Pod{p}
		}, "prod")},
		{name: "no tag names a commit", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "1.4.2", "latest")}
			d.Repositories[0].Pipelines = []platform.Pipeline{{IID: 7, Ref: "main", SHA: head, Status: platform.PipelineSuccess, CreatedAt: ago(48 * time.Hour), FinishedAt: ago(47 * time.Hour)}}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:1.4.2", "sha256:aa")}
		}, "prod"), want: []one{{id: "image-untraced", severity: "info", subject: "guichet/prod/image/api", args: map[string]string{"tag": "1.4.2"}}}},
		{name: "the pipeline that was at work tells it", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:aa", "1.4.2")}
			d.Repositories[0].Pipelines = []platform.Pipeline{{IID: 7, Ref: "main", SHA: head, Status: platform.PipelineSuccess, CreatedAt: ago(24*time.Hour + 5*time.Minute), FinishedAt: ago(24*time.Hour - time.Minute)}}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:1.4.2", "sha256:aa")}
		}, "prod")},
		{name: "git moved and Argo CD did not see it", make: with(func(d *platform.Dossier) { infra(d, head, old, 2*time.Hour, time.Minute) }, "prod"),
			want: []one{{id: "infra-behind", severity: "warning", confidence: platform.Probable, since: ago(2 * time.Hour), args: map[string]string{"revision": "11111111", "head": "22222222"}}}},
		{name: "git moved a moment ago", make: with(func(d *platform.Dossier) { infra(d, head, old, 5*time.Minute, time.Minute) }, "prod")},
		{name: "Argo CD was not heard since", make: with(func(d *platform.Dossier) { infra(d, head, old, 2*time.Hour, 3*time.Hour) }, "prod")},
		{name: "the head is applied", make: with(func(d *platform.Dossier) { infra(d, head, head, 2*time.Hour, time.Minute) }, "prod")},
		// Git has a commit that Argo CD compares with and did not apply: the delay is that of the commit, not of the last delivery three days ago.
		{name: "a commit of five minutes ago is about to be applied", make: with(func(d *platform.Dossier) { waiting(d, head, old, 5*time.Minute, true) }, "prod")},
		{name: "a commit waits for a person since twenty hours", make: with(func(d *platform.Dossier) { waiting(d, head, old, 20*time.Hour, false) }, "prod"),
			want: []one{{id: "app-out-of-sync", severity: "degraded", confidence: platform.Probable, since: ago(20 * time.Hour)}}},
		{name: "nothing dates the commit that is about to be applied", make: with(func(d *platform.Dossier) {
			waiting(d, head, old, 5*time.Minute, true)
			d.Repositories[1].Git = nil
		}, "prod")},
		{name: "nothing dates the commit that waits for a person", make: with(func(d *platform.Dossier) {
			waiting(d, head, old, 5*time.Minute, false)
			d.Repositories[1].Git = nil
		}, "prod"), want: []one{{id: "app-out-of-sync", severity: "degraded", confidence: platform.Probable, since: ago(72 * time.Hour)}}},
		{name: "the application follows a tag", make: with(func(d *platform.Dossier) {
			infra(d, head, old, 2*time.Hour, time.Minute)
			a := d.Environments[0].Applications[0]
			a.Sources[0].TargetRevision = "v1.2"
			setApps(d, 0, a)
		}, "prod")},
	})
}
