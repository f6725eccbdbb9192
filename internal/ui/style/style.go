// Package style turns a theme into what drawing needs: one ready escape sequence per role and ground, derived once per
// (theme, background, colour profile), and the glyphs. Nothing is computed while a cell is drawn.
package style

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"

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
	roles
)

// Ground is what is behind a text.
type Ground uint8

// The grounds. Only Plain is the terminal's own background.
const (
	Plain Ground = iota
	Bar
	Select
	Dialog
	grounds
)

// Sheet is a theme made ready for one terminal. It is immutable; a change of theme makes another one.
type Sheet struct {
	Theme   string
	Profile colorprofile.Profile
	Dark    bool
	sgr     [grounds][roles]string
	// ASCII makes pens write ASCII signs only; letters keep their accents.
	ASCII bool
	// id distinguishes sheets in memo keys.
	id string
}

// New derives the sheet of a theme.
func New(t themes.Theme, dark bool, profile colorprofile.Profile) *Sheet {
	v := t.Variant(dark)
	s := &Sheet{Theme: t.Name, Profile: profile, Dark: dark, id: fmt.Sprintf("%s/%v/%d", t.Name, dark, profile)}
	names := themes.Roles()
	surfaces := append([]string{""}, themes.Surfaces()...)
	for g := range s.sgr {
		for r := range s.sgr[g] {
			var parts []string
			p := v.Role[names[r]]
			if p.Bold {
				parts = append(parts, "1")
			}
			if p.Underline {
				parts = append(parts, "4")
			}
			switch {
			case profile <= colorprofile.ASCII:
				parts = append(parts, mono(Role(r), Ground(g))...) //nolint:gosec // small by construction
			default:
				parts = append(parts, colour(p, profile, false))
				if g > 0 {
					parts = append(parts, colour(v.Surface[surfaces[g]], profile, true))
					if Ground(g) == Select && profile == colorprofile.ANSI { //nolint:gosec // small by construction
						parts = selectBasic(p)
					}
				}
			}
			s.sgr[g][r] = "\x1b[0;" + strings.Join(strip(parts), ";") + "m"
			if len(strip(parts)) == 0 {
				s.sgr[g][r] = "\x1b[m"
			}
		}
	}
	return s
}

// selectBasic is the selected row in 16 colours: the terminal's own colours swapped, which is readable in every palette,
// with the state's weight kept.
func selectBasic(p themes.Paint) []string {
	out := []string{"7"}
	if p.Bold {
		out = append(out, "1")
	}
	return out
}

// mono carries by attributes what colour cannot: NO_COLOR forbids colours, not weight.
func mono(r Role, g Ground) []string {
	var out []string
	switch r {
	case Critical:
		out = append(out, "1", "4")
	case Bad, Accent, Key, Strong:
		out = append(out, "1")
	case Match:
		out = append(out, "4")
	case Title, Border:
		out = append(out, "2")
	default:
	}
	if g == Select {
		out = append(out, "7")
	}
	return out
}

func strip(parts []string) []string {
	out := parts[:0]
	seen := map[string]bool{}
	for _, p := range parts {
		if p != "" && !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

func colour(p themes.Paint, profile colorprofile.Profile, back bool) string {
	base, bright, ext := 30, 90, "38"
	if back {
		base, bright, ext = 40, 100, "48"
	}
	switch profile {
	case colorprofile.TrueColor:
		r, g, b := p.RGB()
		return fmt.Sprintf("%s;2;%d;%d;%d", ext, r, g, b)
	case colorprofile.ANSI256:
		return ext + ";5;" + strconv.Itoa(p.X256)
	default:
		switch {
		case p.Ansi < 0:
			return ""
		case p.Ansi < 8:
			return strconv.Itoa(base + p.Ansi)
		default:
			return strconv.Itoa(bright + p.Ansi - 8)
		}
	}
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
