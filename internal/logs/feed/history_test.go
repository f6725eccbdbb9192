package feed

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"dsotop/internal/logs"
)

// index is a history in memory that misbehaves on demand.
type index struct {
	limit  int
	stream *logs.Stream

	mu      sync.Mutex
	lines   []logs.Line // in order of time
	changed chan struct{}
	refuse  error // of every question
	noTail  error
	cut     chan struct{} // closed: tails end
	drop    int           // of a tail, every n-th line is dropped; 0: none
	tell    bool          // and told
	silent  bool          // tails stay open and give nothing
	takes   time.Duration // each range
	ranges  int
	metrics int
}

func newIndex(limit int) *index {
	return &index{limit: limit, stream: &logs.Stream{Origin: logs.OriginLoki, Namespace: "ns", Container: "api"}, changed: make(chan struct{}), cut: make(chan struct{})}
}

func (x *index) set(change func(*index)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(x)
	close(x.changed)
	x.changed = make(chan struct{})
}

func (x *index) write(at int64, texts ...string) {
	x.set(func(x *index) {
		for _, text := range texts {
			l := logs.Line{At: at, Stream: x.stream, Text: text}
			i, _ := slices.BinarySearchFunc(x.lines, at+1, func(l logs.Line, at int64) int { return int(l.At - at) })
			x.lines = slices.Insert(x.lines, i, l)
		}
	})
}

func (x *index) cutTails() {
	x.set(func(x *index) { close(x.cut); x.cut = make(chan struct{}) })
}

func (x *index) Name() string { return "loki" }
func (x *index) Limit() int   { return x.limit }

func (x *index) Range(ctx context.Context, a logs.Ask) (logs.Answer, error) {
	x.mu.Lock()
	takes := x.takes
	x.mu.Unlock()
	time.Sleep(takes)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ranges++
	if x.refuse != nil {
		return logs.Answer{}, x.refuse
	}
	limit := x.limit
	if a.Limit > 0 {
		limit = min(limit, a.Limit)
	}
	var got []logs.Line
	for _, l := range x.lines {
		if a.From <= l.At && l.At < a.To {
			got = append(got, l)
		}
	}
	if a.Backward {
		slices.Reverse(got)
	}
	full := len(got) >= limit
	return logs.Answer{Lines: slices.Clone(got[:min(limit, len(got))]), Full: full}, ctx.Err()
}

func (x *index) Tail(ctx context.Context, a logs.Ask, sink func(logs.Batch) error) error {
	x.mu.Lock()
	if err := x.noTail; err != nil {
		x.mu.Unlock()
		return err
	}
	cut, given := x.cut, 0
	x.mu.Unlock()
	seen := map[string]bool{}
	for {
		x.mu.Lock()
		var b logs.Batch
		for _, l := range x.lines {
			if l.At < a.From || seen[l.Text] || x.silent {
				continue
			}
			seen[l.Text] = true
			given++
			if x.drop > 0 && given%x.drop == 0 {
				if x.tell {
					b.Notices = append(b.Notices, logs.Notice{Kind: logs.NoticeDropped, At: l.At, From: l.At, To: l.At, Count: 1, Origin: logs.OriginLoki, Source: "loki"})
				}
				continue
			}
			b.Lines = append(b.Lines, l)
		}
		changed := x.changed
		x.mu.Unlock()
		if len(b.Lines)+len(b.Notices) > 0 {
			if err := sink(b); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-cut:
			return errors.New("connection reset")
		case <-changed:
		}
	}
}

func (x *index) Metric(_ context.Context, a logs.Ask, step time.Duration) ([]logs.Series, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.metrics++
	if x.refuse != nil {
		return nil, x.refuse
	}
	count := map[int64]float64{}
	for _, l := range x.lines {
		count[secondOf(l.At)]++
	}
	var s logs.Series
	for t := a.From; t <= a.To; t += int64(step) {
		if n := count[t/1e9]; n > 0 {
			s.Points = append(s.Points, logs.Point{At: t, Value: n})
		}
	}
	return []logs.Series{s}, nil
}

func (x *index) Labels(context.Context, string, int64, int64) ([]string, error) { return nil, nil }
func (x *index) Values(context.Context, string, string, string, int64, int64) ([]string, error) {
	return nil, nil
}
func (x *index) Series(context.Context, string, string, int64, int64) ([][]logs.Label, error) {
	return nil, nil
}
func (x *index) Volume(context.Context, logs.Ask) ([]logs.Series, error) { return nil, nil }
func (x *index) Size(context.Context, logs.Ask) (logs.Size, error)       { return logs.Size{}, nil }
func (x *index) Patterns(context.Context, logs.Ask, time.Duration) ([]logs.Pattern, error) {
	return nil, logs.ErrUnsupported
}
func (x *index) Fields(context.Context, logs.Ask) ([]logs.Field, error) {
	return nil, logs.ErrUnsupported
}

// node is a live origin in memory: it gives the lines of an index with its own stream, stamps shifted by skew.
type node struct {
	*index
	own  *logs.Stream
	skew int64
}

func newNode(x *index, skew time.Duration) *node {
	return &node{index: x, own: &logs.Stream{Origin: logs.OriginArgo, Namespace: "ns", Pod: "api-0", Container: "api"}, skew: int64(skew)}
}

func (n *node) Name() string        { return "argocd/pub" }
func (n *node) Origin() logs.Origin { return logs.OriginArgo }

func (n *node) Lines(ctx context.Context, a logs.LiveAsk, sink func(logs.Batch) error) error {
	n.mu.Lock()
	cut := n.cut
	n.mu.Unlock()
	seen := map[string]bool{}
	for {
		n.mu.Lock()
		if n.noTail != nil {
			n.mu.Unlock()
			return n.noTail
		}
		var b logs.Batch
		for _, l := range n.lines {
			l.At += n.skew
			if l.At < a.Since || seen[l.Text] {
				continue
			}
			seen[l.Text] = true
			l.Stream = n.own
			b.Lines = append(b.Lines, l)
		}
		changed := n.changed
		n.mu.Unlock()
		if len(b.Lines) > 0 {
			if err := sink(b); err != nil {
				return err
			}
		}
		if !a.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-cut:
			return errors.New("connection reset")
		case <-changed:
		}
	}
}
