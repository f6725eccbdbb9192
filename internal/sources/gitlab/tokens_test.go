package gitlab

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fake "dsotop/demo/fakes/gitlab"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// GitLab answers 401 to a good token whose owner may not list access tokens: a right that is missing, and no reason to give up the rest.
func TestTokensByLevel(t *testing.T) {
	w := world.New(world.Options{Size: world.Odd, Seed: 1})
	var slug string
	w.View(func(s *world.State) {
		for p, name := range s.Aside.Odd {
			if name == "repository-token-expiring" {
				slug = p.Slug
			}
		}
	})
	now := time.Now()
	for _, c := range []struct {
		name        string
		o           fake.Options
		group, repo bool // rights held
		token       bool // the repository's is known
	}{
		{"administrator", fake.Options{Token: canary}, true, true, true},
		{"maintainer", fake.Options{Token: "another", Teams: map[string]string{canary: slug}}, false, true, true},
		{"developer", fake.Options{Token: "another", Teams: map[string]string{canary: slug}, Readers: map[string]bool{canary: true}}, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := map[string]int{}
			face := fake.Handler(w, c.o)
			srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/access_tokens") {
					kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v4/"), "/")
					calls[kind]++ // one reader, one call at a time
				}
				face.ServeHTTP(rw, r)
			}))
			defer srv.Close()
			s, err := New(options(t, srv.URL))
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.fleetGraphQL(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			s.facts.setFleet(l)
			st := store.New(nil)
			st.Apply(func(tx *store.Tx) {
				store.Projects.Put(tx, "console", "p", []platform.Project{{ID: "p", Slug: slug, Name: slug}})
			})
			b := &sources.Board{Store: st, Clock: func() time.Time { return now }}
			for range 2 { // the second time nothing is due
				if _, err := s.readTokens(t.Context(), slug, now, time.Time{}); err != nil {
					t.Fatal(err)
				}
				if err := s.readAllRepoTokens(t.Context(), b, "p"); err != nil {
					t.Fatal(err)
				}
			}
			if h, err := s.Doctor(t.Context()); err != nil || h.State != platform.StateLive {
				t.Errorf("doctor: %v %s", err, h.State)
			}
			rights := s.facts.rightsFound()
			if rights[rightTokens] != c.group || rights[rightRepoTokens] != c.repo {
				t.Errorf("rights %v", rights)
			}
			s.facts.publishOne(st, "gitlab", "p", c.group)
			if got := store.RepoTokens.Items(st.Current(), "p"); c.token && (len(got) != 1 || got[0].Repository != "api" || got[0].ExpiresAt.IsZero()) || !c.token && got != nil {
				t.Errorf("%+v", got)
			}
			asked := len(s.facts.repositories(slug))
			if !c.repo {
				asked = 2 // once more with the credential read again; then the others are left alone
			}
			asked += 2 // the doctor's
			if calls["projects"] > asked || calls["groups"] == 0 {
				t.Errorf("calls %v, repositories %d", calls, len(s.facts.repositories(slug)))
			}
		})
	}
}
