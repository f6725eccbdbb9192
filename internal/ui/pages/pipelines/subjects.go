package pipelines

import (
	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
)

// Subjects are the pipeline under the cursor, its repository, its project.
func (p *Page) Subjects() []actions.Subject {
	r, ok := p.table.Current()
	if !ok || p.view == nil {
		return nil
	}
	row, _ := p.view.Project(r.project)
	return append([]actions.Subject{page.OfPipeline(r.project, &r.Pipeline)}, around(row, &r.Pipeline)...)
}

// Marked are the pipelines that are marked.
func (p *Page) Marked() []actions.Subject {
	var out []actions.Subject
	for _, r := range p.table.Marked() {
		out = append(out, page.OfPipeline(r.project, &r.Pipeline))
	}
	return out
}

// Subjects are the job under the cursor, the pipeline, its repository, its project.
func (p *One) Subjects() []actions.Subject {
	x := &p.detail.Pipeline
	if x.ID == 0 {
		x = &p.known
	}
	if x.ID == 0 {
		return nil
	}
	project := ""
	if p.row != nil {
		project = p.row.Dossier.Project.ID
	}
	var out []actions.Subject
	if t, ok := p.table.Current(); ok && t.child == nil {
		out = append(out, page.OfJob(project, x, &t.Job))
	}
	return append(append(out, page.OfPipeline(project, x)), around(p.row, x)...)
}

// around are the repository that a pipeline is of, or mirrors, and its project.
func around(row *fleet.Row, x *platform.Pipeline) []actions.Subject {
	if row == nil {
		return nil
	}
	var out []actions.Subject
	d := row.Dossier
	for i := range d.Repositories {
		r := &d.Repositories[i]
		if r.Name == x.Repository || r.Git != nil && r.Git.Path == x.Path || x.MirrorOf != "" && r.Name == x.MirrorOf {
			out = append(out, page.OfRepository(&d.Project, r))
		}
	}
	return append(out, page.Of(&d.Project))
}
