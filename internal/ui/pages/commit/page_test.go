package commit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// backend is the fixture with a forge that can be asked.
type backend struct {
	*uitest.Backend
	forge
}

func (b *backend) Commits(string) desk.CommitsReach { return desk.CommitsReach{Commits: b.forge} }

type forge struct {
	knows map[string]platform.GitCommit // by repository path
	err   error
}

func (f forge) Name() string { return "gitlab" }

func (f forge) Commit(_ context.Context, repository, sha string) (platform.GitCommit, bool, error) {
	c, ok := f.knows[repository]
	return c, ok && strings.HasPrefix(c.SHA, sha) && f.err == nil, f.err
}

const deployed = "00001eef00000000000000000000000000000000"

// story is the fixture, its first project's commits being as its tags have them.
func story(t *testing.T, f forge) *backend {
	t.Helper()
	b := &backend{Backend: uitest.NewBackend(7), forge: f}
	row, ok := b.View().Project("agendaprefs")
	if !ok {
		t.Fatal("no agendaprefs")
	}
	d := row.Dossier
	b.Store.Apply(func(tx *store.Tx) {
		git, gate, run := *d.Repositories[0].Git, *d.Repositories[0].Gate, d.Repositories[0].Pipelines[0]
		git.HeadSHA, gate.Revision, run.SHA, git.Path = deployed, deployed, deployed, "forge/agendaprefs/web"
		store.GitRepos.Put(tx, "gitlab", d.Project.ID, []platform.GitRepository{git})
		store.Gates.Put(tx, "sonarqube", d.Project.ID, []platform.Gate{gate})
		store.Pipelines.Put(tx, "gitlab", d.Project.ID, []platform.Pipeline{run})
	})
	return b
}

// follow pastes a text into the palette, goes there, and waits for the answer.
func follow(t *testing.T, b *backend, lang string, w, h int, text string) *uitest.Session {
	t.Helper()
	s := uitest.OpenWith(t, ui.Options{Backend: b, Lang: lang, Width: w, Height: h})
	s.Press(":")
	s.Type(text)
	s.Press("enter")
	select {
	case <-s.Root.Bells():
	case <-t.Context().Done():
		t.Fatal("no answer")
	}
	s.Send(ui.Wake())
	return s
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang, sha string
		w, h            int
	}{
		{"running-fr-80x24", "fr", "00001eef", 80, 24},
		{"running-fr-120x40", "fr", deployed, 120, 40},
		{"running-en-120x40", "en", "00001eef", 120, 40},
		{"unheard-fr-80x24", "fr", "c0ffee0012", 80, 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := story(t, forge{knows: map[string]platform.GitCommit{"forge/agendaprefs/web": {SHA: deployed, Title: "feat: export CSV"}}})
			s := follow(t, b, c.lang, c.w, c.h, c.sha)
			s.Exact(c.w, c.h)
			uitest.Golden(t, c.name, s.Screen())
		})
	}
}

func TestWays(t *testing.T) {
	b := story(t, forge{knows: map[string]platform.GitCommit{"forge/agendaprefs/web": {SHA: deployed, Title: "feat: export CSV"}}})
	s := follow(t, b, "fr", 120, 40, "00001EEF")
	s.Shows("agendaprefs ▸ web ▸ 00001eef", "feat: export CSV", "tête de branche", "#812")
	s.Press("c")
	s.Shows("en commande", "dsotop trace "+deployed[:20])
	s.Press("esc", "enter")
	s.Shows("Synthèse")
	s.Press("esc")
	s.Shows("Parcours")
	s.Press("j", "enter")
	s.Shows("agendaprefs ▸ prod", "CHARGE / POD")
}

func TestOnlyGitLabKnows(t *testing.T) {
	const sha = "c0ffee0012000000000000000000000000000000"
	b := story(t, forge{knows: map[string]platform.GitCommit{"forge/agendaprefs/web": {SHA: sha, Title: "wip"}}})
	s := follow(t, b, "en", 120, 40, "c0ffee00")
	s.Shows("wip", sha, "no image of this commit in Harbor")
}

func TestAForgeThatFailsIsToldWhenNothingIsKnown(t *testing.T) {
	s := follow(t, story(t, forge{err: errors.New("dial tcp: connection refused")}), "en", 120, 40, "c0ffee00")
	s.Shows("No system that is read has seen c0ffee00", "connection refused")
	s = follow(t, story(t, forge{err: errors.New("dial tcp: connection refused")}), "en", 120, 40, "00001eef")
	s.Shows("agendaprefs ▸ web ▸ 00001eef", "#812")
}
