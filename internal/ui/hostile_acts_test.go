package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/onboarding"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/ui"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/uitest"
)

// hostileBook is a team's runbook in which every text that people write attacks.
func hostileBook(attack func() string) string {
	return fmt.Sprintf(`version: 1
id: RB-99
title: {fr: %q, en: %q}
summary: {fr: %q, en: %q}
when: {fr: %q, en: %q}
who: {fr: %q, en: %q}
needs: [project]
params:
  - {name: who, title: {fr: %q, en: %q}, default: %q}
steps:
  - id: ask
    title: {fr: %q, en: %q}
    ask:
      question: {fr: %q, en: %q}
      copy: {fr: %q, en: %q}
`, attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack(), attack())
}

// hostileLedger is a project's ledger in which every text that people write attacks.
func hostileLedger(slug string, attack func() string) string {
	return fmt.Sprintf("version: 1\nproject: %s\ntrack: cloudpi\nitems:\n  request:\n    state: ok\n    by: %q\n    at: 2026-11-20\n    comment: %q\n", slug, attack(), attack())
}

// TestAHostilePlatformOnEveryPage opens every page, every dialog of a deed and a runbook on a platform where names and messages attack, with
// writing open, a team's own hostile book and ledgers, and the presenter's panel of a hostile walkthrough beside.
func TestAHostilePlatformOnEveryPage(t *testing.T) {
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir(), Still: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	spoil(p.World)
	cfg, err := config.Load(config.Flags{Config: p.Config, Profile: "demo"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := cfg.Current()
	texts, n := hostile.Texts(), 0
	attack := func() string { n++; return "x" + texts[n%len(texts)] + "y" }
	books := t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(books, "rb-99.yaml"):                    hostileBook(attack),
		filepath.Join(profile.Onboarding, "guichet.yaml"):     hostileLedger("guichet", attack),
		filepath.Join(profile.Onboarding, "vigibat.yaml"):     "version: 1\nproject: " + fmt.Sprintf("%q", attack()) + "\n",
		filepath.Join(profile.Onboarding, "agendaprefs.yaml"): "version: 1\nproject: agendaprefs\n" + fmt.Sprintf("%q: %q\n", attack(), attack()),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ledgers := onboarding.Open(profile.Onboarding)
	e, err := engine.New(engine.Options{Profile: profile, Pace: 20, Ledgers: ledgers, Hand: engine.HandOptions{Write: true, Deeds: deeds.All(), Account: attack()}, Runs: engine.RunOptions{Folders: []string{books}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), promised)
	defer cancel()
	if v, complete := e.Settle(ctx); !complete || len(v.Projects) == 0 {
		t.Fatalf("%d projects, complete: %v", len(v.Projects), complete)
	}
	if wrong := e.Runbooks().Library().Mistakes; len(wrong) > 0 {
		t.Fatal(wrong.In("en"))
	}
	script, problems := show.Parse("x.yaml", fmt.Appendf(nil, "title: {fr: %[1]q, en: %[1]q}\nabout: {fr: %[2]q, en: %[2]q}\nsteps:\n  - title: {fr: %[3]q, en: %[3]q}\n    show: {fr: %[4]q, en: %[4]q}\n    note: {fr: %[1]q, en: %[1]q}\n    time: 1m\n",
		attack(), attack(), attack(), attack()), []string{"small"})
	if len(problems) > 0 {
		t.Fatal(problems[0].Text("en"))
	}
	for _, size := range [][2]int{{80, 24}, {140, 45}} {
		s := uitest.OpenWith(t, ui.Options{Backend: e, Lang: "en", Width: size[0], Height: size[1], Profile: colorprofile.TrueColor,
			Show: show.New(show.Options{Script: script, Control: world.NewClock(time.Time{}, nil), Stepped: true})})
		look := newEye(t)
		press := func(keys ...string) {
			t.Helper()
			for _, k := range keys {
				s.Press(k)
				s.Send(ui.Acted())
				s.Bell()
				look.look(s, size[0], size[1])
				if t.Failed() {
					t.Fatalf("after %q of %v at %v", k, keys, size)
				}
			}
		}
		for _, page := range []string{"pipelines", "quality", "images", "gitops", "pods", "metrics", "alerts", "onboarding", "actions", "runbooks", "perf", "sources"} {
			press("1", ":")
			s.Type(page)
			press("enter", "down", "down", "i", "?", "esc", "tab", "down", "K", "esc", "s", "esc")
			press("enter", "down", "down", "tab", "tab", "y", "esc", "D", "esc", "c", "esc")
			press("1", ":")
			s.Type(page)
			press("enter", "down", "a", "down", "down", "enter", "tab", "esc", "esc", "esc")
		}
		for row := range 3 { // what may be done with a project and with an application: each plan is shown, none is agreed to
			press("1", "g")
			for range row {
				press("down")
			}
			for deed := range 6 {
				press("a")
				for range deed {
					press("down")
				}
				press("enter", "tab", "down", "d", "esc", "esc")
			}
			press("R", "down", "enter", "esc", "esc") // the book of its worst finding
			press("t", "down", "enter", "esc", "esc")
		}
		press("1", "g", "R", "/") // the team's own book, played
		s.Type("RB-99")
		press("enter", "enter", "down", "enter", "enter", "down", "enter", "y", "tab", "down", "i", "esc", "esc", "esc")
		press("1", "g", "a", "r", "tab", "enter") // one deed is done, and told
		press("down", "esc", "esc", "1", ":")
		s.Type("actions")
		press("enter", "down", "enter", "down", "tab", "down", "c", "esc", "esc", "esc")
		if len(look.titles) < 8 {
			t.Errorf("only the pages %q were seen", slices.Collect(maps.Keys(look.titles)))
		}
	}
	if len(e.Hand().Runs()) == 0 {
		t.Error("nothing was done")
	}
	linearWalk(t, e)
}

// linearWalk reads the same platform out: nothing but text, one line feed a line.
func linearWalk(t *testing.T, e *engine.Engine) {
	t.Helper()
	root, _, err := ui.New(t.Context(), ui.Options{Backend: e, Lang: "fr", Width: 120, Height: 60, Profile: colorprofile.NoTTY, Linear: true, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var out bytes.Buffer
	l := ui.NewLinear(root, &out)
	l.Init()
	for _, k := range strings.Fields("down enter tab down tab down tab down esc a down enter esc esc 1 3 down enter esc 4 down enter esc 5 down enter esc 8 down enter esc 9 down enter esc 1 t down esc") {
		l.Update(uitest.Key(k))
	}
	said := out.String()
	if strings.Count(said, "\n") < 40 {
		t.Errorf("little was read out:\n%s", said)
	}
	for line := range strings.SplitSeq(said, "\r\n") {
		if found := hostile.Dirty(line); len(found) > 0 {
			t.Errorf("read out: %v", found)
		}
	}
}
