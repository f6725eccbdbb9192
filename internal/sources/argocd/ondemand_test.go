package argocd

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	fake "dsotop/demo/fakes/argocd"
	"dsotop/demo/world"
	"dsotop/internal/desk"
)

var (
	_ desk.GitOps = (*Source)(nil)
	_ desk.Pods   = (*Source)(nil)
)

// onDemand is the source over the demo world, and the deployments of an environment.
func onDemand(t *testing.T, slug, env string) (s *Source, app desk.AppRef, ns string, pods []string) {
	t.Helper()
	now := time.Date(2026, 11, 21, 13, 7, 0, 0, time.UTC)
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	s = serveLogs(t, fake.Handler(w, fake.Options{}))
	w.View(func(st *world.State) {
		for _, a := range st.Applications {
			if e := a.Environment; e != nil && e.Project.Slug == slug && e.Name == env && a.Labels["dso/type"] == "app" {
				app, ns = desk.AppRef{Namespace: a.Namespace, Name: a.Name}, a.DestNamespace
				pods = nil
				for _, p := range e.Namespace.Pods {
					pods = append(pods, p.Name)
				}
			}
		}
	})
	return s, app, ns, pods
}

func TestHistoryTellsWhichImagesItWouldBring(t *testing.T) {
	s, app, _, _ := onDemand(t, "agendaprefs", "prod")
	d, err := s.Application(t.Context(), app)
	if err != nil || len(d.History) < 3 || d.Operation.Phase != "Succeeded" || len(d.Results) == 0 || d.Results[0].Status != "Synced" {
		t.Fatalf("%+v %v", d, err)
	}
	for i := 1; i < len(d.History); i++ {
		if d.History[i].At.After(d.History[i-1].At) {
			t.Error("the history is not newest first")
		}
	}
	now, err := s.ImagesAt(t.Context(), app, d.History[0].Revisions)
	if err != nil || !strings.Contains(strings.Join(now, " "), "agenda-web:3f2a91bc") {
		t.Errorf("%v %v", now, err)
	}
	before, err := s.ImagesAt(t.Context(), app, d.History[1].Revisions)
	if err != nil || strings.Contains(strings.Join(before, " "), "3f2a91bc") || len(before) != len(now) {
		t.Errorf("%v %v", before, err)
	}
	c, err := s.Commit(t.Context(), app, d.History[0].Revisions[0])
	if err != nil || c.Message != "deploy: agenda-web revient à 3f2a91bc" || c.At.IsZero() || c.Author == "" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := s.ImagesAt(t.Context(), app, []string{"0000000"}); err == nil {
		t.Error("images of a revision that nobody has")
	}
}

func TestDifferencesOfTheDemo(t *testing.T) {
	s, app, _, _ := onDemand(t, "habilit", "dev")
	all, err := s.Differences(t.Context(), app)
	if err != nil || len(all) < 2 || all[0].State != desk.DiffChanged || all[0].Kind != "Deployment" || all[len(all)-1].State != desk.DiffSame {
		t.Fatalf("%+v %v", all, err)
	}
	var text []string
	for _, l := range all[0].Lines {
		text = append(text, string(l.Op)+strings.TrimSpace(l.Text))
	}
	if got := strings.Join(text, "\n"); !strings.Contains(got, "-replicas: 1") || !strings.Contains(got, "+replicas: 2") {
		t.Error(got)
	}
}

func TestTreeObjectAndEventsOfTheDemo(t *testing.T) {
	s, app, ns, pods := onDemand(t, "agendaprefs", "prod")
	tree, err := s.Tree(t.Context(), app)
	if err != nil || len(tree.Nodes) < 10 {
		t.Fatalf("%d nodes, %v", len(tree.Nodes), err)
	}
	seen := map[string]bool{}
	for _, n := range tree.Nodes {
		seen[n.Kind] = true
		if n.Kind == "Secret" {
			m, err := s.Object(t.Context(), app, n.ObjectRef)
			if err != nil || strings.Contains(m.Text, "++++") || !strings.Contains(m.Text, "kind: Secret") {
				t.Errorf("%s %v", m.Text, err)
			}
		}
	}
	if !seen["Deployment"] || !seen["ReplicaSet"] || !seen["Pod"] {
		t.Error(seen)
	}
	events, err := s.Events(t.Context(), app, desk.ObjectRef{})
	if err != nil || len(events) == 0 || events[0].Reason != "OperationCompleted" {
		t.Errorf("%+v %v", events, err)
	}
	waits := 0
	for _, name := range pods {
		d, err := s.Pod(t.Context(), desk.PodAsk{Namespace: ns, Name: name, Application: app.Namespace + "/" + app.Name})
		if err != nil || d.EventsErr != nil || len(d.Containers) == 0 || !d.FromTree || !strings.Contains(d.Manifest.Text, "kind: Pod") {
			t.Fatalf("%s: %+v %v", name, d, err)
		}
		if d.Containers[0].Reason == "ImagePullBackOff" {
			waits++
			if len(d.Events) < 3 {
				t.Errorf("%s: %+v", name, d.Events)
			}
		}
	}
	if waits != 2 {
		t.Errorf("%d pods wait for their image", waits)
	}
	if _, err := s.Pod(t.Context(), desk.PodAsk{Namespace: ns, Name: "nobody", Application: app.Namespace + "/" + app.Name}); err == nil || !strings.Contains(err.Error(), "may be gone") {
		t.Errorf("%v", err)
	}
}

