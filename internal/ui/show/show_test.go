package show_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/demo/walkthroughs"
	"dsotop/demo/world"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

const good = `title: {fr: Essai, en: Trial}
steps:
  - title: {fr: Un, en: One}
    time: 30s
    show: x
    do:
      - press: ":"
      - type: {fr: parc, en: fleet}
      - press: [enter, tab]
      - see: [a, {fr: b, en: c}]
      - pass: 40s
  - title: Two
    time: 1m
    show: y
    note: z
    do:
      - pass: 1m
      - see: q
      - pass: 30s
`

func parse(t *testing.T, text string) *show.Script {
	t.Helper()
	s, problems := show.Parse("x.yaml", []byte(text), []string{"small"})
	for _, p := range problems {
		t.Error(p.Where(), p.Text("en"))
	}
	if s == nil {
		t.FailNow()
	}
	return s
}

func TestParse(t *testing.T) {
	s := parse(t, good)
	if len(s.Steps) != 2 || s.Planned() != 90*time.Second || s.Steps[0].Do[2].Press[1] != "tab" || s.Steps[0].Do[3].See[1].In("en") != "c" || s.Until(1).Sub(s.Start) != 130*time.Second {
		t.Errorf("%+v", s)
	}
	if got, want := show.Hand(s.Steps[0], "fr", strings.ToUpper), ":  « parc »  ENTER  TAB"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMistakesHaveTheirLine(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		line     int
		says     string
	}{
		"unknown key of the file":     {"title: {fr: Essai", "titel: {fr: Essai", 1, "titel"},
		"one language":                {"{fr: b, en: c}", "{fr: b}", 10, "en:"},
		"no duration":                 {"time: 30s", "time: soon", 4, "duration"},
		"a negative time":             {"pass: 40s", "pass: -40s", 11, "duration"},
		"a key that no terminal has":  {"[enter, tab]", "[enter, hyper+x]", 9, "hyper+x"},
		"two things at once":          {"      - see: q", "      - see: q\n        press: enter", 18, "one thing"},
		"nothing":                     {"    show: y\n", "", 12, "show"},
		"a size that does not exist":  {"steps:", "size: vast\nsteps:", 2, "vast"},
		"a date":                      {"steps:", "start: yesterday\nsteps:", 2, "date"},
		"a list where a text belongs": {"note: z", "note: [z]", 15, "expected"},
		"no steps":                    {good, "title: x\n", 1, "steps"},
		"not YAML":                    {"title: {fr: Essai", "title: {fr: \"Essai", 7, "YAML"},
		"empty":                       {good, "", 0, "one walkthrough"},
	} {
		s, problems := show.Parse("x.yaml", []byte(strings.Replace(good, c.from, c.to, 1)), []string{"small"})
		if s != nil || len(problems) == 0 {
			t.Errorf("%s: nothing is wrong", name)
			continue
		}
		p := problems[0]
		if p.Line != c.line || !strings.Contains(p.Text("en"), c.says) || p.Text("fr") == "" || !strings.HasPrefix(p.Where(), "x.yaml") {
			t.Errorf("%s: %s %q, want line %d and %q", name, p.Where(), p.Text("en"), c.line, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("- - -\n? x"))
	for _, name := range walkthroughs.Names() {
		data, _ := walkthroughs.Read(name)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, problems := show.Parse("x", data, []string{"small"})
		if (s == nil) != (len(problems) > 0) {
			t.Errorf("script %v, %d problems", s != nil, len(problems))
		}
	})
}

// presenter is a show with a clock of its own.
type presenter struct {
	*show.Show
	clock *world.Clock
	now   time.Time
}

func present(t *testing.T, s *show.Script, stepped, loop bool) *presenter {
	t.Helper()
	p := &presenter{now: time.Unix(0, 0)}
	p.clock = world.NewClock(s.Start, func() time.Time { return p.now })
	p.Show = show.New(show.Options{Script: s, Control: p.clock, Clock: func() time.Time { return p.now }, Stepped: stepped, Loop: loop})
	return p
}

// TestTheTimeOfThePlatformFollowsTheSteps goes through a show slowly and fast: at the end of each step the platform is at the same time.
func TestTheTimeOfThePlatformFollowsTheSteps(t *testing.T) {
	s := parse(t, good)
	at := func(p *presenter, want time.Duration) {
		t.Helper()
		if got := p.clock.Now().Sub(s.Start); got != want {
			t.Errorf("the platform is at %v, want %v", got, want)
		}
	}
	slow := present(t, s, false, false)
	slow.now = slow.now.Add(10 * time.Second)
	at(slow, 10*time.Second)
	slow.now = slow.now.Add(time.Hour)
	at(slow, 40*time.Second) // it waits for the presenter
	slow.Pause()             // who may let it go
	slow.now = slow.now.Add(time.Second)
	at(slow, 41*time.Second)
	fast := present(t, s, false, false)
	if !fast.Pass() || fast.Pass() {
		t.Error("the time of a step passes once")
	}
	at(fast, 40*time.Second)
	fast = present(t, s, false, false)
	fast.Next()
	at(fast, 40*time.Second)
	if fast.Next() || !fast.Previous() {
		t.Error("two steps")
	}
	stepped := present(t, s, true, false)
	stepped.now = stepped.now.Add(time.Hour)
	at(stepped, 0)
	stepped.Pass()
	at(stepped, 40*time.Second)
	stepped.Next()
	stepped.Pass()
	at(stepped, 100*time.Second)
	stepped.Pass()
	at(stepped, 130*time.Second)
	if stepped.Pass() {
		t.Error("no time is left")
	}
}

// Time is stopped and let go, runs faster and slower within bounds, and the show is asked for anew.
func TestTimeIsStoppedSpedUpAndResetByThePresenter(t *testing.T) {
	p := present(t, parse(t, good), false, false)
	start := p.clock.Now()
	p.Pause()
	p.now = p.now.Add(20 * time.Second)
	if !p.Stopped() || !p.clock.Now().Equal(start) {
		t.Errorf("stopped: %v, %v later", p.Stopped(), p.clock.Now().Sub(start))
	}
	p.Pause()
	if got := p.Faster(1); got != 2 || p.Stopped() {
		t.Errorf("faster is ×%d", got)
	}
	p.now = p.now.Add(5 * time.Second)
	if got := p.clock.Now().Sub(start); got != 10*time.Second {
		t.Errorf("twice as fast five seconds are %v", got)
	}
	if fast, slow := p.Faster(100), p.Faster(-100); fast != 60 || slow != 1 {
		t.Errorf("the bounds are ×%d and ×%d", fast, slow)
	}
	if p.Restart() {
		t.Error("nobody asked for it anew")
	}
	if p.Again(); !p.Restart() {
		t.Error("it does not begin anew")
	}
}

// TestItPlaysByItself plays the walkthrough to its end, leaves a person alone, and begins anew.
func TestItPlaysByItself(t *testing.T) {
	p := present(t, parse(t, good), false, true)
	var pressed []string
	screen := ""
	tick := func() show.Played {
		p.now = p.now.Add(100 * time.Millisecond)
		done := p.Play("en", func() string { return screen })
		if done.Key != "" {
			pressed = append(pressed, done.Key)
		}
		return done
	}
	for range 200 {
		tick()
	}
	if got := strings.Join(pressed, " "); got != ": f l e e t enter tab" {
		t.Errorf("it pressed %s", got)
	}
	screen = "a and c"
	steps := 0
	for n := 0; ; n++ {
		done := tick()
		if done.More {
			steps++
		}
		if done.End {
			break
		}
		if n > 3000 {
			t.Fatal("it never ends")
		}
	}
	if steps != 1 {
		t.Errorf("%d steps", steps)
	}
	p = present(t, parse(t, good), false, true)
	p.Touched()
	for range 890 {
		if done := tick(); done != (show.Played{}) {
			t.Fatalf("a person is at the keyboard: %+v", done)
		}
	}
	for range 11 {
		if tick().End {
			return
		}
	}
	t.Error("it does not begin anew when the person left")
}

func env(t *testing.T, w *words.Set, now time.Time) *page.Env {
	t.Helper()
	theme, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	g := style.Unicode()
	return &page.Env{Words: w, Clock: func() time.Time { return now }, Glyphs: &g, Sheet: style.New(theme, themes.OnDark, colorprofile.TrueColor)}
}

// TestNothingIsClipped draws every step of what is shipped, in windows of every size: from 100×30 on each text is whole; below, what to
// show and what to press is.
func TestNothingIsClipped(t *testing.T) {
	for _, name := range walkthroughs.Names() {
		data, _ := walkthroughs.Read(name)
		s := parse(t, string(data))
		for _, w := range words.All() {
			for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {160, 45}, {200, 60}} {
				p := present(t, s, true, false)
				e := env(t, w, s.Start)
				side, n := p.Place(e, size[0], size[1])
				width, height := size[0], n
				if side {
					width, height = n, size[1]
				}
				for i, step := range s.Steps {
					drawn := p.Draw(e, func(id string) string { return id[5:6] }, side, width, height)
					where := fmt.Sprintf("%s, %s, %d×%d, step %d", name, w.Tag, size[0], size[1], i+1)
					if drawn.W != width || drawn.H != height || len(drawn.Lines) != height {
						t.Fatalf("%s: %d×%d, want %d×%d", where, drawn.W, drawn.H, width, height)
					}
					var lines []string
					for _, l := range drawn.Lines {
						if got := ansi.StringWidth(l); got != width {
							t.Errorf("%s: a line of %d cells", where, got)
						}
						l = strings.TrimSpace(strings.TrimPrefix(ansi.Strip(l), "│"))
						for _, label := range []string{w.Show.Look, w.Show.Press, w.Show.Note} {
							l = strings.TrimSpace(strings.TrimPrefix(l, label+" "))
						}
						lines = append(lines, l)
					}
					text := strings.Join(lines, " ")
					wanted := []string{step.Show.In(w.Tag)}
					if size[0] >= 100 {
						wanted = append(wanted, step.Note.In(w.Tag), step.Title.In(w.Tag))
					}
					for _, want := range wanted {
						if squeeze := strings.NewReplacer(" ", "").Replace; !strings.Contains(squeeze(text), squeeze(want)) { // lines break anywhere
							t.Errorf("%s: %q is cut:\n%s", where, want, strings.Join(lines, "\n"))
						}
					}
					p.Next()
				}
			}
		}
	}
}

