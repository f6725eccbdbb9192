package fleet

import (
	"context"
	"strings"
	"sync"

	"dsotop/internal/platform"
)

// Asker reads one commit of one repository from the forge, named by its full path. nil asks nobody.
type Asker func(ctx context.Context, projectID, repository, sha string) (c platform.GitCommit, found bool, err error)

// maxAsked bounds the repositories that are asked one by one for a commit that no fact tells: there is no search over all of them that
// every GitLab has.
const maxAsked = 40

// Search is what was found of a commit.
type Search struct {
	SHA    string
	Traces []platform.Trace
	// Asked repositories were asked one by one; Left ones were not, as there are too many; of Failed ones the question failed, Err is the
	// first failure.
	Asked, Left, Failed int
	Err                 error
	Projects            int // that were searched
	// Told is what the forge told, by project id and repository.
	Told map[string]map[string]platform.GitCommit
}

// Again follows the commit of a search through a newer view, without asking anybody.
func (v *View) Again(s Search, project string) Search {
	s.Traces = v.narrow(v.Trace(s.SHA, s.Told), project)
	return s
}

// Known reports whether anything has heard of the commit.
func (s *Search) Known() bool { return len(s.Traces) > 0 }

// Seek follows a commit: first in what is known, then, for its title or when nothing knows it, by asking the forge. project narrows by id
// or slug; "" is all. Slow: call it off the loop.
func (v *View) Seek(ctx context.Context, sha, project string, ask Asker) Search {
	sha = strings.ToLower(strings.TrimSpace(sha))
	out := Search{SHA: sha}
	if project != "" {
		if _, ok := v.Project(project); ok {
			out.Projects = 1
		}
	} else {
		out.Projects = len(v.Projects)
	}
	out.Traces = v.narrow(v.Trace(sha, nil), project)
	if ask == nil || !platform.IsCommit(sha) {
		return out
	}
	type place struct{ id, name, path string }
	var places []place
	for _, r := range v.Projects {
		d := r.Dossier
		if project != "" && d.Project.ID != project && d.Project.Slug != project {
			continue
		}
		for i := range d.Repositories {
			repo := &d.Repositories[i]
			if repo.Git == nil || repo.Git.Path == "" || repo.Git.Empty || out.Known() && !concerns(out.Traces, d.Project.ID, repo.Name) {
				continue
			}
			places = append(places, place{d.Project.ID, repo.Name, repo.Git.Path})
		}
	}
	if n := len(places); n > maxAsked {
		out.Left, places = n-maxAsked, places[:maxAsked]
	}
	out.Asked = len(places)
	told := map[string]map[string]platform.GitCommit{}
	var mu sync.Mutex
	var group sync.WaitGroup
	gate := make(chan struct{}, 4)
	for _, p := range places {
		group.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			c, found, err := ask(ctx, p.id, p.path, sha)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				out.Failed++
				if out.Err == nil {
					out.Err = err
				}
			case found:
				if told[p.id] == nil {
					told[p.id] = map[string]platform.GitCommit{}
				}
				told[p.id][p.name] = c
			}
		})
	}
	group.Wait()
	out.Told = told
	if len(told) > 0 {
		out.Traces = v.narrow(v.Trace(sha, told), project)
	}
	return out
}

func concerns(traces []platform.Trace, project, repository string) bool {
	for i := range traces {
		if traces[i].ProjectID == project && traces[i].Repository == repository {
			return true
		}
	}
	return false
}

func (v *View) narrow(traces []platform.Trace, project string) []platform.Trace {
	if project == "" {
		return traces
	}
	var out []platform.Trace
	for _, t := range traces {
		if t.ProjectID == project || t.ProjectSlug == project {
			out = append(out, t)
		}
	}
	return out
}
