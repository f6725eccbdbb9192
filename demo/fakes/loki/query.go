package loki

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
)

// fail answers as Loki words an error: plain text, 400 for what the query did wrong.
func fail(rw http.ResponseWriter, err error) {
	code := http.StatusBadRequest
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		code = http.StatusGatewayTimeout
	case errors.Is(err, context.Canceled):
		code = 499 // what Loki calls a client that went away
	}
	http.Error(rw, err.Error(), code)
}

func parseTimestamp(s string, otherwise time.Time) (time.Time, error) {
	if s == "" {
		return otherwise, nil
	}
	if strings.Contains(s, ".") {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			sec, frac := math.Modf(v)
			return time.Unix(int64(sec), int64(math.Round(frac*1000)/1000*float64(time.Second))), nil
		}
	}
	nanos, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return t, nil
		}
		return time.Time{}, err
	}
	if len(s) <= 10 { // seconds, as people type them
		return time.Unix(nanos, 0), nil
	}
	return time.Unix(0, nanos), nil
}

func parseStep(s string) (time.Duration, error) {
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		ts := v * float64(time.Second)
		if ts > float64(math.MaxInt64) || ts < float64(math.MinInt64) {
			return 0, fmt.Errorf("cannot parse %q to a valid duration. It overflows int64", s)
		}
		return time.Duration(ts), nil
	}
	if d, err := model.ParseDuration(s); err == nil {
		return time.Duration(d), nil
	}
	return 0, fmt.Errorf("cannot parse %q to a valid duration", s)
}

// bounds reads start, end and since; the default is the last hour.
func (f *face) bounds(r *http.Request) (start, end time.Time, err error) {
	now, since := f.w.Now(), time.Hour
	if s := r.Form.Get("since"); s != "" {
		d, err := model.ParseDuration(s)
		if err != nil {
			return start, end, fmt.Errorf("could not parse 'since' parameter: %w", err)
		}
		since = time.Duration(d)
	}
	if end, err = parseTimestamp(r.Form.Get("end"), now); err != nil {
		return start, end, fmt.Errorf("could not parse 'end' parameter: %w", err)
	}
	last := end
	if last.After(now) {
		last = now
	}
	if start, err = parseTimestamp(r.Form.Get("start"), last.Add(-since)); err != nil {
		return start, end, fmt.Errorf("could not parse 'start' parameter: %w", err)
	}
	if end.Before(start) {
		return start, end, errors.New("end timestamp must not be before or equal to start time")
	}
	if d := end.Truncate(time.Millisecond).Sub(start.Truncate(time.Millisecond)); d > maxLength {
		return start, end, fmt.Errorf("the query time range exceeds the limit (query length: %s, limit: %s)", d, model.Duration(maxLength))
	}
	return start, end, nil
}

func limitOf(r *http.Request, name string, otherwise int) (int, error) {
	s := r.Form.Get(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, err
	}
	if n <= 0 {
		return 0, errors.New("limit must be a positive value")
	}
	return n, nil
}

func tooMany(n int) error {
	return fmt.Errorf("max entries limit per query exceeded, limit > max_entries_limit_per_query (%d > %d)", n, maxEntries)
}

func (f *face) queryRange(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	expr, err := logql.Parse(r.Form.Get("query"))
	if err != nil {
		fail(rw, err)
		return
	}
	start, end, err := f.bounds(r)
	if err != nil {
		fail(rw, err)
		return
	}
	limit, err := limitOf(r, "limit", 100)
	if err != nil {
		fail(rw, err)
		return
	}
	backward := true
	switch d := r.Form.Get("direction"); strings.ToUpper(d) {
	case "", "BACKWARD":
	case "FORWARD":
		backward = false
	default:
		fail(rw, fmt.Errorf("invalid direction '%s'", d))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), queryBudget)
	defer cancel()
	began := time.Now()
	src := f.source(set)
	if log, ok := expr.(*logql.Log); ok {
		if limit > maxEntries {
			fail(rw, tooMany(limit))
			return
		}
		found, st, err := logql.Select(ctx, src, log, start, end, limit, backward)
		if err != nil {
			fail(rw, err)
			return
		}
		apart := categorizes(r)
		data := queryData{ResultType: "streams", Result: toStreams(found, apart), Stats: statistics(st, len(found), time.Since(began))}
		if apart {
			data.EncodingFlags = []string{"categorize-labels"}
		}
		success(rw, data)
		return
	}
	step := time.Duration(max(math.Floor(end.Sub(start).Seconds()/250), 1)) * time.Second
	if s := r.Form.Get("step"); s != "" {
		if step, err = parseStep(s); err != nil {
			fail(rw, err)
			return
		}
	}
	if step <= 0 {
		fail(rw, errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer"))
		return
	}
	if end.Sub(start)/step > maxPoints {
		fail(rw, errors.New("exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter"))
		return
	}
	series, st, err := logql.Range(ctx, src, expr, start, end, step)
	if err != nil {
		fail(rw, err)
		return
	}
	matrix := make([]matrixSeries, 0, len(series))
	for _, s := range series {
		m := matrixSeries{Metric: s.Labels}
		for i := range s.At {
			m.Values = append(m.Values, point{s.At[i], s.Values[i]})
		}
		matrix = append(matrix, m)
	}
	success(rw, queryData{ResultType: "matrix", Result: matrix, Stats: statistics(st, len(series), time.Since(began))})
}