func TestBigKey(t *testing.T) {
	p := present(t, parse(t, good), false, false)
	e := env(t, words.French(), p.now)
	p.Big()
	for _, k := range []string{"E", "e", "enter", "ctrl+r", ":", "pgdown", "é", "漢"} {
		p.Pressed(k)
		box, ok := p.BigKey(e)
		if !ok || box.H < 4 {
			t.Errorf("%s: %v %d", k, ok, box.H)
		}
		for _, l := range box.Lines {
			if ansi.StringWidth(l) != box.W {
				t.Errorf("%s: a line of %d cells in a box of %d", k, ansi.StringWidth(l), box.W)
			}
		}
	}
	p.now = p.now.Add(time.Minute)
	if _, ok := p.BigKey(e); ok {
		t.Error("it does not go away")
	}
}

// TestTheListIsInTheDocumentation holds the table of docs/walkthroughs.md against the files.
func TestTheListIsInTheDocumentation(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/walkthroughs.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range walkthroughs.Names() {
		data, _ := walkthroughs.Read(name)
		s := parse(t, string(data))
		n := int(s.Planned() / time.Second)
		row := fmt.Sprintf("| `%s` | %s | %d:%02d |", name, s.About.In("en"), n/60, n%60)
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/walkthroughs.md has no line %s", row)
		}
	}
}
