//go:build e2e

package engine_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"dsotop/demo/lab"
	"dsotop/internal/config"
	"dsotop/internal/desk"
	"dsotop/internal/engine"
	"dsotop/internal/metrics"
	"dsotop/internal/platform"
)

// TestFiguresAreThoseOfTheRealPrometheus asks a real Prometheus for each panel of the page of metrics twice: as the page does, and by its plain API,
// as promtool would. Not a point may differ.
func TestFiguresAreThoseOfTheRealPrometheus(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Prometheus}})
	base := l.URLs["prometheus"]
	e, err := engine.New(engine.Options{Profile: config.Profile{Name: "e2e", Sources: []config.Source{{Kind: "prometheus", URL: base, Proxy: "none", Auth: config.Auth{Scheme: "none"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	settled, enough := context.WithTimeout(t.Context(), 30*time.Second)
	e.Settle(settled)
	enough()

	namespace := platform.NamespaceName("b7d30fef-2f75-46b4-a990-119943a93ec0", "e41b66d4-13c6-4bdc-a996-431cfcb2185a")
	reach := e.Metrics(namespace)
	if reach.Metrics == nil {
		t.Fatal("nobody tells metrics")
	}
	to := time.Now().Add(-time.Minute).Truncate(time.Minute)
	grid := metrics.NewGrid(to.Add(-30*time.Minute), to, 60)
	vars := metrics.Vars{Namespace: namespace, Grid: grid}
	panels, problems := metrics.Load()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	points := 0
	for _, p := range panels {
		for _, q := range p.Queries {
			for _, each := range []bool{false, true} {
				expr := q.Expr(each)
				if expr == "" {
					continue
				}
				expr = vars.Expand(expr)
				answer, err := reach.Metrics.Range(t.Context(), desk.MetricAsk{Tenant: reach.Tenant, Expr: expr}, desk.MetricRange{From: grid.From, To: grid.To, Step: grid.Step})
				if err != nil {
					t.Errorf("%s: %v", expr, err)
					continue
				}
				points += compare(t, expr, answer, plainly(t, base, expr, grid))
			}
		}
	}
	t.Logf("%d points of %d panels are the same", points, len(panels))
	if points < 200 {
		t.Errorf("%d points were compared: the lab tells too little", points)
	}
}

// TestPodsAreThoseOfTheRealCluster compares what the page of pods is made of with the plain lists of a real API server, which are what kubectl
// prints: names, phases, readiness, restarts, images, nodes, ages.
func TestPodsAreThoseOfTheRealCluster(t *testing.T) {
	l := realSystems(t, lab.Options{Parts: []lab.Part{lab.Kubernetes}})
	e, err := engine.New(engine.Options{Profile: config.Profile{Name: "e2e", Sources: []config.Source{{Kind: "kubernetes", Name: "lab", Kubeconfig: l.Kubeconfig, Proxy: "none"}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	settled, enough := context.WithTimeout(t.Context(), 60*time.Second)
	defer enough()
	view, _ := e.Settle(settled)

	insecure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the lab's own
	defer insecure.CloseIdleConnections()
	compared, namespaces := 0, 0
	for _, row := range view.Projects {
		for i := range row.Dossier.Environments {
			env := &row.Dossier.Environments[i]
			var raw podList
			getJSON(t, insecure, l.URLs["kubernetes"]+"/api/v1/namespaces/"+env.Namespace+"/pods", l.Token, &raw)
			namespaces++
			if len(raw.Items) != len(env.Pods) {
				t.Errorf("%s: %d pods, the API has %d", env.Namespace, len(env.Pods), len(raw.Items))
			}
			for k := range raw.Items {
				want := &raw.Items[k]
				at := slices.IndexFunc(env.Pods, func(p platform.Pod) bool { return p.UID == want.Metadata.UID })
				if at < 0 {
					t.Errorf("%s/%s is missing", env.Namespace, want.Metadata.Name)
					continue
				}
				got := &env.Pods[at]
				ready, restarts := 0, 0
				for _, c := range want.Status.ContainerStatuses {
					restarts += c.RestartCount
					if c.Ready {
						ready++
					}
				}
				if got.Name != want.Metadata.Name || got.Phase != want.Status.Phase || got.Ready != ready || got.Total != len(want.Spec.Containers) || got.Restarts < restarts || got.Node != want.Spec.NodeName || !got.CreatedAt.Equal(want.Metadata.CreationTimestamp) {
					t.Errorf("%s/%s:\n got %s %s %d/%d %d %s %s\nwant %s %d/%d %d %s %s", env.Namespace, want.Metadata.Name, got.Name, got.Phase, got.Ready, got.Total, got.Restarts, got.Node, got.CreatedAt,
						want.Status.Phase, ready, len(want.Spec.Containers), restarts, want.Spec.NodeName, want.Metadata.CreationTimestamp)
				}
				for _, c := range want.Spec.Containers {
					if !slices.ContainsFunc(got.Containers, func(x platform.Container) bool { return x.Name == c.Name && x.Image == c.Image }) {
						t.Errorf("%s/%s: no container %s of %s", env.Namespace, want.Metadata.Name, c.Name, c.Image)
					}
				}
				compared++
			}
		}
	}
	t.Logf("%d pods of %d namespaces are the same", compared, namespaces)
	if compared < 20 {
		t.Errorf("only %d pods were compared", compared)
	}
}

// podList is what the API says of pods, read without anybody's types.
type podList struct {
	Items []struct {
		Metadata struct {
			Name, UID         string
			CreationTimestamp time.Time
		}
		Spec struct {
			NodeName   string
			Containers []struct{ Name, Image string }
		}
		Status struct {
			Phase             string
			ContainerStatuses []struct {
				RestartCount int
				Ready        bool
			}
		}
	}
}

// plainly asks the API itself.
func plainly(t *testing.T, base, expr string, g metrics.Grid) map[string]map[int64]float64 {
	t.Helper()
	seconds := func(at time.Time) string { return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64) }
	q := url.Values{"query": {expr}, "start": {seconds(g.From)}, "end": {seconds(g.To)}, "step": {strconv.FormatFloat(g.Step.Seconds(), 'f', -1, 64)}}
	var answer struct {
		Status string
		Data   struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	getJSON(t, http.DefaultClient, base+"/api/v1/query_range?"+q.Encode(), "", &answer)
	out := map[string]map[int64]float64{}
	for _, s := range answer.Data.Result {
		one := map[int64]float64{}
		for _, v := range s.Values {
			f, err := strconv.ParseFloat(v[1].(string), 64)
			if err != nil {
				t.Fatal(err)
			}
			one[int64(math.Round(v[0].(float64)*1000))] = f
		}
		key, _ := json.Marshal(s.Metric)
		out[string(key)] = one
	}
	return out
}

func compare(t *testing.T, expr string, got desk.MetricAnswer, want map[string]map[int64]float64) (points int) {
	t.Helper()
	if len(got.Series) != len(want) {
		t.Errorf("%s: %d series, the API has %d", expr, len(got.Series), len(want))
		return 0
	}
	for _, s := range got.Series {
		labels := map[string]string{}
		for _, l := range s.Labels {
			labels[l.Name] = l.Value
		}
		key, _ := json.Marshal(labels)
		raw, ok := want[string(key)]
		if !ok || len(raw) != len(s.Samples) {
			t.Errorf("%s %s: %d points, the API has %d", expr, key, len(s.Samples), len(raw))
			continue
		}
		for _, x := range s.Samples {
			if v, ok := raw[x.At.UnixMilli()]; !ok || v != x.Value && !(math.IsNaN(v) && math.IsNaN(x.Value)) {
				t.Errorf("%s %s at %s: %v, the API says %v", expr, key, x.At, x.Value, v)
			}
			points++
		}
	}
	return points
}

func getJSON(t *testing.T, c *http.Client, address, token string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 32<<20))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(fmt.Errorf("%s: %s %w", address, resp.Status, err))
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(err)
	}
}
