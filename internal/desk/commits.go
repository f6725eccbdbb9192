package desk

import (
	"context"

	"dsotop/internal/platform"
)

// Commits is a forge that can be asked for one commit. Methods are safe for concurrent use and end with their context; failures are the
// transport's faults.
type Commits interface {
	Name() string
	// Commit reads the commit of a repository, named by its full path or by its number, that begins with a text of 7 to 40 hexadecimal
	// digits. found is false when the repository has none such, or when it has several.
	Commit(ctx context.Context, repository, sha string) (c platform.GitCommit, found bool, err error)
}

// CommitsReach is how the commits of a project can be read. Commits is nil when no source is configured.
type CommitsReach struct {
	Commits Commits
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r CommitsReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Commits != nil {
		name = r.Commits.Name()
	}
	if r.Explain != nil {
		return r.Explain(name, err)
	}
	return platform.SourceHealth{Name: name, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error())}
}

// Changes is a forge that tells what commits changed and how far one is behind a branch. Methods are safe for concurrent use and end with their
// context; failures are the transport's faults.
type Changes interface {
	Name() string
	// Behind counts the commits that a branch has and a commit has not. head is the branch, or the SHA of its head. found is false when the
	// repository knows one of them no more: history was rewritten.
	Behind(ctx context.Context, repository, sha, head string) (lag Lag, found bool, err error)
	// Changed reads what a commit changed, secrets masked. found is false when the repository has no such commit.
	Changed(ctx context.Context, repository, sha string) (c Change, found bool, err error)
}

// Lag is how far a commit is behind a branch.
type Lag struct {
	Commits int
	AtLeast bool // the forge lists no more than so many
	// Missing are the newest of the commits it has not, the newest first; at most MostMissing.
	Missing []platform.GitCommit
}

// MostMissing bounds the commits that a Lag names.
const MostMissing = 20

// Change is what a commit changed. Texts are cleaned, secrets in them masked.
type Change struct {
	platform.GitCommit
	Author  string
	Parents []string
	Files   []FileChange
	// Cut is true when files or lines were left out because there are too many, here or on the forge.
	Cut bool
}

// FileChange is one file of a change. Old is its former path when that is another.
type FileChange struct {
	Path, Old string
	Kind      string // added, deleted, renamed, changed
	// Without says why there are no lines: too_large (the forge does not give them at all), collapsed (it gives them to browsers only), empty (binary,
	// or only the mode changed), cut (left out here); "" when there are.
	Without string
	Lines   []string // of the unified diff, without file headers
	Added   int
	Removed int
}
