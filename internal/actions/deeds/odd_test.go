package deeds

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// told is a system that answers by method and path, and remembers what it was asked. What it does not know is 404.
type told struct {
	answers map[string]wire.Reply
	asked   []wire.Call
}

func (s *told) Reader(string) wire.Reader { return s }
func (s *told) Writer(string) wire.Writer { return nil }
func (s *told) Names(string) []string     { return nil }
func (s *told) Read(_ context.Context, c wire.Call) (wire.Reply, error) {
	s.asked = append(s.asked, c)
	for key, r := range s.answers {
		method, suffix, _ := strings.Cut(key, " ")
		if method == c.Method && strings.HasSuffix(c.Path, suffix) {
			return r, nil
		}
	}
	return wire.Reply{Status: http.StatusNotFound, Body: []byte(`{"message":"not there: ` + c.Path + `"}`)}, nil
}

func says(body string) wire.Reply { return wire.Reply{Status: http.StatusOK, Body: []byte(body)} }

func codes(all []actions.Reason) string {
	var out []string
	for _, r := range all {
		out = append(out, r.Code+" "+r.Detail)
	}
	return strings.Join(out, "; ")
}

// TestOddControllers: what a real cluster has beside the usual controllers is told before the key, not by a deed that never ends.
func TestOddControllers(t *testing.T) {
	const may = `{"status":{"allowed":true}}`
	for _, c := range []struct {
		name, deed, kind, object string
		dry                      wire.Reply
		refused, warned          string
	}{
		{name: "paused", deed: "kubernetes.restart", kind: "Deployment", object: `{"spec":{"replicas":2,"paused":true}}`, dry: says(`{}`), refused: "paused"},
		{name: "only when deleted", deed: "kubernetes.restart", kind: "StatefulSet", object: `{"spec":{"replicas":2,"updateStrategy":{"type":"OnDelete"}}}`, dry: says(`{}`), refused: "on_delete"},
		{name: "a part", deed: "kubernetes.restart", kind: "StatefulSet", object: `{"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}}}`, dry: says(`{}`), warned: "partition 2"},
		{name: "all at once", deed: "kubernetes.restart", kind: "Deployment", object: `{"spec":{"replicas":3,"strategy":{"type":"Recreate"}}}`, dry: says(`{}`), warned: "recreate x"},
		{name: "a webhook that cannot pretend", deed: "kubernetes.restart", kind: "DaemonSet", object: `{"spec":{}}`,
			dry: wire.Reply{Status: http.StatusBadRequest, Body: []byte(`{"kind":"Status","message":"admission webhook \"w.example.com\" does not support dry run"}`)}, warned: `no_rehearsal admission webhook "w.example.com" does not support dry run`},
		{name: "a webhook that says no", deed: "kubernetes.restart", kind: "DaemonSet", object: `{"spec":{}}`,
			dry: wire.Reply{Status: http.StatusBadRequest, Body: []byte(`{"kind":"Status","message":"admission webhook \"w.example.com\" denied the request: no"}`)}, refused: "server_refuses"},
		{name: "invalid", deed: "kubernetes.scale", kind: "StatefulSet", object: `{"spec":{"replicas":2}}`, dry: wire.Reply{Status: http.StatusUnprocessableEntity, Body: []byte(`{"message":"spec.replicas: Invalid value"}`)}, refused: "server_refuses"},
		{name: "the quota", deed: "kubernetes.scale", kind: "StatefulSet", object: `{"spec":{"replicas":2}}`, dry: wire.Reply{Status: http.StatusForbidden, Body: []byte(`{"message":"exceeded quota: dso-quota"}`)}, refused: "quota_short"},
		{name: "warned", deed: "kubernetes.restart", kind: "DaemonSet", object: `{"spec":{}}`, dry: wire.Reply{Status: http.StatusOK, Body: []byte(`{}`), Header: http.Header{"Warning": {`299 - "would violate PodSecurity \"restricted:latest\""`, `299 - "other"`}}},
			warned: `server_warns would violate PodSecurity "restricted:latest"; server_warns other`},
	} {
		t.Run(c.name, func(t *testing.T) {
			plural := map[string]string{"Deployment": "deployments/x", "StatefulSet": "statefulsets/x", "DaemonSet": "daemonsets/x"}[c.kind]
			s := &told{answers: map[string]wire.Reply{"POST selfsubjectaccessreviews": says(may), "GET " + plural: says(c.object), "PATCH " + plural: c.dry, "PATCH " + plural + "/scale": c.dry}}
			sub := actions.Subject{Kind: actions.OnWorkload, System: "kubernetes/a", Namespace: "n", ID: c.kind + "/x", Name: "x"}
			plan := planRestart
			if c.deed == "kubernetes.scale" {
				plan = planScale
			}
			d, err := plan(t.Context(), s, actions.Scene{Now: time.Unix(1e9, 0)}, sub, actions.Args{"replicas": "3"})
			switch {
			case c.refused != "" && !isCode(err, c.refused):
				t.Errorf("%v", err)
			case c.refused == "" && (err != nil || codes(d.Warnings) != c.warned):
				t.Errorf("%v: %s", err, codes(d.Warnings))
			}
		})
	}
}