func TestWhatServersAnswerOnDemand(t *testing.T) {
	answers := map[string]string{
		"syncwindows":       `{"activeWindows":[{"kind":"deny","schedule":"0 8 * * 1-5","duration":"10h"}],"assignedWindows":[{"kind":"deny","schedule":"0 8 * * 1-5","duration":"10h"},{"kind":"allow","schedule":"0 22 * * *","duration":"1h","manualSync":true}]}`,
		"managed-resources": `{"items":[{"kind":"ConfigMap","name":"c","liveState":"{\"kind\":\"ConfigMap\"}","targetState":"null","normalizedLiveState":"{\"kind\":\"ConfigMap\"}","predictedLiveState":"null"},{"kind":"Job","name":"h","hook":true,"liveState":"null","targetState":"{}"},{"kind":"Secret","name":"s","liveState":"{\"kind\":\"Secret\",\"data\":{\"a\":\"canary-1\"}}","targetState":"{\"kind\":\"Secret\",\"data\":{\"a\":\"canary-2\"}}"}]}`,
		"manifests":         `{"manifests":["{\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x/a:1\"},{\"name\":\"b\",\"image\":\"x/a:1\"}]}}}}","not json","{\"kind\":\"Cluster\",\"spec\":{\"imageName\":\"pg:16\"}}"]}`,
		"resource":          `{"manifest":"not json: token=abcdef123"}`,
		"broken":            `{"items":[{"kind":"ConfigMap","name":"c","liveState":"[1]","targetState":"{}"}]}`,
	}
	s := serveLogs(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.URL.Path, "/")
		what := parts[len(parts)-1]
		if parts[len(parts)-2] == "bad" {
			what = "broken"
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[what])
	}))
	app := desk.AppRef{Namespace: "argocd", Name: "a"}
	win, err := s.Windows(t.Context(), app)
	if err != nil || win.CanSync || len(win.Windows) != 2 || !win.Windows[0].Active || win.Windows[1].Active || !win.Windows[1].Manual {
		t.Errorf("%+v %v", win, err)
	}
	d, err := s.Differences(t.Context(), app)
	if err != nil || len(d) != 2 || d[0].Kind != "Secret" || d[0].State != desk.DiffChanged || d[1].State != desk.DiffExtra || strings.Contains(fmt.Sprint(d), "canary") {
		t.Errorf("%+v %v", d, err)
	}
	images, err := s.ImagesAt(t.Context(), app, []string{"r1", "r2"})
	if err != nil || strings.Join(images, " ") != "pg:16 x/a:1" {
		t.Errorf("%v %v", images, err)
	}
	if _, err := s.Object(t.Context(), app, desk.ObjectRef{Kind: "Secret", Name: "s"}); err == nil || strings.Contains(err.Error(), "abcdef") {
		t.Errorf("%v", err)
	}
	if _, err := s.Differences(t.Context(), desk.AppRef{Name: "bad"}); err == nil || !strings.Contains(err.Error(), "ConfigMap c") {
		t.Errorf("%v", err)
	}
}

// Argo CD hides the values of Secrets by plus signs, as many more as values differ: which value changed is told, no sign of it is shown. As 3.1 writes
// managed resources, a hook and an object that does not live among them.
func TestHiddenSecretsInDifferences(t *testing.T) {
	s := serveLogs(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"items":[
		 {"kind":"Secret","namespace":"n","name":"db","resourceVersion":"7","modified":true,
		  "targetState":"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"user\":\"++++++++\",\"password\":\"+++++++++\"}}",
		  "liveState":"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\",\"uid\":\"u\"},\"data\":{\"user\":\"++++++++\",\"password\":\"++++++++\"}}",
		  "normalizedLiveState":"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"user\":\"++++++++\",\"password\":\"++++++++\"}}",
		  "predictedLiveState":"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"user\":\"++++++++\",\"password\":\"+++++++++\"}}"},
		 {"kind":"ConfigMap","namespace":"n","name":"new","liveState":"null","targetState":"{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"new\"}}","normalizedLiveState":"null","predictedLiveState":"{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"new\"}}"},
		 {"group":"batch","kind":"Job","namespace":"n","name":"migrate","hook":true,"liveState":"null","targetState":"null"}]}`)
	}))
	got, err := s.Differences(t.Context(), desk.AppRef{Namespace: "n", Name: "a"})
	if err != nil || len(got) != 2 || got[0].Name != "new" || got[0].State != desk.DiffMissing || got[1].State != desk.DiffChanged {
		t.Fatalf("%+v, %v", got, err)
	}
	var text strings.Builder
	for _, l := range got[1].Lines {
		text.WriteString(string(l.Op) + l.Text + "\n")
	}
	if said := text.String(); strings.Contains(said, "++") || !strings.Contains(said, "-  password: •••\n+  password: ••• (2)\n") || !strings.Contains(said, "   user: •••\n") {
		t.Error(said)
	}
}
