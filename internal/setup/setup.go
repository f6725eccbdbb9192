// Package setup makes a first configuration: what is asked in which order, what follows from a console, and the file itself. It knows no
// terminal and calls no system: who asks, and who tests an answer, are given.
package setup

import (
	"slices"
	"strings"

	"dsotop/internal/config"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// Outline is what a console knows of the systems around it.
type Outline struct {
	Zones    []platform.Zone
	Clusters []platform.Cluster
	Links    map[string]string // address by kind
	Root     string            // GitLab's group of the projects
}

// Draft is a configuration being made: one profile.
type Draft struct {
	Profile  string
	Language string // "fr", "en"; "" leaves it to the locale
	Sources  []config.Source
	// Write opens writing: deeds may be done. Read-only otherwise.
	Write bool
	// Grafana is the address under which the projects' Grafana instances are; "" when the console names none.
	Grafana string
	// Missing are clusters of the console that no context of the kubeconfig has the name of: written as a comment, to be completed.
	Missing []string
}

// Of returns the source of a kind and name; nil when there is none.
func (d *Draft) Of(kind, name string) *config.Source {
	for i := range d.Sources {
		if d.Sources[i].Kind == kind && d.Sources[i].Name == name {
			return &d.Sources[i]
		}
	}
	return nil
}

// Put adds a source, or takes the place of the one of the same kind and name.
func (d *Draft) Put(s config.Source) {
	if old := d.Of(s.Kind, s.Name); old != nil {
		*old = s
		return
	}
	d.Sources = append(d.Sources, s)
	slices.SortStableFunc(d.Sources, func(a, b config.Source) int {
		return slices.Index(config.Kinds(), a.Kind) - slices.Index(config.Kinds(), b.Kind)
	})
}

// Reference is the usual place of a system's secret: a variable named after it.
func Reference(kind, name string) secret.Ref {
	variable := map[string]string{
		"console": "DSO_TOKEN", "gitlab": "GITLAB_TOKEN", "sonarqube": "SONAR_TOKEN", "harbor": "HARBOR_PASSWORD", "argocd": "ARGOCD_TOKEN",
		"loki": "OBS_TOKEN", "prometheus": "OBS_TOKEN", "alertmanager": "OBS_TOKEN",
	}[kind]
	if variable == "" {
		return secret.Ref{}
	}
	if name != "" {
		word, last, _ := strings.Cut(variable, "_")
		variable = word + "_" + letters(name) + "_" + last
	}
	return secret.Ref{Scheme: "env", Target: variable}
}

// letters makes a name fit for a variable.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9'):
			return r
		}
		return '_'
	}, name)
}

// Derived are the sources that follow from what a console knows: one Argo CD per zone, the systems its links lead to, and the clusters that
// the kubeconfig has a context for, by the name of their label. missing are the other clusters.
func Derived(o Outline, kubeconfig string, contexts []string) (out []config.Source, missing []string) {
	for _, kind := range []string{"gitlab", "sonarqube", "harbor"} {
		if o.Links[kind] == "" {
			continue
		}
		s := config.Source{Kind: kind, URL: o.Links[kind], Auth: config.Auth{Secret: Reference(kind, "")}}
		if kind == "gitlab" {
			s.Root = o.Root
		}
		out = append(out, s)
	}
	for _, z := range o.Zones {
		if z.ArgoURL == "" {
			continue
		}
		out = append(out, config.Source{Kind: "argocd", Name: z.Slug, URL: strings.TrimSuffix(z.ArgoURL, "/"), Auth: config.Auth{Secret: Reference("argocd", z.Slug)}})
	}
	for _, c := range o.Clusters {
		if slices.Contains(contexts, c.Label) {
			out = append(out, config.Source{Kind: "kubernetes", Name: c.Label, Kubeconfig: kubeconfig, Context: c.Label})
		} else if c.Label != "" {
			missing = append(missing, c.Label)
		}
	}
	return out, missing
}
