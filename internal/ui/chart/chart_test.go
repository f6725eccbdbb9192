package chart_test

import (
	"math"
	"testing"

	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/style"
)

func TestSpark(t *testing.T) {
	u, a, nan := style.Unicode(), style.ASCII(), math.NaN()
	for _, c := range []struct {
		g      *style.Glyphs
		values []float64
		w      int
		top    float64
		want   string
	}{
		{&u, []float64{0, .5, 1}, 3, 1, "▁▄█"},
		{&u, []float64{0, .5, 1}, 5, 1, "  ▁▄█"},
		{&u, []float64{1, nan, 1}, 3, 1, "█ █"},
		{&u, []float64{2, 4}, 2, 0, "▄█"},
		{&u, []float64{0, 0}, 2, 0, "▁▁"},
		{&u, []float64{.1, 1, .1, .1}, 2, 1, "█▁"}, // a peak does not vanish
		{&u, []float64{5}, 1, 1, "█"},
		{&u, nil, 3, 1, "   "},
		{&u, []float64{1}, 0, 1, ""},
		{&a, []float64{0, 1}, 2, 1, "_@"},
	} {
		if got := chart.Spark(c.g, c.values, c.w, c.top); got != c.want {
			t.Errorf("Spark(%v, %d, %v) = %q, want %q", c.values, c.w, c.top, got, c.want)
		}
	}
}

func TestLevel(t *testing.T) {
	for ratio, want := range map[float64]style.Role{0: style.Text, .8: style.Text, .9: style.Warn, .95: style.Bad, 2: style.Bad} {
		if got := chart.Level(ratio); got != want {
			t.Errorf("Level(%v) = %v, want %v", ratio, got, want)
		}
	}
	if chart.Level(math.NaN()) != style.Text {
		t.Error("unknown is not a level")
	}
}
