package ui_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"dsotop/demo/fault"
	"dsotop/internal/engine"
	"dsotop/internal/ui/uitest"
)

// TestRandomWalkThroughFaults presses keys at random while the systems of the living demo fail and come back at random: each key is
// answered, no line is ever out of shape, nothing panics, no write reaches any system, and all is well in the end.
func TestRandomWalkThroughFaults(t *testing.T) {
	engine.Silence(io.Discard)
	f := openFaulty(t)
	l := &lane{faulty: f, mine: map[string]verdict{}}
	e := f.start()
	l.wellAgain(e)
	random := rand.New(rand.NewPCG(3, 4))
	modes := append(slices.DeleteFunc(fault.Modes(), func(m fault.Mode) bool { return m == fault.Clock }), fault.None, fault.None, fault.None)
	keys := []string{"down", "down", "up", "enter", "enter", "esc", "tab", "shift+tab", "pgdown", "pgup", "g", "G", "j", "k", "space", "i", "s", "S", "!", "*", "x", "n", "N", "?", "-",
		"c", "/", ":", "a", "R", "r", "d", "D", "y", "e", "E", "l", "m", "t", "f", "o", "ctrl+d", "ctrl+u", "ctrl+r", "ctrl+k", "1", "2", "9", "left", "right", "backspace", "p", "w", "u"}
	const w, h = 120, 40
	for _, lang := range []string{"fr", "en"} {
		s := uitest.Open(t, e, lang, w, h)
		for range 500 {
			switch n := random.IntN(30); {
			case n < 3:
				mode := modes[random.IntN(len(modes))]
				f.set(subjects()[random.IntN(len(subjects()))], fault.Fault{Mode: mode})
			case n == 3:
				openSources(s)
			case n < 6:
				s.Bell()
			default:
				frames := 0
				s.Each(uitest.Key(keys[random.IntN(len(keys))]), func() { frames++ })
				if frames == 0 {
					t.Fatal("a key was not answered")
				}
			}
			s.Exact(w, h)
			if t.Failed() {
				return
			}
		}
	}
	for _, name := range subjects() {
		f.set(name, fault.Fault{})
	}
	l.wellAgain(e)
	if n := f.p.Writes(); n != 0 {
		t.Errorf("%d writes reached the platform", n)
	}
}
