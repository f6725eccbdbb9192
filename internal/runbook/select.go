package runbook

import (
	"net/url"
	"slices"

	"dsotop/internal/platform"
)

// From makes a selection of a finding.
func From(f platform.Finding, d *platform.Dossier) Selection {
	s := Selection{ProjectID: f.Subject.ProjectID, Environment: f.Subject.Environment, Finding: f.Key()}
	if s.ProjectID == "" && d != nil {
		s.ProjectID = d.Project.ID
	}
	if d != nil && s.Environment == "" && f.Subject.Namespace != "" {
		for i := range d.Environments {
			if d.Environments[i].Namespace == f.Subject.Namespace {
				s.Environment = d.Environments[i].Name
			}
		}
	}
	switch f.Subject.Kind {
	case "repository", "pipeline", "image":
		s.Repository = f.Subject.Name
	case "application":
		s.Application = f.Subject.Name
	case "pod":
		s.Pod = f.Subject.Name
	case "workload":
		s.Workload = f.Subject.Name
		if d != nil {
			for i := range d.Environments {
				for _, w := range d.Environments[i].Workloads {
					if d.Environments[i].Name == s.Environment && (w.Name == f.Subject.Name || w.Kind+"/"+w.Name == f.Subject.Name) {
						s.Workload = w.Kind + "/" + w.Name
					}
				}
			}
		}
	}
	return s
}

// Options are what may stand in a part of a selection, best first.
func Options(n Scope, k Known, s Selection) []string {
	sc := newScene(k, s)
	var out []string
	if n == ForProject {
		for _, d := range k.Dossiers {
			if !d.Project.Archived() {
				out = append(out, d.Project.ID)
			}
		}
		return out
	}
	d := k.Dossier
	if d == nil {
		return nil
	}
	switch n {
	case ForEnvironment:
		for i := range d.Environments {
			if !d.Environments[i].Undeclared {
				out = append(out, d.Environments[i].Name)
			}
		}
		slices.SortStableFunc(out, func(a, b string) int { return findingsIn(k, b) - findingsIn(k, a) })
	case ForRepository:
		for i := range d.Repositories {
			out = append(out, d.Repositories[i].Name)
		}
	case ForApplication:
		var list []platform.Application
		for i := range d.Environments {
			if sc.env == nil || sc.env == &d.Environments[i] {
				list = append(list, d.Environments[i].Applications...)
			}
		}
		slices.SortStableFunc(list, func(a, b platform.Application) int { return trouble(b) - trouble(a) })
		for _, a := range list {
			out = append(out, a.Key())
		}
	case ForWorkload:
		if sc.env != nil {
			list := slices.Clone(sc.env.Workloads)
			slices.SortStableFunc(list, func(a, b platform.Workload) int { return lacks(b) - lacks(a) })
			for _, w := range list {
				out = append(out, w.Kind+"/"+w.Name)
			}
		}
	case ForPod:
		if sc.env != nil {
			list := slices.Clone(sc.env.Pods)
			slices.SortStableFunc(list, func(a, b platform.Pod) int { return ill(b) - ill(a) })
			for _, p := range list {
				out = append(out, p.Name)
			}
		}
	}
	return out
}

// findingsIn counts the findings that name an environment.
func findingsIn(k Known, env string) int {
	n := 0
	for _, f := range k.Findings {
		if f.Subject.Environment == env {
			n++
		}
	}
	return n
}

// sick are the environments that the findings of a book name.
func sick(b *Book, k Known) []string {
	var out []string
	for _, f := range k.Findings {
		if env := f.Subject.Environment; env != "" && (f.Runbook == b.ID || slices.Contains(b.Findings, f.ID)) && !slices.Contains(out, env) {
			out = append(out, env)
		}
	}
	return out
}

func trouble(a platform.Application) int {
	n := 0
	if a.Health == platform.HealthDegraded || a.Health == platform.HealthMissing {
		n += 2
	}
	if a.Sync != platform.SyncSynced {
		n++
	}
	if a.Operation.Phase == platform.OperationFailed || a.Operation.Phase == platform.OperationError {
		n += 2
	}
	if a.Type == platform.AppDeploy {
		n++
	}
	return n
}

func lacks(w platform.Workload) int {
	if w.Desired > w.Ready || len(w.Conditions) > 0 {
		return 1
	}
	return 0
}

func ill(p platform.Pod) int {
	if p.Healthy() {
		return 0
	}
	return 1
}

// With returns the selection with one part chosen.
func (s Selection) With(n Scope, value string) Selection {
	switch n {
	case ForProject:
		s.ProjectID = value
	case ForEnvironment:
		s.Environment = value
	case ForRepository:
		s.Repository = value
	case ForApplication:
		s.Application = value
	case ForWorkload:
		s.Workload = value
	case ForPod:
		s.Pod = value
	}
	return s
}

// Complete fills the parts that a book needs and that leave no choice, or that are plainly the sick one. It returns what a person must still choose, widest first.
func Complete(b *Book, k Known, s Selection) (Selection, []Scope) {
	var missing []Scope
	for _, n := range Scopes() {
		if !slices.Contains(b.Needs, n) || newScene(k, s).has(n) {
			continue
		}
		if n == ForEnvironment { // an application or a pod says which
			if sc := newScene(k, s); sc.app != nil && sc.app.EnvironmentName != "" {
				if s = s.With(n, sc.app.EnvironmentName); newScene(k, s).has(n) {
					continue
				}
			}
		}
		options := Options(n, k, s)
		if n == ForEnvironment { // the one that findings of this book name
			if named := sick(b, k); len(named) == 1 {
				options = named
			}
		}
		if one := n == ForApplication || n == ForWorkload || n == ForPod; len(options) == 1 || (one && len(options) > 0 && s.Finding != "") {
			if s = s.With(n, options[0]); newScene(k, s).has(n) {
				continue
			}
		}
		missing = append(missing, n)
	}
	return s, missing
}

// Key is the selection in one text, which ParseKey reads back; "" for the empty one.
func (s Selection) Key() string {
	q := url.Values{}
	for name, at := range s.parts() {
		if *at != "" {
			q.Set(name, *at)
		}
	}
	return q.Encode()
}

// ParseKey reads a selection's text. What it does not know is left out.
func ParseKey(key string) Selection {
	var s Selection
	q, err := url.ParseQuery(key)
	if err != nil {
		return s
	}
	for name, at := range s.parts() {
		*at = q.Get(name)
	}
	return s
}

func (s *Selection) parts() map[string]*string {
	return map[string]*string{"project": &s.ProjectID, "environment": &s.Environment, "repository": &s.Repository, "application": &s.Application, "workload": &s.Workload, "pod": &s.Pod, "finding": &s.Finding}
}

// Describe is a selection in words: "agendaprefs / prod".
func (s Selection) Describe(k Known) string { return newScene(k, s).describe() }
