package ui_test

import (
	"bytes"
	"io"
	"math/rand"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/uitest"
	"dsotop/themes"
)

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		ascii      bool
		keys       []string
	}{
		{"fleet-fr-80x24", "fr", 80, 24, false, []string{"down"}},
		{"fleet-fr-120x40", "fr", 120, 40, false, []string{"down"}},
		{"fleet-fr-200x60", "fr", 200, 60, false, []string{"down"}},
		{"fleet-en-120x40", "en", 120, 40, false, []string{"down"}},
		{"fleet-ascii-80x24", "fr", 80, 24, true, []string{"down"}},
		{"help-fr-120x40", "fr", 120, 40, false, []string{"?"}},
		{"palette-fr-80x24", "fr", 80, 24, false, []string{":"}},
		{"sort-fr-80x24", "fr", 80, 24, false, []string{"s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: c.lang, Width: c.w, Height: c.h, ASCII: c.ascii, Profile: colorprofile.TrueColor})
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestEveryStateOfTheFleetSaysWhy(t *testing.T) {
	t.Run("starting", func(t *testing.T) {
		b := uitest.NewBackend(7)
		b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
		s := uitest.Open(t, b, "fr", 120, 30)
		s.Shows("ordre par nom", "nom ▾", "◔ 9 sources")
		if lines := strings.Split(s.Screen(), "\n"); !strings.Contains(lines[3], "agendaprefs") {
			t.Errorf("the first row is %q", lines[3])
		}
	})
	t.Run("nothing yet", func(t *testing.T) {
		b := uitest.NewBackend(0)
		b.Store.Apply(func(tx *store.Tx) {
			store.Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateStarting}})
		})
		uitest.Open(t, b, "fr", 80, 24).Shows("Première lecture des projets")
	})
	t.Run("refused", func(t *testing.T) {
		b := uitest.NewBackend(0)
		b.Store.Apply(func(tx *store.Tx) {
			store.Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateUnauthorised, Since: uitest.Noon().Add(-4 * time.Minute), Detail: "401 invalid token", Remedy: platform.RemedyRenewToken}})
		})
		s := uitest.Open(t, b, "fr", 80, 24)
		s.Shows("console", "refusé", "depuis 14:03", "401 invalid token", "Renouveler le jeton", "⊘ console 4 min")
		s.Hides("filtrer")
	})
	t.Run("no project", func(t *testing.T) {
		b := uitest.NewBackend(0)
		b.Store.Apply(func(tx *store.Tx) {
			store.Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateLive, LastSuccess: uitest.Noon()}})
		})
		uitest.Open(t, b, "en", 80, 24).Shows("No project", "sees no project")
	})
	t.Run("no match", func(t *testing.T) {
		s := uitest.Open(t, uitest.NewBackend(7), "fr", 80, 24)
		s.Press("/")
		s.Type("qqqq")
		s.Press("enter")
		s.Shows("Rien ne correspond au filtre", "qqqq", "0 sur 7")
		s.Press("esc")
		s.Shows("agendaprefs")
		s.Hides("qqqq")
	})
	t.Run("source down, data kept", func(t *testing.T) {
		b := uitest.NewBackend(7)
		s := uitest.Open(t, b, "fr", 120, 30)
		b.Health("loki", func(h *platform.SourceHealth) {
			h.State, h.Since = platform.StateUnreachable, uitest.Noon().Add(-4*time.Minute)
		})
		s.Bell()
		s.Shows("○ loki 4 min", "● 8 sources", "agendaprefs")
		b.Pass(time.Minute)
		s.Minute()
		s.Shows("○ loki 5 min", "14:08")
	})
}

func TestTheCursorFollowsItsProject(t *testing.T) {
	b := uitest.NewBackend(7)
	b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
	s := uitest.Open(t, b, "fr", 80, 24)
	s.Press("down", "down")
	s.Shows("─ guichet ─")
	b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateLive, uitest.Noon() })
	s.Bell()
	s.Shows("─ guichet ─", "gravité ▾")
}

