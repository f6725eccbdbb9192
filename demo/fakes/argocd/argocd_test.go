package argocd_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dsotop/demo/fakes/argocd"
	"dsotop/demo/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 8, 21, 14, 20, 7, 0, time.UTC)

const (
	guichet = "guichet-prod-c626-infra-5efa"
	agenda  = "agendaprefs-prod-c626-agenda-infra-08e2"
)

func newWorld() *world.World {
	return world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
}

func serve(t *testing.T, w *world.World, o argocd.Options) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(argocd.Handler(w, o))
	t.Cleanup(func() { srv.Close(); http.DefaultClient.CloseIdleConnections() })
	return srv
}

func request(t *testing.T, ctx context.Context, method, u, token string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func get(t *testing.T, u, token string) (int, string) {
	t.Helper()
	res := request(t, t.Context(), http.MethodGet, u, token)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func decode[T any](t *testing.T, body string) (out T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v in %.300s", err, body)
	}
	return out
}

type node struct {
	Group, Version, Kind, Namespace, Name, UID string
	ParentRefs                                 []struct{ Kind, Name, UID string }
	Images                                     []string
	Info                                       []struct{ Name, Value string }
	Health                                     *struct{ Status, Message string }
	NetworkingInfo                             *struct{ Labels map[string]string }
}

func TestSessions(t *testing.T) {
	srv := serve(t, newWorld(), argocd.Options{Zone: "pub", Token: "admin-token", Password: "p", Teams: map[string]string{"team-token": "guichet"}})
	for _, c := range []struct {
		path, token string
		code        int
		want        string
	}{
		{"/api/v1/applications", "", 401, `{"error":"no session information","code":16,"message":"no session information"}`},
		{"/api/v1/applications", "x", 401, `{"error":"invalid session: token signature is invalid: signature is invalid","code":16,"message":"invalid session: token signature is invalid: signature is invalid"}`},
		{"/api/v1/applications/nope", "admin-token", 403, `{"error":"permission denied","code":7,"message":"permission denied"}`},
		{"/api/v1/applications/nope?project=dso-project", "admin-token", 404, `{"error":"applications.argoproj.io \"nope\" not found","code":5,"message":"applications.argoproj.io \"nope\" not found"}`},
		{"/api/v1/applications/guichet-prod-c626-env", "team-token", 403, `permission denied`},
		{"/api/v1/applications/" + agenda, "admin-token", 403, `permission denied`}, // another zone
		{"/api/v1/session/userinfo", "", 200, `{}`},
		{"/api/v1/session/userinfo", "admin-token", 200, `{"iss":"argocd","loggedIn":true,"username":"admin"}`},
		{"/api/v1/session/userinfo", "team-token", 200, `"groups":["/guichet",`},
		{"/api/version", "", 200, `{"Version":"v3.1.7+511ebd7"}`},
		{"/api/version", "team-token", 200, `"GitTreeState":"clean"`},
		{"/api/v1/settings", "", 200, `"url":"https://argocd-pub.cpn.example"`},
		{"/api/v1/account/can-i/applications/sync/guichet-prod-c626-app/" + guichet, "team-token", 200, `{"value":"yes"}`},
		{"/api/v1/account/can-i/applications/sync/portail-prod-c626-app/x", "team-token", 200, `{"value":"no"}`},
		{"/api/v1/account/can-i/clusters/get/*", "admin-token", 200, `{"value":"yes"}`},
		{"/api/v1/clusters", "admin-token", 200, `"name":"ovh-hp-1"`},
		{"/api/v1/repositories", "admin-token", 200, `"repo":"https://`},
		{"/api/v1/projects/guichet-prod-c626-app", "team-token", 200, `"sourceRepos":["https://gitlab.cpn.example/forge-mi/projects/guichet/**"]`},
		{"/api/v1/projects/dso-project", "team-token", 403, `permission denied`},
	} {
		if code, body := get(t, srv.URL+c.path, c.token); code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s as %q: %d %.400s", c.path, c.token, code, body)
		}
	}
	login := func(password string) string {
		res, err := http.Post(srv.URL+"/api/v1/session", "application/json", strings.NewReader(`{"username":"admin","password":"`+password+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := login("p"); got != `{"token":"admin-token"}` {
		t.Error(got)
	}
	if got := login("q"); !strings.Contains(got, `"code":16`) {
		t.Error(got)
	}
}

func names(t *testing.T, u, token string) []string {
	t.Helper()
	code, body := get(t, u, token)
	if code != 200 {
		t.Fatalf("%s: %d %s", u, code, body)
	}
	list := decode[struct {
		Items []struct{ Metadata struct{ Name string } }
	}](t, body)
	var out []string
	for _, i := range list.Items {
		out = append(out, i.Metadata.Name)
	}
	return out
}

func TestLists(t *testing.T) {
	srv := serve(t, newWorld(), argocd.Options{Zone: "pub", Token: "a", Teams: map[string]string{"team": "guichet"}})
	base := srv.URL + "/api/v1/applications"
	if got := strings.Join(names(t, base, "team"), " "); got != "guichet-dev-6293-infra-5efa guichet-integ-e9b7-infra-5efa guichet-prod-c626-infra-5efa hprod-guichet-observability prod-guichet-observability" {
		t.Errorf("a team sees %s", got)
	}
	for query, want := range map[string]string{
		"selector=" + url.QueryEscape("dso/environment=prod,dso/type=app,dso/project=guichet"):                                       guichet,
		"selector=" + url.QueryEscape("dso/project in (guichet),dso/type!=infrastructure,dso/repository=infra") + "&name=" + guichet: guichet,
		"projects=guichet-prod-c626-app": guichet,
		"name=rien":                      "",
		"repo=" + url.QueryEscape("https://gitlab.cpn.example/forge-mi/projects/guichet/infra.git") + "&projects=guichet-prod-c626-app": guichet,
	} {
		if got := strings.Join(names(t, base+"?"+query, "a"), " "); got != want {
			t.Errorf("%s: %q", query, got)
		}
	}
	if code, body := get(t, base+"?selector="+url.QueryEscape("a=("), "a"); code != 400 || !strings.Contains(body, `"code":3`) {
		t.Errorf("a broken selector: %d %s", code, body)
	}
	_, body := get(t, base+"?name="+guichet+"&fields=items.metadata.name,items.status.sync.status,metadata.resourceVersion", "a")
	if want := `{"items":[{"metadata":{"name":"` + guichet + `"},"status":{"sync":{"status":"Synced"}}}],"metadata":{"resourceVersion":"`; !strings.HasPrefix(body, want) {
		t.Errorf("fields: %s", body)
	}
	_, body = get(t, base+"?name="+guichet+"&fields=-items.status,items.spec", "a")
	if strings.Contains(body, `"status"`) || strings.Contains(body, `"spec"`) || !strings.Contains(body, `"dso/project":"guichet"`) {
		t.Errorf("excluded fields: %s", body)
	}
}

func TestApplication(t *testing.T) {
	srv := serve(t, newWorld(), argocd.Options{})
	_, body := get(t, srv.URL+"/api/v1/applications/"+agenda, "")
	app := decode[struct {
		Spec struct {
			Project     string
			Source      struct{ RepoURL, Path, TargetRevision string }
			Destination struct{ Name, Namespace string }
		}
		Status struct {
			Sync           struct{ Status, Revision string }
			Health         struct{ Status, LastTransitionTime string }
			OperationState struct{ Phase, StartedAt, FinishedAt string }
			History        []struct {
				ID         int64
				Revision   string
				DeployedAt time.Time
			}
			Summary struct{ Images []string }
		}
	}](t, body)
	if app.Spec.Project != "agendaprefs-prod-c626-app" || app.Spec.Destination.Name != "mi-prod-1" || app.Status.Sync.Revision == "" || len(app.Status.History) == 0 || len(app.Status.Summary.Images) == 0 || app.Status.OperationState.Phase == "" {
		t.Errorf("%.1500s", body)
	}
	_, body = get(t, srv.URL+"/api/v1/applications/"+agenda+"/revisions/"+app.Status.Sync.Revision+"/metadata", "")
	if !strings.Contains(body, `"author":"`) {
		t.Errorf("revision: %s", body)
	}
	if code, _ := get(t, srv.URL+"/api/v1/applications/"+agenda+"/revisions/0000000000/metadata", ""); code != 500 {
		t.Errorf("an unknown revision: %d", code)
	}
}

func TestResourceTree(t *testing.T) {
	srv := serve(t, newWorld(), argocd.Options{})
	_, body := get(t, srv.URL+"/api/v1/applications/"+agenda+"/resource-tree", "")
	tree := decode[struct{ Nodes []node }](t, body)
	byUID := map[string]node{}
	for _, n := range tree.Nodes {
		if _, twice := byUID[n.UID]; twice {
			t.Errorf("%s %s twice", n.Kind, n.Name)
		}
		byUID[n.UID] = n
	}
	pods, broken := 0, 0
	for _, n := range tree.Nodes {
		if n.Kind != "Pod" {
			continue
		}
		pods++
		owner := byUID[n.ParentRefs[0].UID]
		if owner.Kind == "ReplicaSet" && byUID[owner.ParentRefs[0].UID].Kind != "Deployment" {
			t.Errorf("%s hangs in the air", n.Name)
		}
		info := map[string]string{}
		for _, i := range n.Info {
			info[i.Name] = i.Value
		}
		if len(n.Images) == 0 || info["Containers"] == "" || info["Status Reason"] == "" || n.NetworkingInfo == nil {
			t.Errorf("pod %+v", n)
		}
		if info["Status Reason"] == "ImagePullBackOff" {
			broken++
			if n.Health.Status != "Degraded" || !strings.Contains(n.Health.Message, "Back-off") {
				t.Errorf("health %+v", n.Health)
			}
		}
	}
	if pods < 3 || broken == 0 {
		t.Errorf("%d pods, %d without image", pods, broken)
	}
}

func TestSecretsStayHidden(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{})
	for _, app := range []string{"guichet-prod-c626-env", guichet} {
		for _, path := range []string{"/managed-resources", "/resource-tree", "/manifests"} {
			code, body := get(t, srv.URL+"/api/v1/applications/"+app+path, "")
			if code != 200 {
				t.Errorf("%s%s: %d %s", app, path, code, body)
			}
		}
	}
	_, body := get(t, srv.URL+"/api/v1/applications/guichet-prod-c626-env/managed-resources?kind=Secret", "")
	items := decode[struct {
		Items []struct{ Kind, Name, LiveState, TargetState string }
	}](t, body).Items
	if len(items) == 0 {
		t.Fatal("no secret")
	}
	for _, i := range items {
		data := decode[struct{ Data map[string]string }](t, i.LiveState).Data
		for k, v := range data {
			if v != "++++++++" {
				t.Errorf("%s.%s shown", i.Name, k)
			}
		}
		if len(data) == 0 {
			t.Errorf("%s has no key", i.Name)
		}
	}
}

func firstPod(t *testing.T, w *world.World, ns string, fits func(*world.Pod) bool) (name, container string) {
	t.Helper()
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, n := range c.Namespaces {
				for _, p := range n.Pods {
					if n.Name == ns && name == "" && fits(p) {
						name, container = p.Name, p.Containers[0].Spec.Name
					}
				}
			}
		}
	})
	if name == "" {
		t.Fatal("no such pod")
	}
	return name, container
}

