package quality_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// sonar answers from memory; err, when set, is what it answers instead.
type sonar struct{ err error }

func (sonar) Name() string { return "sonarqube" }

func (s sonar) History(_ context.Context, key string, n int) (desk.QualityHistory, error) {
	h := desk.QualityHistory{Total: 42}
	for i := range min(n, 9) {
		one := desk.Analysis{At: uitest.Noon().Add(-time.Duration(i) * 26 * time.Hour), Revision: fmt.Sprintf("abc%05x%032d", i, i), Version: "main", Gate: "OK",
			Measures: map[string]string{"coverage": fmt.Sprint(84 - i), "bugs": "2", "vulnerabilities": "0", "ncloc": "12345"}}
		if i == 0 {
			one.Gate, one.Changed, one.Measures["coverage"] = "ERROR", "Failed", "41.2"
			one.Revision = "00007bbc" + strings.Repeat("0", 32) // what guichet runs
		}
		h.Analyses = append(h.Analyses, one)
	}
	if !strings.HasPrefix(key, "guichet") {
		h.Analyses = nil
	}
	return h, s.err
}

type backend struct {
	*uitest.Backend
	sonar desk.Quality
}

func (b backend) Quality(string) desk.QualityReach { return desk.QualityReach{Quality: b.sonar} }
func (b backend) Images(string) desk.ImagesReach   { return desk.ImagesReach{} }
func (b backend) Alerts(string) desk.AlertsReach   { return desk.AlertsReach{} }

// story is the fixture with measures, and a project of which another commit was analysed than the one that runs.
func story(s desk.Quality) backend {
	b := uitest.NewBackend(7)
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Gates.All(b.Store.Current()) {
			g := sh.Items[0]
			g.Revision = g.Revision[32:] + g.Revision[:32] // as the tags of the fixture have it
			g.Version, g.URL = "main", "https://sonar.test/dashboard?id="+g.Key
			g.Measures = map[string]string{"coverage": "84.1", "bugs": "1", "vulnerabilities": "0", "security_hotspots": "3", "duplicated_lines_density": "1.2", "ncloc": "18204"}
			if g.Status == platform.GateError {
				g.Measures["coverage"] = "41.2"
				g.Conditions = append(g.Conditions, platform.GateCondition{Metric: "new_duplicated_lines_density", Status: "OK", Comparator: "GT", Threshold: "3", Value: "1.2"}, platform.GateCondition{Metric: "security_rating", Status: "ERROR", Comparator: "GT", Threshold: "1", Value: "3"})
			}
			if strings.HasPrefix(g.Key, "cartocrise") {
				g.Revision = strings.Repeat("f", 40)
			}
			if g.Status == platform.GateNone {
				g.Measures, g.AnalysedAt, g.Revision = nil, time.Time{}, ""
			}
			store.Gates.Put(tx, sh.Source, sh.Scope, []platform.Gate{g})
		}
	})
	return backend{Backend: b, sonar: s}
}

// until delivers the page's bells until the screen holds a text.
func until(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fleet-fr-80x24", "fr", 80, 24}, {"fleet-fr-120x40", "fr", 120, 40}, {"fleet-fr-200x60", "fr", 200, 60}, {"fleet-en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.Open(t, story(sonar{}), c.lang, c.w, c.h)
			s.Press("3")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
			s.Press("enter")
			until(s, "42 ─")
			s.Exact(c.w, c.h)
			s.Golden(strings.Replace(c.name, "fleet", "one", 1))
		})
	}
}

func TestTheGateIsThatOfACommit(t *testing.T) {
	s := uitest.Open(t, story(sonar{}), "fr", 120, 40)
	s.Press("3")
	s.Shows("7 dépôts", "1 barrière refusée", "41,2 %", "attendu ≥ 80 %", "note de sécurité", "C  attendu ≤ A", "c'est le commit analysé")
	s.Press("/")
	s.Type("cartocrise")
	s.Press("enter")
	s.Shows("un autre commit : cette barrière ne dit rien de lui", "ffffffff")
	s.Press("esc", "/")
	s.Type("testform")
	s.Press("enter")
	s.Shows("jamais analysé", "Aucune analyse n'est arrivée dans SonarQube")
	s.Press("esc", "!")
	s.Hides("portail")
}

