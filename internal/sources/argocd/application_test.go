package argocd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"

	"github.com/google/go-cmp/cmp"
)

func decodeApp(t *testing.T, text string) *wireApp {
	t.Helper()
	var w wireApp
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	return &w
}

const fullApp = `{
 "metadata":{"name":"guichet-prod-c626-infra-5efa","namespace":"dso-argocd","creationTimestamp":"2026-01-02T03:04:05Z","labels":{
  "dso/project":"guichet","dso/project.id":"e41b66d4-13c6-4bdc-a996-431cfcb2185a","dso/project.slug":"guichet","dso/environment":"prod",
  "dso/environment.id":"b7d30fef-2f75-46b4-a990-119943a93ec0","dso/repository":"infra","dso/repository.id":"r-1","dso/type":"app"}},
 "spec":{"project":"guichet-prod-c626-app",
  "sources":[{"repoURL":"https://bob:canary-pw@gitlab.cpn.example/a/infra.git","path":"chart","targetRevision":"main","helm":{"values":"roleId: canary-role","parameters":[{"name":"p","value":"canary-param"}]},"plugin":{"env":[{"name":"E","value":"canary-env"}]}},
             {"repoURL":"git@gitlab.cpn.example:a/values.git","ref":"values","targetRevision":"main"}],
  "destination":{"name":"ovh-prod-1","namespace":"avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q"},
  "syncPolicy":{"automated":{"prune":true,"selfHeal":true}}},
 "status":{"sync":{"status":"OutOfSync","revisions":["aaa","bbb"]},"health":{"status":"Degraded","message":"two\u001b[31m pods"},
  "reconciledAt":"2026-08-21T08:00:00Z","summary":{"images":["h/guichet/api:1"]},
  "operationState":{"phase":"Failed","message":"cannot read https://oauth2:canary-tok@gitlab.cpn.example/a.git","startedAt":"2026-08-21T07:00:00Z","finishedAt":"2026-08-21T07:01:00Z",
   "operation":{"initiatedBy":{"automated":true},"sync":{"revision":"zzz"}},
   "syncResult":{"revisions":["aaa","bbb"],"resources":[
     {"group":"apps","kind":"Deployment","namespace":"n","name":"api","status":"SyncFailed","message":"policy says no"},
     {"group":"","kind":"Service","namespace":"n","name":"api","status":"Synced","message":"ok"},
     {"group":"batch","kind":"Job","namespace":"n","name":"new","status":"SyncFailed","message":"refused"}]}},
  "conditions":[{"type":"ComparisonError","message":"no such file","lastTransitionTime":"2026-08-21T06:00:00Z"}],
  "history":[{"id":1,"revisions":["old","x"],"deployedAt":"2026-08-01T00:00:00Z"},{"id":2,"revision":"aaa","deployedAt":"2026-08-02T00:00:00Z"}],
  "resources":[{"group":"apps","kind":"Deployment","namespace":"n","name":"api","status":"OutOfSync"},
    {"kind":"Service","namespace":"n","name":"api","status":"Synced"},
    {"kind":"ConfigMap","namespace":"n","name":"c","status":"Synced","health":{"status":"Missing","message":"gone"}}]}}`