func TestManifestAndEvents(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{})
	const ns = "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"
	base := srv.URL + "/api/v1/applications/" + agenda
	name, _ := firstPod(t, w, ns, func(p *world.Pod) bool { return p.Phase == "Running" })
	code, body := get(t, base+"/resource?namespace="+ns+"&resourceName="+name+"&version=v1&group=&kind=Pod", "")
	if code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	pod := decode[struct {
		Kind   string
		Status struct {
			Phase             string
			ContainerStatuses []struct{ ImageID string }
		}
	}](t, decode[struct{ Manifest string }](t, body).Manifest)
	if pod.Kind != "Pod" || pod.Status.Phase != "Running" || !strings.Contains(pod.Status.ContainerStatuses[0].ImageID, "@sha256:") {
		t.Errorf("%s", body)
	}
	if code, body := get(t, base+"/resource?namespace="+ns+"&resourceName=rien&version=v1&kind=Pod", ""); code != 400 || !strings.Contains(body, "not found as part of application") {
		t.Errorf("%d %s", code, body)
	}
	broken, _ := firstPod(t, w, ns, func(p *world.Pod) bool { return p.Containers[0].Reason == "ImagePullBackOff" })
	_, body = get(t, base+"/events?resourceNamespace="+ns+"&resourceName="+broken, "")
	if !strings.Contains(body, `"reason":"`) || !strings.Contains(body, `"involvedObject":{"kind":"Pod"`) {
		t.Errorf("events of %s: %.300s", broken, body)
	}
	if _, body = get(t, base+"/events", ""); !strings.Contains(body, `"involvedObject":{"apiVersion":"argoproj.io/v1alpha1","kind":"Application"`) {
		t.Errorf("events: %.300s", body)
	}
}

