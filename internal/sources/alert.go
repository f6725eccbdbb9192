package sources

import (
	"cmp"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// Alert makes the noun of what rulers and Alertmanagers say alike: labels and annotations, read in a tenant ("" when there is
// none). It is cleaned, and joined as far as the labels prove: a namespace of ours, else the tenant. State, times and silences
// are the caller's.
func Alert(labels, annotations map[string]string, tenant string) platform.Alert {
	a := platform.Alert{Labels: make(map[string]string, len(labels))}
	for name, value := range labels {
		a.Labels[platform.CleanLine(name)] = platform.CleanLine(value)
	}
	for name, value := range annotations {
		if a.Annotations == nil {
			a.Annotations = make(map[string]string, len(annotations))
		}
		a.Annotations[platform.CleanLine(name)] = secret.Scrub(platform.CleanLine(value)) // people write addresses with passwords into annotations
	}
	a.Name, a.Severity = a.Labels["alertname"], a.Labels["severity"]
	summary := cmp.Or(annotations["summary"], annotations["description"], annotations["message"])
	a.Summary = secret.Scrub(platform.CleanLine(summary))
	// Series that were relabelled carry the namespace of the object in exported_namespace, and the exporter's own in namespace.
	for _, name := range []string{"exported_namespace", "namespace"} {
		value := a.Labels[name]
		if _, project, ok := platform.ParseNamespace(value); ok {
			a.Namespace, a.ProjectID = value, project
			break
		}
		if a.Namespace == "" {
			a.Namespace = value
		}
	}
	if project, _, ok := platform.ParseTenant(tenant); ok && a.ProjectID == "" {
		a.ProjectID = project
	}
	// tenant_id is "<prod|hprod>-<slug>", not the tenant; refapp is what teams route by, often the slug.
	slug := a.Labels["tenant_id"]
	if rest, ok := strings.CutPrefix(slug, "hprod-"); ok {
		slug = rest
	} else {
		slug = strings.TrimPrefix(slug, "prod-")
	}
	a.ProjectSlug = cmp.Or(slug, a.Labels["refapp"])
	return a
}
