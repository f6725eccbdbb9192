package pattern

import (
	"fmt"
	"testing"

	"dsotop/internal/logs"
)

// A group may make room for one that comes to stand in its own place: the place stays, for those that make room later.
func TestARouteMakesRoomForItsOwn(t *testing.T) {
	for _, most := range []int{1, 2, 3} {
		g := New(Options{Groups: most})
		for i := range 40 {
			g.AddRequest(ask("GET", fmt.Sprintf("/a/%s", word(i/8%3)), "200"), fmt.Sprintf("%s%.*s", word(i), i%5*2, " w w w w w"), logs.LevelInfo, int64(i))
		}
		kept := g.Lost()
		for _, x := range g.Groups() {
			kept += x.Count
		}
		if len(g.Groups()) > most || kept != 40 {
			t.Errorf("room for %d: %d groups, %d lines", most, len(g.Groups()), kept)
		}
	}
}

// A message that says the request again adds nothing to it; one that only has a slash in it is not such.
func TestWhatSaysTheRequestAgain(t *testing.T) {
	g := New(Options{})
	for _, message := range []string{"", "GET / HTTP/1.1", "upstream http://pg refused"} {
		g.AddRequest(ask("GET", "/", "502"), message, logs.LevelError, 1)
	}
	g.AddRequest(ask("GET", "/agenda", "502"), "handled /agenda", logs.LevelError, 1)
	if got, want := listed(g), "2 GET / 5xx\n1 GET / 5xx upstream http://pg refused\n1 GET /agenda 5xx"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
