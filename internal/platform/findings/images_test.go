package findings

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

func scanned(img platform.Image, critical, high int) platform.Image {
	img.Scan = platform.Scan{Status: "Success", Critical: critical, High: high, At: ago(time.Hour)}
	return img
}

func TestImages(t *testing.T) {
	play(t, []row{
		{name: "the tag moved", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:bbbbbbbbbbbb", "main"), artifact("api", "sha256:aaaaaaaaaaaa", "0a0b0c0d")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:main", "sha256:aaaaaaaaaaaa")}
		}, "integration"), want: []one{{id: "mutable-tag", severity: "warning", subject: "guichet/integration/workload/api", since: ago(24 * time.Hour), args: map[string]string{"tag": "main", "running": "aaaaaaaa", "registry": "bbbbbbbb"}}}},
		{name: "the tag moved in production", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:bb", "main")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:main", "sha256:aa")}
		}, "prod"), want: []one{{id: "mutable-tag", severity: "degraded"}}},
		{name: "one of the platforms of an index", make: with(func(d *platform.Dossier) {
			img := artifact("api", "sha256:index", "main")
			img.Children = []string{"sha256:arm", "sha256:amd"}
			d.Images = []platform.Image{img}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:main", "sha256:amd")}
		}, "prod")},
		{name: "digest unknown: nothing is said", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:bb", "main")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:main", "")}
		}, "prod")},
		{name: "a running tag that retention removed", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{artifact("api", "sha256:bb", "main")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa")}
		}, "prod"), want: []one{{id: "tag-missing", severity: "degraded", confidence: platform.Probable}}},
		{name: "a repository nothing is known of", make: with(func(d *platform.Dossier) {
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa")}
		}, "prod")},
		{name: "vulnerable in two environments", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{scanned(artifact("api", "sha256:aa", "0a0b0c0d"), 2, 17)}
			for i := range d.Environments {
				d.Environments[i].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa")}
			}
		}, "dev", "prod"), want: []one{{id: "image-vulnerable", severity: "degraded", subject: "guichet/prod/image/api", confidence: platform.Exact, args: map[string]string{"critical": "2", "high": "17", "environments": "dev, prod"}}}},
		{name: "many high ones, known by tag", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{scanned(artifact("api", "sha256:aa", "0a0b0c0d"), 0, 10)}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "")}
		}, "prod"), want: []one{{id: "image-vulnerable", severity: "warning", confidence: platform.Probable}}},
		{name: "few high ones", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{scanned(artifact("api", "sha256:aa", "0a0b0c0d"), 0, 9)}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:0a0b0c0d", "sha256:aa")}
		}, "prod")},
		{name: "a vulnerable image that does not run", make: with(func(d *platform.Dossier) {
			d.Images = []platform.Image{scanned(artifact("api", "sha256:aa", "0a0b0c0d"), 9, 41), artifact("api", "sha256:bb", "11111111")}
			d.Environments[0].Pods = []platform.Pod{pod("api", host+"api:11111111", "sha256:bb")}
		}, "prod")},
	})
}
