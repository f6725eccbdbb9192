package pods_test

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui/uitest"
)

const kube = "kubernetes/mi-prod-1"

// story is the fixture with a database that was killed for its memory, a pod that finished, and one with an init container.
func story(t *testing.T) (*uitest.Backend, string) {
	t.Helper()
	b := uitest.NewBackend(7)
	x, ok := b.View().Environment("guichet", "prod")
	if !ok {
		t.Fatal("the fixture moved")
	}
	now, ns := uitest.Noon(), x.Namespace
	b.Store.Apply(func(tx *store.Tx) {
		store.Pods.Put(tx, kube, ns, append([]platform.Pod{
			{Cluster: "mi-prod-1", Namespace: ns, Name: "base-0", WorkloadKind: "StatefulSet", WorkloadName: "base", Phase: "Running", Reason: "Running", Ready: 1, Total: 1, Restarts: 14, Node: "node-2", CreatedAt: now.Add(-50 * time.Hour),
				Containers: []platform.Container{{Name: "postgres", Image: "harbor.test/guichet/base:16", Ready: true, Restarts: 14, State: "running", Since: now.Add(-20 * time.Minute), LastReason: "OOMKilled", LastExitCode: 137, LastFinished: now.Add(-20 * time.Minute)}}},
			{Cluster: "mi-prod-1", Namespace: ns, Name: "purge-29401", WorkloadKind: "CronJob", WorkloadName: "purge", Phase: "Succeeded", Reason: "Completed", Total: 1, CreatedAt: now.Add(-8 * time.Hour)},
			{Cluster: "mi-prod-1", Namespace: ns, Name: "api-5c7-x1", WorkloadKind: "Deployment", WorkloadName: "api", Phase: "Pending", Reason: "CrashLoopBackOff", Message: "back-off 5m0s restarting failed container", Total: 1, Restarts: 6, CreatedAt: now.Add(-30 * time.Minute),
				Containers: []platform.Container{{Name: "migrate", Init: true, Image: "harbor.test/guichet/api@sha256:" + strings.Repeat("c", 64), State: "waiting", Reason: "CrashLoopBackOff", LastReason: "Error", LastExitCode: 1, LastFinished: now.Add(-time.Minute)}, {Name: "api", Image: "harbor.test/guichet/api:9f", State: "waiting", Reason: "PodInitializing"}}},
		}, x.Pods...))
	})
	return b, ns
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fr-80x24", "fr", 80, 24}, {"fr-120x40", "fr", 120, 40}, {"fr-200x60", "fr", 200, 60}, {"en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := story(t)
			s := uitest.Open(t, b, c.lang, c.w, c.h)
			s.Press("5")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestTheListIsWorstFirst(t *testing.T) {
	b, ns := story(t)
	s := uitest.Open(t, b, "fr", 160, 60)
	s.Press("5")
	s.Shows("pods", "ImagePullBackOff", "CrashLoopBackOff")
	if got := strings.Join(b.Looking(), " "); !strings.Contains(got, "--") {
		t.Errorf("in view: %s", got)
	}
	s.Press("/")
	s.Type("api-5c7")
	s.Press("enter")
	s.Shows("Le conteneur s'arrête à chaque démarrage", "migrate", "initialisation", "erreur de l'application")
	s.Press("esc", "/")
	s.Type("OOMKilled")
	s.Press("enter")
	s.Shows("base-0", "tué (SIGKILL)", "node-2")
	s.Press("esc", "s")
	s.Shows("red.")
	s.Press("esc", "!")
	s.Hides("purge-29401", "portail")
	s.Press("esc", "/")
	s.Type(ns)
	s.Press("enter", "c")
	s.Shows("kubectl")
}

func TestFromTheListOn(t *testing.T) {
	b, _ := story(t)
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("5", "enter")
	s.Shows("Conteneurs", "Manifeste")
	s.Press("esc", "y")
	s.Shows("Manifeste")
	s.Press("esc", "m")
	s.Exact(120, 40)
	s.Press("esc", "l")
	s.Exact(120, 40)
}

func TestTheTabOfAProject(t *testing.T) {
	b, _ := story(t)
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("/")
	s.Type("guichet")
	s.Press("enter", "enter")
	turn(s, "Pods")
	s.Shows("12 pods", "base-0", "purge-29401")
	s.Hides("PROJET")
	if got := strings.Join(b.Looking(), " "); strings.Count(got, "--") < 2 {
		t.Errorf("in view: %s", got)
	}
}

func TestNothingToShow(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(0), "en", 80, 24)
	s.Press("5")
	s.Shows("not configured")
	s.Exact(80, 24)
	b, _ := story(t)
	b.Health(kube, func(h *platform.SourceHealth) { h.State = platform.StateStale })
	s = uitest.Open(t, b, "fr", 80, 24)
	s.Press("5")
	s.Shows(kube + " en retard")
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Pods.All(b.Store.Current()) {
			store.Pods.Put(tx, sh.Source, sh.Scope, []platform.Pod{})
		}
	})
	s = uitest.Open(t, b, "fr", 80, 24)
	s.Press("5")
	s.Shows("Aucun pod")
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
