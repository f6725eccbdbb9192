//go:build e2e

package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/demo/world"
	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/config"
	"dsotop/internal/engine"
)

// handOf is an engine on the lab's cluster and Alertmanager with its hand, in somebody's name.
func handOf(t *testing.T, kubeconfig, alertmanager string) (*engine.Engine, *actions.Hand) {
	t.Helper()
	e, err := engine.New(engine.Options{
		Profile: config.Profile{Name: "e2e", Sources: []config.Source{
			{Kind: "kubernetes", Name: "lab", Kubeconfig: kubeconfig},
			{Kind: "alertmanager", URL: alertmanager, Proxy: "none", Auth: config.Auth{Scheme: "none"}},
		}},
		Hand: engine.HandOptions{Write: true, Deeds: deeds.All(), Account: "anne", Journal: actions.OpenJournal(t.TempDir(), nil)},
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	t.Cleanup(e.Close)
	settled, enough := context.WithTimeout(t.Context(), time.Minute)
	defer enough()
	e.Settle(settled)
	return e, e.Hand()
}

// done plans a deed and does it, and returns its verdict; what left is what was planned.
func done(t *testing.T, h *actions.Hand, deed string, sub actions.Subject, args actions.Args) actions.RunState {
	t.Helper()
	p, err := h.Plan(t.Context(), deed, sub, args)
	if err != nil {
		t.Fatalf("%s %s: %v", deed, sub.Name, err)
	}
	r, err := h.Do(p, actions.Consent{Typed: p.Type})
	if err != nil {
		t.Fatalf("%s %s: %v", deed, sub.Name, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := r.State()
	for bell := h.Watch(ctx); s.Phase != actions.Settled && ctx.Err() == nil && (deed != "kubernetes.run_cronjob" || s.Status == 0); s = r.State() { // a job runs as long as it likes
		select {
		case <-bell:
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	entries, err := h.Journal().All()
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, e := range entries {
		if e.Event == actions.EventIntent && e.Run == r.ID {
			if left++; e.Call == nil || *e.Call != p.Show() {
				t.Errorf("%s: planned %+v, told %+v", deed, p.Show(), e.Call)
			}
		}
	}
	if left != 1 {
		t.Errorf("%s: told %d times", deed, left)
	}
	t.Logf("%s %s: %s %d %s", deed, sub.Name, s.Outcome, s.Status, s.Note)
	return s
}

// On a real cluster: who may only read is refused with the right that is missing, by the server's own review and before anything leaves; who may write sends exactly what
// was planned, and looking again tells how it ended. On a real Alertmanager: a silence and its end, one call each.
func TestDeedsOnRealSystems(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Kubernetes, lab.Alertmanager}})
	target, err := url.Parse(l.URLs["alertmanager"])
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var writes []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			mu.Lock()
			writes = append(writes, r.Method+" "+r.URL.Path)
			mu.Unlock()
		}
		httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
	}))
	defer proxy.Close()
	_, reader := handOf(t, l.Kubeconfig, proxy.URL)
	eyes, writer := handOf(t, l.AdminKubeconfig, proxy.URL)

	var deployment, cron, pod actions.Subject
	l.World.View(func(s *world.State) {
		on := func(kind actions.Kind, n *world.Namespace, id, name string) actions.Subject {
			return actions.Subject{Kind: kind, System: "kubernetes/lab", Namespace: n.Name, ID: id, Name: name}
		}
		for _, e := range s.ProjectBySlug["portail"].Environments {
			for _, x := range e.Namespace.Workloads {
				if x.Kind == "Deployment" && deployment.ID == "" {
					deployment = on(actions.OnWorkload, e.Namespace, "Deployment/"+x.Name, x.Name)
					for _, p := range e.Namespace.Pods {
						if pod.ID == "" && strings.HasPrefix(p.Name, x.Name+"-") {
							pod = on(actions.OnPod, e.Namespace, p.Name, p.Name)
						}
					}
				}
			}
		}
		for _, e := range s.ProjectBySlug["cartocrise"].Environments {
			for _, x := range e.Namespace.Workloads {
				if x.Kind == "CronJob" {
					cron = on(actions.OnWorkload, e.Namespace, "CronJob/"+x.Name, x.Name)
				}
			}
		}
	})

	t.Run("who may only read", func(t *testing.T) {
		for _, c := range []struct {
			deed  string
			sub   actions.Subject
			args  actions.Args
			right string
		}{
			{"kubernetes.scale", deployment, actions.Args{"replicas": "3"}, "patch deployments/scale"},
			{"kubernetes.restart", deployment, nil, "patch deployments"},
			{"kubernetes.delete_pod", pod, nil, "delete pods"},
			{"kubernetes.run_cronjob", cron, nil, "create jobs"},
		} {
			_, err := reader.Plan(t.Context(), c.deed, c.sub, c.args)
			no, ok := errors.AsType[*actions.Refusal](err)
			if !ok || no.Reason.Code != "no_right" || !strings.Contains(no.Reason.Detail, c.right) {
				t.Errorf("%s: %v", c.deed, err)
			}
			if why := reader.May(t.Context(), c.sub)[c.deed]; why.Code != "no_right" {
				t.Errorf("%s in the menu: %+v", c.deed, why)
			}
			if why, found := writer.May(t.Context(), c.sub)[c.deed]; found {
				t.Errorf("%s in the menu of who may: %+v", c.deed, why)
			}
		}
	})

	t.Run("who may write", func(t *testing.T) {
		if s := done(t, writer, "kubernetes.scale", deployment, actions.Args{"replicas": "3"}); s.Outcome != actions.Done || s.Status != http.StatusOK {
			t.Errorf("%+v", s)
		}
		p, err := writer.Plan(t.Context(), "kubernetes.scale", deployment, actions.Args{"replicas": "2"}) // what the server has now
		if err != nil || len(p.Draft.Effects) == 0 || p.Draft.Effects[0].From != "3" {
			t.Errorf("after the scaling: %+v %v", p, err)
		}
		if s := done(t, writer, "kubernetes.restart", deployment, nil); s.Outcome != actions.Done {
			t.Errorf("%+v", s)
		}
		if _, err := writer.Plan(t.Context(), "kubernetes.delete_pod", pod, nil); err == nil { // the restart replaced it
			t.Error("a pod that is gone may be deleted")
		}
		// One of those that the restart made, of another ReplicaSet, and not of those that are still seen leaving: its controller makes another one.
		before := pod.ID[:strings.LastIndexByte(pod.ID, '-')+1]
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		bell := eyes.Subscribe(50 * time.Millisecond)
		defer bell.Close()
		for pod.Name = ""; pod.Name == "" && ctx.Err() == nil; bell.Next(ctx) {
			for _, row := range eyes.View().Projects {
				for _, e := range row.Dossier.Environments {
					for _, p := range e.Pods {
						if e.Namespace == deployment.Namespace && p.WorkloadName == deployment.Name && p.Healthy() && !strings.HasPrefix(p.Name, before) {
							pod.ID, pod.Name = p.Name, p.Name
						}
					}
				}
			}
		}
		for range 2 { // planning only pretends: the second finds what the first found
			if _, err := writer.Plan(t.Context(), "kubernetes.delete_pod", pod, nil); err != nil {
				t.Errorf("planned again: %v", err)
			}
		}
		if s := done(t, writer, "kubernetes.delete_pod", pod, nil); s.Outcome != actions.Done {
			t.Errorf("%+v", s)
		}
		if s := done(t, writer, "kubernetes.run_cronjob", cron, nil); s.Status != http.StatusCreated || s.Outcome == actions.Refused {
			t.Errorf("%+v", s)
		}
	})

	t.Run("a silence and its end", func(t *testing.T) {
		alert := actions.Subject{Kind: actions.OnAlert, System: "alertmanager", ID: "AgendaWebDown", Name: "AgendaWebDown"}
		if s := done(t, writer, "alertmanager.silence", alert, actions.Args{"duration": "10m", "comment": "essai"}); s.Outcome != actions.Done || s.Status != http.StatusOK {
			t.Fatalf("%+v", s)
		}
		if _, err := writer.Plan(t.Context(), "alertmanager.silence", alert, actions.Args{"duration": "10m", "comment": "essai"}); err == nil {
			t.Error("it is silenced twice")
		}
		answer, err := http.Get(l.URLs["alertmanager"] + "/api/v2/silences")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var list []struct {
			ID, Comment string
			Status      struct{ State string }
		}
		if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
		id := ""
		for _, s := range list {
			if s.Status.State == "active" && strings.Contains(s.Comment, "essai") {
				id = s.ID
			}
		}
		if s := done(t, writer, "alertmanager.expire", actions.Subject{Kind: actions.OnSilence, System: "alertmanager", ID: id, Name: "AgendaWebDown"}, nil); s.Outcome != actions.Done {
			t.Errorf("%+v", s)
		}
		mu.Lock()
		defer mu.Unlock()
		if got := strings.Join(writes, ", "); got != "POST /api/v2/silences, DELETE /api/v2/silence/"+id {
			t.Errorf("what left: %s", got)
		}
	})
}
