package application_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// argo answers from memory; err, when set, is what it answers instead.
type argo struct {
	mu    sync.Mutex
	err   error
	asked map[string]int
	ns    string
}

func (a *argo) note(what string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asked == nil {
		a.asked = map[string]int{}
	}
	a.asked[what]++
	return a.err
}

func (a *argo) Name() string { return "argocd/usu" }

func (a *argo) Application(context.Context, desk.AppRef) (desk.ApplicationDetail, error) {
	now := uitest.Noon()
	sha := func(c string) []string { return []string{strings.Repeat(c, 40)} }
	return desk.ApplicationDetail{
		Operation: platform.Operation{Phase: platform.OperationFailed, Message: "one or more objects failed to apply", StartedAt: now.Add(-6 * time.Minute), FinishedAt: now.Add(-5 * time.Minute), By: "automated", Revision: strings.Repeat("c", 40)}, Retries: 5, Prune: true,
		Results: []desk.SyncResult{
			{ObjectRef: desk.ObjectRef{Kind: "Service", Name: "web"}, Status: "SyncFailed", Message: `Service "web" is invalid: spec.ports: Required value`},
			{ObjectRef: desk.ObjectRef{Group: "apps", Kind: "Deployment", Name: "web"}, Status: "Synced", Message: "deployment.apps/web configured"},
		},
		History: []desk.Rollout{{ID: 3, Revisions: sha("c"), At: now.Add(-5 * time.Minute), StartedAt: now.Add(-6 * time.Minute), By: "automated"}, {ID: 2, Revisions: sha("b"), At: now.Add(-26 * time.Hour), By: "automated"}, {ID: 1, Revisions: sha("a"), At: now.Add(-90 * time.Hour), By: "ada"}},
	}, a.note("application")
}

func (a *argo) Tree(context.Context, desk.AppRef) (desk.ResourceTree, error) {
	at := uitest.Noon().Add(-48 * time.Hour)
	node := func(group, kind, name, uid, health, message string, parents ...string) desk.Node {
		return desk.Node{ObjectRef: desk.ObjectRef{Group: group, Version: "v1", Kind: kind, Namespace: a.ns, Name: name, UID: uid}, Health: health, Message: message, Parents: parents, CreatedAt: at}
	}
	pod := node("", "Pod", "web-7d9f-x4kq", "p1", "Degraded", "Back-off pulling image", "r1")
	pod.Info = []string{"ImagePullBackOff", "0/1"}
	orphan := node("", "ConfigMap", "essai", "o1", "", "")
	orphan.Orphan = true
	return desk.ResourceTree{Nodes: []desk.Node{
		node("", "Service", "web", "s1", "Healthy", ""), node("apps", "Deployment", "web", "d1", "Degraded", `Deployment "web" exceeded its progress deadline`), node("apps", "ReplicaSet", "web-7d9f", "r1", "Progressing", "", "d1"), pod,
		node("apps", "Deployment", "api", "d2", "Healthy", ""), node("", "Secret", "db", "x1", "", "", "v1"), node("", "VaultStaticSecret", "db", "v1", "Healthy", ""), orphan,
	}}, a.note("tree")
}

func (a *argo) Differences(context.Context, desk.AppRef) ([]desk.Difference, error) {
	return []desk.Difference{
		{ObjectRef: desk.ObjectRef{Kind: "ConfigMap", Name: "app"}, State: desk.DiffMissing, Lines: []desk.DiffLine{{Op: '+', Text: "kind: ConfigMap"}}, Added: 1},
		{ObjectRef: desk.ObjectRef{Group: "apps", Kind: "Deployment", Name: "web"}, State: desk.DiffChanged, Added: 1, Gone: 1, Lines: []desk.DiffLine{{Op: '@', Text: "spec"}, {Op: ' ', Text: "spec:"}, {Op: '-', Text: "  replicas: 2"}, {Op: '+', Text: "  replicas: 3"}}},
		{ObjectRef: desk.ObjectRef{Kind: "Service", Name: "web"}, State: desk.DiffSame},
	}, a.note("diff")
}

func (a *argo) Object(_ context.Context, _ desk.AppRef, o desk.ObjectRef) (desk.Manifest, error) {
	return desk.Manifest{Text: "apiVersion: v1\nkind: " + o.Kind + "\nmetadata:\n  name: " + o.Name + "\n"}, a.note("object")
}

func (a *argo) Events(_ context.Context, _ desk.AppRef, o desk.ObjectRef) ([]platform.Event, error) {
	return []platform.Event{{Kind: o.Kind, Name: o.Name, Type: "Warning", Reason: "FailedSync", Message: "could not", Count: 3, First: uitest.Noon().Add(-time.Hour), Last: uitest.Noon().Add(-time.Minute)}}, a.note("events")
}

