package images_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// registry answers from memory; err, when set, is what it answers instead.
type registry struct {
	err error

	mu    sync.Mutex
	asked map[string]int
}

func (r *registry) Name() string { return "harbor" }

func (r *registry) Image(_ context.Context, ref desk.ImageRef) (desk.ImageDetail, error) {
	return desk.ImageDetail{Image: platform.Image{Repository: ref.Repository, Digest: ref.Reference}, Kind: "IMAGE", Built: uitest.Noon().Add(-time.Hour), User: "1001", Ports: []string{"8080/tcp"},
		Platforms:   []desk.ImagePlatform{{OS: "linux", Architecture: "amd64", Digest: "sha256:" + strings.Repeat("a", 64)}, {OS: "linux", Architecture: "arm64", Variant: "v8", Digest: "sha256:" + strings.Repeat("b", 64)}},
		Accessories: []desk.Accessory{{Type: "signature.cosign", At: uitest.Noon().Add(-time.Hour)}}, Scanner: "Trivy v0.58.1", Fixable: 2}, r.err
}

func (r *registry) Vulnerabilities(_ context.Context, ref desk.ImageRef) (desk.VulnerabilityReport, error) {
	out := desk.VulnerabilityReport{At: uitest.Noon(), Scanner: "Trivy v0.58.1", Cut: 3}
	for i := range 12 {
		v := desk.Vulnerability{ID: fmt.Sprintf("CVE-2024-%05d", 100+i), Package: "libssl3", Version: "3.0.11", Severity: "High", Score: 7.5, Text: "openssl: something is wrong", Link: "https://avd.example/x"}
		switch {
		case i < 2:
			v.Severity, v.Score, v.Fixed = "Critical", 9.8, "3.0.15"
		case i > 8:
			v.Severity, v.Score, v.Package = "Low", 3.1, "coreutils"
		}
		out.List = append(out.List, v)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked != nil {
		r.asked[ref.Reference]++
	}
	return out, r.err
}

func (r *registry) Retention(context.Context, string) (desk.Retention, error) {
	return desk.Retention{Rules: []desk.RetentionRule{{Template: "latestPushedK", Keep: 3, Repositories: "**", Tags: "**"}}, Schedule: "0 22 2 * * *"}, r.err
}

type backend struct {
	*uitest.Backend
	registry desk.Images
}

func (b backend) Images(string) desk.ImagesReach   { return desk.ImagesReach{Images: b.registry} }
func (b backend) Quality(string) desk.QualityReach { return desk.QualityReach{} }
func (b backend) Alerts(string) desk.AlertsReach   { return desk.AlertsReach{} }

// story: agendaprefs has older images, one of them running in production under a tag that moved since, and an index of two architectures.
func story(t *testing.T, r *registry) backend {
	t.Helper()
	b := uitest.NewBackend(7)
	row, ok := b.View().Project("agendaprefs")
	env, found := b.View().Environment("agendaprefs", "dev")
	if !ok || !found {
		t.Fatal("the fixture moved")
	}
	id := row.Dossier.Project.ID
	b.Store.Apply(func(tx *store.Tx) {
		list := []platform.Image{row.Dossier.Images[0]}
		list[0].Tags = append(list[0].Tags, platform.Tag{Name: "main", PushedAt: list[0].PushedAt})
		list[0].Size, list[0].Signed = 140<<20, true
		for i := range 4 {
			img := platform.Image{Repository: "web", Digest: fmt.Sprintf("sha256:%064x", 0xd0+i), Tags: []platform.Tag{{Name: fmt.Sprintf("abcdef%02d", i)}}, PushedAt: uitest.Noon().AddDate(0, 0, -2-i), Size: 130 << 20,
				Scan: platform.Scan{Status: "Success", High: 9 + i, Medium: 4, At: uitest.Noon().AddDate(0, 0, -2-i)}}
			switch i {
			case 0:
				img.Children = []string{"sha256:" + strings.Repeat("a", 64), "sha256:" + strings.Repeat("b", 64)}
			case 3:
				img.Scan = platform.Scan{Status: "Running"}
			}
			list = append(list, img)
		}
		store.Images.Put(tx, "harbor", id, list)
		pods := append([]platform.Pod(nil), env.Pods...)
		for i := range pods { // the child of an index runs under the name that means the newest now
			c := pods[i].Containers[0]
			c.Image, c.Digest = "harbor.test/agendaprefs/web:main", "sha256:"+strings.Repeat("b", 64)
			pods[i].Containers = []platform.Container{c}
		}
		store.Pods.Put(tx, "kubernetes/mi-prod-1", env.Namespace, pods)
	})
	if r == nil {
		return backend{Backend: b}
	}
	return backend{Backend: b, registry: r}
}

// until delivers the page's bells until the screen holds a text.
func until(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func open(s *uitest.Session) {
	s.Press(":")
	s.Type("images")
	s.Press("enter")
}

// tab opens the images of agendaprefs, in its project.
func tab(s *uitest.Session) {
	s.Press("1", "/")
	s.Type("agendaprefs")
	s.Press("enter", "enter")
	turn(s, "Images")
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fleet-fr-80x24", "fr", 80, 24}, {"fleet-fr-120x40", "fr", 120, 40}, {"fleet-fr-200x60", "fr", 200, 60}, {"fleet-en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.Open(t, story(t, &registry{}), c.lang, c.w, c.h)
			open(s)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
			s.Press("down", "down", "down", "enter")
			until(s, "3.0.15")
			until(s, "linux/amd64")
			s.Exact(c.w, c.h)
			s.Golden(strings.Replace(c.name, "fleet", "one", 1))
		})
	}
}

