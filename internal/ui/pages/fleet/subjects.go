package fleet

import (
	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/ui/page"
)

// Subjects is the project under the cursor.
func (p *Page) Subjects() []actions.Subject {
	r, ok := p.table.Current()
	if !ok {
		return []actions.Subject{page.OfPlatform(p.env.Backend.Profile())}
	}
	return []actions.Subject{page.Of(&r.Dossier.Project), page.OfPlatform(p.env.Backend.Profile())}
}

// Marked are the projects that are marked.
func (p *Page) Marked() []actions.Subject { return subjectsOf(p.table.Marked()) }

func subjectsOf(rows []*fleet.Row) []actions.Subject {
	var out []actions.Subject
	for _, r := range rows {
		out = append(out, page.Of(&r.Dossier.Project))
	}
	return out
}
