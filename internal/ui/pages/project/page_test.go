package project_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

func golden(t *testing.T, s *uitest.Session, name string) {
	t.Helper()
	lines := strings.Split(s.Screen(), "\n")
	for i, l := range lines {
		for _, title := range []string{"Synthèse", "Summary", "Dépôts", "Env", "Équipe", "Team", "Journal"} {
			if strings.Contains(l, "▌"+title) {
				lines[i] = "(tabs)" // they grow with the pages that can be one
			}
		}
	}
	uitest.Golden(t, name, strings.Join(lines, "\n"))
}

// story is the fixture with one project told in full: agendaprefs.
func story(t *testing.T) (b *uitest.Backend, id string) {
	t.Helper()
	b = uitest.NewBackend(7)
	r, ok := b.View().Project("agendaprefs")
	if !ok {
		t.Fatal("no agendaprefs")
	}
	d, now := r.Dossier, uitest.Noon()
	id = d.Project.ID
	b.Store.Apply(func(tx *store.Tx) {
		p := d.Project
		p.Description, p.Owner = "Agenda des préfectures", platform.Person{ID: "u1", FirstName: "Ada", LastName: "Martin", Email: "ada.martin@example.gouv.fr"}
		p.Hprod, p.Prod = platform.Resources{CPU: 8, Memory: 16}, platform.Resources{CPU: 8, Memory: 16}
		p.Everyone = platform.PermGuest | platform.PermListEnvironments
		roles := []platform.Role{{ID: "r1", Name: "Administrateur", Permissions: platform.PermManage, Type: "system:managed"}, {ID: "r2", Name: "DevOps", Permissions: platform.PermManageRepositories | platform.PermSeeSecrets, Position: 1, Type: "managed"}}
		members := []platform.Member{{Person: platform.Person{ID: "u2", FirstName: "Nour", LastName: "Leroy", Email: "nour.leroy@example.gouv.fr", LastLogin: now.Add(-48 * time.Hour)}, RoleIDs: []string{"r2"}}, {Person: platform.Person{ID: "u3", FirstName: "Robot", Email: "robot@example.gouv.fr", Type: "bot"}}}
		p.Roles, p.Members = roles, members
		store.Projects.Put(tx, "console", id, []platform.Project{p})
		store.Members.Put(tx, "console", id, members)
		store.Roles.Put(tx, "console", id, roles)
		store.Repositories.Put(tx, "console", id, []platform.Repository{d.Repositories[0].Repository, {ID: "repo2", ProjectID: id, Name: "infra", Infra: true, DeployPath: "./prod", DeployRevision: "main"}})
		sha := d.Repositories[0].Pipelines[0].SHA
		sha = sha[32:] + sha[:32] // as the tags of the images have it
		git, gate := *d.Repositories[0].Git, *d.Repositories[0].Gate
		git.HeadSHA, gate.Revision = sha, sha
		store.GitRepos.Put(tx, "gitlab", id, []platform.GitRepository{git})
		store.Gates.Put(tx, "sonarqube", id, []platform.Gate{gate})
		store.Pipelines.Put(tx, "gitlab", id, []platform.Pipeline{
			{ID: 9, IID: 813, Repository: "web", Ref: "correctif", SHA: "aa11bb22cc", Status: platform.PipelineFailed, CreatedAt: now.Add(-time.Hour), FinishedAt: now.Add(-50 * time.Minute), Duration: 3*time.Minute + 7*time.Second, Jobs: []platform.Job{{Name: "build-image", Stage: "build", Status: platform.PipelineFailed, FailureReason: "script_failure"}}},
			{ID: 8, IID: 812, Repository: "web", Ref: "main", SHA: sha, Status: platform.PipelineSuccess, CreatedAt: now.Add(-2 * time.Hour), FinishedAt: now.Add(-2 * time.Hour), Duration: 4 * time.Minute},
			{ID: 7, IID: 44, Repository: platform.MirrorRepository, MirrorOf: "web", Ref: "main", Status: platform.PipelineSuccess, CreatedAt: now.Add(-2 * time.Hour), FinishedAt: now.Add(-2 * time.Hour)},
		})
		store.Log.Put(tx, "console", id, []platform.LogEntry{
			{ID: "l2", Action: "Replay hooks for Project", UserID: "u2", RequestID: "req-7", At: now.Add(-20 * time.Minute), Failed: []string{"harbor"}, Took: 15 * time.Second, Message: "harbor: quota exceeded", Results: []platform.ToolResult{{Tool: "gitlab", Status: "OK", Took: time.Second}, {Tool: "harbor", Status: "KO", Message: "412 quota exceeded"}}},
			{ID: "l1", Action: "Create Project", UserID: "u1", At: now.AddDate(-1, 0, 0), Took: 12 * time.Second},
			{ID: "l0", Action: "Something new", At: now.AddDate(-1, 0, -1)},
		})
	})
	return b, id
}

