//go:build e2e

package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	fakealertmanager "dsotop/demo/fakes/alertmanager"
	fakekubernetes "dsotop/demo/fakes/kubernetes"
	fakeloki "dsotop/demo/fakes/loki"
	fakeprometheus "dsotop/demo/fakes/prometheus"
	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// question is one request that is put to the real system and to its face.
type question struct {
	name, method, path string
	query              url.Values
	body               string
	headers            map[string]string
	anonymous          bool // without credential or tenant
	// free are the parts of the answer, as paths with dots, whose keys are data (labels, say) and need not be the same.
	free []string
}

// reply is what is compared of an answer.
type reply struct {
	code  int
	media string
	body  []byte
}

// TestFacesAreLikeTheRealOnes puts the same questions to the real systems and to the faces of the demo, which hold the same facts, and
// compares status, media type, and the shape of the answer.
func TestFacesAreLikeTheRealOnes(t *testing.T) {
	l, err := Start(t.Context(), Options{Out: os.Stderr, History: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	w := l.World
	am := fakealertmanager.Handler(w, fakealertmanager.Options{})
	namespace, id := production(w)
	insecure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the lab's own
	for _, c := range []struct {
		name      string
		real      string
		face      http.Handler
		client    *http.Client
		header    map[string]string
		questions []question
	}{
		{"loki", l.URLs["loki"], fakeloki.Handler(w, fakeloki.Options{RequireTenant: true}), http.DefaultClient, map[string]string{tenant.Header: id}, lokiQuestions(namespace)},
		{"prometheus", l.URLs["prometheus"], fakeprometheus.Handler(w, fakeprometheus.Options{Alertmanager: am}), http.DefaultClient, nil, prometheusQuestions(namespace)},
		{"alertmanager", l.URLs["alertmanager"], am, http.DefaultClient, nil, alertmanagerQuestions()},
		{"kubernetes", l.URLs["kubernetes"], fakekubernetes.Handler(w, fakekubernetes.Options{Cluster: "mi-prod-1", Token: l.Token, ReadOnly: true, Deny: func(_, _, resource, _ string) bool { return resource == "secrets" }}), insecure,
			map[string]string{"Authorization": "Bearer " + l.Token}, kubernetesQuestions(namespace)},
	} {
		t.Run(c.name, func(t *testing.T) {
			face := httptest.NewServer(c.face)
			defer face.Close()
			for _, q := range c.questions {
				if !q.anonymous {
					h := map[string]string{}
					for k, v := range c.header {
						h[k] = v
					}
					for k, v := range q.headers {
						h[k] = v
					}
					q.headers = h
				}
				want, got := q.ask(t, c.client, c.real), q.ask(t, http.DefaultClient, face.URL)
				for _, d := range differences(q, want, got) {
					if why := accepted(c.name, q.name, d); why == "" {
						t.Errorf("%s: %s", q.name, d)
					}
				}
			}
		})
	}
}

// accepted tells why a difference stays; "" when it does not.
func accepted(system, question, difference string) string {
	for _, x := range []struct{ system, question, part, why string }{
		{"loki", "patterns", "", "patterns are mined from what arrives: a moment after its start the real one may have none"},
		{"loki", "detected fields", "jsonPath", "only of the parts of JSON, in lines picked at random"},
		{"loki", "count at once", "detected_level", "the face has no level of its own for lines"},
		{"alertmanager", "groups", "routeLabels", "newer than the lab's version, which is the last whose module holds its own files"},
		{"kubernetes", "", ".managedFields", "kept for pods only, whose number makes them weigh"},
		{"kubernetes", "metadata of pods", ".managedFields", "of the lab's own seed"},
		{"kubernetes", "", "terminatingReplicas", "newer than the version that the face imitates"},
		{"kubernetes", "version", "emulation", "newer than the version that the face imitates"},
		{"kubernetes", "version", "minCompatibility", "newer than the version that the face imitates"},
		{"kubernetes", "", "metadata.annotations", "the lab's own"},
		{"kubernetes", "", "lab/fate", "the lab's own"},
		{"kubernetes", "the far future", "Too large resource version", "each counts for itself"},
		{"kubernetes", "clusters", "generation", "the world's databases are never changed"},
	} {
		if x.system == system && (x.question == "" || x.question == question) && strings.Contains(difference, x.part) {
			return x.why
		}
	}
	return ""
}

// production is the namespace of the demo's incident, with its tenant.
func production(w *world.World) (namespace, id string) {
	w.View(func(st *world.State) {
		for _, e := range st.ProjectBySlug["agendaprefs"].Environments {
			if e.Name == "prod" {
				namespace, id = e.Namespace.Name, tenant.Of(st, e.Namespace)
			}
		}
	})
	return namespace, id
}

func (q question) ask(t *testing.T, client *http.Client, base string) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	target := base + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range q.headers {
		req.Header.Set(k, v)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", q.name, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", q.name, err)
	}
	media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return reply{resp.StatusCode, media, body}
}

