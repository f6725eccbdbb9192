package logs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/logs"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		ascii      bool
		keys       []string
	}{
		{"lines-fr-80x24", "fr", 80, 24, false, nil},
		{"lines-fr-120x40", "fr", 120, 40, false, nil},
		{"lines-en-200x60", "en", 200, 60, false, nil},
		{"lines-ascii-80x24", "fr", 80, 24, true, nil},
		{"error-fr-120x40", "fr", 120, 40, false, []string{"g", "e"}},
		{"detail-fr-80x24", "fr", 80, 24, false, []string{"g", "e", "enter"}},
		{"detail-fr-120x40", "fr", 120, 40, false, []string{"g", "e", "enter"}},
		{"problems-fr-120x40", "fr", 120, 40, false, []string{"!"}},
		{"copy-fr-80x24", "fr", 80, 24, false, []string{"g", "e", "c"}},
		{"help-fr-120x40", "fr", 120, 40, false, []string{"?"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openWith(t, ui.Options{Lang: c.lang, Width: c.w, Height: c.h, ASCII: c.ascii, Profile: colorprofile.TrueColor}, &keeper{lines: story()}, map[string]string{"fr": "suivi", "en": "following"}[c.lang], map[string]string{"fr": "lignes", "en": "lines"}[c.lang], "postgres")
			settle(t, s)
			s.Press(c.keys...)
			settle(t, s)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestSearchKeepsContextAndCounts(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("g", "/")
	s.Type("refusée")
	wait(t, s, "7 trouvées")
	s.Press("enter", "n")
	s.Shows("1 / 7 trouvées", "GET /sante")
	s.Press("n", "n", "N")
	s.Shows("2 / 7 trouvées")
	s.Press("x")
	wait(t, s, "trouvées seules")
	s.Hides("/sante")
	s.Shows("2 / 7 trouvées")
	s.Press("C")
	wait(t, s, "contexte", "agenda/rdv")
	s.Press("esc")
	wait(t, s, "trouvées seules")
	s.Hides("agenda/rdv")
	s.Press("esc")
	wait(t, s, "agenda/rdv")
	s.Hides("trouvées")
}

func TestProbesAreHiddenWithOneKeyWhateverIsSearched(t *testing.T) {
	k := &keeper{lines: story()}
	for i := range k.lines {
		k.lines[i].Text = strings.ReplaceAll(k.lines[i].Text, `503 512 "-" "kube-probe/1.26"`, `503 512 "-" "Mozilla"`)
	}
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("K")
	wait(t, s, "-kube-probe", "/agenda/rdv 503")
	s.Hides("/sante")
	s.Press("/")
	s.Type(" postgres")
	wait(t, s, "7 trouvées", "/agenda/rdv 503")
	s.Press("enter")
	s.Hides("/sante")
	s.Press("x")
	wait(t, s, "trouvées seules")
	s.Hides("/agenda/rdv", "/sante")
	s.Press("K", "x")
	wait(t, s, "/sante")
	s.Shows("7 trouvées")
}

func TestAMistakeIsShownAtItsPlace(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("/")
	s.Type(`a "b`)
	s.Shows("le guillemet n'est pas fermé (3)")
	s.Press("esc")
	s.Hides("guillemet")
}

func TestLevelsAndErrors(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("g", "e")
	s.Shows("PANIC", "connexion refusée")
	s.Press("!")
	wait(t, s, "niveau ≥ WARN")
	s.Hides("/sante")
	s.Press("esc")
	wait(t, s, "/sante")
	s.Press("V")
	s.Shows("Niveau minimal", "ERROR", "FATAL")
	s.Press("esc")
	s.Press("E", "E", "E", "E", "E")
	waitFor(t, s, "that no error is left", nothingLeft("plus aucune erreur"))
}

func TestFollowHoldsThePlaceAndCountsWhatWaits(t *testing.T) {
	k := &keeper{lines: story()}
	s := open(t, k, "fr", 120, 40, "postgres", "suivi")
	s.Press("pgup")
	before := strings.Split(s.Screen(), "\n")[8]
	at := uitest.Noon().UnixNano()
	web := stream("agenda-web")
	k.write(t, logs.Line{At: at + 1, Stream: web, Text: "neuve un"}, logs.Line{At: at + 2, Stream: web, Text: "neuve deux"})
	wait(t, s, "+2 nouvelles lignes", "arrêté")
	if after := strings.Split(s.Screen(), "\n")[8]; after != before {
		t.Errorf("the place moved:\n%s\n%s", before, after)
	}
	s.Press("F")
	wait(t, s, "neuve deux", "suivi")
	s.Hides("nouvelles lignes")
}

func TestTracesAreFolded(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("O")
	wait(t, s, "HikariPool.java:104")
}

func TestDetailFiltersAndColumns(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("/")
	s.Type("postgres")
	s.Press("enter", "N", "enter")
	s.Shows("Champs", "trace_id", "◆ 14:0")
	s.Press("G", "k", "k", "k", "k")
	for range 12 {
		if strings.Contains(s.Screen(), "▌logger") {
			break
		}
		s.Press("k")
	}
	s.Press("X")
	wait(t, s, "logger!=db", "20 cachées")
	s.Press("esc", "esc")
	s.Hides("Champs", "logger!=db")
	s.Press("esc")
	s.Shows("instant libéré")
	s.Hides("◆ 14:0")
}

func TestBookmarksAndSelection(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("u")
	s.Shows("aucun signet")
	s.Press("k", "k", "m", "g", "m", "u")
	s.Shows("◆ 2")
	s.Press("v", "j", "j")
	s.Shows("sélection 3")
	s.Press("c")
	s.Shows("sélection", "3 lignes", "Markdown pour le ticket", "Exporter")
	s.Press("esc", "esc")
	s.Hides("sélection 3")
}

func TestLogQLCompletesAndShowsTheServersComplaint(t *testing.T) {
	k := &keeper{lines: story()}
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("Q")
	s.Shows("LogQL")
	s.Press("ctrl+u")
	s.Type(`{c`)
	s.Shows(`container="`)
	s.Press("tab")
	s.Shows("agenda-web")
	s.Press("down", "down", "down", "enter")
	s.Send(tea.PasteMsg{Content: `"} !! `})
	s.Shows("syntax error: unexpected !")
	lines := strings.Split(s.Screen(), "\n")
	foot, complaint := lines[len(lines)-1], lines[len(lines)-2]
	if a, b := strings.Index(foot, "!!"), strings.Index(complaint, "↓"); a != b {
		t.Errorf("the complaint is at %d, its place at %d:\n%s\n%s", b, a, complaint, foot)
	}
	s.Press("enter")
	s.Shows("syntax error")
	for range 4 {
		s.Press("backspace")
	}
	s.Press("enter")
	wait(t, s, `{container="agenda-web"}`)
}

func TestEveryEmptyPageSaysWhy(t *testing.T) {
	t.Run("no source", func(t *testing.T) {
		open(t, nil, "fr", 120, 40, "Aucune source de journaux")
	})
	t.Run("nothing", func(t *testing.T) {
		open(t, &keeper{}, "en", 120, 40, "No line")
	})
	t.Run("fails", func(t *testing.T) {
		open(t, &keeper{err: os.ErrPermission}, "fr", 120, 40, "Les journaux ne peuvent pas être lus", "injoignable")
	})
	t.Run("beyond", func(t *testing.T) {
		s := open(t, &keeper{}, "fr", 120, 40, "Aucune ligne")
		s.Press("J")
		s.Type("2026-01-01")
		s.Press("enter")
		wait(t, s, "Loki garde 30 jours")
	})
	t.Run("no subject", func(t *testing.T) {
		s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
		s.Press("6")
		s.Shows("De quel environnement ?")
		s.Press("enter")
		s.Shows("agendaprefs ▸ prod", "guichet ▸ staging")
	})
}

func TestHostileLinesKeepTheFrame(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI, colorprofile.ASCII} {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {123, 33}} {
			s := openWith(t, ui.Options{Lang: "fr", Width: size[0], Height: size[1], Profile: profile}, &keeper{lines: hostile()}, "[brackets] [red]kept[-]")
			for _, k := range []string{"A", "w", "A", "M", "w", "h", "l", "l", "l", "t", "t", "t", "t", "g", "y", "j", "j", "j", "j", "tab", "j", "j", "enter", "esc", "esc", "j", "j", "j", "j", "j", "enter", "G", "k", "esc", "D", "j", "enter", "esc", "c", "esc"} {
				s.Press(k)
				s.Exact(size[0], size[1])
				for _, l := range s.Root.Screen() {
					if strings.ContainsAny(l, "\x00\x07\r\t\u202e\u200b\ufeff") || strings.Contains(l, "\x1b[2J") || strings.Contains(l, "\x1b]") {
						t.Fatalf("after %s: %q", k, l)
					}
				}
			}
		}
	}
}

func TestTheRangeIsOneForAllPagesOfTheSession(t *testing.T) {
	k := &keeper{lines: story(), told: make(chan struct{}, 1)}
	s := open(t, k, "fr", 120, 40, "postgres")
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	until := func(n int) []time.Duration {
		for s.Send(ui.Wake()); len(k.volumes()) < n; s.Send(ui.Wake()) {
			select {
			case <-k.told:
			case <-s.Root.Bells():
			case <-ctx.Done():
				t.Fatalf("the volume was not asked for:\n%s", s.Screen())
			}
		}
		return k.volumes()
	}
	for n := range 3 {
		s.Press("Z")
		until(n + 1)
	}
	last := k.volumes()[2]
	if last < 20*time.Minute {
		t.Fatalf("zoomed out to %s only", last)
	}
	other, ok := uitest.NewBackend(7).View().Environment("cartocrise", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	s.Press(":")
	s.Type(other.Namespace)
	s.Press("enter", "g", "tab", "tab", "l")
	wait(t, s, "cartocrise ▸", "postgres")
	if got := until(4)[3]; got != last {
		t.Errorf("another page of lines spans %s, the session %s", got, last)
	}
}

func TestGapsAreLinesWithAnOffer(t *testing.T) {
	k := &keeper{}
	web := stream("agenda-web")
	for i := range 4000 {
		k.lines = append(k.lines, logs.Line{At: uitest.Noon().Add(time.Duration(i-4000) * time.Second).UnixNano(), Stream: web, Text: fmt.Sprintf("ligne %04d", i)})
	}
	s := open(t, k, "fr", 100, 30, "ligne 3999")
	s.Press("J")
	s.Type("-1h")
	s.Press("enter")
	wait(t, s, "ligne 0400")
	for range 200 {
		if strings.Contains(s.Screen(), "peuvent manquer") {
			break
		}
		s.Press("pgdown")
		s.Send(ui.Wake())
	}
	s.Shows("peuvent manquer", "les demander")
}

func TestPatterns(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("D")
	s.Shows("Motifs", "rendez-vous enregistré", "connexion refusée à postgres", "GET /sante 2xx")
	for n := 0; n < 40 && !strings.Contains(pointed(s), "GET /sante 2xx"); n++ {
		s.Press("down")
	}
	s.Press("enter")
	wait(t, s, "trouvées seules", `method=GET path~/^\/sante([?;]|$)/ status~/^2/`, "GET /sante 200")
	s.Hides("rendez-vous enregistré")
	s.Press("esc", "D")
	wait(t, s, "Motifs")
	for n := 0; n < 40 && !strings.Contains(pointed(s), "GET /sante 2xx"); n++ {
		s.Press("down")
	}
	s.Press("X")
	wait(t, s, "cachée", "rendez-vous enregistré")
	s.Hides("GET /sante 200")
}

// pointed is the line under the cursor.
func pointed(s *uitest.Session) string {
	for line := range strings.SplitSeq(s.Screen(), "\n") {
		if strings.HasPrefix(line, "▌") {
			return line
		}
	}
	return ""
}

// In a small pane the detail begins with what the line says, although nothing of it can be filtered on.
func TestASmallDetailBeginsWithTheLine(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 60, 15, "postgres")
	s.Press("/")
	s.Type("sante")
	s.Press("enter", "N", "enter")
	wait(t, s, "Détail", "- - [")
}

func TestExportWritesOneFileForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.log")
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	s.Press("!")
	wait(t, s, "niveau ≥ WARN")
	s.Press(":")
	s.Type("fichier local")
	s.Press("enter")
	s.Shows("Exporter", "lignes JSON, anonymisé")
	s.Press("enter")
	for range 60 {
		s.Press("backspace")
	}
	s.Type(path)
	s.Press("enter")
	s.Shows("lignes écrites dans")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), "PANIC") || strings.Contains(string(data), "/sante") {
		t.Errorf("%v\n%s", err, data)
	}
	s.Press(":")
	s.Type("fichier local")
	s.Press("enter", "enter")
	for range 60 {
		s.Press("backspace")
	}
	s.Type(path)
	s.Press("enter")
	s.Shows("rien n'a été écrit")
}
