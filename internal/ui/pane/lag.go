package pane

import (
	"context"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Lags asks a forge how far commits are behind their branch: only for what a page shows, each once, one after another. It is used by one
// goroutine, its answers come by the page's [page.Fetch].
type Lags struct {
	env   *page.Env
	fetch *page.Fetch
	known map[lagKey]lagAnswer
	queue []lagKey
}

type lagKey struct{ project, path, sha, head string }

type lagAnswer struct {
	lag   desk.Lag
	found bool
	why   *platform.SourceHealth
}

const lagTopic = "behind"

// NewLags returns one whose questions go through fetch, under a topic of their own.
func NewLags(e *page.Env, fetch *page.Fetch) *Lags {
	return &Lags{env: e, fetch: fetch, known: map[lagKey]lagAnswer{}}
}

// forge is who can be asked about a project; nil when nobody can.
func (l *Lags) forge(project string) (desk.Changes, desk.CommitsReach) {
	b, ok := l.env.Backend.(page.Commits)
	if !ok {
		return nil, desk.CommitsReach{}
	}
	r := b.Commits(project)
	c, _ := r.Commits.(desk.Changes)
	return c, r
}

// Want asks for the lag of a commit of a repository, behind its head; it is quick, and nothing is asked twice.
func (l *Lags) Want(project string, git *platform.GitRepository, sha, head string) {
	if git == nil || git.Path == "" || len(sha) < 7 || head == "" || platform.SameCommit(sha, head) {
		return
	}
	k := lagKey{project, git.Path, sha, head}
	if _, ok := l.known[k]; ok {
		return
	}
	for _, q := range l.queue {
		if q == k {
			return
		}
	}
	if f, _ := l.forge(project); f == nil {
		return
	}
	l.queue = append(l.queue, k)
	l.next()
}

func (l *Lags) next() {
	if len(l.queue) == 0 || l.fetch.Busy(lagTopic) {
		return
	}
	k := l.queue[0]
	forge, reach := l.forge(k.project)
	if forge == nil {
		l.queue = nil
		return
	}
	l.fetch.Ask(lagTopic, func(ctx context.Context) (any, error) {
		lag, found, err := forge.Behind(ctx, k.path, k.sha, k.head)
		return lagAnswer{lag: lag, found: found}, err
	}, func(v any, err error) {
		a, _ := v.(lagAnswer)
		if err != nil {
			h := reach.Health(err)
			a.why = &h
		}
		l.known[k] = a
		if len(l.queue) > 0 {
			l.queue = l.queue[1:]
		}
		l.next()
	})
}

// Lag is what is known of how far a commit is behind: asked is false where nobody was or will be asked.
func (l *Lags) Lag(project string, git *platform.GitRepository, sha, head string) (lag desk.Lag, found, asked bool) {
	if git == nil {
		return desk.Lag{}, false, false
	}
	a, ok := l.known[lagKey{project, git.Path, sha, head}]
	return a.lag, a.found, ok && a.why == nil
}

// Spans says how far a commit is behind the head of its branch; empty when nothing is known or can be asked.
func (l *Lags) Spans(project string, git *platform.GitRepository, sha, head string) []style.Span {
	w := l.env.Words.Elsewhere
	if git == nil || len(sha) < 7 || head == "" {
		return nil
	}
	if platform.SameCommit(sha, head) {
		return []style.Span{{Role: style.Faint, Text: w.AtHead}}
	}
	a, ok := l.known[lagKey{project, git.Path, sha, head}]
	switch {
	case !ok:
		for _, q := range l.queue {
			if (q == lagKey{project, git.Path, sha, head}) {
				return []style.Span{{Role: style.Faint, Text: l.env.Glyphs.Loading}}
			}
		}
		return nil
	case a.why != nil:
		return []style.Span{{Role: style.Unknown, Text: l.env.Glyphs.Unknown + " "}, {Role: style.Faint, Text: a.why.Detail}}
	case !a.found:
		return []style.Span{{Role: style.Warn, Text: w.Rewritten}}
	case a.lag.Commits == 0:
		return []style.Span{{Role: style.Faint, Text: w.NotBehind}}
	}
	return []style.Span{{Role: style.Warn, Text: w.Behind(a.lag.Commits, a.lag.AtLeast)}}
}

// InPlace is the repository of ours that an application deploys, the commit of it that is in place, and the head of the branch that it follows;
// git is nil when the application deploys none that is known.
func InPlace(row *fleet.Row, a *platform.Application) (git *platform.GitRepository, sha, head string) {
	if row == nil {
		return nil, "", ""
	}
	for i := range row.Dossier.Repositories {
		r := &row.Dossier.Repositories[i]
		if r.Git == nil || a.RepositoryID != "" && r.ID != a.RepositoryID || a.RepositoryID == "" && (a.RepositoryName == "" || r.Name != a.RepositoryName) {
			continue
		}
		git, head = r.Git, r.Git.HeadSHA
	}
	if git == nil {
		return nil, "", ""
	}
	for i, s := range a.Sources {
		if i < len(a.Revisions) && platform.SameRepository(s.RepoURL, git.Path) {
			sha = a.Revisions[i]
			if t := s.TargetRevision; t != "" && t != "HEAD" && t != git.DefaultBranch {
				head = t
			}
			return git, sha, head
		}
	}
	if len(a.Revisions) > 0 {
		sha = a.Revisions[len(a.Revisions)-1]
	}
	return git, sha, head
}
