package findings

import (
	"math"
	"time"

	"dsotop/internal/platform"
)

// The shares of a quota, in whole percent as people read them, from which it is nearly and practically full.
const (
	quotaNear = 90
	quotaFull = 97
)

func quotaNearFull() Rule {
	return Rule{
		ID: "quota-near-full", Mode: "F16", Area: "quota", Runbook: "RB-13", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamQuota},
		Doc: Doc{
			What:     "An environment's quota is 90 % used or more (warning), 97 % or more (degraded).",
			Why:      "What is asked counts, not what is used: the next replica, roll-out or job may be refused, without any pod to show it.",
			Evidence: "What is used and what is allowed, for each resource that is nearly full.",
			Sources:  "kubernetes, or prometheus", Rights: "read resource quotas in Kubernetes, or metrics of the project's tenant",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				for j := range e.Quotas {
					q := &e.Quotas[j]
					ratio, resource := q.Fill()
					percent := int(math.Round(ratio * 100))
					if percent < quotaNear {
						continue
					}
					base := platform.SeverityWarning
					if percent >= quotaFull {
						base = platform.SeverityDegraded
					}
					f := platform.Finding{Severity: grade(e, base), Subject: in.subject(e, "quota", q.Name), Args: words("percent", itoa(percent), "resource", resource, "quota", q.Name)}
					for _, name := range []string{"limits.cpu", "limits.memory", "requests.cpu", "requests.memory"} {
						if q.Hard[name] > 0 && int(math.Round(q.Used[name]/q.Hard[name]*100)) >= quotaNear {
							f.Why = append(f.Why, in.coded(platform.FamQuota, e, "quota", time.Time{}, "resource", name, "used", quantity(name, q.Used[name]), "hard", quantity(name, q.Hard[name])))
						}
					}
					out = append(out, f)
				}
			}
			return out
		},
	}
}

func quantity(resource string, n float64) string {
	if resource == "limits.memory" || resource == "requests.memory" {
		return memory(n)
	}
	return amount(n)
}