func open(t *testing.T, b *uitest.Backend, lang string, w, h int) *uitest.Session {
	t.Helper()
	s := uitest.Open(t, b, lang, w, h)
	find(s, "agendaprefs")
	return s
}

func find(s *uitest.Session, slug string) {
	s.Press("/")
	s.Type(slug)
	s.Press("enter", "enter")
}

// tab goes to a tab by its title.
func tab(t *testing.T, s *uitest.Session, title string) {
	t.Helper()
	for range 16 {
		if strings.Contains(s.Screen(), "▌"+title) {
			return
		}
		s.Press("tab")
	}
	t.Fatalf("no tab %s:\n%s", title, s.Screen())
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		tab        string
		keys       []string
	}{
		{"summary-fr-80x24", "fr", 80, 24, "", nil},
		{"summary-fr-120x40", "fr", 120, 40, "", []string{"enter"}},
		{"summary-fr-200x60", "fr", 200, 60, "", nil},
		{"summary-en-120x40", "en", 120, 40, "", nil},
		{"repositories-fr-80x24", "fr", 80, 24, "Dépôts", nil},
		{"repositories-fr-200x60", "fr", 200, 60, "Dépôts", nil},
		{"environments-fr-120x40", "fr", 120, 40, "Env", nil},
		{"team-fr-120x40", "fr", 120, 40, "Équipe", []string{"j"}},
		{"journal-fr-80x24", "fr", 80, 24, "Journal", nil},
		{"journal-en-200x60", "en", 200, 60, "Journal", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := story(t)
			s := open(t, b, c.lang, c.w, c.h)
			if c.tab != "" {
				tab(t, s, c.tab)
			}
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			golden(t, s, c.name)
		})
	}
}

func TestAFindingUnfoldsAndItsEnvironmentOpens(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 40)
	s.Shows("RB-10", "ImagePullBackOff")
	s.Hides("ouvrir l'environnement")
	s.Press("enter")
	s.Shows("ouvrir l'environnement prod", "kubernetes/mi-prod-1 ·")
	s.Press("j", "enter")
	s.Shows("agendaprefs ▸ prod", "CHARGE / POD")
	s.Press("esc")
	s.Shows("ouvrir l'environnement prod")
	s.Press("esc")
	s.Hides("ouvrir l'environnement")
	s.Shows("Synthèse")
	s.Press("G", "enter")
	s.Shows("agendaprefs ▸ dev")
	s.Press("q", "q")
	s.Shows("Parc")
}

func TestTabsTellWhatTheyHave(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 40)
	tab(t, s, "Dépôts")
	s.Shows("#813", "failed", "tâche en échec : build-image (build), script_failure", "aa11bb22", "infra", "forge.test/agendaprefs/web", "jeton du miroir valable")
	tab(t, s, "Env")
	s.Shows("mi-prod-1 · usu", "4/6", "4 cœurs, 8 Gio", "Degraded")
	tab(t, s, "Équipe")
	s.Shows("Ada Martin", "tout : c'est le propriétaire", "Nour Leroy", "DevOps", "robot", "voir le projet, voir les environnements", "Administrateur", "tout gérer")
	s.Press("j")
	s.Shows("voir le projet, gérer les dépôts, voir les secrets, voir les environnements")
	tab(t, s, "Journal")
	s.Shows("Provisionnement rejoué", "Nour Leroy", "harbor", "412 quota exceeded", "15 s", "req-7", "Something new", "la plateforme")
	s.Press("!")
	s.Hides("Projet créé")
	tab(t, s, "Synthèse")
	s.Shows("RB-10")
}