func (f *face) query(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	expr, err := logql.Parse(r.Form.Get("query"))
	if err != nil {
		fail(rw, err)
		return
	}
	at, err := parseTimestamp(r.Form.Get("time"), f.w.Now())
	if err != nil {
		fail(rw, err)
		return
	}
	if _, ok := expr.(*logql.Log); ok {
		fail(rw, errors.New("log queries are not supported as an instant query type, please change your query to a range query type"))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), queryBudget)
	defer cancel()
	began := time.Now()
	samples, scalar, st, err := logql.Instant(ctx, f.source(set), expr, at)
	if err != nil {
		fail(rw, err)
		return
	}
	stats := statistics(st, len(samples), time.Since(began))
	if scalar != nil {
		success(rw, queryData{ResultType: "scalar", Result: point{at.UnixMilli(), *scalar}, Stats: stats})
		return
	}
	out := make([]vectorSample, 0, len(samples))
	for _, s := range samples {
		out = append(out, vectorSample{s.Labels, point{at.UnixMilli(), s.Value}})
	}
	success(rw, queryData{ResultType: "vector", Result: out, Stats: stats})
}

func (f *face) formatQuery(rw http.ResponseWriter, r *http.Request, _ tenant.Set) {
	if _, err := logql.Parse(r.Form.Get("query")); err != nil {
		rw.Header().Set("Content-Type", "application/json; charset=UTF-8")
		rw.WriteHeader(http.StatusBadRequest)
		reply(rw, map[string]string{"status": "invalid-query", "error": err.Error()})
		return
	}
	success(rw, strings.TrimSpace(r.Form.Get("query")))
}

type queryData struct {
	ResultType    string         `json:"resultType"`
	EncodingFlags []string       `json:"encodingFlags,omitempty"`
	Result        any            `json:"result"`
	Stats         map[string]any `json:"stats"`
}

type matrixSeries struct {
	Metric map[string]string `json:"metric"`
	Values []point           `json:"values"`
}

type vectorSample struct {
	Metric map[string]string `json:"metric"`
	Value  point             `json:"value"`
}

// point is a value at a moment in Unix milliseconds: [seconds, "value"].
type point struct {
	at int64
	v  float64
}

// MarshalJSON writes the pair as Prometheus does.
func (p point) MarshalJSON() ([]byte, error) {
	v := strconv.FormatFloat(p.v, 'f', -1, 64)
	return []byte("[" + strconv.FormatFloat(float64(p.at)/1000, 'f', -1, 64) + `,"` + v + `"]`), nil
}

// statistics is the stats object; what this face does not have is zero.
func statistics(st logql.Stats, returned int, took time.Duration) map[string]any {
	sec := max(took.Seconds(), 1e-6)
	store := map[string]any{
		"totalChunksRef": 0, "totalChunksDownloaded": 0, "chunksDownloadTime": 0, "queryReferencedStructuredMetadata": false,
		"chunk": map[string]any{
			"headChunkBytes": 0, "headChunkLines": 0, "decompressedBytes": st.Bytes, "decompressedLines": st.Lines, "compressedBytes": st.Bytes / 8, "totalDuplicates": 0,
			"postFilterLines": st.Kept, "headChunkStructuredMetadataBytes": 0, "decompressedStructuredMetadataBytes": 0,
		},
		"chunkRefsFetchTime": 0, "congestionControlLatency": 0, "pipelineWrapperFilteredLines": 0,
	}
	return map[string]any{
		"summary": map[string]any{
			"bytesProcessedPerSecond": int64(float64(st.Bytes) / sec), "linesProcessedPerSecond": int64(float64(st.Lines) / sec),
			"totalBytesProcessed": st.Bytes, "totalLinesProcessed": st.Lines, "execTime": took.Seconds(), "queueTime": 0, "subqueries": 0,
			"totalEntriesReturned": returned, "splits": 1, "shards": 0, "totalPostFilterLines": st.Kept, "totalStructuredMetadataBytesProcessed": 0,
		},
		"querier":  map[string]any{"store": store},
		"ingester": map[string]any{"totalReached": 1, "totalChunksMatched": 0, "totalBatches": 1, "totalLinesSent": st.Kept, "store": store},
		"cache":    map[string]any{},
		"index":    map[string]any{"totalChunks": 0, "postFilterChunks": 0, "shardsDuration": 0, "usedBloomFilters": false},
	}
}