func (a *argo) Windows(context.Context, desk.AppRef) (desk.SyncWindows, error) {
	return desk.SyncWindows{Windows: []desk.SyncWindow{{Kind: "deny", Schedule: "0 8 * * 1-5", Duration: "10h", Active: true, Manual: true}}}, a.note("windows")
}

func (a *argo) Commit(_ context.Context, _ desk.AppRef, revision string) (desk.Commit, error) {
	return desk.Commit{Author: "Ada <ada@example.test>", Message: "deploy: " + revision[:3], At: uitest.Noon().Add(-27 * time.Hour)}, a.note("commit")
}

func (a *argo) ImagesAt(_ context.Context, _ desk.AppRef, revisions []string) ([]string, error) {
	tag := map[byte]string{'c': "00000001", 'b': "0ld0ne00", 'a': "3f2a91bc"}[revisions[0][0]]
	return []string{"harbor.test/agendaprefs/web:" + tag, "docker.test/library/redis:7"}, a.note("images")
}

// backend is the fixture with an Argo CD to ask.
type backend struct {
	*uitest.Backend
	argo *argo
}

func (b backend) GitOps(string) desk.GitOpsReach {
	if b.argo == nil {
		return desk.GitOpsReach{}
	}
	return desk.GitOpsReach{GitOps: b.argo, Explain: func(source string, err error) platform.SourceHealth {
		return platform.SourceHealth{Name: source, State: platform.StateForbidden, Detail: err.Error(), Remedy: platform.RemedyAskRight}
	}}
}

func (b backend) Pods(string, string) desk.PodsReach { return desk.PodsReach{} }

// story is the production of agendaprefs out of step, with something that Argo CD reports.
func story(t *testing.T, a *argo) backend {
	t.Helper()
	b := uitest.NewBackend(7)
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	if a != nil {
		a.ns = x.Namespace
	}
	r, _ := b.View().Project("agendaprefs")
	b.Store.Apply(func(tx *store.Tx) {
		var apps []platform.Application
		for _, e := range r.Dossier.Environments {
			apps = append(apps, e.Applications...)
		}
		for i := range apps {
			if apps[i].EnvironmentName == "prod" {
				apps[i].Sync = platform.SyncOutOfSync
				apps[i].Conditions = []platform.AppCondition{{Type: "SyncError", Message: "Failed last sync attempt", At: uitest.Noon().Add(-5 * time.Minute)}}
				apps[i].Resources = []platform.AppResource{{Group: "apps", Kind: "Deployment", Namespace: x.Namespace, Name: "web", Sync: platform.SyncOutOfSync}, {Kind: "ConfigMap", Namespace: x.Namespace, Name: "app", Sync: platform.SyncOutOfSync, Health: platform.HealthMissing}}
			}
		}
		store.Applications.Put(tx, "argocd/usu", r.Dossier.Project.ID, apps)
		store.Images.Put(tx, "harbor", r.Dossier.Project.ID, []platform.Image{{Repository: "web", Digest: "sha256:1", Tags: []platform.Tag{{Name: "00000001"}}}, {Repository: "web", Digest: "sha256:2", Tags: []platform.Tag{{Name: "0ld0ne00"}}}})
	})
	return backend{b, a}
}

// visit goes to the worst application of the list: keys 4, Enter.
func visit(t *testing.T, b ui.Backend, lang string, w, h int) *uitest.Session {
	t.Helper()
	s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: lang, Width: w, Height: h, Profile: colorprofile.TrueColor})
	s.Press("4", "enter")
	return s
}

