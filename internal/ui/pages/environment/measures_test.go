package environment_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// meters is a Prometheus that answers from memory; err, when set, is what it answers instead.
type meters struct {
	desk.Metrics
	err     error
	reports bool

	mu    sync.Mutex
	asked []desk.MetricRange
}

func (m *meters) Name() string { return "prometheus" }

func (m *meters) Range(_ context.Context, ask desk.MetricAsk, r desk.MetricRange) (desk.MetricAnswer, error) {
	m.mu.Lock()
	m.asked = append(m.asked, r)
	m.mu.Unlock()
	if m.err != nil {
		return desk.MetricAnswer{}, m.err
	}
	var s desk.MetricSeries
	i := 0.0
	for at := r.From; !at.After(r.To); at = at.Add(r.Step) {
		v := 2e6 + i*1e5
		switch {
		case strings.Contains(ask.Expr, "restarts_total"):
			v = 0
			if i == 12 || i == 13 {
				v = 2
			}
		case strings.Contains(ask.Expr, "cpu_usage"):
			v = 1
		}
		s.Samples = append(s.Samples, desk.Sample{At: at, Value: v})
		i++
	}
	return desk.MetricAnswer{Series: []desk.MetricSeries{s}}, nil
}

func (m *meters) Instant(_ context.Context, _ desk.MetricAsk, at time.Time) (desk.MetricAnswer, error) {
	if m.err != nil || !m.reports {
		return desk.MetricAnswer{}, m.err
	}
	one := func(policy, severity, status string, v float64) desk.MetricSeries {
		return desk.MetricSeries{Labels: []desk.MetricLabel{{Name: "policy", Value: policy}, {Name: "severity", Value: severity}, {Name: "status", Value: status}}, Samples: []desk.Sample{{At: at, Value: v}}}
	}
	return desk.MetricAnswer{Series: []desk.MetricSeries{
		one("check-labels", "low", "fail", 2), one("check-labels", "low", "pass", 4), one("require-pod-probes", "medium", "fail", 4), one("restrict-image-registries", "high", "pass", 6), one("regle-maison", "medium", "fail", 1),
	}}, nil
}

type measuring struct {
	*uitest.Backend
	meters *meters
}

func (b measuring) Metrics(string) desk.MetricsReach { return desk.MetricsReach{Metrics: b.meters} }

// until delivers the page's bells until the screen holds a text.
func until(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func measure(t *testing.T, m *meters, name, lang string, w, h int) (*uitest.Session, measuring) {
	t.Helper()
	b, _ := story(t)
	x, ok := b.View().Environment("agendaprefs", name)
	if !ok {
		t.Fatal("no environment")
	}
	back := measuring{Backend: b, meters: m}
	s := uitest.Open(t, back, lang, w, h)
	visit(s, x.Namespace)
	return s, back
}

func TestGoldenPlotsAndPolicies(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"policies-fr-80x24", "fr", 80, 24}, {"policies-fr-120x40", "fr", 120, 40}, {"policies-fr-200x60", "fr", 200, 60}, {"policies-en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := measure(t, &meters{reports: true}, "dev", c.lang, c.w, c.h)
			s.Press("shift+tab")
			until(s, "check-labels")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
			if c.h > 24 {
				s.Press("tab", "tab", "tab")
				s.Golden(strings.Replace(c.name, "policies", "pool", 1))
			}
		})
	}
}

func TestFourPlots(t *testing.T) {
	m := &meters{reports: true}
	s, b := measure(t, m, "prod", "fr", 120, 40)
	until(s, "4 en 1 h")
	s.Shows("61 % de 4 cœurs", "48 % de 8 Gio", "3,8 Mio/s", "┊ déploiement 14:02", "quota réservé 61 %", "Politiques 3")
	m.mu.Lock()
	n := len(m.asked)
	m.mu.Unlock()
	b.Store.Apply(func(tx *store.Tx) {
		store.LogErrors.Put(tx, "loki", b.View().Projects[0].Dossier.Environments[0].Namespace, []platform.LogLine{})
	})
	s.Bell()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.asked) != n || n != 4 {
		t.Errorf("asked %d, then %d times within a minute", n, len(m.asked))
	}
}

func TestThePlotsFollowTheInstant(t *testing.T) {
	m := &meters{reports: true}
	s, _ := measure(t, m, "prod", "fr", 120, 40)
	until(s, "4 en 1 h")
	s.Press("T", "G", "enter")
	s.Type("-3h")
	s.Press("enter")
	until(s, "25 % de 4 cœurs")
	m.mu.Lock()
	defer m.mu.Unlock()
	if to := m.asked[len(m.asked)-1].To; !to.Equal(uitest.Noon().Add(-3 * time.Hour)) {
		t.Errorf("asked until %s", to)
	}
}

func TestPoliciesSayWhatProductionWouldDo(t *testing.T) {
	s, _ := measure(t, &meters{reports: true}, "dev", "fr", 120, 40)
	s.Press("shift+tab")
	until(s, "require-pod-probes")
	s.Shows("3 règles non respectées, 7 ressources", "1 règle respectée", "serait refusé en production", "des sondes sur chaque conteneur", "pas une règle de la plateforme", "Kyverno signale sans bloquer")
	s, _ = measure(t, &meters{reports: true}, "prod", "fr", 120, 40)
	s.Press("shift+tab")
	until(s, "refusé à la prochaine modification")
	s.Hides("Kyverno signale sans bloquer")
}

func TestMeasuresThatCannotBeRead(t *testing.T) {
	s, _ := measure(t, &meters{}, "dev", "fr", 120, 40)
	s.Press("shift+tab")
	until(s, "Aucun rapport Kyverno")
	s.Shows("policy_report_result")
	s, _ = measure(t, &meters{err: errors.New("GET https://mimir.test : 403")}, "dev", "en", 120, 40)
	s.Press("shift+tab")
	until(s, "403")
	s.Exact(120, 40)
	b, ns := story(t)
	s = open(t, b, ns, "fr", 120, 40) // nobody can be asked
	s.Press("shift+tab")
	s.Shows("Les rapports Kyverno : non configuré")
}
