package logql

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Stream is the labels of a stream, as a pipeline sees them. The pointer is its identity while a query runs; the maps are never written.
type Stream struct {
	Labels map[string]string
	// Base are those of them that the stream was made with, and Meta what its lines brought as structured metadata; nil Meta: Base is Labels.
	Base, Meta map[string]string
}

// Source gives lines. Scan calls fn for the lines of the matching streams with from ≤ at < to, in order within a stream; it
// returns the context's error when that ends first.
type Source interface {
	Scan(ctx context.Context, ms []*labels.Matcher, from, to time.Time, fn func(s *Stream, at int64, line string)) error
}

// Entry is a line that came through a pipeline.
type Entry struct {
	At     int64 // Unix nanoseconds
	Line   string
	Labels map[string]string // shared between entries of a stream: read only
	Key    string            // canonical form of Labels
	Stream *Stream           // it came from
}

// Stats counts the work of a query.
type Stats struct {
	Lines, Bytes int64 // scanned
	Kept         int64
	Streams      int
}

// Matches reports whether labels satisfy every matcher.
func Matches(ms []*labels.Matcher, set map[string]string) bool {
	for _, m := range ms {
		if !m.Matches(set[m.Name]) {
			return false
		}
	}
	return true
}

// Key is the canonical form of a label set, {a="b", c="d"}.
func Key(set map[string]string) string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteByte('{')
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%q", n, set[n])
	}
	b.WriteByte('}')
	return b.String()
}

// pipe runs a pipeline and remembers the labels of lines that no stage touched.
type pipe struct {
	stages []stage
	keys   map[*Stream]string
	stats  *Stats
}

func newPipe(stages []stage, st *Stats) *pipe {
	return &pipe{stages: stages, keys: map[*Stream]string{}, stats: st}
}

func (p *pipe) run(s *Stream, at int64, line string) (entry, bool) {
	p.stats.Lines++
	p.stats.Bytes += int64(len(line))
	e := entry{at: at, line: line, base: s.Labels}
	for _, st := range p.stages {
		if !st.process(&e) {
			return e, false
		}
	}
	p.stats.Kept++
	return e, true
}

// identity is the entry's labels and their canonical form.
func (p *pipe) identity(s *Stream, e *entry) (map[string]string, string) {
	if e.untouched() {
		key, ok := p.keys[s]
		if !ok {
			key = Key(s.Labels)
			p.keys[s] = key
		}
		return s.Labels, key
	}
	set := e.labels()
	return set, Key(set)
}

// Windows grow while a search finds too little, so that a common line is found cheaply and a rare one at last.
const (
	firstWindow = time.Second
	lastWindow  = 30 * time.Minute
)

// Select finds at most limit lines (0: all) with from ≤ at < to, the newest when backward, in that order.
func Select(ctx context.Context, src Source, l *Log, from, to time.Time, limit int, backward bool) ([]Entry, Stats, error) {
	var st Stats
	p := newPipe(l.stages, &st)
	var out []Entry
	window := firstWindow
	for lo, hi := from, to; lo.Before(hi); {
		if err := ctx.Err(); err != nil {
			return nil, st, err
		}
		a, b := lo, hi
		switch {
		case limit == 0:
		case backward && hi.Sub(lo) > window:
			a = hi.Add(-window)
		case !backward && hi.Sub(lo) > window:
			b = lo.Add(window)
		}
		var found []Entry
		err := src.Scan(ctx, l.Matchers, a, b, func(s *Stream, at int64, line string) {
			if e, ok := p.run(s, at, line); ok {
				set, key := p.identity(s, &e)
				found = append(found, Entry{At: e.at, Line: e.line, Labels: set, Key: key, Stream: s})
			}
		})
		if err != nil {
			return nil, st, err
		}
		sort.SliceStable(found, func(i, j int) bool {
			if backward {
				return found[i].At > found[j].At
			}
			return found[i].At < found[j].At
		})
		out = append(out, found...)
		if limit > 0 && len(out) >= limit {
			out = out[:limit]
			break
		}
		if backward {
			hi = a
		} else {
			lo = b
		}
		window = min(window*2, lastWindow)
	}
	return out, st, nil
}
