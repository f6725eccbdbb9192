package engine

import (
	"slices"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Commits says how the commits of a project can be asked for: which forge. With several it is the one that told of the project's
// repositories; "" is the first one. It calls nobody.
func (e *Engine) Commits(projectID string) desk.CommitsReach {
	e.mu.Lock()
	all := slices.Clone(e.sources)
	e.mu.Unlock()
	snap := e.store.Current()
	r := desk.CommitsReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	for _, src := range all {
		c, ok := src.(desk.Commits)
		if !ok {
			continue
		}
		if r.Commits == nil {
			r.Commits = c
		}
		for _, shelf := range store.GitRepos.Of(snap, projectID) {
			if shelf.Source == src.Name() {
				r.Commits = c
				return r
			}
		}
	}
	return r
}
