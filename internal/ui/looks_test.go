package ui_test

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/ui"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/uitest"
	"dsotop/themes"
)

// A terminal that never tells its background, as tmux often does, shows text in its own colour; one that tells gets the theme made for it.
func TestTheBackgroundDecidesOnlyWhenItIsKnown(t *testing.T) {
	dark := style.New(find(t, "dark"), themes.OnDark, colorprofile.TrueColor).SGR(style.Text, style.Plain)
	light := style.New(find(t, "light"), themes.OnLight, colorprofile.TrueColor).SGR(style.Text, style.Plain)
	for _, c := range []struct {
		environ []string
		answer  color.Color
		want    string
		told    string // by a person
	}{
		{environ: []string{"TERM=tmux-256color"}},
		{environ: []string{"TERM=tmux-256color"}, answer: color.White, want: light},
		{environ: []string{"TERM=tmux-256color"}, answer: color.Black, want: dark},
		{environ: []string{"COLORFGBG=0;15"}, want: light},
		{environ: []string{"COLORFGBG=15;0"}, want: dark},
		{environ: []string{"COLORFGBG=15;default;0"}, answer: color.White, want: light},
		{environ: []string{"COLORFGBG=0;15"}, answer: color.White, want: dark, told: "dark"},
		{environ: []string{"TERM=tmux-256color"}, want: light, told: "light"},
	} {
		s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", Width: 100, Height: 30, Environ: c.environ, Background: c.told, Profile: colorprofile.TrueColor})
		if c.answer != nil {
			s.Send(tea.BackgroundColorMsg{Color: c.answer})
		} else {
			s.Send(tea.BackgroundColorMsg{}) // an answer without a colour is none
		}
		got := strings.Join(s.Root.Screen(), "\n")
		for name, seq := range map[string]string{"light": light, "dark": dark} {
			if has := strings.Contains(got, seq); has != (seq == c.want) {
				t.Errorf("%v, answer %v: text of the %s theme on screen is %v", c.environ, c.answer, name, has)
			}
		}
	}
}

func find(t *testing.T, name string) themes.Theme {
	t.Helper()
	th, err := themes.Find(name, themes.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// wears reports which of the themes the screen is drawn in, by the look of ordinary text.
func wears(s *uitest.Session, t *testing.T, names ...string) string {
	screen := strings.Join(s.Root.Screen(), "\n")
	for _, name := range names {
		if strings.Contains(screen, style.New(find(t, name), themes.OnDark, colorprofile.TrueColor).SGR(style.Text, style.Plain)) {
			return name
		}
	}
	return ""
}

// A theme under the cursor is worn at once; Esc gives back the one before, Enter keeps it. What is typed to find something else changes nothing.
func TestThemesAreTriedOn(t *testing.T) {
	names := []string{"dark", "light", "marianne"}
	s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", Width: 100, Height: 30, Theme: "dark", Environ: []string{"COLORFGBG=15;0"}, Profile: colorprofile.TrueColor})
	steps := []struct {
		keys []string
		want string
	}{
		{[]string{":"}, "dark"},
		{[]string{"m", "a", "r", "i", "a"}, "dark"},
		{[]string{"esc"}, "dark"},
		{[]string{":", "t", "h", "e", "m", "e", " ", "m", "a", "r"}, "marianne"},
		{[]string{"esc"}, "dark"},
		{[]string{":", "t", "h", "e", "m", "e", " ", "l", "i", "g", "h", "t"}, "light"},
		{[]string{"backspace", "backspace", "backspace", "backspace", "backspace", "d", "a", "r", "k"}, "dark"},
		{[]string{"backspace", "backspace", "backspace", "backspace", "m", "a", "r"}, "marianne"},
		{[]string{"enter"}, "marianne"},
		{[]string{":", "esc"}, "marianne"},
	}
	for _, step := range steps {
		s.Press(step.keys...)
		if got := wears(s, t, names...); got != step.want {
			t.Fatalf("after %v the screen wears %q, want %q", step.keys, got, step.want)
		}
	}
}

// A theme made for the other kind of background brings its own, and only where the terminal told which it has: black text on black is no choice.
func TestAThemeAgainstTheBackgroundBringsItsOwn(t *testing.T) {
	for _, c := range []struct {
		theme  string
		answer color.Color
		want   color.Color
	}{
		{"light", color.Black, color.RGBA{255, 255, 255, 255}},
		{"light", color.White, nil},
		{"light", nil, nil},
		{"dark", color.Black, nil},
		{"marianne", color.White, nil},
		{"auto", color.White, nil},
	} {
		s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", Width: 100, Height: 30, Theme: c.theme, Environ: []string{"TERM=xterm-256color"}, Profile: colorprofile.TrueColor})
		s.Send(tea.BackgroundColorMsg{Color: c.answer})
		if got := s.Root.View().BackgroundColor; got != c.want {
			t.Errorf("%s on %v asks for %v, want %v", c.theme, c.answer, got, c.want)
		}
		s.Send(tea.BackgroundColorMsg{Color: color.White})
		if bg := s.Root.View().BackgroundColor; (bg != nil) != (c.theme == "dark") {
			t.Errorf("%s on white asks for %v", c.theme, bg)
		}
	}
}
