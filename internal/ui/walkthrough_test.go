package ui_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/demo"
	"dsotop/demo/walkthroughs"
	"dsotop/demo/world"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/ui"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/uitest"
)

// promised is how long a screen may take on a busy machine.
const promised = 60 * time.Second

// telling is one walkthrough being told: a platform of its own, an engine, a session with the presenter's panel.
type telling struct {
	t      *testing.T
	lang   string
	script *show.Script
	e      *engine.Engine
	s      *uitest.Session
	p      *demo.Platform
}

func script(t *testing.T, name string) *show.Script {
	t.Helper()
	data, ok := walkthroughs.Read(name)
	if !ok {
		t.Fatalf("no walkthrough %q", name)
	}
	s, problems := show.Parse(name, data, []string{string(world.Small), string(world.Fleet)})
	for _, p := range problems {
		t.Error(p.Where(), p.Text("en"))
	}
	if s == nil {
		t.FailNow()
	}
	return s
}

func tell(t *testing.T, name, lang string, w, h int) *telling {
	t.Helper()
	x := &telling{t: t, lang: lang, script: script(t, name)}
	clock := world.NewClock(x.script.Start, nil)
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
	x.e, err = engine.New(engine.Options{Profile: profile, Clock: clock.Now})
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

// do does what a step says.
func (x *telling) do(step show.Step) {
	x.t.Helper()
	for _, a := range step.Do {
		for _, k := range a.Press {
			x.s.Press(k)
		}
		x.s.Type(a.Type.In(x.lang))
		if a.Pass > 0 {
			x.s.Press("f9")
		}
		for _, want := range a.See {
			text := want.In(x.lang)
			if !x.wait(func(page string) bool { return strings.Contains(page, text) }) {
				x.t.Fatalf("%s.yaml:%d (%s): %q is promised and not on the page:\n%s", x.script.Name, a.Line, x.lang, text, x.s.Screen())
			}
		}
	}
}

// stable is the page once it has not changed for a while.
func (x *telling) stable() string {
	last, since := "", time.Now()
	x.wait(func(page string) bool {
		if page != last {
			last, since = page, time.Now()
		}
		return time.Since(since) > 400*time.Millisecond
	})
	return last
}

// TestWalkthroughs presses what each walkthrough says to press, over the real program and the simulated platform, and sees what it promises;
// twice, and the screens are the same.
func TestWalkthroughs(t *testing.T) {
	for _, name := range walkthroughs.Names() {
		t.Run(name, func(t *testing.T) {
			var first []string
			for round, lang := range []string{"fr", "fr", "en"} {
				x := tell(t, name, lang, 100, 30)
				x.script.Name = name
				for i, step := range x.script.Steps {
					if i > 0 {
						x.s.Press("f8")
					}
					x.do(step)
					x.s.Exact(100, 30)
					switch round {
					case 0:
						first = append(first, x.stable())
						if dir := os.Getenv("WALK"); dir != "" {
							_ = os.WriteFile(dir+"/"+name+string(rune('a'+i))+".txt", []byte(x.s.Screen()), 0o644)
						}
					case 1:
						var page string
						if !x.wait(func(p string) bool { page = p; return p == first[i] }) {
							t.Errorf("step %d looks otherwise the second time:\n%s\n\nthe first time:\n%s", i+1, page, first[i])
						}
					}
				}
			}
		})
	}
}