func TestAnUntouchedCursorStartsOnTheWorst(t *testing.T) {
	b := uitest.NewBackend(7)
	b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
	s := uitest.Open(t, b, "fr", 80, 24)
	s.Shows("─ agendaprefs ─")
	b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateLive, uitest.Noon() })
	s.Bell()
	s.Shows("─ vigibat ─")
}

func TestFilterPromptAndEscape(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 120, 30)
	s.Press("/")
	s.Type("guichet")
	s.Shows("/ guichet", "1 sur 7")
	if s.Root.View().Cursor == nil {
		t.Error("the prompt has no cursor")
	}
	s.Press("esc") // gives back what was there
	s.Hides("1 sur 7")
	s.Press("/")
	s.Type("guichet")
	s.Press("enter")
	s.Shows("filtre : guichet ×", "1 sur 7")
	s.Press("?")
	s.Shows("Touches")
	s.Press("esc")
	s.Shows("filtre : guichet ×") // the page is as it was left
	s.Press("!", "esc")
	s.Hides("filtre : guichet")
	s.Hides("portail")
	s.Shows("problèmes seuls")
	s.Press("esc")
	s.Shows("portail")
}

func TestSameValue(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 120, 30)
	s.Press("*")
	s.Shows("filtre : critique ×", "2 sur 7")
	s.Press("esc", "s")
	s.Press("down", "down", "down", "down", "down", "down", "down", "enter") // Argo CD
	s.Shows("ARGO CD▾")
	s.Press("*")
	s.Shows("3 sur 7", "Synced ×")
}

func TestPasteOutsideAFieldDoesNothing(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 80, 24)
	before := s.Screen()
	s.Send(tea.PasteMsg{Content: "q\nq\n:quit\n"})
	if s.Left || s.Screen() != before {
		t.Error("a paste did something")
	}
	s.Press("/")
	s.Send(tea.PasteMsg{Content: "gui\x1b[31mchet\n"})
	s.Press("enter")
	s.Shows("1 sur 7")
}

func TestHelpRunsACommand(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 120, 40)
	s.Press("?", "/")
	s.Type("choisir la colonne")
	s.Press("enter", "enter")
	s.Shows("Trier par", "Parc")
	s.Press("down", "enter")
	s.Shows("projet ▾")
}

func TestPaletteGoesAnywhere(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 120, 40)
	s.Press(":")
	s.Type("4f2a")
	s.Shows("4f2a…", "encore 3 chiffres pour un commit")
	s.Press("enter") // nothing can be done yet: it stays
	s.Type("bad")
	s.Shows("suivre ce commit 4f2abad")
	s.Press("esc", ":")
	s.Type("prod agenda") // all the words, in any order
	s.Shows("agendaprefs ▸ prod")
	s.Press("esc", ":")
	s.Type("agendaprefs equipe") // a tab of a page that is not open
	s.Shows("agendaprefs ▸ Équipe & droits")
	s.Press("enter")
	s.Shows("agendaprefs", "RÔLE")
	s.Press("esc", ":")
	s.Type("agendaprefs prod even")
	s.Press("enter")
	s.Shows("prod", "Aucun événement")
	s.Press(":")
	s.Type("agendaprefs nulle part")
	s.Shows("Rien ne porte ce nom")
	s.Press("esc", "esc", ":")
	s.Type("langue english")
	s.Press("enter")
	s.Shows("Fleet", "PROJECT", "severity ▾")
	s.Press("ctrl+p")
	s.Type("theme light")
	s.Press("enter")
	s.Press(":")
	s.Type("q")
	s.Press("enter")
	if !s.Left {
		t.Error(":q does not quit")
	}
}

func TestLeaving(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		s := uitest.Open(t, uitest.NewBackend(1), "fr", 80, 24)
		if s.Press(key); !s.Left {
			t.Errorf("%s does not leave", key)
		}
	}
	s := uitest.Open(t, uitest.NewBackend(1), "fr", 80, 24)
	s.Press("?", "q")
	if s.Left {
		t.Error("q in help leaves the program")
	}
	s.Shows("Parc")
	s.Press("esc", "esc")
	if s.Left {
		t.Error("Esc leaves the program")
	}
}

