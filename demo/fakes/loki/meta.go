package loki

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
)

func (f *face) labels(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	f.listing(rw, r, set, func(s map[string]string, add func(string)) {
		for name := range s {
			add(name)
		}
	})
}

func (f *face) labelValues(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	name := r.PathValue("name")
	f.listing(rw, r, set, func(s map[string]string, add func(string)) {
		if v, ok := s[name]; ok {
			add(v)
		}
	})
}

func (f *face) listing(rw http.ResponseWriter, r *http.Request, set tenant.Set, each func(map[string]string, func(string))) {
	if _, _, err := f.bounds(r); err != nil {
		fail(rw, err)
		return
	}
	ms, err := logql.ParseMatchers(r.Form.Get("query"))
	if err != nil {
		fail(rw, err)
		return
	}
	seen := map[string]bool{}
	for _, s := range f.source(set).streams(ms) {
		each(s, func(v string) { seen[v] = true })
	}
	body := map[string]any{"status": "success"}
	if len(seen) > 0 { // Loki leaves data out when there is none
		body["data"] = slices.Sorted(maps.Keys(seen))
	}
	reply(rw, body)
}

func (f *face) series(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	if _, _, err := f.bounds(r); err != nil {
		fail(rw, err)
		return
	}
	groups := append(slices.Clone(r.Form["match[]"]), r.Form["match"]...)
	if len(groups) == 0 {
		groups = []string{""}
	}
	out := []map[string]string{}
	seen := map[string]bool{}
	for _, g := range groups {
		ms, err := logql.ParseMatchers(g)
		if err != nil {
			fail(rw, err)
			return
		}
		for _, s := range f.source(set).streams(ms) {
			if k := logql.Key(s); !seen[k] {
				seen[k] = true
				out = append(out, s)
			}
		}
	}
	success(rw, out)
}

