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
	if got, want := c.with(span{25, 95}), (cover{{10, forever}}); !slices.Equal(got, want) || !got.followed() || c[:2].followed() {
		t.Errorf("with: %v", got)
	}
}
