package sources_test

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui/uitest"
)

// troubled is the fixture with a source in every state.
func troubled() *uitest.Backend {
	b := uitest.NewBackend(7)
	now := uitest.Noon()
	b.Health("harbor", func(h *platform.SourceHealth) {
		h.State, h.Since, h.Remedy = platform.StateForbidden, now.Add(-2*time.Hour), platform.RemedyAskRight
		h.Detail, h.Identity = "GET https://harbor.test/api/v2.0/projects : 403 (forbidden)", "robot$ro-robot"
		h.Rights = []platform.Right{{Name: "projects.list", Held: true, Known: true, Needed: "fleet"}, {Name: "images.list", Known: true, Needed: "images"}}
	})
	b.Health("loki", func(h *platform.SourceHealth) {
		h.State, h.Since, h.LastSuccess = platform.StateStale, now.Add(-4*time.Minute), now.Add(-5*time.Minute)
		h.Detail, h.Remedy, h.NextRetry = "POST https://loki.test/loki/api/v1/query : 500", platform.RemedyWait, now.Add(25*time.Second)
	})
	b.Health("kubernetes/mi-prod-1", func(h *platform.SourceHealth) {
		h.State, h.Since, h.LastSuccess = platform.StateUnreachable, now.Add(-26*time.Hour), time.Time{}
		h.Detail, h.Remedy, h.NextRetry = "dial tcp 10.0.0.1:6443 : connect: connection refused", platform.RemedyCheckURL, now.Add(time.Minute)
		h.Calls, h.Bytes, h.Latency = 0, 0, 0
	})
	b.Health("gitlab", func(h *platform.SourceHealth) {
		h.State, h.Since, h.Remedy, h.Detail = platform.StateUnauthorised, now.Add(-10*time.Minute), platform.RemedyRenewToken, "GET https://gitlab.test/api/v4/user : 401 (Token is expired)"
		h.Expires = now.Add(-10 * time.Minute)
	})
	b.Health("console", func(h *platform.SourceHealth) {
		h.Version, h.Identity, h.Expires = "9.24.0", "Ada Martin", now.Add(5*24*time.Hour)
		h.Rights = []platform.Right{{Name: "projects.all", Held: true, Known: true, Needed: "projects.others"}, {Name: "logs.platform", Known: true, Needed: "log.results"}, {Name: "clusters.list", Needed: "clusters.usage"}}
		h.Problems = []platform.Problem{{Part: "logs", State: platform.StateForbidden, Detail: "GET /api/v1/logs : 403", Since: now.Add(-time.Hour)}}
	})
	b.Health("sonarqube", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
	b.Store.Apply(func(tx *store.Tx) { store.Health.Drop(tx, "alertmanager", "") })
	return b
}

func open(t *testing.T, b *uitest.Backend, lang string, w, h int) *uitest.Session {
	t.Helper()
	s := uitest.Open(t, b, lang, w, h)
	s.Press(":")
	s.Type("sources")
	s.Press("enter")
	return s
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		keys       []string
	}{
		{"fr-80x24", "fr", 80, 24, nil},
		{"fr-120x40", "fr", 120, 40, []string{"j", "j", "j"}},
		{"fr-200x60", "fr", 200, 60, []string{"j", "j", "j", "j"}},
		{"en-120x40", "en", 120, 40, []string{"G"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, troubled(), c.lang, c.w, c.h)
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestEverySourceSaysHowItIsAndWhatToDo(t *testing.T) {
	s := open(t, troubled(), "fr", 120, 50)
	s.Shows("8 sources", "injoignable", "connection refused", "Vérifier l'adresse", "14:08:20", "jamais")
	for _, c := range []struct {
		filter string
		texts  []string
	}{
		{"gitlab", []string{"refusé", "Token is expired", "Renouveler le jeton", "a expiré il y a 10 min (21/11/2026)"}},
		{"harbor", []string{"droit manquant", "voir les images", "sans lui, il manque : les images et leurs vulnérabilités", "robot$ro-robot", "Demander le droit"}},
		{"loki", []string{"en retard", "nouvel essai", "14:07:45", "Attendre"}},
		{"console", []string{"à jour ▲1", "Ada Martin", "dans 5 j", "Ce qui échoue en partie", "GET /api/v1/logs", "non vérifié"}},
		{"sonarqube", []string{"démarre", "Première lecture"}},
		{"alertmanager", []string{"non configuré", "Déclarer la source", "alertes et silences"}},
	} {
		s.Press("/")
		s.Type(c.filter)
		s.Press("enter")
		s.Shows(c.texts...)
		s.Press("esc")
	}
	s.Press("/")
	s.Type("zzzz")
	s.Press("enter")
	s.Shows("Rien ne correspond")
	s.Press("esc", "!")
	s.Shows("problèmes seuls")
	s.Hides("alertmanager")
}

func TestAClockThatIsWrongIsSaid(t *testing.T) {
	b := troubled()
	b.Health("prometheus", func(h *platform.SourceHealth) { h.Skew = 91600 * time.Millisecond })
	s := open(t, b, "fr", 120, 40)
	s.Press("/")
	s.Type("prometheus")
	s.Press("enter")
	s.Shows("à jour ▲1", "92 s en avance", "NTP")
	b.Health("prometheus", func(h *platform.SourceHealth) { h.Skew = -12 * time.Minute })
	s.Bell()
	s.Shows("12 min en retard")
	b.Health("prometheus", func(h *platform.SourceHealth) { h.Skew = -1900 * time.Millisecond })
	s.Bell()
	s.Hides("NTP", "▲1")
}

func TestTheWorstSourceIsFirst(t *testing.T) {
	s := open(t, troubled(), "en", 120, 40)
	var order []string
	for _, l := range strings.Split(s.Screen(), "\n") {
		for _, n := range []string{"kubernetes/mi-prod-1", "gitlab ", "harbor ", "loki ", "console ", "alertmanager "} {
			if strings.Contains(l+" ", n) && !strings.Contains(l, "─") && len(order) < 6 && !strings.Contains(strings.Join(order, ""), n) {
				order = append(order, n)
			}
		}
	}
	if got := strings.Join(order, ""); got != "kubernetes/mi-prod-1gitlab harbor loki console alertmanager " {
		t.Errorf("order %q", got)
	}
}

func TestNoSourceAtAll(t *testing.T) {
	s := open(t, uitest.NewBackend(0), "fr", 80, 24)
	s.Shows("Aucune source", "non configuré", "console")
	s.Press("s", "esc", "i", "i", "c", "esc")
	s.Exact(80, 24)
}

func TestACounterThatMovesIsShown(t *testing.T) {
	b := troubled()
	s := open(t, b, "fr", 120, 40)
	frames := s.Root.Frames()
	s.Bell()
	if s.Root.Frames() != frames {
		t.Error("drawn again though nothing moved")
	}
	b.Health("prometheus", func(h *platform.SourceHealth) { h.Calls = 4711 })
	s.Bell()
	s.Shows("4711")
}
