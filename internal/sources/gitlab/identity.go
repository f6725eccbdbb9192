package gitlab

import (
	"cmp"
	"context"
	"slices"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// Rights told in the health. The values of Needed are columns and tabs of the face.
const (
	rightAPI   = "api.read"   // scope read_api (or api) of the token
	rightGroup = "group.read" // the root group is visible: the whole fleet rather than one's own projects
	// GraphQL answers: pipelines of the whole fleet at once. Without it they come project by project.
	rightGraphQL = "graphql.read"
)

// identity is what GitLab says of itself and of our credential.
type identity struct {
	version string
	user    string
	expires time.Time
	rights  []platform.Right
}

func (i identity) into(h *platform.SourceHealth) {
	h.Version, h.Identity, h.Expires = cmp.Or(i.version, h.Version), cmp.Or(i.user, h.Identity), i.expires
}

// identify asks who we are. Only the first question must be answered: the others fail for some kinds of credentials.
func (s *Source) identify(ctx context.Context) (identity, error) {
	var id identity
	user, _, err := s.rest.Users.CurrentUser(client.WithContext(ctx))
	if err != nil {
		return id, s.fault(err)
	}
	id.user = line(user.Username)
	if v, _, err := s.rest.Version.GetVersion(client.WithContext(ctx)); err == nil {
		id.version = line(v.Version)
	} else if s.gaveUp(err) {
		return id, s.fault(err)
	}
	api := platform.Right{Name: rightAPI, Needed: "pipelines"}
	token, _, err := s.rest.PersonalAccessTokens.GetSinglePersonalAccessToken(client.WithContext(ctx))
	switch {
	case err == nil:
		api.Known = true
		api.Held = slices.Contains(token.Scopes, "api") || slices.Contains(token.Scopes, "read_api")
		if token.ExpiresAt != nil {
			id.expires = time.Time(*token.ExpiresAt).UTC()
		}
	case s.gaveUp(err):
		return id, s.fault(err)
	}
	id.rights = append(id.rights, api)
	if s.opts.Root != "" {
		group := platform.Right{Name: rightGroup, Known: true, Needed: "fleet"}
		_, _, err := s.rest.Groups.GetGroup(s.opts.Root, &client.GetGroupOptions{WithProjects: ptr(false)}, client.WithContext(ctx)) //nolint:staticcheck // without it, GitLab 18 lists every project of the group
		switch {
		case err == nil:
			group.Held = true
		case s.gaveUp(err):
			return id, s.fault(err)
		}
		id.rights = append(id.rights, group)
	}
	return id, nil
}

// gaveUp tells failures of the connection from answers: an answer, even a refusal, says something about us.
func (s *Source) gaveUp(err error) bool {
	switch transport.FaultOf(s.fault(err)).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassUnauthorised:
		return false // the first question proved that we are recognised
	}
	return true
}

// foundRights are those that turned out while details were read; unknown before.
func (s *Source) foundRights() []platform.Right {
	found := s.facts.rightsFound()
	var out []platform.Right
	for _, r := range []platform.Right{
		{Name: rightGraphQL, Needed: "fleet"},
		{Name: rightJobs, Needed: "jobs"},
		{Name: rightVariables, Needed: "mirror"},
		{Name: rightTokens, Needed: "tokens"},
		{Name: rightRepoTokens, Needed: "repository_tokens"},
		{Name: rightCode, Needed: "code"},
		{Name: rightAccess, Needed: "access"},
		{Name: rightZone, Needed: "zone"},
	} {
		r.Held, r.Known = found[r.Name]
		out = append(out, r)
	}
	return out
}
