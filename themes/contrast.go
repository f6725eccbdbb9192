package themes

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Fault is a text that cannot be read well enough on a background it may be drawn on.
type Fault struct {
	Variant, Role string
	// Text and Ground are the colours, Has their contrast. Own is set instead where the text is the terminal's own colour and the ground
	// is painted: nobody knows their contrast.
	Text, Ground string
	Own          bool
	Has, Want    float64
}

// String is the sentence in English.
func (f Fault) String() string {
	if f.Own {
		return fmt.Sprintf("%s.role.%s is the terminal's own colour, on a painted surface", f.Variant, f.Role)
	}
	return fmt.Sprintf("%s.role.%s: %s on %s has a contrast of %.2f, less than %.1f", f.Variant, f.Role, f.Text, f.Ground, f.Has, f.Want)
}

// graphic is the contrast that signs without text need (WCAG 2, 1.4.11).
const graphic = 3.0

// middle is the most that is asked of tones for an unknown background: nothing has more than 4.58 on both black and white, and there are grounds
// between.
const middle = 3.0

// Faults lists the pairs of text and background whose contrast is below what the theme promises, in true colour and in 256
// colours. Bars of charts need less than text; lines need nothing.
func (t Theme) Faults() []Fault {
	var out []Fault
	have := t.variants()
	for _, name := range slices.Sorted(maps.Keys(have)) {
		v := have[name]
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
				if name == "neutral" {
					want = min(want, middle)
				}
				switch role {
				case "border":
					continue
				case "chart1", "chart2":
					want = min(want, graphic)
				}
				if v.Role[role].Default { // readable on the terminal's background by the terminal's care, and nowhere else
					if len(grounds) > len(v.Reference) {
						out = append(out, Fault{Variant: name, Role: role, Own: true, Want: want})
					}
					continue
				}
				fg := hex(v.Role[role])
				for _, bg := range grounds {
					if c := Contrast(fg, bg); c < want {
						out = append(out, Fault{Variant: name, Role: role, Text: fg, Ground: bg, Has: c, Want: want})
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