type logResult struct {
	Result struct {
		Content, TimeStampStr, PodName string
		TimeStamp                      time.Time
		Last                           bool
	}
}

func TestLogs(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{FollowEvery: time.Millisecond})
	const ns = "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"
	pod, container := firstPod(t, w, ns, func(p *world.Pod) bool { return p.Phase == "Running" })
	base := srv.URL + "/api/v1/applications/" + agenda
	for _, path := range []string{"/pods/" + pod + "/logs?", "/logs?podName=" + pod + "&"} {
		code, body := get(t, base+path+"namespace="+ns+"&container="+container+"&tailLines=5", "")
		lines := strings.Split(strings.TrimSpace(body), "\n")
		if code != 200 || len(lines) != 6 {
			t.Fatalf("%s: %d %d lines: %.300s", path, code, len(lines), body)
		}
		for i, l := range lines {
			r := decode[logResult](t, l).Result
			if r.Last != (i == 5) || i < 5 && (r.Content == "" || r.PodName != pod || r.TimeStampStr == "" || r.TimeStamp.After(now)) {
				t.Errorf("line %d: %s", i, l)
			}
		}
	}
	if code, body := get(t, base+"/logs?podName=rien", ""); code != 400 || !strings.Contains(body, "pod not found") {
		t.Errorf("%d %s", code, body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := request(t, ctx, http.MethodGet, base+"/logs?podName="+pod+"&follow=true&sinceSeconds=1&tailLines=1", "")
	defer func() { _ = res.Body.Close() }()
	w.Step(now.Add(2 * time.Minute))
	in := bufio.NewScanner(res.Body)
	for in.Scan() {
		if decode[logResult](t, in.Text()).Result.TimeStamp.After(now) {
			return // a line of after the beginning came
		}
	}
	t.Errorf("the stream ended: %v", in.Err())
}

// event reads the next server-sent event that is about the application.
func event(t *testing.T, in *bufio.Scanner, app string) (kind, sync string) {
	t.Helper()
	for in.Scan() {
		data, ok := strings.CutPrefix(in.Text(), "data: ")
		if !ok {
			continue
		}
		r := decode[struct {
			Result struct {
				Type        string
				Application struct {
					Metadata struct{ Name string }
					Status   struct{ Sync struct{ Status string } }
				}
			}
		}](t, data).Result
		if r.Application.Metadata.Name == app {
			return r.Type, r.Application.Status.Sync.Status
		}
	}
	t.Fatalf("the stream ended: %v", in.Err())
	return "", ""
}

func TestStreamSeesTheWorldChange(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{Zone: "pub", Token: "a", Teams: map[string]string{"team": "guichet"}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := request(t, ctx, http.MethodGet, srv.URL+"/api/v1/stream/applications?fields=result.type,result.application.metadata.name,result.application.status.sync.status", "team")
	defer func() { _ = res.Body.Close() }()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %s", got)
	}
	in := bufio.NewScanner(res.Body)
	in.Buffer(nil, 1<<20)
	if kind, sync := event(t, in, guichet); kind != "ADDED" || sync != "Synced" {
		t.Errorf("first %s %s", kind, sync)
	}
	w.Update(func(tx *world.Tx) {
		for _, a := range tx.State.Applications {
			if a.Name == guichet || a.Name == agenda { // the latter must not be seen
				a.Sync = "OutOfSync"
				tx.Touch(a, world.Modified)
			}
		}
	})
	if kind, sync := event(t, in, guichet); kind != "MODIFIED" || sync != "OutOfSync" {
		t.Errorf("then %s %s", kind, sync)
	}
}

func TestStreamFromAVersionStartsSilent(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{})
	list := names(t, srv.URL+"/api/v1/applications", "")
	_, body := get(t, srv.URL+"/api/v1/applications?fields=metadata.resourceVersion", "")
	version := decode[struct {
		Metadata struct{ ResourceVersion string }
	}](t, body).Metadata.ResourceVersion
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := request(t, ctx, http.MethodGet, srv.URL+"/api/v1/stream/applications?resourceVersion="+version, "")
	defer func() { _ = res.Body.Close() }()
	w.Update(func(tx *world.Tx) {
		for _, a := range tx.State.Applications {
			if a.Name == list[0] {
				tx.Touch(a, world.Deleted)
			}
		}
	})
	in := bufio.NewScanner(res.Body)
	in.Buffer(nil, 1<<20)
	in.Scan()
	if !strings.Contains(in.Text(), `"type":"DELETED"`) {
		t.Errorf("first event %.200s", in.Text())
	}
}

