package gitops

import (
	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/ui/page"
)

// Subjects are the application under the cursor, its environment, its project.
func (p *Page) Subjects() []actions.Subject {
	x, ok := p.Table().Current()
	if !ok {
		return nil
	}
	row := p.rowOf(x)
	return append([]actions.Subject{page.OfApplication(row, x.Application)}, page.Around(row, x.DestNamespace)...)
}

// Marked are the applications that are marked.
func (p *Page) Marked() []actions.Subject {
	var out []actions.Subject
	for _, x := range p.Table().Marked() {
		out = append(out, page.OfApplication(p.rowOf(x), x.Application))
	}
	return out
}

func (p *Page) rowOf(x app) *fleet.Row {
	if x.project == "" {
		return nil
	}
	row, _ := p.View().Project(x.project)
	return row
}
