package findings

import (
	"slices"
	"time"

	"dsotop/internal/platform"
)

// Lines about unreachable things: how many in how long are worth a word.
const (
	timeoutLines  = 3
	timeoutWindow = time.Hour
)

// cutOff are the words of programs that get no answer from the network.
func cutOff(text string) bool {
	return containsAny(text, "connection timed out", "connect timed out", "i/o timeout", "etimedout", "connecttimeout", "connection timeout", "no route to host", "ehostunreach", "dial tcp: lookup", "enotfound", "eai_again", "temporary failure in name resolution", "could not resolve host", "délai de connexion")
}

func networkRefused() Rule {
	return Rule{
		ID: "network-refused", Mode: "F24", Area: "pods", Runbook: "RB-18", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamPods, platform.FamLogErrors},
		Doc: Doc{
			What:     "A container whose pods are well says again and again that something does not answer.",
			Why:      "Namespaces refuse all traffic but that of their own pods: a database, a service or the Internet must be opened by the project's own NetworkPolicy, or by a flow of the host. Probes stay green meanwhile.",
			Evidence: "The lines, three or more in the last hour.",
			Sources:  "loki; " + podSources, Rights: "read the logs of the project's tenant; " + readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				count := map[string]int{}
				var order []string
				last, oldest := map[string]platform.LogLine{}, map[string]time.Time{}
				for _, l := range e.LogErrors {
					if in.now.Sub(l.At) > timeoutWindow || !cutOff(l.Text) {
						continue
					}
					if count[l.Container] == 0 {
						order, last[l.Container] = append(order, l.Container), l
					}
					count[l.Container]++
					oldest[l.Container] = l.At // newest first
				}
				for _, c := range order {
					if count[c] < timeoutLines || !in.allWell(e, c) {
						continue
					}
					in.Past(last[c].At.Add(timeoutWindow))
					out = append(out, platform.Finding{Severity: grade(e, platform.SeverityDegraded), Confidence: platform.Probable, Subject: in.subject(e, "container", c), Since: oldest[c], Args: words("container", c, "count", itoa(count[c])),
						Why: []platform.Evidence{in.said(platform.FamLogErrors, e, "log_line", last[c].Text, last[c].At, "container", c)}})
				}
			}
			return out
		},
	}
}

// allWell: there are pods with the container, and all of them do what is asked.
func (in *Input) allWell(e *platform.EnvironmentFacts, container string) bool {
	met := false
	for i := range e.Pods {
		p := &e.Pods[i]
		if p.Finished() || !slices.ContainsFunc(p.Containers, func(c platform.Container) bool { return c.Name == container }) {
			continue
		}
		if !p.Healthy() {
			return false
		}
		met = true
	}
	return met
}

// jobWindow is how long the end of a job is worth a word.
const jobWindow = 24 * time.Hour

func jobFailed() Rule {
	return Rule{
		ID: "job-failed", Mode: "F25", Area: "pods", Runbook: "RB-17", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamEvents},
		Doc: Doc{
			What:     "A Job failed for good in the last day.",
			Why:      "Jobs are deleted 15 minutes after their end, with their pods: Argo CD shows nothing any more, and their lines are only in Loki. A nightly backup or loading fails so without a trace.",
			Evidence: "The controller's event.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				for k := range e.Events {
					ev := &e.Events[k]
					if ev.Kind != "Job" || !jobEnds(ev.Reason) || in.Past(ev.Last.Add(jobWindow)) {
						continue
					}
					out = append(out, platform.Finding{Severity: grade(e, platform.SeverityDegraded), Subject: in.subject(e, "job", ev.Name), Since: ev.First, Args: words("workload", ev.Name, "reason", ev.Reason),
						Why: []platform.Evidence{in.said(platform.FamEvents, e, "event", ev.Message, ev.Last, "reason", ev.Reason, "object", "Job "+ev.Name)}})
				}
			}
			return out
		},
	}
}