// differences compares what a client could trip over.
func differences(q question, want, got reply) (out []string) {
	if want.code != got.code {
		return []string{fmt.Sprintf("the real one answers %d (%s), the face %d (%s)", want.code, short(want.body), got.code, short(got.body))}
	}
	if want.media != got.media {
		out = append(out, fmt.Sprintf("the real one sends %q, the face %q", want.media, got.media))
	}
	if !strings.HasSuffix(want.media, "json") {
		if want.code != http.StatusOK && message(want.body) != message(got.body) {
			out = append(out, fmt.Sprintf("the real one says %q, the face %q", short(want.body), short(got.body)))
		}
		return out
	}
	a, b := map[string]string{}, map[string]string{}
	for _, v := range documents(want.body) {
		shape(a, "", v, q.free)
	}
	for _, v := range documents(got.body) {
		shape(b, "", v, q.free)
	}
	var paths []string
	for p := range a {
		paths = append(paths, p)
	}
	for p := range b {
		if _, ok := a[p]; !ok {
			paths = append(paths, p)
		}
	}
	sort.Strings(paths)
	for _, p := range paths {
		switch {
		case a[p] == "":
			out = append(out, fmt.Sprintf("only the face has %s (%s)", p, b[p]))
		case b[p] == "":
			out = append(out, fmt.Sprintf("only the real one has %s (%s)", p, a[p]))
		case a[p] != b[p] && !strings.Contains(a[p], b[p]) && !strings.Contains(b[p], a[p]):
			out = append(out, fmt.Sprintf("%s is %s in the real one, %s in the face", p, a[p], b[p]))
		}
	}
	if want.code >= 400 && len(out) == 0 && message(want.body) != message(got.body) {
		out = append(out, fmt.Sprintf("the real one says %q, the face %q", message(want.body), message(got.body)))
	}
	return out
}

// documents are the values of a body: a watch has one a line.
func documents(body []byte) []any {
	if json.Valid(body) {
		return []any{decode(body)}
	}
	var out []any
	for _, line := range bytes.Split(bytes.TrimSpace(body), []byte("\n")) {
		out = append(out, decode(line))
	}
	return out
}

func decode(text []byte) any {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return "not JSON: " + short(text)
	}
	return v
}

// message is the words of a refusal.
func message(body []byte) string {
	m, _ := decode(body).(map[string]any)
	for _, key := range []string{"error", "message"} {
		if s, ok := m[key].(string); ok {
			return s
		}
	}
	return short(body)
}

// shape notes the type of each part of a value.
func shape(into map[string]string, path string, v any, free []string) {
	note := func(kind string) {
		if !strings.Contains(into[path], kind) {
			into[path] = strings.TrimPrefix(into[path]+" or "+kind, " or ")
		}
	}
	switch v := v.(type) {
	case map[string]any:
		note("object")
		if slices.Contains(free, strings.TrimPrefix(path, ".")) {
			return
		}
		for k, x := range v {
			shape(into, path+"."+k, x, free)
		}
	case []any:
		note("list")
		for _, x := range v {
			shape(into, path+"[]", x, free)
		}
	case string:
		note("text")
	case float64:
		note("number")
	case bool:
		note("bool")
	case nil:
		note("null")
	}
}