func TestRefreshAndInterest(t *testing.T) {
	b := uitest.NewBackend(7)
	s := uitest.Open(t, b, "fr", 80, 24)
	s.Press("ctrl+r")
	if b.Refreshes() != 1 {
		t.Errorf("%d refreshes", b.Refreshes())
	}
	s.Shows("nouvelle lecture demandée")
	s.Press("down")
	s.Hides("nouvelle lecture demandée")
	if got := b.Looking(); len(got) < 7 {
		t.Errorf("in view: %v", got)
	}
}

func TestNothingIsDrawnWhenNothingMoved(t *testing.T) {
	b := uitest.NewBackend(7)
	s := uitest.Open(t, b, "fr", 120, 40)
	n := s.Root.Frames()
	s.Bell()
	s.Minute()
	s.Press("Z")
	b.Pass(20 * time.Second)
	s.Minute()
	if got := s.Root.Frames(); got != n {
		t.Errorf("%d frames for nothing", got-n)
	}
}

func TestSmallWindowsGetASentence(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "fr", 59, 20)
	s.Shows("Cette fenêtre est un peu petite")
	s.Resize(60, 15)
	s.Hides("Cette fenêtre")
	s.Exact(60, 15)
	s.Resize(3, 2)
	s.Exact(3, 2)
}

// A random walk over keys, sizes and data: the frame is always exact, nothing panics, Esc never leaves.
func TestRandomWalk(t *testing.T) {
	var all []string
	for _, d := range keys.Table() {
		for _, k := range d.Keys {
			if k != "q" && k != "ctrl+c" && k != "ctrl+z" {
				all = append(all, k)
			}
		}
	}
	all = append(all, "a", "é", "backspace", "left", "7")
	for seed := range int64(4) {
		rnd := rand.New(rand.NewSource(seed)) //nolint:gosec // a walk, not a secret
		b := uitest.NewBackend(int(seed) * 9)
		w, h := 120, 40
		s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: "fr", Width: w, Height: h, Profile: colorprofile.ANSI256, ASCII: seed == 3})
		for range 400 {
			switch rnd.Intn(12) {
			case 0:
				w, h = 1+rnd.Intn(250), 1+rnd.Intn(70)
				s.Resize(w, h)
			case 1:
				b.Pass(time.Duration(rnd.Intn(3)) * time.Minute)
				s.Minute()
			case 2:
				b.Health("loki", func(x *platform.SourceHealth) { x.State = platform.StateStale })
				s.Bell()
			default:
				s.Press(all[rnd.Intn(len(all))])
			}
			s.Exact(w, h)
			if s.Left {
				s.Left = false // Enter on "quit" in the palette
			}
		}
		s.Hides("erreur interne")
	}
}

func TestEveryThemeAndProfileDrawsTheSameText(t *testing.T) {
	var first string
	for _, name := range themes.Names() {
		for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
			s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", Width: 100, Height: 30, Theme: name, Profile: p})
			s.Exact(100, 30)
			if first == "" {
				first = s.Screen()
			}
			if s.Screen() != first {
				t.Errorf("theme %s in %s draws another text", name, p)
			}
		}
	}
}

func TestNoColourMeansNoColour(t *testing.T) {
	s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", Width: 100, Height: 30, Profile: colorprofile.TrueColor, Environ: []string{"NO_COLOR=1"}})
	for _, l := range s.Root.Screen() {
		for _, part := range strings.Split(l, "\x1b[")[1:] {
			code, _, _ := strings.Cut(part, "m")
			for _, n := range strings.Split(code, ";") {
				if len(n) >= 2 {
					t.Fatalf("colour %q in %q", code, l)
				}
			}
		}
	}
}

// The one test with a real program: its wiring, and that it ends.
func TestTheProgramRunsAndLeaves(t *testing.T) {
	var out bytes.Buffer
	in, keys := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- ui.Run(t.Context(), ui.Options{Backend: uitest.NewBackend(7), Lang: "fr", In: in, Out: &out, Environ: []string{"TERM=xterm-256color"}, Width: 100, Height: 30})
	}()
	if _, err := keys.Write([]byte("q")); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "agendaprefs") {
		t.Error("nothing was drawn")
	}
}

