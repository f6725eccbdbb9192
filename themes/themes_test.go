package themes_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dsotop/themes"
)

func TestEveryThemeIsCompleteAndReadable(t *testing.T) {
	list, told := themes.Load(nil)
	for _, p := range told {
		t.Errorf("%s: %s", p.Where(), p.Text("en"))
	}
	want := []string{"auto", "colour-blind", "dark", "high-contrast", "light", "marianne", "monochrome", "neutral"}
	if got := list.Names(); !slices.Equal(got, want) {
		t.Errorf("themes are %v, want %v", got, want)
	}
	for _, th := range list.List() {
		if th.Contrast < 3 || (th.Name != "neutral" && th.Contrast < 4.5) || (th.Name == "high-contrast" && th.Contrast < 7) {
			t.Errorf("%s promises a contrast of %.1f only", th.Name, th.Contrast)
		}
		for _, f := range th.Faults() {
			t.Errorf("%s: %s", th.Name, f)
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

// What a person writes is told with file and line, in both languages, everything at once; other themes stay.
func TestMistakesOfOnesOwnThemes(t *testing.T) {
	for _, c := range []struct{ name, file, text, where, want string }{
		{"syntax", "a.toml", "name = \"a\"\n[dark\n", "a.toml:2", "not valid TOML"},
		{"unknown key", "a.toml", "name = \"a\"\n\n[dark.rolle]\nx = 1\n", "a.toml:3", "unknown key"},
		{"unknown role", "a.toml", "inherits = \"dark\"\n[dark.role]\ntext = { hex = \"#ffffff\" }\nfancy = { hex = \"#ffffff\" }\n", "a.toml:4", "dark.role.fancy: unknown role; possible roles: text,"},
		{"colour", "a.toml", "inherits = \"dark\"\n[dark.role]\ntext = { hex = \"#fff\" }\n", "a.toml:3", "\"#fff\" is not a colour"},
		{"256", "a.toml", "inherits = \"dark\"\n[dark.role]\ntext = { hex = \"#ffffff\", x256 = 3 }\n", "a.toml:3", "x256 must be 16 to 255"},
		{"16", "a.toml", "inherits = \"dark\"\n[dark.role]\ntext = { hex = \"#ffffff\", ansi = 99 }\n", "a.toml:3", "ansi must be -1 to 15"},
		{"default", "a.toml", "inherits = \"neutral\"\n[neutral.role]\ntext = { default = true, ansi = 3 }\n", "a.toml:3", "default = true goes without"},
		{"name", "a.toml", "inherits = \"dark\"\nname = \"b\"\n", "a.toml:2", "the file wants \"a\""},
		{"auto", "auto.toml", "inherits = \"dark\"\n", "auto.toml", "another name"},
		{"empty", "a.toml", "", "a.toml", "inherits"},
		{"incomplete", "a.toml", "[dark]\nreference = [\"#000000\"]\n[dark.role]\ntext = { hex = \"#ffffff\" }\n", "a.toml:1", "missing (or “inherits = \"dark\"”): bar, select, dialog"},
		{"no parent", "a.toml", "inherits = \"nope\"\n", "a.toml:1", "\"nope\" does not exist"},
		{"contrast", "a.toml", "inherits = \"dark\"\n[dark.role]\ntext = { hex = \"#333333\" }\n", "a.toml:3", "dark.role.text: #333333 on "},
		{"promise", "a.toml", "inherits = \"dark\"\ncontrast = 40\n", "a.toml:2", "1 to 21"},
	} {
		set, told := themes.Load(fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if len(told) == 0 {
			t.Errorf("%s: nothing is told", c.name)
			continue
		}
		if c.name == "contrast" && len(told) != 1 {
			t.Errorf("one mistake is told %d times", len(told))
		}
		if got := told[0].Where(); got != c.where {
			t.Errorf("%s: told at %s, want %s", c.name, got, c.where)
		}
		if got := told[0].Text("en"); !strings.Contains(got, c.want) {
			t.Errorf("%s: told %q, want %q in it", c.name, got, c.want)
		}
		if fr := told[0].Text("fr"); fr == told[0].Text("en") {
			t.Errorf("%s: French is English: %q", c.name, fr)
		}
		if used := slices.Contains(set.Names(), "a"); used != (c.name == "contrast") {
			t.Errorf("%s: used is %v", c.name, used)
		}
		if !slices.Contains(set.Names(), "dark") {
			t.Errorf("%s: the program's own are gone", c.name)
		}
	}
	_, told := themes.Load(fstest.MapFS{"a.toml": {Data: []byte("inherits = \"b\"\n")}, "b.toml": {Data: []byte("inherits = \"a\"\n")}})
	if len(told) != 2 || !strings.Contains(told[0].Text("en")+told[1].Text("en"), "inherit from each other") {
		t.Errorf("a circle is told as %v", told)
	}
}

// A theme of one's own says what it changes; the rest comes from its parent, and 256 colours are found for those it gives.
func TestInheritance(t *testing.T) {
	set, told := themes.Load(fstest.MapFS{
		"mine.toml": {Data: []byte("inherits = \"base\"\n[dark.role]\ntitle = { hex = \"#ffd75f\", underline = true }\n")},
		"base.toml": {Data: []byte("inherits = \"high-contrast\"\n[dark.surface]\nbar = { hex = \"#000000\" }\n")},
		"dark.toml": {Data: []byte("inherits = \"dark\"\n[dark.role]\naccent = { hex = \"#ffffff\" }\n")},
	})
	for _, p := range told {
		t.Errorf("%s: %s", p.Where(), p.Text("en"))
	}
	mine, err := set.Find("mine", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	high, _ := themes.Find("high-contrast", themes.OnDark)
	if p := mine.Dark.Role["title"]; p.Hex != "#ffd75f" || p.X256 != 221 || p.Ansi != -1 || !p.Underline || p.Bold {
		t.Errorf("title is %+v", p)
	}
	if mine.Dark.Role["text"] != high.Dark.Role["text"] || mine.Dark.Surface["bar"].Hex != "#000000" || mine.Light == nil || mine.Contrast != 7 || !mine.Own {
		t.Error("the parent's is not there")
	}
	dark, _ := set.Find("dark", themes.OnDark)
	if !dark.Own || dark.Dark.Role["accent"].Hex != "#ffffff" || dark.Dark.Role["bad"].Hex == "" {
		t.Error("one's own dark does not take the place of the program's")
	}
}

// FuzzTheme: whatever a file holds, it is told or used, and nothing else happens.
func FuzzTheme(f *testing.F) {
	for _, s := range []string{"", "inherits='dark'", "[dark", "[dark.role]\ntext={hex='#ffffff'}", "dark.role.text={}", "contrast='x'", "[[dark]]", "name=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, told := themes.Load(fstest.MapFS{"mine.toml": {Data: []byte(text)}})
		for _, p := range told {
			if p.Text("fr") == "" || p.Where() == "" {
				t.Errorf("an empty problem: %+v", p)
			}
		}
		if used := slices.Contains(set.Names(), "mine"); !used && len(told) == 0 {
			t.Error("left out in silence")
		}
	})
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
	for _, name := range []string{themes.Auto, "high-contrast", "marianne", "colour-blind"} {
		th, err := themes.Find(name, themes.Unknown)
		if err != nil {
			t.Fatal(err)
		}
		v := th.Variant(themes.Unknown)
		if neutral, _ := themes.Find("neutral", themes.Unknown); th.Name != "neutral" && v == neutral.Neutral {
			t.Errorf("%s looks like neutral", name)
		}
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

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		themes.Load(nil)
	}
}
