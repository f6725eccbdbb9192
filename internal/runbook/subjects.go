package runbook

import (
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

// subjects are what a deed acts on.
func (s *scene) subjects(a *ActionStep, v values) ([]actions.Subject, Text) {
	gone := func(fr, en string) ([]actions.Subject, Text) { return nil, Text{FR: fr, EN: en} }
	if a.On == "platform" {
		return []actions.Subject{{Kind: actions.OnPlatform, ID: "platform", Name: "platform"}}, Text{}
	}
	if a.On == "projects" {
		var out []actions.Subject
		for _, d := range s.Dossiers {
			v.facts.Candidate = candidate(d, s.Console)
			if ok, err := a.Where.holds(v); err == nil && ok && !d.Project.Archived() && !d.Project.Derived {
				out = append(out, projectSubject(d))
			}
		}
		if len(out) == 0 {
			return gone("aucun projet ne répond à la condition", "no project meets the condition")
		}
		return out, Text{}
	}
	if s.Dossier == nil {
		return gone("le projet n'est pas connu", "the project is not known")
	}
	sub := projectSubject(s.Dossier)
	which, _ := a.Which.fill(v)
	production := func(e *platform.EnvironmentFacts) {
		sub.EnvironmentID, sub.Namespace, sub.Production = e.ID, e.Namespace, e.Production()
	}
	switch a.On {
	case "environment", "workload", "pod", "alert":
		if s.env != nil {
			production(s.env)
		}
	}
	slug := s.Dossier.Project.Slug
	switch a.On {
	case "project":
	case "environment":
		if s.env == nil {
			return gone("l'environnement n'est pas connu", "the environment is not known")
		}
		sub.Kind, sub.ID, sub.Name = actions.OnEnvironment, s.env.ID, slug+"/"+s.env.Name
	case "repository":
		if s.rep == nil {
			return gone("le dépôt n'est pas connu", "the repository is not known")
		}
		sub.Kind, sub.ID, sub.Name = actions.OnRepository, s.rep.ID, slug+"/"+s.rep.Name
	case "pipeline", "job":
		return s.pipeline(sub, a.On)
	case "application":
		if s.app == nil {
			return gone("l'application n'est pas connue", "the application is not known")
		}
		for i := range s.Dossier.Environments {
			if e := &s.Dossier.Environments[i]; e.ID != "" && e.ID == s.app.EnvironmentID {
				production(e)
			}
		}
		sub.Kind, sub.System, sub.ID, sub.Name, sub.Namespace = actions.OnApplication, s.app.Instance, s.app.Namespace+"/"+s.app.Name, s.app.Name, s.app.DestNamespace
	case "workload":
		if s.wrk == nil || s.env == nil {
			return gone("le contrôleur de pods n'est pas connu", "the workload is not known")
		}
		sub.Kind, sub.ID, sub.Name = actions.OnWorkload, s.wrk.Kind+"/"+s.wrk.Name, s.wrk.Name
	case "pod":
		if s.pod == nil || s.env == nil {
			return gone("le pod n'est pas connu", "the pod is not known")
		}
		sub.Kind, sub.ID, sub.Name = actions.OnPod, s.pod.Name, s.pod.Name
	case "artifact":
		return s.artifacts(sub, which)
	case "member":
		for _, p := range s.Dossier.Project.Members {
			if strings.EqualFold(p.Email, which) {
				sub.Kind, sub.ID, sub.Name = actions.OnMember, p.ID, p.Email
				return []actions.Subject{sub}, Text{}
			}
		}
		return gone("personne n'a cette adresse dans le projet : "+which, "nobody has this address in the project: "+which)
	case "alert":
		for _, al := range s.Dossier.Alerts {
			if al.Firing() && (which == "" || al.Name == which) && (s.env == nil || al.Namespace == s.env.Namespace) {
				sub.Kind, sub.ID, sub.Name = actions.OnAlert, al.Fingerprint, al.Name
				return []actions.Subject{sub}, Text{}
			}
		}
		return gone("aucune alerte ne sonne", "no alert is firing")
	case "chain":
		for _, c := range s.Dossier.Exposed {
			if which != "" && c.CommonName != which {
				continue
			}
			if c.State == "failed" || (sub.Kind != actions.OnChain && c.State != "success") {
				sub.Kind, sub.ID, sub.Name = actions.OnChain, c.ID, c.CommonName
			}
		}
		if sub.Kind != actions.OnChain {
			return gone("aucune chaîne d'exposition n'attend ni n'a échoué", "no chain of exposure waits or has failed")
		}
	default:
		return gone("ce carnet ne sait pas agir là-dessus", "this book cannot act on that")
	}
	return []actions.Subject{sub}, Text{}
}

func projectSubject(d *platform.Dossier) actions.Subject {
	p := d.Project
	return actions.Subject{Kind: actions.OnProject, ProjectID: p.ID, ID: p.ID, Name: p.Slug}
}

func (s *scene) pipeline(sub actions.Subject, on string) ([]actions.Subject, Text) {
	if s.rep == nil || len(s.rep.Pipelines) == 0 {
		return nil, Text{FR: "aucun pipeline n'est connu", EN: "no pipeline is known"}
	}
	p := s.rep.Pipelines[0]
	sub.Kind, sub.ID, sub.Name = actions.OnPipeline, p.Path+":"+number(p.ID), p.Repository+" #"+number(p.IID)
	if on == "job" {
		j, ok := p.FirstFailed()
		if !ok {
			return nil, Text{FR: "aucun job n'a échoué", EN: "no job failed"}
		}
		sub.Kind, sub.ID, sub.Name = actions.OnJob, p.Path+":"+number(j.ID), j.Name
	}
	return []actions.Subject{sub}, Text{}
}

// artifacts are the newest of what runs, else of the repository: the first one.
func (s *scene) artifacts(sub actions.Subject, which string) ([]actions.Subject, Text) {
	for i, x := range s.images(s.Dossier) {
		if which != "" && x.Repository != which && x.Digest != which {
			continue
		}
		if x.Running || which != "" || (s.rep != nil && x.Repository == s.rep.Name) {
			sub.Kind, sub.ID, sub.Name = actions.OnArtifact, x.Repository+"@"+s.Dossier.Images[i].Digest, s.Dossier.Project.Slug+"/"+x.Repository
			return []actions.Subject{sub}, Text{}
		}
	}
	return nil, Text{FR: "aucune image n'est connue", EN: "no image is known"}
}
