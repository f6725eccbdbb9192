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
	return platform.GitCommit{SHA: id, Title: line(c.Title), At: instant(c.CommittedDate)}, true, nil
}
