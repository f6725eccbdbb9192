package loki

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"
	"github.com/grafana/loki/v3/pkg/logcli/volume"
	"github.com/grafana/loki/v3/pkg/loghttp"
	"github.com/prometheus/common/model"

	"dsotop/internal/logs"
	"dsotop/internal/sources/transport"
)

const (
	mostPoints  = 11_000 // Loki refuses a query with more points a series
	volumeSteps = 60
	volumeTop   = 100 // groups of a volume
)

// Metric implements logs.History. A step too fine for the server is made coarser; 0 lets the range decide.
func (s *Source) Metric(ctx context.Context, a logs.Ask, step time.Duration) ([]logs.Series, error) {
	if a.From >= a.To {
		return nil, nil
	}
	span := time.Duration(a.To - a.From)
	if step <= 0 {
		step = span / 100
	}
	// Whole seconds: Loki aligns the points of a split query to the step, and takes fractions as it likes.
	step = max(step, span/(mostPoints-1), time.Second).Round(time.Second)
	var out []logs.Series
	err := s.through(s.person(ctx, a.Tenant), a.Tenant, func(c client.Client) error {
		got, err := c.QueryRange(a.Query, s.Limit(), time.Unix(0, a.From), time.Unix(0, a.To), backward, step, 0, true)
		if err != nil {
			return err
		}
		var ok bool
		if out, ok = seriesOf(got.Data.Result); !ok {
			return errLines
		}
		return nil
	})
	return out, s.judge(err)
}

// errLines is the refusal of a query that gives lines where numbers are wanted.
var errLines = &logs.QueryError{Message: "this query gives lines, not numbers"} //nolint:gochecknoglobals // a sentinel

// seriesOf reads the numbers of an answer.
func seriesOf(result loghttp.ResultValue) ([]logs.Series, bool) {
	out := []logs.Series{}
	switch r := result.(type) {
	case nil:
	case loghttp.Matrix:
		for _, m := range r {
			one := logs.Series{Labels: labelsOf(m.Metric), Points: make([]logs.Point, 0, len(m.Values))}
			for _, v := range m.Values {
				one.Points = append(one.Points, pointOf(v.Timestamp, v.Value))
			}
			out = append(out, one)
		}
	case loghttp.Vector:
		for _, v := range r {
			out = append(out, logs.Series{Labels: labelsOf(v.Metric), Points: []logs.Point{pointOf(v.Timestamp, v.Value)}})
		}
	case loghttp.Scalar:
		out = append(out, logs.Series{Points: []logs.Point{pointOf(r.Timestamp, r.Value)}})
	default:
		return nil, false
	}
	return out, true
}

func pointOf(at model.Time, v model.SampleValue) logs.Point {
	return logs.Point{At: int64(at) * int64(time.Millisecond), Value: float64(v)}
}

// Volume implements logs.History: bytes over the range by container, from the index. ErrUnsupported where the server, or the gateway before
// it, has no such call.
func (s *Source) Volume(ctx context.Context, a logs.Ask) ([]logs.Series, error) {
	if a.From >= a.To {
		return nil, nil
	}
	var out []logs.Series
	err := s.through(s.person(ctx, a.Tenant), a.Tenant, func(c client.Client) error {
		got, err := c.GetVolumeRange(&volume.Query{
			QueryString: a.Query, Start: time.Unix(0, a.From), End: time.Unix(0, a.To), Limit: volumeTop, Quiet: true, TargetLabels: []string{"container"},
			Step: max(time.Duration(a.To-a.From)/volumeSteps, time.Second).Round(time.Second),
		})
		if err != nil {
			return err
		}
		out, _ = seriesOf(got.Data.Result)
		return nil
	})
	return out, s.offered(err)
}

