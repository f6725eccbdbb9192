package logs

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
)

// topicNumbers is a preset whose answer is numbers, not lines.
const topicNumbers = "numbers"

// numbers is the answer to one.
type numbers struct {
	preset   string
	from, to int64
	series   []logs.Series
}

// sparkWidth is the cells of the small plot of a series.
const sparkWidth = 24

// numberItems offers the presets of numbers over the range of the page, and the plots of the namespace over the same.
func (p *Page) numberItems() (out []intent.Item) {
	w := p.env.Words
	from, to := p.stripSpan()
	if from >= to {
		return nil
	}
	for _, x := range query.Presets() {
		if !x.Metric || p.reach.History == nil {
			continue
		}
		out = append(out, intent.Item{Label: cmp.Or(w.Logs.Preset[x.ID], x.ID), Hint: w.Logs.FromTo(p.instant(from, to-from), p.instant(to, to-from)), Do: func() intent.Intent {
			ask := logs.Ask{Tenant: p.reach.Tenant, Query: x.Expand(p.subject.Selector(), ""), From: from, To: to}
			h := p.reach.History
			return intent.Ask{Topic: topicNumbers, Work: func(ctx context.Context) (any, error) {
				got, err := h.Metric(ctx, ask, 0)
				return numbers{x.ID, from, to, got}, err
			}}
		}})
	}
	if p.subject.Namespace != "" {
		out = append(out, intent.Item{Label: w.Logs.SameMetrics, Hint: w.Logs.FromTo(p.instant(from, to-from), p.instant(to, to-from)), Do: func() intent.Intent {
			return intent.Many{intent.Span{Length: time.Duration(to - from).Round(time.Second)}, intent.Pin{At: when(to).In(p.zone())}, pane.OpenMetrics(p.subject.Namespace)}
		}})
	}
	return out
}

// counted shows the numbers of a preset: a series a row, the highest first. Choosing one of a container leaves its lines.
func (p *Page) counted(a page.Answer) bool {
	w := p.env.Words
	n, _ := a.Value.(numbers)
	if a.Err != nil {
		h := p.reach.Health(p.reach.History.Name(), a.Err)
		p.reply = toast(h.Name + w.Form.Colon + h.Detail)
		return true
	}
	slices.SortStableFunc(n.series, func(x, y logs.Series) int { return cmp.Compare(newest(y), newest(x)) })
	m := intent.Menu{Title: cmp.Or(w.Logs.Preset[n.preset], n.preset) + ", " + w.Logs.FromTo(p.instant(n.from, n.to-n.from), p.instant(n.to, n.to-n.from))}
	width := 1
	for _, s := range n.series {
		width = max(width, len(amount(newest(s))))
	}
	for _, s := range n.series {
		label, container := nameOfSeries(s), ""
		for _, l := range s.Labels {
			if l.Name == "container" {
				container = l.Value
			}
		}
		values := amount(newest(s))
		hint := strings.Repeat(" ", width-len(values)) + values + " " + chart.Spark(p.env.Glyphs, valuesOf(s, n.from, n.to), sparkWidth, 0)
		m.Items = append(m.Items, intent.Item{Label: cmp.Or(label, p.crumb()), Hint: hint, Do: func() intent.Intent {
			if container != "" {
				p.with(query.Term{Kind: query.Stream, Name: "container", Value: container})
			}
			return nil
		}})
	}
	if len(m.Items) == 0 {
		p.reply = intent.Toast{Text: m.Title + w.Form.Colon + w.Logs.NoSeries}
		return true
	}
	p.reply = m
	return true
}

func newest(s logs.Series) float64 {
	if len(s.Points) == 0 {
		return 0
	}
	return s.Points[len(s.Points)-1].Value
}

// amount is a number in few characters.
func amount(v float64) string {
	if v >= 100 || v == float64(int64(v)) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// valuesOf are the values of a series over a range, one a cell; where it has no point it is zero.
func valuesOf(s logs.Series, from, to int64) []float64 {
	out := make([]float64, sparkWidth)
	for _, pt := range s.Points {
		if i := int((pt.At - from) * sparkWidth / max(to-from, 1)); i >= 0 && i < sparkWidth {
			out[i] = max(out[i], pt.Value)
		}
	}
	return out
}

func nameOfSeries(s logs.Series) string {
	var parts []string
	for _, l := range s.Labels {
		parts = append(parts, l.Value)
	}
	return strings.Join(parts, " ")
}

func (p *Page) crumb() string { return strings.Join(p.crumbs[:max(len(p.crumbs)-1, 0)], " / ") }
