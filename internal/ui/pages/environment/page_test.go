package environment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

const kube = "kubernetes/mi-prod-1"

// story is the fixture with the production of agendaprefs told in full: several workloads, events, errors.
func story(t *testing.T) (b *uitest.Backend, ns string) {
	t.Helper()
	b = uitest.NewBackend(7)
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	ns, now := x.Namespace, uitest.Noon()
	pods, loads := x.Pods, x.Workloads
	b.Store.Apply(func(tx *store.Tx) {
		loads = append(loads,
			platform.Workload{Cluster: "mi-prod-1", Namespace: ns, Kind: "StatefulSet", Name: "base", Desired: 1, Ready: 1, Images: []string{"harbor.test/agendaprefs/base:16"}, CreatedAt: now.AddDate(0, -6, 0)},
			platform.Workload{Cluster: "mi-prod-1", Namespace: ns, Kind: "CronJob", Name: "purge", Desired: -1, CreatedAt: now.AddDate(0, -6, 0)},
			platform.Workload{Cluster: "mi-prod-1", Namespace: ns, Kind: "Deployment", Name: "api", Desired: 2, Images: []string{"harbor.test/agendaprefs/api:1"}, CreatedAt: now.AddDate(0, -1, 0), Conditions: []platform.WorkloadCondition{{Type: "ReplicaFailure", Reason: "FailedCreate", Message: "exceeded quota: dso-quota", At: now.Add(-9 * time.Minute)}}})
		pods = append(pods,
			platform.Pod{Cluster: "mi-prod-1", Namespace: ns, Name: "base-0", WorkloadKind: "StatefulSet", WorkloadName: "base", Phase: "Running", Reason: "Running", Ready: 1, Total: 1, Restarts: 3, Node: "node-2", CreatedAt: now.Add(-50 * time.Hour),
				Containers: []platform.Container{{Name: "postgres", Image: "harbor.test/agendaprefs/base:16", Ready: true, Restarts: 3, State: "running", Since: now.Add(-3 * time.Hour), LastReason: "OOMKilled", LastExitCode: 137, LastFinished: now.Add(-3 * time.Hour), Limit: platform.ContainerResources{Memory: 1 << 30}}}},
			platform.Pod{Cluster: "mi-prod-1", Namespace: ns, Name: "purge-1", WorkloadKind: "CronJob", WorkloadName: "purge", Phase: "Succeeded", Reason: "Completed", Total: 1, CreatedAt: now.Add(-8 * time.Hour)})
		store.Workloads.Put(tx, kube, ns, loads)
		store.Pods.Put(tx, kube, ns, pods)
		bad := pods[4].Name
		store.Events.Put(tx, kube, ns, []platform.Event{
			{Namespace: ns, Kind: "Pod", Name: bad, Type: "Warning", Reason: "Failed", Message: "Failed to pull image: manifest unknown", Count: 12, First: now.Add(-4 * time.Minute), Last: now.Add(-time.Minute)},
			{Namespace: ns, Kind: "Pod", Name: bad, Type: "Normal", Reason: "BackOff", Message: "Back-off pulling image", Count: 9, First: now.Add(-4 * time.Minute), Last: now.Add(-2 * time.Minute)},
			{Namespace: ns, Kind: "ReplicaSet", Name: "api-5c", Type: "Warning", Reason: "FailedCreate", Message: "exceeded quota: dso-quota", Count: 3, Last: now.Add(-9 * time.Minute)},
		})
		store.LogErrors.Put(tx, "loki", ns, []platform.LogLine{{Namespace: ns, Container: "web", Pod: pods[0].Name, At: now.Add(-30 * time.Second), Level: "error", Text: "connexion refusée à postgres"}})
	})
	return b, ns
}

func open(t *testing.T, b *uitest.Backend, ns, lang string, w, h int) *uitest.Session {
	t.Helper()
	s := uitest.Open(t, b, lang, w, h)
	visit(s, ns)
	return s
}

