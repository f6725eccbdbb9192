package ui_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/demo"
	"dsotop/demo/walkthroughs"
	"dsotop/demo/world"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/onboarding"
	"dsotop/internal/ui"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/uitest"
)

// promised is how long a screen may take on a busy machine.
const promised = 2 * time.Minute

// telling is one walkthrough being told: a platform of its own, an engine, a session with the presenter's panel.
type telling struct {
	t      *testing.T
	lang   string
	script *show.Script
	e      *engine.Engine
	s      *uitest.Session
	p      *demo.Platform
	clock  *world.Clock
	w, h   int
}

func script(t *testing.T, name string) *show.Script {
	t.Helper()
	data, ok := walkthroughs.Read(name)
	if !ok {
		t.Fatalf("no walkthrough %q", name)
	}
	s, problems := show.Parse(name+walkthroughs.Ending, data, []string{string(world.Small), string(world.Fleet)})
	for _, p := range problems {
		t.Error(p.Where(), p.Text("en"))
	}
	if s == nil {
		t.FailNow()
	}
	s.Name = name
	return s
}

func tell(t *testing.T, name, lang string, w, h int) *telling {
	t.Helper()
	x := &telling{t: t, lang: lang, script: script(t, name), w: w, h: h}
	clock := world.NewClock(x.script.Start, nil)
	x.clock = clock
	p, err := demo.Start(t.Context(), demo.Options{Seed: x.script.Seed, Size: world.Size(x.script.Size), Dir: t.TempDir(), Pace: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	x.p = p
	cfg, err := config.Load(config.Flags{Config: p.Config, Profile: "demo"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := cfg.Current()
	x.e, err = engine.New(engine.Options{Profile: profile, Clock: clock.Now, Pace: 20, Ledgers: onboarding.Open(profile.Onboarding),
		Hand: engine.HandOptions{Write: x.script.Write, Deeds: deeds.All()}})
	if err != nil {
		t.Fatal(err)
	}
	x.e.Start(t.Context())
	t.Cleanup(x.e.Close)
	ctx, stop := context.WithTimeout(t.Context(), promised)
	defer stop()
	x.e.Settle(ctx)
	x.s = uitest.OpenWith(t, ui.Options{Backend: x.e, Lang: lang, Width: w, Height: h, Profile: colorprofile.TrueColor,
		Show: show.New(show.Options{Script: x.script, Control: clock, Stepped: true})})
	return x
}

// wait looks at the page each time something may have changed, until it is as wanted.
func (x *telling) wait(ok func(page string) bool) bool {
	x.t.Helper()
	ctx, stop := context.WithTimeout(x.t.Context(), promised)
	defer stop()
	sub := x.e.Subscribe(0)
	defer sub.Close()
	for {
		x.s.Send(ui.Wake())
		x.s.Bell()
		x.s.Minute()
		if ok(x.s.Root.PageScreen()) {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		moment, done := context.WithTimeout(ctx, 50*time.Millisecond)
		select {
		case <-x.s.Root.Bells():
		case <-moment.Done():
		}
		done()
	}
}

// act does one thing that a step says.
func (x *telling) act(a show.Act) {
	x.t.Helper()
	for _, k := range a.Press {
		x.s.Press(k)
	}
	x.s.Type(a.Type.In(x.lang))
	if a.Pass > 0 {
		if x.script.Write { // what was asked for has left before time jumps
			x.wait(func(string) bool { return x.p.Writes() > 0 })
		}
		x.s.Press("f9")
	}
	for _, want := range a.See {
		text := want.In(x.lang)
		if !x.wait(func(page string) bool { return strings.Contains(page, text) }) {
			x.t.Fatalf("%s.yaml:%d (%s): %q is promised and not on the page:\n%s", x.script.Name, a.Line, x.lang, text, x.s.Screen())
		}
	}
}

// TestWalkthroughs presses what each walkthrough says to press, over the real program and the simulated platform, and sees what it promises; in
// French twice, on two platforms side by side, in the smallest window there is room for a panel in, and the screens are the same. English is told
// in a large window on the first platform, by a session of its own, where nothing is written; else on one of its own.
func TestWalkthroughs(t *testing.T) {
	for _, name := range walkthroughs.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other := tell(t, name, "fr", 80, 24), tell(t, name, "fr", 80, 24)
			all := []*telling{one, other}
			if !one.script.Write {
				all = append(all, one.again("en", 120, 40))
			}
			for i := range one.script.Steps {
				step(i, all...)
				one.same(i, other)
			}
		})
		if !script(t, name).Write {
			continue
		}
		t.Run(name+" in English", func(t *testing.T) {
			t.Parallel()
			x := tell(t, name, "en", 120, 40)
			for i := range x.script.Steps {
				step(i, x)
			}
		})
	}
}

// step tells a step in every session, one thing after the other in each before the next.
func step(i int, all ...*telling) {
	for _, x := range all {
		if i > 0 {
			x.s.Press("f8")
		}
	}
	for _, a := range all[0].script.Steps[i].Do {
		for _, x := range all {
			x.act(a)
			x.s.Exact(x.w, x.h)
		}
	}
}

// follower is a clock that somebody else leads.
type follower struct{ *world.Clock }

// Jump waits for who leads.
func (follower) Jump(time.Time) {}

// again tells the same once more on the same platform, in a session of its own that does not lead its time.
func (x *telling) again(lang string, w, h int) *telling {
	x.t.Helper()
	y := *x
	y.lang, y.w, y.h = lang, w, h
	y.s = uitest.OpenWith(x.t, ui.Options{Backend: x.e, Lang: lang, Width: w, Height: h, Profile: colorprofile.TrueColor, Show: show.New(show.Options{Script: x.script, Control: follower{x.clock}, Stepped: true})})
	return &y
}

// runNumber is what tells two runs of books of one second apart: the one thing that two tellings do not share.
var runNumber = regexp.MustCompile(`(\d{8}-\d{6}-)[0-9a-f]{6}`)

func unnumbered(page string) string { return runNumber.ReplaceAllString(page, "${1}······") }

// same fails unless both tellings come to the same screen, and stay there for a while.
func (x *telling) same(step int, other *telling) {
	x.t.Helper()
	var page, its string
	var since time.Time
	if !x.wait(func(p string) bool {
		other.s.Send(ui.Wake())
		other.s.Bell()
		page, its = unnumbered(p), unnumbered(other.s.Root.PageScreen())
		if page != its {
			since = time.Time{}
			return false
		}
		if since.IsZero() {
			since = time.Now()
		}
		return time.Since(since) > 100*time.Millisecond
	}) {
		x.t.Errorf("%s, step %d, looks otherwise the second time:\n%s\n\nthe first time:\n%s", x.script.Name, step+1, its, page)
	}
	x.s.Exact(x.w, x.h)
	if dir := os.Getenv("WALK"); dir != "" {
		_ = os.WriteFile(dir+"/"+x.script.Name+string(rune('a'+step))+".txt", []byte(x.s.Screen()), 0o644)
	}
}
