// Package style turns a theme into what drawing needs: one ready escape sequence per role and ground, derived once per
// (theme, background, colour profile), and the glyphs. Nothing is computed while a cell is drawn.
package style

import (
	"fmt"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/themes"
)

// Role says what a piece of text means. The order is that of themes.Roles.
type Role uint8

// The roles. Good, Running, Warn, Bad, Critical, Info and Unknown are states and always come with a glyph or a word.
const (
	Text     Role = iota // ordinary text
	Strong               // what deserves the eye
	Muted                // secondary
	Faint                // normal, expected, labels
	Accent               // where one is
	Title                // column headers, section titles
	Good                 // a state that is fine
	Running              // a state in movement
	Warn                 // attention or degraded
	Bad                  // failed
	Critical             // users are hit
	Info                 // worth knowing
	Unknown              // not known, not evaluated
	Key                  // a key of the keyboard
	Match                // what a filter found
	Border               // lines
	Chart1               // CPU
	Chart2               // memory
	Series1              // things of one kind that are told apart: containers; always with their name
	Series2
	Series3
	Series4
	Series5
	Series6
	roles
)

// Ground is what is behind a text.
type Ground uint8

// The grounds. Plain is the terminal's own background. Head and Point are Plain for the first column of a row, without and with the cursor
// on it: blanks have no look of their own, and on Point what is written, but for signs of state, is on the selection's background. A cursor
// that moves then repaints a few cells, not two rows.
const (
	Plain Ground = iota
	Bar
	Select
	Dialog
	Head
	Point
	grounds
)

// state reports whether a role is that of a sign of state, which looks the same wherever the cursor is.
func (r Role) state() bool { return r >= Good && r <= Unknown }

// Sheet is a theme made ready for one terminal. It is immutable; a change of theme makes another one.
type Sheet struct {
	Theme   string
	Profile colorprofile.Profile
	sgr     [grounds][roles]string
	lined   [roles]bool // blanks in the role would show a line
	// ASCII makes pens write ASCII signs only; letters keep their accents.
	ASCII bool
	// id distinguishes sheets in memo keys.
	id string
}

// New derives the sheet of a theme on a background.
func New(t themes.Theme, on themes.Ground, profile colorprofile.Profile) *Sheet {
	v := t.Variant(on)
	s := &Sheet{Theme: t.Name, Profile: profile, id: fmt.Sprintf("%s/%d/%d", t.Name, on, profile)}
	paints := themes.Roles()
	for r := range roles {
		s.lined[r] = v.Role[paints[r]].Underline || r == Critical || r == Match
	}
	surfaces := append([]string{""}, themes.Surfaces()...)
	for g := range Head {
		for r := range roles {
			s.sgr[g][r] = start(lookOf(v.Role[paints[r]], v.Surface[surfaces[g]], r, g, profile))
		}
	}
	for r := range roles {
		s.sgr[Head][r], s.sgr[Point][r] = s.sgr[Plain][r], s.sgr[Select][r]
		if r.state() {
			s.sgr[Point][r] = s.sgr[Plain][r]
		}
	}
	return s
}

// lookOf is a role on a ground as a style.
func lookOf(p, surface themes.Paint, r Role, g Ground, profile colorprofile.Profile) lipgloss.Style {
	look := lipgloss.NewStyle().Bold(p.Bold).Underline(p.Underline)
	switch {
	case profile <= colorprofile.ASCII:
		return mono(look, r, g)
	case g == Select && (profile == colorprofile.ANSI || surface.Default):
		// The terminal's own colours swapped: readable in every palette of 16, and on any background.
		return lipgloss.NewStyle().Bold(p.Bold).Reverse(true)
	}
	look = look.Foreground(colour(p, profile))
	if g > 0 {
		look = look.Background(colour(surface, profile))
	}
	return look
}

// start is the sequence that begins a style after taking back whatever was before.
func start(look lipgloss.Style) string {
	const probe = "x"
	before, _, _ := strings.Cut(look.Render(probe), probe)
	codes := strings.NewReplacer("\x1b[", "", "m", ";").Replace(before)
	if codes = strings.TrimRight(codes, ";"); codes == "" {
		return "\x1b[m"
	}
	return "\x1b[0;" + codes + "m"
}

// mono carries by attributes what colour cannot: NO_COLOR forbids colours, not weight.
func mono(look lipgloss.Style, r Role, g Ground) lipgloss.Style {
	switch r {
	case Critical:
		look = look.Bold(true).Underline(true)
	case Bad, Accent, Key, Strong:
		look = look.Bold(true)
	case Match:
		look = look.Underline(true)
	case Title, Border:
		look = look.Faint(true)
	default:
	}
	return look.Reverse(g == Select)
}

// colour is a paint as the terminal can show it.
func colour(p themes.Paint, profile colorprofile.Profile) color.Color {
	switch {
	case p.Default:
		return lipgloss.NoColor{}
	case profile == colorprofile.TrueColor:
		r, g, b := p.RGB()
		return color.RGBA{R: r, G: g, B: b, A: 0xff}
	case profile == colorprofile.ANSI256:
		return ansi.IndexedColor(p.X256) //nolint:gosec // 0–255, checked when the theme is loaded
	case p.Ansi < 0:
		return lipgloss.NoColor{}
	}
	return ansi.BasicColor(p.Ansi) //nolint:gosec // 0–15, checked when the theme is loaded
}

// SGR returns the sequence that starts the role on the ground. It resets what was before.
func (s *Sheet) SGR(r Role, g Ground) string { return s.sgr[g][r] }

// ID identifies the look, for memo keys.
func (s *Sheet) ID() string { return s.id }

// WithASCII returns a sheet whose pens write ASCII signs only.
func (s *Sheet) WithASCII(on bool) *Sheet {
	c := *s
	c.ASCII = on
	if on {
		c.id += "/ascii"
	}
	return &c
}

// Reset ends any style.
const Reset = "\x1b[m"

// Paint styles a text that is already clean, on the terminal's background.
func (s *Sheet) Paint(r Role, text string) string { return s.sgr[Plain][r] + text + Reset }
