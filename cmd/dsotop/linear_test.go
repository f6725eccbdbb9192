package main

import (
	"strings"
	"testing"
)

// Read out, the program draws nothing: no alternate screen, no colour, no question to the terminal; keys work, and the shell gets the terminal back.
func TestLinearInATerminal(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *terminal{
		"asked for":                      func(t *testing.T) *terminal { return inTerminal(t, 100, 50, nil, "demo", "--linear") },
		"a terminal that cannot do more": func(t *testing.T) *terminal { return inTerminal(t, 100, 50, []string{"TERM=dumb"}, "demo") },
	} {
		t.Run(name, func(t *testing.T) { readOut(t, start(t)) })
	}
}

func readOut(t *testing.T, x *terminal) {
	t.Helper()
	x.shows("dsotop, en lignes", "demo, Parc", "échec vigibat") // said by itself once it is known
	x.press(":portail\r")
	x.shows("demo, portail")
	x.press("qq")
	if code := x.ends(); code != exitFine {
		t.Errorf("exit %d", code)
	}
	if raw := x.written(); strings.Contains(raw, "\x1b") {
		at := strings.IndexByte(raw, 0x1b)
		t.Errorf("not plain: %q", raw[at:min(at+60, len(raw))])
	}
}
