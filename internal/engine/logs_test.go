package engine_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/engine"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
)

// numberedPlatform serves the load of numbered lines, and an engine on it that knows its namespace.
func numberedPlatform(t testing.TB, rate int) (e *engine.Engine, ns, container string) {
	t.Helper()
	_, e, ns, container = numberedServer(t, rate)
	return e, ns, container
}

func numberedServer(t testing.TB, rate int) (p *demo.Platform, e *engine.Engine, ns, container string) {
	t.Helper()
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Logs, Dir: t.TempDir(), Calm: true, LogRate: rate, Faults: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	e, err = engine.New(engine.Options{Profile: loaded(t, p.Config, "demo"), Pace: 20})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	t.Cleanup(e.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	e.Settle(ctx)
	ns, container = p.World.LoadNamespace()
	return p, e, ns, container
}

// sequence counts numbers from the first that is seen.
type sequence struct {
	seen          map[int]int
	at            map[int]int64
	first, last   int
	lines, others int
}

func (q *sequence) take(lines []logs.Line) {
	if q.seen == nil {
		q.seen, q.at = map[int]int{}, map[int]int64{}
	}
	for _, l := range lines {
		_, rest, ok := strings.Cut(l.Text, "seq=")
		if !ok || len(rest) < 9 {
			q.others++
			continue
		}
		n, _ := strconv.Atoi(rest[:9])
		q.seen[n]++
		q.at[n] = l.At
		q.lines++
		if q.first == 0 || n < q.first {
			q.first = n
		}
		q.last = max(q.last, n)
	}
}

// edge is how many numbers at both ends may be of lines that are late.
const edge = 200

// lost counts the numbers that did not come, edges of late lines left out, and those that came more than once.
func (q *sequence) lost() (missing, twice int) {
	for n := q.first + edge; n < q.last-edge; n++ {
		switch q.seen[n] {
		case 0:
			missing++
		case 1:
		default:
			twice++
		}
	}
	return missing, twice
}

// unsaid are the runs of numbers that did not come although nothing says so; the edges of late lines are left out.
func (q *sequence) unsaid(said []logs.Notice) (out []string) {
	for n := q.first + edge; n < q.last-edge; n++ {
		from := n
		for n < q.last-edge && q.seen[n] == 0 {
			n++
		}
		if n == from {
			continue
		}
		before, behind := q.at[from-1], q.at[n] // 0: at an edge
		told := false
		for _, x := range said {
			told = told || x.From <= before+1 && (behind == 0 || behind <= x.To)
		}
		if !told {
			out = append(out, fmt.Sprintf("%d…%d", from, n-1))
		}
	}
	return out
}

// Every origin of a namespace gives every line of a container that writes 2,000 a second.
func TestLogsOfEveryOrigin(t *testing.T) {
	const rate, wanted = 2000, 3000
	e, ns, container := numberedPlatform(t, rate)
	r := e.Logs(logs.Subject{Namespace: ns, Containers: []string{container}})
	production, _ := platform.Tenants("6a1b52c4-53f0-4f0e-9d0a-6f4c1d2a7b90")
	if r.History == nil || r.Tenant != production || len(r.Live) != 2 || r.Live[0].Origin() != logs.OriginKubernetes || r.Live[1].Origin() != logs.OriginArgo || r.Live[1].Ask.Application == "" {
		t.Fatalf("%+v", r)
	}
	run := func(name string, follow func(ctx context.Context, sink func(logs.Batch) error) error) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var q sequence
			dropped := int64(0)
			err := follow(ctx, func(b logs.Batch) error {
				q.take(b.Lines)
				for _, n := range b.Notices {
					if n.Kind != logs.NoticeDropped {
						t.Errorf("%+v", n)
					}
					dropped += n.Count
				}
				if q.lines >= wanted {
					cancel()
				}
				return nil
			})
			if missing, twice := q.lost(); err != nil || int64(missing) > dropped || twice > 0 || q.others > 0 {
				t.Errorf("%d of %d…%d are missing, %d told, %d came twice: %v", missing, q.first, q.last, dropped, twice, err)
			}
		})
	}
	run("loki", func(ctx context.Context, sink func(logs.Batch) error) error {
		return r.History.Tail(ctx, logs.Ask{Tenant: r.Tenant, Query: logs.Subject{Namespace: ns, Containers: []string{container}}.Selector(), From: time.Now().Add(-time.Second).UnixNano()}, sink)
	})
	for _, live := range r.Live {
		run(live.Name(), func(ctx context.Context, sink func(logs.Batch) error) error {
			ask := live.Ask
			ask.Follow, ask.Since = true, time.Now().Add(-time.Second).UnixNano()
			return live.Lines(ctx, ask, sink)
		})
	}
}

