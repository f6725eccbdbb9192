package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

// OfPlatform is the subject of the platform as a whole, whose console is acted on; name is the profile's.
func OfPlatform(name string) actions.Subject {
	return actions.Subject{Kind: actions.OnPlatform, ID: "console", Name: name}
}

// OfMember is the subject of somebody who belongs to a project.
func OfMember(p *platform.Project, who *platform.Person) actions.Subject {
	return actions.Subject{Kind: actions.OnMember, ProjectID: p.ID, ID: who.ID, Name: cmp.Or(who.Email, who.ID)}
}

// OfChain is the subject of a chain of exposure of a project.
func OfChain(p *platform.Project, c *platform.ServiceChain) actions.Subject {
	return actions.Subject{Kind: actions.OnChain, ProjectID: p.ID, ID: c.ID, Name: c.CommonName, Production: c.Env == "PROD"}
}

// OfArtifact is the subject of an artifact of a project's registry.
func OfArtifact(p *platform.Project, x *platform.Image) actions.Subject {
	return actions.Subject{Kind: actions.OnArtifact, ProjectID: p.ID, ID: x.Repository + "@" + x.Digest, Name: p.Slug + "/" + x.Repository}
}

// OfAlert is the subject of an alert; row may be nil. Where a ruler alone knows it, its name stands for it. What no environment explains is taken for production.
func OfAlert(row *fleet.Row, a *platform.Alert) actions.Subject {
	s := actions.Subject{Kind: actions.OnAlert, ProjectID: a.ProjectID, Namespace: a.Namespace, ID: cmp.Or(a.Fingerprint, a.Name), Name: a.Name, Production: production(row, a.Namespace)}
	if row != nil {
		s.ProjectID = row.Dossier.Project.ID
	}
	return s
}

// OfSilence is the subject of a silence that keeps an alert quiet; row may be nil.
func OfSilence(row *fleet.Row, a *platform.Alert, id string) actions.Subject {
	s := OfAlert(row, a)
	return actions.Subject{Kind: actions.OnSilence, ProjectID: s.ProjectID, ID: id, Name: a.Name, Production: s.Production}
}

// OfFinding are what a finding is about, the nearest first, as far as something may be done to it: a workload and the applications that deploy it, a repository and the
// newest run of its pipeline, a chain of exposure. The project itself is not among them.
func OfFinding(row *fleet.Row, f platform.Finding) []actions.Subject {
	d := row.Dossier
	var out []actions.Subject
	e := environmentIn(row, f.Subject.Namespace)
	switch f.Subject.Kind {
	case "workload":
		if e != nil {
			if kind := kindOf(e, f.Subject.Name); kind != "" {
				out = append(out, OfWorkload(row, e.Namespace, kind, f.Subject.Name))
			}
		}
	case "pod":
		if e != nil {
			out = append(out, OfPod(row, e.Namespace, f.Subject.Name))
		}
	case "application":
		for i := range d.Environments {
			for j := range d.Environments[i].Applications {
				if a := &d.Environments[i].Applications[j]; a.Name == f.Subject.Name && (e == nil || a.DestNamespace == e.Namespace) {
					out = append(out, OfApplication(row, a))
				}
			}
		}
	case "repository":
		for i := range d.Repositories {
			r := &d.Repositories[i]
			if r.Name != f.Subject.Name {
				continue
			}
			out = append(out, OfRepository(&d.Project, r))
			if len(r.Pipelines) > 0 {
				out = append(out, OfPipeline(d.Project.ID, &r.Pipelines[0]))
			}
		}
	case "alert":
		for i := range d.Alerts {
			if a := &d.Alerts[i]; a.Name == f.Subject.Name && (e == nil || a.Namespace == e.Namespace) {
				out = append(out, OfAlert(row, a))
				break
			}
		}
	case "exposure":
		for i := range d.Exposed {
			if c := &d.Exposed[i]; c.CommonName == f.Subject.Name {
				out = append(out, OfChain(&d.Project, c))
			}
		}
	case "person":
		for i := range d.Project.Members {
			if m := &d.Project.Members[i]; m.Name() == f.Subject.Name {
				out = append(out, OfMember(&d.Project, &m.Person))
			}
		}
	}
	if e == nil {
		return out
	}
	for i := range e.Applications {
		if s := OfApplication(row, &e.Applications[i]); !slices.ContainsFunc(out, func(o actions.Subject) bool { return o.Key() == s.Key() }) {
			out = append(out, s)
		}
	}
	if !e.Undeclared {
		out = append(out, OfEnvironment(&d.Project, e))
	}
	return out
}

