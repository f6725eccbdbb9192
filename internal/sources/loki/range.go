package loki

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"
	"github.com/grafana/loki/v3/pkg/loghttp"
	"github.com/prometheus/common/model"

	"dsotop/internal/logs"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// usualLimit is Loki's max_entries_limit_per_query unless an operator changed it.
const usualLimit = 5000

// The directions of a query: a protobuf enum of a package that is not to be imported.
const (
	forward  = 0
	backward = 1
)

// learnt is what the server's refusals told of its limits.
type learnt struct {
	mu     sync.Mutex
	limit  int
	length time.Duration // the longest range of a query; 0 not known
}

// Tenant is the tenant that holds a namespace; ok is false when it cannot be known yet.
func (s *Source) Tenant(snap *store.Snapshot, namespace string) (tenant string, ok bool) {
	return s.tenancy.Of(snap, namespace)
}

// Limit implements logs.History.
func (s *Source) Limit() int {
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	return s.learnt.limit
}

func (s *Source) longest() time.Duration {
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	return s.learnt.length
}

// encoding asks Loki to keep apart the labels of a stream, the structured metadata of a line and what a parser found in it. Without,
// all are mixed into the labels, and each line with a trace id is a stream of its own.
func encoding() http.Header {
	return http.Header{"X-Loki-Response-Encoding-Flags": {"categorize-labels"}}
}

// person is a witness for a question of a person's.
func (s *Source) person(ctx context.Context, tenant string) *witness {
	return &witness{ctx: ctx, next: s.route.RoundTripper(tenant, s.questions.Strict()), header: encoding()}
}

// Range implements logs.History. It learns the server's limits from its refusals and asks again within them: a limit of lines, a longest
// range (which is then read piece by piece), an answer too large to be sent.
func (s *Source) Range(ctx context.Context, a logs.Ask) (logs.Answer, error) {
	if a.From >= a.To {
		return logs.Answer{}, nil
	}
	limit := a.Limit
	for tries := 1; ; tries++ {
		if most := s.Limit(); limit <= 0 || limit > most {
			limit = most
		}
		answer, err := s.pieces(ctx, a, limit)
		if err == nil || tries > 8 {
			return answer, s.judge(err)
		}
		switch {
		case s.learn(err, limit, a): // and ask again
		case tooLarge(err) && limit > 1:
			limit = max(limit/8, 1)
		default:
			return logs.Answer{}, s.judge(err)
		}
	}
}

// pieces reads a range in as many calls as the server's longest range asks for: one, nearly always.
func (s *Source) pieces(ctx context.Context, a logs.Ask, limit int) (logs.Answer, error) {
	var out logs.Answer
	for from, to := a.From, a.To; from < to && len(out.Lines) < limit; {
		one := a
		one.From, one.To = from, to
		if most := int64(s.longest()); most > 0 && to-from > most {
			if a.Backward {
				one.From = to - most
			} else {
				one.To = from + most
			}
		}
		got, err := s.piece(ctx, one, limit-len(out.Lines))
		if err != nil {
			return logs.Answer{}, err
		}
		out.Lines = append(out.Lines, got.Lines...)
		out.Warnings = append(out.Warnings, got.Warnings...)
		out.Full = got.Full
		if a.Backward {
			to = one.From
		} else {
			from = one.To
		}
	}
	return out, nil
}

// piece is one call.
func (s *Source) piece(ctx context.Context, a logs.Ask, limit int) (logs.Answer, error) {
	var out logs.Answer
	err := s.through(s.person(ctx, a.Tenant), a.Tenant, func(c client.Client) error {
		var got *loghttp.QueryResponse
		var err error
		start, end := time.Unix(0, a.From), time.Unix(0, a.To)
		if a.Backward { // only a constant can be a value of the enum here
			got, err = c.QueryRange(a.Query, limit, start, end, backward, 0, 0, true)
		} else {
			got, err = c.QueryRange(a.Query, limit, start, end, forward, 0, 0, true)
		}
		if err != nil {
			return err
		}
		found, ok := got.Data.Result.(loghttp.Streams)
		if !ok && got.Data.Result != nil {
			return errNumbers
		}
		out.Lines = s.streams.lines(found)
		for _, w := range got.Warnings {
			out.Warnings = append(out.Warnings, cleanWord(w))
		}
		return nil
	})
	if err != nil {
		return logs.Answer{}, err
	}
	slices.SortStableFunc(out.Lines, func(x, y logs.Line) int {
		switch {
		case x.At == y.At:
			return 0
		case (x.At < y.At) != a.Backward:
			return -1
		}
		return 1
	})
	out.Full = len(out.Lines) >= limit
	return out, nil
}

// errNumbers is the refusal of a query that gives numbers where lines are wanted.
var errNumbers = &logs.QueryError{Message: "this query gives numbers, not lines"} //nolint:gochecknoglobals // a sentinel

//nolint:gochecknoglobals // compiled once, never changed
var (
	limitWords  = regexp.MustCompile(`max entries limit per query exceeded.*\((\d+) > (\d+)\)`)
	lengthWords = regexp.MustCompile(`query time range exceeds the limit \(query length: [^,]+, limit: ([0-9a-z]+)\)`)
	placeWords  = regexp.MustCompile(`(?:parse error )?at line (\d+), col (\d+)`)
	largeWords  = regexp.MustCompile(`larger than (?:\d+ MiB|the max|max)|response is too large|message larger than`)
)

// learn takes a limit from a refusal; false when it tells none, or nothing that would help.
func (s *Source) learn(err error, asked int, a logs.Ask) bool {
	f := transport.FaultOf(err)
	if f.Class != transport.ClassRequest {
		return false
	}
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	if m := limitWords.FindStringSubmatch(f.Message); m != nil {
		n, _ := strconv.Atoi(m[2])
		if n < 1 || n >= asked {
			return false
		}
		s.learnt.limit = n
		return true
	}
	if m := lengthWords.FindStringSubmatch(f.Message); m != nil {
		d, err := model.ParseDuration(m[1])
		length := time.Duration(d)
		if err != nil { // Go's own notation: 721h0m0s
			length, err = time.ParseDuration(m[1])
		}
		if err != nil || length <= 0 || int64(length) >= a.To-a.From || s.learnt.length > 0 && length >= s.learnt.length {
			return false
		}
		s.learnt.length = length
		return true
	}
	return false
}

// tooLarge reports whether an answer was too large for us, or for the server to send.
func tooLarge(err error) bool {
	f := transport.FaultOf(err)
	return (f.Class == transport.ClassMalformed || f.Class == transport.ClassServer || f.Class == transport.ClassRateLimited) && largeWords.MatchString(f.Message)
}

// judge makes a refused query of a fault that is one. Refusals that speak of the moment and not of the query stay faults.
func (s *Source) judge(err error) error {
	if err == nil {
		return nil
	}
	f := transport.FaultOf(err)
	if f.Class != transport.ClassRequest || f.Status != http.StatusBadRequest {
		return err
	}
	if strings.Contains(f.Message, "max concurrent tail requests") {
		g := *f
		g.Class = transport.ClassRateLimited
		return &g
	}
	return queryError(f.Message)
}

// queryError reads the place that a refusal speaks of.
func queryError(message string) *logs.QueryError {
	q := &logs.QueryError{Message: cleanWord(message)}
	if m := placeWords.FindStringSubmatch(message); m != nil {
		q.Line, _ = strconv.Atoi(m[1])
		q.Column, _ = strconv.Atoi(m[2])
	}
	return q
}