func TestOneGate(t *testing.T) {
	s := uitest.Open(t, story(sonar{}), "fr", 120, 40)
	s.Press("3", "enter")
	until(s, "9 dernières sur 42")
	s.Shows("41,2 % – 83 %", "prod", "OK")
	s.Press("i")
	s.Hides("Conditions")
	s.Press("esc", "c", "esc", "!")
	s.Shows("1 sur 9")
	s.Press("esc", "down", "enter")
	s.Shows("abc00001")
	s.Press("esc", "esc")
	s.Shows("7 dépôts")
}

func TestWhatCannotBeRead(t *testing.T) {
	s := uitest.Open(t, story(sonar{err: errors.New("GET https://sonar.test : 403")}), "fr", 120, 40)
	s.Press("3", "enter")
	until(s, "403")
	s.Exact(120, 40)
	s = uitest.Open(t, uitest.NewBackend(7), "fr", 80, 24) // nobody can be asked
	s.Press("3", "enter")
	s.Shows("Analyses", "non configuré")
	s = uitest.Open(t, uitest.NewBackend(0), "en", 80, 24)
	s.Press("3")
	s.Shows("not configured")
	s.Exact(80, 24)
}

func TestAGateThatIsGone(t *testing.T) {
	b := story(sonar{})
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("3", "enter")
	until(s, "9 dernières")
	r, _ := b.View().Project("guichet")
	b.Store.Apply(func(tx *store.Tx) {
		store.Repositories.Put(tx, "console", r.Dossier.Project.ID, []platform.Repository{})
	})
	s.Bell()
	s.Shows("Échap revient en arrière")
	s.Exact(120, 40)
}

func TestEverySize(t *testing.T) {
	s := uitest.Open(t, story(sonar{}), "fr", 120, 40)
	for _, size := range [][2]int{{60, 15}, {80, 24}, {100, 30}, {160, 20}, {250, 70}} {
		s.Resize(size[0], size[1])
		s.Press("3")
		s.Exact(size[0], size[1])
		s.Press("enter")
		s.Exact(size[0], size[1])
		s.Press("esc")
	}
}

// As SonarQube in its mode of several qualities writes conditions, and as it speaks of a project that was analysed and has no gate.
func TestOtherGates(t *testing.T) {
	b := story(sonar{})
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Gates.All(b.Store.Current()) {
			g := sh.Items[0]
			if strings.HasPrefix(g.Key, "guichet") {
				g.Status = platform.GateError
				g.Conditions = []platform.GateCondition{{Metric: "new_software_quality_security_rating", Status: "ERROR", Comparator: "GT", Threshold: "1", Value: "3.0"},
					{Metric: "new_technical_debt", Status: "ERROR", Comparator: "GT", Threshold: "60", Value: "135"}, {Metric: "sqale_debt_ratio", Status: "OK", Comparator: "GT", Threshold: "5", Value: "1.3"}}
			}
			if strings.HasPrefix(g.Key, "portail") {
				g.Status, g.Conditions = platform.GateNone, nil
			}
			store.Gates.Put(tx, sh.Source, sh.Scope, []platform.Gate{g})
		}
	})
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("3", "g")
	s.Shows("note de sécurité du code neuf", "C", "attendu ≤ A", "dette technique du code neuf", "2 h 15", "attendu ≤ 1 h 00", "part de dette", "1,3 %")
	s.Press("/")
	s.Type("portail")
	s.Press("enter")
	s.Shows("NONE  analysé, mais aucune barrière ne porte sur ce dépôt")
	s.Hides("pas de barrière")
}
