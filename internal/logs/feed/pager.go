package feed

import (
	"context"

	"dsotop/internal/logs"
)

// pager reads a range of history call by call. The edge between two calls is one nanosecond read twice: servers cut their answers at a
// number of lines, not at a time, and many lines may share a stamp.
type pager struct {
	history logs.History
	ask     logs.Ask // what is left to read
	edge    int64    // the stamp read last
	held    map[edgeKey]int
	done    bool
}

type edgeKey struct{ pod, container, text string }

func newPager(h logs.History, a logs.Ask) *pager {
	return &pager{history: h, ask: a, done: a.From >= a.To}
}

func keyOf(l logs.Line) edgeKey { return edgeKey{l.Stream.Pod, l.Stream.Container, l.Text} }

// next makes one call. After the last one done is set. A notice tells of what the server cannot give: more lines in one nanosecond
// than a call may return. On an error the position stays, and next may be called again.
func (p *pager) next(ctx context.Context) ([]logs.Line, []logs.Notice, error) {
	got, err := p.history.Range(ctx, p.ask)
	if err != nil {
		return nil, nil, err
	}
	lines := p.unread(got.Lines)
	if !got.Full || len(got.Lines) == 0 {
		p.done = true
		return lines, nil, nil
	}
	last := got.Lines[len(got.Lines)-1].At
	if len(lines) == 0 && last == p.edge {
		return nil, p.give(last), nil
	}
	p.note(got.Lines, last)
	if p.ask.Backward {
		p.ask.To = last + 1
	} else {
		p.ask.From = last
	}
	return lines, nil, nil
}

// unread leaves out what was read at the edge.
func (p *pager) unread(lines []logs.Line) []logs.Line {
	if len(p.held) == 0 {
		return lines
	}
	left := make(map[edgeKey]int, len(p.held))
	for k, n := range p.held {
		left[k] = n
	}
	out := make([]logs.Line, 0, len(lines)) // the edge is still to be counted in lines
	for _, l := range lines {
		if l.At == p.edge {
			if k := keyOf(l); left[k] > 0 {
				left[k]--
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// note remembers the lines at the new edge, those of the old one too when it has not moved.
func (p *pager) note(all []logs.Line, last int64) {
	p.edge, p.held = last, map[edgeKey]int{}
	for _, l := range all {
		if l.At == last {
			p.held[keyOf(l)]++
		}
	}
}

// give up on a nanosecond that holds more than a call returns, and go on beyond it.
func (p *pager) give(at int64) []logs.Notice {
	n := logs.Notice{Kind: logs.NoticeLimit, At: at, From: at, To: at + 1, Count: -1, Origin: logs.OriginLoki, Source: p.history.Name()}
	p.held = nil
	if p.ask.Backward {
		p.ask.To = at
	} else {
		p.ask.From = at + 1
	}
	p.done = p.ask.From >= p.ask.To
	return []logs.Notice{n}
}