// kindOf is the kind of the controller of a name in an environment: as the controllers say, else as its pods do; "" when nobody does.
func kindOf(e *platform.EnvironmentFacts, name string) string {
	for i := range e.Workloads {
		if e.Workloads[i].Name == name {
			return e.Workloads[i].Kind
		}
	}
	for i := range e.Pods {
		if e.Pods[i].WorkloadName == name {
			return e.Pods[i].WorkloadKind
		}
	}
	return ""
}

// Locate finds what a text names among the things of a kind:
//
//	project      slug or id
//	environment  slug/environment, or a namespace
//	repository   slug/repository
//	pipeline     slug/repository#812, by its number in the repository or its id
//	job          slug/repository#812/build, or #812/ and its id; of several attempts the newest
//	application  its name, or source/namespace/name
//	resource     application/Kind/name: in the namespace that the application deploys to; group/Kind/namespace/name after the application names it whole
//	workload     slug/environment/Kind/name
//	pod          slug/environment/name
//	artifact     slug/repository@digest, or slug/repository:tag
//	member       slug/address
//	alert        slug/environment/name, its fingerprint, or its name where only one bears it
//	silence      its id, or slug/id: some alerts are only read of a project that somebody looks at
//	chain        its common name, its id, or slug/common name
//	platform     anything
func Locate(v *fleet.View, kind actions.Kind, text string) (actions.Subject, bool) {
	none := actions.Subject{}
	head, rest, _ := strings.Cut(text, "/")
	row, isProject := v.Project(head)
	switch kind {
	case actions.OnPlatform:
		return OfPlatform(text), true
	case actions.OnProject:
		if isProject && rest == "" {
			return Of(&row.Dossier.Project), true
		}
	case actions.OnApplication:
		if r, a := application(v, text); a != nil {
			return OfApplication(r, a), true
		}
	case actions.OnResource:
		return resource(v, text)
	case actions.OnEnvironment, actions.OnPod, actions.OnWorkload:
		return inside(v, kind, text)
	case actions.OnRepository, actions.OnPipeline, actions.OnJob:
		if isProject {
			return inRepository(row, kind, rest)
		}
	case actions.OnArtifact:
		if isProject {
			return artifact(row, rest)
		}
	case actions.OnMember:
		if !isProject {
			return none, false
		}
		for i := range row.Dossier.Project.Members {
			if m := &row.Dossier.Project.Members[i]; m.ID == rest || strings.EqualFold(m.Email, rest) {
				return OfMember(&row.Dossier.Project, &m.Person), true
			}
		}
	case actions.OnChain:
		for _, r := range v.Projects {
			for i := range r.Dossier.Exposed {
				c := &r.Dossier.Exposed[i]
				if c.CommonName == text || c.ID == text || isProject && r == row && c.CommonName == rest {
					return OfChain(&r.Dossier.Project, c), true
				}
			}
		}
	case actions.OnAlert, actions.OnSilence:
		return alert(v, kind, text)
	}
	return none, false
}

func application(v *fleet.View, text string) (*fleet.Row, *platform.Application) {
	for _, r := range v.Projects {
		for i := range r.Dossier.Environments {
			for j := range r.Dossier.Environments[i].Applications {
				if a := &r.Dossier.Environments[i].Applications[j]; a.Name == text || a.Key() == text {
					return r, a
				}
			}
		}
	}
	return nil, nil
}

func resource(v *fleet.View, text string) (actions.Subject, bool) {
	name, rest, _ := strings.Cut(text, "/")
	r, a := application(v, name)
	if a == nil {
		return actions.Subject{}, false
	}
	switch parts := strings.Split(rest, "/"); len(parts) {
	case 2:
		group := ""
		switch parts[0] {
		case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
			group = "apps"
		case "Job", "CronJob":
			group = "batch"
		case "Rollout":
			group = "argoproj.io"
		}
		return OfResource(r, a, group, parts[0], a.DestNamespace, parts[1]), parts[1] != ""
	case 4:
		return OfResource(r, a, parts[0], parts[1], parts[2], parts[3]), parts[3] != ""
	}
	return actions.Subject{}, false
}

