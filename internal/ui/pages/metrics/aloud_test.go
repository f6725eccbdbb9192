package metrics

import (
	"math"
	"testing"
)

func TestTrend(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"rises", []float64{1, 1, 2, 2, 3, 3, 4, 4}, "up"},
		{"falls", []float64{4, 4, 3, 3, 2, 2, 1, 1}, "down"},
		{"a peak", []float64{1, 1, 4, 4, 4, 4, 1, 1}, "flat"},
		{"hardly moves", []float64{100, 100, 101, 101, 102, 102, 103, 103}, "flat"},
		{"one sample", []float64{3}, "flat"},
		{"a gap", []float64{none, 1, 1, none, none, 4, 4, none}, "up"},
		{"no sample", []float64{none, none}, "flat"},
		{"nothing", nil, "flat"},
	} {
		if got := trend(c.values); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCrossed(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name          string
		values, level []float64
		floor         bool
		beyond        int
		now           bool
	}{
		{"never", []float64{1, 2, 3}, []float64{4}, false, 0, false},
		{"still", []float64{1, 5, 6}, []float64{4}, false, 2, true},
		{"no longer", []float64{5, 5, 1}, []float64{4}, false, 2, false},
		{"a threshold that moves", []float64{5, 5, 5}, []float64{4, 6, 4}, false, 2, true},
		{"a floor", []float64{1, 5, 1}, []float64{4}, true, 2, true},
		{"gaps", []float64{none, 5, none}, []float64{4, none, 4}, false, 0, false},
		{"no threshold", []float64{1}, []float64{none}, false, 0, false},
	} {
		if beyond, now, _ := crossed(c.values, c.level, c.floor); beyond != c.beyond || now != c.now {
			t.Errorf("%s: %d, %v", c.name, beyond, now)
		}
	}
}
