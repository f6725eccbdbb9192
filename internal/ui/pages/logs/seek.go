package logs

import (
	"context"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// topicSeek is the search for a line that is not in memory.
const topicSeek = "seek"

// found is where the history has the next line of a goal; zero: nowhere from one time to another.
type found struct {
	at, from, to int64
	goal         goal
}

// seekSteps are how far one question reaches at first and at most: the server looks through all lines of that time.
const (
	seekFirst = 6 * time.Hour
	seekMost  = 3 * 24 * time.Hour
)

// goal is what is looked for, in memory and beyond.
type goal uint8

const (
	goalMatch goal = iota // a line that the search finds
	goalError             // an error, or worse
)

// reaches reports that a line, as the store tells of it, is what was looked for.
func (g goal) reaches(it lines.Item) bool {
	if g == goalError {
		return it.Notice == nil && it.Level >= logs.LevelError
	}
	return it.Match
}

// seekBeyond asks the history for the next line of a goal in a direction, from where what is held in one piece ends; ok is false where
// there is nothing to ask: no history, nothing that a server could look for, or everything to there is held.
func (p *Page) seekBeyond(g goal, dir int, bound int64) (intent.Intent, bool) {
	h := p.reach.History
	if h == nil || p.context != nil {
		return nil, false
	}
	held, ok := p.feed.Held(p.seat.at)
	stages, said := p.pushed(g)
	if !ok || stages == "" {
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
	if from >= to || dir > 0 && p.state.Following && held.To > p.stat.Last { // what is newer comes by itself
		return nil, false
	}
	all := p.subject.Selector()
	s := seeker{h: h, ask: logs.Ask{Tenant: p.reach.Tenant, Backward: dir < 0}, all: all, queries: []string{all + stages}, wanted: p.wants(g)}
	if g == goalError { // the level of some lines is what their collector says of them, whatever their text does
		said := query.SeriousLabels()
		if p.only {
			said += p.query.Narrow("").Stages
		}
		s.queries = append(s.queries, all+said)
	}
	return intent.Many{
		intent.Ask{Topic: topicSeek, Work: func(ctx context.Context) (any, error) {
			f, err := s.seek(ctx, from, to)
			f.goal = g
			return f, err
		}},
		intent.Toast{Text: p.env.Words.Logs.Seeking + p.env.Words.Form.Colon + said},
	}, true
}

// pushed are the line filters by which a server leaves out what cannot be of the goal, and how that is said; "" when there is nothing to
// leave out by.
func (p *Page) pushed(g goal) (stages, said string) {
	if g == goalError {
		exprs, ok := p.set.Serious()
		if !ok {
			return "", ""
		}
		stages, said = query.Stage(exprs), levelWord(p.env.Words, logs.LevelError)
		if !p.only {
			return stages, said
		}
		return stages + p.query.Narrow("").Stages, said + " " + p.text
	}
	if p.match == nil {
		return "", ""
	}
	sent := p.query.Narrow("")
	said, _ = sent.Sent.LogQL(p.selector())
	return sent.Stages, said
}

// wants is what of a line makes it one of the goal that the view shows. It is for another goroutine: it holds nothing of the page that changes.
func (p *Page) wants(g goal) func(logs.Line) bool {
	match, keep, floor, set := p.match, p.keep, p.floor, p.set
	if g == goalError {
		floor = max(floor, logs.LevelError)
		if !p.only {
			match = nil
		}
	}
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
		if g == goalError && c.Continues { // its head is the error
			return false
		}
		asks := func(m *query.Matcher) bool { return m == nil || m.MatchLine(l, level, c.Format) }
		return level >= floor && !hidden[placeOf(l.Stream).container] && asks(match) && asks(keep)
	}
}

// seeker looks for the nearest line of a kind in a history.
type seeker struct {
	h       logs.History
	ask     logs.Ask
	all     string   // the query for every line
	queries []string // those that leave out what cannot be of the kind; each may find lines that the others do not
	wanted  func(logs.Line) bool
}

// seek looks in a range, in steps that grow while they are empty.
func (s *seeker) seek(ctx context.Context, from, to int64) (found, error) {
	out := found{from: from, to: to}
	for step := int64(seekFirst); from < to && out.at == 0; step = min(2*step, int64(seekMost)) {
		a := s.ask
		if a.Backward {
			a.From, a.To = max(from, to-step), to
			to = a.From
		} else {
			a.From, a.To = from, min(to, from+step)
			from = a.To
		}
		for _, a.Query = range s.queries {
			at, err := s.first(ctx, a)
			if refused(err) != nil { // a server before Loki 3 knows no alternatives
				a.Query, s.queries = s.all, []string{s.all}
				at, err = s.first(ctx, a)
			}
			if err != nil {
				return out, err
			}
			if at == 0 {
				continue
			}
			out.at = at
			if a.Backward { // another query may find one that is nearer
				a.From = at + 1
			} else {
				a.To = at
			}
		}
	}
	return out, ctx.Err()
}

// first is the time of the first line wanted of a query, 0 for none.
func (s *seeker) first(ctx context.Context, a logs.Ask) (at int64, err error) {
	if a.From >= a.To {
		return 0, nil
	}
	err = feed.Find(ctx, s.h, a, func(l logs.Line) bool {
		if s.wanted(l) {
			at = l.At
		}
		return at != 0
	})
	return at, err
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
		p.goToward(f.at, f.goal)
	}
	return true
}
