package plot_test

import (
	"flag"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/plot"
	"dsotop/internal/ui/style"
	"dsotop/themes"
)

var update = flag.Bool("update", false, "write the drawings again") //nolint:gochecknoglobals // a flag of the test binary

func look(t testing.TB, ascii bool) (*style.Sheet, *style.Glyphs) {
	t.Helper()
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	g := style.Unicode()
	if ascii {
		g = style.ASCII()
	}
	return style.New(th, themes.OnDark, colorprofile.TrueColor).WithASCII(ascii), &g
}

// draw returns what is seen, and checks that it is exactly as large as asked for.
func draw(t testing.TB, p *plot.Plot, ascii bool, w, h int) string {
	t.Helper()
	sheet, g := look(t, ascii)
	b := p.Draw(sheet, g, w, h)
	if len(b.Lines) != h {
		t.Fatalf("%d lines for a height of %d", len(b.Lines), h)
	}
	lines := make([]string, h)
	for i, l := range b.Lines {
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("line %d is %d cells, not %d: %q", i, got, w, ansi.Strip(l))
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func whole(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func ramp(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 4 * float64(i) / float64(n-1)
	}
	return out
}

func TestDrawings(t *testing.T) {
	nan := math.NaN()
	var all strings.Builder
	gap := ramp(20)
	for i := 8; i < 12; i++ {
		gap[i] = nan
	}
	for _, c := range []struct {
		name  string
		p     plot.Plot
		ascii bool
	}{
		{"a ramp in braille", plot.Plot{Series: []plot.Series{{Values: ramp(40)}}, Cursor: -1, Write: whole}, false},
		{"a gap is a gap", plot.Plot{Series: []plot.Series{{Values: gap}}, Cursor: -1, Write: whole}, false},
		{"in ASCII", plot.Plot{Series: []plot.Series{{Values: ramp(24)}}, Cursor: -1, Write: whole}, true},
		{"blocks, one curve", plot.Plot{Series: []plot.Series{{Values: ramp(24)}}, Mode: plot.Block, Cursor: -1, Write: whole}, false},
		{"blocks, two curves", plot.Plot{Series: []plot.Series{{Values: ramp(24)}, {Values: []float64{2, 2}}}, Mode: plot.Block, Cursor: -1, Write: whole}, false},
		{"bars", plot.Plot{Series: []plot.Series{{Values: []float64{0, 1, 0, 4, nan, 2}}}, Bars: true, Cursor: -1, Write: whole}, false},
		{"levels, marks, ticks, a cursor", plot.Plot{
			Series: []plot.Series{{Values: ramp(20), Tag: "a"}, {Values: []float64{1, 1, 1}, Tag: "b"}}, Levels: []plot.Level{{Values: []float64{3}, Tag: "L"}},
			Marks: []plot.Mark{{At: 0.5}}, Ticks: []plot.Tick{{At: 0, Text: "13:00"}, {At: 0.6, Text: "14:00"}}, Cursor: 5, Write: whole}, false},
	} {
		all.WriteString(c.name + "\n" + draw(t, &c.p, c.ascii, 24, 7) + "\n\n")
	}
	const path = "testdata/drawings.txt"
	if *update {
		if err := os.WriteFile(path, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != all.String() {
		t.Errorf("the drawings differ (go test -update writes them again):\n%s", all.String())
	}
}

func TestALevelFarAboveIsLeftOut(t *testing.T) {
	p := plot.Plot{Series: []plot.Series{{Values: []float64{0, 1}}}, Levels: []plot.Level{{Values: []float64{16}}, {Values: []float64{2}}}, Cursor: -1}
	if !p.Beyond(0) || p.Beyond(1) {
		t.Error("what is far above flattens the curve")
	}
	p.All = true
	if p.Beyond(0) {
		t.Error("all were asked for")
	}
}

func TestTagsAreAllThere(t *testing.T) {
	var p plot.Plot
	p.Cursor = -1
	for _, tag := range strings.Split("a b c d e", " ") {
		p.Series = append(p.Series, plot.Series{Values: []float64{1, 1, math.NaN()}, Tag: tag})
	}
	got := draw(t, &p, false, 30, 9)
	for _, tag := range strings.Split("a b c d e", " ") {
		if !strings.Contains(got, " "+tag) {
			t.Errorf("%s is not named:\n%s", tag, got)
		}
	}
}

// FuzzDraw: whatever the numbers and the room, the block is exact and nothing panics.
func FuzzDraw(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 20, 6, uint8(0), false)
	f.Add(math.NaN(), math.Inf(1), -1e300, 8, 2, uint8(1), true)
	f.Add(0.0, 0.0, 0.0, 120, 1, uint8(2), false)
	f.Add(1e-300, 1e300, -5.0, 40, 10, uint8(1), false)
	f.Fuzz(func(t *testing.T, a, b, c float64, w, h int, mode uint8, bars bool) {
		w, h = max(min(w, 200), 1), max(min(h, 60), 1)
		p := plot.Plot{Series: []plot.Series{{Values: []float64{a, b, c, math.NaN(), a}, Tag: "a"}, {Values: []float64{c}}, {}}, Levels: []plot.Level{{Values: []float64{b}, Tag: "Q"}, {}},
			Marks: []plot.Mark{{At: a}, {At: 0.5}}, Ticks: []plot.Tick{{At: 0.5, Text: "14:00"}, {At: b, Text: "x"}}, Cursor: h, Mode: plot.Mode(mode % uint8(plot.Modes)), Bars: bars, Binary: bars, Write: whole}
		draw(t, &p, mode > 128, w, h)
	})
}

func BenchmarkDraw(b *testing.B) {
	sheet, g := look(b, false)
	p := plot.Plot{Series: []plot.Series{{Values: ramp(120), Tag: "a"}, {Values: ramp(120), Tag: "b"}}, Levels: []plot.Level{{Values: []float64{3}}}, Cursor: 10, Write: whole}
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Draw(sheet, g, 80, 12)
	}
}
