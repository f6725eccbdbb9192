package findings

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// refusedFor is how long a refusal to create pods counts after it was last seen.
const refusedFor = time.Hour

func quotaWords(text string) bool {
	return containsAny(text, "exceeded quota", "must specify limits", "must specify requests", "failed quota", "must specify cpu", "must specify memory")
}

// policyWords are the words of the policy engine: its webhook, or the messages of the platform's policies.
func policyWords(text string) bool {
	return containsAny(text, "kyverno", "missing labels:", "an image tag is required", "using a mutable image tag", "hostpath volumes are forbidden", "pvc size should not exceed", "unknown image registry",
		"all containers must have cpu and memory resource requests and limits", "liveness, readiness, or startup probes are required", "blocked due to the following policies")
}

type refusal struct {
	env      *platform.EnvironmentFacts
	workload string
	kind     string
	text     string
	since    time.Time
	last     time.Time
	family   platform.Family
}

// refusals lists the workloads whose pods the cluster refuses to create for the given kind of reason: from the conditions of
// the controllers, else from events that are not older than an hour.
func (in *Input) refusals(match func(string) bool) []refusal {
	var out []refusal
	for i := range in.Environments {
		e := &in.Environments[i]
		for j := range e.Workloads {
			w := &e.Workloads[j]
			for _, c := range w.Conditions {
				if (c.Type == "ReplicaFailure" || c.Reason == "FailedCreate") && match(c.Message) {
					out = append(out, refusal{e, w.Name, w.Kind, c.Message, c.At, c.At, platform.FamWorkloads})
					break
				}
			}
		}
		for _, ev := range e.Events {
			if ev.Reason != "FailedCreate" || !match(ev.Message) {
				continue
			}
			w := owner(e, ev)
			if w != nil && w.Desired >= 0 && w.Ready >= w.Desired {
				continue // it found room since
			}
			name, kind := ev.Name, ev.Kind
			if w != nil {
				name, kind = w.Name, w.Kind
			}
			if !ev.Last.IsZero() && in.Past(ev.Last.Add(refusedFor)) {
				continue
			}
			k := slices.IndexFunc(out, func(r refusal) bool { return r.env == e && r.workload == name })
			if k < 0 {
				out = append(out, refusal{e, name, kind, ev.Message, earlier(ev.First, ev.Last), ev.Last, platform.FamEvents})
				continue
			}
			out[k].since = earlier(out[k].since, ev.First)
		}
	}
	return out
}

// owner finds the workload an event of a ReplicaSet, Job or workload is about.
func owner(e *platform.EnvironmentFacts, ev platform.Event) *platform.Workload {
	var best *platform.Workload
	for i := range e.Workloads {
		w := &e.Workloads[i]
		if w.Name == ev.Name && w.Kind == ev.Kind {
			return w
		}
		if strings.HasPrefix(ev.Name, w.Name+"-") && (best == nil || len(w.Name) > len(best.Name)) {
			best = w
		}
	}
	return best
}

func (r *refusal) severity() platform.Severity {
	for i := range r.env.Workloads {
		if w := &r.env.Workloads[i]; w.Name == r.workload && w.Kind == r.kind && w.Ready > 0 {
			return grade(r.env, platform.SeverityDegraded)
		}
	}
	for i := range r.env.Pods {
		if p := &r.env.Pods[i]; p.WorkloadName == r.workload && p.Healthy() && !p.Finished() {
			return grade(r.env, platform.SeverityDegraded)
		}
	}
	return grade(r.env, platform.SeverityCritical)
}

func quotaRefused() Rule {
	return Rule{
		ID: "quota-refused", Mode: "F16", Area: "pods", Runbook: "RB-13", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamEvents},
		Doc: Doc{
			What:     "The cluster refuses to create pods: the quota `dso-quota` is exhausted, or a container declares no requests and limits.",
			Why:      "There is no pod to look at: replicas are simply missing. The namespace's quota, what its other workloads ask, or the manifest must change.",
			Evidence: "The refusal in the controller's condition or in its events.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, r := range in.refusals(quotaWords) {
				out = append(out, platform.Finding{Severity: r.severity(), Subject: in.subject(r.env, "workload", r.workload), Since: r.since,
					Args: words("workload", r.workload, "kind", r.kind, "cause", quotaCause(r.text)),
					Why:  []platform.Evidence{in.said(r.family, r.env, "event", r.text, r.last, "reason", "FailedCreate", "object", r.workload)}})
			}
			return out
		},
	}
}

func quotaCause(text string) string {
	if containsAny(text, "must specify") {
		return "unset"
	}
	return "exceeded"
}

func policyRefused() Rule {
	return Rule{
		ID: "policy-refused", Mode: "F15", Area: "pods", Runbook: "RB-09", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "A policy (Kyverno) refuses what Argo CD applies, or the pods of a workload.",
			Why:      "Policies only warn outside production: this is where a first production deployment breaks. The manifest must be changed; the old version goes on running if there was one.",
			Evidence: "The policy's own message, from the operation of Argo CD or from events.",
			Sources:  "argocd; kubernetes or resource trees for refused pods", Rights: "`get` on the application in Argo CD",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for env, a := range in.apps() {
				text := ""
				if a.Operation.Phase == platform.OperationFailed || a.Operation.Phase == platform.OperationError {
					for _, r := range a.Resources {
						if r.SyncStatus == "SyncFailed" && policyWords(r.Message) {
							text = r.Message
							break
						}
					}
					if text == "" && policyWords(a.Operation.Message) {
						text = a.Operation.Message
					}
				}
				if text == "" {
					continue
				}
				f := platform.Finding{Severity: grade(env, platform.SeverityDegraded), Subject: in.subject(env, "application", a.Name), Since: opTime(a),
					Args: words("app", a.Name, "policy", policyName(text)), Why: []platform.Evidence{in.said(platform.FamApplications, env, "operation", text, opTime(a), "app", a.Name, "phase", a.Operation.Phase)}}
				out = append(out, f)
			}
			for _, r := range in.refusals(func(t string) bool { return policyWords(t) && !quotaWords(t) }) {
				out = append(out, platform.Finding{Severity: r.severity(), Subject: in.subject(r.env, "workload", r.workload), Since: r.since,
					Args: words("workload", r.workload, "policy", policyName(r.text)),
					Why:  []platform.Evidence{in.said(r.family, r.env, "event", r.text, r.last, "reason", "FailedCreate", "object", r.workload)}})
			}
			return out
		},
	}
}

// policyName finds the policy in the engine's message: "…the following policies\n\n<policy>:\n  <rule>: …", or in its message.
func policyName(text string) string {
	if i := strings.Index(text, "following policies"); i >= 0 {
		rest := strings.TrimLeft(text[i+len("following policies"):], " \n\t:")
		if j := strings.IndexByte(rest, ':'); j > 0 && j < 64 && !strings.ContainsAny(rest[:j], " \n") {
			return rest[:j]
		}
	}
	for _, p := range []struct{ words, name string }{
		{"missing labels:", "check-labels"}, {"image tag", "disallow-latest-tag"}, {"hostpath", "disallow-host-path"}, {"pvc size", "limit-pvc-size"}, {"unknown image registry", "restrict-image-registries"},
		{"requests and limits", "all-containers-need-requests-and-limits"}, {"probes are required", "require-pod-probes"},
	} {
		if containsAny(text, p.words) {
			return p.name
		}
	}
	return ""
}

// amount writes a number without needless digits.
func amount(n float64) string {
	return strconv.FormatFloat(float64(int64(n*100+0.5))/100, 'f', -1, 64)
}
