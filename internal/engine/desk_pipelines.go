package engine

import (
	"slices"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Pipelines says how the pipelines of a project can be read: which forge. With several it is the one that told of the project's
// pipelines. "" is the first one. It calls nobody and is cheap enough to be called whenever a page opens.
func (e *Engine) Pipelines(projectID string) desk.PipelinesReach {
	e.mu.Lock()
	all := slices.Clone(e.sources)
	e.mu.Unlock()
	snap := e.store.Current()
	r := desk.PipelinesReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	for _, src := range all {
		p, ok := src.(desk.Pipelines)
		if !ok {
			continue
		}
		if r.Pipelines == nil {
			r.Pipelines = p
		}
		if projectID == "" {
			break
		}
		for _, shelf := range store.Pipelines.Of(snap, projectID) {
			if shelf.Source == src.Name() {
				r.Pipelines = p
				return r
			}
		}
	}
	return r
}
