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
		if th.Contrast < 4.5 || (th.Name == "high-contrast" && th.Contrast < 7) {
			t.Errorf("%s promises a contrast of %.1f only", th.Name, th.Contrast)
		}
		for _, f := range th.Faults() {
			t.Error(f)
		}
	}
}

func TestFind(t *testing.T) {
	for name, dark := range map[string]bool{"dark": true, "light": false} {
		th, err := themes.Find(themes.Auto, dark)
		if err != nil || th.Name != name {
			t.Errorf("auto on dark=%v gave %q, %v", dark, th.Name, err)
		}
	}
	if _, err := themes.Find("nope", true); err == nil || !strings.Contains(err.Error(), "high-contrast") {
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
