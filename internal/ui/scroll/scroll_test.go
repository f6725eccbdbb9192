package scroll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/scroll"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

func TestTheWindowNeverLeavesTheLines(t *testing.T) {
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	g := style.Unicode()
	e := &page.Env{Words: words.French(), Sheet: style.New(th, themes.OnDark, colorprofile.TrueColor), Glyphs: &g, Clock: time.Now}
	var lines []string
	for i := range 30 {
		lines = append(lines, e.Pen(20).Put(style.Text, fmt.Sprintf("line %02d", i)).Line())
	}
	var v scroll.View
	first := func() string { return strings.TrimSpace(ansi.Strip(v.Draw(e, lines, 20, 10).Lines[0])) }
	do := func(id string) {
		for _, c := range v.Commands() {
			if c.ID == id {
				c.Do()
			}
		}
	}
	for _, c := range []struct{ id, want string }{{"", "line 00"}, {keys.Up, "line 00"}, {keys.Down, "line 01"}, {keys.PageDown, "line 10"}, {keys.Bottom, "line 20"}, {keys.Down, "line 20"}, {keys.HalfUp, "line 15"}, {keys.Top, "line 00"}} {
		if do(c.id); first() != c.want {
			t.Errorf("%s shows %q, want %q", c.id, first(), c.want)
		}
	}
	if b := v.Draw(e, lines, 20, 10); !strings.Contains(ansi.Strip(b.Lines[9]), "+21") {
		t.Errorf("what follows is not counted: %q", ansi.Strip(b.Lines[9]))
	}
	v = scroll.View{Tail: true}
	for _, c := range []struct{ id, want string }{{"", "line 20"}, {keys.Up, "line 19"}, {"", "line 19"}, {keys.Bottom, "line 20"}} {
		if do(c.id); first() != c.want {
			t.Errorf("the end: %s shows %q, want %q", c.id, first(), c.want)
		}
	}
	lines = append(lines, lines[0])
	if first() != "line 21" {
		t.Error("the end is not followed")
	}
	do(keys.Up)
	lines = append(lines, lines[0])
	if first() != "line 20" {
		t.Error("the end is followed although somebody went away from it")
	}
	if b := v.Draw(e, lines[:3], 20, 10); b.H != 10 || len(v.Commands()) != 0 {
		t.Error("short lines need no movement")
	}
}
