package images

import (
	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// subject is the artifact of a row; ok is false for what the registry has not: nothing can be done to it.
func (x item) subject() (s actions.Subject, ok bool) {
	if x.image == nil {
		return s, false
	}
	s = actions.Subject{Kind: actions.OnArtifact, ProjectID: x.project(), ID: x.repository + "@" + x.image.Digest, Name: x.slug() + "/" + x.name()}
	for _, r := range x.runs {
		s.Production = s.Production || r.production
	}
	return s, true
}

// subjects are the artifact, the environments that run it, its project.
func (x item) subjects() []actions.Subject {
	if x.row == nil {
		return nil
	}
	var out []actions.Subject
	if s, ok := x.subject(); ok {
		out = append(out, s)
	}
	for _, r := range x.runs {
		if around := page.Around(x.row, r.namespace); len(around) > 1 {
			out = append(out, around[0])
		}
	}
	return append(out, page.Of(&x.row.Dossier.Project))
}

// Subjects are the artifact under the cursor, the environments that run it, its project.
func (p *Page) Subjects() []actions.Subject {
	x, ok := p.Current()
	if !ok {
		return nil
	}
	return x.subjects()
}

// Marked are the artifacts that are marked.
func (p *Page) Marked() []actions.Subject {
	var out []actions.Subject
	for _, x := range p.Table().Marked() {
		if s, ok := x.subject(); ok {
			out = append(out, s)
		}
	}
	return out
}

// Subjects are the artifact, the environments that run it, its project.
func (p *One) Subjects() []actions.Subject {
	if p.item.row == nil && p.row != nil {
		return []actions.Subject{page.Of(&p.row.Dossier.Project)}
	}
	return p.item.subjects()
}