// inside finds an environment by its name in its project or by its namespace, or a pod or a controller in one.
func inside(v *fleet.View, kind actions.Kind, text string) (actions.Subject, bool) {
	none := actions.Subject{}
	parts := strings.Split(text, "/")
	row, e, ok := FindEnvironment(v, parts[0])
	rest := parts[1:]
	if !ok {
		if row, ok = v.Project(parts[0]); !ok || len(parts) < 2 {
			return none, false
		}
		if e, ok = v.Environment(row.Dossier.Project.ID, parts[1]); !ok {
			return none, false
		}
		rest = parts[2:]
	}
	switch {
	case kind == actions.OnEnvironment && len(rest) == 0:
		return OfEnvironment(&row.Dossier.Project, e), true
	case kind == actions.OnPod && len(rest) == 1 && rest[0] != "":
		return OfPod(row, e.Namespace, rest[0]), true
	case kind == actions.OnWorkload && len(rest) == 2 && rest[1] != "":
		return OfWorkload(row, e.Namespace, rest[0], rest[1]), true
	}
	return none, false
}

func inRepository(row *fleet.Row, kind actions.Kind, text string) (actions.Subject, bool) {
	d := row.Dossier
	name, number, numbered := strings.Cut(text, "#")
	number, job, _ := strings.Cut(number, "/")
	for i := range d.Repositories {
		r := &d.Repositories[i]
		if r.Name != name {
			continue
		}
		if kind == actions.OnRepository {
			return OfRepository(&d.Project, r), !numbered
		}
		for j := range r.Pipelines {
			x := &r.Pipelines[j]
			if is := func(n int64) bool { return strconv.FormatInt(n, 10) == number }; !is(x.IID) && !is(x.ID) {
				continue
			}
			if kind == actions.OnPipeline {
				return OfPipeline(d.Project.ID, x), job == ""
			}
			var found *platform.Job
			for k := range x.Jobs {
				if one := &x.Jobs[k]; (one.Name == job || strconv.FormatInt(one.ID, 10) == job) && (found == nil || one.ID > found.ID) {
					found = one
				}
			}
			if found != nil {
				return OfJob(d.Project.ID, x, found), true
			}
		}
	}
	return actions.Subject{}, false
}

func artifact(row *fleet.Row, text string) (actions.Subject, bool) {
	name, digest, by := strings.Cut(text, "@")
	tag := ""
	if !by {
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			name, tag = text[:i], text[i+1:]
		}
	}
	for i := range row.Dossier.Images {
		x := &row.Dossier.Images[i]
		if x.Repository == name && (by && x.Digest == digest || tag != "" && slices.ContainsFunc(x.Tags, func(t platform.Tag) bool { return t.Name == tag })) {
			s := OfArtifact(&row.Dossier.Project, x)
			for j := range row.Dossier.Environments {
				e := &row.Dossier.Environments[j]
				s.Production = s.Production || e.Production() && slices.ContainsFunc(e.Pods, func(p platform.Pod) bool {
					return slices.ContainsFunc(p.Containers, func(c platform.Container) bool { return c.Digest == x.Digest || slices.Contains(x.Children, c.Digest) })
				})
			}
			return s, true
		}
	}
	return actions.Subject{}, false
}

// alert finds an alert, or one of the silences of one. A name that several bear names none of them.
func alert(v *fleet.View, kind actions.Kind, text string) (actions.Subject, bool) {
	var found actions.Subject
	n := 0
	look := func(row *fleet.Row, list []platform.Alert) {
		for i := range list {
			a := &list[i]
			if kind == actions.OnSilence {
				if id := text[strings.LastIndexByte(text, '/')+1:]; slices.Contains(a.Silences, id) {
					found, n = OfSilence(row, a, id), 1
				}
				continue
			}
			place := ""
			if e := environmentIn(row, a.Namespace); e != nil {
				place = row.Dossier.Project.Slug + "/" + e.Name + "/" + a.Name
			}
			switch {
			case a.Fingerprint != "" && a.Fingerprint == text:
				found, n = OfAlert(row, a), -1<<30
			case a.Name == text || place == text:
				found, n = OfAlert(row, a), n+1
			}
		}
	}
	for _, r := range v.Projects {
		look(r, r.Dossier.Alerts)
	}
	look(nil, v.Platform)
	return found, n == 1 || n < 0
}
