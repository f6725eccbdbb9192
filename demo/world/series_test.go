package world

import (
	"math"
	"testing"
	"time"
)

func instants(back, step time.Duration) []time.Time {
	var at []time.Time
	for t := testStart.Add(-back); !t.After(testStart); t = t.Add(step) {
		at = append(at, t)
	}
	return at
}

func TestEveryMetricHasSeriesForAnHour(t *testing.T) {
	w := newTest(Small)
	at := instants(time.Hour, time.Minute)
	for _, name := range w.MetricNames() {
		all := w.Series(name, nil, at)
		if len(all) == 0 {
			t.Errorf("%s has no series", name)
		}
		for _, s := range all {
			if s.Tenant == "" || s.Labels[TenantLabel] != "" || len(s.Values) != len(at) {
				t.Fatalf("%s: %+v", name, s)
			}
		}
	}
	if w.Series("no_such_metric", nil, at) != nil {
		t.Error("an unknown name has series")
	}
}

func TestCountersGrow(t *testing.T) {
	w := newTest(Small)
	at := instants(2*time.Hour, 30*time.Second)
	for _, name := range []string{"container_cpu_usage_seconds_total", "container_cpu_cfs_throttled_seconds_total", "container_network_receive_bytes_total", "kube_pod_container_status_restarts_total"} {
		for _, s := range w.Series(name, nil, at) {
			resets, last := 0, math.NaN()
			for _, v := range s.Values {
				if v < last {
					resets++
				}
				last = v
			}
			if limit := 1; resets > limit || name == "kube_pod_container_status_restarts_total" && resets > 0 {
				t.Errorf("%s%v falls %d times", name, s.Labels, resets)
			}
		}
	}
}

func TestSeriesTellTheStories(t *testing.T) {
	w := newTest(Small)
	var carto, agenda *Namespace
	w.View(func(s *State) {
		carto, agenda = environment(t, s, "cartocrise", "prod").Namespace, environment(t, s, "agendaprefs", "prod").Namespace
	})
	in := func(n *Namespace, more ...string) func(map[string]string) bool {
		return func(l map[string]string) bool {
			for i := 0; i < len(more); i += 2 {
				if l[more[i]] != more[i+1] {
					return false
				}
			}
			return l["namespace"] == n.Name
		}
	}
	now := []time.Time{testStart}
	used := w.Series("kube_resourcequota", in(carto, "resource", "limits.cpu", "type", "used"), now)
	if len(used) != 1 || used[0].Values[0] != 15.5 || used[0].Tenant != Tenant(cartoID, true) {
		t.Errorf("quota %+v", used)
	}
	fill := w.Series("kubelet_volume_stats_used_bytes", in(carto), now)[0].Values[0] / w.Series("kubelet_volume_stats_capacity_bytes", in(carto), now)[0].Values[0]
	if math.Abs(fill-0.88) > 0.001 {
		t.Errorf("volume filled to %v", fill)
	}
	if oom := w.Series("container_oom_events_total", in(carto), []time.Time{testStart.Add(-time.Hour), testStart}); oom[1].Values[1] <= oom[1].Values[0] {
		t.Errorf("no kill in the last hour: %v", oom[1].Values)
	}
	hourAgo := []time.Time{testStart.Add(-time.Hour), testStart}
	if v := w.Series("kube_deployment_status_replicas_available", in(agenda, "deployment", "agenda-web"), hourAgo)[0].Values; v[0] != 4 || v[1] != 2 {
		t.Errorf("agenda-web available %v", v)
	}
	running := func(i int) (n int) {
		for _, s := range w.Series("container_memory_working_set_bytes", in(agenda, "container", "agenda-web"), hourAgo) {
			if !math.IsNaN(s.Values[i]) {
				n++
			}
		}
		return n
	}
	if running(0) != 4 || running(1) != 2 {
		t.Errorf("%d then %d agenda-web containers had memory", running(0), running(1))
	}
	if s := w.Series("kube_pod_container_status_waiting_reason", in(agenda, "reason", "ImagePullBackOff"), now); len(s) != 2 {
		t.Errorf("%d containers wait for their image", len(s))
	}
}

func TestSeriesForOneTenant(t *testing.T) {
	w := newTest(Small)
	want := Tenant(cartoID, true)
	only := func(tenant string) bool { return tenant == want }
	at := []time.Time{testStart}
	for _, name := range w.MetricNames() {
		n := 0
		for _, s := range w.Series(name, nil, at) {
			if s.Tenant == want {
				n++
			}
		}
		got := w.SeriesFor(name, only, nil, at)
		if len(got) != n {
			t.Errorf("%s: %d series of the tenant alone, %d among all", name, len(got), n)
		}
		for _, s := range got {
			if s.Tenant != want {
				t.Fatalf("%s: a series of %s", name, s.Tenant)
			}
		}
	}
}

func BenchmarkSeriesHuge(b *testing.B) {
	w := newTest(Huge)
	var tenant string
	w.View(func(s *State) { tenant = Tenant(s.Projects[500].ID, true) })
	at := []time.Time{testStart}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			w.Series("container_memory_working_set_bytes", func(map[string]string) bool { return false }, at)
		}
	})
	b.Run("tenant", func(b *testing.B) {
		for b.Loop() {
			w.SeriesFor("container_memory_working_set_bytes", func(id string) bool { return id == tenant }, nil, at)
		}
	})
}
