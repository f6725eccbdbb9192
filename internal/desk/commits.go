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
