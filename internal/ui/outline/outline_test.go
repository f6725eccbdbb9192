package outline_test

import (
	"fmt"
	"strings"
	"testing"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/style"
)

// item takes n lines; the first says whether the cursor is on it.
func item(key string, n int) outline.Item {
	return outline.Item{Key: key, Draw: func(w int, g style.Ground) []string {
		mark := " "
		if g == style.Select {
			mark = ">"
		}
		lines := make([]string, n)
		for i := range lines {
			lines[i] = block.Fit(fmt.Sprintf("%s%s.%d", mark, key, i), w)
		}
		return lines
	}}
}

func visible(o *outline.Outline, h int) string {
	b := o.Draw(8, h, false)
	for i := range b.Lines {
		b.Lines[i] = strings.TrimRight(b.Lines[i], " ")
	}
	return strings.Join(b.Lines, "|")
}

func ten() []outline.Item {
	out := []outline.Item{item("", 1)}
	for i := range 9 {
		out = append(out, item(fmt.Sprint("k", i), 1+i%2))
	}
	return out
}

func TestTheCursorStaysOnItsThingAndInSight(t *testing.T) {
	o := outline.New()
	o.SetItems(ten())
	if got := visible(o, 4); got != " .0|>k0.0| k1.0| k1.1" {
		t.Errorf("%q", got)
	}
	for i := range 8 {
		o.Move(1)
		want := fmt.Sprint("k", i+1)
		if o.Current() != want || !strings.Contains(visible(o, 4), ">"+want) {
			t.Fatalf("on %s, want %s: %q", o.Current(), want, visible(o, 4))
		}
	}
	items := ten()
	o.SetItems(append(items[:3:3], items[5:]...))
	if o.Current() != "k8" {
		t.Errorf("after a change of others, on %s", o.Current())
	}
	o.SetItems(items[:6])
	if o.Current() != "k4" {
		t.Errorf("after its thing is gone, on %s", o.Current())
	}
	o.Top()
	if got := visible(o, 4); !strings.HasPrefix(got, " .0|>k0") {
		t.Errorf("at the top: %q", got)
	}
	o.SetItems(nil)
	if o.Current() != "" {
		t.Error("a thing in an empty outline")
	}
	o.Move(3)
	o.Bottom()
	o.Top()
	_ = visible(o, 4)
}

func TestAnUntouchedCursorStaysFirst(t *testing.T) {
	o := outline.New()
	o.SetItems([]outline.Item{item("b", 1)})
	o.SetItems([]outline.Item{item("a", 1), item("b", 1)})
	if o.Current() != "a" {
		t.Errorf("on %s", o.Current())
	}
	o.Select("b")
	o.SetItems([]outline.Item{item("z", 1), item("a", 1), item("b", 1)})
	if o.Current() != "b" {
		t.Errorf("chosen, then on %s", o.Current())
	}
}

func TestTextScrollsToItsEnds(t *testing.T) {
	o := outline.New()
	o.SetItems([]outline.Item{item("", 9)})
	_ = visible(o, 4)
	for range 20 {
		o.Move(1)
	}
	if got := visible(o, 4); got != " .5| .6| .7| .8" {
		t.Errorf("%q", got)
	}
	if above, below := o.More(); above != 5 || below != 0 {
		t.Errorf("%d above, %d below", above, below)
	}
	o.Move(-2)
	if got := visible(o, 4); !strings.HasPrefix(got, " .3") {
		t.Errorf("%q", got)
	}
}

func TestATallItemIsReadBeforeItIsLeft(t *testing.T) {
	o := outline.New()
	o.SetItems([]outline.Item{item("tall", 7), item("next", 1)})
	_ = visible(o, 3)
	seen := ""
	for range 20 {
		seen += visible(o, 3)
		if o.Current() == "next" {
			break
		}
		o.Move(1)
	}
	if o.Current() != "next" {
		t.Fatalf("never left: %q", seen)
	}
	for i := range 7 {
		if !strings.Contains(seen, fmt.Sprintf("tall.%d", i)) {
			t.Errorf("line %d was never seen", i)
		}
	}
}

func TestPagesMove(t *testing.T) {
	o := outline.New()
	o.SetItems(ten())
	_ = visible(o, 5)
	run := func(id string) {
		for _, c := range o.Commands() {
			if c.ID == id {
				c.Do()
			}
		}
		_ = visible(o, 5)
	}
	run("list.page_down")
	first := o.Current()
	run("list.page_down")
	if first == "k0" || o.Current() == first {
		t.Errorf("pages went to %s, then %s", first, o.Current())
	}
	for range 9 {
		run("list.page_up")
	}
	if o.Current() != "k0" {
		t.Errorf("back on %s", o.Current())
	}
	run("list.bottom")
	if o.Current() != "k8" {
		t.Errorf("bottom is %s", o.Current())
	}
}

func FuzzTheSizeHolds(f *testing.F) {
	f.Add(20, 5, "jjjkdGg")
	f.Fuzz(func(t *testing.T, w, h int, moves string) {
		w, h = min(max(w, 1), 200), min(max(h, 1), 60)
		o := outline.New()
		o.SetItems(ten())
		for i, m := range moves {
			if i > 50 {
				break
			}
			switch m {
			case 'j':
				o.Move(1)
			case 'k':
				o.Move(-1)
			case 'G':
				o.Bottom()
			case 'g':
				o.Top()
			default:
				o.Move(int(m) % 7)
			}
			b := o.Draw(w, h, m%2 == 0)
			if b.W != w || b.H != h || len(b.Lines) != h {
				t.Fatalf("%dx%d instead of %dx%d", b.W, b.H, w, h)
			}
		}
	})
}
