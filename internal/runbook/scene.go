package runbook

import (
	"slices"
	"strings"

	"dsotop/internal/platform"
)

// scene is what is known, on a selection: the dossier's parts that are selected, nil for those that are not.
type scene struct {
	Known
	sel Selection
	env *platform.EnvironmentFacts
	rep *platform.RepositoryFacts
	app *platform.Application
	wrk *platform.Workload
	pod *platform.Pod
}

func newScene(k Known, sel Selection) *scene {
	s := &scene{Known: k, sel: sel}
	d := k.Dossier
	if d == nil {
		return s
	}
	for i := range d.Environments {
		if e := &d.Environments[i]; sel.Environment != "" && (e.Name == sel.Environment || e.Namespace == sel.Environment) {
			s.env = e
		}
		for j := range d.Environments[i].Applications {
			if a := &d.Environments[i].Applications[j]; sel.Application != "" && (a.Key() == sel.Application || a.Name == sel.Application) {
				s.app = a
			}
		}
	}
	for i := range d.Applications {
		if a := &d.Applications[i]; s.app == nil && sel.Application != "" && (a.Key() == sel.Application || a.Name == sel.Application) {
			s.app = a
		}
	}
	for i := range d.Repositories {
		if sel.Repository != "" && d.Repositories[i].Name == sel.Repository {
			s.rep = &d.Repositories[i]
		}
	}
	if s.env != nil {
		for i := range s.env.Workloads {
			if w := &s.env.Workloads[i]; sel.Workload != "" && w.Kind+"/"+w.Name == sel.Workload {
				s.wrk = w
			}
		}
		for i := range s.env.Pods {
			if s.env.Pods[i].Name == sel.Pod {
				s.pod = &s.env.Pods[i]
			}
		}
	}
	return s
}

// missing returns the first family that a condition needs and that nobody told yet, with the source that should.
func (s *scene) missing(c *Cond) (family string, age platform.FactAge, missing bool) {
	for _, n := range c.Needs {
		f := platform.Family(n.Family)
		if s.Dossier == nil {
			return n.Family, age, true
		}
		if s.env != nil && (n.Of == "environment" || f == platform.FamWorkloads || f == platform.FamPods) {
			if s.env.Has(f) {
				continue
			}
			if a, ok := s.env.Known[f]; ok {
				return n.Family, a, true
			}
		}
		if !s.Dossier.Has(f) && !s.somewhere(f) {
			return n.Family, s.Dossier.Known[f], true
		}
	}
	return "", age, false
}

// somewhere reports whether an environment of the project has the family, when none is selected.
func (s *scene) somewhere(f platform.Family) bool {
	return s.env == nil && slices.ContainsFunc(s.Dossier.Environments, func(e platform.EnvironmentFacts) bool { return e.Has(f) })
}

// has reports whether a part of the selection is chosen and known.
func (s *scene) has(n Scope) bool {
	switch n {
	case ForProject:
		return s.Dossier != nil
	case ForEnvironment:
		return s.env != nil
	case ForRepository:
		return s.rep != nil
	case ForApplication:
		return s.app != nil
	case ForWorkload:
		return s.wrk != nil
	case ForPod:
		return s.pod != nil
	}
	return false
}

// describe is the selection in words: "agendaprefs / prod / agenda-web".
func (s *scene) describe() string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if s.Dossier != nil {
		p := s.Dossier.Project
		if p.Slug == "" {
			add(p.ID)
		}
		add(p.Slug)
	}
	if s.env != nil {
		add(s.env.Name)
	}
	if s.rep != nil {
		add(s.rep.Name)
	}
	if s.app != nil {
		add(s.app.Name)
	}
	if s.wrk != nil {
		add(s.wrk.Kind + "/" + s.wrk.Name)
	}
	if s.pod != nil {
		add(s.pod.Name)
	}
	return strings.Join(parts, " / ")
}

// context is what a ticket should carry: slug, environment, namespace, application, pipeline, commit, request id of the console's log.
func (s *scene) context() []Fact {
	var out []Fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, Fact{name, value})
		}
	}
	if s.Dossier != nil {
		add("project", s.Dossier.Project.Slug)
		add("project_id", s.Dossier.Project.ID)
	}
	if s.env != nil {
		add("environment", s.env.Name)
		add("namespace", s.env.Namespace)
		add("cluster", s.env.Cluster.Label)
	}
	if s.app != nil {
		add("argo_application", s.app.Name)
		add("argo_instance", s.app.Instance)
		if len(s.app.Revisions) > 0 {
			add("argo_revision", s.app.Revisions[0])
		}
	}
	if s.rep != nil {
		add("repository", s.rep.Name)
		if len(s.rep.Pipelines) > 0 {
			add("pipeline", s.rep.Pipelines[0].URL)
			add("commit", s.rep.Pipelines[0].SHA)
		}
	}
	if s.pod != nil {
		add("pod", s.pod.Name)
	}
	if s.Dossier != nil && len(s.Dossier.Log) > 0 {
		add("console_request", s.Dossier.Log[0].RequestID)
	}
	add("console_version", s.Console.Version)
	return out
}
