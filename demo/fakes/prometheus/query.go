package prometheus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"dsotop/demo/fakes/tenant"
)

// queryData is the data of query and query_range.
type queryData struct {
	ResultType parser.ValueType `json:"resultType"`
	Result     any              `json:"result"`
	Stats      any              `json:"stats,omitempty"`
}

func (f *face) query(r *http.Request, set tenant.Set) answer {
	limit, err := limitParam(r)
	if err != nil {
		return badParam(err, "limit")
	}
	ts, err := timeParam(r, "time", f.w.Now())
	if err != nil {
		return badParam(err, "time")
	}
	ctx, cancel, err := withTimeout(r)
	if err != nil {
		return badParam(err, "timeout")
	}
	defer cancel()
	opts, err := queryOpts(r)
	if err != nil {
		return bad(err)
	}
	q, err := f.engine.NewInstantQuery(ctx, f.storage(set), opts, r.Form.Get("query"), ts)
	if err != nil {
		return badParam(err, "query")
	}
	return run(ctx, q, r, limit)
}

func (f *face) queryRange(r *http.Request, set tenant.Set) answer {
	limit, err := limitParam(r)
	if err != nil {
		return badParam(err, "limit")
	}
	start, err := parseTime(r.Form.Get("start"))
	if err != nil {
		return badParam(err, "start")
	}
	end, err := parseTime(r.Form.Get("end"))
	if err != nil {
		return badParam(err, "end")
	}
	if end.Before(start) {
		return badParam(errors.New("end timestamp must not be before start time"), "end")
	}
	step, err := parseDuration(r.Form.Get("step"))
	if err != nil {
		return badParam(err, "step")
	}
	if step <= 0 {
		return badParam(errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer"), "step")
	}
	if end.Sub(start)/step > 11000 {
		return bad(errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"))
	}
	ctx, cancel, err := withTimeout(r)
	if err != nil {
		return badParam(err, "timeout")
	}
	defer cancel()
	opts, err := queryOpts(r)
	if err != nil {
		return bad(err)
	}
	q, err := f.engine.NewRangeQuery(ctx, f.storage(set), opts, r.Form.Get("query"), start, end, step)
	if err != nil {
		return badParam(err, "query")
	}
	return run(ctx, q, r, limit)
}

func withTimeout(r *http.Request) (context.Context, context.CancelFunc, error) {
	s := r.Form.Get("timeout")
	if s == "" {
		return r.Context(), func() {}, nil
	}
	d, err := parseDuration(s)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), d)
	return ctx, cancel, nil
}

func queryOpts(r *http.Request) (promql.QueryOpts, error) {
	var back time.Duration
	if s := r.Form.Get("lookback_delta"); s != "" {
		d, err := parseDuration(s)
		if err != nil {
			return nil, fmt.Errorf("error parsing lookback delta duration: %w", err)
		}
		back = d
	}
	return promql.NewPrometheusQueryOpts(r.Form.Get("stats") == "all", back), nil
}

// run executes the query. The result is copied by the encoder before Close gives its memory back, so it is rendered here.
func run(ctx context.Context, q promql.Query, r *http.Request, limit int) answer {
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return failed(res.Err)
	}
	notes := res.Warnings
	out := queryData{ResultType: res.Value.Type()}
	truncated := false
	switch v := res.Value.(type) {
	case promql.Vector:
		if truncated = limit > 0 && len(v) > limit; truncated {
			v = v[:limit]
		}
		out.Result = slices.Clip(append(promql.Vector{}, v...))
	case promql.Matrix:
		if truncated = limit > 0 && len(v) > limit; truncated {
			v = v[:limit]
		}
		copied := make(promql.Matrix, len(v))
		for i, s := range v {
			copied[i] = promql.Series{Metric: s.Metric, Floats: slices.Clone(s.Floats), Histograms: s.Histograms}
		}
		out.Result = copied
	default:
		out.Result = v
	}
	if truncated {
		notes.Add(errTruncated())
	}
	if r.Form.Get("stats") != "" {
		out.Stats = map[string]any{
			"timings": map[string]float64{"evalTotalTime": 0, "resultSortTime": 0, "queryPreparationTime": 0, "innerEvalTime": 0, "execQueueTime": 0, "execTotalTime": 0},
			"samples": map[string]any{"totalQueryableSamples": q.Stats().Samples.TotalSamples, "peakSamples": q.Stats().Samples.PeakSamples},
		}
	}
	return answer{data: out, notes: notes, query: r.Form.Get("query")}
}

