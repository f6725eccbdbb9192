package gitlab

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dsotop/demo/fakes/gitlab"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/sourcetest"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// facts of the simulated platform that a reader of GitLab must end up with.
type expected struct {
	id, slug string
	repos    []string
	mirrors  int
	pipes    map[int64]string // newest pipeline of each repository: id → repository
	tokens   int
}

func expect(w *world.World, slug string) expected {
	var e expected
	w.View(func(s *world.State) {
		p := s.ProjectBySlug[slug]
		e = expected{id: p.ID, slug: slug, pipes: map[int64]string{}, tokens: len(p.GroupTokens)}
		for _, r := range p.Repositories {
			e.repos = append(e.repos, r.Name)
			if n := len(r.Git.Pipelines); n > 0 {
				e.pipes[r.Git.Pipelines[n-1].ID] = r.Name
			}
		}
		if p.Mirror != nil {
			e.repos = append(e.repos, p.Mirror.Name)
			e.mirrors = min(len(p.Mirror.Pipelines), mirrorListed)
		}
		slices.Sort(e.repos)
	})
	return e
}

func (e expected) met(s *store.Snapshot) bool {
	var names []string
	for _, r := range store.GitRepos.Items(s, e.id) {
		names = append(names, r.Name)
		if !r.Empty && r.Name != platform.MirrorRepository && r.HeadSHA == "" {
			return false
		}
	}
	mirrors, found := 0, 0
	for _, p := range store.Pipelines.Items(s, e.id) {
		if p.Repository == platform.MirrorRepository && p.MirrorOf != "" {
			mirrors++
		}
		if e.pipes[p.ID] == p.Repository && len(p.Jobs) > 0 {
			found++
		}
	}
	return slices.Equal(names, e.repos) && mirrors >= e.mirrors && found == len(e.pipes) && len(store.Tokens.Items(s, e.id)) == e.tokens
}

func worldConsole(w *world.World) func(*store.Store) {
	return func(st *store.Store) {
		st.Apply(func(tx *store.Tx) {
			w.View(func(s *world.State) {
				for _, p := range s.Projects {
					store.Projects.Put(tx, "console", p.ID, []platform.Project{{ID: p.ID, Slug: p.Slug, Status: p.Status}})
				}
			})
		})
	}
}

// The suite over the simulated platform; what is deleted is a repository.
func TestSuiteWorld(t *testing.T) {
	for name, noGraphQL := range map[string]bool{"GraphQL": false, "REST only": true} {
		t.Run(name, func(t *testing.T) {
			w := world.New(world.Options{Seed: 1})
			guichet, gone := expect(w, "guichet"), expect(w, "portail")
			sourcetest.Run(t, sourcetest.Case{
				New: func(e sourcetest.Env) (sources.Source, error) {
					o := Options{Root: root, Transport: e.Options}
					o.Transport.Auth.Scheme = transport.AuthHeader
					return New(o)
				},
				Face: gitlab.Handler(w, gitlab.Options{Token: canary, NoGraphQL: noGraphQL}), Token: canary, Prepare: worldConsole(w), Interest: []string{guichet.id},
				Converged: guichet.met,
				Change: func() {
					w.Update(func(tx *world.Tx) {
						p := tx.State.ProjectBySlug[gone.slug]
						p.Repositories = p.Repositories[:0]
					})
				},
				Changed: func(s *store.Snapshot) bool { return len(store.GitRepos.Items(s, gone.id)) == 1 },
			})
		})
	}
}

// The stories of the simulated platform that GitLab tells, read with its real wire format.
func TestWorldStories(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	face := gitlab.New(w, gitlab.Options{Token: canary})
	f := newFace(t)
	f.Config.Handler = http.HandlerFunc(face.ServeHTTP)
	vigibat := expect(w, "vigibat")
	// Nobody points at it: of its one repository's mirror runs the newest is asked about, and jobs of what failed.
	vigibat.mirrors = 1
	w.View(func(s *world.State) {
		for _, r := range s.ProjectBySlug["vigibat"].Repositories {
			if n := len(r.Git.Pipelines); n > 0 && r.Git.Pipelines[n-1].Status == platform.PipelineSuccess {
				delete(vigibat.pipes, r.Git.Pipelines[n-1].ID)
			}
		}
	})
	snap := run(t, options(t, f.URL), worldConsole(w), func(_ *store.Store, s *store.Snapshot) bool {
		return vigibat.met(s) && sourcetest.Health(s).State == platform.StateLive
	})
	tokens := store.Tokens.Items(snap, vigibat.id)
	i := slices.IndexFunc(tokens, func(t platform.AccessToken) bool { return t.Name == "vigibat-bot" })
	if i < 0 || !tokens[i].Expired(w.Now()) {
		t.Errorf("the mirror's token expired two days ago: %+v", tokens)
	}
	var mirror []platform.Pipeline
	for _, p := range store.Pipelines.Items(snap, vigibat.id) {
		if p.Repository == platform.MirrorRepository {
			mirror = append(mirror, p)
		}
	}
	slices.SortFunc(mirror, newestFirst) // the shelf has them by the repository they concern
	if len(mirror) == 0 || mirror[0].Status != platform.PipelineFailed || mirror[0].MirrorOf != "vigibat" {
		t.Errorf("the newest mirror run failed: %+v", mirror[:min(len(mirror), 1)])
	}
	if _, ok := mirror[0].FirstFailed(); !ok {
		t.Errorf("no failed job: %+v", mirror[0].Jobs)
	}
	if n := face.WriteCount(); n != 0 {
		t.Errorf("%d writes", n)
	}
	for shelf := range store.GitRepos.All(snap) {
		for _, r := range shelf.Items {
			if !strings.HasPrefix(r.Path, root+"/") || r.ID == 0 || r.URL == "" {
				t.Errorf("%+v", r)
			}
		}
	}
}
