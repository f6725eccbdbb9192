package feed

import (
	"slices"
	"testing"
)

func TestCover(t *testing.T) {
	var c cover
	for _, s := range []span{{50, 60}, {10, 20}, {20, 30}, {5, 5}, {90, forever}} {
		c = c.with(s)
	}
	if want := (cover{{10, 30}, {50, 60}, {90, forever}}); !slices.Equal(c, want) {
		t.Fatalf("%v", c)
	}
	if got, want := c.gaps(), []span{{30, 50}, {60, 90}}; !slices.Equal(got, want) {
		t.Errorf("gaps %v", got)
	}
	for at, want := range map[int64]int{0: 0, 15: 0, 39: 0, 41: 1, 55: 1, 80: 2, 1000: 2} {
		if i, ok := c.around(at); !ok || i != want {
			t.Errorf("around %d: %d %v", at, i, ok)
		}
	}
	if _, ok := cover(nil).around(5); ok {
		t.Error("nothing is around anything")
	}
	if got, want := c.without(span{55, 95}), (cover{{10, 30}, {50, 55}, {95, forever}}); !slices.Equal(got, want) {
		t.Errorf("without: %v", got)
	}
	for s, want := range map[span]cover{
		{55, 95}: {{10, 30}, {50, 55}, {95, forever}}, {2, 20}: {{10, 11}, {20, 30}, {50, 60}, {90, forever}}, {10, 95}: {{10, 11}, {95, forever}}, {1, 10}: c,
	} {
		if got := c.lacking(s); !slices.Equal(got, want) {
			t.Errorf("lacking %v: %v", s, got)
		}
	}
	if !c.holds(10) || c.holds(30) || c.holds(9) {
		t.Error("holds")
	}
	if got, want := c.with(span{25, 95}), (cover{{10, forever}}); !slices.Equal(got, want) || !got.followed() || c[:2].followed() {
		t.Errorf("with: %v", got)
	}
}