func TestTreeStreamFollowsPods(t *testing.T) {
	w := newWorld()
	srv := serve(t, w, argocd.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := request(t, ctx, http.MethodGet, srv.URL+"/api/v1/stream/applications/"+guichet+"/resource-tree", "")
	defer func() { _ = res.Body.Close() }()
	in := bufio.NewScanner(res.Body)
	in.Buffer(nil, 1<<22)
	in.Scan()
	if !strings.HasPrefix(in.Text(), `data: {"result":{"nodes":[`) {
		t.Fatalf("%.200s", in.Text())
	}
	w.Update(func(tx *world.Tx) {
		for _, a := range tx.State.Applications {
			if a.Name == guichet {
				p := a.Environment.Namespace.Pods[0]
				p.Containers[0].Restarts = 42
				tx.Touch(p, world.Modified)
			}
		}
	})
	for in.Scan() {
		if strings.Contains(in.Text(), `{"name":"Restart Count","value":"42"}`) {
			return
		}
	}
	t.Errorf("the stream ended: %v", in.Err())
}

func TestWritesAreCounted(t *testing.T) {
	var writes atomic.Int64
	srv := serve(t, newWorld(), argocd.Options{Token: "a", Writes: &writes})
	media := "application/json"
	do := func(method, path string) int {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/api/v1/applications/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer a")
		req.Header.Set("Content-Type", media)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode
	}
	for _, c := range [][2]string{{"POST", guichet + "/sync"}, {"POST", guichet + "/rollback"}, {"PATCH", guichet}, {"DELETE", guichet}, {"POST", guichet + "/resource/actions/v2"}, {"PUT", guichet + "/spec"}} {
		want := 403
		if c[0] == "POST" { // known, but without a body
			want = 400
		}
		if code := do(c[0], c[1]); code != want {
			t.Errorf("%v: %d", c, code)
		}
	}
	if code := do("GET", guichet+"?refresh=hard"); code != 200 || writes.Load() != 7 {
		t.Errorf("refresh: %d, %d counted", code, writes.Load())
	}
	for _, path := range []string{"", guichet, guichet + "/managed-resources"} {
		do("GET", path)
	}
	if writes.Load() != 7 {
		t.Errorf("a read was counted: %d", writes.Load())
	}
	for _, media = range []string{"", "text/plain"} { // a call that does not say JSON is not looked at, with a body or without
		if code := do("DELETE", guichet+"/operation"); code != 415 {
			t.Errorf("%q: %d", media, code)
		}
	}
}