func TestTheTabOfAProject(t *testing.T) {
	r := &registry{asked: map[string]int{}}
	s := uitest.Open(t, story(t, r), "fr", 120, 40)
	tab(s)
	until(s, "Harbor garde les 3 dernières poussées")
	s.Shows("web", "absente", "5 images", "1 absente de Harbor", "4/3", "Des pods la demandent")
	s.Press("down")
	until(s, "corrigeables")
	s.Shows("l'étiquette désigne maintenant une autre image", "index de plusieurs architectures", "CVE-2024-00100", "… 9 de plus")
	s.Press("down", "up", "down", "up")
	r.mu.Lock()
	if n := r.asked[fmt.Sprintf("sha256:%064x", 0xd0)]; n != 1 {
		t.Errorf("what was read is asked for again: %d times", n)
	}
	r.mu.Unlock()
	s.Press("!")
	s.Hides("abcdef01")
}

func TestAMissingImageLeadsToItsPods(t *testing.T) {
	s := uitest.Open(t, story(t, &registry{}), "fr", 120, 40)
	open(s)
	s.Press("enter")
	s.Shows("agendaprefs ▸ prod", "Charges & pods")
}

func TestOneImage(t *testing.T) {
	s := uitest.Open(t, story(t, &registry{}), "fr", 120, 40)
	tab(s)
	until(s, "Harbor garde")
	s.Press("down", "enter")
	until(s, "Trivy")
	until(s, "linux/amd64")
	s.Shows("linux/arm64/v8", "signature.cosign", "2 sur 15 corrigeables", "dev", "sous l'étiquette main")
	s.Press("!")
	s.Shows("2 sur 12")
	s.Press("i", "esc", "esc", "/")
	s.Type("coreutils")
	s.Press("enter")
	s.Shows("CVE-2024-00111", "3 sur 12")
	s.Hides("CVE-2024-00100 ")
	s.Press("c", "esc", "esc", "esc")
	s.Shows("Harbor garde")
}

func TestWhatCannotBeRead(t *testing.T) {
	s := uitest.Open(t, story(t, &registry{err: errors.New("GET https://harbor.test : 403")}), "fr", 120, 40)
	tab(s)
	until(s, "règle de rétention non lue")
	s.Press("down", "enter")
	until(s, "403")
	s.Exact(120, 40)
	s = uitest.Open(t, story(t, nil), "en", 80, 24) // nobody can be asked
	open(s)
	s.Press("down", "enter")
	s.Exact(80, 24)
	s = uitest.Open(t, uitest.NewBackend(0), "fr", 80, 24)
	open(s)
	s.Shows("non configuré")
	s.Exact(80, 24)
}

func TestEverySize(t *testing.T) {
	s := uitest.Open(t, story(t, &registry{}), "fr", 120, 40)
	for _, size := range [][2]int{{60, 15}, {80, 24}, {100, 30}, {160, 20}, {250, 70}} {
		s.Resize(size[0], size[1])
		open(s)
		s.Exact(size[0], size[1])
		s.Press("down", "enter")
		s.Exact(size[0], size[1])
		s.Press("esc", "esc")
	}
}

// turn goes to a tab of the project by its title.
func turn(s *uitest.Session, title string) {
	for range 20 {
		if strings.Contains(s.Screen(), "▌"+title) {
			return
		}
		s.Press("tab")
	}
}
