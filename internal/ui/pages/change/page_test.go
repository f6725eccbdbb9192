package change_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/uitest"
)

// forge answers from memory.
type forge struct {
	desk.Commits
	change *desk.Change
	lag    *desk.Lag
	err    error
}

func (f forge) Name() string { return "gitlab" }

func (f forge) Changed(context.Context, string, string) (desk.Change, bool, error) {
	if f.change == nil {
		return desk.Change{}, false, f.err
	}
	return *f.change, true, nil
}

func (f forge) Behind(context.Context, string, string, string) (desk.Lag, bool, error) {
	if f.lag == nil {
		return desk.Lag{}, false, nil
	}
	return *f.lag, true, nil
}

type backend struct {
	*uitest.Backend
	forge desk.Commits
}

func (b backend) Commits(string) desk.CommitsReach { return desk.CommitsReach{Commits: b.forge} }

const sha = "b41c07ae00000000000000000000000000000000"

func story() *desk.Change {
	return &desk.Change{GitCommit: platform.GitCommit{SHA: sha, Title: "deploy: web b41c07ae", At: uitest.Noon()}, Author: "devops.agendaprefs", Cut: true, Files: []desk.FileChange{
		{Path: "values-prod.yaml", Kind: "changed", Added: 2, Removed: 1, Lines: []string{"@@ -3,8 +3,8 @@", "   image:", "-    tag: aaaaaaaa", "+    tag: b41c07ae", "+    password: •••"}},
		{Path: "charts/postgresql.tgz", Kind: "added", Without: "too_large"},
		{Path: "Chart.lock", Kind: "changed", Without: "collapsed"},
		{Path: "templates/cronjob.yaml", Old: "templates/cron.yaml", Kind: "renamed", Without: "empty"},
	}}
}

func open(t *testing.T, f desk.Commits, lang string, w, h int) *uitest.Session {
	t.Helper()
	b := uitest.NewBackend(7)
	r, _ := b.View().Project("agendaprefs")
	id := r.Dossier.Project.ID
	b.Store.Apply(func(tx *store.Tx) {
		for _, sh := range store.GitRepos.Of(b.Store.Current(), id) {
			list := append([]platform.GitRepository(nil), sh.Items...)
			for i := range list {
				list[i].Path, list[i].HeadSHA = "forge/agendaprefs/"+list[i].Name, strings.Repeat("c", 40)
			}
			store.GitRepos.Put(tx, sh.Source, id, list)
		}
	})
	s := uitest.Open(t, backend{b, f}, lang, w, h)
	s.Root.Visit(intent.Ref{Kind: page.Change, Key: page.ChangeKey(id, "forge/agendaprefs/web", sha)})
	return s
}

// settle delivers the page's bells until the screen holds a text.
func settle(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func TestGoldenScreens(t *testing.T) {
	lag := &desk.Lag{Commits: 23, Missing: []platform.GitCommit{{SHA: strings.Repeat("c", 40), Title: "deploy: web cccccccc", At: uitest.Noon()}}}
	for _, c := range []struct {
		name, lang, last string
		w, h             int
	}{{"fr-80x24", "fr", "23 commits de retard", 80, 24}, {"fr-120x40", "fr", "23 commits de retard", 120, 40}, {"en-120x40", "en", "23 commits behind", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, forge{change: story(), lag: lag}, c.lang, c.w, c.h)
			settle(s, c.last)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

func TestFilesFold(t *testing.T) {
	s := open(t, forge{change: story(), lag: &desk.Lag{}}, "fr", 120, 40)
	settle(s, "aucun commit de retard")
	s.Shows("+    tag: b41c07ae", "trop grand", "replié par GitLab", "templates/cron.yaml", "la suite n'est pas lue", "secrets masqués")
	s.Press("enter")
	s.Hides("+    tag: b41c07ae")
	s.Press("o")
	s.Shows("/-/commit/" + sha[:8])
}

func TestWhatCannotBeShownIsSaid(t *testing.T) {
	s := open(t, forge{}, "fr", 120, 40) // force-pushed away
	settle(s, "GitLab ne connaît pas ce commit")
	s.Shows("envoi forcé")
	s = open(t, forge{err: errors.New("gitlab: 403 Forbidden")}, "fr", 120, 40)
	settle(s, "403 Forbidden")
	s = open(t, nil, "en", 120, 40)
	s.Shows("no GitLab is configured")
	s = open(t, forge{change: story()}, "fr", 120, 40)
	settle(s, "l'historique a été réécrit")
}

func TestKeys(t *testing.T) {
	project, path, commit, ok := page.ParseChangeKey(page.ChangeKey("p-1", "a/b@c/d", "123"))
	if !ok || project != "p-1" || path != "a/b@c/d" || commit != "123" {
		t.Error(project, path, commit, ok)
	}
	for _, bad := range []string{"", "p", "p/x", "p/x@", "/x@1", "p/@1"} {
		if _, _, _, ok := page.ParseChangeKey(bad); ok {
			t.Errorf("%q is a key", bad)
		}
	}
}
