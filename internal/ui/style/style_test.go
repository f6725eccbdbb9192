package style_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/style"
	"dsotop/themes"
)

func sheet(t *testing.T, p colorprofile.Profile) *style.Sheet {
	t.Helper()
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, themes.OnDark, p)
}

func TestRolesAndThemesAgree(t *testing.T) {
	if int(style.Series6)+1 != len(themes.Roles()) {
		t.Fatalf("%d roles in style, %d in themes", style.Series6+1, len(themes.Roles()))
	}
}

func TestColoursFollowTheProfile(t *testing.T) {
	for p, want := range map[colorprofile.Profile]string{colorprofile.TrueColor: "38;2;255;143;138", colorprofile.ANSI256: "38;5;210", colorprofile.ANSI: "91"} {
		if got := sheet(t, p).SGR(style.Bad, style.Plain); !strings.Contains(got, want) {
			t.Errorf("%s: %q does not hold %s", p, got, want)
		}
	}
	for g := range style.Dialog + 1 {
		for r := range style.Series6 + 1 {
			if got := sheet(t, colorprofile.ASCII).SGR(r, g); strings.Contains(got, "38;") || strings.Contains(got, "48;") || strings.Contains(got, "9") {
				t.Errorf("a colour without colours: %q", got)
			}
		}
	}
}

// The terminal's own background stays, except behind the bar, the selection and what opens above.
func TestThePlainGroundIsNotPainted(t *testing.T) {
	s := sheet(t, colorprofile.TrueColor)
	for r := range style.Series6 + 1 {
		if strings.Contains(s.SGR(r, style.Plain), "48;") {
			t.Errorf("role %d paints the background", r)
		}
		if !strings.Contains(s.SGR(r, style.Select), "48;") {
			t.Errorf("role %d does not show the selection", r)
		}
	}
}

// Under the cursor only names change: signs of state, and the blanks around what is written, stay the same cells.
func TestPointChangesNamesOnly(t *testing.T) {
	s := sheet(t, colorprofile.TrueColor)
	line := func(g style.Ground) string {
		return s.Pen(12, g).Space(1).Put(style.Bad, "x").Space(1).Put(style.Strong, "name").Space(2).Onto(style.Plain).Put(style.Muted, "y").Line()
	}
	plain, pointed := line(style.Head), line(style.Point)
	want := strings.Replace(plain, s.SGR(style.Strong, style.Head), s.SGR(style.Strong, style.Select), 1)
	if pointed != want || pointed == plain {
		t.Errorf("with the cursor %q, want %q", pointed, want)
	}
	if !strings.HasPrefix(plain, " "+s.SGR(style.Bad, style.Plain)) || !strings.Contains(plain, "name"+style.Reset+"  ") {
		t.Errorf("blanks have a look: %q", plain)
	}
}

func TestPenIsExact(t *testing.T) {
	s := sheet(t, colorprofile.TrueColor)
	for _, c := range []struct{ got, want string }{
		{s.Pen(10, style.Plain).Put(style.Text, "abc").Line(), "abc       "},
		{s.Pen(5, style.Plain).Put(style.Text, "abcdefgh").Line(), "abcd…"},
		{s.Pen(10, style.Bar).Put(style.Text, "a").Right(style.Bad, "zz").Line(), "a       zz"},
		{s.Pen(10, style.Plain).Column(4).Put(style.Text, "abcdef").EndColumn().Put(style.Text, "xyz").Line(), "abc…xyz   "},
		{s.Pen(10, style.Plain).Column(4).Right(style.Text, "7").EndColumn().Line(), "   7      "},
		{s.Pen(6, style.Plain).RightSpans(style.Span{Text: "é"}, style.Span{Text: "✔"}).Line(), "    é✔"},
		{s.Pen(4, style.Plain).Rule("─").Line(), "────"},
		{s.Pen(0, style.Plain).Put(style.Text, "abc").Line(), ""},
		{s.WithASCII(true).Pen(5, style.Plain).Put(style.Text, "a→bcdef").Line(), "a>bc~"},
	} {
		if plain := ansi.Strip(c.got); plain != c.want {
			t.Errorf("%q, want %q", plain, c.want)
		}
	}
}

func TestEverySignIsOneCell(t *testing.T) {
	for _, g := range []style.Glyphs{style.Unicode(), style.ASCII()} {
		all := append([]string{g.OK, g.Bad, g.Warn, g.Info, g.Running, g.Unknown, g.Loading, g.None, g.NoRight, g.NotSet, g.Dot, g.Half, g.Hollow, g.Into, g.Open, g.Closed, g.Child, g.Cursor,
			g.SortDown, g.SortUp, g.Marked, g.HLine, g.VLine, g.Ellipsis, g.Times, g.To, g.Lock, g.Gauge[0], g.Gauge[1]}, append(g.Bars, g.Corners[:]...)...)
		for _, s := range all {
			if ansi.StringWidth(s) != 1 || ansi.StringWidthWc(s) != 1 {
				t.Errorf("%q is not one cell", s)
			}
			if g.ASCII && s[0] > 0x7e {
				t.Errorf("%q is not ASCII", s)
			}
		}
	}
}

// Where the background is not known, text has the terminal's colours, and the selection swaps them.
func TestAnUnknownBackgroundKeepsTheTerminalsColours(t *testing.T) {
	th, err := themes.Find(themes.Auto, themes.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI} {
		s := style.New(th, themes.Unknown, p)
		for _, r := range []style.Role{style.Text, style.Strong, style.Muted} {
			for g := range style.Dialog + 1 {
				if got := s.SGR(r, g); strings.Contains(got, "38;") || strings.Contains(got, "48;") || strings.Contains(got, "9") {
					t.Errorf("%s: role %d on ground %d is coloured: %q", p, r, g, got)
				}
			}
			if got := s.SGR(r, style.Select); !strings.Contains(got, "7") {
				t.Errorf("%s: the selection is not to be seen: %q", p, got)
			}
		}
	}
}
