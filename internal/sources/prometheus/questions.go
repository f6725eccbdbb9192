package prometheus

import (
	"context"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// What a person asks may take longer than a poll, and may be large; it is bounded all the same.
const (
	answerTime    = 20 * time.Second
	largestAnswer = 32 << 20
	mostSeries    = 300    // of one answer; the others are counted
	mostPoints    = 11_000 // Prometheus refuses a range with more points a series (web/api/v1)
	mostNames     = 20_000 // of a completion
	wordLength    = 500    // runes of a name, a value, a help
)

var _ desk.Metrics = (*Source)(nil)

// asked is what only people ask, besides [rules]. Labels by POST are a read: selectors may be long.
func asked(prefix string) []transport.Rule {
	return []transport.Rule{
		{Method: http.MethodGet, Path: prefix + "/api/v1/labels"},
		{Method: http.MethodPost, Path: prefix + "/api/v1/labels"},
		{Method: http.MethodGet, Path: prefix + "/api/v1/label/*/values"},
		{Method: http.MethodGet, Path: prefix + "/api/v1/metadata"},
	}
}

// Tenant is the tenant that holds a namespace; ok is false when that is not known.
func (s *Source) Tenant(snap *store.Snapshot, namespace string) (tenant string, ok bool) {
	return s.tenancy.Of(snap, namespace)
}

// person is the client for a person's questions.
func (s *Source) person(tenant string) v1.API { return s.through(s.questions.Strict(), tenant) }

// Instant implements desk.Metrics.
func (s *Source) Instant(ctx context.Context, ask desk.MetricAsk, at time.Time) (desk.MetricAnswer, error) {
	value, warnings, infos, err := s.person(ask.Tenant).Query(ctx, ask.Expr, at)
	return s.answer(value, warnings, infos, err)
}

// Range implements desk.Metrics. A step too fine for the server is made coarser.
func (s *Source) Range(ctx context.Context, ask desk.MetricAsk, r desk.MetricRange) (desk.MetricAnswer, error) {
	if !r.From.Before(r.To) {
		return desk.MetricAnswer{}, nil
	}
	step := max(r.Step, r.To.Sub(r.From)/(mostPoints-1), time.Second).Round(time.Second)
	value, warnings, infos, err := s.person(ask.Tenant).QueryRange(ctx, ask.Expr, v1.Range{Start: r.From, End: r.To, Step: step})
	return s.answer(value, warnings, infos, err)
}

// Labels implements desk.Metrics.
func (s *Source) Labels(ctx context.Context, tenant, selector string, r desk.MetricRange) ([]string, error) {
	got, _, _, err := s.person(tenant).LabelNames(ctx, matches(selector), r.From, r.To)
	if err != nil {
		return nil, s.judge(err)
	}
	return names(got), nil
}

// Values implements desk.Metrics.
func (s *Source) Values(ctx context.Context, tenant, label, selector string, r desk.MetricRange) ([]string, error) {
	got, _, _, err := s.person(tenant).LabelValues(ctx, label, matches(selector), r.From, r.To)
	if err != nil {
		return nil, s.judge(err)
	}
	return names(got), nil
}

// Metadata implements desk.Metrics. A gateway that does not pass the question on has none: help is not worth an error.
func (s *Source) Metadata(ctx context.Context, tenant string) (map[string]desk.MetricMeta, error) {
	got, err := s.person(tenant).Metadata(ctx, "", "")
	if err != nil {
		err = s.fault(err)
		switch transport.FaultOf(err).Class {
		case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassServer, transport.ClassMalformed:
			return map[string]desk.MetricMeta{}, nil
		}
		return nil, err
	}
	out := make(map[string]desk.MetricMeta, len(got))
	for name, list := range got {
		if len(list) > 0 && len(out) < mostNames {
			out[word(name)] = desk.MetricMeta{Type: word(string(list[0].Type)), Help: word(list[0].Help), Unit: word(list[0].Unit)}
		}
	}
	return out, nil
}

func matches(selector string) []string {
	if selector == "" {
		return nil
	}
	return []string{selector}
}

// names cleans and sorts names or values.
func names[T ~string](in []T) []string {
	out := make([]string, 0, min(len(in), mostNames))
	for _, v := range in[:min(len(in), mostNames)] {
		if w := word(string(v)); w != "" {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// word cleans a word of a server's: exporters put anything into labels, credentials of connection strings among it.
func word(text string) string {
	text = secret.Scrub(platform.CleanLine(text))
	if len(text) > wordLength {
		if runes := []rune(text); len(runes) > wordLength {
			return string(runes[:wordLength-1]) + "…"
		}
	}
	return text
}

// answer reads what came back, of any of the kinds that an expression can have.
func (s *Source) answer(value model.Value, warnings v1.Warnings, infos v1.Infos, err error) (desk.MetricAnswer, error) {
	if err != nil {
		return desk.MetricAnswer{}, s.judge(err)
	}
	out := desk.MetricAnswer{Warnings: cleaned(warnings), Infos: cleaned(v1.Warnings(infos))}
	switch v := value.(type) {
	case model.Matrix:
		out.Cut = max(len(v)-mostSeries, 0)
		for _, stream := range v[:min(len(v), mostSeries)] {
			switch {
			case stream == nil:
				continue
			case len(stream.Histograms) > 0:
				out.Histograms++
			}
			if len(stream.Values) > 0 {
				out.Series = append(out.Series, desk.MetricSeries{Labels: labels(stream.Metric), Samples: samples(stream.Values...)})
			}
		}
	case model.Vector:
		out.Cut = max(len(v)-mostSeries, 0)
		for _, one := range v[:min(len(v), mostSeries)] {
			switch {
			case one == nil:
			case one.Histogram != nil: // its Value is 0, which the server never said
				out.Histograms++
			default:
				out.Series = append(out.Series, desk.MetricSeries{Labels: labels(one.Metric), Samples: samples(model.SamplePair{Timestamp: one.Timestamp, Value: one.Value})})
			}
		}
	case *model.Scalar:
		out.Series = []desk.MetricSeries{{Samples: samples(model.SamplePair{Timestamp: v.Timestamp, Value: v.Value})}}
	default:
		return out, s.shape(value)
	}
	return out, nil
}

// labels cleans and sorts a label set.
func labels(set model.Metric) []desk.MetricLabel {
	out := make([]desk.MetricLabel, 0, len(set))
	for name, value := range set {
		out = append(out, desk.MetricLabel{Name: word(string(name)), Value: word(string(value))})
	}
	slices.SortFunc(out, func(a, b desk.MetricLabel) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func samples(in ...model.SamplePair) []desk.Sample {
	out := make([]desk.Sample, 0, len(in))
	for _, v := range in {
		if !math.IsInf(float64(v.Value), 0) {
			out = append(out, desk.Sample{At: v.Timestamp.Time().UTC(), Value: float64(v.Value)})
		}
	}
	return out
}

// place finds where a refusal points: Prometheus writes "1:5: parse error: …" (promql/parser).
var place = regexp.MustCompile(`(?:^|[ :])(\d{1,6}):(\d{1,6}): parse error: `) //nolint:gochecknoglobals // compiled once, never changed

// limits are words with which servers refuse an expression that is right but too large (promql.ErrTooManySamples, Mimir's err-mimir-… ids).
func limits() []string {
	return []string{"too many samples", "exceeded maximum resolution", "max-samples-per-query", "max-fetched-", "max-query-length", "max-series", "exceeds the limit", "query timed out", "err-mimir-max-"}
}

// judge makes a refusal of the expression what it is. Every other error is a fault.
func (s *Source) judge(err error) error {
	if strings.Contains(err.Error(), `unexpected value type "string"`) { // the client reads no text
		return &desk.PromQLError{Message: "this expression gives a text, not numbers"}
	}
	err = s.fault(err)
	f := transport.FaultOf(err)
	if f == nil || f.Message == "" {
		return err
	}
	tooMuch := slices.ContainsFunc(limits(), func(w string) bool { return strings.Contains(f.Message, w) })
	if f.Class != transport.ClassRequest && !tooMuch {
		return err
	}
	return refusal(f.Message, tooMuch)
}

// refusal reads the place that a refusal speaks of, and leaves the envelope out of what is shown.
func refusal(message string, tooMuch bool) *desk.PromQLError {
	message = word(message)
	e := &desk.PromQLError{Message: message, TooMuch: tooMuch}
	if at := place.FindStringSubmatchIndex(message); at != nil {
		e.Line, _ = strconv.Atoi(message[at[2]:at[3]])
		e.Column, _ = strconv.Atoi(message[at[4]:at[5]])
		e.Message = message[at[1]:]
	}
	return e
}
