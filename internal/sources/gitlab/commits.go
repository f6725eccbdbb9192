package gitlab

import (
	"context"
	"strings"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

var _ desk.Commits = (*Source)(nil)

// Commit implements [desk.Commits]. GitLab takes names of branches and tags for a SHA as well: an answer that does not begin with the text
// is of such a name, and none.
func (s *Source) Commit(ctx context.Context, repository, sha string) (platform.GitCommit, bool, error) {
	c, _, err := s.rest.Commits.GetCommit(repository, sha, &client.GetCommitOptions{Stats: ptr(false)}, client.WithContext(ctx))
	if err != nil {
		err = s.fault(err)
		if transport.FaultOf(err).Class == transport.ClassNotFound {
			return platform.GitCommit{}, false, nil
		}
		return platform.GitCommit{}, false, err
	}
	id := line(c.ID)
	if len(id) != 40 || !strings.HasPrefix(id, sha) {
		return platform.GitCommit{}, false, nil
	}
	return platform.GitCommit{SHA: id, Title: line(c.Title), At: instant(c.CommittedDate), Branches: s.branchesWith(ctx, repository, id)}, true, nil
}

// branchesWith lists the branches that hold a commit; nil when that is refused or there are too many to tell.
func (s *Source) branchesWith(ctx context.Context, repository, id string) []string {
	list, _, err := s.rest.Commits.GetCommitRefs(repository, id, &client.GetCommitRefsOptions{ListOptions: client.ListOptions{PerPage: perPage}, Type: ptr("branch")}, client.WithContext(ctx))
	if err != nil || len(list) == perPage {
		return nil
	}
	out := []string{}
	for _, r := range list {
		if r != nil && r.Type != "tag" {
			out = append(out, line(r.Name))
		}
	}
	return out
}