func short(text []byte) string {
	s := strings.TrimSpace(string(text))
	return s[:min(len(s), 300)]
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func ago(d time.Duration) string { return strconv.FormatInt(time.Now().Add(-d).UnixNano(), 10) }

func lokiQuestions(namespace string) []question {
	sel := fmt.Sprintf("{namespace=%q}", namespace)
	from, to := ago(5*time.Minute), ago(time.Minute)
	span := func(more ...string) url.Values { return values(append([]string{"start", from, "end", to}, more...)...) }
	streams := []string{"data.stats", "data.result[].stream"}
	api := "/loki/api/v1/"
	return []question{
		{name: "no tenant", path: api + "query_range", query: span("query", sel), anonymous: true},
		{name: "lines", path: api + "query_range", query: span("query", sel, "limit", "5"), free: streams},
		{name: "lines of nobody", path: api + "query_range", query: span("query", `{namespace="nobody"}`), free: streams},
		{name: "lines, forward", path: api + "query_range", query: span("query", sel, "limit", "5", "direction", "forward"), free: streams},
		{name: "rate", path: api + "query_range", query: span("query", "sum by (container) (rate("+sel+"[1m]))", "step", "30"), free: []string{"data.stats"}},
		{name: "count at once", path: api + "query", query: values("query", "sum by (detected_level) (count_over_time("+sel+"[4m]))", "time", to), free: []string{"data.stats"}},
		{name: "a log query at once", path: api + "query", query: values("query", sel)},
		{name: "labels", path: api + "labels", query: span()},
		{name: "values", path: api + "label/container/values", query: span("query", sel)},
		{name: "values of nothing", path: api + "label/nothing/values", query: span()},
		{name: "series", path: api + "series", query: span("match[]", sel), free: []string{"data[]"}},
		{name: "stats", path: api + "index/stats", query: span("query", sel)},
		{name: "volume", path: api + "index/volume", query: span("query", sel, "targetLabels", "container"), free: []string{"data.stats"}},
		{name: "volume range", path: api + "index/volume_range", query: span("query", sel, "step", "60", "targetLabels", "container"), free: []string{"data.stats"}},
		{name: "patterns", path: api + "patterns", query: span("query", sel)},
		{name: "detected labels", path: api + "detected_labels", query: span("query", sel)},
		{name: "detected fields", path: api + "detected_fields", query: span("query", sel)},
		{name: "format", path: api + "format_query", query: values("query", sel+` |= "a"|json`)},
		{name: "build", path: api + "status/buildinfo"},
		{name: "ready", path: "/ready"},
		{name: "not a query", path: api + "query_range", query: span("query", `{namespace=`)},
		{name: "an empty matcher", path: api + "query_range", query: span("query", `{namespace=~".*"}`)},
		{name: "no query", path: api + "query_range", query: span()},
		{name: "too many lines", path: api + "query_range", query: span("query", sel, "limit", "100000")},
		{name: "no number", path: api + "query_range", query: span("query", sel, "limit", "many")},
		{name: "too long", path: api + "query_range", query: values("query", sel, "start", ago(2000*time.Hour), "end", to)},
		{name: "backwards", path: api + "query_range", query: values("query", sel, "start", to, "end", from)},
		{name: "too many points", path: api + "query_range", query: values("query", "rate("+sel+"[1m])", "start", ago(24*time.Hour), "end", to, "step", "1")},
		{name: "no such path", path: api + "nothing"},
		{name: "by form", method: http.MethodPost, path: api + "query_range", body: span("query", sel, "limit", "2").Encode(), headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, free: streams},
	}
}

func prometheusQuestions(namespace string) []question {
	now := time.Now().Unix()
	at := func(s int64) string { return strconv.FormatInt(now-s, 10) }
	api := "/api/v1/"
	metric := []string{"data.result[].metric"}
	use := fmt.Sprintf("sum by (pod) (container_memory_working_set_bytes{namespace=%q})", namespace)
	return []question{
		{name: "vector", path: api + "query", query: values("query", use), free: metric},
		{name: "scalar", path: api + "query", query: values("query", "1")},
		{name: "nothing", path: api + "query", query: values("query", "nothing_at_all")},
		{name: "matrix", path: api + "query_range", query: values("query", use, "start", at(300), "end", at(0), "step", "30"), free: metric},
		{name: "quota", path: api + "query", query: values("query", `kube_resourcequota{namespace="`+namespace+`"}`), free: metric},
		{name: "labels", path: api + "labels", query: values("match[]", "kube_pod_info")},
		{name: "values", path: api + "label/namespace/values"},
		{name: "series", path: api + "series", query: values("match[]", "kube_pod_info"), free: []string{"data[]"}},
		{name: "series of everything", path: api + "series"},
		{name: "metadata", path: api + "metadata", free: []string{"data"}},
		{name: "alerts", path: api + "alerts", free: []string{"data.alerts[]"}},
		{name: "build", path: api + "status/buildinfo"},
		{name: "not a query", path: api + "query", query: values("query", "sum(")},
		{name: "no query", path: api + "query"},
		{name: "no time", path: api + "query", query: values("query", "1", "time", "yesterday")},
		{name: "too many points", path: api + "query_range", query: values("query", "1", "start", at(100000), "end", at(0), "step", "1")},
		{name: "backwards", path: api + "query_range", query: values("query", "1", "start", at(0), "end", at(100), "step", "10")},
		{name: "no step", path: api + "query_range", query: values("query", "1", "start", at(100), "end", at(0), "step", "0")},
		{name: "no such path", path: api + "nothing"},
		{name: "by form", method: http.MethodPost, path: api + "query", body: values("query", use).Encode(), headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, free: metric},
	}
}

func alertmanagerQuestions() []question {
	data := []string{"[].labels", "[].annotations", "[].alerts[].labels", "[].alerts[].annotations"}
	return []question{
		{name: "alerts", path: "/api/v2/alerts", free: data},
		{name: "alerts of one name", path: "/api/v2/alerts", query: values("filter", `alertname="AgendaWebDown"`), free: data},
		{name: "no alert", path: "/api/v2/alerts", query: values("active", "false", "silenced", "false", "inhibited", "false"), free: data},
		{name: "groups", path: "/api/v2/alerts/groups", free: data},
		{name: "silences", path: "/api/v2/silences"},
		{name: "receivers", path: "/api/v2/receivers"},
		{name: "status", path: "/api/v2/status", free: []string{"cluster"}},
		{name: "not a filter", path: "/api/v2/alerts", query: values("filter", "a b c")},
		{name: "no bool", path: "/api/v2/alerts", query: values("active", "perhaps")},
		{name: "no such silence", path: "/api/v2/silence/6b9dcd1e-3dde-4b1c-9c42-1f2c2f6f0001"},
		{name: "no such path", path: "/api/v2/nothing"},
		{name: "ready", path: "/-/ready"},
		{name: "version one", path: "/api/v1/alerts"},
	}
}

func kubernetesQuestions(namespace string) []question {
	core, apps := "/api/v1", "/apis/apps/v1"
	in := "/namespaces/" + namespace
	table := map[string]string{"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
	partial := map[string]string{"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"}
	meta := []string{"items[].metadata.labels", "items[].metadata.annotations", "metadata", "items[].metadata.managedFields[]", "rows[].object.metadata"}
	review := `{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}}`
	asJSON := map[string]string{"Content-Type": "application/json"}
	return []question{
		{name: "version", path: "/version"},
		{name: "who am I", method: http.MethodPost, path: "/apis/authentication.k8s.io/v1/selfsubjectreviews", body: `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`, headers: asJSON, free: []string{"status.userInfo.extra"}},
		{name: "may I", method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body: review, headers: asJSON},
		{name: "nobody", path: core + "/pods", anonymous: true},
		{name: "a wrong token", path: core + "/pods", anonymous: true, headers: map[string]string{"Authorization": "Bearer wrong"}},
		{name: "namespaces", path: core + "/namespaces", free: meta},
		{name: "pods", path: core + in + "/pods", free: meta},
		{name: "pods, by pages", path: core + in + "/pods", query: values("limit", "2"), free: append(meta, "items[]")},
		{name: "deployments", path: apps + in + "/deployments", free: meta},
		{name: "replica sets", path: apps + in + "/replicasets", free: meta},
		{name: "quotas", path: core + in + "/resourcequotas", free: meta},
		{name: "events", path: core + in + "/events", free: meta},
		{name: "clusters", path: "/apis/postgresql.cnpg.io/v1" + in + "/clusters", free: meta},
		{name: "pods as a table", path: core + in + "/pods", headers: table, free: meta},
		{name: "metadata of pods", path: core + in + "/pods", headers: partial, free: meta},
		{name: "no such pod", path: core + in + "/pods/nobody"},
		{name: "no such namespace", path: core + "/namespaces/nobody/pods", free: meta},
		{name: "not for me", path: core + in + "/secrets"},
		{name: "a write", method: http.MethodPost, path: core + in + "/pods", body: `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}`, headers: asJSON},
		{name: "a deletion", method: http.MethodDelete, path: core + in + "/pods/x"},
		{name: "not a selector", path: core + in + "/pods", query: values("labelSelector", "a in (")},
		{name: "not a field", path: core + in + "/pods", query: values("fieldSelector", "spec.nothing=1")},
		{name: "the far future", path: core + in + "/pods", query: values("resourceVersion", "999999999999", "resourceVersionMatch", "Exact")},
		{name: "no version", path: core + in + "/pods", query: values("resourceVersion", "abc")},
		{name: "a bad continuation", path: core + in + "/pods", query: values("continue", "abc")},
		{name: "a watch", path: core + in + "/pods", query: values("watch", "1", "timeoutSeconds", "1", "allowWatchBookmarks", "true"), free: []string{"object", "object.metadata"}},
		{name: "a streamed list", path: core + in + "/pods", query: values("watch", "1", "timeoutSeconds", "1", "allowWatchBookmarks", "true", "sendInitialEvents", "true", "resourceVersionMatch", "NotOlderThan"), free: []string{"object.spec", "object.status", "object.metadata"}},
		{name: "initial events of a list", path: core + in + "/pods", query: values("sendInitialEvents", "true")},
		{name: "log of nobody", path: core + in + "/pods/nobody/log"},
		{name: "healthy", path: "/healthz", anonymous: true},
		{name: "ready", path: "/readyz", anonymous: true},
	}
}
