package project

import (
	"cmp"

	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// Subjects are what is under the cursor of the tab in front, then the project.
func (p *Page) Subjects() []actions.Subject {
	if p.row == nil {
		return nil
	}
	project := &p.row.Dossier.Project
	mine := page.Of(project)
	if n := p.inside(); n != nil {
		out := n.Subjects()
		for _, s := range out {
			if s.Key() == mine.Key() {
				return out
			}
		}
		return append(out, mine)
	}
	switch p.tab {
	case tabRepositories:
		if r, ok := p.repos.Current(); ok {
			return []actions.Subject{page.OfRepository(project, r.RepositoryFacts), mine}
		}
	case tabEnvironments:
		if x, ok := p.envs.Current(); ok && !x.Undeclared {
			return []actions.Subject{page.OfEnvironment(project, x.EnvironmentFacts), mine}
		}
	case tabTeam:
		if x, ok := p.people.Current(); ok {
			return []actions.Subject{{Kind: actions.OnMember, ProjectID: project.ID, ID: x.ID, Name: cmp.Or(x.Email, x.ID)}, mine}
		}
	}
	return []actions.Subject{mine}
}

// Marked are what is marked in the tab in front.
func (p *Page) Marked() []actions.Subject {
	if n := p.inside(); n != nil {
		return n.Marked()
	}
	if p.row == nil || p.tab != tabRepositories {
		return nil
	}
	var out []actions.Subject
	for _, r := range p.repos.Marked() {
		out = append(out, page.OfRepository(&p.row.Dossier.Project, r.RepositoryFacts))
	}
	return out
}
