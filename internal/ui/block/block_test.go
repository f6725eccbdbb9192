package block_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/block"
)

func exact(t *testing.T, b block.Block) {
	t.Helper()
	if len(b.Lines) != b.H {
		t.Fatalf("%d lines for a height of %d", len(b.Lines), b.H)
	}
	for i, l := range b.Lines {
		if w := ansi.StringWidthWc(l); w != b.W {
			t.Fatalf("line %d is %d cells per rune, not %d: %q", i, w, b.W, l)
		}
		if w := ansi.StringWidth(l); w != b.W {
			t.Fatalf("line %d is %d cells per grapheme, not %d: %q", i, w, b.W, l)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abc", 5, "abc  "},
		{"abcdef", 5, "abcd…"},
		{"é✔", 4, "é✔  "},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日… "},
		{"x", 0, ""},
		{"\x1b[31mred\x1b[0m é", 6, "red é "},
		{"a\u202eb é", 5, "ab é "},
		{"e\u0301t", 3, "ét "},
		{"tab\té", 6, "tab é "},
	} {
		if got := block.Fit(c.in, c.w); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestCompose(t *testing.T) {
	a := block.New(4, 2, block.Fit("aé", 4))
	b := block.New(3, 3, block.Fit("b", 3))
	exact(t, a)
	exact(t, block.Beside(a, b))
	exact(t, block.Under(a, block.New(4, 1)))
	base := block.New(10, 4, block.Fit("0123456789", 10), block.Fit("日本語日本", 10))
	for _, at := range [][2]int{{0, 0}, {3, 1}, {8, 3}, {-2, -1}, {9, 0}, {20, 20}, {1, 1}} {
		exact(t, block.Over(base, b, at[0], at[1]))
	}
	if got := block.Over(base, block.New(2, 1, "XY"), 3, 0).Lines[0]; ansi.Strip(got) != "012XY56789" {
		t.Errorf("Over gave %q", ansi.Strip(got))
	}
	exact(t, block.Centre(base, b))
	exact(t, base.Crop(1, 9))
	if got := block.New(2, 2, "ab", "cd", "ef").String(); got != "ab\ncd" {
		t.Errorf("String gave %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, l := range block.Wrap("les pods n'ont plus leur image depuis la purge de la rétention", 20) {
		if block.Width(l) > 20 {
			t.Errorf("%q is too wide", l)
		}
	}
	if got := block.Wrap("", 5); len(got) != 1 {
		t.Errorf("an empty text gave %d lines", len(got))
	}
}

func FuzzEveryTextKeepsTheWidth(f *testing.F) {
	for _, s := range []string{"abc", "é✔▲", "日本語", "👩‍👩‍👧 famille", "\x1b[31mrouge", "\x1b]0;t\x07x", "a\u0603b", "ก็", "\xff\xfe", "🇫🇷🇫", "a\u200db", "한국어", "\u1100\u1161"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = max(min(w, 200), 0)
		if w == 0 {
			return
		}
		exact(t, block.New(w, 1, block.Fit(s, w)))
		for _, l := range block.Wrap(s, w) {
			exact(t, block.New(w, 1, block.Fit(l, w)))
		}
		base := block.New(w, 1, block.Fit(s, w))
		exact(t, block.Over(base, block.New(3, 1, block.Fit(s, 3)), w/2, 0))
	})
}

func BenchmarkFit(b *testing.B) {
	for name, s := range map[string]string{"ascii": "agendaprefs-prod", "accents": "préproduction ✔", "wide": "日本語の環境"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = block.Fit(s, 24)
			}
		})
	}
}

func BenchmarkBesideSixPanes(b *testing.B) {
	line := strings.Repeat("x", 66)
	lines := make([]string, 30)
	for i := range lines {
		lines[i] = line
	}
	pane := block.New(66, 30, lines...)
	for b.Loop() {
		_ = block.Under(block.Beside(pane, pane, pane), block.Beside(pane, pane, pane))
	}
}