// estimate says how many lines and bytes each matching stream has in a range, from a few short windows of it: the index of a
// real Loki only estimates, too.
func (f *face) estimate(ctx context.Context, set tenant.Set, ms []*labels.Matcher, from, to time.Time) (map[*logql.Stream][2]float64, error) {
	const width = 20 * time.Second
	windows := time.Duration(6)
	src := f.source(set)
	if len(src.origins(ms)) > 200 {
		windows = 2
	}
	out := map[*logql.Stream][2]float64{}
	byKey := map[string]*logql.Stream{}
	span, scale := to.Sub(from), 1.0
	ranges := [][2]time.Time{{from, to}}
	if span > windows*width {
		ranges = nil
		for i := range windows {
			a := from.Add(span / windows * i)
			ranges = append(ranges, [2]time.Time{a, a.Add(width)})
		}
		scale = float64(span) / float64(windows*width)
	}
	for _, w := range ranges {
		err := src.Scan(ctx, ms, w[0], w[1], func(s *logql.Stream, _ int64, line string) {
			k := s.Labels["cluster"] + "\x00" + s.Labels["job"] + "\x00" + s.Labels["stream"]
			if byKey[k] == nil {
				byKey[k] = s
			}
			v := out[byKey[k]]
			out[byKey[k]] = [2]float64{v[0] + scale, v[1] + scale*float64(len(line))}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// selection reads the query and the bounds of the index calls.
func (f *face) selection(r *http.Request) (ms []*labels.Matcher, start, end time.Time, err error) {
	if ms, err = logql.ParseMatchers(r.Form.Get("query")); err != nil {
		return
	}
	start, end, err = f.bounds(r)
	return
}

func (f *face) indexStats(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	ms, start, end, err := f.selection(r)
	if err != nil {
		fail(rw, err)
		return
	}
	found, err := f.estimate(r.Context(), set, ms, start, end)
	if err != nil {
		fail(rw, err)
		return
	}
	var lines, bytes float64
	for _, v := range found {
		lines, bytes = lines+v[0], bytes+v[1]
	}
	chunks := len(found) * (1 + int(end.Sub(start)/time.Hour))
	reply(rw, map[string]int64{"streams": int64(len(found)), "chunks": int64(chunks), "bytes": int64(bytes), "entries": int64(lines)})
}

// volumes are bytes by label set (aggregateBy=series) or by label name (labels), the largest first.
func (f *face) volumes(r *http.Request, set tenant.Set, from, to time.Time, ms []*labels.Matcher) ([]vectorSample, error) {
	limit, err := limitOf(r, "limit", 100)
	if err != nil {
		return nil, err
	}
	byLabels := false
	switch s := r.Form.Get("aggregateBy"); s {
	case "", "series":
	case "labels":
		byLabels = true
	default:
		return nil, errors.New("invalid aggregation option")
	}
	found, err := f.estimate(r.Context(), set, ms, from, to)
	if err != nil {
		return nil, err
	}
	var targets []string
	if s := r.Form.Get("targetLabels"); s != "" {
		targets = strings.Split(s, ",")
	} else {
		for _, m := range ms {
			targets = append(targets, m.Name)
		}
	}
	sum := map[string]float64{}
	sets := map[string]map[string]string{}
	add := func(set map[string]string, bytes float64) {
		k := logql.Key(set)
		sum[k] += bytes
		sets[k] = set
	}
	for s, v := range found {
		group := map[string]string{}
		for _, name := range targets {
			if value := s.Labels[name]; value != "" {
				group[name] = value
			}
		}
		if !byLabels {
			add(group, v[1])
			continue
		}
		names := targets
		if len(r.Form.Get("targetLabels")) == 0 {
			names = slices.Sorted(maps.Keys(s.Base))
		}
		for _, n := range names {
			add(map[string]string{n: ""}, v[1])
		}
	}
	out := make([]vectorSample, 0, len(sum))
	for k, bytes := range sum {
		out = append(out, vectorSample{sets[k], point{to.UnixMilli(), float64(int64(bytes))}})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Value.v != out[j].Value.v {
			return out[i].Value.v > out[j].Value.v
		}
		return logql.Key(out[i].Metric) < logql.Key(out[j].Metric)
	})
	return out[:min(limit, len(out))], nil
}

func (f *face) volume(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	ms, start, end, err := f.selection(r)
	var out []vectorSample
	if err == nil {
		out, err = f.volumes(r, set, start, end, ms)
	}
	if err != nil {
		fail(rw, err)
		return
	}
	success(rw, queryData{ResultType: "vector", Result: out, Stats: statistics(logql.Stats{}, len(out), 0)})
}

func (f *face) volumeRange(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	ms, start, end, err := f.selection(r)
	if err != nil {
		fail(rw, err)
		return
	}
	step := max(end.Sub(start)/60, time.Minute)
	if s := r.Form.Get("step"); s != "" {
		if step, err = parseStep(s); err != nil {
			fail(rw, err)
			return
		}
	}
	if step <= 0 || end.Sub(start)/step > maxPoints {
		fail(rw, errors.New("exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter"))
		return
	}
	byKey := map[string]*matrixSeries{}
	for t := start; t.Before(end); t = t.Add(step) {
		to := t.Add(step)
		if to.After(end) {
			to = end
		}
		found, err := f.volumes(r, set, t, to, ms)
		if err != nil {
			fail(rw, err)
			return
		}
		for _, s := range found {
			k := logql.Key(s.Metric)
			if byKey[k] == nil {
				byKey[k] = &matrixSeries{Metric: s.Metric}
			}
			byKey[k].Values = append(byKey[k].Values, point{to.UnixMilli(), s.Value.v})
		}
	}
	out := make([]matrixSeries, 0, len(byKey))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, *byKey[k])
	}
	success(rw, queryData{ResultType: "matrix", Result: out, Stats: statistics(logql.Stats{}, len(out), 0)})
}

func (f *face) detectedLabels(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	ms, _, _, err := f.selection(r)
	if err != nil {
		fail(rw, err)
		return
	}
	values := map[string]map[string]bool{}
	for _, s := range f.source(set).streams(ms) {
		for k, v := range s {
			if values[k] == nil {
				values[k] = map[string]bool{}
			}
			values[k][v] = true
		}
	}
	type detected struct {
		Label       string `json:"label"`
		Cardinality int    `json:"cardinality"`
	}
	out := []detected{}
	for _, k := range slices.Sorted(maps.Keys(values)) {
		out = append(out, detected{k, len(values[k])})
	}
	reply(rw, map[string]any{"detectedLabels": out})
}
