// Package themes holds the theme files and reads them. A theme is data: some two dozen semantic roles for a dark and/or a
// light background. Nothing here knows terminals; internal/ui/style turns a theme into escape sequences.
package themes

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed *.toml
var files embed.FS

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
	Default   bool   `toml:"default"`
	Hex       string `toml:"hex"`
	X256      int    `toml:"x256"`
	Ansi      int    `toml:"ansi"`
	Bold      bool   `toml:"bold"`
	Underline bool   `toml:"underline"`
}

// RGB returns the true colour.
func (p Paint) RGB() (r, g, b uint8) {
	n, _ := strconv.ParseUint(strings.TrimPrefix(p.Hex, "#"), 16, 32) // validated when the file was read
	return uint8(n >> 16), uint8(n >> 8), uint8(n)                    //nolint:gosec // three bytes by construction
}

// Variant is a theme for one kind of background.
type Variant struct {
	// Reference lists backgrounds that terminals of this kind have; contrast is computed against each.
	Reference []string         `toml:"reference"`
	Role      map[string]Paint `toml:"role"`
	Surface   map[string]Paint `toml:"surface"`
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
	Name string `toml:"name"`
	// Contrast is the least ratio (WCAG 2) that every text role keeps on every background it may be drawn on.
	Contrast float64  `toml:"contrast"`
	Dark     *Variant `toml:"dark"`
	Light    *Variant `toml:"light"`
	Neutral  *Variant `toml:"neutral"`
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

// Names lists what a person may ask for, Auto first.
func Names() []string {
	out := []string{Auto}
	list, err := All()
	if err != nil {
		return out
	}
	for _, t := range list {
		out = append(out, t.Name)
	}
	return out
}

// All reads the embedded themes, in order of name.
func All() ([]Theme, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	out := make([]Theme, 0, len(names))
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		t, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("theme %s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".toml"); t.Name != want {
			return nil, fmt.Errorf("theme %s: name is %q, must be %q", name, t.Name, want)
		}
		out = append(out, t)
	}
	return out, nil
}

// Find returns the theme of that name; Auto is dark, light or neutral. A theme made for both dark and light backgrounds looks as neutral does where
// the background is not known: either of its halves could be unreadable there.
func Find(name string, on Ground) (Theme, error) {
	if name == "" || name == Auto {
		name = [...]string{Unknown: "neutral", OnDark: "dark", OnLight: "light"}[on]
	}
	list, err := All()
	if err != nil {
		return Theme{}, err
	}
	var neutral *Variant
	for _, t := range list {
		if t.Name == "neutral" {
			neutral = t.Neutral
		}
	}
	for _, t := range list {
		if t.Name == name {
			if t.Dark != nil && t.Light != nil && t.Neutral == nil {
				t.Neutral = neutral
			}
			return t, nil
		}
	}
	return Theme{}, fmt.Errorf("theme %q does not exist; there are: %s", name, strings.Join(Names(), ", "))
}

// Parse reads one theme strictly and reports every mistake at once. It does not judge contrast; see Faults.
func Parse(data []byte) (Theme, error) {
	var t Theme
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return Theme{}, errors.New(strings.TrimSpace(strict.String()))
		}
		return Theme{}, err
	}
	var errs []error
	if len(t.variants()) == 0 {
		errs = append(errs, errors.New("has neither [dark] nor [light] nor [neutral]"))
	}
	for name, v := range t.variants() {
		if len(v.Reference) == 0 {
			errs = append(errs, fmt.Errorf("%s.reference is empty", name))
		}
		for _, hex := range v.Reference {
			errs = append(errs, checkHex(name+".reference", hex))
		}
		errs = append(errs, checkPaints(name+".role", v.Role, Roles()), checkPaints(name+".surface", v.Surface, Surfaces()))
	}
	return t, errors.Join(errs...)
}

func checkPaints(where string, got map[string]Paint, want []string) error {
	var errs []error
	for _, name := range want {
		p, ok := got[name]
		if !ok {
			errs = append(errs, fmt.Errorf("%s.%s is missing", where, name))
			continue
		}
		if p.Default {
			if p.Hex != "" || p.X256 != 0 || p.Ansi != 0 {
				errs = append(errs, fmt.Errorf("%s.%s: default = true goes without hex, x256 and ansi", where, name))
			}
			continue
		}
		errs = append(errs, checkHex(where+"."+name, p.Hex))
		if p.X256 < 16 || p.X256 > 255 {
			errs = append(errs, fmt.Errorf("%s.%s: x256 must be 16 to 255, is %d", where, name, p.X256))
		}
		if p.Ansi < -1 || p.Ansi > 15 {
			errs = append(errs, fmt.Errorf("%s.%s: ansi must be -1 to 15, is %d", where, name, p.Ansi))
		}
	}
	for name := range got {
		if !slices.Contains(want, name) {
			errs = append(errs, fmt.Errorf("%s.%s is not a role", where, name))
		}
	}
	return errors.Join(errs...)
}

func checkHex(where, hex string) error {
	if len(hex) != 7 || hex[0] != '#' {
		return fmt.Errorf("%s: %q is not a colour of the form #rrggbb", where, hex)
	}
	if _, err := strconv.ParseUint(hex[1:], 16, 32); err != nil {
		return fmt.Errorf("%s: %q is not a colour of the form #rrggbb", where, hex)
	}
	return nil
}

// graphic is the contrast that signs without text need (WCAG 2, 1.4.11).
const graphic = 3.0

// Faults lists the pairs of text and background whose contrast is below what the theme promises, in true colour and in 256
// colours. Bars of charts need less than text; lines need nothing.
func (t Theme) Faults() []string {
	var out []string
	for _, v := range t.variants() {
		for _, deep := range []bool{true, false} {
			hex := func(p Paint) string {
				if deep {
					return p.Hex
				}
				return XTerm(p.X256)
			}
			grounds := slices.Clone(v.Reference)
			for _, s := range Surfaces() {
				if !v.Surface[s].Default {
					grounds = append(grounds, hex(v.Surface[s]))
				}
			}
			for _, role := range Roles() {
				want := t.Contrast
				switch role {
				case "border":
					continue
				case "chart1", "chart2":
					want = graphic
				}
				if v.Role[role].Default { // readable on the terminal's background by the terminal's care, and nowhere else
					if len(grounds) > len(v.Reference) {
						out = append(out, fmt.Sprintf("%s: %s is the terminal's own colour, on a painted surface", t.Name, role))
					}
					continue
				}
				fg := hex(v.Role[role])
				for _, bg := range grounds {
					if c := Contrast(fg, bg); c < want {
						out = append(out, fmt.Sprintf("%s: %s %s on %s has %.2f, less than %.1f", t.Name, role, fg, bg, c, want))
					}
				}
			}
		}
	}
	return out
}

// XTerm returns the true colour of a number among the 256, from 16 on.
func XTerm(n int) string {
	if n >= 232 {
		v := 8 + (n-232)*10
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n -= 16
	return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
}

// Contrast is the WCAG 2 contrast ratio of two colours "#rrggbb", from 1 to 21.
func Contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(hex string) float64 {
	r, g, b := Paint{Hex: hex}.RGB()
	lin := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}
