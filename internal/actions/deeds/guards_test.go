package deeds

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

// TestGuards: what an autoscaler sets and what budgets want is told before the key, with names and bounds, refuses nothing, and is not made up where it cannot be read.
func TestGuards(t *testing.T) {
	const (
		may    = `{"status":{"allowed":true}}`
		labels = `"labels":{"app":"x","tier":"web"}`
		scaler = `{"metadata":{"name":"x-auto"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"x","apiVersion":"apps/v1"},"minReplicas":2,"maxReplicas":6}}`
		noMin  = `{"metadata":{"name":"x-auto"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"x"},"maxReplicas":6}}`
		other  = `{"metadata":{"name":"y-auto"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"y"},"maxReplicas":6}}`
		sets   = `{"metadata":{"name":"s-auto"},"spec":{"scaleTargetRef":{"kind":"StatefulSet","name":"x"},"maxReplicas":6}}`
		one    = `"selector":{"matchLabels":{"app":"x"}}`
	)
	budget := func(spec, status string) string {
		return `{"metadata":{"name":"x-pdb"},"spec":{` + spec + `},"status":{` + status + `}}`
	}
	full, tight := `"disruptionsAllowed":1,"currentHealthy":3,"desiredHealthy":2,"expectedPods":3`, `"disruptionsAllowed":0,"currentHealthy":2,"desiredHealthy":2,"expectedPods":3`
	for _, c := range []struct {
		name             string
		to               string // replicas, "" restarts
		kind, rest       string // of the object's spec
		scalers, budgets string
		status           int // of both lists; 0: 200
		warned           string
	}{
		{name: "within the bounds", to: "4", scalers: scaler, warned: "autoscaled x-auto, 2–6"},
		{name: "above them", to: "7", scalers: other + `,` + scaler, warned: "out_of_bounds x-auto, 2–6"},
		{name: "below them", to: "1", scalers: scaler, warned: "out_of_bounds x-auto, 2–6"},
		{name: "to nothing", to: "0", scalers: scaler, warned: "to_zero x; autoscaler_off x-auto, 2–6"},
		{name: "without a least", to: "1", scalers: noMin, warned: "autoscaled x-auto, 1–6"},
		{name: "of others", to: "4", scalers: other + `,` + sets},
		{name: "no right", to: "0", scalers: scaler, budgets: budget(one, tight), status: http.StatusForbidden, warned: "to_zero x"},
		{name: "an older server", to: "4", scalers: scaler, status: http.StatusNotFound},
		{name: "fewer than the budget wants", to: "1", budgets: budget(one+`,"minAvailable":2`, full), warned: "budget_more x-pdb, 2"},
		{name: "as many as it wants", to: "2", budgets: budget(one+`,"minAvailable":2`, full)},
		{name: "a share of less is less", to: "1", budgets: budget(one+`,"minAvailable":"50%"`, full)},
		{name: "more is no matter", to: "4", budgets: budget(one+`,"minAvailable":9`, tight)},

		{name: "a rollout with room", budgets: budget(one, full)},
		{name: "a rollout that adds first", rest: `,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}`, budgets: budget(one, tight)},
		{name: "a rollout that takes first", rest: `,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}`, budgets: budget(one, tight), warned: "budget_broken x-pdb, 2/2"},
		{name: "neither one more nor one less", rest: `,"strategy":{"rollingUpdate":{"maxSurge":"0%","maxUnavailable":"0%"}}`, budgets: budget(one, tight), warned: "budget_broken x-pdb, 2/2"},
		{name: "two thirds of three", rest: `,"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":"67%"}}`, budgets: budget(one, full), warned: "budget_broken x-pdb, 3/2"},
		{name: "all at once", rest: `,"strategy":{"type":"Recreate"}`, budgets: budget(one, full), warned: "recreate x; budget_broken x-pdb, 3/2"},
		{name: "a StatefulSet", kind: "StatefulSet", budgets: budget(one, tight), warned: "budget_broken x-pdb, 2/2"},
		{name: "a DaemonSet", kind: "DaemonSet", budgets: budget(one, tight), warned: "budget_broken x-pdb, 2/2"},
		{name: "a DaemonSet that adds first", kind: "DaemonSet", rest: `,"updateStrategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}`, budgets: budget(one, tight)},
		{name: "every pod", kind: "StatefulSet", budgets: budget(`"selector":{}`, tight), warned: "budget_broken x-pdb, 2/2"},
		{name: "no pod", kind: "StatefulSet", budgets: budget(`"minAvailable":1`, tight)},
		{name: "others' pods", kind: "StatefulSet", budgets: budget(`"selector":{"matchLabels":{"app":"y"}}`, tight)},
		{name: "nobody counted yet", kind: "StatefulSet", budgets: budget(one, `"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0`)},
		{name: "by rules", kind: "StatefulSet", warned: "budget_broken x-pdb, 2/2",
			budgets: budget(`"selector":{"matchExpressions":[{"key":"tier","operator":"In","values":["web","api"]},{"key":"env","operator":"NotIn","values":["dev"]},{"key":"app","operator":"Exists"},{"key":"canary","operator":"DoesNotExist"}]}`, tight)},
		{name: "not by rules", kind: "StatefulSet", budgets: budget(`"selector":{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["web"]}]}`, tight) + `,` + budget(`"selector":{"matchExpressions":[{"key":"app","operator":"Gt","values":["1"]}]}`, tight)},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind := c.kind
			if kind == "" {
				kind = "Deployment"
			}
			object := `{"spec":{"replicas":3,"template":{"metadata":{` + labels + `}}` + c.rest + `},"status":{"desiredNumberScheduled":3}}`
			if kind == "DaemonSet" {
				object = `{"spec":{"template":{"metadata":{` + labels + `}}` + c.rest + `},"status":{"desiredNumberScheduled":3}}`
			}
			plural := resources[kind].plural + "/x"
			s := &told{answers: map[string]wire.Reply{"POST selfsubjectaccessreviews": says(may), "GET " + plural: says(object), "PATCH " + plural: says(`{}`), "PATCH " + plural + "/scale": says(`{}`),
				"GET horizontalpodautoscalers": says(`{"items":[` + c.scalers + `]}`), "GET poddisruptionbudgets": says(`{"items":[` + c.budgets + `]}`)}}
			if c.status != 0 {
				no := wire.Reply{Status: c.status, Body: []byte(`{"kind":"Status","message":"no"}`)}
				s.answers["GET horizontalpodautoscalers"], s.answers["GET poddisruptionbudgets"] = no, no
			}
			sub := actions.Subject{Kind: actions.OnWorkload, System: "kubernetes/a", Namespace: "n", ID: kind + "/x", Name: "x"}
			want, plan := c.warned, planRestart
			if c.to != "" {
				plan = planScale
				if want != "" {
					want += "; "
				}
				want += "autosync_reverts "
			}
			d, err := plan(t.Context(), s, actions.Scene{Now: time.Unix(1e9, 0)}, sub, actions.Args{"replicas": c.to})
			if err != nil || codes(d.Warnings) != want {
				t.Errorf("%v: %q, not %q", err, codes(d.Warnings), want)
			}
		})
	}
}