// Text from outside never shifts a cell, whatever it holds.
func FuzzHostileNames(f *testing.F) {
	for _, name := range []string{"normal", "\x1b]0;owned\x07\x1b[2J", "日本語のプロジェクト", "a\u202egnirts", "e\u0301\u0301", "\xff\xfe", strings.Repeat("long", 60), "👩‍👩‍👧", "tab\tnew\nline"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		b := uitest.NewBackend(2)
		b.Store.Apply(func(tx *store.Tx) {
			for _, r := range b.View().Projects {
				p := r.Dossier.Project
				p.Slug, p.Name, p.Status, p.LastProvisioned, p.Owner = name, name, name, name, platform.Person{FirstName: name}
				store.Projects.Put(tx, "console", p.ID, []platform.Project{p})
				for _, repo := range r.Dossier.Repositories {
					if repo.Gate != nil {
						g := *repo.Gate
						g.Status = name
						store.Gates.Put(tx, "sonarqube", p.ID, []platform.Gate{g})
					}
				}
			}
		})
		b.Health("loki", func(h *platform.SourceHealth) { h.State, h.Name, h.Detail = platform.StateStale, name, name })
		s := uitest.Open(t, b, "fr", 100, 30)
		for _, keys := range [][]string{{"down"}, {":"}, {"esc", "c"}, {"esc", "/"}} {
			s.Press(keys...)
			s.Exact(100, 30)
		}
		s.Type(name)
		s.Exact(100, 30)
		if strings.ContainsAny(s.Root.View().WindowTitle, "\x1b\x07\n") {
			t.Error("a control character reaches the title")
		}
		for _, l := range s.Root.Screen() {
			for _, part := range strings.Split(l, "\x1b")[1:] {
				if !strings.HasPrefix(part, "[") || strings.IndexFunc(part[1:], func(r rune) bool { return r != ';' && (r < '0' || r > '9') }) < 0 || part[1+strings.IndexFunc(part[1:], func(r rune) bool { return r != ';' && (r < '0' || r > '9') })] != 'm' {
					t.Fatalf("a sequence that is not ours: %q", part)
				}
			}
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	b := uitest.NewBackend(1)
	for _, o := range []ui.Options{{}, {Backend: b, Lang: "xx"}, {Backend: b, Theme: "xx"}} {
		if _, _, err := ui.New(t.Context(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if _, faults, err := ui.New(t.Context(), ui.Options{Backend: b, Keys: map[string][]string{"copy": {"s"}}}); err != nil || len(faults) == 0 {
		t.Errorf("a conflict of keys is not reported: %v, %v", faults, err)
	}
}

func BenchmarkFullFrame(b *testing.B) {
	back := uitest.NewBackend(1000)
	s := uitest.OpenWith(b, ui.Options{Backend: back, Lang: "fr", Width: 200, Height: 60, Profile: colorprofile.TrueColor})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		// Another width each time: nothing of the last frame can be used again.
		s.Root.Update(tea.WindowSizeMsg{Width: 200 - i%2, Height: 60})
		_ = s.Root.View()
	}
}

func BenchmarkCursorMove(b *testing.B) {
	back := uitest.NewBackend(1000)
	s := uitest.OpenWith(b, ui.Options{Backend: back, Lang: "fr", Width: 200, Height: 60, Profile: colorprofile.TrueColor})
	down, up := uitest.Key("down"), uitest.Key("up")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k := down
		if i/500%2 == 1 {
			k = up
		}
		s.Root.Update(k)
		_ = s.Root.View()
	}
}

func BenchmarkPalette(b *testing.B) {
	back := uitest.NewBackend(1000)
	s := uitest.OpenWith(b, ui.Options{Backend: back, Lang: "fr", Width: 120, Height: 40, Profile: colorprofile.TrueColor})
	s.Press(":")
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			s.Type("a")
		} else {
			s.Press("backspace")
		}
	}
}
