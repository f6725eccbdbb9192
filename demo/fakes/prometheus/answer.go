package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/util/annotations"

	"dsotop/demo/fakes/tenant"
)

// answer is what a handler of the API found; a nil err is a success.
type answer struct {
	data  any
	err   error
	kind  string // of the error, as the API spells it
	notes annotations.Annotations
	query string // to render positions in the notes
}

type envelope struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Infos     []string `json:"infos,omitempty"`
}

func bad(err error) answer { return answer{err: err, kind: "bad_data"} }

func badParam(err error, name string) answer {
	return bad(fmt.Errorf("invalid parameter %q: %w", name, err))
}

// failed classifies an error of the engine as the real API does.
func failed(err error) answer {
	var cancelled promql.ErrQueryCanceled
	var timeout promql.ErrQueryTimeout
	var storage promql.ErrStorage
	switch {
	case errors.As(err, &cancelled), errors.Is(err, context.Canceled):
		return answer{err: err, kind: "canceled"}
	case errors.As(err, &timeout):
		return answer{err: err, kind: "timeout"}
	case errors.As(err, &storage):
		return answer{err: err, kind: "internal"}
	}
	return answer{err: err, kind: "execution"}
}

func statusOf(kind string) int {
	switch kind {
	case "bad_data":
		return http.StatusBadRequest
	case "execution":
		return http.StatusUnprocessableEntity
	case "canceled":
		return 499 // what a closed connection is called upstream
	case "timeout":
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func (f *face) api(h func(*http.Request, tenant.Set) answer) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			fail(rw, http.StatusBadRequest, "bad_data", "error parsing form values: "+err.Error())
			return
		}
		var set tenant.Set
		if id := r.Header.Get(tenant.Header); id != "" {
			set = tenant.Parse(id)
		}
		a := h(r, set)
		if a.err != nil {
			fail(rw, statusOf(a.kind), a.kind, a.err.Error())
			return
		}
		warnings, infos := a.notes.AsStrings(a.query, 10, 10)
		write(rw, http.StatusOK, envelope{Status: "success", Data: a.data, Warnings: warnings, Infos: infos})
	}
}

func fail(rw http.ResponseWriter, code int, kind, msg string) {
	write(rw, code, envelope{Status: "error", ErrorType: kind, Error: msg})
}

func write(rw http.ResponseWriter, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	_, _ = rw.Write(body) // the client is gone when this fails
}

// minTime and maxTime stand for an open end of a range; they are the bounds of the real API in milliseconds.
const (
	minTime = math.MinInt64/1000 + 62135596801
	maxTime = math.MaxInt64/1000 - 62135596801
)

func timeParam(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	s := r.Form.Get(name)
	if s == "" {
		return otherwise, nil
	}
	t, err := parseTime(s)
	if err != nil {
		return time.Time{}, fmt.Errorf("invalid time value for '%s': %w", name, err)
	}
	return t, nil
}

func parseTime(s string) (time.Time, error) {
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		sec, frac := math.Modf(v)
		return time.Unix(int64(sec), int64(math.Round(frac*1000)/1000*float64(time.Second))).UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	for _, bound := range []time.Time{time.Unix(minTime, 0).UTC(), time.Unix(maxTime, 999999999).UTC()} {
		if s == bound.Format(time.RFC3339Nano) {
			return bound, nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot parse %q to a valid timestamp", s)
}

func parseDuration(s string) (time.Duration, error) {
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

func limitParam(r *http.Request) (int, error) {
	s := r.Form.Get("limit")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, err
	}
	if n < 0 {
		return 0, errors.New("limit must be non-negative")
	}
	return n, nil
}

// matchers reads match[]; each set must have a matcher that an absent label does not satisfy.
func (f *face) matchers(r *http.Request) ([][]*labels.Matcher, error) {
	sets, err := f.parser.ParseMetricSelectors(r.Form["match[]"])
	if err != nil {
		return nil, err
	}
next:
	for _, set := range sets {
		for _, m := range set {
			if m != nil && !m.Matches("") {
				continue next
			}
		}
		return nil, errors.New("match[] must contain at least one non-empty matcher")
	}
	return sets, nil
}

func errTruncated() error { return errors.New("results truncated due to limit") }
