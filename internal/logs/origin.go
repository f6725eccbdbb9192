package logs

import (
	"context"
	"errors"
	"time"

	"dsotop/internal/platform"
)

// ErrUnsupported is returned by questions that this server has no answer for (an older version, a gateway that does not pass them
// on). It is not a failure of the source.
var ErrUnsupported = errors.New("the server does not offer this")

// Ask is a question about history.
type Ask struct {
	Tenant   string // "" where the source has one only
	Query    string // LogQL
	From, To int64  // nanoseconds; From ≤ t < To
	Limit    int    // lines at most; 0, or more than the server allows: as many as it allows
	Backward bool   // the newest first
}

// Answer is one call's worth of history, in the direction asked, ordered by time; the order within one nanosecond is the server's.
type Answer struct {
	Lines []Line
	// Full reports that the limit was reached: there may be more beyond the last line.
	Full bool
	// Warnings are the server's, cleaned.
	Warnings []string
}

// Size is how much a query would read, by the server's index.
type Size struct{ Streams, Chunks, Entries, Bytes int64 }

// Point is a number at a time (nanoseconds).
type Point struct {
	At    int64
	Value float64
}

// Series is one line of a plot: its labels, sorted by name, and its points, ascending.
type Series struct {
	Labels []Label
	Points []Point
}

// Pattern is a template that the server found in lines, with how often it was seen.
type Pattern struct {
	Text   string
	Level  Level
	Count  int64
	Points []Point
}

// Field is a field that the server detected in lines.
type Field struct {
	Name, Type, Parser string
	Cardinality        int64
}

// QueryError is the server's refusal of a query, with the place it speaks of: Line and Column are 1-based, 0 when it names none.
type QueryError struct {
	Message      string // cleaned
	Line, Column int
	// TooLong says that the range of time asked for is longer than the server allows in one question.
	TooLong bool
}

// Error implements error.
func (e *QueryError) Error() string { return e.Message }

// History is a system that keeps lines and answers LogQL: Loki. Methods are safe for concurrent use and end with their context.
// Failures are the transport's faults; a refused query is a *QueryError.
type History interface {
	Name() string
	// Range is one call. The caller pages.
	Range(ctx context.Context, a Ask) (Answer, error)
	// Tail delivers lines written from a.From on until ctx ends (nil) or the connection ends (why). Dropped entries that the server
	// reports become notices. It makes one connection and does not retry; sink is called from one goroutine and may block: reading
	// then waits, and what the server drops meanwhile is told. An error of sink ends the tail and is returned.
	Tail(ctx context.Context, a Ask, sink func(Batch) error) error
	// Labels, Values and Series answer completion. query restricts them and may be "".
	Labels(ctx context.Context, tenant string, from, to int64) ([]string, error)
	Values(ctx context.Context, tenant, label, query string, from, to int64) ([]string, error)
	Series(ctx context.Context, tenant, matcher string, from, to int64) ([][]Label, error)
	// Metric answers a metric query over a range (count_over_time, rate…).
	Metric(ctx context.Context, a Ask, step time.Duration) ([]Series, error)
	Volume(ctx context.Context, a Ask) ([]Series, error)
	Size(ctx context.Context, a Ask) (Size, error)
	// Patterns and Fields return ErrUnsupported where the server has none.
	Patterns(ctx context.Context, a Ask, step time.Duration) ([]Pattern, error)
	Fields(ctx context.Context, a Ask) ([]Field, error)
	// Limit is the most lines one call of Range returns as far as is known (Loki's max_entries_limit_per_query, 5,000 by default).
	Limit() int
}

// LiveAsk is a question to a system that reads the containers' own logs.
type LiveAsk struct {
	Namespace   string
	Application string   // of Argo CD, with its namespace as "ns/name" when it has one; "": all that deploy to the namespace; not for Kubernetes
	Pods        []string // empty: all of the namespace (Kubernetes) or the application (Argo CD)
	Containers  []string // empty: all
	Previous    bool     // the instance before the present one; never follows
	Since       int64    // nanoseconds; 0: as far back as the node kept
	Tail        int      // at most so many of the newest lines per container; 0: all since Since
	Follow      bool
}

// Live is a system that reads the lines of running containers: Argo CD's API, the Kubernetes API. Methods are safe for concurrent use.
type Live interface {
	Name() string
	Origin() Origin
	// Lines delivers lines, merged over pods and containers in order of arrival, until ctx ends (nil), there are no more (nil, when
	// not following) or the connection as a whole ends (why). Containers that appear while following are followed too. A container that cannot be
	// read is a notice (NoticeFailed), not an end. sink as in History.Tail.
	Lines(ctx context.Context, a LiveAsk, sink func(Batch) error) error
}

// Reach is how the lines of a subject can be read. Fields are nil where nothing is configured or allowed.
type Reach struct {
	Tenant  string
	History History
	// Live are the live origins, the preferred one first.
	Live []LiveOrigin
	// Explain says what an error of an origin means for a person: state, detail, remedy. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r Reach) Health(source string, err error) platform.SourceHealth {
	if r.Explain != nil {
		return r.Explain(source, err)
	}
	return platform.SourceHealth{Name: source, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error())}
}

// LiveOrigin is a live system and how it knows the subject.
type LiveOrigin struct {
	Live
	Ask LiveAsk // Since, Tail and Follow are the reader's to set
}
