package environment

import (
	"context"
	"math"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// The plots are of an hour, in points three minutes apart; they are asked for again when a minute has passed.
const (
	plotSpan  = time.Hour
	plotStep  = 3 * time.Minute
	plotEvery = time.Minute
)

// The plots that metrics answer.
const (
	plotCPU = iota
	plotMemory
	plotNetwork
	plotRestarts
	plotCount
)

// expression is the question of a plot; increases span a step, so that the bars add up.
func expression(plot int, namespace string) string {
	in := `{namespace="` + namespace + `"`
	switch plot {
	case plotCPU:
		return `sum(rate(container_cpu_usage_seconds_total` + in + `,container!=""}[5m]))`
	case plotMemory:
		return `sum(container_memory_working_set_bytes` + in + `,container!=""})`
	case plotNetwork:
		return `sum(rate(container_network_receive_bytes_total` + in + `}[5m])) + sum(rate(container_network_transmit_bytes_total` + in + `}[5m]))`
	}
	return `round(sum(increase(kube_pod_container_status_restarts_total` + in + `}[3m])))`
}

// measured is what metrics said of a namespace.
type measured struct {
	until  time.Time
	series [plotCount][]float64 // nil: not told
	policy []policy             // nil with told: there is no report
	told   bool                 // the reports were answered
	why    *platform.SourceHealth
	silent bool // nobody can be asked
}

// measure asks for the plots and the reports, when those that are there are old, or of another instant.
func (p *Page) measure() {
	if p.facts == nil || p.fetch.Busy("measures") {
		return
	}
	until := p.env.Now()
	if !p.env.Pin.IsZero() {
		until = p.env.Pin
	}
	if d := until.Sub(p.asked); !p.asked.IsZero() && d >= 0 && d < plotEvery {
		return
	}
	var reach desk.MetricsReach
	if b, ok := p.env.Backend.(page.Meters); ok {
		reach = b.Metrics(p.key)
	}
	p.asked = until
	if reach.Metrics == nil {
		p.measured = measured{silent: true}
		return
	}
	namespace := p.key
	p.fetch.Ask("measures", func(ctx context.Context) (any, error) { return readMeasures(ctx, reach, namespace, until) }, func(v any, err error) {
		m, ok := v.(measured)
		if !ok {
			h := reach.Health(err)
			m = measured{until: until, why: &h}
		}
		p.measured = m
	})
}

// readMeasures asks one question after the other: they are small. A plot that fails is left out; the first failure is told.
func readMeasures(ctx context.Context, reach desk.MetricsReach, namespace string, until time.Time) (measured, error) {
	m := measured{until: until}
	note := func(err error) {
		if err != nil && m.why == nil {
			h := reach.Health(err)
			m.why = &h
		}
	}
	r := desk.MetricRange{From: until.Add(-plotSpan), To: until, Step: plotStep}
	for i := range plotCount {
		a, err := reach.Metrics.Range(ctx, desk.MetricAsk{Tenant: reach.Tenant, Expr: expression(i, namespace)}, r)
		note(err)
		if err == nil && len(a.Series) > 0 {
			m.series[i] = onGrid(a.Series[0].Samples, r)
		}
		if ctx.Err() != nil {
			return m, ctx.Err()
		}
	}
	a, err := reach.Metrics.Instant(ctx, desk.MetricAsk{Tenant: reach.Tenant, Expr: policyExpression(namespace)}, until)
	note(err)
	if err == nil {
		m.told, m.policy = true, policiesOf(a)
	}
	return m, nil
}

// onGrid puts samples into the slots of a range; what was not sampled is a gap.
func onGrid(samples []desk.Sample, r desk.MetricRange) []float64 {
	out := make([]float64, int(r.To.Sub(r.From)/r.Step)+1)
	for i := range out {
		out[i] = math.NaN()
	}
	for _, s := range samples {
		if i := int(math.Round(float64(s.At.Sub(r.From)) / float64(r.Step))); i >= 0 && i < len(out) {
			out[i] = s.Value
		}
	}
	return out
}

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

// Unsettled reports whether the plots are of another instant than the one that the session looks at.
func (p *Page) Unsettled() bool { return p.facts != nil && p.pinned != p.env.Pin }

// Settle asks for those of that instant.
func (p *Page) Settle() {
	p.pinned, p.asked = p.env.Pin, time.Time{}
	p.fetch.Stop("measures")
	p.measure()
}

// miniRoom is the least room in which four plots in two lines say more than one line.
const miniRoom = 26

// minis are the four plots in two lines: what is used, the last hour, and a tick where something was deployed.
func (p *Page) minis(w int) []string {
	e, ew, pw := p.env, p.env.Words.Environment, p.env.Words.Policies
	cpu, mem := pane.Use(p.facts)
	until := p.measured.until
	behind := !e.Pin.IsZero() && !until.Equal(e.Pin) // what was measured is of another instant
	if behind {
		until = e.Pin
	}
	if p.facts.Usage != nil && e.Pin.IsZero() && !p.facts.Usage.At.IsZero() {
		until = p.facts.Usage.At
	}
	if until.IsZero() {
		until = e.Now()
	}
	deployed := pane.Deployed(p.facts)
	cell := max((w-25)/2, 30)
	value := min(19, cell-20)
	one := func(pen *style.Pen, name, now string, nowRole, role style.Role, values []float64, top float64) {
		pen.Column(cell).Space(1).Put(style.Faint, name).Space(max(10-block.Width(name), 1))
		pen.Put(nowRole, now).Space(max(value-block.Width(now), 1))
		if len(values) > 0 {
			pane.Mini(e, pen, "", "", role, values, top, max(pen.Left()-3, 0), until.Add(-plotSpan), until, deployed)
		}
		pen.EndColumn()
	}
	used := func(pen *style.Pen, name string, u pane.Used, role style.Role, plot int, write func(float64) string, hard string) {
		series, top := u.Series, 1.0
		if u.Hard <= 0 {
			top = 0
		}
		now, nowRole := e.Glyphs.Unknown, style.Unknown
		if asked := p.measured.series[plot]; asked != nil && (!e.Pin.IsZero() || p.facts.Usage == nil) {
			series, top = asked, u.Hard
			u.Value = asked[len(asked)-1]
			u.Share = math.NaN()
			if u.Hard > 0 {
				u.Share = u.Value / u.Hard
			}
		}
		switch {
		case behind:
			now, nowRole, series = e.Glyphs.Loading, style.Running, nil
		case !math.IsNaN(u.Share):
			now, nowRole = e.Words.Percent(u.Share)+" "+ew.Of+" "+hard, chart.Level(u.Share)
		case !math.IsNaN(u.Value):
			now, nowRole = write(u.Value), style.Text
		}
		one(pen, name, now, nowRole, role, series, top)
	}
	first := e.Pen(w)
	used(first, e.Words.Fleet.CPU, cpu, style.Chart1, plotCPU, e.Words.CPU, e.Words.Cores(cpu.Hard))
	used(first, e.Words.Fleet.Memory, mem, style.Chart2, plotMemory, e.Words.Bytes, e.Words.Bytes(mem.Hard))
	if fill, name := p.fill(); name != "" {
		first.Put(style.Faint, ew.QuotaAsked+" ").Put(chart.Level(fill), e.Words.Percent(fill))
	}
	second := e.Pen(w)
	asked := func(name string, plot int, role style.Role, write func([]float64) string) {
		values := p.measured.series[plot]
		if behind {
			values = nil
		}
		now, nowRole := e.Glyphs.Unknown, style.Unknown
		switch {
		case values != nil:
			now, nowRole = write(values), style.Text
		case p.fetch.Busy("measures"):
			now, nowRole = e.Glyphs.Loading, style.Running
		case p.measured.silent:
			now, nowRole = e.Words.State[platform.StateNotConfigured].Word, style.Faint
		}
		one(second, name, now, nowRole, role, values, 0)
	}
	asked(pw.Network, plotNetwork, style.Series1, func(v []float64) string {
		if last := v[len(v)-1]; !math.IsNaN(last) {
			return e.Words.Bytes(last) + "/s"
		}
		return e.Glyphs.None
	})
	asked(pw.Restarts, plotRestarts, style.Warn, func(v []float64) string {
		n := 0.0
		for _, x := range v {
			if !math.IsNaN(x) {
				n += x
			}
		}
		return pw.RestartsIn(int(math.Round(n)))
	})
	for _, at := range deployed {
		if !at.Before(until.Add(-plotSpan)) && !at.After(until) {
			second.Put(style.Info, e.Glyphs.Tick).Put(style.Faint, " "+pw.Deploys+" "+e.Words.When(at, e.Now()))
			break
		}
	}
	return []string{first.Line(), second.Line()}
}

// fill is how full the fullest quota is of what is reserved, and of which resource.
func (p *Page) fill() (fill float64, name string) {
	for _, q := range p.facts.Quotas {
		if r, n := q.Fill(); n != "" && r >= fill {
			fill, name = r, n
		}
	}
	return fill, name
}

// triangle is the way from the project's pool to what is really used.
func (p *Page) triangle(w int) []string {
	out := []string{pane.Head(p.env, w, p.env.Words.Policies.FromPool)}
	out = append(out, pane.Triangle(p.env, p.row, p.facts, w)...)
	return append(out, strings.Repeat(" ", w))
}
