package metrics

import (
	"math"
	"strings"
	"time"

	"dsotop/internal/metrics"
)

// turn is how much of its own range a curve has to move, from its first quarter to its last one, to rise or fall; calm is how small that range may be,
// against its height, for a curve that does not move at all.
const (
	turn = 0.25
	calm = 0.05
)

// Aloud tells each plot as a sentence: where it stands, between which bounds it was, where it goes, and how long it crossed its thresholds.
func (p *Page) Aloud() []string {
	if p.loader == nil {
		return nil
	}
	w, zone := p.env.Words.Linear, p.env.Now().Location()
	var out []string
	for _, x := range p.panels() {
		r := p.loader.result(x.ID)
		if r == nil || r.err != nil || r.refused != nil || r.empty() {
			continue // the page says why in words
		}
		for _, s := range p.curves(r, mostCurves) {
			if text := p.curve(x, r, s); text != "" {
				out = append(out, text)
			}
		}
	}
	for _, m := range p.marks(p.grid()) {
		say := w.Deployed
		if m.Kind == metrics.MarkAlert {
			say = w.Alerted
		}
		out = append(out, say(p.env.Words.When(m.At.In(zone), p.env.Now()), m.Text))
	}
	return out
}

// curve is the sentence of one curve; "" for one without a value.
func (p *Page) curve(x *metrics.Panel, r *result, s metrics.Series) string {
	w, stat := p.env.Words.Linear, metrics.Stat(s.Values)
	if math.IsNaN(stat.Last) {
		return ""
	}
	amount := func(v float64) string { return p.env.Words.Amount(string(x.Unit), v) }
	name := x.Title(p.env.Words.Tag)
	if s.Name != "" && len(r.series) > 1 {
		name += " " + s.Name
	}
	parts := []string{w.Last + " " + amount(stat.Last), w.Least + " " + amount(stat.Min), w.Most + " " + amount(stat.Max), w.Trend[trend(s.Values)]}
	for _, l := range r.levels {
		beyond, now, value := crossed(s.Values, l.values, l.Floor)
		if math.IsNaN(value) {
			continue
		}
		say := w.Above
		if l.Floor {
			say = w.Below
		}
		title := l.Title(p.env.Words.Tag)
		switch {
		case beyond == 0:
			parts = append(parts, w.Within(title, amount(value)))
		case now:
			parts = append(parts, say(title, amount(value), p.env.Words.Age(r.grid.Step*time.Duration(beyond)))+" "+w.StillAbove)
		default:
			parts = append(parts, say(title, amount(value), p.env.Words.Age(r.grid.Step*time.Duration(beyond))))
		}
	}
	return name + p.env.Words.Form.Colon + strings.Join(parts, ", ")
}

// trend is where values go: up, down or flat.
func trend(values []float64) string {
	quarter := max(len(values)/4, 1)
	from, to, all := metrics.Stat(values[:min(quarter, len(values))]), metrics.Stat(values[max(len(values)-quarter, 0):]), metrics.Stat(values)
	span := all.Max - all.Min
	if moved := to.Avg - from.Avg; span > calm*math.Abs(all.Max) && !math.IsNaN(moved) {
		switch {
		case moved > turn*span:
			return "up"
		case moved < -turn*span:
			return "down"
		}
	}
	return "flat"
}

// crossed counts the samples beyond a threshold, which has one value or one a sample, tells whether the newest is one of them, and the threshold's
// newest value: NaN when it has none.
func crossed(values, level []float64, floor bool) (beyond int, now bool, value float64) {
	value = metrics.Stat(level).Last
	for i, v := range values {
		at := value
		if len(level) == len(values) {
			at = level[i]
		}
		if math.IsNaN(v) || math.IsNaN(at) {
			continue
		}
		if now = v > at; floor {
			now = v < at
		}
		if now {
			beyond++
		}
	}
	return beyond, now, value
}
