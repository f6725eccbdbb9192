package pod_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// cluster answers from memory; err, when set, is what it answers instead.
type cluster struct{ err error }

func (cluster) Name() string { return "kubernetes/mi-prod-1" }

func (c cluster) Pod(_ context.Context, ask desk.PodAsk) (desk.PodDetail, error) {
	now := uitest.Noon()
	return desk.PodDetail{Namespace: ask.Namespace, Name: ask.Name, Phase: "Pending", Reason: "ImagePullBackOff", Node: "node-1", IP: "10.129.4.2", QoS: "Guaranteed", ServiceAccount: "default", Owner: "ReplicaSet/web-7d9f8c6b54", CreatedAt: now.Add(-4 * time.Minute), StartedAt: now.Add(-4 * time.Minute), RestartPolicy: "Always",
		Containers: []desk.ContainerDetail{
			{Name: "migrate", Role: desk.RoleInit, Image: "harbor.test/agendaprefs/web:3f2a91bc", State: "terminated", Reason: "Completed", End: &desk.ContainerEnd{Reason: "Completed", Started: now.Add(-4 * time.Minute), Ended: now.Add(-3 * time.Minute)}},
			{Name: "web", Image: "harbor.test/agendaprefs/web:3f2a91bc", State: "waiting", Reason: "ImagePullBackOff", Message: "manifest unknown", Restarts: 2, CPURequest: "500m", CPULimit: "500m", MemoryRequest: "512Mi", MemoryLimit: "512Mi", Ports: []string{"http 8080/TCP"}, Liveness: "HTTP GET /sante :8080, 10 s, 3×", PullPolicy: "IfNotPresent",
				Last: &desk.ContainerEnd{Reason: "OOMKilled", Code: 137, Started: now.Add(-time.Hour), Ended: now.Add(-50 * time.Minute)}},
		},
		Conditions: []desk.PodCondition{{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Message: "containers with unready status: [web]", Since: now.Add(-4 * time.Minute)}, {Type: "PodScheduled", Status: "True"}},
		Volumes:    []string{"config: ConfigMap app"},
		Events:     []platform.Event{{Kind: "Pod", Name: ask.Name, Type: "Warning", Reason: "Failed", Message: "Failed to pull image: manifest unknown", Count: 12, First: now.Add(-4 * time.Minute), Last: now.Add(-time.Minute)}},
		Manifest:   desk.Manifest{Text: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + ask.Name + "\n"}}, c.err
}

type backend struct {
	*uitest.Backend
	pods desk.Pods
}

func (b backend) GitOps(string) desk.GitOpsReach { return desk.GitOpsReach{} }

func (b backend) Pods(namespace, pod string) desk.PodsReach {
	if b.pods == nil {
		return desk.PodsReach{}
	}
	return desk.PodsReach{Origins: []desk.PodOrigin{{Pods: b.pods, Ask: desk.PodAsk{Namespace: namespace, Name: pod}}}}
}

// until delivers the page's bells until the screen holds a text.
func until(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fr-80x24", "fr", 80, 24}, {"fr-120x40", "fr", 120, 40}, {"fr-200x60", "fr", 200, 60}, {"en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.Open(t, backend{Backend: uitest.NewBackend(7), pods: cluster{}}, c.lang, c.w, c.h)
			s.Press("5", "enter")
			until(s, "Completed")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestEveryTab(t *testing.T) {
	s := uitest.Open(t, backend{Backend: uitest.NewBackend(7), pods: cluster{}}, "fr", 120, 60)
	s.Press("5", "enter")
	until(s, "10.129.4.2")
	s.Shows("Guaranteed", "limite de mémoire a été dépassée", "500m", "HTTP GET /sante", "containers with unready status", "ConfigMap app", "initialisation")
	s.Press("tab")
	s.Shows("Failed to pull image")
	s.Press("tab")
	s.Shows("apiVersion: v1", "Manifeste, secrets masqués")
	s.Press("c")
	s.Shows("kubectl", "manifeste")
	s.Press("esc", "l")
	s.Exact(120, 60)
}

func TestWhatCannotBeRead(t *testing.T) {
	s := uitest.Open(t, backend{Backend: uitest.NewBackend(7), pods: cluster{err: errors.New("pods is forbidden")}}, "fr", 120, 40)
	s.Press("5", "enter")
	until(s, "pods is forbidden")
	s.Shows("ce qui suit vient de la liste", "ImagePullBackOff")
	s = uitest.Open(t, backend{Backend: uitest.NewBackend(7)}, "fr", 80, 24)
	s.Press("5", "enter")
	s.Shows("Aucune source ne sait lire ce pod")
	s.Exact(80, 24)
}

func TestAPodThatIsGone(t *testing.T) {
	b := backend{Backend: uitest.NewBackend(7), pods: cluster{}}
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("the fixture moved")
	}
	ns := x.Namespace
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("5", "enter")
	until(s, "10.129.4.2")
	b.Store.Apply(func(tx *store.Tx) { store.Pods.Put(tx, "kubernetes/mi-prod-1", ns, []platform.Pod{}) })
	s.Bell()
	s.Shows("Ce pod n'existe plus")
	s.Exact(120, 40)
}
