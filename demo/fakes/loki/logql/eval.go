package logql

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// PipelineError says that a metric query met a line that its pipeline could not read.
type PipelineError struct{ Kind, Series string }

func (e *PipelineError) Error() string {
	return fmt.Sprintf("pipeline error: '%s' for series: '%s'.\nUse a label filter to intentionally skip this error. (e.g | __error__!=\"%s\").\n"+
		"To skip all potential errors you can match empty errors.(e.g __error__=\"\")\nThe label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n",
		e.Kind, e.Series, e.Kind)
}

// Sample is one value of a series.
type Sample struct {
	Labels map[string]string
	Value  float64
	key    string
}

// Series is the points of a range query; At in Unix milliseconds.
type Series struct {
	Labels map[string]string
	At     []int64
	Values []float64
}

// Instant evaluates a metric query at one moment. scalar is set, and the samples are nil, when it is only a number.
func Instant(ctx context.Context, src Source, e Expr, at time.Time) (samples []Sample, scalar *float64, st Stats, err error) {
	ev := &evaluator{data: map[*rangeAgg]*rangeData{}}
	if err := ev.load(ctx, src, e, at, at, &st); err != nil {
		return nil, nil, st, err
	}
	v := ev.eval(e, at)
	if v.scalar {
		return nil, &v.n, st, nil
	}
	return v.samples, nil, st, nil
}

// Range evaluates a metric query from start to end at every step, which is positive.
func Range(ctx context.Context, src Source, e Expr, start, end time.Time, step time.Duration) ([]Series, Stats, error) {
	var st Stats
	ev := &evaluator{data: map[*rangeAgg]*rangeData{}}
	if err := ev.load(ctx, src, e, start, end, &st); err != nil {
		return nil, st, err
	}
	byKey := map[string]*Series{}
	for t := start; !t.After(end); t = t.Add(step) {
		if err := ctx.Err(); err != nil {
			return nil, st, err
		}
		v := ev.eval(e, t)
		if v.scalar {
			v.samples = []Sample{{Labels: map[string]string{}, Value: v.n, key: "{}"}}
		}
		for _, s := range v.samples {
			series := byKey[s.key]
			if series == nil {
				series = &Series{Labels: s.Labels}
				byKey[s.key] = series
			}
			series.At = append(series.At, t.UnixMilli())
			series.Values = append(series.Values, s.Value)
		}
	}
	keys := make([]string, 0, len(byKey))
	for k := range byKey {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]Series, 0, len(keys))
	for _, k := range keys {
		out = append(out, *byKey[k])
	}
	return out, st, nil
}

// rangeData is what a range aggregation reads: the samples of its series in time order.
type rangeData struct {
	series []*rangeSeries
	absent map[string]string // labels of absent_over_time's answer
}

type rangeSeries struct {
	labels map[string]string
	key    string
	at     []int64
	v      []float64 // nil when every line counts as one
	lo, hi int       // the window; steps only go forward
}

type evaluator struct{ data map[*rangeAgg]*rangeData }

// load reads the lines of every range aggregation in the expression.
func (ev *evaluator) load(ctx context.Context, src Source, e Expr, start, end time.Time, st *Stats) error {
	switch x := e.(type) {
	case *vectorAgg:
		return ev.load(ctx, src, x.in, start, end, st)
	case *binary:
		if err := ev.load(ctx, src, x.lhs, start, end, st); err != nil {
			return err
		}
		return ev.load(ctx, src, x.rhs, start, end, st)
	case *rangeAgg:
		d, err := loadRange(ctx, src, x, start, end, st)
		ev.data[x] = d
		return err
	}
	return nil
}

func loadRange(ctx context.Context, src Source, x *rangeAgg, start, end time.Time, st *Stats) (*rangeData, error) {
	d := &rangeData{absent: map[string]string{}}
	for _, m := range x.log.Matchers {
		if m.Type == labels.MatchEqual {
			d.absent[m.Name] = m.Value
		}
	}
	p := newPipe(x.log.stages, st)
	byKey := map[string]*rangeSeries{}
	var failed error
	// The window is open at its start and closed at its end: one nanosecond more than Scan's half-open range.
	from, to := start.Add(-x.offset-x.interval+1), end.Add(-x.offset+1)
	err := src.Scan(ctx, x.log.Matchers, from, to, func(s *Stream, at int64, line string) {
		e, ok := p.run(s, at, line)
		if !ok || failed != nil {
			return
		}
		v, ok := x.value(&e)
		if !ok {
			return
		}
		if kind := e.get(errorLabel); kind != "" {
			failed = &PipelineError{Kind: kind, Series: Key(e.labels())}
			return
		}
		set, key := p.identity(s, &e)
		if x.group != nil {
			set, key = x.group.of(set)
		}
		series := byKey[key]
		if series == nil {
			series = &rangeSeries{labels: set, key: key}
			byKey[key] = series
			d.series = append(d.series, series)
		}
		series.at = append(series.at, at)
		if !x.counts() {
			series.v = append(series.v, v)
		}
	})
	if err == nil {
		err = failed
	}
	for _, s := range d.series {
		if !slices.IsSorted(s.at) {
			sort.Stable(s)
		}
	}
	sort.Slice(d.series, func(i, j int) bool { return d.series[i].key < d.series[j].key })
	return d, err
}

