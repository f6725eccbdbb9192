package engine

import (
	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Images says how the images of a project can be asked about: which Harbor. With several it is the one that told of the project's images;
// else the first one. It calls nobody.
func (e *Engine) Images(projectID string) desk.ImagesReach {
	all := e.current()
	r := desk.ImagesReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	shelves := store.Images.Of(e.store.Current(), projectID)
	for _, src := range all {
		i, ok := src.(desk.Images)
		if !ok {
			continue
		}
		if r.Images == nil {
			r.Images = i
		}
		for _, shelf := range shelves {
			if shelf.Source == src.Name() {
				r.Images = i
				return r
			}
		}
	}
	return r
}
