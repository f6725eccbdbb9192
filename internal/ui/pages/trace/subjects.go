package trace

import (
	"slices"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
)

// Subjects are the job, its pipeline, its repository, its project.
func (p *Page) Subjects() []actions.Subject {
	if p.job.ID == 0 {
		return nil
	}
	x := platform.Pipeline{ID: p.job.PipelineID, Path: p.path, Repository: p.path[strings.LastIndexByte(p.path, '/')+1:]}
	var repository *platform.RepositoryFacts
	if p.row != nil {
		list := p.row.Dossier.Repositories
		for i := range list {
			f := &list[i]
			if f.Git != nil && f.Git.Path == p.path {
				repository = f
			}
			for _, known := range slices.Concat(f.Pipelines, f.Mirror) {
				if known.ID == x.ID && known.Path == x.Path {
					x, repository = known, f
				}
			}
		}
	}
	out := []actions.Subject{page.OfJob(p.project(), &x, &p.job.Job)}
	if x.IID != 0 { // what nobody else knows cannot be named
		out = append(out, page.OfPipeline(p.project(), &x))
	}
	if p.row == nil {
		return out
	}
	if repository != nil {
		out = append(out, page.OfRepository(&p.row.Dossier.Project, repository))
	}
	return append(out, page.Of(&p.row.Dossier.Project))
}
