// Package chart draws small quantities: sparklines and gauges, in the signs of the session.
package chart

import (
	"math"
	"strings"

	"dsotop/internal/ui/style"
)

// Spark draws the last values as rising bars, one a cell, newest on the right, in exactly w cells. Values are scaled from
// 0 to top; top ≤ 0 takes the largest value. NaN is a blank: a gap is a gap.
func Spark(g *style.Glyphs, values []float64, w int, top float64) string {
	if w <= 0 {
		return ""
	}
	values = squeeze(values, w)
	if top <= 0 {
		for _, v := range values {
			if !math.IsNaN(v) {
				top = math.Max(top, v)
			}
		}
	}
	var sb strings.Builder
	sb.WriteString(strings.Repeat(" ", w-len(values)))
	last := len(g.Bars) - 1
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			sb.WriteByte(' ')
		case top <= 0:
			sb.WriteString(g.Bars[0])
		default:
			n := int(math.Ceil(v/top*float64(last+1))) - 1
			sb.WriteString(g.Bars[max(min(n, last), 0)])
		}
	}
	return sb.String()
}

// squeeze brings values down to at most w by taking the largest of each part: a peak must not vanish.
func squeeze(values []float64, w int) []float64 {
	if len(values) <= w {
		return values
	}
	out := make([]float64, w)
	for i := range out {
		lo, hi := i*len(values)/w, (i+1)*len(values)/w
		out[i] = math.NaN()
		for _, v := range values[lo:hi] {
			if !math.IsNaN(v) && (math.IsNaN(out[i]) || v > out[i]) {
				out[i] = v
			}
		}
	}
	return out
}

// Gauge draws a ratio as a line that fills, in w cells of the pen.
func Gauge(p *style.Pen, g *style.Glyphs, ratio float64, w int, role style.Role) {
	w = min(w, p.Left())
	if w <= 0 {
		return
	}
	full := 0
	if !math.IsNaN(ratio) {
		full = max(min(int(math.Round(ratio*float64(w))), w), 0)
		if full == 0 && ratio > 0 {
			full = 1
		}
	}
	p.Put(role, strings.Repeat(g.Gauge[0], full)).Put(style.Border, strings.Repeat(g.Gauge[1], w-full))
}

// Level is the role of a ratio of something limited: full is bad, nearly full is a warning.
func Level(ratio float64) style.Role {
	switch {
	case ratio >= 0.95:
		return style.Bad
	case ratio >= 0.85:
		return style.Warn
	default:
		return style.Text
	}
}
