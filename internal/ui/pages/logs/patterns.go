package logs

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/pattern"
	"dsotop/internal/logs/plain"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

const topicPatterns = "patterns"

// sparkBins is how many parts of the time a pattern's small plot has; patternWait is how long the server may take for its own patterns.
const (
	sparkBins   = 16
	patternWait = 3 * time.Second
	atMost      = 500 // patterns shown
)

// grouping is the list of patterns: similar lines, the most frequent first.
type grouping struct {
	done   bool
	server bool // the server's own
	list   []motif
	lost   int64 // lines of patterns that are too many to be kept
	at     int
	top    int
	height int
}

// motif is one pattern.
type motif struct {
	template string
	count    int64
	level    logs.Level
	bins     []float64
	terms    []query.Term // what finds its lines, all of it; nil: the template
	class    string       // of requests: 4xx
}

func (g *grouping) hear(a page.Answer) bool {
	v, ok := a.Value.(*grouping)
	if g == nil || !ok || a.Err != nil {
		return false
	}
	v.height = g.height
	*g = *v
	return true
}

// openPatterns groups what is shown, by what the lines mean for people.
func (p *Page) openPatterns() intent.Intent { return p.patterns(false) }

// patterns groups what is held and shown; or asks the server for those that it found itself, in lines that may not be held.
func (p *Page) patterns(server bool) intent.Intent {
	p.group, p.focus, p.follow = &grouping{server: server}, onPatterns, false
	view := p.store.View(func() lines.ViewOptions { o := p.eyes.view.Options(); o.Fold = true; return o }())
	h, set := p.reach.History, p.set
	ask := logs.Ask{Tenant: p.reach.Tenant, Query: p.selector(), From: p.stat.First, To: p.stat.Last + 1}
	return intent.Ask{Topic: topicPatterns, Work: func(ctx context.Context) (any, error) {
		if server {
			return &grouping{done: true, server: true, list: served(ctx, h, ask)}, nil
		}
		for view.Scan(0) && ctx.Err() == nil { // every line is judged
		}
		g := pattern.New(pattern.Options{From: ask.From, To: ask.To, Bins: sparkBins})
		for e := range entries(ctx, view, ask.From, ask.To) {
			if e.Notice != nil {
				continue
			}
			text := set.Message(e.Text, e.Format)
			if r, ok := set.Request(e.Text, e.Format); ok {
				g.AddRequest(pattern.Request(r), text, e.Level, e.At)
				continue
			}
			if text == "" {
				text, _ = head(e.Text, parseLimit)
			}
			g.Add(text, e.Level, e.At)
		}
		out := &grouping{done: true, lost: g.Lost()}
		for _, x := range g.Groups() {
			if len(out.list) == atMost {
				out.lost += x.Count
				continue
			}
			m := motif{template: x.Template, count: x.Count, bins: x.Bins, terms: termsOf(x)}
			if x.Route != nil {
				m.class = x.Route.Class
			}
			for l, n := range x.Levels {
				if n > 0 {
					m.level = logs.Level(l) //nolint:gosec // a handful
				}
			}
			out.list = append(out.list, m)
		}
		return out, ctx.Err()
	}}
}

// termsOf are the conditions that find the lines of a group of requests; nil for other groups.
func termsOf(g pattern.Group) []query.Term {
	r := g.Route
	if r == nil {
		return nil
	}
	var out []query.Term
	if r.Fields[0] != "" {
		out = append(out, query.Term{Kind: query.Field, Name: r.Fields[0], Op: query.Equal, Value: r.Method})
	}
	out = append(out,
		query.Term{Kind: query.Field, Name: r.Fields[1], Op: query.Matches, Value: r.Path()},
		query.Term{Kind: query.Field, Name: r.Fields[2], Op: query.Matches, Value: "^" + r.Class[:1]})
	if strings.Trim(strings.ReplaceAll(g.Words, pattern.Blank, ""), " ") != "" {
		out = append(out, query.Term{Kind: query.Regexp, Value: expression(g.Words)})
	}
	return out
}

// served are the patterns that the server found; nil when it has none, or takes too long.
func served(ctx context.Context, h logs.History, a logs.Ask) []motif {
	ctx, stop := context.WithTimeout(ctx, patternWait)
	defer stop()
	got, err := h.Patterns(ctx, a, max(time.Duration(a.To-a.From)/sparkBins, 10*time.Second))
	if err != nil {
		return nil
	}
	var out []motif
	for _, x := range got {
		m := motif{template: x.Text, count: x.Count, level: x.Level, bins: make([]float64, sparkBins)}
		for _, v := range x.Points {
			i := int(float64(v.At-a.From) / float64(max(a.To-a.From, 1)) * sparkBins)
			m.bins[min(max(i, 0), sparkBins-1)] += v.Value
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b motif) int { return cmp.Compare(b.count, a.count) })
	return out[:min(len(out), atMost)]
}