// settle delivers answers until the screen holds a text.
func settle(t *testing.T, s *uitest.Session, text string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // an answer that never comes must not hang the suite
	defer stop()
	for range 20 {
		if strings.Contains(s.Screen(), text) {
			return
		}
		select {
		case <-s.Root.Bells():
			s.Send(ui.Wake())
		case <-ctx.Done():
			t.Errorf("%q never came:\n%s", text, s.Screen())
			return
		}
	}
	t.Errorf("%q never came:\n%s", text, s.Screen())
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h, tab  int
		wait       string
	}{
		{"tree-fr-80x24", "fr", 80, 24, 0, "web-7d9f-x4kq"}, {"tree-fr-120x40", "fr", 120, 40, 0, "web-7d9f-x4kq"}, {"tree-fr-200x60", "fr", 200, 60, 0, "web-7d9f-x4kq"},
		{"diff-fr-80x24", "fr", 80, 24, 1, "replicas: 3"}, {"diff-en-120x40", "en", 120, 40, 1, "replicas: 3"},
		{"history-fr-80x24", "fr", 80, 24, 2, "impossible"}, {"history-fr-120x40", "fr", 120, 40, 2, "impossible"}, {"history-en-200x60", "en", 200, 60, 2, "impossible"},
		{"last-fr-120x40", "fr", 120, 40, 3, "10h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := visit(t, story(t, new(argo)), c.lang, c.w, c.h)
			for n := range c.tab {
				s.Press("tab")
				if n == 0 {
					settle(t, s, "replicas: 3") // its count is on the tab from then on
				}
			}
			if c.tab == 3 {
				settle(t, s, "SyncFailed") // the operation and the windows are two answers
			}
			settle(t, s, c.wait)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestTreeOpensWhatItShows(t *testing.T) {
	a := new(argo)
	s := visit(t, story(t, a), "fr", 120, 40)
	settle(t, s, "web-7d9f-x4kq")
	s.Shows("ne sera pas retentée", "OutOfSync", "sans application", "app ConfigMap  Missing")
	s.Press("y") // what is under the cursor: the worst, which runs
	settle(t, s, "kind: Deployment")
	s.Shows("FailedSync", "×3")
	s.Press("esc", "/")
	s.Type("x4kq")
	s.Press("enter")
	s.Shows("web-7d9f-x4kq")
	s.Hides("api Deployment")
	s.Press("G", "enter")
	s.Shows("n'existe plus") // the list knows no such pod
}

func TestHistoryTellsWhetherOneCanGoBack(t *testing.T) {
	a := new(argo)
	s := visit(t, story(t, a), "fr", 120, 40)
	s.Press("tab", "tab")
	settle(t, s, "impossible : image absente de Harbor")
	s.Shows("La synchro automatique est active", "possible, pour les images du projet", "deploy: bbb")
	a.mu.Lock()
	if a.asked["images"] != 3 {
		t.Errorf("images were asked %d times for 3 deployments", a.asked["images"])
	}
	a.mu.Unlock()
	s.Press("j", "j")
	s.Shows("harbor.test/agendaprefs/web:3f2a91bc", "docker.test/library/redis:7")
	s.Press("c")
	s.Shows("révision", "image")
}

func TestEveryStateSaysWhy(t *testing.T) {
	t.Run("forbidden", func(t *testing.T) {
		s := visit(t, story(t, &argo{err: errors.New("permission denied")}), "fr", 120, 40)
		settle(t, s, "permission denied")
		s.Shows("argocd/usu", "Demander le droit manquant")
		s.Press("tab")
		settle(t, s, "permission denied")
		s.Press("tab", "tab")
		settle(t, s, "permission denied")
	})
	t.Run("not configured", func(t *testing.T) {
		s := visit(t, story(t, nil), "en", 120, 40)
		s.Shows("not configured")
	})
	t.Run("gone", func(t *testing.T) {
		b := story(t, new(argo))
		s := visit(t, b, "fr", 120, 40)
		settle(t, s, "web-7d9f-x4kq")
		r, _ := b.View().Project("agendaprefs")
		b.Store.Apply(func(tx *store.Tx) {
			store.Applications.Put(tx, "argocd/usu", r.Dossier.Project.ID, []platform.Application{})
		})
		s.Bell()
		s.Shows("Échap revient en arrière")
		s.Press("tab", "j", "enter", "y", "D", "esc")
		s.Exact(120, 40)
	})
	t.Run("asked again when its state moves", func(t *testing.T) {
		a := new(argo)
		b := story(t, a)
		s := visit(t, b, "fr", 120, 40)
		settle(t, s, "web-7d9f-x4kq")
		r, _ := b.View().Project("agendaprefs")
		b.Store.Apply(func(tx *store.Tx) {
			apps := append([]platform.Application(nil), r.Dossier.Environments[0].Applications...)
			apps[0].Health = platform.HealthHealthy
			store.Applications.Put(tx, "argocd/usu", r.Dossier.Project.ID, apps)
		})
		s.Bell()
		<-s.Root.Bells()
		s.Send(ui.Wake())
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.asked["tree"] != 2 {
			t.Errorf("the tree was asked %d times", a.asked["tree"])
		}
	})
}

func TestEveryTabFitsEveryWindow(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {76, 20}, {100, 30}, {250, 70}} {
		s := uitest.OpenWith(t, ui.Options{Backend: story(t, new(argo)), Lang: "fr", Width: size[0], Height: size[1], ASCII: true, Profile: colorprofile.ANSI256})
		s.Press("4", "enter")
		settle(t, s, "7d9f")
		for range 4 {
			for _, k := range []string{"j", "space", "pgdown", "G", "g", "i", "y", "esc", "s", "esc", "!", "!", "i", "k"} {
				s.Press(k)
				s.Exact(size[0], size[1])
			}
			s.Press("tab")
			select {
			case <-s.Root.Bells():
				s.Send(ui.Wake())
			default:
			}
		}
		if strings.ContainsAny(s.Screen(), "✔✖▲●▸▾…·") {
			t.Errorf("%v: a sign that is not ASCII:\n%s", size, s.Screen())
		}
	}
}
