package ui_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/ui/uitest"
)

// TestRandomWalkWritesNothing presses keys at random over every page of the living demo platform: no line is ever out of
// shape, nothing panics, and no write reaches any system.
func TestRandomWalkWritesNothing(t *testing.T) {
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	cfg, err := config.Load(config.Flags{Config: p.Config, Profile: "demo"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := cfg.Current()
	e, err := engine.New(engine.Options{Profile: profile, Pace: 20})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), promised)
	defer cancel()
	e.Settle(ctx)

	sizes := [][2]int{{80, 24}, {120, 40}, {200, 60}, {60, 15}, {250, 70}}
	keys := []string{"down", "down", "up", "enter", "enter", "esc", "tab", "shift+tab", "pgdown", "pgup", "g", "G", "j", "k", "space", "i", "s", "S", "!", "*", "x", "n", "N", "?", "-",
		"L", "H", "c", "/", ":", "a", "R", "r", "d", "D", "y", "e", "E", "l", "m", "t", "T", "f", "o", "ctrl+d", "ctrl+u", "ctrl+r", "ctrl+p", "ctrl+k", "1", "2", "9", "left", "right", "backspace", "delete", "p", "w", "u"}
	random := rand.New(rand.NewPCG(1, 2))
	for _, lang := range []string{"fr", "en"} {
		s := uitest.Open(t, e, lang, 120, 40)
		for range 600 {
			switch n := random.IntN(40); {
			case n == 0:
				size := sizes[random.IntN(len(sizes))]
				s.Resize(size[0], size[1])
				s.Exact(size[0], size[1])
			case n < 3:
				s.Bell()
			case n == 3:
				s.Minute()
			default:
				s.Press(keys[random.IntN(len(keys))])
			}
			if t.Failed() {
				return
			}
		}
	}
	if n := p.Writes(); n != 0 {
		t.Errorf("%d writes reached the platform", n)
	}
}
