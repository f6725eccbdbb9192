package logs

import (
	"context"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// topicSeek is the search for a line that is not in memory.
const topicSeek = "seek"

// found is where the history has the next line that matches; zero: nowhere from one time to another.
type found struct{ at, from, to int64 }

// seekSteps are how far one question reaches at first and at most: the server looks through all lines of that time.
const (
	seekFirst = 6 * time.Hour
	seekMost  = 3 * 24 * time.Hour
)

// seekBeyond asks the history for the next line found in a direction, from where what is held in one piece ends; ok is false where
// there is nothing to ask: no history, nothing in the search that a server could look for, or everything to there is held.
func (p *Page) seekBeyond(dir int, bound int64) (intent.Intent, bool) {
	h := p.reach.History
	if h == nil || p.match == nil || p.context != nil {
		return nil, false
	}
	sent := p.query.Narrow("")
	held, ok := p.feed.Held(p.seat.at)
	if !ok || sent.Stages == "" {
		return nil, false
	}
	now := p.env.Backend.Now().UnixNano()
	from, to := max(now-int64(feed.Retention), bound), held.From
	if dir > 0 {
		from, to = held.To, now
		if bound != 0 {
			to = bound
		}
	}
	if from >= to {
		return nil, false
	}
	ask := logs.Ask{Tenant: p.reach.Tenant, Query: p.subject.Selector() + sent.Stages, Backward: dir < 0}
	wanted, all := p.wants(), p.subject.Selector()
	said, _ := sent.Sent.LogQL(p.selector())
	return intent.Many{
		intent.Ask{Topic: topicSeek, Work: func(ctx context.Context) (any, error) { return seek(ctx, h, ask, all, from, to, wanted) }},
		intent.Toast{Text: p.env.Words.Logs.Seeking + p.env.Words.Form.Colon + said},
	}, true
}

// wants is what of a line makes it one that the view shows as found. It is for another goroutine: it holds nothing of the page that changes.
func (p *Page) wants() func(logs.Line) bool {
	match, keep, floor, set := p.match, p.keep, p.floor, p.set
	hidden := map[string]bool{}
	for k := range p.hidden {
		hidden[k.container] = true
	}
	return func(l logs.Line) bool {
		c := set.Classify(l.Text)
		level := l.Level
		if level == logs.LevelNone {
			level = c.Level
		}
		asks := func(m *query.Matcher) bool { return m == nil || m.MatchLine(l, level, c.Format) }
		return level >= floor && !hidden[placeOf(l.Stream).container] && asks(match) && asks(keep)
	}
}

// seek looks for the nearest line in a range, by a query that leaves out what cannot be it, or in all lines, in steps that grow while they are empty.
func seek(ctx context.Context, h logs.History, a logs.Ask, all string, from, to int64, wanted func(logs.Line) bool) (found, error) {
	out := found{from: from, to: to}
	for step := int64(seekFirst); from < to; step = min(2*step, int64(seekMost)) {
		if a.Backward {
			a.From, a.To = max(from, to-step), to
			to = a.From
		} else {
			a.From, a.To = from, min(to, from+step)
			from = a.To
		}
		find := func() error {
			return feed.Find(ctx, h, a, func(l logs.Line) bool {
				if wanted(l) {
					out.at = l.At
				}
				return out.at != 0
			})
		}
		err := find()
		if refused(err) != nil && a.Query != all { // a server before Loki 3 knows no alternatives
			a.Query = all
			err = find()
		}
		if err != nil || out.at != 0 {
			return out, err
		}
	}
	return out, ctx.Err()
}

// sought goes to what was found in the history, or says that there is nothing, and how far was looked.
func (p *Page) sought(a page.Answer) bool {
	w := p.env.Words
	f, _ := a.Value.(found)
	switch {
	case a.Err != nil:
		h := p.reach.Health(p.reach.History.Name(), a.Err)
		p.reply = toast(h.Name + w.Form.Colon + h.Detail)
	case f.at == 0:
		p.reply = toast(w.Logs.NoMoreSince(p.instant(f.from, 0), p.instant(f.to, 0)))
	default:
		p.goTo(f.at)
	}
	return true
}
