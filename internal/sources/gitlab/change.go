package gitlab

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

var _ desk.Changes = (*Source)(nil)

const (
	// GitLab's comparison lists no more commits than this: a longer list is one that was cut.
	mostCompared = 1000
	// What of a change is kept: a person reads no more, and a page should not hold more.
	changeBytes = 1 << 20
	changeFiles = 100
	changeLine  = 2000 // bytes of one line
)

// Behind implements [desk.Changes]. The comparison is from the common ancestor, so that a commit of another branch is as far behind as it
// misses commits. Its timeout concerns its differences, which nobody reads here: the commits are whole.
func (s *Source) Behind(ctx context.Context, repository, sha, head string) (desk.Lag, bool, error) {
	straight := false
	cmp, _, err := s.rest.Repositories.Compare(repository, &client.CompareOptions{From: &sha, To: &head, Straight: &straight}, client.WithContext(ctx))
	if err != nil {
		if err = s.fault(err); transport.FaultOf(err).Class == transport.ClassNotFound {
			return desk.Lag{}, false, nil
		}
		return desk.Lag{}, false, err
	}
	lag := desk.Lag{Commits: len(cmp.Commits), AtLeast: len(cmp.Commits) >= mostCompared}
	for _, c := range slices.Backward(cmp.Commits) { // the oldest comes first
		if c != nil && len(lag.Missing) < desk.MostMissing {
			lag.Missing = append(lag.Missing, platform.GitCommit{SHA: line(c.ID), Title: sentence(c.Title), At: instant(c.CommittedDate)})
		}
	}
	return lag, true, nil
}

// diffAnswer is a file of a commit. The client does not know the last two, of GitLab 16 and later.
type diffAnswer struct {
	client.Diff
	TooLarge  bool `json:"too_large"`
	Collapsed bool `json:"collapsed"`
}

// Changed implements [desk.Changes]. One page of files is read: what has more is no change of values.
func (s *Source) Changed(ctx context.Context, repository, sha string) (desk.Change, bool, error) {
	c, _, err := s.rest.Commits.GetCommit(repository, sha, &client.GetCommitOptions{Stats: ptr(false)}, client.WithContext(ctx))
	if err == nil && !strings.HasPrefix(c.ID, sha) {
		return desk.Change{}, false, nil // of a branch or a tag of that name
	}
	if err != nil {
		if err = s.fault(err); transport.FaultOf(err).Class == transport.ClassNotFound {
			return desk.Change{}, false, nil
		}
		return desk.Change{}, false, err
	}
	out := desk.Change{GitCommit: platform.GitCommit{SHA: line(c.ID), Title: sentence(c.Title), At: instant(c.CommittedDate)}, Author: line(c.AuthorName)}
	for _, p := range c.ParentIDs {
		out.Parents = append(out.Parents, line(p))
	}
	path := fmt.Sprintf("projects/%s/repository/commits/%s/diff", client.PathEscape(repository), url.PathEscape(c.ID))
	req, err := s.rest.NewRequest(http.MethodGet, path, &client.GetCommitDiffOptions{ListOptions: client.ListOptions{PerPage: changeFiles}}, []client.RequestOptionFunc{client.WithContext(ctx)})
	if err != nil {
		return desk.Change{}, false, err
	}
	var files []diffAnswer
	resp, err := s.rest.Do(req, &files)
	if err != nil {
		if err = s.fault(err); transport.FaultOf(err).Class == transport.ClassNotFound {
			return desk.Change{}, false, nil // pruned in between
		}
		return desk.Change{}, false, err
	}
	out.Cut = nextPage(resp) > 0
	left := changeBytes
	for i, f := range files {
		if i == changeFiles {
			out.Cut = true
			break
		}
		one, whole := fromDiff(f, &left)
		out.Files = append(out.Files, one)
		out.Cut = out.Cut || !whole
	}
	return out, true, nil
}

// fromDiff makes the noun, with at most left bytes of lines; whole is false when some were left out.
func fromDiff(f diffAnswer, left *int) (out desk.FileChange, whole bool) {
	out = desk.FileChange{Path: line(f.NewPath), Kind: "changed"}
	if old := line(f.OldPath); old != out.Path {
		out.Old = old
	}
	switch {
	case f.NewFile:
		out.Kind = "added"
	case f.DeletedFile:
		out.Kind = "deleted"
	case f.RenamedFile:
		out.Kind = "renamed"
	}
	switch {
	case f.TooLarge:
		out.Without = "too_large"
	case f.Collapsed:
		out.Without = "collapsed"
	case f.Diff.Diff == "":
		out.Without = "empty"
	case *left <= 0:
		out.Without = "cut"
		return out, false
	}
	whole = true
	m := newDiffMask(out.Path)
	for raw := range strings.Lines(f.Diff.Diff) {
		raw = strings.TrimSuffix(raw, "\n")
		if strings.HasPrefix(raw, "--- ") || strings.HasPrefix(raw, "+++ ") || strings.HasPrefix(raw, "\\ ") {
			if !m.begun || raw[0] == '\\' {
				continue
			}
		}
		if len(raw) > changeLine {
			raw, whole = strings.ToValidUTF8(raw[:changeLine], "")+"…", false
		}
		if *left -= len(raw); *left < 0 {
			return out, false
		}
		switch raw = m.line(raw); {
		case strings.HasPrefix(raw, "+"):
			out.Added++
		case strings.HasPrefix(raw, "-"):
			out.Removed++
		}
		out.Lines = append(out.Lines, raw)
	}
	return out, whole
}