func TestApplication(t *testing.T) {
	got := application("argocd/pub", "https://argo", decodeApp(t, fullApp))
	at := func(s string) time.Time { v, _ := time.Parse(time.RFC3339, s); return v }
	want := platform.Application{
		Instance: "argocd/pub", Namespace: "dso-argocd", Name: "guichet-prod-c626-infra-5efa", AppProject: "guichet-prod-c626-app", Type: platform.AppDeploy,
		ProjectID: "e41b66d4-13c6-4bdc-a996-431cfcb2185a", ProjectSlug: "guichet", EnvironmentID: "b7d30fef-2f75-46b4-a990-119943a93ec0", EnvironmentName: "prod",
		RepositoryID: "r-1", RepositoryName: "infra", DestNamespace: "avs6e3beyt6ujpts63bg6krls--di5tfayrm9eqsgpnd5dcd1n4q", DestCluster: "ovh-prod-1",
		Sync: "OutOfSync", Health: "Degraded", HealthMessage: "two pods", Revisions: []string{"aaa", "bbb"},
		Operation:  platform.Operation{Phase: "Failed", Message: "cannot read https://•••@gitlab.cpn.example/a.git", StartedAt: at("2026-08-21T07:00:00Z"), FinishedAt: at("2026-08-21T07:01:00Z"), Revision: "aaa", By: "automated"},
		Conditions: []platform.AppCondition{{Type: "ComparisonError", Message: "no such file", At: at("2026-08-21T06:00:00Z")}},
		Autosync:   true, Prune: true, SelfHeal: true, Images: []string{"h/guichet/api:1"},
		History: []platform.Deployment{{ID: 1, Revision: "old", At: at("2026-08-01T00:00:00Z")}, {ID: 2, Revision: "aaa", At: at("2026-08-02T00:00:00Z")}},
		Resources: []platform.AppResource{
			{Group: "apps", Kind: "Deployment", Namespace: "n", Name: "api", Sync: "OutOfSync", SyncStatus: "SyncFailed", Message: "policy says no"},
			{Kind: "ConfigMap", Namespace: "n", Name: "c", Sync: "Synced", Health: "Missing", Message: "gone"},
			{Group: "batch", Kind: "Job", Namespace: "n", Name: "new", SyncStatus: "SyncFailed", Message: "refused"},
		},
		Sources:   []platform.AppSource{{RepoURL: "https://gitlab.cpn.example/a/infra.git", Path: "chart", TargetRevision: "main"}, {RepoURL: "git@gitlab.cpn.example:a/values.git", TargetRevision: "main"}},
		CreatedAt: at("2026-01-02T03:04:05Z"), ReconciledAt: at("2026-08-21T08:00:00Z"), URL: "https://argo/applications/dso-argocd/guichet-prod-c626-infra-5efa",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	text, _ := json.Marshal(got)
	if strings.Contains(string(text), "canary") {
		t.Errorf("a secret came through: %s", text)
	}
}

// As 2.14 and later write an application whose manifests are made on a branch of their own: no source, and a failure of the making that
// neither sync nor health tells. The hook's status is that of its creation.
func TestHydratedApplication(t *testing.T) {
	got := application("argocd/pub", "https://argo", decodeApp(t, `{"metadata":{"name":"a","namespace":"n"},
	 "spec":{"project":"p","destination":{"server":"https://kubernetes.default.svc","namespace":"x"},
	  "sourceHydrator":{"drySource":{"repoURL":"https://u:canary@git.test/a/infra.git","path":"chart","targetRevision":"main"},"syncSource":{"targetBranch":"environments/prod","path":"prod"},"hydrateTo":{"targetBranch":"environments/prod-next"}}},
	 "status":{"sync":{"status":"Synced","revision":"hhh","comparedTo":{"source":{"repoURL":""}}},"health":{"status":"Healthy","lastTransitionTime":"2026-08-21T08:00:00Z"},"resourceHealthSource":"appTree",
	  "sourceHydrator":{"currentOperation":{"phase":"Failed","drySHA":"ddd","message":"chart not found","startedAt":"2026-08-21T08:00:00Z","finishedAt":"2026-08-21T08:01:00Z","sourceHydrator":{}},"lastSuccessfulOperation":{"drySHA":"ccc","hydratedSHA":"hhh"}},
	  "operationState":{"phase":"Failed","message":"one or more synchronization tasks completed unsuccessfully","operation":{"sync":{"revision":"hhh"}},
	   "syncResult":{"revision":"hhh","resources":[{"group":"batch","version":"v1","kind":"Job","namespace":"x","name":"migrate","status":"Synced","message":"Job has reached the specified backoff limit","hookType":"PreSync","hookPhase":"Failed","syncPhase":"PreSync"},
	    {"group":"batch","version":"v1","kind":"Job","namespace":"x","name":"fine","status":"Synced","hookType":"PreSync","hookPhase":"Succeeded","syncPhase":"PreSync"}]}},
	  "resources":[{"group":"batch","version":"v1","kind":"Job","namespace":"x","name":"migrate","hook":true,"syncWave":-1},{"version":"v1","kind":"Service","namespace":"x","name":"s","status":"Synced","requiresPruning":false}]}}`))
	if !got.HealthSince.Equal(time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)) {
		t.Error(got.HealthSince)
	}
	if d := cmp.Diff([]platform.AppSource{{RepoURL: "https://git.test/a/infra.git", Path: "prod", TargetRevision: "environments/prod"}}, got.Sources); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]platform.AppCondition{{Type: "HydrationError", Message: "chart not found", At: time.Date(2026, 8, 21, 8, 1, 0, 0, time.UTC)}}, got.Conditions); d != "" {
		t.Error(d)
	}
	want := []platform.AppResource{{Group: "batch", Kind: "Job", Namespace: "x", Name: "migrate", SyncStatus: "PreSync Failed", Message: "Job has reached the specified backoff limit"}}
	if d := cmp.Diff(want, got.Resources); d != "" || !got.Resources[0].Broke() {
		t.Error(d)
	}
}

