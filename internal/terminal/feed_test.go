package terminal_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"dsotop/internal/terminal"
)

// A scroll within lines that are gone is ignored; what comes after it in the same output is not.
func TestOutputForALargerWindow(t *testing.T) {
	screen := vt.NewEmulator(80, 24)
	terminal.Feed(screen, []byte("\x1b[5;34r\x1b[6;1H\x1b[1T\x1b[r\x1b[2;1Hsecond"))
	if text := screen.String(); !strings.Contains(text, "second") {
		t.Errorf("the screen says %q", text)
	}
}
