package kubernetes

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/demo/world"
)

const (
	tableType = "application/json;as=Table;v=v1;g=meta.k8s.io"
	integ     = "/api/v1/namespaces/el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q"
)

type face struct {
	t      *testing.T
	w      *world.World
	server *Server
	url    string
}

func open(t *testing.T, o Options) *face {
	t.Helper()
	start := func() time.Time { return time.Date(2026, 8, 21, 8, 22, 34, 0, time.UTC) }
	w := world.New(world.Options{Seed: 1, Clock: start})
	o.Cluster, o.Token = "ovh-hp-1", "tok"
	s := Handler(w, o)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	t.Cleanup(h.CloseClientConnections)
	return &face{t, w, s, h.URL}
}

func (f *face) do(ctx context.Context, method, path, accept, token string) *http.Response {
	f.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, f.url+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp
}

// get reads an answer that ends.
func (f *face) get(path, accept string, into any) int {
	f.t.Helper()
	resp := f.do(f.t.Context(), http.MethodGet, path, accept, "tok")
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	if text, ok := into.(*string); ok {
		*text = string(body)
	} else if err := json.Unmarshal(body, into); err != nil {
		f.t.Fatalf("%s: %v in %.200s", path, err, body)
	}
	return resp.StatusCode
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	f := open(t, Options{ReadOnly: true, Deny: func(verb, _, resource, _ string) bool { return resource == "secrets" && verb == "list" }, NoStreamingLists: true})
	for _, c := range []struct {
		name, method, path, accept, token string
		code                              int
		reason                            metav1.StatusReason
		message                           string
	}{
		{"no right token", "GET", "/api/v1/pods", "", "other", 401, "Unauthorized", "Unauthorized"}, //nolint:misspell // the server's own word
		{"no right", "GET", "/api/v1/secrets", "", "tok", 403, "Forbidden", `secrets is forbidden: User "astreinte.sre" cannot list resource "secrets" in API group "" at the cluster scope`},
		{"no object", "GET", integ + "/pods/none", "", "tok", 404, "NotFound", `pods "none" not found`},
		{"no resource", "GET", "/api/v1/foos", "", "tok", 404, "NotFound", "the server could not find the requested resource"},
		{"no format", "GET", "/api/v1/pods", "text/csv", "tok", 406, "NotAcceptable", ""},
		{"no field", "GET", "/api/v1/pods?fieldSelector=spec.foo%3Dx", "", "tok", 400, "BadRequest", "field label not supported: spec.foo"},
		{"no selector", "GET", "/api/v1/pods?labelSelector=%3D%3D", "", "tok", 400, "BadRequest", ""},
		{"no streaming", "GET", "/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "", "tok", 422, "Invalid", ""},
		{"from the future", "GET", "/api/v1/pods?resourceVersion=99999999", "", "tok", 504, "Timeout", "Timeout: Too large resource version: 99999999, current: "},
		{"a write", "DELETE", integ + "/pods/pg-1", "", "tok", 403, "Forbidden", `pods "pg-1" is forbidden: User "astreinte.sre" cannot delete resource "pods" in API group "" in the namespace`},
		{"a method", "OPTIONS", "/api/v1/pods", "", "tok", 405, "MethodNotAllowed", ""},
	} {
		resp := f.do(t.Context(), c.method, c.path, c.accept, c.token)
		var st metav1.Status
		err := json.NewDecoder(resp.Body).Decode(&st)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.code || int(st.Code) != c.code || st.Reason != c.reason || st.Kind != "Status" || st.Status != "Failure" || !strings.HasPrefix(st.Message, c.message) {
			t.Errorf("%s: %d %v %+v", c.name, resp.StatusCode, err, st)
		}
	}
	if n := f.server.WriteCount(); n != 1 {
		t.Errorf("%d writes counted, want 1", n)
	}
}

func TestListPagesAndSelectors(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	type list struct {
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []struct {
			Metadata metav1.ObjectMeta `json:"metadata"`
		} `json:"items"`
	}
	var whole list
	f.get("/api/v1/pods", "", &whole)
	if len(whole.Items) == 0 || whole.Metadata.Continue != "" {
		t.Fatalf("%d pods, continue %q", len(whole.Items), whole.Metadata.Continue)
	}
	var names, paged []string
	for _, i := range whole.Items {
		names = append(names, i.Metadata.Namespace+"/"+i.Metadata.Name)
	}
	next := ""
	for {
		var page list
		f.get("/api/v1/pods?limit=4&continue="+next, "", &page)
		for _, i := range page.Items {
			paged = append(paged, i.Metadata.Namespace+"/"+i.Metadata.Name)
		}
		if page.Metadata.ResourceVersion != whole.Metadata.ResourceVersion {
			t.Errorf("a page at version %s of a list at %s", page.Metadata.ResourceVersion, whole.Metadata.ResourceVersion)
		}
		if next = page.Metadata.Continue; next == "" {
			break
		}
	}
	if strings.Join(names, " ") != strings.Join(paged, " ") {
		t.Errorf("in pages: %v\nat once: %v", paged, names)
	}
	for query, want := range map[string]int{"fieldSelector=metadata.name%3Dpg-1": 2, "fieldSelector=status.phase%21%3DRunning": 0, "labelSelector=app%20in%20(pg)": 4, "labelSelector=nope": 0} {
		var some list
		f.get("/api/v1/pods?"+query, "", &some)
		if len(some.Items) != want {
			t.Errorf("%s: %d pods, want %d", query, len(some.Items), want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	for path, first := range map[string]string{integ + "/pods": "Name Ready Status Restarts Age", "/apis/apps/v1/deployments": "Name Ready Up-to-date Available Age", "/api/v1/events": "Last Seen Type Reason Object"} {
		var table metav1.Table
		f.get(path, tableType+",application/json", &table)
		var names []string
		for _, c := range table.ColumnDefinitions {
			names = append(names, c.Name)
		}
		if table.Kind != "Table" || !strings.HasPrefix(strings.Join(names, " "), first) {
			t.Errorf("%s: %s with %v", path, table.Kind, names)
		}
		for _, r := range table.Rows {
			if len(r.Cells) != len(names) || !strings.Contains(string(r.Object.Raw), "PartialObjectMetadata") {
				t.Errorf("%s: %d cells under %d columns, object %.80s", path, len(r.Cells), len(names), r.Object.Raw)
			}
		}
	}
}

// events reads a watch line by line.
type events struct {
	t *testing.T
	r *bufio.Reader
}

func (f *face) watch(path string) *events {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	f.t.Cleanup(cancel)
	resp := f.do(ctx, http.MethodGet, path, "", "tok")
	f.t.Cleanup(func() { _ = resp.Body.Close() })
	return &events{f.t, bufio.NewReader(resp.Body)}
}

func (e *events) next() (typ string, object map[string]any) {
	e.t.Helper()
	line, err := e.r.ReadBytes('\n')
	if err != nil {
		e.t.Fatal(err)
	}
	var ev struct {
		Type   string
		Object map[string]any
	}
	if err := json.Unmarshal(line, &ev); err != nil {
		e.t.Fatal(err)
	}
	return ev.Type, ev.Object
}

func at(o map[string]any, path ...string) any {
	var v any = o
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func TestWatch(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	e := f.watch("/api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&fieldSelector=" + url.QueryEscape("metadata.name=pg-1"))
	for range 2 {
		if typ, o := e.next(); typ != "ADDED" || at(o, "metadata", "name") != "pg-1" || at(o, "kind") != "Pod" {
			t.Fatalf("%s %v", typ, o)
		}
	}
	if typ, o := e.next(); typ != "BOOKMARK" || at(o, "metadata", "annotations", metav1.InitialEventsAnnotationKey) != "true" {
		t.Fatalf("%s %v", typ, o)
	}
	f.w.Update(func(tx *world.Tx) {
		for _, ns := range tx.State.Clusters[0].Namespaces {
			for _, p := range ns.Pods {
				if p.Name == "pg-1" || p.Name == "pg-2" {
					p.Phase = "Failed"
					tx.Touch(p, world.Modified)
				}
			}
		}
	})
	for range 2 {
		if typ, o := e.next(); typ != "MODIFIED" || at(o, "metadata", "name") != "pg-1" || at(o, "status", "phase") != "Failed" {
			t.Fatalf("%s %v", typ, o)
		}
	}
}

// TestWatchLeavingSelector tells a pod that no longer matches as deleted.
func TestWatchLeavingSelector(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	e := f.watch("/api/v1/pods?watch=true&resourceVersion=0&fieldSelector=" + url.QueryEscape("metadata.name=pg-1,status.phase=Running"))
	for range 2 {
		e.next()
	}
	f.w.Update(func(tx *world.Tx) {
		for _, p := range tx.State.NamespaceOf["ovh-hp-1/"+strings.TrimPrefix(integ, "/api/v1/namespaces/")].Pods {
			if p.Name == "pg-1" {
				p.Phase = "Pending"
				tx.Touch(p, world.Modified)
			}
		}
	})
	if typ, o := e.next(); typ != "DELETED" || at(o, "status", "phase") != "Pending" {
		t.Errorf("%s %v", typ, o)
	}
}

func TestWatchTooOld(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	e := f.watch("/api/v1/pods?watch=true&resourceVersion=1")
	if typ, o := e.next(); typ != "ERROR" || at(o, "code") != float64(410) || at(o, "reason") != "Expired" {
		t.Errorf("%s %v", typ, o)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	for query, check := range map[string]func(code int, text string) bool{
		"tailLines=3":                 func(code int, text string) bool { return code == 200 && strings.Count(text, "\n") == 3 },
		"tailLines=2&timestamps=true": func(_ int, text string) bool { return strings.HasPrefix(text, "2026-08-21T08:") },
		"sinceSeconds=60&limitBytes=10": func(_ int, text string) bool {
			return len(text) == 10
		},
		"previous=true": func(code int, text string) bool {
			return code == 400 && strings.Contains(text, `previous terminated container \"pg\" in pod \"pg-1\" not found`)
		},
		"container=nope": func(code int, text string) bool {
			return code == 400 && strings.Contains(text, "container nope is not valid for pod pg-1")
		},
	} {
		var text string
		if code := f.get(integ+"/pods/pg-1/log?"+query, "", &text); !check(code, text) {
			t.Errorf("%s: %d %.200s", query, code, text)
		}
	}
}

// TestEverythingAnswers asks for a list of every kind that discovery names, whole, as a table and as metadata.
func TestEverythingAnswers(t *testing.T) {
	t.Parallel()
	f := open(t, Options{})
	var groups metav1.APIGroupList
	f.get("/apis", "", &groups)
	roots := []string{"/api/v1"}
	for _, g := range groups.Groups {
		roots = append(roots, "/apis/"+g.PreferredVersion.GroupVersion)
	}
	for _, root := range roots {
		var kinds metav1.APIResourceList
		f.get(root, "", &kinds)
		var doc map[string]any
		if code := f.get("/openapi/v3/"+strings.TrimPrefix(root, "/"), "", &doc); code != http.StatusOK || doc["openapi"] != "3.0.0" {
			t.Errorf("%s: no OpenAPI document: %d", root, code)
		}
		for _, k := range kinds.APIResources {
			if strings.Contains(k.Name, "/") || !strings.Contains(strings.Join(k.Verbs, " "), "list") {
				continue
			}
			for _, accept := range []string{"application/json", tableType, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "application/vnd.kubernetes.protobuf,*/*"} {
				var text string
				if code := f.get(root+"/"+k.Name, accept, &text); code != http.StatusOK || text == "" {
					t.Errorf("%s/%s as %s: %d", root, k.Name, accept, code)
				}
			}
		}
	}
}
