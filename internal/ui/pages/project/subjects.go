package project

import (
	"strings"

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
			return []actions.Subject{page.OfMember(project, &x.Person), mine}
		}
	case tabSummary:
		return p.summarySubjects(mine)
	}
	return []actions.Subject{mine}
}

// summarySubjects are what the cursor of the summary is on, then the project.
func (p *Page) summarySubjects(mine actions.Subject) []actions.Subject {
	key := p.summary.Current()
	if f, ok := p.finding(key); ok {
		return append(page.OfFinding(p.row, f), mine)
	}
	if id, ok := strings.CutPrefix(key, keyExposed); ok {
		for i := range p.row.Dossier.Exposed {
			if c := &p.row.Dossier.Exposed[i]; c.ID == id {
				return []actions.Subject{page.OfChain(&p.row.Dossier.Project, c), mine}
			}
		}
	}
	if name, ok := strings.CutPrefix(key, keyTruth); ok {
		return append(p.repositorySubjects(name), mine)
	}
	if ns, ok := strings.CutPrefix(key, keyEnv); ok {
		return page.Around(p.row, ns)
	}
	if x, ok := p.chain(key); ok {
		out := p.repositorySubjects(x.Repository)
		return append(out, page.Around(p.row, x.Namespace)...)
	}
	return []actions.Subject{mine}
}

// repositorySubjects are a repository and the newest run of its pipeline.
func (p *Page) repositorySubjects(name string) []actions.Subject {
	d := p.row.Dossier
	var out []actions.Subject
	for i := range d.Repositories {
		if r := &d.Repositories[i]; r.Name == name {
			out = append(out, page.OfRepository(&d.Project, r))
			if len(r.Pipelines) > 0 {
				out = append(out, page.OfPipeline(d.Project.ID, &r.Pipelines[0]))
			}
		}
	}
	return out
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
