package alerts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// manager answers from memory; err, when set, is what it answers instead.
type manager struct{ err error }

func (manager) Name() string { return "alertmanager" }

func (m manager) Silences(_ context.Context, tenant string) ([]desk.Silence, error) {
	if m.err != nil {
		return nil, m.err
	}
	now := uitest.Noon()
	return []desk.Silence{
		{ID: "s1", State: desk.SilenceActive, Tenant: tenant, CreatedBy: "astreinte.sre", Comment: "extension du volume demandée", Starts: now.Add(-time.Hour), Ends: now.Add(18 * time.Hour), Matchers: []desk.SilenceMatcher{{Name: "alertname", Op: "=~", Value: ".*disk space"}}},
		{ID: "s2", State: desk.SilencePending, Tenant: tenant, CreatedBy: "ada.martin", Starts: now.Add(20 * time.Hour), Ends: now.Add(22 * time.Hour), Matchers: []desk.SilenceMatcher{{Name: "refapp", Op: "=", Value: "agendaprefs"}}},
	}, nil
}

type backend struct {
	*uitest.Backend
	manager desk.Alerts
}

func (b backend) Alerts(string) desk.AlertsReach {
	return desk.AlertsReach{Alerts: b.manager, Tenants: []string{""}}
}
func (b backend) Quality(string) desk.QualityReach { return desk.QualityReach{} }
func (b backend) Images(string) desk.ImagesReach   { return desk.ImagesReach{} }

// story is the fixture with an alert that waits, one of the platform that somebody silenced, and one that another inhibits.
func story(t *testing.T, m desk.Alerts) backend {
	t.Helper()
	b := uitest.NewBackend(7)
	carto, ok := b.View().Environment("cartocrise", "prod")
	if !ok {
		t.Fatal("the fixture moved")
	}
	b.Store.Apply(func(tx *store.Tx) {
		for _, sh := range store.Alerts.Of(b.Store.Current(), "") {
			list := append([]platform.Alert(nil), sh.Items...)
			list[0].Severity, list[0].URL = "critical", "https://prometheus.test/graph?g0.expr=kube_deployment_status_replicas_available%7Bdeployment%3D%22agenda-web%22%7D+%3C+3&g0.tab=1"
			list[0].Annotations = map[string]string{"summary": list[0].Summary, "description": "Moins de 3 réplicas disponibles sur 4 depuis une minute.", "runbook_url": "https://runbooks.test/RB-11", "dashboard": "https://grafana.test/d/1"}
			now := uitest.Noon()
			list = append(list,
				platform.Alert{Name: "CartoQuotaProche", State: "pending", Severity: "warning", Labels: map[string]string{"alertname": "CartoQuotaProche", "namespace": carto.Namespace, "refapp": "cartocrise"}, Summary: "Quota de cartocrise presque atteint", Since: now.Add(-6 * time.Minute), Namespace: carto.Namespace},
				platform.Alert{Name: "GitLab gitaly PVC is almost out of disk space", State: "firing", Severity: "warning", Silenced: true, SilencedBy: []string{"astreinte.sre: extension du volume demandée"}, Labels: map[string]string{"alertname": "GitLab gitaly PVC is almost out of disk space", "namespace": "dso-gitlab"}, Summary: "Moins de 10 % libres", Since: now.Add(-26 * time.Hour), Namespace: "dso-gitlab"},
				platform.Alert{Name: "Vault is sealed", State: "firing", Severity: "critical", Labels: map[string]string{"alertname": "Vault is sealed", "namespace": "dso-vault"}, Summary: "Vault est scellé", Since: now.Add(-90 * time.Second), Namespace: "dso-vault"},
				platform.Alert{Name: "AgendaLente", State: "firing", Severity: "warning", Inhibited: true, Labels: map[string]string{"alertname": "AgendaLente", "refapp": "agendaprefs"}, Summary: "agenda répond en plus de 2 s", Since: now.Add(-2 * time.Minute), ProjectSlug: "agendaprefs"})
			store.Alerts.Put(tx, sh.Source, "", list)
			return
		}
	})
	return backend{Backend: b, manager: m}
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
			s := uitest.Open(t, story(t, manager{}), c.lang, c.w, c.h)
			s.Press("8")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
			s.Press("enter")
			until(s, "ada.martin")
			s.Exact(c.w, c.h)
			s.Golden(strings.Replace(c.name, "fleet", "one", 1))
		})
	}
}

