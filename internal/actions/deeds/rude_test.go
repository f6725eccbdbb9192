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

// asks answers what is asked by the whole of the call.
type asks func(wire.Call) wire.Reply

func (f asks) Reader(string) wire.Reader                               { return f }
func (f asks) Writer(string) wire.Writer                               { return nil }
func (f asks) Names(string) []string                                   { return nil }
func (f asks) Read(_ context.Context, c wire.Call) (wire.Reply, error) { return f(c), nil }

// TestRestartByArgoTellsWhatKubernetesWould: with no right on the cluster, the controller and the budgets of its application are read through Argo CD.
func TestRestartByArgoTellsWhatKubernetesWould(t *testing.T) {
	const tree = `{"nodes":[{"group":"apps","version":"v1","kind":"Deployment","namespace":"n","name":"web","uid":"d"},{"version":"v1","kind":"Pod","namespace":"n","name":"web-1","uid":"p1","parentRefs":[{"uid":"d"}]},
	{"group":"policy","version":"v1","kind":"PodDisruptionBudget","namespace":"n","name":"web","uid":"b"},{"group":"policy","version":"v1","kind":"PodDisruptionBudget","namespace":"n","name":"other","uid":"o"}]}`
	budget := func(labels string) string {
		return `{"metadata":{"name":"web-pdb"},"spec":{"selector":{"matchLabels":` + labels + `}},"status":{"disruptionsAllowed":0,"currentHealthy":2,"desiredHealthy":2,"expectedPods":2}}`
	}
	for _, c := range []struct{ name, object, refused, warned string }{
		{"takes one first", `{"spec":{"replicas":2,"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},"template":{"metadata":{"labels":{"app":"web"}}}}}`, "", "budget_broken web-pdb, 2/2; single_replica web"},
		{"adds one first", `{"spec":{"replicas":2,"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}},"template":{"metadata":{"labels":{"app":"web"}}}}}`, "", "single_replica web"},
		{"all at once", `{"spec":{"replicas":2,"strategy":{"type":"Recreate"},"template":{"metadata":{"labels":{"app":"web"}}}}}`, "", "recreate web; budget_broken web-pdb, 2/2; single_replica web"},
		{"held back", `{"spec":{"replicas":2,"paused":true}}`, "paused", ""},
		{"not to be seen", ``, "", "single_replica web"}, // by its one pod in the tree
	} {
		s := asks(func(call wire.Call) wire.Reply {
			switch {
			case strings.HasSuffix(call.Path, "/resource-tree"):
				return says(tree)
			case !strings.HasSuffix(call.Path, "/resource"):
				return wire.Reply{Status: http.StatusNotFound}
			}
			manifest := map[string]string{"Deployment": c.object, "PodDisruptionBudget": budget(`{"app":"` + call.Query.Get("resourceName") + `"}`)}[call.Query.Get("kind")]
			if manifest == "" || call.Query.Get("namespace") != "n" || call.Query.Get("appNamespace") != "team" {
				return wire.Reply{Status: http.StatusForbidden, Body: []byte(`{"error":"permission denied","code":7,"message":"permission denied"}`)}
			}
			text, _ := json.Marshal(map[string]string{"manifest": manifest}) //nolint:errchkjson // texts
			return says(string(text))
		})
		sc := actions.Scene{Dossier: &platform.Dossier{Applications: []platform.Application{{Instance: "argocd/z", Namespace: "team", Name: "a", AppProject: "p", DestNamespace: "n"}}}}
		d, err := planRestartByArgo(t.Context(), s, sc, actions.Subject{Kind: actions.OnWorkload, Namespace: "n", ID: "Deployment/web", Name: "web"}, nil)
		if c.refused != "" {
			if !isCode(err, c.refused) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || codes(d.Warnings) != c.warned {
			t.Errorf("%s: %v %q, want %q", c.name, err, codes(d.Warnings), c.warned)
		}
	}
}

// TestWhatGitLabAllows: an archived project, pipeline or job is run no more; a member below Developer may run nothing; who is no member may be an administrator.
func TestWhatGitLabAllows(t *testing.T) {
	const api = `{"scopes":["api"]}`
	for _, c := range []struct{ name, self, project, job, refused string }{
		{"developer by the group", api, `{"archived":false,"permissions":{"project_access":null,"group_access":{"access_level":30,"notification_level":3}}}`, `{"id":3,"name":"sonar","status":"failed","pipeline":{"id":7}}`, ""},
		{"reporter", api, `{"permissions":{"project_access":{"access_level":20},"group_access":{"access_level":10}}}`, ``, codeNoRight},
		{"no member", api, `{"permissions":{"project_access":null,"group_access":null}}`, `{"id":3,"name":"sonar","status":"failed","pipeline":{"id":7},"archived":false}`, ""},
		{"not told", api, ``, `{"id":3,"name":"sonar","status":"canceled","pipeline":{"id":7}}`, ""},
		{"a project that is archived", api, `{"archived":true}`, ``, codeRunArchived},
		{"a job that is archived", api, `{}`, `{"id":3,"name":"sonar","status":"failed","archived":true,"pipeline":{"id":7}}`, codeRunArchived},
		{"a token that reads", `{"scopes":["read_api"]}`, `{}`, ``, codeNoRight},
	} {
		s := asks(func(call wire.Call) wire.Reply {
			body := ""
			switch {
			case strings.HasSuffix(call.Path, "/self"):
				body = c.self
			case strings.HasSuffix(call.Path, "/jobs/3"):
				body = c.job
			case strings.HasSuffix(call.Path, "/projects/g%2Fp"):
				body = c.project
			}
			if body == "" {
				return wire.Reply{Status: http.StatusNotFound, Body: []byte(`{"message":"404 Project Not Found"}`)}
			}
			return says(body)
		})
		sub := actions.Subject{Kind: actions.OnJob, System: "gitlab", ID: "g/p:3", Name: "sonar"}
		_, err := planJob("retry")(t.Context(), s, actions.Scene{}, sub, nil)
		if c.refused == "" && err != nil || c.refused != "" && !isCode(err, c.refused) {
			t.Errorf("%s: %v", c.name, err)
		}
		if may := mayWrite(t.Context(), s, actions.Scene{}, sub); c.refused == codeNoRight && !isCode(may, codeNoRight) || c.refused == "" && may != nil {
			t.Errorf("%s, in the menu: %v", c.name, may)
		}
	}
}

// TestAJobWhosePodIsRefused: the job itself tells nothing; its events do, the newest of them.
func TestAJobWhosePodIsRefused(t *testing.T) {
	s := asks(func(call wire.Call) wire.Reply {
		if strings.HasSuffix(call.Path, "/events") {
			if call.Query.Get("fieldSelector") != "involvedObject.kind=Job,involvedObject.name=j,type=Warning" {
				return wire.Reply{Status: http.StatusBadRequest}
			}
			return says(`{"items":[{"type":"Warning","reason":"FailedCreate","message":"new","lastTimestamp":"2026-11-22T10:00:02Z"},{"type":"Warning","reason":"FailedCreate","message":"old","lastTimestamp":"2026-11-22T10:00:01Z"}]}`)
		}
		return says(`{"metadata":{"name":"j"},"status":{}}`)
	})
	got, err := jobDone(t.Context(), s, actions.Draft{Call: wire.Call{System: "kubernetes/a"}, Memo: map[string]string{memoJob: "j"}}, actions.Subject{Namespace: "n"}, time.Time{}, nil)
	if err != nil || got.State != running || got.Note != "FailedCreate: new" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestValidatedOnce: a chain that somebody validated, or that is well, is not validated again.
func TestValidatedOnce(t *testing.T) {
	for chain, refused := range map[string]bool{
		`{"id":"c","state":"opened","validationId":"v","validatedBy":null}`: false, `{"id":"c","state":"opened","validationId":"v","validatedBy":"u"}`: true,
		`{"id":"c","state":"success","validationId":"v","validatedBy":null}`: true, `{"id":"c","state":"opened"}`: true,
	} {
		s := asks(func(call wire.Call) wire.Reply { return says(chain) })
		d, err := planChain(true)(t.Context(), s, actions.Scene{}, actions.Subject{Kind: actions.OnChain, System: "console", ID: "c"}, nil)
		if refused != isCode(err, codeNothing) || !refused && d.Call.Path != "/api/v1/service-chains/validate/v" {
			t.Errorf("%s: %v %v", chain, d.Call, err)
		}
	}
}

// TestWhatHarborAllows: what its own pages ask tells who may scan; where it does not tell, nothing is said.
func TestWhatHarborAllows(t *testing.T) {
	sc := func(number int64) actions.Scene {
		return actions.Scene{Dossier: &platform.Dossier{Project: platform.Project{Slug: "p"}, Images: []platform.Image{{Repository: "lib/api", Digest: "sha256:1", ProjectNumber: number}}}}
	}
	for _, c := range []struct {
		name   string
		number int64
		reply  wire.Reply
		no     bool
	}{
		{"a developer", 2, says(`[{"resource":"repository","action":"read"},{"resource":"scan","action":"create"}]`), false},
		{"in full", 2, says(`[{"resource":"/project/2/scan","action":"create"}]`), false},
		{"a guest", 2, says(`[{"resource":"repository","action":"read"},{"resource":"scan","action":"read"}]`), true},
		{"a robot", 2, wire.Reply{Status: http.StatusPreconditionFailed, Body: []byte(`{"errors":[{"code":"PRECONDITION","message":"get current user not available"}]}`)}, false},
		{"nobody's", 2, says(`[]`), false},
		{"a project without a number", 0, says(`[{"resource":"repository","action":"read"}]`), false},
	} {
		s := asks(func(call wire.Call) wire.Reply {
			if call.Query.Get("scope") != "/project/2" {
				t.Errorf("%s: %+v", c.name, call)
			}
			return c.reply
		})
		err := mayScan(t.Context(), s, sc(c.number), actions.Subject{Kind: actions.OnArtifact, ID: "lib/api@sha256:1"})
		if c.no != isCode(err, codeNoRight) || !c.no && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