// drawPatterns draws the list: how often, when, how serious, what.
func (p *Page) drawPatterns(w, h int) block.Block {
	e, l, g := p.env, p.env.Words.Logs, p.group
	switch {
	case !g.done:
		return e.Empty(w, h, e.Glyphs.Running, style.Running, l.Grouping)
	case len(g.list) == 0:
		hint := l.EmptyHint
		if g.server {
			hint = l.NoServerPattern
		}
		return e.Empty(w, h, e.Glyphs.None, style.Faint, l.NoPattern, hint)
	}
	title := l.Patterns + " · " + l.Lines(int(p.stat.Lines))
	if g.lost > 0 {
		title += " · " + l.OtherPatterns(int(g.lost))
	}
	if g.server {
		title = l.Patterns + " · " + l.Origin[logs.OriginLoki.String()]
	}
	out := []string{e.Section(w, title, e.Words.List.Position(min(g.top+1, len(g.list)), min(g.top+h-1, len(g.list)), len(g.list)))}
	g.height = max(h-1, 1)
	g.at = max(min(g.at, len(g.list)-1), 0)
	g.top = max(min(g.top, g.at), g.at-g.height+1)
	for i := g.top; i < min(g.top+g.height, len(g.list)); i++ {
		m := g.list[i]
		pen := e.Sheet.Pen(w, style.Plain)
		if i == g.at {
			pen.Put(style.Accent, e.Glyphs.Cursor).Onto(style.Point)
		} else {
			pen.Space(1)
		}
		pen.Column(9).Right(style.Strong, e.Words.Int(int(m.count))).EndColumn().Onto(style.Plain).Space(2)
		mark := levelMark(e, m.level)
		if w >= 70 {
			pen.Column(sparkBins).Put(style.Chart1, spark(e.Glyphs.Bars, m.bins)).EndColumn().Space(2)
		}
		pen.Column(7).Put(mark.Role, mark.Glyph).Space(1).Put(mark.Role, strings.ToUpper(m.level.String())).EndColumn().Space(1)
		for n, part := range strings.Split(plain.Line(joined(m.template)), pattern.Blank) {
			if n > 0 {
				pen.Put(style.Faint, e.Glyphs.Ellipsis)
			}
			before, class, after := cutClass(part, m.class)
			pen.Put(style.Text, before).Put(valueRole("status", class, style.Text), class).Put(style.Text, after)
		}
		out = append(out, pen.Line())
	}
	return block.New(w, h, out...)
}

// cutClass cuts a part of a template around the class of status that it holds.
func cutClass(part, class string) (before, found, after string) {
	if i := strings.Index(part, " "+class); class != "" && i >= 0 {
		return part[:i+1], class, part[i+1+len(class):]
	}
	return part, "", ""
}

func (p *Page) patternCommands() []keys.Command {
	g := p.group
	by := func(id string, n int) keys.Command {
		return do(id, func() { g.at = max(min(g.at+n, len(g.list)-1), 0) })
	}
	return []keys.Command{
		{ID: keys.Detail, Do: p.linesOfPattern}, do(keys.Patterns, func() { p.focus = onLines }),
		by(keys.Up, -1), by(keys.Down, 1), by(keys.PageUp, -g.height), by(keys.PageDown, g.height), by(keys.HalfUp, -g.height/2), by(keys.HalfDown, g.height/2),
		by(keys.Top, -len(g.list)), by(keys.Bottom, len(g.list)),
		{ID: keys.Exclude, Do: func() intent.Intent { return p.patternTerm(true) }},
		{ID: keys.NextTab, Quiet: p.reach.History == nil, Do: func() intent.Intent {
			if p.reach.History == nil {
				return toast(p.env.Words.Logs.NoHistory)
			}
			return p.patterns(!g.server)
		}},
	}
}

// linesOfPattern shows the lines of the pattern under the cursor.
func (p *Page) linesOfPattern() intent.Intent { return p.patternTerm(false) }

func (p *Page) patternTerm(not bool) intent.Intent {
	if p.group.at >= len(p.group.list) {
		return nil
	}
	m := p.group.list[p.group.at]
	p.focus = onLines
	terms := m.terms
	if terms == nil {
		terms = []query.Term{{Kind: query.Regexp, Value: expression(m.template)}}
	}
	p.withAll(terms, not)
	return nil
}

// joined is a template in which blanks that follow each other are one: how many words differ tells nothing and takes the room of those that
// are the same.
func joined(template string) string {
	const two = pattern.Blank + " " + pattern.Blank
	for strings.Contains(template, two) {
		template = strings.ReplaceAll(template, two, pattern.Blank)
	}
	return template
}

// expression is a template as a regular expression.
func expression(template string) string {
	var b strings.Builder
	written := strings.NewReplacer(`\\`, `\\+`, `"`, `\\*"`) // as it is, or with the escapes of JSON
	words := strings.Fields(template)
	for i, w := range words {
		if i > 0 {
			b.WriteString(`\s+`)
		}
		if i == len(words)-1 && w == pattern.Blank {
			b.WriteString(`\S`) // what follows may be more than one word
			break
		}
		for n, part := range strings.Split(w, pattern.Blank) {
			if n > 0 {
				b.WriteString(`\S*`)
			}
			b.WriteString(written.Replace(regexp.QuoteMeta(part)))
		}
	}
	return b.String()
}
