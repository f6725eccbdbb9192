package page

import (
	"strconv"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

// Journal is the kind of the page of what was done; its key is "".
const Journal = "actions"

// Doer is a backend that does deeds.
type Doer interface {
	// Hand is never nil.
	Hand() *actions.Hand
}

// Actor is a page on which something may be done.
type Actor interface {
	// Subjects are what may be acted on here, the nearest first: the pod under the cursor, its workload, its environment, its project.
	Subjects() []actions.Subject
}

// Marker is an Actor in which several things can be marked, to be acted on together.
type Marker interface {
	// Marked are what is marked, in order; nil when nothing is.
	Marked() []actions.Subject
}

// Of is the subject of a project.
func Of(p *platform.Project) actions.Subject {
	return actions.Subject{Kind: actions.OnProject, ProjectID: p.ID, ID: p.ID, Name: p.Slug}
}

// OfEnvironment is the subject of an environment of a project.
func OfEnvironment(p *platform.Project, e *platform.EnvironmentFacts) actions.Subject {
	return actions.Subject{Kind: actions.OnEnvironment, ProjectID: p.ID, EnvironmentID: e.ID, Namespace: e.Namespace, ID: e.ID, Name: p.Slug + "/" + e.Name, Production: e.Production()}
}

// OfApplication is the subject of an Argo CD application; row may be nil.
func OfApplication(row *fleet.Row, a *platform.Application) actions.Subject {
	s := actions.Subject{Kind: actions.OnApplication, System: a.Instance, ProjectID: a.ProjectID, EnvironmentID: a.EnvironmentID, Namespace: a.DestNamespace, ID: a.Namespace + "/" + a.Name, Name: a.Name}
	s.Production = production(row, a.DestNamespace)
	return s
}

// OfResource is the subject of a resource of an application.
func OfResource(row *fleet.Row, a *platform.Application, group, kind, namespace, name string) actions.Subject {
	s := OfApplication(row, a)
	s.Kind, s.ID, s.Name = actions.OnResource, group+"/"+kind+"/"+namespace+"/"+name, name
	return s
}

// OfWorkload is the subject of a controller of pods.
func OfWorkload(row *fleet.Row, namespace, kind, name string) actions.Subject {
	s := inNamespace(row, namespace)
	s.Kind, s.ID, s.Name = actions.OnWorkload, kind+"/"+name, name
	return s
}

// OfPod is the subject of a pod.
func OfPod(row *fleet.Row, namespace, name string) actions.Subject {
	s := inNamespace(row, namespace)
	s.Kind, s.ID, s.Name = actions.OnPod, name, name
	return s
}

// OfRepository is the subject of a repository of a project.
func OfRepository(p *platform.Project, r *platform.RepositoryFacts) actions.Subject {
	return actions.Subject{Kind: actions.OnRepository, ProjectID: p.ID, ID: r.ID, Name: p.Slug + "/" + r.Repository.Name}
}

// OfPipeline is the subject of a pipeline.
func OfPipeline(projectID string, p *platform.Pipeline) actions.Subject {
	return actions.Subject{Kind: actions.OnPipeline, ProjectID: projectID, ID: p.Path + ":" + strconv.FormatInt(p.ID, 10), Name: p.Repository + " #" + strconv.FormatInt(p.IID, 10)}
}

// OfJob is the subject of a job of a pipeline.
func OfJob(projectID string, p *platform.Pipeline, j *platform.Job) actions.Subject {
	return actions.Subject{Kind: actions.OnJob, ProjectID: projectID, ID: p.Path + ":" + strconv.FormatInt(j.ID, 10), Name: j.Name}
}

func inNamespace(row *fleet.Row, namespace string) actions.Subject {
	s := actions.Subject{Namespace: namespace, Production: production(row, namespace)}
	if row != nil {
		s.ProjectID = row.Dossier.Project.ID
		if e := environmentIn(row, namespace); e != nil {
			s.EnvironmentID = e.ID
		}
	}
	return s
}

func environmentIn(row *fleet.Row, namespace string) *platform.EnvironmentFacts {
	if row == nil {
		return nil
	}
	for i := range row.Dossier.Environments {
		if e := &row.Dossier.Environments[i]; e.Namespace == namespace {
			return e
		}
	}
	return nil
}

// production reports whether a namespace serves production; one that nobody explains is taken for it.
func production(row *fleet.Row, namespace string) bool {
	e := environmentIn(row, namespace)
	return e == nil || e.Undeclared || e.Production()
}

// Around are the environment and the project of a namespace, as further subjects.
func Around(row *fleet.Row, namespace string) []actions.Subject {
	if row == nil {
		return nil
	}
	var out []actions.Subject
	if e := environmentIn(row, namespace); e != nil {
		if !e.Undeclared {
			out = append(out, OfEnvironment(&row.Dossier.Project, e))
		}
	}
	return append(out, Of(&row.Dossier.Project))
}
