package engine

import (
	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Quality says how the quality of a project can be asked about: which SonarQube. With several it is the one that told of the project's
// gates; else the first one. It calls nobody.
func (e *Engine) Quality(projectID string) desk.QualityReach {
	all := e.current()
	r := desk.QualityReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	shelves := store.Gates.Of(e.store.Current(), projectID)
	for _, src := range all {
		q, ok := src.(desk.Quality)
		if !ok {
			continue
		}
		if r.Quality == nil {
			r.Quality = q
		}
		for _, shelf := range shelves {
			if shelf.Source == src.Name() {
				r.Quality = q
				return r
			}
		}
	}
	return r
}
