package themes_test

import (
	"strings"
	"testing"

	"dsotop/themes"
)

func TestEveryThemeIsCompleteAndReadable(t *testing.T) {
	list, err := themes.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 3 {
		t.Fatalf("only %d themes", len(list))
	}
	for _, th := range list {
		if th.Contrast < 3 || (th.Name != "neutral" && th.Contrast < 4.5) || (th.Name == "high-contrast" && th.Contrast < 7) {
			t.Errorf("%s promises a contrast of %.1f only", th.Name, th.Contrast)
		}
		for _, f := range th.Faults() {
			t.Error(f)
		}
	}
}

func TestFind(t *testing.T) {
	for on, name := range map[themes.Ground]string{themes.OnDark: "dark", themes.OnLight: "light", themes.Unknown: "neutral"} {
		th, err := themes.Find(themes.Auto, on)
		if err != nil || th.Name != name {
			t.Errorf("auto on %v gave %q, %v", on, th.Name, err)
		}
	}
	if _, err := themes.Find("nope", themes.OnDark); err == nil || !strings.Contains(err.Error(), "high-contrast") {
		t.Errorf("an unknown theme must list those that exist, got %v", err)
	}
}

func TestParseReportsAllMistakes(t *testing.T) {
	_, err := themes.Parse([]byte("name='x'\n[dark]\nreference=['blue']\n[dark.role]\ntext={hex='#12345',ansi=99}\nfancy={hex='#000000',ansi=0}\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"blue", "#12345", "ansi must be", "x256 must be", "fancy", "surface.bar is missing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %q: %v", want, err)
		}
	}
	if _, err := themes.Parse([]byte("nam='x'")); err == nil {
		t.Error("an unknown key must be refused")
	}
}

func TestContrast(t *testing.T) {
	if c := themes.Contrast("#000000", "#ffffff"); c < 20.9 || c > 21.1 {
		t.Errorf("black on white is %.2f", c)
	}
	if c := themes.Contrast("#777777", "#777777"); c != 1 {
		t.Errorf("same on same is %.2f", c)
	}
}

// A terminal that does not tell its background gets nothing that only one kind of background can show.
func TestAnUnknownBackgroundHidesNothing(t *testing.T) {
	for _, name := range []string{themes.Auto, "high-contrast"} {
		th, err := themes.Find(name, themes.Unknown)
		if err != nil {
			t.Fatal(err)
		}
		v := th.Variant(themes.Unknown)
		if v == nil || !v.Role["text"].Default || !v.Role["strong"].Default || !v.Surface["select"].Default {
			t.Fatalf("%s paints text or selection", name)
		}
		for role, p := range v.Role {
			if p.Default || role == "border" {
				continue
			}
			for _, bg := range []string{"#000000", "#ffffff"} {
				for _, fg := range []string{p.Hex, themes.XTerm(p.X256)} {
					if c := themes.Contrast(fg, bg); c < 3 {
						t.Errorf("%s: %s %s on %s has %.2f", name, role, fg, bg, c)
					}
				}
				// The 16 colours of xterm and of VS Code; others are the terminal's own.
				for n, palette := range map[int][]string{1: {"#cd0000", "#cd3131"}, 5: {"#cd00cd", "#bc3fbc"}} {
					for _, fg := range palette {
						if c := themes.Contrast(fg, bg); p.Ansi == n && c < 3 {
							t.Errorf("%s: %s is colour %d: %s on %s has %.2f", name, role, n, fg, bg, c)
						}
					}
				}
			}
			if p.Ansi != -1 && p.Ansi != 1 && p.Ansi != 5 {
				t.Errorf("%s: %s is colour %d of 16, which some palettes make light or dark", name, role, p.Ansi)
			}
		}
	}
}
