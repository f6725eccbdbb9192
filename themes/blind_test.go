package themes_test

import (
	"math"
	"testing"

	"dsotop/themes"
)

// deficiencies are the matrices of Machado, Oliveira and Fernandes (2009) at full severity, on linear RGB.
func deficiencies() map[string][3][3]float64 {
	return map[string][3][3]float64{
		"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
		"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
	}
}

// lab is a colour as it is seen with a deficiency, in CIE L*a*b*.
func lab(hex string, m [3][3]float64) [3]float64 {
	r, g, b := themes.Paint{Hex: hex}.RGB()
	lin := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	in := [3]float64{lin(r), lin(g), lin(b)}
	var see [3]float64
	for i := range see {
		for j := range in {
			see[i] += m[i][j] * in[j]
		}
		see[i] = min(max(see[i], 0), 1)
	}
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x := f((0.4124*see[0] + 0.3576*see[1] + 0.1805*see[2]) / 0.9505)
	y := f(0.2126*see[0] + 0.7152*see[1] + 0.0722*see[2])
	z := f((0.0193*see[0] + 0.1192*see[1] + 0.9505*see[2]) / 1.089)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// The states that decide stay apart for people who do not see all colours: a distance of 20 is ten times what can just be seen.
func TestStatesStayApart(t *testing.T) {
	const apart = 20
	th, err := themes.Find("colour-blind", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	states := []string{"good", "warn", "bad", "unknown"}
	for name, v := range map[string]*themes.Variant{"dark": th.Dark, "light": th.Light, "neutral": th.Neutral} {
		for kind, m := range deficiencies() {
			for _, hex := range []func(themes.Paint) string{func(p themes.Paint) string { return p.Hex }, func(p themes.Paint) string { return themes.XTerm(p.X256) }} {
				for i, a := range states {
					for _, b := range states[:i] {
						p, q := lab(hex(v.Role[a]), m), lab(hex(v.Role[b]), m)
						if d := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]); d < apart {
							t.Errorf("%s, %s: %s and %s are %.0f apart", name, kind, a, b, d)
						}
					}
				}
			}
		}
	}
}
