// Package themes holds the theme files and reads them, and a person's own beside them. A theme is data: some two dozen semantic
// roles for a dark, a light and/or an unknown background. Nothing here knows terminals; internal/ui/style turns a theme into
// escape sequences.
package themes

import (
	"strconv"
	"strings"
)

// Roles are the names that every variant must give a colour to: what a piece of text means, never how it looks.
// The order is the order of internal/ui/style.
func Roles() []string {
	return []string{"text", "strong", "muted", "faint", "accent", "title", "good", "running", "warn", "bad", "critical", "info",
		"unknown", "key", "match", "border", "chart1", "chart2", "series1", "series2", "series3", "series4", "series5", "series6"}
}

// Surfaces are the only backgrounds that are painted: the header's bar, the selected row, a dialog. Everything else is
// drawn on the terminal's own background.
func Surfaces() []string { return []string{"bar", "select", "dialog"} }

// Paint is how one role looks. X256 is the number among 256 colours, from 16 on, where they are the same everywhere; Ansi is the number among the terminal's 16 colours, -1 for its default.
// Default is the terminal's own colour, whatever it is, and excludes the three numbers; a surface that is Default is not painted, and the one of the selection swaps the terminal's colours.
type Paint struct {
	Default   bool
	Hex       string
	X256      int
	Ansi      int
	Bold      bool
	Underline bool
}

// RGB returns the true colour.
func (p Paint) RGB() (r, g, b uint8) {
	n, _ := strconv.ParseUint(strings.TrimPrefix(p.Hex, "#"), 16, 32) // validated when the file was read
	return uint8(n >> 16), uint8(n >> 8), uint8(n)                    //nolint:gosec // three bytes by construction
}

// Variant is a theme for one kind of background.
type Variant struct {
	// Reference lists backgrounds that terminals of this kind have; contrast is computed against each.
	Reference []string
	Role      map[string]Paint
	Surface   map[string]Paint
}

// Ground is what is known of the terminal's background.
type Ground uint8

// The grounds. Unknown is that of a terminal that did not tell.
const (
	Unknown Ground = iota
	OnDark
	OnLight
)

// On is the ground of a background that is known.
func On(dark bool) Ground {
	if dark {
		return OnDark
	}
	return OnLight
}

// Theme is one file. A variant that is nil does not exist. Neutral is readable on dark and on light backgrounds, for where neither is known.
type Theme struct {
	Name string
	// Inherits names the theme that gave what this one does not say; "" when it says everything.
	Inherits string
	// Contrast is the least ratio (WCAG 2) that every text role keeps on every background it may be drawn on.
	Contrast float64
	// Own is set for a theme of the person, not of the program.
	Own                  bool
	Dark, Light, Neutral *Variant
}

// Variant returns the variant for the background, else one that the theme has: who asked for a theme of light backgrounds by name has such a
// terminal.
func (t Theme) Variant(g Ground) *Variant {
	order := []*Variant{t.Neutral, t.Dark, t.Light}
	switch g {
	case OnDark:
		order = []*Variant{t.Dark, t.Neutral, t.Light}
	case OnLight:
		order = []*Variant{t.Light, t.Neutral, t.Dark}
	case Unknown:
	}
	for _, v := range order {
		if v != nil {
			return v
		}
	}
	return nil
}

// Backdrop is the background to ask of a terminal whose own is known to be of the other kind than all that the theme has, as "#rrggbb"; ""
// where the theme is readable as it is.
func (t Theme) Backdrop(g Ground) string {
	other := t.Light
	if g == OnLight {
		other = t.Dark
	}
	if g == Unknown || other == nil || t.Variant(g) != other || len(other.Reference) == 0 {
		return ""
	}
	return other.Reference[0]
}

// variants lists what the theme has, by name.
func (t Theme) variants() map[string]*Variant {
	out := map[string]*Variant{"dark": t.Dark, "light": t.Light, "neutral": t.Neutral}
	for name, v := range out {
		if v == nil {
			delete(out, name)
		}
	}
	return out
}

// Auto is the name that stands for dark, light or, where the terminal does not tell its background, neutral.
const Auto = "auto"
