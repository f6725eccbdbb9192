package gitops_test

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui/uitest"
)

// story is the fixture with an application that Argo CD cannot compare, one that nobody lets sync by itself, and one of the platform's.
func story(t *testing.T) *uitest.Backend {
	t.Helper()
	b := uitest.NewBackend(7)
	change := func(slug string, f func(list []platform.Application) []platform.Application) {
		r, ok := b.View().Project(slug)
		if !ok {
			t.Fatal("the fixture moved")
		}
		id := r.Dossier.Project.ID
		b.Store.Apply(func(tx *store.Tx) {
			for _, sh := range store.Applications.Of(b.Store.Current(), id) {
				store.Applications.Put(tx, sh.Source, id, f(append([]platform.Application(nil), sh.Items...)))
			}
		})
	}
	now := uitest.Noon()
	change("guichet", func(list []platform.Application) []platform.Application {
		list[0].Sync = platform.SyncUnknown
		list[0].Conditions = []platform.AppCondition{{Type: "ComparisonError", Message: "failed to load target state: path infra/prod does not exist", At: now.Add(-20 * time.Minute)}}
		list[1].Autosync = false
		return list
	})
	change("cartocrise", func(list []platform.Application) []platform.Application {
		list[0].Operation = platform.Operation{Phase: platform.OperationFailed, Message: "one or more objects failed to apply", StartedAt: now.Add(-6 * time.Minute), FinishedAt: now.Add(-5 * time.Minute), By: "automated"}
		list[0].Resources = []platform.AppResource{{Kind: "Deployment", Name: "web", Sync: platform.SyncOutOfSync, Health: platform.HealthHealthy, Message: "quota dépassé"}}
		list[0].Sources = []platform.AppSource{{RepoURL: "https://gitlab.test/cartocrise/infra.git", Path: "prod", TargetRevision: "main"}}
		list[0].History = append([]platform.Deployment{{ID: 0, Revision: strings.Repeat("a", 40), At: now.AddDate(0, 0, -3)}}, list[0].History...)
		return list
	})
	return b
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fr-80x24", "fr", 80, 24}, {"fr-120x40", "fr", 120, 40}, {"fr-200x60", "fr", 200, 60}, {"en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.Open(t, story(t), c.lang, c.w, c.h)
			s.Press("4")
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestTheListIsWorstFirst(t *testing.T) {
	s := uitest.Open(t, story(t), "fr", 120, 40)
	s.Press("4")
	s.Shows("9 applications")
	screen := s.Screen()
	last := -1
	for _, slug := range []string{"agendaprefs  prod", "guichet      prod", "habilit      dev"} {
		at := strings.Index(screen, slug)
		if at < last || at < 0 {
			t.Errorf("%s is out of order:\n%s", slug, screen)
		}
		last = at
	}
	s.Press("/")
	s.Type("comparison")
	s.Press("enter")
	s.Shows("path infra/prod does not exist", "n'a pas pu comparer")
	s.Press("esc", "/")
	s.Type("cartocrise")
	s.Press("enter")
	s.Shows("one or more objects failed to apply", "Deployment/web", "quota dépassé", "aaaaaaaa")
	s.Press("esc", "!")
	s.Hides("portail")
	s.Press("esc", "/")
	s.Type("zzzz")
	s.Press("enter")
	s.Shows("Rien ne correspond")
}

func TestFromTheListOn(t *testing.T) {
	s := uitest.Open(t, story(t), "fr", 120, 40)
	s.Press("4", "c")
	s.Shows("argocd app get")
	s.Press("esc", "enter")
	s.Shows("Ressources", "Historique")
	s.Press("esc", "D")
	s.Shows("Différences")
	s.Press("esc", "l")
	s.Exact(120, 40)
	s.Press("esc", "i")
	s.Hides("opération")
}

func TestTheTabOfAProjectAndTheLanguage(t *testing.T) {
	s := uitest.Open(t, story(t), "fr", 120, 40)
	s.Press("/")
	s.Type("guichet")
	s.Press("enter", "enter")
	turn(s, "GitOps")
	s.Shows("2 applications", "staging")
	s.Hides("PROJET")
}

func TestNothingToShow(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(0), "en", 80, 24)
	s.Press("4")
	s.Shows("not configured")
	s.Exact(80, 24)
	b := story(t)
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Applications.All(b.Store.Current()) {
			store.Applications.Put(tx, sh.Source, sh.Scope, []platform.Application{})
		}
	})
	s = uitest.Open(t, b, "fr", 80, 24)
	s.Press("4")
	s.Shows("Aucune application Argo CD")
	b.Health("argocd/usu", func(h *platform.SourceHealth) { h.State = platform.StateStale })
	s = uitest.Open(t, story(t), "fr", 120, 40)
	s.Press("4")
	s.Exact(120, 40)
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
