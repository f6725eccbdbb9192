package main

import (
	"strings"
	"testing"
)

// Read out, the program draws nothing: no alternate screen, no colour, no question to the terminal; keys work, and the shell gets the terminal back.
func TestLinearInATerminal(t *testing.T) {
	x := inTerminal(t, 100, 50, nil, "demo", "--linear")
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
