package application

import (
	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// Subjects are the resource under the cursor of the tree, the application, its environment, its project.
func (p *Page) Subjects() []actions.Subject {
	if p.app == nil {
		return nil
	}
	var out []actions.Subject
	if n := p.current(); p.tab == tabTree && n != nil {
		out = append(out, page.OfResource(p.row, p.app, n.Group, n.Kind, n.Namespace, n.Name))
	}
	out = append(out, page.OfApplication(p.row, p.app))
	return append(out, page.Around(p.row, p.app.DestNamespace)...)
}
