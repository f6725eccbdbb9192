package metrics_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// server answers expressions by the metric they name. Without a namespace of its own to care for: only texts are looked at.
type server struct {
	mu      sync.Mutex
	asked   []string
	ranges  []desk.MetricRange
	err     error
	warning string
	missing map[string]bool // series that nobody exports
}

func (f *server) Name() string { return "prometheus" }

func (f *server) note(expr string, r desk.MetricRange) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked, f.ranges = append(f.asked, expr), append(f.ranges, r)
	if f.err != nil {
		return f.err
	}
	if i := strings.Index(expr, "!!"); i >= 0 {
		return &desk.PromQLError{Message: `unexpected "!"`, Line: 1, Column: i + 1}
	}
	return nil
}

// asks returns what was asked since the last call.
func (f *server) asks() (exprs []string, ranges []desk.MetricRange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	exprs, ranges = f.asked, f.ranges
	f.asked, f.ranges = nil, nil
	return exprs, ranges
}

func (f *server) Instant(_ context.Context, a desk.MetricAsk, at time.Time) (desk.MetricAnswer, error) {
	out := desk.MetricAnswer{}
	if strings.HasPrefix(a.Expr, "rate(gauge[") {
		out.Infos, out.Histograms = []string{"metric might not be a counter"}, 2
	}
	return out, f.note(a.Expr, desk.MetricRange{From: at, To: at})
}

func (f *server) Range(_ context.Context, a desk.MetricAsk, r desk.MetricRange) (desk.MetricAnswer, error) {
	if err := f.note(a.Expr, r); err != nil {
		return desk.MetricAnswer{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out := desk.MetricAnswer{}
	if f.warning != "" {
		out.Warnings = []string{f.warning}
	}
	for name := range f.missing {
		if strings.Contains(a.Expr, name) {
			return out, nil
		}
	}
	wave := func(mid, amp float64, shift float64) func(time.Time) float64 {
		return func(t time.Time) float64 { return mid + amp*math.Sin(float64(t.Unix())/600+shift) }
	}
	flat := func(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }
	add := func(value func(time.Time) float64, labels ...desk.MetricLabel) {
		s := desk.MetricSeries{Labels: labels}
		for t := r.From; !t.After(r.To); t = t.Add(r.Step) {
			if v := value(t); !math.IsNaN(v) {
				s.Samples = append(s.Samples, desk.Sample{At: t, Value: v})
			}
		}
		out.Series = append(out.Series, s)
	}
	pods := func(of func(i int) func(time.Time) float64) {
		for i, name := range []string{"web-7d9f8c6b54-x0k4q", "web-7d9f8c6b54-x1k4q", "api-5b8c-9zz7p"} {
			add(of(i), desk.MetricLabel{Name: "pod", Value: name})
		}
	}
	const gib = 1 << 30
	each := strings.HasPrefix(a.Expr, "sum by (pod)")
	has := func(parts ...string) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(a.Expr, p) })
	}
	switch {
	case has("vector(0.25)"):
		add(flat(0.25))
	case has("vector(1)"):
		add(flat(1))
	case has("resource_requests", `"cpu"`):
		add(flat(2))
	case has("resource_limits", `"cpu"`):
		add(flat(3))
	case has("limits.cpu"):
		add(flat(4))
	case has("resource_requests"), has("resource_limits"):
		add(flat(5 * gib))
	case has("limits.memory"):
		add(flat(8 * gib))
	case has("cfs_throttled"):
		add(wave(0.12, 0.1, 1))
	case has("cpu_usage") && each:
		pods(func(i int) func(time.Time) float64 { return wave(0.8-0.2*float64(i), 0.2, float64(i)) })
	case has("cpu_usage"):
		add(wave(2.2, 0.5, 0))
	case has("working_set") && each:
		pods(func(i int) func(time.Time) float64 { return wave((1.5-0.3*float64(i))*gib, 0.1*gib, float64(i)) })
	case has("working_set"):
		add(wave(3.8*gib, 0.4*gib, 0))
	case has("oom_events") && !has("clamp_min"):
		add(func(t time.Time) float64 {
			if t.Unix()%1200 < 60 {
				return 1
			}
			return 0
		})
	case has("receive_bytes"):
		add(wave(1.2e6, 3e5, 0))
	case has("transmit_bytes"):
		add(wave(4e5, 1e5, 2))
	case has("replicas_available"):
		add(flat(4))
	case has("spec_replicas"):
		add(flat(6))
	case has(`type="used"`):
		add(flat(0.61), desk.MetricLabel{Name: "resource", Value: "limits.cpu"})
		add(flat(0.48), desk.MetricLabel{Name: "resource", Value: "limits.memory"})
	case has("my_queue"):
		add(wave(20, 5, 0), desk.MetricLabel{Name: "__name__", Value: "my_queue"}, desk.MetricLabel{Name: "queue", Value: "mails"})
	}
	return out, nil
}

func (f *server) Labels(context.Context, string, string, desk.MetricRange) ([]string, error) {
	return []string{"__name__", "container", "namespace", "pod"}, nil
}

func (f *server) Values(_ context.Context, _, label, _ string, _ desk.MetricRange) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	if label != "__name__" {
		return []string{"one", "two"}, nil
	}
	var out []string
	for _, n := range []string{"container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "container_cpu_cfs_throttled_seconds_total", "kube_pod_container_status_restarts_total",
		"container_network_receive_bytes_total", "kube_deployment_status_replicas_available", "kube_resourcequota", "policy_report_result", "my_queue"} {
		if !f.missing[n] {
			out = append(out, n)
		}
	}
	return out, nil
}

func (f *server) Metadata(context.Context, string) (map[string]desk.MetricMeta, error) {
	return map[string]desk.MetricMeta{"container_cpu_usage_seconds_total": {Type: "counter"}, "kube_resourcequota": {Type: "gauge"}}, nil
}

// backend is the fixture with metrics.
type backend struct {
	*uitest.Backend
	reach desk.MetricsReach
}

func (b *backend) Metrics(string) desk.MetricsReach { return b.reach }

// open opens the metrics of agendaprefs' production and waits until all is read; f may be nil: no source.
func open(t testing.TB, o ui.Options, f *server) *uitest.Session {
	t.Helper()
	b := &backend{Backend: uitest.NewBackend(7)}
	if f != nil {
		b.reach = desk.MetricsReach{Metrics: f, Tenant: "prod-x"}
	}
	o.Backend = b
	s := uitest.OpenWith(t, o)
	s.Press("7", "/")
	s.Type("agendaprefs prod")
	s.Press("enter", "enter")
	if f != nil {
		settle(t, s)
	}
	return s
}

// settle waits until nothing is being read.
func settle(t testing.TB, s *uitest.Session) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		s.Send(ui.Wake())
		if screen := s.Screen(); !strings.Contains(screen, "lecture…") && !strings.Contains(screen, "reading…") && !strings.Contains(screen, "lecture~") {
			return
		}
		select {
		case <-s.Root.Bells():
		case <-ctx.Done():
			t.Fatalf("never settled:\n%s", s.Screen())
		}
	}
}