func TestLogsReach(t *testing.T) {
	_, profile := platformOf(t, "team")
	e := start(t, engine.Options{Profile: profile})
	v := settle(t, e)
	env, ok := v.Environment("guichet", "prod")
	if !ok {
		t.Fatal("no production of guichet")
	}
	// A team has no cluster: Argo CD is its live origin.
	r := e.Logs(logs.Subject{Namespace: env.Namespace})
	if r.History == nil || !strings.HasPrefix(r.Tenant, "prod-") || len(r.Live) != 1 || r.Live[0].Origin() != logs.OriginArgo || r.Live[0].Ask.Namespace != env.Namespace {
		t.Errorf("%+v", r)
	}
	if r := e.Logs(logs.Subject{Namespace: env.Namespace, LogQL: `{namespace="x"}`}); len(r.Live) != 0 || r.History == nil || !strings.HasPrefix(r.Tenant, "prod-") {
		t.Errorf("a query of one's own: %+v", r)
	}
	if r := e.Logs(logs.Subject{Namespace: "nobody-knows"}); len(r.Live) != 0 || r.History == nil {
		t.Errorf("unknown: %+v", r)
	}
	got, err := r.History.Range(t.Context(), logs.Ask{Tenant: r.Tenant, Query: logs.Subject{Namespace: env.Namespace}.Selector(), From: time.Now().Add(-time.Minute).UnixNano(), To: time.Now().UnixNano(), Limit: 10})
	if err != nil || len(got.Lines) != 10 {
		t.Errorf("%d lines, %v", len(got.Lines), err)
	}
	_, err = r.History.Range(t.Context(), logs.Ask{Tenant: "prod-nobody", Query: "{", From: 1, To: 2})
	if h := r.Health("loki", err); h.Name != "loki" || h.Detail == "" {
		t.Errorf("%+v", h)
	}
}

// BenchmarkLogsLive is one second of 20,000 lines through each origin, the simulated server included.
func BenchmarkLogsLive(b *testing.B) {
	const rate = 20_000
	e, ns, container := numberedPlatform(b, rate)
	r := e.Logs(logs.Subject{Namespace: ns, Containers: []string{container}})
	measure := func(name string, follow func(ctx context.Context, sink func(logs.Batch) error) error) {
		b.Run(name, func(b *testing.B) {
			var q sequence
			var dropped int64
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			err := follow(ctx, func(batch logs.Batch) error {
				q.take(batch.Lines)
				for _, n := range batch.Notices {
					dropped += n.Count
				}
				if q.lines >= rate*b.N {
					cancel()
				}
				return nil
			})
			if err != nil {
				b.Error(err)
			}
			missing, twice := q.lost()
			b.ReportMetric(float64(missing), "missing")
			b.ReportMetric(float64(twice), "twice")
			b.ReportMetric(float64(dropped), "told")
		})
	}
	measure("loki", func(ctx context.Context, sink func(logs.Batch) error) error {
		return r.History.Tail(ctx, logs.Ask{Tenant: r.Tenant, Query: logs.Subject{Namespace: ns, Containers: []string{container}}.Selector(), From: time.Now().UnixNano()}, sink)
	})
	for _, live := range r.Live {
		measure(strings.ReplaceAll(live.Name(), "/", "-"), func(ctx context.Context, sink func(logs.Batch) error) error {
			ask := live.Ask
			ask.Follow, ask.Since = true, time.Now().UnixNano()
			return live.Lines(ctx, ask, sink)
		})
	}
}
