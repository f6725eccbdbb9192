package metrics_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

func sized(lang string, w, h int) ui.Options {
	return ui.Options{Lang: lang, Width: w, Height: h, Profile: colorprofile.TrueColor}
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		ascii      bool
		keys       []string
	}{
		{"panels-fr-80x24", "fr", 80, 24, false, nil},
		{"panels-fr-120x40", "fr", 120, 40, false, nil},
		{"panels-fr-200x60", "fr", 200, 60, false, nil},
		{"panels-ascii-80x24", "fr", 80, 24, true, nil},
		{"pods-en-120x40", "en", 120, 40, false, []string{"e"}},
		{"whole-fr-80x24", "fr", 80, 24, false, []string{"e", "enter", "left", "left", "left", "left"}},
		{"whole-fr-120x40", "fr", 120, 40, false, []string{"enter", "left", "left", "left"}},
		{"blocks-fr-120x40", "fr", 120, 40, false, []string{"M"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := sized(c.lang, c.w, c.h)
			o.ASCII = c.ascii
			s := open(t, o, &server{})
			for _, k := range c.keys {
				s.Press(k)
				settle(t, s)
			}
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestTheList(t *testing.T) {
	b := &backend{Backend: uitest.NewBackend(7)}
	s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: "fr", Width: 120, Height: 40, Profile: colorprofile.TrueColor})
	s.Press("7")
	s.Golden("list-fr-120x40")
	s.Press("enter")
	s.Shows("Aucune source de métriques", "prometheus")
}

func TestOnlyWhatIsOnScreenIsAsked(t *testing.T) {
	f := &server{}
	s := open(t, sized("fr", 80, 24), f)
	asked, ranges := f.asks()
	if text := strings.Join(asked, "\n"); strings.Contains(text, "trivy") || !strings.Contains(text, "cpu_usage") {
		t.Errorf("asked:\n%s", text)
	}
	for _, r := range ranges {
		if r.To.Sub(r.From) != time.Hour || r.Step != 30*time.Second || r.To.After(uitest.Noon()) {
			t.Errorf("asked for %v", r)
		}
	}
	s.Press("down", "down", "down")
	settle(t, s)
	asked, _ = f.asks()
	if text := strings.Join(asked, "\n"); !strings.Contains(text, "restarts_total") || strings.Contains(text, "container_memory_working") {
		t.Errorf("asked:\n%s", text)
	}
	s.Minute()
	settle(t, s)
	if asked, _ = f.asks(); len(asked) != 0 {
		t.Errorf("asked again without need: %v", asked)
	}
}

func TestOneCursorZoomAndPan(t *testing.T) {
	f := &server{}
	s := open(t, sized("fr", 120, 40), f)
	s.Press("left")
	s.Shows("▴ 14:07")
	s.Press("left", "left")
	s.Shows("▴ 14:06")
	f.asks()
	s.Press("z")
	settle(t, s)
	s.Shows("(30 min)")
	_, ranges := f.asks()
	if len(ranges) == 0 || ranges[0].To.Sub(ranges[0].From) != 30*time.Minute {
		t.Errorf("asked for %v", ranges)
	}
	s.Press("<")
	settle(t, s)
	s.Hides("suivi")
	s.Press("G")
	settle(t, s)
	s.Shows("suivi", "(30 min)")
	s.Press("r")
	s.Shows("Durée montrée", "7 j")
	s.Press("down", "down", "enter")
	settle(t, s)
	s.Shows("(3 h)")
}

func TestAnInstantIsPinnedAndFollowed(t *testing.T) {
	s := open(t, sized("fr", 120, 40), &server{})
	s.Press("enter")
	settle(t, s)
	s.Press("pgup", "pgup", "enter")
	settle(t, s)
	if s.Root.Screen(); !strings.Contains(s.Screen(), "13:") {
		t.Error("no instant")
	}
	s.Press("esc", "esc", "esc")
	settle(t, s)
	s.Hides("suivi")
}

func TestPerPodAndOnePod(t *testing.T) {
	f := &server{}
	s := open(t, sized("fr", 120, 40), f)
	s.Press("e")
	settle(t, s)
	s.Shows("par pod", "web…x0k4q")
	f.asks()
	s.Press("p")
	s.Shows("Quel pod ?")
	s.Press("down", "enter")
	settle(t, s)
	asked, _ := f.asks()
	if !strings.Contains(strings.Join(asked, "\n"), `pod=~"web-7d9f8c6b54-x0k4q"`) {
		t.Errorf("asked %v", asked)
	}
	s.Press("esc")
	settle(t, s)
	s.Shows("par pod")
}

func TestWhyThereIsNoCurve(t *testing.T) {
	f := &server{missing: map[string]bool{"kube_resourcequota": true, "container_cpu_cfs_throttled_seconds_total": true}}
	s := open(t, sized("fr", 120, 60), f)
	s.Shows("la série kube_resourcequota manque : kube-state-", "cAdvisor", "la série trivy_image_vulnerabilities manque : Trivy")
	s.Shows("aucune valeur dans cette durée (la série existe)") // Kyverno: nothing fails
	s.Hides("Requêtes HTTP")
}

func TestFailuresAreStatesWithARemedy(t *testing.T) {
	f := &server{err: os.ErrDeadlineExceeded}
	s := open(t, sized("fr", 120, 40), f)
	s.Shows("prometheus injoignable")
	f.mu.Lock()
	f.err = nil
	f.mu.Unlock()
	s.Press("z")
	settle(t, s)
	s.Hides("injoignable")
}

func TestWarningsAreShown(t *testing.T) {
	s := open(t, sized("fr", 120, 40), &server{warning: "one store is away"})
	s.Press("enter")
	settle(t, s)
	s.Shows("le serveur prévient : one store is away")
}

func TestAnExpressionOfOnesOwn(t *testing.T) {
	f := &server{}
	s := open(t, sized("fr", 120, 40), f)
	s.Press("Q")
	s.Paste("sum(my_!!")
	s.Shows(`unexpected "!"`)
	s.Press("enter") // refused: the field stays
	s.Shows("PromQL")
	s.Press("ctrl+u")
	s.Paste("rate(gauge[5m])")
	s.Shows("metric might not be a counter", "2 séries sont des histogrammes natifs", "histogram_quantile")
	s.Press("ctrl+u")
	s.Paste("sum(my")
	s.Type("_q")
	s.Shows("my_queue")
	s.Press("tab")
	s.Type(")")
	s.Press("home")
	s.Press("enter")
	settle(t, s)
	s.Shows("expression", "sum(my_queue)", "MAX")
	s.Press("c")
	s.Shows("expression PromQL")
	s.Press("esc", "esc")
	settle(t, s)
	s.Shows("Processeur", "Mémoire")
}

func TestLogsOfTheInstant(t *testing.T) {
	s := open(t, sized("fr", 120, 40), &server{})
	s.Press("left", "l")
	s.Shows("Journaux")
	s.Press("esc")
	s.Shows("Processeur")
}
