package prometheus

import (
	"context"
	"maps"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

const (
	lookback = 5 * time.Minute
	scrape   = 15 * time.Second    // the grid of samples
	history  = 15 * 24 * time.Hour // what is kept
)

// querier computes samples on the scrape grid when they are asked for; nothing is stored.
type querier struct {
	w          *world.World
	set        tenant.Set
	mint, maxt int64
}

func (f *face) storage(set tenant.Set) storage.Queryable {
	return storage.QueryableFunc(func(mint, maxt int64) (storage.Querier, error) {
		return f.querier(set, mint, maxt), nil
	})
}

func (f *face) querier(set tenant.Set, mint, maxt int64) *querier {
	return &querier{w: f.w, set: set, mint: mint, maxt: maxt}
}

// names are the metrics that the matchers of __name__ leave.
func (q *querier) names(matchers []*labels.Matcher) []string {
	var out []string
	for _, name := range q.w.MetricNames() {
		if matches(matchers, model.MetricNameLabel, name) {
			out = append(out, name)
		}
	}
	return out
}

func matches(matchers []*labels.Matcher, label, value string) bool {
	for _, m := range matchers {
		if m.Name == label && !m.Matches(value) {
			return false
		}
	}
	return true
}

// fitting checks every matcher but that of the name.
func fitting(matchers []*labels.Matcher) func(map[string]string) bool {
	return func(set map[string]string) bool {
		for _, m := range matchers {
			if m.Name != model.MetricNameLabel && !m.Matches(set[m.Name]) {
				return false
			}
		}
		return true
	}
}

// Select computes the series that match, at the points of the grid that the hints need.
func (q *querier) Select(ctx context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	at := q.grid(hints)
	if len(at) == 0 {
		return storage.EmptySeriesSet()
	}
	fits := fitting(matchers)
	var out []storage.Series
	for _, name := range q.names(matchers) {
		if err := ctx.Err(); err != nil {
			return storage.ErrSeriesSet(err)
		}
		for _, s := range q.w.SeriesFor(name, q.set.Has, fits, at) {
			if entry := toSeries(name, s, at); entry != nil {
				out = append(out, entry)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return labels.Compare(out[i].Labels(), out[j].Labels()) < 0 })
	return &seriesSet{series: out, next: -1}
}

// grid is the times to compute, oldest first. A plain selector of one instant needs only the newest point; one with coarse
// steps only the point before each step; a range needs them all, thinned when it is long.
func (q *querier) grid(hints *storage.SelectHints) []time.Time {
	start, end := q.mint, q.maxt
	if hints != nil {
		start, end = hints.Start, hints.End
	}
	now := q.w.Now()
	end = min(end, now.UnixMilli())
	start = max(start, now.Add(-history).UnixMilli())
	if end < start {
		return nil
	}
	step := scrape.Milliseconds()
	last := end - end%step
	if last < start {
		return nil
	}
	if hints == nil || hints.Func == "series" {
		return []time.Time{time.UnixMilli(last).UTC()}
	}
	switch span := time.Duration(end-start) * time.Millisecond; {
	case hints.Range == 0 && span <= lookback:
		return []time.Time{time.UnixMilli(last).UTC()}
	case hints.Range == 0 && hints.Step > step:
		var out []time.Time
		first := hints.Start - 1 + lookback.Milliseconds()
		for t := first; t < end+hints.Step; t += hints.Step {
			if p := min(t, end) - min(t, end)%step; p >= start {
				out = append(out, time.UnixMilli(p).UTC())
			}
		}
		return slices.CompactFunc(out, time.Time.Equal)
	case span > 24*time.Hour:
		step *= 16
	case span > 6*time.Hour:
		step *= 4
	case span > 90*time.Minute:
		step *= 2
	}
	first := (start + step - 1) / step * step
	out := make([]time.Time, 0, (last-first)/step+2)
	for t := first; t <= last; t += step {
		out = append(out, time.UnixMilli(t).UTC())
	}
	return out
}

// toSeries drops absent points, marking the end of each presence as a scrape that finds nothing does. nil when never present.
func toSeries(name string, s world.Series, at []time.Time) storage.Series {
	samples := make([]chunks.Sample, 0, len(at))
	present, ever := false, false
	for i, v := range s.Values {
		switch {
		case !math.IsNaN(v):
			samples = append(samples, sample{at[i].UnixMilli(), v})
			present, ever = true, true
		case present:
			samples = append(samples, sample{at[i].UnixMilli(), math.Float64frombits(value.StaleNaN)})
			present = false
		}
	}
	if !ever {
		return nil
	}
	set := maps.Clone(s.Labels)
	set[model.MetricNameLabel] = name
	return storage.NewListSeries(labels.FromMap(set), samples)
}

// LabelValues lists the values of a label over the matching series.
func (q *querier) LabelValues(ctx context.Context, name string, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	seen := map[string]bool{}
	err := q.each(ctx, matchers, func(metric string, set map[string]string) {
		if name == model.MetricNameLabel {
			seen[metric] = true
		} else if v := set[name]; v != "" {
			seen[v] = true
		}
	})
	delete(seen, "")
	return slices.Sorted(maps.Keys(seen)), nil, err
}

// LabelNames lists the names of labels over the matching series.
func (q *querier) LabelNames(ctx context.Context, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	seen := map[string]bool{}
	err := q.each(ctx, matchers, func(_ string, set map[string]string) {
		seen[model.MetricNameLabel] = true
		for name, v := range set {
			if v != "" {
				seen[name] = true
			}
		}
	})
	delete(seen, world.TenantLabel)
	return slices.Sorted(maps.Keys(seen)), nil, err
}

// each shows the labels of every matching series without computing any: it refuses them all while it looks.
func (q *querier) each(ctx context.Context, matchers []*labels.Matcher, fn func(metric string, set map[string]string)) error {
	fits := fitting(matchers)
	for _, name := range q.names(matchers) {
		if err := ctx.Err(); err != nil {
			return err
		}
		q.w.SeriesFor(name, q.set.Has, func(set map[string]string) bool {
			if fits(set) {
				fn(name, set)
			}
			return false
		}, nil)
	}
	return nil
}

// Close has nothing to release.
func (q *querier) Close() error { return nil }

type sample struct {
	t int64
	v float64
}

func (s sample) T() int64                      { return s.t }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.v }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }

type seriesSet struct {
	series []storage.Series
	next   int
}

func (s *seriesSet) Next() bool                        { s.next++; return s.next < len(s.series) }
func (s *seriesSet) At() storage.Series                { return s.series[s.next] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }
