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
type Paint struct {
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

// Theme is one file. A variant that is nil does not exist: the theme is then used as it is on any background.
type Theme struct {
	Name string `toml:"name"`
	// Contrast is the least ratio (WCAG 2) that every text role keeps on every background it may be drawn on.
	Contrast float64  `toml:"contrast"`
	Dark     *Variant `toml:"dark"`
	Light    *Variant `toml:"light"`
}

// Variant returns the variant for the background, else the only one there is.
func (t Theme) Variant(dark bool) *Variant {
	if (dark && t.Dark != nil) || t.Light == nil {
		return t.Dark
	}
	return t.Light
}

// Auto is the name that stands for dark or light, whichever the terminal's background asks for.
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

// Find returns the theme of that name; Auto is dark or light.
func Find(name string, dark bool) (Theme, error) {
	if name == "" || name == Auto {
		name = "light"
		if dark {
			name = "dark"
		}
	}
	list, err := All()
	if err != nil {
		return Theme{}, err
	}
	for _, t := range list {
		if t.Name == name {
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
	if t.Dark == nil && t.Light == nil {
		errs = append(errs, errors.New("has neither [dark] nor [light]"))
	}
	for name, v := range map[string]*Variant{"dark": t.Dark, "light": t.Light} {
		if v == nil {
			continue
		}
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
	for _, v := range []*Variant{t.Dark, t.Light} {
		if v == nil {
			continue
		}
		for _, deep := range []bool{true, false} {
			hex := func(p Paint) string {
				if deep {
					return p.Hex
				}
				return XTerm(p.X256)
			}
			grounds := slices.Clone(v.Reference)
			for _, s := range Surfaces() {
				grounds = append(grounds, hex(v.Surface[s]))
			}
			for _, role := range Roles() {
				want := t.Contrast
				switch role {
				case "border":
					continue
				case "chart1", "chart2":
					want = graphic
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