func TestTheListIsWorstFirstAndThePlatformApart(t *testing.T) {
	s := uitest.Open(t, story(t, manager{}), "fr", 120, 40)
	s.Press("8")
	s.Shows("2 alertes actives", "1 en attente", "2 en silence", "2 de la plateforme", "https://runbooks.test/RB-11", `deployment="agenda-web"} < 3`, "agendaprefs ▸ prod")
	screen := s.Screen()
	last := -1
	for _, name := range []string{"▌✖ AgendaWebDown", "✖ Vault is sealed", "CartoQuotaProche", "AgendaLente"} {
		at := strings.Index(screen, name)
		if at < last || at < 0 {
			t.Errorf("%s is out of order:\n%s", name, screen)
		}
		last = at
	}
	s.Press("/")
	s.Type("plateforme")
	s.Press("enter")
	s.Shows("2 sur 5")
	s.Press("down")
	until(s, "jusqu'à")
	s.Shows("extension du volume demandée", "par astreinte.sre", `alertname=~".*disk space"`)
	s.Press("esc", "!")
	s.Hides("AgendaLente")
}

func TestTheTabOfAProjectAndItsNamespace(t *testing.T) {
	s := uitest.Open(t, story(t, manager{}), "fr", 160, 40)
	s.Press("/")
	s.Type("agendaprefs")
	s.Press("enter", "enter")
	turn(s, "Alertes")
	s.Shows("AgendaWebDown", "AgendaLente", "inhibée")
	s.Hides("Vault")
	s.Press("enter")
	until(s, "ada.martin")
	s.Shows("Silences du projet qui ne couvrent pas cette alerte", "dashboard", "à partir de")
	s.Press("enter")
	s.Shows("Charges & pods")
}

func TestAnAlertThatEnds(t *testing.T) {
	b := story(t, manager{})
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("8", "enter")
	until(s, "ada.martin")
	b.Store.Apply(func(tx *store.Tx) {
		for _, sh := range store.Alerts.Of(b.Store.Current(), "") {
			store.Alerts.Put(tx, sh.Source, "", []platform.Alert{})
		}
	})
	s.Bell()
	s.Shows("Cette alerte n'est plus active", "Moins de 3 réplicas")
	s.Press("esc")
	s.Shows("Aucune alerte", "infra-observability")
}

func TestWhatCannotBeRead(t *testing.T) {
	s := uitest.Open(t, story(t, manager{err: errors.New("GET https://am.test : 403")}), "fr", 120, 40)
	s.Press("8", "enter")
	until(s, "403")
	s.Exact(120, 40)
	s = uitest.Open(t, story(t, nil), "fr", 120, 40)
	s.Press("8", "enter")
	s.Shows("Aucun Alertmanager n'est configuré")
	s = uitest.Open(t, uitest.NewBackend(0), "en", 80, 24)
	s.Press("8")
	s.Shows("not configured")
	s.Exact(80, 24)
}

func TestEverySize(t *testing.T) {
	s := uitest.Open(t, story(t, manager{}), "fr", 120, 40)
	for _, size := range [][2]int{{60, 15}, {80, 24}, {100, 30}, {160, 20}, {250, 70}} {
		s.Resize(size[0], size[1])
		s.Press("8")
		s.Exact(size[0], size[1])
		s.Press("enter")
		s.Exact(size[0], size[1])
		s.Press("esc")
	}
}

// turn goes to a tab of the project by its title.
func turn(s *uitest.Session, title string) {
	for range 20 {
		if strings.Contains(s.Screen(), "▌"+title) {
			return
		}
		s.Press("tab")
	}
}
