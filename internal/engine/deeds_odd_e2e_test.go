//go:build e2e

package engine_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/actions"
)

type object = map[string]any

// On a real cluster, beside what goes well: controllers that do not replace their pods, pods that never come, a quota that is full, what changed between the plan and the key,
// and what the server advises against.
func TestOddDeedsOnARealCluster(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Kubernetes, lab.Alertmanager}})
	_, hand := handOf(t, l.AdminKubeconfig, l.URLs["alertmanager"])
	const space, apps, core, batch = "essai", "/apis/apps/v1/namespaces/essai/", "/api/v1/namespaces/essai/", "/apis/batch/v1/namespaces/essai/"
	ask := func(method, path string, body, out any) {
		t.Helper()
		if err := l.Ask(t.Context(), method, path, body, out); err != nil {
			t.Fatal(err)
		}
	}
	on := func(kind actions.Kind, id string) actions.Subject {
		_, name, found := strings.Cut(id, "/")
		if !found {
			name = id
		}
		return actions.Subject{Kind: kind, System: "kubernetes/lab", Namespace: space, ID: id, Name: name}
	}
	template := func(name, fate string) object {
		return object{"metadata": object{"labels": object{"app": name, "lab/fate": fate}}, "spec": object{"containers": []object{{"name": "c", "image": "registry.example/c:1"}}}}
	}
	controller := func(resource, kind, name, fate string, replicas int, more object) {
		t.Helper()
		spec := object{"replicas": replicas, "selector": object{"matchLabels": object{"app": name}}, "template": template(name, fate)}
		for k, v := range more {
			spec[k] = v
		}
		ask(http.MethodPost, apps+resource, object{"apiVersion": "apps/v1", "kind": kind, "metadata": object{"name": name}, "spec": spec}, nil)
	}
	type pod struct {
		Metadata struct {
			Name, UID string
			Labels    map[string]string
		}
		Status struct{ Phase string }
	}
	// found waits for a pod of an application that is as wanted.
	found := func(app string, want func(pod) bool) pod {
		t.Helper()
		ctx, enough := context.WithTimeout(t.Context(), time.Minute)
		defer enough()
		for {
			var list struct{ Items []pod }
			if err := l.Ask(ctx, http.MethodGet, core+"pods", nil, &list); err != nil {
				t.Fatalf("pods of %s: %v", app, err)
			}
			for _, p := range list.Items {
				if p.Metadata.Labels["app"] == app && want(p) {
					return p
				}
			}
			select {
			case <-ctx.Done():
				t.Fatalf("no pod of %s is as wanted: %+v", app, list.Items)
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
	runs := func(p pod) bool { return p.Status.Phase == "Running" }
	refused := func(deed string, sub actions.Subject, args actions.Args, code, detail string) {
		t.Helper()
		_, err := hand.Plan(t.Context(), deed, sub, args)
		if no, ok := errors.AsType[*actions.Refusal](err); !ok || no.Reason.Code != code || !strings.Contains(no.Reason.Detail, detail) {
			t.Errorf("%s %s: %v", deed, sub.ID, err)
		}
	}
	ends := func(deed string, sub actions.Subject, args actions.Args, outcome, note string) {
		t.Helper()
		if s := done(t, hand, deed, sub, args); s.Outcome != outcome || !strings.Contains(s.Note, note) {
			t.Errorf("%s %s: %+v", deed, sub.ID, s)
		}
	}
	ask(http.MethodPost, "/api/v1/namespaces", object{"metadata": object{"name": space}}, nil)
	controller("statefulsets", "StatefulSet", "base", "", 2, object{"serviceName": "base", "podManagementPolicy": "Parallel"})
	controller("statefulsets", "StatefulSet", "manuelle", "", 1, object{"serviceName": "manuelle", "updateStrategy": object{"type": "OnDelete"}})
	controller("deployments", "Deployment", "web", "", 2, nil)
	controller("deployments", "Deployment", "absente", "pull", 1, object{"progressDeadlineSeconds": 5})
	controller("deployments", "Deployment", "retenue", "", 1, nil)
	controller("deployments", "Deployment", "serree", "", 1, nil)
	ask(http.MethodPost, batch+"cronjobs", object{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": object{"name": "purge"}, "spec": object{"schedule": "0 0 1 1 *", "suspend": true,
		"jobTemplate": object{"spec": object{"template": object{"spec": object{"restartPolicy": "Never", "containers": []object{{"name": "c", "image": "registry.example/c:1"}}}}}}}}, nil)

	ends("kubernetes.restart", on(actions.OnWorkload, "StatefulSet/base"), nil, actions.Done, "2/2")
	ends("kubernetes.scale", on(actions.OnWorkload, "StatefulSet/base"), actions.Args{"replicas": "3"}, actions.Done, "3/3")
	refused("kubernetes.restart", on(actions.OnWorkload, "StatefulSet/manuelle"), nil, "on_delete", "manuelle")
	ends("kubernetes.restart", on(actions.OnWorkload, "Deployment/absente"), nil, actions.Failed, "progress")
	found("retenue", runs) // one that is paused from the start has no pods at all
	ask(http.MethodPatch, apps+"deployments/retenue", object{"spec": object{"paused": true}}, nil)
	refused("kubernetes.restart", on(actions.OnWorkload, "Deployment/retenue"), nil, "paused", "retenue")
	ends("kubernetes.scale", on(actions.OnWorkload, "Deployment/retenue"), actions.Args{"replicas": "2"}, actions.Done, "2/2")

	// Between the plan and the key: the pod of that name is another one, the Deployment is gone.
	old := found("base", func(p pod) bool { return p.Metadata.Name == "base-0" && runs(p) })
	stale, err := hand.Plan(t.Context(), "kubernetes.delete_pod", on(actions.OnPod, "base-0"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Delete(t.Context(), space, "base-0"); err != nil {
		t.Fatal(err)
	}
	found("base", func(p pod) bool { return p.Metadata.Name == "base-0" && p.Metadata.UID != old.Metadata.UID })
	gone, err := hand.Plan(t.Context(), "kubernetes.scale", on(actions.OnWorkload, "Deployment/serree"), actions.Args{"replicas": "2"})
	if err != nil {
		t.Fatal(err)
	}
	ask(http.MethodDelete, apps+"deployments/serree", nil, nil)
	for p, status := range map[*actions.Plan]int{stale: http.StatusConflict, gone: http.StatusNotFound} {
		r, err := hand.Do(p, actions.Consent{Typed: p.Type})
		if err != nil {
			t.Fatal(err)
		}
		ctx, enough := context.WithTimeout(t.Context(), time.Minute)
		if s := r.Wait(ctx); s.Outcome != actions.Refused || s.Status != status {
			t.Errorf("%s: %+v", p.Deed.ID, s)
		}
		enough()
	}

	// An autoscaler and a budget stand beside it: told before the key once the server's own controller has counted, and nothing is refused for them.
	ask(http.MethodPost, "/apis/autoscaling/v2/namespaces/essai/horizontalpodautoscalers", object{"metadata": object{"name": "web-auto"}, "spec": object{"minReplicas": 2, "maxReplicas": 6,
		"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "metrics": []object{{"type": "Resource", "resource": object{"name": "cpu", "target": object{"type": "Utilization", "averageUtilization": 75}}}}}}, nil)
	ask(http.MethodPost, "/apis/policy/v1/namespaces/essai/poddisruptionbudgets", object{"metadata": object{"name": "web-pdb"}, "spec": object{"minAvailable": 2, "selector": object{"matchLabels": object{"app": "web"}}}}, nil)
	warns := func(deed string, sub actions.Subject, args actions.Args) string {
		p, err := hand.Plan(t.Context(), deed, sub, args)
		if err != nil {
			t.Fatalf("%s %s: %v", deed, sub.ID, err)
		}
		var out []string
		for _, w := range p.Draft.Warnings {
			out = append(out, w.Code+" "+w.Detail)
		}
		return strings.Join(out, "; ")
	}
	serves := found("web", runs)
	comesTrue(t, time.Minute, "the budget is not counted", func() bool {
		return strings.Contains(warns("kubernetes.delete_pod", on(actions.OnPod, serves.Metadata.Name), nil), "budget_broken web-pdb, 2/2")
	})
	for replicas, want := range map[string]string{"1": "budget_more web-pdb, 2; out_of_bounds web-auto, 2–6", "0": "to_zero web; budget_more web-pdb, 2; autoscaler_off web-auto, 2–6", "5": "autoscaled web-auto, 2–6", "7": "out_of_bounds web-auto, 2–6"} {
		if got := warns("kubernetes.scale", on(actions.OnWorkload, "Deployment/web"), actions.Args{"replicas": replicas}); !strings.HasPrefix(got, want) {
			t.Errorf("scaled to %s: %q, want %q", replicas, got, want)
		}
	}
	if got := warns("kubernetes.restart", on(actions.OnWorkload, "Deployment/web"), nil); strings.Contains(got, "budget") { // it adds one first
		t.Errorf("a rollout that takes nothing away: %q", got)
	}
	ends("kubernetes.delete_pod", on(actions.OnPod, serves.Metadata.Name), nil, actions.Done, "")
	ask(http.MethodDelete, "/apis/policy/v1/namespaces/essai/poddisruptionbudgets/web-pdb", nil, nil)
	ask(http.MethodDelete, "/apis/autoscaling/v2/namespaces/essai/horizontalpodautoscalers/web-auto", nil, nil)

	// An evicted pod has its successor already.
	lost := found("web", runs)
	ask(http.MethodPatch, core+"pods/"+lost.Metadata.Name+"/status", object{"status": object{"phase": "Failed", "reason": "Evicted"}}, nil)
	found("web", func(p pod) bool { return p.Metadata.Name == lost.Metadata.Name && p.Status.Phase == "Failed" })
	ends("kubernetes.delete_pod", on(actions.OnPod, lost.Metadata.Name), nil, actions.Done, "")

	// A full quota: refused where the server judges the thing itself, told afterwards where its controller meets it.
	ask(http.MethodPost, core+"resourcequotas", object{"metadata": object{"name": "dso-quota"}, "spec": object{"hard": object{"pods": "1", "count/jobs.batch": "0"}}}, nil)
	refusedByQuota := func() bool {
		_, err := hand.Plan(t.Context(), "kubernetes.run_cronjob", on(actions.OnWorkload, "CronJob/purge"), nil)
		no, ok := errors.AsType[*actions.Refusal](err)
		return ok && no.Reason.Code == "quota_short" && strings.Contains(no.Reason.Detail, "dso-quota")
	}
	ctx, enough := context.WithTimeout(t.Context(), time.Minute)
	defer enough()
	for !refusedByQuota() { // a quota holds once its controller has counted
		select {
		case <-ctx.Done():
			t.Fatal("the quota refuses no job")
		case <-time.After(200 * time.Millisecond):
		}
	}
	ends("kubernetes.scale", on(actions.OnWorkload, "Deployment/web"), actions.Args{"replicas": "4"}, actions.Failed, "exceeded quota")

	// A job whose pod the quota refuses: the server takes the job, and its own events say why nothing comes of it.
	ask(http.MethodPatch, core+"resourcequotas/dso-quota", object{"spec": object{"hard": object{"pods": "1", "count/jobs.batch": "9"}}}, nil)
	comesTrue(t, time.Minute, "the quota still refuses the job", func() bool { return !refusedByQuota() })
	p, err := hand.Plan(t.Context(), "kubernetes.run_cronjob", on(actions.OnWorkload, "CronJob/purge"), nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := hand.Do(p, actions.Consent{Typed: p.Type})
	if err != nil {
		t.Fatal(err)
	}
	comesTrue(t, time.Minute, "what refuses the pod is not told", func() bool { return strings.Contains(job.State().Note, "exceeded quota") })

	// What the server takes and advises against.
	ask(http.MethodPatch, "/api/v1/namespaces/"+space, object{"metadata": object{"labels": object{"pod-security.kubernetes.io/warn": "restricted"}}}, nil)
	p, err = hand.Plan(t.Context(), "kubernetes.restart", on(actions.OnWorkload, "Deployment/web"), nil)
	if err != nil {
		t.Fatal(err)
	}
	warned := false
	for _, w := range p.Draft.Warnings {
		warned = warned || w.Code == "server_warns" && strings.Contains(w.Detail, "PodSecurity")
	}
	if !warned {
		t.Errorf("warnings: %+v", p.Draft.Warnings)
	}
}

// comesTrue waits for something to come true.
func comesTrue(t *testing.T, limit time.Duration, otherwise string, is func() bool) {
	t.Helper()
	ctx, enough := context.WithTimeout(t.Context(), limit)
	defer enough()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatal(otherwise)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