func TestThePaletteKnowsTheTabs(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 40)
	s.Press(":")
	s.Type("equipe")
	s.Shows("Équipe & droits", "onglet")
	s.Press("enter")
	s.Shows("▌Équipe")
}

func TestAChainUnfolds(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 60)
	s.Shows("web → prod", "miroir ✔", "#812 ✔", "00001eef", "C2 H17", "Ce qui tourne", "à jour")
	for range 12 {
		if strings.Contains(s.Screen(), "▌web → prod") {
			break
		}
		s.Press("j")
	}
	s.Press("space")
	s.Shows("forge externe non configurée", "vulnérabilités critiques", "des pods n'obtiennent pas leur image", "RB-11", "harbor.test/agendaprefs/web", "suivre ce commit")
	s.Press("c")
	s.Shows("comme commande", "dsotop trace 00001eef")
	s.Press("esc", "j", "j", "enter")
	s.Shows("pax ▸ 00001eef", "GitLab est interrogé")
	s.Press("esc", "esc")
	s.Hides("suivre ce commit")
}

func TestFilterStaysWithItsTab(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 40)
	tab(t, s, "Équipe")
	s.Press("/")
	s.Type("nour")
	s.Press("enter")
	s.Shows("filtre : nour", "1 sur 3")
	s.Hides("robot@example")
	s.Press("tab")
	s.Hides("filtre : nour")
	s.Press("shift+tab")
	s.Press("esc")
	s.Shows("robot@example")
	s.Press("/")
	s.Type("zzzz")
	s.Press("enter")
	s.Shows("Rien ne correspond au filtre")
}

func TestEveryStateSaysWhy(t *testing.T) {
	t.Run("stale", func(t *testing.T) {
		b, _ := story(t)
		b.Health("gitlab", func(h *platform.SourceHealth) { h.State = platform.StateStale })
		b.Pass(10 * time.Minute)
		s := open(t, b, "fr", 120, 40)
		s.Shows("◐ gitlab en retard · lu il y a")
	})
	t.Run("forbidden", func(t *testing.T) {
		b, id := story(t)
		b.Store.Apply(func(tx *store.Tx) { store.Log.Drop(tx, "console", id) })
		b.Health("console", func(h *platform.SourceHealth) {
			h.Problems = []platform.Problem{{Part: "logs", State: platform.StateForbidden, Detail: "403"}}
			h.State, h.Remedy, h.Detail = platform.StateForbidden, platform.RemedyAskRight, "GET /logs : 403"
		})
		s := open(t, b, "fr", 120, 40)
		tab(t, s, "Journal")
		s.Shows("Journal : sans droit", "console", "Demander le droit manquant")
	})
	t.Run("unreachable", func(t *testing.T) {
		b, id := story(t)
		b.Store.Apply(func(tx *store.Tx) {
			store.GitRepos.Drop(tx, "gitlab", id)
			store.Pipelines.Drop(tx, "gitlab", id)
		})
		b.Health("gitlab", func(h *platform.SourceHealth) {
			h.State, h.Remedy, h.Detail = platform.StateUnreachable, platform.RemedyCheckURL, "dial tcp: connection refused"
		})
		s := open(t, b, "fr", 120, 40)
		s.Press("tab")
		s.Shows("pipelines : pas lu", "connection refused", "Vérifier l'adresse")
	})
	t.Run("empty", func(t *testing.T) {
		b, id := story(t)
		b.Store.Apply(func(tx *store.Tx) {
			store.Log.Put(tx, "console", id, []platform.LogEntry{})
			store.Environments.Put(tx, "console", id, []platform.Environment{})
			store.Repositories.Put(tx, "console", id, []platform.Repository{})
			store.GitRepos.Put(tx, "gitlab", id, []platform.GitRepository{})
		})
		s := open(t, b, "fr", 120, 40)
		tab(t, s, "Journal")
		s.Shows("Journal vide")
	})
	t.Run("gone", func(t *testing.T) {
		b, id := story(t)
		s := open(t, b, "fr", 120, 40)
		b.Store.Apply(func(tx *store.Tx) { forget(tx, id) })
		s.Bell()
		s.Shows("agendaprefs n'est plus connu d'aucune source", "Échap revient")
		s.Press("tab", "enter", "space", "s", "i", "!", "/", "c", "esc")
		s.Exact(120, 40)
	})
	t.Run("starting", func(t *testing.T) {
		b, id := story(t)
		s := open(t, b, "fr", 120, 40)
		b.Store.Apply(func(tx *store.Tx) { forget(tx, id) })
		b.Health("console", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
		s.Bell()
		s.Shows("Première lecture")
	})
}

// forget drops a project from every shelf.
func forget(tx *store.Tx, id string) {
	store.Projects.Drop(tx, "console", id)
	store.Environments.Drop(tx, "console", id)
	store.Repositories.Drop(tx, "console", id)
	store.Members.Drop(tx, "console", id)
	store.Roles.Drop(tx, "console", id)
	store.Log.Drop(tx, "console", id)
	store.GitRepos.Drop(tx, "gitlab", id)
	store.Pipelines.Drop(tx, "gitlab", id)
	store.Tokens.Drop(tx, "gitlab", id)
	store.Gates.Drop(tx, "sonarqube", id)
	store.Images.Drop(tx, "harbor", id)
	store.Applications.Drop(tx, "argocd/usu", id)
}

func TestEveryProjectFitsEveryWindow(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {99, 30}, {132, 43}, {250, 70}} {
		for _, ascii := range []bool{false, true} {
			b, _ := story(t)
			s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: "en", Width: size[0], Height: size[1], ASCII: ascii, Profile: colorprofile.ANSI})
			for _, slug := range []string{"agendaprefs", "vigibat", "habilit", "testform", "portail"} {
				find(s, slug)
				for range 12 {
					s.Exact(size[0], size[1])
					s.Press("j", "enter", "i")
					s.Exact(size[0], size[1])
					here := func() string { return strings.SplitN(s.Screen(), "\n", 2)[0] }
					for range 3 { // Enter may have opened something
						if strings.Contains(here(), slug+" ") && !strings.Contains(here(), slug+" "+map[bool]string{true: ">", false: "▸"}[ascii]) {
							break
						}
						s.Press("esc")
					}
					if !strings.Contains(here(), slug) {
						t.Fatalf("%v: lost %s:\n%s", size, slug, s.Screen())
					}
					s.Press("tab")
				}
				for range 6 {
					if strings.Contains(s.Screen(), "Fleet") {
						break
					}
					s.Press("esc")
				}
				s.Press("esc")
			}
		}
	}
}