func (s *rangeSeries) Len() int           { return len(s.at) }
func (s *rangeSeries) Less(i, j int) bool { return s.at[i] < s.at[j] }
func (s *rangeSeries) Swap(i, j int) {
	s.at[i], s.at[j] = s.at[j], s.at[i]
	if s.v != nil {
		s.v[i], s.v[j] = s.v[j], s.v[i]
	}
}

// counts reports whether every line is worth one, so that values need not be kept.
func (x *rangeAgg) counts() bool {
	return x.unwrap == nil && (x.op == "count_over_time" || x.op == "rate" || x.op == "absent_over_time")
}

// value is the sample of a line: one, its length, or what unwrap finds. ok is false when the label to unwrap is absent.
func (x *rangeAgg) value(e *entry) (v float64, ok bool) {
	if x.unwrap == nil {
		if x.op == "bytes_rate" || x.op == "bytes_over_time" {
			return float64(len(e.line)), true
		}
		return 1, true
	}
	text := e.get(x.unwrap.label)
	if text == "" {
		return 0, false
	}
	var err error
	switch x.unwrap.conv {
	case "duration", "duration_seconds":
		var d time.Duration
		d, err = parseDuration(text)
		v = d.Seconds()
	case "bytes":
		b, fine := parseBytes(strings.ReplaceAll(text, " ", ""))
		if v = b; !fine {
			err = fmt.Errorf("strconv.ParseFloat: parsing %q: invalid syntax", text)
		}
	default:
		v, err = strconv.ParseFloat(text, 64)
	}
	e.drop(x.unwrap.label)
	if err != nil {
		e.set(errorLabel, "SampleExtractionErr")
		e.set(detailsLabel, err.Error())
	}
	for _, s := range x.unwrap.post {
		if !s.process(e) {
			return 0, false
		}
	}
	return v, true
}

// of is the group's labels and their canonical form.
func (g *grouping) of(set map[string]string) (map[string]string, string) {
	out := map[string]string{}
	switch {
	case g == nil:
	case g.without:
		for k, v := range set {
			if !slices.Contains(g.names, k) {
				out[k] = v
			}
		}
	default:
		for _, n := range g.names {
			if v := set[n]; v != "" {
				out[n] = v
			}
		}
	}
	return out, Key(out)
}

// value is what an expression is worth at a step: samples, or one number.
type value struct {
	samples []Sample
	scalar  bool
	n       float64
}

func (ev *evaluator) eval(e Expr, t time.Time) value {
	switch x := e.(type) {
	case literal:
		return value{scalar: true, n: x.v}
	case vector:
		return value{samples: []Sample{{Labels: map[string]string{}, Value: x.v, key: "{}"}}}
	case *rangeAgg:
		return value{samples: ev.data[x].at(x, t)}
	case *vectorAgg:
		return value{samples: x.aggregate(ev.eval(x.in, t).samples)}
	case *binary:
		return x.apply(ev.eval(x.lhs, t), ev.eval(x.rhs, t))
	}
	return value{}
}

func (d *rangeData) at(x *rangeAgg, t time.Time) []Sample {
	hi := t.Add(-x.offset).UnixNano()
	lo := hi - x.interval.Nanoseconds()
	var out []Sample
	for _, s := range d.series {
		for s.hi < len(s.at) && s.at[s.hi] <= hi {
			s.hi++
		}
		for s.lo < s.hi && s.at[s.lo] <= lo {
			s.lo++
		}
		if s.lo < s.hi {
			n := float64(s.hi - s.lo)
			switch {
			case !x.counts():
				n = x.reduce(s.v[s.lo:s.hi])
			case x.op == "rate":
				n /= x.interval.Seconds()
			}
			out = append(out, Sample{Labels: s.labels, Value: n, key: s.key})
		}
	}
	if x.op != "absent_over_time" {
		return out
	}
	if len(out) > 0 {
		return nil
	}
	return []Sample{{Labels: d.absent, Value: 1, key: Key(d.absent)}}
}

// reduce is the value of a window, which is never empty.
func (x *rangeAgg) reduce(v []float64) float64 {
	sum := 0.0
	for _, f := range v {
		sum += f
	}
	n := float64(len(v))
	switch x.op {
	case "rate", "bytes_rate", "rate_counter":
		return sum / x.interval.Seconds()
	case "avg_over_time":
		return sum / n
	case "max_over_time":
		return slices.Max(v)
	case "min_over_time":
		return slices.Min(v)
	case "first_over_time":
		return v[0]
	case "last_over_time":
		return v[len(v)-1]
	case "stddev_over_time":
		return math.Sqrt(variance(v, sum/n))
	case "stdvar_over_time":
		return variance(v, sum/n)
	case "quantile_over_time":
		return quantile(x.param, v)
	}
	return sum // sum_over_time, bytes_over_time
}

func variance(v []float64, mean float64) float64 {
	out := 0.0
	for _, f := range v {
		out += (f - mean) * (f - mean)
	}
	return out / float64(len(v))
}

func quantile(q float64, v []float64) float64 {
	switch {
	case math.IsNaN(q):
		return math.NaN()
	case q < 0:
		return math.Inf(-1)
	case q > 1:
		return math.Inf(1)
	}
	sorted := slices.Sorted(slices.Values(v))
	rank := q * float64(len(sorted)-1)
	lo := int(math.Floor(rank))
	hi := min(lo+1, len(sorted)-1)
	return sorted[lo] + (sorted[hi]-sorted[lo])*(rank-float64(lo))
}