func (f *face) formatQuery(r *http.Request, _ tenant.Set) answer {
	expr, err := f.parser.ParseExpr(r.Form.Get("query"))
	if err != nil {
		return badParam(err, "query")
	}
	return answer{data: expr.Pretty(0)}
}

func (f *face) exemplars(r *http.Request, _ tenant.Set) answer {
	if _, err := f.parser.ParseExpr(r.Form.Get("query")); err != nil {
		return bad(err)
	}
	return answer{data: []any{}}
}

// span reads start, end, limit and match[] of the metadata calls.
func (f *face) span(r *http.Request) (start, end int64, limit int, sets [][]*labels.Matcher, fail *answer) {
	refuse := func(a answer) (int64, int64, int, [][]*labels.Matcher, *answer) { return 0, 0, 0, nil, &a }
	limit, err := limitParam(r)
	if err != nil {
		return refuse(badParam(err, "limit"))
	}
	from, err := timeParam(r, "start", time.Unix(minTime, 0))
	if err != nil {
		return refuse(badParam(err, "start"))
	}
	to, err := timeParam(r, "end", time.Unix(maxTime, 0))
	if err != nil {
		return refuse(badParam(err, "end"))
	}
	sets, err = f.matchers(r)
	if err != nil {
		return refuse(badParam(err, "match[]"))
	}
	return from.UnixMilli(), to.UnixMilli(), limit, sets, nil
}

func (f *face) series(r *http.Request, set tenant.Set) answer {
	if len(r.Form["match[]"]) == 0 {
		return bad(errors.New("no match[] parameter provided"))
	}
	start, end, limit, sets, refused := f.span(r)
	if refused != nil {
		return *refused
	}
	q := f.querier(set, start, end)
	seen := map[uint64]bool{}
	found := []labels.Labels{}
	var notes answer
	for _, m := range sets {
		s := q.Select(r.Context(), true, &storage.SelectHints{Start: start, End: end, Func: "series"}, m...)
		for s.Next() {
			l := s.At().Labels()
			if h := l.Hash(); !seen[h] {
				seen[h] = true
				found = append(found, l)
			}
		}
		if err := s.Err(); err != nil {
			return failed(err)
		}
	}
	if limit > 0 && len(found) > limit {
		found = found[:limit]
		notes.notes.Add(errTruncated())
	}
	return answer{data: found, notes: notes.notes}
}

func (f *face) labelNames(r *http.Request, set tenant.Set) answer {
	return f.listing(r, func(q *querier, m []*labels.Matcher) ([]string, error) {
		names, _, err := q.LabelNames(r.Context(), nil, m...)
		return names, err
	}, set)
}

func (f *face) labelValues(r *http.Request, set tenant.Set) answer {
	name := r.PathValue("name")
	if !model.UTF8Validation.IsValidLabelName(name) {
		return bad(fmt.Errorf("invalid label name: %q", name))
	}
	return f.listing(r, func(q *querier, m []*labels.Matcher) ([]string, error) {
		values, _, err := q.LabelValues(r.Context(), name, nil, m...)
		return values, err
	}, set)
}

func (f *face) listing(r *http.Request, list func(*querier, []*labels.Matcher) ([]string, error), set tenant.Set) answer {
	start, end, limit, sets, refused := f.span(r)
	if refused != nil {
		return *refused
	}
	q := f.querier(set, start, end)
	if len(sets) == 0 {
		sets = [][]*labels.Matcher{nil}
	}
	seen := map[string]bool{}
	for _, m := range sets {
		found, err := list(q, m)
		if err != nil {
			return failed(err)
		}
		for _, s := range found {
			seen[s] = true
		}
	}
	out := slices.Sorted(maps.Keys(seen))
	if out == nil {
		out = []string{}
	}
	a := answer{}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
		a.notes.Add(errTruncated())
	}
	a.data = out
	return a
}