// A chart with the values of a repository, as several sources: the revision of the chart is its version, in the result of the last operation and in the
// history; the sync has none of its own. What was never synchronised has neither images nor operation.
func TestChartWithValuesOfARepository(t *testing.T) {
	const sha, old = "77ee02a1c3d4e5f60718293a4b5c6d7e8f901234", "66dd02a1c3d4e5f60718293a4b5c6d7e8f901234"
	got := application("argocd/pub", "https://argo", decodeApp(t, `{"metadata":{"name":"a","namespace":"team-apps"},
	 "spec":{"sources":[{"repoURL":"https://charts.test","chart":"web","targetRevision":"1.2.3"},{"repoURL":"https://git.test/a/infra.git","ref":"values","targetRevision":"HEAD"}]},
	 "status":{"sync":{"status":"Synced","revisions":["1.2.3","`+sha+`"]},
	  "operationState":{"phase":"Succeeded","operation":{"sync":{"revisions":["1.2.3","`+sha+`"],"autoHealAttemptsCount":null}},"syncResult":{"revision":"","revisions":["1.2.3","`+sha+`"],"resources":null}},
	  "history":[{"id":0,"revision":"","revisions":["1.2.2","`+old+`"],"sources":[]},{"id":1,"revisions":["1.2.3","`+sha+`"]}]}}`))
	if got.Operation.Revision != sha || got.History[0].Revision != old || got.History[1].Revision != sha || got.Namespace != "team-apps" {
		t.Errorf("%+v %+v", got.Operation, got.History)
	}
	fresh := application("argocd/pub", "https://argo", decodeApp(t, `{"metadata":{"name":"a","labels":null},"spec":{"sources":null,"source":{"repoURL":"https://git.test/a/infra.git"}},"operation":{"sync":{}},"status":{"sync":null,"health":null,"summary":{},"conditions":null,"history":null,"resources":null,"operationState":null}}`))
	if fresh.Images != nil || fresh.Sync != "" || fresh.Health != "" || len(fresh.Sources) != 1 {
		t.Errorf("%+v", fresh)
	}
}

func TestIdentify(t *testing.T) {
	ours := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", "e41b66d4-13c6-4bdc-a996-431cfcb2185a")
	for _, c := range []struct {
		name, appProject, namespace string
		labels                      map[string]string
		kind                        platform.ApplicationType
		project, slug, environment  string
	}{
		{"x", "p", ours, map[string]string{"dso/type": "infrastructure"}, platform.AppInfra, "e41b66d4-13c6-4bdc-a996-431cfcb2185a", "", ""},
		{"guichet-prod-c626-env", "guichet-prod-c626-env", ours, nil, platform.AppInfra, "e41b66d4-13c6-4bdc-a996-431cfcb2185a", "guichet", "prod"},
		{"guichet-prod-c626-infra-5efa", "guichet-prod-c626-app", ours, nil, platform.AppDeploy, "e41b66d4-13c6-4bdc-a996-431cfcb2185a", "guichet", "prod"},
		{"guichet-ovh-prod-1-prod-root", "dso-project", "dso-argocd", map[string]string{"dso/projet": "guichet", "dso/environment": "prod"}, platform.AppRoot, "", "", "prod"},
		{"somebody-elses-thing-root", "default", "x", nil, platform.AppOther, "", "", ""},
		{"hprod-guichet-observability", "guichet-observability", "dso-grafana", map[string]string{"dso/type": "observability"}, platform.AppObservability, "", "guichet", ""},
		{"prod-guichet-observability", "guichet-observability", "dso-grafana", nil, platform.AppObservability, "", "guichet", ""},
		{"habilit-dev-deploiement-6293", "habilit", "mi-habilit-dev-6293", nil, platform.AppHistoric, "", "habilit", "dev"},
		{"made-by-hand", "default", ours, nil, platform.AppHistoric, "e41b66d4-13c6-4bdc-a996-431cfcb2185a", "", ""},
		{"zone-pub-app", "zone-pub-project", "dso-argocd", nil, platform.AppOther, "", "", ""},
	} {
		var w wireApp
		w.Metadata.Name, w.Metadata.Labels, w.Spec.Project, w.Spec.Destination.Namespace = c.name, c.labels, c.appProject, c.namespace
		got := application("argocd/pub", "https://argo", &w)
		if got.Type != c.kind || got.ProjectID != c.project || got.ProjectSlug != c.slug || got.EnvironmentName != c.environment {
			t.Errorf("%s: %s %q %q %q", c.name, got.Type, got.ProjectID, got.ProjectSlug, got.EnvironmentName)
		}
	}
}

func TestAutosyncSwitchedOff(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: false, `{"spec":{"syncPolicy":{}}}`: false, `{"spec":{"syncPolicy":null}}`: false,
		`{"spec":{"syncPolicy":{"automated":{}}}}`: true, `{"spec":{"syncPolicy":{"automated":{"enabled":false,"prune":true}}}}`: false,
	} {
		if got := application("i", "b", decodeApp(t, text)); got.Autosync != want || got.Prune {
			t.Errorf("%s: %v", text, got.Autosync)
		}
	}
}

func TestQuantity(t *testing.T) {
	for text, want := range map[string]float64{
		`"250m"`: 0.25, `"1.5Gi"`: 1.5 * (1 << 30), `2`: 2, `"2"`: 2, `"100k"`: 100_000, `"1e3"`: 1000, `"128Mi"`: 128 << 20, `"5n"`: 5e-9,
		`""`: 0, `"x"`: 0, `"-1"`: 0, `null`: 0, `"1Zi"`: 0, `"NaN"`: 0, `{}`: 0,
	} {
		var q quantity
		if err := json.Unmarshal([]byte(text), &q); err != nil || float64(q) != want {
			t.Errorf("%s: %v %v, want %v", text, float64(q), err, want)
		}
	}
}

func FuzzApplication(f *testing.F) {
	f.Add([]byte(fullApp))
	f.Add([]byte(`{"metadata":{"labels":null},"status":{"sync":{"revisions":null},"history":[{}],"operationState":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := decodeList(strings.NewReader(`{"metadata":{"resourceVersion":"1"},"items":[` + string(data) + `]}`))
		if err != nil {
			return
		}
		for i := range l.apps {
			a := application("i", "https://b", &l.apps[i])
			for _, s := range []string{a.Name, a.Health, a.HealthMessage, a.Operation.Message, a.DestNamespace} {
				if s != platform.CleanLine(s) {
					t.Fatalf("not clean: %q", s)
				}
			}
		}
	})
}