// visit goes to a namespace by its name.
func visit(s *uitest.Session, ns string) {
	s.Press(":")
	s.Type(ns)
	s.Press("enter")
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		keys       []string
	}{
		{"pods-fr-80x24", "fr", 80, 24, nil},
		{"pod-fr-80x24", "fr", 80, 24, []string{"j", "j", "j", "j", "j", "j", "enter"}},
		{"pods-fr-120x40", "fr", 120, 40, nil},
		{"pod-fr-120x40", "fr", 120, 40, []string{"j", "j", "j", "j", "j", "j"}},
		{"pod-fr-200x60", "fr", 200, 60, []string{"j", "j", "j", "j", "j", "j"}},
		{"pod-en-200x60", "en", 200, 60, []string{"j", "j", "j", "j", "j", "j"}},
		{"events-fr-120x40", "fr", 120, 40, []string{"tab"}},
		{"quota-fr-80x24", "fr", 80, 24, []string{"tab", "tab"}},
		{"errors-en-120x40", "en", 120, 40, []string{"tab", "tab", "tab"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, ns := story(t)
			s := open(t, b, ns, c.lang, c.w, c.h)
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestWorstFirstAndFolds(t *testing.T) {
	b, ns := story(t)
	s := open(t, b, ns, "fr", 120, 50)
	s.Shows("ImagePullBackOff", "FailedCreate", "0/2", "introuvable", "▸ ✔ base")
	s.Hides("✔ base-0")
	screen := s.Screen()
	if web, base := strings.Index(screen, "✖ web Deployment"), strings.Index(screen, "✔ base"); web < 0 || base < web {
		t.Errorf("web at %d, base at %d", web, base)
	}
	s.Press("G") // purge, the last workload
	s.Press("k", "enter")
	s.Shows("✔ base-0", "▾ ✔ base")
	s.Press("j", "space")
	s.Hides("✔ base-0")
	s.Shows("▸ ✔ base")
	s.Press("space", "j", "enter")
	s.Shows("base-0", "OOMKilled (code 137) 11:07", "sans CPU, sans mémoire", "1 Gio")
	s.Press("esc")
	s.Shows("CHARGE / POD")
}

func TestFilterSortAndProblems(t *testing.T) {
	b, ns := story(t)
	s := open(t, b, ns, "fr", 120, 50)
	s.Press("/")
	s.Type("base")
	s.Press("enter")
	s.Shows("base-0", "base ×")
	s.Hides("web Deployment")
	s.Press("esc", "!")
	s.Shows("problèmes seuls", "web Deployment")
	s.Hides("✔ base")
	s.Press("esc", "s")
	s.Shows("redémarrages", "plus récent")
	s.Press("down", "enter")
	screen := s.Screen()
	if api, web := strings.Index(screen, "api Deployment"), strings.Index(screen, "web Deployment"); api < 0 || api > web {
		t.Errorf("by name: api at %d, web at %d\n%s", api, web, screen)
	}
	s.Press("/")
	s.Type("zzzz")
	s.Press("enter")
	s.Shows("Rien ne correspond au filtre")
}

func TestDetailsTellWhy(t *testing.T) {
	b, ns := story(t)
	s := open(t, b, ns, "fr", 200, 60)
	s.Press("j")
	s.Shows("Harbor : web a 1 image connue")
	s.Press("j", "j", "j")
	s.Shows("argocd/usu", "opération", "Succeeded")
	s.Press("tab")
	s.Shows("FailedCreate", "exceeded quota", "api-5c")
	s.Press("tab")
	s.Shows("limites CPU", "dso-quota", "61 %", "dernière heure")
	s.Press("tab")
	s.Shows("connexion refusée à postgres", "ERROR", "14:06:50")
	s.Press("shift+tab", "shift+tab", "/")
	s.Type("backoff")
	s.Press("enter")
	s.Shows("1 sur 3", "Back-off pulling image")
}

func TestEveryStateSaysWhy(t *testing.T) {
	drop := func(b *uitest.Backend, ns string) {
		b.Store.Apply(func(tx *store.Tx) {
			store.Namespaces.Drop(tx, kube, ns)
			store.Pods.Drop(tx, kube, ns)
			store.Workloads.Drop(tx, kube, ns)
			store.Events.Drop(tx, kube, ns)
			store.Quotas.Drop(tx, kube, ns)
			store.Usage.Drop(tx, "prometheus", ns)
			store.LogErrors.Drop(tx, "loki", ns)
		})
	}
	t.Run("stale", func(t *testing.T) {
		b, ns := story(t)
		b.Health(kube, func(h *platform.SourceHealth) { h.State = platform.StateStale })
		s := open(t, b, ns, "fr", 120, 40)
		s.Shows("◐ "+kube+" en retard · lu il y a", "ImagePullBackOff")
	})
	t.Run("forbidden", func(t *testing.T) {
		b, ns := story(t)
		drop(b, ns)
		b.Health(kube, func(h *platform.SourceHealth) {
			h.State, h.Remedy, h.Detail, h.LastSuccess = platform.StateForbidden, platform.RemedyAskRight, "pods is forbidden", time.Time{}
		})
		b.Health("argocd/usu", func(h *platform.SourceHealth) { h.State = platform.StateUnreachable })
		s := open(t, b, ns, "fr", 120, 40)
		s.Shows("Pods : sans droit", kube, "pods is forbidden", "Demander le droit manquant")
		s.Press("tab")
		s.Shows("Événements : sans droit")
		s.Press("tab")
		s.Shows("Quota : ")
	})
	t.Run("unreachable", func(t *testing.T) {
		b, ns := story(t)
		drop(b, ns)
		b.Health(kube, func(h *platform.SourceHealth) {
			h.State, h.Remedy, h.Detail, h.LastSuccess = platform.StateUnreachable, platform.RemedyCheckURL, "no route to host", time.Time{}
		})
		b.Health("argocd/usu", func(h *platform.SourceHealth) { h.State = platform.StateStale })
		s := open(t, b, ns, "en", 120, 40)
		s.Shows("Pods: not read", "no route to host", "Check the address")
	})
	t.Run("loading", func(t *testing.T) {
		b, ns := story(t)
		drop(b, ns)
		b.Health(kube, func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
		s := open(t, b, ns, "fr", 120, 40)
		s.Shows("Pods : en cours de lecture")
	})
	t.Run("empty", func(t *testing.T) {
		b, ns := story(t)
		b.Store.Apply(func(tx *store.Tx) {
			store.Pods.Put(tx, kube, ns, []platform.Pod{})
			store.Workloads.Put(tx, kube, ns, []platform.Workload{})
			store.Events.Put(tx, kube, ns, []platform.Event{})
			store.LogErrors.Put(tx, "loki", ns, []platform.LogLine{})
		})
		s := open(t, b, ns, "fr", 120, 40)
		s.Shows("Aucun pod", "Rien ne tourne")
		s.Press("tab")
		s.Shows("Aucun événement", "une heure")
		s.Press("tab", "tab")
		s.Shows("Aucune erreur récente")
	})
	t.Run("gone", func(t *testing.T) {
		b, ns := story(t)
		s := open(t, b, ns, "fr", 120, 40)
		r, _ := b.View().Project("agendaprefs")
		id := r.Dossier.Project.ID
		drop(b, ns)
		b.Store.Apply(func(tx *store.Tx) {
			store.Environments.Put(tx, "console", id, []platform.Environment{})
			store.Applications.Put(tx, "argocd/usu", id, []platform.Application{})
			store.Namespaces.Drop(tx, kube, ns)
		})
		s.Bell()
		s.Shows("n'est plus connu d'aucune source", "Échap revient en arrière")
		s.Press("tab", "j", "enter", "space", "s", "!", "i", "c", "esc")
		s.Exact(120, 40)
	})
	t.Run("read in a tree", func(t *testing.T) {
		b, ns := story(t)
		b.Store.Apply(func(tx *store.Tx) {
			store.Workloads.Drop(tx, kube, ns)
			store.Pods.Put(tx, kube, ns, []platform.Pod{{Namespace: ns, Name: "web-1", WorkloadKind: "Deployment", WorkloadName: "web", Phase: "Pending", Reason: "CrashLoopBackOff", FromTree: true}})
		})
		s := open(t, b, ns, "fr", 120, 50)
		s.Press("G", "enter")
		s.Shows("web-1", "Lu dans l'arbre d'Argo CD", "CrashLoopBackOff")
	})
}

func TestEveryEnvironmentFitsEveryWindow(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {76, 20}, {100, 30}, {160, 45}, {250, 70}} {
		for _, ascii := range []bool{false, true} {
			b, ns := story(t)
			s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: "fr", Width: size[0], Height: size[1], ASCII: ascii, Profile: colorprofile.ANSI256})
			visit(s, ns)
			s.Shows("prod")
			for range 5 {
				for _, k := range []string{"j", "pgdown", "ctrl+d", "G", "g", "i", "j", "j", "enter", "j", "pgup", "esc", "ctrl+u", "k"} {
					s.Press(k)
					s.Exact(size[0], size[1])
					if !strings.Contains(strings.SplitN(s.Screen(), "\n", 2)[0], "prod") {
						s.Press("-")
					}
				}
				s.Press("tab")
			}
			if ascii && strings.ContainsAny(s.Screen(), "✔✖▲●▸▾…·") {
				t.Errorf("%v: a sign that is not ASCII:\n%s", size, s.Screen())
			}
		}
	}
}

func TestInterestAndCopies(t *testing.T) {
	b, ns := story(t)
	s := open(t, b, ns, "fr", 120, 40)
	if got := fmt.Sprint(b.Looking()); !strings.HasPrefix(got, "["+ns) {
		t.Errorf("interest %s", got)
	}
	s.Press("c")
	s.Shows("espace de noms")
	s.Press("esc", "j", "j", "j", "j", "j", "j", "c")
	s.Shows("nom du pod", "image")
	frames := s.Root.Frames()
	s.Press("esc")
	s.Bell()
	if s.Root.Frames() > frames+1 {
		t.Error("drawn again though nothing moved")
	}
}
