package findings

import (
	"strings"

	"dsotop/internal/platform"
)

func alertFiring() Rule {
	return Rule{
		ID: "alert-firing", Area: "alerts", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamAlerts},
		Doc: Doc{
			What:     "An alert of the project is firing and not silenced.",
			Why:      "The team asked to be told. Its own severity is kept, one step less outside production. Beneath the finding that explains it when there is one in the same namespace, or in the project when the alert names no namespace.",
			Evidence: "The alert, its labels that name the place, its summary.",
			Sources:  "alertmanager, or prometheus", Rights: "read alerts of the project's tenant",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Alerts {
				a := &in.Alerts[i]
				if !a.Firing() {
					continue
				}
				severity, ok := alertSeverity(a.Severity)
				if !ok {
					continue
				}
				e := in.alertEnvironment(a)
				switch {
				case e != nil:
					severity = grade(e, severity)
				case outsideProduction(a):
					severity = max(severity-1, platform.SeverityInfo)
				}
				f := platform.Finding{Severity: severity, Subject: in.subject(e, "alert", a.Name), Since: a.Since,
					Args: words("alert", a.Name, "level", a.Severity, "app", a.Labels["name"]), Why: []platform.Evidence{in.said(platform.FamAlerts, nil, "alert", a.Summary, a.Since, "alert", a.Name, "level", a.Severity)}}
				if e == nil {
					f.Subject.Namespace = a.Namespace
				}
				if a.Labels["pod"] != "" || a.Labels["container"] != "" || a.Labels["instance"] != "" { // the same alert on two things is two findings
					f.Subject.Name += " " + firstOf(a.Labels["pod"], a.Labels["container"], a.Labels["instance"])
				}
				out = append(out, f)
			}
			return dedupe(out)
		},
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// dedupe keeps one finding per key, the first: alerts may differ by labels that we do not show.
func dedupe(list []platform.Finding) []platform.Finding {
	seen := map[string]bool{}
	out := list[:0]
	for _, f := range list {
		if !seen[f.Key()] {
			seen[f.Key()] = true
			out = append(out, f)
		}
	}
	return out
}

// alertSeverity reads the words people write. An alert that is meant to fire always ("none") is not a finding.
func alertSeverity(word string) (platform.Severity, bool) {
	switch strings.ToLower(word) {
	case "critical", "page", "emergency", "disaster":
		return platform.SeverityCritical, true
	case "error", "major", "high":
		return platform.SeverityDegraded, true
	case "info", "information", "low", "notice":
		return platform.SeverityInfo, true
	case "none":
		return platform.SeverityOK, false
	}
	return platform.SeverityWarning, true
}

func (in *Input) alertEnvironment(a *platform.Alert) *platform.EnvironmentFacts {
	for i := range in.Environments {
		e := &in.Environments[i]
		if a.Namespace != "" && e.Namespace == a.Namespace {
			return e
		}
	}
	app := a.Labels["name"]
	if app == "" {
		return nil
	}
	for e, known := range in.apps() {
		if known.Name == app {
			return e
		}
	}
	return nil
}

// outsideProduction: an alert that names no environment may still come from the tenant of all environments but production.
func outsideProduction(a *platform.Alert) bool {
	for _, label := range []string{"tenant", "tenant_id", "__tenant_id__"} {
		if strings.HasPrefix(a.Labels[label], "hprod-") {
			return true
		}
	}
	return false
}
