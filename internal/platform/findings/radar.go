package findings

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// robotEnded is how long a robot that is over is worth a word: longer ago nobody misses it.
const robotEnded = 30 * 24 * time.Hour

func robotExpiring() Rule {
	return Rule{
		ID: "robot-expiring", Area: "images", Runbook: "RB-12", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamRobots},
		Doc: Doc{
			What:     "A robot account of the project's registry ends within 30 days, ended in the last 30, or is one of the platform's and was disabled.",
			Why:      "Images can no longer be pushed by the pipelines (`rw-robot`) or pulled by the pods (`ro-robot`) from that moment: the next restart fails. The platform makes its robots without an end; one with an end was made, or changed, by hand.",
			Evidence: "The robot, its end or that it is disabled.",
			Sources:  "harbor", Rights: "project administrator in Harbor, to list robots; `ro-robot` and `rw-robot` may not",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, r := range in.Robots {
				_, name, _ := strings.Cut(r.Name, "+")
				own := name == "ro-robot" || name == "rw-robot" || name == "project-robot"
				f := platform.Finding{Subject: in.subject(nil, "robot", r.Name), Args: words("robot", r.Name, "date", r.ExpiresAt.UTC().Format(time.DateOnly))}
				switch {
				case r.Disabled && own:
					f.Severity, f.Args = platform.SeverityDegraded, words("robot", r.Name)
					f.Why = []platform.Evidence{in.coded(platform.FamRobots, nil, "robot_disabled", time.Time{}, "robot", r.Name)}
				case r.Disabled || r.ExpiresAt.IsZero() || !in.Past(r.ExpiresAt.Add(-expiryNotice)) || in.Past(r.ExpiresAt.Add(robotEnded)):
					continue
				default:
					f.Severity = platform.SeverityInfo
					if own {
						f.Severity = platform.SeverityWarning
					}
					if in.Past(r.ExpiresAt) {
						f.Severity++
						f.Since = r.ExpiresAt
					}
					f.Why = []platform.Evidence{in.coded(platform.FamRobots, nil, "robot_ends", time.Time{}, "robot", r.Name, "date", r.ExpiresAt.UTC().Format(time.DateOnly))}
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func policyDebt() Rule {
	return Rule{
		ID: "policy-debt", Mode: "F15", Area: "pods", Runbook: "RB-09", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamUsage},
		Doc: Doc{
			What:     "Objects of an environment break policies that production enforces: their deployment there would be refused.",
			Why:      "Outside production Kyverno only reports (AUDIT); production refuses (ENFORCE). The first deployment to production is where projects break, though it could have been read months before.",
			Evidence: "The policies and how many objects break each, from the reports of the environment that breaks most. A warning when production is declared and nothing runs there yet, otherwise information.",
			Sources:  "prometheus (`policy_report_result`)", Rights: "metrics of the project's tenant",
		},
		Check: func(in *Input) []platform.Finding {
			var worst *platform.EnvironmentFacts
			most := 0
			waiting := false
			for i := range in.Environments {
				e := &in.Environments[i]
				if production(e) {
					waiting = waiting || !e.Undeclared && e.Has(platform.FamPods) && len(e.Pods) == 0
					continue
				}
				if e.Usage == nil {
					continue
				}
				n := 0
				for _, p := range e.Usage.Debt {
					if platform.EnforcedPolicy(p.Policy) {
						n += p.Objects
					}
				}
				if n > most {
					worst, most = e, n
				}
			}
			if worst == nil {
				return nil
			}
			var names []string
			f := platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(worst, "environment", worst.Name)}
			if waiting {
				f.Severity = platform.SeverityWarning
			}
			for _, p := range worst.Usage.Debt {
				if platform.EnforcedPolicy(p.Policy) && p.Objects > 0 {
					names = append(names, p.Policy)
					f.Why = append(f.Why, in.coded(platform.FamUsage, worst, "policy_broken", time.Time{}, "policy", p.Policy, "count", itoa(p.Objects)))
				}
			}
			slices.Sort(names)
			f.Args = words("count", itoa(len(names)), "objects", itoa(most), "policies", strings.Join(names, ", "))
			return []platform.Finding{f}
		},
	}
}

// quiet is how long pods may run without a line: an hour, in which even probes leave some in most programs.
const quiet = time.Hour

func logsSilent() Rule {
	return Rule{
		ID: "logs-silent", Area: "observability", Runbook: "RB-20", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamPods, platform.FamLogErrors},
		Doc: Doc{
			What:     "Pods have run for more than an hour, and Loki has no line of their namespace in that hour.",
			Why:      "The day it fails nothing will tell why. The collector of that cluster is cut off, or the program writes to files; the history of the pods is lost with them.",
			Evidence: "The pods that run, and since when Loki was looked at. Probable: a program may have nothing to say. Its limits: Loki is asked only for the namespaces of a project that somebody looks at (a page in front, `dsotop status` of it, `watch`), one hour back and no further; a collector that lags by more than an hour looks cut off; a namespace with one chatty container hides that another is silent.",
			Sources:  "loki; " + podSources, Rights: "read the logs of the project's tenant; " + readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				p := e.Pulse
				if p == nil || e.Undeclared || !p.Last.IsZero() || p.At.Sub(p.From) < quiet || in.now.Sub(p.At) > quiet {
					continue
				}
				n, since := 0, time.Time{}
				for k := range e.Pods {
					if x := &e.Pods[k]; x.Phase == "Running" && !x.CreatedAt.IsZero() && x.CreatedAt.Before(p.From) {
						n++
						since = earlier(since, x.CreatedAt)
					}
				}
				if n == 0 {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(e, platform.SeverityWarning), Confidence: platform.Probable, Subject: in.subject(e, "environment", e.Name), Args: words("count", itoa(n)),
					Why: []platform.Evidence{in.coded(platform.FamPods, e, "pods_run", since, "count", itoa(n)), in.coded(platform.FamLogErrors, e, "no_line", p.From)}})
			}
			return out
		},
	}
}