// Size implements logs.History. ErrUnsupported as for Volume.
func (s *Source) Size(ctx context.Context, a logs.Ask) (logs.Size, error) {
	var out logs.Size
	if a.From >= a.To {
		return out, nil
	}
	err := s.through(s.person(ctx, a.Tenant), a.Tenant, func(c client.Client) error {
		got, err := c.GetStats(a.Query, time.Unix(0, a.From), time.Unix(0, a.To), true)
		if err != nil {
			return err
		}
		count := func(n uint64) int64 { return int64(min(n, math.MaxInt64)) } //nolint:gosec // bounded on the line itself
		out = logs.Size{Streams: count(got.Streams), Chunks: count(got.Chunks), Entries: count(got.Entries), Bytes: count(got.Bytes)}
		return nil
	})
	return out, s.offered(err)
}

// Fields implements logs.History.
func (s *Source) Fields(ctx context.Context, a logs.Ask) ([]logs.Field, error) {
	if a.From >= a.To {
		return nil, nil
	}
	const most, looked = 200, 1000
	out := []logs.Field{}
	err := s.through(s.person(ctx, a.Tenant), a.Tenant, func(c client.Client) error {
		got, err := c.GetDetectedFields(a.Query, "", most, min(looked, s.Limit()), time.Unix(0, a.From), time.Unix(0, a.To), 0, true)
		if err != nil {
			return err
		}
		for _, f := range got.Fields {
			out = append(out, logs.Field{Name: cleanWord(f.Label), Type: cleanWord(string(f.Type)), Parser: cleanWord(strings.Join(f.Parsers, ",")), Cardinality: int64(min(f.Cardinality, math.MaxInt64))}) //nolint:gosec // bounded
		}
		return nil
	})
	return out, s.offered(err)
}

// offered is judge for calls that not every server has.
func (s *Source) offered(err error) error {
	if err == nil {
		return nil
	}
	switch transport.FaultOf(err).Status {
	case http.StatusNotFound, http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return logs.ErrUnsupported
	}
	return s.judge(err)
}

// patternsAnswer is what /patterns says: samples are pairs of seconds and counts.
type patternsAnswer struct {
	Data []struct {
		Pattern string     `json:"pattern"`
		Level   string     `json:"level"`
		Samples [][2]int64 `json:"samples"`
	} `json:"data"`
}

// Patterns implements logs.History. logcli has no call for it. The most frequent come first, as the server sorts them.
func (s *Source) Patterns(ctx context.Context, a logs.Ask, step time.Duration) ([]logs.Pattern, error) {
	if a.From >= a.To {
		return nil, nil
	}
	q := url.Values{"query": {a.Query}, "start": {strconv.FormatInt(a.From, 10)}, "end": {strconv.FormatInt(a.To, 10)}}
	if step > 0 {
		q.Set("step", strconv.FormatInt(max(int64(step/time.Second), 1), 10)+"s")
	}
	var got patternsAnswer
	if err := s.get(ctx, a.Tenant, pathPatterns, q, &got); err != nil {
		return nil, s.offered(err)
	}
	out := make([]logs.Pattern, 0, len(got.Data))
	for _, p := range got.Data {
		one := logs.Pattern{Text: cleanWord(p.Pattern), Points: make([]logs.Point, 0, len(p.Samples))}
		one.Level, _ = logs.ParseLevel(p.Level)
		for _, sample := range p.Samples {
			one.Count += sample[1]
			one.Points = append(one.Points, logs.Point{At: sample[0] * int64(time.Second), Value: float64(sample[1])})
		}
		out = append(out, one)
	}
	return out, nil
}

// get asks what the client has no method for.
func (s *Source) get(ctx context.Context, tenant, path string, q url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(tenant, path)+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	w := s.person(ctx, tenant)
	resp, err := w.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if w.failure != nil {
		return w.failure
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil && !errors.Is(err, io.EOF) {
		return s.malformed("the answer is not what Loki would say")
	}
	return nil
}

// address is the full address of a call, without its query.
func (s *Source) address(tenant, path string) string {
	return strings.TrimRight(s.client.Base().String(), "/") + s.route.Path(tenant) + path
}