func TestCopies(t *testing.T) {
	b, id := story(t)
	s := open(t, b, "fr", 120, 40)
	s.Press("c")
	s.Shows("Constats", "nom du projet", "identifiant")
	s.Press("esc")
	tab(t, s, "Dépôts")
	s.Press("c")
	s.Shows("adresse du dépôt", "https://forge.test/agendaprefs/web")
	s.Press("esc")
	tab(t, s, "Env")
	s.Press("c")
	s.Shows("espace de noms")
	s.Press("esc")
	tab(t, s, "Équipe")
	s.Press("c")
	s.Shows("ada.martin@example.gouv.fr")
	s.Press("esc")
	tab(t, s, "Journal")
	s.Press("c")
	s.Shows("harbor: quota exceeded", "req-7", id[:8])
}

func TestLanguageChanges(t *testing.T) {
	b, _ := story(t)
	s := open(t, b, "fr", 120, 40)
	s.Press("tab", ":")
	s.Type("english")
	s.Press("enter")
	s.Shows("Team", "failed job: build-image")
}

func TestNothingIsDrawnWhenNothingMoved(t *testing.T) {
	b, id := story(t)
	s := open(t, b, "fr", 120, 40)
	frames := s.Root.Frames()
	b.Store.Apply(func(tx *store.Tx) {
		other, _ := b.View().Project("portail")
		p := other.Dossier.Project
		p.Description = "changed"
		store.Projects.Put(tx, "console", p.ID, []platform.Project{p})
	})
	s.Bell()
	if s.Root.Frames() != frames {
		t.Error("drawn again for a change of another project")
	}
	if got := fmt.Sprint(b.Looking()); !strings.Contains(got, id) {
		t.Errorf("interest %s lacks the project", got)
	}
}