// TestRolledOnlyAsFarAsAsked: a StatefulSet's partition stays as it is, and of what is only scaled a rollout of before may be stuck.
func TestRolledOnlyAsFarAsAsked(t *testing.T) {
	for _, c := range []struct {
		name, object string
		scaled       bool
		want         string
	}{
		{"above the partition", `{"spec":{"replicas":5,"updateStrategy":{"rollingUpdate":{"partition":3}}},"status":{"replicas":5,"readyReplicas":5,"updatedReplicas":2}}`, false, done},
		{"not yet above the partition", `{"spec":{"replicas":5,"updateStrategy":{"rollingUpdate":{"partition":3}}},"status":{"replicas":5,"readyReplicas":5,"updatedReplicas":1}}`, false, running},
		{"not seen by its controller", `{"metadata":{"generation":4},"spec":{"replicas":2},"status":{"observedGeneration":3,"replicas":2,"readyReplicas":2,"updatedReplicas":2}}`, false, running},
		{"scaled beside a stuck rollout", `{"spec":{"replicas":2},"status":{"replicas":3,"readyReplicas":2,"updatedReplicas":1,"conditions":[{"type":"Progressing","status":"False","message":"timed out"}]}}`, true, done},
		{"restarted beside one", `{"spec":{"replicas":2},"status":{"replicas":3,"readyReplicas":2,"updatedReplicas":1,"conditions":[{"type":"Progressing","status":"False","message":"timed out"}]}}`, false, failed},
		{"scaled and not ready", `{"spec":{"replicas":3},"status":{"replicas":3,"readyReplicas":2,"updatedReplicas":3}}`, true, running},
	} {
		var w kubeObject
		if err := json.Unmarshal([]byte(c.object), &w); err != nil {
			t.Fatal(err)
		}
		if got := rolled(w, c.scaled, ""); got.State != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestDeletingAPodThatIsOver: an evicted pod has its successor already, so that none is waited for; one that its finalizer keeps is still leaving.
func TestDeletingAPodThatIsOver(t *testing.T) {
	const pod = `{"metadata":{"name":"x-1","uid":"u1","ownerReferences":[{"kind":"ReplicaSet","name":"x","uid":"r","controller":true}]},"status":{"phase":"Failed","reason":"Evicted"}}`
	s := &told{answers: map[string]wire.Reply{"POST selfsubjectaccessreviews": says(`{"status":{"allowed":true}}`), "GET pods/x-1": says(pod), "DELETE pods/x-1": says(pod)}}
	sub := actions.Subject{Kind: actions.OnPod, System: "kubernetes/a", Namespace: "n", ID: "x-1", Name: "x-1"}
	d, err := planDeletePod(t.Context(), s, actions.Scene{}, sub, nil)
	if err != nil || d.Memo[memoOwner] != "" || len(d.Warnings) != 0 || d.Risk != actions.RiskRead {
		t.Fatalf("%+v %v", d, err)
	}
	for pods, want := range map[string]string{
		`{"items":[]}`: done, `{"items":[` + pod + `]}`: running,
		`{"items":[{"metadata":{"name":"x-1","uid":"u1","deletionTimestamp":"2026-01-02T03:04:05Z","finalizers":["team.example/keep"]}}]}`: running,
	} {
		s.answers["GET pods"] = says(pods)
		got, err := podReplaced(t.Context(), s, d, sub, time.Time{}, nil)
		if err != nil || got.State != want || strings.Contains(pods, "finalizers") != (len(got.Progress) == 1 && got.Progress[0].Note == "team.example/keep") {
			t.Errorf("%s: %+v %v", pods, got, err)
		}
	}
}

// TestOddApplications: several sources, rules of other namespaces, health of before, operations of others.
func TestOddApplications(t *testing.T) {
	const can, yes, no = "GET can-i/applications/sync/", `{"value":"yes"}`, `{"value":"no"}`
	app := func(spec, status string) string {
		return `{"metadata":{"name":"a","namespace":"team"},"spec":{"project":"p",` + spec + `},"status":{` + status + `}}`
	}
	sub := actions.Subject{Kind: actions.OnApplication, System: "argocd/z", ID: "team/a", Name: "a"}
	t.Run("several sources", func(t *testing.T) {
		s := &told{answers: map[string]wire.Reply{"GET applications/a": says(app(`"sources":[{"repoURL":"infra"},{"repoURL":"values","ref":"v"},{"repoURL":"infra","targetRevision":"main"}]`, ``)), can + "p/a": says(yes)}}
		d, err := planSyncApp(false)(t.Context(), s, actions.Scene{}, sub, actions.Args{"revision": "v2", "prune": "false"})
		if err != nil || !strings.Contains(string(d.Call.Body), `"revisions":["v2","v2"],"sourcePositions":[1,3]`) || strings.Contains(string(d.Call.Body), `"revision":`) {
			t.Errorf("%s %v", d.Call.Body, err)
		}
		auto := app(`"sources":[{"repoURL":"infra"}],"syncPolicy":{"automated":{}}`, ``)
		s.answers["GET applications/a"] = says(auto)
		if _, err := planSyncApp(false)(t.Context(), s, actions.Scene{}, sub, actions.Args{"revision": "v2", "prune": "false"}); !isCode(err, codeAutosync) {
			t.Errorf("another revision of what is automatic: %v", err)
		}
		if _, err := planSyncApp(false)(t.Context(), s, actions.Scene{}, sub, actions.Args{"revision": "HEAD", "prune": "false"}); err != nil {
			t.Errorf("its own revision: %v", err)
		}
		s.asked = nil
		if _, err := imagesAt(t.Context(), s, "argocd/z", map[string]string{memoApp: "a"}, "1 2", []string{"1", "2"}); !isCode(err, codeGone) || s.asked[0].Query.Encode() != "revisions=1&revisions=2&sourcePositions=1&sourcePositions=2" {
			t.Errorf("%+v %v", s.asked, err)
		}
	})
	t.Run("rights with the namespace", func(t *testing.T) {
		memo := map[string]string{memoApp: "a", memoAppProj: "p", memoAppSpace: "team"}
		for _, c := range []struct {
			short, long string
			may         bool
		}{{yes, no, true}, {no, yes, true}, {no, no, false}} {
			s := &told{answers: map[string]wire.Reply{can + "p/a": says(c.short), can + "p/team/a": says(c.long)}}
			if err := canI(t.Context(), s, "argocd/z", "sync", memo); (err == nil) != c.may {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
	t.Run("rights before the key", func(t *testing.T) {
		sc := actions.Scene{Environment: &platform.EnvironmentFacts{Applications: []platform.Application{{Instance: "argocd/z", Namespace: "team", Name: "a", AppProject: "p"}}}}
		s := &told{answers: map[string]wire.Reply{can + "p/a": says(no), can + "p/team/a": says(no)}}
		if err := maySync(t.Context(), s, sc, sub); !isCode(err, codeNoRight) {
			t.Errorf("a right that is missing: %v", err)
		}
		sc.Environment.Applications[0].Namespace = "" // an older server's answer, without one
		delete(s.answers, can+"p/team/a")
		if err := maySync(t.Context(), s, sc, actions.Subject{Kind: actions.OnApplication, System: "argocd/z", ID: "a", Name: "a"}); !isCode(err, codeNoRight) {
			t.Errorf("an application without a namespace: %v", err)
		}
	})
	t.Run("how it ended", func(t *testing.T) {
		op := func(phase, by, ended, compared, health string) string {
			return app(`"source":{}`, `"reconciledAt":"`+compared+`","health":{"status":"`+health+`"},"operationState":{"phase":"`+phase+`","startedAt":"2026-01-02T10:00:05Z","finishedAt":"`+ended+`","operation":{"initiatedBy":{`+by+`}}}`)
		}
		ok := says(`{}`)
		gateway := wire.Reply{Status: http.StatusGatewayTimeout, Body: []byte(`<html>`)}
		busy := wire.Reply{Status: http.StatusInternalServerError, Body: []byte(`{"error":"another operation is already in progress","code":2,"message":"another operation is already in progress"}`)}
		for _, c := range []struct {
			name, app string
			reply     *wire.Reply
			want      string
		}{
			{"compared since", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Healthy"), &ok, done},
			{"its health is that of before", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:01Z", "Healthy"), &ok, running},
			{"ill since", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Degraded"), &ok, failed},
			{"no answer, and an automatic one", op("Succeeded", `"automated":true`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Healthy"), nil, running},
			{"no answer", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Healthy"), nil, done},
			{"a gateway gave up", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Healthy"), &gateway, done},
			{"somebody else's", op("Succeeded", `"username":"u"`, "2026-01-02T10:00:09Z", "2026-01-02T10:00:10Z", "Healthy"), &busy, failed},
		} {
			s := &told{answers: map[string]wire.Reply{"GET applications/a": says(c.app)}}
			d := actions.Draft{Call: wire.Call{System: "argocd/z"}, Memo: map[string]string{memoApp: "a", memoStarted: "2026-01-02T09:00:00Z"}}
			if got, err := operated(t.Context(), s, d, sub, time.Time{}, c.reply); err != nil || got.State != c.want {
				t.Errorf("%s: %+v %v", c.name, got, err)
			}
		}
	})
	t.Run("ending an operation says JSON", func(t *testing.T) {
		if c := terminate("argocd/z", map[string]string{memoApp: "a"}); c.ContentType != "application/json" || len(c.Body) != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// TestRetryOfAPipelineThatStartsOthers: when what failed is downstream, no job of its own is to be shown; GitLab retries it all the same.
func TestRetryOfAPipelineThatStartsOthers(t *testing.T) {
	s := &told{answers: map[string]wire.Reply{"GET pipelines/7": says(`{"id":7,"iid":3,"status":"failed","updated_at":"a"}`), "GET pipelines/7/jobs": says(`[{"id":1,"name":"build","status":"success"}]`)}}
	sub := actions.Subject{Kind: actions.OnPipeline, System: "gitlab", ID: "g/p:7", Name: "p"}
	d, err := planRetryPipeline(t.Context(), s, actions.Scene{}, sub, nil)
	if err != nil || len(d.Effects) != 1 || d.Effects[0].What != "pipeline" {
		t.Fatalf("%+v %v", d, err)
	}
	for now, want := range map[string]string{`"failed","updated_at":"a"`: running, `"running","updated_at":"b"`: running, `"failed","updated_at":"c"`: failed, `"success","updated_at":"c"`: done} {
		s.answers["GET pipelines/7"] = says(`{"id":7,"iid":3,"status":` + now + `}`)
		if got, err := pipelineRetried(t.Context(), s, d, sub, time.Time{}, nil); err != nil || got.State != want {
			t.Errorf("%s: %+v %v", now, got, err)
		}
	}
	s.answers["GET pipelines/7"] = says(`{"id":7,"iid":3,"status":"success"}`)
	if _, err := planRetryPipeline(t.Context(), s, actions.Scene{}, sub, nil); !isCode(err, codeNothing) {
		t.Errorf("%v", err)
	}
}