// TestDeletingWhatABudgetProtects: a deletion asks no budget, so that the person is told; of a pod that does not serve nothing is lost.
func TestDeletingWhatABudgetProtects(t *testing.T) {
	pod := func(name, ready string) string {
		return `{"metadata":{"name":"` + name + `","uid":"` + name + `","labels":{"app":"x"},"ownerReferences":[{"kind":"ReplicaSet","name":"x","uid":"r","controller":true}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"` + ready + `"}]}}`
	}
	budget := func(allowed, healthy, desired string) string {
		return `{"items":[{"metadata":{"name":"x-pdb"},"spec":{"selector":{"matchLabels":{"app":"x"}}},"status":{"disruptionsAllowed":` + allowed + `,"currentHealthy":` + healthy + `,"desiredHealthy":` + desired + `,"expectedPods":2}}]}`
	}
	for _, c := range []struct {
		name, ready, other, budgets, warned string
	}{
		{"one too many", "True", "True", budget("0", "2", "2"), "budget_broken x-pdb, 2/2"},
		{"one may go", "True", "True", budget("1", "2", "1"), ""},
		{"the last that serves", "True", "False", budget("0", "1", "1"), "last_ready x-1; budget_broken x-pdb, 1/1"},
		{"it does not serve", "False", "True", budget("0", "1", "1"), ""},
		{"the last of all", "True", "", budget("0", "1", "1"), "single_replica x-1; budget_broken x-pdb, 1/1"},
		{"no right", "True", "True", `{"items":3}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			own := pod("x-1", c.ready)
			all := own
			if c.other != "" {
				all += "," + pod("x-2", c.other)
			}
			s := &told{answers: map[string]wire.Reply{"POST selfsubjectaccessreviews": says(`{"status":{"allowed":true}}`), "GET pods/x-1": says(own), "DELETE pods/x-1": says(own), "GET pods": says(`{"items":[` + all + `]}`),
				"GET poddisruptionbudgets": says(c.budgets)}}
			d, err := planDeletePod(t.Context(), s, actions.Scene{}, actions.Subject{Kind: actions.OnPod, System: "kubernetes/a", Namespace: "n", ID: "x-1", Name: "x-1"}, nil)
			if err != nil || codes(d.Warnings) != c.warned {
				t.Errorf("%v: %q, not %q", err, codes(d.Warnings), c.warned)
			}
		})
	}
}

// TestScaledAndSetBack: a number that the server took and that is not there any more was set again by somebody; without an answer it may not have been taken.
func TestScaledAndSetBack(t *testing.T) {
	taken, memo := says(`{}`), map[string]string{memoObject: "/apis/apps/v1/namespaces/n/deployments/x", memoCount: "7", "before": "3", memoScaler: "x-auto, 2–6"}
	for _, c := range []struct {
		name, now string
		reply     *wire.Reply
		want      string
		note      string
	}{
		{"as asked", "7", &taken, done, "7/7"},
		{"to its bound", "6", &taken, failed, "replicas: 6 (HorizontalPodAutoscaler x-auto, 2–6)"},
		{"as before", "3", &taken, failed, "replicas: 3 (HorizontalPodAutoscaler x-auto, 2–6)"},
		{"as before, and nobody knows", "3", nil, running, ""},
	} {
		var w kubeObject
		object := `{"spec":{"replicas":` + c.now + `},"status":{"replicas":` + c.now + `,"readyReplicas":` + c.now + `,"updatedReplicas":` + c.now + `}}`
		if err := json.Unmarshal([]byte(object), &w); err != nil {
			t.Fatal(err)
		}
		s := &told{answers: map[string]wire.Reply{"GET deployments/x": says(object)}}
		got, err := scaled(t.Context(), s, actions.Draft{Call: wire.Call{System: "kubernetes/a"}, Memo: memo}, actions.Subject{}, time.Time{}, c.reply)
		if err != nil || got.State != c.want || got.Note != c.note {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
}
