package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// MetricLabel is one label of a series, cleaned.
type MetricLabel struct{ Name, Value string }

// Sample is a number at a time. Infinite values are left out by the source; NaN is the server's.
type Sample struct {
	At    time.Time
	Value float64
}

// MetricSeries is one series of an answer: its labels, sorted by name, and its samples, ascending. A scalar has no labels.
type MetricSeries struct {
	Labels  []MetricLabel
	Samples []Sample
}

// Label returns the value of a label, "" when the series has none of that name.
func (s MetricSeries) Label(name string) string {
	for _, l := range s.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// MetricAnswer is what a server answered to an expression.
type MetricAnswer struct {
	Series []MetricSeries
	// Warnings: a part of the answer may be missing or wrong. Infos: the expression may not mean what it seems to. Both are the server's
	// words, cleaned.
	Warnings, Infos []string
	// Cut is how many series were left out here because the answer held more than a screen can use; 0: none.
	Cut int
	// Histograms is how many series hold native histograms, which have no number that could be drawn; they are left out of Series unless they have
	// numbers at other times.
	Histograms int
}

// MetricAsk is a PromQL expression in a tenant ("" where the server has one only).
type MetricAsk struct {
	Tenant, Expr string
}

// MetricRange is the times of a question: From, From+Step… up to To. Step is at least a second.
type MetricRange struct {
	From, To time.Time
	Step     time.Duration
}

// MetricMeta is what exporters say of a metric. Type is counter, gauge, histogram, summary, or "" when nobody says.
type MetricMeta struct{ Type, Help, Unit string }

// PromQLError is the server's refusal of an expression, with the place it speaks of: Line and Column are 1-based, 0 when it names none.
type PromQLError struct {
	Message      string // cleaned
	Line, Column int
	// TooMuch says that the expression is right but asks for more than the server allows: series, samples, points, time.
	TooMuch bool
}

// Error implements error.
func (e *PromQLError) Error() string { return e.Message }

// Metrics is a system that answers PromQL: a Prometheus, a Mimir, either behind a gateway. Methods are safe for concurrent use and end with
// their context. Failures are the transport's faults; a refused expression is a *PromQLError.
type Metrics interface {
	Name() string
	// Instant answers at one moment; each series has one sample.
	Instant(ctx context.Context, ask MetricAsk, at time.Time) (MetricAnswer, error)
	Range(ctx context.Context, ask MetricAsk, r MetricRange) (MetricAnswer, error)
	// Labels and Values answer completion, sorted; selector ("" for all) narrows them to the series that match it.
	Labels(ctx context.Context, tenant, selector string, r MetricRange) ([]string, error)
	Values(ctx context.Context, tenant, label, selector string, r MetricRange) ([]string, error)
	// Metadata is by name of metric; servers that have none answer with an empty map.
	Metadata(ctx context.Context, tenant string) (map[string]MetricMeta, error)
}

// MetricsReach is how the metrics of a namespace can be read. Metrics is nil when no source is configured.
type MetricsReach struct {
	Metrics Metrics
	Tenant  string
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r MetricsReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Metrics != nil {
		name = r.Metrics.Name()
	}
	if r.Explain != nil {
		return r.Explain(name, err)
	}
	return platform.SourceHealth{Name: name, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error())}
}
