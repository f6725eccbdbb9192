package gitlab

import (
	"cmp"
	"context"
	"slices"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	tokensEvery     = 10 * time.Minute         // the mirror's token breaks a project the moment it ends; one call a group
	repoTokensEvery = 6 * time.Hour            // tokens of repositories change once a year; one call a repository
	rightTokens     = "groups.access_tokens"   // needs Owner of the project's group
	rightRepoTokens = "projects.access_tokens" // needs Maintainer in the repository
)

// lacks is the failure of a listing of access tokens. GitLab answers 401, not 403, to a good credential whose owner lacks the level for it
// (lib/api/resource_access_tokens.rb: unauthorized! unless can?): that is a right that is missing. The calls before proved the credential, and those
// after tell when it ended meanwhile.
func (s *Source) lacks(err error) error {
	if err == nil {
		return nil
	}
	f := *transport.FaultOf(s.fault(err))
	if f.Class == transport.ClassUnauthorised {
		f.Class = transport.ClassForbidden
	}
	return &f
}

// readTokens reads the access tokens of a project's group when they are due, and reports whether they were read.
func (s *Source) readTokens(ctx context.Context, group string, now, stirred time.Time) (fresh bool, err error) {
	if !s.facts.tokensDue(group, now, stirred) {
		return false, nil
	}
	list, err := s.groupTokens(ctx, group)
	if err == nil || refused(err) || absent(err) {
		s.facts.setTokens(group, tokensRead{at: now, list: list, err: err})
		s.facts.setRight(rightTokens, err == nil)
		return err == nil, nil
	}
	return false, err
}

// readAllRepoTokens reads the access tokens of each repository of a project when they are due. Levels are given on groups: who may not for one
// repository is not asked for the others of its group.
func (s *Source) readAllRepoTokens(ctx context.Context, b *sources.Board, scope string) error {
	now := b.Clock()
	for _, group := range s.facts.groupsOf(store.SlugsOf(b.Store.Current()), scope) {
		for _, r := range s.facts.repositories(group) {
			if !s.facts.repoTokensDue(r.ID, now) {
				continue
			}
			list, err := s.repoTokens(ctx, r)
			if refused(err) {
				s.facts.setRight(rightRepoTokens, false)
				for _, rest := range s.facts.repositories(group) {
					s.facts.refuseRepoTokens(rest.ID, now, err)
				}
				break
			}
			if err != nil && !absent(err) {
				return err
			}
			s.facts.setRepoTokens(r.ID, tokensRead{at: now, list: list, err: err})
			if err == nil {
				s.facts.setRight(rightRepoTokens, true)
			}
		}
	}
	return nil
}

// groupTokens lists the access tokens of a group, their values excepted: GitLab never tells those again.
func (s *Source) groupTokens(ctx context.Context, group string) ([]platform.AccessToken, error) {
	if s.opts.Root != "" {
		group = s.opts.Root + "/" + group
	}
	var all []platform.AccessToken
	err := pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.GroupAccessTokens.ListGroupAccessTokens(group, &client.ListGroupAccessTokensOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}}, client.WithContext(ctx))
		if err != nil {
			return 0, s.lacks(err)
		}
		for _, t := range list {
			if t != nil {
				all = append(all, fromToken(t.PersonalAccessToken, ""))
			}
		}
		return nextPage(resp), nil
	})
	return byID(all), err
}

// repoTokens lists the access tokens of a repository.
func (s *Source) repoTokens(ctx context.Context, r repository) ([]platform.AccessToken, error) {
	var all []platform.AccessToken
	err := pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.ProjectAccessTokens.ListProjectAccessTokens(r.ID, &client.ListProjectAccessTokensOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}}, client.WithContext(ctx))
		if err != nil {
			return 0, s.lacks(err)
		}
		for _, t := range list {
			if t != nil {
				all = append(all, fromToken(t.PersonalAccessToken, r.Name))
			}
		}
		return nextPage(resp), nil
	})
	return byID(all), err
}

func fromToken(t client.PersonalAccessToken, repository string) platform.AccessToken {
	out := platform.AccessToken{ID: t.ID, Name: line(t.Name), Repository: repository, Active: t.Active, Revoked: t.Revoked}
	if t.ExpiresAt != nil { // a day, without an hour: the token dies when that day begins, UTC
		out.ExpiresAt = time.Time(*t.ExpiresAt).UTC()
	}
	for _, scope := range t.Scopes {
		out.Scopes = append(out.Scopes, line(scope))
	}
	return out
}

func byID(list []platform.AccessToken) []platform.AccessToken {
	slices.SortFunc(list, func(a, b platform.AccessToken) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (f *facts) repoTokensDue(repo int64, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, read := f.aside.tokens[repo]
	return !read || now.Sub(t.at) >= repoTokensEvery
}

func (f *facts) setRepoTokens(repo int64, t tokensRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.tokens[repo] = t
}

// refuseRepoTokens notes a refusal, unless the repository told its own before: those stay until they are asked for again.
func (f *facts) refuseRepoTokens(repo int64, now time.Time, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t, read := f.aside.tokens[repo]; !read || t.err != nil || now.Sub(t.at) >= repoTokensEvery {
		f.aside.tokens[repo] = tokensRead{at: now, err: err}
	}
}

// repoTokensOf joins what is known of the repositories of some groups. read is false when none could be read, asked when some were asked for. The
// lock is held.
func (f *facts) repoTokensOf(groups []string) (out []platform.AccessToken, read, asked bool) {
	out = []platform.AccessToken{}
	for _, g := range groups {
		for _, r := range f.groups[g] {
			if t, ok := f.aside.tokens[r.ID]; ok {
				asked = true
				if t.err == nil {
					out, read = append(out, t.list...), true
				}
			}
		}
	}
	return out, read, asked
}