// jobEnds: the Job controller gives its event the reason of the condition by which a Job failed.
func jobEnds(reason string) bool {
	switch reason {
	case "BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy", "FailedIndexes", "MaxFailedIndexesExceeded":
		return true
	}
	return false
}

// keptTags is how many images of a repository the platform keeps at least (platform facts §2.6): with fewer nothing is purged.
const keptTags = 10

func tagNextToGo() Rule {
	return Rule{
		ID: "tag-next-to-go", Mode: "F13", Area: "images", Runbook: "RB-10", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamPods, platform.FamImages},
		Doc: Doc{
			What:     "The image that runs is the oldest of its repository, which holds ten images or more: retention takes it next, and there is none to go back to.",
			Why:      "The next pushes remove it: from then on no pod of it can be started anew. What runs should be kept by an immutable tag, or production be brought forward.",
			Evidence: "The image that runs, when it was pushed, how many are newer. Probable: how many retention keeps is read on demand only.",
			Sources:  podSources + "; harbor", Rights: readPods + "; " + readImages + readDigest,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, r := range in.runningImages() {
				if r.runs == nil || !r.ours || r.count < keptTags || r.runs.PushedAt.IsZero() || r.runs.OlderLeft || !production(r.env) {
					continue
				}
				newer := 0
				for i := range in.Images {
					if img := &in.Images[i]; img.Repository == r.ref.repository && img.PushedAt.After(r.runs.PushedAt) {
						newer++
					}
				}
				if newer < r.count-1 {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(r.env, platform.SeverityWarning), Confidence: platform.Probable, Subject: in.subject(r.env, "workload", r.workload()),
					Args: words("workload", r.workload(), "image", r.image(), "repository", r.ref.repository, "tag", tagOrDigest(r.ref), "count", itoa(r.count-1)),
					Why: []platform.Evidence{in.coded(platform.FamPods, r.env, "runs", r.oldest, "image", r.image(), "count", itoa(r.pods)),
						in.coded(platform.FamImages, nil, "newer_images", r.runs.PushedAt, "repository", r.ref.repository, "count", itoa(r.count-1))}})
			}
			return out
		},
	}
}

// silence is how long pods may run before their metrics must be there.
const silence = 15 * time.Minute

func environmentSilent() Rule {
	return Rule{
		ID: "environment-silent", Area: "observability", Runbook: "RB-20", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods have run for a quarter of an hour, and metrics know nothing of them although other environments of the same tenant have theirs.",
			Why:      "Nothing is measured there: no alert can fire, no graph will help on the day it is needed. The collector of that cluster is cut off, or the namespace is not in its tenant.",
			Evidence: "The pods that run, and the environment of the same tenant that is measured.",
			Sources:  "prometheus; " + podSources, Rights: "metrics of the project's tenant; " + readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				if e.Usage != nil || e.Undeclared {
					continue
				}
				var sibling *platform.EnvironmentFacts
				for k := range in.Environments {
					if o := &in.Environments[k]; o.Usage != nil && o.Production() == e.Production() && o.Known[platform.FamUsage].State == platform.StateLive {
						sibling = o
					}
				}
				if sibling == nil {
					continue
				}
				n, since := 0, time.Time{}
				for k := range e.Pods {
					if p := &e.Pods[k]; p.Phase == "Running" && !p.CreatedAt.IsZero() && !sibling.Usage.At.Before(p.CreatedAt.Add(silence)) { // by then its metrics were asked for
						n++
						since = earlier(since, p.CreatedAt)
					}
				}
				if n == 0 {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(e, platform.SeverityWarning), Confidence: platform.Probable, Subject: in.subject(e, "environment", e.Name), Args: words("count", itoa(n), "other", sibling.Name),
					Why: []platform.Evidence{in.coded(platform.FamPods, e, "pods_run", since, "count", itoa(n)), in.coded(platform.FamUsage, sibling, "measured", sibling.Usage.At, "environment", sibling.Name)}})
			}
			return out
		},
	}
}
