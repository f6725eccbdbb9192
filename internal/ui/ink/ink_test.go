package ink

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

func TestColoursAreBroughtDown(t *testing.T) {
	const raw = "\x1b[1;38;2;255;0;0mx\x1b[0m"
	for p, want := range map[colorprofile.Profile]string{colorprofile.TrueColor: "\x1b[0;1;38;2;255;0;0m", colorprofile.ANSI256: "\x1b[0;1;38;5;196m", colorprofile.ANSI: "\x1b[0;1;91m", colorprofile.ASCII: "\x1b[0;1m"} {
		if got := Coloured(raw, style.Text, p); len(got) != 1 || got[0].Seq != want || got[0].Text != "x" {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

func FuzzWrapped(f *testing.F) {
	for _, s := range []string{"", "abc", "日本語", "e\u0301\u0301", "a日b", "\x1b[31mx", "👩‍👩‍👧‍👦"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = max(w%40, -w%40) + 2
		clean, width := block.Plain(s)
		joined := ""
		for _, row := range Wrapped([]Piece{{Text: s}}, w, 1000) {
			cells := 0
			for _, x := range row {
				cells += block.Width(x.Text)
				joined += x.Text
			}
			if cells > w {
				t.Fatalf("a row of %d cells, not %d: %q", cells, w, row)
			}
		}
		if len(clean) < 1000 && joined != clean {
			t.Fatalf("%q became %q", clean, joined)
		}
		for skip := range min(width, 20) {
			if got := block.Width(after(clean, width, skip)); got != width-skip {
				t.Fatalf("%q without %d cells has %d of %d", clean, skip, got, width)
			}
		}
	})
}

func TestWordsBreaksAtBlanks(t *testing.T) {
	for _, c := range []struct {
		pieces []string
		w      int
		want   string
	}{
		{[]string{"un deux trois"}, 7, "un deux|trois"},
		{[]string{"un de", "ux trois"}, 7, "un deux|trois"},
		{[]string{"abcdefghij"}, 4, "abcd|efgh|ij"},
		{[]string{"a bcdefghij"}, 6, "a bcde|fghij"}, // a blank in the first half is no place to break
		{[]string{"  at x.y(z)"}, 6, "  at|x.y(z)"},
		{[]string{"日本語 x"}, 4, "日本|語 x"},
		{[]string{"日本"}, 1, "日|本"},
		{[]string{""}, 5, ""},
		{[]string{"fin "}, 3, "fin"},
	} {
		var pieces []Piece
		for _, text := range c.pieces {
			pieces = append(pieces, Piece{Text: text})
		}
		var rows []string
		for _, row := range Words(pieces, c.w, 9) {
			var b strings.Builder
			for _, x := range row {
				b.WriteString(x.Text)
			}
			rows = append(rows, b.String())
		}
		if got := strings.Join(rows, "|"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.pieces, c.w, got, c.want)
		}
	}
	if rows := Words([]Piece{{Text: "a b c d"}}, 1, 2); len(rows) != 2 {
		t.Errorf("%d rows within a limit of 2", len(rows))
	}
}
